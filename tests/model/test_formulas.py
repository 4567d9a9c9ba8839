"""Formulas of the user's own: what is read, and that nothing else is."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.algebra.formula_syntax import formula_tree
from symback.errors import InputError, SymbackError, TooLargeError
from symback.model.network import Network, parse_names
from symback.model.user_formulas import ACTIVATION_NAMES, LOSS_NAMES, is_formula

X = sympy.Symbol("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", X),
        ("2*x + 1", 2 * X + 1),
        ("x^2", X**2),
        ("-x**3/6", -(X**3) / 6),
        ("0.1*x", X / 10),
        ("x**(1/2)", sympy.sqrt(X)),
        ("x**-1", 1 / X),
        ("exp(-x)", Apply("exp", -X)),
        ("max(0, x)", Apply("positive", X)),
        ("pi*x", sympy.pi * X),
        ("  x  ", X),
    ],
)
def test_what_is_read(text: str, expected: sympy.Expr) -> None:
    assert parse_formula(text, {"x": X}) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("__import__('os').system('x')", "column 1"),
        ("().__class__", "column 1.*an attribute"),
        ("9**9**9**9", "an exponent is a number"),
        ("x**x", "column 4.*an exponent is a number"),
        ("x**65", "column 4"),
        ("factorial(10**9)", "unknown function 'factorial'"),
        ("lambda: x", "column 1.*lambda"),
        ("x if x else 1", "a condition"),
        ("[x]", "a list"),
        ("x < 1", "a comparison"),
        ("'x'", "text"),
        ("x; x", "column 2"),
        ("x\\", "column 2"),
        ("1/0", "column 3: division by zero"),
        ("0**-1", "division by zero"),
        ("z + 1", "column 1: unknown name 'z'"),
        ("x^2 + z", "column 7: unknown name 'z'"),
        ("sin", "sin is a function"),
        ("sin(x, x)", "sin takes 1 argument, not 2"),
        ("sin(x=1)", "this call"),
        ("sin(*x)", "sin takes 1 argument|a star"),
        ("x +", "not a formula"),
        ("", "not a formula"),
        ("ｘ", "column 1"),
        ("True", "column 1"),
        ("1j", "column 1.*'1j' is no number"),
        ("x + 0x10*x", "column 5.*'0x10' is no number"),
        ("1_0*x", "column 1.*'1_0' is no number"),
    ],
)
def test_what_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(SymbackError, match=complaint):
        parse_formula(text, {"x": X})


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 5000,
        "(" * 51 + "x" + ")" * 51,
        "-" * 1999 + "x",
        "x" + "+x" * 600,
        "1" * 200,
        "99999999999**64**1",
        "1e999",
    ],
)
def test_what_is_too_large(text: str) -> None:
    with pytest.raises((TooLargeError, InputError)):
        parse_formula(text, {"x": X})


@given(st.text(alphabet="x()+-*/^., 0123456789einplogs'\"[]{}_=<>:;\\", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        formula_tree(text, ("x",), {"sin": 1, "log": 1, "exp": 1})
    except SymbackError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("leaky-relu", ACTIVATION_NAMES, False),
        ("sigmiod", ACTIVATION_NAMES, False),
        ("x*sigmoid(x)", ACTIVATION_NAMES, True),
        ("x-1", ACTIVATION_NAMES, True),
        ("y-yhat", LOSS_NAMES, True),
        ("half-squared-error", LOSS_NAMES, False),
    ],
)
def test_what_is_meant_as_a_formula(text: str, names: tuple[str, ...], expected: bool) -> None:
    assert is_formula(text, names) is expected


def test_commas_inside_brackets_do_not_separate() -> None:
    assert parse_names("max(0, x),g") == ("max(0, x)", "g")


def test_a_network_says_where_its_formula_is_wrong() -> None:
    with pytest.raises(InputError, match=r"activations: column 3 of 'x\*sigmiod.*sigmoid"):
        Network((2, 2), ("x*sigmiod(x)",))
    with pytest.raises(InputError, match=r"loss: .* does not depend on y or yhat"):
        Network((2, 2), loss="1+1")


@pytest.mark.parametrize(
    ("formula", "column"),
    [("1/(x-x)", 4), ("(x-x)**-2 + x", 2), ("x + 2/(0*x)", 8), ("x/(sin(x) - sin(x))", 4)],
)
def test_what_divides_by_zero_for_every_input_has_a_column(formula: str, column: int) -> None:
    with pytest.raises(InputError, match="division by zero") as caught:
        Network((1, 1), (formula,)).model()
    assert caught.value.where == f"column {column} of '{formula}'"


@pytest.mark.parametrize("text", ["x-x", "0*x", "x/x", "sin(x)-sin(x)"])
def test_a_formula_whose_variable_cancels_out_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"is the constant [01]: x cancel"):
        Network((2, 2), (text,)).model()
    with pytest.raises(InputError, match=r"is the constant [01]: y and yhat and n cancel"):
        Network((2, 2), ("tanh",), text.replace("x", "(y-yhat)")).model()
