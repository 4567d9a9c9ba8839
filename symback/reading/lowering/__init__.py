"""A document's network as a model: its equations, written in the language of models.

document ── statements ── worlds ── network ──▶ named entries generalised ──▶ lines of a model
"""
