"""A line that agrees on one side of a kink alone is wrong, however few numbers a model has."""

from __future__ import annotations

import pytest

from symback.model.language.reader import read_stated
from symback.verification import Verdict
from symback.verification.stated import judge_claims

SQUARES = "input o; param y\nL = (o - y)^2 / 2"
ROOT = "input o; param y\nL = sqrt((o - y)^2)"

CASES = [
    (SQUARES, "dy = y - o", True),
    (SQUARES, "dy = sqrt((y - o)^2)", False),
    (SQUARES, "dy = abs(y - o)", False),
    (SQUARES, "dy = max(0, y - o)", False),
    (ROOT, "dy = (y - o) / sqrt((o - y)^2)", True),
    (ROOT, "dy = 1", False),
    (ROOT, "dy = -1", False),
]


@pytest.mark.parametrize(("model", "line", "right"), CASES)
def test_one_draw_is_not_enough(model: str, line: str, right: bool) -> None:
    (found,) = judge_claims(read_stated(f"{model}\nclaims\n{line}\n"))
    assert (found.verdict is Verdict.REFUTED) is not right
