"""Functions of the catalogue where a line is judged: known there, or no ground to refute it."""

from __future__ import annotations

import pytest
from sampling import sample

import symback
from symback.model.activations import ACTIVATIONS
from symback.reading.answering import answer
from symback.reading.checking import check
from symback.reading.statements.verdicts import Status

SLOPES = {
    "silu": "sigmoid(y'[1])+y'[1]*sigmoid(y'[1])*(1-sigmoid(y'[1]))",
    "mish": "tanh(log(1+exp(y'[1])))+y'[1]*sigmoid(y'[1])*(1-tanh(log(1+exp(y'[1])))^2)",
    "softplus": "sigmoid(y'[1])",
    "sin": "cos(y'[1])",
    "gelu": "(1+erf(y'[1]/sqrt(2)))/2 + y'[1]*exp(-y'[1]^2/2)/sqrt(2*pi)",
    "elu": "relu'(y'[1]) + (1-relu'(y'[1]))*(yhat[1]+1)",
    "leaky-relu": "0.99*relu'(y'[1])+0.01",
    "hard-tanh": "relu'(y'[1]+1)-relu'(y'[1]-1)",
}
SHOWN = (Status.PROVED, Status.AGREES)
DEFINED = r"""
$$\mathrm{ELU}(z) = \begin{cases} z & z > 0 \\ e^z - 1 & z \le 0 \end{cases}$$
$$\mathrm{LeakyReLU}(z) = \max(0.01 z, z)$$
$$\mathrm{ELU}'(z) = \begin{cases} 1 & z > 0 \\ e^z & z \le 0 \end{cases}$$
$$\mathrm{LeakyReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0.01 & z \le 0 \end{cases}$$
$$\mathrm{ELU}'(z) = \begin{cases} 1 & z > 0 \\ -e^z & z \le 0 \end{cases}$$
$$\mathrm{LeakyReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0.1 & z \le 0 \end{cases}$$
"""


def status(name: str, slope: str) -> Status:
    network = symback.Network((1, 1), (name,), "L")
    return answer(f"dL/dy'[1] = ({slope})*dL/dyhat[1]", network).status


@pytest.mark.parametrize("name", sample([*ACTIVATIONS], 1))
def test_no_gradient_that_is_derived_is_refuted(name: str) -> None:
    hidden, output = ("f", name) if not ACTIVATIONS[name].elementwise else (name, "g")
    network = symback.Network((2, 2, 2), (hidden, output), "L")
    shown = symback.derive(network)._repr_mimebundle_()["text/markdown"]
    lines = [line.replace("&=", "=") for line in shown.splitlines() if "=" in line]
    assert len(lines) == 4
    assert {answer(line, network).status for line in lines} == {Status.PROVED}
    wrong = {answer(line.replace("=", "= 2", 1), network).status for line in lines}
    assert wrong <= {Status.REFUTED, Status.UNDECIDED}


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("name", SLOPES)
def test_a_slope_written_out_is_proved_and_its_twin_refuted(name: str) -> None:
    assert status(name, SLOPES[name]) in SHOWN
    assert status(name, f"-({SLOPES[name]})") is Status.REFUTED


def test_a_document_says_what_its_activations_are() -> None:
    found = [j.status for j in check(DEFINED, kind="markdown").judgements]
    assert found[:2] == [Status.DEFINITION] * 2
    assert all(verdict in SHOWN for verdict in found[2:4])
    assert found[4:] == [Status.REFUTED] * 2


@pytest.mark.parametrize("name", ["LeakyReLU", "GELU", "SiLU", "swish", "rank"])
def test_a_slope_of_a_function_that_nothing_defines_is_undecided(name: str) -> None:
    """It may be right; what holds for every function is decided all the same."""
    lines = (
        r"z_1 = w_1 x_1 + b_1",
        rf"a_1 = \mathrm{{{name}}}(z_1)",
        r"\frac{\partial a_1}{\partial z_1} = 1 + z_1",
        rf"\frac{{\partial a_1}}{{\partial w_1}} = x_1 \mathrm{{{name}}}'(z_1)",
        rf"\frac{{\partial a_1}}{{\partial w_1}} = -x_1 \mathrm{{{name}}}'(z_1)",
    )
    text = "\n".join(f"$${line}$$" for line in lines)
    found = [j.status for j in check(text, kind="markdown").judgements]
    assert found[2:] == [Status.UNDECIDED, Status.PROVED, Status.REFUTED]
