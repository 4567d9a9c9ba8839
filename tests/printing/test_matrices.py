"""Matrix forms, exactly: order, shapes, and NumPy."""

import pytest

from symback.calculus import derive
from symback.model.language.reader import read_model
from symback.model.network import Network
from symback.printing import TARGETS, Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.numpy import NUMPY, NumPyPrinter
from symback.printing.subset import unknown
from symback.printing.target import plainly
from symback.printing.typst import TYPST
from symback.rendering.render import render
from symback.verification import verify

REGRESSION = Network(layers=(2, 3, 1), activations=("tanh", "sigmoid"), loss="squared-error")


def forms(network, target, **options):
    derivation = derive(network)
    printer = MatrixPrinter(Printer(TARGETS[target], derivation.model), **options)
    return {printer.left(form): plainly(printer.right(form)) for form in derivation.matrices}


def test_text_with_shapes():
    derivation = derive(Network(layers=(2, 3, 2)))
    document = render("derivation", "text", derivation=derivation, report=None)
    for formula in (
        """
 (1)  h′  =  x  · W⁽¹⁾ + b⁽¹⁾
      1×3   1×2   2×3    1×3
""",
        """
 (8)  ∂ℒ/∂W⁽²⁾ = hᵀ  · ∂ℒ/∂y′
        3×2      3×1    1×2
""",
        """
 (11) ∂ℒ/∂h′ = (∂ℒ/∂y′ · W⁽²⁾ᵀ) ⊙ f′(h′)
       1×3       1×2      2×3      1×3
""",
    ):
        assert formula in document


MODELS = {
    "a row times a column": (
        "input x[k]\nparam w[k]\ns = sum(k, w[k] x[k])\nL = s^2",
        {"s": "w * x^T", "dL/dw": "dL/ds * x"},
    ),
    "a square of a row": (
        "input y[k]\nparam x[k]\nL = sum(k, (y[k] - x[k])^2) / 2",
        {"L": "1/2 * (y - x) * (y - x)^T"},
    ),
    "a number before a column times a row": (
        "input x[j], v[k]\nconst s\nparam A[j,k]\nL = s sum(j, k, x[j] A[j,k] v[k])",
        {"dL/dA": "s * x^T * v"},
    ),
    "a power of a root": (
        "input s[n,k]\nparam w[n,k]\nL = sum(n, k, w[n,k] / sqrt(s[n,k] + 2)^3)",
        {"dL/dw": "1 ./ sqrt(2 + s)^3"},
    ),
    "transposed where it is used": (
        "input x[n,j]\nparam m[n], r[n]\nz[n,j] = (x[n,j] - m[n]) / r[n]\nL = sum(n, j, z[n,j]^2)",
        {"z": "(x - m^T) ./ r^T"},
    ),
}


@pytest.mark.parametrize("case", MODELS)
def test_forms_of_models_are_those_of_text_books(case):
    text, expected = MODELS[case]
    derivation = derive(read_model(text))
    printer = MatrixPrinter(Printer(TARGETS["ascii"], derivation.model), shapes=False)
    found = {printer.left(form): plainly(printer.right(form)) for form in derivation.matrices}
    assert {left: found.get(left) for left in expected} == expected
    assert verify(derivation).ok


def test_latex_without_shapes():
    found = forms(REGRESSION, "latex", shapes=False)
    assert found["y'"] == r"h \; W^{(2)} + b^{(2)}"
    assert found[r"\frac{\partial \mathcal{L}}{\partial \hat{y}}"] == r"2 (\hat{y} - y)"
    assert found[r"\frac{\partial \mathcal{L}}{\partial h'}"] == (
        r"\Bigl(\frac{\partial \mathcal{L}}{\partial y'} \; W^{(2)\,\top}\Bigr)"
        r" \odot (1 - h \odot h)"
    )


@pytest.mark.parametrize(
    "network",
    [
        REGRESSION,
        Network(layers=(3, 4, 2), activations=("relu", "softmax"), loss="cross-entropy"),
        Network(layers=(2, 2, 2, 1), batch=True),
    ],
    ids=["regression", "classifier", "batch"],
)
def test_latex_stays_in_the_subset(network):
    for left, right in forms(network, "latex").items():
        assert unknown(left) == unknown(right) == []


def test_numpy_statements_of_a_batch():
    derivation = derive(REGRESSION.model("mean"))
    printer = NumPyPrinter(Printer(NUMPY, derivation.model))
    found = {
        ("d" if form.adjoint else "") + form.quantity.name: printer.statement(form)
        for form in derivation.matrices
    }
    assert found["y_pre"] == "h1 @ W2 + b2"
    assert found["dW2"] == "h1.T @ dy_pre"
    assert found["db2"] == "dy_pre.sum(axis=0)"
    assert found["dh1_pre"] == "(dy_pre @ W2.T) * (1 - h1**2)"
    assert found["L"] == "L_each.sum() / N"


def test_a_square_has_its_exponent_at_the_letter_and_the_size_below_both():
    derivation = derive(Network((1, 1, 1), ("tanh", "identity"), "half-squared-error"))
    right = {}
    for name, target in (("typst", TYPST), ("latex", TARGETS["latex"])):
        printer = MatrixPrinter(Printer(target, derivation.model))
        right[name] = [plainly(printer.right(form)) for form in derivation.matrices]
    assert any("limits(h^(2))_(1 times 1)" in text for text in right["typst"])
    assert any(r"\underset{1 \times 1}{h^2}" in text for text in right["latex"])
    assert not any(")_(1 times 1)^(2)" in text for text in right["typst"])
