"""Check a product of second order, every line where it stands.

The forward pass and its tangents are a model of their own, whose loss is the change of the loss.
There each line claims an adjoint, which is judged as that of any model: the adjoint of a tangent is
what the adjoint of its quantity was, and the adjoint of a quantity is R of that.  The lines were
made the other way, forward over reverse, so the two orders of differentiation check each other.

The lines of a Gauss-Newton product are judged in the same way in a model in which the tangents of
the outputs are given: there the gradient is ``J^T H_l u``, and their own lines say ``u = J v``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from sympy import Expr, Indexed, S

from symback.algebra.directions import Directional
from symback.algebra.expressions import Entry, Partial, name_of
from symback.calculus import derive
from symback.calculus.second import Second, Tangent
from symback.calculus.second.fisher import of_samples
from symback.calculus.second.model import Tangents, outputs_model, samples_model, tangent_model
from symback.errors import InputError, quote
from symback.model.equations import Model, Quantity, Range
from symback.verification.bench import Bench, at_entries, of_step
from symback.verification.deciding import Deciding
from symback.verification.identity.claims import Claims
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import edge_sizes, small_sizes, turns
from symback.verification.report import Check, Claim, Location, Report, Testimony, Verdict, Witness
from symback.verification.second.differences import check_by_differences
from symback.verification.steps import Independent

__all__ = ["verify_second"]


def verify_second(second: Second, *, numbers: bool = True) -> Report:
    """Check every line of a product.

    Args:
        second: the lines.
        numbers: whether to ask sixty-digit differences of the gradient, too.

    Returns:
        One check for each claim, in the order of the lines, and what each witness covered.

    Raises:
        InputError: for anything but a product.
    """
    if not isinstance(second, Second):
        raise InputError(
            f"{quote(str(second))} is no product of second order",
            hint="one is made by derive_second(derivation)",
        )
    lines = _Lines(second, tangent_model(second))
    benches: tuple[Bench, ...] = (lines.bench,)
    if second.is_linear:
        back = _Lines(second, outputs_model(second), is_linear=True)
        checks, benches = (*lines.forward(), *back.backward()), (lines.bench, back.bench)
    elif second.product == "empirical-fisher":
        checks = (*lines.forward(), *_of_samples(second))
    elif second.product == "hvp":
        checks = (*lines.forward(), *lines.backward())
    else:
        checks = lines.forward()
    report = Report(checks, _testimonies(checks, benches), lines.model.facts)
    if numbers:
        report = report.joined_by(*check_by_differences(second))
    return report


class _Lines:
    """The lines as claims about a model with tangents.

    Args:
        second: the lines.
        tangents: the model.
        is_linear: whether the tangents of the loss's outputs are given in it.
    """

    def __init__(self, second: Second, tangents: Tangents, *, is_linear: bool = False) -> None:
        self.second = second
        self.tangents = tangents
        self.model: Model = self.tangents.model
        self.is_linear = is_linear
        adjoints: dict[str, Expr] = {}
        for step in second.derivation.steps:
            name = step.quantity.name
            if name in (second.tail if is_linear else self.tangents.names):
                adjoints[self.tangents.names[name]] = self.tangents.read(step.result)
        if second.product == "hvp" or is_linear:
            for step in second.derivation.steps:
                line = second.adjoints.get(step.quantity.name)
                result = S.Zero if line is None else line.result
                adjoints[step.quantity.name] = self.tangents.read(result)
        self.identity = Deciding(Claims(self.model, adjoints))
        sizes = [small_sizes(self.model, 0, turn) for turn in range(turns(self.model))]
        if not self.model.is_plain:
            sizes += [edge for edge in edge_sizes(self.model) if edge not in sizes]
        self.bench = Bench(Panel(self.model, adjoints, sizes))
        self.adjoints = adjoints

    def forward(self) -> tuple[Check, ...]:
        """The checks of the lines along the vector, and of the adjoints of tangents."""
        for line in self.second.forward:
            self._check_forward(line)
        for step in self.second.derivation.steps:
            name = self.tangents.names.get(step.quantity.name)
            if name is not None:
                self._check_adjoint(self.model.quantities[name], self.adjoints[name], step.number)
        return tuple(self.bench.checks)

    def backward(self) -> tuple[Check, ...]:
        """The checks of the lines of the backward pass."""
        before = len(self.bench.checks)
        for step in self.second.derivation.steps:
            self._check_backward(step.quantity, self.second.adjoints.get(step.quantity.name))
        return tuple(self.bench.checks[before:])

    def _check_forward(self, line: Tangent) -> None:
        """A line of the forward pass against its equation, differentiated."""
        quantity = self.model.quantities[self.tangents.names[line.quantity.name]]
        right = next(
            e.expression for e in self.model.equations if e.quantity == quantity and e.at == line.at
        )
        for number, link in enumerate(line.links, start=1):
            self.bench.decide(
                Claim.TANGENT,
                Location(line.quantity.name, line.number, link=number),
                partial(self.identity.compare, right, self.tangents.read(link.expression),
                        _letters(quantity)),
                at_entries(quantity, right, self.tangents.read(link.expression)),
                (line.subject, link.expression),
            )  # fmt: skip

    def _check_adjoint(self, quantity: Quantity, claimed: Expr, number: int) -> None:
        """The adjoint of a tangent, which the backward pass has for its quantity."""
        self.bench.decide(
            Claim.TRANSPOSE,
            Location(quantity.name, number),
            partial(self.identity.compare, Independent(quantity), claimed, _letters(quantity)),
            of_step(quantity, claimed),
            (None, None),
        )

    def _check_backward(self, quantity: Quantity, line: Tangent | None) -> None:
        """A line of the backward pass; where there is none, the adjoint does not change."""
        links = (S.Zero,) if line is None else tuple(link.expression for link in line.links)
        for number, link in enumerate(links, start=1):
            claimed = self.tangents.read(link)
            left = Directional(quantity.entry) if line is None else line.subject
            check = self.bench.decide(
                Claim.TANGENT,
                Location(quantity.name, line.number if line else 0, link=number),
                partial(self.identity.compare, Independent(quantity), claimed, _letters(quantity)),
                of_step(quantity, claimed),
                (left, link),
            )
            if check.verdict is Verdict.REFUTED:
                self.bench.faulty[quantity.name] = quantity.name


def _of_samples(second: Second) -> tuple[Check, ...]:
    """The lines back of an empirical Fisher product; of one sample they are what it is."""
    if not second.model.quantities[second.samples].ranges:
        return ()
    read = samples_model(second)
    adjoints = {s.quantity.name: s.result for s in derive(read.model).steps}
    rows = of_samples(second.model, second.model.quantities[second.samples])
    for line in second.backward:
        adjoints[line.quantity.name] = _counted(line.result, read, rows)
    identity = Deciding(Claims(read.model, adjoints))
    bench = Bench(Panel(read.model, adjoints, [small_sizes(read.model)]))
    for line in second.backward:
        claimed = adjoints[line.quantity.name]
        bench.decide(
            Claim.TANGENT,
            Location(line.quantity.name, line.number, link=1),
            partial(identity.compare, Independent(line.quantity), claimed, _letters(line.quantity)),
            of_step(line.quantity, claimed),
            (line.subject, line.result),
        )
    return tuple(bench.checks)


def _counted(node: Expr, read: Tangents, rows: Mapping[str, int]) -> Expr:
    """A line in the adjoints of the model whose samples are counted."""
    counted = next(iter(read.names.values()))
    if isinstance(node, Directional):
        if isinstance(node.body, Partial):
            return Partial(read.model.loss.at(), node.body.by)
        return Entry(counted, *node.body.indices)
    if isinstance(node, Partial):
        sample = Entry(counted, node.by.indices[rows[name_of(node.by)]])
        return Partial(read.model.loss.at(), node.by) / sample
    if not node.args or isinstance(node, Indexed):
        return node
    args = tuple(_counted(a, read, rows) if isinstance(a, Expr) else a for a in node.args)
    return node if args == node.args else node.func(*args)


def _testimonies(checks: Sequence[Check], benches: Sequence[Bench]) -> tuple[Testimony, ...]:
    found = []
    for witness in (Witness.IDENTITY, Witness.SMALL_INSTANCE):
        asked = [c for c in checks if witness in c.witnesses]
        agreed = sum(c.ok for c in asked)
        claims = len(checks) if witness is Witness.IDENTITY else len(asked)
        sizes = benches[0].panel.sizes[0] if witness is Witness.SMALL_INSTANCE else {}
        if claims:
            found.append(Testimony(witness, claims, agreed, tuple(sizes.items())))
    return tuple(found)


def _letters(quantity: Quantity) -> dict[Expr, Range]:
    return dict(zip(quantity.indices, quantity.ranges, strict=True))
