"""Arguments for emitted modules of models, and how what they return is compared."""

import random

import numpy as np
from sympy import Integer

from symback.emission.indexed.interface import allowed
from symback.model.equations import Role, size_symbol


def some_sizes(made, seed):
    """Sizes that a model allows."""
    draw = random.Random(seed)
    while True:
        sizes = {name: draw.randint(1, 5) for name in made.size_names}
        if allowed(made, sizes):
            return sizes


def some_arrays(made, sizes, seed):
    """Random arguments by name, parameters first and the rest in the order of the contract."""
    numbers = {size_symbol(name): Integer(n) for name, n in sizes.items()}
    rng = np.random.default_rng(seed)
    roles = (Role.PARAMETER, Role.INPUT, Role.TARGET, Role.CONSTANT, Role.INTEGER)
    arrays = {}
    for quantity in (q for role in roles for q in made.given if q.role is role):
        shape = tuple(int((r.upper - r.first + 1).xreplace(numbers)) for r in quantity.ranges)
        if quantity.role is Role.INTEGER:
            count = int(quantity.counts.xreplace(numbers))
            arrays[quantity.name] = rng.integers(0, count, shape)
        else:
            low = 0.2 if quantity.is_positive else -1.0
            arrays[quantity.name] = rng.uniform(low, 1.0, shape)
    return arrays


def called(module, made, arrays, sizes, style="readable"):
    """What a module returns for these arguments."""
    values = [a.tolist() if style == "scalar" else a for a in arrays.values()]
    count = len(made.parameters)
    said = {name: n for name, n in sizes.items() if name not in shown(made)}
    return module.loss_and_gradients(module.Parameters(*values[:count]), *values[count:], **said)


def shown(made):
    """The sizes that a shape shows."""
    return {
        str(s) for q in made.given for r in q.ranges for s in (r.upper - r.first + 1).free_symbols
    }


def apart(found, right):
    """The largest difference, in units of the largest entry or 1."""
    return max(
        np.abs(np.asarray(a) - b).max(initial=0.0) / max(1.0, np.abs(b).max(initial=0.0))
        if np.shape(a) == b.shape
        else np.inf
        for a, b in zip(found, right, strict=True)
    )
