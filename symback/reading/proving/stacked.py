"""Vectors that are written below one another, `W [h, x]`, as the blocks of which they are made.

A matrix times a stack is the sum of its blocks, each times its own vector, so a line about the
matrix is one line about each block, and holds where all of these hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Group,
    Mark,
    MarkKind,
    Matrix,
    Nabla,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)
from symback.reading.network.symbols import base_of, everything
from symback.reading.proving.objective import differentiated

__all__ = ["Parts", "apart"]

Pair = tuple[Node, Node]
Parts = list[list[Pair]]

_STACKING = frozenset(["concat", "concatenate", "cat", "stack"])
_PRODUCTS = (Operator.JUXTAPOSED, Operator.DOT, Operator.TIMES, Operator.STAR)


class _Unsplit(Exception):
    """A line says something of a stacked quantity that its blocks do not say one by one."""


def apart(equations: Sequence[Pair], claims: Sequence[Pair]) -> tuple[list[Pair], Parts]:
    """Equations without stacks, and for each line the lines about blocks that it amounts to.

    Args:
        equations: of the forward pass.
        claims: the lines.

    Returns:
        The equations, and the lines in order; a line that cannot be taken apart stays as it is.
    """
    own = _Blocks(equations, claims)
    if not own.matrices:
        return list(equations), [[pair] for pair in claims]
    return list(own.of_equations(equations)), [own.of_claim(*pair) for pair in claims]


def _items(node: Node) -> tuple[Node, ...]:
    """What a stack is made of; empty where it is none."""
    node = stripped(node)
    if isinstance(node, Tuple) and node.bracket == "[":
        return node.items
    if isinstance(node, Matrix) and all(len(row) == 1 for row in node.rows) and len(node.rows) > 1:
        return tuple(row[0] for row in node.rows)
    if isinstance(node, Call) and node.function.name in _STACKING and len(node.arguments) > 1:
        return node.arguments
    if isinstance(node, Transpose):
        # `[h^T, x^T]^T` stands upright as well.
        turned = _items(node.body)
        if turned and all(isinstance(each, Transpose) for each in turned):
            return tuple(each.body for each in turned if isinstance(each, Transpose))
    return ()


def _part(symbol: Symbol, number: int) -> Symbol:
    return replace(symbol, marks=(*symbol.marks, Mark(MarkKind.BARE, Symbol(f"part{number + 1}"))))


class _Blocks:
    """Which quantities are stacks, and which matrices are made of blocks for them.

    Attributes:
        named: the items of stacks that have a name, by the symbol without its span.
        matrices: of what the blocks of a matrix are, in order.
    """

    def __init__(self, equations: Sequence[Pair], claims: Sequence[Pair]) -> None:
        self.named: dict[Symbol, tuple[Node, ...]] = {
            left: items
            for left, right in equations
            if isinstance(left, Symbol) and (items := _items(right))
        }
        self.matrices: dict[Symbol, tuple[str, ...]] = {}
        pairs = [*equations, *claims]
        for product in (n for pair in pairs for side in pair for n in everything(side)):
            if isinstance(product, Product):
                for at in range(1, len(product.factors)):
                    before, items = product.factors[at - 1], self.items(product.factors[at])
                    if items and product.operators[at - 1] in _PRODUCTS:
                        if isinstance(before, Symbol):
                            self.matrices.setdefault(before, self.order(product.factors[at]))

    def items(self, node: Node) -> tuple[Node, ...]:
        """The items of a stack, written out or by its name."""
        node = stripped(node)
        if isinstance(node, Symbol):
            return tuple(
                each if isinstance(each, Number) else _part(node, number)
                for number, each in enumerate(self.named.get(node, ()))
            )
        return _items(node)

    def order(self, node: Node) -> tuple[str, ...]:
        """Of what a stack is made, whatever the step."""
        node = stripped(node)
        items = self.named.get(node, ()) if isinstance(node, Symbol) else _items(node)
        return tuple(base_of(each) if isinstance(each, Symbol) else "" for each in items)

    def is_stacked(self, node: Node) -> bool:
        """Say whether anything in an expression is a stack or has blocks."""
        return any(
            bool(_items(each))
            or (isinstance(each, Symbol) and (each in self.named or each in self.matrices))
            for each in everything(node)
        )

    def of_equations(self, equations: Iterable[Pair]) -> Iterator[Pair]:
        for left, right in equations:
            if isinstance(left, Symbol) and left in self.named:
                for number, item in enumerate(self.named[left]):
                    if not isinstance(item, Number):
                        yield _part(left, number), item
            else:
                yield left, self.forward(right)

    def forward(self, node: Node) -> Node:
        """An expression with every matrix times a stack as a sum over blocks."""
        node = changed(node, self.forward)
        if not isinstance(node, Product):
            return node
        factors, operators = list(node.factors), list(node.operators)
        at = 1
        while at < len(factors):
            matrix, items = factors[at - 1], self.items(factors[at])
            blocks = self.matrices.get(matrix) if isinstance(matrix, Symbol) else None
            if isinstance(matrix, Symbol) and blocks and blocks == self.order(factors[at]):
                factors[at - 1 : at + 1] = [_times(matrix, items)]
                del operators[at - 1]
            else:
                at += 1
        if len(factors) == len(node.factors):
            return node
        if len(factors) == 1:
            return factors[0]
        return replace(node, factors=tuple(factors), operators=tuple(operators))

    def of_claim(self, left: Node, right: Node) -> list[Pair]:
        """The lines about blocks that a line amounts to; itself where it amounts to none."""
        about = differentiated(left)
        by = about[0] if about is not None else None
        try:
            if by is not None and by in self.named:
                count = len(self.named[by])
                return [
                    (_by_part(left, by, number), self.first(right, number))
                    for number in range(count)
                ]
            if by is not None and by in self.matrices:
                return [
                    (_by_part(left, by, number), self.last(right, number, self.matrices[by]))
                    for number in range(len(self.matrices[by]))
                ]
            new = self.forward(right)
            return [(left, right if self.is_stacked(new) else new)]
        except _Unsplit:
            return [(left, right)]

    def first(self, node: Node, number: int) -> Node:
        """The rows of one block: of `W^T d`, where W has its blocks side by side."""
        match node:
            case Group() | BigSum():
                return replace(node, body=self.first(node.body, number))
            case Sum():
                return replace(node, terms=tuple(self.first(x, number) for x in node.terms))
            case Product():
                at = next((i for i, x in enumerate(node.factors) if self.is_stacked(x)), 0)
                others = (*node.factors[:at], *node.factors[at + 1 :])
                if any(map(self.is_stacked, others)) or not all(
                    isinstance(x, Number) for x in node.factors[:at]
                ):
                    raise _Unsplit
                new = self.first(node.factors[at], number)
                return replace(node, factors=(*node.factors[:at], new, *node.factors[at + 1 :]))
            case Transpose(body=Symbol() as matrix) if matrix in self.matrices:
                return replace(node, body=_part(matrix, number))
        raise _Unsplit

    def last(self, node: Node, number: int, order: tuple[str, ...]) -> Node:
        """The columns of one block: of `d [h, x]^T`, stacked in the order of the matrix."""
        match node:
            case Group() | BigSum():
                return replace(node, body=self.last(node.body, number, order))
            case Sum():
                return replace(node, terms=tuple(self.last(x, number, order) for x in node.terms))
            case Symbol() if node in self.matrices:
                return _part(node, number)
            case Product():
                *before, behind = node.factors
                if any(map(self.is_stacked, before)):
                    raise _Unsplit
                if node.operators[-1] is Operator.OTIMES:
                    new = self._item(behind, number, order)
                elif isinstance(behind, Transpose) and self.items(behind.body):
                    new = self._item(behind.body, number, order)
                    new = new if isinstance(new, Number) else Transpose(new, span=behind.span)
                else:
                    new = self.last(behind, number, order)
                if new == Number("1"):
                    if len(before) == 1:
                        return before[0]
                    return replace(node, factors=tuple(before), operators=node.operators[:-1])
                return replace(node, factors=(*before, new))
        raise _Unsplit

    def _item(self, node: Node, number: int, order: tuple[str, ...]) -> Node:
        items = self.items(node)
        if self.order(node) != order:
            raise _Unsplit
        return items[number]


def _times(matrix: Symbol, items: Sequence[Node]) -> Node:
    terms: list[Node] = []
    for number, item in enumerate(items):
        block = _part(matrix, number)
        if item == Number("1"):
            terms.append(block)
        else:
            terms.append(Product((block, Group(item)), (Operator.JUXTAPOSED,)))
    return Group(Sum(tuple(terms), (1,) * len(terms)))


def _by_part(left: Node, by: Symbol, number: int) -> Node:
    """The same derivative by one block alone."""
    left = stripped(left)
    new = _part(by, number)
    if isinstance(left, Derivative):
        return replace(left, by=(new,))
    if isinstance(left, Nabla):
        return replace(left, by=new)
    assert isinstance(left, Differential)
    return replace(left, of=new)
