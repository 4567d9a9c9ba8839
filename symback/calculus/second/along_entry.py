"""The lines along one entry of an array: R of both passes, of which only deltas are left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Mul, S, Symbol

from symback.algebra.collapse import collapse
from symback.algebra.directions import Direction, Directional
from symback.algebra.expressions import (
    Delta,
    OfVectors,
    Partial,
    differentiate,
    fresh,
    name_of,
)
from symback.algebra.sums import name_bound, total
from symback.algebra.sums import replace as put_in
from symback.calculus.derivation import Link, Rule, Step
from symback.calculus.local import (
    local_derivative,
    replaced_functions,
    right_side,
    through_output,
)
from symback.calculus.second.derivation import Tangent
from symback.calculus.tidying import factored, neat
from symback.model.equations import Quantity
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.second.hessian import Blocks

__all__ = ["AlongEntry", "Placed", "indices_of", "rebuilt", "second_partial", "tidied"]

_LETTERS = "lmprtuvaesnio"
"""Letters for the other entry's indices, which a terminal can set below; not a model's own."""


def second_partial(loss: Expr, one: Expr, other: Expr) -> Partial:
    """The second derivative by two entries, as one unknown."""
    return Partial(Partial(loss, one), other)


@dataclass(frozen=True, slots=True)
class Placed:
    """What stands for R of a quantity, or of its adjoint, in fresh indices."""

    own: tuple[Symbol, ...]
    value: Expr

    def at(self, indices: Iterable[Expr]) -> Expr:
        """The value at other indices."""
        return put_in(self.value, dict(zip(self.own, indices, strict=True)))


class AlongEntry:
    """The lines along one entry of an array.

    Args:
        whole: what they belong to.
        by: the array.
        inside: whether only the loss's own equations are walked.
    """

    def __init__(self, whole: Blocks, by: Quantity, *, inside: bool = False) -> None:
        self.whole = whole
        self.by = by
        self.inside = inside
        self.at = _second_letters(by, whole.taken)
        self.taken = [letter.name for letter in self.at]
        self.tangents: dict[str, Placed] = {}
        self.adjoints: dict[str, Placed] = {}

    # Forward ------------------------------------------------------------------------------------

    def forward(self) -> Iterator[Tangent]:
        """The partials of each quantity in between by the entry."""
        tail = self.whole.tail.equations
        for equation in self.whole.model.equations:
            quantity = equation.quantity
            if (quantity.name in tail) is not self.inside or quantity == self.by:
                continue
            direction = Direction({self.by.name, *self.tangents})
            own = tuple(map(fresh, quantity.letters))
            right = right_side(equation, own)
            raw = local_derivative(equation, right, own, direction)
            if raw is S.Zero:
                continue
            taught = through_output(raw, right, quantity.at(*own))
            closed = self._put_in(taught)
            self.tangents[quantity.name] = Placed(own, closed)
            named = (self._named(raw), self._named(taught))
            subject = Partial(quantity.entry, self.by.at(*self.at))
            yield self._line(equation.number, quantity, subject, own, (*named, closed))

    # Backward -----------------------------------------------------------------------------------

    def backward(self, wanted: set[str]) -> Iterator[Tangent]:
        """The derivatives of each adjoint by the entry, and of the adjoints that are wanted."""
        whole = self.whole
        asked = {q.name for q in whole.targets}
        for step in whole.derivation.steps:
            name = step.quantity.name
            if name in whole.tail.equations or (name in asked and name not in wanted):
                continue
            own = tuple(map(fresh, step.quantity.letters))
            raw, taught = self._of_step(step, own)
            closed = self._put_in(taught)
            if name in wanted or closed is not S.Zero:
                self.adjoints[name] = Placed(own, closed)
                named = (self._named(raw), self._named(taught))
                subject = self._second(step.quantity)
                links = (*named, closed)
                last = whole.written_out(closed) if name in asked else None
                yield self._line(
                    step.number, step.quantity, subject, own, links, is_adjoint=True, last=last
                )

    def curvature(self, output: Quantity) -> Tangent:
        """M of an output and the one that moves, by the loss's own steps."""
        whole = self.whole
        changing: set[str] = set()
        for step in whole.derivation.steps:
            name = step.quantity.name
            if name not in whole.tail.equations and name != output.name:
                continue
            own = tuple(map(fresh, step.quantity.letters))
            at = dict(zip(step.quantity.indices, own, strict=True))
            curved = put_in(whole.halves[name].curved, at)
            direction = Direction({self.by.name, *self.tangents}, changing | whole.opened)
            raw = differentiate(curved, direction)
            taught = through_output(raw, S.NaN, S.NaN)
            closed = self._put_in(taught)
            if name in whole.tail.equations:
                self.adjoints[name] = Placed(own, closed)
                changing.add(name)
                continue
            named = (self._named(raw), self._named(taught))
            subject = self._second(step.quantity)
            links = (*named, closed)
            return self._line(step.number, step.quantity, subject, own, links, is_adjoint=True)
        raise AssertionError(f"no step of {output.name}")

    def _of_step(self, step: Step, own: tuple[Symbol, ...]) -> tuple[Expr, Expr]:
        """A step along the entry, and the same with derivatives through their outputs."""
        whole, name = self.whole, step.quantity.name
        at = dict(zip(step.quantity.indices, own, strict=True))
        linear = put_in(whole.halves[name].linear, at)
        moved = Direction({self.by.name, *self.tangents}, set(self.adjoints))
        below = differentiate(linear, moved)
        above: Expr = S.Zero
        if name in whole.tail.outputs:
            for output in whole.tail.outputs:
                other = whole.model.quantities[output]
                indices = tuple(map(fresh, other.letters))
                block = whole.curved[name, output].at((*own, *indices))
                change = Directional(other.at(*indices))
                ends = [(i, S.One, r.upper) for i, r in zip(indices, other.ranges, strict=True)]
                above += total(block * change, ends)
        return above + below, above + through_output(below, S.NaN, S.NaN)

    # Expressions --------------------------------------------------------------------------------

    def _second(self, quantity: Quantity) -> Partial:
        return second_partial(self.whole.loss, quantity.entry, self.by.at(*self.at))

    def _named(self, node: Expr) -> Expr:
        """R of each quantity and of each adjoint as a partial derivative by the entry."""

        def tangent(entry: Expr) -> Expr:
            return Partial(entry, self.by.at(*self.at))

        def adjoint(entry: Expr) -> Expr:
            return second_partial(self.whole.loss, entry, self.by.at(*self.at))

        return self._without_directions(node, tangent, adjoint)

    def _put_in(self, node: Expr) -> Expr:
        """R of each quantity and of each adjoint as what was found for it."""

        def tangent(entry: Expr) -> Expr:
            return self.tangents[name_of(entry)].at(indices_of(entry))

        def adjoint(entry: Expr) -> Expr:
            return self.adjoints[name_of(entry)].at(indices_of(entry))

        return self._without_directions(node, tangent, adjoint)

    def _without_directions(
        self, node: Expr, tangent: Callable[[Expr], Expr], adjoint: Callable[[Expr], Expr]
    ) -> Expr:
        def change(part: Expr) -> Expr:
            if not isinstance(part, Directional):
                return rebuilt(part, change)
            body = part.body
            if isinstance(body, Partial):
                if self.whole.is_open(body):
                    return change(self.whole.spread(body))
                known = self.adjoints.get(name_of(body.by))
                return S.Zero if known is None or known.value is S.Zero else adjoint(body.by)
            if name_of(body) == self.by.name:
                return Mul(*map(Delta, indices_of(body), self.at))
            return tangent(body) if name_of(body) in self.tangents else S.Zero

        return tidied(change(node))

    def _line(
        self,
        of: int,
        quantity: Quantity,
        subject: Expr,
        own: tuple[Symbol, ...],
        expressions: Sequence[Expr],
        is_adjoint: bool = False,
        last: Expr | None = None,
    ) -> Tangent:
        """A line whose links are these expressions, each of which says something new.

        Args:
            of: the number of the equation or step.
            quantity: its quantity.
            subject: what the line is about.
            own: the indices of the quantity in the expressions.
            expressions: with R by name; with derivatives through outputs; with everything put in.
            is_adjoint: whether it is one of the backward pass.
            last: with M put in, too; None where that is not wanted.
        """
        written = dict(zip(own, quantity.indices, strict=True))
        taken = [*quantity.letters, *(letter.name for letter in self.at)]

        def write(node: Expr) -> Expr:
            return name_bound(node.xreplace(written), self.whole.letters, taken, keep=True)

        raw, taught, *rest = map(write, expressions)
        links = [Link(raw, Rule.DIRECTION)]
        if taught != raw:
            links.append(Link(taught, Rule.FUNCTION, replaced_functions(raw, taught)))
        for one in rest:
            if one != links[-1].expression:
                links.append(Link(one, Rule.UPSTREAM))
        if last is not None and (shown := write(last)) != links[-1].expression:
            links.append(Link(shown, Rule.CURVATURE))
        number = 0 if self.inside else self.whole.next()
        return Tangent(
            number,
            of,
            quantity,
            subject,
            tuple(links),
            is_adjoint,
            by=self.by,
            other=self.at,
        )


def _second_letters(quantity: Quantity, taken: set[str]) -> tuple[Symbol, ...]:
    """Letters for the indices of the other entry."""
    found: list[str] = []
    for each in quantity.ranges:
        preferred = each.letters if each.is_rows else ""
        numbered = (f"{_LETTERS[0]}{number}" for number in count(1))
        choices = chain(preferred, _LETTERS, numbered)
        found.append(next(c for c in choices if c not in taken and c not in found))
    return tuple(Symbol(letter, integer=True) for letter in found)


def indices_of(entry: Expr) -> tuple[Expr, ...]:
    """The indices of an entry; none where it is a number."""
    return tuple(entry.indices) if isinstance(entry, Indexed) else ()


def rebuilt(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """A node with its parts changed."""
    if not node.args or isinstance(node, Indexed | Partial | OfVectors):
        return node
    args = tuple(change(part) if isinstance(part, Expr) else part for part in node.args)
    return node if args == node.args else node.func(*args)


def tidied(expression: Expr) -> Expr:
    """Deltas spent, and common factors taken out."""
    return factored(neat(collapse(expression, ())))
