"""A handout's formulas in Typst, each with words for who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from math import ceil
from typing import Self

from markupsafe import Markup

from symback.calculus.matrix.tree import MatrixForm
from symback.model.equations import Quantity
from symback.printing import Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.spoken import SPOKEN_WORDS
from symback.printing.target import plainly
from symback.printing.typst import typst_string
from symback.rendering.equalities import ChainOf
from symback.rendering.handout.core import CoreLine
from symback.rendering.handout.formats import SPOKEN
from symback.rendering.handout.page import HandoutPage
from symback.rendering.handout.side_by_side import SetLine
from symback.rendering.handout.spoken import bare
from symback.rendering.page import Row, Say

__all__ = ["TypstPage"]

_LINKED = re.compile(r'#to\("\w+"\)\[(.*?)\];')
"""A reference in Typst."""

_TOLD = re.compile(r'#m\("(?:[^"\\]|\\.)*", \$(.*?)\$\);')
"""A formula in Typst within a sentence, with what is said of it."""

_COLUMN, _IN_ONE = 24.0, 2
"""The width of one of two columns in ems, and so many items that stand in one."""

_JOINED, _COLUMN_OF_REASONS, _REASONS = 36.5, 25.0, 20.0
"""The width, in ems, of lines that are joined, of those with a reason beside them, and of that."""

_MANY_ROWS = 13
"""A table of notation with more rows is set closer from the outset."""

_ROWS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "plain": ((9, 3, 3), (9, 2.4, 2.4), (9, 1.9, 1.9)),
    "high": ((9, 3.7, 3), (8.4, 3.5, 2.4), (8, 3.3, 2)),
    "deep": ((9, 4.4, 3), (8.4, 4.2, 2.4), (8, 4, 2)),
}
"""By how high letters are: sizes and gaps of rows, in points, the widest first."""

_TABLE, _GAP, _CODE = 43.0, 2.2, 0.5
"""The width of the table of notation without its gaps and sizes, of the dots within a symbol or
a name of code, and of a letter of code, in ems."""

_LETTER = 0.43
"""The width of a letter of a reason, in ems."""


class SpokenPage(HandoutPage):
    """Sets formulas in letters alone, for who cannot see them."""

    def formula(self, write: Callable[[Self], str]) -> Markup:
        """A formula within a sentence."""
        return Markup(bare(write(self)))


class TypstPage(HandoutPage):
    """Sets formulas in Typst, each with words for who cannot see it."""

    @cached_property
    def in_letters(self) -> SpokenPage:
        """The same page with every formula in letters."""
        return SpokenPage(SPOKEN, self.handout)

    @property
    def rows_of_notation(self) -> Markup:
        """Ways to set rows of the table of notation close: sizes, and room above and below.

        Each has the size of letters, the room of a row and that of a row of signs.
        """
        ways = _ROWS[self.height_of_letters]
        far = max(3.6 if len(self.handout.notation_rows) > _MANY_ROWS else 4.3, ways[0][1])
        ways = ((9, far, far), *ways)
        return Markup(", ".join(f"({size}pt, {gap}pt, {less}pt)" for size, gap, less in ways))

    def wrapped(self, meanings: Sequence[Markup]) -> int:
        """How many rows of the table of notation take a second line, for what they say.

        Args:
            meanings: what each row says, in the order of the rows.
        """
        rows = list(zip(self.handout.notation_rows, meanings, strict=True))

        def symbols(row: Sequence[Quantity]) -> float:
            widths = [self.target.measure(self.printer(q.entry)) for q in self.ends(row)]
            return sum(widths) + (_GAP if len(row) > 1 else 0.0)

        def code(row: Sequence[Quantity]) -> float:
            names = (self.name_of_code(q) for q in self.ends(row))
            return sum(map(len, names)) * _CODE + (_GAP if len(row) > 1 else 0.0)

        room = _TABLE - max(symbols(row) for row, _ in rows) - max(code(row) for row, _ in rows)
        return sum(self.reason_width(said) - 2.0 > room for _, said in rows)

    spans = True

    def formula(self, write: Callable[[Self], str]) -> Markup:
        """A formula within a sentence."""
        return self._told(write, "{}")

    def large(self, write: Callable[[Self], str]) -> Markup:
        """A formula within a line, as large as one that stands alone."""
        return self._told(write, "display({})")

    def counted(self) -> list[Markup]:
        """What the numbers of weights stand for; no line ends within one or reaches into it."""
        return [Markup(f"#unbroken[{equation}]") for equation in super().counted()]

    def inline(self, text: str) -> Markup:
        """Refused: of a formula that is known in Typst alone nothing could be said."""
        raise TypeError("a formula in Typst is set by `formula`, with words for it")

    def _told(self, write: Callable[..., str], size: str) -> Markup:
        # Without the semicolon at its end Typst would take one that the sentence has there.
        said = typst_string(bare(write(self.in_letters)))
        return Markup(f"#m({said}, ${size.replace('{}', plainly(write(self)))}$);")

    def reason_width(self, reason: str) -> float:
        """The width of a reason beside a formula."""

        def as_wide(formula: re.Match[str]) -> str:
            return "x" * max(1, round(self.target.measure(formula[1]) / _LETTER))

        return super().reason_width(_LINKED.sub(r"\1", _TOLD.sub(as_wide, reason)))

    def in_two(self, lines: Markup) -> tuple[list[Markup], list[Markup]]:
        """Items of a list, a line each, in two columns that are about as high."""
        items = [Markup(line) for line in str(lines).splitlines() if line.strip()]
        high = [ceil(self.reason_width(item) / _COLUMN) for item in items]

        def unequal(place: int) -> int:
            return abs(sum(high[:place]) - sum(high[place:]))

        # Of two as unequal ways the one whose first column is the longer.
        place = min(range(len(items), 0, -1), key=unequal) if len(items) > _IN_ONE else len(items)
        return items[:place], items[place:]

    def reference(self, number: int, form: str = "") -> Markup:
        """A reference to an equation that is there, or with ``m`` to its matrix form."""
        return Markup(f'#to("{number}{form}")[({number}{form})];')

    def code_line(self, text: str) -> Markup:
        """A command within a sentence; no line ends within the name of an option."""
        words = [
            f"#box(raw({typst_string(word)}));"
            if word[0] == "-"
            else f"#raw({typst_string(word)});"
            for word in text.split()
        ]
        return Markup(" ".join(words))

    @cached_property
    def words_only(self) -> Printer:
        """Says formulas in words, for who cannot see them."""
        return Printer(SPOKEN_WORDS, self.document.derivation.model, self.document.notation)

    @cached_property
    def short_words(self) -> Printer:
        """The same, with deltas."""
        document = self.document
        return Printer(SPOKEN_WORDS, document.derivation.model, document.notation, deltas=True)

    def said(self, chain: ChainOf, say: Say, printer: Printer | None = None) -> list[Markup]:
        """Each line of a chain with its reason in letters, as strings.

        Args:
            chain: of equalities.
            say: a macro of ``words.j2`` that sets formulas in letters.
            printer: that prints the chain where it is seen.
        """
        return [Markup(typst_string(line)) for line in self._said(chain, say, printer)]

    def _said(self, chain: ChainOf, say: Say, printer: Printer | None) -> list[str]:
        words = self._words(printer)
        lines = [f"equals {bare(words(link.expression))}" for link in chain.links]
        lines[0] = bare(words(chain.subject)) + ("" if chain.says_nothing else f" {lines[0]}")
        reasons = self.in_letters.reasons(chain, say)
        return [", ".join(filter(None, pair)) for pair in zip(lines, reasons, strict=True)]

    def joined(
        self, chain: ChainOf, say: Say, spoken: Say, printer: Printer | None = None
    ) -> list[tuple[Markup, Row]]:
        """The lines of a chain, those that are short together where their reasons have room too.

        Args:
            chain: of equalities.
            say: a macro of ``words.j2`` that sets reasons.
            spoken: the same with formulas in letters, for what is said of a line.
            printer: that prints the chain.
        """
        left = self.target.measure((printer or self.printer)(chain.subject))
        found: list[tuple[str, Row]] = []
        lines_told = self._said(chain, spoken, printer)
        for told, row in zip(lines_told, self.rows(chain, say, printer), strict=True):
            if found:
                before, last = found[-1]
                lines = (*last.lines, *row.lines)
                line = Markup(" = ").join(lines)
                reason = Markup("; ").join(r for r in (last.reason, row.reason) if r)
                width = left + self.target.measure(line)
                if len(lines) == 2 and last.place == row.place == "column" and width <= _JOINED:
                    beside = width <= _COLUMN_OF_REASONS and self.reason_width(reason) <= _REASONS
                    place = "column" if beside else "below"
                    found[-1] = (f"{before}, {told}", Row([line], reason, place))
                    continue
            found.append((told, row))
        return [(Markup(typst_string(told)), row) for told, row in found]

    def alt(self, chain: ChainOf, printer: Printer | None = None) -> Markup:
        """An equation in letters, as a string; a delta with what it stands for."""
        words = self._words(printer)
        sides = [words(chain.subject), *(words(link.expression) for link in chain.links)]
        if words is self.short_words:
            sides.insert(1, self.words_only(chain.subject))
        return Markup(typst_string(" equals ".join(map(bare, dict.fromkeys(sides)))))

    def _words(self, printer: Printer | None) -> Printer:
        return self.short_words if printer is self.short else self.words_only

    def alt_line(self, line: SetLine) -> Markup:
        """A line of a table of equations entry by entry in letters, as a string."""
        return self.alt(line.line.chain, self.short if line.line.reasons else None)

    def alt_matrix(self, form: MatrixForm) -> Markup:
        """A matrix form in letters, as a string."""
        words = MatrixPrinter(self.short_words)
        return Markup(typst_string(f"{bare(words.left(form))} equals {bare(words.right(form))}"))

    def alt_core(self, line: CoreLine) -> Markup:
        """An equation of the box in letters, as a string."""
        if isinstance(line, MatrixForm):
            return self.alt_matrix(line)
        return self.alt(line, self.short)

    def string(self, text: str) -> Markup:
        """A user's text as a string."""
        return Markup(typst_string(text))
