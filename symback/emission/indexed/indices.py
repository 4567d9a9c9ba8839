"""Indices as arrays of integers, and the conditions on them as masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Indexed, KroneckerDelta, S, Symbol

from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Smallest,
)
from symback.emission.indexed.affine import affine, letters_of
from symback.emission.indexed.tensors import ATOM, COMPARE, PRODUCT, SUM, UNARY, Tensor, elementwise
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.emission.indexed.arrays import ArrayWriter

__all__ = ["Indices"]


class Indices:
    """Writes indices as numbers and conditions as masks.

    Args:
        writer: what writes everything else.
    """

    def __init__(self, writer: ArrayWriter) -> None:
        self.writer = writer

    def number(self, node: Expr) -> Tensor:
        """An index as a number of the type that the arrays have."""
        found = self.index(node)
        if not found.axes and not node.has(IntegerEntry, Extreme):
            return found
        if self.writer.dialect.is_numpy:
            return Tensor(f"{found.at(ATOM)}.astype(dtype)", found.axes)
        return Tensor(f"xp.astype({found.text}, dtype)", found.axes)

    def index(self, node: Expr, less: Expr = S.Zero) -> Tensor:
        """An index, less a number, as an array of integers."""
        match node:
            case Largest() | Smallest() if self.writer.is_vector(node):
                name = "maximum" if isinstance(node, Largest) else "minimum"
                parts = [self.index(part) for part in node.args]
                texts, axes = elementwise(
                    parts, self.writer.preferred, self.writer.dialect, COMPARE
                )
                text = texts[0]
                for other in texts[1:]:
                    text = f"{self.writer.dialect.prefix}.{name}({text}, {other})"
                return self.index_plus(Tensor(text, axes), -less)
            case FloorOf() | CeilingOf() if self.writer.is_vector(node):
                sign = "" if isinstance(node, FloorOf) else "-"
                inner = self.index(node.numerator if not sign else -node.numerator)
                divisor = self.writer.integer.atom(node.divisor)
                text = f"{inner.at(UNARY)} // {divisor}"
                found = Tensor(text, inner.axes, PRODUCT)
                if sign:
                    found = Tensor(f"-({text})", inner.axes, UNARY)
                return self.index_plus(found, -less)
            case Extreme():
                return self.index_plus(self.writer.reductions.extreme(node), -less)
        made = affine(node)
        rest = made.rest - less
        pieces: list[tuple[Expr, Tensor]] = []
        for letter, coefficient in made.letters.items():
            if letter in self.writer.scalars:
                rest += coefficient * letter
            elif coefficient == 1 and len(made.letters) == 1 and not made.others:
                first, last = self.writer.bounds[letter]
                shift = rest
                return self._arange(first + shift, last + shift + 1, letter)
            else:
                first, last = self.writer.bounds[letter]
                pieces.append((coefficient, self._arange(first, last + 1, letter)))
        for other, coefficient in made.others.items():
            if isinstance(other, IntegerEntry):
                pieces.append((coefficient, self.writer.entries.entry(other)))
                rest += coefficient  # they count from 0 in code
            else:
                pieces.append((coefficient, self.index(other)))
        if not pieces:
            return Tensor(self.writer.integer(rest), (), ATOM if rest.is_Atom else SUM)
        texts, axes = elementwise(
            [t for _, t in pieces], self.writer.preferred, self.writer.dialect, UNARY
        )
        text = ""
        for (coefficient, _), piece in zip(pieces, texts, strict=True):
            negative = coefficient.could_extract_minus_sign()
            size = -coefficient if negative else coefficient
            term = piece if size == 1 else f"{self.writer.integer.factor(size)} * {piece}"
            text = (
                f"{text} {'-' if negative else '+'} {term}"
                if text
                else (f"-{term}" if negative else term)
            )
        found = Tensor(text, axes, ATOM if len(pieces) == 1 and text == texts[0] else SUM)
        return self.index_plus(found, rest)

    def _arange(self, first: Expr, end: Expr, letter: Symbol) -> Tensor:
        start = "" if first == 0 else f"{self.writer.integer(first)}, "
        device = "" if self.writer.dialect.is_numpy else ", device=device"
        text = f"{self.writer.dialect.prefix}.arange({start}{self.writer.integer(end)}{device})"
        return Tensor(text, (letter,))

    def index_plus(self, index: Tensor, more: Expr) -> Tensor:
        """An index with a number added."""
        if more == 0:
            return index
        negative = more.could_extract_minus_sign()
        text = f"{index.text} {'-' if negative else '+'} "
        return Tensor(
            text + self.writer.integer.factor(-more if negative else more), index.axes, SUM
        )

    def mask(self, node: Expr) -> Tensor:
        """A condition, True where it holds; one of letters alone is computed once, by a name."""
        if node.has(Indexed) or letters_of(node) & self.writer.scalars or len(letters_of(node)) < 2:
            return self._condition(node)
        before, self.writer.preferred = self.writer.preferred, ()
        found = self._condition(node)
        self.writer.preferred = before
        if found.text not in self.writer.shared:
            self.writer.shared[found.text] = self.writer.names.free(
                "mask", str(len(self.writer.shared) + 1)
            )
        return Tensor(self.writer.shared[found.text], found.axes)

    def _condition(self, node: Expr) -> Tensor:
        match node:
            case KroneckerDelta():
                return self._compared(node.args[0], "==", node.args[1])
            case Bracket():
                return self._compared(node.left, node.relation, node.right)
            case Divides():
                number = self.index(node.args[1])
                text = f"{number.at(UNARY)} % {self.writer.integer.atom(node.args[0])} == 0"
                return Tensor(text, number.axes, COMPARE)
        raise InputError(f"{node} is no condition")

    def _compared(self, left: Expr, relation: str, right: Expr) -> Tensor:
        sides = []
        if left.is_integer and right.is_integer:
            shared = _constant(left) or _constant(right)  # what counts from 0 in code
            if not shared and self.writer.is_vector(left) and self.writer.is_vector(right):
                shared = S.One
            sides = [self.index(left, shared), self.index(right, shared)]
        else:
            sides = [self.writer(left), self.writer(right)]
        texts, axes = elementwise(sides, self.writer.preferred, self.writer.dialect, SUM)
        is_scalar = not axes and not (left.has(Indexed) or right.has(Indexed))
        text = f"{texts[0]} {relation} {texts[1]}"
        return Tensor(text, axes, COMPARE, is_scalar=is_scalar)


def _constant(index: Expr) -> Expr:
    parts = affine(index)
    return sum((c for o, c in parts.others.items() if isinstance(o, IntegerEntry)), S.Zero)
