"""Named parts put back: `a = f(w x + b)` goes through z where `z = w x + b` is said too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import fields, replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Fraction,
    Group,
    Hessian,
    Nabla,
    Node,
    Operator,
    Product,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.definitions import Definitions
from symback.reading.network.letters_as_layers import renamed
from symback.reading.network.places import Definition, free_letters
from symback.reading.network.symbols import everything, quantities, spelled

__all__ = ["fold"]

_ANY = "#"
Kinds = tuple[type[Node], ...]
_MADE: Kinds = (Sum, Product, Fraction, Call)


def fold(definitions: Definitions, again: Iterable[Definition] = ()) -> None:
    """Write the left side of an equation wherever its right side is a part of another one.

    Args:
        definitions: the equations, which are changed.
        again: equations that say entry by entry what one of them says of the whole.
    """
    parts: dict[Hashable, Symbol] = {}
    general: dict[Hashable, tuple[Symbol, str]] = {}
    for definition in (*definitions.all(), *again):
        left = definition.statement.definition[0] if definition.statement else None
        if isinstance(left, Symbol) and isinstance(stripped(definition.body), _MADE):
            parts.setdefault(_shape(definition.body), left)
            if len(left.subscripts) == 1 and isinstance(index := left.subscripts[0], Symbol):
                shape = _shape(renamed(definition.body, {spelled(index): _ANY}))
                general.setdefault(shape, (left, spelled(index)))
    if not parts:
        return

    def named(node: Node) -> Symbol | None:
        """The name of an expression, that of another index in it taken over."""
        found = parts.get(_shape(node))
        if found is not None or not general:
            return found
        for letter in dict.fromkeys(free_letters(node, definitions.names)):
            if (other := general.get(_shape(renamed(node, {letter: _ANY})))) is not None:
                symbol = renamed(other[0], {other[1]: letter})
                return symbol if isinstance(symbol, Symbol) else None
        return None

    for found in definitions.of.values():
        for at, definition in enumerate(found):
            own = definition.statement.definition[0] if definition.statement else None

            is_gradient = any(
                isinstance(node, Derivative | Hessian | Nabla)
                for node in everything(definition.body)
            )
            # A slip in a gradient is sought among its own letters: `sigma(z)` for `sigma'(z)`.
            kinds = (*(_MADE[:-1] if is_gradient else _MADE), Group)

            def put(node: Node, own: Node | None = own, kinds: Kinds = kinds) -> Node:
                symbol = named(node) if isinstance(node, kinds) else None
                if symbol is not None and symbol != own:
                    return replace(symbol, span=node.span)
                return changed(node, partial(put, own=own, kinds=kinds))

            body = definition.body
            whole = named(body)
            new = body if whole is not None and whole != own else changed(stripped(body), put)
            if _is_in_two_ways(body, new):
                # `log v + v` with s = log v: by s it is `1 + e^s`, and not 1 with v held.
                new = changed(stripped(body), partial(put, kinds=(*_MADE[:-1], Group)))
            if new != body and own not in set(quantities(new)):
                found[at] = replace(definition, body=new)


def _is_in_two_ways(body: Node, new: Node) -> bool:
    """Say whether what a named function is of, or a power of it, also stands beside the name."""
    calls = [node for node in everything(body) if isinstance(node, Call)]
    kept = [node for node in everything(new) if isinstance(node, Call)]
    gone = [call for call in calls if call not in kept]
    return any(
        not set(quantities(new)).isdisjoint(quantities(part))
        for call in gone
        for part in call.children()
        if part is not call.function
    )


def _shape(node: Node) -> Hashable:
    """An expression as a key, whatever its brackets and the order of its terms."""
    node = stripped(node)
    if isinstance(node, Sum):
        terms = Counter(zip(node.signs, map(_shape, node.terms), strict=True))
        return "sum", frozenset(terms.items())
    if isinstance(node, Symbol):
        return node
    if isinstance(node, Product) and node.operators[-1] is Operator.SLASH:
        kept = node.factors[:-1]
        above = Product(kept, node.operators[:-1]) if len(kept) > 1 else kept[0]
        return _shape(Fraction(above, node.factors[-1]))
    if isinstance(node, BigSum):  # its letter is any, and how far it runs goes without saying
        inner = sum(isinstance(part, BigSum) for part in everything(node.body))
        bound = {spelled(index): f"{_ANY}{inner}.{at}" for at, index in enumerate(node.indices)}
        return node.operator, len(bound), _shape(renamed(node.body, bound))
    return type(node).__name__, tuple(
        _entry(getattr(node, entry.name)) for entry in fields(node) if entry.name != "span"
    )


def _entry(value: object) -> Hashable:
    if isinstance(value, Node):
        return _shape(value)
    if isinstance(value, tuple):
        return tuple(map(_entry, value))
    return value
