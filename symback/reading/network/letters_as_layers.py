"""Index letters that are layers: `a_i`, `a_j` and `a_k` are three layers of one network.

Many derivations count no layers; they say "i for the inputs, j for the hidden units, k for the
outputs" and write `z_j = sum_i w_ij a_i`, `a_j = g(z_j)`. Read with one meaning for `a` that is a
circle, and so the letters must be part of the name. What is written for one layer only is meant
for the next ones too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Derivative, Node, Symbol, stripped
from symback.reading.network.naming import Names, Parts
from symback.reading.network.places import Definition
from symback.reading.network.symbols import base_of, everything, quantities, spelled

__all__ = ["ERRORS", "are_layers", "renamed", "shifted", "told_by_letters"]

_Key = tuple[str, str]  # a letter and the name below it

ERRORS = frozenset(["delta", "epsilon", "e"])
"""Letters of a loss's derivatives by pre-activations."""


def are_layers(names: Names, equations: Iterable[tuple[Symbol, Node]]) -> bool:
    """Say whether equations go round in a circle unless letters are layers."""
    edges: dict[_Key, set[_Key]] = {}
    for left, body in equations:
        own = names.split(left)
        if own.layer is not None or _letters(own) is None:
            continue
        for symbol in quantities(body):
            parts = names.split(symbol)
            if parts.base == "delta" and len(parts.indices) == 2 != len(own.indices):
                continue  # Kronecker's, beside an error: `delta_i = y_i - delta_{ic}`
            if parts.layer is None and _letters(parts) is not None:
                edges.setdefault((own.base, own.tag), set()).add((parts.base, parts.tag))
    return any(key in _reached(edges, key) for key in edges)


def told_by_letters(equations: Iterable[tuple[Symbol, Node]]) -> set[str]:
    """Letters that two indices tell apart: `delta_k = dE/dy_k` and `delta_j = dE/da_j` are two.

    What is defined by derivatives by two quantities is two quantities itself.
    """
    found: dict[str, dict[str, Symbol]] = {}
    for left, body in equations:
        body = stripped(body)
        if left.marks or len(left.subscripts) != 1 or not isinstance(body, Derivative):
            continue
        letter, by = left.subscripts[0], body.by[0]
        if isinstance(letter, Symbol) and isinstance(by, Symbol) and by.subscripts == (letter,):
            found.setdefault(base_of(left), {}).setdefault(spelled(letter), by)
    return {
        base
        for base, by in found.items()
        if len({(base_of(symbol), symbol.marks) for symbol in by.values()}) > 1
    }


def shifted(
    names: Names, definitions: Iterable[Definition], operands: Iterable[Node]
) -> Iterator[Definition]:
    """The equations of further layers, for letters that are used and have none."""
    known = list(definitions)
    after = _order(names, known, operands := list(operands))
    have = {(d.parts.base, d.parts.tag) for d in known}
    for symbol in [s for node in operands for s in quantities(node)]:
        parts = names.split(symbol)
        letters = _letters(parts)
        if letters is None or len(letters) != 1 or (parts.base, parts.tag) in have:
            continue
        for definition in known:
            own = _letters(definition.parts)
            if definition.parts.base != parts.base or own is None or len(own) != 1:
                continue
            written = definition.statement.definition[0] if definition.statement else None
            if not isinstance(written, Symbol):
                continue
            moves = _moves(after, own[0], letters[0])
            if moves and (definition.parts.base in ERRORS or letters[0] in after.values()):
                left = renamed(written, moves)
                assert isinstance(left, Symbol)
                have.add((parts.base, parts.tag))
                yield Definition(names.split(left), renamed(definition.body, moves))
                break


def _order(
    names: Names, definitions: Iterable[Definition], operands: Iterable[Node]
) -> dict[str, str]:
    """For each letter the one of the next layer."""
    after: dict[str, str] = {}
    sources: dict[str, bool] = {}  # whether the first index of a weight is where it comes from
    for definition in definitions:
        own = _letters(definition.parts)
        if own is None or len(own) != 1 or definition.parts.base in ERRORS:
            continue
        for node in everything(definition.body):
            if isinstance(node, BigSum) and len(node.indices) == 1:
                inner = spelled(node.indices[0])
                if inner != own[0]:
                    after.setdefault(inner, own[0])
                for symbol in quantities(node.body):
                    parts = names.split(symbol)
                    if _letters(parts) in ((inner, own[0]), (own[0], inner)):
                        sources.setdefault(parts.base, _letters(parts) == (inner, own[0]))
    for operand in operands:
        for symbol in quantities(operand):
            parts = names.split(symbol)
            letters = _letters(parts)
            if letters is not None and len(letters) == 2 and parts.base in sources:
                one, other = letters if sources[parts.base] else letters[::-1]
                if one != other and after.get(other) != one:
                    after.setdefault(one, other)
    return after


def _moves(after: Mapping[str, str], one: str, other: str) -> dict[str, str]:
    """The renaming that takes every letter as many layers on as from one to the other."""
    before = {value: key for key, value in after.items()}
    for table in (after, before):
        steps, at = 0, one
        while at in table and at != other and steps < len(table):
            at, steps = table[at], steps + 1
        if at == other and steps:
            moves = {}
            for letter in {*after, *before}:
                to: str | None = letter
                for _ in range(steps):
                    to = table.get(to) if to is not None else None
                if to is not None:
                    moves[letter] = to
            return moves
    return {}


def renamed(node: Node, moves: Mapping[str, str]) -> Node:
    """An expression with other letters for its indices."""

    def rename(inner: Node) -> Node:
        if isinstance(inner, Symbol):
            return replace(inner, subscripts=tuple(map(letter, inner.subscripts)))
        if isinstance(inner, BigSum):
            inner = replace(inner, indices=tuple(map(letter, inner.indices)))
        return changed(inner, rename)

    def letter(index: Any) -> Any:
        return Symbol(moves[spelled(index)]) if spelled(index) in moves else index

    return rename(node)


def _letters(parts: Parts) -> tuple[str, ...] | None:
    """The letters of a quantity's indices; None where one is no plain letter."""
    if not parts.indices or not all(isinstance(index, Symbol) for index in parts.indices):
        return None
    return tuple(map(spelled, parts.indices))


def _reached(edges: Mapping[_Key, set[_Key]], start: _Key) -> set[_Key]:
    found: set[_Key] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += edges.get(node, ())
    return found
