"""Indexed expressions: their own nodes, sums over indices, and equality.

Knows nothing of networks and nothing of LaTeX.
"""
