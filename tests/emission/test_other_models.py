"""Models that are no perceptrons are emitted too, in every style that can have them."""

import subprocess

import numpy as np
import pytest
from emission_models import MODELS, N0, N1, J, K, model, over, units, weight
from sampling import sample
from sympy import Symbol

from symback import InputError, Network, emit
from symback.algebra.sums import total
from symback.emission import compile as compiled
from symback.model.equations import Quantity, Role


@pytest.mark.parametrize("style", ["readable", "fast"])
@pytest.mark.parametrize("name", MODELS)
def test_numpy(name, style):
    assert compiled(MODELS[name], style).main() == 0


@pytest.mark.parametrize("name", ["skip", "skip-batch", "twice", "twice-batch"])
def test_scalar(name):
    assert compiled(MODELS[name], "scalar").main() == 0


def test_numbers_are_refused_for_a_matrix_of_inputs():
    with pytest.raises(InputError, match="takes vectors, and x is a matrix"):
        emit(MODELS["attention"], "scalar")


@pytest.mark.spread
@pytest.mark.parametrize("name", ["skip", "skip-batch", "twice", "twice-batch", "attention"])
def test_c(name, tmp_path):
    source = tmp_path / "gradients.c"
    source.write_text(emit(MODELS[name], target="c"))
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(
        ["cc", *flags, "-DSYMBACK_CHECK", str(source), "-o", str(tmp_path / "program"), "-lm"],
        check=True,
    )
    assert subprocess.run([str(tmp_path / "program")], check=False).returncode == 0


@pytest.mark.parametrize("name", ["skip-batch", "attention"])
def test_array_api(name):
    pytest.importorskip("array_api_compat")
    assert compiled(MODELS[name], target="array-api").main() == 0


@pytest.mark.parametrize("name", sample(["skip-batch", "twice-batch", "attention"], 1))
def test_numba(name):
    pytest.importorskip("numba")
    assert compiled(MODELS[name], target="numba").main() == 0


def test_statements_of_attention():
    text = emit(MODELS["attention"])
    assert "    p = softmax(a)  # (5), shape (3, 3)\n" in text
    assert "    o = p @ v  # (6), shape (3, 2)\n" in text


def test_one_sample_has_outer_products():
    text = emit(MODELS["twice"])
    assert "np.outer(x, " in text
    made = compiled(MODELS["twice"])
    _, gradients = made.loss_and_gradients(made.initialize(), np.ones(2), np.zeros(2))
    assert gradients.V.shape == (2, 2)


def test_three_indices_are_refused_by_name():
    cube = Quantity("Q", Role.WEIGHT, (N1, N1, N1), ("j", "k", "l"))
    k, m = Symbol("k", integer=True), Symbol("m", integer=True)
    square = total(cube.at(J, k, m) ** 2, [(J, N1.upper), (k, N1.upper), (m, N1.upper)])
    with pytest.raises(InputError, match="Q has 3 indices"):
        emit(model([cube], (Quantity("L", Role.LOSS), square)))


def test_names_that_are_taken_are_refused():
    given = [units("x", N0, Role.INPUT, letter="j"), weight("np", N0, N1)]
    loss = over(over(given[1].at(J, K) ** 2 * given[0].at(J), J, N0), K, N1)
    with pytest.raises(InputError, match="own np"):
        emit(model(given, (Quantity("L", Role.LOSS), loss)))


def test_the_reduction_can_be_stated():
    network = Network((2, 2), ("tanh",), "squared-error")
    assert "L = ((y - yhat) ** 2).sum()  #" in emit(network, reduction="sum")
    assert "L = ((y - yhat) ** 2).sum() / batch  #" in emit(network)
