"""Both passes in numbers within a handout: the values of the worked example, and a difference."""

import re
from dataclasses import replace

import pytest
from sampling import sample

from symback.cli.app import run
from symback.cli.example import worked
from symback.cli.lesson import lesson_from
from symback.teaching.insert import both_passes

NETWORK = ["--layers", "2,2,2", "--activations", "tanh,sigmoid", "--loss", "half-squared-error"]
STATED = {"layers": "2,2,2", "activations": "tanh,sigmoid", "loss": "half-squared-error"}


def example():
    lesson = lesson_from(None, "tidy", "0", None, None, None, None, dict.fromkeys(
        ("bias", "batch", "reduction", "weight_decay", "spec", "model", "sizes", "gradients"),
    ) | STATED)  # fmt: skip
    return worked(lesson, 0)


def difference(example, key="W1[1,2]"):
    """The quotient of a difference, and the derivative that is set beside it."""
    (said,) = (
        say.args for block in both_passes(example, key) for say in getattr(block, "says", ())
        if say.code == "difference-check"
    )  # fmt: skip
    return float(said["quotient"].text), float(said["derivative"].equals)


@pytest.mark.parametrize("key", ["W1[1,2]", "W2[2,1]", "b1[2]"])
def test_the_derivative_is_that_of_the_difference(key):
    quotient, derivative = difference(example(), key)
    assert quotient == pytest.approx(derivative, abs=1e-4)


def test_a_wrong_derivative_would_show():
    right = example()
    lines = tuple(
        replace(line, tree=right.program.line_of["dL/dW2[1,1]"].tree)
        if line.key == "dL/dW1[1,2]" else line
        for line in right.program.lines
    )  # fmt: skip
    quotient, derivative = difference(replace(right, program=replace(right.program, lines=lines)))
    assert abs(quotient - derivative) > 1e-2


@pytest.mark.spread
@pytest.mark.parametrize("format", sample(["markdown", "latex", "html", "typst"], 2))
def test_every_format_has_the_part_where_it_is_asked_for(format, capsys):
    assert run(["handout", *NETWORK, "--format", format, "--numbers", "tidy"]) == 0
    page = capsys.readouterr().out
    assert "Both passes in numbers" in page
    digits = [f"{example().values[key]:.4f}" for key in ("h1[1]", "dL/dW1[1,2]", "dL/dW2[2,2]")]
    assert all(number.lstrip("-") in page for number in digits)
    assert run(["handout", *NETWORK, "--format", format]) == 0
    assert "Both passes in numbers" not in capsys.readouterr().out


def test_numbers_of_ones_own(tmp_path, capsys):
    values = tmp_path / "v.toml"
    values.write_text(
        "x = [0.05, 0.10]\ny = [0.01, 0.99]\nW1 = [[0.15, 0.25], [0.20, 0.30]]\n"
        "W2 = [[0.40, 0.50], [0.45, 0.55]]\nb1 = [0.35, 0.35]\nb2 = [0.60, 0.60]\n"
    )
    wanted = ["handout", "--layers", "2,2,2", "--activations", "sigmoid,sigmoid", "--loss",
              "half-squared-error", "--values", str(values)]  # fmt: skip
    assert run(wanted) == 0
    assert "0.2984" in capsys.readouterr().out  # the loss of a well-known example of these numbers


def test_more_values_than_anybody_reads_are_refused(capsys):
    assert run(["handout", "--layers", "9,9,9", "--numbers", "random"]) == 2
    assert re.search(r"--numbers: both passes have \d+ values", capsys.readouterr().err)


def test_a_pdf_with_numbers_is_set(tmp_path):
    pytest.importorskip("typst", reason="the typst package is not installed")
    name = tmp_path / "numbers.pdf"
    assert run(["handout", *NETWORK, "--numbers", "tidy", "-o", str(name)]) == 0
    assert name.read_bytes().startswith(b"%PDF")


def test_in_latex_a_formula_belongs_to_the_paragraph_that_leads_to_it(capsys):
    """After an empty line TeX sets a paragraph of nothing before the formula."""
    assert run(["handout", *NETWORK, "--numbers", "tidy", "--format", "latex"]) == 0
    text = capsys.readouterr().out
    parted = re.compile(r":(\\nopagebreak)?\s*\n\s*\n\s*\\begin\{align\*\}\n\S+ & =")
    assert not parted.search(text)
    (one, *_) = re.finditer(r":(\\nopagebreak)?\n(?=\\begin\{align\*\}\n\S+ & =)", text)
    assert parted.search(f"{text[: one.end()]}\n{text[one.end() :]}")
