"""Handouts that several tests read, each written once."""

from __future__ import annotations

from functools import cache

from symback.calculus import derive
from symback.model.network import Network
from symback.rendering.handout import entries_for, write_handout
from symback.verification import verify

NETWORKS = {
    "generic": {"layers": (2, 2, 2)},
    "regression": {
        "layers": (2, 3, 1), "activations": ("tanh", "sigmoid"), "loss": "half-squared-error",
    },
    "classifier": {
        "layers": (3, 4, 2), "activations": ("relu", "softmax"), "loss": "cross-entropy",
    },
    "wide": {"layers": (784, 128, 10)},
    "deep": {"layers": (2, 3, 2, 1), "activations": ("tanh", "elu", "g"), "bias": False},
}  # fmt: skip


@cache
def proved(name, detail="standard"):
    derivation = derive(Network(**NETWORKS[name]))
    entries = entries_for(derivation, detail, None)
    units = [derivation.unit(array, *at) for array, at in entries]
    return derivation, verify(derivation, units, numbers=False)


@cache
def handout(format, name="generic", detail="standard", **options):
    derivation, report = proved(name, detail)
    return write_handout(format, derivation=derivation, report=report, detail=detail, **options)


@cache
def text(format, name="generic", detail="standard", **options):
    return handout(format, name, detail, **options).content.decode()
