"""What a page for a course says, before any language and any format: blocks of codes and formulas.

No English is in here: a `Say` is a code with arguments, and ``templates/teaching/words.j2`` has the
sentence.  Numbers are texts already, so that every format shows the same digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from symback.records import dataclass

if TYPE_CHECKING:
    from sympy import Expr

__all__ = [
    "Answer", "Block", "Bullets", "Code", "Digits", "Heading", "Math", "NewPage", "Own",
    "PageContents", "Paragraph", "Say", "Shown", "Table", "Typed", "Working",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Math:
    """A formula within a sentence or a cell.

    Attributes:
        expression: what is printed.
        numbers: digits to print in place of entries, adjoints and slopes.
        equals: digits that follow it after an equals sign, if any.
    """

    expression: Expr
    numbers: Mapping[Any, str] | None = None
    equals: str = ""


@dataclass(frozen=True, slots=True)
class Digits:
    """A number as it is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Own:
    """A text that somebody typed: the letters that it is, in every format."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name as it is typed on a keyboard: ``dL/dW1[1,2]``."""

    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A formula as it is typed on a keyboard, in the notation of the page."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence: its code, and what stands in its named slots."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the level counts from 1."""

    say: Say
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences."""

    says: tuple[Say, ...]
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    says: tuple[Say, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One value as it is worked by hand: in letters, in numbers, and what comes out.

    Attributes:
        subject: the left side.
        formula: the right side in letters; None leaves it out.
        numbers: digits in place of what the formula mentions; None leaves the substitution out.
        result: the digits of the result; empty where none is said.
        number: of the equation; 0 for none.
        blank: whether the result is to be filled in.
    """

    subject: Expr
    formula: Expr | None = None
    numbers: Mapping[Any, str] | None = None
    result: str = ""
    number: int = 0
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Working:
    """Values under one another.

    Attributes:
        rows: the values.
        label: what stands before them, and stays with them.
        tight: whether as many stand on a line as there is room for, where paper is short.
    """

    rows: tuple[Shown, ...]
    label: Say | None = None
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: codes of its heads, and cells.

    Attributes:
        head: what stands above each column.
        rows: the cells.
        wide: whether the last column takes the room that is left.
        tight: whether it goes without its head, where paper is short and every row says what it is.
    """

    head: tuple[Say, ...]
    rows: tuple[tuple[Any, ...], ...]
    wide: bool = False
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Boxes to write answers in: each with its label, in the same place on every copy.

    Attributes:
        labels: what belongs in each box.
        names: what each answer is called where answers are typed.
        heading: what stands before the boxes, and stays with them.
        lines: of room for work, in a box of its own.
        wide: whether the box takes the whole line.
        narrow: whether a letter is all that belongs in a box.
    """

    labels: tuple[Any, ...]
    names: tuple[str, ...] = ()
    heading: Say | None = None
    lines: int = 0
    wide: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class NewPage:
    """The next block begins a page."""


Block = Heading | Paragraph | Bullets | Working | Table | Answer | NewPage


@dataclass(frozen=True, slots=True)
class PageContents:
    """A whole page: its title and its blocks."""

    title: Say
    blocks: tuple[Block, ...]
    colophon: tuple[Say, ...] = ()
