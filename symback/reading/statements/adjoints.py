r"""Names for the derivatives of a loss: `dZ`, `\delta z`, `\bar z`, in documents that say so.

One line such as `\bar v = \partial L / \partial v` says what the sign means wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Nabla,
    Node,
    Operator,
    Product,
    Span,
    Symbol,
    Transpose,
    stripped,
)  # fmt: skip
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Kind, Statement

__all__ = ["loss_unsaid", "says_sign", "with_adjoints"]

_DELTA = Symbol("delta")
_SEVERAL = 3
_LINES = 2
_WEIGHTS = frozenset(["W", "w", "b", "B", "U", "V", "theta", "Theta"])


def with_adjoints(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with the derivatives that such names stand for.

    The lines that say what a sign means are kept as remarks.
    """
    signs: dict[str, Symbol] = {}
    of_letters: dict[tuple[str, str], Symbol] = {}
    saying: set[int] = set()
    for statement in statements:
        found = _said(statement)
        if found is None:
            continue
        sign, loss, letter = found
        if of_letters.setdefault((sign, letter), loss) == loss:
            saying.add(id(statement))
        # Beside `dW = dJ/dW` of all samples the `dA = dL/dA` of each says what a dZ is.
        if sign not in signs or (letter not in _WEIGHTS and signs[sign] != loss):
            signs[sign] = loss
    unsaid = loss_unsaid(statements)
    if unsaid is not None:
        signs.setdefault("delta", unsaid)
    if "d" not in signs and _names_adjoints(statements):
        signs["d"] = _loss(statements)
    if not signs:
        return tuple(statements)
    letters = _letters(statements)

    def inside(node: Node) -> Node:
        node = changed(node, inside)
        return _written_out(node, signs, of_letters, letters)

    def read(statement: Statement) -> Statement:
        if id(statement) in saying:
            return replace(statement, kind=Kind.REMARK, defines=False)
        new = _changed(statement, inside)
        if isinstance(new.left, Symbol) and new.right is not None and new.right != statement.right:
            if new.defines and isinstance(stripped(new.right), Derivative):
                # A name for a name, `\\delta^l = \\delta A^l`, is not held against other lines.
                return replace(statement, kind=Kind.REMARK, defines=False)
        return new

    return tuple(map(read, statements))


def says_sign(statement: Statement) -> bool:
    """Say whether a line says that a sign before a name stands for a derivative."""
    return _said(statement) is not None


def _said(statement: Statement) -> tuple[str, Symbol, str] | None:
    """The sign of which a line says that it is of a derivative, of what and by which letter."""
    left, right = statement.left, statement.right
    body = stripped(right) if right is not None else None
    if not isinstance(body, Derivative) or len(body.by) != 1 or not isinstance(body.of, Symbol):
        return None
    by = stripped(body.by[0])
    if isinstance(left, Differential) and left.kind == "d" and left.order == 1 and left.of == by:
        return "d", body.of, by.name if isinstance(by, Symbol) else ""
    if isinstance(left, Product) and left.factors == (_DELTA, by):
        return "delta", body.of, by.name if isinstance(by, Symbol) else ""
    if isinstance(left, Symbol) and isinstance(by, Symbol) and len(left.accents) == 1:
        if replace(left, accents=()) == by:
            return left.accents[0], body.of, by.name
    return None


def loss_unsaid(statements: Sequence[Statement]) -> Symbol | None:
    r"""A letter for the loss of which `\delta c_t` is the derivative with no line that says so.

    None where delta is anything else somewhere.
    """
    return _loss(statements) if _always_before_names(statements) else None


def _always_before_names(statements: Iterable[Statement]) -> bool:
    r"""Say whether `\delta` stands before names alone, `\delta c_t`, and several lines begin so."""
    begun: set[Symbol] = set()
    counts = {True: 0, False: 0}
    for statement in statements:
        for side in (statement.left, statement.right):
            for node in everything(side) if side is not None else ():
                if isinstance(node, Symbol) and node.name == "delta":
                    counts[False] += 1
                elif isinstance(node, Product):
                    pairs = zip(node.factors, node.operators, node.factors[1:], strict=False)
                    counts[True] += sum(
                        one == _DELTA
                        and operator is Operator.JUXTAPOSED
                        and isinstance(
                            other.body if isinstance(other, Transpose) else other, Symbol
                        )
                        for one, operator, other in pairs
                    )
        match statement.left:
            case Product(factors=(first, Symbol() as name)) if first == _DELTA:
                begun.add(name.base)
    return counts[True] == counts[False] and len(begun) >= _SEVERAL


def _names_adjoints(statements: Sequence[Statement]) -> bool:
    """Say whether `dV = P^T dO` and its like name derivatives of a loss that nothing else names.

    They do where what stands on the left is what the quantity on the right is made of: a
    differential is found the other way round. No equation may be of a loss, nor a derivative be of
    what has no equation.
    """
    made: dict[str, set[str]] = {}
    nodes = [
        node
        for s in statements
        for side in (s.left, s.right)
        if side is not None
        for node in everything(side)
    ]
    if any(isinstance(node, Nabla) for node in nodes):
        return False
    for statement in statements:
        left, right = statement.definition
        name = left.function if isinstance(left, Call) else left
        if isinstance(name, Symbol) and name.name in LOSSES and statement.is_claim:
            return False  # it is the one that they are derivatives of
        if statement.defines and isinstance(left, Symbol) and right is not None:
            made.setdefault(left.name, set()).update(x.name for x in quantities(right))
    slopes = [node.of for node in nodes if isinstance(node, Derivative)]
    if not all(isinstance(of, Symbol) and of.name in made.keys() - LOSSES for of in slopes):
        return False
    found = 0
    for statement in statements:
        left, right = statement.left, statement.right
        if not (
            isinstance(left, Differential) and left.kind == "d" and isinstance(left.of, Symbol)
        ):
            continue
        if right is None:
            continue  # `dO` is given
        if left.order != 1 or statement.relation != "=":
            return False
        on = {d.of.name for d in everything(right) if _is_of_name(d) and isinstance(d.of, Symbol)}
        own = left.of.name
        if any(other in _behind(made, own) for other in on - {own}):
            return False
        found += any(own in _behind(made, other) for other in on - {own})
    return found >= _LINES


def _is_of_name(node: Node) -> TypeGuard[Differential]:
    return isinstance(node, Differential) and node.kind == "d" and node.order == 1


def _behind(made: Mapping[str, set[str]], name: str) -> set[str]:
    """The letters that a quantity is made of, by all equations."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = made.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _loss(statements: Iterable[Statement]) -> Symbol:
    """A letter for the loss that is nowhere named: one that stands nowhere with an index."""
    indexed = {
        symbol.name
        for s in statements
        for side in (s.left, s.right)
        if side is not None
        for symbol in quantities(side)
        if symbol.subscripts or symbol.marks
    }
    return Symbol(next((letter for letter in "LEJC" if letter not in indexed), "loss"))


def _letters(statements: Iterable[Statement]) -> set[Symbol]:
    """The letters that stand without an accent."""
    return {
        symbol.base
        for s in statements
        for side in (s.left, s.right)
        if side is not None
        for symbol in quantities(side)
        if not symbol.accents
    }


def _changed(statement: Statement, inside: object) -> Statement:
    left, right = statement.left, statement.right
    new_left = left and inside(left)  # type: ignore[operator]
    new_right = right and inside(right)  # type: ignore[operator]
    if new_left == left and new_right == right:
        return statement
    own = replace(statement, left=new_left, right=new_right)
    if (
        new_left != left
        and isinstance(new_left, Derivative | Differential)
        and own.kind is Kind.DEFINITION
    ):
        return replace(own, kind=Kind.CLAIM, defines=False)
    return own


def _written_out(
    node: Node,
    signs: Mapping[str, Symbol],
    of_letters: Mapping[tuple[str, str], Symbol],
    letters: set[Symbol],
) -> Node:
    def derivative(sign: str, by: Symbol) -> Derivative:
        loss = of_letters.get((sign, by.name), signs[sign])
        return Derivative("∂", loss, (by,), span=node.span)

    if isinstance(node, Differential) and node.kind == "d" and "d" in signs:
        if isinstance(by := node.of, Symbol) and node.order == 1 and by.base in letters:
            return derivative("d", by)
        if isinstance(node.of, Transpose) and isinstance(by := node.of.body, Symbol):
            return Transpose(derivative("d", by), span=node.span)
    if isinstance(node, Symbol) and len(node.accents) == 1 and node.accents[0] in signs:
        by = replace(node, accents=())
        if by.base in letters:
            return derivative(node.accents[0], by)
    if isinstance(node, Product) and "delta" in signs and _DELTA in node.factors:
        return _products(node, signs["delta"], letters)
    return node


def _both(first: Node, last: Node) -> Span:
    return Span(first.span.start, last.span.end)


def _products(node: Product, loss: Symbol, letters: set[Symbol]) -> Node:
    r"""Take each `\delta` and the quantity behind it for one derivative."""
    factors: list[Node] = []
    operators: list[Operator] = []
    at = 0
    while at < len(node.factors):
        factor, step = node.factors[at], 1
        if factor == _DELTA and at + 1 < len(node.factors):
            behind = node.factors[at + 1]
            body = behind.body if isinstance(behind, Transpose) else behind
            if node.operators[at] is Operator.JUXTAPOSED and isinstance(body, Symbol):
                if body.accents or body.base in letters:
                    factor = Derivative("∂", loss, (body,), span=_both(factor, behind))
                    if isinstance(behind, Transpose):
                        factor = Transpose(factor, span=behind.span)
                    step = 2
        if factors:
            operators.append(node.operators[at - 1])
        factors.append(factor)
        at += step
    if len(factors) == len(node.factors):
        return node
    return (
        factors[0]
        if len(factors) == 1
        else replace(node, factors=tuple(factors), operators=tuple(operators))
    )
