r"""Sums that are not written: `y_{ij} = x_{ik} c_{kj}`, where a repeated index is summed over.

This is Einstein's convention. It is taken only of a document that says so, since elsewhere an index
on one side alone is a sum that was forgotten. An index of the first expression of a chain is free
in all of it, however often it stands: `a_i = g_i f(z_i)` sums nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Derivative,
    Entry,
    Meant,
    Nabla,
    Node,
    Relation,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.symbols import INDEX_LETTERS, spelled
from symback.reading.statements.statements import Statement

__all__ = ["as_written", "leaves_sums_open", "repeats", "says_so", "with_sums"]

_CONVENTION = re.compile(
    r"\beinstein(?:['’]?s|ian)?\s+(?:sum|notation|convention|index)|\bsummation\s+convention|"
    r"\btensor\s+calculus|"
    r"\brepeated\s+(?:ind(?:ex|ices)|subscripts?)\s+(?:is|are)\s+(?:implicitly\s+)?summed|"
    r"\bsum(?:mation)?\s+(?:is\s+implied\s+)?over\s+repeated\s+(?:ind|subscr)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|never|without)\b[^.\n]{0,60}$", re.IGNORECASE)


def says_so(text: str) -> bool:
    """Say whether a document's words say that repeated indices are summed over."""
    return any(
        not _DENIED.search(text[max(0, found.start() - 80) : found.start()])
        for found in _CONVENTION.finditer(text)
    )


def with_sums(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements of a document of that convention, with its sums."""
    free: dict[int, frozenset[str]] = {}
    found = []
    for statement in statements:
        left, right = statement.left, statement.right
        if left is None or right is None:
            found.append(statement)
            continue
        name, _ = statement.definition
        first = left if name is None or name is left else name
        head = free.setdefault(statement.chain, _free(first))
        new = replace(statement, left=_summed(left, head), right=_summed(right, head))
        found.append(new)
    return tuple(found)


def _free(first: Node) -> frozenset[str]:
    """The letters that the first expression of a chain holds for: all of a name or a derivative.

    In a product it is those that stand once, `i`, `q` in `x_{ik} delta_{kq}`.
    """
    counts = counted(first)
    whole = isinstance(stripped(first), Symbol | Derivative | Nabla | Entry)
    return frozenset(letter for letter, count in counts.items() if whole or count == 1)


def as_written(node: Node) -> Node:
    """The expression without the sums that are not written."""
    if isinstance(node, BigSum) and node.meant is Meant.BY_REPEATED_INDEX:
        return as_written(node.body)
    return changed(node, as_written)


def leaves_sums_open(statement: Statement) -> bool:
    """Say whether an index letter is left over on one side of a line in a document of that kind.

    What is summed over with no letter repeated, as the entries in `e^{z_i} / e^{z_m}`, is said by
    the author's words alone, and how far such a sum reaches by nothing.
    """
    left, right = statement.left, statement.right
    if left is None or right is None:
        return False
    one, other = counted(as_written(left)), counted(as_written(right))
    return any(max(one[letter], other[letter]) == 1 for letter in set(one) ^ set(other))


def repeats(node: Node) -> frozenset[str]:
    """The index letters that stand more than once in one term and under no sum of their own."""
    return frozenset(letter for letter, count in counted(node).items() if count > 1)


def counted(node: Node) -> Counter[str]:
    """How often each index letter stands in one term; of a sum, in the term where it does most."""
    if isinstance(node, Symbol):
        return Counter(filter(None, map(_letter, node.subscripts)))
    found: Counter[str] = Counter()
    if isinstance(node, Entry):  # `(c^T)_{jq}`
        found = Counter(filter(None, map(_letter, node.indices)))
    for child in node.children():
        if isinstance(node, Sum | Relation):
            found |= counted(child)
        else:
            found += counted(child)
    if isinstance(node, BigSum):
        for letter in map(spelled, node.indices):
            del found[letter]
    return found


def _letter(index: Node) -> str:
    """The letter of an index that is nothing else: `k`, and neither `k+1` nor `out`."""
    plain = isinstance(index, Symbol) and index == Symbol(index.name)
    return index.name if isinstance(index, Symbol) and plain and index.name in INDEX_LETTERS else ""


def _summed(node: Node, free: frozenset[str]) -> Node:
    """The expression with each repeated letter summed over in the smallest part that has it all."""
    if isinstance(node, BigSum):
        free = free.union(map(spelled, node.indices))
    together = _together(node) - free
    new = node
    if not isinstance(node, Symbol):
        new = changed(node, lambda child: _summed(child, free | together))
    if not together:
        return new
    indices = tuple(map(Symbol, sorted(together)))
    return BigSum("sum", indices, None, None, new, meant=Meant.BY_REPEATED_INDEX, span=node.span)


def _together(node: Node) -> frozenset[str]:
    """The repeated letters that no single part of a term has as often as the whole."""
    if isinstance(node, Sum | Relation | BigSum):
        return frozenset()
    counts = counted(node)
    parts = [] if isinstance(node, Symbol) else list(map(counted, node.children()))
    return frozenset(
        letter
        for letter, count in counts.items()
        if count > 1 and all(part[letter] < count for part in parts)
    )
