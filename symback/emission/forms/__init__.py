"""Numerically stable forms of the derivation's expressions, and the helpers that they call."""
