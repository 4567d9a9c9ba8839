"""What an emitted module does with data that are not as it would like them."""

import numpy as np
import pytest
from emission_networks import NETWORKS, module

NETWORK = NETWORKS["cross-entropy"]


def arguments():
    made = module(NETWORK)
    rng = np.random.default_rng(1)
    return made.initialize(1), rng.normal(size=(3, 4)), rng.uniform(size=(3, 3))


@pytest.fixture(params=["readable", "fast"])
def made(request):
    return module(NETWORK, request.param)


def same(made, parameters, x, y):
    value, gradients = module(NETWORK).loss_and_gradients(*arguments())
    found, others = made.loss_and_gradients(parameters, x, y)
    assert found == pytest.approx(value, rel=1e-12)
    for left, right in zip(gradients, others, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-14)


WORKING = {
    "lists": lambda p, x, y: ([a.tolist() for a in p], x.tolist(), y.tolist()),
    "a tuple": lambda p, x, y: (tuple(p), x, y),
    "not contiguous": lambda p, x, y: (
        p,
        np.asfortranarray(x),
        np.repeat(y, 2, axis=1)[:, ::2],
    ),
    "backwards": lambda p, x, y: (p._replace(W1=p.W1[::-1, ::-1].copy()[::-1, ::-1]), x, y),
}


@pytest.mark.parametrize("kind", WORKING)
def test_what_works(made, kind):
    same(made, *WORKING[kind](*arguments()))


def test_read_only_arrays_work_and_inputs_are_not_changed(made):
    parameters, x, y = arguments()
    copies = [a.copy() for a in (*parameters, x, y)]
    for array in (*parameters, x, y):
        array.flags.writeable = False
    same(made, parameters, x, y)
    for array, copy in zip((*parameters, x, y), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_whole_numbers_work_as_data(made):
    parameters, _, _ = arguments()
    x, y = np.arange(8).reshape(2, 4), np.eye(3, dtype=int)[:2]
    value, _ = made.loss_and_gradients(parameters, x, y)
    other, _ = made.loss_and_gradients(parameters, x.astype(float), y.astype(float))
    assert value == other


def test_half_precision_data_work_with_parameters_that_are_wider(made):
    parameters, x, y = arguments()
    _, gradients = made.loss_and_gradients(parameters, x.astype(np.float16), y)
    assert gradients.W1.dtype == np.float64


REFUSED = {
    "x has too many columns": (
        lambda p, x, y: (p, np.ones((3, 5)), y),
        r"x is .*\(3, 5\), not float64 of shape \(batch, 4\)",
    ),
    "x is a vector": (lambda p, x, y: (p, x[0], y[0]), r"x is float64 of shape \(4,\)"),
    "x is a number": (lambda p, x, y: (p, 1.0, y), r"x is float64 of shape \(\)"),
    "y has too few rows": (lambda p, x, y: (p, x, y[:2]), r"y is .*\(2, 3\), not .*\(3, 3\)"),
    "no samples": (lambda p, x, y: (p, x[:0], y[:0]), "the batch is empty"),
    "W1 transposed": (lambda p, x, y: (p._replace(W1=p.W1.T), x, y), "W1 is float64 of shape"),
    "a bias too many": (lambda p, x, y: ((*p, p[0]), x, y), "there are 5 parameters, not 4"),
    "half precision": (lambda p, x, y: ([a.astype(np.float16) for a in p], x, y), "float16; use"),
    "whole numbers": (lambda p, x, y: ([a.astype(int) for a in p], x, y), "int64; use float32"),
    "another byte order": (
        lambda p, x, y: ([a.astype(">f8") for a in p], x, y),
        "parameters are >f8; use float32",
    ),
    "no parameters": (lambda p, x, y: ((), x, y), "there are 0 parameters, not 4"),
    "mixed": (lambda p, x, y: (p._replace(b1=p.b1.astype("f4")), x, y), "b1 is float32 of"),
    "text": (lambda p, x, y: (p, [["a"] * 4] * 3, y), "could not convert string"),
    "ragged lists": (lambda p, x, y: (p, [[1.0], [1.0, 2.0]], y), "sequence|inhomogeneous"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_in_one_line(made, kind):
    change, message = REFUSED[kind]
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        made.loss_and_gradients(*change(*arguments()))
    assert "\n" not in str(caught.value)


def test_nan_in_gives_nan_out(made):
    parameters, x, y = arguments()
    x[1, 2] = np.nan
    value, gradients = made.loss_and_gradients(parameters, x, y)
    assert np.isnan(value)
    assert np.isnan(gradients.b2).any()
