"""Models as equations: one quantity a line, read without SymPy and lowered to a `Model`.

    text ── tokens ── parser ──▶ lines ── scope, checking ──▶ Checked ── lowering ──▶ Stated
                                                                       ◀── writer ── Model

`symback.model.language.reader` is the door; everything before `lowering` stands on the standard
library, so that a slip never pays for SymPy.
"""
