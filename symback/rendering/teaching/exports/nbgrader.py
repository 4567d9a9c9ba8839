"""A notebook for nbgrader, whose test cells give points."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from symback.errors import MissingToolError
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.teaching.exports.common import (
    label_of,
    plain_number,
    said,
    task_blocks,
    task_lines,
)
from symback.rendering.teaching.setting import Setting
from symback.rendering.teaching.write import sentences
from symback.teaching.exercises import Sheet

__all__ = ["nbgrader"]


def nbgrader(sheet: Sheet) -> str:
    """A notebook whose test cells give points: one for each value."""
    try:
        import nbformat
    except ImportError:
        raise MissingToolError(
            "a notebook needs nbformat, which is not installed",
            hint="pip install 'symback[notebook]'",
        ) from None
    chosen = replace(HANDOUT_FORMATS["notebook"])
    page = Setting(chosen, sentences(chosen), sheet.model, sheet.notation)
    cells = []

    def add(kind: str, source: str, identity: str, **grading: Any) -> None:
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cell = make(source)
        cell["id"] = uuid5(NAMESPACE_URL, f"symback {sheet.seed} {identity}").hex[:12]
        if grading:
            cell["metadata"]["nbgrader"] = {
                "schema_version": 3, "grade_id": identity, "task": False, **grading,
            }  # fmt: skip
        cells.append(cell)

    add("markdown", f"# {page.say(sheet.quiz_title)}", "title")
    for number, exercise in enumerate(sheet.exercises, start=1):
        heading = said(f"kind-{exercise.kind}", page)
        text = "\n\n".join(
            [f"## {number}. {heading}", *task_lines(task_blocks(exercise, sheet), page)]
        )
        add("markdown", text, f"task-{number}")
        if not exercise.items:
            add("markdown", "", f"answer-{number}", grade=True, solution=True, locked=False,
                points=4, cell_type="markdown")  # fmt: skip
            continue
        names = [f"answer_{number}_{place}" for place in range(1, len(exercise.items) + 1)]
        labels = "\n".join(
            f"- `{name}`: {label_of(item, page)}"
            for name, item in zip(names, exercise.items, strict=True)
        )
        add("markdown", labels, f"names-{number}")
        lines = ["### BEGIN SOLUTION"]
        for name, item in zip(names, exercise.items, strict=True):
            value = repr(item.answer) if item.choices else plain_number(item.answer)
            lines.append(f"{name} = {value}")
        lines.append("### END SOLUTION")
        add("code", "\n".join(lines), f"solution-{number}", grade=False, solution=True,
            locked=False, cell_type="code")  # fmt: skip
        for place, (name, item) in enumerate(zip(names, exercise.items, strict=True), start=1):
            if item.choices:
                test = f"assert {name} == {item.answer!r}"
            else:
                tolerance = max(item.tolerance, 1e-9)
                test = f"assert abs({name} - ({plain_number(item.answer)})) <= {tolerance:g}"
            source = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
            add("code", source, f"test-{number}-{place}", grade=True, solution=False, locked=True,
                points=1, cell_type="code")  # fmt: skip
    book = nbformat.v4.new_notebook(cells=cells)
    book["metadata"]["kernelspec"] = {
        "display_name": "Python 3", "language": "python", "name": "python3",
    }  # fmt: skip
    return json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
