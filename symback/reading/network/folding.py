"""Named parts put back: `a = f(w x + b)` goes through z where `z = w x + b` is said too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import fields, replace

from ..scopes import changed
from ..syntax import Group, Node, Product, Sum, Symbol, stripped
from .definitions import Definitions
from .names import quantities
from .places import Definition

__all__ = ["fold"]


def fold(definitions: Definitions, again: Iterable[Definition] = ()) -> None:
    """Write the left side of an equation wherever its right side is a part of another one.

    Args:
        definitions: the equations, which are changed.
        again: equations that say entry by entry what one of them says of the whole.
    """
    parts: dict[Hashable, Symbol] = {}
    for definition in (*definitions.all(), *again):
        left = definition.statement.definition[0] if definition.statement else None
        if isinstance(left, Symbol) and isinstance(stripped(definition.body), Sum | Product):
            parts.setdefault(_shape(definition.body), left)
    if not parts:
        return
    for found in definitions.of.values():
        for at, definition in enumerate(found):
            own = definition.statement.definition[0] if definition.statement else None

            def put(node: Node, own: Node | None = own) -> Node:
                symbol = (
                    parts.get(_shape(node)) if isinstance(node, Sum | Product | Group) else None
                )
                if symbol is not None and symbol != own:
                    return replace(symbol, span=node.span)
                return changed(node, put)

            body = definition.body
            whole = _shape(body)
            new = body if whole in parts and parts[whole] != own else changed(stripped(body), put)
            if new != body and own not in set(quantities(new)):
                found[at] = replace(definition, body=new)


def _shape(node: Node) -> Hashable:
    """An expression as a key, whatever its brackets and the order of its terms."""
    node = stripped(node)
    if isinstance(node, Sum):
        terms = Counter(zip(node.signs, map(_shape, node.terms), strict=True))
        return "sum", frozenset(terms.items())
    if isinstance(node, Symbol):
        return node
    return type(node).__name__, tuple(
        _entry(getattr(node, entry.name)) for entry in fields(node) if entry.name != "span"
    )


def _entry(value: object) -> Hashable:
    if isinstance(value, Node):
        return _shape(value)
    if isinstance(value, tuple):
        return tuple(map(_entry, value))
    return value
