"""The text that ``text2qti`` turns into a package for Canvas."""

from __future__ import annotations

from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.teaching.exports.common import (
    PLAIN,
    PlainLines,
    label_of,
    plain_number,
    task_blocks,
    task_lines,
)
from symback.rendering.teaching.write import sentences
from symback.teaching.exercises import Sheet

__all__ = ["canvas"]


def canvas(sheet: Sheet) -> str:
    """The text that ``text2qti`` turns into a package for Canvas."""
    words = sentences(HANDOUT_FORMATS["markdown"])
    page = PlainLines(PLAIN, words, sheet.model, sheet.notation)
    out = [f"Quiz title: {page.say(sheet.quiz_title)}", ""]
    for number, exercise in enumerate(sheet.exercises, start=1):
        task = task_lines(task_blocks(exercise, sheet), page)
        if not exercise.items:
            out += [f"Title: {number} {exercise.kind}", "Points: 4", _question(task), "____", ""]
        for item in exercise.items:
            if item.value is not None and 0 < abs(item.value) < 1e-4:
                continue  # Canvas takes such an answer for 0
            out += [f"Title: {number} {exercise.kind}", "Points: 1"]
            out.append(_question([*task, label_of(item, page)]))
            if item.choices:
                for place, choice in enumerate(item.choices):
                    mark = "*" if choice == item.answer else ""
                    out.append(
                        f"{mark}{chr(ord('a') + place)}) {choice.replace('_', chr(92) + '_')}"
                    )
            else:
                out.append(f"=   {plain_number(item.answer)} +- {max(item.tolerance, 1e-6):g}")
            out.append("")
    return "\n".join(out)


def _question(lines: list[str]) -> str:
    first, *rest = lines
    return "\n".join([f"1.  {first}", *(f"\n    {line}" for line in rest)])
