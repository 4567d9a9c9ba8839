"""What once was written and wrong: each kind, with what is written now."""

import pickle

import numpy as np
import pytest
from emission_networks import NETWORKS, module

from symback import InputError, Network, compile, emit
from symback.model import activations
from symback.model.activations import Activation


@pytest.mark.parametrize("style", ["readable", "fast"])
def test_a_gradient_that_is_the_same_everywhere_has_its_shape(style):
    made = compile(Network((2, 3, 2), ("tanh", "identity"), "yhat-y"), style)
    assert made.main() == 0
    parameters = made.initialize(0, "float32")
    _, gradients = made.loss_and_gradients(parameters, np.ones((4, 2)), np.ones((4, 2)))
    assert {g.dtype.name for g in gradients} == {"float32"}


def test_the_same_for_the_array_api():
    pytest.importorskip("array_api_compat")
    made = compile(Network((2, 3, 2), ("tanh", "identity"), "yhat-y"), target="array-api")
    assert made.main() == 0


@pytest.mark.parametrize("outputs", range(2, 10))
def test_softmax_in_scalars_up_to_nine(outputs):
    made = compile(Network((2, outputs), ("softmax",), "cross-entropy"), "scalar")
    assert made.main() == 0


def test_a_deep_network_is_not_one_kernel(monkeypatch):
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    deep = compile(Network((3,) * 41, ("tanh",) * 40, "half-squared-error"), target="numba")
    assert deep.main() == 0


@pytest.mark.parametrize("function", ["gelu", "relu", "abs(x)", "erf(x)"])
def test_complex_numbers_are_refused_where_the_code_is_not_analytic(function):
    made = compile(Network((2, 3, 1), (function, "tanh"), "half-squared-error"))
    parameters = made.Parameters(*(a.astype(complex) for a in made.initialize()))
    with pytest.raises(TypeError, match="complex128; use float32 or float64"):
        made.loss(parameters, np.ones((1, 2)), np.ones((1, 1)))


def test_parameters_can_be_pickled():
    made = module(NETWORKS["cross-entropy"])
    parameters = made.initialize(5)
    again = pickle.loads(pickle.dumps(parameters))
    assert type(again) is type(parameters)
    np.testing.assert_array_equal(again.W1, parameters.W1)


@pytest.mark.parametrize("given", [None, 3, "2,2,2"])
def test_what_is_no_network_is_refused(given):
    with pytest.raises(InputError, match="can be emitted, not"):
        emit(given)


GAUSSIAN = Activation(
    name="gaussian",
    summary="a = exp(-z^2)",
    formula="exp(-z**2)",
    derivative="-2*z*a",
    latex=r"\mathrm{gauss}",
    text="gauss",
)


@pytest.mark.parametrize("keeps_prime", [False, True])
@pytest.mark.parametrize("style", ["readable", "fast", "scalar"])
def test_an_activation_is_emitted_as_soon_as_it_has_an_entry(style, keeps_prime, monkeypatch):
    from dataclasses import replace

    entry = replace(GAUSSIAN, keeps_prime=keeps_prime)
    monkeypatch.setitem(activations.ACTIVATIONS, "gaussian", entry)
    network = Network((2, 3, 2), ("gaussian", "tanh"), "half-squared-error")
    text = emit(network, style)
    assert "Functions" not in text
    assert compile(network, style).main() == 0
