"""Gradients of a network by inputs, by units and by some parameters: every style and target."""

import importlib.util
import shutil
from dataclasses import replace

import numpy as np
import pytest
from emitted_faults import faults, verdict
from sampling import covering, sample

from symback import Network, compile, derive, emit
from symback.emission import emit_loader
from symback.emission.by_index import asked
from symback.emission.checking import check_emitted
from symback.emission.compiling import loaded
from symback.emission.second import emit_product
from symback.errors import InputError

torch = pytest.importorskip("torch")
from networks_in_torch import data, drawn, loss  # noqa: E402

NETWORK = Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy", weight_decay=0.1)
FORMS = [("readable", "numpy"), ("fast", "numpy"), ("scalar", "numpy")]
FORMS += [("readable", "array-api"), ("readable", "numba")]
NEEDS = {"numba": "numba", "array-api": "array_api_compat"}


def by(network, *wanted):
    return replace(network.model(), wanted=wanted)


def right(network, parameters, x, y, wanted):
    """The gradients by torch, of parameters and of x."""
    given = {n: torch.tensor(p) for n, p in zip(network.parameter_shapes, parameters, strict=True)}
    given["x"] = torch.tensor(x)
    for name in wanted:
        given[name].requires_grad_()
    *arrays, inputs = given.values()
    value = loss(network, arrays, inputs, torch.tensor(y))
    return [g.numpy() for g in torch.autograd.grad(value, [given[n] for n in wanted])]


@pytest.mark.parametrize(("form", "seed"), covering(FORMS, sample(range(30), 3)), ids=str)
def test_gradients_by_inputs_are_those_of_torch(form, seed):
    style, target = form
    if target in NEEDS:
        pytest.importorskip(NEEDS[target])
    network = drawn(seed)
    parameters, *_, x, y = data(network)
    for wanted in (("x",), ("x", "W1")):
        made = compile(by(network, *wanted), style, target)
        assert made.Gradients._fields == wanted
        if style == "scalar":
            given = made.Parameters(*(p.tolist() for p in parameters))
            _, found = made.loss_and_gradients(given, x.tolist(), y.tolist())
        else:
            _, found = made.loss_and_gradients(made.Parameters(*parameters), x, y)
        for own, exact in zip(found, right(network, parameters, x, y, wanted), strict=True):
            np.testing.assert_allclose(np.array(own), exact, rtol=1e-12, atol=1e-13)


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")
def test_c_takes_the_number_of_samples(tmp_path):
    model, sizes = by(NETWORK, "x", "W1"), {"batch": 4}
    text = emit(model, target="c", sizes=sizes)
    assert check_emitted(text, "c").right
    (tmp_path / "by_input.c").write_text(text)
    path = tmp_path / "by_input_c.py"
    path.write_text(emit_loader(model, "by_input.c", sizes=sizes))
    spec = importlib.util.spec_from_file_location("by_input_c", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    parameters, *_, x, y = data(NETWORK)
    _, found = made.loss_and_gradients(made.Parameters(*parameters), x, y)
    exact = right(NETWORK, parameters, x, y, ("x", "W1"))
    for own, other in zip(found, exact, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12)
    with pytest.raises(InputError, match="needs a number of samples"):
        emit(model, target="c")


@pytest.mark.parametrize("style", ["readable", "fast"])
def test_each_fault_is_found_by_the_file_itself(style):
    model = by(NETWORK, "x", "W1")
    text = emit(model, style)
    assert verdict(text) == 0
    first = derive(model).steps[0].number
    found = list(faults(text, first))
    assert len(found) >= 10
    for fault, faulty in sample(found, 12):
        assert verdict(faulty) == 1, fault


@pytest.mark.parametrize(("style", "target"), FORMS)
def test_products_go_along_the_inputs_too(style, target):
    if target in NEEDS:
        pytest.importorskip(NEEDS[target])
    parameters, *_, x, y = data(NETWORK)
    vector = np.random.default_rng(5).normal(size=x.shape)
    made = loaded(
        emit_product(replace(NETWORK, batch=True), "hvp", None, style, target, wanted=("x",))
    )
    lists = style == "scalar"
    given = [p.tolist() if lists else p for p in parameters]
    arrays = [a.tolist() if lists else a for a in (vector, x, y)]
    (found,) = made.hessian_vector_product(
        made.Parameters(*given), made.Gradients(arrays[0]), *arrays[1:]
    )
    fixed, targets = [torch.tensor(p) for p in parameters], torch.tensor(y)
    _, exact = torch.autograd.functional.hvp(
        lambda moved: loss(NETWORK, fixed, moved, targets), torch.tensor(x), torch.tensor(vector)
    )
    np.testing.assert_allclose(np.array(found), exact.numpy(), rtol=1e-11, atol=1e-13)


def test_all_parameters_are_written_by_layers():
    names = tuple(NETWORK.parameter_shapes)
    assert asked(by(NETWORK, *names)) == ()
    assert asked(by(NETWORK, "x")) == ("x",)
    assert asked(NETWORK) == ()
    assert emit(by(NETWORK, *names)) == emit(NETWORK)
