r"""Primes that transpose, as in econometrics: `x'Ax`, `(y - X\beta)'(y - X\beta)`.

Elsewhere a prime is a slope, or a part of a name. That it transposes is shown by a product of a
letter with itself, `X'X`, or of matrices in brackets, `(A B)' = B' A'`, where no equation is for a
letter with a prime.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.superscripts import Scripts
from symback.reading.formula.syntax import (
    Call,
    Node,
    Operator,
    Product,
    Symbol,
    Transpose,
    Unevaluated,
)
from symback.reading.network.symbols import base_of
from symback.reading.statements.blocks import Block, Chain

__all__ = ["with_turned"]

_PRIMED = repr(Scripts(primes=1))


def with_turned(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in which primes that transpose are transposes."""
    chains = [item for block in blocks for item in block.items if isinstance(item, Chain)]
    nodes = [node for chain in chains for operand in chain.operands for node in operand.walk()]
    applied = {base_of(n.function) for n in nodes if isinstance(n, Call) and n.order}
    brackets = not applied and any(map(_is_of_matrices, nodes))
    if not brackets and not any(map(_multiplies_itself, nodes)):
        return list(blocks)
    bare = {base_of(n) for n in nodes if isinstance(n, Symbol) and not n.primes}
    defined = {_letter(c.first) for c in chains if isinstance(c.first, Symbol) and c.first.primes}
    if any(len(name) == 1 for name in defined):
        return list(blocks)
    letters = bare - applied - defined
    turned = partial(_turned, frozenset(letters))
    return [
        replace(
            block,
            items=tuple(
                item.with_operands(turned) if isinstance(item, Chain) else item
                for item in block.items
            ),
        )
        for block in blocks
    ]


def _turned(letters: frozenset[str], node: Node) -> Node:
    if isinstance(node, Symbol):
        if node.primes != 1 or _letter(node) not in letters:
            return node
        plain = replace(node, primes=0)
        if len(node.subscripts) == 2:  # the entry of a transpose
            return replace(plain, subscripts=node.subscripts[::-1])
        return Transpose(plain, span=node.span)
    if isinstance(node, Unevaluated) and node.beside == _PRIMED and len(node.parts) == 1:
        body = _turned(letters, node.parts[0])
        if isinstance(body, Product):  # of `\bm{AX}'` the prime is that of X
            *others, last = body.factors
            return replace(body, factors=(*others, Transpose(last, span=last.span)))
        return Transpose(body, span=node.span)
    return changed(node, partial(_turned, letters))


def _multiplies_itself(node: Node) -> bool:
    """Say whether a product has a letter with a prime, and behind it the same without."""
    if not isinstance(node, Product) or set(node.operators) != {Operator.JUXTAPOSED}:
        return False
    primed = set(_primed(node.factors))
    return any(
        isinstance(factor, Symbol) and factor in primed and at
        for at, factor in enumerate(node.factors)
    )


def _is_of_matrices(node: Node) -> bool:
    """Say whether this is a bracket of capital letters with a prime, `(A + B)'`, of no function."""
    if not isinstance(node, Unevaluated) or node.beside != _PRIMED or len(node.parts) != 1:
        return False
    parts = list(node.parts[0].walk())
    letters = [part for part in parts if isinstance(part, Symbol)]
    return (
        bool(letters)
        and not any(isinstance(part, Call) for part in parts)
        and all(letter.name.isupper() and len(letter.name) == 1 for letter in letters)
    )


def _primed(factors: Sequence[Node]) -> Iterator[Symbol]:
    for factor in factors:
        if isinstance(factor, Symbol) and factor.primes == 1:
            yield replace(factor, primes=0)


def _letter(symbol: Node | None) -> str:
    return base_of(replace(symbol, primes=0)) if isinstance(symbol, Symbol) else ""
