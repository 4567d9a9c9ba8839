"""What the chain rule has and a formula lacks: the derivative of a function, a sum, a path.

A formula that goes through one unit of a layer alone has lost the paths through the others; with a
free index on its right side only, it has lost its sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.commands import GREEK
from symback.reading.formula.infix import plain_name
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Fraction,
    Group,
    MarkKind,
    Node,
    Number,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.symbols import base_of, everything, quantities, spelled
from symback.reading.repairing.edits import Edit, TextEdit

__all__ = ["Missing"]

# Functions that LaTeX itself has a command for.
_COMMANDS = frozenset("exp log ln sin cos tan cot sinh cosh tanh coth arcsin arccos arctan".split())

_PATHS_LIMIT = 5
_INDICES_LIMIT = 6


class Missing:
    """Edits that add to a formula what it lacks.

    Args:
        model: the network that it is about.
        source: the formula's text.
        heads: how each letter is written.
        plain: whether the text is infix and no LaTeX.
    """

    def __init__(
        self, model: DocumentModel, source: str, heads: Mapping[str, str], *, plain: bool
    ) -> None:
        self.model = model
        self.source = source
        self.heads = heads
        self.plain = plain

    def factors(self, left: Node, right: Node) -> Iterator[tuple[Node, str]]:
        """The derivatives of the network's functions at the units that a formula names."""
        indices: dict[Node, None] = {}
        for side in (left, right):
            for symbol in quantities(side):
                for index in self.model.names.split(symbol).indices:
                    if isinstance(index, Number | Symbol):
                        indices[index] = None
        for definition in self.model.definitions.all():
            body = stripped(definition.body)
            if not isinstance(body, Call) or body.order or len(body.arguments) != 1:
                continue
            argument = body.arguments[0]
            if not isinstance(argument, Symbol) or len(argument.subscripts) > 1:
                continue
            units: Sequence[tuple[Node, ...]] = [(index,) for index in indices][:_INDICES_LIMIT]
            if not self.model.names.split(argument).indices:
                units = [argument.subscripts]  # none, or the number of a layer
            for subscripts in units:
                at = replace(argument, subscripts=subscripts)
                call = replace(body, arguments=(at,), order=1)
                yield call, f"{self._function(body.function)}'({self._symbol(at)})"

    def numbers(self) -> Iterator[tuple[Node, str]]:
        """The numbers that a derivative loses: the 2 of a square, and the half before it."""
        if not self.plain:
            yield Number("2"), "2"
            yield Fraction(Number("1"), Number("2")), r"\frac{1}{2}"

    def complements(self, right: Node) -> Iterator[tuple[Node, str]]:
        """What stands beside `a` in a slope as that of a sigmoid, `a (1 - a)`."""
        for symbol in dict.fromkeys(quantities(right)):
            inside = Sum((Number("1"), symbol), (1, -1))
            yield Group(inside), f"(1 - {self._symbol(symbol)})"

    def diagonal(self, root: Node, letters: Sequence[str]) -> Iterator[Edit]:
        r"""Kronecker's delta in the place of a 1: `p_i (1 - p_j)` for `p_i (\delta_{ij} - p_j)`."""
        if len(letters) != 2 or self.plain:
            return
        one, other = letters
        delta = Symbol("delta", subscripts=(Symbol(one), Symbol(other)))
        text = rf"\delta_{{{one}{other}}}"
        for node in everything(root):
            if isinstance(node, Number) and node.digits == "1":
                start, end = node.span
                new = replace(delta, span=node.span)
                yield self._edit("diagonal", node, new, ((start, end, text),))

    def edits(self, root: Node, stray: Sequence[str]) -> Iterator[Edit]:
        """A sum over a stray index, or the paths through the other units of a layer."""
        if not isinstance(root, Sum):
            for letter in stray:
                sign = f"sum_{letter} " if self.plain else rf"\sum_{letter} "
                new = BigSum("sum", (Symbol(letter),), None, None, root, span=root.span)
                start = root.span.start
                yield self._edit("sum-missing", root, new, ((start, start, sign),), index=letter)
            yield from self._paths(root)

    def _paths(self, root: Node) -> Iterator[Edit]:
        units: dict[object, dict[str, None]] = {}
        for symbol, position, index in self._numbered(root):
            place = (self.model.place(self.model.names.split(symbol), {}), position)
            units.setdefault(self.model.sizes.find(place), {})[index.digits] = None
        for where, values in units.items():
            size = self.model.sizes.size(where)
            if len(values) != 1 or not 1 < size <= _PATHS_LIMIT:
                continue
            (own,) = values
            others = [str(n) for n in range(1, size + 1) if str(n) != own]
            terms = [root, *(self._at(root, where, n) for n in others)]
            texts = [self._text_at(root, where, n) for n in others]
            new = Sum(tuple(terms), (1,) * len(terms), span=root.span)
            end = root.span.end
            text = ((end, end, "".join(f" + {piece}" for piece in texts)),)
            yield self._edit("paths-missing", root, new, text, units=", ".join(others))

    def _numbered(self, root: Node) -> Iterator[tuple[Symbol, int, Number]]:
        for symbol in quantities(root):
            for position, index in enumerate(self.model.names.split(symbol).indices):
                if isinstance(index, Number) and index.digits.isdecimal():
                    yield symbol, position, index

    def _belongs(self, symbol: Symbol, position: int, where: object) -> bool:
        place = (self.model.place(self.model.names.split(symbol), {}), position)
        return self.model.sizes.find(place) == where

    def _at(self, root: Node, where: object, number: str) -> Node:
        """The formula at another unit of a layer."""

        def put(node: Node) -> Node:
            if not isinstance(node, Symbol):
                return changed(node, put)
            indices = self.model.names.split(node).indices
            if not indices or not any(isinstance(index, Number) for index in indices):
                return node
            new = (
                Number(number)
                if isinstance(index, Number) and self._belongs(node, position, where)
                else index
                for position, index in enumerate(indices)
            )
            return replace(node, subscripts=tuple(new))

        return put(root)

    def _text_at(self, root: Node, where: object, number: str) -> str:
        """The text of the formula at another unit of a layer."""
        pieces: dict[tuple[int, int], str] = {}
        for symbol in quantities(root):
            indices = self.model.names.split_here(symbol).indices
            for position, index in enumerate(indices):
                if not isinstance(index, Number) or not self._belongs(symbol, position, where):
                    continue
                together = [each for each in indices if each.span == index.span]
                new = [
                    number if self._belongs(symbol, at, where) else spelled(each)
                    for at, each in enumerate(indices)
                ]
                piece = "".join(new) if len(together) > 1 else number
                pieces[index.span.start, index.span.end] = piece
        text, read = "", root.span.start
        for (start, end), piece in sorted(pieces.items()):
            if start < read:
                continue
            text += self.source[read:start] + piece
            read = end
        return text + self.source[read : root.span.end]

    def _edit(
        self, code: str, old: Node, new: Node, text: tuple[TextEdit, ...], **arguments: str
    ) -> Edit:
        was = self.source[old.span.start : old.span.end]
        ((start, end, piece),) = text
        start, end = start - old.span.start, end - old.span.start
        named = {"was": was, "is": was[:start] + piece + was[end:], **arguments}
        return Edit(code, old, new, text, tuple(named.items()))

    def _function(self, function: Symbol) -> str:
        name = function.name
        if self.plain or len(name) == 1:
            return name
        return rf"\{name}" if name in _COMMANDS or name in GREEK else rf"\mathrm{{{name}}}"

    def _symbol(self, symbol: Symbol) -> str:
        """A quantity in the way of the formula's text."""
        base = base_of(symbol)
        layers = [m for m in symbol.marks if m.body is not None]
        below = ",".join(map(spelled, symbol.subscripts))
        primes = "'" * symbol.primes
        if self.plain:
            layer = "".join(spelled(mark.body) for mark in layers if mark.body is not None)
            return plain_name(base) + layer + primes + (f"[{below}]" if below else "")
        head = self.heads.get(base, symbol.name)
        above = "".join(
            f"^{{({spelled(m.body)})}}" if m.kind is MarkKind.LAYER else f"^{{{spelled(m.body)}}}"
            for m in layers
            if m.body is not None
        )
        return (
            head
            + (f"_{{{below}}}" if len(below) > 1 else f"_{below}" if below else "")
            + (primes + above)
        )
