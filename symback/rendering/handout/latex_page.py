"""A handout's formulas and references in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from markupsafe import Markup

from symback.model.equations import Quantity
from symback.rendering.handout.letters import Letter, letters_of
from symback.rendering.handout.page import HandoutPage
from symback.rendering.handout.side_by_side import SetLine

__all__ = ["LatexPage"]


_ROWS = {
    "plain": (("small", 1.12), ("small", 1), ("footnotesize", 1.1), ("footnotesize", 1)),
    "high": (("small", 1.3), ("small", 1.24), ("footnotesize", 1.3), ("footnotesize", 1.27)),
    "deep": (("small", 1.42), ("small", 1.36), ("footnotesize", 1.44), ("footnotesize", 1.4)),
}
"""By how high letters are: sizes, and how far rows are stretched, the widest first."""


class LatexPage(HandoutPage):
    """Sets formulas and references in LaTeX."""

    room_of_numbers = 6.3
    """More than elsewhere: TeX sets a number that has no room in the margin, and says nothing."""

    @property
    def rows_of_notation(self) -> Markup:
        """Ways to set rows of the table of notation close: sizes of letters, and stretches."""
        ways = _ROWS[self.height_of_letters]
        return Markup(",".join(rf"{{\{size}}}{{{stretch}}}" for size, stretch in ways))

    @cached_property
    def source_letters(self) -> tuple[Letter, ...]:
        """The letters of its formulas, which its source defines."""
        return letters_of(self.printer.vocabulary)

    def counted(self) -> list[Markup]:
        """What the numbers of weights stand for; no line ends within one."""
        return [Markup(rf"\mbox{{{equation}}}") for equation in super().counted()]

    def reference(self, number: int, form: str = "") -> Markup:
        """A reference to an equation that is there, or with ``m`` to its matrix form."""
        return Markup(rf"\eqref{{eq:{number}{form}}}")

    def shape_in_code(self, quantity: Quantity) -> str:
        """The size of the array in code as a formula: the fonts of text have no such sign."""
        if not super().shape_in_code(quantity):
            return ""
        sizes = (self.printer.size(r.upper) for r in quantity.ranges)
        return self.formula(lambda page: page.times.join(sizes))

    def reason_width(self, reason: str) -> float:
        """The width of a reason beside a formula."""
        return super().reason_width(re.sub(r"\\eqref\{eq:(.*?)\}", r"(\1)", reason))

    def blocks(self, lines: Sequence[SetLine]) -> list[tuple[str, list[SetLine]]]:
        """The lines of a table in alignments whose columns a single wide line does not widen.

        Each block is its kind with its lines.
        """
        found: list[tuple[str, list[SetLine]]] = []
        for line in lines:
            if line.wide:
                found.append(("wide", [line]))
            elif found and found[-1][0] == "beside":
                found[-1][1].append(line)
            else:
                found.append(("beside", [line]))
            if line.below:
                found.append(("matrix", [line]))
        return found
