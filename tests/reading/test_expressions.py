"""Expressions and the trees they are read as, one row each."""

from __future__ import annotations

import pytest

from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.syntax import Number, Symbol
from symback.reading.formula.unread import Reason, Unreadable
from symback.reading.statements.blocks import read_expression

from .spelling import spell

TREES = [
    ("\\sigma{(z)}", "sigma[z]"),
    ("a_{\\rm in}", "a_in"),
    ("k^{\\rm th}", "k^bare:th"),
    ("a_{\\bf x}", "a_bold.x"),
    ("{\\partial y}/{\\partial z}", "D:slash[y / z]"),
    ("P(t=1|z)", "P[Relation((t, 1), (=)), z]"),
    ("y_1'", "y'_1"),
    ("y'_1", "y'_1"),
    ("y^{\\prime}_1", "y'_1"),
    ("\\hat{y}_1", "hat.y_1"),
    ("\\hat y_1", "hat.y_1"),
    ("\\hat{y_1}", "hat.y_1"),
    ("\\hat{\\mathbf{y}}", "hat.bold.y"),
    ("\\mathbf{\\hat y}", "hat.bold.y"),
    ("W_{11}^{(2)}", "W_11^layer:2"),
    ("W^{[2]}_{jk}", "W_j,k^bracket:2"),
    ("w_{j,k}^l", "w_j,k^bare:l"),
    ("h^{2}", "Power(h, 2)"),
    ("h^{-1}", "Power(h, {-1})"),
    ("a^{l+1}", "a^bare:{+l +1}"),
    ("W^{(2)T}", "W^layer:2^T"),
    ("{\\mathbf{W}^{(2)}}^\\top", "bold.W^layer:2^T"),
    ("(W^{(2)})^{T}", "(W^layer:2)^T"),
    ("W^{\\mathsf{T}}", "W^T"),
    ("W^{-T}", "Power(W, {-1})^T"),
    ("W^{-\\top}", "Power(W, {-1})^T"),
    ("W^{-\\mathsf{T}}", "Power(W, {-1})^T"),
    ("k!", "factorial[k]"),
    ("w^+", "w^updated:"),
    ("w^{*}", "w^star:"),
    ("w^{new}", "w^bare:new"),
    ("E_{total}", "E_total"),
    ("out_{o1}", "out_o,1"),
    ("x_{in}", "x_in"),
    ("k'", "k'"),
    ("z_{k'}", "z_k'"),
    ("z_{k(m)}", "z_k[m]"),
    ("\\bar{v}_{i-1}", "bar.v_{+i -1}"),
    ("{\\bf W}x", "<bold.W x>"),
    ("\\mathbf{Wx}", "<bold.W bold.x>"),
    ("\\mathrm{CE}", "CE"),
    ("\\text{MSE}", "MSE"),
    ("ŷ_1", "hat.y_1"),
    ("σ(z)²", "Power(sigma[z], 2)"),
    ("w5", "w_5"),
    ("\\ds x", "x"),
    ("\\vect{z_t}", "bold.z_t"),
    ("a \\bullet b", "<a star b>"),
    ("\\mathit{W2_{00}}", "W2_00"),
    ("\\mathit{W2}_{00}", "W2_00"),
    ("\\frac{\\partial L}{\\partial \\textbf{c}}", "D[L / bold.c]"),
    ("\\frac{\\partial{}}{\\partial{x}} y", "D:operator[y / x]"),
    ("(f^{l})'", "f'^bare:l"),
    ("85\\%", "0.85"),
    ("2.5%", "0.025"),
    ("1 + -2", "{+1 -2}"),
    ("y_j.\\frac{a}{b}", "<y_j dot Fraction(a, b)>"),
    ("A \\oslash B", "<A slash B>"),
    ("78\\,400", "78400"),
    ("1{,}234\\,567.5", "1234567.5"),
    ("12\\,5", "<12 5>"),
    ("7\\,4000", "<7 4000>"),
    ("g'(y_1')", "g'[y'_1]"),
    ("g^{\\prime}(z)", "g'[z]"),
    ("g_j'(z_j)", "g_j'[z_j]"),
    ("\\sigma^{(l)}(z)", "sigma^layer:l[z]"),
    ("\\sigma'(z)^2", "Power(sigma'[z], 2)"),
    ("\\tanh^2 z_2", "Power(tanh[z_2], 2)"),
    ("\\log\\left(\\sum_{k=1}^K e^{z_k}\\right)", "log[BigSum(sum, (k), 1, K, exp[z_k], ())]"),
    ("\\operatorname{softmax}(z)", "softmax[z]"),
    ("L(y, \\hat y)", "L[y, hat.y]"),
    ("a(1-a)", "<a ({+1 -a})>"),
    ("f(\\cdot)", "f[Dots()]"),
    ("\\max(0, z)", "max[0, z]"),
    ("\\max_k z_k", "Extremum(max, k, z_k)"),
    ("e^{-z}", "exp[{-z}]"),
    ("e^{(l)}", "e^layer:l"),
    ("\\mathbf{e}^{n}", "bold.e^bare:n"),
    (
        "a \\cdot b \\times c * d \\odot e \\circ g \\otimes h",
        "<a dot b times c star d odot e circ g otimes h>",
    ),
    ("a/b", "<a slash b>"),
    ("2 \\cdot -1", "<2 dot {-1}>"),
    ("-(y-t)", "{-({+y -t})}"),
    ("\\frac12", "Fraction(1, 2)"),
    ("\\frac1{2m}", "Fraction(1, <2 m>)"),
    ("{a \\over b}", "Fraction(a, b)"),
    ("\\frac{\\partial L}{\\partial W_{11}^{(2)}}", "D[L / W_11^layer:2]"),
    ("\\frac{dC}{d\\hat{y}}", "D[C / hat.y]"),
    ("\\frac{d E}{d o_k}", "D[E / o_k]"),
    ("\\frac{\\mathrm{d}L}{\\mathrm{d}w}", "D[L / w]"),
    ("{\\partial L \\over \\partial w}", "D[L / w]"),
    ("\\partial J/\\partial \\mathbf{h}", "D:slash[J / bold.h]"),
    ("dL/dw", "D:slash[L / w]"),
    ("\\frac{\\partial^2 L}{\\partial w^2}", "D[L / w, w]"),
    ("\\frac{\\partial^2 L}{\\partial w \\partial b}", "D[L / w, b]"),
    ("\\frac{\\partial}{\\partial w}[g(w h)] \\cdot h", "<D:operator[[g[<w h>]] / w] dot h>"),
    (
        "\\frac{\\partial}{\\partial w}\\frac12 (a-t)^2",
        "D:operator[<Fraction(1, 2) Power(({+a -t}), 2)> / w]",
    ),
    ("\\frac{\\partial C(y, o)}{\\partial o}", "D[C[y, o] / o]"),
    ("\\frac{\\partial C}{w_{jk}}", "Fraction(Differential(∂, C, 1), w_j,k)"),
    ("\\partial", "Differential(∂, -, 1)"),
    ("dz", "Differential(d, z, 1)"),
    ("\\Delta w_{ij}", "Differential(Δ, w_i,j, 1)"),
    ("\\nabla_{W} J", "Nabla(J, W)"),
    ("\\nabla C \\odot \\sigma'(z)", "<Nabla(C, -) odot sigma'[z]>"),
    ("\\sum_i a_i w_{ij} + b_j", "{+BigSum(sum, (i), -, -, <a_i w_i,j>, ()) +b_j}"),
    ("\\sum_{i=1}^{n} w_{ij}", "BigSum(sum, (i), 1, n, w_i,j, ())"),
    ("\\sum_{k \\neq j} a_k", "BigSum(sum, (k), -, -, a_k, (Relation((k, j), (\\neq))))"),
    ("\\sum_{i,j} a", "BigSum(sum, (i, j), -, -, a, ())"),
    ("\\sum{\\delta^o w^{o}}", "BigSum(sum, (), -, -, <delta^bare:o w^bare:o>, ())"),
    (
        "\\underbrace{\\frac{\\partial y}{\\partial w}}_{=0}",
        "Brace(D[y / w], Relation((Dots(), 0), (=)), -, False)",
    ),
    ("\\underbrace{x}_{\\text{blue}}", "Brace(x, -, blue, False)"),
    ("\\boxed{x + 1}", "{+x +1}"),
    ("{\\color{red} x}", "x"),
    ("\\textcolor{red}{x}", "x"),
    ("\\|x\\|_2^2", "Power(Norm(x, 2), 2)"),
    ("||x||", "Norm(x, -)"),
    ("|x - 1|", "Abs({+x -1})"),
    ("[y = k]", "Indicator(Relation((y, k), (=)))"),
    ("\\mathbb{1}[y = k]", "Indicator(Relation((y, k), (=)))"),
    ("\\mathbf{1}_{y=k}", "Indicator(Relation((y, k), (=)))"),
    ("1\\{y = k\\}", "Indicator(Relation((y, k), (=)))"),
    ("\\left[\\begin{array}{cc} a & b \\end{array}\\right]", "Matrix(((a, b)), [)"),
    (
        "\\begin{cases} 1 & \\text{if } x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
        "Cases((1, 0), (Relation((x, 0), (>)), 'otherwise'))",
    ),
    (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", "Abs(Matrix(((a, b), (c, d)), |))"),
    (r"\begin{Vmatrix} a \\ b \end{Vmatrix}", "Norm(Matrix(((a), (b)), ||), -)"),
    (
        r"\begin{bmatrix} - x_1 - \\ - x_2 - \end{bmatrix}",
        "Matrix(((Unevaluated(a row of an array, ({-x_1}), )), "
        "(Unevaluated(a row of an array, ({-x_2}), ))), [)",
    ),
    (
        r"\begin{cases} 1 & x > 0, y > 0 \\ 0 & \text{otherwise} \end{cases}",
        "Cases((1, 0), (Unevaluated(several conditions, "
        "(Relation((x, 0), (>)), Relation((y, 0), (>))), ), 'otherwise'))",
    ),
    (
        r"\begin{cases} 1 & x > 0 (\text{known}) \\ 0 & x \le 0 \text{ (known)} \end{cases}",
        "Cases((1, 0), (Relation((x, 0), (>)), Relation((x, 0), (\\leq))))",
    ),
    (
        r"\begin{cases} 1, x > 0 \\ 0 \text{ otherwise} \end{cases}",
        "Cases((1, 0), (Relation((x, 0), (>)), 'otherwise'))",
    ),
    (
        r"\begin{pmatrix} \text{in} & x \\ \text{the output} & y \end{pmatrix}",
        "Matrix(((in, x), ('the output', y)), ()",
    ),
    (
        r"\begin{pmatrix} \text{the input} x \end{pmatrix}",
        "Matrix(((Unevaluated(words, ('the input', x), ))), ()",
    ),
    ("\\sqrt[3]{x}", "Sqrt(x, 3)"),
    ("a / \\sqrt(2 d)", "<a slash Sqrt(<2 d>, -)>"),
    ("(y, \\hat y_1, \\hat y_2)", "Tuple((y, hat.y_1, hat.y_2), ()"),
    ("\\pdv{L}{w}", "D[L / w]"),
    ("\\norm{x}", "Norm(x, -)"),
    ("x \\in \\mathbb{R}^{h \\times d}", "Relation((x, blackboard.R^bare:<h times d>), (\\in))"),
    ("a \\stackrel{!}{=} b", "Relation((a, b), (=))"),
]

REFUSED = [
    (r"\foo x", Reason.UNKNOWN_COMMAND, r"\foo"),
    ("x ? y", Reason.UNKNOWN_CHARACTER, "?"),
    ("!n", Reason.UNKNOWN_CHARACTER, "!"),
    (r"\frac{x", Reason.UNBALANCED, "{"),
    ("(x]", Reason.UNEXPECTED, "]"),
    ("x +", Reason.MISSING_OPERAND, "end of formula"),
    (r"x \cdot", Reason.MISSING_OPERAND, "end of formula"),
    ("w_12", Reason.SCRIPT, "12"),
    ("x_1_2", Reason.DOUBLE_SCRIPT, "_"),
    (r"\log x y", Reason.AMBIGUOUS_ARGUMENT, "y"),
    ("a / b c", Reason.AMBIGUOUS_DIVISION, "c"),
    ("xyz", Reason.NAME_OR_PRODUCT, "x"),
    ("if x", Reason.NAME_OR_PRODUCT, "if"),
    (r"\frac{\partial^2 L}{\partial w}", Reason.DERIVATIVE, "end of formula"),
    (r"\begin{bmatrix} a & b \\ c && d \end{bmatrix}", Reason.ALIGNMENT, "end of formula"),
    (r"\begin{bmatrix} b - c - \\ d \end{bmatrix}", Reason.UNEXPECTED, "\\\\"),
    (r"\begin{pmatrix} a \text{ by the rule} \end{pmatrix}", Reason.UNEXPECTED, " by the rule"),
    (r"\begin{pmatrix} \end{pmatrix}", Reason.MISSING_OPERAND, "end of formula"),
    (r"\begin{cases} \end{cases}", Reason.MISSING_OPERAND, "end of formula"),
    (r"\begin{cases} a & b & c \end{cases}", Reason.ALIGNMENT, "end of formula"),
    (r"\begin{cases} 1, x \\ 0, x \le 0 \end{cases}", Reason.UNEXPECTED, "x"),
    (r"\begin{tikzpicture} x \end{tikzpicture}", Reason.UNKNOWN_ENVIRONMENT, "tikzpicture"),
    ("9" * 50, Reason.NUMBER_TOO_LONG, "9" * 40),
    ("1e-999999999", Reason.NUMBER_TOO_LONG, "1e-999999999"),
]


@pytest.mark.parametrize(("source", "tree"), TREES, ids=[source for source, _ in TREES])
def test_expression_is_read_as(source: str, tree: str) -> None:
    assert spell(read_expression(source)) == tree


@pytest.mark.parametrize(("source", "reason", "token"), REFUSED)
def test_expression_is_refused_at_its_token(source: str, reason: Reason, token: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_expression(source)
    assert (refusal.value.reason, refusal.value.token) == (reason, token)


def test_only_the_table_makes_a_call() -> None:
    assert spell(read_expression("S(z)")) == "<S (z)>"
    assert spell(read_expression("S(z)", FunctionTable().extended(functions=["S"]))) == "S[z]"
    assert spell(read_expression("f(z)", FunctionTable().extended(variables=["f"]))) == "<f (z)>"


def test_digits_of_a_subscript_are_taken_apart_only_at_the_right_rank() -> None:
    symbol = read_expression("W_{12}")
    assert isinstance(symbol, Symbol)
    assert symbol.indices(1) == (Number("12"),)
    assert symbol.indices(2) == (Number("1"), Number("2"))
    assert symbol.indices(3) is None


def test_equality_is_of_what_is_said_and_spans_are_of_where() -> None:
    left, right = read_expression(r"\hat{y}_1"), read_expression(r"\hat  y_{1}")
    assert left == right
    assert hash(left) == hash(right)
    assert left.span != right.span
