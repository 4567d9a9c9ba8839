"""Local derivatives: one equation's right side by one entry that it mentions.

SymPy differentiates; what is done here is to recognise the equation's own quantity in the answer,
as a text book does: ``exp(z_k)/sum_i exp(z_i)`` is ``p_k`` again, and ``sigma'(z)`` is
``a (1 - a)``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, S, Sum, Symbol

from symback.algebra.expressions import Apply, Partial, differentiate, name_of
from symback.algebra.formula import parse_formula
from symback.algebra.sums import collapse, delta_terms, replace
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation
from symback.model.losses import LOSSES
from symback.model.perceptron import FUNCTIONS

__all__ = [
    "common_deltas", "local_derivative", "replaced_functions", "taught_loss", "through_output",
]  # fmt: skip


def local_derivative(equation: Equation, indices: tuple[Expr, ...], entry: Expr) -> Expr:
    """The partial of one equation's quantity by an entry, with a Kronecker delta per index.

    Args:
        equation: the equation.
        indices: fresh indices for its left side.
        entry: by what it is differentiated, in other fresh indices.
    """
    quantity = equation.quantity
    right = replace(equation.expression, dict(zip(quantity.indices, indices, strict=True)))
    derivative = collapse(differentiate(right, entry), ())
    derivative = derivative.xreplace({right: quantity.at(*indices)})
    return _recognise_quotient(derivative, right, quantity.at(*indices), indices)


def through_output(local: Expr, equation: Equation, indices: tuple[Expr, ...]) -> Expr:
    """Write each f' of the catalogue through the function's own output, where that is taught."""
    values: dict[Expr, Expr] = {}
    for node in local.atoms(Apply):
        known = ACTIVATIONS.get(node.name)
        if known is None or node.order != 1 or known.keeps_prime:
            continue
        names = {"z": node.argument, "a": Apply(node.name, node.argument)}
        values[node] = parse_formula(known.derivative, names, FUNCTIONS)
    if not values:
        return local
    quantity = equation.quantity
    right = replace(equation.expression, dict(zip(quantity.indices, indices, strict=True)))
    return local.xreplace(values).xreplace({right: quantity.at(*indices)})


def replaced_functions(before: Expr, after: Expr) -> tuple[str, ...]:
    """The functions whose derivatives one expression has and the other says otherwise."""
    gone = _differentiated(before) - _differentiated(after)
    return tuple(sorted(gone))


def replaced_adjoints(loss: Expr, before: Expr, after: Expr) -> tuple[str, ...]:
    """The quantities whose adjoints one expression has and the other has put in, in their order."""
    gone = _adjoints(loss, before) - _adjoints(loss, after)
    return tuple(sorted(gone))


def _adjoints(loss: Expr, expression: Expr) -> set[str]:
    return {name_of(node.by) for node in expression.atoms(Partial) if node.of == loss}


def _differentiated(expression: Expr) -> set[str]:
    return {node.name for node in expression.atoms(Apply) if node.order}


def taught_loss(local: Expr, equation: Equation, entry: Expr) -> Expr | None:
    """The derivative of a catalogue's loss by an output as text books write it; None elsewhere."""
    known = LOSSES.get(equation.function)
    if known is None:
        return None
    outputs = [node for node in equation.expression.atoms(Indexed) if node.base == entry.base]
    others = [node for node in equation.expression.atoms(Indexed) if node.base != entry.base]
    if len(outputs) != 1 or len(others) != 1:
        return None
    ((_, _, upper),) = next(iter(equation.expression.atoms(Sum))).limits
    names = {"y": others[0].func(others[0].base, *entry.indices), "yhat": entry, "n": upper}
    return Mul(*common_deltas(local), parse_formula(known.derivative, names, FUNCTIONS))


def common_deltas(local: Expr) -> list[Expr]:
    """The deltas that every term of a local derivative carries."""
    terms = delta_terms(local)
    first = [part for part in Mul.make_args(terms[0]) if isinstance(part, KroneckerDelta)]
    return [d for d in first if all(d in Mul.make_args(term) for term in terms)]


def _recognise_quotient(
    derivative: Expr, right: Expr, left: Expr, indices: tuple[Expr, ...]
) -> Expr:
    """For ``p_k = u(k)/S``: put ``p_m S`` for every ``u(m)``, so that the sums S cancel."""
    divisors = [
        part.base
        for part in Mul.make_args(right)
        if isinstance(part, Pow) and part.exp is S.NegativeOne and isinstance(part.base, Sum)
    ]
    if len(divisors) != 1:
        return derivative
    numerator = right * divisors[0]
    if not isinstance(numerator, Apply):
        return derivative
    values = {}
    for node in derivative.atoms(Apply):
        at = _match(numerator, node, indices)
        if at is not None:
            values[node] = left.xreplace(at) * divisors[0]
    # The divisor holds applications of its own, in its bound index: they must be left alone.
    slot = Symbol("_divisor")
    hidden = derivative.xreplace({divisors[0]: slot})
    shown = hidden.xreplace({n: v.xreplace({divisors[0]: slot}) for n, v in values.items()})
    return _cancel(shown, slot).xreplace({slot: divisors[0]})


def _cancel(product: Expr, slot: Symbol) -> Expr:
    """Multiply powers of the divisor into the sums beside them, where they cancel."""
    outside = Mul(*(part for part in Mul.make_args(product) if part.has(slot) and not part.is_Add))
    inside = [part for part in Mul.make_args(product) if part.has(slot) and part.is_Add]
    if len(inside) != 1:
        return product
    rest = Mul(*(part for part in Mul.make_args(product) if not part.has(slot)))
    return Mul(rest, Add(*(outside * term for term in inside[0].args)))


def _match(pattern: Expr, node: Expr, indices: tuple[Expr, ...]) -> Mapping[Expr, Expr] | None:
    """The values of the indices that turn a pattern into a node, or None."""
    found: dict[Expr, Expr] = {}
    stack = [(pattern, node)]
    while stack:
        left, right = stack.pop()
        if left in indices:
            if found.setdefault(left, right) != right:
                return None
        elif left.args and left.func == right.func and len(left.args) == len(right.args):
            stack.extend(zip(left.args, right.args, strict=True))
        elif left != right:
            return None
    return found
