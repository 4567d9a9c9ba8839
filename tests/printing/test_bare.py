"""Formulas in letters without marks: what stands under a brace is told behind it."""

import pytest

from symback.printing.target import BRACE, BRACE_END, BRACE_LABEL, UNDER
from symback.rendering.handout.spoken import bare


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        ("a + b", "a + b"),
        (f"{BRACE}a {BRACE_LABEL}the slope{BRACE_END} b", "a [the slope] b"),
        (f"{BRACE}W{BRACE_LABEL}{UNDER}2×3{BRACE_END}", "W (2×3)"),
        (f"{BRACE}W{BRACE_LABEL}2×3", f"{BRACE}W{BRACE_LABEL}2×3"),  # a brace without an end
    ],
)
def test_what_a_brace_says(marked: str, told: str) -> None:
    assert bare(marked) == told
