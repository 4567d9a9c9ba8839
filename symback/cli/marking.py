"""What answers are marked by: a file of values, with one problem or the exercises of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symback.cli.lesson import Lesson, lesson_of
from symback.cli.source import read_bytes, source_name
from symback.model.spec import MAX_BYTES

if TYPE_CHECKING:
    from symback.teaching.paper import Paper
    from symback.teaching.values import Values

__all__ = ["paper_from"]


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
    from symback.teaching.values import read_problems

    source = source_name(values_name)
    problems = read_problems(read_bytes(values_name, MAX_BYTES), source, exercise)
    parts = []
    lessons = []
    for number, values in problems.items():
        lesson = None if values.is_plain else lesson_of(values, stated)
        parts.append(_part(number, values, lesson))
        if lesson is not None:
            lessons.append(lesson)
    # The largest network has the names of all of them.
    largest = max(lessons, key=lambda lesson: len(lesson.model.quantities), default=None)
    return Paper(parts), largest


def _part(number: int, values: Values, lesson: Lesson | None) -> Any:
    from symback.teaching.marking import Marker
    from symback.teaching.names import Names
    from symback.teaching.paper import Part

    options = values.options
    plain = options.get("answers", {})
    marks = options.get("marks", {})
    if lesson is None:
        return Part(number, plain=plain, marks=marks)
    names = Names(lesson.program, options.get("names"))
    own = {names.key(name): worth for name, worth in marks.items() if name not in plain}
    marker = Marker(
        lesson.program,
        lesson.given,
        lesson.functions,
        own,
        shown=[names.key(name) for name in options.get("shown", ())],
        asked=[names.key(name) for name in options.get("asked", ())],
    )
    return Part(number, marker, names, plain, marks)
