"""Formulas as they are typed: none that is right is refuted, none that is wrong is proved."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from symback.model.network import Network
from symback.reading import answer
from symback.reading.statements.verdicts import Status

TYPED = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "typed.toml").read_text(encoding="utf-8")
)["network"]
NETWORKS = {
    "generic": Network((2, 3, 4)),
    "sigmoid": Network((2, 3, 4), ("sigmoid", "sigmoid"), "half-squared-error"),
    "softmax": Network((2, 3, 4), ("tanh", "softmax"), "cross-entropy"),
    "softmax-batch": Network((2, 3, 4), ("relu", "softmax"), "cross-entropy", batch=True),
    "batch": Network((2, 3, 2), ("sigmoid", "identity"), "half-squared-error", batch=True),
    "deep": Network((2, 3, 3, 1), ("tanh", "tanh", "sigmoid"), "binary-cross-entropy"),
    "no-bias": Network((2, 2, 2), ("sigmoid", "identity"), "squared-error", bias=False),
    "decay": Network((2, 3, 2), ("tanh", "identity"), "half-squared-error", weight_decay=0.1),
}
OPEN = 12
"""So many of all of them are not decided: comparisons, `np.sum`, shapes that may be meant."""


def verdicts(kind: str) -> list[tuple[str, Status]]:
    return [
        (formula, answer(formula, NETWORKS[about["name"]], about.get("notation")).status)
        for about in TYPED
        for formula in about[kind]
    ]


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple[str, Status]]]:
    return {kind: verdicts(kind) for kind in ("right", "wrong")}


def test_no_right_formula_is_refuted(found: dict[str, list[tuple[str, Status]]]) -> None:
    assert [formula for formula, status in found["right"] if status is Status.REFUTED] == []


def test_no_wrong_formula_is_proved(found: dict[str, list[tuple[str, Status]]]) -> None:
    good = (Status.PROVED, Status.AGREES)
    assert [formula for formula, status in found["wrong"] if status in good] == []


def test_few_are_left_open(found: dict[str, list[tuple[str, Status]]]) -> None:
    counts = Counter(status for kind in found.values() for _, status in kind)
    assert counts[Status.UNDECIDED] + counts[Status.UNREAD] <= OPEN
