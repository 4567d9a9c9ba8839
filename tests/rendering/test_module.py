"""The NumPy module of a derivation is the one that `symback emit` writes."""

import string

import numpy as np
import pytest

from symback import Network, compile, emit
from symback.calculus import derive
from symback.model.network import _TAKEN, GREEK_LETTERS
from symback.rendering.render import render

NETWORKS = [
    Network((2, 3, 2)),
    Network((3, 4, 3), ("relu", "softmax"), "cross-entropy"),
    Network((2, 3, 2), ("leaky-relu", "sigmoid"), "squared-error", weight_decay=0.1),
]


@pytest.mark.parametrize("network", NETWORKS)
def test_there_is_one_writer(network):
    assert render("derivation", "numpy", derivation=derive(network), report=None) == emit(network)


LETTERS = sorted({*string.ascii_letters, *GREEK_LETTERS} - {*_TAKEN} - {"L", "lambda"})


def test_every_letter_is_the_name_of_a_function():
    network = Network((1,) * (len(LETTERS) + 1), tuple(LETTERS), "squared-error", bias=False)
    made = compile(network)
    names = made.Functions._fields
    functions = dict.fromkeys(names, np.ones_like)
    ones = np.ones((2, 1))
    parameters = made.Parameters(*(np.ones((1, 1)) for _ in LETTERS))
    value, _ = made.loss_and_gradients(parameters, ones, ones, functions=functions)
    assert value == 0.0
