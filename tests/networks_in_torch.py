"""Random networks, and their outputs and losses in PyTorch."""

import random

import numpy as np
import torch

from symback import Network

F = torch.nn.functional

FUNCTIONS = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "sin": torch.sin,
    "elu": F.elu,
    "identity": lambda z: z,
    "x*sigmoid(x)": F.silu,
}
LOSSES = {
    "squared-error": (["identity", "tanh"], lambda y, z, a: ((y - a) ** 2).sum(1)),
    "half-squared-error": (["identity", "sigmoid"], lambda y, z, a: ((y - a) ** 2).sum(1) / 2),
    "cross-entropy": (["softmax"], lambda y, z, a: -(y * F.log_softmax(z, 1)).sum(1)),
    "binary-cross-entropy": (
        ["sigmoid"],
        lambda y, z, a: F.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1),
    ),
}


def drawn(seed):
    rng = random.Random(seed)
    loss = rng.choice(sorted(LOSSES))
    depth = rng.randint(1, 3)
    layers = tuple(rng.randint(2, 4) for _ in range(depth + 1))
    hidden = [rng.choice(sorted(FUNCTIONS)) for _ in range(depth - 1)]
    decay = rng.choice([0.0, 0.1])
    functions = (*hidden, rng.choice(LOSSES[loss][0]))
    return Network(layers, functions, loss, bias=rng.random() < 0.8, weight_decay=decay)


def passes(network, parameters, x):
    """Last pre-activations and outputs."""
    given = dict(zip(network.parameter_shapes, parameters, strict=True))
    a = x
    for layer, function in enumerate(network.activations, 1):
        z = a @ given[f"W{layer}"] + given.get(f"b{layer}", 0.0)
        a = torch.softmax(z, 1) if function == "softmax" else FUNCTIONS[function](z)
    return z, a


def loss(network, parameters, x, y):
    z, a = passes(network, parameters, x)
    value = LOSSES[network.loss][1](y, z, a).mean()
    names = network.parameter_shapes
    squares = [(p**2).sum() for n, p in zip(names, parameters, strict=True) if n.startswith("W")]
    return value + network.weight_decay / 2 * sum(squares)


def data(network, seed=3):
    rng = np.random.default_rng(seed)
    arrays = [[rng.normal(size=s) for s in network.parameter_shapes.values()] for _ in range(3)]
    x = rng.normal(size=(4, network.layers[0]))
    return *arrays, x, rng.uniform(size=(4, network.layers[-1]))
