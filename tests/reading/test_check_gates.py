"""No right line is refuted and no wrong one proved, over thousands of rewrites and mutants.

The gate takes a seeded sample, `pytest --full` five thousand of each. Meaning is decided by
`claims`, which shares no code with the reader.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest
from sampling import FULL

from symback.reading import check
from symback.reading.repairing.diagnosis import Diagnostician
from symback.reading.statements.verdicts import Status

from .claims import CLAIMS, NOTATIONS, latex, mutate, preamble, rewrite, same

COUNT, PER_DOCUMENT = (5000, 20) if FULL else (30, 6)
"""How many of each, and how many of these in one document of each notation in turn."""

DECIDED = 0.9
"""At least this share of right lines is decided."""

REFUTED = 0.88 if FULL else 0.7
"""At least this share of wrong ones is; an equation that is none of the network's can be new."""


@pytest.fixture(autouse=True)
def unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out why a line is wrong: it proves nothing, and takes five sixths of the time."""
    if not FULL:
        monkeypatch.setattr(Diagnostician, "explained", lambda self, judgement, earlier: judgement)


def verdicts(notation: str, claims: list[str]) -> list[tuple[Status, str]]:
    """The verdict on each claim of a document in a notation."""
    start = preamble(NOTATIONS[notation])
    text = start + "".join(f"\n$${claim}$$" for claim in claims) + "\n"
    line = start.count("\n") + 2
    found = {j.statement.line - line: j for j in check(text, kind="markdown").judgements}
    return [(found[number].status, found[number].reason) for number in range(len(claims))]


@cache
def mutants(count: int) -> list[tuple[str, str]]:
    rng = random.Random(7)
    names = list(NOTATIONS)
    found = []
    while len(found) < count:
        left, right = rng.choice(CLAIMS)
        changed = mutate(right, rng)
        if changed != right and same(left, changed) is False:
            name = names[len(found) // PER_DOCUMENT % len(names)]
            table = NOTATIONS[name]
            found.append((name, f"{latex(left, table)} = {latex(changed, table)}"))
    return found


@cache
def rewrites(count: int) -> list[tuple[str, str]]:
    rng = random.Random(8)
    names = list(NOTATIONS)
    found = []
    while len(found) < count:
        left, right = rng.choice(CLAIMS)
        changed = rewrite(right, rng)
        assert same(left, changed)
        name = names[len(found) // PER_DOCUMENT % len(names)]
        table = NOTATIONS[name]
        found.append((name, f"{latex(left, table)} = {latex(changed, table, rng)}"))
    return found


def judged(claims: list[tuple[str, str]]) -> list[tuple[str, str, Status, str]]:
    found = []
    for start in range(0, len(claims), PER_DOCUMENT):
        batch = claims[start : start + PER_DOCUMENT]
        name = batch[0][0]
        results = verdicts(name, [claim for _, claim in batch])
        found += [(name, c, *result) for (_, c), result in zip(batch, results, strict=True)]
    return found


def test_no_wrong_line_is_proved() -> None:
    results = judged(mutants(COUNT))
    wrong = [entry for entry in results if entry[2] in (Status.PROVED, Status.AGREES)]
    assert wrong == []
    assert Counter(entry[2] for entry in results)[Status.REFUTED] >= REFUTED * len(results)


def test_no_right_line_is_refuted() -> None:
    results = judged(rewrites(COUNT))
    wrong = [entry for entry in results if entry[2] is Status.REFUTED]
    assert wrong == []
    assert Counter(entry[2] for entry in results)[Status.PROVED] >= DECIDED * len(results)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_claim_is_proved_as_it_stands(notation: str) -> None:
    table = NOTATIONS[notation]
    claims = [f"{latex(left, table)} = {latex(right, table)}" for left, right in CLAIMS]
    assert {status for status, _ in verdicts(notation, claims)} <= {Status.PROVED}
