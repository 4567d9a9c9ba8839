"""The names under which statements define and use quantities, by which sections find each other's.

A name is a letter, a letter with its indices (`a_j`) or with its layer (`a^2`, or `a^*` for every
one), or a single entry (`a#1`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Call, Derivative, Node, Number, Sum, Symbol, stripped
from symback.reading.network.symbols import base_of, everything, spelled
from symback.reading.statements.named_entries import named_entries

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = [
    "ENTRY", "OUTPUTS", "KnownNames", "differentiated_with", "is_general", "is_next",
    "is_of_last_layer", "knows", "letter_of", "nodes_of",
]  # fmt: skip

OUTPUTS = frozenset(["hat y", "h_W,b"])
_EVERY = "*"
ENTRY = "#"


def nodes_of(statement: Statement) -> Iterator[Node]:
    """Every part of both sides."""
    for side in (statement.left, statement.right):
        if side is not None:
            yield from everything(side)


def differentiated_with(kind: str, statement: Statement) -> set[str]:
    """The names of what is differentiated with a sign, "d" or "∂", in a statement."""
    slopes = (n for n in nodes_of(statement) if isinstance(n, Derivative) and n.kind == kind)
    return {base_of(of) for n in slopes if n.of and isinstance(of := stripped(n.of), Symbol)}


class KnownNames:
    """The names under which statements define and use quantities.

    Attributes:
        units: letters with an index below a letter, as in `out_{o_k}`, with that letter.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.units = {
            (base_of(node), word.name)
            for s in statements
            for node in nodes_of(s)
            if isinstance(node, Symbol)
            for word in node.subscripts
            if isinstance(word, Symbol) and len(word.name) == 1 and word.subscripts
        }
        # With the statement, which nothing else may keep: an id lasts as long as what has it.
        self._defined: dict[int, tuple[Statement, tuple[str, ...]]] = {}
        self._used: dict[int, tuple[Statement, tuple[str, ...]]] = {}

    def defined(self, statement: Statement) -> tuple[str, ...]:
        """What a statement can define."""
        known = self._defined.get(id(statement))
        if known is None:
            known = self._defined[id(statement)] = statement, tuple(self._can_define(statement))
        return known[1]

    def _can_define(self, statement: Statement) -> Iterator[str]:
        side, _ = statement.definition
        if isinstance(side, Symbol):
            yield from self.of(side)
            if (named := named_entries(statement.left, statement.right)) is not None:
                yield named.base
        elif isinstance(side, Call):
            yield base_of(side.function)

    def used(self, statement: Statement) -> tuple[str, ...]:
        """The quantities and functions in a statement."""
        known = self._used.get(id(statement))
        if known is None:
            known = self._used[id(statement)] = statement, tuple(self._uses(statement))
        return known[1]

    def _uses(self, statement: Statement) -> Iterable[str]:
        found: dict[str, None] = {}
        for node in nodes_of(statement):
            if isinstance(node, Symbol):
                found.update(dict.fromkeys(self.of(node)))
            elif isinstance(node, Call):
                found[base_of(node.function)] = None
        return found

    def of(self, symbol: Symbol) -> Iterator[str]:
        """The letter, and the letter with its indices and with its layer, which can tell it apart.

        `a_j` and `a_k` can be two layers, and `a^2` is another one than `a^3`. Of a single entry,
        such as `a_1`, nothing but the entry.
        """
        base, indices = self._parts(symbol)
        if indices and all(isinstance(index, Number) for index in indices):
            marks = [mark.body for mark in symbol.marks if mark.body is not None][:1]
            layer = "".join(f"^{_EVERY if is_general(m) else spelled(m)}" for m in marks)
            yield f"{base}{layer}{ENTRY}{','.join(map(spelled, indices))}"
            return
        yield base
        letters = [spelled(index) for index in indices if isinstance(index, Symbol)]
        if letters and len(letters) == len(indices):
            yield f"{base}_{','.join(letters)}"
        for mark in symbol.marks:
            if mark.body is not None:
                yield f"{base}^{_EVERY if is_general(mark.body) else spelled(mark.body)}"

    def _parts(self, symbol: Symbol) -> tuple[str, tuple[Node, ...]]:
        """The letter, with the letter below it that says which unit is meant, and the indices."""
        base = base_of(symbol)
        word = symbol.subscripts[0] if len(symbol.subscripts) == 1 else None
        if isinstance(word, Symbol) and (base, word.name[:1]) in self.units:
            digits = word.name[1:]
            if not digits:
                return f"{base}.{word.name}", word.subscripts
            if digits.isdecimal():
                return f"{base}.{word.name[0]}", (Number(digits),)
        return base, symbol.subscripts


def letter_of(name: str) -> str:
    """The letter of a name."""
    return re.split(r"[_^#]", name, maxsplit=1)[0]


def is_of_last_layer(symbol: Symbol) -> bool:
    """Say whether a mark is the letter for how many layers there are: `a^L`, `h^N`."""
    marks = (mark.body for mark in symbol.marks)
    return any(isinstance(body, Symbol) and body.name.isupper() for body in marks)


def is_general(mark: Node) -> bool:
    """Say whether a mark stands for every layer: `l`, `l + 1`."""
    if isinstance(mark, Sum):
        mark = mark.terms[0]
    return isinstance(mark, Symbol) and mark.name in ("l", "ell")


def is_next(mark: Node | None, letter: Node) -> bool:
    """Say whether a mark is a small letter's neighbour: the `k - 1` of `k`."""
    if not isinstance(letter, Symbol) or letter.name.isupper() or not isinstance(mark, Sum):
        return False
    return mark.terms[0] == letter and all(isinstance(term, Number) for term in mark.terms[1:])


def knows(have: set[str], name: str) -> bool:
    """Say whether a name is defined, by itself, as an entry of one or as one of every layer."""
    whole, entry, _ = name.partition(ENTRY)
    base, hat, _ = whole.partition("^")
    return (
        name in have
        or bool(entry and knows(have, whole))
        or bool(hat and f"{base}^{_EVERY}" in have)
    )
