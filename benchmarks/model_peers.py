"""The models of ``models.py`` as people write them in torch and JAX, and their bare products."""

from __future__ import annotations

import numpy as np

TAKES = 50, 32, 64, 128  # steps, batch, inputs, units


def torch_losses():
    """For each model a function of its arrays, in torch."""
    import torch
    from torch.nn import functional

    def through(kind):
        steps, _, inputs, units = TAKES
        net = getattr(torch.nn, kind)(inputs, units, batch_first=True).double()

        def loss(p, x, v):
            del p
            return (net(x)[0] * v).sum() / len(x)

        loss.parameters = lambda: [q for n, q in net.named_parameters() if "bias_hh" not in n]
        del steps
        return loss

    def conv2d(p, x, v):
        y = functional.conv2d(x, p["K"], p["b"], padding=1)
        return (y * v).sum() / len(x)

    def batch_norm(p, x, v):
        y = functional.batch_norm(x, None, None, p["gamma"], p["beta"], training=True)
        return (y * v).sum()

    def layer_norm(p, x, v):
        return (functional.layer_norm(x, x.shape[-1:], p["gamma"], p["beta"], 1e-5) * v).sum()

    def attention(p, x, v):
        q, k, w = x @ p["WQ"], x @ p["WK"], x @ p["WV"]
        return (functional.scaled_dot_product_attention(q, k, w) * v).sum() / len(x)

    def block(p, x, v):
        h = x + attention_of(p, functional.layer_norm(x, x.shape[-1:], p["g1"], p["b1"], 1e-5))
        n = functional.layer_norm(h, x.shape[-1:], p["g2"], p["b2"], 1e-5)
        y = h + torch.relu(n @ p["A"] + p["a"]) @ p["B"] + p["c"]
        return (y * v).sum() / len(x)

    def attention_of(p, n):
        q, k, w = n @ p["WQ"], n @ p["WK"], n @ p["WV"]
        return functional.scaled_dot_product_attention(q, k, w) @ p["WO"]

    return {
        "rnn": through("RNN"),
        "lstm": through("LSTM"),
        "gru": through("GRU"),
        "conv2d": conv2d,
        "batch-norm": batch_norm,
        "layer-norm": layer_norm,
        "attention": attention,
        "block": block,
    }


def jax_losses():
    """For each model a function of its arrays, in JAX, recurrences by ``lax.scan``."""
    import jax
    from jax import lax
    from jax import numpy as jnp

    def scanned(step, states):
        def loss(p, x, v):
            start = tuple(jnp.zeros((x.shape[0], TAKES[3]), x.dtype) for _ in range(states))
            _, h = lax.scan(lambda s, xt: step(p, s, xt), start, jnp.swapaxes(x, 0, 1))
            return (jnp.swapaxes(h, 0, 1) * v).sum() / x.shape[0]

        return loss

    def rnn(p, state, x):
        h = jnp.tanh(x @ p["W"] + state[0] @ p["U"] + p["b"])
        return (h,), h

    def lstm(p, state, x):
        h, c = state
        z = x @ p["W"] + h @ p["U"] + p["b"]
        i, f, o, g = jnp.split(z, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def gru(p, state, x):
        (h,) = state
        units = TAKES[3]
        z = x @ p["W"] + p["b"]
        ur = jax.nn.sigmoid(z[:, : 2 * units] + h @ p["U"][:, : 2 * units])
        u, r = ur[:, :units], ur[:, units:]
        n = jnp.tanh(z[:, 2 * units :] + (r * h) @ p["U"][:, 2 * units :])
        h = u * h + (1 - u) * n
        return (h,), h

    def conv2d(p, x, v):
        y = lax.conv(x, p["K"], (1, 1), "SAME") + p["b"][:, None, None]
        return (y * v).sum() / x.shape[0]

    def norm(x, axis):
        centred = x - x.mean(axis, keepdims=True)
        return centred / jnp.sqrt((centred**2).mean(axis, keepdims=True) + 1e-5)

    def batch_norm(p, x, v):
        return ((p["gamma"] * norm(x, 0) + p["beta"]) * v).sum()

    def layer_norm(p, x, v):
        return ((p["gamma"] * norm(x, -1) + p["beta"]) * v).sum()

    def attend(p, x):
        q, k, w = x @ p["WQ"], x @ p["WK"], x @ p["WV"]
        scores = q @ jnp.swapaxes(k, 1, 2) / q.shape[-1] ** 0.5
        return jax.nn.softmax(scores, axis=-1) @ w

    def attention(p, x, v):
        return (attend(p, x) * v).sum() / x.shape[0]

    def block(p, x, v):
        h = x + attend(p, p["g1"] * norm(x, -1) + p["b1"]) @ p["WO"]
        n = p["g2"] * norm(h, -1) + p["b2"]
        y = h + jax.nn.relu(n @ p["A"] + p["a"]) @ p["B"] + p["c"]
        return (y * v).sum() / x.shape[0]

    return {
        "rnn": scanned(rnn, 1),
        "lstm": scanned(lstm, 2),
        "gru": scanned(gru, 1),
        "conv2d": conv2d,
        "batch-norm": batch_norm,
        "layer-norm": layer_norm,
        "attention": attention,
        "block": block,
    }


def shapes(name):
    """The shapes of a model's parameters, as these peers name them, of ``x`` and of ``v``."""
    steps, batch, inputs, units = TAKES
    gates = {"rnn": 1, "lstm": 4, "gru": 3}.get(name)
    if gates:
        wide = gates * units
        p = {"W": (inputs, wide), "U": (units, wide), "b": (wide,)}
        return p, (batch, steps, inputs), (batch, steps, units)
    if name == "conv2d":
        return {"K": (16, 3, 3, 3), "b": (16,)}, (16, 3, 32, 32), (16, 16, 32, 32)
    if name in ("batch-norm", "layer-norm"):
        return {"gamma": (512,), "beta": (512,)}, (256, 512), (256, 512)
    p = dict.fromkeys(("WQ", "WK", "WV"), (64, 64))
    if name == "block":
        p |= {"WO": (64, 64), "g1": (64,), "b1": (64,), "g2": (64,), "b2": (64,)}
        p |= {"A": (64, 256), "a": (256,), "B": (256, 64), "c": (64,)}
    return p, (8, 64, 64), (8, 64, 64)


def products(name):
    """The bare products of a model: pairs of shapes, with how often each is needed."""
    steps, batch, inputs, units = TAKES
    gates = {"rnn": 1, "lstm": 4, "gru": 3}.get(name)
    rows = batch * steps
    if gates:
        wide = gates * units
        return [
            ((rows, inputs), (inputs, wide), 1),
            ((batch, units), (units, wide), steps),
            ((batch, wide), (wide, units), steps),
            ((inputs, rows), (rows, wide), 1),
            ((units, rows), (rows, wide), 1),
        ]
    if name == "conv2d":
        return [((16, 27), (27, 16 * 1024), 1), ((16, 16 * 1024), (16 * 1024, 27), 1)]
    if name in ("batch-norm", "layer-norm"):
        return []
    heads = [((64, 64), (64, 64), 8 * 6)]
    linear = [((512, 64), (64, 64), 9)] if name == "block" else [((512, 64), (64, 64), 6)]
    if name == "block":
        linear += [((512, 64), (64, 256), 4), ((64, 512), (512, 256), 2)]
        linear += [((512, 64), (64, 64), 6)]
    return heads + linear


def arrays(name, seed=1):
    """Random arrays of these shapes."""
    rng = np.random.default_rng(seed)
    p, x, v = shapes(name)
    drawn = {n: rng.normal(size=s) * 0.1 for n, s in p.items()}
    return drawn, rng.normal(size=x), rng.normal(size=v)
