"""What the finders give: formulas with their places, and what could not be found whole."""

from __future__ import annotations

from dataclasses import field

from symback.reading.finding.passage import Lines, Passage, Position
from symback.reading.formula.macros import Macros
from symback.records import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One formula as it stands in a document, without its delimiters.

    `delimiter` is what opened it (`$$`, `$`, `\\[`, `align`, `math` for a fence, directive or
    role, `line` for a bare line, `plain` for infix text). `before` and `after` are the words on its
    two sides, in the same paragraph where it is inline. `macros` are the user's macros in force at
    this place.
    """

    passage: Passage = field(repr=False)
    lines: Lines = field(repr=False, compare=False)
    display: bool
    delimiter: str
    before: str = ""
    after: str = ""
    cell: int | None = None
    macros: Macros = field(default_factory=Macros, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The formula's own characters."""
        return self.passage.text

    @property
    def line(self) -> int:
        """The line of the file on which the formula begins, from 1."""
        return self.position(0).line

    @property
    def column(self) -> int:
        """The column of the file in which the formula begins, from 1."""
        return self.position(0).column

    def position(self, offset: int) -> Position:
        """Return the place in the file of an offset into `text`."""
        return self.lines.position(self.passage.origin(offset))

    @classmethod
    def of(cls, text: str, *, macros: Macros | None = None, plain: bool = False) -> Excerpt:
        """Return a formula that stands alone, in no document; `plain` infix is no LaTeX."""
        delimiter = "plain" if plain else ""
        return cls(Passage(text), Lines.of(text), True, delimiter, macros=macros or Macros())


@dataclass(frozen=True, slots=True)
class Problem:
    """A delimiter, fence or directive that does not end, and where it begins."""

    code: str
    token: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Findings:
    """The mathematics of one document, in its order.

    `letters` are commands that nothing defines and that are taken for letters.
    """

    kind: str
    excerpts: tuple[Excerpt, ...]
    problems: tuple[Problem, ...] = ()
    letters: tuple[str, ...] = ()
