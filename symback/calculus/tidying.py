"""What a closed form loses: what cancels, what adds up to 0, and conditions that together hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sympy import Add, Expr, Indexed, Integer, KroneckerDelta, Mul, Pow, S, Symbol, cancel

from symback.algebra.collapse import collapse, delta_terms, factor_common
from symback.algebra.expressions import Apply, Partial, Sum, fresh, name_of
from symback.algebra.indexing import Bracket, bracket
from symback.algebra.ranges import NOTHING, Known
from symback.algebra.sums import Limit, freshen, limits_of, pull_out
from symback.model.equations import Model, Quantity
from symback.records import dataclass

__all__ = [
    "Mean",
    "cancelled",
    "factored",
    "gathered",
    "means_of",
    "neat",
    "shared_in_front",
    "tidy",
    "without_deviations",
]


def neat(expression: Expr) -> Expr:
    """Numbers in front of differences, and ``1 - sigma(-s)`` as ``sigma(s)``."""
    if isinstance(expression, Add):
        opposite = _opposite(expression)
        return opposite or Add(*map(neat, expression.args))
    if isinstance(expression, Sum):
        number, body = neat(expression.function).as_coeff_Mul()
        return number * Sum(body, *expression.limits)
    if not isinstance(expression, Mul):
        return expression
    numbers, rest = [], []
    for factor in map(neat, expression.args):
        number, body = factor.primitive() if isinstance(factor, Add) else (S.One, factor)
        numbers.append(number)
        rest.append(body)
    number = Mul(*numbers)
    # SymPy multiplies a number into a sum that stands alone with it.
    return expression if number is S.One and rest == list(expression.args) else Mul(number, *rest)


def factored(expression: Expr) -> Expr:
    """Factors that the terms of the product rule share, taken out of them and of their sums."""
    match expression:
        case Sum():
            return pull_out(factored(expression.function), limits_of(expression))
        case Add():
            return factor_common(Add(*map(factored, expression.args)))
        case Mul():
            return Mul(*map(factored, expression.args))
    return expression


def shared_in_front(expression: Expr, given: Collection[str]) -> Expr:
    """A condition, a quotient or a given quantity that all terms share, taken out of them."""
    taken = factor_common(expression)
    if taken is expression or not isinstance(taken, Mul):
        return expression
    telling = any(
        isinstance(part, KroneckerDelta | Bracket | Pow)
        or (isinstance(part, Indexed) and name_of(part) in given)
        for part in taken.args
    )
    return neat(taken) if telling else expression


def _opposite(difference: Add) -> Expr | None:
    """``sigma(s)`` for ``1 - sigma(-s)``."""
    if len(difference.args) == 2 and difference.args[0] is S.One:
        other = -difference.args[1]
        if isinstance(other, Apply) and other.name == "sigmoid" and not other.order:
            if other.argument.could_extract_minus_sign():
                return Apply("sigmoid", -other.argument)
    return None


def tidy(expression: Expr, known: Known = NOTHING) -> Expr:
    """Multiply out a sum's body far enough that what cancels is seen to cancel.

    ``sum_i (-y_i/p_i) p_i`` becomes ``-sum_i y_i``; a sum of several terms is left as it is.
    """
    if isinstance(expression, Sum):
        limits = limits_of(expression)
        return collapse(tidy(expression.function, known.inside(limits)), limits, known)
    if not expression.has(Sum):
        return expression
    result = expression.func(*(tidy(part, known) for part in expression.args))
    if isinstance(result, Mul):
        # A factor that cancels against a denominator is worth distributing; others are not.
        for addend in result.args:
            if isinstance(addend, Add):
                rest = Mul(*(part for part in result.args if part != addend))
                spread = Add(*(rest * term for term in addend.args))
                if spread.count_ops() < result.count_ops():
                    return spread
    return result


def cancelled(expression: Expr, values: Mapping[Expr, Expr], known: Known) -> Expr:
    """Put in what makes an expression shorter than it is with the names left standing."""
    by_name: dict[str, dict[Expr, Expr]] = {}
    for adjoint, value in values.items():
        by_name.setdefault(name_of(adjoint.by), {})[adjoint] = value
    choices = [dict(values), *by_name.values()] if len(by_name) > 1 else [dict(values)]
    for choice in choices:
        put_in = _flipped(neat(_distributed(tidy(expression.xreplace(choice), known))))
        if _size(put_in) >= _size(expression):
            put_in = _over_one_denominator(put_in)
        if _size(put_in) < _size(expression):
            return put_in
    return expression


def _distributed(expression: Expr) -> Expr:
    """What carries a delta multiplied out, one letter for the two that the delta makes equal."""
    terms = []
    for term in delta_terms(expression):
        deltas = [part for part in Mul.make_args(term) if isinstance(part, KroneckerDelta)]
        rest = Mul(*(part for part in Mul.make_args(term) if part not in deltas))
        for delta in deltas:
            if delta.args[0].is_Symbol and not delta.args[1].is_positive:
                rest = rest.xreplace({delta.args[1]: delta.args[0]})
        terms.append(Mul(*deltas, rest))
    return Add(*terms)


def _over_one_denominator(expression: Expr) -> Expr:
    """A small quotient cancelled as one of polynomials in its entries: ``p - y`` of a logistic."""
    atoms = expression.atoms(Indexed, Apply)
    is_plain = not expression.has(Sum, KroneckerDelta, Bracket, Partial)
    if not (is_plain and 0 < len(atoms) <= MAX_UNKNOWNS):
        return expression
    names = {atom: Symbol(f"_{n}") for n, atom in enumerate(sorted(atoms, key=str))}
    back = {name: atom for atom, name in names.items()}
    return cancel(expression.xreplace(names)).xreplace(back)


MAX_UNKNOWNS = 8
"""A quotient of more unknowns is not put over one denominator: nothing there is a text book's."""


def _flipped(expression: Expr) -> Expr:
    """A leading minus sign put into a difference: ``(p - 1) x`` for ``-(1 - p) x``."""
    if isinstance(expression, Add):
        return Add(*map(_flipped, expression.args))
    if isinstance(expression, Mul) and expression.args[0] is S.NegativeOne:
        for factor in expression.args:
            terms = factor.args if isinstance(factor, Add) else ()
            if any(term.could_extract_minus_sign() for term in terms):
                rest = Mul(*(p for p in expression.args[1:] if p != factor))
                return rest * Add(*(-term for term in terms))
    return expression


def _size(expression: Expr) -> int:
    """How much there is to read: entries, functions, sums and brackets; no numbers and sizes."""
    if expression.is_number or (isinstance(expression, Symbol) and expression.is_integer):
        return 0
    if isinstance(expression, Partial | Indexed | Symbol):
        return 1
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.base.is_integer:
        return 0
    if isinstance(expression, KroneckerDelta | Bracket):
        return 1
    own = 0 if isinstance(expression, Add | Mul) else 1
    if isinstance(expression, Sum):
        return 1 + _size(expression.function)
    return own + sum(map(_size, expression.args))


# Means --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mean:
    """A quantity that is defined as the mean of a body over an index.

    Attributes:
        quantity: the mean.
        body: what it is the mean of, in the quantity's own letters and the index.
        limit: the index with its first and last value.
    """

    quantity: Quantity
    body: Expr
    limit: Limit


def means_of(model: Model) -> tuple[Mean, ...]:
    """The quantities that are defined as means: deviations from them add up to 0."""
    found = []
    for equation in model.equations:
        total = [part for part in Mul.make_args(equation.expression) if isinstance(part, Sum)]
        if equation.is_boundary or len(total) != 1 or len(total[0].limits) != 1:
            continue
        index, first, last = total[0].limits[0]
        if equation.expression * (last - first + 1) == total[0]:
            found.append(Mean(equation.quantity, total[0].function, (index, first, last)))
    return tuple(found)


def without_deviations(expression: Expr, means: Sequence[Mean]) -> tuple[Expr, tuple[str, ...]]:
    """An expression in which the deviations from a mean add up to 0: ``sum_n (x_n - mu) = 0``.

    Returns:
        What is left, and the names of the means that were used.
    """
    names: dict[str, None] = {}
    values: dict[Expr, Expr] = {}
    if means:
        for node in expression.atoms(Sum):
            mean = next((mean for mean in means if _is_deviation(node, mean)), None)
            if mean is not None:
                values[node] = S.Zero
                names[mean.quantity.name] = None
    return (expression.xreplace(values), tuple(sorted(names))) if values else (expression, ())


def _is_deviation(node: Sum, mean: Mean) -> bool:
    """Whether a sum is over what a mean is taken of, less that mean, times what stays the same."""
    if len(node.limits) != 1 or not isinstance(node.function, Add):
        return False
    index, first, last = node.limits[0]
    for entry in node.function.atoms(Indexed):
        if str(entry.base.label) != mean.quantity.name or entry.has(index):
            continue
        at = dict(zip(mean.quantity.indices, entry.indices, strict=True))
        own, *ends = mean.limit
        if [end.xreplace(at) for end in ends] != [first, last]:
            continue
        body = freshen(mean.body).xreplace({**at, own: index})
        slot = fresh("m")
        terms = node.function.xreplace({entry: slot}).args
        factors = [term / slot for term in terms if term.has(slot)]
        if len(factors) == 1 and not factors[0].has(slot, index):
            return bool(node.function - factors[0] * (entry - body) == 0) or bool(
                Add(*(factors[0] * term for term in (entry, *_minus(body)))) == node.function
            )
    return False


def _minus(body: Expr) -> list[Expr]:
    return [-term for term in Add.make_args(body)]


# Conditions ---------------------------------------------------------------------------------------


def gathered(expression: Expr, known: Known) -> Expr:
    """Terms alike whose conditions together always hold: ``[t == 1] F[1] + [2 <= t] F[t] = F[t]``.

    A start of a recursion and its general equation often say the same of what both mention.
    """
    if not isinstance(expression, Add):
        return expression
    terms = list(expression.args)
    for delta_term in expression.args:
        for other in expression.args:
            joined = _joined(delta_term, other, known)
            if joined is not None and delta_term in terms and other in terms:
                terms.remove(delta_term)
                terms.remove(other)
                terms.append(joined)
    return Add(*terms) if len(terms) < len(expression.args) else expression


def _joined(single: Expr, other: Expr, known: Known) -> Expr | None:
    """One term for ``[t == c] F(c)`` and ``[c + 1 <= t] F(t)``, or ``[t <= c - 1] F(t)``."""
    for delta in Mul.make_args(single):
        if not isinstance(delta, KroneckerDelta):
            continue
        for letter, value in (delta.args, delta.args[::-1]):
            if letter not in known.ranges or value.has(letter):
                continue
            for condition in Mul.make_args(other):
                if not isinstance(condition, Bracket):
                    continue
                wider = _wider(condition, letter, value)
                if wider is None:
                    continue
                rest = other.xreplace({condition: S.One})
                if rest.xreplace({letter: value}) == single.xreplace({delta: S.One}):
                    return rest if known.holds(wider) else wider * rest
    return None


def _wider(condition: Bracket, letter: Expr, value: Expr) -> Expr | None:
    """A bracket on a letter that holds at one more value."""
    if condition == bracket(value + Integer(1), "<=", letter):
        return bracket(value, "<=", letter)
    if condition == bracket(letter, "<=", value - Integer(1)):
        return bracket(letter, "<=", value)
    return None
