"""What a refuted line lacks, put back: a number, one or two factors, a softmax's diagonal."""

from __future__ import annotations

import pytest

from symback.reading.checking import check
from symback.reading.statements.verdicts import Judgement, Status
from symback.rendering.check.repairs import applied, propose

NEURON = (
    r"$$z = w x + b, \quad a = \sigma(z), \quad L = (a - y)^2, \quad \sigma(u) = 1/(1+e^{-u})$$"
)
SOFTMAX = r"$$p_i = \frac{e^{s_i}}{\sum_k e^{s_k}}$$"
LAYER = r"$$o_k = \sum_j u_{kj} h_j, \quad E = \frac12 \sum_k (o_k - t_k)^2$$"
ARRAYS = r"""
$$z_1 = W_1 x + b_1, \quad a_1 = \mathrm{ReLU}(z_1), \quad z_2 = W_2 a_1 + b_2$$
$$\hat y = \mathrm{softmax}(z_2), \quad L = -\sum_k y_k \log \hat y_k$$
$$\frac{\partial L}{\partial W_2} = (\hat y - y) a_1^T$$
"""

# A network, a line with a slip, the line as it is repaired.
SLIPS = [
    (
        NEURON,
        r"\frac{\partial L}{\partial b} = (a - y) a (1 - a)",
        r"\frac{\partial L}{\partial b} = 2 (a - y) a (1 - a)",
    ),
    (
        NEURON,
        r"\frac{\partial L}{\partial w} = 2 (a - y)",
        r"\frac{\partial L}{\partial w} = 2 (a - y) x \sigma'(z)",
    ),
    (NEURON, r"\frac{\partial a}{\partial z} = a", r"\frac{\partial a}{\partial z} = a (1 - a)"),
    (
        SOFTMAX,
        r"\frac{\partial p_i}{\partial s_j} = p_i (1 - p_j)",
        r"\frac{\partial p_i}{\partial s_j} = p_i (\delta_{ij} - p_j)",
    ),
    (
        SOFTMAX,
        r"\frac{\partial p_i}{\partial s_i} = p_i",
        r"\frac{\partial p_i}{\partial s_i} = p_i (1 - p_i)",
    ),
    (
        LAYER,
        r"\frac{\partial E}{\partial u_{kj}} = 2 (o_k - t_k) h_j",
        r"\frac{\partial E}{\partial u_{kj}} = (o_k - t_k) h_j",
    ),
    (
        LAYER,
        r"\frac{\partial E}{\partial h_j} = \sum_k (o_k - t_k)",
        r"\frac{\partial E}{\partial h_j} = \sum_k (o_k - t_k) u_{kj}",
    ),
    # Where targets add up to one, as is usually meant and not said.
    (
        ARRAYS,
        r"\frac{\partial L}{\partial a_1} = W_2 (\hat y - y)",
        r"\frac{\partial L}{\partial a_1} = W_2^T (\hat y - y)",
    ),
    (
        ARRAYS,
        r"\frac{\partial L}{\partial W_1} = (W_2^T (\hat y - y)) x^T",
        r"\frac{\partial L}{\partial W_1} = (W_2^T (\hat y - y) \odot \mathrm{ReLU}'(z_1)) x^T",
    ),
]


def last(text: str) -> Judgement:
    """The verdict on the last line of a document."""
    return check(text).judgements[-1]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("network", "slip", "right"), SLIPS)
def test_the_only_repair_reads_back_and_is_proved(network: str, slip: str, right: str) -> None:
    text = f"{network}\n\n$${slip}$$\n"
    assert last(text).status is Status.REFUTED
    proposal = propose(check(text), check)
    assert applied(text, proposal.edits) == f"{network}\n\n$${right}$$\n"
    assert last(f"{network}\n\n$${right}$$\n").status is Status.PROVED


@pytest.mark.parametrize(
    ("network", "line"),
    [
        (NEURON, r"\frac{\partial L}{\partial b} = (a - y) a (1 - x)"),
        (SOFTMAX, r"\frac{\partial p_i}{\partial s_j} = p_i (1 - p_j^2)"),
        (LAYER, r"\frac{\partial E}{\partial h_j} = \sum_k (o_k + t_k)"),
    ],
)
def test_what_lacks_more_gets_no_repair_of_that_kind(network: str, line: str) -> None:
    text = f"{network}\n\n$${line}$$\n"
    assert last(text).status is Status.REFUTED
    assert not any(d.repair and d.repair.unique for d in last(text).diagnoses)
