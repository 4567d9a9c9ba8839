"""Right sides that keep their digits where the plain ones lose them.

One less what is nearly one, and the logarithm of it, have few digits left. Where the value comes of
a function that is known, the same is worked out from the function's argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symback.teaching.program import Line, Program
from symback.teaching.terms import Tree

__all__ = ["stable"]


def stable(tree: Tree, program: Program) -> Tree:
    """The same value as a tree's, worked out so that no digits are lost.

    Beside the operators of trees it may have ``erfc``, ``sech2``, the square of the hyperbolic
    secant, and ``logsoftmax``, the logarithm of a softmax, with a softmax's arguments.
    """
    return _Stable(program.line_of).of(tree)


class _Stable:
    def __init__(self, lines: Mapping[str, Line]) -> None:
        self.lines = lines

    def of(self, tree: Tree) -> Tree:
        if not isinstance(tree, tuple):
            return tree
        found = self._log(tree) or self._rest(tree) or self._erf(tree)
        if found is not None:
            return found
        start = 2 if tree[0] == "softmax" else 1
        return (*tree[:start], *map(self.of, tree[start:]))

    def _made_by(self, tree: Tree, operator: str) -> tuple[Any, ...] | None:
        """The arguments of the function that a value comes of, if it is this one."""
        line = self.lines.get(tree) if isinstance(tree, str) else None
        made = line.tree if line is not None else tree
        return made[1:] if isinstance(made, tuple) and made[0] == operator else None

    def _log(self, tree: tuple[Any, ...]) -> Tree | None:
        """``log p`` of a softmax or a sigmoid, ``log (1 - p)`` of a sigmoid."""
        if tree[0] != "log":
            return None
        if (row := self._made_by(tree[1], "softmax")) is not None:
            return ("logsoftmax", *row)
        if (argument := self._made_by(tree[1], "sigmoid")) is not None:
            return ("*", -1, ("softplus", ("*", -1, argument[0])))
        rest = _less(tree[1])
        if rest is not None and (argument := self._made_by(rest, "sigmoid")) is not None:
            return ("*", -1, ("softplus", argument[0]))
        return None

    def _rest(self, tree: tuple[Any, ...]) -> Tree | None:
        """``1 - a`` of a sigmoid, ``1 - a^2`` of a tanh."""
        rest = _less(tree)
        if rest is None:
            return None
        if (argument := self._made_by(rest, "sigmoid")) is not None:
            return ("sigmoid", ("*", -1, argument[0]))
        if isinstance(rest, tuple) and rest[0] == "^" and rest[2] == 2:
            if (argument := self._made_by(rest[1], "tanh")) is not None:
                return ("sech2", argument[0])
        return None

    def _erf(self, tree: tuple[Any, ...]) -> Tree | None:
        """``1 + erf u``, and half of it, among other terms."""
        if tree[0] != "+":
            return None
        for place, part in enumerate(tree[1:], start=1):
            share, inner = (1, part)
            if isinstance(part, tuple) and part[0] == "/" and isinstance(part[2], int):
                share, inner = part[2], part[1]
            if not (isinstance(inner, tuple) and inner[0] == "erf"):
                continue
            one = Fraction(1, share)
            others = [p for i, p in enumerate(tree[1:], start=1) if i != place]
            same = [i for i, p in enumerate(others) if isinstance(p, int | Fraction) and p == one]
            if not same:
                continue
            del others[same[0]]
            both: Tree = ("erfc", ("*", -1, self.of(inner[1])))
            both = both if share == 1 else ("/", both, share)
            return ("+", both, *map(self.of, others)) if others else both
        return None


def _less(tree: Tree) -> Tree | None:
    """What is taken from 1, in ``1 - u``; None for any other tree."""
    if not (isinstance(tree, tuple) and tree[0] == "+" and len(tree) == 3 and 1 in tree[1:]):
        return None
    other = tree[2] if tree[1] == 1 else tree[1]
    if isinstance(other, tuple) and other[0] == "*" and len(other) == 3 and other[1] == -1:
        return other[2]
    return None
