"""Every target computes what the readable NumPy module computes."""

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from emission_networks import NETWORKS, module
from sampling import sample

from symback import InputError, Network, emit
from symback.emission import emit_loader

CATALOGUE = ["cross-entropy", "weight-decay", "binary", "huber", "sum", "absolute", "one-layer"]
needs_compat = pytest.mark.skipif(
    importlib.util.find_spec("array_api_compat") is None, reason="needs array-api-compat"
)
needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")
needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")


def data(network, batch=3):
    rng = np.random.default_rng(7)
    x = rng.normal(size=(batch, network.layers[0]))
    return x, rng.uniform(size=(batch, network.layers[-1]))


def assert_same(network, found):
    made = module(network)
    parameters = made.initialize(2)
    value, gradients = made.loss_and_gradients(parameters, *data(network))
    other, others = found(parameters)
    assert other == pytest.approx(value, rel=1e-13)
    for left, right in zip(gradients, others, strict=True):
        np.testing.assert_allclose(
            np.asarray(right), left, rtol=0, atol=1e-13 * max(1, np.abs(left).max())
        )


@needs_numba
@pytest.mark.parametrize("name", ["weight-decay", "huber"])
def test_numba(name):
    made = module(NETWORKS[name], target="numba")
    assert_same(NETWORKS[name], lambda p: made.loss_and_gradients(p, *data(NETWORKS[name])))


@needs_numba
def test_numba_with_products_of_a_library():
    network = Network((4, 20, 3), ("tanh", "softmax"), "cross-entropy")
    made = module(network, target="numba")
    assert_same(network, lambda p: made.loss_and_gradients(p, *data(network)))


@needs_numba
@pytest.mark.parametrize("layers", sample([(4, 20, 3), (2, 2, 2)], 1))
def test_what_numba_compiles_looks_at_its_arguments(layers):
    network = Network(layers, ("tanh", "softmax"), "cross-entropy")
    made = module(network, target="numba")
    given, (x, y) = made.initialize(2), data(network)
    workspace = made.Workspace(3)

    def found(*arguments):
        return made.loss_and_gradients(*arguments, workspace=workspace)

    right = module(network).loss_and_gradients(given, x, y)[0]
    wrong = [
        ((given, x[:, :1], y), ValueError, "x is float64 of shape"),
        ((given, x, y[:2]), ValueError, "y is float64 of shape"),
        ((given, x[:2], y[:2]), ValueError, "the workspace is for 3 samples"),
        ((given[:3], x, y), ValueError, "there are 3 parameters, not 4"),
        ((given, x[:0], y[:0]), ValueError, "the batch is empty"),
        (([p.astype(int) for p in given], x, y), TypeError, "the parameters are int64"),
        (([p.astype("f") for p in given], x, y), ValueError, "the workspace is for"),
        (((given[0].T.copy(), *given[1:]), x, y), ValueError, "W1 is"),
    ]
    for arguments, kind, words in wrong:
        if arguments[0][0].shape == given[0].shape and words == "W1 is":
            continue  # a square matrix, transposed
        with pytest.raises(kind, match=words):
            found(*arguments)
        assert found(given, x, y)[0] == pytest.approx(right, rel=1e-13)
        assert workspace.takes
    wide = np.zeros((6, 2 * layers[0]))
    wide[::2, ::2] = x
    for other in (wide[::2, ::2], np.asfortranarray(x), x.tolist(), np.ma.masked_array(x)):
        assert found(given, other, y)[0] == pytest.approx(right, rel=1e-13)


def test_narrow_layers_need_no_library():
    def dots(*layers):
        network = Network(layers, ("tanh", "softmax"), "cross-entropy")
        text = emit(network, target="numba")
        return text.count("np.dot(") - text.count("np.dot(y.ravel()")  # that is in loss()

    assert (dots(2, 4, 2), dots(2, 5, 2), dots(784, 30, 10)) == (0, 5, 5)


def assert_same_in(xp, name):
    """The module for the array API computes the same with another library's arrays."""
    network = NETWORKS[name]
    made = module(network, target="array-api")

    def found(parameters):
        given = made.Parameters(*map(xp.asarray, parameters))
        value, gradients = made.loss_and_gradients(given, *map(xp.asarray, data(network)))
        assert isinstance(gradients[0], type(given[0]))
        return value, gradients

    assert_same(network, found)


@needs_compat
@pytest.mark.parametrize("library", ["numpy", "array_api_strict"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_array_api(name, library):
    assert_same_in(pytest.importorskip(library), name)


@needs_compat
@pytest.mark.parametrize("library", ["torch", "dask.array", "jax.numpy"])
def test_array_api_with_large_libraries(library):
    xp = pytest.importorskip(library)
    with sys.modules["jax"].enable_x64(True) if library == "jax.numpy" else nullcontext():
        for name in sample(CATALOGUE, 3):
            assert_same_in(xp, name)


def test_what_a_target_cannot_have_is_named():
    with pytest.raises(InputError, match="needs functions with a name"):
        emit(NETWORKS["generic"], target="c")
    with pytest.raises(InputError, match="unknown target 'cpp'"):
        emit(NETWORKS["sum"], target="cpp")
    with pytest.raises(InputError, match="target c has one form"):
        emit(NETWORKS["sum"], style="fast", target="c")


def test_the_error_function_for_arrays_of_torch():
    pytest.importorskip("array_api_compat")
    torch = pytest.importorskip("torch")
    network = Network((2, 3, 2), ("gelu", "identity"), "half-squared-error", batch=True)
    made = module(network, target="array-api")
    assert made.main() == 0
    rng = np.random.default_rng(6)
    parameters = [torch.tensor(p) for p in made.initialize(1)]
    x = torch.tensor(rng.normal(size=(4, 2)) * [[0.1], [1], [30], [500]])
    y = torch.tensor(rng.normal(size=(4, 2)))
    value, found = made.loss_and_gradients(made.Parameters(*parameters), x, y)
    leaves = [p.clone().requires_grad_() for p in parameters]
    w1, b1, w2, b2 = leaves
    outputs = torch.nn.functional.gelu(x @ w1 + b1) @ w2 + b2
    loss = ((outputs - y) ** 2).sum(1).mean() / 2
    assert float(value) == pytest.approx(loss.item(), rel=1e-13)
    for own, right in zip(found, torch.autograd.grad(loss, leaves), strict=True):
        scale = max(1.0, float(right.abs().max()))
        assert float((own - right).abs().max()) < 1e-12 * scale


@pytest.mark.spread
@needs_compiler
@pytest.mark.parametrize("name", ["cross-entropy", "absolute", "gelu"])
def test_c_checks_itself(name, tmp_path):
    source = tmp_path / "gradients.c"
    source.write_text(emit(NETWORKS[name], target="c"))
    flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
    program = str(tmp_path / "gradients")
    subprocess.run(["cc", *flags, "-DSYMBACK_CHECK", str(source), "-o", program, "-lm"], check=True)
    run = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("right\n")


@needs_compiler
def test_c_from_python(tmp_path, monkeypatch):
    network = NETWORKS["weight-decay"]
    (tmp_path / "emitted_gradients.c").write_text(emit(network, target="c"))
    path = tmp_path / "emitted_gradients_c.py"
    path.write_text(emit_loader(network, "emitted_gradients.c"))
    spec = importlib.util.spec_from_file_location("emitted_gradients_c", path)
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "emitted_gradients_c", made)
    spec.loader.exec_module(made)
    assert made.main() == 0
    assert_same(network, lambda p: made.loss_and_gradients(p, *data(network)))
    x, y = data(network)
    parameters = made.initialize(1)
    np.testing.assert_allclose(
        made.forward(parameters, x), module(network).forward(parameters, x), rtol=1e-14
    )
    with pytest.raises(ValueError, match="y is float64 of shape"):
        made.loss_and_gradients(parameters, x, y[:, 1:])
    workspace = made.Workspace(len(x))
    for kept, given in zip(workspace.parameters, parameters, strict=True):
        kept[...] = given
    workspace.x[...], workspace.y[...] = x, y
    value, gradients = workspace.run()
    right, others = made.loss_and_gradients(parameters, x, y)
    assert value == right
    for left, other in zip(gradients, others, strict=True):
        np.testing.assert_array_equal(left, other)
    assert made.loss_and_gradients(
        workspace.parameters, workspace.x, workspace.y, workspace=workspace
    ) == (value, gradients)
    workspace.x[...] = 0  # what is not the workspace's own is copied into it again
    assert made.loss_and_gradients(workspace.parameters, x, workspace.y, workspace=workspace) == (
        value,
        gradients,
    )
    with pytest.raises(AttributeError, match="write into x"):  # C would go on with the other
        workspace.x = x


def loaded_c(network, folder, name):
    """The C file and its loader, in a folder of their own."""
    folder.mkdir()
    (folder / f"{name}.c").write_text(emit(network, target="c"))
    path = folder / f"{name}_c.py"
    path.write_text(emit_loader(network, f"{name}.c"))
    spec = importlib.util.spec_from_file_location(f"{name}_c", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@needs_compiler
def test_c_is_called_with_python_headers_and_without(tmp_path, monkeypatch):
    network = Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy")
    with_headers = loaded_c(network, tmp_path / "with", "bound")
    include = Path(sysconfig.get_path("include"), "Python.h")
    paths = {"include": str(tmp_path / "nowhere")}
    monkeypatch.setattr("sysconfig.get_paths", lambda *_: paths)
    without = loaded_c(network, tmp_path / "without", "unbound")
    assert without._call is without._run
    assert (with_headers._call is not with_headers._run) == include.exists()
    rng = np.random.default_rng(4)
    for batch in (1, with_headers.SMALL + 1):  # in the second other threads may run
        x, y = rng.normal(size=(batch, 2)), rng.dirichlet(np.ones(2), size=batch)
        parameters = with_headers.initialize(2)
        value, gradients = with_headers.loss_and_gradients(parameters, x, y)
        other, others = without.loss_and_gradients(parameters, x, y)
        assert value == other
        for own, right in zip(gradients, others, strict=True):
            np.testing.assert_array_equal(own, right)
        assert with_headers.check(parameters, x, y) < 1e-7


@needs_compiler
def test_what_does_not_compile_is_told(tmp_path, monkeypatch):
    network = Network((2, 2), ("identity",), "squared-error")
    monkeypatch.setenv("CC", "false")
    with pytest.raises(ImportError, match="false failed"):
        loaded_c(network, tmp_path / "failing", "failing")
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(ImportError, match="no C compiler no-such-compiler"):
        loaded_c(network, tmp_path / "missing", "missing")
