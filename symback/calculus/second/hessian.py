"""The Hessian entry by entry: R of both passes along the direction that moves one entry.

Along the unit vector of ``B[b]`` the change ``R{h[k]}`` is the partial ``dh[k]/dB[b]``, and
``R{dL/dA[a]}`` is the entry ``d2L/dA[a]dB[b]``.  Nothing is left of the direction but Kronecker
deltas, which collapse, so that every entry has a closed form (Bishop 2006, (5.93)-(5.95)).

The loss curves in its outputs alone, and what it curves there is a block with a name, ``M``: the
second derivatives by the output layer's pre-activations where there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, S, Symbol

from symback.algebra.collapse import collapse
from symback.algebra.directions import Direction, Directional
from symback.algebra.expressions import (
    Apply,
    Delta,
    Entry,
    OfVectors,
    Partial,
    differentiate,
    fresh,
    is_softmax,
    name_of,
)
from symback.algebra.sums import name_bound, total
from symback.algebra.sums import replace as put_in
from symback.calculus.derivation import Derivation, Link, Rule, Step
from symback.calculus.local import (
    common_deltas,
    local_derivative,
    replaced_functions,
    right_side,
    through_output,
)
from symback.calculus.second.derivation import Second, Tangent
from symback.calculus.second.gauss_newton import Tail, halves_of, tail_of
from symback.calculus.tidying import factored, neat
from symback.calculus.uses import letters_of
from symback.errors import InputError
from symback.model.equations import Model, Quantity

__all__ = ["derive_hessian", "second_partial"]

_LETTERS = "lmprtuvaesnio"
"""Letters for the other entry's indices, which a terminal can set below; not a model's own."""


def second_partial(loss: Expr, one: Expr, other: Expr) -> Partial:
    """The second derivative by two entries, as one unknown."""
    return Partial(Partial(loss, one), other)


def derive_hessian(derivation: Derivation) -> Second:
    """Derive every block of the Hessian, each entry as a closed form.

    Args:
        derivation: of a model by quantities that are given, without recursion and with whole
            ranges.

    Raises:
        InputError: where a recursion or a shifted index leaves no closed form.
    """
    return _Hessian(derivation).second()


@dataclass(frozen=True, slots=True)
class _Value:
    """What stands for R of a quantity, or of its adjoint, in fresh indices."""

    own: tuple[Symbol, ...]
    value: Expr

    def at(self, indices: Iterable[Expr]) -> Expr:
        """The value at other indices."""
        return put_in(self.value, dict(zip(self.own, indices, strict=True)))


class _Hessian:
    """The blocks of one derivation."""

    def __init__(self, derivation: Derivation) -> None:
        model = derivation.model
        _refuse(derivation)
        self.derivation = derivation
        self.model = model
        self.loss = derivation.loss
        self.letters = letters_of(model)
        self.targets = model.targets_of_derivation
        self.moved = _moved(model, {q.name for q in self.targets})
        self.tail = _widened(model, self.moved, tail_of(model, frozenset(self.moved)))
        self.halves = halves_of(derivation, self.tail)
        self.number = len(model.equations) + len(derivation.steps)
        self.taken = _names_in(model)
        self.opened = _open_arguments(model)
        self.curved: dict[tuple[str, str], _Value] = {}
        """For each pair of outputs the block M, by its name, with the deltas that it carries."""
        self.closed: dict[tuple[str, str], _Value] = {}
        """The same written out."""

    def second(self) -> Second:
        """Every line: of the loss's own curvature, then array by array."""
        forward: list[Tangent] = []
        backward: list[Tangent] = []
        outputs = [self.model.quantities[name] for name in self.tail.outputs]
        for at, by in enumerate(outputs):
            backward += self._curvature(by, outputs[: at + 1])
        for at, by in enumerate(self.targets):
            lines = _Lines(self, by)
            forward += lines.forward()
            backward += lines.backward({q.name for q in self.targets[: at + 1]})
        return Second(
            self.derivation,
            "hessian",
            tuple(forward),
            tuple(backward),
            self.tail.outputs,
            self.tail.equations,
        )

    # The loss's own curvature -------------------------------------------------------------------

    def _curvature(self, by: Quantity, outputs: Iterable[Quantity]) -> Iterator[Tangent]:
        """M of one output and each output before it."""
        lines = _Lines(self, by, inside=True)
        list(lines.forward())
        for other in outputs:
            line = lines.curvature(other)
            is_named = self._is_last(by) and self._is_last(other)
            self._learn(line, other, by, lines.at, is_named=is_named)
            if is_named and line.result not in (S.Zero, line.subject):
                yield replace(line, number=self.next())

    def _is_last(self, output: Quantity) -> bool:
        """Whether an output is the loss's alone, so that M is the whole second derivative by it."""
        users = {e.quantity.name for e in self.model.equations if output.name in e.mentions}
        return output.name in self.model.definitions and users <= self.tail.equations

    def _learn(
        self,
        line: Tangent,
        one: Quantity,
        other: Quantity,
        at: tuple[Symbol, ...],
        *,
        is_named: bool,
    ) -> None:
        """Keep a block by its name, at the indices that its deltas make equal."""
        own = (*one.indices, *at)
        closed = named = line.result
        self.closed[one.name, other.name] = _Value(own, closed)
        if is_named and closed is not S.Zero:
            deltas = common_deltas(closed)
            same = {
                node.args[place]: node.args[1 - place]
                for node in deltas
                for place in (0, 1)
                if node.args[place] in at
            }
            entry = other.at(*(same.get(letter, letter) for letter in at))
            named = Mul(*deltas, second_partial(self.loss, one.at(*one.indices), entry))
        self.curved[one.name, other.name] = _Value(own, named)
        if one != other:
            turned = (*at, *one.indices)
            for blocks in (self.closed, self.curved):
                blocks[other.name, one.name] = _Value(turned, blocks[one.name, other.name].value)

    def written_out(self, expression: Expr) -> Expr:
        """The same with M put in."""

        def change(node: Expr) -> Expr:
            if isinstance(node, Partial) and isinstance(node.of, Partial):
                names = name_of(node.of.by), name_of(node.by)
                block = self.closed.get(names)
                if block is not None and node.of.of == self.loss:
                    own = (*_indices(node.of.by), *_indices(node.by))
                    deltas = _own_deltas(self.curved[names])
                    spent = dict.fromkeys(deltas, S.One)
                    return _Value(block.own, block.value.xreplace(spent)).at(own)
            return _rebuilt(node, change)

        return _tidied(change(expression))

    def is_open(self, partial: Partial) -> bool:
        """Whether a partial derivative is one of a function of vectors that is left open."""
        equation = self.model.definitions.get(name_of(partial.of))
        return (
            equation is not None
            and isinstance(equation.expression, OfVectors)
            and name_of(partial.by) in self.opened
        )

    def spread(self, partial: Partial) -> Expr:
        """R of such a partial: over every entry of the vectors."""
        equation = self.model.definitions[name_of(partial.of)]
        at = dict(zip(equation.indices, _indices(partial.of), strict=True))
        terms = []
        for vector in equation.expression.arguments:
            if name_of(vector) not in self.moved:
                continue
            if not isinstance(vector, Indexed):
                terms.append(Partial(partial, vector) * Directional(vector))
                continue
            index = fresh("i")
            *rows, _ = vector.xreplace(at).indices
            entry = Entry(name_of(vector), *rows, index)
            upper = self.model.quantities[name_of(vector)].ranges[-1].upper
            terms.append(total(Partial(partial, entry) * Directional(entry), [(index, upper)]))
        return Add(*terms)

    def next(self) -> int:
        """The next line's number."""
        self.number += 1
        return self.number


class _Lines:
    """The lines along one entry of an array.

    Args:
        whole: what they belong to.
        by: the array.
        inside: whether only the loss's own equations are walked.
    """

    def __init__(self, whole: _Hessian, by: Quantity, *, inside: bool = False) -> None:
        self.whole = whole
        self.by = by
        self.inside = inside
        self.at = _second_letters(by, whole.taken)
        self.taken = [letter.name for letter in self.at]
        self.tangents: dict[str, _Value] = {}
        self.adjoints: dict[str, _Value] = {}

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
            self.tangents[quantity.name] = _Value(own, closed)
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
                self.adjoints[name] = _Value(own, closed)
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
                self.adjoints[name] = _Value(own, closed)
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
            return self.tangents[name_of(entry)].at(_indices(entry))

        def adjoint(entry: Expr) -> Expr:
            return self.adjoints[name_of(entry)].at(_indices(entry))

        return self._without_directions(node, tangent, adjoint)

    def _without_directions(
        self, node: Expr, tangent: Callable[[Expr], Expr], adjoint: Callable[[Expr], Expr]
    ) -> Expr:
        def change(part: Expr) -> Expr:
            if not isinstance(part, Directional):
                return _rebuilt(part, change)
            body = part.body
            if isinstance(body, Partial):
                if self.whole.is_open(body):
                    return change(self.whole.spread(body))
                known = self.adjoints.get(name_of(body.by))
                return S.Zero if known is None or known.value is S.Zero else adjoint(body.by)
            if name_of(body) == self.by.name:
                return Mul(*map(Delta, _indices(body), self.at))
            return tangent(body) if name_of(body) in self.tangents else S.Zero

        return _tidied(change(node))

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


def _refuse(derivation: Derivation) -> None:
    """Refuse what leaves no closed form, by name."""
    model = derivation.model
    for quantity in model.targets_of_derivation:
        if quantity.name in model.definitions:
            raise InputError(
                f"{quantity.name} is defined by an equation: entries are by what is given",
                where="second",
                hint="ask for parameters or inputs",
            )
    if model.recursive or not model.is_plain:
        what = "a recursion" if model.recursive else "shifted, looked up or limited indices"
        raise InputError(
            f"with {what} there is no closed form for an entry of the Hessian",
            where="second",
            hint="take --second hvp, which has a line for each step",
        )


def _moved(model: Model, given: set[str]) -> set[str]:
    """Names of what depends on what is given, and its own."""
    moved = set(given)
    for equation in model.equations:
        if moved.intersection(equation.mentions):
            moved.add(equation.quantity.name)
    return moved


def _widened(model: Model, moved: set[str], tail: Tail) -> Tail:
    """The loss's own equations, and the functions that are applied to the last layer of weights."""
    own, outputs = set(tail.equations), list(tail.outputs)
    for name in tail.outputs:
        equation = model.definitions.get(name)
        if equation is None:
            continue
        below = [m for m in equation.mentions if m in moved]
        users = {e.quantity.name for e in model.equations if name in e.mentions}
        applied = equation.expression
        is_function = isinstance(applied, Apply | Indexed) or (
            isinstance(applied, Mul) and is_softmax(applied)
        )
        if is_function and len(below) == 1 and below[0] in model.definitions and users <= own:
            own.add(name)
            place = outputs.index(name)
            outputs[place : place + 1] = below if below[0] not in outputs else []
    return Tail(frozenset(own), tuple(outputs))


def _open_arguments(model: Model) -> set[str]:
    """Names of the arguments of functions of vectors that are left open."""
    return {
        name_of(vector)
        for equation in model.equations
        if isinstance(equation.expression, OfVectors)
        for vector in equation.expression.arguments
    }


def _names_in(model: Model) -> set[str]:
    """Everything that is called something in a model: quantities, sizes, indices."""
    quantities = model.quantities.values()
    letters = chain.from_iterable(q.letters for q in quantities)
    return {*model.quantities, *model.size_names, *letters}


def _second_letters(quantity: Quantity, taken: set[str]) -> tuple[Symbol, ...]:
    """Letters for the indices of the other entry."""
    found: list[str] = []
    for each in quantity.ranges:
        preferred = each.letters if each.is_rows else ""
        numbered = (f"{_LETTERS[0]}{number}" for number in count(1))
        choices = chain(preferred, _LETTERS, numbered)
        found.append(next(c for c in choices if c not in taken and c not in found))
    return tuple(Symbol(letter, integer=True) for letter in found)


def _indices(entry: Expr) -> tuple[Expr, ...]:
    return tuple(entry.indices) if isinstance(entry, Indexed) else ()


def _own_deltas(block: _Value) -> list[Expr]:
    return [part for part in Mul.make_args(block.value) if isinstance(part, KroneckerDelta)]


def _rebuilt(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """A node with its parts changed."""
    if not node.args or isinstance(node, Indexed | Partial | OfVectors):
        return node
    args = tuple(change(part) if isinstance(part, Expr) else part for part in node.args)
    return node if args == node.args else node.func(*args)


def _tidied(expression: Expr) -> Expr:
    """Deltas spent, and common factors taken out."""
    return factored(neat(collapse(expression, ())))
