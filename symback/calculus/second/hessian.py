"""The Hessian entry by entry: R of both passes along the direction that moves one entry.

Along the unit vector of ``B[b]`` the change ``R{h[k]}`` is the partial ``dh[k]/dB[b]``, and
``R{dL/dA[a]}`` is the entry ``d2L/dA[a]dB[b]``.  Nothing is left of the direction but Kronecker
deltas, which collapse, so that every entry has a closed form (Bishop 2006, (5.93)-(5.95)).

The loss curves in its outputs alone, and what it curves there is a block with a name, ``M``: the
second derivatives by the output layer's pre-activations where there are any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, S, Symbol

from symback.algebra.directions import Directional
from symback.algebra.expressions import (
    Apply,
    Entry,
    OfVectors,
    Partial,
    fresh,
    is_softmax,
    name_of,
)
from symback.algebra.sums import total
from symback.calculus.derivation import Derivation
from symback.calculus.local import common_deltas
from symback.calculus.second.along_entry import (
    AlongEntry,
    Placed,
    indices_of,
    rebuilt,
    second_partial,
    tidied,
)
from symback.calculus.second.derivation import Second, Tangent, refuse_defined
from symback.calculus.second.gauss_newton import Tail, halves_of, tail_of
from symback.calculus.uses import letters_of
from symback.errors import InputError
from symback.model.equations import Model, Quantity

__all__ = ["Blocks", "derive_hessian"]


def derive_hessian(derivation: Derivation) -> Second:
    """Derive every block of the Hessian, each entry as a closed form.

    Args:
        derivation: of a model by quantities that are given, without recursion and with whole
            ranges.

    Raises:
        InputError: where a recursion or a shifted index leaves no closed form.
    """
    return Blocks(derivation).second()


class Blocks:
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
        self.curved: dict[tuple[str, str], Placed] = {}
        """For each pair of outputs the block M, by its name, with the deltas that it carries."""
        self.closed: dict[tuple[str, str], Placed] = {}
        """The same written out."""

    def second(self) -> Second:
        """Every line: of the loss's own curvature, then array by array."""
        forward: list[Tangent] = []
        backward: list[Tangent] = []
        outputs = [self.model.quantities[name] for name in self.tail.outputs]
        for at, by in enumerate(outputs):
            backward += self._curvature(by, outputs[: at + 1])
        for at, by in enumerate(self.targets):
            lines = AlongEntry(self, by)
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
        lines = AlongEntry(self, by, inside=True)
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
        self.closed[one.name, other.name] = Placed(own, closed)
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
        self.curved[one.name, other.name] = Placed(own, named)
        if one != other:
            turned = (*at, *one.indices)
            for blocks in (self.closed, self.curved):
                blocks[other.name, one.name] = Placed(turned, blocks[one.name, other.name].value)

    def written_out(self, expression: Expr) -> Expr:
        """The same with M put in."""

        def change(node: Expr) -> Expr:
            if isinstance(node, Partial) and isinstance(node.of, Partial):
                names = name_of(node.of.by), name_of(node.by)
                block = self.closed.get(names)
                if block is not None and node.of.of == self.loss:
                    own = (*indices_of(node.of.by), *indices_of(node.by))
                    deltas = _own_deltas(self.curved[names])
                    spent = dict.fromkeys(deltas, S.One)
                    return Placed(block.own, block.value.xreplace(spent)).at(own)
            return rebuilt(node, change)

        return tidied(change(expression))

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
        at = dict(zip(equation.indices, indices_of(partial.of), strict=True))
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


def _refuse(derivation: Derivation) -> None:
    """Refuse what leaves no closed form, by name."""
    model = derivation.model
    refuse_defined(model, "entries are by what is given")
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


def _own_deltas(block: Placed) -> list[Expr]:
    return [part for part in Mul.make_args(block.value) if isinstance(part, KroneckerDelta)]
