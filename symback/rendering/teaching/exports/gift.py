"""GIFT, a line of text for each answer."""

from __future__ import annotations

from symback.rendering.teaching.exports.common import (
    SHARE,
    html_setting,
    label_of,
    plain_number,
    said,
    slip_words,
    task_html,
)
from symback.teaching.exercises import Sheet

__all__ = ["gift"]

_GIFT = str.maketrans({c: f"\\{c}" for c in "\\~=#{}:"})


def gift(sheet: Sheet) -> str:
    """GIFT: one question for each value, without empty lines inside."""
    page = html_setting(sheet)
    out = [f"$CATEGORY: $course$/top/Backpropagation/seed {sheet.seed}\n"]
    for number, exercise in enumerate(sheet.exercises, start=1):
        task = task_html(exercise, sheet, page)
        name = f"s{sheet.seed:02d}-{number:02d}"
        if not exercise.items:
            out.append(f"::{name} {exercise.kind}::[html]{task.translate(_GIFT)}{{}}\n")
        for place, item in enumerate(exercise.items, start=1):
            text = f"{task}<p>{label_of(item, page)}</p>".translate(_GIFT)
            head = f"::{name}-{place:02d} {exercise.kind}::[html]{text}"
            if item.choices:
                options = "\n".join(
                    f"{'=' if choice == item.answer else '~'}{choice.translate(_GIFT)}"
                    for choice in item.choices
                )
                out.append(f"{head}{{\n{options}\n}}\n")
                continue
            tolerance = f"{item.tolerance:g}"
            words = said("right", page).translate(_GIFT)
            lines = [f"={plain_number(item.answer)}:{tolerance}#{words}"]
            lines += [
                f"=%{SHARE}%{plain_number(value)}:{tolerance}#"
                + slip_words(code, page).translate(_GIFT)
                for code, value in item.twins
            ]
            out.append(f"{head}{{#\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(out)
