"""The style fast of models: statements that write into arrays which are kept from call to call."""

import ast
import tracemalloc

import numpy as np
import pytest
from emitted_models import apart
from sympy import Symbol

import symback
from symback.emission import compile, emit
from symback.emission.indexed.extents import Extents, Unknown
from symback.emission.indexed.inplace import INTO, InPlace

CONVOLUTION = """
input x[c,h]
param K[f,c,r], b[f]
const v[f,i]
x[c,h] = 0 outside
y[f,i] = sum(c, r, K[f,c,r] x[c,i+r-2]) + b[f]
L = sum(f, i, v[f,i] y[f,i])
"""
GRU = """
input x[t,j]
param W[j,k], Uu[k,k], Un[k,k]
const v[t,k]
h[0,k] = 0
u[t,k] = sigmoid(sum(j, W[j,k] x[t,j]) + sum(l, Uu[l,k] h[t-1,l]))
n[t,k] = tanh(sum(l, Un[l,k] u[t,l] h[t-1,l]))
h[t,k] = u[t,k] h[t-1,k] + (1 - u[t,k]) n[t,k]
L = sum(t, k, v[t,k] h[t,k])
"""
N, M = Symbol("N", integer=True, positive=True), Symbol("M", integer=True, positive=True)
KNOWN = {"a": (N, M), "b": (N, M), "w": (M, M), "row": (M,), "column": (N,), "target": (N, M)}
VALUES = [
    "a + b",
    "a * b - b * a + a",
    "(a @ w.T) * (1 - b**2)",
    "-a + column[:, None] * (row / 3)",
    "sigmoid(a @ w + row) * b",
    "softmax(a)",
    "np.where(0 < a, b, 0.0)",
    "np.maximum(a, 0) + np.exp(-b)",
    'a - np.einsum("ab,ab->a", a, b)[:, None] * b / (N * (column**3)[:, None])',
    "(a.sum(axis=1) * column)[:, None] * b",
    "a * a.sum(axis=0) + (b * a).sum(axis=0)",
    "target * a + (target @ w) * target",  # the array that is assigned to is read
    "a[:, ::-1] + b",  # no length is certain: left as it stands
]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def written(value):
    """The calls for one statement, and the arrays that they need."""
    extents = Extents({"N": N, "M": M}, frozenset(INTO))
    extents.arrays |= KNOWN
    work = InPlace(extents, frozenset({N, M}), str)
    return work.calls("target[...]", value, 0), work


def run(lines, work):
    """The target after these lines."""
    rng = np.random.default_rng(3)
    sizes = {"N": 4, "M": 3}
    counts = {N: 4, M: 3}
    shapes = {n: tuple(counts[e] for e in s) for n, s in KNOWN.items()}
    scope = {n: rng.normal(size=s) for n, s in shapes.items()} | sizes
    if work is not None:
        for name, lengths in work.temporaries.items():
            scope[name] = np.full([int(e.subs(counts)) for e in lengths], np.nan)
        scope |= {name: np.ones(int(count.subs(counts))) for name, count in work.ones.items()}
    scope |= {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    scope["sigmoid_into"] = lambda z, out: np.copyto(out, sigmoid(z))
    scope["softmax_into"] = lambda z, out: np.copyto(out, softmax(z))
    exec("\n".join(lines), scope)
    return scope["target"]


@pytest.mark.parametrize("value", VALUES)
def test_calls_give_what_the_statement_gives(value):
    lines, work = written(value)
    right = run([f"target[...] = {value}"], None)
    if "::" in value:
        assert lines is None
        return
    assert all("out=" in line or "copyto" in line or "_into" in line for line in joined(lines))
    assert np.allclose(run(lines, work), right, rtol=1e-13, atol=1e-13)


def joined(lines):
    return [ast.unparse(node) for node in ast.parse("\n".join(lines)).body]


def test_a_target_that_is_read_is_not_written_over_before(monkeypatch):
    value = "target * a + (target @ w) * target"
    right = run([f"target[...] = {value}"], None)
    monkeypatch.setattr("symback.emission.indexed.inplace._root", lambda node: "")
    lines, work = written(value)
    assert not np.allclose(run(lines, work), right)


@pytest.mark.parametrize("code", ["a @ b", "a + w", "unknown + a", "a[i] * 2", "np.cumsum(a)"])
def test_lengths_that_do_not_fit_are_not_guessed(code):
    extents = Extents({"N": N, "M": M}, frozenset())
    extents.arrays |= KNOWN
    with pytest.raises(Unknown):
        extents.of(ast.parse(code, mode="eval").body)


def test_a_second_call_takes_hardly_any_memory():
    model = symback.read_model(GRU.replace("const v", "input v") + "gradients W, Uu, Un\n")
    module = compile(model, "fast", batch=True)
    rng = np.random.default_rng(0)
    parameters = module.initialize(J=8, K=32)
    x, v = rng.normal(size=(16, 40, 8)), rng.normal(size=(16, 40, 32))
    workspace = module.Workspace(J=8, K=32)
    module.loss_and_gradients(parameters, x, v, workspace=workspace)
    tracemalloc.start()
    _, found = module.loss_and_gradients(parameters, x, v, workspace=workspace)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is workspace.gradients
    assert peak < 16 * 40 * 32 * 8  # one array of all steps


def test_nothing_is_left_over_from_other_data():
    module = compile(symback.read_model(GRU), "fast", batch=True)
    readable = compile(symback.read_model(GRU), batch=True)
    parameters, workspace = module.initialize(1, J=3, K=4), module.Workspace(J=3, K=4)
    rng = np.random.default_rng(0)
    for batch, steps in ((5, 2), (1, 3), (5, 2), (5, 2)):
        x, v = rng.normal(size=(batch, steps, 3)), rng.normal(size=(steps, 4))
        _, found = module.loss_and_gradients(parameters, x, v, workspace=workspace)
        assert apart(found, readable.loss_and_gradients(parameters, x, v)[1]) < 1e-14
    with pytest.raises(ValueError, match="the workspace is for"):
        module.loss_and_gradients(parameters, x, v, workspace=module.Workspace(J=2, K=4))
    with pytest.raises(ValueError, match="the workspace is for"):
        module.loss_and_gradients(
            parameters, x, v, workspace=module.Workspace(np.float32, J=3, K=4)
        )


def test_gradients_of_two_calls_are_two_arrays():
    module = compile(symback.read_model(GRU), "fast")
    parameters, x, v = module.initialize(J=3, K=4), np.ones((2, 3)), np.ones((2, 4))
    first = module.loss_and_gradients(parameters, x, v)[1]
    second = module.loss_and_gradients(parameters, x, v)[1]
    assert not any(np.shares_memory(a, b) for a, b in zip(first, second, strict=True))


def test_a_product_that_two_steps_read_is_one():
    code = emit(symback.read_model(GRU), style="fast", batch=True)
    assert code.count("Un_turned, out=") == 1
    assert emit(symback.read_model(GRU), batch=True).count("@ Un.T") == 2


def test_a_convolution_is_products_of_matrices():
    made = symback.read_model(CONVOLUTION.replace("const v", "input v") + "gradients K, b\n")
    code = emit(made, style="fast", batch=True)
    body = code[code.index("def loss_and_gradients(") : code.index("def _arguments(")]
    assert "tensordot" not in body
    assert body.count(" windows(") == 2  # its definition, and one call: they are laid out once


def test_nothing_is_padded_anew_in_each_step():
    text = """
input x[t,k]
param U[k,k]
const v[t,k]
h[0,k] = 0
h[t,k] = tanh(sum(i, U[i,k] h[t-1,i]) + x[t,k])
L = sum(t, k, v[t,k] h[t,k])
gradients U, x
"""
    for style in ("readable", "fast"):
        assert "padded" not in emit(symback.read_model(text), style)
