"""Sheets for the systems of a course: Moodle, Canvas, Numbas, notebooks for nbgrader, GIFT.

Each numerical answer comes with its wrong twins: what a slip of the catalogue gives, with words for
it.  The right answer stands first, and no twin lies within both tolerances of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape as escape_html
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from symback.errors import InputError, MissingToolError
from symback.model.equations import Model
from symback.printing.latex import LATEX
from symback.printing.target import plainly
from symback.rendering.environment import environment
from symback.rendering.formats import Format
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.teaching.setting import HtmlSetting, Setting
from symback.rendering.teaching.write import sentences
from symback.teaching.blocks import (
    Block,
    Bullets,
    Heading,
    NewPage,
    Paragraph,
    Say,
    Table,
    Working,
)
from symback.teaching.exercises import Exercise, Item, Sheet
from symback.teaching.program import Kind, Line
from symback.teaching.terms import Tree

__all__ = ["EXPORTS", "FRACTIONS", "export"]

FRACTIONS = (
    "100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25",
    "20", "16.66667", "14.28571", "12.5", "11.11111", "10", "5", "0",
)  # fmt: skip
"""The only shares of marks that Moodle imports."""

SHARE = "25"
"""What an answer gets that a known slip explains."""


def export(sheet: Sheet, name: str) -> str:
    """A sheet in the format of a system.

    Raises:
        MissingToolError: for a notebook, where nbformat is not installed.
    """
    return EXPORTS[name](sheet)


# What all have in common -------------------------------------------------------------------------


class TexInHtml(HtmlSetting):
    r"""HTML whose formulas are LaTeX between ``\(`` and ``\)``, as Moodle and Numbas set them."""

    def inline(self, text: str, said: Any) -> Markup:
        return Markup(rf"\({escape_html(plainly(text), quote=False)}\)")

    def display(self, text: str, said: str) -> Markup:
        text = "{} " + text if text.startswith("=") else text
        return Markup(rf"\(\displaystyle {escape_html(plainly(text), quote=False)}\)")


class PlainLines(Setting):
    """One line of text for each block, formulas between dollars: what text2qti reads."""

    def inline(self, text: str, said: Any) -> Markup:
        return Markup(f"${plainly(text)}$")

    def display(self, text: str, said: str) -> Markup:
        return Markup(plainly(text))


_HTML = Format("html", "html", LATEX, lambda text: escape_html(text, quote=False))
_TEXT = Format("markdown", "md", LATEX, lambda text: re.sub(r"([\\`*_$<>^])", r"\\\1", text))


def _html(model: Model) -> TexInHtml:
    return TexInHtml(_HTML, sentences(HANDOUT_FORMATS["html"]), model)


def _task(exercise: Exercise, page: TexInHtml) -> str:
    """The task as HTML on its own."""
    template: Any = environment(HANDOUT_FORMATS["html"]).get_template("teaching/fragment.html.j2")
    text: str = template.render(page=page, blocks=exercise.task)
    return " ".join(text.split())


def _label(item: Item, page: Setting) -> str:
    return str(page.cell(item.label))


def _slip(code: str, page: Setting) -> str:
    return str(page.say(Say(f"slip-{code}")))


def _said(code: str, page: Setting, **args: Any) -> str:
    return str(page.say(Say(code, args)))


def _number(text: str) -> str:
    return text.replace("−", "-")


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


# Moodle ------------------------------------------------------------------------------------------


def _moodle(sheet: Sheet) -> str:
    """Moodle's XML: a cloze for several values, numbers, choices, essays, and a STACK question."""
    page = _html(sheet.network.model())
    questions = []
    for number, exercise in enumerate(sheet.exercises, start=1):
        name = f"s{sheet.seed:02d}-{number:02d} {exercise.kind}"
        identity = f"symback-{sheet.seed}-{number:02d}"
        task = _task(exercise, page)
        if exercise.notes:
            notes = "".join(f"<li>{_said(note, page)}</li>" for note in exercise.notes)
            questions.append(_moodle_essay(name, identity, task, f"<ul>{notes}</ul>"))
            stack = _stack(sheet, exercise, f"{name} STACK", page)
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
        f'<questiontext format="html"><text>{_cdata(text)}</text></questiontext>'
        f'<generalfeedback format="html"><text/></generalfeedback>{grades}'
        f"<penalty>0.3333333</penalty><hidden>0</hidden><idnumber>{identity}</idnumber>"
    )


def _moodle_number(name: str, identity: str, task: str, item: Item, page: Setting) -> str:
    def answer(share: str, value: str, tolerance: float, feedback: str) -> str:
        return (
            f'<answer fraction="{share}" format="moodle_auto_format"><text>{value}</text>'
            f'<feedback format="html"><text>{_cdata(feedback)}</text></feedback>'
            f"<tolerance>{tolerance:g}</tolerance></answer>"
        )

    text = f"{task}<p>{_label(item, page)}</p>"
    answers = [answer("100", _number(item.answer), item.tolerance, _said("right", page))]
    for code, value in item.twins:
        answers.append(answer(SHARE, _number(value), item.tolerance, _slip(code, page)))
    answers.append(answer("0", "*", 0, _said("look-at-rule", page,
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
    parts = [f"={_number(item.answer)}:{tolerance}"]
    for code, value in item.twins:
        words = re.sub(r"\\\(.*?\\\)", "", _slip(code, page))
        parts.append(f"%{SHARE}%{_number(value)}:{tolerance}#{words.translate(_CLOZE)}")
    return "{1:NUMERICAL:" + "~".join(parts) + "}"


def _moodle_cloze(
    name: str, identity: str, task: str, items: tuple[Item, ...], page: Setting
) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_label(item, page)}</th><td>{_cloze(item, page)}</td></tr>'
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
        f'<graderinfo format="html"><text>{_cdata(notes)}</text></graderinfo>'
        '<responsetemplate format="html"><text/></responsetemplate></question>'
    )


def stack_answers(exercise: Exercise) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, str]]:
    """A gradient of one weight in names that are easy to type, its wrong twins, and the two names.

    Returns:
        The right formula in Maxima's language, (code of a slip, formula) for each twin, and the
        names of error and input; empty where the gradient is no such product.
    """
    problem = exercise.problem
    assert problem is not None
    name = exercise.signature[2]
    line = next(line for line in problem.program.of_kind(Kind.GRADIENT) if line.quantity == name)
    errors = [use for use in line.uses if use.startswith(f"d{problem.program.loss}/")]
    inputs = [use for use in line.uses if use not in errors]
    if len(errors) != 1 or len(inputs) != 1:
        return "", (), ("", "")
    quantity = inputs[0].partition("[")[0]
    error, source = f"delta{name[1:]}", f"{quantity}1" if quantity == "x" else f"{quantity}u1"
    twins = (
        ("sign", f"-{error}*{source}"),
        ("input-missing", error),
        ("slope-missing", f"{error}*{source}*{source}"),
    )
    return f"{error}*{source}", twins[:2], (error, source)


def _stack(sheet: Sheet, exercise: Exercise, name: str, page: Setting) -> str:
    right, twins, (error, source) = stack_answers(exercise)
    if not right:
        return ""
    prompt = _said("stack-prompt", page, error=error, source=source)
    nodes, tests = [], []
    options = [("right", right), *twins]
    for place, (code, formula) in enumerate(options):
        after = place + 1 if place + 1 < len(options) else -1
        note = "right" if code == "right" else f"slip: {code}"
        feedback = "" if code == "right" else _slip(code, page)
        nodes.append(
            f"<node><name>{place}</name><description/><answertest>AlgEquiv</answertest>"
            f"<sans>ans1</sans><tans>{formula}</tans><testoptions/><quiet>1</quiet>"
            f"<truescoremode>=</truescoremode><truescore>{int(code == 'right')}</truescore>"
            f"<truepenalty/><truenextnode>-1</truenextnode><trueanswernote>{note}</trueanswernote>"
            f'<truefeedback format="html"><text>{_cdata(feedback)}</text></truefeedback>'
            f"<falsescoremode>=</falsescoremode><falsescore>0</falsescore><falsepenalty/>"
            f"<falsenextnode>{after}</falsenextnode>"
            f"<falseanswernote>prt1-{place + 1}-F</falseanswernote>"
            '<falsefeedback format="html"><text/></falsefeedback></node>'
        )
        score, penalty = (1, 0) if code == "right" else (0, 0.1)
        tests.append(
            f"<qtest><testcase>{place + 1}</testcase><description/><testinput><name>ans1</name>"
            f"<value>{formula}</value></testinput><expected><name>prt1</name>"
            f"<expectedscore>{score}</expectedscore><expectedpenalty>{penalty}</expectedpenalty>"
            f"<expectedanswernote>{note}</expectedanswernote></expected></qtest>"
        )
    text = f"<p>{prompt}</p><p>[[input:ans1]] [[validation:ans1]]</p>"
    return (
        f'<question type="stack"><name><text>{escape_html(name)}</text></name>'
        f'<questiontext format="html"><text>{_cdata(text)}</text></questiontext>'
        '<generalfeedback format="html"><text/></generalfeedback><defaultgrade>1</defaultgrade>'
        "<penalty>0.1</penalty><hidden>0</hidden><idnumber/>"
        "<stackversion><text>2020123000</text></stackversion>"
        f"<questionvariables><text>ta:{right};</text></questionvariables>"
        '<specificfeedback format="html"><text>[[feedback:prt1]]</text></specificfeedback>'
        '<questionnote format="html"><text/></questionnote>'
        '<questiondescription format="html"><text/></questiondescription>'
        "<questionsimplify>1</questionsimplify><assumepositive>0</assumepositive>"
        "<assumereal>0</assumereal>"
        f'<prtcorrect format="html"><text>{_said("right", page)}</text></prtcorrect>'
        '<prtpartiallycorrect format="html"><text/></prtpartiallycorrect>'
        '<prtincorrect format="html"><text/></prtincorrect>'
        "<decimals>.</decimals><scientificnotation>*10</scientificnotation>"
        "<multiplicationsign>dot</multiplicationsign><sqrtsign>1</sqrtsign>"
        "<complexno>i</complexno><inversetrig>cos-1</inversetrig><logicsymbol>lang</logicsymbol>"
        "<matrixparens>[</matrixparens><variantsselectionseed/>"
        "<input><name>ans1</name><type>algebraic</type><tans>ta</tans><boxsize>20</boxsize>"
        "<strictsyntax>1</strictsyntax><insertstars>0</insertstars><syntaxhint/>"
        "<syntaxattribute>0</syntaxattribute><forbidwords/><allowwords/><forbidfloat>1</forbidfloat>"
        "<requirelowestterms>0</requirelowestterms><checkanswertype>0</checkanswertype>"
        "<mustverify>1</mustverify><showvalidation>1</showvalidation><options/></input>"
        "<prt><name>prt1</name><value>1.0000000</value><autosimplify>1</autosimplify>"
        "<feedbackstyle>1</feedbackstyle><feedbackvariables><text/></feedbackvariables>"
        + "".join(nodes)
        + "</prt>"
        + "".join(tests)
        + "</question>"
    )


# GIFT --------------------------------------------------------------------------------------------

_GIFT = str.maketrans({c: f"\\{c}" for c in "\\~=#{}:"})


def _gift(sheet: Sheet) -> str:
    """GIFT: one question for each value, without empty lines inside."""
    page = _html(sheet.network.model())
    out = [f"$CATEGORY: $course$/top/Backpropagation/seed {sheet.seed}\n"]
    for number, exercise in enumerate(sheet.exercises, start=1):
        task = _task(exercise, page)
        name = f"s{sheet.seed:02d}-{number:02d}"
        if not exercise.items:
            out.append(f"::{name} {exercise.kind}::[html]{task.translate(_GIFT)}{{}}\n")
        for place, item in enumerate(exercise.items, start=1):
            text = f"{task}<p>{_label(item, page)}</p>".translate(_GIFT)
            head = f"::{name}-{place:02d} {exercise.kind}::[html]{text}"
            if item.choices:
                options = "\n".join(
                    f"{'=' if choice == item.answer else '~'}{choice.translate(_GIFT)}"
                    for choice in item.choices
                )
                out.append(f"{head}{{\n{options}\n}}\n")
                continue
            tolerance = f"{item.tolerance:g}"
            lines = [f"={_number(item.answer)}:{tolerance}#{_said('right', page).translate(_GIFT)}"]
            lines += [
                f"=%{SHARE}%{_number(value)}:{tolerance}#{_slip(code, page).translate(_GIFT)}"
                for code, value in item.twins
            ]
            out.append(f"{head}{{#\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(out)


# Canvas ------------------------------------------------------------------------------------------


def _canvas(sheet: Sheet) -> str:
    """The text that ``text2qti`` turns into a package for Canvas."""
    page = PlainLines(_TEXT, sentences(HANDOUT_FORMATS["markdown"]), sheet.network.model())
    out = [f"Quiz title: {_said('quiz-title', page, seed=sheet.seed)}", ""]
    for number, exercise in enumerate(sheet.exercises, start=1):
        task = _lines(exercise.task, page)
        if not exercise.items:
            out += [f"Title: {number} {exercise.kind}", "Points: 4", _question(task), "____", ""]
        for item in exercise.items:
            if item.value is not None and 0 < abs(item.value) < 1e-4:
                continue  # Canvas takes such an answer for 0
            out += [f"Title: {number} {exercise.kind}", "Points: 1"]
            out.append(_question([*task, _label(item, page)]))
            if item.choices:
                for place, choice in enumerate(item.choices):
                    mark = "*" if choice == item.answer else ""
                    out.append(
                        f"{mark}{chr(ord('a') + place)}) {choice.replace('_', chr(92) + '_')}"
                    )
            else:
                out.append(f"=   {_number(item.answer)} +- {max(item.tolerance, 1e-6):g}")
            out.append("")
    return "\n".join(out)


def _question(lines: list[str]) -> str:
    first, *rest = lines
    return "\n".join([f"1.  {first}", *(f"\n    {line}" for line in rest)])


def _lines(blocks: tuple[Block, ...], page: Setting) -> list[str]:
    """The blocks of a task as lines of text."""
    out: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            out.append(" ".join(str(page.say(say)) for say in block.says))
        elif isinstance(block, Bullets):
            out += [str(page.say(say)) for say in block.says]
        elif isinstance(block, Table):
            out += [": ".join(str(page.cell(cell)) for cell in row) for row in block.rows]
        elif isinstance(block, Working):
            for row in block.rows:
                text = " ".join(f"{line.left} {line.right}" for line in page.lines(row)).strip()
                out.append(f"${text}{' ?' if row.blank else ''}$")
        elif isinstance(block, Heading):
            out.append(str(page.say(block.say)))
        elif not isinstance(block, NewPage):
            raise TypeError(type(block).__name__)
    return out


# Numbas ------------------------------------------------------------------------------------------

_NUMBAS_FUNCTIONS = {"log": "ln", "exp": "exp", "sqrt": "sqrt", "abs": "abs", "sin": "sin",
                     "cos": "cos", "tanh": "tanh"}  # fmt: skip


def numbas_name(key: str) -> str:
    """The name of a value in Numbas: letters and digits alone."""
    return "v" + re.sub("[^A-Za-z0-9]", "", key.replace("/", "by").replace("_", "u"))


def numbas_expression(tree: Tree) -> str:
    """A right side in JME, Numbas's language."""
    if isinstance(tree, str):
        return numbas_name(tree)
    if not isinstance(tree, tuple):
        return f"({tree})"
    operator, *parts = tree
    if operator == "softmax":
        position, *row = parts
        powers = [f"exp({numbas_expression(part)})" for part in row]
        return f"({powers[position]}/({' + '.join(powers)}))"
    texts = [numbas_expression(part) for part in parts]
    if operator in ("+", "*", "/", "^"):
        return f"({f' {operator} '.join(texts)})"
    if operator in _NUMBAS_FUNCTIONS:
        return f"{_NUMBAS_FUNCTIONS[operator]}({', '.join(texts)})"
    if operator == "sigmoid":
        return f"(1/(1 + exp(-{texts[0]})))"
    if operator == "relu":
        return f"max(0, {texts[0]})"
    if operator == "step":
        return f"if({texts[0]} > 0, 1, 0)"
    if operator == "softplus":
        return f"ln(1 + exp({texts[0]}))"
    if operator in ("max", "min"):
        return f"{operator}({', '.join(texts)})"
    raise InputError(f"Numbas has no {operator}", where="--format numbas")


def _numbas(sheet: Sheet) -> str:
    """Numbas: every value a variable of its own, so that an answer can stand for it."""
    page = _html(sheet.network.model())
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

    def define(key: str, definition: str) -> None:
        name = numbas_name(key)
        variables[name] = {
            "name": name, "group": "Ungrouped variables", "definition": definition,
            "description": "", "templateType": "anything", "can_override": False,
        }  # fmt: skip

    used = {use for line in lines for use in line.uses}
    for key, value in problem.given.items():
        if key in used:
            define(key, str(value))
    for line in lines:
        define(line.key, numbas_expression(line.tree))
    places = {item.key: place for place, item in enumerate(asked)}
    parts = [
        _numbas_part(item, _above(problem.program.line_of[item.key], problem.program.line_of,
                                  places), places, page)
        for item in asked
    ]  # fmt: skip
    return {
        "name": f"{number} {exercise.kind}",
        "tags": [],
        "metadata": {
            "description": "", "licence": "Creative Commons Attribution 4.0 International",
        },
        "statement": _task(exercise, page),
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
    item: Item, above: list[str], places: Mapping[str, int], page: Setting
) -> dict[str, Any]:
    name = numbas_name(item.key)
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
            {"variable": numbas_name(key), "part": f"p{places[key]}", "must_go_first": False}
            for key in above
        ],
        "variableReplacementStrategy": "originalfirst",
        "adaptiveMarkingPenalty": 0,
        # Without it the carrying is off in the newest versions.
        "adaptiveMarkingUseCondition": "true",
        "exploreObjective": None,
        "prompt": f"<p>{_label(item, page)}</p>",
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


# Notebooks ---------------------------------------------------------------------------------------


def _nbgrader(sheet: Sheet) -> str:
    """A notebook whose test cells give points: one for each value."""
    try:
        import nbformat
    except ImportError:
        raise MissingToolError(
            "a notebook needs nbformat, which is not installed",
            hint="pip install 'symback[notebook]'",
        ) from None
    chosen = replace(HANDOUT_FORMATS["notebook"])
    page = Setting(chosen, sentences(chosen), sheet.network.model())
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

    add("markdown", f"# {_said('quiz-title', page, seed=sheet.seed)}", "title")
    for number, exercise in enumerate(sheet.exercises, start=1):
        heading = _said(f"kind-{exercise.kind}", page)
        text = "\n\n".join([f"## {number}. {heading}", *_lines(exercise.task, page)])
        add("markdown", text, f"task-{number}")
        if not exercise.items:
            add("markdown", "", f"answer-{number}", grade=True, solution=True, locked=False,
                points=4, cell_type="markdown")  # fmt: skip
            continue
        names = [f"answer_{number}_{place}" for place in range(1, len(exercise.items) + 1)]
        labels = "\n".join(
            f"- `{name}`: {_label(item, page)}"
            for name, item in zip(names, exercise.items, strict=True)
        )
        add("markdown", labels, f"names-{number}")
        lines = ["### BEGIN SOLUTION"]
        for name, item in zip(names, exercise.items, strict=True):
            value = repr(item.answer) if item.choices else _number(item.answer)
            lines.append(f"{name} = {value}")
        lines.append("### END SOLUTION")
        add("code", "\n".join(lines), f"solution-{number}", grade=False, solution=True,
            locked=False, cell_type="code")  # fmt: skip
        for place, (name, item) in enumerate(zip(names, exercise.items, strict=True), start=1):
            if item.choices:
                test = f"assert {name} == {item.answer!r}"
            else:
                tolerance = max(item.tolerance, 1e-9)
                test = f"assert abs({name} - ({_number(item.answer)})) <= {tolerance:g}"
            source = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
            add("code", source, f"test-{number}-{place}", grade=True, solution=False, locked=True,
                points=1, cell_type="code")  # fmt: skip
    book = nbformat.v4.new_notebook(cells=cells)
    book["metadata"]["kernelspec"] = {
        "display_name": "Python 3", "language": "python", "name": "python3",
    }  # fmt: skip
    return json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


EXPORTS: Mapping[str, Callable[[Sheet], str]] = {
    "moodle": _moodle,
    "canvas": _canvas,
    "numbas": _numbas,
    "nbgrader": _nbgrader,
    "gift": _gift,
}
"""What writes each format."""
