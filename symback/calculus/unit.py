"""One weight or bias, worked as a teacher does it on the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Integer, S, Sum, Symbol

from symback.algebra.nodes import Apply, Marked, Partial
from symback.algebra.sums import collapse, name_bound, replace, total, write_out
from symback.calculus.dependence import dependence, is_elementwise
from symback.calculus.derivation import Link, Rule
from symback.calculus.relabel import pattern_of, permutations, relabel, renamed, renamed_chain
from symback.errors import InputError, quote
from symback.model.equations import Role

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Step
    from symback.model.equations import Quantity

__all__ = ["MAX_LEAVES", "MAX_OUTPUTS", "MAX_TERMS", "Chain", "Part", "UnitDerivation", "unit"]

MAX_OUTPUTS = 3
"""Up to so many outputs are worked one by one; beyond, one stands for all."""

MAX_TERMS = 4
"""Up to so many terms a sum is written out; beyond, it keeps its sign."""

MAX_LEAVES = 40
"""Up to so many terms in all a substitution is written out; beyond, new sums keep their sign."""


NO_OUTPUT = (Role.LOSS, Role.WEIGHT, Role.BIAS)
"""Roles of quantities that a loss may mention without their being outputs."""


MAX_EQUATIONS = 6
"""A parameter further from the outputs than so many equations is worked up to its own layer."""

MAX_PATHS = 16
"""Likewise one with more ways to each output."""


class Part(StrEnum):
    """What a chain of equalities is for in the working of one weight."""

    TOTAL = "total"  # the total derivative over all outputs, and, with one path, on to the end
    VANISHING = "vanishing"  # why an output does not depend on this weight
    SUBSTITUTION = "substitution"  # an output, written out down to this weight
    FACTORS = "factors"  # an output's derivative, one factor at a time
    WRITTEN_OUT = "written-out"  # the same with everything written out
    COLLECTION = "collection"  # all outputs put together
    INSTANCE = "instance"  # the index formula that this is an instance of


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of equalities ``subject = link = link = …``."""

    part: Part
    subject: Expr
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class UnitDerivation:
    """The gradient by one weight or bias as a sequence of chains.

    Attributes:
        quantity: the parameter array.
        indices: which entry, counted from 1.
        adjoint: the left side, ``Partial(L, W1[1, 2])``.
        chains: the working, in order of reading.
        paths: how many paths lead from this parameter to the loss.
        result: the gradient, in terms of the loss's own partials.
    """

    quantity: Quantity
    indices: tuple[int, ...]
    adjoint: Expr
    chains: tuple[Chain, ...]
    paths: int
    result: Expr


def unit(derivation: Derivation, array: str, *indices: int) -> UnitDerivation:
    """Work the gradient by one entry of a parameter: ``unit(derivation, "W1", 1, 2)``.

    Args:
        derivation: what the chain rule found.
        array: the parameter's name.
        indices: which entry, counted from 1.

    Raises:
        InputError: for a name or an index that the model does not have, with the valid range.
    """
    step = derivation.step_of.get(array)
    if step is None or step.quantity.role not in (Role.WEIGHT, Role.BIAS):
        raise InputError(
            f"no parameter {quote(array)}", hint=f"known are {', '.join(derivation.gradients)}"
        )
    shape = step.quantity.shape
    if len(indices) != len(shape) or not all(
        1 <= index <= size for index, size in zip(indices, shape, strict=True)
    ):
        valid = ", ".join(f"1..{size}" for size in shape)
        raise InputError(f"{array}[{', '.join(map(str, indices))}] is not in {array}[{valid}]")
    known = derivation.worked
    if (array, indices) not in known:
        pattern = pattern_of(step.quantity, indices)
        if pattern not in known:
            known[pattern] = _Board(derivation, step, indices).work()
        first = known[pattern]
        same = first.indices == indices
        known[array, indices] = first if same else relabel(first, derivation.model, indices)
    return known[array, indices]


class _Board:
    """The working of one parameter: what has been written so far."""

    def __init__(self, derivation: Derivation, step: Step, indices: tuple[int, ...]) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.loss = derivation.loss
        self.step = step
        self.indices = tuple(Integer(index) for index in indices)
        self.entry = step.quantity.at(*indices)
        self.adjoint = Partial(self.loss, self.entry)
        self.depends = dependence(derivation, step.quantity, indices)
        at = dict(zip(step.quantity.indices, self.indices, strict=True))
        # What the loss itself says of the parameter, as the weight decay does.
        self.direct = Add(
            *(replace(path.primed, at) for path in step.paths if path.upstream is S.One)
        )
        self.chains: list[Chain] = []
        self.derivatives: dict[Expr, Expr] = {}

    def work(self) -> UnitDerivation:
        """Total derivative, each output that is reached, all of them together, the instance."""
        ends = self._ends()
        reached = [entry for entry in ends if self.depends.reaches(entry)]
        to_outputs = any(self._quantity(entry) in self._outputs_of_loss() for entry in ends)
        links = [Link(self._total(ends), Rule.TOTAL, () if to_outputs else ("layer",))]
        if len(reached) == 1 and self._is_above(reached[0]):
            self._in_one_go(reached[0], links)
            self._add(Part.TOTAL, self.adjoint, links)
            self._vanishing(ends)
        else:
            self._add(Part.TOTAL, self.adjoint, links)
            self._vanishing(ends)
            self._outputs(reached)
            links = self._collect(reached)
        self._instance(to_outputs)
        return UnitDerivation(
            self.step.quantity,
            tuple(int(index) for index in self.indices),
            self.adjoint,
            tuple(self.chains),
            self.depends.count_paths(),
            links[-1].expression,
        )

    def _add(self, part: Part, subject: Expr, links: list[Link]) -> None:
        if links:
            self.chains.append(Chain(part, subject, tuple(links)))

    def _follow(
        self, links: list[Link], expression: Expr, rule: Rule, about: tuple[str, ...] = ()
    ) -> None:
        """Append a link unless it says again what the last one says."""
        named = self._name(expression)
        if not links or named != links[-1].expression:
            links.append(Link(named, rule, about))

    # The total derivative ---------------------------------------------------------------------

    def _ends(self) -> list[Expr]:
        """The outputs over which the total derivative runs, or one that stands for all.

        An output that mixes its layer (softmax) gives way to what it mixes: the adjoint of that
        is known, and each entry of it depends on one unit's weights only.
        """
        entries: list[Expr] = []
        for quantity in self._near(self._outputs_of_loss()):
            pattern = self.depends.known[quantity.name]
            axes = [
                [Integer(value) for value in range(1, r.size + 1)]
                if 0 < r.size <= MAX_OUTPUTS
                else [Symbol(r.letters[0], integer=True) if only is None else only]
                for r, only in zip(quantity.ranges, pattern, strict=True)
            ]
            entries.extend(quantity.at(*choice) for choice in product(*axes))
        return entries

    def _outputs_of_loss(self) -> list[Quantity]:
        """What the loss mentions and the parameter reaches, unmixed."""
        found = []
        for step in self.derivation.steps:
            quantity = step.quantity
            if not any(path.to_loss for path in step.paths) or quantity.role in NO_OUTPUT:
                continue
            if quantity.name in self.model.definitions and not is_elementwise(
                self.derivation, quantity
            ):
                mentions = self.model.definitions[quantity.name].mentions
                inner = [name for name in mentions if name in self.depends.known]
                quantity = self.model.quantities[inner[0]] if len(inner) == 1 else quantity
            if quantity.name in self.depends.known:
                found.append(quantity)
        return found

    def _near(self, outputs: list[Quantity]) -> list[Quantity]:
        """The outputs, or where they are too far, the layer that the parameter feeds.

        The adjoint of that layer then stands for the rest of the way to the loss.
        """
        definitions = self.model.definitions
        fed = [e for e in self.model.equations if self.step.quantity.name in e.mentions]
        counts = self.depends.path_counts
        near = all(
            quantity.name not in definitions
            or (
                definitions[quantity.name].number - fed[0].number <= MAX_EQUATIONS
                and counts.get(quantity.name, 0) <= MAX_PATHS
            )
            for quantity in outputs
        )
        layers = [e.quantity for e in fed if e.quantity.role is Role.PREACTIVATION]
        return outputs if near or not layers else layers

    def _total(self, ends: list[Expr]) -> Expr:
        """The sum over all outputs; an output that the parameter does not reach has a brace."""
        terms = []
        for entry in ends:
            inner: Expr = Partial(entry, self.entry)
            if not self.depends.reaches(entry):
                inner = Marked(inner, "vanishes")
            terms.append(self._over(entry, Partial(self.loss, entry) * inner))
        return Add(self.direct, *terms)

    def _over(self, entry: Expr, term: Expr) -> Expr:
        """Sum a term over the letters that stand for every output."""
        ranges = self._quantity(entry).ranges
        limits = [
            (index, r.upper)
            for index, r in zip(entry.indices, ranges, strict=True)
            if isinstance(index, Symbol)
        ]
        return total(term, limits)

    def _vanishing(self, ends: list[Expr]) -> None:
        """Why an output does not depend on the parameter: its definition, without it."""
        for entry in ends:
            if not self.depends.reaches(entry):
                links = [Link(self._name(self._spelled(entry)), Rule.DEFINITION)]
                self._add(Part.VANISHING, entry, links)

    # One output, straight above the parameter ---------------------------------------------------

    def _is_above(self, entry: Expr) -> bool:
        """Whether the parameter stands in an output's own equation or directly under it."""
        definitions = self.model.definitions
        equation = definitions[self._quantity(entry).name]
        inner = [definitions[name] for name in equation.mentions if name in definitions]
        return any(self.step.quantity.name in e.mentions for e in (equation, *inner))

    def _in_one_go(self, entry: Expr, links: list[Link]) -> None:
        """Operator, derivative, names, closed form: all in the chain of the total derivative."""
        inside = self._spelled(entry)
        for inner, rule in (
            (Partial(inside, self.entry), Rule.OPERATOR),
            (collapse(inside.diff(self.entry), ()), Rule.DIFFERENTIATE),
            (self._derivative(entry), Rule.NAME),
        ):
            whole = self._over(entry, Partial(self.loss, entry) * inner)
            self._follow(links, self.direct + whole, rule)
        self._close(links, [entry])

    # One output among several -------------------------------------------------------------------

    def _outputs(self, entries: list[Expr]) -> None:
        """Work the first output of each layer; the others follow by renaming units."""
        first: dict[str, tuple[Expr, list[Chain]]] = {}
        for entry in entries:
            quantity = self._quantity(entry)
            fixed = all(isinstance(index, Integer) for index in entry.indices)
            known = first.get(quantity.name)
            if known is None or not fixed or self._shares_range(quantity):
                start = len(self.chains)
                self._output(entry)
                first.setdefault(quantity.name, (entry, self.chains[start:]))
                continue
            like, chains = known
            moves = permutations(quantity, _numbers(like), _numbers(entry))
            self.chains += [renamed_chain(chain, self.model, moves) for chain in chains]
            self.derivatives[entry] = renamed(self._derivative(like), self.model, moves)

    def _shares_range(self, quantity: Quantity) -> bool:
        """Whether renaming units of an output would rename the parameter's own."""
        return bool(set(quantity.ranges) & set(self.step.quantity.ranges))

    def _output(self, entry: Expr) -> None:
        """Substitute down to the parameter, then differentiate from the outside in."""
        stages = self._substitute(entry)
        marked = [*stages[:-1], _mark_inner(stages[-1])]
        self._add(Part.SUBSTITUTION, entry, [Link(self._name(s), Rule.DEFINITION) for s in marked])
        subject = Partial(entry, self.entry)
        self._add(Part.FACTORS, subject, self._factor_by_factor(entry))
        links: list[Link] = []
        self._follow(links, collapse(stages[-1].diff(self.entry), ()), Rule.DIFFERENTIATE)
        self._follow(links, self._derivative(entry), Rule.NAME)
        self._add(Part.WRITTEN_OUT, subject, links)

    def _substitute(self, entry: Expr) -> list[Expr]:
        """An output, its definition, the definitions in that, … down to the parameter."""
        stages: list[Expr] = []
        current: Expr = entry
        while True:
            defined = [
                node
                for node in current.atoms(Indexed)
                if str(node.base.label) in self.model.definitions
            ]
            if not any(self.depends.reaches(node) for node in defined):
                return stages
            plain = current.xreplace({node: self._define(node) for node in defined})
            short = self._write_short(plain)
            current = short if _leaves(short) <= MAX_LEAVES else plain
            stages.append(current)

    def _factor_by_factor(self, entry: Expr) -> list[Link]:
        """``dyhat/dW = g'(y') dy'/dW = g'(y') W dh/dW = …``, one equation at a time."""
        links: list[Link] = []
        current: Expr = Partial(entry, self.entry)
        while open_ends := self._open(current):
            shown = current.xreplace({node: self._through(node.of, True) for node in open_ends})
            self._follow(links, shown, Rule.CHAIN)
            current = current.xreplace({node: self._through(node.of) for node in open_ends})
        self._follow(links, current, Rule.VANISH)
        return links

    def _open(self, expression: Expr) -> list[Partial]:
        """Derivatives by the parameter that are still to be found."""
        return [
            node
            for node in expression.atoms(Partial)
            if node.by == self.entry and isinstance(node.of, Indexed)
        ]

    def _through(self, entry: Expr, braces: bool = False) -> Expr:
        """An entry's derivative by the parameter, through its own equation only.

        Args:
            entry: an entry that depends on the parameter.
            braces: show, under a brace, the terms that vanish, where there are few.
        """
        terms = []
        for local in self.depends.locals(entry):
            if local.quantity == self.step.quantity:
                terms.append(local.value)
            else:
                inner = Partial(local.quantity.at(*local.at), self.entry)
                terms.append(local.over(local.value * inner))
        plain = self._write_short(Add(*terms))
        return self._with_braces(entry, plain) if braces else plain

    def _with_braces(self, entry: Expr, plain: Expr) -> Expr:
        """The same with every entry summed over, those that do not depend under a brace."""
        terms = []
        for local in self.depends.locals(entry, every=True):
            if local.quantity == self.step.quantity:
                return plain
            inner = Partial(local.quantity.at(*local.at), self.entry)
            terms.append(local.over(local.value * inner))
        written = self._write_short(Add(*terms))
        if written.has(Sum):
            return plain
        vanishing = [node for node in self._open(written) if not self.depends.reaches(node.of)]
        return written.xreplace({node: Marked(node, "vanishes") for node in vanishing})

    def _derivative(self, entry: Expr) -> Expr:
        """An entry's derivative by the parameter in named quantities, all the way down."""
        if entry in self.derivatives:
            return self.derivatives[entry]
        current: Expr = Partial(entry, self.entry)
        while open_ends := self._open(current):
            current = current.xreplace({node: self._through(node.of) for node in open_ends})
        self.derivatives[entry] = current
        return current

    # All outputs together -----------------------------------------------------------------------

    def _collect(self, entries: list[Expr]) -> list[Link]:
        terms = [
            self._over(entry, Partial(self.loss, entry) * self._derivative(entry))
            for entry in entries
        ]
        links = [Link(self._name(Add(self.direct, *terms)), Rule.COLLECT)]
        self._close(links, entries)
        self._add(Part.COLLECTION, self.adjoint, links)
        return links

    def _close(self, links: list[Link], entries: list[Expr]) -> None:
        """Put in what the catalogue knows: functions through their outputs, then the loss."""
        current = links[-1].expression
        primes = sorted({node.name for node in current.atoms(Apply) if node.order})
        self._follow(links, self.depends.taught(current), Rule.FUNCTION, tuple(primes))
        values = {}
        for entry in entries:
            step = self.derivation.step_of[self._quantity(entry).name]
            if not any(node.of == self.loss for node in step.result.atoms(Partial)):
                at = dict(zip(step.quantity.indices, entry.indices, strict=True))
                values[Partial(self.loss, entry)] = replace(step.result, at)
        self._follow(links, links[-1].expression.xreplace(values), Rule.UPSTREAM)

    def _instance(self, to_outputs: bool) -> None:
        """The index formula at these indices: to the loss where that is near, and by the deltas."""
        at = dict(zip(self.step.quantity.indices, self.indices, strict=True))
        links: list[Link] = []
        outward = self.derivation.chain(self.step.quantity.name) if to_outputs else ()
        if outward:
            self._follow(links, replace(outward[-1].expression, at), Rule.INSTANCE)
        self._follow(links, replace(self.step.result, at), Rule.DELTA)
        self._add(Part.INSTANCE, self.adjoint, links)

    # Small tools --------------------------------------------------------------------------------

    def _quantity(self, entry: Expr) -> Quantity:
        return self.model.quantities[str(entry.base.label)]

    def _define(self, entry: Expr) -> Expr:
        return self.model.definition(str(entry.base.label), entry.indices)

    def _spelled(self, entry: Expr) -> Expr:
        """An output's definition with its pre-activation written out: ``g(W h + W h)``."""
        definition = self._define(entry)
        values = {
            node: self._write_short(self._define(node))
            for node in definition.atoms(Indexed)
            if self._quantity(node).role is Role.PREACTIVATION
        }
        return self._write_short(definition.xreplace(values))

    def _write_short(self, expression: Expr) -> Expr:
        """Write out every sum that has at most `MAX_TERMS` terms."""
        if not expression.args:
            return expression
        if isinstance(expression, Sum):
            sizes = [self._sizes[upper] for _, _, upper in expression.limits]
            if all(0 < size <= MAX_TERMS for size in sizes):
                terms = write_out(expression, self._sizes)
                return Add(*(self._write_short(term) for term in terms))
        parts = tuple(self._write_short(part) for part in expression.args)
        if all(new is old for new, old in zip(parts, expression.args, strict=True)):
            return expression
        return expression.func(*parts)

    @property
    def _sizes(self) -> Mapping[Expr, int]:
        return self.model.sizes

    def _name(self, expression: Expr) -> Expr:
        """Give dummies letters; an index that stands for every output keeps its own."""
        if not expression.has(Sum):
            return expression
        taken = {s.name for s in expression.free_symbols if isinstance(s, Symbol)}
        return name_bound(expression, self.derivation.letters, taken)


def _numbers(entry: Expr) -> tuple[int, ...]:
    return tuple(int(index) for index in entry.indices)


def _mark_inner(expression: Expr) -> Expr:
    """Put a brace under each innermost argument, as notes colour it."""
    innermost = {
        node.argument
        for node in expression.atoms(Apply)
        if not node.argument.has(Apply) and not isinstance(node.argument, Indexed)
    }
    return expression.xreplace({argument: Marked(argument, "inner") for argument in innermost})


def _leaves(expression: Expr) -> int:
    """How many terms the sums of an expression show in all."""
    return sum(len(node.args) for node in expression.atoms(Add)) or 1
