"""Forms that keep their digits, put in for those that overflow or cancel.

A sum of exponentials under a logarithm or as a divisor is recognised by its shape, and looked up
through the name that it may have: ``log(p[t,o])`` is ``z[t,o] - logsumexp(z[t])`` where ``p`` is a
softmax.  An adjoint that divides by what its user multiplies again, as that of the output of a
softmax does, is put in where it is used, so that both cancel before any number is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, S, Symbol

from symback.algebra.exponentials import LogSumExp, Softmax
from symback.algebra.expressions import Apply, Entry, Sum, name_of
from symback.algebra.indexing import Bracket
from symback.emission.indexed.program import ADJOINT, Statement
from symback.emission.indexed.walk import limits_of, rebuilt, substituted, walk

__all__ = ["stable"]


def stable(
    forward: Sequence[Statement], backward: Sequence[Statement]
) -> tuple[list[Statement], list[Statement]]:
    """The same statements in forms that keep their digits."""
    definitions = {s.key: s for s in forward if not s.is_boundary}
    known = _Stabiliser(definitions)
    ahead = [replace(s, value=known(s.value)) for s in forward]
    inlined = _inlined(backward, definitions)
    return ahead, [replace(s, value=known(s.value)) for s in inlined]


class _Stabiliser:
    """Rewrites one expression from the inside out."""

    def __init__(self, definitions: Mapping[str, Statement]) -> None:
        self.definitions = definitions

    def __call__(self, node: Expr) -> Expr:
        """The expression in forms that keep their digits."""
        node = rebuilt(node, self)
        match node:
            case Mul():
                return _with_sigmoid(_with_softmax(node))
            case Pow():
                return _sigmoid_of(node) or node
            case Apply(name="log", order=0):
                return self._logarithm(node.argument) or node
        return node

    def _logarithm(self, body: Expr) -> Expr | None:
        body = self._defined(body) or body
        match body:
            case Sum() if len(body.limits) == 1 and isinstance(body.function, Apply):
                if body.function.name == "exp" and not body.function.order:
                    return LogSumExp(body.function.argument, limits_of(body)[0])
            case Softmax():
                index = body.limit[0]
                return substituted(body.body, {index: body.at}) - LogSumExp(body.body, body.limit)
            case Apply(name="sigmoid", order=0):
                return Apply("log-sigmoid", body.argument)
            case Add() if len(body.args) == 2 and S.One in body.args:
                other = next((a for a in body.args if a is not S.One), S.Zero)
                if isinstance(other, Apply) and other.name == "exp" and not other.order:
                    return Apply("softplus", other.argument)
                value = self._defined(-other) or -other
                if isinstance(value, Apply) and value.name == "sigmoid" and not value.order:
                    return Apply("log-sigmoid", -value.argument)
        return None

    def _defined(self, body: Expr) -> Expr | None:
        """What an entry is by its definition, if that is a softmax or a logistic function."""
        if not isinstance(body, Indexed):
            return None
        definition = self.definitions.get(name_of(body))
        if definition is None:
            return None
        value = rebuilt_softmax(definition.value)
        if not isinstance(value, (Softmax, Apply)):
            return None
        at = dict(zip(definition.indices, body.indices, strict=True))
        return substituted(value, at)


def rebuilt_softmax(value: Expr) -> Expr:
    """A definition as a softmax, if that is what it is."""
    return _with_softmax(value) if isinstance(value, Mul) else value


def _with_softmax(product: Expr) -> Expr:
    """A product in which ``exp(e at k) / sum(i, exp(e))`` is a softmax."""
    for divisor in product.args:
        if not (isinstance(divisor, Pow) and divisor.exp is S.NegativeOne):
            continue
        total = divisor.base
        if not (isinstance(total, Sum) and len(total.limits) == 1):
            continue
        body = total.function
        if not (isinstance(body, Apply) and body.name == "exp" and not body.order):
            continue
        limit = limits_of(total)[0]
        for factor in product.args:
            if not (isinstance(factor, Apply) and factor.name == "exp" and not factor.order):
                continue
            at = _place(body.argument, factor.argument, limit[0])
            if at is not None:
                within = (Bracket(at, "<=", limit[2]), Bracket(limit[1], "<=", at))
                rest = [part for part in product.args if part not in (divisor, factor, *within)]
                return Mul(*rest, Softmax(body.argument, limit, at))
    return product


def _sigmoid_of(power: Pow) -> Expr | None:
    """``1/(1 + exp(u))`` as the logistic function of -u, which does not overflow."""
    base, exponent = power.base, power.exp
    if not (exponent.is_integer and exponent.is_negative):
        return None
    if not (isinstance(base, Add) and len(base.args) == 2 and S.One in base.args):
        return None
    other = next(part for part in base.args if part is not S.One)
    if not (isinstance(other, Apply) and other.name == "exp" and not other.order):
        return None
    return Apply("sigmoid", -other.argument) ** -exponent


def _with_sigmoid(product: Expr) -> Expr:
    """A product in which ``exp(u)`` times the logistic function of -u is that of u."""
    if not isinstance(product, Mul):
        return product
    powers = dict(part.as_base_exp() for part in product.args)
    for base, exponent in tuple(powers.items()):
        if not (isinstance(base, Apply) and base.name == "exp" and not base.order):
            continue
        low = Apply("sigmoid", -base.argument)
        other = powers.get(low, S.Zero)
        if all(n.is_integer and n.is_positive for n in (exponent, other)):
            both = min(exponent, other)
            powers[base], powers[low] = exponent - both, other - both
            high = Apply("sigmoid", base.argument)
            powers[high] = powers.get(high, S.Zero) + both
    return Mul(*(base**exponent for base, exponent in powers.items()))


def _place(body: Expr, other: Expr, index: Symbol) -> Expr | None:
    """The index at which a body is another expression."""
    candidates: dict[Expr, None] = {}
    for node in walk(other):
        if isinstance(node, Indexed):
            candidates.update(dict.fromkeys(node.indices))
        elif isinstance(node, Symbol):
            candidates[node] = None
    for candidate in candidates:
        if candidate != index and substituted(body, {index: candidate}) == other:
            return candidate
    return None


def _inlined(
    backward: Sequence[Statement], definitions: Mapping[str, Statement]
) -> list[Statement]:
    """The steps, with an adjoint that divides by its own quantity put in where it is used."""
    values: dict[str, Statement] = {}
    made = []
    for statement in backward:
        value = _put_in(statement.value, values) if values else statement.value
        statement = replace(statement, value=value)
        own = statement.key.removeprefix(ADJOINT)
        if own in definitions and _divides(value, own, statement.indices):
            values[statement.key] = statement
        made.append(statement)
    return made


def _divides(value: Expr, own: str, indices: tuple[Expr, ...]) -> bool:
    """Whether a step has its own quantity in a divisor."""
    entry = Entry(own, *indices)
    for node in walk(value):
        if isinstance(node, Pow) and node.exp.is_number and node.exp.is_negative:
            if entry in set(walk(node.base)) and node.base in (entry, 1 - entry):
                return True
    return False


def _put_in(value: Expr, values: Mapping[str, Statement]) -> Expr:
    def change(node: Expr) -> Expr:
        if isinstance(node, Indexed) and name_of(node) in values:
            statement = values[name_of(node)]
            at = dict(zip(statement.indices, node.indices, strict=True))
            return substituted(statement.value, at)
        changed = rebuilt(node, change)
        return _cancelled(changed) if changed is not node else node

    return change(value)


def _cancelled(node: Expr) -> Expr:
    """A product multiplied out over what was put in, so that what cancels is seen to cancel."""
    match node:
        case Sum():
            return _pulled(node)
        case Mul():
            sums = [part for part in node.args if isinstance(part, Add) and _has_divisor(part)]
            if not sums:
                return node
            rest = Mul(*(part for part in node.args if part is not sums[0]))
            return Add(*(_cancelled(rest * term) for term in sums[0].args))
    return node


def _has_divisor(node: Expr) -> bool:
    return any(isinstance(p, Pow) and p.exp.is_number and p.exp.is_negative for p in walk(node))


def _pulled(node: Expr) -> Expr:
    body = _cancelled(node.function)
    if isinstance(body, Add):
        return Add(*(Sum(term, *node.limits) for term in body.args))
    return Sum(body, *node.limits)
