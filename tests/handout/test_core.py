"""The box at the head of a handout: the backward pass in a few equations, of anything."""

import re
from itertools import pairwise

import pytest
from handout.handouts import text
from sampling import sample

from symback.algebra.expressions import Partial, name_of
from symback.calculus import derive
from symback.calculus.matrix.tree import MatrixForm
from symback.model.language.reader import read_model
from symback.model.language.sources import library_names, library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout
from symback.rendering.handout.contents import Handout
from symback.rendering.handout.core import MOST, WHOLE, Told, told_steps


def core(derivation):
    return Handout(derivation, None, ()).core


def box(source):
    """The box of a handout in Markdown."""
    return source[source.index("## 1 ") : source.index("## 2 ")]


def numbers(derivation):
    return [line.number for line in core(derivation)]


def test_of_two_layers_it_has_both_deltas_and_the_gradients_of_both_weights():
    lines = core(derive(Network((2, 2, 2))))
    assert all(isinstance(line, MatrixForm) for line in lines)
    assert [line.quantity.name for line in lines] == ["y_pre", "W2", "h1_pre", "W1"]
    said = box(text("markdown"))
    assert re.findall(r"\((\d+m)\)", said) == ["7m", "8m", "11m", "12m", "9m", "13m"]


def test_the_layers_that_it_leaves_out_are_told():
    deep = box(text("markdown", "deep"))
    like = "has equations like (12m) and (13m), with its own function."
    assert f"The layer before these {like}" in deep
    assert "A bias" not in deep  # it has none
    deeper = write_handout("markdown", derivation=derive(Network((2,) * 5)), report=None)
    assert "Every earlier layer has equations like" in deeper.content.decode()
    assert "has equations like" not in box(text("markdown"))


def test_biases_do_not_decay():
    derivation = derive(Network((2, 2, 2), weight_decay=0.1))
    said = write_handout("markdown", derivation=derivation, report=None).content.decode()
    assert "with 1 for the input, without the decay: " in box(said)
    assert "decay" not in box(text("markdown"))


@pytest.mark.spread
@pytest.mark.parametrize("name", sample(library_names(), 9))
def test_every_model_has_equations_that_rest_on_one_another(name):
    derivation = derive(read_model(library_text(name)))
    which, chosen, way = told_steps(derivation)
    assert 1 <= len(chosen) <= (MOST if which == Told.ENDS else WHOLE)
    for before, step in pairwise(way):
        assert before.quantity.name in {name_of(a.by) for a in step.result.atoms(Partial)}
    assert numbers(derivation) == sorted(numbers(derivation))
    wanted = {step.quantity.name for step in chosen} & set(derivation.gradients)
    assert wanted, "a gradient that was asked for is among them"


def test_a_recurrent_network_tells_its_recursion_and_names_the_others():
    derivation = derive(read_model(library_text("rnn")))
    assert numbers(derivation) == [7, 10, 11]
    said = box(write_handout("markdown", derivation=derivation, report=None).content.decode())
    assert "On the way back to $`W`$:" in said
    assert "found in (6), (8), (9), (12) and (13), below." in said


def test_of_few_equations_all_are_told():
    derivation = derive(read_model(library_text("batch-norm")))
    which, steps, _ = told_steps(derivation)
    assert which == Told.ALL
    assert [step.number for step in steps] == [7, 8, 9, 10, 11, 12]
    said = box(write_handout("markdown", derivation=derivation, report=None).content.decode())
    assert (
        r"They start from $`\displaystyle \frac{\partial L}{\partial y_{nj}} = v_{nj}`$, (6)."
        in said
    )


def test_of_a_long_way_both_ends_are_told_and_counted():
    derivation = derive(read_model(library_text("transformer-block")))
    which, steps, way = told_steps(derivation)
    assert (which, len(steps), len(way)) == (Told.ENDS, 4, 12)
    said = box(write_handout("markdown", derivation=derivation, report=None).content.decode())
    assert "Of the 12 equations on the way back to" in said


def test_a_step_that_only_passes_on_what_is_given_is_not_told():
    derivation = derive(read_model(library_text("attention")))
    names = [step.quantity.name for step in told_steps(derivation)[1]]
    assert "O" not in names  # its derivative is the gradient from above
    assert names == ["A", "S", "Q", "WQ"]


@pytest.mark.spread
@pytest.mark.parametrize("format", ["typst", "latex", "html"])
def test_each_of_its_equations_leads_to_its_place(format):
    leads = {"typst": '#to("{}")', "latex": r"\eqref{{eq:{}}}", "html": 'href="#eq-{}"'}[format]
    derivation = derive(read_model(library_text("rnn")))
    page = write_handout(format, derivation=derivation, report=None).content.decode()
    assert all(leads.format(number) in page for number in (7, 10, 11))
    brief = text(format, sections=("summary",))
    assert leads.format("7m") not in brief


def test_the_update_has_the_derivative_as_the_box_writes_it():
    derivation = derive(Network((2, 2, 2)))
    page = write_handout(
        "markdown", derivation=derivation, report=None, notation=NOTATIONS["deeplearning.ai"]
    ).content.decode()
    assert r"- \eta \; dW^{[1]}" in box(page)
