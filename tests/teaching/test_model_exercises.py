"""Exercises on models: keys that a witness proves, and that `mark` takes as they are."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sampling import FULL, sample

from symback.cli.app import symback as command
from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.printing.target import plainly
from symback.teaching.exercises import OF_MODELS, Small, made_small, make_sheet
from symback.teaching.exercises import formulas as about_formulas
from symback.teaching.exercises.small import MOST, ROOM
from symback.teaching.export import problems_toml
from symback.teaching.program import Kind

WITHOUT_SLIPS = ("average-pooling", "max-pooling")
NAMES = [name for name in library_names() if name not in WITHOUT_SLIPS]
PARTS = (Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)


def small(name: str, **kept: int) -> Small:
    text = ModelText.of(library_text(name), name)
    return made_small(name, text.with_sizes(kept) if kept else text, kept)


def key_of(sheet) -> dict[str, str]:
    """What the key says, by the names of the answers."""
    found = {}
    for number, exercise in enumerate(sheet.exercises, start=1):
        found |= {f"{number}.{item.name}": item.answer for item in exercise.items}
        if exercise.result is not None:
            derivation = sheet.about.derivation
            name = next(n for n, g in derivation.gradients.items()
                        if g.adjoint == exercise.result.adjoint)  # fmt: skip
            chain = derivation.chain(name) if exercise.result.is_closed else ()
            right = chain[-1].expression if chain else derivation.gradients[name].formula
            found[f"{number}.gradient"] = plainly(Printer(PLAIN, derivation.model)(right))
    return found


def marked(sheet, answers: dict[str, str], folder) -> dict:
    (folder / "problems.toml").write_text(problems_toml(sheet))
    with (folder / "answers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["student", *answers], ["Ada", *answers.values()]])
    done = CliRunner().invoke(
        command,
        ["mark", str(folder / "answers.csv"), "--values", str(folder / "problems.toml"),
         "--format", "json"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["sheets"][0]


@pytest.mark.parametrize("name", {"rnn": 0} | dict.fromkeys(NAMES * FULL))
def test_a_key_has_all_marks_and_a_wrong_value_has_not(name, tmp_path):
    sheet = make_sheet(small(name), 5, len(OF_MODELS))
    assert sheet.proved
    key = key_of(sheet)
    whole = marked(sheet, key, tmp_path)
    assert whole["marks"] == whole["of"] == len(key)
    wrong = next(one for one in key if one.startswith("1.") and float(key[one]))
    less = marked(sheet, {**key, wrong: str(-float(key[wrong]))}, tmp_path)
    assert less["marks"] < less["of"]


def test_a_wrong_gradient_is_refused(tmp_path):
    sheet = make_sheet(small("rnn"), 5, 1, kinds=["derive"])
    key = key_of(sheet)
    wrong = {"1.gradient": f"2 * {key['1.gradient']}"}
    assert marked(sheet, key, tmp_path)["marks"] == 1
    assert marked(sheet, wrong, tmp_path)["marks"] == 0


def test_the_witness_refuses_a_wrong_formula():
    sheet = make_sheet(small("crf"), 5, 1, kinds=["derive"])
    problem = sheet.exercises[0].problem
    right = problem.derivation.gradients["u"].formula
    assert about_formulas._formula_holds(problem, "u", right)
    assert not about_formulas._formula_holds(problem, "u", 2 * right)


@pytest.mark.spread
@pytest.mark.parametrize("name", {"lstm": 0, "conv2d": 0} | dict.fromkeys(sample(NAMES, 3)))
def test_sizes_are_made_small(name):
    found = small(name)
    count = len(found.program.of_kind(*PARTS))
    own = ModelText.of(library_text(name), name).sizes
    assert count <= MOST
    assert count <= ROOM or all(size == 1 for _, size in found.sizes)
    assert all(size <= own[letter] for letter, size in found.sizes)


def test_sizes_that_are_asked_for_stay():
    assert dict(small("rnn", T=2, K=1).sizes) == {"T": 2, "J": 2, "O": 2, "K": 1}
    with pytest.raises(InputError, match="not worked by hand"):
        small("rnn", T=40)


def test_no_two_seeds_ask_the_same_and_one_seed_does():
    rnn = small("rnn")
    one, again, other = (make_sheet(rnn, seed, 4 if FULL else 2) for seed in (1, 1, 2))
    assert problems_toml(one) == problems_toml(again)
    assert problems_toml(one) != problems_toml(other)
    boxes = [[len(exercise.items) for exercise in sheet.exercises] for sheet in (one, other)]
    assert boxes[0] == boxes[1]


def test_the_equations_head_the_sheet_once(tmp_path):
    sheet = tmp_path / "sheet.tex"
    done = CliRunner().invoke(
        command,
        ["exercises", "--model", "rnn", "--count", "4", "--kind", "forward", "--kind", "backward",
         "-o", str(sheet), "--key", str(tmp_path / "key.html")],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    written = sheet.read_text()
    assert written.count(r"\tanh") == 1
    assert "T = 3" in written
    assert "proved by a witness" in (tmp_path / "key.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "shapes"], "on networks of layers"),
        (["--notation", "nielsen"], "letters of its equations"),
        (["--sizes", "T=40"], "not worked by hand"),
        (["--sizes", "Q=4"], "no size of this model"),
        (["--layers", "2,2"], "choose one"),
    ],
)
def test_what_there_is_none_of_is_said_in_a_line(arguments, said, capsys):
    from symback.cli.app import run

    assert run(["exercises", "--model", "rnn", *arguments]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


def test_a_model_file_states_it_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "input x[j]\ntarget y\nparam w[j], b\ns = sum(j, w[j] x[j]) + b\nL = (s - y)^2 / 2\n"
    (tmp_path / "line.model").write_text(text)
    own = made_small("line.model", ModelText.of(text, "line.model"), {})
    sheet = make_sheet(own, 1, 3)
    key = key_of(sheet)
    assert marked(sheet, key, tmp_path)["marks"] == len(key)
    assert replace(own, name="other") != own
