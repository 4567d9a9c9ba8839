"""Numbas's ``.exam``: every value a variable of its own, so that errors are carried forward."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from symback.errors import InputError
from symback.rendering.teaching.exports.common import (
    TexInHtml,
    html_setting,
    label_of,
    task_html,
)
from symback.rendering.teaching.setting import Setting
from symback.teaching.exercises import Exercise, Item, Sheet
from symback.teaching.program import Line
from symback.teaching.terms import Tree

__all__ = ["numbas", "numbas_expression", "numbas_names"]

_NUMBAS_FUNCTIONS = {"log": "ln", "exp": "exp", "sqrt": "sqrt", "abs": "abs", "sin": "sin",
                     "cos": "cos", "tanh": "tanh", "sign": "sign"}  # fmt: skip
_NUMBAS_FORMS = {
    "sigmoid": "(1/(1 + exp(-{0})))",
    "relu": "max(0, {0})",
    "step": "if({0} > 0, 1, 0)",
    "softplus": "ln(1 + exp({0}))",
    "clip": "max(-1, min(1, {0}))",
    "within": "if(abs({0}) < 1, 1, 0)",
    "pi": "pi",
}
_COMPARED = {"<=": "<=", "<": "<", "==": "=", "!=": "<>"}

Names = Mapping[str, str]


def numbas_names(keys: Iterable[str]) -> dict[str, str]:
    """The names of values in Numbas: letters and digits alone.

    It takes capital letters for small ones, so a number parts the queries ``Q`` of a model from its
    ``q``, and an entry 1, 12 from one 11, 2.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key in keys:
        plain = "v" + re.sub("[^A-Za-z0-9]", "", key.replace("/", "by").replace("_", "u"))
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}n{number}"
        taken.add(name.lower())
        found[key] = name
    return found


def numbas_expression(tree: Tree, names: Names) -> str:
    """A right side in JME, Numbas's language.

    Raises:
        InputError: for a function that Numbas has not.
    """
    if isinstance(tree, str):
        return names[tree]
    if not isinstance(tree, tuple):
        return f"({tree})"
    operator, *parts = tree
    if operator == "softmax":
        position, *row = parts
        powers = [f"exp({numbas_expression(part, names)})" for part in row]
        return f"({powers[position]}/({' + '.join(powers)}))"
    texts = [numbas_expression(part, names) for part in parts]
    if operator in ("+", "*", "/", "^"):
        return f"({f' {operator} '.join(texts)})"
    if operator in _NUMBAS_FUNCTIONS:
        return f"{_NUMBAS_FUNCTIONS[operator]}({', '.join(texts)})"
    if operator in _NUMBAS_FORMS:
        return _NUMBAS_FORMS[operator].format(*texts)
    if operator in ("max", "min"):
        return f"{operator}({', '.join(texts)})"
    if operator in _COMPARED:
        return f"if({texts[0]} {_COMPARED[operator]} {texts[1]}, 1, 0)"
    raise InputError(f"Numbas has no {operator}", where="--format numbas")


def numbas(sheet: Sheet) -> str:
    """Numbas: every value a variable of its own, so that an answer can stand for it."""
    page = html_setting(sheet)
    questions = []
    for number, exercise in enumerate(sheet.exercises, start=1):
        if exercise.problem is None or not any(item.key for item in exercise.items):
            continue
        questions.append(_numbas_question(sheet, number, exercise, page))
    if not questions:
        raise InputError("no exercise of this sheet has values to ask for", where="--format numbas")
    content = {
        "name": f"symback seed {sheet.seed}",
        "metadata": {"description": "", "licence": "None specified"},
        "duration": 0,
        "percentPass": 0,
        "showQuestionGroupNames": False,
        "shuffleQuestionGroups": False,
        "showstudentname": False,
        "question_groups": [
            {
                "name": "Group",
                "pickingStrategy": "all-ordered",
                "pickQuestions": 1,
                "questionNames": [""] * len(questions),
                "variable_overrides": [[] for _ in questions],
                "questions": questions,
            }
        ],
        "navigation": {"allowregen": False, "reverse": True, "browse": True},
        "timing": {"timeout": {"action": "none", "message": ""}},
        "feedback": {"showactualmark": True, "showtotalmark": True},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    return f"// Numbas version: finer_feedback_settings\n{text}\n"


def _numbas_question(
    sheet: Sheet, number: int, exercise: Exercise, page: TexInHtml
) -> dict[str, Any]:
    problem = exercise.problem
    assert problem is not None
    asked = [item for item in exercise.items if item.key]
    lines = problem.program.needed([item.key for item in asked])
    variables: dict[str, Any] = {}

    used = {use for line in lines for use in line.uses}
    given = {key: value for key, value in problem.given.items() if key in used}
    names = numbas_names((*given, *(line.key for line in lines)))

    def define(key: str, definition: str) -> None:
        name = names[key]
        variables[name] = {
            "name": name, "group": "Ungrouped variables", "definition": definition,
            "description": "", "templateType": "anything", "can_override": False,
        }  # fmt: skip

    for key, value in given.items():
        define(key, str(value))
    for line in lines:
        define(line.key, numbas_expression(line.tree, names))
    places = {item.key: place for place, item in enumerate(asked)}
    parts = [
        _numbas_part(item, _above(problem.program.line_of[item.key], problem.program.line_of,
                                  places), places, names, page)
        for item in asked
    ]  # fmt: skip
    return {
        "name": f"{number} {exercise.kind}",
        "tags": [],
        "metadata": {
            "description": "", "licence": "Creative Commons Attribution 4.0 International",
        },
        "statement": task_html(exercise, sheet, page),
        "advice": "",
        "rulesets": {},
        "extensions": [],
        "builtin_constants": {"e": True, "pi,\u03c0": True, "i": True},
        "constants": [],
        "variables": variables,
        "variablesTest": {"condition": "", "maxRuns": 100},
        "ungrouped_variables": list(variables),
        "variable_groups": [],
        "functions": {},
        "preamble": {"js": "", "css": ""},
        "parts": parts,
    }  # fmt: skip


def _above(line: Line, lines: Mapping[str, Line], places: Mapping[str, int]) -> list[str]:
    """The asked values that a value rests on, through any that are not asked."""
    found: dict[str, None] = {}
    stack = list(line.uses)
    while stack:
        key = stack.pop(0)
        if key in places:
            found[key] = None
        elif key in lines:
            stack.extend(lines[key].uses)
    return list(found)


def _numbas_part(
    item: Item, above: list[str], places: Mapping[str, int], names: Names, page: Setting
) -> dict[str, Any]:
    name = names[item.key]
    tolerance = f"{item.tolerance:g}"
    return {
        "type": "numberentry",
        "useCustomName": False,
        "customName": "",
        "marks": 1,
        "scripts": {},
        "customMarkingAlgorithm": "",
        "extendBaseMarkingAlgorithm": True,
        "unitTests": [],
        "showCorrectAnswer": True,
        "showFeedbackIcon": True,
        "variableReplacements": [
            {"variable": names[key], "part": f"p{places[key]}", "must_go_first": False}
            for key in above
        ],
        "variableReplacementStrategy": "originalfirst",
        "adaptiveMarkingPenalty": 0,
        # Without it the carrying is off in the newest versions.
        "adaptiveMarkingUseCondition": "true",
        "exploreObjective": None,
        "prompt": f"<p>{label_of(item, page)}</p>",
        "minValue": f"{name}-{tolerance}",
        "maxValue": f"{name}+{tolerance}",
        "correctAnswerFraction": False,
        "allowFractions": True,
        "mustBeReduced": False,
        "mustBeReducedPC": 0,
        "showFractionHint": False,
        "notationStyles": ["plain", "en", "si-en"],
        "correctAnswerStyle": "plain",
    }
