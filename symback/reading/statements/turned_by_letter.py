r"""A small t that transposes: `x^t A x`, `(A B)^t = B^t A^t`.

Elsewhere it is a step, or a power. That it transposes is shown by a product of a letter with
itself, `X^t X`, or of matrices in brackets, where no index is a t and no equation is for a letter
with one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Entry,
    Group,
    Mark,
    MarkKind,
    Node,
    Power,
    Product,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.statements.blocks import Block, Chain

__all__ = ["with_turned_by_letter"]

_T = Symbol("t")


def with_turned_by_letter(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in which a raised t that transposes is a transpose."""
    chains = [item for block in blocks for item in block.items if isinstance(item, Chain)]
    nodes = [node for chain in chains for operand in chain.operands for node in operand.walk()]
    shown = any(map(_multiplies_itself, nodes)) or any(map(_is_of_matrices, nodes))
    if not shown or any(map(_counts, nodes)) or any(map(_defines, chains)):
        return list(blocks)
    return [
        replace(
            block,
            items=tuple(
                item.with_operands(_turned) if isinstance(item, Chain) else item
                for item in block.items
            ),
        )
        for block in blocks
    ]


def _turned(node: Node) -> Node:
    if isinstance(node, Symbol) and (plain := _without(node)) is not None:
        if len(node.subscripts) == 2:  # the entry of a transpose
            return replace(plain, subscripts=node.subscripts[::-1])
        return Transpose(plain, span=node.span)
    if isinstance(node, Power) and node.exponent == _T:
        base = _turned(node.base)
        if isinstance(base, Entry):
            return replace(base, body=Transpose(base.body, span=base.body.span))
        return Transpose(base, span=node.span)
    return changed(node, _turned)


def _without(symbol: Symbol) -> Symbol | None:
    """A letter without the t above it; None where there is none."""
    raised = [mark for mark in symbol.marks if _is_t(mark)]
    if not raised:
        return None
    return replace(symbol, marks=tuple(mark for mark in symbol.marks if mark not in raised))


def _is_t(mark: Mark) -> bool:
    return mark.kind is MarkKind.BARE and mark.body == _T


def _multiplies_itself(node: Node) -> bool:
    """Say whether a product has a letter with a raised t, and behind it the same without."""
    if not isinstance(node, Product):
        return False
    plain = [_without(f) if isinstance(f, Symbol) else None for f in node.factors]
    return any(one is not None and one in node.factors[at + 1 :] for at, one in enumerate(plain))


def _is_of_matrices(node: Node) -> bool:
    """Say whether this is a bracket of nothing but capital letters with a raised t, `(A B)^t`."""
    if not isinstance(node, Power) or node.exponent != _T or not isinstance(node.base, Group):
        return False
    letters = [part for part in node.base.walk() if isinstance(part, Symbol) and part != _T]
    return len(letters) > 1 and all(letter.name[:1].isupper() for letter in letters)


def _counts(node: Node) -> bool:
    """Say whether a t counts: below a letter, in a sum with a number above it, as that of a sum."""
    if isinstance(node, BigSum):
        return _T in node.indices
    if not isinstance(node, Symbol):
        return False
    above = (m.body for m in node.marks if m.body is not None and not _is_t(m))
    return any(part == _T for script in (*node.subscripts, *above) for part in script.walk())


def _defines(chain: Chain) -> bool:
    first = stripped(chain.first) if chain.first is not None else None
    return isinstance(first, Symbol) and _without(first) is not None
