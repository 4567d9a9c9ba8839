"""Loops that Numba compiles: products left to the library, loops put together, vector functions.

Most of it runs the loops as plain Python, which takes the same statements in the same order.
"""

from functools import cache

import mpmath
import numpy as np
import pytest
from emitted_models import apart, called, some_arrays, some_sizes
from general_models import MODELS
from sampling import covering, sample

import symback
from symback.emission import compile, emit
from symback.emission.forms.vectorised import VECTORISED
from symback.emission.indexed.fusing import Fusing
from symback.emission.indexed.module import model_program
from symback.model.language.sources import library_names, library_text

numba = pytest.importorskip("numba")
pytest.importorskip("scipy")

LIBRARY = {name: library_text(name) for name in library_names()}
LSTM = """
input x[t,j]
param W[j,k], U[k,k], b[k]
const v[t,k]
h[0,k] = 0
h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]) + b[k])
L = sum(t, k, v[t,k] h[t,k])
"""
MIRRORED = """
input x[n]
param w[n]
a[n] = exp(w[n] x[n])
b[n] = a[n] a[N+1-n]
c[n] = b[n] a[n]
L = sum(n, c[n]^2)
"""


@cache
def loops():
    """Compiled once for every test that asks for it, and by Numba for each kind of argument."""
    return compile(symback.read_model(LSTM), target="numba", batch=True)


@pytest.fixture
def interpreted(monkeypatch):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)


def both(text, *, batch, seed=1, dtype=np.float64, made_of=None):
    """The largest distance between the gradients of NumPy and those of the loops."""
    made = symback.read_model(text)
    whole = model_program(made, batch=batch).model
    sizes = some_sizes(whole, seed)
    arrays = {
        name: a if a.dtype.kind == "i" else a.astype(dtype)
        for name, a in some_arrays(whole, sizes, seed).items()
    }
    with np.errstate(all="ignore"):
        loss, right = called(compile(made, batch=batch), whole, arrays, sizes)
        found_loss, found = called(
            made_of or compile(made, target="numba", batch=batch), whole, arrays, sizes
        )
    assert all(g.dtype == r.dtype for g, r in zip(found, right, strict=True))
    return max(abs(found_loss - loss) / max(1.0, abs(loss)), apart(found, right))


BOTH = covering(sample([*MODELS, *LIBRARY], 16, seed=5), [False, True])


@pytest.mark.parametrize(("name", "batch"), BOTH)
def test_loops_give_what_arrays_give(name, batch, interpreted):
    assert both({**LIBRARY, **MODELS}[name], batch=batch) < 1e-12


def test_compiled_loops_give_what_arrays_give():
    assert both(LSTM, batch=True, seed=2, made_of=loops()) < 1e-12
    assert both(LSTM, batch=True, seed=2, dtype=np.float32, made_of=loops()) < 1e-5


def test_products_are_the_library_s():
    code = emit(symback.read_model(LSTM), target="numba", batch=True)
    code = code[code.index("def _gradients(") :]
    assert code.count("np.dot(") == 5  # x W, h U, delta U', x' delta, h' delta
    assert "np.dot(h[t], U, h_sum)" in code  # one turn's product needs no place for every turn


def test_a_loop_is_not_shared_with_what_reads_other_turns(interpreted, monkeypatch):
    assert both(MIRRORED, batch=False, seed=3) < 1e-12
    monkeypatch.setattr("symback.emission.indexed.fusing._in_step", lambda one, two: True)
    monkeypatch.setattr(Fusing, "_is_number", lambda *_: False)
    assert not both(MIRRORED, batch=False, seed=3) < 1e-6


def test_arguments_may_lie_in_memory_in_any_way():
    module = loops()
    rng = np.random.default_rng(0)
    parameters = module.initialize(J=3, K=4)
    x, v = rng.normal(size=(5, 2, 3)), rng.normal(size=(6, 4))[::2][:2]
    _, right = module.loss_and_gradients(parameters, x, v)
    turned = module.Parameters(*(np.asfortranarray(p) for p in parameters))
    strided = np.repeat(x, 2, axis=2)[:, :, ::2]
    strided.flags.writeable = False
    _, found = module.loss_and_gradients(turned, strided, np.asfortranarray(v))
    assert apart(found, right) < 1e-15


def test_a_workspace_serves_other_sizes_too(interpreted):
    module = compile(symback.read_model(LSTM), target="numba", batch=True)
    rng = np.random.default_rng(0)
    parameters, workspace = module.initialize(J=3, K=4), module.Workspace(J=3, K=4)
    for batch, steps in ((5, 2), (1, 3), (5, 2)):
        x, v = rng.normal(size=(batch, steps, 3)), rng.normal(size=(steps, 4))
        _, found = module.loss_and_gradients(parameters, x, v, workspace=workspace)
        assert found is workspace.gradients
        assert apart(found, module.loss_and_gradients(parameters, x, v)[1]) == 0.0


def exact(name, z):
    if name == "exp":
        return mpmath.exp(z)
    return mpmath.tanh(z) if name == "tanh" else 1 / (1 + mpmath.exp(-z))


def evaluated(name):
    text = "\n\n".join(source for source, _ in VECTORISED.values())
    space = {"np": np, "math": __import__("math")}
    exec(text, space)
    return space[f"_{name}"]


@pytest.mark.parametrize("name", ["exp", "tanh", "sigmoid"])
def test_functions_without_branches_keep_their_digits(name):
    rng = np.random.default_rng(0)
    points = [s * z for z in (0.0, 1e-308, 1.0, 20.0, 40.0, 710.0, 800.0, 1e4) for s in (1.0, -1.0)]
    points += [*rng.uniform(-5, 5, 300), *rng.normal(size=100) * 1e-4, *rng.uniform(-700, 700, 100)]
    function = evaluated(name)
    with mpmath.workdps(60), np.errstate(over="ignore"):
        for z in map(float, points):
            right, found = exact(name, mpmath.mpf(z)), float(function(z))
            if right > np.finfo(float).max:
                assert found == np.inf
                continue
            error = abs(mpmath.mpf(found) - right)
            assert error <= max(4 * np.spacing(abs(float(right))), mpmath.mpf("1e-300")), z
    assert np.isnan(function(float("nan")))


@pytest.mark.parametrize("style", ["readable", "scalar", "numba"])
def test_a_loss_that_bends_much_is_not_called_wrong(style, interpreted):
    made = symback.read_model("""
input x[n,j]
param gamma[j]
const v[n,j]
mu[j] = mean(n, x[n,j])
s2[j] = mean(n, (x[n,j] - mu[j])^2)
y[n,j] = gamma[j] (x[n,j] - mu[j]) / sqrt(s2[j] + 0.00001)
L = sum(n, j, v[n,j] y[n,j])
gradients x, gamma
""")
    target = "numba" if style == "numba" else "numpy"
    module = compile(made, "readable" if style == "numba" else style, target)
    assert module.main() == 0


def memory_of(text, **options):
    """The lines that make a file's arrays between arguments and gradients."""
    code = emit(symback.read_model(text), target="numba", **options)
    return code.partition("def _memory(")[2].partition("\n\n")[0]


def test_what_a_turn_alone_reads_is_a_row():
    memory = memory_of(library_text("layer-norm").partition("\nclaims")[0])
    assert memory.count("np.empty((J,), dtype)") == 4
    assert memory.count("np.empty((N, J), dtype)") == 1  # the loss is added up after the loop


def test_what_a_recursion_comes_back_to_is_kept():
    """The loop over the batch stands within that of time, whose next step reads what it wrote."""
    memory = memory_of(LSTM, batch=True)
    assert memory.count("np.empty((batch, K), dtype)") == 2
    assert "np.empty((K,), dtype)" not in memory
