"""The same work by hand and in other people's frameworks, each as its users write it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy import add, divide, dot, exp, log, maximum, multiply, subtract, tanh, vdot


class Work:
    """One row of the table: parameters W1, b1, W2, b2, … and a batch."""

    def __init__(self, layers, batch):
        rng = np.random.default_rng(0)
        self.layers = layers
        self.parameters = []
        for source, target in pairwise(layers):
            self.parameters.append(rng.normal(size=(source, target)) / source**0.5)
            self.parameters.append(np.zeros(target))
        self.x = rng.normal(size=(batch, layers[0]))
        self.y = rng.dirichlet(np.ones(layers[-1]), size=batch)


def plain_by_hand(work):
    """NumPy as one writes it down: a new array for every result."""
    parameters, x, y = work.parameters, work.x, work.y

    def run():
        weights, biases = parameters[::2], parameters[1::2]
        units = [x]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            units.append(np.tanh(units[-1] @ w + b))
        z = units[-1] @ weights[-1] + biases[-1]
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = -(y * (z - np.log(total))).sum() / len(x)
        delta = (e / total - y) / len(x)
        gradients = []
        for i in reversed(range(len(weights))):
            gradients += [delta.sum(axis=0), units[i].T @ delta]
            if i:
                delta = (delta @ weights[i].T) * (1 - units[i] ** 2)
        return float(loss), gradients[::-1]

    return run


def preallocated_by_hand(work):
    """NumPy with ``out=`` throughout, views made once, sums over samples as products with ones."""
    x, y = work.x, work.y
    weights, biases = work.parameters[::2], work.parameters[1::2]
    batch, depth = len(x), len(weights)
    units = [x, *(np.empty((batch, n)) for n in work.layers[1:])]
    deltas = [np.empty((batch, n)) for n in work.layers]
    slopes = [np.empty((batch, n)) for n in work.layers]
    turned, back = [u.T for u in units], [w.T for w in weights]
    gw, gb = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in biases]
    top, total = np.empty((batch, 1)), np.empty((batch, 1))
    e, ones = np.empty((batch, work.layers[-1])), np.ones(batch)
    one, share = np.array(1.0), np.array(1.0 / batch)

    def run():
        for i in range(depth):
            z = units[i + 1]
            dot(units[i], weights[i], out=z)
            add(z, biases[i], out=z)
            if i < depth - 1:
                tanh(z, out=z)
        maximum.reduce(z, axis=1, keepdims=True, out=top)
        subtract(z, top, out=z)
        exp(z, out=e)
        add.reduce(e, axis=1, keepdims=True, out=total)
        delta = deltas[depth]
        divide(e, total, out=delta)
        log(total, out=total)
        loss = (add.reduce(total, axis=None) - vdot(y, z)) / batch
        subtract(delta, y, out=delta)
        multiply(delta, share, out=delta)
        for i in range(depth - 1, -1, -1):
            delta = deltas[i + 1]
            dot(turned[i], delta, out=gw[i])
            dot(ones, delta, out=gb[i])
            if i:
                below, slope = deltas[i], slopes[i]
                dot(delta, back[i], out=below)
                multiply(units[i], units[i], out=slope)
                subtract(one, slope, out=slope)
                multiply(below, slope, out=below)
        return float(loss), gw, gb

    return run


def folded_by_hand(work):
    """The bias as one more row of the weights, in arrays that are made so once."""
    return _folded(work, in_blocks=False)


def folded_in_blocks_by_hand(work):
    """The same with tanh as ``1 - 2/(exp(2z) + 1)``, in blocks of rows that stay in the cache."""
    return _folded(work, in_blocks=True)


def _folded(work, *, in_blocks):
    x, y = work.x, work.y
    batch, layers = len(x), work.layers
    depth = len(layers) - 1
    pairs = zip(work.parameters[::2], work.parameters[1::2], strict=True)
    folded = [np.vstack([w, b]) for w, b in pairs]
    back = [p[:-1].T for p in folded]
    units = [np.ones((batch, n + 1)) for n in layers[:-1]]
    units[0][:, :-1] = x
    turned, inner = [u.T for u in units], [u[:, :-1] for u in units]
    z, deltas = ([np.empty((batch, n)) for n in layers[1:]] for _ in range(2))
    grads = [np.empty_like(p) for p in folded]
    gw, gb = [g[:-1] for g in grads], [g[-1] for g in grads]
    top, total = np.empty((batch, 1)), np.empty((batch, 1))
    e = np.empty((batch, layers[-1]))
    one, two, share = np.array(1.0), np.array(2.0), np.array(1.0 / batch)
    rows = max(1, 16384 // max(layers[1:-1])) if in_blocks else batch
    blocks = [slice(i, i + rows) for i in range(0, batch, rows)]

    def run():
        for i in range(depth - 1):
            dot(units[i], folded[i], out=z[i])
            if not in_blocks:
                tanh(z[i], out=inner[i + 1])
                continue
            for block in blocks:
                part = z[i][block]
                add(part, part, out=part)
                exp(part, out=part)
                add(part, one, out=part)
                divide(two, part, out=part)
                subtract(one, part, out=inner[i + 1][block])
        last = z[-1]
        dot(units[-1], folded[-1], out=last)
        maximum.reduce(last, axis=1, keepdims=True, out=top)
        subtract(last, top, out=last)
        exp(last, out=e)
        add.reduce(e, axis=1, keepdims=True, out=total)
        delta = deltas[-1]
        divide(e, total, out=delta)
        subtract(delta, y, out=delta)
        multiply(delta, share, out=delta)
        log(total, out=total)
        loss = (add.reduce(total, axis=None) - vdot(y, last)) / batch
        for i in range(depth - 1, -1, -1):
            dot(turned[i], deltas[i], out=grads[i])
            if i:
                below, slope, h = deltas[i - 1], z[i - 1], inner[i]
                dot(deltas[i], back[i], out=below)
                for block in blocks:
                    multiply(h[block], h[block], out=slope[block])
                    subtract(one, slope[block], out=slope[block])
                    multiply(below[block], slope[block], out=below[block])
        return float(loss), gw, gb

    return run


def numba_by_hand(work):
    """One compiled function, with NumPy's products inside and loops between them."""
    import math

    from numba import njit

    if len(work.layers) != 3:
        raise ImportError("written for one hidden layer")

    @njit(fastmath=False)
    def step(w1, b1, w2, b2, x, y, h, p, d1, gw1, gb1, gw2, gb2):
        batch, hidden, outputs = len(x), len(b1), len(b2)
        np.dot(x, w1, h)
        for s in range(batch):
            for k in range(hidden):
                h[s, k] = math.tanh(h[s, k] + b1[k])
        np.dot(h, w2, p)
        loss = 0.0
        gb2[:] = 0.0
        for s in range(batch):
            top = -np.inf
            for k in range(outputs):
                p[s, k] += b2[k]
                top = max(top, p[s, k])
            total = 0.0
            for k in range(outputs):
                loss -= y[s, k] * (p[s, k] - top)
                p[s, k] = math.exp(p[s, k] - top)
                total += p[s, k]
            loss += math.log(total)
            for k in range(outputs):
                p[s, k] = (p[s, k] / total - y[s, k]) / batch
                gb2[k] += p[s, k]
        np.dot(h.T, p, gw2)
        np.dot(p, w2.T, d1)
        gb1[:] = 0.0
        for s in range(batch):
            for k in range(hidden):
                d1[s, k] *= 1.0 - h[s, k] * h[s, k]
                gb1[k] += d1[s, k]
        np.dot(x.T, d1, gw1)
        return loss / batch

    batch, layers = len(work.x), work.layers
    places = [np.empty((batch, n)) for n in (layers[1], layers[2], layers[1])]
    grads = [np.empty_like(p) for p in work.parameters]
    given = (*work.parameters, work.x, work.y, *places, *grads)
    return lambda: step(*given)


_C_BY_HAND = """
#include <math.h>
#include <string.h>
enum {I = %d, K = %d, O = %d};
typedef struct {
    const double *w1, *b1, *w2, *b2, *x, *y;
    double *gw1, *gb1, *gw2, *gb2;
    long batch;
} Work;
double step(const Work *w) {
    double loss = 0, share = 1.0 / w->batch;
    double gw1[I][K] = {{0}}, gb1[K] = {0}, gw2[K][O] = {{0}}, gb2[O] = {0};
    for (long s = 0; s < w->batch; s++) {
        const double *x = w->x + s * I, *y = w->y + s * O;
        double h[K], z[O], d[O], top = -HUGE_VAL, total = 0;
        for (int k = 0; k < K; k++) h[k] = w->b1[k];
        for (int i = 0; i < I; i++)
            for (int k = 0; k < K; k++) h[k] += x[i] * w->w1[i * K + k];
        for (int k = 0; k < K; k++) h[k] = tanh(h[k]);
        for (int o = 0; o < O; o++) z[o] = w->b2[o];
        for (int k = 0; k < K; k++)
            for (int o = 0; o < O; o++) z[o] += h[k] * w->w2[k * O + o];
        for (int o = 0; o < O; o++) top = z[o] > top ? z[o] : top;
        for (int o = 0; o < O; o++) {
            z[o] -= top;
            total += d[o] = exp(z[o]);
            loss -= y[o] * z[o];
        }
        loss += log(total);
        for (int o = 0; o < O; o++) {
            d[o] = (d[o] / total - y[o]) * share;
            gb2[o] += d[o];
        }
        for (int k = 0; k < K; k++) {
            double back = 0;
            for (int o = 0; o < O; o++) {
                gw2[k][o] += h[k] * d[o];
                back += d[o] * w->w2[k * O + o];
            }
            back *= 1 - h[k] * h[k];
            gb1[k] += back;
            for (int i = 0; i < I; i++) gw1[i][k] += x[i] * back;
        }
    }
    memcpy(w->gw1, gw1, sizeof gw1);
    memcpy(w->gb1, gb1, sizeof gb1);
    memcpy(w->gw2, gw2, sizeof gw2);
    memcpy(w->gb2, gb2, sizeof gb2);
    return loss * share;
}
"""


def c_by_hand(work):
    """One function in C for narrow layers, called by ctypes with a task that was made before."""
    import ctypes
    import subprocess
    import tempfile
    from pathlib import Path

    if len(work.layers) != 3 or max(work.layers) > 16:
        raise ImportError("written for one narrow layer")
    folder = Path(tempfile.mkdtemp())
    (folder / "step.c").write_text(_C_BY_HAND % tuple(work.layers))
    flags = ["-std=c99", "-O3", "-march=native", "-shared", "-fPIC"]
    command = ["cc", *flags, str(folder / "step.c"), "-o", str(folder / "step.so"), "-lm"]
    subprocess.run(command, check=True)
    step = ctypes.CDLL(str(folder / "step.so")).step
    step.restype = ctypes.c_double
    gradients = [np.empty_like(p) for p in work.parameters]
    arrays = [*work.parameters, work.x, work.y, *gradients]

    class Task(ctypes.Structure):
        _fields_ = [(f"p{i}", ctypes.c_void_p) for i in range(len(arrays))]
        _fields_ += [("batch", ctypes.c_long)]

    task = ctypes.byref(Task(*(a.ctypes.data for a in arrays), len(work.x)))
    return lambda: (step(task), gradients)


def _torch_parts(work):
    import torch

    torch.set_num_threads(1)
    parameters = [torch.tensor(p, requires_grad=True) for p in work.parameters]
    x, y = torch.tensor(work.x), torch.tensor(work.y)

    def loss(parameters, x, y):
        h = x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = torch.tanh(torch.addmm(b, h, w))
        z = torch.addmm(parameters[-1], h, parameters[-2])
        return torch.nn.functional.cross_entropy(z, y)

    return torch, parameters, x, y, loss


def torch_eager(work):
    torch, parameters, x, y, loss = _torch_parts(work)

    def run():
        value = loss(parameters, x, y)
        return value, torch.autograd.grad(value, parameters)

    return run


def torch_compiled(work):
    torch, parameters, x, y, loss = _torch_parts(work)
    compiled = torch.compile(loss)

    def run():
        value = compiled(parameters, x, y)
        return value, torch.autograd.grad(value, parameters)

    return run


def jax_jit(work):
    import jax

    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy

    def loss(parameters, x, y):
        h = x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = jnp.tanh(h @ w + b)
        z = h @ parameters[-2] + parameters[-1]
        return -(y * jax.nn.log_softmax(z)).sum() / x.shape[0]

    compiled = jax.jit(jax.value_and_grad(loss))
    parameters = [jnp.asarray(p) for p in work.parameters]
    x, y = jnp.asarray(work.x), jnp.asarray(work.y)
    return lambda: jax.block_until_ready(compiled(parameters, x, y))


def pytensor_compiled(work):
    import pytensor
    import pytensor.tensor as pt

    variables = [pytensor.shared(p, borrow=True) for p in work.parameters]
    x, y = pytensor.shared(work.x, borrow=True), pytensor.shared(work.y, borrow=True)
    h = x
    for w, b in zip(variables[:-2:2], variables[1:-2:2], strict=True):
        h = pt.tanh(h @ w + b)
    z = h @ variables[-2] + variables[-1]
    loss = -(y * pt.special.log_softmax(z, axis=1)).sum() / len(work.x)
    function = pytensor.function([], [loss, *pytensor.grad(loss, variables)], trust_input=True)
    return lambda: function()


def scikit_learn(work):
    from sklearn.neural_network import MLPClassifier

    classes = work.layers[-1]
    if len(work.x) < classes:
        raise ImportError("scikit-learn wants every class in the batch")
    model = MLPClassifier(work.layers[1:-1], activation="tanh", alpha=0.0, max_iter=1)
    model.partial_fit(work.x, np.arange(len(work.x)) % classes, classes=np.arange(classes))
    model.coefs_, model.intercepts_ = list(work.parameters[::2]), list(work.parameters[1::2])
    batch = len(work.x)
    units = [work.x, *(np.empty((batch, n)) for n in work.layers[1:])]
    deltas = [np.empty_like(u) for u in units[1:]]
    grads = [np.empty_like(w) for w in model.coefs_]
    biases = [np.empty_like(b) for b in model.intercepts_]
    y = work.y

    def run():
        # The method's arguments have changed over the versions.
        return model._backprop(work.x, y, *extra, units, deltas, grads, biases)

    import inspect

    extra = [None] * ("sample_weight" in inspect.signature(model._backprop).parameters)
    return run


def autograd(work):
    import autograd.numpy as anp
    from autograd import value_and_grad

    def loss(parameters):
        h = work.x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = anp.tanh(anp.dot(h, w) + b)
        z = anp.dot(h, parameters[-2]) + parameters[-1]
        z = z - anp.max(z, axis=1, keepdims=True)
        return -anp.sum(work.y * (z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True)))) / len(z)

    function = value_and_grad(loss)
    return lambda: function(work.parameters)


def casadi(work):
    import casadi as ca

    if sum(p.size for p in work.parameters) > 50_000:
        raise ImportError("the graph of single numbers would be too large")
    symbols = [ca.SX.sym(f"p{i}", *np.atleast_2d(p).shape) for i, p in enumerate(work.parameters)]
    x, y = ca.SX.sym("x", *work.x.shape), ca.SX.sym("y", *work.y.shape)
    batch = len(work.x)

    def spread(b):
        return ca.repmat(b, batch, 1)

    h = x
    for w, b in zip(symbols[:-2:2], symbols[1:-2:2], strict=True):
        h = ca.tanh(h @ w + spread(b))
    z = h @ symbols[-2] + spread(symbols[-1])
    loss = 0
    for s in range(batch):
        row = z[s, :]
        loss -= ca.dot(y[s, :], row - ca.logsumexp(row.T)) / batch
    function = ca.Function(
        "gradients", [*symbols, x, y], [loss, *(ca.gradient(loss, p) for p in symbols)]
    )
    buffer, run = function.buffer()
    given = [p.ravel(order="F").copy() for p in [*work.parameters, work.x, work.y]]
    results = [np.zeros(function.nnz_out(i)) for i in range(function.n_out())]
    for i, array in enumerate(given):
        buffer.set_arg(i, memoryview(array))
    for i, array in enumerate(results):
        buffer.set_res(i, memoryview(array))
    _KEPT.append((buffer, given, results))
    return run


_KEPT: list[object] = []

OTHERS = {
    "plain NumPy by hand": plain_by_hand,
    "preallocated by hand": preallocated_by_hand,
    "folded by hand": folded_by_hand,
    "folded, in blocks": folded_in_blocks_by_hand,
    "numba by hand": numba_by_hand,
    "C by hand": c_by_hand,
    "torch": torch_eager,
    "torch.compile": torch_compiled,
    "jax.jit": jax_jit,
    "PyTensor": pytensor_compiled,
    "scikit-learn": scikit_learn,
    "autograd": autograd,
    "CasADi": casadi,
}
