"""Sheets of exercises: keys proved, slips that are exactly one, nothing twice, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from running import Symback
from sampling import FULL, sample

from symback.errors import InputError
from symback.model.network import Network
from symback.rendering.teaching.write import write_page
from symback.teaching.blocks import Answer, PageContents, Say, Table, Working
from symback.teaching.exercises import (
    CHECKS,
    CONVENTIONS,
    KINDS,
    TOLERANCE,
    Exercise,
    Sheet,
    make_sheet,
    problem_of,
)
from symback.teaching.exercises.work import Work
from symback.teaching.formulas import Formulas
from symback.teaching.marking import Marker
from symback.teaching.names import Names
from symback.teaching.outcomes import Outcome
from symback.teaching.program import Kind, Line
from symback.teaching.slips import SLIPS
from symback.teaching.subject import Subject
from symback.teaching.witness import Witness

LAYERS = [
    (2, 2, 2), (2, 3, 1), (3, 2, 2), (2, 2, 1), (1, 2, 1), (2, 1, 2), (3, 3, 2), (2, 3, 3),
    (3, 2, 1), (2, 2, 3), (1, 3, 1), (1, 2, 2), (3, 3, 1), (2, 3, 2), (3, 1, 2), (1, 3, 2),
    (2, 2, 2, 1), (2, 2, 2, 2), (2, 3), (3, 2),
]  # fmt: skip
CASES = [(layers, seed) for layers in LAYERS for seed in range(50)]
SOFTMAX = Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy")


@pytest.mark.parametrize(("layers", "seed"), sample(CASES, 1), ids=str)
def test_every_key_is_proved_and_nothing_is_twice(layers, seed: int) -> None:
    sheet = make_sheet(layers, seed, 12 if not FULL else 1 + seed % 12)
    assert sheet.proved
    signatures = [exercise.signature for exercise in sheet.exercises]
    assert len(set(signatures)) == len(signatures)
    for exercise in sheet.exercises:
        for item in exercise.items:
            if item.value is None:
                assert not item.choices or item.answer in item.choices
                continue
            assert abs(float(_plain(item.answer)) - item.value) <= max(TOLERANCE, 1e-9)
            for _, twin in item.twins:
                assert abs(float(twin) - item.value) > 2 * item.tolerance


def _plain(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def _classmates(exercise: Exercise) -> dict[str, str]:
    """What the classmate wrote, as it stands on the sheet, by key."""
    lines = _worked(exercise)
    table = [block for block in exercise.task if isinstance(block, Table)][-1]
    digits = [cell.equals for _, cells in table.rows for cell in cells]
    return dict(zip([line.key for line in lines], digits, strict=True))


def _worked(exercise: Exercise) -> tuple[Line, ...]:
    assert exercise.problem is not None
    return exercise.problem.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)


def test_the_last_exercise_has_exactly_one_slip() -> None:
    for seed in range(40 if FULL else 2):
        exercise = make_sheet((2, 2, 2), seed, 2).exercises[-1]
        assert exercise.kind == "find-slip"
        assert exercise.problem is not None
        code = exercise.signature[2]
        assert code in SLIPS
        lines = _worked(exercise)
        marker = Marker(exercise.problem.program, exercise.problem.given)
        wrong = [
            value
            for value in marker.mark("", _classmates(exercise)).judged
            if value.outcome is Outcome.WRONG
        ]
        assert [value.slips for value in wrong] == [(code,)]
        place, right, rule = exercise.items
        first = lines[int(place.answer) - 1]
        assert first.key == wrong[0].key == right.key
        assert right.value == pytest.approx(float(exercise.problem.values[first.key]))
        assert rule.rule == first.rule
        # Done rightly the sheet has no slip: the one that is found was planted.
        digits = {line.key: exercise.problem.digits[line.key] for line in lines}
        assert {v.outcome for v in marker.mark("", digits).judged} == {Outcome.RIGHT}


def test_a_hidden_slip_changes_a_gradient() -> None:
    """Behind a softmax nothing rests on the loss's own derivative: a slip there changes nothing."""
    for seed in range(12 if FULL else 3):
        (exercise,) = make_sheet(
            (2, 3, 2), seed, 1, kinds=("find-slip",), network=SOFTMAX
        ).exercises
        assert exercise.problem is not None
        wrong = _classmates(exercise)
        assert any(
            abs(float(wrong[line.key]) - float(exercise.problem.values[line.key])) > 1e-3
            for line in _worked(exercise)
            if line.kind is Kind.GRADIENT
        )


def test_no_slip_is_looked_for_in_what_is_given() -> None:
    """Gradients, sums or a forward pass that stand on the sheet are right."""
    may = {
        "update": {"update-sign", "rate-missing"},
        "softmax": {"sign", "softmax-diagonal"},
    }
    for kind, codes in may.items():
        (exercise,) = make_sheet((2, 2, 2), 4, 1, kinds=(kind,)).exercises
        found = {code for item in exercise.items for code, _ in item.twins}
        assert found <= codes
        assert found
    (backward,) = make_sheet((2, 2, 2), 4, 1, kinds=("backward",)).exercises
    found = {code for item in backward.items for code, _ in item.twins}
    assert not found & {"bias-missing", "forward-transposed"}
    page, _ = write_page(
        PageContents(Say("answers", {"seed": 1}), make_sheet((2, 2), 4, 1, kinds=("softmax",))
                     .exercises[0].key), "text", model=Network((2, 2)).model(),
    )  # fmt: skip
    assert "x₁" not in page.decode()


def test_what_is_asked_shows_every_slip_of_the_solver() -> None:
    problem = problem_of(Network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"), 0)
    lines = problem.program.of_kind(Kind.ADJOINT, Kind.GRADIENT)
    known = frozenset(line.key for line in problem.program.of_kind(Kind.FORWARD))
    assert Work(problem, lines, known).is_diagnostic
    # The known-bad twin: with W2 symmetric nobody sees that it was transposed on the way back.
    given = {**problem.given, "W2[2,1]": problem.given["W2[1,2]"]}
    dull = replace(problem, given=given, values=problem.program.run(given))
    assert not Work(dull, lines, known).is_diagnostic
    codes = {slip.code for slip, _ in Work(problem, lines, known).ways}
    assert "bias-missing" not in codes
    assert "bias-missing" in {slip.code for slip, _ in Work(problem, lines).ways}


def _boxes(sheet: Sheet) -> list[tuple[str, ...]]:
    return [tuple(block.names) for block in sheet.page().blocks if isinstance(block, Answer)]


@pytest.mark.parametrize("layers", sample([(2, 3, 1), (2, 2, 2)], 1), ids=str)
def test_boxes_are_in_the_same_place_on_every_copy(layers) -> None:
    copies = [make_sheet(layers, seed, 12) for seed in range(12 if FULL else 2)]
    counts = {tuple(map(len, _boxes(sheet))) for sheet in copies}
    kinds = {tuple(exercise.kind for exercise in sheet.exercises) for sheet in copies}
    assert len(counts) == len(kinds) == 1


def test_every_step_has_a_box_for_its_rule_and_every_box_a_name() -> None:
    sheet = make_sheet((2, 2, 2), 1, 12)
    blanks = next(exercise for exercise in sheet.exercises if exercise.kind == "blanks")
    steps = sum(
        block.label is not None and block.label.code == "which-rule"
        for block in blanks.task
        if isinstance(block, Working)
    )
    rules = [item.name for item in blanks.items if item.name.startswith("rule_")]
    assert rules == [f"rule_{place}" for place in range(1, steps + 1)]
    for exercise in sheet.exercises:
        names = [item.name for item in exercise.items]
        assert all(names)
        assert len(set(names)) == len(names)
        for item in exercise.items:
            if item.key and exercise.kind != "find-slip":
                assert Names(exercise.problem.program).key(item.name) == item.key


def test_a_wrong_key_is_refused() -> None:
    """The known-bad twin: each slip's values are put before the witness as if they were a key."""
    problem = problem_of(Network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"), 3)
    witness = Witness(problem.derivation.model)
    known = {key: value for key, value in problem.given.items() if key != "eta"}
    lines = problem.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    right = {line.key: problem.values[line.key] for line in lines}
    assert witness.judge(known, right).ok
    for code, slip in SLIPS.items():
        altered = slip.alter(problem.program)
        if altered and slip.core and any(line.key in altered for line in lines):
            wrong = problem.program.run(problem.given, altered=altered)
            assert not witness.judge(known, {k: wrong[k] for k in right}).ok, code


def test_every_kind_can_be_asked_for_alone() -> None:
    for kind in KINDS:
        sheet = make_sheet((2, 2, 2), 1, 2 if FULL else 1, kinds=(kind,))
        assert [exercise.kind for exercise in sheet.exercises] == [kind] * len(sheet.exercises)
        assert sheet.proved


@pytest.mark.parametrize("topic", CONVENTIONS)
def test_a_statement_holds_under_one_convention_alone(topic: str) -> None:
    assert [CHECKS[topic](option) for option in CONVENTIONS[topic]] == [True, False, False]


def test_the_drawing_does_not_depend_on_what_was_drawn_before() -> None:
    network = Network((2, 2), ("softmax",), "cross-entropy")
    first = problem_of(network, 4).given
    KINDS["softmax"](network, Random(1))
    assert problem_of(network, 4).given == first


def test_there_must_be_something_to_ask() -> None:
    with pytest.raises(InputError, match="at least one"):
        make_sheet((2, 2), 0, 0)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sheet_and_key_are_apart_and_the_same_each_time(
    symback_command: Symback, here: Path
) -> None:
    texts = []
    for name in ("a", "b"):
        done = symback_command(
            "exercises", "--layers", "2,3,1", "--seed", "7", "--count", "11", "-o", f"{name}.html",
            "--key", f"{name}-key.md", "--values-out", f"{name}.toml",
        )  # fmt: skip
        assert done == (0, "", "")
        texts.append([(here / f).read_text("utf-8") for f in (f"{name}.html", f"{name}-key.md")])
    assert texts[0] == texts[1]
    sheet, key = texts[0]
    assert "Find the slip" in sheet
    assert "All 11 keys were proved" in key
    assert "The first wrong value is" not in sheet
    assert "1.h1_pre_1" in sheet


def test_what_is_written_for_mark_is_marked(symback_command: Symback, here: Path) -> None:
    symback_command("exercises", "--layers", "2,2,1", "--kind", "forward", "--count", "2",
                    "--format", "text", "-o", "s.txt", "--values-out", "p.toml")  # fmt: skip
    problem = make_sheet((2, 2, 1), 0, 2, kinds=("forward",)).exercises[1].problem
    assert problem is not None
    keys = [line.key for line in problem.program.of_kind(Kind.FORWARD)]
    header = ",".join(f'"{key}"' for key in keys)
    row = ",".join(problem.digits[key] for key in keys)
    (here / "a.csv").write_text(f"student,{header}\nAnn,{row}\n", "utf-8")
    done = symback_command(
        "mark", "a.csv", "--values", "p.toml", "--exercise", "2", "--format", "csv"
    )
    assert done.code == 0
    assert f"Ann,{len(keys)},{len(keys)},{len(keys)},0,,," in done.out
    done = symback_command("mark", "a.csv", "--values", "p.toml")
    assert "does not begin with the number of its exercise" in done.err
    done = symback_command("example", "--values", "p.toml")
    assert "is a sheet with the exercises 1, 2; give the values of one problem" in done.err


def _answer_row(sheet: Sheet, wrong: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The head and a row of a table with every answer of a sheet, some of them wrong."""
    answers = {
        f"{number}.{item.name}": item.answer
        for number, exercise in enumerate(sheet.exercises, start=1)
        for item in exercise.items
    }
    for number, exercise in enumerate(sheet.exercises, start=1):
        if (result := exercise.result) is not None:
            formulas = Formulas(Subject(result.about), {result.name: result.left})
            answers[f"{number}.{result.name}"] = f'"{formulas.expected[result.left]}"'
    answers |= wrong or {}
    return ",".join(["student", *answers]), ",".join(answers.values())


def test_a_whole_sheet_is_marked_letters_and_counts_too(
    symback_command: Symback, here: Path
) -> None:
    symback_command("exercises", "--layers", "2,2,2", "--seed", "3", "--format", "text", "-o",
                    "s.txt", "--values-out", "p.toml")  # fmt: skip
    sheet = make_sheet((2, 2, 2), 3, 12)
    head, right = _answer_row(sheet)
    count = len(head.split(",")) - 1
    kinds = [exercise.kind for exercise in sheet.exercises]
    blanks, update, slip = (kinds.index(k) + 1 for k in ("blanks", "update", "find-slip"))
    backward = sheet.exercises[kinds.index("backward")]
    key = backward.items[0]
    wrong = {
        f"{blanks}.rule_1": "z",
        f"{slip}.wrong": "0",
        f"{kinds.index('backward') + 1}.{key.name}": str(-(key.value or 0)),
    }
    _, slipped = _answer_row(sheet, wrong)
    some = ",".join(["", "", *right.split(",")[2:]])
    (here / "a.csv").write_text(f"{head}\nAnn,{right}\nBo,{slipped}\nCi,{some}\n", "utf-8")
    done = symback_command("mark", "a.csv", "--values", "p.toml", "--format", "json")
    assert (done.code, done.err) == (0, "")
    ann, bo, ci = json.loads(done.out)["sheets"]
    assert (ann["marks"], ann["of"]) == (count, count)
    judged = {value["key"]: value for value in bo["values"]}
    assert bo["marks"] == count - 3
    assert judged[f"{blanks}.rule_1"]["slips"] == ["other-answer"]
    assert judged[f"{kinds.index('backward') + 1}.{key.key}"]["slips"] == ["sign"]
    assert (ci["marks"], ci["of"]) == (count - 2, count)
    assert [v["outcome"] for v in ci["values"]].count("missing") == 2
    # A gradient that is given has no slip in it: a wrong new value was not made there.
    new = sheet.exercises[update - 1].items[0]
    half = float(new.answer) + 0.3
    (here / "b.csv").write_text(f"student,{new.name}\nAnn,{half}\n", "utf-8")
    done = symback_command(
        "mark", "b.csv", "--values", "p.toml", "--exercise", str(update), "--format", "json"
    )
    value = next(v for v in json.loads(done.out)["sheets"][0]["values"] if v["text"])
    assert value["where"] == value["key"]
    for name in ("m.html", "m.txt"):
        assert symback_command("mark", "a.csv", "--values", "p.toml", "-o", name).code == 0
    assert "a sheet of 12 exercises" in (here / "m.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("99.h1_1", "there is no exercise 99, but"),
        ("h1_1", "does not begin with the number of its exercise"),
        ("1.h1_prf_1", "exercise 1 has no 'h1_prf_1'; did you mean h1_pre_1?"),
    ],
)
def test_names_of_a_sheet_that_mean_nothing(
    symback_command: Symback, here: Path, head: str, said: str
) -> None:
    symback_command("exercises", "--layers", "2,2,2", "--count", "2", "--format", "text", "-o",
                    "s.txt", "--values-out", "p.toml")  # fmt: skip
    (here / "a.csv").write_text(f"student,{head}\nAnn,1\n", "utf-8")
    code, out, err = symback_command("mark", "a.csv", "--values", "p.toml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--count", "0"), "--count: a sheet has at least one exercise"),
        (("--count", "9999"), "--count: 9999 exercises are too many"),
        (("--seed", "x"), "--seed: 'x' is no whole number"),
        (("--kind", "forwrd"), "did you mean forward?"),
        (("--activations", "f,g"), "generic"),
        (("--batch",), "one sample"),
        (("-o", "same.md", "--key", "same.md"), "is the file of --key already"),
        (("--format", "moodel"), "did you mean moodle?"),
    ],
)
def test_bad_wishes_get_one_line(symback_command: Symback, arguments, said: str) -> None:
    done = symback_command("exercises", "--layers", "2,2,2", *arguments)
    assert done.code in (2, 3)
    assert said in done.err
    assert done.err.count("\n") == 1
