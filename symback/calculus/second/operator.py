"""Pearlmutter's R operator over both passes: forward over reverse.

R{.} is linear and obeys the product and the chain rule, so every equation of the forward pass and
every step of the backward pass gives one more line (Pearlmutter, Neural Computation 6 (1994)
147-160; Bishop 2006, 5.4.6).  R of the gradient is the Hessian times the direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace as replace_fields

from sympy import Expr, Indexed, S, Symbol

from symback.algebra.directions import Direction, Directional
from symback.algebra.expressions import OfVectors, Partial, differentiate, fresh, name_of
from symback.algebra.indexing import Stop
from symback.algebra.sums import name_bound, replace
from symback.calculus.derivation import Derivation, Link, Rule, Step
from symback.calculus.local import (
    local_derivative,
    replaced_functions,
    right_side,
    through_output,
)
from symback.calculus.second.derivation import Product, Second, Tangent, refuse_defined
from symback.calculus.second.fisher import (
    empirical,
    expectation_of,
    family_of,
    of_drawn_labels,
    samples_of,
)
from symback.calculus.second.gauss_newton import Halves, Tail, halves_of, losses_of, tail_of
from symback.calculus.second.hessian import derive_hessian
from symback.calculus.tidying import factored, neat
from symback.calculus.uses import letters_of
from symback.errors import InputError
from symback.model.equations import Equation, Quantity

__all__ = ["derive_second"]


def derive_second(derivation: Derivation, product: Product = "hvp") -> Second:
    """Derive a product of second order, or the change of the outputs, along a direction.

    Args:
        derivation: of a model by quantities that are given: parameters, inputs.
        product: ``hvp``, ``gauss-newton``, ``jvp``, ``fisher`` or ``empirical-fisher``; ``hessian``
            for the entries themselves.

    Raises:
        InputError: for functions that are left open, for a direction in what an equation defines,
            for a Gauss-Newton product of a loss that is linear in its outputs, and for a Fisher
            product of one that is no likelihood.

    >>> import symback
    >>> model = symback.read_model("input x[j]; param w[j]; L = sum(j, w[j] x[j])^2 / 2")
    >>> derive_second(symback.derive(model)).products["w"].result
    x[j]*Sum(R{w[i]}*x[i], (i, 1, J))
    """
    if product == "hessian":
        return derive_hessian(derivation)
    _refuse(derivation)
    if product == "fisher":
        derivation = of_drawn_labels(derivation)
    found = _Tangents(derivation)
    forward = found.forward()
    if product == "jvp":
        return Second(derivation, product, forward, (), found.outputs())
    if product == "hvp":
        halves = {step.quantity.name: Halves(step.result) for step in derivation.steps}
        return Second(derivation, product, forward, found.backward(halves))
    if product == "empirical-fisher":
        samples = samples_of(derivation.model)
        lines = found.linear(empirical(derivation, samples))
        return Second(derivation, product, forward, lines, samples=samples.quantity.name)
    tail = tail_of(derivation.model, frozenset(found.moved))
    backward = found.backward(halves_of(derivation, tail), tail.equations)
    if not backward:
        raise InputError(
            f"the loss is linear in its outputs {', '.join(tail.outputs)}: its Gauss-Newton matrix "
            "is 0",
            where="second",
            hint="take --second hvp for the Hessian, or give the model a loss that curves in "
            f"them, such as {_bent(derivation.model.quantities[tail.outputs[0]])}",
        )
    if product == "fisher":
        family = family_of(derivation, tail)
        backward = found.expected(backward, expectation_of(derivation, tail, family), tail)
        outputs = tuple(n for n in tail.outputs if n in derivation.step_of)
        return Second(derivation, product, forward, backward, outputs, tail.equations, family)
    return Second(derivation, product, forward, backward, tail.outputs, tail.equations)


def _bent(output: Quantity) -> str:
    """A loss that is no linear function of an output, in the language."""
    entry, letters = output.name, ",".join(map(str, output.indices))
    if not letters:
        return f"({entry} - target)^2"
    return f"sum({letters}, ({entry}[{letters}] - target[{letters}])^2)"


def _refuse(derivation: Derivation) -> None:
    """Refuse what has no second derivative here, by name."""
    model = derivation.model
    refuse_defined(model, "a direction is one in what is given")
    for equation in model.equations:
        if equation.expression.has(OfVectors):
            raise InputError(
                f"equation ({equation.number}) leaves a function open: its second derivatives "
                "have no names here",
                where="second",
                hint="write the loss as a formula",
            )


class _Tangents:
    """The lines of one derivation."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.letters = letters_of(self.model)
        self.moved = {q.name for q in self.model.targets_of_derivation}
        self.equations: dict[str, list[Equation]] = {}
        for equation in self.model.equations:
            self.equations.setdefault(equation.quantity.name, []).append(equation)
        self.number = len(self.model.equations) + len(derivation.steps)

    # Lines --------------------------------------------------------------------------------------

    def forward(self) -> tuple[Tangent, ...]:
        """R of every equation whose quantity changes."""
        self.moved |= _spread(
            {e.quantity.name: None for e in self.model.equations},
            lambda name, found: any(
                differentiate(e.expression, Direction(self.moved | found)) is not S.Zero
                for e in self.equations[name]
            ),
        )
        self._refuse_stops()
        direction = Direction(self.moved)
        return tuple(
            self._of_equation(e, direction)
            for e in self.model.equations
            if e.quantity.name in self.moved
        )

    def _refuse_stops(self) -> None:
        """Refuse a value held fixed that the direction moves: the matrix would not be symmetric."""
        for equation in self.model.equations:
            for node in equation.expression.atoms(Stop):
                for entry in node.atoms(Indexed, Symbol):
                    if name_of(entry) in self.moved:
                        raise InputError(
                            f"equation ({equation.number}) holds {name_of(entry)} fixed, which "
                            "the direction moves: there is no Hessian to speak of",
                            where="second",
                            hint="ask for what stop(...) does not depend on, with --gradients",
                        )

    def backward(
        self, halves: Mapping[str, Halves], curved: frozenset[str] | None = None
    ) -> tuple[Tangent, ...]:
        """R of every step whose adjoint changes.

        Args:
            halves: each step, in the part that is differentiated and the part that is linear.
            curved: names of the quantities whose adjoints are differentiated in full; None for all.
        """

        def along(name: str, changing: set[str]) -> Expr:
            half = halves[name]
            return differentiate(half.curved, Direction(self.moved, changing)) + differentiate(
                half.linear, Direction((), changing)
            )

        changing = _spread(halves, lambda name, found: along(name, found) is not S.Zero)
        found = []
        for step in self.derivation.steps:
            if step.quantity.name in changing:
                line = self._of_step(step, halves[step.quantity.name], changing)
                found.append(line if curved is None else _marked(line, curved))
        return tuple(found)

    def linear(self, adjoints: Mapping[str, Expr]) -> tuple[Tangent, ...]:
        """Lines for what an empirical Fisher product has in place of the adjoints."""
        found = []
        for step in self.derivation.steps:
            if step.quantity.name in adjoints:
                value = factored(neat(adjoints[step.quantity.name]))
                written = name_bound(value, self.letters, step.quantity.letters, keep=True)
                subject = Directional(step.adjoint, "E")
                links = (Link(written, Rule.SAMPLES),)
                line = self._tangent(step.number, step.quantity, subject, links)
                found.append(replace_fields(line, is_adjoint=True))
        return tuple(found)

    def expected(
        self, backward: tuple[Tangent, ...], expectation: Expr | None, tail: Tail
    ) -> tuple[Tangent, ...]:
        """The lines of a Gauss-Newton product with the letter of Fisher, and the expectation."""
        found = []
        for line in backward:
            if expectation is not None and line.quantity.name in tail.outputs:
                letters = line.quantity.letters
                first = name_bound(expectation, self.letters, letters, keep=True)
                links = (Link(first, Rule.EXPECTATION), *line.links)
                line = replace_fields(line, links=links)
            found.append(_marked(line, tail.equations, "F"))
        return tuple(found)

    def _next(self) -> int:
        self.number += 1
        return self.number

    def outputs(self) -> tuple[str, ...]:
        """Names of the changing quantities that the loss's equations mention."""
        losses = losses_of(self.model)
        no_output = {q.name for q in self.model.given} | {e.quantity.name for e in losses}
        mentioned = (n for e in losses for n in e.mentions if n in self.moved)
        return tuple(dict.fromkeys(n for n in mentioned if n not in no_output))

    def _of_equation(self, equation: Equation, direction: Direction) -> Tangent:
        quantity = equation.quantity
        own = tuple(fresh(i.name) if i in quantity.indices else i for i in equation.indices)
        right = right_side(equation, own)
        raw = factored(neat(local_derivative(equation, right, own, direction)))
        taught = factored(neat(through_output(raw, right, quantity.at(*own))))
        written = dict(zip(own, equation.indices, strict=True))
        subject = Directional(equation.left)
        links = self._links(quantity, written, raw, taught)
        return self._tangent(equation.number, quantity, subject, links, at=equation.at)

    def _of_step(self, step: Step, halves: Halves, changing: set[str]) -> Tangent:
        quantity = step.quantity
        own = tuple(fresh(letter) for letter in quantity.letters)
        at = dict(zip(quantity.indices, own, strict=True))
        full = differentiate(replace(halves.curved, at), Direction(self.moved, changing))
        linear = differentiate(replace(halves.linear, at), Direction((), changing))
        raw = factored(neat(full + linear))
        taught = factored(neat(through_output(full, S.NaN, S.NaN) + linear))
        written: Mapping[Expr, Expr] = dict(zip(own, quantity.indices, strict=True))
        rule = Rule.DIRECTION if full is not S.Zero else Rule.ORDINARY
        links = self._links(quantity, written, raw, taught, rule)
        found = self._tangent(step.number, quantity, Directional(step.adjoint), links)
        return replace_fields(found, is_adjoint=True)

    def _links(
        self,
        quantity: Quantity,
        written: Mapping[Expr, Expr],
        raw: Expr,
        taught: Expr,
        rule: Rule = Rule.DIRECTION,
    ) -> tuple[Link, ...]:
        def write(expression: Expr) -> Expr:
            own = expression.xreplace(dict(written))
            return name_bound(own, self.letters, quantity.letters, keep=True)

        links = [Link(write(raw), rule)]
        if taught != raw:
            links.append(Link(write(taught), Rule.FUNCTION, replaced_functions(raw, taught)))
        return tuple(links)

    def _tangent(
        self,
        of: int,
        quantity: Quantity,
        subject: Directional,
        links: tuple[Link, ...],
        at: tuple[Expr, ...] = (),
    ) -> Tangent:
        return Tangent(self._next(), of, quantity, subject, links, at=at)


def _spread(names: Iterable[str], changes: Callable[[str, set[str]], bool]) -> set[str]:
    """The names that change, given those that do: recursions, until none is added."""
    found: set[str] = set()
    waiting = list(names)
    grown = True
    while grown:
        grown = False
        for name in list(waiting):
            if changes(name, found):
                found.add(name)
                waiting.remove(name)
                grown = True
    return found


def _marked(line: Tangent, curved: frozenset[str], letter: str = "G") -> Tangent:
    """A line in which the adjoints below the outputs carry the letter of Gauss and Newton."""

    def marked(expression: Expr) -> Expr:
        return expression.xreplace(
            {
                node: Directional(node.body, letter)
                for node in expression.atoms(Directional)
                if isinstance(node.body, Partial) and name_of(node.body.by) not in curved
            }
        )

    links = tuple(replace_fields(k, expression=marked(k.expression)) for k in line.links)
    return replace_fields(line, subject=marked(line.subject), links=links)
