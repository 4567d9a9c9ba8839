"""Moodle's XML: a cloze for several values, numbers, choices, essays, and a STACK question."""

from __future__ import annotations

import re
from html import escape as escape_html

from symback.rendering.teaching.exports.common import (
    SHARE,
    blocks_html,
    cdata,
    html_setting,
    label_of,
    plain_number,
    said,
    slip_words,
    task_html,
)
from symback.rendering.teaching.exports.stack import stack_question
from symback.rendering.teaching.setting import Setting
from symback.teaching.blocks import Say, Working
from symback.teaching.exercises import Item, Sheet

__all__ = ["FRACTIONS", "moodle"]

FRACTIONS = (
    "100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25",
    "20", "16.66667", "14.28571", "12.5", "11.11111", "10", "5", "0",
)  # fmt: skip
"""The only shares of marks that Moodle imports."""


def moodle(sheet: Sheet) -> str:
    """Moodle's XML: a cloze for several values, numbers, choices, essays, and a STACK question."""
    page = html_setting(sheet)
    questions = []
    for number, exercise in enumerate(sheet.exercises, start=1):
        name = f"s{sheet.seed:02d}-{number:02d} {exercise.kind}"
        identity = f"symback-{sheet.seed}-{number:02d}"
        task = task_html(exercise, sheet, page)
        if exercise.notes:
            notes = "".join(f"<li>{said(note, page)}</li>" for note in exercise.notes)
            workings = tuple(block for block in exercise.key if isinstance(block, Working))
            right = blocks_html(workings, page)
            questions.append(_moodle_essay(name, identity, task, f"{right}<ul>{notes}</ul>"))
            stack = stack_question(exercise, f"{name} STACK", page)
            if stack:
                questions.append(stack)
        elif len(exercise.items) == 1 and not exercise.items[0].choices:
            questions.append(_moodle_number(name, identity, task, exercise.items[0], page))
        else:
            questions.append(_moodle_cloze(name, identity, task, exercise.items, page))
    category = f"$course$/top/Backpropagation/seed {sheet.seed}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
        f'<question type="category"><category><text>{category}</text></category>'
        '<info format="html"><text/></info></question>\n' + "\n".join(questions) + "\n</quiz>\n"
    )


def _moodle_head(kind: str, name: str, identity: str, text: str, grade: int) -> str:
    grades = "" if kind == "cloze" else f"<defaultgrade>{grade}</defaultgrade>"
    return (
        f'<question type="{kind}"><name><text>{escape_html(name)}</text></name>'
        f'<questiontext format="html"><text>{cdata(text)}</text></questiontext>'
        f'<generalfeedback format="html"><text/></generalfeedback>{grades}'
        f"<penalty>0.3333333</penalty><hidden>0</hidden><idnumber>{identity}</idnumber>"
    )


def _moodle_number(name: str, identity: str, task: str, item: Item, page: Setting) -> str:
    def answer(share: str, value: str, tolerance: float, feedback: str) -> str:
        return (
            f'<answer fraction="{share}" format="moodle_auto_format"><text>{value}</text>'
            f'<feedback format="html"><text>{cdata(feedback)}</text></feedback>'
            f"<tolerance>{tolerance:g}</tolerance></answer>"
        )

    text = f"{task}<p>{label_of(item, page)}</p>"
    answers = [answer("100", plain_number(item.answer), item.tolerance, said("right", page))]
    for code, value in item.twins:
        answers.append(answer(SHARE, plain_number(value), item.tolerance, slip_words(code, page)))
    answers.append(answer("0", "*", 0, said("look-at-rule", page,
                                             rule=Say(f"rulename-{item.rule}"))))  # fmt: skip
    return (
        _moodle_head("numerical", name, identity, text, 1)
        + "".join(answers)
        + "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty>"
        "<showunits>3</showunits><unitsleft>0</unitsleft></question>"
    )


_CLOZE = str.maketrans({c: f"\\{c}" for c in '}#~/"\\'})


def _cloze(item: Item, page: Setting) -> str:
    r"""One field of a cloze; inside its braces ``} # ~ / " \`` need a backslash."""
    if item.choices:
        options = [
            ("=" if choice == item.answer else "") + choice.translate(_CLOZE)
            for choice in item.choices
        ]
        return "{1:MULTICHOICE:" + "~".join(options) + "}"
    tolerance = f"{item.tolerance:g}"
    parts = [f"={plain_number(item.answer)}:{tolerance}"]
    for code, value in item.twins:
        words = re.sub(r"\\\(.*?\\\)", "", slip_words(code, page))
        parts.append(f"%{SHARE}%{plain_number(value)}:{tolerance}#{words.translate(_CLOZE)}")
    return "{1:NUMERICAL:" + "~".join(parts) + "}"


def _moodle_cloze(
    name: str, identity: str, task: str, items: tuple[Item, ...], page: Setting
) -> str:
    rows = "".join(
        f'<tr><th scope="row">{label_of(item, page)}</th><td>{_cloze(item, page)}</td></tr>'
        for item in items
    )
    text = f"{task}<table>{rows}</table>"
    return _moodle_head("cloze", name, identity, text, len(items)) + "</question>"


def _moodle_essay(name: str, identity: str, task: str, notes: str) -> str:
    return (
        _moodle_head("essay", name, identity, task, 4)
        + "<responseformat>editor</responseformat><responserequired>1</responserequired>"
        "<responsefieldlines>15</responsefieldlines><minwordlimit/><maxwordlimit/>"
        "<attachments>1</attachments><attachmentsrequired>0</attachmentsrequired>"
        "<maxbytes>0</maxbytes><filetypeslist/>"
        f'<graderinfo format="html"><text>{cdata(notes)}</text></graderinfo>'
        '<responsetemplate format="html"><text/></responsetemplate></question>'
    )
