"""What a line hangs on: its own parts, the formulas of the letters in it, and of those in them."""

from __future__ import annotations

from collections.abc import Iterator

from symback.reading.formula.syntax import BigSum, Call, Node, Symbol
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.statements import Statement

__all__ = ["behind", "letters_in"]


def behind(model: DocumentModel, statement: Statement) -> Iterator[Node]:
    """The parts of a line and of all equations that it hangs on, those of each letter once."""
    waiting = [side for side in (statement.left, statement.right) if side is not None]
    seen: set[str] = set()
    while waiting:
        for node in everything(waiting.pop()):
            yield node
            for symbol in letters_in(node):
                if (name := base_of(symbol)) not in seen:
                    seen.add(name)
                    waiting += _bodies(model, name)


def letters_in(node: Node) -> Iterator[Symbol]:
    """The letter that a part is, is an application of, or is a sum up to."""
    if isinstance(node, Symbol):
        yield node
    elif isinstance(node, BigSum) and isinstance(node.upper, Symbol):
        yield node.upper
    elif isinstance(node, Call):
        yield node.function


def _bodies(model: DocumentModel, name: str) -> Iterator[Node]:
    for (base, _), found in model.definitions.of.items():
        if base == name:
            yield from (definition.body for definition in found)
    if (function := model.definitions.functions.get(name)) is not None:
        yield function.body
