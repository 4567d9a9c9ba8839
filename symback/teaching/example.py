"""A worked example: both passes in numbers, a step of descent, and the loss after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any

from sympy import Expr

from symback.algebra.expressions import Marked, Partial
from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.model.equations import Role
from symback.model.network import Network
from symback.records import dataclass
from symback.teaching.blocks import (
    Block,
    Bullets,
    Digits,
    Heading,
    Math,
    PageContents,
    Paragraph,
    Say,
    Shown,
    Table,
    Working,
)
from symback.teaching.leads import has_bracket, lead_of
from symback.teaching.ordering import in_groups, reason_of_line
from symback.teaching.policy import Policy
from symback.teaching.program import Kind, Line, Program
from symback.teaching.saying import (
    given_table,
    model_names,
    network_setting,
    numbers_say,
    shown_numbers,
    testimony_say,
)
from symback.teaching.slips import SLIPS, Altered
from symback.teaching.terms import FLOATS
from symback.teaching.witness import Testimony

__all__ = ["Example"]


@dataclass(frozen=True)
class Example:
    """The numbers of a worked example.

    Attributes:
        derivation: whose equations and steps are worked out.
        program: the same, unit by unit.
        given: numbers by key.
        policy: how they are rounded.
        steps: how many steps of descent are made.
        warnings: what makes these numbers dull.
        testimony: what the witness says of the values.
        variant: what a known slip would give, where that is asked for: code and loss after a step.
        source: where the numbers come from: ``given``, ``tidy``, ``exact``, ``random``.
        seed: of numbers that were drawn.
    """

    derivation: Derivation
    program: Program
    given: Mapping[str, Any]
    policy: Policy
    functions: Mapping[str, Any]
    steps: int = 1
    warnings: tuple[Say, ...] = ()
    testimony: Testimony | None = None
    variant: str = ""
    source: str = "given"
    seed: int = 0

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that have values: without a learning rate there is no step."""
        if "eta" in self.given and self.steps:
            return self.program.lines
        return tuple(
            line for line in self.program.lines if line.kind not in (Kind.UPDATE, Kind.AFTER)
        )

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every value of the first step, by key."""
        return self.program.run(
            self.given, self.functions, lines=self.lines, rounded=self.policy.rounded
        )

    @cached_property
    def digits(self) -> dict[str, str]:
        """The digits of every value, by key."""
        return {
            key: self.policy.stated(value) if key in self.given else self.policy.shown(value)
            for key, value in self.values.items()
        }  # fmt: skip

    @cached_property
    def numbers(self) -> dict[Expr, str]:
        """The digits that stand in place of each printed entry, adjoint and slope."""
        return shown_numbers(self.program, self.digits)

    @cached_property
    def numbers_after(self) -> dict[Expr, str]:
        """The same after the step: an entry is what it has become."""
        after = dict(self.numbers)
        for expression, key in self.program.keys.items():
            moved = key.partition("[")
            new = f"{moved[0]}_new{moved[1]}{moved[2]}"
            if new in self.digits:
                after[expression] = self.digits[new]
        return after

    @cached_property
    def losses(self) -> tuple[Any, ...]:
        """The loss before the first step and after each."""
        if "eta" not in self.given or not self.steps:
            return (self.values[self.program.loss],)
        return self._losses(self.descent())

    def _losses(self, steps: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
        loss = self.program.loss
        found: list[Any] = []
        for values in steps:
            found += [values[f"{loss}_new"]] if found else [values[loss], values[f"{loss}_new"]]
        return tuple(found)

    def descent(self, altered: Altered | None = None) -> Iterator[Mapping[str, Any]]:
        """Every value of one step after the other.

        Args:
            altered: other right sides for some keys: a slip that is made at every step.
        """
        given = dict(self.given)
        moved = {line.key.replace("_new", "", 1): line.key for line in
                 self.program.of_kind(Kind.UPDATE)}  # fmt: skip
        for step in range(self.steps):
            if step == 1 and self.functions is FLOATS and not self.policy.carried:
                # Fractions would double their digits at every step.
                given = {key: float(value) for key, value in given.items()}
            worked = self.program.run(
                given, self.functions, altered=altered, lines=self.lines,
                rounded=self.policy.rounded,
            )  # fmt: skip
            given.update({old: worked[new] for old, new in moved.items()})
            yield worked

    # The page -------------------------------------------------------------------------------------

    def page(self) -> PageContents:
        """The blocks of the whole example."""
        source = self.derivation.model.source
        setting = network_setting(source) if isinstance(source, Network) else None
        blocks: list[Block] = [
            Paragraph((
                Say("example-intro", {"count": len(self.lines)}),
                Say(f"policy-{self.policy.code}", {"digits": self.policy.digits}),
            )),
            *([] if setting is None else [Paragraph((setting,))]),
            Heading(Say("given")),
            given_table(self.program, self.derivation, self.given, self.policy),
        ]  # fmt: skip
        if self.warnings:
            blocks += [Heading(Say("warnings"), 2), Bullets(self.warnings)]
        blocks += [Heading(Say("forward-pass")), *self.workings(Kind.FORWARD)]
        blocks += [
            Heading(Say("backward-pass")),
            Paragraph((Say("backward-intro"),)),
            *self.workings(Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT),
        ]
        if self.policy.negative_delta:
            blocks += self._deltas()
        if "eta" in self.given and self.steps:
            blocks += self._descent()
        return PageContents(Say("example-title", self._names()), tuple(blocks), self.colophon())

    def _names(self) -> dict[str, Any]:
        return model_names(self.derivation)

    def workings(self, *kinds: Kind) -> list[Block]:
        """Every value of some parts of the work, those of one reason under it."""
        blocks: list[Block] = []
        lines = [line for line in self.lines if line.kind in kinds]
        if Kind.ADJOINT in kinds:
            order = {line.key: place for place, line in enumerate(in_groups(lines))}
            lines.sort(key=lambda line: order[line.key])
        for _, group in groupby(lines, key=reason_of_line):
            alike = tuple(group)
            lead = lead_of(alike, self.derivation.model)
            rows = tuple(map(self._shown, alike))
            blocks += [Paragraph((lead,), keep=True), Working(rows)]
        return blocks

    def _shown(self, line: Line, numbers: Mapping[Any, str] | None = None) -> Shown:
        formula = line.formula
        if line.kind is Kind.SLOPE and not has_bracket(formula):
            # As where its function is defined: by cases, without a factor before them.
            formula = Marked(formula, "cases")
        return Shown(
            line.subject, formula, numbers or self.numbers, self.digits[line.key], line.number
        )

    def _deltas(self) -> list[Block]:
        loss = self.derivation.loss
        rows = []
        for line in self.program.of_kind(Kind.ADJOINT):
            quantity = self.derivation.model.quantities[line.quantity]
            if quantity.role is Role.PREACTIVATION:
                value = -self.values[line.key]
                entry = quantity.at(*line.indices)
                rows.append((
                    Math(entry), Math(-Partial(loss, entry)), Digits(self.policy.shown(value))
                ))  # fmt: skip
        if not rows:
            return []
        head = (Say("column-unit"), Say("column-negative"), Say("column-value"))
        return [Paragraph((Say("negative-delta"),), keep=True), Table(head, tuple(rows))]

    def _descent(self) -> list[Block]:
        eta = self.digits["eta"]
        rows = []
        for line in self.program.of_kind(Kind.UPDATE):
            entry = _entry_of(line)
            rows.append((
                Math(entry), Math(line.formula, self.numbers), Digits(self.digits[line.key])
            ))  # fmt: skip
        head = (Say("column-parameter"), Say("column-step"), Say("column-after"))
        blocks: list[Block] = [
            Heading(Say("descent")),
            Paragraph((Say("descent-intro", {"eta": Digits(eta)}),), keep=True),
            Table(head, tuple(rows)),
            Heading(Say("after-step")),
        ]
        after = self.program.of_kind(Kind.AFTER)
        blocks.append(
            Working(tuple(
                Shown(_entry_of(line), line.formula, self.numbers_after, self.digits[line.key],
                      line.number)
                for line in after
            ))
        )  # fmt: skip
        before, now = self.losses[0], self.losses[1]
        falls = "falls" if float(now) < float(before) else "rises"
        shown = {
            "before": Digits(self.policy.shown(before)),
            "after": Digits(self.policy.shown(now)),
        }
        blocks.append(Paragraph((Say(f"loss-{falls}", shown),)))
        slipped: tuple[Any, ...] = ()
        if self.variant:
            slipped = self._losses(self.descent(self._slip()))
            args = {
                "slip": Say(f"slip-{self.variant}"),
                "wrong": Digits(self.policy.shown(slipped[1])),
                "right": shown["after"],
            }
            blocks.append(Paragraph((Say("variant", args),)))
        if self.steps > 1:
            columns = [self.losses, slipped] if slipped else [self.losses]
            table = tuple(
                (step, *(Digits(self.policy.shown(losses[step])) for losses in columns))
                for step in _places(self.steps)
            )
            head = (Say("column-steps"), Say("column-loss"), Say("column-loss-slipped"))
            blocks += [
                Paragraph((Say("several-steps"),), keep=True),
                Table(head[: 1 + len(columns)], table),
            ]
        return blocks

    def _slip(self) -> Altered:
        altered = SLIPS[self.variant].alter(self.program)
        if not altered:
            raise InputError(f"the slip {self.variant} cannot be made here", where="--variant")
        return altered

    def colophon(self) -> tuple[Say, ...]:
        """Where the numbers come from, and what the witness says of them."""
        said = []
        if self.source in ("tidy", "exact", "random"):
            lacks = any(warning.code.startswith("dropped-") for warning in self.warnings)
            said.append(numbers_say(self.source, self.seed, is_short_of_wishes=lacks))
        if self.testimony is not None:
            said.append(testimony_say(self.testimony))
        return tuple(said)

    # As data --------------------------------------------------------------------------------------

    def data(self) -> dict[str, Any]:
        """The example as data: every value with its digits."""
        return {
            "given": {key: self.digits[key] for key in self.given},
            "values": {
                line.key: {"value": _plain(self.values[line.key]), "digits": self.digits[line.key],
                           "equation": line.number, "rule": line.rule}
                for line in self.lines
            },
            "losses": [_plain(loss) for loss in self.losses],
            "warnings": [say.code for say in self.warnings],
            "proved": self.testimony.ok if self.testimony else None,
        }  # fmt: skip


def _entry_of(line: Line) -> Expr:
    from sympy import Integer, Symbol

    from symback.algebra.expressions import Entry

    if not line.indices:
        return Symbol(line.quantity)
    return Entry(line.quantity, *map(Integer, line.indices))


def _places(steps: int) -> list[int]:
    """Steps worth showing: all of a few, else the first and then powers of ten."""
    if steps <= 12:
        return list(range(steps + 1))
    found = [0, 1, 2, 5]
    power = 10
    while power < steps:
        found += [p for p in (power, 2 * power, 5 * power) if p < steps]
        power *= 10
    return [*found, steps]


def _plain(value: Any) -> Any:
    return float(value)
