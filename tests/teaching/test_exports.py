"""Exports: full marks for the right answer, and for no wrong twin.

text2qti, Maxima, nbgrader and gift-pegjs are asked where they are installed; elsewhere, and beside
them, a marker that is written here from the format's rule.
"""

from __future__ import annotations

import importlib.util
import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from running import Symback
from sampling import FULL

from symback.rendering.teaching.exports import FRACTIONS, export
from symback.teaching.exercises import Sheet, make_sheet


@cache
def sheet() -> Sheet:
    return make_sheet((2, 2, 2), 3, 12)


@cache
def written(name: str) -> str:
    return export(sheet(), name)


def test_every_task_says_what_its_letters_mean() -> None:
    asked = sum(exercise.problem is not None for exercise in sheet().exercises)
    for name in ("moodle", "numbas", "nbgrader"):
        assert written(name).count("A prime marks the sum") >= min(asked, 6), name
    for name in ("canvas", "gift"):
        assert written(name).count("A prime marks the sum") > 30, name


# Moodle ------------------------------------------------------------------------------------------


def _moodle() -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(written("moodle")))


def _numeric(accepted: list[tuple[float, float, float]], answer: float) -> float:
    """The share of the first accepted value that an answer is near: what Moodle gives."""
    return next(
        (share for share, value, tolerance in accepted if abs(answer - value) <= tolerance), 0.0
    )


def _fields(text: str) -> list[list[tuple[float, float, float]]]:
    r"""The numerical fields of a cloze: ``{1:NUMERICAL:=-8:0.02~%50%8:0.02#words}``."""
    found = []
    for field in re.findall(r"\{\d+:NUMERICAL:((?:[^}\\]|\\.)*)\}", text):
        accepted = []
        for part in re.split(r"(?<!\\)~", field):
            head = re.split(r"(?<!\\)#", part)[0]
            shared = re.match(r"%([0-9.]+)%(.*)", head)
            share, rest = (shared[1], shared[2]) if shared else ("100", head.removeprefix("="))
            value, _, tolerance = rest.partition(":")
            accepted.append((float(share), float(value), float(tolerance)))
        found.append(accepted)
    return found


def _of_one_value() -> list[ElementTree.Element]:
    """The same sheet, of each exercise one value: Moodle has a kind of question for that."""
    singles = tuple(
        replace(exercise, items=(item,))
        for exercise in sheet().exercises
        if not exercise.notes
        for item in exercise.items[:1]
        if item.value is not None
    )
    text = export(replace(sheet(), exercises=singles), "moodle")
    questions = list(ElementTree.fromstring(text))[1:]
    assert {question.get("type") for question in questions} == {"numerical"}
    return questions


def test_moodle_gives_full_marks_to_the_right_answer_alone() -> None:
    seen = twins = 0
    for question in [*_moodle(), *_of_one_value()]:
        kind = question.get("type")
        if kind == "numerical":
            accepted = [
                (float(a.get("fraction", "0")), float(a.findtext("text") or 0),
                 float(a.findtext("tolerance") or 0))
                for a in question.findall("answer")
                if a.findtext("text") != "*"
            ]  # fmt: skip
            fields = [accepted]
        elif kind == "cloze":
            fields = _fields(question.findtext("questiontext/text") or "")
        else:
            continue
        for field in fields:
            seen += 1
            assert field[0][0] == 100
            assert _numeric(field, field[0][1]) == 100
            for share, value, _ in field[1:]:
                twins += 1
                assert share < 100
                assert _numeric(field, value) == share
            assert _numeric(field, field[0][1] + 1.5 * field[0][2] + 1e-9) < 100
    assert seen > 30
    assert twins > 20


def test_moodle_has_only_shares_that_it_imports_and_names_that_stay() -> None:
    questions = _moodle()
    for question in questions:
        for answer in question.findall("answer"):
            assert answer.get("fraction") in FRACTIONS
    kinds = [question.get("type") for question in questions]
    assert kinds[0] == "category"
    assert {"cloze", "essay", "stack"} <= set(kinds)
    identities = [q.findtext("idnumber") for q in questions if q.get("type") == "cloze"]
    assert len(set(identities)) == len(identities)
    notes = next(q for q in questions if q.get("type") == "essay").findtext("graderinfo/text")
    assert notes is not None
    assert "M1" in notes


def _stack_tests() -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """The nodes (formula, note, score) and the tests (answer, note, score) of STACK questions."""
    nodes, tests = [], []
    for question in _moodle():
        if question.get("type") != "stack":
            continue
        for node in question.iter("node"):
            nodes.append((node.findtext("tans") or "", node.findtext("trueanswernote") or "",
                          node.findtext("truescore") or ""))  # fmt: skip
        for test in question.iter("qtest"):
            tests.append((test.findtext("testinput/value") or "",
                          test.findtext("expected/expectedanswernote") or "",
                          test.findtext("expected/expectedscore") or ""))  # fmt: skip
    return nodes, tests


def test_stack_tests_tell_the_twins_apart() -> None:
    """The rule of a response tree: the first node whose formula is the answer decides."""
    sympy = pytest.importorskip("sympy")
    nodes, tests = _stack_tests()
    assert tests
    for answer, note, score in tests:
        decided = next(
            (n, s) for formula, n, s in nodes
            if sympy.expand(sympy.sympify(f"({answer}) - ({formula})")) == 0
        )  # fmt: skip
        assert decided == (note, score)
    assert sum(score == "1" for _, _, score in tests) == 1


@pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")
def test_stack_tests_in_maxima() -> None:
    nodes, tests = _stack_tests()
    lines = [
        f"print(is(ratsimp(({answer}) - ({formula})) = 0))$"
        for answer, _, _ in tests
        for formula, _, _ in nodes
    ]
    done = subprocess.run(
        ["maxima", "--very-quiet"], input="display2d:false$\n" + "\n".join(lines), text=True,
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    found = iter(re.findall(r"\b(true|false)\b", done.stdout))
    for _, note, score in tests:
        holds = [next(found) == "true" for _ in nodes]
        place = holds.index(True)
        assert (nodes[place][1], nodes[place][2]) == (note, score)


# GIFT --------------------------------------------------------------------------------------------


def test_gift_has_no_empty_line_inside_and_twins_get_less() -> None:
    blocks = written("gift").split("\n\n")
    numerical = 0
    for block in blocks[1:]:
        assert block.strip().startswith("::")
        found = re.search(r"\{#\n(.*)\n\}", block, re.S)
        if not found:
            continue
        numerical += 1
        accepted = []
        for line in found[1].splitlines():
            match = re.match(r"=(?:%([0-9.]+)%)?(-?[0-9./]+):([0-9.e-]+)#", line)
            assert match is not None, line
            accepted.append((float(match[1] or 100), float(match[2]), float(match[3])))
        assert [_numeric(accepted, value) for _, value, _ in accepted] == [
            s for s, _, _ in accepted
        ]
        assert [share for share, _, _ in accepted].count(100) == 1
    assert numerical > 30


def test_gift_is_read_by_its_parser(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    (tmp_path / "q.gift").write_text(written("gift"), "utf-8")
    script = (
        "const {parse}=require('gift-pegjs');"
        "const q=parse(require('fs').readFileSync(process.argv[1],'utf8'));"
        "console.log(JSON.stringify(q.map(x=>[x.type,(x.choices||[]).length])))"
    )
    done = subprocess.run(
        ["node", "-e", script, str(tmp_path / "q.gift")], capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    if "Cannot find module" in done.stderr:
        pytest.skip("gift-pegjs is not installed")
    assert done.returncode == 0, done.stderr[-300:]
    kinds = [kind for kind, _ in json.loads(done.stdout)]
    assert kinds.count("Numerical") > 30
    assert "Essay" in kinds


# Canvas ------------------------------------------------------------------------------------------


def test_canvas_refuses_every_twin() -> None:
    text = written("canvas")
    answers = re.findall(r"^=   (-?[0-9.]+) \+- ([0-9.e-]+)$", text, re.M)
    items = [i for e in sheet().exercises for i in e.items if i.value is not None]
    kept = [item for item in items if not 0 < abs(item.value or 0) < 1e-4]
    assert len(answers) == len(kept)
    for (value, tolerance), item in zip(answers, kept, strict=True):
        assert abs(float(value) - (item.value or 0)) <= float(tolerance)
        for _, twin in item.twins:
            assert abs(float(twin) - float(value)) > float(tolerance)


def test_canvas_text_becomes_a_package(tmp_path: Path) -> None:
    if importlib.util.find_spec("text2qti") is None:
        pytest.skip("text2qti is not installed")
    (tmp_path / "q.txt").write_text(written("canvas"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from text2qti.cmdline import main; main()", "q.txt"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-400:]
    assert (tmp_path / "q.zip").is_file()


# Numbas ------------------------------------------------------------------------------------------


def _python(expression: str) -> str:
    text = expression.replace("^", "**").replace("ln(", "log(")
    return re.sub(r"if\((.*) > 0, 1, 0\)", r"(1 if \1 > 0 else 0)", text)


def _take(question: dict, answers: dict[int, float]) -> list[float]:
    """Marks by Numbas's rule: the original first, then with the student's answers put in."""
    names = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "max": max, "sqrt": math.sqrt}

    def evaluated(replaced: dict[str, float]) -> dict[str, float]:
        values: dict[str, float] = {}
        for name in question["ungrouped_variables"]:
            definition = _python(question["variables"][name]["definition"])
            values[name] = (
                replaced[name] if name in replaced
                else float(eval(definition, {"__builtins__": {}}, {**names, **values}))
            )  # fmt: skip
        return values

    def right(part: dict, values: dict[str, float], answer: float) -> bool:
        low, high = (
            eval(part[key], {"__builtins__": {}}, values) for key in ("minValue", "maxValue")
        )
        return bool(low <= answer <= high)

    marks = []
    for place, part in enumerate(question["parts"]):
        assert part["adaptiveMarkingUseCondition"] == "true"
        replaced = {
            entry["variable"]: answers[int(entry["part"][1:])]
            for entry in part["variableReplacements"]
        }
        given = answers[place]
        got = right(part, evaluated({}), given) or right(part, evaluated(replaced), given)
        marks.append(float(got))
    return marks


def test_numbas_carries_errors_forward() -> None:
    first, _, rest = written("numbas").partition("\n")
    assert first == "// Numbas version: finer_feedback_settings"
    questions = json.loads(rest)["question_groups"][0]["questions"]
    assert len(questions) >= 4
    exercises = [
        e for e in sheet().exercises if e.problem is not None and any(i.key for i in e.items)
    ]
    carried = 0
    for question, exercise in zip(questions, exercises, strict=True):
        items = [item for item in exercise.items if item.key]
        right = {place: item.value or 0.0 for place, item in enumerate(items)}
        assert _take(question, right) == [1.0] * len(items)
        for place, item in enumerate(items):
            for _, twin in item.twins[:1]:
                assert _take(question, right | {place: float(twin)})[place] == 0.0
        if exercise.kind == "backward":
            # The error of the first output with the wrong sign; what follows from it is right.
            delta = next(i for i, item in enumerate(items) if item.key == "dL/dy_pre[1]")
            program, values = exercise.problem.program, dict(exercise.problem.values)
            lines = [line for line in program.lines if line.key not in right]
            values["dL/dy_pre[1]"] = -values["dL/dy_pre[1]"]
            again = program.run(
                values, lines=[x for x in lines if x.key.startswith("dL") and
                               x.key not in ("dL/dy_pre[1]", "dL/dyhat[1]", "dL/dyhat[2]",
                                             "dL/dy_pre[2]")],
            )  # fmt: skip
            answers = {place: float(again[item.key]) for place, item in enumerate(items)}
            marks = _take(question, answers)
            assert marks[delta] == 0.0
            assert sum(marks) == len(items) - 1
            carried += 1
    assert carried


# nbgrader ----------------------------------------------------------------------------------------


def _cells() -> list[dict]:
    return json.loads(written("nbgrader"))["cells"]


def test_notebook_cells_give_points_to_the_right_answer_alone() -> None:
    """nbgrader's rule: a test cell gives its points if it runs after the solution's cell."""
    answers: dict[str, str] = {}
    tests: list[str] = []
    for cell in _cells():
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        for name, value in re.findall(r"^(answer_\w+) = (.*)$", source, re.M):
            answers[name] = value
        tests += re.findall(r"^assert .*$", source, re.M)
    assert len(tests) == len(answers) > 30
    values = {name: eval(value, {"__builtins__": {}}) for name, value in answers.items()}
    for test in tests:
        exec(test, {"abs": abs}, dict(values))  # no error: a point
    items = [item for exercise in sheet().exercises for item in exercise.items]
    refused = 0
    for (name, _), item, test in zip(values.items(), items, tests, strict=True):
        for _, twin in item.twins[:2]:
            with pytest.raises(AssertionError):
                exec(test, {"abs": abs}, {name: float(twin)})
            refused += 1
    assert refused > 20


@pytest.mark.skipif(not FULL, reason="takes half a minute; with --full")
def test_nbgrader_makes_an_assignment(tmp_path: Path) -> None:
    if importlib.util.find_spec("nbgrader") is None:
        pytest.skip("nbgrader is not installed")
    folder = tmp_path / "source" / "ps1"
    folder.mkdir(parents=True)
    (folder / "q.ipynb").write_text(written("nbgrader"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "ps1", "--create"], cwd=tmp_path,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-400:]
    released = (tmp_path / "release" / "ps1" / "q.ipynb").read_text("utf-8")
    assert "HIDDEN" not in released
    assert "BEGIN SOLUTION" not in released


def test_every_export_is_the_same_each_time(
    symback_command: Symback, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("q.xml", "q.exam"):
        done = symback_command(
            "exercises", "--layers", "2,2,2", "--seed", "3", "--count", "12", "-o", name
        )
        assert done == (0, "", "")
    assert (tmp_path / "q.xml").read_text("utf-8") == written("moodle")
    assert (tmp_path / "q.exam").read_text("utf-8") == written("numbas")
