"""Second order by the same engine: both passes differentiated along a direction."""

from symback.calculus.second.derivation import PRODUCTS, Product, Second, Tangent
from symback.calculus.second.gauss_newton import linear_in
from symback.calculus.second.operator import derive_second

__all__ = ["PRODUCTS", "Product", "Second", "Tangent", "derive_second", "linear_in"]
