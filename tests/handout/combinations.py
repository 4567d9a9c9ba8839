"""Every notation once, and between them every function and loss, batches and weight decay.

Few handouts that have much: what goes wrong in one pair of these has gone wrong before.  What a
catalogue gains has one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from symback.calculus import Derivation, derive
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.notation import FOUNDING, NOTATIONS, Notation
from symback.rendering.handout import Detail, Written, write_handout

_CHOSEN = {
    "founding": Network((2, 3, 2, 2), ("leaky-relu", "gelu-tanh", "identity"), "huber", batch=True),
    "nielsen": Network((2, 3, 2, 1), ("selu", "mish", "sigmoid"), "binary-cross-entropy",
                       batch=True, weight_decay=0.1),
    "bishop": Network((3, 4, 2), ("relu", "softmax"), "cross-entropy", batch=True),
    "deeplearning.ai": Network((2, 3, 2), ("hard-tanh", "softplus"), "mean-absolute-error",
                               batch=True, reduction="sum"),
    "ufldl": Network((2, 3, 3, 2), ("silu", "elu", "tanh"), "half-squared-error", batch=True,
                     weight_decay=0.1),
    "mazur": Network((2, 3, 2), ("f", "softmax"), "mean-squared-error", batch=True),
    "row-vector": Network((12, 11, 1), ("gelu", "sin"), "hinge", bias=False),
    "goodfellow": Network((2, 4, 2), ("x/(1+x**2)", "sqrt(1+x**2)-1"), "squared-error"),
}  # fmt: skip


def _more() -> Iterator[tuple[str, Network]]:
    """A network for each notation, function and loss that the chosen ones do not have."""
    functions = {name for network in _CHOSEN.values() for name in network.activations}
    losses = {network.loss for network in _CHOSEN.values()}
    for name in NOTATIONS.keys() - _CHOSEN:
        yield name, Network((2, 3, 2), batch=True)
    for name in ACTIVATIONS.keys() - functions:
        pair = (name, "identity") if ACTIVATIONS[name].elementwise else ("tanh", name)
        yield name, Network((2, 3, 2), pair, "half-squared-error")
    for name in LOSSES.keys() - losses:
        yield name, Network((2, 3, 2), ("tanh", (LOSSES[name].outputs or ("identity",))[0]), name)


COMBINATIONS = {**_CHOSEN, **dict(sorted(_more()))}


def notation_of(name: str) -> Notation:
    """In which notation one of them is written."""
    return NOTATIONS.get(name, FOUNDING)


@cache
def derived(name: str) -> Derivation:
    """The derivation of one of them, which all formats share."""
    return derive(COMBINATIONS[name])


@cache
def combination(format: str, name: str) -> Written:
    """A handout in a notation, in full, with nothing proved."""
    return write_handout(
        format,
        derivation=derived(name),
        report=None,
        detail=Detail.FULL,
        notation=notation_of(name),
    )
