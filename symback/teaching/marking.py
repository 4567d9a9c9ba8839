"""Marking: each value by the student's own values above it, each slip penalised once.

A printed value stands for its whole rounding interval.  It is right if that meets the exact value,
or what follows from the intervals above it; so neither way of rounding is asked for.  The first
value that is not right is explained by a slip of the catalogue, tried on the sheet's own values;
from there on the changed program counts as well, and what follows from it is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any

from symback.errors import InputError
from symback.records import dataclass
from symback.teaching.digits import Printed, read_number, written
from symback.teaching.outcomes import Judged, Marked, Outcome
from symback.teaching.program import Kind, Line, Program
from symback.teaching.slips import Altered, Slip, variants
from symback.teaching.terms import FLOATS, Functions, Tree, evaluate
from symback.teaching.unexplained import half_of, is_cut, is_fine, unexplained

__all__ = ["Marker"]


@dataclass(slots=True)
class _Own:
    """What stands on a sheet: a value, and how far the true one may be away."""

    value: float
    tolerance: float
    is_printed: bool


_UNSEEN = _Own(0.0, 0.0, False)


class Marker:
    """Marks sheets of one problem.

    Args:
        program: of the problem.
        given: its numbers.
        functions: their arithmetic.
        marks: marks for single values, by key; 1 for every other.
        shown: keys of worked values that stand on the sheet: no slip is looked for in these.
        asked: keys of all that is asked for, so that what is not answered counts as well.
    """

    def __init__(
        self,
        program: Program,
        given: Mapping[str, Any],
        functions: Functions = FLOATS,
        marks: Mapping[str, Fraction] | None = None,
        *,
        shown: Collection[str] = (),
        asked: Collection[str] = (),
    ) -> None:
        self.shown = frozenset(shown)
        self.asked = frozenset(asked)
        self.program = program
        self.marks = dict(marks or {})
        self.numbers = {key: float(value) for key, value in given.items()}
        lines = program.lines
        if program.rate not in self.numbers:
            lines = tuple(line for line in lines if line.kind not in (Kind.UPDATE, Kind.AFTER))
        self.lines: tuple[Line, ...] = lines
        exact = program.run(dict(given), functions, lines=lines)
        self.exact = {key: float(value) for key, value in exact.items()}
        known = {line.key for line in lines}
        self.ways: tuple[tuple[Slip, Altered], ...] = tuple(
            (slip, altered) for slip, altered in variants(program) if not known.isdisjoint(altered)
        )
        self._exact_of: dict[int, dict[str, float]] = {}

    def mark(self, student: str, answers: Mapping[str, str]) -> Marked:
        """Mark one sheet.

        Args:
            student: whose.
            answers: what was written, by key; any subset.
        """
        return _Sheet(self, answers).marked(student)

    def exact_of(self, way: int) -> dict[str, float]:
        """Every value of a program with a slip, exactly."""
        if way not in self._exact_of:
            try:
                found = self.program.run(
                    self.numbers, FLOATS, altered=self.ways[way][1], lines=self.lines
                )
            except (InputError, KeyError):
                found = {}
            self._exact_of[way] = found
        return self._exact_of[way]


class _Sheet:
    """One sheet while it is being marked."""

    def __init__(self, marker: Marker, answers: Mapping[str, str]) -> None:
        self.marker = marker
        self.answers = answers
        self.own: dict[str, _Own] = {
            key: _Own(value, 0.0, False) for key, value in marker.numbers.items()
        }
        self.values: dict[str, float] = dict(marker.numbers)
        self.active: list[int] = []  # places of slips in marker.ways
        self.spoilt: set[str] = set()  # keys that rest on something wrong
        self.right: set[str] = set()  # keys that are right, and rest on nothing wrong
        self.printed = {key: _read(text) for key, text in answers.items() if text.strip()}
        self.usual = _usual_half(self.printed, marker.exact)

    def marked(self, student: str) -> Marked:
        judged: list[Judged] = []
        for line in self.marker.lines:
            text = self.answers.get(line.key, "").strip()
            if any(use in self.spoilt for use in line.uses):
                self.spoilt.add(line.key)
            if not text and line.key in self.marker.shown:
                exact = self.marker.exact[line.key]
                half = read_number(written(exact, 4)).half
                printed_half = float(half) if half < 1e-3 else 0.0
                # Who works with two decimals rounds what stands on the sheet to two as well.
                rounded = self._on_scratch(exact, printed_half)
                self._set(line.key, exact, max(printed_half, rounded), printed=True)
                continue
            if not text:
                self._compute(line)
                if line.key in self.marker.asked:
                    judged.append(self._missing(line))
                continue
            printed = self.printed[line.key]
            if printed is None:
                self._compute(line)
                of = self._worth(line)
                judged.append(
                    Judged(line.key, text, Outcome.UNREADABLE, self.values[line.key], of=of)
                )
                continue
            judged.append(self._judge(line, printed))
        return Marked(student, tuple(judged))

    def _missing(self, line: Line) -> Judged:
        return Judged(line.key, "", Outcome.MISSING, self.values[line.key], of=self._worth(line))

    def _worth(self, line: Line) -> Fraction:
        return self.marker.marks.get(line.key, Fraction(1))

    # Values that follow ---------------------------------------------------------------------------

    def _trees(self, line: Line) -> list[Tree]:
        """The right sides that may count: the right one, then those with a slip that was made."""
        trees = [line.tree]
        for way in reversed(self.active):
            altered = self.marker.ways[way][1]
            if line.key in altered:
                trees.append(altered[line.key])
        return trees

    def _follow(self, tree: Tree, uses: Iterable[str]) -> tuple[float, float]:
        """A value and its tolerance, to first order, from what stands above."""
        value = float(evaluate(tree, self.values, FLOATS))
        tolerance = abs(value) * 1e-12 + 1e-13
        for use in uses:
            half = self.own[use].tolerance
            if half:
                kept = self.values[use]
                self.values[use] = kept + half
                above = float(evaluate(tree, self.values, FLOATS))
                self.values[use] = kept - half
                below = float(evaluate(tree, self.values, FLOATS))
                self.values[use] = kept
                tolerance += max(abs(above - value), abs(value - below))
        return value, tolerance

    def _compute(self, line: Line) -> None:
        """A value that is not on the sheet: from those above it."""
        tree = self._trees(line)[-1]
        try:
            value, tolerance = self._follow(tree, _uses(tree, line))
        except (ValueError, ZeroDivisionError, OverflowError):
            value, tolerance = self.marker.exact[line.key], 0.0
        self._set(line.key, value, tolerance + self._on_scratch(value, tolerance), printed=False)
        if tree is not line.tree:
            self.spoilt.add(line.key)

    def _on_scratch(self, value: float, tolerance: float) -> float:
        """How far a value may have been rounded on scratch paper, as its neighbours are here."""
        if not self.usual:
            return 0.0
        units = value / (2 * self.usual)
        # What has no more digits than they have was not rounded.
        is_even = abs(units - round(units)) < 1e-9 and tolerance < 1e-9 * self.usual + 1e-10
        return 0.0 if is_even else self.usual

    def _set(self, key: str, value: float, tolerance: float, *, printed: bool) -> None:
        self.own[key] = _Own(value, tolerance, printed)
        self.values[key] = value

    # Judging --------------------------------------------------------------------------------------

    def _judge(self, line: Line, printed: Printed) -> Judged:
        value, half = float(printed.value), half_of(printed)
        of = self._worth(line)
        exact = self.marker.exact[line.key]
        expected, reach, is_right = exact, 0.0, False
        for place, tree in enumerate(self._trees(line)):
            try:
                found, tolerance = self._follow(tree, _uses(tree, line))
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            if not place:
                expected, reach = found, tolerance
            if abs(value - found) <= half + tolerance:
                is_right = True
                if place:
                    expected = found
                    self.spoilt.add(line.key)
                break
        near = half + abs(exact) * 1e-12 + 1e-13
        if abs(value - exact) <= near:
            is_right = True
            self.spoilt.discard(line.key)
        if not is_right:
            for way in self.active:
                other = self.marker.exact_of(way).get(line.key)
                if other is not None and abs(value - float(other)) <= near:
                    is_right = True
                    self.spoilt.add(line.key)
                    break
        if is_right:
            follows = line.key in self.spoilt
            if not follows:
                self.right.add(line.key)
            own = 0.0 if _is_exact(value, exact) else half
            self._set(line.key, value, own, printed=True)
            outcome = Outcome.FOLLOWS if follows else Outcome.RIGHT
            return Judged(
                line.key, printed.text, outcome, expected, (), "", of, of, "ft" if follows else "A"
            )
        distance = min(abs(value - expected) - reach, abs(value - exact))
        if half and is_fine(printed) and distance <= 3 * half:
            self._set(line.key, value, half + max(distance, 0), printed=True)
            return Judged(line.key, printed.text, Outcome.LAST_DIGIT, expected, (), "", of, of, "A")
        block = self._block(line)
        fits = self._fitting(line, block, (value, half), expected)
        if fits:
            codes = tuple(dict.fromkeys(self.marker.ways[way][0].code for way in fits))
            where = next(
                key for key in (*(b.key for b in block), line.key)
                if key in self.marker.ways[fits[0]][1]
            )  # fmt: skip
            self.active += [way for way in fits if way not in self.active]
            self._recompute(line, fits)
            marks, kind = Fraction(0), ""
        elif half and is_cut(printed) and distance < 2 * half:
            self._set(line.key, value, half + max(distance, 0), printed=True)
            return Judged(line.key, printed.text, Outcome.LAST_DIGIT, expected, (), "", of, of, "A")
        else:
            others = (v for key, v in self.marker.exact.items() if key != line.key)
            code = unexplained(printed, expected, reach, others)
            codes, where = (code,), line.key
            is_method = code in ("arithmetic", "copying")
            marks, kind = (of / 2, "M") if is_method else (Fraction(0), "")
        self._set(line.key, value, half, printed=True)
        self.spoilt.add(line.key)
        return Judged(
            line.key, printed.text, Outcome.WRONG, expected, codes, where, marks, of, kind
        )

    def _block(self, line: Line) -> list[Line]:
        """The line, and before it those that it rests on and that are not on the sheet."""
        wanted = {line.key}
        block = []
        for other in reversed(self.marker.lines):
            if other.key in wanted:
                block.append(other)
                wanted.update(
                    use
                    for use in other.uses
                    if use in self.own
                    and not self.own[use].is_printed
                    and use in self.marker.program.line_of
                )
        return block[::-1]

    def _fitting(
        self, line: Line, block: list[Line], printed: tuple[float, float], expected: float
    ) -> list[int]:
        """The slips that give the printed value, tried on the sheet's own values."""
        keys = {other.key for other in block}
        fits = []
        for place, (_, altered) in enumerate(self.marker.ways):
            if place in self.active or keys.isdisjoint(altered):
                continue
            if self._gives(block, altered, line.key, printed, expected):
                fits.append(place)
        # Of a slip made elsewhere as well, what stands there rightly says that it was not made.
        kept = [way for way in fits if not self._is_denied(self.marker.ways[way][1], keys)]
        return kept or fits

    def _is_denied(self, altered: Altered, keys: set[str]) -> bool:
        """Whether all of some quantity stands on the sheet as it is without a slip that changes it.

        Args:
            altered: what the slip changes.
            keys: of what it is tried to explain.
        """
        line_of = self.marker.program.line_of
        tried = {(line_of[key].kind, line_of[key].quantity) for key in keys}
        seen: dict[tuple[str, str], bool] = {}
        for key, tree in altered.items():
            line = line_of[key]
            part = line.kind, line.quantity
            if part in tried or not self.own.get(key, _UNSEEN).is_printed:
                continue
            if key not in self.right:
                seen[part] = False
                continue
            try:
                value, tolerance = self._follow(tree, _uses(tree, line))
            except (ValueError, ZeroDivisionError, OverflowError, KeyError):
                value, tolerance = float("inf"), 0.0
            own = self.own[key]
            if abs(value - own.value) > own.tolerance + tolerance:
                seen.setdefault(part, True)
        return any(seen.values())

    def _gives(
        self,
        block: list[Line],
        altered: Altered,
        key: str,
        printed: tuple[float, float],
        expected: float,
    ) -> bool:
        """Whether a changed program gives a printed value, and can be told from the right one."""
        value, half = printed
        kept = {line.key: (self.values.get(line.key), self.own.get(line.key)) for line in block}
        try:
            for line in block:  # without tolerances first: most slips are far away
                tree = altered.get(line.key) or self._trees(line)[-1]
                self.values[line.key] = float(evaluate(tree, self.values, FLOATS))
            found = self.values[key]
            if abs(found - value) > 0.2 * abs(value) + 200 * half:
                return False
            for line in block:
                tree = altered.get(line.key) or self._trees(line)[-1]
                result, tolerance = self._follow(tree, _uses(tree, line))
                usual = 0.0 if line.key == key else self._on_scratch(result, tolerance)
                self._set(line.key, result, tolerance + usual, printed=False)
            reach = self.own[key].tolerance
            if abs(self.values[key] - expected) <= reach:
                return False
            return abs(self.values[key] - value) <= half + reach
        except (ValueError, ZeroDivisionError, OverflowError, KeyError):
            return False
        finally:
            for name, (number, own) in kept.items():
                if number is None:
                    self.values.pop(name, None)
                else:
                    self.values[name] = number
                if own is None:
                    self.own.pop(name, None)
                else:
                    self.own[name] = own

    def _recompute(self, last: Line, ways: list[int]) -> None:
        """What is not on the sheet and stands above, once more, with the slip just found.

        A slip is made at every step and sample, not only where it was seen first.
        """
        changed = {key for way in ways for key in self.marker.ways[way][1]}
        for line in self.marker.lines:
            if line.key == last.key:
                break
            own = self.own[line.key]
            if not own.is_printed and (line.key in changed or not changed.isdisjoint(line.uses)):
                changed.add(line.key)
                self._compute(line)


def _read(text: str) -> Printed | None:
    try:
        return read_number(text)
    except InputError:
        return None


def _usual_half(printed: Mapping[str, Printed | None], exact: Mapping[str, float]) -> float:
    """Half a unit of the last digit that most values of a sheet have; 0 where all are exact.

    A whole number, or a value that is just what it should be, says nothing of scratch paper.
    """
    halves: Counter[float] = Counter()
    for key, number in printed.items():
        half = half_of(number) if number is not None else 0.0
        if number is None or not 0 < half < 0.5:
            continue
        if not _is_exact(float(number.value), exact.get(key)):
            halves[half] += 1
    return halves.most_common(1)[0][0] if halves else 0.0


def _is_exact(value: float, exact: float | None) -> bool:
    return exact is not None and abs(value - exact) <= abs(exact) * 1e-12 + 1e-13


def _uses(tree: Tree, line: Line) -> Iterable[str]:
    if tree is line.tree:
        return line.uses
    from symback.teaching.terms import references

    return dict.fromkeys(references(tree))
