"""What a slip at a Python prompt gets: one line that says what would be right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import symback

NETWORK = symback.Network(layers=(2, 2, 2))
FOUND = symback.derive(NETWORK)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: symback.derive("2,2,2"), "'2,2,2' is neither a network nor a model"),
        (lambda: symback.derive((2, 2, 2)), "'\\(2, 2, 2\\)' is neither"),
        (lambda: symback.verify(NETWORK), "is no derivation"),
        (lambda: FOUND.unit("W1", "a", 2), "a whole number, counted from 1, not 'a', 2"),
        (lambda: FOUND.unit("W1", 1.0, 2), "not 1.0, 2"),
        (lambda: FOUND.unit("W1", True, 2), "not True, 2"),
        (lambda: FOUND.unit("W1[1,2]"), "no parameter 'W1\\[1,2\\]'"),
        (lambda: FOUND.unit("W1", 1), "is not in W1\\[1..2, 1..2\\]"),
    ],
)
def test_a_slip_is_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(symback.InputError, match=message):
        call()


def test_what_a_prompt_shows_fits_on_it() -> None:
    assert repr(FOUND) == "<Derivation by W1, b1, W2, b2: 8 steps>"
    assert repr(FOUND.gradients["W2"]) == "<Gradient: d(L)/d(W2[j, k]) = h1[j]*d(L)/d(y_pre[k])>"
    assert repr(FOUND.unit("b2", 1)).startswith("<UnitDerivation of b2[1]: 1 path, 3 chains, = ")
    report = symback.verify(FOUND, numbers=False)
    assert repr(report) == f"<Report: all {len(report.checks)} claims hold>"
    wrong = symback.verify(type(FOUND)(FOUND.model, FOUND.steps[:-1]), numbers=False)
    assert "claims do not hold" in repr(wrong)
