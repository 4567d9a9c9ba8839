"""What stands over the values that are found for one reason: a sentence that is true of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr

from symback.algebra.expressions import Apply, Partial
from symback.model.equations import Model, Role
from symback.model.network import Network
from symback.printing.cases import by_cases
from symback.teaching.blocks import Say
from symback.teaching.program import Line

__all__ = ["has_bracket", "lead_of"]


def has_bracket(slope: Expr) -> bool:
    """Whether a function's slope is 0 where a condition does not hold: a bracket says that."""
    return any(value.is_zero for value, _ in by_cases(slope))


def lead_of(lines: Sequence[Line], model: Model) -> Say:
    """The sentence over some values, which have one rule and, but for definitions, one quantity.

    Args:
        lines: the values, as they are worked out.
        model: which they are of.
    """
    rule = lines[0].rule
    network = model.source if isinstance(model.source, Network) else None
    match rule:
        case "definition":
            return Say("rule-definition" if len({q.quantity for q in lines}) == 1 else "lead-each")
        case "weighted-sum" if network and not network.bias:
            return Say("lead-no-bias")
        case "loss":
            return _of_loss(lines, model, network)
        case "activation" if network is None:
            return Say("lead-applied")
        case "activation" if lines[0].function == "softmax":
            return Say("lead-softmax")
        case "function":
            return _of_slope(lines, network)
        case "weight" if network is not None:
            return _of_weight(lines, network)
        case "weight" | "through-function" | "sum-over-paths":
            return _of_chain(lines)
    return Say(f"rule-{rule}")


def _of_loss(lines: Sequence[Line], model: Model, network: Network | None) -> Say:
    """A loss that compares outputs with targets, one of samples, one with weight decay."""
    used = {_quantity(use) for line in lines for use in line.uses}
    roles = {model.quantities[name].role for name in used if name in model.quantities}
    if Role.TARGET in roles:
        return Say("rule-loss")
    if network is None or Role.LOSS not in roles:
        return Say("lead-loss")
    return Say("lead-decay" if Role.WEIGHT in roles else f"lead-{network.reduction}")


def _of_slope(lines: Sequence[Line], network: Network | None) -> Say:
    bracketed = any(has_bracket(line.formula) for line in lines)
    told: dict[str, Any] = {"cases": Say("lead-cases") if bracketed else ""}
    return Say("lead-slope" if network else "lead-slope-applied", told)


def _of_weight(lines: Sequence[Line], network: Network) -> Say:
    told: dict[str, Any] = {
        "samples": Say("lead-over-samples") if network.batch else "",
        "decay": Say("lead-and-decay") if network.weight_decay else "",
    }
    return Say("lead-weight", told)


def _of_chain(lines: Sequence[Line]) -> Say:
    """The chain rule by how many derivatives a line of it has, and by what it goes through."""
    count = max(len(line.formula.atoms(Partial)) for line in lines)
    slopes = any(node.order for line in lines for node in line.formula.atoms(Apply))
    if not count:
        return Say("rule-differentiate-loss")
    if lines[0].rule == "through-function":
        if slopes and count == 1:
            return Say("rule-through-function")
        if all(isinstance(line.formula, Partial) for line in lines):
            return Say("lead-identity")
        if count > 1:
            return Say("lead-through-all")
    return Say("rule-sum-over-paths" if count > 1 else "lead-single")


def _quantity(key: str) -> str:
    return key.partition("[")[0]
