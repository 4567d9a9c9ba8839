r"""Losses that are said twice, once of a letter that nothing binds: `J = -\log \hat y_c`.

With `J = -\sum_i t_i \log \hat y_i` beside it, the one with the free letter is the same loss in the
case at hand, a class or a layer, and not what the loss is made of. Nor is `J = \sum_x J_x`, where
nothing says what the loss of a sample is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import BigSum, Call, Node, Symbol, stripped
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import (
    INDEX_LETTERS,
    base_of,
    everything,
    quantities,
    spelled,
    summed_letters,
)

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["is_over_examples", "without_loose_losses"]

_Place = tuple[str, int]


def without_loose_losses(
    defining: Sequence[Statement], statements: Sequence[Statement], layers: frozenset[str]
) -> list[Statement]:
    """The equations without those of losses that have a free letter where another has none.

    Args:
        defining: the equations, of which some are left out.
        statements: all that the document says.
        layers: the letters that count layers.
    """
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    places = frozenset(place for side in sides for place in _summed(side))
    samples = {
        base_of(left)
        for statement in defining
        if isinstance(left := statement.definition[0], Symbol) and (left.subscripts or left.marks)
    }
    loose: dict[str, list[Statement]] = {}
    sound: set[str] = set()
    for statement in defining:
        letter = _loss(statement)
        if not letter:
            continue
        if _free(statement, places, layers) or _adds_up_samples(statement, samples):
            loose.setdefault(letter, []).append(statement)
        else:
            sound.add(letter)
    out = {id(s) for letter, found in loose.items() if letter in sound for s in found}
    return [statement for statement in defining if id(statement) not in out]


def is_over_examples(statement: Statement) -> bool:
    """Say whether a loss is added up over examples without an index, `sum_x |y(x) - a(x)|^2`."""
    _, right = statement.definition
    return bool(_loss(statement)) and any(
        isinstance(node, BigSum)
        and node.lower is node.upper is None
        and len(node.indices) == 1
        and node.indices[0].name not in INDEX_LETTERS
        and node.indices[0] in quantities(node.body)
        for node in (everything(right) if right is not None else ())
    )


def _loss(statement: Statement) -> str:
    """The letter and the arguments of the loss that an equation defines; empty for another."""
    left, _ = statement.definition
    symbol = left.function if isinstance(left, Call) else left
    if not isinstance(symbol, Symbol) or base_of(symbol) not in LOSSES:
        return ""
    if symbol.subscripts or symbol.marks:
        return ""
    arguments = left.arguments if isinstance(left, Call) else ()
    return " ".join([base_of(symbol), *(base_of(x) for x in arguments if isinstance(x, Symbol))])


def _adds_up_samples(statement: Statement, defined: Set[str]) -> bool:
    r"""Say whether a loss is only said to be made of those of samples: `C = \\sum_x C_x`."""
    left, right = statement.definition
    symbol = left.function if isinstance(left, Call) else left
    if not isinstance(symbol, Symbol) or right is None or base_of(symbol) in defined:
        return False
    return any(
        isinstance(node, Symbol)
        and node.base == symbol.base
        and bool(node.subscripts or node.marks)
        for node in everything(right)
    )


def _summed(side: Node) -> Iterator[_Place]:
    """Where indices stand that a sum binds: below which letter, at which place."""
    for node in everything(side):
        if isinstance(node, BigSum):
            letters = summed_letters(node)
            for symbol in everything(node.body):
                if isinstance(symbol, Symbol):
                    for at, index in enumerate(symbol.subscripts):
                        if isinstance(index, Symbol) and spelled(index) in letters:
                            yield base_of(symbol), at


def _free(statement: Statement, places: frozenset[_Place], layers: frozenset[str]) -> bool:
    """Say whether the right side has a letter of an entry or a layer that nothing binds."""
    _, right = statement.definition

    def visit(node: Node, bound: frozenset[str]) -> bool:
        node = stripped(node)
        if isinstance(node, Symbol):
            entries = [
                spelled(index)
                for at, index in enumerate(node.subscripts)
                if isinstance(index, Symbol) and (base_of(node), at) in places
            ]
            marks = [spelled(m.body) for m in node.marks if isinstance(m.body, Symbol)]
            return any(x not in bound for x in entries) or any(
                x in layers and x not in bound for x in marks
            )
        if isinstance(node, BigSum):
            return visit(node.body, bound | set(summed_letters(node)))
        children = node.arguments if isinstance(node, Call) else node.children()
        return any(visit(child, bound) for child in children)

    return right is not None and visit(right, frozenset())
