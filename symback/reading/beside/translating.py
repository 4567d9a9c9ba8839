"""Expressions of the language of models as the document would have written them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from symback.errors import InputError
from symback.model.language import syntax as typed
from symback.reading.beside.spellings import Spellings
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Fraction,
    Group,
    Indicator,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Sqrt,
    Sum,
    Symbol,
    Transpose,
)

__all__ = ["TRANSPOSED", "Translation"]

TRANSPOSED = (Symbol("T"), Symbol("top"))
"""What is no exponent."""
_SIGNS = {"==": "=", "<=": "\\le", ">=": "\\ge", "!=": "\\ne", "<": "<", ">": ">"}


class Translation:
    """Reads the tree of a line of the language as the document would have written it.

    Args:
        spellings: how the document spells its quantities.
        limits: the upper limit of each letter that it sums over.
    """

    def __init__(self, spellings: Spellings, limits: dict[str, Node]) -> None:
        self.spellings = spellings
        self.limits = limits
        self.bound: list[str] = []

    def equation(self, line: typed.EquationLine) -> tuple[Node, Node]:
        """Both sides of an equation."""
        if isinstance(line.left, typed.Derivative):
            raise InputError("a derivative is claimed, and not defined")
        letters = line.left.indices if isinstance(line.left, typed.Entry) else ()
        self.bound = [index.name for index in letters if isinstance(index, typed.Name)]
        left = self.node(line.left)
        right = line.right
        if isinstance(right, typed.Call) and isinstance(left, Symbol):
            # `L = loss(yhat)` and `L = l(yhat)` only say what the loss is of.
            if right.name == "loss" or right.name.lower() == left.name.lower():
                return left, Call(left, tuple(map(self.node, right.arguments)))
        return left, self.node(right)

    def node(self, node: typed.Node) -> Node:
        """An expression."""
        match node:
            case typed.Number(_, text):
                return Number(text)
            case typed.Name(_, name):
                return Symbol(name) if name in self.bound else self.spellings.symbol(name)
            case typed.Entry(_, name, indices):
                kept = [self.node(i) for i in indices if not isinstance(i, typed.Whole)]
                return self.spellings.symbol(name, kept)
            case typed.Negative(_, operand):
                return Sum((self.node(operand),), (-1,))
            case typed.Bracket(_, sides, relations):
                signs = tuple(_SIGNS[relation] for relation in relations)
                return Indicator(Relation(tuple(map(self.node, sides)), signs))
            case typed.Binary(_, operator, left, right):
                return self._binary(operator, self.node(left), self.node(right))
            case typed.Call():
                return self._call(node)
            case _:
                raise InputError("what stands there is not read beside a document")

    def _binary(self, operator: str, left: Node, right: Node) -> Node:
        if operator == "^" and right in TRANSPOSED:
            return Transpose(left)
        if operator in "*/" and isinstance(left, Sum) and left.signs == (-1,):
            return Sum((self._binary(operator, left.terms[0], right),), (-1,))
        if operator == "/":
            return Fraction(left, right)
        if operator == "^":
            return Power(_grouped(left), right)
        if operator == "*":
            first = left.factors if isinstance(left, Product) else (_grouped(left),)
            right = _grouped(right)
            signs = (Operator.JUXTAPOSED,) * len(first)
            return Product((*first, right), signs)
        terms, signs_of = (left.terms, left.signs) if isinstance(left, Sum) else ((left,), (1,))
        sign = 1 if operator == "+" else -1
        if isinstance(right, Sum) and sign == 1:
            return Sum((*terms, *right.terms), (*signs_of, *right.signs))
        return Sum((*terms, right), (*signs_of, sign))

    def _call(self, node: typed.Call) -> Node:
        binders = self._binders(node)
        if node.name in ("sum", "prod", "mean") and binders:
            return self._over(node.name, binders, node.arguments[len(binders)])
        if node.name == "softmax" and len(node.arguments) == 2:
            return self._softmax(node.arguments[0], node.arguments[1])
        arguments = tuple(map(self.node, node.arguments))
        if node.name == "sqrt" and len(arguments) == 1:
            return Sqrt(arguments[0])
        if node.name == "stop":
            return arguments[0]
        return Call(self.spellings.function(node.name), arguments)

    def _binders(self, node: typed.Call) -> tuple[typed.Name | typed.Limited, ...]:
        found = node.arguments[:-1]
        return tuple(a for a in found if isinstance(a, typed.Name | typed.Limited))

    def _over(
        self, operator: str, binders: Sequence[typed.Name | typed.Limited], body: typed.Node
    ) -> Node:
        """Sums, products and means over letters, the first outermost."""
        letters = [b.name if isinstance(b, typed.Name) else b.letter for b in binders]
        self.bound += letters
        inner = self.node(body)
        del self.bound[len(self.bound) - len(letters) :]
        for binder, letter in zip(reversed(binders), reversed(letters), strict=True):
            lower = self.node(binder.first) if isinstance(binder, typed.Limited) else None
            upper = self.limits.get(letter)
            if isinstance(binder, typed.Limited):
                upper = self.node(binder.last)
            elif upper is not None:
                lower = Number("1")
            if operator != "prod" and isinstance(inner, Sum) and inner.signs == (-1,):
                total = BigSum("sum", (Symbol(letter),), lower, upper, inner.terms[0])
                inner = Sum((total,), (-1,))
            else:
                sign = "prod" if operator == "prod" else "sum"
                inner = BigSum(sign, (Symbol(letter),), lower, upper, inner)
            if operator == "mean":
                size = upper or Symbol(letter.upper())
                inner = Product(
                    (Fraction(Number("1"), size), _grouped(inner)), (Operator.JUXTAPOSED,)
                )
        return inner

    def _softmax(self, letter: typed.Node, body: typed.Node) -> Node:
        if not isinstance(letter, typed.Name):
            raise InputError("softmax is over a letter")
        other = next(_other_letters(letter.name, self.bound))
        self.bound.append(letter.name)
        above = Call(Symbol("exp"), (self.node(body),))
        del self.bound[-1]
        below = _with_letter(above, letter.name, other)
        return Fraction(above, BigSum("sum", (Symbol(other),), None, None, below))


def _grouped(node: Node) -> Node:
    """A sum in brackets, as it stands beside a factor."""
    return Group(node) if isinstance(node, Sum) else node


def _other_letters(letter: str, bound: Sequence[str]) -> Iterator[str]:
    yield from (other for other in "qjkimnpruv" if other != letter and other not in bound)


def _with_letter(node: Node, letter: str, other: str) -> Node:
    """An expression at another index."""
    if isinstance(node, Symbol):
        if node == Symbol(letter):
            return Symbol(other)
        scripts = tuple(_with_letter(s, letter, other) for s in node.subscripts)
        marks = tuple(
            replace(m, body=_with_letter(m.body, letter, other)) if m.body else m
            for m in node.marks
        )
        return replace(node, subscripts=scripts, marks=marks)
    return changed(node, partial(_with_letter, letter=letter, other=other))
