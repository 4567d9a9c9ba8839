"""A page of text: aligned equations, braces drawn under a line, paragraphs filled to the width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import cached_property

from markupsafe import Markup

from symback.calculus.matrix.tree import MatrixForm
from symback.printing import Printer
from symback.printing.lines import break_lines
from symback.printing.target import BRACE, BRACE_END, BRACE_LABEL, UNDER, plainly
from symback.printing.text import DOTTED
from symback.rendering.document import Document
from symback.rendering.equalities import ChainOf
from symback.rendering.formats import MIN_WIDTH, READABLE, Format
from symback.rendering.page import Page, Say

__all__ = ["MIN_WIDTH", "Terminal"]

_HARD = "\N{NO-BREAK SPACE}"
_LABEL = re.compile(f"{BRACE_LABEL}[^{BRACE_END}]*{BRACE_END}")
_PARTS = re.compile(f"({BRACE}|{BRACE_LABEL}[^{BRACE_END}]*{BRACE_END})")
_NUMBER = 6
"""Columns for an equation's number, unless it has three digits."""


class Terminal(Page):
    """Sets text for a terminal of a given width."""

    def __init__(
        self, output_format: Format, document: Document, width: int, *, color: bool
    ) -> None:
        super().__init__(output_format, document, float(max(width, MIN_WIDTH)))
        self.width = max(width, MIN_WIDTH)
        self.color = color
        self.ascii = output_format.target.name == "ascii"

    # Words ----------------------------------------------------------------------------------------

    def inline(self, text: str) -> Markup:
        """A formula within a sentence is not broken where a line has room for it."""
        return Markup(_bare(text).replace(" ", _HARD))

    def paragraph(self, text: Markup, indent: int = 0) -> Markup:
        """Text filled to the width."""
        lines = _filled(" ".join(text.split()), min(self.width, READABLE) - indent)
        return Markup("\n".join(" " * indent + line for line in lines))

    def title(self, text: Markup) -> Markup:
        """A heading of the whole."""
        return self._underlined(text, "=" if self.ascii else "═")

    def heading(self, text: Markup) -> Markup:
        """A heading of a part."""
        return self._underlined(text, "-" if self.ascii else "─")

    def _underlined(self, text: Markup, line: str) -> Markup:
        lines = _filled(text, self.width)
        painted = [self._paint(part, "1") for part in lines]
        return Markup("\n".join([*painted, line * max(map(len, lines))]))

    def strong(self, text: Markup) -> Markup:
        """A heading within a part."""
        return Markup("\n".join(self._paint(line, "1") for line in _filled(text, self.width)))

    # Formulas -------------------------------------------------------------------------------------

    def aligned(self, chain: ChainOf, say: Say, printer: Printer | None = None) -> Markup:
        """A chain of equalities under one another, each with its reason to the right."""
        printer = printer or self.printer
        subject = printer(chain.subject)
        reasons = [str(reason).replace(_HARD, " ") for reason in self.reasons(chain, say)]
        if chain.says_nothing:
            row = self._label(chain.number) + subject
            return self._joined(self._with_reason([row], 0, reasons[0]), chain.number)
        marked = [printer.marked(link.expression) for link in chain.links]
        if not self.ascii and any(f" {DOTTED.times} " in plainly(text) for text in marked):
            dotted = printer.for_target(DOTTED)
            marked = [dotted.marked(link.expression) for link in chain.links]
        return self._stack(subject, marked, reasons, chain.number)

    def matrix_line(self, form: MatrixForm) -> Markup:
        """A matrix form with its number."""
        arrays = self.arrays_for(form)
        return self._stack(arrays.left(form), [arrays.right(form)], [""], form.number)

    @cached_property
    def _number(self) -> int:
        """Columns for an equation's number: those of the largest, and a space."""
        return max(_NUMBER, len(f" ({self.document.last_number}) "))

    def _label(self, number: int) -> str:
        return (f" ({number})" if number else "").ljust(self._number)

    def _stack(
        self, left: str, marked: Sequence[str], reasons: Sequence[str], number: int
    ) -> Markup:
        """The left side with the right sides beside it, or below where there is too little room."""
        opening = self._label(number) + left
        start = _width(opening)
        broken = [self._broken(text, start, self.target.nest) for text in marked]
        out: list[str] = []
        # Below the left side there is room for nearly everything; for the rest it must be flat.
        for edge, nest in ((self._number, self.target.nest), (2, "")):
            if not self._too_wide(broken, start):
                break
            out = self._with_reason([self._label(number) + left], 0, "")
            opening, start = " " * edge, edge
            broken = [self._broken(text, start, nest) for text in marked]
        column = self._column(start + 3, broken, reasons)
        for place, (lines, reason) in enumerate(zip(broken, reasons, strict=True)):
            before = " " * start if place else opening
            rows = [f"{before} = {lines[0]}", *(" " * (start + 5) + line for line in lines[1:])]
            out += self._with_reason(rows, column, reason)
        return self._joined(out, number)

    def _joined(self, lines: list[str], number: int) -> Markup:
        """Lines as one text, the number in front of the first as faint as a reason."""
        label = self._label(number)
        first = self._paint(label, "2") + lines[0][len(label) :] if number else lines[0]
        return Markup("\n".join([first, *lines[1:]]))

    def _broken(self, marked: str, start: int, nest: str) -> list[str]:
        """A right side in lines that fit after an equals sign at some column."""
        room = self.width - start - 3
        return break_lines(marked, room, room - 2, _width, self.target.joint, nest)

    def _too_wide(self, broken: Sequence[list[str]], start: int) -> bool:
        """Whether a line is wider than the terminal."""
        widths = [start + (5 if i else 3) + _width(x) for b in broken for i, x in enumerate(b)]
        return max(widths) > self.width

    def _column(self, start: int, broken: Sequence[list[str]], reasons: Sequence[str]) -> int:
        """The column in which the reasons of a chain stand: after the longest line that has one."""
        ends = [
            start + _width(lines[0])
            for lines, reason in zip(broken, reasons, strict=True)
            if len(lines) == 1 and start + _width(lines[0]) + 3 + len(reason) <= self.width
        ]
        return max(ends, default=0) + 3

    def _with_reason(self, rows: Sequence[str], column: int, reason: str) -> list[str]:
        """Lines of a formula as they are shown, the reason after the last of them or below it."""
        *lines, (last, under) = self._drawn(rows)
        told: list[str] = []
        if reason:
            places = (c for c in (column, len(last) + 3) if c > len(last))
            place = next((c for c in places if c + len(reason) <= self.width), 0)
            if place:
                last = last.ljust(place) + self._paint(reason, "2")
            else:
                told = textwrap.wrap(reason, self.width - self._number)
                margin = " " * (self.width - max(map(len, told)))
                told = [margin + self._paint(line, "2") for line in told]
        shown = [line for pair in (*lines, (last, under)) for line in pair if line.strip()]
        return [*(line.rstrip() for line in shown), *told]

    # Braces ---------------------------------------------------------------------------------------

    def _drawn(self, rows: Sequence[str]) -> list[tuple[str, str]]:
        """Lines without marks, each with what stands under it: braces and their labels.

        A brace goes on from line to line, and its label stands where it ends.
        """
        shown: list[tuple[str, str]] = []
        goes_on = False
        for row in rows:
            parts = _PARTS.split(row)
            text = under = ""
            begin = -1
            if goes_on:
                begin = len(row) - len(row.lstrip())
            for part in parts:
                if part == BRACE:
                    begin = len(text)
                elif part.startswith(BRACE_LABEL):
                    piece = self._brace(len(text) - begin, part[1:-1], opens=not goes_on)
                    at = min(begin, self.width - len(piece))
                    under = under.ljust(at) + piece
                    begin, goes_on = -1, False
                else:
                    text += part
            if begin >= 0:
                under = under.ljust(begin) + self._part_of_brace(len(text) - begin, goes_on)
                goes_on = True
            shown.append((text, under))
        return shown

    def _part_of_brace(self, width: int, goes_on: bool) -> str:
        """The part of a brace under a line on which it does not end."""
        left, stroke, _ = self._strokes
        return (stroke if goes_on else left) + stroke * (width - 1)

    def _brace(self, width: int, label: str, *, opens: bool) -> str:
        """A brace, or its end, with its label in the middle."""
        if label.startswith(UNDER):
            return label[1:].center(width)
        left, stroke, right = self._strokes
        text = f" {label} " if label else ""
        if width < len(text) + 2:
            return text.strip().center(width)
        return (left if opens else stroke) + text.center(width - 2, stroke) + right

    @property
    def _strokes(self) -> tuple[str, str, str]:
        return ("\\", "_", "/") if self.ascii else ("╰", "─", "╯")

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text


def _bare(text: str) -> str:
    """A formula, or a part of one, without its marks."""
    return _LABEL.sub("", plainly(text)).replace(BRACE, "")


def _width(text: str) -> int:
    return len(_bare(text))


def _filled(text: str, width: int) -> list[str]:
    """Lines of prose; a formula in it is torn apart only where a line has no room for it."""
    words = [w if len(w) <= width else w.replace(_HARD, " ") for w in text.split(" ")]
    lines = textwrap.wrap(" ".join(words), width, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_HARD, " ") for line in lines]
