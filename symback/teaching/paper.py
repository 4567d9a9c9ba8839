"""What a sheet of answers is marked by: one problem, or the exercises of a sheet one by one.

Beside values of a network a sheet asks for letters, numbers and counts: those are compared with
what is right, and nothing follows from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from symback.errors import InputError, quote
from symback.records import dataclass
from symback.teaching.digits import read_number, written
from symback.teaching.formulas import Formulas
from symback.teaching.marking import Marker
from symback.teaching.names import Names, what_was_meant
from symback.teaching.outcomes import Judged, Marked, Outcome
from symback.teaching.program import Line
from symback.teaching.unexplained import half_of, is_fine

__all__ = ["Paper", "Part"]

_NUMBERED = re.compile(r"\s*([0-9]+)\s*[.:]\s*(.+)", re.S)


@dataclass(frozen=True)
class Part:
    """One problem of a sheet.

    Attributes:
        number: of the exercise; 0 where a sheet has one problem alone.
        marker: of its values; None where no value of a network is asked for.
        names: what its values may be called.
        plain: what is right for letters, numbers and counts, by the name of each.
        marks: marks for these; 1 for every other.
        formulas: what is asked for as a formula.
    """

    number: int
    marker: Marker | None = None
    names: Names | None = None
    plain: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Fraction] = field(default_factory=dict)
    formulas: Formulas | None = None

    @property
    def prefix(self) -> str:
        """What stands before its names where a sheet has several."""
        return f"{self.number}." if self.number else ""

    @cached_property
    def printed(self) -> Mapping[str, Any]:
        """What each value is printed as, by key."""
        if self.marker is None:
            return {}
        program = self.marker.program
        return {key: formula for formula, key in program.keys.items() if key in program.line_of}

    def find(self, name: str) -> str | None:
        """The key that a name stands for, or None."""
        plain = name.strip()
        if plain in self.plain or plain in self._asked:
            return plain
        return self.names.find(name) if self.names is not None else None

    @property
    def _asked(self) -> Mapping[str, str]:
        return self.formulas.asked if self.formulas is not None else {}

    def known(self) -> list[str]:
        """Every name that something has."""
        return [*self.plain, *self._asked, *(self.names.known if self.names is not None else ())]

    def mark(self, student: str, answers: Mapping[str, str]) -> list[Judged]:
        """Judge the answers to this problem, by key."""
        judged: list[Judged] = []
        for name, right in self.plain.items():
            judged.append(_plainly(name, answers.get(name, ""), right, self.marks.get(name)))
        if self.formulas is not None:
            judged += [self.formulas.mark(name, answers.get(name, "")) for name in self._asked]
        if self.marker is not None:
            values = {
                key: text
                for key, text in answers.items()
                if key not in self.plain and key not in self._asked
            }
            judged += self.marker.mark(student, values).judged
        return judged


def _plainly(name: str, text: str, right: str, worth: Fraction | None) -> Judged:
    """A letter, a number or a count, compared with what is right."""
    of = Fraction(1) if worth is None else worth
    outcome = _outcome(text, right)
    good = outcome in (Outcome.RIGHT, Outcome.LAST_DIGIT)
    return Judged(
        name,
        text.strip(),
        outcome,
        _shown(right),
        ("other-answer",) if outcome is Outcome.WRONG else (),
        "",
        of if good else Fraction(0),
        of,
        "A" if good else "",
    )


def _number(right: str) -> Fraction | None:
    """What is right as a number; None where it is a letter or a word, as `x2`."""
    return Fraction(right) if _NUMBER.fullmatch(right) else None


_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40}|/[0-9]{0,39}[1-9])?")


def _shown(right: str) -> str:
    """What is right, to 4 decimals where it has more."""
    number = _number(right)
    return right if number is None or "." not in right else written(number, 4)


def _outcome(text: str, right: str) -> Outcome:
    if not text.strip():
        return Outcome.MISSING
    if right in _TRUTHS:
        said = next((truth for truth, words in _TRUTHS.items() if _letters(text) in words), "")
        if not said:
            return Outcome.UNREADABLE
        return Outcome.RIGHT if said == right else Outcome.WRONG
    wanted = _number(right)
    if wanted is None:
        return Outcome.RIGHT if _letters(text) == _letters(right) else Outcome.WRONG
    try:
        printed = read_number(text)
    except InputError:
        return Outcome.UNREADABLE
    away = abs(Fraction(float(printed.value)) - wanted)
    if wanted.denominator == 1 and "." not in right:
        return Outcome.RIGHT if not away else Outcome.WRONG
    half = Fraction(half_of(printed)) + Fraction(1, 10**12)
    if away <= half:
        return Outcome.RIGHT
    return Outcome.LAST_DIGIT if is_fine(printed) and away <= 3 * half else Outcome.WRONG


_TRUTHS = {
    "true": ("true", "t", "yes", "y", "right"),
    "false": ("false", "f", "no", "n", "wrong"),
}
"""What people write where it is asked whether something holds."""


def _letters(text: str) -> str:
    return re.sub(r"[\s().]", "", text).casefold()


class Paper:
    """Everything that a sheet of answers may answer.

    Args:
        parts: the problems, one with the number 0, or several with numbers of their own.
        chosen: the number that the one problem has in a sheet of several; 0 where it is alone.
        sheet: the numbers of all exercises of that sheet.
    """

    def __init__(
        self, parts: Sequence[Part], chosen: int = 0, sheet: frozenset[int] = frozenset()
    ) -> None:
        self.parts = {part.number: part for part in parts}
        self.chosen = chosen
        self.sheet = sheet

    def key(self, name: str) -> str:
        """The key that the name of a column stands for; empty for another exercise's.

        Raises:
            InputError: where it stands for none, with what may have been meant.
        """
        alone = self.parts.get(0)
        if alone is not None:
            found = alone.find(name)
            numbered = _NUMBERED.fullmatch(name) if found is None and self.chosen else None
            if numbered is not None and int(numbered[1][:9]) in self.sheet:
                if int(numbered[1][:9]) != self.chosen:
                    return ""
                name = numbered[2]
                found = alone.find(name)
            if found is None:
                guess = what_was_meant(name, alone.known())
                if not self.chosen:
                    raise InputError(f"no value is called {quote(name)}{guess}")
                raise InputError(
                    f"exercise {self.chosen} has no {quote(name)}{guess}",
                    hint=None if guess else "without --exercise the whole sheet is marked",
                )
            return found
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None:
            raise InputError(
                f"{quote(name)} does not begin with the number of its exercise",
                hint="write 1.h1_pre_2, or name one exercise with --exercise",
            )
        part = self.parts.get(int(numbered[1][:9]))
        if part is None:
            numbers = ", ".join(map(str, self.parts))
            raise InputError(f"{quote(name)}: there is no exercise {numbered[1]}, but {numbers}")
        found = part.find(numbered[2])
        if found is None:
            guess = what_was_meant(numbered[2], part.known())
            raise InputError(f"exercise {part.number} has no {quote(numbered[2])}{guess}")
        return part.prefix + found

    def mark(self, student: str, answers: Mapping[str, str]) -> Marked:
        """Mark one sheet: answers by key, any subset."""
        own: dict[int, dict[str, str]] = {}
        for key, text in answers.items():
            part, inner = self._inside(key)
            own.setdefault(part.number, {})[inner] = text
        judged = [
            replace(
                value,
                key=part.prefix + value.key,
                where=value.where and part.prefix + value.where,
            )
            for part in self.parts.values()
            for value in part.mark(student, own.get(part.number, {}))
        ]
        return Marked(student, tuple(judged))

    def _inside(self, key: str) -> tuple[Part, str]:
        """The problem that a key is of, and its key there."""
        alone = self.parts.get(0)
        if alone is not None:
            return alone, key
        number, _, inner = key.partition(".")
        return self.parts[int(number)], inner

    def line_of(self, key: str) -> Line | None:
        """The line of a value by its key; None for what is no value of a network."""
        part, inner = self._inside(key)
        return part.marker.program.line_of.get(inner) if part.marker is not None else None

    def number_of(self, key: str) -> int:
        """The number of the exercise that a key is of; 0 where there is one problem alone."""
        return self._inside(key)[0].number

    def printed(self, key: str) -> Any:
        """What a value is printed as; None where it has only a name."""
        part, inner = self._inside(key)
        if inner.partition("[")[0].endswith("_new"):
            return None
        return part.printed.get(inner)
