"""Links of a chain behind forms that nothing lays out, and quantities that words stand for."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

FORWARD = r"""
$$\mbox{Input} = x_0\\
\mbox{Hidden Layer1 output} = x_1 = f_1(W_1 x_0)\\
\mbox{Hidden Layer2 output} = x_2 = f_2(W_2 x_1)\\
\mbox{Output} = x_3 = f_3(W_3 x_2)$$

$$E = \frac{1}{2} \|x_3 - t\|_2^2$$
"""
CHAIN = r"""
$$\begin{align*}
\frac{\partial E}{\partial W_3} &= (x_3 - t) \frac{\partial x_3}{\partial W_3} \\
&= [(x_3 - t) \circ f_3'(W_3 x_2)] x_2^T \\
\end{align*}$$
"""
BACK = r"""
$$\delta_3 = (x_3 - t) \circ f_3'(W_3 x_2)$$
$$\frac{\partial E}{\partial W_2} = [W_3^T \delta_3 \circ f_2'(W_2 x_1)] x_1^T$$
"""


def judgements(text: str) -> list[Judgement]:
    return list(check(text, kind="markdown").judgements)


def test_words_stand_for_a_quantity_with_an_equation() -> None:
    found = judgements(FORWARD)
    assert not [one for one in found if one.status is Status.UNREAD]
    assert [one.status for one in found].count(Status.DEFINITION) >= 4
    assert judgements(FORWARD + BACK)[-1].status is Status.PROVED


@pytest.mark.parametrize(("was", "slip"), [("W_3^T", "W_3"), ("x_1^T", "x_2^T"), ("f_2'", "f_2")])
def test_a_slip_in_a_later_layer_is_not_proved(was: str, slip: str) -> None:
    assert judgements(FORWARD + BACK.replace(was, slip))[-1].status is not Status.PROVED


def test_a_link_is_held_against_the_derivative_that_the_chain_began_with() -> None:
    assert judgements(FORWARD + CHAIN)[-1].status is Status.PROVED
    for was, slip in (("x_2^T", "x_1^T"), (r"\circ f_3'", r"\circ f_3")):
        wrong = CHAIN.replace(was, slip)
        assert judgements(FORWARD + wrong)[-1].status is not Status.PROVED


def test_what_is_only_near_is_no_step_of_a_chain() -> None:
    text = r"$$y = w x$$ $$\frac{dy}{dw} \approx \tilde q = x$$"
    assert judgements(text)[-1].status is not Status.PROVED
