"""Differentials of one sample, where a document has a loss for each sample and one for all."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

SAMPLES = r"""
$$z^{(i)} = w^T x^{(i)} + b$$

$$a^{(i)} = \sigma(z^{(i)})$$

$$L^{(i)} = \frac12 (a^{(i)} - y^{(i)})^2$$

$$J = \frac1m \sum_{i=1}^m L^{(i)}$$
"""


def last(line: str) -> Judgement:
    return check(f"{SAMPLES}\n$${line}$$\n", path="notes.md").judgements[-1]


def test_what_belongs_to_a_sample_is_of_its_own_loss() -> None:
    found = last(r"dz^{(i)} = (a^{(i)} - y^{(i)}) a^{(i)} (1 - a^{(i)})")
    assert found.status is Status.PROVED
    assert "adjoint-of-sample" in {code for code, _ in found.readings}


@pytest.mark.parametrize("factor", ["2 ", "-", r"a^{(i)} "])
def test_a_wrong_one_is_refuted(factor: str) -> None:
    line = rf"dz^{{(i)}} = {factor}(a^{{(i)}} - y^{{(i)}}) a^{{(i)}} (1 - a^{{(i)}})"
    assert last(line).status is Status.REFUTED


@pytest.mark.parametrize(
    "line",
    [
        r"dw = \frac1m \sum_{i=1}^m x^{(i)} dz^{(i)}",
        r"db = \frac1m \sum_{i=1}^m dz^{(i)}",
    ],
)
def test_means_of_them_are_not_refuted(line: str) -> None:
    assert last(line).status is not Status.REFUTED
