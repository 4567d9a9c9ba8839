"""What is said of one network alone: no sign, index, sample or kink that it does not have."""

import re

import pytest
from handout.test_said import page, row
from sampling import sample
from sympy import Float, exp

import symback
from symback.algebra.expressions import Apply
from symback.calculus import derive
from symback.model.activations import ACTIVATIONS
from symback.model.language.sources import library_names, library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.notation.spelling import general_name
from symback.rendering.handout import write_handout
from symback.verification.identity.functions import Z, catalogue_derivative

ENTROPY = "binary-cross-entropy"


@pytest.mark.parametrize("notation", sample(sorted(NOTATIONS), 3, seed=4))
def test_rows_are_repeated_in_a_batch_alone(notation):
    assert "is repeated" not in page(Network((2, 2, 2)), notation)
    assert "is repeated" in page(Network((2, 2, 2), batch=True), notation)


def test_a_product_entry_by_entry_is_told_where_one_stands():
    def said(layers):
        text = page(Network(layers, ("sigmoid",), ENTROPY), "founding")
        return r"\odot" in text.split("## 3 ")[1], "product entry by entry" in text

    assert said((1, 1)) == (False, False)  # quotients alone
    assert said((1, 2)) == (True, True)


def test_the_index_of_a_sum_is_told_where_it_is_summed_over():
    told = "the first to be summed over"
    assert told in page(Network((2, 2, 2)))
    assert told not in page(Network((1, 1, 1), ("tanh", "identity"), "squared-error"))
    single = page(Network((3, 1), ("sigmoid",), ENTROPY, batch=True))
    assert "$`k`$ the one it goes to, $`s`$ the sample." in single
    one = page(Network((3, 1), ("sigmoid",), ENTROPY))
    assert "comes from and $`k`$ the one it goes to." in one


@pytest.mark.parametrize(
    ("outputs", "batch", "said"),
    [(1, True, "samples"), (2, True, "samples and outputs"), (2, False, "outputs")],
)
def test_a_total_derivative_says_over_what_it_runs(outputs, batch, said):
    network = Network((3, outputs), ("sigmoid",), ENTROPY, batch=batch)
    sums = re.findall(r"chain rule, over all ([a-z ]+)", page(network))
    assert set(sums) == {said}


def test_a_function_without_a_kink_has_no_convention_at_one():
    """The slopes of ELU are 1 on both sides of 0; those of SELU are not alike."""
    smooth, kinked = (page(Network((2, 2, 2), (name, "g"))) for name in ("elu", "selu"))
    assert "convention of PyTorch" not in smooth
    assert "convention of PyTorch" in kinked


@pytest.mark.parametrize("name", [name for name, of in ACTIVATIONS.items() if of.kinks])
def test_a_kink_is_where_the_slopes_on_both_sides_differ(name):
    derivative = catalogue_derivative(name)
    for point, _ in ACTIVATIONS[name].kinks:
        sides = [slope(derivative, Float(point) + by) for by in (-1e-9, 1e-9)]
        assert (abs(sides[0] - sides[1]) > 1e-6) == ACTIVATIONS[name].has_kink


KNOWN = {
    "exp": exp,
    "step": lambda z: Float(int(float(z) > 0)),
    "within": lambda z: Float(int(abs(float(z)) < 1)),
}


def slope(derivative, z):
    known = {at: KNOWN[at.name](at.args[1].subs(Z, z)) for at in derivative.atoms(Apply)}
    return derivative.xreplace(known)


def test_a_letter_with_an_arrow_is_named():
    batch = Network((2, 2, 1), batch=True)
    assert r"; in matrices $`\vec{E}`$" in row(page(batch, "bishop"), "L_each")
    assert "; in matrices" not in row(page(batch), "L_each")


def test_capitals_of_a_batch_are_told():
    batch = Network((2, 2, 1), batch=True)
    assert "a batch has a capital letter and one column" in page(batch, "bishop")
    assert "capital letter" not in page(batch)
    assert "capital letter" not in page(Network((2, 2, 1)), "bishop")


def test_a_letter_d_for_derivatives_is_in_the_table_and_in_matrices():
    text = page(Network((2, 2, 2)), "deeplearning.ai")
    assert "| derivative of the loss with respect to what follows the $`d`$" in text
    assert r"\underset{2 \times 1}{da^{[2]}} \odot" in text
    assert r"\eta \; dW^{[1]}" in text
    assert "follows the" not in page(Network((2, 2, 2)))


def test_equations_in_order_are_several():
    norm, step = page("conv2d"), page("neural-ode")
    assert "evaluate (1) and (2) in this order" in norm
    assert "in turn, evaluate (4); then (5)" in step
    assert "evaluate (6) to (13) in this order" in page(Network((2, 2, 2)))


def test_a_condition_in_matrices_is_written_as_in_entries():
    hinge = page(Network((3, 2), ("tanh",), "hinge"))
    assert r"\hat{y}_k < 1]" in hinge
    assert re.search(r"\\hat\{y\}\}? < 1\]", hinge)
    assert "[1 -" not in hinge


def test_letters_of_one_family_are_written_alike():
    said = page("gru")
    assert "$`z^{\\mathrm{n}}_{tk}`$" in said
    assert "zn_" not in said
    assert general_name("zn", ("Wn",)) == general_name("zn", ("zi", "Wi"))
    assert general_name("lv", ("mu",)).base == "lv"


def test_a_function_is_apart_from_what_stands_before_it():
    text = page(Network((3, 4, 2), ("leaky-relu", "g")), "nielsen", format="latex")
    stuck = re.findall(r"\} *\\mathrm\{LeakyReLU\}'?\(", text.partition(r"\section{A weight")[2])
    assert r"\, \mathrm{LeakyReLU}" in text
    assert not stuck
    typst = page(Network((3, 1), ("sigmoid",), ENTROPY, batch=True), "mazur", format="typst")
    assert re.search(r'N thin "out"', typst)
    assert not re.search(r'N "out"', typst)


def test_epsilon_has_one_shape():
    for format, shape in (("latex", r"\varepsilon"), ("markdown", r"\varepsilon"), ("html", "ε")):
        text = page("batch-norm", format=format)
        assert shape in text
        assert r"\epsilon" not in text
        assert "ϵ" not in text
        assert "\u2061" not in text  # for which Firefox leaves a gap


def test_page_ranges_have_dashes():
    hyphen = re.compile(r"\d-\d\d")
    heads = {name: symback.read_model(library_text(name)).sources for name in library_names()}
    assert not [name for name, said in heads.items() if hyphen.search(said or "")]
    assert hyphen.search("Nature 323 (1986) 533-536")


def test_tables_of_markdown_say_that_they_begin_at_the_left():
    """Notebooks would set them at the right."""
    for format in ("markdown", "notebook"):
        said = page("residual-block", format=format)
        lines = re.findall(r"^\s*\"?\|[ :|-]*-[ :|-]*\|", said, re.M)
        assert lines
        assert all(":--" in line and " --- " not in line for line in lines)


def test_a_formula_as_large_as_one_alone_keeps_its_sign():
    said = page(Network((1, 1), ("sigmoid",), ENTROPY), format="html")
    assert re.search(
        r'<span class="tied"><math display="block">(?:(?!</math>).)*</math>\.</span></p>', said
    )
    assert not re.search(r"</math>[.,;]", re.sub(r'<span class="tied">.*?</span>', "", said))


def test_numbers_are_not_divided_entry_by_entry():
    assert "quotient entry by entry" not in page("gan-generator")
    assert "quotient entry by entry" in page("batch-norm")


def test_functions_without_a_definition_are_named():
    error = Network((2, 3, 1), ("tanh", "identity"), "mean-absolute-error")
    assert "| the sign of a number: 1 or minus 1, and 0 for 0 |" in page(error)
    assert "| the error function |" in page("transformer-block")
    plain = page(Network((2, 2, 2)))
    assert "the sign of a number" not in plain
    assert "the error function" not in plain


def test_a_condition_is_told_by_one_that_is_on_the_page():
    assert "| $`[t = T]`$ | 1 where" in page("neural-ode")
    assert "[i = k]" not in page("neural-ode")


def test_reasons_are_wider_where_no_matrices_stand_beside():
    wide, narrow = (page(name, format="latex") for name in ("conv2d", "lstm"))
    assert r"\parbox{4.4cm}" in wide
    assert r"\parbox{2.5cm}" in narrow


def test_letters_of_a_model_in_what_is_said_of_it_are_those_of_formulas():
    said = page("attention")
    assert "| query of token $`n`$ |" in said
    assert "its gradient with respect to $`O`$ is $`v`$ |" in said
    assert "+ 2$`D`$" in page("conv2d").replace("\\", "")
    own = "param x[i]  # a share of what a plan has\nL = sum(i, x[i]^2)  # I, a loss of k"
    written = write_handout("markdown", derivation=derive(symback.read_model(own)), report=None)
    text = written.content.decode()
    assert "| a share of what a plan has |" in text
    assert "I, a loss of k" in text


def test_the_loss_that_is_named_is_the_one_that_compares():
    """Not the whole of a batch, nor what the weight decay is added to."""
    several = page(Network((2, 2, 1), ("tanh", "sigmoid"), ENTROPY, batch=True), "founding")
    assert "The loss of a sample, $`\\ell_s`$, is the binary cross\\-entropy." in several
    decays = page(Network((2, 2, 1), ("tanh", "sigmoid"), ENTROPY, weight_decay=0.1), "founding")
    assert "before the weight decay is the binary cross\\-entropy." in decays
    alone = page(Network((2, 2, 1), ("tanh", "sigmoid"), ENTROPY), "founding")
    assert "The loss $`\\mathcal{L}`$ is the binary cross\\-entropy." in alone


def test_what_is_put_together_is_named():
    def told(network):
        return re.findall(r"^(.*) together:$", page(network, "founding"), re.MULTILINE)

    assert told(Network((2, 2, 2))) == ["All outputs"]
    assert told(Network((2, 2, 2), batch=True)) == ["All samples and outputs"]
    assert told(Network((2, 2, 1), batch=True)) == ["All samples"]
    assert told(Network((2, 2, 1))) == ["Everything"]


def test_a_sign_alone_is_said_to_be_what_it_is():
    head = page(Network((1, 1, 1, 1)), "goodfellow").split("```math")[0]
    assert "in matrices, where $`A^\\top`$ is the transpose:" in head
    assert "2 hidden layers of 1 unit each" in page(Network((1, 1, 1, 1)), "goodfellow")


def test_other_layers_are_numbered_in_the_order_in_which_they_stand():
    text = page(Network((2,) * 4), "founding")
    (numbers,) = re.findall(r"go the same way, by \((\d+)\) and \((\d+)\)", text)
    assert int(numbers[0]) > int(numbers[1]), "the first layer first, as below"


BILINEAR = """
input x[i], z[j]
param A[i,j], c
target t
s = sum(i, j, x[i] A[i,j] z[j]) + c
p = sigmoid(s)
L = -(t log(p) + (1 - t) log(1 - p))
"""


def test_signs_of_lines_about_numbers_alone_are_not_told():
    """These have no matrix form beside them."""
    model = symback.read_model(BILINEAR)
    text = write_handout("markdown", derivation=derive(model), report=None).content.decode()
    assert r"\odot" not in text
    assert "applied to each entry" not in text
    assert r"A^\top" in text
