"""The same work by hand and in other people's frameworks, each as its users write it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


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
    """NumPy with ``out=`` throughout."""
    parameters, x, y = work.parameters, work.x, work.y
    weights, biases = parameters[::2], parameters[1::2]
    batch, depth = len(x), len(weights)
    units = [x, *(np.empty((batch, n)) for n in work.layers[1:])]
    deltas = [np.empty((batch, n)) for n in work.layers]
    slopes = [np.empty((batch, n)) for n in work.layers]
    gw, gb = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in biases]
    top, total = np.empty((batch, 1)), np.empty((batch, 1))
    e = np.empty((batch, work.layers[-1]))

    def run():
        for i in range(depth):
            z = units[i + 1]
            np.dot(units[i], weights[i], out=z)
            np.add(z, biases[i], out=z)
            if i < depth - 1:
                np.tanh(z, out=z)
        np.maximum.reduce(z, axis=1, keepdims=True, out=top)
        np.subtract(z, top, out=z)
        np.exp(z, out=e)
        np.add.reduce(e, axis=1, keepdims=True, out=total)
        delta = deltas[depth]
        np.divide(e, total, out=delta)
        np.log(total, out=total)
        np.subtract(z, total, out=z)
        loss = -np.vdot(y, z) / batch
        np.subtract(delta, y, out=delta)
        np.divide(delta, batch, out=delta)
        for i in reversed(range(depth)):
            np.dot(units[i].T, deltas[i + 1], out=gw[i])
            np.add.reduce(deltas[i + 1], axis=0, out=gb[i])
            if i:
                np.dot(deltas[i + 1], weights[i].T, out=deltas[i])
                np.multiply(units[i], units[i], out=slopes[i])
                np.subtract(1.0, slopes[i], out=slopes[i])
                np.multiply(deltas[i], slopes[i], out=deltas[i])
        return float(loss), gw, gb

    return run


@np.errstate(over="ignore")
def slope_of_tanh(z):
    """What keeps its digits where tanh is near 1, and allocates one array."""
    slope = np.cosh(z)
    slope *= slope
    slope **= -1
    return slope


def same_by_hand(work):
    """What the readable style says, by hand: right for all targets and for large z; no checks."""
    parameters, x, y = work.parameters, work.x, work.y

    def run():
        weights, biases = parameters[::2], parameters[1::2]
        batch, inner, units = len(x), [], [x]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            inner.append(units[-1] @ w + b)
            units.append(np.tanh(inner[-1]))
        z = units[-1] @ weights[-1] + biases[-1]
        shifted = z - z.max(axis=-1, keepdims=True)
        e = np.exp(shifted)
        total = e.sum(axis=-1, keepdims=True)
        p, log_p = e / total, shifted - np.log(total)
        loss = (-(y * log_p).sum(axis=1)).sum() / batch
        delta = (p * y.sum(axis=1, keepdims=True) - y) / batch
        gradients = []
        for i in reversed(range(len(weights))):
            gradients += [delta.sum(axis=0), units[i].T @ delta]
            if i:
                delta = (delta @ weights[i].T) * slope_of_tanh(inner[i - 1])
        return float(loss), gradients[::-1]

    return run


def same_preallocated_by_hand(work):
    """What the fast style says, by hand, with ``out=`` throughout and no checks."""
    parameters, x, y = work.parameters, work.x, work.y
    weights, biases = parameters[::2], parameters[1::2]
    batch, depth = len(x), len(weights)
    inner = [np.empty((batch, n)) for n in work.layers]
    units = [x, *(np.empty((batch, n)) for n in work.layers[1:])]
    deltas = [np.empty((batch, n)) for n in work.layers]
    gw, gb = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in biases]
    top, total, mass = (np.empty((batch, 1)) for _ in range(3))
    e = np.empty((batch, work.layers[-1]))
    ones = np.ones(batch)

    def run():
        for i in range(depth):
            z = inner[i + 1]
            np.dot(units[i], weights[i], out=z)
            np.add(z, biases[i], out=z)
            if i < depth - 1:
                np.tanh(z, out=units[i + 1])
        np.maximum.reduce(z, axis=1, keepdims=True, out=top)
        np.subtract(z, top, out=z)
        np.exp(z, out=e)
        np.add.reduce(e, axis=1, keepdims=True, out=total)
        delta = deltas[depth]
        np.divide(e, total, out=delta)
        np.log(total, out=total)
        np.subtract(z, total, out=z)
        loss = -np.vdot(y, z) / batch
        np.add.reduce(y, axis=1, keepdims=True, out=mass)
        np.multiply(delta, mass, out=delta)
        np.subtract(delta, y, out=delta)
        np.divide(delta, batch, out=delta)
        for i in reversed(range(depth)):
            np.dot(units[i].T, deltas[i + 1], out=gw[i])
            np.dot(ones, deltas[i + 1], out=gb[i])
            if i:
                np.dot(deltas[i + 1], weights[i].T, out=deltas[i])
                z = inner[i]
                np.absolute(z, out=z)
                np.minimum(z, 347.0, out=z)
                np.cosh(z, out=z)
                np.square(z, out=z)
                np.divide(deltas[i], z, out=deltas[i])
        return float(loss), gw, gb

    return run


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
    "readable's, by hand": same_by_hand,
    "fast's, by hand": same_preallocated_by_hand,
    "torch": torch_eager,
    "torch.compile": torch_compiled,
    "jax.jit": jax_jit,
    "PyTensor": pytensor_compiled,
    "scikit-learn": scikit_learn,
    "autograd": autograd,
    "CasADi": casadi,
}
