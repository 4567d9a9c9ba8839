"""Modules with a network's gradients, for NumPy and for others, from the one derivation."""

from symback.emission.compiling import compile
from symback.emission.module import emit, emit_loader

__all__ = ["compile", "emit", "emit_loader"]
