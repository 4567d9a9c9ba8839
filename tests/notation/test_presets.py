"""How each notation that has a name spells things, against what its source prints."""

from __future__ import annotations

import dataclasses

import pytest
from sympy import Integer, Symbol

from symback.calculus.chain_rule import derive
from symback.model.network import Network
from symback.notation import FOUNDING, NOTATIONS, Notation, Vocabulary
from symback.printing import LATEX, Printer
from symback.printing.matrix import MatrixPrinter
from symback.rendering.render import render

j, k = (Symbol(letter, integer=True) for letter in "jk")
one, two = Integer(1), Integer(2)

# For a network of 2,3,2 units: W1[1,2], b1[k], h1_pre[k], h1[k], y_pre[k], yhat[k], y[k], x[j], L,
# and delta by h1_pre[k].
SPELLINGS = {
    "founding": (
        "W_{12}^{(1)}", "b_k^{(1)}", "h_k'", "h_k", "y_k'", r"\hat{y}_k", "y_k", "x_j",
        r"\mathcal{L}", r"\delta_k^{(1)}",
    ),
    "nielsen": (
        "w_{21}^{2}", "b_k^{2}", "z_k^{2}", "a_k^{2}", "z_k^{3}", "a_k^{3}", "y_k", "x_j",
        "C", r"\delta_k^{2}",
    ),
    "bishop": (
        "w_{21}^{(1)}", "w_{k0}^{(1)}", "a_k^{(1)}", "z_k^{(1)}", "a_k^{(2)}", "y_k", "t_k", "x_j",
        "E", r"\delta_k^{(1)}",
    ),
    "deeplearning.ai": (
        "W_{21}^{[1]}", "b_k^{[1]}", "z_k^{[1]}", "a_k^{[1]}", "z_k^{[2]}", "a_k^{[2]}", "y_k",
        "x_j", r"\mathcal{L}", "dz_k^{[1]}",
    ),
    "ufldl": (
        "W_{21}^{(1)}", "b_k^{(1)}", "z_k^{(2)}", "a_k^{(2)}", "z_k^{(3)}", "a_k^{(3)}", "y_k",
        "x_j", "J", r"\delta_k^{(2)}",
    ),
    "mazur": (
        "w_3", "b_k^{(1)}", r"\mathrm{net}_{h_k}", r"\mathrm{out}_{h_k}", r"\mathrm{net}_{o_k}",
        r"\mathrm{out}_{o_k}", r"\mathrm{target}_{o_k}", "i_j", r"E_{\mathrm{total}}",
        r"\delta_{h_k}",
    ),
    "row-vector": (
        "W_{12}^{(1)}", "b_k^{(1)}", "z_k", "h_k", "o_k", r"\hat{y}_k", "y_k", "x_j", "L",
        r"\delta_k^{(1)}",
    ),
    "goodfellow": (
        "W_{2,1}^{(1)}", "b_k^{(1)}", "a_k^{(1)}", "h_k^{(1)}", "a_k^{(2)}", r"\hat{y}_k", "y_k",
        "x_j", "J", None,
    ),
}  # fmt: skip

# The first layer, the output's error and the first weights' gradient in matrices.
MATRICES = {
    "founding": (
        r"h' = x \; W^{(1)} + b^{(1)}",
        r"\frac{\partial \mathcal{L}}{\partial h} = "
        r"\frac{\partial \mathcal{L}}{\partial y'} \; W^{(2)\,\top}",
        r"\frac{\partial \mathcal{L}}{\partial W^{(1)}} = "
        r"x^\top \; \frac{\partial \mathcal{L}}{\partial h'}",
    ),
    "nielsen": (
        r"z^{2} = w^{2} \; x + b^{2}",
        r"\frac{\partial C}{\partial a^{2}} = "
        r"{(w^{3})}^\top \; \frac{\partial C}{\partial z^{3}}",
        r"\frac{\partial C}{\partial w^{2}} = \frac{\partial C}{\partial z^{2}} \; x^\top",
    ),
    "bishop": (
        r"\mathbf{a}^{(1)} = \mathbf{W}^{(1)} \; \mathbf{x} + \mathbf{b}^{(1)}",
        r"\frac{\partial E}{\partial \mathbf{z}^{(1)}} = "
        r"\mathbf{W}^{(2)\,\top} \; \frac{\partial E}{\partial \mathbf{a}^{(2)}}",
        r"\frac{\partial E}{\partial \mathbf{W}^{(1)}} = "
        r"\frac{\partial E}{\partial \mathbf{a}^{(1)}} \; \mathbf{x}^\top",
    ),
    "deeplearning.ai": (
        r"z^{[1]} = W^{[1]} \; x + b^{[1]}",
        r"da^{[1]} = W^{[2]\,\top} \; dz^{[2]}",
        r"dW^{[1]} = dz^{[1]} \; x^\top",
    ),
    "ufldl": (
        r"z^{(2)} = W^{(1)} \; x + b^{(1)}",
        r"\frac{\partial J}{\partial a^{(2)}} = "
        r"W^{(2)\,\top} \; \frac{\partial J}{\partial z^{(3)}}",
        r"\frac{\partial J}{\partial W^{(1)}} = \frac{\partial J}{\partial z^{(2)}} \; x^\top",
    ),
    "mazur": (
        r"\mathrm{net}_h = i \; w^{(1)} + b^{(1)}",
        r"\frac{\partial E_{\mathrm{total}}}{\partial \mathrm{out}_h} = "
        r"\frac{\partial E_{\mathrm{total}}}{\partial \mathrm{net}_o} \; w^{(2)\,\top}",
        r"\frac{\partial E_{\mathrm{total}}}{\partial w^{(1)}} = "
        r"i^\top \; \frac{\partial E_{\mathrm{total}}}{\partial \mathrm{net}_h}",
    ),
    "row-vector": (
        r"z = x \; W^{(1)} + b^{(1)}",
        r"\frac{\partial L}{\partial h} = \frac{\partial L}{\partial o} \; W^{(2)\,\top}",
        r"\frac{\partial L}{\partial W^{(1)}} = x^\top \; \frac{\partial L}{\partial z}",
    ),
    "goodfellow": (
        r"\boldsymbol{a}^{(1)} = "
        r"\boldsymbol{W}^{(1)} \; \boldsymbol{x} + \boldsymbol{b}^{(1)}",
        r"\frac{\partial J}{\partial \boldsymbol{h}^{(1)}} = "
        r"\boldsymbol{W}^{(2)\,\top} \; \frac{\partial J}{\partial \boldsymbol{a}^{(2)}}",
        r"\frac{\partial J}{\partial \boldsymbol{W}^{(1)}} = "
        r"\frac{\partial J}{\partial \boldsymbol{a}^{(1)}} \; \boldsymbol{x}^\top",
    ),
}

NETWORK = Network((2, 3, 2))


def test_every_notation_has_its_facts() -> None:
    assert list(NOTATIONS) == list(SPELLINGS) == list(MATRICES)
    assert all(notation.source and notation.summary for notation in NOTATIONS.values())


@pytest.mark.parametrize(("name", "expected"), SPELLINGS.items(), ids=SPELLINGS)
def test_spellings(name: str, expected: tuple[str | None, ...]) -> None:
    vocabulary = Vocabulary(NETWORK.model(), NOTATIONS[name])
    asked = [
        ("W1", (one, two)), ("b1", (k,)), ("h1_pre", (k,)), ("h1", (k,)), ("y_pre", (k,)),
        ("yhat", (k,)), ("y", (k,)), ("x", (j,)), ("L", ()),
    ]  # fmt: skip
    found: list[str | None] = [LATEX.spelling(vocabulary.spell(*entry)) for entry in asked]
    delta = vocabulary.spell_delta("h1_pre", (k,))
    found.append(LATEX.spelling(delta) if delta else None)
    assert tuple(found) == expected


@pytest.mark.parametrize(("name", "expected"), MATRICES.items(), ids=MATRICES)
def test_matrices(name: str, expected: tuple[str, ...]) -> None:
    derivation = derive(NETWORK)
    printer = MatrixPrinter(Printer(LATEX, derivation.model, NOTATIONS[name]), shapes=False)
    forms = {(form.quantity.name, form.adjoint): form for form in derivation.matrices}
    wanted = [("h1_pre", False), ("h1", True), ("W1", True)]
    found = [f"{printer.left(forms[key])} = {plain(printer.right(forms[key]))}" for key in wanted]
    assert tuple(found) == expected


def plain(text: str) -> str:
    return text.translate({0xE000: None, 0xE001: None})


def test_mazur_counts_target_by_target() -> None:
    vocabulary = Vocabulary(Network((2, 2, 2)).model(), NOTATIONS["mazur"])
    wanted = {("W1", 1, 1): 1, ("W1", 2, 1): 2, ("W1", 1, 2): 3, ("W1", 2, 2): 4,
              ("W2", 1, 1): 5, ("W2", 2, 1): 6, ("W2", 1, 2): 7, ("W2", 2, 2): 8}  # fmt: skip
    for (name, source, to), number in wanted.items():
        spelling = vocabulary.spell(name, (Integer(source), Integer(to)))
        assert (spelling.base, spelling.indices) == ("w", (str(number),))


@pytest.mark.parametrize(
    ("name", "each", "total", "decayed", "count"),
    [
        ("founding", r"\ell_s", r"\mathcal{L}", "J", "N"),
        ("nielsen", "C_s", "C_0", "C", "n"),
        ("bishop", "E_n", "E", r"\tilde{E}", "N"),
        ("deeplearning.ai", r"\mathcal{L}^{(i)}", "J", r"J_{\mathrm{regularized}}", "m"),
        ("ufldl", "J^{(i)}", "J_0", "J", "m"),
        ("mazur", "E^{(s)}", r"E_{\mathrm{data}}", r"E_{\mathrm{total}}", "N"),
        ("row-vector", "l^{(i)}", "L", "J", "n"),
        ("goodfellow", "L^{(i)}", "J", r"\tilde{J}", "m"),
    ],
)
def test_losses_of_a_batch(name: str, each: str, total: str, decayed: str, count: str) -> None:
    model = Network((2, 3, 2), batch=True, weight_decay=0.1).model()
    vocabulary = Vocabulary(model, NOTATIONS[name])
    s = Symbol("s", integer=True)
    asked = [
        vocabulary.spell("L_each", (s,)),
        vocabulary.spell("L"),
        vocabulary.spell("J"),
        vocabulary.spell_size("N"),
    ]
    assert [LATEX.spelling(spelling) for spelling in asked] == [each, total, decayed, count]


def test_a_loss_of_the_users_keeps_its_letter() -> None:
    model = Network((2, 2, 2), loss="E").model()
    for notation in NOTATIONS.values():
        assert Vocabulary(model, notation).spell("E").base == "E"


def test_delta_may_be_the_negative_derivative() -> None:
    derivation = derive(NETWORK)
    negative = dataclasses.replace(FOUNDING, delta_sign=-1)
    plus, minus = (
        Printer(LATEX, derivation.model, notation, deltas=True) for notation in (FOUNDING, negative)
    )
    gradient = derivation.gradients["W1"].formula
    assert plus(gradient) == r"\delta_k^{(1)} x_j"
    assert minus(gradient) == r"-\delta_k^{(1)} x_j"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("prime", "g'(y_k')"),
        ("d", r"\frac{d g(y_k')}{d y_k'}"),
        ("partial", r"\frac{\partial g(y_k')}{\partial y_k'}"),
    ],
)
def test_derivatives_of_functions(style: str, expected: str) -> None:
    derivation = derive(NETWORK)
    notation = dataclasses.replace(FOUNDING, derivative=style)
    printer = Printer(LATEX, derivation.model, notation)
    text = printer(derivation.step_of["y_pre"].result)
    assert text.endswith(expected)


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_names_in_code_do_not_depend_on_the_notation(notation: Notation) -> None:
    derivation = derive(NETWORK)
    code = {
        render("derivation", "numpy", derivation=derivation, report=None, notation=chosen)
        for chosen in (None, notation)
    }
    assert len(code) == 1
