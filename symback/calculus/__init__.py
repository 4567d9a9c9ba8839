"""The chain rule over a list of equations, and the views of what it finds."""

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation, Gradient, Link, Path, Step

__all__ = ["Derivation", "Gradient", "Link", "Path", "Step", "derive"]
