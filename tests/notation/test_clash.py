"""A notation that spells two quantities alike is refused, and the message names both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notation.networks import NETWORKS
from symback.errors import InputError
from symback.model.network import Network
from symback.notation import FOUNDING, NOTATIONS, Form, Notation, Vocabulary
from symback.notation.clash import check_in_general


def refusal(network: Network, notation: Notation) -> str:
    with pytest.raises(InputError) as caught:
        _ = Vocabulary(network.model(), notation).slots
    return str(caught.value)


def test_one_letter_for_two_quantities() -> None:
    notation = replace(FOUNDING, name="mine", target=Form("x"))
    assert refusal(NETWORKS["no hidden layer"], notation) == (
        "the notation mine spells the input (x) and the target of layer 1 (y) alike: x_j; one of "
        "them needs another letter, a prime, or the number of its layer"
    )


def test_layers_that_are_not_told_apart() -> None:
    notation = replace(FOUNDING, name="mine", weight=Form("W"))
    assert refusal(NETWORKS["the notes"], notation).startswith(
        "the notation mine spells the weight of layer 1 (W1) and the weight of layer 2 (W2) alike: "
        "W_jk"
    )
    _ = Vocabulary(NETWORKS["no hidden layer"].model(), notation).slots  # with one layer it is fine


@pytest.mark.parametrize(
    ("change", "network", "names"),
    [
        ({"delta": Form("b", layer="always")}, "the notes", ("the derivative by", "bias")),
        ({"preactivation": Form("y", primes=1)}, "the notes", ("h1_pre", "y_pre")),
        ({"sample_loss": Form("L")}, "batch", ("(L)", "(L_each)")),
        ({"bias": Form("x")}, "no hidden layer", ("(x)", "(b1)")),
        ({"activation": Form("h", layer="never")}, "two hidden layers", ("(h1)", "(h2)")),
        ({"constant": Form("J")}, "decay", ("(lambda)", "(J)")),
    ],
)
def test_other_clashes(change: dict[str, Form], network: str, names: tuple[str, ...]) -> None:
    line = refusal(NETWORKS[network], replace(FOUNDING, **change))
    assert all(name in line for name in names), line


@pytest.mark.parametrize("name", ["nielsen", "deeplearning.ai", "ufldl"])
def test_a_function_with_the_letter_of_a_quantity(name: str) -> None:
    line = refusal(Network((2, 2, 2), ("a", "g")), NOTATIONS[name])
    assert "spells the function a and the activation of layer 1 (h1) alike" in line


def test_sigmoid_is_written_with_a_letter() -> None:
    notation = replace(FOUNDING, activation=Form("sigma", layer="if-several"))
    line = refusal(Network((2, 2, 2), ("f", "sigmoid")), notation)
    assert "the function sigma" in line


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_the_known_ones_are_sound_in_general(notation: Notation) -> None:
    check_in_general(notation)


def test_flat_numbers_may_not_run_into_each_other() -> None:
    mazur = NOTATIONS["mazur"]
    line = refusal(NETWORKS["the notes"], replace(mazur, bias=mazur.weight))
    assert "(W1)" in line
    assert "(b1)" in line
