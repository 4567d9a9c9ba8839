"""What an emitted module says of itself in words."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from symback.emission.layout import paragraph
from symback.emission.program import Program
from symback.version import __version__

if TYPE_CHECKING:
    from symback.model.network import Network

__all__ = ["explanation", "loss_meaning", "title"]


def title(program: Program) -> str:
    """The first line of a module."""
    network = program.network
    if network is None:
        return "Loss and gradients of a network given by its equations."
    return f"Loss and gradients of a {'-'.join(map(str, network.layers))} network."


def explanation(program: Program, exact: bool, one_sample: bool) -> str:
    """What the module says of itself below its first line.

    Args:
        program: what is emitted.
        exact: whether it checks itself by complex steps, and not by differences.
        one_sample: whether it takes one sample at a time.
    """
    network = program.network
    sentences: list[str] = []
    if network is not None:
        biases = "" if network.bias else "; no biases"
        sentences.append(
            f"Activations {', '.join(network.activations)}; loss {network.loss}{biases}."
        )
        sentences += _at_kinks(network)
    if program.samples is not None:
        if not one_sample:
            how = _reduction(program)
            sentences.append(f"Rows of x are samples; the loss is the {how} over them.")
        sentences.append(
            "Wl has shape (units below, units above): a layer is x @ W1 + b1. "
            "deltas are gradients with respect to pre-activations."
        )
    lines = paragraph(" ".join(sentences))
    way = "derivatives by complex steps" if exact else "central differences of its loss"
    lines += [
        "",
        *paragraph(
            "Each statement is the equation of the derivation whose number stands beside it. "
            f"symback {__version__} derived it by the chain rule, and proved that the matrices say "
            "what the derivation says with indices, for every size; symback verify proves the "
            "derivation itself. Values are written in forms that keep their digits, derivatives "
            "through the output where they can be. Running this file checks its gradients against "
            f"{way}."
        ),
    ]
    return "\n".join(lines).strip()


def _at_kinks(network: Network) -> list[str]:
    """What a derivative is where there is none."""
    from symback.model.activations import ACTIVATIONS
    from symback.model.losses import LOSSES

    taken = [
        f"{name}'({point}) = {prod(map(float, value.split('*'))):.5g}"
        for name in dict.fromkeys(network.activations)
        if name in ACTIVATIONS and ACTIVATIONS[name].has_kink
        for point, value in ACTIVATIONS[name].kinks
    ]
    if network.loss in LOSSES and LOSSES[network.loss].kinks:
        taken.append("the loss's derivative is 0 at its kink")
    return [f"As in PyTorch, {', '.join(taken)}."] if taken else []


def loss_meaning(program: Program) -> str:
    """What the number is that the module computes."""
    if program.samples is None:
        return "The loss"
    return f"The {_reduction(program)} of the loss over the samples"


def _reduction(program: Program) -> str:
    from symback.emission.tree import walk

    loss = next(s for s in program.losses if not s.quantity.ranges)
    scaled = any(getattr(node, "factor", None) is not None for node in walk(loss.value))
    return "mean" if scaled else "sum"
