"""Networks with every function and loss: each style and target against 60 digits and PyTorch.

The full run, `benchmarks/emission/full.py`, makes the same comparison for 200 random networks.
"""

import random
import shutil
from types import SimpleNamespace

import full
import numpy as np
import pytest
from sampling import FULL

from symback import Network, compile
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES


def sample():
    """Every loss, with every activation before it once, then some at random."""
    hidden = full.HIDDEN
    for i, loss in enumerate(LOSSES):
        last = {"cross-entropy": "softmax", "binary-cross-entropy": "sigmoid"}.get(loss, "tanh")
        pair = (hidden[2 * i % len(hidden)], hidden[(2 * i + 1) % len(hidden)])
        network = Network(
            (2, 3, 2, 1 if i % 2 else 2),
            (*pair, last),
            loss,
            bias=i % 3 > 0,
            batch=True,
            reduction=("mean", "sum")[i % 2],
        )
        yield network, (1, 2, 7)[i % 3]
    random_ = random.Random(20)
    yield from (full.draw(random_) for _ in range(6 if FULL else 2))


SAMPLE = list(sample())


@pytest.mark.spread
@pytest.mark.deeper
@pytest.mark.parametrize("number", range(len(SAMPLE)))
def test_every_form_is_right(number, monkeypatch):
    network, batch = SAMPLE[number]
    if not FULL and number % 4:  # what a compiler has to make is made of every fourth
        monkeypatch.setattr(full, "FORMS", [form for form in full.FORMS if form[1] != "numba"])
        monkeypatch.setattr(shutil, "which", lambda _: None)
    found = list(full.compare(network, batch, 1))
    assert {"readable/numpy", "fast/numpy"} <= {name for name, _, _ in found}


def test_the_sample_has_the_whole_catalogue():
    assert {network.loss for network, _ in SAMPLE} == {*LOSSES}
    assert {name for network, _ in SAMPLE for name in network.activations} == {*ACTIVATIONS}
    assert {batch for _, batch in SAMPLE} == {1, 2, 7}
    assert {network.bias for network, _ in SAMPLE} == {True, False}


@pytest.mark.parametrize("fault", [1 + 1e-10, -1])
def test_a_wrong_gradient_is_refused(fault):
    network, batch = SAMPLE[0]
    right = compile(network)

    def wrong(parameters, x, y):
        value, gradients = right.loss_and_gradients(parameters, x, y)
        return value, gradients._replace(W1=np.multiply(gradients.W1, fault))

    made = SimpleNamespace(Parameters=right.Parameters, loss_and_gradients=wrong)
    with pytest.raises(AssertionError, match="60 digits"):
        list(full.compare(network, batch, 1, [("readable/numpy", made)]))
