"""Numbered equations entry by entry, their matrix forms beside them, and the reason for each.

What a reader sees on one line is one `Line`; `arrange` decides for a whole table, from the widths
of its formulas, where they are broken and which matrix forms stand below rather than beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from symback.calculus.derivation import Rule
from symback.calculus.matrix.tree import MatrixForm
from symback.printing.target import plainly
from symback.records import dataclass
from symback.rendering.equalities import ChainOf, Equality

if TYPE_CHECKING:
    from symback.printing import Printer
    from symback.rendering.handout.lesson import Lesson
    from symback.rendering.handout.page import HandoutPage

__all__ = ["Line", "SetLine", "arrange", "backward_lines", "forward_lines"]

_SILENT = (Rule.LOCAL, Rule.ONE, Rule.COLLAPSE, Rule.ONE_FRACTION)
"""Rules that need no word where the chain rule is named: what follows it is a local derivative."""

_INDEX_SHARE, _DEFINITION_SHARE = 0.42, 0.47
"""How much of the room an index form may take before it is broken, with matrix forms beside it; and
a definition, whose reason is a word.
"""

_ALONE = 0.7
"""The same where there are none."""

_LINES = 2
"""In more lines than these an index form takes the whole width."""

_SIGN = 1.3
"""The room of the sign of equality that begins a further line."""

_REASON, _ROLE = 7.0, 5.0
"""The room of the column of reasons, in ems, and of one that says in a word what is defined."""


@dataclass(frozen=True, slots=True)
class Line:
    """An equation entry by entry: what it is, the same in matrices, and why it holds.

    Attributes:
        chain: the left side with its right sides: by the chain rule, what adds up to 0, the result.
        form: the same in matrices; None where there is none that says more.
        reasons: the links of the whole chain whose rules are the reason.
    """

    chain: ChainOf
    form: MatrixForm | None
    reasons: tuple[Equality, ...] = ()

    @property
    def number(self) -> int:
        """The equation's number."""
        return self.chain.number


def forward_lines(document: Lesson) -> tuple[Line, ...]:
    """The equations of the model."""
    return tuple(Line(c, document.form_of.get(c.number)) for c in document.forward)


def backward_lines(document: Lesson) -> tuple[Line, ...]:
    """The adjoints, from the loss backwards: by the chain rule, and as it comes out."""
    found = []
    # What is worked out with a softmax has its links there, and here its result.
    uses = (j.use for j in document.jacobians if j.use) if document.is_general else ()
    apart = {use.number for use in uses} if "functions" in document.chosen_sections else set()
    for chain in document.steps:
        first, last = chain.links[0], chain.links[-1]
        # What adds up to 0 is seen before it is gone.
        seen = tuple(k for k, after in pairwise(chain.links[1:]) if after.rule == Rule.MEAN)
        by_chain = first.rule == Rule.CHAIN and first != last and chain.number not in apart
        links = (first, *seen, last) if by_chain else (last,)
        reasons = tuple(link for link in chain.links if link.rule not in _SILENT)
        shown = replace(chain, links=links)
        found.append(Line(shown, document.form_of.get(chain.number), reasons))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line, set: its formulas broken into lines that fit.

    Attributes:
        line: what is set.
        left: the left side entry by entry.
        right: the lines of the right sides, each with whether the relation sign precedes it; none
            where the chain says nothing.
        matrix_left: the left side in matrices; empty without one.
        matrix_right: the lines of the right side in matrices.
        below: whether the matrix form stands below, for lack of room beside.
        wide: whether the index form takes the whole width, and its reason stands below.
    """

    line: Line
    left: Markup
    right: tuple[tuple[bool, Markup], ...]
    matrix_left: Markup
    matrix_right: tuple[Markup, ...]
    below: bool
    wide: bool

    @property
    def number(self) -> int:
        """The equation's number."""
        return self.line.number


def arrange(page: HandoutPage, lines: Sequence[Line], *, bounded: bool) -> tuple[SetLine, ...]:
    """The lines of one table, set.

    Where most matrix forms have no room beside the index forms all stand below, and the index forms
    have the room.

    Args:
        page: measures and breaks.
        lines: of the table.
        bounded: whether sums have their upper ends.
    """
    beside = _arranged(page, lines, bounded=bounded, apart=False)
    forms = [line.below for line in beside if line.matrix_right]
    if 2 * sum(forms) <= len(forms):
        return beside
    return _arranged(page, lines, bounded=bounded, apart=True)


def _arranged(
    page: HandoutPage, lines: Sequence[Line], *, bounded: bool, apart: bool
) -> tuple[SetLine, ...]:
    """The lines of one table, with matrix forms beside index forms or apart from them."""
    measure: Callable[[str], float] = page.target.measure
    told = [
        _index_form(page, line, page.typed(line.chain) if bounded else page.short) for line in lines
    ]
    lefts = [left for left, _ in told]
    widest_left = max(map(measure, lefts), default=0.0)
    beside_matrices = _DEFINITION_SHARE if bounded else _INDEX_SHARE
    share = _ALONE if apart or not any(line.form for line in lines) else beside_matrices
    room = page.room * share - widest_left
    rights = [_lines(page, sides, room) for _, sides in told]
    wides = [
        len(right) > _LINES or any(measure(r) > room + 2.0 or _is_torn(r) for _, r in right)
        for right in rights
    ]
    narrow = [
        measure(r) + (_SIGN if opens and place else 0.0)
        for right, wide in zip(rights, wides, strict=True)
        if not wide
        for place, (opens, r) in enumerate(right)
    ]
    index = widest_left + max(narrow, default=0.0)
    beside = page.room - index - page.room_of_numbers - (_ROLE if bounded else _REASON)
    forms = [line.form for line in lines]
    matrix_lefts = [page.arrays_for(form).left(form) if form else "" for form in forms]
    matrix_rights = [page.arrays_for(form).right(form) if form else "" for form in forms]
    widest = max(map(measure, matrix_lefts), default=0.0)
    found = []
    for place, line in enumerate(lines):
        left, right, wide = lefts[place], rights[place], wides[place]
        m_left, m_right = matrix_lefts[place], matrix_rights[place]
        if wide:
            right = _lines(page, told[place][1], page.room - widest_left - 6.0)
        width = widest + measure(plainly(m_right)) + 1.5
        below = bool(m_right) and (apart or wide or width > beside)
        if page.spans and (below or not m_right) and not wide and len(right) > 1:
            right = _over(page, told[place][1], widest_left, bounded) or right
        inside = page.room - measure(m_left) - 8.0
        broken = (page.broken(m_right, inside) if below else [plainly(m_right)]) if m_right else []
        found.append(
            SetLine(
                line,
                Markup(left),
                tuple((opens, Markup(text)) for opens, text in right),
                Markup(m_left),
                tuple(map(Markup, broken)),
                below,
                wide,
            )
        )
    return tuple(found)


def _over(
    page: HandoutPage, sides: Sequence[str], left: float, bounded: bool
) -> list[tuple[bool, str]]:
    """Right sides on one line, over the columns that no matrix form takes; none without room."""
    room = page.room - left - page.room_of_numbers - (_ROLE if bounded else _REASON)
    return whole if len(whole := _lines(page, sides, room)) == 1 else []


def _is_torn(text: str) -> bool:
    """Whether a bracket of a formula's line is closed in another."""
    pairs = (("(", ")"), ("[", "]"), ("igl", "igr"), ("igbl", "igbr"))  # Typst names large ones
    return any(text.count(opens) != text.count(closes) for opens, closes in pairs)


def _lines(page: HandoutPage, sides: Sequence[str], room: float) -> list[tuple[bool, str]]:
    """Right sides on one line where there is room; else each on lines of its own."""
    whole = " = ".join(map(plainly, sides))
    if not sides or page.target.measure(whole) <= room:
        return [(True, whole)] if sides else []
    found = []
    for side in sides:
        first, *more = page.broken(side, room)
        found += [(True, first), *((False, line) for line in more)]
    return found


def _index_form(page: HandoutPage, line: Line, printer: Printer) -> tuple[str, list[str]]:
    """The left side, and the right sides with marks where they may be broken."""
    chain = page.for_delta(line.chain) if printer is page.short else line.chain
    left = printer(chain.subject)
    if chain.says_nothing:
        return left, []
    sides = dict.fromkeys(printer.marked(link.expression) for link in chain.links)
    return left, [side for side in sides if plainly(side) != left]
