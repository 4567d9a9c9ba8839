from __future__ import annotations


def prove_claims(stated):
    return {}
