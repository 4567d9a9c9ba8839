"""Quizzes on models: each question alone, full marks for right answers, and those `mark` takes."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from functools import cache

import pytest
from sampling import sample
from teaching.test_exports import _fields, _numeric, _take
from teaching.test_model_exercises import NAMES, marked, small

from symback.cli.app import run
from symback.errors import InputError
from symback.rendering.teaching.exports import export
from symback.rendering.teaching.exports.numbas import numbas_expression, numbas_names
from symback.teaching.exercises import OF_MODELS, Sheet, make_sheet

SEVERAL = {"rnn": 0, "attention": 0} | dict.fromkeys(sample(NAMES, 1))
FORMATS = ("moodle", "canvas", "numbas", "nbgrader", "gift")


@cache
def sheet(name: str) -> Sheet:
    return make_sheet(small(name), 5, len(OF_MODELS))


def _values(name: str) -> list:
    return [i for e in sheet(name).exercises for i in e.items if i.value is not None]


def _of_gift(text: str) -> list[list[tuple[float, str, float]]]:
    """The numbers that each question takes: its share of the marks, digits, tolerance."""
    found = []
    for block in re.findall(r"(?<!\\)\{#\n(.*?)\n(?<!\\)\}", text, re.S):
        lines = [re.match(r"=(?:%([0-9.]+)%)?([^:]+):([^#]+)#", x) for x in block.splitlines()]
        found.append([(float(m[1] or 100), m[2], float(m[3])) for m in lines if m])
    return found


@pytest.mark.parametrize("name", SEVERAL)
def test_every_question_states_the_model(name):
    own = sheet(name)
    title = own.about.derivation.model.title.split("(")[0].split(",")[0].strip()
    for format in FORMATS:
        keyed = format == "numbas"
        asked = sum(any(i.key or not keyed for i in e.items) for e in own.exercises)
        text = export(own, format).replace("\\", "")  # some systems have hyphens escaped
        assert text.count(title) >= asked > 3, format
    single = re.findall(r"^::", export(own, "gift"), re.M)
    assert export(own, "gift").count(title) >= len(single)


@pytest.mark.parametrize("name", SEVERAL)
def test_the_right_answers_of_a_quiz_have_all_marks_of_mark_and_a_twin_has_not(name, tmp_path):
    own = sheet(name)
    numbers = _of_gift(export(own, "gift"))
    items = [
        (f"{number}.{item.name}", item)
        for number, exercise in enumerate(own.exercises, start=1)
        for item in exercise.items
    ]
    values = [(key, item) for key, item in items if item.value is not None]
    assert len(numbers) == len(values) > 10
    right = {key: item.answer for key, item in items if item.value is None}
    right |= {key: accepted[0][1] for (key, _), accepted in zip(values, numbers, strict=True)}
    whole = marked(own, right, tmp_path)
    assert whole["marks"] == len(right)
    twins = [
        (key, accepted[1][1])
        for (key, item), accepted in zip(values, numbers, strict=True)
        if len(accepted) > 1 and item.key
    ]
    for key, wrong in twins[:2]:
        assert marked(own, {**right, key: wrong}, tmp_path)["marks"] < len(right)
    assert twins


@pytest.mark.parametrize("name", SEVERAL)
def test_each_system_takes_the_right_number_and_no_twin(name):
    own = sheet(name)
    for accepted in _of_gift(export(own, "gift")):
        shares = [(share, float(value), tolerance) for share, value, tolerance in accepted]
        assert _numeric(shares, shares[0][1]) == 100
        assert all(_numeric(shares, value) == share < 100 for share, value, _ in shares[1:])
    fields = [
        field
        for question in ElementTree.fromstring(export(own, "moodle"))
        for field in _fields(question.findtext("questiontext/text") or "")
    ]
    alone = [e for e in own.exercises if len(e.items) == 1 and e.items[0].value is not None]
    assert len(fields) == len(_values(name)) - len(alone)
    for field in fields:
        assert _numeric(field, field[0][1]) == 100
        assert all(_numeric(field, value) == share < 100 for share, value, _ in field[1:])
    cells = json.loads(export(own, "nbgrader"))["cells"]
    tests = re.findall(r"^assert abs\((\w+) - \((\S+)\)\) <= (\S+)$",
                       "\n".join("".join(cell["source"]) for cell in cells), re.M)  # fmt: skip
    assert len(tests) == len(_values(name))
    for (_, value, tolerance), item in zip(tests, _values(name), strict=True):
        assert abs(float(value) - item.value) <= float(tolerance)
        assert all(abs(float(twin) - float(value)) > float(tolerance) for _, twin in item.twins)


@pytest.mark.parametrize("name", {"rnn": 0} | dict.fromkeys(sample(NAMES, 1)))
def test_numbas_works_out_what_the_key_says(name):
    if name == "transformer-block":
        pytest.skip("Numbas has no erf")
    questions = json.loads(export(sheet(name), "numbas").partition("\n")[2])
    asked = [e for e in sheet(name).exercises if any(item.key for item in e.items)]
    found = questions["question_groups"][0]["questions"]
    for question, exercise in zip(found, asked, strict=True):
        items = [item for item in exercise.items if item.key]
        right = {place: item.value for place, item in enumerate(items)}
        assert _take(question, right) == [1.0] * len(items)
        place, twin = next(((p, i.twins[0][1]) for p, i in enumerate(items) if i.twins), (0, "99"))
        assert _take(question, right | {place: float(twin)})[place] == 0.0


def test_no_two_values_have_one_name_in_numbas():
    keys = ["Q[1,1]", "q[1,1]", "h[1,12]", "h[11,2]", "h1[12]", "dL/dQ[1,1]", "dL/dq[1,1]"]
    names = numbas_names(keys)
    assert len({name.lower() for name in names.values()}) == len(keys)
    assert names["Q[1,1]"] == "vQ11"
    assert numbas_expression(("<=", "Q[1,1]", "q[1,1]"), names) == "if(vQ11 <= vq11n2, 1, 0)"
    with pytest.raises(InputError, match="no erf"):
        numbas_expression(("erf", "Q[1,1]"), names)


def test_an_essay_has_the_right_formula_for_its_marker():
    essays = [
        question.findtext("graderinfo/text")
        for question in ElementTree.fromstring(export(sheet("rnn"), "moodle"))
        if question.get("type") == "essay"
    ]
    assert essays
    assert all(r"\displaystyle \frac{\partial L}" in (text or "") for text in essays)
    kinds = [q.get("type") for q in ElementTree.fromstring(export(sheet("rnn"), "moodle"))]
    assert "stack" not in kinds  # its letters would be those of a network


def test_lines_of_a_working_end_where_no_style_sheet_of_ours_is():
    text = export(sheet("rnn"), "moodle")
    assert text.count('<span class="number"></span><br>') == text.count('<span class="number">')


def test_a_quiz_on_a_model_of_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = "input x[j]\ntarget y\nparam w[j], b\ns = sum(j, w[j] x[j]) + b\nL = (s - y)^2 / 2\n"
    (tmp_path / "line.model").write_text(text)
    for name in ("q.xml", "q.gift", "q.exam", "q.ipynb", "q.t2q"):
        arguments = ["exercises", "--model", "line.model", "--count", "3", "-o", name]
        assert run([*arguments, "--key", f"{name}.html", "--values-out", f"{name}.toml"]) == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert 'model = "line.model"' in (tmp_path / "q.xml.toml").read_text()
    assert run(["exercises", "--model", "transformer-block", "--format", "numbas"]) == 2
    assert "Numbas has no erf" in capsys.readouterr().err
