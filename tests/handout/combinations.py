"""Every notation once, and between them every function and loss, batches and weight decay.

Few handouts that have much: what goes wrong in one pair of these has gone wrong before.
"""

from __future__ import annotations

from functools import cache

from symback.calculus import Derivation, derive
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import Detail, Written, write_handout

COMBINATIONS = {
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
        notation=NOTATIONS[name],
    )
