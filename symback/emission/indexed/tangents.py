"""The statements of a product of second order: R of both passes, beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import Expr, Indexed, Mul, Pow, S, Symbol

from symback.algebra.expressions import Apply, Sum
from symback.algebra.sums import freshen
from symback.calculus.second import Second, Tangent
from symback.emission.forms.functions import derivative_form
from symback.emission.indexed.program import ADJOINT, TANGENT, Array, Statement
from symback.emission.indexed.walk import rebuilt
from symback.errors import InputError
from symback.model.equations import Quantity, Role

__all__ = ["add_tangents", "block_key", "results_of"]

_BLOCK = "ℋ"
"""Begins the key of a block of the Hessian, after `ADJOINT`."""


def add_tangents(
    second: Second,
    arrays: dict[str, Array],
    forward: list[Statement],
    backward: list[Statement],
    in_entries: Callable[[Expr], Expr],
) -> list[str]:
    """Add the arrays and statements of a product.

    Args:
        second: the product.
        arrays: every array by its key.
        forward: the statements of the equations.
        backward: those of the steps.
        in_entries: turns a result into entries of arrays.

    Returns:
        The keys of what is wanted.
    """
    if second.product == "hessian":
        return _add_blocks(second, arrays, backward, in_entries)
    for tangent in second.tangents:
        statement = _statement(tangent, arrays, in_entries)
        (backward if tangent.is_adjoint else forward).append(statement)
    for quantity in second.direction:
        key = TANGENT + quantity.name
        arrays[key] = replace(arrays[quantity.name], key=key, label=f"v_{quantity.name}")
        result = ADJOINT + key
        if second.product != "jvp" and second.products[quantity.name] is None:
            arrays[result] = replace(arrays[ADJOINT + quantity.name], key=result)
            backward.append(_zero(quantity, result, arrays))
    return results_of(second)


def block_key(one: str, other: str) -> str:
    """The key of a block of the Hessian."""
    return f"{ADJOINT}{_BLOCK}{one},{other}"


def _add_blocks(
    second: Second,
    arrays: dict[str, Array],
    backward: list[Statement],
    in_entries: Callable[[Expr], Expr],
) -> list[str]:
    """Add a Hessian's blocks, each an array with the indices of both."""
    results = []
    for (one, other), line in second.blocks.items():
        assert line.by is not None
        name = f"H_{one}_{other}"
        quantity = Quantity(
            name,
            Role.OTHER,
            (*line.quantity.ranges, *line.by.ranges),
            (*line.quantity.letters, *(letter.name for letter in line.other)),
        )
        key = block_key(one, other)
        slots = tuple((r.first, r.upper) for r in quantity.ranges)
        arrays[key] = Array(key, quantity, slots, label=name)
        bounds = dict(zip(quantity.indices, slots, strict=True))
        value = in_entries(_weighted(_in_names(line.result)))
        backward.append(Statement(line.number, key, quantity.indices, bounds, value))
        results.append(key)
    return results


def results_of(second: Second) -> list[str]:
    """The keys of what a product returns, in order."""
    if second.product == "jvp":
        return [key for name in second.outputs for key in (name, TANGENT + name)]
    return [ADJOINT + TANGENT + q.name for q in second.direction]


def _statement(
    tangent: Tangent, arrays: dict[str, Array], in_entries: Callable[[Expr], Expr]
) -> Statement:
    quantity = tangent.quantity
    own = ADJOINT * tangent.is_adjoint + quantity.name
    key = ADJOINT * tangent.is_adjoint + TANGENT + quantity.name
    letter = tangent.subject.operator
    label = "" if letter == "R" else f"{letter}_d{quantity.name}"
    arrays.setdefault(key, replace(arrays[own], key=key, label=label))
    entry = tangent.subject.body.by if tangent.is_adjoint else tangent.subject.body
    indices = tuple(entry.indices) if isinstance(entry, Indexed) else ()
    free = {s for index in indices for s in index.free_symbols}
    ends = ((r.first, r.upper) for r in quantity.ranges)
    bounds = {i: e for i, e in zip(quantity.indices, ends, strict=True) if i in free}
    value = in_entries(_weighted(_in_names(tangent.result)))
    return Statement(tangent.number, key, indices, bounds, value, bool(tangent.at))


def _zero(quantity: Quantity, key: str, arrays: dict[str, Array]) -> Statement:
    """The statement of a part of the product that is 0."""
    bounds = dict(zip(quantity.indices, arrays[key].slots, strict=True))
    letters: tuple[Symbol, ...] = quantity.indices
    return Statement(0, key, letters, bounds, S.Zero)


def _in_names(expression: Expr) -> Expr:
    """The same expression, each of whose second derivatives has a form in code.

    Raises:
        InputError: for a function of which no more than its name is known.
    """
    for node in expression.atoms(Apply):
        if node.order == 2 and not derivative_form(node.name, 2):
            raise InputError(
                f"{node.name} is left open: its second derivative has no name here",
                where="second",
                hint="write it as a formula, or take a function that symback list activations has",
            )
    return expression


def _weighted(node: Expr) -> Expr:
    """Means weighted by exponentials as sums of weights: ``sum(i, exp(u) r) / sum(i, exp(u))``.

    So each weight is seen to be a softmax, which does not overflow.
    """
    node = rebuilt(node, _weighted)
    if not isinstance(node, Mul):
        return node
    divisors = [part for part in node.args if _divides_by_exponentials(part)]
    for divisor in divisors:
        for part in node.args:
            if isinstance(part, Sum) and _has_exponential(part.function):
                rest = Mul(*(other for other in node.args if other not in (part, divisor)))
                return rest * Sum(part.function * freshen(divisor), *part.limits)
    return node


def _divides_by_exponentials(factor: Expr) -> bool:
    if not (isinstance(factor, Pow) and factor.exp is S.NegativeOne):
        return False
    return isinstance(factor.base, Sum) and _has_exponential(factor.base.function)


def _has_exponential(body: Expr) -> bool:
    return any(isinstance(f, Apply) and f.name == "exp" for f in Mul.make_args(body))
