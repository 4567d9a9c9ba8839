"""Chains of derivatives of arrays are proved where the equations put in give them, only there."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

RECURRENT = r"""
$$h_t = \tanh(W x_t + U h_{t-1} + b)$$

$$y_t = V h_t + c$$

$$L = \sum_t \|y_t - \tau_t\|^2$$
"""

CLASSIFYING = r"""
$$s_t = \tanh(U x_t + W s_{t-1})$$

$$z_t = V s_t$$

$$\hat y_t = \mathrm{softmax}(z_t)$$

$$E = -\sum_t y_t^T \log \hat y_t$$
"""

SAMPLES = r"""
$$z^{(i)} = w^T x^{(i)} + b$$

$$a^{(i)} = \sigma(z^{(i)})$$

$$J = \frac{1}{m} \sum_{i=1}^m (a^{(i)} - y^{(i)})^2$$
"""

RIGHT = [
    (RECURRENT, r"\frac{\partial L}{\partial V} = \sum_t \frac{\partial L}{\partial y_t} "
     r"\frac{\partial y_t}{\partial V}"),
    (RECURRENT, r"\frac{\partial L}{\partial c} = \sum_t \frac{\partial L}{\partial y_t} "
     r"\frac{\partial y_t}{\partial c}"),
    (RECURRENT, r"\frac{\partial L}{\partial U} = \sum_t \frac{\partial L}{\partial h_t} "
     r"\frac{\partial h_t}{\partial U}"),
    (RECURRENT, r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial y_t} "
     r"\frac{\partial y_t}{\partial h_t} + \frac{\partial L}{\partial h_{t+1}} "
     r"\frac{\partial h_{t+1}}{\partial h_t}"),
    (CLASSIFYING, r"\frac{\partial E}{\partial V} = \sum_t \frac{\partial E}{\partial \hat y_t} "
     r"\frac{\partial \hat y_t}{\partial z_t} \frac{\partial z_t}{\partial V}"),
    (SAMPLES, r"\frac{\partial J}{\partial w} = \sum_{i=1}^m "
     r"\frac{\partial J}{\partial a^{(i)}} \frac{\partial a^{(i)}}{\partial z^{(i)}} "
     r"\frac{\partial z^{(i)}}{\partial w}"),
]  # fmt: skip

WRONG = [
    # The earlier steps reach the loss through the next state too.
    (RECURRENT, r"\frac{\partial L}{\partial U} = \sum_t \frac{\partial L}{\partial y_t} "
     r"\frac{\partial y_t}{\partial h_t} \frac{\partial h_t}{\partial U}"),
    (RECURRENT, r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial y_t} "
     r"\frac{\partial y_t}{\partial h_t}"),
    (RECURRENT, r"\frac{\partial L}{\partial V} = \sum_t \frac{\partial L}{\partial h_t} "
     r"\frac{\partial h_t}{\partial V}"),
    (RECURRENT, r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial y_t} "
     r"\frac{\partial y_t}{\partial h_t} - \frac{\partial L}{\partial h_{t+1}} "
     r"\frac{\partial h_{t+1}}{\partial h_t}"),
    (CLASSIFYING, r"\frac{\partial E}{\partial W} = \sum_t \frac{\partial E}{\partial z_t} "
     r"\frac{\partial z_t}{\partial s_t} \frac{\partial s_t}{\partial W}"),
    (SAMPLES, r"\frac{\partial J}{\partial w} = \frac{1}{m} \sum_{i=1}^m "
     r"\frac{\partial J}{\partial a^{(i)}} \frac{\partial a^{(i)}}{\partial z^{(i)}} "
     r"\frac{\partial z^{(i)}}{\partial w}"),
]  # fmt: skip


def _last(page: str, line: str) -> Judgement:
    return check(f"{page}\n$${line}$$\n", path="n.md").judgements[-1]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("page", "line"), RIGHT)
def test_a_chain_is_proved_by_the_equations_put_in(page: str, line: str) -> None:
    judged = _last(page, line)
    assert judged.status is Status.PROVED
    assert "chain-rule-on-arrays" in dict(judged.readings)


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("page", "line"), WRONG)
def test_a_chain_that_leaves_a_path_out_is_not_proved(page: str, line: str) -> None:
    assert _last(page, line).status not in (Status.PROVED, Status.AGREES)
