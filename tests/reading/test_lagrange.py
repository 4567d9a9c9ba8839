"""Chains of derivatives in the notation of Lagrange."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status


def verdict(claim: str) -> Status:
    return check(f"$${claim}$$\n", path="notes.md").judgements[-1].status


@pytest.mark.parametrize(
    "claim",
    [
        r"C'(W) = C'(R) \cdot R'(Z) \cdot Z'(W)",
        r"C'(w) = \frac{dC}{d\hat{y}} \cdot \frac{d\hat{y}}{dZ} \cdot \frac{dZ}{dw}",
    ],
)
def test_a_chain_is_the_chain_rule(claim: str) -> None:
    # Its form is right, but nothing says what depends on what: that would be supposed.
    assert verdict(claim) is Status.UNDECIDED
    stated = "$$Z = wW$$ $$R = f(Z)$$ $$\\hat{y} = R$$ $$C = g(R)$$\n\n"
    found = check(f"{stated}$${claim}$$\n", path="notes.md").judgements[-1]
    assert found.status is not Status.REFUTED


@pytest.mark.parametrize(
    "claim",
    [
        r"C'(W) = C'(R) \cdot R'(W) \cdot Z'(W)",
        r"C'(W) = C'(R) \cdot Z'(R) \cdot Z'(W)",
        r"C'(W) = C'(R) \cdot R'(Z)",
    ],
)
def test_what_is_no_chain_is_not_proved(claim: str) -> None:
    assert verdict(claim) is not Status.PROVED
