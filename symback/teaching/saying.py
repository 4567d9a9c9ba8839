"""What pages say of a model, of its given numbers and of a proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr

from symback.calculus.derivation import Derivation
from symback.model.activations import ACTIVATIONS
from symback.model.network import Network
from symback.teaching.blocks import (
    Code,
    Math,
    Own,
    Say,
    Table,
)
from symback.teaching.policy import Policy
from symback.teaching.program import Program
from symback.teaching.witness import Testimony

__all__ = [
    "given_table", "letters_say", "model_names", "network_setting", "numbers_say",
    "shown_numbers", "testimony_say",
]  # fmt: skip


def numbers_say(source: str, seed: int, *, is_short_of_wishes: bool = False) -> Say:
    """Where drawn numbers come from, and which tests they pass.

    Args:
        source: ``tidy``, ``exact`` or ``random``.
        seed: of the numbers.
        is_short_of_wishes: whether tidy numbers do not pass all that they are to.
    """
    lacks = source == "tidy" and is_short_of_wishes
    return Say("numbers-tidy-apart" if lacks else f"numbers-{source}", {"seed": seed})


def testimony_say(testimony: Testimony) -> Say:
    """What the witness found, as a sentence."""
    args = {
        "values": testimony.values,
        "gradients": testimony.gradients,
        "wrong": tuple(Code(key) for key, _ in testimony.wrong),
        "kinks": tuple(Code(key) for key in testimony.kinks),
    }
    if testimony.wrong:
        return Say("witness-differs", args)
    return Say("witness-kinks" if testimony.kinks else "witness-agrees", args)


def model_names(derivation: Derivation) -> dict[str, Any]:
    """What a title says of a model."""
    source = derivation.model.source
    layers = getattr(source, "layers", None)
    if layers is not None:
        return {"model": Say("model-network", {"layers": "-".join(map(str, layers))})}
    title = derivation.model.title
    return {"model": Own(title) if title else Say("model-equations")}


def _called(name: str) -> Own | str:
    """A function of the catalogue as formulas call it; any other is called what it is."""
    return Own(ACTIVATIONS[name].text) if name in ACTIVATIONS else name


NAMED = ("relu", "identity", "sigmoid", "tanh", "softmax")
LOSS_NAMED = (
    "half-squared-error", "squared-error", "mean-squared-error", "cross-entropy",
    "binary-cross-entropy", "huber", "hinge", "mean-absolute-error",
)  # fmt: skip


def network_setting(network: Network) -> Say:
    """Which functions and which loss a network has: what a solver has to know."""
    functions = tuple(
        Say(f"function-{name}") if name in NAMED else _called(name) for name in network.activations
    )
    loss = Say(f"loss-{network.loss}") if network.loss in LOSS_NAMED else network.loss
    layers = "-".join(map(str, network.layers))
    return Say("setting", {"layers": layers, "functions": functions, "loss": loss})


def letters_say(network: Network) -> Say:
    """How the letters of a network are to be read, by what they are at its first units."""
    quantities = network.model().quantities
    first, hidden = network.layers[:2]
    ends = (1, 2) if hidden > 1 else (2, 1) if first > 1 else (1, 1)
    inner = "h1" if "h1" in quantities else "yhat"
    names = {"pre": "h1_pre" if inner == "h1" else "y_pre", "post": inner,
             "last": "y_pre", "output": "yhat"}  # fmt: skip
    args: dict[str, Any] = {slot: Math(quantities[name].at(1)) for slot, name in names.items()}
    args |= {"weight": Math(quantities["W1"].at(*ends)), "source": ends[0], "target": ends[1]}
    return Say("letters" if inner == "h1" else "letters-flat", args)


def shown_numbers(program: Program, digits: Mapping[str, str]) -> dict[Expr, str]:
    """The digits that stand in place of each printed entry, adjoint and slope."""
    return {expression: digits[key] for expression, key in program.keys.items() if key in digits}


def given_table(
    program: Program, derivation: Derivation, given: Mapping[str, Any], policy: Policy
) -> Table:
    """The given numbers: every quantity on a line, each entry with its name."""
    entries = {key: expression for expression, key in program.keys.items() if key in given}
    rows = []
    for name, keys in program.given.items():
        quantity = derivation.model.quantities[name]
        cells = tuple(
            Math(entries[key], equals=policy.stated(given[key])) for key in keys if key in given
        )
        if cells:
            rows.append((Say(f"given-{quantity.role.value}"), cells))
    if "eta" in given:
        rows.append(
            (Say("given-rate"), (Math(entries["eta"], equals=policy.stated(given["eta"])),))
        )
    return Table((Say("column-given"), Say("column-values")), tuple(rows), wide=True)
