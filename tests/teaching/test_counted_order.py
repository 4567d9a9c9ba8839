"""Single weights of a notation that numbers them stand in the order of their numbers."""

import re

import pytest

from symback.cli.app import run
from symback.errors import InputError
from symback.notation import NOTATIONS
from symback.teaching.exercises import make_sheet

NUMBERED = re.compile(r"(?<![A-Za-z_])([wb])([₀-₉]+)")
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def numbers(line, letter):
    return [int(n.translate(DIGITS)) for own, n in NUMBERED.findall(line) if own == letter]


def written(capsys, *command):
    assert run([*command, "--notation", "mazur"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ("exercises", "--layers", "2,2,2"),
        ("exercises", "--layers", "2,3,2", "--seed", "1"),
        ("exercises", "--layers", "2,2,2,2", "--seed", "2"),
        ("example", "--layers", "2,2,2"),
    ],
)
def test_what_is_listed_is_in_order(command, capsys):
    text = written(capsys, *command)
    for block in re.findall(r"^(?:Weights|Biases|Gradients) .*(?:\n  +.*)*", text, re.MULTILINE):
        for letter in "wb":
            found = numbers(block, letter)
            assert found == sorted(set(found))
    assert len(re.findall("^Weights ", text, re.MULTILINE)) > 1


@pytest.mark.parametrize("layers", ["2,2,2", "2,3,2", "2,2,2,2"])
def test_no_exercise_has_two_weights_of_one_number(layers, capsys):
    """Networks of other layers than the sheet's would have the numbers of the sheet's."""
    text = written(capsys, "exercises", "--layers", layers)
    for task in re.split(r"\n\d+\. .*\n-+\n", text)[1:]:
        values = re.findall(r"^(?:Weights|Biases) .*(?:\n  +.*)*", task, re.MULTILINE)
        for letter in "wb":
            found = [n for line in values for n in numbers(line, letter)]
            assert len(found) == len(set(found))


@pytest.mark.parametrize("seed", range(6))
def test_the_first_wrong_value_has_the_number_under_which_it_stands(seed):
    sheet = make_sheet((2, 2, 2), seed, 1, kinds=["find-slip"], notation=NOTATIONS["mazur"])
    (exercise,) = sheet.exercises
    wrong, right, _ = exercise.items
    rows = next(b.rows for b in exercise.task if len(getattr(b, "rows", ())) > 8)
    values = [value for _, cell in rows for value in cell]
    subject = exercise.problem.program.line_of[right.key].subject
    assert values[int(wrong.answer) - 1].expression == subject
    assert wrong.answer in wrong.choices


def test_a_dead_unit_is_in_a_network_with_the_letters_of_the_sheet():
    sheet = make_sheet((2, 2, 2), 0, 1, kinds=["dead"], notation=NOTATIONS["mazur"])
    assert sheet.exercises[0].problem.about.layers == (2, 2, 2)
    plain = make_sheet((2, 2, 2), 0, 1, kinds=["dead"])
    assert plain.exercises[0].problem.about.layers == (2, 3, 2)
    with pytest.raises(InputError):
        make_sheet((2, 2, 2, 2), 0, 1, kinds=["dead"], notation=NOTATIONS["mazur"])


@pytest.mark.parametrize(("name", "columns"), [("nielsen", True), ("row-vector", False)])
def test_shapes_are_asked_for_as_the_notation_writes_matrices(name, columns, capsys):
    asked = ["exercises", "--layers", "2,2,2", "--kind", "shapes", "--count", "1"]
    assert run([*asked, "--notation", name]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert ("W x + b, with the inputs x as a column" in text) == columns
    assert ("x W + b, with the inputs x as a row" in text) != columns
    sheet = make_sheet((2, 2, 2), 0, 1, kinds=["shapes"], notation=NOTATIONS[name])
    (exercise,) = sheet.exercises
    layers = exercise.signature[1]
    rows = [int(item.answer) for item in exercise.items[:-1]]
    assert rows == list(layers[1:] if columns else layers[:-1])
    assert exercise.proved


def test_letters_alone_do_not_bind_a_dead_unit_to_the_sheet():
    sheet = make_sheet((2, 2, 2), 0, 1, kinds=["dead"], notation=NOTATIONS["nielsen"])
    assert sheet.exercises[0].problem.about.layers == (2, 3, 2)
