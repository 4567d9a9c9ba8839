"""Other textbook forms of an adjoint: exact limits, a norm's one line, sums in the other order.

Each is made from the steps that are there, by putting in and by recognising what a product then is,
so each equals the result of its step; whoever publishes one joins the two by a proof.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sympy import Add, Expr, Indexed, Mul, Pow, S, Symbol

from symback.algebra.collapse import collapse, factor_common
from symback.algebra.expressions import Partial, Sum, indices_of, name_of, within
from symback.algebra.indexing import Bracket
from symback.algebra.sums import flatten, freshen, limits_of, pull_out, replace
from symback.calculus.derivation import FormKind, Link, OtherForm, Rule, Step
from symback.calculus.tidying import neat
from symback.model.equations import PARAMETERS, Equation, Model

__all__ = ["exchanged", "merged"]

Steps = Mapping[str, Step]


def merged(model: Model, steps: Steps, step: Step) -> OtherForm | None:
    """The adjoint of what a norm is taken of, in one line: mean and variance put in.

    The adjoints of statistics, quantities with a sum over an index of what they are taken of, are
    put in, as is that of the normalised quantity; deviations are named again by the normalised
    quantity, and sums that are gradients by these.

    Returns:
        None where the step has no adjoint of a statistic.
    """
    statistics = _statistics(model, step)
    if not statistics:
        return None
    expression = step.result
    names: dict[str, None] = {}
    way: list[Link] = []
    quotients = _normalised(model, statistics)
    for _ in range(MAX_LEVELS):
        put_in: dict[str, dict[Expr, Expr]] = {}
        for adjoint in within(expression, Partial):
            name = name_of(adjoint.by)
            inner = steps.get(name)
            if inner is None or name == step.quantity.name:
                continue
            is_quotient = name in quotients and not isinstance(inner.result, Add)
            if name in statistics or is_quotient:
                at = dict(zip(inner.quantity.indices, indices_of(adjoint.by), strict=True))
                put_in.setdefault(name, {})[adjoint] = replace(inner.result, at)
        if not put_in:
            break
        # The last that was found first: its adjoint may mention those of the others.
        name = max(put_in, key=lambda name: steps[name].number)
        names[name] = None
        expression = expression.xreplace(put_in[name])
        way.append(Link(_pulled(expression), Rule.UPSTREAM, (name,)))
    for name, equation in quotients.items():
        named = _named_again(expression, equation)
        if named != expression:
            way.append(Link(_pulled(_terms(named)), Rule.NAME, (name,)))
        expression = named
    terms = Add.make_args(_pulled(_terms(expression)))
    gradients = {
        name: other for name, other in steps.items() if model.quantities[name].role in PARAMETERS
    }
    spread = Add(*terms)
    terms = tuple(_by_gradients(term, gradients) for term in terms)
    summed = {name_of(node.by) for term in terms for node in within(term, Partial)}
    summed &= {n for n, other in gradients.items() if other.adjoint in within(Add(*terms), Partial)}
    if Add(*terms) != spread:
        way.append(Link(Add(*terms), Rule.SUMS, _in_order(model, summed)))
    result = _fraction(terms)
    way.append(Link(result, Rule.FACTOR))
    return OtherForm(FormKind.MERGED, result, _in_order(model, names), _tidied(way))


def _tidied(way: Sequence[Link]) -> tuple[Link, ...]:
    """Links without those that repeat the one before them."""
    return tuple(
        link
        for place, link in enumerate(way)
        if not place or link.expression != way[place - 1].expression
    )


def _in_order(model: Model, names: Collection[str]) -> tuple[str, ...]:
    """Names in the order of the model, the same in every run."""
    return tuple(name for name in model.quantities if name in names)


MAX_LEVELS = 12
"""A variance's adjoint stands in a mean's, and that in the input's: so deep norms are."""


def _statistics(model: Model, step: Step) -> set[str]:
    """Quantities that use the step's own, summed over one of its indices: means and variances."""
    return {
        path.through
        for path in step.paths
        if path.through != model.loss.name
        and not model.definitions[path.through].is_boundary
        and _reduces(model.definitions[path.through], step.quantity.name)
    }


def _reduces(equation: Equation, name: str) -> bool:
    """Whether a right side sums over one index of a quantity, and mentions nothing beside it.

    What else it mentions has the indices of the result only, as the mean in a variance.
    """
    letters = set(equation.quantity.indices)
    bound = {limit[0] for node in within(equation.expression, Sum) for limit in node.limits}
    if len(bound) != 1:
        return False
    for entry in within(equation.expression, Indexed):
        indices = set(entry.indices)
        if not (indices == letters | bound if name_of(entry) == name else indices <= letters):
            return False
    return True


def _normalised(model: Model, statistics: set[str]) -> dict[str, Equation]:
    """Quantities that are a deviation over a spread: ``(x - mu)/sd``."""
    found = {}
    for name, equation in model.definitions.items():
        right = equation.expression
        if name in statistics or not isinstance(right, Mul):
            continue
        differences = [part for part in right.args if isinstance(part, Add)]
        others = {name_of(e) for e in within(right, Indexed)} & statistics
        if len(differences) == 1 and others:
            found[name] = equation
    return found


def _named_again(expression: Expr, equation: Equation) -> Expr:
    """Deviations by the name of the normalised quantity: ``x - mu = xh sd``."""
    right = equation.expression
    (difference,) = [part for part in right.args if isinstance(part, Add)]
    spread = difference / right
    values = {}
    for node in within(expression, Add):
        for sign in (S.One, S.NegativeOne):
            at = _alike(difference, sign * node, equation.quantity.indices)
            if at is not None:
                name = equation.quantity.entry.xreplace(at)
                values[node] = sign * name * freshen(spread.xreplace(at))
                break
    return expression.xreplace(values)


def _alike(pattern: Expr, node: Expr, letters: tuple[Symbol, ...]) -> dict[Expr, Expr] | None:
    """The values of letters at which a difference is another; None where it is none."""
    if not isinstance(node, Add) or len(node.args) != len(pattern.args):
        return None
    entries = {name_of(e): e for e in within(node, Indexed)}
    at: dict[Expr, Expr] = {}
    for entry in within(pattern, Indexed):
        other = entries.get(name_of(entry))
        if other is None:
            return None
        at |= {a: b for a, b in zip(entry.indices, other.indices, strict=True) if a in letters}
    return at if pattern.xreplace(at) == node else None


def _terms(expression: Expr) -> Expr:
    """Multiplied out over what is added at the top, and no further."""
    terms = []
    for term in Add.make_args(expression):
        factors = Mul.make_args(term)
        addends = [part for part in factors if isinstance(part, Add)]
        rest = Mul(*(part for part in factors if not isinstance(part, Add)))
        spread = [rest]
        for addend in addends:
            spread = [one * other for one in spread for other in addend.args]
        terms += spread
    again = Add(*terms)
    return again if again == expression else _terms(again)


def _pulled(expression: Expr) -> Expr:
    """Sums without the factors that do not depend on their indices, powers together."""
    values = {}
    for node in within(expression, Sum):
        number, body = neat(node.function).as_coeff_Mul()
        values[node] = number * pull_out(body, limits_of(node))
    return expression.xreplace(values)


def _by_gradients(term: Expr, gradients: Steps) -> Expr:
    """Sums that are a parameter's gradient, by its name."""
    values = {}
    for node in within(term, Sum):
        for step in gradients.values():
            if isinstance(step.result, Sum) and _is_same_sum(step.result, node):
                values[node] = step.adjoint
    return term.xreplace(values)


def _is_same_sum(one: Sum, other: Sum) -> bool:
    if len(one.limits) != len(other.limits):
        return False
    names = {a[0]: b[0] for a, b in zip(one.limits, other.limits, strict=True)}
    ends = [limit.xreplace(names) for limit in one.limits]
    return ends == list(other.limits) and one.function.xreplace(names) == other.function


def _fraction(terms: tuple[Expr, ...]) -> Expr:
    """Terms over the sizes that divide most of them: ``(N dy - dbeta - xh dgamma)/N``."""
    expression = _over_spread(factor_common(Add(*terms)))
    inner = [part for part in Mul.make_args(expression) if isinstance(part, Add)]
    if len(inner) != 1:
        return expression
    whole = inner[0]
    if whole.has(Sum):  # a mean keeps its own divisor
        return expression
    rest = Mul(*(part for part in Mul.make_args(expression) if part != whole))
    for size in sorted((s for s in whole.free_symbols if s.is_positive and s.is_integer), key=str):
        divided = [term.has(Pow(size, -1)) for term in whole.args]
        if any(divided):
            whole = Add(*(term * size for term in whole.args))
            rest = rest / size
    return rest * whole


def _over_spread(expression: Expr) -> Expr:
    """Terms over the lowest power of a spread that divides all: ``(g dy - x D/r^2)/r``."""
    if not isinstance(expression, Add):
        return expression
    powers: dict[Expr, list[Expr]] = {}
    for term in expression.args:
        for part in Mul.make_args(term):
            if isinstance(part, Pow) and part.exp.is_Integer and part.exp < 0:
                powers.setdefault(part.base, []).append(part.exp)
    shared = {base: max(own) for base, own in powers.items() if len(own) == len(expression.args)}
    common = Mul(*(Pow(base, exponent) for base, exponent in shared.items()))
    return common * Add(*(term / common for term in expression.args)) if shared else expression


def exchanged(model: Model, steps: Steps, step: Step) -> OtherForm | None:
    """A contraction ``sum_k A dA`` in the other order: ``sum_w dO O``, where O is linear in A.

    Returns:
        None where the step has no such sum.
    """
    values: dict[Expr, Expr] = {}
    names: dict[str, None] = {}
    for node in within(step.result, Sum):
        found = _other_order(model, steps, node)
        if found is not None:
            values[node], name = found
            names[name] = None
    if not values:
        return None
    return OtherForm(FormKind.EXCHANGED, step.result.xreplace(values), _in_order(model, names))


def _other_order(model: Model, steps: Steps, node: Sum) -> tuple[Expr, str] | None:
    """One contraction with the adjoint in it put in, if what is inside then has a name."""
    factors = Mul.make_args(node.function)
    adjoints = [part for part in factors if isinstance(part, Partial)]
    if len(factors) != 2 or len(adjoints) != 1:
        return None
    (adjoint,) = adjoints
    (entry,) = [part for part in factors if part is not adjoint]
    inner = steps.get(name_of(adjoint.by))
    if entry != adjoint.by or inner is None or len(inner.paths) != 1:
        return None
    through = model.definitions.get(inner.paths[0].through)
    if through is None or not isinstance(through.expression, Sum):
        return None
    at = dict(zip(inner.quantity.indices, indices_of(adjoint.by), strict=True))
    put_in, limits = flatten(replace(inner.result, at))
    own = {limit[0] for limit in node.limits}
    conditions = [part for part in put_in if isinstance(part, Bracket)]
    inside = [p for p in put_in if p.has(*own) and p not in conditions]
    outside = [p for p in put_in if not p.has(*own) and p not in conditions]
    upstream = [p for p in outside if isinstance(p, Partial)]
    if len(upstream) != 1 or name_of(upstream[0].by) != through.quantity.name:
        return None
    indices = indices_of(upstream[0].by)
    definition = model.definition(through.quantity.name, indices)
    body = Mul(entry, *inside)
    if not isinstance(definition, Sum) or not _is_same_sum(Sum(body, *node.limits), definition):
        return None
    product = collapse(Mul(*outside) * through.quantity.at(*indices), limits)
    return product, through.quantity.name
