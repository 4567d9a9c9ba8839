"""What answers are marked by: a file of values, with one problem or the exercises of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from symback.cli.lesson import Lesson, lesson_of, subject_of
from symback.cli.notation import notation_from
from symback.cli.source import read_bytes, source_name
from symback.errors import InputError, quote
from symback.model.spec import MAX_BYTES
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.notation import Notation
    from symback.teaching.formulas import Formulas
    from symback.teaching.marking import Marker
    from symback.teaching.names import Names
    from symback.teaching.paper import Paper, Part
    from symback.teaching.values import Values

__all__ = ["notation_of", "paper_from"]

T = TypeVar("T")


def paper_from(
    values_name: str, exercise: int | None, stated: Mapping[str, Any]
) -> tuple[Paper, Lesson | None]:
    """What answers are marked by, and the problem whose letters its pages are printed in.

    Args:
        values_name: the file of values.
        exercise: which exercise of a sheet alone is meant.
        stated: the options that state a network or a model.

    Raises:
        InputError: with what is at fault in the file.
    """
    from symback.teaching.paper import Paper
    from symback.teaching.values import exercises_in, read_problems

    source = source_name(values_name)
    data = read_bytes(values_name, MAX_BYTES)
    problems = read_problems(data, source, exercise)
    parts = []
    lessons = []
    for number, values in problems.items():
        in_numbers = values.has_numbers and not values.is_plain
        lesson = lesson_of(values, stated) if in_numbers else None
        parts.append(_part(number, values, lesson, stated))
        if lesson is not None:
            lessons.append(lesson)
    # The largest network has the names of all of them.
    largest = max(lessons, key=lambda lesson: len(lesson.model.quantities), default=None)
    if exercise is None:
        return Paper(parts), largest
    return Paper(parts, exercise, exercises_in(data, source)), largest


def _part(number: int, values: Values, lesson: Lesson | None, stated: Mapping[str, Any]) -> Part:
    from symback.teaching.marking import Marker
    from symback.teaching.names import Names
    from symback.teaching.paper import Part

    options = values.options
    marks = options.get("marks", {})
    names = None
    if lesson is not None:
        try:
            names = Names(lesson.program, options.get("names"))
        except InputError as error:
            raise error.at(f"{values.source}, {error.where}") from None
    marker = None
    asked = {*options.get("answers", {}), *_stated_claims(options)}
    if names is None:
        for name in marks:
            if name not in asked:
                raise InputError(f"marks has {quote(name)}, which is not asked for"
                                 f"{did_you_mean(name, asked)}", where=values.source)  # fmt: skip
    if lesson is not None and names is not None:
        marker = Marker(
            lesson.program,
            lesson.given,
            lesson.functions,
            {
                _at(values, "marks", names.key, name): worth
                for name, worth in marks.items()
                if name not in asked
            },
            shown=[_at(values, "shown", names.key, name) for name in options.get("shown", ())],
            asked=[_at(values, "asked", names.key, name) for name in options.get("asked", ())],
        )
    formulas, found = _claims(values, lesson, marker, names, stated)
    return Part(number, marker, names, {**options.get("answers", {}), **found}, marks, formulas)


def notation_of(values: Values) -> Notation | None:
    """The notation that a file of values names, which may be another file."""
    named = values.options.get("notation")
    return None if named is None else _at(values, "notation", notation_from, named, None)


def _stated_claims(options: Mapping[str, Any]) -> set[str]:
    """Names of answers that the engine decides."""
    return {name for key in ("formulas", "counts", "holds") for name in options.get(key, {})}


def _claims(
    values: Values,
    lesson: Lesson | None,
    marker: Marker | None,
    names: Names | None,
    stated: Mapping[str, Any],
) -> tuple[Formulas | None, dict[str, str]]:
    """The formulas that are asked for, and what is right for counts and statements."""
    options = values.options
    if not _stated_claims(options):
        return None, {}
    from symback.teaching.claims import count_of, holds
    from symback.teaching.formulas import Formulas
    from symback.teaching.subject import Subject

    about = subject_of(values, stated, in_numbers=lesson is not None)
    subject = Subject(about.network, about.text, notation_of(values))
    found: dict[str, str] = {}
    if "counts" in options:
        model = lesson.model if lesson is not None else about.model()
        for name, what in options["counts"].items():
            found[name] = str(_at(values, f"counts, {name}", count_of, what, model))
    numbers = marker.exact if marker is not None else {}
    find = names.find if names is not None else None
    for name, lines in options.get("holds", {}).items():
        is_true = _at(values, f"holds, {name}", holds, lines, subject, numbers, find)
        found[name] = "true" if is_true else "false"
    asked = options.get("formulas", {})
    for name in options.get("closed", ()):
        if name not in asked:
            raise InputError(f"closed has {name!r}, which is no formula that is asked for",
                             where=values.source)  # fmt: skip
    if not asked:
        return None, found
    for name, left in asked.items():
        _at(values, f"formulas, {name}", subject.refuse_unknown, left)
    closed = frozenset(options.get("closed", ()))
    adds_up = lesson is not None and _targets_add_up(lesson)
    return Formulas(subject, asked, closed, options.get("marks", {}), adds_up), found


def _targets_add_up(lesson: Lesson) -> bool:
    """Whether the targets of every sample and step add up to 1, as those of a softmax do."""
    from symback.model.equations import Role

    sums: dict[str, Any] = {}
    for name, keys in lesson.program.given.items():
        if lesson.program.roles.get(name) is Role.TARGET:
            for key in keys:
                row = key.rpartition(",")[0] or name
                sums[row] = sums.get(row, 0) + lesson.given[key]
    return bool(sums) and all(abs(float(total) - 1) < 1e-12 for total in sums.values())


def _at(values: Values, place: str, work: Callable[..., T], *about: Any) -> T:
    """What comes of some work; where it cannot be done, the place in the file is said."""
    try:
        return work(*about)
    except InputError as error:
        raise error.at(f"{values.source}, {place}") from None
