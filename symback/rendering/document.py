"""What a document says, before any language: equations, chains, codes of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from sympy import Add, Expr, Integer, Sum, Symbol

from symback.algebra.formula import parse_formula
from symback.algebra.nodes import EVERY, Apply, Marked, OfVectors, Partial
from symback.algebra.sums import write_out
from symback.calculus.derivation import Derivation, Link, Rule, Step
from symback.calculus.matrix import MatrixForm, Partials
from symback.calculus.unit import Chain, Part, UnitDerivation
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Quantity, Role
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.model.perceptron import FUNCTIONS
from symback.notation import FOUNDING, Notation
from symback.notation.letters import has_samples
from symback.printing.cases import BRACKETED
from symback.printing.trees import signs_of
from symback.rendering.entries import entry_count
from symback.rendering.proof import Proof

if TYPE_CHECKING:
    from symback.verification.report import Report

__all__ = ["REST", "ChainOf", "Document", "Equality", "Stage"]

MAX_WRITTEN_UNITS = 12
"""Up to so many units the forward pass is written out unit by unit, unless all is asked for."""

MAX_EQUATIONS = 24
"""Through more equations than this a gradient is not carried to the loss on one line."""

MAX_WRITTEN_TERMS = 4
"""Up to so many terms a weighted sum is written out."""


@dataclass(frozen=True, slots=True)
class Equality:
    """One link of a chain as a document shows it.

    Attributes:
        expression: the right side.
        rule: the code of the reason; empty where there is none to give.
        about: what the reason mentions, by name.
        equations: numbers that the reason refers to.
    """

    expression: Expr
    rule: str = ""
    about: tuple[str, ...] = ()
    equations: tuple[int, ...] = ()

    @property
    def is_sum(self) -> bool:
        """Whether it adds up derivatives, beside what the weight decay contributes."""
        terms = [t for t in Add.make_args(self.expression) if t.has(Partial)]
        return len(terms) > 1 or any(isinstance(term, Sum) for term in terms)


@dataclass(frozen=True, slots=True)
class ChainOf:
    """``subject = … = …``, with a number where it has one and the code of what it is for.

    Letters of the subject do not take the values that ``but`` gives them.
    """

    subject: Expr
    links: tuple[Equality, ...]
    number: int = 0
    part: str = ""
    quantity: Quantity | None = None
    but: tuple[tuple[Expr, Expr], ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether the chain only says that something equals itself: an open loss's derivative."""
        return all(link.expression == self.subject for link in self.links)


@dataclass(frozen=True, slots=True)
class Stage:
    """Chains of the working of one parameter that one sentence leads to.

    Attributes:
        part: the code of what they are for: that of a `Part`, or `REST`.
        chains: the chains, in order of reading.
    """

    part: str
    chains: tuple[ChainOf, ...]


REST = "rest"
"""What a chain goes on to be once it is explained why something in it vanishes."""


@dataclass(frozen=True)
class Document:
    """The contents of every document about one derivation."""

    derivation: Derivation
    report: Report | None
    entries: tuple[tuple[str, tuple[int, ...]], ...]
    notation: Notation = FOUNDING

    @cached_property
    def proof(self) -> Proof | None:
        """What was proved; None where nothing was checked."""
        return None if self.report is None else Proof(self.report)

    @property
    def network(self) -> Network | None:
        """The perceptron that the equations came from, if they came from one."""
        source = self.derivation.model.source
        return source if isinstance(source, Network) else None

    @cached_property
    def forward(self) -> tuple[ChainOf, ...]:
        """The numbered equations."""
        return tuple(
            ChainOf(e.quantity.entry, (Equality(e.expression),), e.number, quantity=e.quantity)
            for e in self.derivation.model.equations
        )

    @property
    def most_units(self) -> int:
        """Up to so many units the forward pass is written out unit by unit."""
        return MAX_WRITTEN_UNITS

    @cached_property
    def written_out(self) -> tuple[ChainOf, ...]:
        """The forward pass unit by unit, where that is short; else nothing."""
        model = self.derivation.model
        quantities = [equation.quantity for equation in model.equations]
        units = sum(entry_count(quantity) for quantity in quantities)
        sums = [s for e in model.equations for s in e.expression.atoms(Sum)]
        terms = max(
            (
                len(write_out(s, model.sizes))
                for s in sums
                if _known(s, model.sizes) and _length(s, model.sizes) <= MAX_WRITTEN_TERMS
            ),
            default=0,
        )
        too_long = any(_length(s, model.sizes) > MAX_WRITTEN_TERMS for s in sums)
        is_open = any(not _known(s, model.sizes) for s in sums)
        if units > self.most_units or too_long or is_open or (sums and not terms):
            return ()
        rows = []
        for first, second in _layers(quantities):
            for index in range(1, max(entry_count(first), 1) + 1):
                for quantity in (first, second):
                    if quantity is not None:
                        rows.append(self._unit_equation(quantity, index))
        return tuple(rows)

    def _unit_equation(self, quantity: Quantity, index: int) -> ChainOf:
        model = self.derivation.model
        place = (Integer(index),) * len(quantity.ranges)
        right = model.definition(quantity.name, place)
        right = right.xreplace({s: Add(*write_out(s, model.sizes)) for s in right.atoms(Sum)})
        return ChainOf(quantity.at(*place), (Equality(_spread(right, model.quantities)),))

    @cached_property
    def functions(self) -> tuple[ChainOf, ...]:
        """The functions of the catalogue that are called by name, each with its derivative.

        What takes its part from another function is followed by that; a function of a whole layer,
        and the identity, are written out where they are applied.
        """
        found: dict[str, tuple[ChainOf, ...]] = {}
        waiting = _called(e.expression for e in self.derivation.model.equations)
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = _definition(name)
                waiting += _called(link.expression for c in found[name] for link in c.links)
        return tuple(chain for chains in found.values() for chain in chains)

    @cached_property
    def steps(self) -> tuple[ChainOf, ...]:
        """Every adjoint, from the loss backwards."""
        return tuple(self._step(step) for step in self.derivation.steps)

    def _step(self, step: Step) -> ChainOf:
        through = tuple(path.equation for path in step.paths)
        links = [
            Equality(link.expression, link.rule, link.about, self._refers(link, step, through))
            for link in step.links
        ]
        return ChainOf(step.adjoint, tuple(links), step.number, quantity=step.quantity)

    def _refers(self, link: Link, step: Step, through: tuple[int, ...]) -> tuple[int, ...]:
        if link.rule in (Rule.CHAIN, Rule.DIFFERENTIATE_LOSS):
            return through
        if link.rule is Rule.UPSTREAM:
            steps = self.derivation.step_of
            return tuple(steps[p.through].number for p in step.paths if p.through in steps)
        return ()

    @cached_property
    def formulas(self) -> tuple[ChainOf, ...]:
        """The gradient of every parameter, carried to the loss where it is not too far."""
        found = []
        for name, gradient in self.derivation.gradients.items():
            near = self._distances[name] <= MAX_EQUATIONS
            chain = self.derivation.chain(name) if near else ()
            links = tuple(map(self._equality, chain))
            found.append(
                ChainOf(gradient.adjoint, links, gradient.step.number, quantity=gradient.quantity)
            )
        return tuple(found)

    @property
    def farthest(self) -> int:
        """Through at most so many equations gradients are carried to the loss."""
        return MAX_EQUATIONS

    @property
    def leaves_out(self) -> bool:
        """Whether some gradients are too far from the loss to be carried there."""
        return any(not formula.links for formula in self.formulas)

    @property
    def first_carried(self) -> int:
        """The first layer of weights whose gradients are carried to the loss."""
        carried = (f.quantity.layer for f in self.formulas if f.links and f.quantity is not None)
        return min(carried, default=0)

    @cached_property
    def _distances(self) -> dict[str, int]:
        """Through how many equations each quantity reaches the loss, at most."""
        found = {self.derivation.model.loss.name: 0}
        for step in self.derivation.steps:
            ways = [found[path.through] for path in step.paths]
            found[step.quantity.name] = 1 + max(ways, default=0)
        return found

    @cached_property
    def units(self) -> tuple[UnitDerivation, ...]:
        """The parameters to be worked out, as on the board."""
        return tuple(self.derivation.unit(array, *indices) for array, indices in self.entries)

    def chains(self, unit: UnitDerivation) -> tuple[ChainOf, ...]:
        """The chains of one worked parameter."""
        return tuple(self._unit_chain(chain) for chain in unit.chains)

    def working(self, unit: UnitDerivation) -> tuple[Stage, ...]:
        """One worked parameter as it is read: what vanishes is explained where it stands."""
        told: list[Stage] = []
        chains = list(self.chains(unit))
        while chains:
            chain = chains.pop(0)
            reasons = list(takewhile(lambda c: c.part == Part.VANISHING, chains))
            del chains[: len(reasons)]
            told += _explained(chain, reasons)
        return tuple(told)

    def _unit_chain(self, chain: Chain) -> ChainOf:
        links = tuple(map(self._equality, chain.links))
        return ChainOf(chain.subject, links, part=chain.part, but=chain.but)

    def _equality(self, link: Link) -> Equality:
        """A link beyond a single step, with the numbers of the equations or steps that it uses."""
        return Equality(link.expression, link.rule, link.about, self._uses(link))

    def _uses(self, link: Link) -> tuple[int, ...]:
        if link.rule in (Rule.UPSTREAM, Rule.DELTA):
            return tuple(self.derivation.step_of[name].number for name in link.about)
        if link.rule in (Rule.CHAIN, Rule.LOCAL):
            return tuple(self.derivation.model.definitions[name].number for name in link.about)
        return ()

    @cached_property
    def matrices(self) -> tuple[MatrixForm, ...]:
        """The matrix forms; nothing for a model whose quantities are no matrices."""
        try:
            return self.derivation.matrices
        except InputError:
            return ()

    @property
    def telling_matrices(self) -> tuple[MatrixForm, ...]:
        """The matrix forms that say more than that an open loss's derivative is itself."""
        loss = self.derivation.model.loss
        return tuple(f for f in self.matrices if f.right != Partials(loss, f.quantity))

    @cached_property
    def recursion(self) -> tuple[ChainOf, ...]:
        """The adjoints of the pre-activations, and from them the gradients, layer by layer."""
        wanted = (Role.PREACTIVATION, Role.WEIGHT, Role.BIAS)
        return tuple(
            ChainOf(s.adjoint, (Equality(s.result),), s.number, quantity=s.quantity)
            for s in self.derivation.steps
            if s.quantity.role in wanted
        )

    @property
    def has_deltas(self) -> bool:
        """Whether there are pre-activations, whose adjoints have a letter of their own."""
        return any(s.quantity.role is Role.PREACTIVATION for s in self.derivation.steps)

    @cached_property
    def conventions(self) -> tuple[tuple[str, str], ...]:
        """Codes of the conventions that this document relies on, each with a name or nothing."""
        quantities = self.derivation.model.quantities.values()
        order = str(self.notation.index_order)
        found = [(order, "")] if any(q.role is Role.WEIGHT for q in quantities) else []
        if found and self.notation.weight.flat:
            found.append(("flat", ""))
        found.append(("indices", ""))
        if self.has_bias:
            found.append(("bias", ""))
        shown = (link.expression for c in (*self.forward, *self.steps) for link in c.links)
        if any(node.name in BRACKETED for e in shown for node in e.atoms(Apply)):
            found.append(("condition", ""))
        functions = {e.function for e in self.derivation.model.equations}
        for name in sorted(functions & set(ACTIVATIONS)):
            if ACTIVATIONS[name].kinks:
                found.append(("kink", name))
        if any(LOSSES[name].kinks for name in functions & set(LOSSES)):
            found.append(("loss-kink", ""))
        if self.matrices:
            found.append((str(self.notation.orientation), ""))
            used = frozenset().union(*map(signs_of, self.matrices))
            signs = ("product", "quotient", "power", "function", "ones", "repeated")
            found += [(f"entrywise-{sign}", "") for sign in signs if sign in used]
        return tuple(found)

    def kinks(self, name: str) -> list[tuple[Expr, Expr]]:
        """Where an activation has a kink, and its derivative there."""
        return [
            (parse_formula(point, {}, {}), parse_formula(value, {}, {}))
            for point, value in ACTIVATIONS[name].kinks
        ]

    @property
    def through_outputs(self) -> frozenset[str]:
        """The names of the catalogue's functions whose derivatives are written by their outputs."""
        return frozenset(n for n, f in ACTIVATIONS.items() if re.search(r"\ba\b", f.derivative))

    @property
    def known_losses(self) -> frozenset[str]:
        """The names of the catalogue's losses."""
        return frozenset(LOSSES)

    @property
    def has_samples(self) -> bool:
        """Whether an index numbers samples."""
        return has_samples(self.derivation.model)

    @property
    def has_bias(self) -> bool:
        """Whether any parameter is a bias."""
        return any(q.role is Role.BIAS for q in self.derivation.model.parameters)

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """Codes of what is taken for granted."""
        stated = self.network.assumptions if self.network else ()
        return tuple(dict.fromkeys((*self.derivation.model.facts, *stated)))

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(entry_count(q) for q in self.derivation.model.parameters)


def _called(expressions: Iterable[Expr]) -> list[str]:
    """The functions of the catalogue that some expressions apply."""
    nodes = (node for expression in expressions for node in expression.atoms(Apply))
    return sorted({node.name for node in nodes if node.name in ACTIVATIONS})


def _definition(name: str) -> tuple[ChainOf, ...]:
    """A function of the catalogue and its derivative, at a letter; what is elementary is known."""
    z = Symbol("z")
    known = ACTIVATIONS[name]
    names = {"z": z, "a": Apply(name, z)}
    sides = [
        (Apply(name, z, order), parse_formula(text, names, FUNCTIONS))
        for order, text in enumerate((known.formula, known.derivative))
    ]
    return tuple(
        ChainOf(left, (Equality(Marked(right, "cases")),)) for left, right in sides if left != right
    )


def _explained(chain: ChainOf, reasons: list[ChainOf]) -> Iterator[Stage]:
    """A chain, cut after each link in which something vanishes, and there the reasons."""
    part, start = chain.part, 0
    for place, link in enumerate(chain.links[:-1], start=1):
        marked = [m for m in link.expression.atoms(Marked) if m.mark == "vanishes"]
        entries = {partial.of for mark in marked for partial in mark.atoms(Partial)}
        here = tuple(reason for reason in reasons if reason.subject in entries)
        if here:
            yield Stage(part, (replace(chain, links=chain.links[start:place], part=part),))
            yield Stage(Part.VANISHING, here)
            reasons = [reason for reason in reasons if reason not in here]
            part, start = REST, place
    yield Stage(part, (replace(chain, links=chain.links[start:], part=part),))
    if reasons:
        yield Stage(Part.VANISHING, tuple(reasons))


def _length(node: Sum, sizes: dict[Symbol, int]) -> int:
    length = 1
    for _, _, upper in node.limits:
        length *= sizes.get(upper, 0)
    return length


def _known(node: Sum, sizes: dict[Symbol, int]) -> bool:
    return _length(node, sizes) > 0


def _layers(quantities: list[Quantity]) -> list[tuple[Quantity, Quantity | None]]:
    """Pre-activations with the activations that follow them: they are read unit by unit."""
    pairs: list[tuple[Quantity, Quantity | None]] = []
    rest = list(quantities)
    while rest:
        first = rest.pop(0)
        follows = rest and first.role is Role.PREACTIVATION and rest[0].layer == first.layer
        pairs.append((first, rest.pop(0) if follows else None))
    return pairs


def _spread(expression: Expr, quantities: dict[str, Quantity]) -> Expr:
    """A generic loss of its single outputs, ``L(y, yhat_1, yhat_2)``."""
    values = {}
    for node in expression.atoms(OfVectors):
        arguments: list[Expr] = []
        for argument in node.arguments:
            quantity = quantities.get(str(getattr(argument, "base", "")))
            is_output = quantity is not None and quantity.role is Role.OUTPUT
            if quantity and is_output and argument.indices == (EVERY,):
                arguments += [quantity.at(i) for i in range(1, quantity.shape[0] + 1)]
                continue
            arguments.append(argument)
        values[node] = OfVectors(node.name, *arguments)
    return expression.xreplace(values)
