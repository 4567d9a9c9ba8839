"""One claim before its witnesses: exact identity first, numbers beside it or where it is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from itertools import product

from sympy import Expr, Indexed, Integer, KroneckerDelta, Sum, Symbol

from symback.algebra.equality import Equality
from symback.algebra.expressions import Delta, name_of, within
from symback.algebra.sums import limits_of
from symback.model.equations import Model, Quantity
from symback.records import dataclass
from symback.verification.oracle.field import NoValueError
from symback.verification.oracle.judge import Judge, Mismatch, Panel
from symback.verification.report import Check, Claim, Location, Verdict, Witness

__all__ = [
    "Bench",
    "Numbering",
    "Numbers",
    "at_entries",
    "named_units",
    "of_step",
    "of_unit",
]

Numbers = Callable[[Judge, bool], Mismatch | None]
"""Where two sides differ before a judge, with claimed adjoints or (True) with true ones."""


@dataclass
class Bench:
    """Takes the checks of one derivation, in order.

    Attributes:
        panel: the model at small sizes, with the claimed adjoints.
        checks: what was checked so far.
        faulty: quantities whose claimed adjoint was refuted, and those that build on them.
    """

    panel: Panel
    checks: list[Check] = field(default_factory=list)
    faulty: dict[str, str] = field(default_factory=dict)

    def decide(
        self,
        claim: Claim,
        location: Location,
        compare: Callable[[], Equality],
        numbers: Numbers,
        shown: tuple[Expr | None, Expr | None],
        always: bool = False,
        about: tuple[str, ...] = (),
    ) -> Check:
        """Check that two sides are equal and keep what comes of it.

        Args:
            claim: what is claimed.
            location: where it stands.
            compare: decides for all sizes.
            numbers: compares at small sizes.
            shown: the two sides, for the reader of a failure.
            always: ask for numbers even if the identity is shown.
            about: names that belong to the claim.
        """
        found = compare()
        proved = found is Equality.EQUAL
        witnesses = [Witness.IDENTITY] if proved or found is Equality.DIFFERENT else []
        verdict, at, values = Verdict.PROVED, tuple[int, ...](), None
        if always or not proved:
            asked, against = self._against(numbers, only_first=proved)
            if asked is not None:
                witnesses.append(asked)
            if against is not None:
                judge, (at, values) = against
                values = values if judge.is_sure and asked is Witness.SMALL_INSTANCE else None
                # With true adjoints it holds: the fault is in one that was claimed before.
                inherits = bool(self.faulty) and _holds(numbers, judge)
                verdict = Verdict.INHERITED if inherits else Verdict.REFUTED
                about = (*about, *dict.fromkeys(self.faulty.values())) if inherits else about
            elif asked is not None and not proved:
                verdict, witnesses = Verdict.AGREES, [asked]
            elif not proved:
                verdict, witnesses = Verdict.UNDECIDED, []
        check = Check(
            claim, location, verdict, tuple(witnesses), *shown, values=values, at=at, about=about
        )
        self.checks.append(check)
        return check

    def _against(
        self, numbers: Numbers, only_first: bool
    ) -> tuple[Witness | None, tuple[Judge, Mismatch] | None]:
        """Who could say, and the first judge before whom the two sides differ, and where.

        Residues know no order and not every root: where they differ for that reason only, or have
        no value, numbers with sixty digits are asked.
        """
        asked = None
        for judge in self.panel:
            try:
                mismatch = numbers(judge, False)
            except NoValueError:
                continue  # one side is a quotient or a root that has no value here
            if mismatch is None:
                asked = Witness.SMALL_INSTANCE
            elif judge.is_sure or mismatch[1] is None:
                return Witness.SMALL_INSTANCE, (judge, mismatch)
            else:
                asked = None
                break
            if only_first:
                break
        decimal = None if asked else self.panel.decimal
        if decimal is not None:
            try:
                mismatch = numbers(decimal, False)
            except NoValueError:
                return None, None
            return Witness.NUMBERS, None if mismatch is None else (decimal, mismatch)
        return asked, None

    def say(self, claim: Claim, location: Location, ok: bool, about: tuple[str, ...] = ()) -> Check:
        """Keep a check that is decided by looking."""
        verdict = Verdict.PROVED if ok else Verdict.REFUTED
        check = Check(claim, location, verdict, (Witness.IDENTITY,), about=about)
        self.checks.append(check)
        return check

    def refute(self, *about: str) -> None:
        """Say of the last check that it does not hold, whatever its sides come to."""
        last = self.checks[-1]
        self.checks[-1] = replace(last, verdict=Verdict.REFUTED, about=(*last.about, *about))

    def inherit(self, *faults: str) -> None:
        """Say of the last check that it holds but builds on adjoints that do not."""
        self.checks[-1] = replace(self.checks[-1], verdict=Verdict.INHERITED, about=faults)


# Numbers ------------------------------------------------------------------------------------------


def _holds(numbers: Numbers, judge: Judge) -> bool:
    """Whether two sides are equal with true adjoints."""
    try:
        return numbers(judge, True) is None
    except NoValueError:
        return False


def at_entries(quantity: Quantity, left: Expr, right: Expr) -> Numbers:
    """Two expressions in a quantity's own letters, at every entry."""

    def numbers(judge: Judge, truth: bool) -> Mismatch | None:
        _abstain_beyond(judge, left, right)
        for _, indices in judge.instance.places(quantity):
            at = dict(zip(quantity.indices, indices, strict=True))
            found = judge.equal(left, right, at, truth=truth)
            if found is not None:
                return indices, found or None
        return None

    return numbers


def of_step(quantity: Quantity, right: Expr) -> Numbers:
    """An expression for a quantity's adjoint against the derivative, at every entry."""

    def numbers(judge: Judge, truth: bool) -> Mismatch | None:
        _abstain_beyond(judge, right)
        return judge.step(quantity, right, truth)

    return numbers


def named_units(*expressions: Expr) -> set[int]:
    """The numbers that stand where an index stands: units that are named one by one."""
    return {
        int(index)
        for expression in expressions
        for node in within(expression, Indexed, KroneckerDelta)
        for index in (node.indices if isinstance(node, Indexed) else node.args)
        if index.is_Integer
    }


def _abstain_beyond(judge: Judge, *expressions: Expr) -> None:
    """A small instance has nothing to say of a unit that it does not have.

    Raises:
        NoValueError: where an expression names one.
    """
    named = named_units(*expressions)
    if named and max(named) > min(judge.instance.sizes.values(), default=0):
        raise NoValueError


def of_unit(left: Expr, right: Expr, names: Numbering) -> Numbers:
    """Two expressions about one weight; a letter left in them takes every value."""

    def numbers(judge: Judge, truth: bool) -> Mismatch | None:
        letters = sorted(_letters(left) | _letters(right), key=str)
        values = range(1, min(judge.instance.sizes.values()) + 1)
        first, second = (_renumbered(side, names, judge.model) for side in (left, right))
        judge.instance.numbering = names
        try:
            for choice in product(values, repeat=len(letters)):
                at = dict(zip(letters, choice, strict=True))
                found = judge.equal(first, second, at, total=True, truth=truth)
                if found is not None:
                    return choice, found or None
        finally:
            judge.instance.numbering = {}
        return None

    return numbers


Numbering = Mapping[str, Mapping[int, int]]
"""For a range that is smaller in the instance, which unit stands for which."""


def _renumbered(expression: Expr, names: Numbering, model: Model) -> Expr:
    """The units that deltas name, by their numbers in the instance; entries are its own affair."""
    if not names or not expression.has(KroneckerDelta):
        return expression
    ranges: dict[Expr, str] = {}
    for entry in within(expression, Indexed):
        own = model.quantities[name_of(entry)].ranges
        ranges |= {i: r.name for i, r in zip(entry.indices, own, strict=True) if not i.is_Integer}
    for sum_ in within(expression, Sum):  # an index of one sum may be that of another beside it
        inside = {index: upper.name for index, _, upper in limits_of(sum_)}
        if any(ranges.get(index, name) != name for index, name in inside.items()):
            parts = (_renumbered(part, names, model) for part in expression.args)
            return expression.func(*parts)
        ranges |= inside
    values = {}
    for delta in within(expression, KroneckerDelta):
        index, unit = sorted(delta.args, key=lambda part: part.is_Integer)
        if unit.is_Integer and index in ranges:
            number = names.get(ranges[index], {}).get(int(unit), int(unit))
            values[delta] = Delta(index, Integer(number))
    return expression.xreplace(values)


def _letters(expression: Expr) -> set[Symbol]:
    """Free indices of an expression; sizes of ranges are positive, indices are not known to be."""
    return {
        symbol
        for symbol in expression.free_symbols
        if isinstance(symbol, Symbol) and symbol.is_integer and not symbol.is_positive
    }
