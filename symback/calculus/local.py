"""Local derivatives: one equation's right side by one entry that it mentions.

SymPy differentiates; what is done here is to recognise the equation's own quantity in the answer,
as a text book does: ``exp(z_k)/sum_i exp(z_i)`` is ``p_k`` again, and ``sigma'(z)`` is
``a (1 - a)``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, S, Sum, Symbol

from symback.algebra.collapse import collapse, delta_terms
from symback.algebra.expressions import Apply, Partial, differentiate, name_of, within
from symback.algebra.formula import parse_formula
from symback.algebra.indexing import Bracket, bracket
from symback.algebra.ranges import NOTHING, Known
from symback.algebra.sums import limits_of, pull_out, replace
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation
from symback.model.losses import LOSSES
from symback.model.perceptron import FUNCTIONS

__all__ = [
    "common_deltas",
    "local_derivative",
    "replaced_adjoints",
    "replaced_functions",
    "right_side",
    "taught_loss",
    "through_output",
]


def right_side(equation: Equation, indices: tuple[Expr, ...]) -> Expr:
    """An equation's right side at other indices, its bound ones fresh."""
    at = {
        letter: index
        for letter, index in zip(equation.indices, indices, strict=True)
        if letter in equation.quantity.indices
    }
    return replace(equation.expression, at)


def local_derivative(
    equation: Equation, right: Expr, indices: tuple[Expr, ...], entry: Expr, known: Known = NOTHING
) -> Expr:
    """The partial of one equation's quantity by an entry, with a Kronecker delta per index.

    Args:
        equation: the equation.
        right: its right side at fresh indices.
        indices: these indices.
        entry: by what it is differentiated, in other fresh indices, or a direction.
        known: the ranges of all of these; where they are checked, affine deltas are left standing
            under the sums, to be spent together with the sums around them.
    """
    derivative = collapse(differentiate(right, entry), (), known, standing=known.checks)
    left = equation.quantity.at(*indices)
    if right.is_number or isinstance(right, Indexed | Symbol):  # a start: that is not its name
        return derivative
    derivative = derivative.xreplace({right: left})
    return _recognise_quotient(derivative, right, left, indices)


def through_output(local: Expr, right: Expr, left: Expr) -> Expr:
    """Write each f' of the catalogue through the function's own output, where that is taught.

    Args:
        local: a local derivative of an equation.
        right: the equation's right side.
        left: its left side, which is put for it.
    """
    values: dict[Expr, Expr] = {}
    for node in within(local, Apply):
        known = ACTIVATIONS.get(node.name)
        if known is None or node.order != 1:
            continue
        if known.keeps_prime:
            # A rectifier's slope is told by its output, where its input has no name.
            is_own = node.name == "relu" and right == Apply(node.name, node.argument)
            if is_own and not isinstance(node.argument, Indexed):
                values[node] = bracket(S.Zero, "<", left)
            continue
        names = {"z": node.argument, "a": Apply(node.name, node.argument)}
        values[node] = parse_formula(known.derivative, names, FUNCTIONS)
    if not values:
        return local
    return local.xreplace(values).xreplace({right: left})


def replaced_functions(before: Expr, after: Expr) -> tuple[str, ...]:
    """The functions whose derivatives one expression has and the other says otherwise."""
    gone = _differentiated(before) - _differentiated(after)
    return tuple(sorted(gone))


def replaced_adjoints(loss: Expr, before: Expr, after: Expr) -> tuple[str, ...]:
    """The quantities whose adjoints one expression has and the other has put in, in their order."""
    gone = _adjoints(loss, before) - _adjoints(loss, after)
    return tuple(sorted(gone))


def _adjoints(loss: Expr, expression: Expr) -> set[str]:
    return {name_of(node.by) for node in within(expression, Partial) if node.of == loss}


def _differentiated(expression: Expr) -> set[str]:
    return {node.name for node in within(expression, Apply) if node.order}


def taught_loss(local: Expr, equation: Equation, entry: Expr) -> Expr | None:
    """The derivative of a catalogue's loss by an output as text books write it; None elsewhere."""
    known = LOSSES.get(equation.function)
    if known is None:
        return None
    outputs = [node for node in within(equation.expression, Indexed) if node.base == entry.base]
    others = [node for node in within(equation.expression, Indexed) if node.base != entry.base]
    if len(outputs) != 1 or len(others) != 1:
        return None
    ((_, _, upper),) = next(iter(within(equation.expression, Sum))).limits
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
    conditions = [part for part in Mul.make_args(numerator) if isinstance(part, Bracket)]
    numerator = Mul(*(part for part in Mul.make_args(numerator) if part not in conditions))
    if not isinstance(numerator, Apply):
        return derivative
    slot = Symbol("_divisor")
    hidden = derivative.xreplace({divisors[0]: slot})  # it has applications of its own
    values = {}
    for node in within(hidden, Apply):
        at = _match(numerator, node, indices)
        if at is not None:
            values[node] = left.xreplace(at) * slot
            # What the quotient is 0 without stands in its definition and not beside its name.
            values |= {condition.xreplace(at): S.One for condition in conditions}
    return _cancel(_before_sums(hidden.xreplace(values), slot), slot).xreplace({slot: divisors[0]})


def _before_sums(expression: Expr, slot: Symbol) -> Expr:
    """The divisor as a factor before every sum that it is a factor in."""
    if not (expression.has(Sum) and expression.has(slot)):
        return expression
    if isinstance(expression, Sum):
        return pull_out(expression.function, limits_of(expression))
    return expression.func(*(_before_sums(part, slot) for part in expression.args))


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
