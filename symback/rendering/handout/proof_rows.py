"""What was proved of each equation, as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.verification.report import Check, Report

__all__ = ["ProofRow", "proof_rows"]

_GRAVEST = ("refuted", "inherited", "undecided")


@dataclass(frozen=True, slots=True)
class ProofRow:
    """What was proved of an equation or of a worked entry, or of several alike.

    Attributes:
        numbers: of the equations; none for worked entries or the whole.
        entries: the worked entries, each by its array and its indices.
        claims: the kinds of claims with how many of each.
        verdict: ``proved``, ``agrees``, or the gravest of the claims that were not shown.
        witnesses: who spoke for them.
    """

    numbers: tuple[int, ...]
    entries: tuple[tuple[str, tuple[int, ...]], ...]
    claims: tuple[tuple[str, int], ...]
    verdict: str
    witnesses: tuple[str, ...]


def proof_rows(
    report: Report, derivation: Derivation, entries: Iterable[tuple[str, tuple[int, ...]]]
) -> tuple[ProofRow, ...]:
    """The claims equation by equation, then entry by entry, then those about the whole.

    Args:
        report: what was proved.
        derivation: of what.
        entries: the worked entries that are shown.
    """
    numbers = {step.quantity.name: step.number for step in derivation.steps}
    groups: dict[tuple[int, str, tuple[int, ...]], list[Check]] = {}
    shown = {(array, indices) for array, indices in entries}
    for check in report.checks:
        place = check.location
        if place.unit:
            if (place.quantity, place.unit) in shown:
                groups.setdefault((0, place.quantity, place.unit), []).append(check)
            continue
        number = place.number or numbers.get(place.quantity, 0)
        name = place.quantity if number else ""
        groups.setdefault((number, name, ()), []).append(check)
    order = sorted(groups, key=lambda key: (not key[0], not key[2], key[0]))
    rows = [_proof_row(key, groups[key]) for key in order]
    told: list[ProofRow] = []
    for row in rows:  # neighbours of which the same was proved are told at once
        if told and _is_alike(told[-1], row):
            last = told[-1]
            both = (last.numbers + row.numbers, last.entries + row.entries)
            told[-1] = replace(last, numbers=both[0], entries=both[1])
        else:
            told.append(row)
    return tuple(told)


def _is_alike(one: ProofRow, other: ProofRow) -> bool:
    """Whether the same was proved of both, and both are of equations, or of worked entries."""
    kinds = [(bool(row.numbers), bool(row.entries)) for row in (one, other)]
    told = [(row.claims, row.verdict, row.witnesses) for row in (one, other)]
    return kinds[0] == kinds[1] != (False, False) and told[0] == told[1]


def _proof_row(key: tuple[int, str, tuple[int, ...]], checks: Sequence[Check]) -> ProofRow:
    number, name, unit = key
    counts: dict[str, int] = {}
    for check in checks:
        counts[str(check.claim)] = counts.get(str(check.claim), 0) + 1
    failed = [str(check.verdict) for check in checks if not check.ok]
    agreed = [str(check.verdict) for check in checks if str(check.verdict) == "agrees"]
    witnesses = dict.fromkeys(str(witness) for check in checks for witness in check.witnesses)
    failed.sort(key=_GRAVEST.index)
    verdict = (failed or agreed or ["proved"])[0]
    numbers = (number,) if number else ()
    entries = ((name, unit),) if unit else ()
    return ProofRow(numbers, entries, tuple(counts.items()), verdict, tuple(witnesses))
