"""Products of second order of models, by PyTorch's double backward."""

from dataclasses import replace
from itertools import product as product_of

import numpy as np
import torch
from general_models import MODELS
from models_in_torch import Evaluation

import symback
from symback.calculus.second import derive_second
from symback.model.equations import Role
from symback.model.language.sources import library_text

LEFT_OUT = {"gan-critic": ["a", "c"]}
"""Of a model that holds something fixed, what may be moved."""

OPEN = {name for name, text in MODELS.items() if "function" in text or "loss(" in text}


def stated(name):
    """A model of the library, or of the tests, with the direction that is asked for."""
    text = MODELS[name] if name in MODELS else library_text(name).partition("\nclaims")[0]
    read = symback.read_model(text)
    roles = (Role.PARAMETER, Role.INPUT)
    wanted = LEFT_OUT.get(name) or [q.name for q in read.given if q.role in roles]
    return replace(read, wanted=tuple(wanted))


def product(made, arrays, sizes, vector):
    """The Hessian by what is wanted, times a vector, by torch's double backward."""
    given = {n: torch.tensor(a) for n, a in arrays.items()}

    def loss(*moved):
        return Evaluation(
            made, {**given, **dict(zip(made.wanted, moved, strict=True))}, sizes
        ).loss()

    at = tuple(given[name] for name in made.wanted)
    along = tuple(torch.tensor(np.asarray(v)) for v in vector)
    return [a.numpy() for a in torch.autograd.functional.hvp(loss, at, along)[1]]


def drawn(made, arrays, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=np.shape(arrays[name])) for name in made.wanted]


CURVED = ["linear-regression", "matrix-factorisation", "rbf", "rnn", "softmax-regression", "vae"]
CURVED += ["gan-critic", "gan-generator", "infonce", "logistic-regression", "tied-autoencoder"]
CURVED += ["perceptron", "tied-embedding", "word2vec"]


def gauss_newton(made, arrays, sizes, vector):
    """J^T H J v by torch, where the outputs are those of the derivation."""
    outputs = derive_second(symback.derive(made), "gauss-newton").outputs
    given = {n: torch.tensor(a) for n, a in arrays.items()}

    def passed(*moved):
        at = Evaluation(made, {**given, **dict(zip(made.wanted, moved, strict=True))}, sizes)
        found = []
        for name in outputs:
            ranges = made.quantities[name].ranges
            axes = [range(at.index(r.first, {}), at.index(r.upper, {}) + 1) for r in ranges]
            entries = [torch.as_tensor(at.entry(name, place)) for place in product_of(*axes)]
            found.append(torch.stack(entries).reshape([len(axis) for axis in axes]))
        return tuple(found)

    def of_outputs(*values):
        return Evaluation(made, {**given, **dict(zip(outputs, values, strict=True))}, sizes).loss()

    at = tuple(given[name] for name in made.wanted)
    along = tuple(torch.tensor(np.asarray(v)) for v in vector)
    values, change = torch.autograd.functional.jvp(passed, at, along)
    values = tuple(v.detach() for v in values)
    curved = torch.autograd.functional.hvp(of_outputs, values, tuple(change))[1]
    return [a.numpy() for a in torch.autograd.functional.vjp(passed, at, tuple(curved))[1]]
