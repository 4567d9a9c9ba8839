r"""Names in an answer that nothing in the stated network has: `out_{q1}`, `W_3`, `out_{h1}` of two.

In a document they would be numbers of their own, and an equation with one would differ from every
other; of an answer it is said which names there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symback.reading.answers.ends import COUNTS
from symback.reading.answers.spellings import Spelled, Spellings
from symback.reading.formula.syntax import BigSum, Number, Symbol
from symback.reading.network.symbols import base_of, everything, quantities, spelled, written
from symback.reading.statements.statements import Statement

__all__ = ["layer_amiss", "unknown_name"]

_GIVEN = frozenset({"e", "pi", "I", "1", "lambda", "alpha", "eta", "epsilon"}) | COUNTS


def unknown_name(statement: Statement, spellings: Spellings) -> str:
    """The first name in an answer that no quantity of the network has; empty where all are known.

    That is one with other scripts than any has, too, or without what tells quantities apart.
    """
    bound = set(_bound(statement))
    for symbol in _symbols(statement):
        if symbol == Symbol(symbol.name) and (symbol.name in bound or symbol.name in _GIVEN):
            continue
        if base_of(symbol) in _GIVEN or _is_kronecker(symbol):
            continue
        found = spellings.like(symbol)
        if not found or (_is_of_any(symbol) and _are_apart(found)):
            return written(symbol)
    return ""


def layer_amiss(statement: Statement, spellings: Spellings) -> Mapping[str, str] | None:
    """The layer of a name that has others, and which these are; None where all layers are there."""
    for symbol in _symbols(statement):
        layers = sorted({one.layer for one in spellings.of if one.base == base_of(symbol)})
        numbers = [mark.body.digits for mark in symbol.marks if isinstance(mark.body, Number)]
        if len(layers) > 1 and all(layers) and len(numbers) == 1 and numbers[0] not in layers:
            return {"of": base_of(symbol), "layer": numbers[0], "layers": ", ".join(layers)}
    return None


def _is_of_any(symbol: Symbol) -> bool:
    """Say whether a symbol says no layer."""
    return not any(mark.body is not None for mark in symbol.marks)


def _are_apart(found: list[Spelled]) -> bool:
    """Say whether quantities differ by their layer alone, which all of them have."""
    layers = {one.layer for one in found}
    return len(layers) > 1 and "" not in layers


def _is_kronecker(symbol: Symbol) -> bool:
    return symbol.name == "delta" and len(symbol.subscripts) == 2 and not symbol.marks


def _symbols(statement: Statement) -> Iterator[Symbol]:
    for side in (statement.left, statement.right):
        if side is not None:
            yield from quantities(side)


def _bound(statement: Statement) -> Iterator[str]:
    """The letters of indices, which a bracket can hold by themselves, `[j = k]`."""
    for side in (statement.left, statement.right):
        for node in everything(side) if side is not None else ():
            if isinstance(node, BigSum):
                yield from map(spelled, node.indices)
            elif isinstance(node, Symbol):
                yield from map(spelled, node.subscripts)
