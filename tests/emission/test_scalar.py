"""The scalar style is the readable one for one sample, with plain numbers."""

import numpy as np
import pytest
from emission_networks import NETWORKS, module

from symback import Network, TooLargeError, emit

SMALL = ["cross-entropy", "weight-decay", "binary", "huber", "sum", "absolute", "gelu", "one-layer"]


@pytest.mark.spread
@pytest.mark.parametrize("name", SMALL)
def test_scalar_agrees_with_readable(name):
    network = NETWORKS[name]
    arrays, scalars = module(network), module(network, "scalar")
    assert scalars.main() == 0
    rng = np.random.default_rng(3)
    parameters = arrays.initialize(4)
    x, y = rng.normal(size=network.layers[0]), rng.uniform(size=network.layers[-1])
    value, gradients = arrays.loss_and_gradients(parameters, x[None], y[None])
    plain = scalars.Parameters(*(array.tolist() for array in parameters))
    other, found = scalars.loss_and_gradients(plain, x.tolist(), y.tolist())
    assert other == pytest.approx(value, rel=1e-14)
    for left, right in zip(gradients, found, strict=True):
        np.testing.assert_allclose(right, left, rtol=0, atol=1e-14 * max(1, np.abs(left).max()))


def test_what_does_not_fit_is_named():
    made = module(NETWORKS["cross-entropy"], "scalar")
    with pytest.raises(ValueError, match=r"x has shape \(3,\), not \(4,\)"):
        made.loss_and_gradients(made.initialize(), [1.0, 2.0, 3.0], [0.0, 1.0, 0.0])


def test_large_networks_are_refused():
    with pytest.raises(TooLargeError, match="9 units"):
        emit(Network((784, 10), ("softmax",), "cross-entropy"), style="scalar")
    with pytest.raises(TooLargeError, match="statements"):
        emit(Network((9,) * 9, ("tanh",) * 8, "squared-error"), style="scalar")
