r"""Letters below that are names and no indices: the p of `Y_p = X \theta`, a prediction beside Y.

An entry is given by entries; an equation for a whole array has no index to give one by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Node, Symbol
from symback.reading.network.symbols import quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_names_below"]

_INDICES = frozenset("ijklmnt")


def with_names_below(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with upright letters for those that stand below one quantity alone.

    That is where the quantity has an equation without the letter, and stands without it elsewhere.
    """
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    symbols = [node for side in sides for node in side.walk() if isinstance(node, Symbol)]
    bare = {s.name for side in sides for s in quantities(side) if not s.subscripts}
    below: dict[str, set[str]] = {}
    for symbol in symbols:
        for script in symbol.subscripts:
            for node in script.walk():
                if isinstance(node, Symbol):
                    alone = len(symbol.subscripts) == 1 and node is script
                    below.setdefault(node.name, set()).add(symbol.name if alone else "")
    found: set[tuple[str, str]] = set()
    for statement in statements:
        left, right = statement.definition
        if not statement.defines or right is None or not isinstance(left, Symbol):
            continue
        match left.subscripts:
            case (Symbol() as letter,) if letter == letter.base and len(letter.name) == 1:
                inside = {node.name for node in right.walk() if isinstance(node, Symbol)}
                is_name = letter.name not in _INDICES | inside | bare
                if is_name and below[letter.name] == {left.name} and left.name in bare:
                    found.add((left.name, letter.name))
    if not found:
        return tuple(statements)

    def read(node: Node) -> Node:
        node = changed(node, read)
        if isinstance(node, Symbol) and len(node.subscripts) == 1:
            script = node.subscripts[0]
            if isinstance(script, Symbol) and (node.name, script.name) in found:
                return replace(node, subscripts=(replace(script, font="roman"),))
        return node

    return tuple(
        replace(s, left=s.left and read(s.left), right=s.right and read(s.right))
        for s in statements
    )
