"""Partial derivatives of one equation: beside `c = a + b`, `b = exp(a)`, `dc/da` can be 1.

Where a quantity stands in an equation and in what that equation is made of, its partial derivative
is either that of the equation alone, all else held, or that of everything together. Books on
automatic differentiation write the first with a round d and the second with an upright one.
"""

from __future__ import annotations

from symback.reading.formula.syntax import Derivative, Symbol, stripped
from symback.reading.meaning.arrays import Value
from symback.reading.meaning.derivatives import Env, Slopes
from symback.reading.meaning.graph import Term
from symback.reading.meaning.interpret import Interpreter
from symback.reading.network.symbols import quantities

__all__ = ["OfEquation"]


class _Partial(Slopes):
    """Derivatives with a round d as those of the equation in which a quantity stands."""

    partial: tuple[str, str] | None = None

    def derivative(self, node: Derivative, env: Env) -> Value:
        of, by = node.of and stripped(node.of), stripped(node.by[0])
        before = self.partial
        self.partial = None
        if node.kind == "∂" and of is not None and isinstance(by, Symbol):
            names = [of] if isinstance(of, Symbol) else [s for s in quantities(of) if s != by]
            self.partial = ", ".join(dict.fromkeys(s.name for s in names)), by.name
        try:
            return super().derivative(node, env)
        finally:
            self.partial = before

    def _partial(self, value: Term, by: Term) -> Term:
        terms = self.interpreter.terms
        if self.partial is None:
            return super()._partial(value, by)
        # Of an expression all is held that has an equation of its own.
        defined = terms.definition(value) if value.kind == "unknown" else value
        if defined is None or not _stands_in(by, defined):
            return super()._partial(value, by)
        own, whole = terms.direct(defined, by), super()._partial(value, by)
        if own is not whole:
            of, letter = self.partial
            self.interpreter.note("partial-of-equation", of=of, by=letter)
        return own


class OfEquation(Interpreter):
    """Reads partial derivatives as those of the equation in which a quantity stands."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.slopes = _Partial(self)


def _stands_in(unknown: Term, term: Term) -> bool:
    """Say whether an unknown stands in a term itself, not in what the term is made of."""
    waiting = [term]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node is unknown:
            return True
        if node.number not in seen:
            seen.add(node.number)
            waiting += node.arguments
    return False
