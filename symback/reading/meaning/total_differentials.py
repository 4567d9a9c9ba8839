"""Differentials as the linear part of a change: `d(X Y) = dX Y + X dY`, `df = tr(G^T dX)`.

In programs `dX` names the gradient of the loss by X; in matrix calculus it is a change of X, and
that of anything made of X follows from it. A line is of the second kind where its document also
writes differentials of whole expressions, or a derivative times what it is by.

Source: J. R. Magnus and H. Neudecker, Matrix Differential Calculus, 1988, chapter 8.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import pairwise

from symback.reading.formula.syntax import (
    Derivative,
    Differential,
    Nabla,
    Node,
    Product,
    Symbol,
    stripped,
)
from symback.reading.meaning.arrays import Jacobian, Value
from symback.reading.meaning.derivatives import Env, Slopes
from symback.reading.meaning.graph import Term
from symback.reading.meaning.interpret import Interpreter
from symback.reading.network.places import Place, Undecided
from symback.reading.network.symbols import everything, quantities

__all__ = ["TotalDifferentials", "has_changes", "writes_changes"]

_Name = tuple[str, str]


class _Changes(Slopes):
    """Differentials of what an expression comes to, along the changes of some quantities."""

    varied: frozenset[_Name] = frozenset()

    def differential(self, node: Differential, env: Env) -> Value:
        if node.of is None or node.kind != "d" or node.order != 1:
            raise Undecided("differential")
        value = self.interpreter.value(stripped(node.of), env)
        if isinstance(value, Jacobian):
            raise Undecided("jacobian-layout")
        return self._change(value) if isinstance(value, Term) else value.map(self._change)

    def _change(self, term: Term) -> Term:
        terms = self.interpreter.terms
        met = sorted(terms.reached(term), key=repr)
        return terms.sum(
            terms.product([terms.derivative(term, unknown), terms.unknown(_change_of(unknown))])
            for unknown in map(terms.unknown, met)
            if _name(unknown) in self.varied and not self._follows(unknown)
        )

    def _follows(self, unknown: Term) -> bool:
        """Say whether the change of a quantity follows from that of others."""
        terms = self.interpreter.terms
        made_of = terms.definition(unknown)
        if made_of is None:
            return False
        below = {_name(terms.unknown(key)) for key in terms.reached(made_of)}
        return not self.varied.isdisjoint(below - {_name(unknown)})


class TotalDifferentials(Interpreter):
    """Reads `dX` as a change of X, and of what is made of X as the change that follows."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.changes = _Changes(self)
        self.slopes: Slopes = self.changes

    def vary(self, nodes: Iterable[Node]) -> str:
        """Let those quantities change of which the differentials stand in expressions.

        Where `dX` and `d(X^T H X)` stand in them, X changes and H is held.

        Args:
            nodes: the expressions.

        Returns:
            The letters of what changes, "" for nothing.
        """
        found: set[_Name] = set()
        seen: set[_Name] = set()
        of = [stripped(change.of) for change in _changes(nodes) if change.of is not None]
        alone = [node for node in of if isinstance(node, Symbol)]
        waiting = [symbol for node in alone or of for symbol in quantities(node)]
        while waiting:
            parts = self.model.names.split(waiting.pop())
            name = parts.base, parts.tag
            if name in seen:
                continue
            seen.add(name)
            known = self.model.definitions.under(parts)
            waiting += [symbol for definition in known for symbol in quantities(definition.body)]
            if not known:
                found.add(name)
        self.changes.varied = frozenset(found)
        return ", ".join(sorted(base for base, _ in found))


def _name(unknown: Term) -> _Name:
    place: Place = unknown.data[0]  # type: ignore[index]
    return place.base, place.tag


def _change_of(unknown: Term) -> Hashable:
    place: Place = unknown.data[0]  # type: ignore[index]
    indices: Hashable = unknown.data[1]  # type: ignore[index]
    return place._replace(base=f"d {place.base}"), indices


def _changes(nodes: Iterable[Node]) -> Iterator[Differential]:
    """The differentials in expressions, those in derivatives left out."""
    for node in nodes:
        for part in everything(node):
            if isinstance(part, Differential) and part.kind == "d":
                yield part


def writes_changes(nodes: Iterable[Node]) -> bool:
    """Say whether expressions show that their differentials are changes, and no gradients."""
    for node in nodes:
        for part in everything(node):
            if isinstance(part, Differential) and part.kind == "d" and part.of is not None:
                if not isinstance(stripped(part.of), Symbol):
                    return True
            elif isinstance(part, Product) and any(
                _spends(one, other) for one, other in pairwise(part.factors)
            ):
                return True
    return False


def has_changes(nodes: Iterable[Node]) -> bool:
    """Say whether differentials stand in expressions, outside derivatives."""
    return any(True for _ in _changes(nodes))


def _spends(slope: Node, change: Node) -> bool:
    """Say whether a derivative stands before a change of what it is by: `∂f/∂x dx`."""
    slope = stripped(slope)
    by = slope.by if isinstance(slope, Derivative | Nabla) else None
    by = by[0] if isinstance(by, tuple) and by else by
    change = stripped(change)
    return isinstance(change, Differential) and change.of is not None and change.of == by
