"""The fast style allocates nothing after its first call, and agrees with the readable one."""

import tracemalloc

import numpy as np
import pytest
from emission_networks import NETWORKS, module
from sampling import covering

CATALOGUE = [name for name, n in NETWORKS.items() if not set("fgE") & {*n.activations, n.loss}]


def _data(network, batch):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(batch, network.layers[0]))
    return x, rng.uniform(size=(batch, network.layers[-1]))


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "batch"), covering([n for n in CATALOGUE if n not in ("generic-output",)], [1, 7])
)
def test_fast_agrees_with_readable(name, batch):
    network = NETWORKS[name]
    x, y = _data(network, batch)
    slow, fast = module(network), module(network, "fast")
    parameters = slow.initialize(2)
    value, gradients = slow.loss_and_gradients(parameters, x, y)
    other, found = fast.loss_and_gradients(parameters, x, y)
    assert other == pytest.approx(value, rel=1e-13)
    for left, right in zip(gradients, found, strict=True):
        np.testing.assert_allclose(right, left, rtol=0, atol=1e-13 * max(1, np.abs(left).max()))


@pytest.mark.parametrize("name", ["cross-entropy", "weight-decay", "binary", "absolute", "gelu"])
def test_nothing_is_allocated_after_the_first_call(name):
    network = NETWORKS[name]
    made = module(network, "fast")
    parameters, workspace = made.initialize(), made.Workspace(512)
    x, y = _data(network, 512)
    made.loss_and_gradients(parameters, x, y, workspace=workspace)
    tracemalloc.start()
    made.loss_and_gradients(parameters, x, y, workspace=workspace)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4096


def test_a_workspace_for_other_data_is_refused():
    made = module(NETWORKS["cross-entropy"], "fast")
    x, y = _data(NETWORKS["cross-entropy"], 3)
    with pytest.raises(ValueError, match="workspace is for 2 samples of float64, not 3"):
        made.loss_and_gradients(made.initialize(), x, y, workspace=made.Workspace(2))


@pytest.mark.parametrize("style", ["readable", "fast"])
def test_a_workspace_of_another_precision_is_refused(style):
    made = module(NETWORKS["cross-entropy"], style)
    x, y = _data(NETWORKS["cross-entropy"], 3)
    workspace = made.Workspace(3, np.float32)
    with pytest.raises(ValueError, match=r"the workspace is for .*float32, not .*float64"):
        made.loss_and_gradients(made.initialize(), x, y, workspace=workspace)
