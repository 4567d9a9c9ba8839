"""What comes of marking: a page for each student, a table for the teacher, slips of the class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from symback.calculus.derivation import Derivation
from symback.teaching.answers import csv_line, safe_cell
from symback.teaching.blocks import (
    Block,
    Bullets,
    Code,
    Digits,
    Heading,
    Math,
    NewPage,
    Own,
    PageContents,
    Paragraph,
    Say,
    Table,
)
from symback.teaching.digits import written
from symback.teaching.outcomes import Judged, Marked, Outcome
from symback.teaching.paper import Paper
from symback.teaching.policy import Policy
from symback.teaching.saying import model_names

__all__ = ["as_data", "csv_rows", "marks_page", "marks_table", "shown_marks"]

HEAD = (
    "student",
    "marks",
    "of",
    "right",
    "follows",
    "first wrong",
    "slips",
    "would follow",
    "open",
)


@cache
def shown_marks(marks: Fraction) -> str:
    """Marks as people write them: ``7``, ``7.5``."""
    return written(marks, 2)


def csv_rows(sheets: Iterable[Marked], policy: Policy) -> Iterator[str]:
    """The teacher's table, row by row; no cell is a formula to a spreadsheet."""
    yield csv_line(HEAD)
    for sheet in sheets:
        first = sheet.first_wrong
        yield csv_line([
            safe_cell(sheet.student),
            shown_marks(sheet.marks),
            shown_marks(sheet.of),
            str(_count(sheet, Outcome.RIGHT, Outcome.LAST_DIGIT)),
            str(_count(sheet, Outcome.FOLLOWS)),
            first.key if first else "",
            " or ".join(first.slips) if first else "",
            _expected_text(first, policy) if first else "",
            str(len(_left(sheet))),
        ])  # fmt: skip


def _count(sheet: Marked, *outcomes: Outcome) -> int:
    return sum(value.outcome in outcomes for value in sheet.judged)


def _expected_text(value: Judged, policy: Policy) -> str:
    """The digits that follow; what a letter or a count is asked for stands for itself."""
    if isinstance(value.expected, str):
        return value.expected
    short = Fraction(repr(round(float(value.expected), policy.digits)))
    is_even = abs(float(value.expected) - float(short)) < 1e-9
    return policy.shown(short if is_even else value.expected)


def _expected(value: Judged, policy: Policy) -> Any:
    text = _expected_text(value, policy)
    return Own(text) if isinstance(value.expected, str) else Digits(text)


def slips_of(sheets: Sequence[Marked]) -> Counter[str]:
    """How often each slip was made first in an exercise."""
    found: Counter[str] = Counter()
    for sheet in sheets:
        seen: set[str] = set()
        for value in sheet.judged:
            exercise = value.key.partition(".")[0] if value.key[:1].isdigit() else ""
            if value.outcome is Outcome.WRONG and exercise not in seen:
                seen.add(exercise)
                found[" ".join(value.slips)] += 1
    return found


def marks_page(
    sheets: Sequence[Marked], paper: Paper, derivation: Derivation | None, policy: Policy
) -> PageContents:
    """A summary of the class, then a page for each student.

    Args:
        sheets: the marked sheets.
        paper: what they were marked by.
        derivation: of the problem, where there is one alone.
        policy: how digits are shown.
    """
    is_left = any(map(_left, sheets))
    blocks: list[Block] = [
        Paragraph((Say("marks-intro"),)),
        Heading(Say("class")),
        Table(
            (Say("column-student"), Say("column-marks"), Say("column-first-wrong"),
             Say("column-slip"), *((Say("column-open"),) if is_left else ())),
            tuple(_summary(sheet, paper, is_left) for sheet in sheets),
        ),
        *_left_to_you(sheets, paper),
    ]  # fmt: skip
    counted = slips_of(sheets)
    if counted:
        rows = tuple(
            (_slips(codes.split(" ")), count)
            for codes, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        blocks += [
            Paragraph((Say("class-slips"),), keep=True),
            Table((Say("column-slip"), Say("column-students")), rows),
        ]
    for sheet in sheets:
        blocks += [NewPage(), *_student(sheet, paper, policy)]
    if derivation is None or 0 not in paper.parts:
        count = len(paper.parts)
        several = Say("model-sheet", {"count": count})
        args = {"model": several if count > 1 else Say("model-one-exercise")}
        return PageContents(Say("marks-title", args), tuple(blocks))
    return PageContents(Say("marks-title", model_names(derivation)), tuple(blocks))


def _name(key: str, paper: Paper) -> Any:
    printed = paper.printed(key)
    number = paper.number_of(key)
    if printed is None:
        return Code(key)
    if not number:
        return Math(printed)
    return Say("of-exercise", {"number": number, "value": Math(printed)})


def _left(sheet: Marked) -> list[Judged]:
    """What nobody has marked yet: what was not decided, and what cannot be read."""
    return [v for v in sheet.judged if v.outcome in (Outcome.OPEN, Outcome.UNREADABLE)]


MOST_LEFT = 200
"""So many answers that are left to the marker are listed."""


def _left_to_you(sheets: Sequence[Marked], paper: Paper) -> list[Block]:
    """Who has written what that waits for a marker, and why."""
    rows = [
        (Own(sheet.student), _name(value.key, paper), Own(value.text),
         value.why or Say(f"outcome-{value.outcome.value}"))
        for sheet in sheets
        for value in _left(sheet)
    ]  # fmt: skip
    if not rows:
        return []
    head = (Say("column-student"), Say("column-value"), Say("column-yours"), Say("column-why"))
    who = len({sheet.student for sheet in sheets if _left(sheet)})
    args = {"count": len(rows), "students": who}
    say = Say("left-to-you-one" if len(rows) == 1 else "left-to-you", args)
    return [Paragraph((say,), keep=True), Table(head, tuple(rows[:MOST_LEFT]))]


def _summary(sheet: Marked, paper: Paper, with_left: bool) -> tuple[Any, ...]:
    first = sheet.first_wrong
    marks = Say(
        "marks-of", {"marks": Digits(shown_marks(sheet.marks)), "of": Digits(shown_marks(sheet.of))}
    )
    left = (len(_left(sheet)),) if with_left else ()
    if first is None:
        return Own(sheet.student), marks, Say("nothing"), Say("nothing"), *left
    return Own(sheet.student), marks, _name(first.key, paper), _slips(first.slips), *left


def _slips(codes: Sequence[str]) -> Say:
    if len(codes) == 1:
        return Say(f"slip-{codes[0]}")
    return Say("one-of-these", {"slips": tuple(Say(f"slip-{code}") for code in codes)})


def _student(sheet: Marked, paper: Paper, policy: Policy) -> list[Block]:
    args = {
        "student": Own(sheet.student),
        "marks": Digits(shown_marks(sheet.marks)),
        "of": Digits(shown_marks(sheet.of)),
    }
    blocks: list[Block] = [Heading(Say("student-heading", args))]
    told = (Outcome.WRONG, Outcome.OPEN, Outcome.UNFINISHED)
    notes = [_note(value, paper, policy) for value in sheet.judged if value.outcome in told]
    if notes:
        blocks.append(Bullets(tuple(notes)))
    elif sheet.judged and sheet.marks == sheet.of:
        blocks.append(Paragraph((Say("all-right"),)))
    blocks.append(marks_table(sheet.judged, paper, policy))
    return blocks


def marks_table(judged: Sequence[Judged], paper: Paper, policy: Policy) -> Table:
    """What each value is worth.

    Args:
        judged: the values.
        paper: what they were marked by.
        policy: how digits are shown.
    """
    rows = tuple(
        (
            _name(value.key, paper),
            Own(value.text),
            Say(f"outcome-{value.outcome.value}"),
            _expected(value, policy),
            Say("marks-of", {"marks": Digits(shown_marks(value.marks)),
                             "of": Digits(shown_marks(value.of))}),
            Say(f"kind-{value.kind}") if value.kind else Say("nothing"),
        )
        for value in judged
    )  # fmt: skip
    head = (
        Say("column-value"), Say("column-yours"), Say("column-outcome"), Say("column-expected"),
        Say("column-marks"), Say("column-kind"),
    )  # fmt: skip
    return Table(head, rows)


def _note(value: Judged, paper: Paper, policy: Policy) -> Say:
    where = value.where or value.key
    line = paper.line_of(where)
    args: dict[str, Any] = {
        "value": _name(value.key, paper),
        "text": Own(value.text),
        "expected": _expected(value, policy),
    }
    if value.outcome is Outcome.OPEN:
        return Say("open-formula", args | {"why": value.why or Say("why-open")})
    if value.outcome is Outcome.UNFINISHED:
        return Say("unfinished-formula", args)
    if value.slips == ("other-formula",):
        return Say("wrong-formula" if value.expected else "wrong-formula-alone", args)
    if line is None and value.slips != ("other-answer",):
        args |= {"slip": _slips(value.slips), "hint": value.hint}
        code = "slipped-formula" if value.hint is None else "hinted-formula"
        return Say(code if value.expected else f"{code}-alone", args)
    if line is None:
        return Say("wrong-answer", args)
    args |= {
        "slip": _slips(value.slips),
        "rule": Say(f"rulename-{line.rule}"),
        "where": _name(where, paper),
    }
    if value.where and value.where != value.key:
        return Say("wrong-earlier", args)
    return Say("wrong-here", args)


def as_data(sheets: Sequence[Marked], policy: Policy) -> dict[str, Any]:
    """The marks as data."""
    return {
        "sheets": [
            {
                "student": sheet.student,
                "marks": float(sheet.marks),
                "of": float(sheet.of),
                "first_wrong": sheet.first_wrong.key if sheet.first_wrong else None,
                "open": [value.key for value in _left(sheet)],
                "values": [
                    {
                        "key": value.key,
                        "text": value.text,
                        "outcome": value.outcome.value,
                        "expected": _expected_text(value, policy),
                        "slips": list(value.slips),
                        "where": value.where,
                        "marks": float(value.marks),
                        "kind": value.kind,
                    }
                    for value in sheet.judged
                ],
            }
            for sheet in sheets
        ],
        "slips": dict(slips_of(sheets)),
    }
