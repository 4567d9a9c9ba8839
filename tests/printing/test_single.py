"""Arrays of one entry: about these "entry by entry" says nothing."""

from __future__ import annotations

from symback.calculus import derive
from symback.model.network import Network
from symback.notation import FOUNDING
from symback.printing import LATEX, UNICODE, Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.target import plainly
from symback.printing.text import DOTTED
from symback.printing.trees import signs_of

LOSS = ("tanh", "sigmoid"), "half-squared-error"


def forms(outputs: int) -> dict[str, str]:
    derivation = derive(Network((2, 3, outputs), *LOSS))
    printer = MatrixPrinter(Printer(LATEX, derivation.model, FOUNDING), shapes=False)
    return {str(form.number): plainly(printer.right(form)) for form in derivation.matrices}


def test_the_square_of_one_entry_is_a_power_and_a_product_needs_no_sign():
    one, two = forms(1), forms(2)
    assert one["5"] == r"\frac{1}{2} (y - \hat{y})^2"
    assert r"\odot" in two["5"]
    assert r"\odot" not in one["7"]
    assert r"\odot" in two["7"]


def test_the_sign_is_explained_only_where_it_stands():
    for outputs in (1, 2):
        derivation = derive(Network((2, outputs), LOSS[0][1:], LOSS[1]))
        used = frozenset().union(*map(signs_of, derivation.matrices))
        assert ("product" in used) is (outputs > 1)


def test_below_a_function_of_a_sum_stand_the_shapes_of_its_parts():
    derivation = derive(Network((2, 2, 2)))
    arrays = MatrixPrinter(Printer(LATEX, derivation.model, FOUNDING))
    (activation,) = [form for form in derivation.matrices if form.number == 2 and not form.adjoint]
    assert arrays.right(activation) == r"\underset{1 \times 2}{f(h')}"


def test_dots_stand_between_all_factors_or_none():
    model = derive(Network((2, 2, 2))).model
    printer = Printer(UNICODE, model, FOUNDING)
    h, w = model.quantities["h1"].at(1), model.quantities["W1"].at(1, 2)
    assert printer(2 * h * w) == "2 h₁ W₁₂⁽¹⁾"
    assert printer.for_target(DOTTED)(2 * h * w) == "2 h₁ · W₁₂⁽¹⁾"
    assert printer(2 * h * w) == "2 h₁ W₁₂⁽¹⁾", "and the first is as it was"
