"""The derivation's own equations, in the notation of a course, above the statements of code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symback.emission.layout import WIDTH
from symback.emission.program import Program
from symback.printing import UNICODE, Printer
from symback.printing.lines import break_lines

if TYPE_CHECKING:
    from symback.notation import Notation

__all__ = ["annotated"]

_NUMBERED = re.compile(r"( *)(?:.*  )?(#|//) \((\d+)\)")


def _safe(text: str) -> str:
    """What ends no comment, and takes no other line into it: a notation may be a user's own."""
    return " ".join(text.replace("\\", "/").replace("??", "?").split())


def annotated(text: str, program: Program, notation: Notation) -> str:
    """An emitted file with each statement's equation, indices and all, in a comment above it.

    Names and code stay what they are.
    """
    derivation = program.derivation
    printer = Printer(UNICODE, derivation.model, notation, deltas=True)
    sides = {e.number: (e.quantity.entry, e.expression) for e in derivation.model.equations}
    sides |= {step.number: (step.adjoint, step.result) for step in derivation.steps}
    lines: list[str] = []
    for line in text.split("\n"):
        found = _NUMBERED.match(line)
        if found is not None and int(found[3]) in sides:
            left, right = (printer.marked(side) for side in sides[int(found[3])])
            mark = f"{found[1]}{found[2]} "
            equation = printer.target.equal(left, right)
            room = WIDTH - len(mark)
            first, *rest = map(_safe, break_lines(equation, room, room - 4, len))
            lines += [mark + first, *(f"{mark}    {more}" for more in rest)]
        lines.append(line)
    return "\n".join(lines)
