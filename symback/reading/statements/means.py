r"""Means over a range that only their divisor names: `\frac1d \sum_j x_j` is over d entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Fraction, Node, Number, Operator, Product, Symbol
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_means_over_all"]


def with_means_over_all(statements: Sequence[Statement]) -> tuple[tuple[Statement, ...], str]:
    """The statements with sums that end at what they are divided by, and its letters.

    That is for sums without limits, and for divisors that nothing defines.
    """
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    defined = {
        left.name for s in statements if s.defines and isinstance(left := s.definition[0], Symbol)
    }
    found = {divisor for side in sides for divisor in _divisors(side)}
    letters = {symbol for symbol in found if symbol.name not in defined and symbol == symbol.base}
    if not letters:
        return tuple(statements), ""

    def read(node: Node) -> Node:
        node = changed(node, read)
        divisor = _divisor(node)
        if divisor not in letters or not isinstance(node, Product):
            return node
        whole = node.factors[1]
        assert isinstance(whole, BigSum)
        ended = replace(whole, lower=Number("1"), upper=divisor)
        return replace(node, factors=(node.factors[0], ended, *node.factors[2:]))

    return (
        tuple(
            replace(s, left=s.left and read(s.left), right=s.right and read(s.right))
            for s in statements
        ),
        ", ".join(sorted(symbol.name for symbol in letters)),
    )


def _divisors(side: Node) -> Iterator[Symbol]:
    for node in everything(side):
        divisor = _divisor(node)
        if divisor is not None:
            yield divisor


def _divisor(node: Node) -> Symbol | None:
    """By what a sum without limits is divided, where nothing stands between."""
    match node:
        case Product(
            factors=(
                Fraction(numerator=Number(digits="1"), denominator=Symbol() as divisor),
                BigSum(
                    operator="sum", lower=None, upper=None, indices=(_,), conditions=()
                ) as whole,
                *_,
            )
        ) if node.operators[0] is Operator.JUXTAPOSED and divisor not in quantities(whole.body):
            return divisor
    return None
