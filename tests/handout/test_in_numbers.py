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


def page(capsys, *words, format="markdown"):
    assert run(["handout", *words, "--numbers", "tidy", "--format", format,
                "--sections", "numbers"]) == 0  # fmt: skip
    return capsys.readouterr().out


def led(text):
    """The values under each sentence, those under sentences alike in one."""
    pieces = re.split(r"^([A-Z][^&\n]*(?::|\\\.))$", text, flags=re.M)
    found = {}
    for lead, values in zip(pieces[1::2], pieces[2::2], strict=True):
        found[lead] = found.get(lead, "") + values
    return found


DECAYING = ["--layers", "2,3,2", "--activations", "relu,sigmoid", "--loss", "mean-squared-error",
            "--batch", "--reduction", "sum", "--weight-decay", "0.01"]  # fmt: skip


def test_what_stands_over_values_is_true_of_them(capsys):
    found = led(page(capsys, *DECAYING))
    compared = found["The loss compares the outputs with the targets:"]
    assert compared.count("math\n") == 2  # of two samples
    assert r"\lambda" not in compared
    assert r"= \ell_1 + \ell_2 =" in found["The sum over the samples is taken:"]
    assert r"\lambda" in found["The weight decay is added:"]
    single = found[
        "Chain rule: the derivative with respect to what it goes into, times the local one:"
    ]
    assert r"\tag{9}" in single or r"\tag{10}" in single
    paths = [text for lead, text in found.items() if lead.startswith("Chain rule over every path")]
    assert paths
    assert all(r" + \frac{\partial" in text for text in paths)
    (weights,) = (text for lead, text in found.items() if lead.startswith("Chain rule for a w"))
    assert r"\partial b" not in weights


def test_what_stands_over_values_of_a_model_is_true_of_them(capsys):
    found = led(page(capsys, "--model", "layer-norm"))
    assert "By their definitions:" in found
    assert "By its definition:" not in found
    assert "The loss, by its definition:" in found
    assert not any("for a weight" in lead or "compares" in lead for lead in found)
    assert "Here $`N = 3`$, $`J = 4`$" in page(capsys, "--model", "layer-norm")


def test_biases_that_are_not_there_are_not_added(capsys):
    text = page(capsys, "--layers", "2,2", "--no-bias", "--activations", "sigmoid", "--loss",
                "half-squared-error")  # fmt: skip
    assert "each times its weight:" in text
    assert "and its bias" not in text


def test_brackets_and_cases_of_slopes_are_said(capsys):
    text = page(capsys, *DECAYING)
    assert text.count("square brackets are 1 where the condition in them holds") == 1
    leaky = page(capsys, "--layers", "2,2,1", "--activations", "leaky-relu,identity", "--loss",
                 "half-squared-error")  # fmt: skip
    assert "square brackets" not in leaky
    (first, *_) = re.findall(r"LeakyReLU}'.*", leaky)
    assert re.search(r"cases} 1 & h_1' > 0 .* = \\begin{cases} 1 & -?[0-9.]+ > 0", first)
    assert "100" not in first


def test_what_stands_for_letters_is_said_and_defined(capsys):
    text = page(capsys, "--layers", "2,2,2", "--notation", "mazur")
    assert "here the loss is half the sum of the squared errors, and the functions are sig" in text
    assert r"\sigma(z) & = \frac{1}{1 + \exp(-z)}" in text
    assert r"\sigma'(z) & = \sigma(z)" in text
    alone = page(capsys, *NETWORK[:4])
    assert r"Above, the loss is a letter; here it is half the sum of the squared errors\." in alone
    assert "Above" not in page(capsys, *NETWORK)


BATCH = ["--layers", "2,2,2", "--activations", "sigmoid,softmax", "--loss", "cross-entropy",
         "--batch"]  # fmt: skip


def test_whose_derivatives_they_are_is_said_where_a_sample_has_its_own(capsys):
    text = page(capsys, *BATCH, "--notation", "deeplearning.ai")
    assert "All derivatives here are those of $`J`$" in text
    assert "is $`m`$ times as large" in text
    assert "Here $`m = 2`$" in text
    for notation, reduction in (("ufldl", "mean"), ("deeplearning.ai", "sum")):
        others = ["--notation", notation, "--reduction", reduction]
        assert "All derivatives here" not in page(capsys, *BATCH, *others)


def test_mathematics_of_markdown_stands_in_fences(capsys):
    assert "$$" not in page(capsys, *DECAYING)
    assert page(capsys, *DECAYING).count("```math\n") > 20
    assert "```math" not in page(capsys, *DECAYING, format="notebook")


@pytest.mark.parametrize(
    ("name", "value"), [("layer-norm", "0.01"), ("batch-norm", "0.01"), ("rms-norm", "0.01")]
)
def test_what_only_keeps_a_root_from_zero_is_small(name, value, capsys):
    assert rf"\varepsilon = {value}`$" in page(capsys, "--model", name)


def test_a_positive_constant_that_is_a_factor_is_of_any_size(capsys):
    (length,) = re.findall(r"\$`e = ([0-9.]+)`", page(capsys, "--model", "neural-ode"))
    assert float(length) >= 0.1


def test_functions_and_losses_are_called_as_elsewhere(capsys):
    text = page(capsys, "--layers", "2,3,3,2", "--activations", "gelu,leaky-relu,mish", "--loss",
                "huber", "--notation", "ufldl")  # fmt: skip
    assert "functions, layer by layer: GELU, LeakyReLU, mish; loss: the Huber loss" in text
    shown = re.findall(r"(?<=& = ).* (-?0\.0[0-9]*)\\end", text)
    assert not any(re.fullmatch(r"-?0\.0[1-9]\d{3,}|-?0\.01000", number) for number in shown)
    (quotient,) = re.findall(r"over \$`0\.0002`\$ is \$`([-0-9.]+)`", text)
    (derivative,) = re.findall(r"has \$`.* = ([-0-9.]+)`", text)
    assert quotient == derivative
    above = re.findall(rf"= {re.escape(derivative)}\\end", text)
    assert above


def test_entries_that_a_notation_numbers_stand_in_that_order(capsys):
    text = page(capsys, "--layers", "2,2,2", "--notation", "mazur")
    for numbers in ("1 2 3 4", "5 6 7 8"):
        wanted = numbers.split()
        (row,) = (line for line in text.splitlines() if f"$`w_{wanted[0]} = " in line)
        assert re.findall(r"w_(\d) =", row) == wanted
    found = re.findall(r"partial w_(\d)} & =", text)
    assert found == ["5", "6", "7", "8", "1", "2", "3", "4"]
    assert run(["handout", "--layers", "2,2,2", "--notation", "mazur"]) == 0
    whole = capsys.readouterr().out
    assert "to hidden unit $`k`$, numbered $`w_1`$ to $`w_4`$ |" in whole
    assert run(["handout", "--layers", "2,2,2", "--notation", "bishop"]) == 0
    assert "numbered $" not in capsys.readouterr().out
