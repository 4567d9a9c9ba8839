"""Excerpts made from the mathematics of running text, with the words around each."""

from __future__ import annotations

import re
from dataclasses import field, replace

from symback.reading.finding.delimiters import Dialect, Stretch, scan
from symback.reading.finding.excerpt import Excerpt, Problem
from symback.reading.finding.passage import Lines, Passage
from symback.reading.formula.macros import Macros, definitions
from symback.records import dataclass

WORDS_LIMIT = 300

_GROUPED = re.compile(r"\s*[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*%?\s*")
"""A number set in groups of three, as a price is: no mathematics."""


@dataclass(slots=True)
class Collector:
    """What has been found so far in one document."""

    lines: Lines
    excerpts: list[Excerpt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    macros: Macros = field(default_factory=Macros)
    cell: int | None = None
    _gap: str = ""
    _after_formula: bool = False

    def prose(self, passage: Passage, dialect: Dialect) -> None:
        """Take the mathematics out of running text."""
        text, read = passage.text, 0
        for stretch in scan(text, dialect):
            self.words(text[read : stretch.start])
            if stretch.inner_end < 0:
                self.unclosed(passage, stretch.start, stretch.delimiter)
            else:
                inside = _alone(text, stretch)
                self.formula(
                    passage.cut(stretch.inner_start, stretch.inner_end),
                    stretch.delimiter,
                    display=inside,
                )
            read = stretch.end
        self.words(text[read:])

    def formula(self, passage: Passage, delimiter: str, *, display: bool) -> None:
        """Add one formula, unless nothing but white space is in it."""
        body = passage.stripped()
        if not body.text or (not display and _GROUPED.fullmatch(body.text)):
            return
        self._define(body.text)
        before = _last_words(self._gap, display=display)
        self._gap, self._after_formula = "", True
        self.excerpts.append(
            Excerpt(body, self.lines, display, delimiter, before, "", self.cell, self.macros)
        )

    def define(self, text: str) -> None:
        """Collect the user's commands from a text in which no formula is looked for."""
        self._define(text)

    def unclosed(self, passage: Passage, offset: int, token: str) -> None:
        """Report a delimiter that does not end."""
        line, column = self.lines.position(passage.origin(offset))
        self.problems.append(Problem("unclosed", token, line, column))

    def paragraph(self) -> None:
        """Note that something other than running text stands here."""
        self.words("\n\n")

    def _define(self, text: str) -> None:
        if "\\" in text:
            self.macros = self.macros.with_definitions(
                [found.macro for found in definitions(text) if found.macro]
            )

    def words(self, text: str) -> None:
        """Take running text in which no formula stands."""
        self._define(text)
        if self._after_formula and not text.isspace():
            after = _first_words(self._gap + text)
            self.excerpts[-1] = replace(self.excerpts[-1], after=after)
            self._after_formula = False
        self._gap = (self._gap + text[-2 * WORDS_LIMIT :])[-2 * WORDS_LIMIT :]


def _alone(text: str, stretch: Stretch) -> bool:
    """Say whether a formula is a display: by its delimiter, and alone on its lines.

    kramdown writes `$$x$$` in a sentence too, and LaTeX has its `$\\displaystyle …$` alone on a
    line after some white space.
    """
    before = text[max(0, stretch.start - WORDS_LIMIT) : stretch.start].rpartition("\n")[2]
    after = text[stretch.end : stretch.end + WORDS_LIMIT].partition("\n")[0]
    if stretch.delimiter == "$$":
        return not (before.strip(" \t>|*-+#:") and after.strip(" \t.,;:|\\"))
    inside = text[stretch.inner_start : stretch.inner_end].lstrip()
    return stretch.display or inside.startswith("\\displaystyle")


def _last_words(gap: str, *, display: bool) -> str:
    if not display:
        gap = gap.rsplit("\n\n", 1)[-1]
    return " ".join(gap[-WORDS_LIMIT:].split())


def _first_words(text: str) -> str:
    return " ".join(text.split("\n\n", 1)[0][:WORDS_LIMIT].split())
