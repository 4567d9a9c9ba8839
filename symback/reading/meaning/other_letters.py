"""Functions that an equation writes out in letters of its own, taken at other ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Call, Group, Integral, Node, Symbol, stripped
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.symbols import everything, quantities

__all__ = ["at_other_letters"]


def at_other_letters(
    model: DocumentModel, left: Node | None, body: Node, call: Call
) -> Node | None:
    """The body of an equation with a call's arguments put in for its letters.

    None where the letters are no bare ones, or another quantity of the body has an equation, which
    may rest on them, or a letter that is put in is bound in the body.

    Args:
        model: the network.
        left: the function with its letters, `z(u, v)`.
        body: what the equation says that it is.
        call: the function at other arguments.
    """
    if not isinstance(left, Call) or left.function != call.function or left.order:
        return None
    own = [letter for letter in map(stripped, left.arguments) if isinstance(letter, Symbol)]
    if not len(own) == len(set(own)) == len(left.arguments) == len(call.arguments):
        return None
    if any(x.subscripts or x.marks or x.primes or x.accents for x in own):
        return None
    given: dict[Node, Node] = dict(zip(own, call.arguments, strict=True))
    names = {letter.name for letter in own if given[letter] != letter}
    for symbol in quantities(body):
        if symbol.name in names and symbol not in given:
            return None
        if symbol not in given and model.definitions.under(model.names.split(symbol)):
            return None
    parts = list(everything(body))
    bound = {x for part in parts if isinstance(part, BigSum) for x in part.indices}
    bound |= {part.variable for part in parts if isinstance(part, Integral)}
    if bound & (set(own) | {x for argument in call.arguments for x in argument.walk()}):
        return None
    return Group(_put_in(body, given), "(")


def _put_in(node: Node, given: Mapping[Node, Node]) -> Node:
    if isinstance(node, Symbol):
        found = given.get(node)
        return node if found is None else Group(found, "(", span=node.span)
    if isinstance(node, Call) and node.function in given:
        return replace(node, arguments=tuple(_put_in(x, given) for x in node.arguments))
    return changed(node, lambda inner: _put_in(inner, given))
