"""Hold every style and target to 60-digit values and to PyTorch, on random networks.

    python benchmarks/emission/full.py          # 200 networks, a few minutes
    python benchmarks/emission/full.py 20 7     # so many, from this seed

Every function and loss of the catalogue comes up, depths 1 to 6, batches of 1, 2 and 7, with and
without biases.  An array is right when its largest error is at most 1e-13 of its largest entry, or
of 1, against 60 digits, and 1e-12 against PyTorch.  What is not installed is left out, and the
counts say so.  The tests take a sample of the same comparison.
"""

from __future__ import annotations

import importlib.util
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import mpmath
import numpy as np
from sympy import Symbol

import symback
from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.emission import emit_loader
from symback.errors import InputError, TooLargeError
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.perceptron import FUNCTIONS

mp = mpmath.mp.clone()
mp.dps = 60

HIDDEN = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
FORMS = [
    ("readable", "numpy"),
    ("fast", "numpy"),
    ("scalar", "numpy"),
    ("readable", "array-api"),
    ("readable", "numba"),
]
NEEDS = {"array-api": "array_api_compat", "numba": "numba"}


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def normal(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


SELU, ALPHA = mp.mpf("1.0507009873554805"), mp.mpf("1.6732632423543772")
EXACT = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": mp.tanh,
    "relu": lambda z: max(z, mp.mpf(0)),
    "leaky-relu": lambda z: z if z > 0 else mp.mpf("0.01") * z,
    "elu": lambda z: z if z > 0 else mp.expm1(z),
    "selu": lambda z: SELU * (z if z > 0 else ALPHA * mp.expm1(z)),
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: z * normal(z),
    "gelu-tanh": lambda z: (
        z * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (z + mp.mpf("0.044715") * z**3))) / 2
    ),
    "mish": lambda z: z * mp.tanh(mp.log1p(mp.exp(z))),
    "hard-tanh": lambda z: min(max(z, mp.mpf(-1)), mp.mpf(1)),
    "sin": mp.sin,
}
TERMS = {
    "squared-error": lambda y, p, n: (y - p) ** 2,
    "half-squared-error": lambda y, p, n: (y - p) ** 2 / 2,
    "mean-squared-error": lambda y, p, n: (y - p) ** 2 / n,
    "mean-absolute-error": lambda y, p, n: abs(y - p) / n,
    "huber": lambda y, p, n: (y - p) ** 2 / 2 if abs(y - p) <= 1 else abs(y - p) - mp.mpf(1) / 2,
    "hinge": lambda y, p, n: max(mp.mpf(0), 1 - y * p),
    "cross-entropy": lambda y, p, n: -y * mp.log(p),
    "binary-cross-entropy": lambda y, p, n: -y * mp.log(p) - (1 - y) * mp.log(1 - p),
}


Z = Symbol("z", real=True)
KINKED = {
    "step": lambda z: mp.mpf(1 if z > 0 else 0),
    "positive": lambda z: max(z, mp.mpf(0)),
    "abs": abs,
    "sign": mp.sign,
    "clip": lambda z: min(max(z, mp.mpf(-1)), mp.mpf(1)),
}


def exactly(name):
    """A function in as many digits as are asked for; of a new one its formula is worked out."""
    if name not in EXACT:
        formula = parse_formula(ACTIVATIONS[name].formula, {"z": Z}, FUNCTIONS)
        EXACT[name] = lambda z: worked_out(formula, z)
    return EXACT[name]


def worked_out(formula, z):
    """A formula's value."""
    if formula == Z:
        return z
    if not formula.args:
        return mp.mpf(str(formula.evalf(70)))
    if isinstance(formula, Apply):
        name = formula.name
        function = KINKED.get(name) or getattr(mp, name, None) or exactly(name)
        return function(worked_out(formula.argument, z))
    values = [worked_out(part, z) for part in formula.args]
    if formula.is_Pow:
        return values[0] ** values[1]
    return mp.fsum(values) if formula.is_Add else mp.fprod(values)


def draw(random_):
    """A network with its batch size; what cannot be is drawn again."""
    while True:
        depth = random_.randint(1, 6)
        layers = [random_.randint(1, 4) for _ in range(depth + 1)]
        loss = random_.choice(list(LOSSES))
        output = {"cross-entropy": "softmax", "binary-cross-entropy": "sigmoid"}.get(loss)
        activations = [random_.choice(HIDDEN) for _ in range(depth - 1)]
        activations.append(output or random_.choice([*HIDDEN, "softmax"]))
        try:
            network = symback.Network(
                tuple(layers),
                tuple(activations),
                loss,
                bias=random_.random() < 0.7,
                batch=True,
                reduction=random_.choice(["mean", "sum"]),
            )
        except InputError:
            continue
        return network, random_.choice([1, 2, 7])


def exact(network, parameters, x, y):
    """Loss and gradients to 60 digits, by differences of the forward equations."""
    flat = [mp.mpf(float(v)) for array in parameters for v in array.ravel()]
    shapes = [array.shape for array in parameters]

    def loss(values):
        arrays, at = [], 0
        for shape in shapes:
            count = int(np.prod(shape))
            arrays.append(np.array(values[at : at + count], dtype=object).reshape(shape))
            at += count
        h = np.array([[mp.mpf(float(v)) for v in row] for row in x], dtype=object)
        step = 2 if network.bias else 1
        for layer, name in enumerate(network.activations):
            z = h.dot(arrays[step * layer])
            if network.bias:
                z = z + arrays[step * layer + 1]
            if name == "softmax":
                e = np.array([[mp.exp(v - max(row)) for v in row] for row in z], dtype=object)
                h = np.array([[v / sum(row) for v in row] for row in e], dtype=object)
            else:
                h = np.vectorize(exactly(name), otypes=[object])(z)
        n = h.shape[1]
        term = TERMS[network.loss]
        total = sum(
            term(mp.mpf(float(t)), p, n)
            for targets, row in zip(y, h, strict=True)
            for t, p in zip(targets, row, strict=True)
        )
        return total / len(x) if network.reduction == "mean" else total

    step = mp.mpf(10) ** -20
    slopes = []
    for i, value in enumerate(flat):
        up = loss([*flat[:i], value + step, *flat[i + 1 :]])
        down = loss([*flat[:i], value - step, *flat[i + 1 :]])
        slopes.append((up - down) / (2 * step))
    gradients, at = [], 0
    for shape in shapes:
        count = int(np.prod(shape))
        gradients.append(np.array(slopes[at : at + count], dtype=object).reshape(shape))
        at += count
    return loss(flat), gradients


def torch_gradients(network, parameters, x, y):
    """PyTorch's own gradients; None for a function that is new here."""
    import torch
    from torch.nn import functional as f

    functions = {
        "identity": lambda z: z,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky-relu": lambda z: f.leaky_relu(z, 0.01),
        "elu": f.elu,
        "selu": f.selu,
        "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
        "silu": f.silu,
        "gelu": f.gelu,
        "gelu-tanh": lambda z: f.gelu(z, approximate="tanh"),
        "mish": lambda z: z * torch.tanh(torch.logaddexp(z, torch.zeros_like(z))),
        "hard-tanh": f.hardtanh,
        "sin": torch.sin,
        "softmax": lambda z: torch.softmax(z, 1),
    }
    if not functions.keys() >= set(network.activations):
        return None
    arrays = [torch.tensor(p, requires_grad=True) for p in parameters]
    h, y = torch.tensor(x), torch.tensor(y)
    step = 2 if network.bias else 1
    for layer, name in enumerate(network.activations):
        z = h @ arrays[step * layer]
        if network.bias:
            z = z + arrays[step * layer + 1]
        h = functions[name](z)
    n = h.shape[1]
    each = {
        "squared-error": lambda: (y - h) ** 2,
        "half-squared-error": lambda: (y - h) ** 2 / 2,
        "mean-squared-error": lambda: (y - h) ** 2 / n,
        "mean-absolute-error": lambda: abs(y - h) / n,
        "huber": lambda: f.huber_loss(h, y, reduction="none"),
        "hinge": lambda: torch.relu(1 - y * h),
        "cross-entropy": lambda: -y * torch.log_softmax(z, 1),
        "binary-cross-entropy": lambda: f.binary_cross_entropy_with_logits(z, y, reduction="none"),
    }[network.loss]()
    total = each.sum() / len(x) if network.reduction == "mean" else each.sum()
    return [g.numpy() for g in torch.autograd.grad(total, arrays)]


def far_from_kinks(network, parameters, x, y):
    """Whether no unit and no output lies within 1e-6 of a kink, where no difference is right."""
    h, step = x, 2 if network.bias else 1
    places = {"relu": [0], "leaky-relu": [0], "elu": [0], "selu": [0], "hard-tanh": [-1, 1]}
    for layer, name in enumerate(network.activations):
        z = h @ parameters[step * layer] + (parameters[step * layer + 1] if network.bias else 0)
        if any(np.abs(z - kink).min() < 1e-6 for kink in places.get(name, [])):
            return False
        if name == "softmax":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            h = e / e.sum(axis=1, keepdims=True)
        else:
            function = exactly(name)
            each = np.vectorize(lambda v, f=function: float(f(mp.mpf(v))), otypes=[float])
            h = each(z)
    kinks = {"mean-absolute-error": [y - h], "hinge": [1 - y * h]}
    return all(np.abs(k).min() > 1e-6 for k in kinks.get(network.loss, []))


def installed(name):
    """Whether a package is there."""
    return importlib.util.find_spec(name) is not None


def modules(network):
    """Every style and target that this network can have on this machine."""
    for style, target in FORMS:
        if target in NEEDS and not installed(NEEDS[target]):
            continue
        try:
            yield f"{style}/{target}", symback.compile(network, style, target)
        except (InputError, TooLargeError):
            continue
    if shutil.which("cc") is not None:
        yield "readable/c", compiled_c(network)


def compiled_c(network):
    """The C file, compiled and loaded by the loader that stands beside it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "gradients.c").write_text(symback.emit(network, target="c"))
        path = Path(folder, "gradients_c.py")
        path.write_text(emit_loader(network, "gradients.c"))
        spec = importlib.util.spec_from_file_location(f"gradients_{Path(folder).name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def result(name, module, parameters, x, y):
    """Loss and gradients as arrays; the scalar style takes one sample."""
    if "scalar" not in name:
        return module.loss_and_gradients(module.Parameters(*parameters), x, y)
    plain = module.Parameters(*(p.tolist() for p in parameters))
    value, gradients = module.loss_and_gradients(plain, x[0].tolist(), y[0].tolist())
    return value, [np.array(g) for g in gradients]


def data(network, batch, seed):
    """Random parameters and samples, away from the kinks."""
    rng = np.random.default_rng(seed)
    while True:
        parameters = [rng.normal(size=s) for s in network.parameter_shapes.values()]
        x = rng.normal(size=(batch, network.layers[0]))
        y = rng.normal(size=(batch, network.layers[-1]))
        if "cross-entropy" in network.loss:
            y = rng.uniform(size=y.shape)
        if network.loss == "hinge":
            y = np.sign(y)
        if far_from_kinks(network, parameters, x, y):
            return parameters, x, y


def distance(own, right):
    """The largest difference of two arrays, divided by the largest entry of the second, or 1."""
    pairs = list(zip(np.ravel(own), np.ravel(right), strict=True))
    largest = max(1.0, *(abs(float(r)) for _, r in pairs))
    return max(abs(float(mp.mpf(float(o)) - r)) for o, r in pairs) / largest


def compare(network, batch, seed, made=None):
    """The largest error of each form, with the name of the witness; too large a one is refused."""
    parameters, x, y = data(network, batch, seed)
    value, right = exact(network, parameters, x, y)
    theirs = torch_gradients(network, parameters, x, y) if installed("torch") else None
    for name, module in made or modules(network):
        if "scalar" in name and batch > 1:
            continue
        loss, found = result(name, module, parameters, x, y)
        errors = [distance(own, true) for own, true in zip(found, right, strict=True)]
        errors.append(distance([loss], [value]))
        assert max(errors) <= 1e-13, (network, batch, name, "60 digits", errors)
        yield name, "60 digits", max(errors)
        if theirs is not None:
            errors = [distance(own, their) for own, their in zip(found, theirs, strict=True)]
            assert max(errors) <= 1e-12, (network, batch, name, "PyTorch", errors)
            yield name, "PyTorch", max(errors)


def main(count, seed):
    random_, checked, worst = random.Random(seed), Counter(), Counter()
    for _ in range(count):
        network, batch = draw(random_)
        for name, witness, error in compare(network, batch, random_.getrandbits(32)):
            checked[name, witness] += 1
            worst[name, witness] = max(worst[name, witness], error)
    print(f"{count} networks")
    for (name, witness), number in sorted(checked.items()):
        error = worst[name, witness]
        print(f"{name:20s} against {witness:10s} {number:4d} right, largest error {error:.1e}")


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*(arguments + [200, 0][len(arguments) :]))
