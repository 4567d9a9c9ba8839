"""Public derivations: their right formulas are never refuted, their wrong ones never shown."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from sampling import sample

from symback.model.language.reader import read_stated
from symback.verification import Verdict
from symback.verification.allsizes.claims import prove_claims
from symback.verification.stated import Judged, judge_claims

ANCHORS = tomllib.loads((Path(__file__).parent.parent / "data" / "anchors.toml").read_text())

AT_SIZES_ONLY = {"RNN-5", "W2V-1", "MOE-1"}
"""A product of Jacobians, a sigmoid of a negative sum, and a softmax that is divided again."""

CASES = [
    (name, kind, number)
    for name, anchor in ANCHORS.items()
    for kind in ("right", "wrong")
    for number in range(len(anchor[kind]))
]


def judged(anchor: dict[str, Any], claims: str) -> list[Judged]:
    stated = read_stated(f"{anchor['model']}\nclaims\n{claims}\n")
    return [found for found in judge_claims(stated) if found.verdict is not None]


@pytest.mark.parametrize(("name", "kind", "number"), sample(CASES, 9), ids=lambda value: str(value))
def test_right_ones_are_shown_and_wrong_ones_are_not(name: str, kind: str, number: int) -> None:
    anchor = ANCHORS[name]
    found = judged(anchor, anchor[kind][number])
    if kind == "wrong":
        assert found[-1].verdict is Verdict.REFUTED
        shown = prove_claims(read_stated(f"{anchor['model']}\nclaims\n{anchor[kind][number]}\n"))
        assert not shown or found[-1].reason == "reads-outside"
        return
    for one in found:
        assert one.ok, one
        if name not in AT_SIZES_ONLY:
            assert one.verdict is Verdict.PROVED, one


def test_most_of_the_anchors_are_stated() -> None:
    assert len(ANCHORS) >= 27  # of 31; LSTM-4 and W2V-3 derive forwards, or name no loss
    assert all(anchor["source"] for anchor in ANCHORS.values())
