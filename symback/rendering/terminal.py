"""A page of text: aligned equations, braces drawn under a line, paragraphs filled to the width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from markupsafe import Markup

from symback.calculus.matrix import MatrixForm
from symback.printing import Printer
from symback.printing.lines import break_lines
from symback.printing.target import BRACE, BRACE_END, BRACE_LABEL, plainly
from symback.rendering.document import ChainOf, Document
from symback.rendering.formats import Format
from symback.rendering.page import Page, Say

__all__ = ["Terminal"]

_HARD = "\N{NO-BREAK SPACE}"
_MARKED = re.compile(f"{BRACE}([^{BRACE}{BRACE_LABEL}]*){BRACE_LABEL}([^{BRACE_END}]*){BRACE_END}")
_NUMBER = 6
"""Columns for an equation's number."""


class Terminal(Page):
    """Sets text for a terminal of a given width."""

    def __init__(
        self, output_format: Format, document: Document, width: int, *, color: bool
    ) -> None:
        super().__init__(output_format, document, float(max(width, 40)))
        self.width = max(width, 40)
        self.color = color
        self.ascii = output_format.target.name == "ascii"

    def inline(self, text: str) -> Markup:
        """A formula within a sentence is not broken."""
        return Markup(_bare(text).replace(" ", _HARD))

    def paragraph(self, text: Markup, indent: int = 0) -> Markup:
        """Text filled to the width."""
        filled = textwrap.fill(
            " ".join(text.split(" ")).replace("\n", " "),
            min(self.width, 88),
            initial_indent=" " * indent,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return Markup(filled.replace(_HARD, " "))

    def title(self, text: Markup) -> Markup:
        """A heading of the whole."""
        return self._underlined(text, "=" if self.ascii else "═")

    def heading(self, text: Markup) -> Markup:
        """A heading of a part."""
        return self._underlined(text, "-" if self.ascii else "─")

    def _underlined(self, text: Markup, line: str) -> Markup:
        plain = text.replace(_HARD, " ")
        return Markup(f"{self._paint(plain, '1')}\n{line * len(plain)}")

    def strong(self, text: Markup) -> Markup:
        """A heading within a part."""
        return Markup(self._paint(text.replace(_HARD, " "), "1"))

    def aligned(self, chain: ChainOf, say: Say, printer: Printer | None = None) -> Markup:
        """A chain of equalities under one another, each with its reason to the right."""
        printer = printer or self.printer
        if chain.says_nothing:
            reason = str(say(chain.links[0])).replace(_HARD, " ")
            label = self._paint(f" ({chain.number})".ljust(_NUMBER), "2")
            return Markup(f"{label}{_bare(printer(chain.subject))}   {self._paint(reason, '2')}")
        indent = _NUMBER + len(_bare(printer(chain.subject)))
        room = self.width - indent - 3
        links = [
            (
                break_lines(printer.marked(link.expression), room, room - 2, _width),
                str(reason).replace(_HARD, " "),
            )
            for link, reason in zip(chain.links, self.reasons(chain, say), strict=True)
        ]
        return self._stack(_bare(printer(chain.subject)), links, chain.number)

    def matrix_line(self, form: MatrixForm) -> Markup:
        """A matrix form with its number."""
        left = self.arrays.left(form)
        room = self.width - _NUMBER - len(left) - 3
        lines = break_lines(self.arrays.right(form), room, room - 2, _width)
        return self._stack(left, [(lines, "")], form.number)

    def _stack(self, left: str, links: Sequence[tuple[list[str], str]], number: int) -> Markup:
        label = f" ({number})".ljust(_NUMBER) if number else " " * _NUMBER
        indent = " " * (len(label) + len(left))
        column = self._column(len(indent) + 3, links)
        out: list[str] = []
        for position, (lines, reason) in enumerate(links):
            for place, line in enumerate(lines):
                first = place == 0
                start = (
                    (self._paint(label, "2") + left if not position else indent)
                    if first
                    else (indent)
                )
                joint = " = " if first else "     "
                shown = f"{start}{joint}{_bare(line)}"
                bare = len(indent) + len(joint) + _width(line)
                last = place == len(lines) - 1
                place_of_reason = next(
                    (c for c in (column, bare + 3) if c > bare and c + len(reason) <= self.width),
                    0,
                )
                if last and reason and place_of_reason:
                    pad = " " * (place_of_reason - bare)
                    shown += pad + self._paint(reason, "2")
                out.append(shown.rstrip())
                under = self._braces(line)
                if under:
                    out.append(" " * (len(indent) + len(joint)) + under)
                if last and reason and not place_of_reason:
                    out.append(
                        " " * max(len(indent) + 3, self.width - len(reason))
                        + self._paint(reason, "2")
                    )
        return Markup("\n".join(out))

    def _column(self, start: int, links: Sequence[tuple[list[str], str]]) -> int:
        """The column in which the reasons of a chain stand: after the longest line that has one."""
        ends = [
            start + _width(lines[-1])
            for lines, reason in links
            if len(lines) == 1 and start + _width(lines[-1]) + 3 + len(reason) <= self.width
        ]
        return max(ends, default=0) + 3

    def _braces(self, line: str) -> str:
        """A line that draws each brace under what it holds, with its label in the middle."""
        under = ""
        place = taken = 0
        for found in _MARKED.finditer(line):
            start = place + found.start() - taken
            body, label = found[1], found[2]
            under = under.ljust(start) + self._brace(len(body), label)
            place = start + len(body)
            taken = found.end()
        return under

    def _brace(self, width: int, label: str) -> str:
        left, stroke, right = ("\\", "_", "/") if self.ascii else ("╰", "─", "╯")
        text = f" {label} " if label else ""
        if width < len(text) + 2:
            return text.strip().center(width)
        return left + text.center(width - 2, stroke) + right

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text


def _bare(text: str) -> str:
    return _MARKED.sub(r"\1", plainly(text))


def _width(text: str) -> int:
    return len(_bare(text))
