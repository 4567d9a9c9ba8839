"""A name for a name of a derivative, and a letter without its layer, refute nothing."""

from __future__ import annotations

from symback.reading import check
from symback.reading.statements.verdicts import Status

NOTES = r"""
$$\delta W \equiv \frac{\partial C}{\partial W}$$

$$z^l = W^l a^{l-1} + b^l, \qquad a^l = \sigma(z^l)$$

$$C = \frac12 \sum_j (y_j - a^L_j)^2$$

$$\delta^l \equiv \delta a^l$$

$$\delta^l = ((W^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$

$$\nabla_a C = (a^L - y)$$
"""


def test_right_lines_after_a_loose_name_are_not_refuted() -> None:
    found = check(NOTES, kind="markdown").judgements
    assert not any(judgement.status is Status.REFUTED for judgement in found)


def test_without_it_a_slip_is_refuted() -> None:
    said = NOTES.replace(
        r"\delta^l \equiv \delta a^l", r"\delta^l = \frac{\partial C}{\partial z^l}"
    )
    wrong = said.replace("(W^{l+1})^T", "2 (W^{l+1})^T")
    lines = [each.status for each in check(wrong, kind="markdown").judgements]
    assert Status.REFUTED in lines
