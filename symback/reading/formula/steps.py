r"""The step in a round bracket behind a name, `h(t - 1)`, which is read as `h^{(t - 1)}` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Mark, MarkKind

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser

__all__ = ["behind"]


def behind(parser: Parser) -> Mark | None:
    """Read the step in the round bracket that comes next, if there is one."""
    if not parser.sees("bracket", "("):
        return None
    parser.take()
    step = parser.sum()
    parser.expect("bracket", ")")
    return Mark(MarkKind.LAYER, step, span=step.span)
