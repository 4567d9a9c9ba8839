"""Sums over what follows a quantity in a graph, `dy/dw_i = sum_j dy/dw_j dw_j/dw_i`."""

from __future__ import annotations

from symback.reading.formula.syntax import BigSum, Cases, Derivative, Indicator, Node, Symbol
from symback.reading.network.symbols import everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement

__all__ = ["sums_over_successors"]


def sums_over_successors(worlds: Worlds, statement: Statement) -> bool:
    """Say whether a line sums over what follows a quantity of the same letter, undefined.

    `dy/dw_i = sum_j dy/dw_j dw_j/dw_i` is about any graph; of the entries of one vector it
    would say nothing.
    """
    names = worlds.whole
    sides = [side for side in (statement.left, statement.right) if side is not None]
    nodes = [node for side in sides for node in everything(side)]
    if not any(isinstance(node, BigSum) for node in nodes):
        return False
    if any(isinstance(n, Indicator | Cases) for n in nodes) or any(
        isinstance(n, Symbol) and n.name == "delta" for n in nodes
    ):
        return False
    for node in nodes:
        if not isinstance(node, BigSum):
            continue
        slopes = [pair for d in everything(node.body) if (pair := _names_in(d)) is not None]
        for of, by in slopes:
            parts, own = names.split(of), names.split(by)
            if of == by or (parts.base, parts.tag) != (own.base, own.tag):
                continue
            # `dy/dw_j` beside `dw_j/dw_i`, of a y that is no entry itself.
            if any(
                names.split(whole).base != parts.base == names.split(at).base
                for whole, at in slopes
            ):
                model = worlds.of(statement)
                return not model.definitions.under(model.names.split(of))
    return False


def _names_in(node: Node) -> tuple[Symbol, Symbol] | None:
    """Of what and by what a derivative is, where both are names."""
    match node:
        case Derivative(of=Symbol() as of, by=(Symbol() as by,)):
            return of, by
    return None
