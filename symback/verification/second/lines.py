"""The lines of a product as claims about a model with tangents, each before its witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sympy import Expr, S

from symback.algebra.directions import Directional
from symback.calculus.second import Second, Tangent
from symback.calculus.second.model import Tangents
from symback.model.equations import Model, Quantity, Range
from symback.verification.bench import Bench, at_entries, of_step
from symback.verification.deciding import Deciding
from symback.verification.identity.claims import Claims
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import edge_sizes, small_sizes, turns
from symback.verification.report import Check, Claim, Location, Testimony, Verdict, Witness
from symback.verification.steps import Independent

__all__ = ["Lines", "letters_of", "testimonies"]


class Lines:
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
                        letters_of(quantity)),
                at_entries(quantity, right, self.tangents.read(link.expression)),
                (line.subject, link.expression),
            )  # fmt: skip

    def _check_adjoint(self, quantity: Quantity, claimed: Expr, number: int) -> None:
        """The adjoint of a tangent, which the backward pass has for its quantity."""
        self.bench.decide(
            Claim.TRANSPOSE,
            Location(quantity.name, number),
            partial(self.identity.compare, Independent(quantity), claimed, letters_of(quantity)),
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
                partial(
                    self.identity.compare, Independent(quantity), claimed, letters_of(quantity)
                ),
                of_step(quantity, claimed),
                (left, link),
            )
            if check.verdict is Verdict.REFUTED:
                self.bench.faulty[quantity.name] = quantity.name


def testimonies(checks: Sequence[Check], benches: Sequence[Bench]) -> tuple[Testimony, ...]:
    """What exact identity and exact arithmetic have to say of some checks.

    Args:
        checks: the checks.
        benches: before whom they were decided; the first one's sizes are told.
    """
    found = []
    for witness in (Witness.IDENTITY, Witness.SMALL_INSTANCE):
        asked = [c for c in checks if witness in c.witnesses]
        agreed = sum(c.ok for c in asked)
        claims = len(checks) if witness is Witness.IDENTITY else len(asked)
        sizes = benches[0].panel.sizes[0] if witness is Witness.SMALL_INSTANCE else {}
        if claims:
            found.append(Testimony(witness, claims, agreed, tuple(sizes.items())))
    return tuple(found)


def letters_of(quantity: Quantity) -> dict[Expr, Range]:
    """The letters of a quantity with their ranges."""
    return dict(zip(quantity.indices, quantity.ranges, strict=True))
