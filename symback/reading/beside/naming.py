r"""Which quantity of a model a symbol of LaTeX is, and which of its scripts are indices.

A name of two parts stands in LaTeX with one of them as a script or an accent: ``Wf`` as ``W_f`` or
``W^{f}``, ``xh`` as ``\hat x``.  A superscript that is no part of a name is the first index, as
time often is: ``h^{(t)}_k`` is ``h[t,k]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Group,
    MarkKind,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Text,
)

if TYPE_CHECKING:
    from symback.model.equations import Model

__all__ = ["DELTA", "LOSSES", "Names", "latex_of"]

DELTA = Symbol("delta")
"""A sign before a quantity for its adjoint: ``\\delta h_t``."""

LOSSES = ("L", "E", "J", "C", "ell", "Loss", "loss")
"""Letters that stand for the loss beside the model's own."""

_ACCENTS = {"hat": ("hat", "h"), "bar": ("bar", "b"), "tilde": ("tilde", "t")}
_WORDS = {"epsilon": "eps", "varepsilon": "eps"}
_SCRIPTS = (MarkKind.BARE, MarkKind.BRACE, MarkKind.LAYER, MarkKind.BRACKET)


class Names:
    """The names of a model's quantities as LaTeX has them.

    Args:
        model: the model.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.ranks = {name: len(q.ranges) for name, q in model.quantities.items()}

    def is_loss(self, node: Node | None) -> bool:
        """Whether a symbol is the loss."""
        if not isinstance(node, Symbol) or node.subscripts:
            return False
        own = self.model.loss.name
        return node.name == own or (node.name in LOSSES and node.name not in self.ranks)

    def find(self, symbol: Symbol) -> tuple[str, tuple[Node, ...]] | None:
        """A quantity's name, and the indices that stand at the symbol; None for no quantity."""
        for name, indices in self._readings(symbol):
            rank = self.ranks.get(name)
            if rank is not None:
                given = _fitting(indices, rank)
                if given is not None:
                    return name, given
        return None

    def adjoint(self, symbol: Symbol) -> tuple[str, tuple[Node, ...]] | None:
        r"""The same for a delta with a quantity at it: ``\delta_t^o`` is about o at t."""
        if symbol.name != "delta" or "delta" in self.ranks:
            return None
        for mark in symbol.marks:
            if isinstance(mark.body, Symbol) and mark.body.name in self.ranks:
                rest = symbol.subscripts
                return mark.body.name, _fitting((*mark.body.subscripts, *rest), 99) or ()
        if symbol.subscripts and isinstance(first := symbol.subscripts[0], Symbol):
            if self.ranks.get(first.name):
                return first.name, (*first.subscripts, *symbol.subscripts[1:])
        return None

    def under_deltas(self, nodes: Iterable[Node]) -> tuple[tuple[str, ...], frozenset[str]]:
        """The quantities that deltas are about, and those about which there are both kinds."""
        at: dict[str, None] = {}
        before: dict[str, None] = {}
        for node in (part for whole in nodes for part in whole.walk()):
            if isinstance(node, Symbol) and (adjoint := self.adjoint(node)):
                at[adjoint[0]] = None
            elif isinstance(node, Product):
                for first, second in pairwise(node.factors):
                    if first == DELTA and isinstance(second, Symbol):
                        about = self.find(second)
                        before |= {} if about is None else {about[0]: None}
        return tuple({**at, **before}), frozenset(at.keys() & before.keys())

    def _readings(self, symbol: Symbol) -> Iterator[tuple[str, tuple[Node, ...]]]:
        """Names that a symbol may have, those that take more of its scripts first."""
        marks = [mark.body for mark in symbol.marks if mark.kind in _SCRIPTS and mark.body]
        for base in _bases(symbol):
            for mark in marks:
                tail = _tail(mark)
                if tail:
                    inner = mark.subscripts if isinstance(mark, Symbol) else ()
                    yield from (
                        (name, (*inner, *symbol.subscripts)) for name in _joined(base, tail)
                    )
            if symbol.subscripts and (tail := _tail(symbol.subscripts[0])):
                first = symbol.subscripts[0]
                inner = first.subscripts if isinstance(first, Symbol) else ()
                rest = (*marks, *inner, *symbol.subscripts[1:])
                yield from ((name, rest) for name in _joined(base, tail))
            if not any(self._is_value(mark) for mark in marks):
                yield base, (*marks, *symbol.subscripts)

    def _is_value(self, mark: Node) -> bool:
        """Whether a superscript is an exponent: a number, or a quantity that is no index."""
        if isinstance(mark, Symbol) and mark.name in self.ranks:
            return self.model.quantities[mark.name].role != "integer" and bool(mark.subscripts)
        return False


def _bases(symbol: Symbol) -> Iterator[str]:
    name = _WORDS.get(symbol.name, symbol.name) + "'" * symbol.primes
    if not symbol.accents:
        yield name
        yield symbol.name
        return
    for short in _ACCENTS.get(symbol.accents[0], ()):
        yield name + short


def _tail(node: Node) -> str:
    """What a script adds to a name."""
    if isinstance(node, Symbol) and not (node.marks or node.primes or node.accents):
        return node.name
    if isinstance(node, Text):
        return node.words
    return node.digits if isinstance(node, Number) else ""


def _joined(base: str, tail: str) -> tuple[str, ...]:
    return base + tail, f"{base}_{tail}"


def _fitting(indices: tuple[Node, ...], rank: int) -> tuple[Node, ...] | None:
    """As many indices as there is room for: digits set apart, an affine one put together."""
    if len(indices) > rank:
        indices = _products(indices)
    letters = [letter for index in indices for letter in _letters(index)]
    if len(indices) < rank == len(letters):  # three letters in a row are read as a word
        return tuple(letters)
    if len(indices) == 1 and isinstance(only := indices[0], Number) and rank > 1:
        if len(only.digits) == rank and only.digits.isdecimal():
            return tuple(Number(digit) for digit in only.digits)
    return indices if len(indices) <= rank else None


def _letters(index: Node) -> tuple[Node, ...]:
    plain = isinstance(index, Symbol) and index == Symbol(index.name) and index.name.isalpha()
    return tuple(map(Symbol, index.name)) if plain else (index,)  # type: ignore[attr-defined]


def _products(indices: tuple[Node, ...]) -> tuple[Node, ...]:
    """``2(i-1)+r``, which is taken apart like ``2k``, as one index again."""
    found: list[Node] = []
    for index in indices:
        before = found[-1] if found else None
        if isinstance(before, Number | Symbol) and isinstance(index, Sum | Group):
            terms, signs = (
                (index.terms, index.signs) if isinstance(index, Sum) else ((index,), (1,))
            )
            if isinstance(terms[0], Group) and signs[0] == 1:
                scaled = Product((before, terms[0]), (Operator.JUXTAPOSED,))
                found[-1] = Sum((scaled, *terms[1:]), signs)
                continue
        found.append(index)
    return tuple(found)


def latex_of(node: Node) -> str:
    """A symbol as it may be told in a message."""
    if not isinstance(node, Symbol):
        return type(node).__name__.lower()
    scripts = "".join(latex_of(part) for part in node.subscripts if isinstance(part, Symbol))
    tops = "".join(latex_of(mark.body) for mark in node.marks if isinstance(mark.body, Symbol))
    return node.name + (f"_{scripts}" if scripts else "") + (f"^{tops}" if tops else "")
