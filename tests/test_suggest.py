"""Did you mean …?"""

from __future__ import annotations

import pytest

from symback.suggest import closest, did_you_mean

KNOWN = ("identity", "sigmoid", "tanh", "relu", "softmax")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sigmiod", "sigmoid"), ("ReLU", "relu"), ("soft-max", "softmax"), ("tan", "tanh")],
)
def test_a_slip_finds_its_name(typed: str, meant: str) -> None:
    assert closest(typed, KNOWN) == meant
    assert did_you_mean(typed, KNOWN) == f"; did you mean {meant}?"


@pytest.mark.parametrize("typed", ["", "banana", "x" * 100_000])
def test_nothing_near_is_nothing(typed: str) -> None:
    assert closest(typed, KNOWN) is None
    assert did_you_mean(typed, KNOWN) == ""
