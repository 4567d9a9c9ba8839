"""Networks of any depth, whose layers are counted by a letter, from 0 or from 1."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

FROM_1 = r"""
$$z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}, \quad a^{(l+1)} = f(z^{(l+1)})$$
$$h_{W,b}(x) = a^{(3)} = f(z^{(3)})$$
$$J(W,b;x,y) = \frac{1}{2} \left\| h_{W,b}(x) - y \right\|^2$$
$$J(W,b) = \frac{1}{m} \sum_{i=1}^m J(W,b;x^{(i)},y^{(i)})$$
$$\delta^{(n_l)}_i = \frac{\partial}{\partial z^{(n_l)}_i} \frac{1}{2} \|y - h_{W,b}(x)\|^2$$
$$\delta^{(l)}_i = \left( \sum_{j=1}^{s_{l+1}} W^{(l)}_{ji} \delta^{(l+1)}_j \right) f'(z^{(l)}_i)$$

"""
TRUE = [
    r"\delta^{(n_l)}_i = - (y_i - a^{(n_l)}_i) f'(z^{(n_l)}_i)",
    r"\delta^{(n_l)} = - (y - a^{(n_l)}) \bullet f'(z^{(n_l)})",
    r"\delta^{(l)} = \left((W^{(l)})^T \delta^{(l+1)}\right) \bullet f'(z^{(l)})",
    r"\frac{\partial}{\partial W_{ij}^{(l)}} J(W,b; x, y) = a^{(l)}_j \delta_i^{(l+1)}",
    r"\nabla_{W^{(l)}} J(W,b;x,y) = \delta^{(l+1)} (a^{(l)})^T",
    r"\nabla_{b^{(l)}} J(W,b;x,y) = \delta^{(l+1)}",
]
FALSE = [
    r"\delta^{(n_l)}_i = (y_i - a^{(n_l)}_i) f'(z^{(n_l)}_i)",
    r"\delta^{(l)} = \left(W^{(l)} \delta^{(l+1)}\right) \bullet f'(z^{(l)})",
    r"\frac{\partial}{\partial W_{ij}^{(l)}} J(W,b; x, y) = a^{(l)}_i \delta_j^{(l+1)}",
    r"\nabla_{W^{(l)}} J(W,b;x,y) = \delta^{(l)} (a^{(l)})^T",
    r"\nabla_{b^{(l)}} J(W,b;x,y) = \delta^{(l)}",
]


def verdict(claim: str) -> Status:
    return check(f"{FROM_1}$${claim}$$\n", path="notes.md").judgements[-1].status


@pytest.mark.spread
@pytest.mark.parametrize("claim", TRUE)
def test_weights_numbered_by_the_layer_below(claim: str) -> None:
    assert verdict(claim) is Status.PROVED


@pytest.mark.parametrize("claim", FALSE)
def test_a_wrong_line_is_refuted(claim: str) -> None:
    assert verdict(claim) is Status.REFUTED


def test_nothing_is_claimed_of_the_loss_of_all_samples_by_that_of_one() -> None:
    claim = r"\frac{\partial J(W,b)}{\partial b_i^{(l)}} = \delta_i^{(l+1)}"
    assert verdict(claim) is Status.UNDECIDED


def test_the_input_is_named() -> None:
    inferred = check(FROM_1, path="notes.md").inferred
    assert ("input-is-layer", {"of": "a", "layer": "1"}) in inferred


RECURSION = r"""
$$z^l = W^l a^{l-1} + b^l$$
$$a^l = f(z^l)$$
$$C = \frac{1}{2} \sum_j (y_j - a^L_j)^2$$

"""


def test_the_last_layer_can_have_an_activation_of_its_own() -> None:
    found = check(f"{RECURSION}$$a^L = g(z^L)$$\n", path="notes.md").judgements[-1]
    assert found.status is Status.DEFINITION


def test_a_slip_in_the_last_layer_is_one() -> None:
    found = check(f"{RECURSION}$$a^L = f'(z^L)$$\n", path="notes.md").judgements[-1]
    assert found.status is Status.REFUTED


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_gradient_by_a_letter_without_its_layer_is_that_of_the_last(sign: str) -> None:
    claim = rf"\nabla_a C = {sign}(a^L - y)"
    found = check(f"{RECURSION}$${claim}$$\n", path="notes.md").judgements[-1]
    assert found.status is (Status.REFUTED if sign else Status.PROVED)
