"""Handouts of models that are no networks of layers, from their equations alone."""

import __future__

import json
import re
from functools import cache

import pytest
from running import Symback
from sampling import sample

from symback.calculus import derive
from symback.cli.subject import subject_from
from symback.emission.module import emit
from symback.model.language.reader import read_model
from symback.model.language.sources import library_names, library_text
from symback.rendering.handout import write_handout
from symback.rendering.handout.pdf import pdf_from_typst

MODELS = sample(sorted(library_names()), 4)


@cache
def derivation(name):
    return derive(subject_from(model=name).model())


@cache
def text(format, name):
    return write_handout(format, derivation=derivation(name), report=None).content.decode()


@pytest.mark.parametrize("name", MODELS)
def test_every_equation_is_there_once(name):
    page = text("html", name)
    numbers = list(map(int, re.findall(r'id="eq-(\d+)"', page)))
    assert numbers == list(range(1, derivation(name).steps[-1].number + 1))
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= set(re.findall(r'id="([\w-]+)"', page))
    assert "merror" not in page


@pytest.mark.spread
@pytest.mark.parametrize("name", MODELS)
def test_every_format_can_be_written(name):
    for format in ("latex", "markdown", "notebook"):
        assert not re.search("[\ue000-\ue00f]|Undefined", text(format, name))
    pytest.importorskip("typst", reason="the typst package is not installed")
    _, warnings = pdf_from_typst(text("typst", name).encode(), "")
    assert warnings == ()


def test_a_recursion_is_worked_out_step_by_step():
    lstm = text("markdown", "lstm")
    assert (
        r"Backward: for $`t = T, \dots, 1`$ in turn, evaluate (14) to (23) in this order; then"
        in lstm
    )
    assert (
        r"(1) and (2); then, for $`t = 1, \dots, T`$ in turn, (3) to (12) in this order; then"
        in lstm
    )
    assert (r"evaluate (5); then, for $`t = T, \dots, 1`$ in turn, (6); then (7) to (9).") in text(
        "markdown", "hmm"
    )
    assert "there is no such step" in text("markdown", "lstm")
    assert "in this order" in text("markdown", "batch-norm")


def test_what_an_array_is_outside_its_ranges_is_said():
    assert text("markdown", "conv2d").count("outside its range") == 1
    assert "outside its range" not in text("markdown", "lstm")


def test_a_step_through_two_softmaxes_is_told_once():
    page = text("markdown", "infonce")
    assert page.count("passes back through all outputs at once") == 1
    assert page.count("the quotient rule gives") == 2
    assert page.count("which is 1 where the two indices are equal") == 1


@pytest.mark.parametrize("name", ["rms-norm", "infonce"])
def test_no_fraction_stands_in_the_numerator_of_another(name):
    by_all = derive(subject_from(model=name).model(), gradients=("x",) if name != "infonce" else ())
    page = write_handout("latex", derivation=by_all, report=None).content.decode()
    assert not re.search(r"\frac\{[^{}]*\\[Bb]igl\(\\frac\{\\partial", page)
    assert not re.search(r"\frac\{\\frac\{\\partial", page)


@pytest.mark.parametrize("name", ["matrix-factorisation", "batch-norm", "conv1d"])
def test_the_names_in_code_are_those_of_the_code(name):
    page = text("markdown", name)
    said = re.findall(r"^\| \$`.*\| `([^`]*)` \|$", page, re.M)
    code = emit(derivation(name).model)
    given = [q.name for q in derivation(name).model.given]
    assert len(said) == len(derivation(name).model.quantities)
    for named in said[: len(given)]:
        assert re.search(rf"^ +{named}: Array", code, re.M), named


ODD = """
input x[k]
param w[k]
function f
z[k] = max(0, w[k] x[k]) + abs(w[k]) + step(x[k] - 2) + sqrt(w[k]^2 + 1) + f(w[k])
L = sum(k, z[k]^2)
"""


def test_what_is_known_of_a_function_is_not_taken_for_nothing():
    page = write_handout("markdown", derivation=derive(read_model(ODD)), report=None).content
    assert re.findall(r"\n\| (.*?) \| any differentiable function", page.decode()) == ["$`f`$"]


def test_of_equal_values_the_place_has_a_name_that_is_set():
    assert r"\mathrm{arg\,max}_{m}" in text("latex", "max-pooling")
    assert "argmax_m" not in text("html", "max-pooling")


def test_a_size_is_written_as_it_is_said():
    assert r"| N−M\+1 |" in text("markdown", "conv1d")


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("conv1d", "with exact limits:"),
        ("batch-norm", "in a single line:"),
        ("attention", "other order:"),
    ],
)
def test_another_textbook_form_stands_below_its_line(name, said):
    by_inputs = derive(subject_from(model=name).model(), gradients=("inputs",))
    for format in ("html", "latex", "markdown", "notebook", "typst"):
        page = write_handout(format, derivation=by_inputs, report=None).content.decode()
        assert said in page
        assert said not in text(format, "lstm")


def test_without_parameters_nothing_is_updated():
    assert "learning rate" in text("markdown", "lstm")
    assert "learning rate" not in text("markdown", "max-pooling")


@pytest.mark.spread
@pytest.mark.parametrize(
    ("notation", "what"), [("goodfellow", "columns, in code its rows;"), ("founding", "rows;")]
)
def test_what_the_first_index_numbers_is_that_of_the_notation(
    symback_command: Symback, notation: str, what: str
) -> None:
    page = symback_command(
        "handout", "--model", "attention", "--notation", notation, "--format", "markdown"
    ).out
    assert f"The first index of an array numbers its {what}" in page


def test_an_array_with_three_indices_has_its_own_shape_in_every_notation(
    symback_command: Symback,
) -> None:
    page = symback_command(
        "handout", "--model", "conv2d", "--notation", "goodfellow", "--format", "markdown"
    ).out
    assert "| C\u00a0×\u00a0H\u00a0×\u00a0W | `x` |" in page
    assert "W × H × C" not in page


@pytest.mark.parametrize("name", ["batch-norm", *sample(sorted(library_names()), 2, seed=5)])
def test_a_notebook_has_the_statements_of_a_model_and_runs(name, capsys):
    pytest.importorskip("nbformat", reason="the nbformat package is not installed")
    page = write_handout(
        "notebook", derivation=derive(read_model(library_text(name))), report=None
    ).content
    cells = json.loads(page)["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    defined = {"__name__": "__main__"}
    for source in sources:
        exec(compile(source, name, "exec", flags=__future__.annotations.compiler_flag), defined)
    said = capsys.readouterr().out
    assert re.match(r"largest difference to central differences: \d\.\de-", said)
    assert [source.partition("(")[0] for source in sources[1:3]] == [
        "def loss", "def loss_and_gradients",
    ]  # fmt: skip
    check = next(source for source in sources if "central differences" in source)
    assert len(check.splitlines()) < 25
    assert not any("Workspace" in source or "workspace" in source for source in sources)
    learns = bool(read_model(library_text(name)).parameters)
    losses = [float(line.split()[1]) for line in said.splitlines()[1:]]
    assert (len(losses) == 6 and losses[-1] < losses[0]) is learns
    broken = re.sub(r"return float\((\w+)\), ", r"return 2 * float(\1), ", sources[2])
    assert broken != sources[2]
    exec(compile(broken, name, "exec", flags=__future__.annotations.compiler_flag), defined)
    # As drawn: what has learnt may be where every slope is 0, and twice that as well.
    exec(next(source for source in sources if "def draw" in source), defined)
    with pytest.raises(AssertionError):
        exec(check, defined)


def test_a_notebook_of_a_model_with_letters_for_functions_has_their_stand_ins(capsys):
    text = "input x[j]\ntarget y\nparam w[j]\ns = sum(j, w[j] x[j])\nh = f(s)\nL = (h - y)^2 / 2\n"
    page = write_handout("notebook", derivation=derive(read_model(text)), report=None).content
    cells = json.loads(page)["cells"]
    defined = {"__name__": "__main__"}
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            exec(compile(source, "f", "exec", flags=__future__.annotations.compiler_flag), defined)
    assert capsys.readouterr().out.endswith(": right\n")
