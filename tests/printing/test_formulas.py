"""What each printer makes of an expression, exactly."""

import pytest
from sympy import Integer, Rational, Sum, Symbol, pi, sqrt, symbols

from symback.algebra.expressions import Apply, Delta, Entry, Marked, OfVectors, Partial
from symback.algebra.sums import total_but
from symback.calculus import derive
from symback.model.equations import Equation, Model, Quantity, Role
from symback.model.language.reader import read_model
from symback.model.network import Network
from symback.printing import LATEX, TARGETS, Printer
from symback.printing.spoken import SPOKEN_WORDS
from symback.printing.subset import unknown
from symback.printing.typst import TYPST

MODEL = Network(layers=(2, 2, 2)).model()
DEEP = Network(layers=(2, 3, 12, 2), activations=("phi", "f2", "g"), loss="E").model()
i, j, k = symbols("i j k", integer=True)
n1, n2 = (Symbol(name, integer=True, positive=True) for name in ("n_1", "n_2"))
L = Symbol("L")


def entry(name, *indices):
    return Entry(name, *(Integer(index) if isinstance(index, int) else index for index in indices))


y, yhat, h, W, b = (
    entry("y", k), entry("yhat", k), entry("h1", k), entry("W2", j, k), entry("b2", k)
)  # fmt: skip
dL = Partial(L, yhat)
WRITTEN = entry("W1", 1, 1) * entry("x", 1) + entry("W1", 2, 1) * entry("x", 2) + entry("b1", 1)

FORMULAS = {
    "order from the loss inwards": (
        h * W * Apply("g", entry("y_pre", k), 1) * dL,
        r"\frac{\partial \mathcal{L}}{\partial \hat{y}_k} g'(y_k') \, W_{jk}^{(2)} h_k",
        "∂ℒ/∂ŷₖ · g′(yₖ′) · Wⱼₖ⁽²⁾ · hₖ",
        "dL/dyhat[k]*g'(y'[k])*W2[j,k]*h[k]",
    ),
    "positive term first": (yhat - y, r"\hat{y}_k - y_k", "ŷₖ − yₖ", "yhat[k] - y[k]"),
    "as in the loss": ((y - yhat) ** 2, r"(y_k - \hat{y}_k)^2", "(yₖ − ŷₖ)²", "(y[k] - yhat[k])^2"),
    "shared number": (
        -2 * y + 2 * yhat, r"2 (\hat{y}_k - y_k)", "2 (ŷₖ − yₖ)", "2*(yhat[k] - y[k])"
    ),
    "all negative": (-y - 2 * yhat, r"-(y_k + 2 \hat{y}_k)", "−(yₖ + 2 ŷₖ)",
                     "-(y[k] + 2*yhat[k])"),
    "number first": (h * (1 - h), "h_k (1 - h_k)", "hₖ (1 − hₖ)", "h[k]*(1 - h[k])"),
    "number first, turned": (W * (h - 1), "-W_{jk}^{(2)} (1 - h_k)", "−Wⱼₖ⁽²⁾ (1 − hₖ)",
                             "-W2[j,k]*(1 - h[k])"),
    "quotient": (-y / yhat, r"-\frac{y_k}{\hat{y}_k}", "−yₖ/ŷₖ", "-y[k]/yhat[k]"),
    "quotient of a difference": (
        (yhat - y) / (yhat * (1 - yhat)),
        r"\frac{\hat{y}_k - y_k}{\hat{y}_k (1 - \hat{y}_k)}",
        "(ŷₖ − yₖ) / (ŷₖ (1 − ŷₖ))",
        "(yhat[k] - y[k])/(yhat[k]*(1 - yhat[k]))",
    ),
    "half of a sum": (
        Sum((y - yhat) ** 2 / 2, (k, 1, n2)),
        r"\frac{1}{2} \sum_k (y_k - \hat{y}_k)^2",
        "1/2 Σₖ (yₖ − ŷₖ)²",
        "1/2*sum(k, (y[k] - yhat[k])^2)",
    ),
    "minus before a sum": (
        Sum(-y * Apply("log", yhat), (k, 1, n2)),
        r"-\sum_k y_k \log(\hat{y}_k)",
        "−Σₖ yₖ log(ŷₖ)",
        "-sum(k, y[k]*log(yhat[k]))",
    ),
    "sum before the bias": (
        b + Sum(entry("W2", j, k) * entry("h1", j), (j, 1, n1)),
        r"\sum_j W_{jk}^{(2)} h_j + b_k^{(2)}",
        "Σⱼ Wⱼₖ⁽²⁾ hⱼ + bₖ⁽²⁾",
        "sum(j, W2[j,k]*h[j]) + b2[k]",
    ),
    "sum last in a product": (
        Sum(entry("W2", k, i), (i, 1, n2)) * h,
        r"h_k \sum_i W_{ki}^{(2)}", "hₖ Σᵢ Wₖᵢ⁽²⁾", "h[k]*sum(i, W2[k,i])",
    ),
    "written out, bias last": (
        WRITTEN,
        "W_{11}^{(1)} x_1 + W_{21}^{(1)} x_2 + b_1^{(1)}",
        "W₁₁⁽¹⁾ x₁ + W₂₁⁽¹⁾ x₂ + b₁⁽¹⁾",
        "W1[1,1]*x[1] + W1[2,1]*x[2] + b1[1]",
    ),
    "operator": (
        Partial(Apply("g", WRITTEN), entry("W1", 1, 1)),
        r"\frac{\partial}{\partial W_{11}^{(1)}} \bigl[g(W_{11}^{(1)} x_1 + W_{21}^{(1)} x_2"
        r" + b_1^{(1)})\bigr]",
        "∂/∂W₁₁⁽¹⁾ [g(W₁₁⁽¹⁾ x₁ + W₂₁⁽¹⁾ x₂ + b₁⁽¹⁾)]",
        "d(g(W1[1,1]*x[1] + W1[2,1]*x[2] + b1[1]))/dW1[1,1]",
    ),
    "inner part": (
        Apply("f", Marked(WRITTEN, "inner", entry("h1_pre", 1))),
        r"f({\underbrace{W_{11}^{(1)} x_1 + W_{21}^{(1)} x_2 + b_1^{(1)}}_{h_1'}})",
        "f(\ue002W₁₁⁽¹⁾ x₁ + W₂₁⁽¹⁾ x₂ + b₁⁽¹⁾\ue003h₁′\ue004)",
        "f(W1[1,1]*x[1] + W1[2,1]*x[2] + b1[1])",
    ),
    "vanishing": (
        Marked(Partial(yhat, entry("W2", 1, 1)), "vanishes"),
        r"{\underbrace{\frac{\partial \hat{y}_k}{\partial W_{11}^{(2)}}}_{= 0}}",
        "\ue002∂ŷₖ/∂W₁₁⁽²⁾\ue003= 0\ue004",
        "dyhat[k]/dW2[1,1]",
    ),
    "all but one": (
        total_but(dL, k, Integer(12), n2),
        r"\sum_{k \neq 12} \frac{\partial \mathcal{L}}{\partial \hat{y}_k}",
        "Σₖ≠₁₂ ∂ℒ/∂ŷₖ",
        "sum(k != 12, dL/dyhat[k])",
    ),
    "Kronecker's delta": (
        yhat * (Delta(j, k) - entry("yhat", j)),
        r"\hat{y}_k ([j = k] - \hat{y}_j)",
        "ŷₖ ([j = k] − ŷⱼ)",
        "yhat[k]*([j = k] - yhat[j])",
    ),
    "loss of vectors": (
        OfVectors("L", Entry("y", Symbol(":")), Entry("yhat", Symbol(":"))),
        r"\mathcal{L}(y, \hat{y})", "ℒ(y, ŷ)", "L(y, yhat)",
    ),
    "fraction and size": (Rational(1, 3) * h / n2, r"\frac{1}{6} h_k", "1/6 hₖ", "1/6*h[k]"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize(("target", "column"), [("latex", 1), ("text", 2), ("plain", 3)])
def test_formula(name, target, column):
    if name == "fraction and size":
        pytest.skip("sizes below a bar are covered by the documents")
    assert Printer(TARGETS[target], MODEL)(FORMULAS[name][0]) == FORMULAS[name][column]


@pytest.mark.parametrize("name", FORMULAS)
def test_latex_stays_in_the_subset(name):
    assert unknown(Printer(TARGETS["latex"], MODEL)(FORMULAS[name][0])) == []


@pytest.mark.parametrize(
    ("quantity", "indices", "latex", "text", "plain"),
    [
        ("h1_pre", (3,), r"h_3^{\prime(1)}", "h′₃⁽¹⁾", "h1'[3]"),
        ("h2", (k,), "h_k^{(2)}", "hₖ⁽²⁾", "h2[k]"),
        ("W2", (1, 12), "W_{1,12}^{(2)}", "W₁,₁₂⁽²⁾", "W2[1,12]"),
        ("E", (), r"\mathcal{E}", "ℰ", "E"),
        ("y_pre", (k,), "y_k'", "yₖ′", "y'[k]"),
    ],
)
def test_names_in_a_deeper_network(quantity, indices, latex, text, plain):
    at = tuple(Integer(index) if isinstance(index, int) else index for index in indices)
    printed = [Printer(TARGETS[t], DEEP).name(quantity, at) for t in ("latex", "text", "plain")]
    assert printed == [latex, text, plain]


def test_functions_by_name():
    printer = Printer(TARGETS["latex"], DEEP)
    assert [printer.function(name) for name in ("phi", "f2", "sigmoid", "relu")] == [
        r"\phi", "f_2", r"\sigma", r"\mathrm{ReLU}",
    ]  # fmt: skip


def test_deltas_are_an_option():
    adjoint = Partial(L, entry("h1_pre", k))
    assert Printer(TARGETS["latex"], MODEL, deltas=True)(adjoint) == r"\delta_k^{(1)}"


def test_a_hostile_name_is_letters():
    name = r"W}\input{/etc/passwd}{"
    given = Quantity("x", Role.INPUT), Quantity(name, Role.OTHER)
    model = Model(given, (Equation(1, Quantity("L", Role.LOSS), Symbol(name)),))
    printed = Printer(TARGETS["latex"], model)(Symbol(name))
    assert unknown(printed) == []
    assert printed == r"\mathrm{Winputetcpasswd}"


def test_what_no_printer_knows_is_refused():
    from sympy import sin

    with pytest.raises(TypeError, match="no printer for sin"):
        Printer(TARGETS["latex"], MODEL)(sin(Symbol("L")))


def test_deep_nesting_costs_no_recursion():
    expression = entry("x", 1)
    for _ in range(400):
        expression = Apply("f", entry("W1", 1, 1) * expression)
    text = Printer(TARGETS["plain"], MODEL)
    assert text.piece(expression).text.count("f(") == 400


def test_two_roots_of_numbers_are_one():
    printer, z = Printer(TARGETS["latex"], MODEL), Symbol("z")
    assert printer(sqrt(2) / sqrt(pi) * z) == r"\sqrt{\frac{2}{\pi}} z"
    assert printer(sqrt(2) * z) == r"\sqrt{2} z"
    assert printer(sqrt(2) / z) == r"\frac{\sqrt{2}}{z}"


def test_over_one_unit_nothing_is_added_up():
    for layers, count in (((2, 3, 1), 0), ((2, 3, 2), 1)):
        derivation = derive(Network(layers))
        printed = Printer(TARGETS["latex"], derivation.model)(derivation.step_of["h1"].result)
        assert printed.count(r"\sum") == count


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("latex", r"\exp\Bigl(\frac{1}{2} s_k\Bigr)"),
        ("typst", "exp Bigl frac(1, 2) s_(k) Bigr"),
        ("spoken", "exp of the bracket 1 over 2 times s k, bracket closed"),
    ],
)
def test_the_exponential_has_its_name_where_e_is_a_quantity(target: str, expected: str) -> None:
    text = "input s[k], e[k]\nz[k] = exp(s[k] / 2) e[k]\nL = sum(k, z[k])"
    model = read_model(text)
    target_of = {"latex": LATEX, "typst": TYPST, "spoken": SPOKEN_WORDS}[target]
    assert Printer(target_of, model)(model.equations[0].expression).endswith(expected)


def test_a_power_of_a_root_has_no_number_at_the_root() -> None:
    text = "param s[k]\nL = sum(k, 1 / sqrt(s[k] + 2)^3)"
    right = read_model(text).equations[0].expression
    model = read_model(text)
    assert r"(2 + s_k)^{3/2}" in Printer(LATEX, model)(right)
    assert "(2 + s_(k)\\)^(3/2)" in Printer(TYPST, model)(right)
    assert "sqrt(2 + s[k])³" in Printer(TARGETS["text"], model)(right)
    square = right.xreplace({Integer(-3): Integer(-2)})
    assert "3/2" not in Printer(LATEX, model)(square)


def test_sizes_that_divide_every_term_of_a_sum_stand_in_front_of_it():
    write = Printer(LATEX, Network(layers=(2, 3, 12, 2), batch=True).model())
    size, samples, sample = symbols("n_3 N s")
    term = entry("y", sample, k) * entry("yhat", sample, k)
    assert write(Sum(term / samples, (sample, 1, samples))).startswith(r"\frac{1}{N} \sum_s y")
    assert write(Sum(2 * term / samples, (sample, 1, samples))).startswith(r"\frac{2}{N} \sum_s y")
    two = 2 * entry("y", 1, k) / size + 2 * entry("y", 2, k) / size
    assert write(two).startswith(r"\frac{2}{2} (") or write(two).count("frac") == 1
    one = entry("y", 1, k) / samples + entry("y", 2, k)
    assert write(one).startswith(r"\frac{1}{N} y_{1k} + y")  # not every term
    # What belongs to the index of the sum stays in it.
    own = Sum(term / entry("yhat", sample, k), (sample, 1, samples))
    assert write(own).startswith(r"\sum_s")


def test_what_is_no_factor_has_no_colour_of_one():
    """In an argument x is not a factor of the product, though the same letter is one beside it."""
    model = derive(Network((2, 2, 2))).model
    x, weight = model.quantities["x"].at(1), model.quantities["W1"].at(1, 2)
    printer = Printer(TARGETS["latex"], model, tint=lambda factor: int(factor == x))
    slope = Apply("f", weight * x, 1)
    assert printer(slope * x).count("textcolor") == 1
    assert printer(weight * x).count("textcolor") == 1
    assert printer(slope).count("textcolor") == 0
    coloured = Printer(TARGETS["latex"], model, tint=lambda factor: int(factor == slope))
    assert coloured(slope * x).count("textcolor") == 1
    assert "tone" not in printer.for_target(TYPST)(slope)
