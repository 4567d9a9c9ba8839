"""Matrices of all samples that no equation defines: X beside the `x_i` of a sum over samples.

Nothing says whether the samples are its rows or its columns; all lines of a document are read in
one way, and those that fit only the other one stay open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Node, Symbol, Transpose, stripped
from symback.reading.network.symbols import everything, spelled
from symback.reading.proving.judging import Found, decided

__all__ = ["decided_of_samples"]

Pair = tuple[Node, Node]

_UNFIT = ("shapes", "model-shapes")
_SHOWN = ("proved", "agrees")
_DEEPEST = 8


def decided_of_samples(
    equations: Sequence[Pair],
    claims: Sequence[Pair],
    asked: Sequence[bool],
    meanings: Mapping[str, str],
    if_beyond: Sequence[bool] = (),
    said: Sequence[Pair] = (),
) -> list[Found]:
    """What `decided` finds, with matrices of all samples read as such.

    Args:
        equations: as for `decided`.
        claims: as for `decided`.
        asked: as for `decided`.
        meanings: as for `decided`.
        if_beyond: as for `decided`.
        said: as for `decided`.
    """
    letters = dict(_stacks(equations, claims))
    if not letters:
        return decided(equations, claims, asked, meanings, if_beyond, said)
    of_samples = [
        each and any(s in letters for side in pair for s in _symbols(side))
        for each, pair in zip(asked, claims, strict=True)
    ]
    # `A = sigma(w^T X + b)` beside `a^{(i)} = ...` says again what is known of each column.
    again = [pair for pair in equations if pair[0] in letters]
    rest = [pair for pair in equations if pair[0] not in letters]
    if not all(_is_said_of_each(pair, rest) for pair in again):
        return decided(equations, claims, asked, meanings, if_beyond, said)
    ways: dict[str, list[Found]] = {}
    for code, turned in (("samples-in-rows", False), ("samples-in-columns", True)):
        read = [(_read(a, letters, turned), _read(b, letters, turned)) for a, b in claims]
        wanted = asked if not ways else of_samples
        ways[code] = decided(rest, read, wanted, meanings, if_beyond, said)
    shown = {
        code: {at for at, one in enumerate(found) if of_samples[at] and one.verdict in _SHOWN}
        for code, found in ways.items()
    }
    rows, columns = shown.values()
    if rows - columns and columns - rows:
        # Lines that need one way each are not about one matrix.
        return [
            Found() if of_samples[at] else one for at, one in enumerate(ways["samples-in-rows"])
        ]
    meant = "samples-in-columns" if columns - rows else "samples-in-rows"
    about = {"of": ", ".join(sorted(spelled(letter) for letter in letters))}
    others = ways["samples-in-rows" if meant == "samples-in-columns" else "samples-in-columns"]
    return [
        _together(ways[meant][at], others[at], (meant, about))
        if of_samples[at]
        else ways["samples-in-rows"][at]
        for at in range(len(claims))
    ]


def _together(one: Found, other: Found, reading: tuple[str, Mapping[str, str]]) -> Found:
    """A verdict under the way that is meant; refuted only where neither can make it right."""
    if one.verdict in _SHOWN:
        return replace(one, readings=(*one.readings, reading))
    cannot = other.verdict == "refuted" or other.why[0] in _UNFIT
    if one.verdict == "refuted" and cannot:
        return replace(one, readings=(*one.readings, reading))
    return replace(one, verdict="")


def _stacks(equations: Sequence[Pair], claims: Sequence[Pair]) -> Iterator[tuple[Symbol, Symbol]]:
    """Each capital letter of lines that nothing defines, with the letter of its vectors."""
    left_sides = [left for left, _ in equations if isinstance(left, Symbol)]
    inside = [symbol for _, right in equations for symbol in _symbols(right)]
    summed = {
        spelled(index)
        for pair in (*equations, *claims)
        for side in pair
        for node in everything(side)
        if isinstance(node, BigSum)
        for index in node.indices
    }
    indexed = {s.name: s for s in inside if _is_of_sample(s, summed)}
    of_samples = {left.name for left in left_sides if _is_of_sample(left, summed)}
    defined = {left.name for left in left_sides} - of_samples
    batch = {left for left in left_sides if left.name[0].isupper()}
    batch = {left for left in batch if left.name.lower() in of_samples and left == left.base}
    others = [right for left, right in equations if left not in batch]
    known = {symbol.name for right in others for symbol in _symbols(right)}
    known |= defined - {left.name for left in batch}
    for symbol in dict.fromkeys(s for pair in claims for side in pair for s in _symbols(side)):
        small = indexed.get(symbol.name.lower())
        if symbol.name[0].isupper() and symbol == symbol.base and symbol.name not in known:
            if small is not None and small.name not in defined:
                yield symbol, small.base


def _is_of_sample(symbol: Symbol, summed: set[str]) -> bool:
    scripts = (*symbol.subscripts, *(mark.body for mark in symbol.marks))
    return len(scripts) == 1 and isinstance(scripts[0], Symbol) and spelled(scripts[0]) in summed


def _is_said_of_each(pair: Pair, equations: Sequence[Pair]) -> bool:
    """Say whether an equation for all samples is, in small letters, what those of one come to."""
    own = {left.name: right for left, right in equations if isinstance(left, Symbol)}

    def of_one(node: Node, deep: int = 0) -> Node:
        if isinstance(node, Symbol):
            name = node.name.lower() if node == node.base else node.name
            if name in own and deep < _DEEPEST:
                return of_one(own[name], deep + 1)
            return replace(node, name=name, subscripts=(), marks=())
        return changed(stripped(node), lambda part: of_one(part, deep))

    return of_one(pair[0]) == of_one(pair[1])


def _symbols(node: Node) -> Iterator[Symbol]:
    yield from (part for part in everything(node) if isinstance(part, Symbol))


def _read(node: Node, letters: Mapping[Symbol, Symbol], turned: bool) -> Node:
    if isinstance(node, Symbol) and node in letters:
        small = letters[node]
        return Transpose(small, span=node.span) if turned else replace(small, span=node.span)
    if isinstance(node, Transpose) and isinstance(node.body, Symbol) and node.body in letters:
        small = letters[node.body]
        return small if turned else replace(node, body=small)
    return changed(node, lambda part: _read(part, letters, turned))
