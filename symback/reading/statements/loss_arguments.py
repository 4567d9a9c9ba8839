r"""Losses written with what they are of, `\mathcal{F}(\mathcal{D}; \Theta)`: the name alone.

A set of data and the set of all parameters say nothing of how a loss depends on one weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Symbol, Tuple, stripped
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.blocks import Block, Chain

__all__ = ["without_arguments"]

_PARAMETERS = frozenset(["Theta", "theta", "vartheta", "Omega", "omega", "Phi", "Psi"])
"""Letters of all that is learnt, taken together."""

_DATA = frozenset("DXYSBxyt")


def without_arguments(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in which a loss of data and of all parameters is its letter alone.

    The number of a sample or of a part of the data, `F(D^m; Theta)`, goes to the letter. Whatever
    is differentiated by one of its arguments keeps them.
    """
    operands = [side for block in blocks for chain in _chains(block) for side in _sides(chain)]
    nodes = [node for side in operands for node in everything(side)]
    found: dict[str, bool] = {}
    for node in nodes:
        if isinstance(node, Derivative | Nabla) and isinstance(of := _body(node.of), Call):
            if _is_of_all(of):
                given = {base_of(a) for a in _arguments(of)}
                by = node.by if isinstance(node, Derivative) else (node.by,)
                letters = {base_of(b) for b in by if isinstance(b, Symbol)}
                unsaid = isinstance(node, Nabla) and node.by is None
                name = base_of(of.function)
                found[name] = found.get(name, True) and not unsaid and given.isdisjoint(letters)
    names = frozenset(name for name, is_loss in found.items() if is_loss)
    if not names:
        return list(blocks)
    alone = partial(_alone, names)
    return [
        replace(
            block,
            items=tuple(
                item.with_operands(alone) if isinstance(item, Chain) else item
                for item in block.items
            ),
        )
        for block in blocks
    ]


def _alone(names: frozenset[str], node: Node) -> Node:
    if isinstance(node, Call) and base_of(node.function) in names and _is_of_all(node):
        own = node.function
        if own.subscripts or own.marks:
            return own
        scripted = next((a for a in _arguments(node) if a.subscripts or a.marks), None)
        if scripted is None:
            return own
        return replace(own, subscripts=scripted.subscripts, marks=scripted.marks, span=node.span)
    return changed(node, partial(_alone, names))


def _is_of_all(call: Call) -> bool:
    """Say whether a function is of a set of parameters and, at most, of data beside it."""
    arguments = list(_arguments(call))
    name = call.function.name
    if call.order or not arguments or not (name[0].isupper() or name in LOSSES):
        return False
    letters = [argument.name for argument in arguments]
    return any(letter in _PARAMETERS for letter in letters) and all(
        letter in _PARAMETERS or letter in _DATA for letter in letters
    )


def _arguments(call: Call) -> Iterator[Symbol]:
    for argument in call.arguments:
        argument = stripped(argument)
        if isinstance(argument, Symbol):
            yield argument
        elif isinstance(argument, Tuple):
            yield from (item for item in argument.items if isinstance(item, Symbol))


def _body(node: Node | None) -> Node | None:
    return stripped(node) if node is not None else None


def _chains(block: Block) -> Iterator[Chain]:
    yield from (item for item in block.items if isinstance(item, Chain))


def _sides(chain: Chain) -> Iterator[Node]:
    if chain.first is not None:
        yield chain.first
    yield from (link.operand for link in chain.links)
