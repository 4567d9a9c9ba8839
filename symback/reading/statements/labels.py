r"""Words in brackets before a formula, which say what it is: `(Mean) \mu = \frac1N \sum_i x_i`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symback.reading.formula.syntax import Group, Node, Operator, Product, Symbol, Text
from symback.reading.formula.unread import Unread
from symback.reading.statements.blocks import Block, Chain

__all__ = ["without_labels"]

_WORD = 3
"""So many letters at least are a word and no name."""


def without_labels(blocks: Iterable[Block]) -> list[Block]:
    """Blocks in which nothing begins with a word in brackets that stands nowhere else."""
    blocks = list(blocks)
    chains = [item for block in blocks for item in block.items if isinstance(item, Chain)]
    labels = {id(chain): label for chain in chains if (label := _label(chain.first)) is not None}
    if not labels:
        return blocks
    used = [part for chain in chains for operand in chain.operands for part in operand.walk()]
    names = [part for part in used if isinstance(part, Symbol)]

    def plain(item: Chain | Unread) -> Chain | Unread:
        label = labels.get(id(item))
        if not isinstance(item, Chain) or not isinstance(item.first, Product):
            return item
        if label is None or names.count(label) > 1:
            return item
        _, *factors = item.first.factors
        rest = factors[0] if len(factors) == 1 else replace(
            item.first, factors=tuple(factors), operators=item.first.operators[1:]
        )  # fmt: skip
        return replace(item, first=rest)

    return [replace(block, items=tuple(map(plain, block.items))) for block in blocks]


def _label(first: Node | None) -> Symbol | None:
    """The word in brackets with which an expression begins."""
    if not isinstance(first, Product) or first.operators[0] is not Operator.JUXTAPOSED:
        return None
    head = first.factors[0]
    if not isinstance(head, Group) or head.bracket != "(":
        return None
    word = Symbol(head.body.words) if isinstance(head.body, Text) else head.body
    if isinstance(word, Symbol) and word == Symbol(word.name) and len(word.name) >= _WORD:
        return word if word.name.isalpha() and word.name[0].isupper() else None
    return None
