"""What a model says of its indices: ranges, entries, conditions, and what is 0 where."""

from __future__ import annotations

from sympy import Expr, Indexed, KroneckerDelta, Mul, S, Sum, Symbol

from symback.algebra.expressions import name_of
from symback.algebra.indexing import Bracket, Extreme, IntegerEntry, Product
from symback.algebra.ranges import NOTHING, Ends, Known, linear
from symback.errors import InputError
from symback.model.equations import Equation, Model, Quantity, Role

__all__ = ["entry_ends", "is_plain", "known_of", "support_of"]

Support = tuple[tuple[Expr, ...], tuple[Expr, ...]]
"""Letters, and the brackets in them without which something is 0."""


def known_of(model: Model) -> Known:
    """What the chain rule may take for granted about a model's indices, before any step."""
    if is_plain(model):
        return NOTHING
    for equation in model.equations:
        _refuse_what_cannot_be_solved(equation)
    adjoints = {name: entry_ends(model, q) for name, q in model.quantities.items()}
    counts = {q.name: q.counts for q in model.given if q.counts is not None}
    facts = tuple(
        condition.right - condition.left
        for condition in model.conditions
        if isinstance(condition, Bracket) and condition.relation == "<="
    )
    supports: dict[tuple[str, bool], Support] = {}
    known = Known(facts=facts, adjoints=adjoints, supports=supports, counts=counts)
    for equation in model.equations:
        if not equation.is_boundary and equation.quantity.name not in model.boundaries:
            found = support_of(equation.expression, equation.quantity, known)
            if found is not None:
                supports[equation.quantity.name, False] = found
    return known


def _refuse_what_cannot_be_solved(equation: Equation) -> None:
    """Refuse an index that is not affine in its letters, by name.

    Raises:
        InputError: with the entry and the index.
    """
    for entry in equation.expression.atoms(Indexed):
        for index in entry.indices:
            letters = [s for s in index.free_symbols if s.is_integer and not s.is_positive]
            if index.has(IntegerEntry, Extreme):  # a lookup, or the place of a maximum
                continue
            if not all(_is_affine(index, letter, letters) for letter in letters):
                raise InputError(
                    f"{name_of(entry)} is read at the index {_spelled(index)}, which is not affine",
                    where=f"equation ({equation.number})",
                    hint="an index is a sum of letters and sizes, times numbers or sizes",
                )


def _is_affine(index: Expr, letter: Expr, letters: list[Expr]) -> bool:
    parts = linear(index, letter)
    return parts is not None and not parts[0].has(*letters)


def _spelled(index: Expr) -> Expr:
    return index.xreplace({s: Symbol(s.name) for s in index.free_symbols})


def entry_ends(model: Model, quantity: Quantity) -> tuple[Ends, ...]:
    """The first and last value of each index, starts and ends of a recursion among them."""
    ends = [(r.first, r.upper) for r in quantity.ranges]
    sizes = Known()
    for boundary in model.boundaries.get(quantity.name, ()):
        for place, index in enumerate(boundary.at):
            if index not in quantity.indices:
                first, last = ends[place]
                ends[place] = (sizes.smallest(first, index), sizes.largest(last, index))
    return tuple(ends)


def support_of(expression: Expr, quantity: Quantity, known: Known) -> Support | None:
    """The brackets in a quantity's own letters without which an expression is 0."""
    letters = set(quantity.indices)
    found: dict[Expr, None] = {}
    for factor in Mul.make_args(expression):
        if isinstance(factor, Bracket):
            found[factor] = None
        else:
            found |= dict.fromkeys(known.support(factor))
    own = tuple(
        condition
        for condition in found
        if isinstance(condition, Bracket)
        and condition.relation == "<="
        and {s for s in condition.free_symbols if not s.is_positive} <= letters
    )
    return (quantity.indices, own) if own else None


def is_plain(model: Model) -> bool:
    """Whether every index is a letter of its own over a whole range, as in a perceptron."""
    if model.boundaries or any(q.role is Role.INTEGER for q in model.given):
        return False
    if not all(r.is_plain for q in model.quantities.values() for r in q.ranges):
        return False
    return all(_is_plain_equation(model, equation) for equation in model.equations)


def _is_plain_equation(model: Model, equation: Equation) -> bool:
    expression = equation.expression
    if expression.has(Bracket, Extreme, Product, KroneckerDelta):
        return False
    ranges: dict[Expr, Expr] = {
        letter: r.upper
        for letter, r in zip(equation.quantity.indices, equation.quantity.ranges, strict=True)
    }
    for node in expression.atoms(Sum):
        for index, first, last in node.limits:
            if first is not S.One or ranges.setdefault(index, last) != last:
                return False
    return all(
        _is_plain_entry(node, model.quantities[name_of(node)], ranges)
        for node in expression.atoms(Indexed)
    )


def _is_plain_entry(node: Indexed, quantity: Quantity, ranges: dict[Expr, Expr]) -> bool:
    return all(
        str(index) == ":" or ranges.get(index) == r.upper
        for index, r in zip(node.indices, quantity.ranges, strict=True)
    )
