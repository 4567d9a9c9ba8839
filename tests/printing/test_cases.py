"""Jumps and kinks as mathematics writes them: with their values, and exactly."""

import math

import pytest
from sympy import Add, Expr, Integer, Rational, Symbol

from symback.algebra.expressions import Apply, Extremum, Marked
from symback.algebra.formula import parse_formula
from symback.calculus import derive
from symback.calculus.matrix.tree import Array, Elementwise, Hadamard, Number, Plus, Scaled
from symback.model.activations import ACTIVATIONS
from symback.model.language.reader import read_model
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.model.perceptron import FUNCTIONS
from symback.printing import TARGETS, Printer
from symback.printing.cases import by_cases
from symback.printing.extremes import put_together
from symback.printing.matrix import MatrixPrinter
from symback.printing.numpy import CODE, NUMPY, NumPyPrinter
from symback.printing.subset import unknown
from symback.printing.target import plainly
from symback.printing.typst import TYPST
from symback.rendering.document import Document
from symback.rendering.formats import FORMATS
from symback.rendering.page import Page

MODEL = Network(layers=(2, 2)).model()
Z, Y, YHAT = (Symbol(name) for name in ("z", "y", "yhat"))
NAMES = {"z": Z, "y": Y, "yhat": YHAT}


def formula(text: str) -> Expr:
    return parse_formula(text, NAMES, FUNCTIONS)


def printed(text: str, target: str = "text") -> str:
    return Printer(TARGETS[target], MODEL)(Marked(formula(text), "cases"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("max(0, z)", "max(0, z)"),
        ("step(z)", "{1 if z > 0; 0 if z ≤ 0}"),
        ("clip(z)", "max(−1, min(1, z))"),
        ("within(z)", "{1 if |z| < 1; 0 if |z| ≥ 1}"),
        ("max(0.01*z, z)", "{z if z > 0; 0.01 z if z ≤ 0}"),
        ("max(z, 0.1*z)", "{0.1 z if z < 0; z if z ≥ 0}"),
        ("step(1 - z)", "{1 if z < 1; 0 if z ≥ 1}"),
        ("1 + max(0, z)", "{1 + z if z > 0; 1 if z ≤ 0}"),
        ("step(z) + step(z - 1)", "[z > 0] + [z > 1]"),
        ("sign(z)", "sign(z)"),
        ("z/3 + z/20 + z/4", "19/30 z"),
        ("0.05*z", "0.05 z"),
        ("z/sqrt(2)", "z/sqrt(2)"),
        ("sqrt(2/pi)*z", "sqrt(2/π) z"),
    ],
)
def test_as_a_definition(text, shown):
    assert printed(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-y*step(1 - y*yhat)", "-y [y \\hat{y} < 1]"),
        ("1 + max(0, z)", r"1 + \max(0, z)"),
        ("1 - 0.9*step(z)", r"\begin{cases} 0.1 & z > 0 \\ 1 & z \leq 0 \end{cases}"),
        ("y*clip(yhat - y)", r"y \max\bigl(-1, \min(1, \hat{y} - y)\bigr)"),
    ],
)
def test_within_a_formula(text, shown):
    assert Printer(TARGETS["latex"], MODEL)(formula(text)) == shown


WRITTEN = [
    ("max(z, 0)", "max(z, 0)"),
    ("min(z, 1)", "min(z, 1)"),
    ("max(-1, min(1, z))", "max(−1, min(1, z))"),
    ("max(0.1*z, z)", "max(0.1 z, z)"),
    ("max(max(y, z), 0)", "max(max(y, z), 0)"),
    ("1 - max(z, 0)", "1 − max(z, 0)"),
    ("2 - min(z, 1)", "2 − min(z, 1)"),
    ("1 + max(0, 1 - z)", "1 + max(0, 1 − z)"),
    ("y + 2*max(z, 0)", "y + 2 max(z, 0)"),
    ("(max(z, 0) - y)**2", "(max(z, 0) − y)²"),
    ("max(y, z) + max(z, yhat)", "max(y, z) + max(z, ŷ)"),
    ("max(0, z) + max(0, -z)", "max(0, z) + max(0, −z)"),
    ("max(2*z, 3*z)", "{3 z if z > 0; 2 z if z ≤ 0}"),
]


@pytest.mark.parametrize(("text", "shown"), WRITTEN)
def test_max_and_min_are_shown_as_they_were_written(text, shown):
    assert Printer(TARGETS["text"], MODEL)(formula(text)) == shown


@pytest.mark.parametrize("text", [text for text, _ in WRITTEN])
def test_what_is_put_together_has_the_value_of_its_terms(text):
    whole = formula(text)
    together = Add(*put_together(Add.make_args(whole)))
    differ = 0
    for tenth in range(-25, 26):
        values = {"z": tenth / 10, "y": 0.3, "yhat": -0.7}
        assert at(together, values) == pytest.approx(at(whole, values), abs=1e-15)
        differ += abs(at(together, values) - at(whole + Z, values)) > 0.05
    assert differ == 50  # all but where z is 0


def test_the_opposite_of_a_condition():
    text = Printer(TARGETS["text"], MODEL)
    assert text(formula("1 - step(-z)")) == "[z ≥ 0]"
    assert text(formula("y*(1 - within(z))")) == "y [|z| ≥ 1]"
    assert text(formula("2 - step(z)")) == "{1 if z > 0; 2 if z ≤ 0}"


@pytest.mark.parametrize(
    ("activation", "forward", "backward"),
    [
        ("max(x, 0)", "max(y′, 0)", "[y′ ≥ 0]"),
        ("max(0, x)", "max(0, y′)", "[y′ > 0]"),
        ("1 - 2*max(x, 0)", "1 − 2 max(y′, 0)", "(2 [y′ < 0] − 2)"),
        ("max(-1, min(1, x))", "max(−1, min(1, y′))", "[y′ < 1] ⊙ [max(0, 1 − y′) < 2]"),
        ("x + max(0, -x)", "max(y′, 0)", "[y′ ≥ 0]"),
    ],
)
def test_in_matrices(activation, forward, backward):
    derivation = derive(Network(layers=(2, 2), activations=(activation,)))
    printer = MatrixPrinter(Printer(TARGETS["text"], derivation.model), shapes=False)
    shown = {form.number: plainly(printer.right(form)) for form in derivation.matrices}
    assert shown[2] == forward
    assert shown[5] == f"∂ℒ/∂ŷ ⊙ {backward}"


def test_as_it_is_typed_and_in_code():
    plain = Printer(TARGETS["plain"], MODEL)
    for text in ("max(z, 0)", "max(0, z)", "min(z, 1)"):
        assert plain(formula(text)) == text
        assert formula(plain(formula(text))) == formula(text)
    numpy = Printer(NUMPY, MODEL)
    assert numpy(formula("max(z, 0)")) == "np.maximum(z, 0)"
    assert numpy(formula("min(z, y)")) == "np.minimum(z, y)"


def test_other_languages():
    assert printed("step(z)", "ascii") == "{1 if z > 0; 0 if z <= 0}"
    typst = Printer(TYPST, MODEL)
    assert typst(Marked(formula("step(z)"), "cases")) == "cases(1 & quad z > 0, 0 & quad z <= 0)"
    assert typst(formula("max(0, z)")) == r"max \(0 comma z\)"
    assert printed("step(z)", "plain") == "step(z)"


def at(expression: Expr, values: dict[str, float]) -> float:
    """The value of an expression, by Python's own arithmetic."""
    own = {
        "step": lambda u: float(u > 0), "within": lambda u: float(abs(u) < 1), "abs": abs,
        "positive": lambda u: max(0.0, u), "clip": lambda u: max(-1.0, min(1.0, u)),
        "exp": math.exp, "log": math.log, "sign": lambda u: float(u > 0) - float(u < 0),
    }  # fmt: skip
    if isinstance(expression, Extremum):
        return {"max": max, "min": min}[expression.name](*(at(s, values) for s in expression.sides))
    if isinstance(expression, Apply):
        return own[expression.name](at(expression.argument, values))
    if expression.is_Add:
        return sum(at(part, values) for part in expression.args)
    if expression.is_Mul:
        return math.prod(at(part, values) for part in expression.args)
    if expression.is_Pow:
        return at(expression.base, values) ** at(expression.exp, values)
    return values[expression.name] if expression.is_Symbol else float(expression)


@pytest.mark.parametrize(
    "text",
    [
        *(f for name in ("leaky-relu", "elu", "selu", "hard-tanh")
          for f in (ACTIVATIONS[name].formula, ACTIVATIONS[name].derivative)),
        ACTIVATIONS["relu"].derivative, LOSSES["huber"].term, LOSSES["hinge"].derivative,
    ],
)  # fmt: skip
def test_the_cases_have_the_values_of_the_whole(text):
    whole = formula(text)
    rows = by_cases(whole) or [(whole, None)]
    for tenth in range(-25, 26):
        values = {"z": tenth / 10, "y": 0.3, "yhat": 0.3 + tenth / 10}
        (value,) = (
            at(value, values) for value, where in rows if where is None or holds(where, values)
        )
        assert value == pytest.approx(at(whole, values), abs=1e-15)


def holds(where, values):
    left, right = at(where.left, values), at(where.right, values)
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[
        where.relation
    ]


CALLED = [name for name, known in ACTIVATIONS.items() if known.elementwise and name != "identity"]


@pytest.mark.parametrize("name", CALLED)
def test_a_document_defines_the_functions_that_it_calls(name):
    derivation = derive(Network(layers=(2, 2), activations=(name,)))
    document = Document(derivation, None, ())
    told = {(c.subject.name, c.subject.order) for c in document.functions}
    calls = {node.name for c in (*document.forward, *document.functions) for link in c.links
             for node in link.expression.atoms(Apply) if node.name in ACTIVATIONS}  # fmt: skip
    assert name in calls
    elementary = {"tanh", "sin"}
    assert told == {(n, order) for n in calls for order in (0, 1)} - {(n, 0) for n in elementary}
    latex = Printer(TARGETS["latex"], derivation.model)
    for chain in document.functions:
        assert unknown(latex(chain.links[0].expression)) == []
        z = chain.subject.argument
        assert chain.links[0].expression.free_symbols == {z}


def test_nothing_is_defined_that_is_written_out():
    network = Network(layers=(2, 2, 2), activations=("identity", "softmax"))
    assert Document(derive(network), None, ()).functions == ()


@pytest.mark.parametrize(("opens", "closes"), [("\\(", "\\)"), ("bigl", "bigr"), ("Bigl", "Bigr")])
def test_a_power_of_a_bracket_of_any_size_has_no_second_one(opens: str, closes: str) -> None:
    base = f"{opens} sum e^(z) {closes}"
    assert TYPST.power(base, "2") == f"{base}^(2)"
    assert TYPST.power("e^(z)", "2") == "\\(e^(z)\\)^(2)"


MAXIMA = """
input d[n]
target s[n]
param margin
u[n] = margin - d[n]
L = mean(n, s[n] d[n]^2 + (1 - s[n]) max(0, margin - d[n])^2 / 2)
"""


def test_a_maximum_stays_as_it_was_typed_and_needs_no_bracket_beside_it() -> None:
    derivation = derive(read_model(MAXIMA), gradients=("d",))
    contents = Document(derivation, None, ())
    page = Page(FORMATS["text"], contents, 80)
    loss = contents.forward[-1]
    assert "max(0, margin − d[n])²" in page.typed(loss)(loss.links[0].expression)
    result = page.printer(derivation.step_of["d"].result)
    assert "max(0, margin − d[n])" in result
    assert "[" not in result.replace("d[n]", "").replace("s[n]", "")


def test_a_bracket_beside_another_maximum_stays() -> None:
    assert printed("step(z) * max(0, y)") == "max(0, y) [z > 0]"


def test_two_cases_are_chosen_between_in_numpy():
    """Huber's loss; where a step and what it leaves do not meet there is nothing to choose."""
    model = derive(Network((3, 2), ("tanh",), "huber", batch=True)).model
    given, target = (Array(model.quantities[name]) for name in ("yhat", "y"))
    over = Plus((Number(Integer(-1)), given))
    step = Elementwise("step", 0, over)
    left = Plus((Number(Integer(1)), Scaled(Integer(-1), step)))
    half = Scaled(Rational(1, 2), Hadamard((target, left)))
    printer = NumPyPrinter(Printer(NUMPY, model, CODE))
    chosen, _ = printer._print(Plus((Hadamard((given, step)), half)))
    assert plainly(chosen) == "np.where(yhat > 1, yhat, y / 2)"
    other = Elementwise("step", 0, Plus((Number(Integer(-2)), given)))
    apart, _ = printer._print(Plus((Hadamard((given, other)), half)))
    assert not plainly(apart).startswith("np.where(yhat > 2, yhat,")
    assert plainly(apart).count("np.where") == 2
