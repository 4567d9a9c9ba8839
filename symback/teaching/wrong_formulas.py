"""What somebody writes who makes a slip in a formula: the right one, changed in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, Symbol
from sympy import Sum as AnySum

from symback.algebra.expressions import Apply, Entry, Partial
from symback.model.equations import PARAMETERS, Model, Role

__all__ = ["factor_slip", "wrong_formulas"]


def wrong_formulas(
    right: Expr, free: Sequence[Symbol], model: Model, *, is_squared: bool = False
) -> Iterator[tuple[str, Expr]]:
    """Wrong formulas that a slip of the catalogue gives, each with its code.

    Args:
        right: the right one.
        free: its free indices, in the order of what is asked for.
        model: what it is about.
        is_squared: whether a ½ may be missing in the loss.
    """
    yield "sign", -right
    yield ("two-in-loss" if is_squared else "doubled"), 2 * right
    yield ("half-in-loss" if is_squared else "halved"), right / 2
    if len(free) == 2:
        first, second = free
        turned = right.subs({first: second, second: first}, simultaneous=True)
        yield "gradient-transposed", turned
    yield from _changed_places(right, model)


def _changed_places(right: Expr, model: Model) -> Iterator[tuple[str, Expr]]:
    roles = {q.name: q.role for q in model.quantities.values()}
    for product in _products(right):
        factors = list(product.args) if isinstance(product, Mul) else [product]
        for factor in factors:
            for code, other in _other_factors(factor, factors, roles, model):
                kept = [f for f in factors if f is not factor]
                if code == "slope-missing":  # of h (1 - h) both factors go
                    own = factor.atoms(Entry)
                    whole = [f for f in kept if f not in own]
                    if len(whole) < len(kept):
                        yield code, right.xreplace({product: Mul(*whole)})
                yield code, right.xreplace({product: Mul(*kept, other)})
    for total in right.atoms(AnySum):
        for limit in total.limits:
            letters = [s for s in right.free_symbols if _is_index(s, total)]
            for letter in letters:
                if len(total.limits) == 1:
                    one = total.function.subs(limit[0], letter)
                    yield "path-missing", right.xreplace({total: one})


def _wrong_errors(
    factor: Add, factors: Sequence[Expr], roles: Mapping[str, Role]
) -> Iterator[tuple[str, Expr]]:
    """Where ``yhat - y`` stands: the output's slope once more, or the other outputs left out."""
    entries = {roles.get(_name(entry)): entry for entry in factor.atoms(Entry)}
    target = entries.get(Role.TARGET)
    others = [entry for role, entry in entries.items() if role is not Role.TARGET]
    if target is None or len(others) != 1 or others[0] in factors:
        return  # its slope stands beside it already
    (output,) = others
    yield "slope-twice", factor * output * (1 - output)
    yield "softmax-diagonal", -target * (1 - output)


def _is_index(symbol: Any, total: Any) -> bool:
    used = {index for entry in total.function.atoms(Entry) for index in entry.indices}
    return symbol in used and symbol not in {limit[0] for limit in total.limits}


def _products(expression: Expr) -> list[Expr]:
    """Every product, the outer ones first; what is summed counts as one."""
    found: list[Expr] = []

    def walk(node: Any) -> None:
        if isinstance(node, Mul):
            found.append(node)
        if isinstance(node, AnySum):
            if not isinstance(node.function, Mul):
                found.append(node.function)
            walk(node.function)
            return
        if isinstance(node, Mul | Add):
            for part in node.args:
                walk(part)

    if not isinstance(expression, Mul | AnySum | Add):
        found.append(expression)
    walk(expression)
    return found


def factor_slip(factor: Expr, roles: Mapping[str, Role]) -> str:
    """The code of the slip that leaves a factor out."""
    if isinstance(factor, Apply) and factor.order:
        return "slope-missing"
    if isinstance(factor, Entry):
        role = roles.get(_name(factor))
        is_input = role not in PARAMETERS and role is not Role.TARGET
        return "input-missing" if is_input else "factor-missing"
    if isinstance(factor, Add) and Integer(1) in factor.args and len(factor.args) == 2:
        return "slope-missing"
    return "factor-missing"


def _name(entry: Entry) -> str:
    return str(entry.base.label)


def _other_factors(
    factor: Expr, factors: Sequence[Expr], roles: Mapping[str, Role], model: Model
) -> Iterator[tuple[str, Expr]]:
    """What may stand where a factor belongs."""
    if factor.is_number:
        return
    yield factor_slip(factor, roles), Integer(1)
    if isinstance(factor, Apply) and factor.order == 1:
        yield "slope-at-output", Apply(factor.name, Apply(factor.name, factor.argument), 1)
        yield "function-for-slope", Apply(factor.name, factor.argument)
        for name in ("sigmoid", "tanh", "relu"):
            if name != factor.name:
                yield "slope-of-other", Apply(name, factor.argument, 1)
    if isinstance(factor, Add) and Integer(1) not in factor.args:
        yield from _wrong_errors(factor, factors, roles)
    if isinstance(factor, Add) and factor_slip(factor, roles) == "slope-missing":
        yield from _other_slopes(factor, factors, model)
    if isinstance(factor, Partial) and isinstance(factor.by, Entry):
        yield from (("wrong-index", _partial(factor, other)) for other in _moved(factor.by))
    if isinstance(factor, Entry):
        if roles.get(_name(factor)) in PARAMETERS and len(factor.indices) == 2:
            yield "backward-transposed", Entry(factor.base, *reversed(factor.indices))
        for other in _moved(factor):
            yield "wrong-index", other
        if roles.get(_name(factor)) in (Role.INPUT, Role.ACTIVATION):
            for name, quantity in model.quantities.items():
                is_like = len(quantity.indices) == len(factor.indices) and name != _name(factor)
                if is_like and roles[name] in (Role.INPUT, Role.ACTIVATION, Role.PREACTIVATION):
                    yield "other-input", quantity.at(*factor.indices)


def _partial(factor: Partial, by: Entry) -> Expr:
    return factor.func(factor.args[0], by)


def _moved(entry: Entry) -> Iterator[Entry]:
    """An entry at the step beside its own, or with two indices exchanged."""
    for place, index in enumerate(entry.indices):
        if index.is_Add and len(index.free_symbols) == 1:
            (letter,) = index.free_symbols
            yield Entry(entry.base, *entry.indices[:place], letter, *entry.indices[place + 1 :])


def _other_slopes(factor: Add, factors: Sequence[Expr], model: Model) -> Iterator[tuple[str, Expr]]:
    """``1 - h^2`` and ``1 - h`` with the other's, or with another sign.

    The factor h of ``h (1 - h)`` stands beside it, so that what replaces it is over h.
    """
    entries = list(factor.atoms(Entry))
    if len(entries) != 1:
        return
    own = entries[0]
    if factor.has(Pow):
        yield "slope-of-other", own * (1 - own)
        yield "slope-unsquared", 1 - own
        yield "slope-sign", 1 + own**2
    elif own in factors:
        yield "slope-of-other", (1 - own**2) / own
        yield "slope-sign", 1 + own
    for equation in model.equations:
        expression = equation.expression
        if equation.quantity is not None and equation.quantity.name == _name(own):
            if isinstance(expression, Apply):
                at = dict(zip(equation.quantity.indices, own.indices, strict=True))
                name, argument = expression.name, expression.argument.subs(at)
                slope = Apply(name, Apply(name, argument), 1)
                yield "slope-at-output", slope if factor.has(Pow) else slope / own
                for other in ("sigmoid", "tanh", "relu"):
                    if other != name:
                        named = Apply(other, argument, 1)
                        yield "slope-of-other", named if factor.has(Pow) else named / own
