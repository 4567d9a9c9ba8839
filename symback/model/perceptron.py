"""The equations of a multilayer perceptron: the first producer of lists that the engine derives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sympy import Add, Expr, Integer, Symbol

from symback.algebra.expressions import EVERY, Apply, OfVectors, fresh
from symback.algebra.formula import parse_formula
from symback.algebra.functions import FUNCTIONS as ELEMENTARY
from symback.algebra.functions import Build
from symback.algebra.sums import LETTERS, total
from symback.errors import InputError, quote
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.model.losses import LOSSES
from symback.model.user_formulas import ACTIVATION_NAMES, LOSS_NAMES, is_formula

if TYPE_CHECKING:
    from symback.model.network import Network

__all__ = ["FUNCTIONS", "perceptron"]


def _application(name: str) -> Build:
    return lambda argument: Apply(name, argument)


FUNCTIONS: Mapping[str, tuple[int, Build]] = {
    **{name.replace("-", "_"): (1, _application(name)) for name in ACTIVATIONS},
    **ELEMENTARY,
}
"""What a formula may call: the elementary functions and the catalogue's activations."""


def perceptron(network: Network, reduction: str | None = None) -> Model:
    """The numbered equations of a fully connected network.

    For each layer of weights: its pre-activations, then its activations; the loss comes last.
    Weights ``W[l][j, k]`` go from unit j to unit k.

    Args:
        network: widths, functions and loss.
        reduction: None for one sample; ``mean`` or ``sum`` for a batch, whose rows are samples.
    """
    letters = "".join(c for c in LETTERS if c not in network.generic_letters)
    samples = Range("N", 0, letters="st", is_rows=True) if reduction else None
    lead = () if samples is None else (samples,)
    lead_letters = ("s",) * len(lead)

    def units(name: str, role: Role, size_range: Range, layer: int, letter: str = "k") -> Quantity:
        return Quantity(name, role, (*lead, size_range), (*lead_letters, letter), layer)

    widths = [Range(f"n_{index}", size, letters) for index, size in enumerate(network.layers)]
    source = units("x", Role.INPUT, widths[0], 0, "j")
    target = units("y", Role.TARGET, widths[-1], network.depth)
    given = [source, target]
    equations: list[Equation] = []
    for layer, function in enumerate(network.activations, start=1):
        last = layer == network.depth
        weight = Quantity(
            f"W{layer}", Role.WEIGHT, (widths[layer - 1], widths[layer]), ("j", "k"), layer
        )
        given.append(weight)
        summed = fresh("j")
        k = Symbol("k", integer=True)
        row = tuple(Symbol(letter, integer=True) for letter in lead_letters)
        weighted = total(
            weight.at(summed, k) * source.at(*row, summed), [(summed, widths[layer - 1].upper)]
        )
        if network.bias:
            bias = Quantity(f"b{layer}", Role.BIAS, (widths[layer],), ("k",), layer)
            given.append(bias)
            weighted += bias.at(k)
        inner = units(
            "y_pre" if last else f"h{layer}_pre", Role.PREACTIVATION, widths[layer], layer
        )
        equations.append(Equation(len(equations) + 1, inner, weighted))
        outer = units(
            "yhat" if last else f"h{layer}",
            Role.OUTPUT if last else Role.ACTIVATION,
            widths[layer],
            layer,
        )
        applied = _apply(function, inner, row, k)
        equations.append(Equation(len(equations) + 1, outer, applied, function))
        source = outer
    facts = _add_loss(network, given, equations, samples, reduction)
    return Model(tuple(given), tuple(equations), facts, network)


def _apply(function: str, inner: Quantity, row: tuple[Expr, ...], k: Symbol) -> Expr:
    """One unit's activation: a generic or catalogue function, a formula, or softmax."""
    if function == "identity":
        return inner.at(*row, k)
    if function == "softmax":
        i = fresh("i")
        normaliser = total(Apply("exp", inner.at(*row, i)), [(i, inner.ranges[-1].upper)])
        return Apply("exp", inner.at(*row, k)) / normaliser
    if is_formula(function, ACTIVATION_NAMES):
        return _formula(function, {"x": inner.at(*row, k)})
    return Apply(function, inner.at(*row, k))


def _add_loss(
    network: Network,
    given: list[Quantity],
    equations: list[Equation],
    samples: Range | None,
    reduction: str | None,
) -> tuple[str, ...]:
    """Append the loss of one sample, that of a batch, and the weight decay; return the facts."""
    output = equations[-1].quantity
    row = () if samples is None else (Symbol("s", integer=True),)
    name = network.loss
    letter = network.loss_letter
    expression = _sample_loss(name, given[1], output, row)

    def define(quantity: Quantity, right: Expr, function: str = "") -> Quantity:
        equations.append(Equation(len(equations) + 1, quantity, right, function))
        return quantity

    if samples is None:
        loss = define(Quantity(letter, Role.LOSS, layer=output.layer), expression, name)
    else:
        ranges = Quantity(f"{letter}_each", Role.LOSS, (samples,), ("s",), output.layer)
        each = define(ranges, expression, name)
        s = fresh("s")
        scale = 1 / samples.upper if reduction == "mean" else Integer(1)
        summed = scale * total(each.at(s), [(s, samples.upper)])
        loss = define(Quantity(letter, Role.LOSS, layer=output.layer), summed)
    if network.weight_decay:
        factor = Quantity("lambda", Role.CONSTANT, value=network.weight_decay)
        weights = [quantity for quantity in given if quantity.role is Role.WEIGHT]
        given.append(factor)
        squares = Add(*(_sum_of_squares(weight) for weight in weights))
        objective = next(c for c in "JCE" if c != letter and c not in network.activations)
        define(
            Quantity(objective, Role.LOSS, layer=output.layer),
            loss.at() + factor.at() * squares / 2,
        )
    return LOSSES[name].facts if name in LOSSES else ()


def _sample_loss(name: str, target: Quantity, output: Quantity, row: tuple[Expr, ...]) -> Expr:
    """The loss of one sample: generic, or the sum over the outputs of a formula."""
    formula = LOSSES[name].term if name in LOSSES else name
    if name not in LOSSES and not is_formula(name, LOSS_NAMES):
        return OfVectors(name, target.at(*row, EVERY), output.at(*row, EVERY))
    i = fresh("i")
    upper = output.ranges[-1].upper
    names = {"y": target.at(*row, i), "yhat": output.at(*row, i), "n": upper}
    return total(_formula(formula, names), [(i, upper)])


def _formula(text: str, names: Mapping[str, Expr]) -> Expr:
    """A formula over these names, which must not cancel out, as they do in ``x - x``."""
    built = parse_formula(text, names, FUNCTIONS)
    if not built.has(*names.values()):
        raise InputError(f"{quote(text)} is the constant {built}: {' and '.join(names)} cancel out")
    return built


def _sum_of_squares(weight: Quantity) -> Expr:
    indices = tuple(fresh(letter) for letter in weight.letters)
    limits = [(index, r.upper) for index, r in zip(indices, weight.ranges, strict=True)]
    return total(weight.at(*indices) ** 2, limits)
