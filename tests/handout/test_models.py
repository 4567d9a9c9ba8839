"""Handouts of models that are no networks of layers, from their equations alone."""

import re
from functools import cache

import pytest
from running import Symback
from sampling import sample

from symback.calculus import derive
from symback.cli.subject import subject_from
from symback.model.language.sources import library_names
from symback.rendering.handout import write_handout
from symback.rendering.handout.pdf import pdf_from_typst

MODELS = sample(sorted(library_names()), 5)


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


@pytest.mark.parametrize("name", MODELS)
def test_every_format_can_be_written(name):
    for format in ("latex", "markdown", "notebook"):
        assert not re.search("[\ue000-\ue00f]|Undefined", text(format, name))
    pytest.importorskip("typst", reason="the typst package is not installed")
    _, warnings = pdf_from_typst(text("typst", name).encode(), "")
    assert warnings == ()


def test_a_recursion_is_worked_out_step_by_step():
    assert "step by step, from the last to the first" in text("markdown", "lstm")
    assert "there is no such step" in text("markdown", "lstm")
    assert "in this order" in text("markdown", "batch-norm")


def test_what_an_array_is_outside_its_ranges_is_said():
    assert "Outside its ranges" in text("markdown", "conv2d")
    assert "Outside its ranges" not in text("markdown", "lstm")


@pytest.mark.parametrize(
    ("name", "said"),
    [("conv1d", "with exact limits:"), ("batch-norm", "put in:"), ("attention", "other order:")],
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


@pytest.mark.parametrize(("notation", "what"), [("goodfellow", "columns"), ("founding", "rows")])
def test_what_the_first_index_numbers_is_that_of_the_notation(
    symback_command: Symback, notation: str, what: str
) -> None:
    page = symback_command(
        "handout", "--model", "attention", "--notation", notation, "--format", "markdown"
    ).out
    assert f"The first index of an array numbers its {what};" in page


def test_an_array_with_three_indices_has_its_own_shape_in_every_notation(
    symback_command: Symback,
) -> None:
    page = symback_command(
        "handout", "--model", "conv2d", "--notation", "goodfellow", "--format", "markdown"
    ).out
    assert "| C × H × W | `x` |" in page
    assert "W × H × C" not in page
