"""Factors that lack an index of an array, taken out of sums: the same numbers, fewer passes."""

import numpy as np
import pytest
from emitted_models import apart, called, some_arrays, some_sizes
from sampling import sample

import symback
from symback import compile, emit
from symback.emission.indexed.factoring import factored
from symback.emission.indexed.module import model_program

NORM = """
input x[n,j]
param gamma[j], beta[j]
const v[n,j]
mu[{own}] = mean({along}, x[n,j])
s2[{own}] = mean({along}, (x[n,j] - mu[{own}])^2)
xh[n,j] = (x[n,j] - mu[{own}]) / sqrt(s2[{own}] + 0.00001)
y[n,j] = gamma[j] xh[n,j] + beta[j]
L = sum(n, j, v[n,j] y[n,j]^2)
gradients x, gamma, beta
"""
BATCH, LAYER = NORM.format(own="j", along="n"), NORM.format(own="n", along="j")

PROJECTED = """
input x[n,k]
target y[n,e]
param g[k], W[k,e]
r[n] = sqrt(mean(k, x[n,k]^2) + 0.00001)
h[n,k] = g[k] x[n,k] / r[n]
z[n,e] = sum(k, h[n,k] W[k,e])
L = sum(n, e, (z[n,e] - y[n,e])^2)
gradients x, g, W
"""
RECURSIVE = """
input x[t,k], m[t]
param u[k]
h[0,k] = 0
q[t,k] = m[t] h[t-1,k]
h[t,k] = tanh(x[t,k] + u[k] q[t,k])
s[t] = sum(k, q[t,k])
L = sum(t, s[t]^2) + sum(t, k, h[t,k]^2)
"""
TWICE = """
input x[n,j]
param g[j]
a[n,j] = x[n,j]^2
q[n,j] = g[j] a[n,j]
b[n,j] = tanh(q[n,j])
s[j] = sum(n, q[n,j])
L = sum(n, j, b[n,j]) + sum(j, s[j]^2)
"""
PADDED = """
input x[n,j]
param g[j]
a[n,j] = x[n,j]^2
q[n,j] = g[j] a[n,j]
q[n,j] = 0 outside
s[n] = sum(j in 0..J+1, q[n,j])
L = sum(n, s[n]^3)
"""
PADDED_ROWS = """
input x[n,j]
param g[n]
a[n,j] = x[n,j]^2
q[n,j] = g[n] a[n,j]
q[n,j] = 0 outside
s[n] = sum(j, q[n,j]) for n = 0..N+1
L = sum(n in 0..N+1, s[n]^3 + s[n])
"""


def keys(text):
    program = model_program(symback.read_model(text))
    return {s.key for s in program.statements}, {s.key for s in factored(program).statements}


@pytest.mark.spread
@pytest.mark.parametrize("text", [BATCH, LAYER, PROJECTED, RECURSIVE, TWICE, PADDED, PADDED_ROWS])
@pytest.mark.parametrize("seed", sample([1, 2], 1))
def test_numbers_stay_what_they_are(text, seed):
    made = symback.read_model(text)
    sizes = some_sizes(model_program(made).model, seed)
    arrays = some_arrays(model_program(made).model, sizes, seed)
    whole = model_program(made).model
    loss, right = called(compile(made), whole, arrays, sizes, "readable")
    fast, found = called(compile(made, "fast"), whole, arrays, sizes, "fast")
    assert fast == pytest.approx(loss, rel=1e-13)
    assert apart(found, right) < 1e-12


@pytest.mark.parametrize("text", [BATCH, LAYER])
def test_a_norm_needs_no_array_of_its_own(text):
    before, after = keys(text)
    assert {"xh", "∂xh"} <= before
    assert not {"xh", "∂xh"} & after


@pytest.mark.parametrize(
    ("text", "kept"),
    [(PROJECTED, "h"), (RECURSIVE, "q"), (TWICE, "q"), (PADDED, "q"), (PADDED_ROWS, "q")],
)
def test_what_gains_nothing_stays(text, kept):
    """A product of matrices, a recursion, an argument of a function, entries beyond the array."""
    assert kept in keys(text)[1]
    if text == PROJECTED:
        assert "np.matmul(h, W" in emit(symback.read_model(text), "fast")


def test_a_layer_norm_is_products_with_vectors():
    text = emit(symback.read_model(LAYER), "fast")
    assert "np.einsum" not in text
    assert "# (7) dgamma = inverse_sqrt_s2 @ delta_y" in text
    assert compile(symback.read_model(LAYER), "fast").main() == 0


def test_workspaces_are_used_again():
    made = compile(symback.read_model(LAYER), "fast")
    rng = np.random.default_rng(3)
    workspace = made.Workspace(N=6, J=5)
    parameters = made.Parameters(rng.normal(size=5), rng.normal(size=5))
    for _ in range(2):
        x, v = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
        kept = made.loss_and_gradients(parameters, x, v, workspace=workspace)
        new = made.loss_and_gradients(parameters, x, v)
        assert kept[0] == new[0]
        for one, two in zip(kept[1], new[1], strict=True):
            np.testing.assert_array_equal(one, two)
