"""What a document says, before any language: equations, chains, codes of sentences."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Expr, KroneckerDelta, S, Sum

from symback.algebra.expressions import Apply, Partial, within
from symback.algebra.formula import parse_formula
from symback.algebra.indexing import Bracket, Divides, Extreme, Stop
from symback.calculus.blackboard.working import Chain, UnitDerivation
from symback.calculus.derivation import Derivation, Link, OtherForm, Rule, Step
from symback.calculus.matrix.tree import MatrixForm, Number, Partials, is_scalar
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import PARAMETERS, Equation, Quantity, Role
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.notation import FOUNDING, Notation, Vocabulary
from symback.notation.letters import has_samples
from symback.printing.cases import BRACKETED
from symback.printing.core import Printer
from symback.printing.latex import LATEX
from symback.printing.matrix import as_written
from symback.printing.trees import signs_of
from symback.records import dataclass
from symback.rendering.definitions import definitions
from symback.rendering.equalities import ChainOf, Equality, Stage, stages, told_once
from symback.rendering.proof import Proof
from symback.rendering.unit_by_unit import unit_by_unit
from symback.rendering.worked_entries import entry_count

if TYPE_CHECKING:
    from symback.verification.report import Report
    from symback.verification.stated import Judged

__all__ = ["Document", "command_for"]

MAX_WRITTEN_UNITS = 12
"""Up to so many units the forward pass is written out unit by unit, unless all is asked for."""

MAX_EQUATIONS = 24
"""Through more equations than this a gradient is not carried to the loss on one line."""


@dataclass(frozen=True)
class Document:
    """The contents of every document about one derivation.

    Attributes:
        derivation: what the chain rule found.
        report: what was proved of it; None leaves that part out.
        entries: the weights and biases that are worked out one by one.
        notation: how quantities are spelled.
        judged: claims that stand beside a model.
        shortened: whether it is to be no longer than a handout: what goes as before is only stated,
            and of chains that stand elsewhere the result.
    """

    derivation: Derivation
    report: Report | None
    entries: tuple[tuple[str, tuple[int, ...]], ...]
    notation: Notation = FOUNDING
    judged: tuple[Judged, ...] = ()
    shortened: bool = False

    @cached_property
    def claims(self) -> tuple[tuple[ChainOf, Judged], ...]:
        """The claims that stand beside a model, as equations, each with what came of it."""
        return tuple((self._claim(line), line) for line in self.judged if line.claim.of)

    def _claim(self, line: Judged) -> ChainOf:
        equation, of = line.claim.equation, line.claim.of
        quantity = self.derivation.model.quantities[of]
        subject = Partial(self.derivation.loss, quantity.at(*equation.indices))
        return ChainOf(subject, (Equality(equation.expression),), quantity=quantity)

    @cached_property
    def proof(self) -> Proof | None:
        """What was proved; None where nothing was checked."""
        return None if self.report is None else Proof(self.report)

    @property
    def network(self) -> Network | None:
        """The perceptron that the equations came from, if they came from one."""
        source = self.derivation.model.source
        return source if isinstance(source, Network) else None

    @property
    def command(self) -> str:
        """The command that shows every claim; empty for what no options describe."""
        return "" if self.network is None else command_for(self.network)

    @property
    def is_general(self) -> bool:
        """Whether it is about a model that has no layers."""
        return not self.derivation.model.has_layers

    @cached_property
    def forward(self) -> tuple[ChainOf, ...]:
        """The numbered equations, each with the ranges that its letters do not say."""
        return tuple(
            ChainOf(
                e.left,
                (Equality(e.expression, "range" if self._says_range(e) else "", (str(e.number),)),),
                e.number,
                quantity=e.quantity,
            )
            for e in self.derivation.model.equations
        )

    def _says_range(self, equation: Equation) -> bool:
        return self.is_general and not equation.is_boundary and bool(self.ranges(equation))

    def ranges(self, equation: Equation) -> tuple[tuple[Expr, Expr, Expr], ...]:
        """Letters on the left of an equation that run otherwise than to their capital."""
        quantity = equation.quantity
        return tuple(
            (letter, r.first, r.upper)
            for letter, r in zip(quantity.indices, quantity.ranges, strict=True)
            if not (r.is_plain and r.name == letter.name.upper())
        )

    @property
    def padded(self) -> tuple[ChainOf, ...]:
        """What arrays are beyond their ranges, where the model says so."""
        return tuple(
            ChainOf(q.entry, (Equality(q.outside),), quantity=q)
            for q in self.derivation.model.quantities.values()
            if q.outside is not None
        )

    def other_forms(self, chain: ChainOf) -> tuple[ChainOf, ...]:
        """Other forms that text books have of a step's result, each with its kind as its part."""
        step = self.step_of(chain)
        return tuple(
            ChainOf(chain.subject, self._way(form), part=str(form.kind), quantity=chain.quantity)
            for form in (step.forms if step else ())
        )

    def _way(self, form: OtherForm) -> tuple[Equality, ...]:
        """How another form comes about, line by line; a single line needs no reason beside it."""
        rule = form.way[-1].rule if len(form.way) > 1 else "form"
        uses = self._uses(form.way[-1]) if rule == Rule.NAME else ()
        last = Equality(form.expression, rule, form.about, uses)
        return (*map(self._equality, form.way[:-1]), last)

    @property
    def size_names(self) -> tuple[str, ...]:
        """The sizes for all of which it holds."""
        return self.derivation.model.size_names if self.is_general else ()

    @property
    def conditions(self) -> tuple[Expr, ...]:
        """What the sizes must satisfy."""
        return self.derivation.model.conditions

    @property
    def wanted(self) -> tuple[str, ...]:
        """By what the loss is differentiated."""
        return tuple(q.name for q in self.derivation.model.targets_of_derivation)

    @property
    def last_number(self) -> int:
        """The number of the last step."""
        return max((step.number for step in self.derivation.steps), default=0)

    def step_of(self, chain: ChainOf) -> Step | None:
        """The step that a chain shows, with its ends."""
        quantity = chain.quantity
        return None if quantity is None else self.derivation.step_of.get(quantity.name)

    @property
    def most_units(self) -> int:
        """Up to so many units the forward pass is written out unit by unit."""
        return MAX_WRITTEN_UNITS

    @cached_property
    def written_out(self) -> tuple[ChainOf, ...]:
        """The forward pass unit by unit, where that is short; else nothing."""
        return unit_by_unit(self.derivation.model, self.most_units)

    @cached_property
    def functions(self) -> tuple[ChainOf, ...]:
        """The functions of the catalogue that are called by name, each with its derivative."""
        return definitions(self.derivation.model)

    @cached_property
    def steps(self) -> tuple[ChainOf, ...]:
        """Every adjoint, from the loss backwards."""
        return tuple(self._step(step) for step in self.derivation.steps)

    def _step(self, step: Step) -> ChainOf:
        through = tuple(path.equation for path in step.paths)
        links: list[Equality] = []
        for link in step.links:
            if link.rule is Rule.FACTOR and self._reads_alike(
                links[-1].expression, link.expression
            ):
                # A number and a size that all terms share are printed before them anyhow.
                links[-1] = replace(links[-1], expression=link.expression)
                continue
            links.append(
                Equality(link.expression, link.rule, link.about, self._refers(link, through))
            )
        return ChainOf(step.adjoint, tuple(links), step.number, quantity=step.quantity)

    def _reads_alike(self, one: Expr, other: Expr) -> bool:
        return self._printer(one) == self._printer(other)

    @cached_property
    def _printer(self) -> Printer:
        return Printer(LATEX, self.derivation.model, FOUNDING)

    def _refers(self, link: Link, through: tuple[int, ...]) -> tuple[int, ...]:
        if link.rule in (Rule.CHAIN, Rule.DIFFERENTIATE_LOSS):
            return through
        if link.rule is Rule.UPSTREAM:
            return self._uses(link)
        return ()

    @cached_property
    def formulas(self) -> tuple[ChainOf, ...]:
        """The gradient of every parameter, carried to the loss where it is not too far."""
        found = []
        for name, gradient in self.derivation.gradients.items():
            if self.is_general:  # a recursion is not carried to the loss: it is read step by step
                only = (Equality(gradient.formula),)
                number = gradient.step.number
                found.append(ChainOf(gradient.adjoint, only, number, quantity=gradient.quantity))
                continue
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
        return stages(self.chains(unit))

    def told(self, unit: UnitDerivation) -> tuple[tuple[Stage, bool], ...]:
        """One worked parameter; each stage with whether an earlier one went the same way."""
        working = self.working(unit)
        return tuple(told_once(working)) if self.shortened else tuple((s, False) for s in working)

    @property
    def results_at_the_loss(self) -> tuple[ChainOf, ...]:
        """The gradients as far as they are carried to the loss, without the way there."""
        return tuple(replace(f, links=f.links[-1:]) for f in self.formulas if f.links)

    def _unit_chain(self, chain: Chain) -> ChainOf:
        links = tuple(map(self._equality, chain.links))
        return ChainOf(chain.subject, links, part=chain.part, but=chain.but)

    def _equality(self, link: Link) -> Equality:
        """A link beyond a single step, with the numbers of the equations or steps that it uses."""
        return Equality(link.expression, link.rule, link.about, self._uses(link))

    def _uses(self, link: Link) -> tuple[int, ...]:
        if link.rule in (Rule.UPSTREAM, Rule.DELTA, Rule.SUMS):
            return tuple(sorted(self.derivation.step_of[name].number for name in link.about))
        if link.rule in (Rule.CHAIN, Rule.LOCAL, Rule.NAME):
            return tuple(self.derivation.model.definitions[name].number for name in link.about)
        return ()

    def defined_in(self, number: int) -> str:
        """The name of the quantity that an equation of the model defines."""
        return next(e.quantity.name for e in self.derivation.model.equations if e.number == number)

    @cached_property
    def matrices(self) -> tuple[MatrixForm, ...]:
        """The matrix forms; nothing for a model whose quantities are no matrices."""
        try:
            return self.derivation.matrices
        except InputError:
            return ()

    @property
    def telling_matrices(self) -> tuple[MatrixForm, ...]:
        """The matrix forms that say more than the equation entry by entry.

        That an open loss's derivative is itself says no more, nor does a line about numbers alone.
        """
        loss = self.derivation.model.loss
        return tuple(
            f
            for f in self.matrices
            if f.right != Partials(loss, f.quantity)
            and not (is_scalar(f) and (self.is_general or isinstance(f.right, Number)))
        )

    @cached_property
    def recursion(self) -> tuple[ChainOf, ...]:
        """The adjoints of the pre-activations, and from them the gradients, layer by layer.

        Of a model without pre-activations every adjoint: there is no telling which are the steps.
        """
        wanted = (Role.PREACTIVATION, *PARAMETERS) if self.has_deltas else tuple(Role)
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
    def counts(self) -> bool:
        """Whether weights are numbered through all layers, as some notations do."""
        return Vocabulary(self.derivation.model, self.notation).counts

    @property
    def shown(self) -> tuple[ChainOf, ...]:
        """The chains that stand on the page, as far as conventions depend on them."""
        return (*self.forward, *self.steps, *(f for s in self.steps for f in self.other_forms(s)))

    @cached_property
    def conventions(self) -> tuple[tuple[str, str], ...]:
        """Codes of the conventions that this document says, each with a name or nothing."""
        return self.relied_on

    @cached_property
    def relied_on(self) -> tuple[tuple[str, str], ...]:
        """Codes of those that it relies on, whether it says them there or elsewhere."""
        quantities = self.derivation.model.quantities.values()
        order = str(self.notation.index_order)
        found = [(order, "")] if any(q.role is Role.WEIGHT for q in quantities) else []
        if found and self.notation.weight.flat and self.counts:
            found.append(("flat", ""))
        if self.is_general:
            firsts = {r.first for q in quantities for r in q.ranges}
            found += [("from-one", "")] if firsts == {S.One} else []
        else:
            found.append(("indices", ""))
        if self.has_bias:
            found.append(("bias", ""))
        shown = [link.expression for chain in self.shown for link in chain.links]
        if any(e.has(Bracket, Divides) for e in shown) or any(
            node.name in BRACKETED for e in shown for node in within(e, Apply)
        ):
            found.append(("condition", ""))
        elif any(e.has(KroneckerDelta) for e in shown):
            found.append(("condition", "equal"))
        if any(e.has(Extreme) for e in shown):
            found.append(("ties", ""))
        if any(e.has(Stop) for e in shown):
            found.append(("stop", ""))
        functions = {e.function for e in self.derivation.model.equations}
        if self.is_general:
            applied = (
                n for e in self.derivation.model.equations for n in within(e.expression, Apply)
            )
            functions |= {node.name for node in applied}
        for name in sorted(functions & set(ACTIVATIONS)):
            if ACTIVATIONS[name].has_kink:
                found.append(("kink", name))
        if any(LOSSES[name].kinks for name in functions & set(LOSSES)):
            found.append(("loss-kink", ""))
        if self.is_general and not self.matrices:
            found.append(("no-matrices", ""))
        if self.matrices:
            found.append((str(self.notation.orientation), ""))
            used = self.matrix_signs
            signs = ("product", "quotient", "power", "function", "ones")
            found += [(f"entrywise-{sign}", "") for sign in signs if sign in used]
            if used & {"repeated", "number"}:
                found.append(("entrywise-repeated", ""))
        return tuple(found)

    @property
    def sums_over_units(self) -> bool:
        """Whether a sum over units is written with the letter that conventions name for it."""
        model = self.derivation.model
        single = {r.upper for q in model.quantities.values() for r in q.ranges if r.size == 1}
        written = (link.expression for chain in self.shown for link in chain.links)
        limits = (limit for right in written for node in right.atoms(Sum) for limit in node.limits)
        return any(str(index) == "i" and last not in single for index, _, last in limits)

    @cached_property
    def matrix_signs(self) -> frozenset[str]:
        """What a reader must be told of the signs in the matrix forms, as they are written."""
        written = (as_written(form, self.notation) for form in self.matrices)
        return frozenset().union(*map(signs_of, written))

    @property
    def starts_below(self) -> tuple[int, ...]:
        """The numbers of the equations that give entries whose index is below 1."""
        return tuple(
            e.number
            for e in self.derivation.model.equations
            for at in e.at
            if at.is_Integer and at < 1
        )

    @property
    def bias_from_zero(self) -> bool:
        """Whether a bias is written as the weight of a unit 0."""
        return self.has_bias and self.notation.bias.last == "0"

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
    def own_loss(self) -> Quantity:
        """The loss that compares outputs with targets: of a sample, and before a weight decay."""
        defined = (equation.quantity for equation in self.derivation.model.equations)
        return next(quantity for quantity in defined if quantity.role is Role.LOSS)

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


def command_for(network: Network) -> str:
    """The command that shows every claim about a network."""
    plain = Network(network.layers)
    stated = [("--layers", ",".join(map(str, network.layers)))]
    if network.activations != plain.activations:
        stated.append(("--activations", ",".join(network.activations)))
    if network.loss != plain.loss:
        stated.append(("--loss", network.loss))
    if network.reduction != plain.reduction:
        stated.append(("--reduction", network.reduction))
    if network.weight_decay:
        stated.append(("--weight-decay", f"{network.weight_decay:g}"))
    flags = ["--no-bias"] * (not network.bias) + ["--batch"] * network.batch
    return shlex.join(["symback", "verify", *(w for pair in stated for w in pair), *flags])
