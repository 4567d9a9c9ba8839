"""A function's letter that is differentiated is its slope; a quantity's letter is not."""

from __future__ import annotations

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

NETWORK = r"""
$$z^l = W^l a^{l-1} + b^l, \qquad a^l = \sigma(z^l)$$

$$C = \frac12 \|a^L - y\|^2, \qquad \delta^l = \frac{\partial C}{\partial z^l}$$

"""


def last(text: str) -> Judgement:
    return check(text, kind="markdown").judgements[-1]


def test_the_slope_of_an_activation() -> None:
    right = r"$$\delta^L = (a^L - y) \odot \frac{\partial \sigma}{\partial z^L}$$"
    back = (
        r"$$\delta^l = ((W^{l+1})^\top \delta^{l+1}) \odot \frac{\partial \sigma}{\partial z^l}$$"
    )
    assert last(NETWORK + right).status is Status.PROVED
    assert last(NETWORK + back).status is Status.PROVED
    assert last(NETWORK + right.replace("(a^L - y)", "(y - a^L)")).status is Status.REFUTED
    assert last(NETWORK + back.replace(r"\partial z^l}$$", r"\partial a^l}$$")).status is (
        Status.REFUTED
    )


def test_a_quantity_stays_one() -> None:
    text = r"""
$$\sigma = \mu^2, \qquad y = \sigma \gamma, \qquad L = y^2$$

$$\frac{\partial \sigma}{\partial \mu} = 2 \mu$$
"""
    assert last(text).status is Status.PROVED
    assert last(text.replace("= 2 \\mu$$", "= \\mu$$")).status is Status.REFUTED
