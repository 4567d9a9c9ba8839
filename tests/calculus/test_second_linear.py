"""Quantities in which outputs are linear: there the Hessian is its Gauss-Newton part."""

import pytest

import symback
from symback.calculus.second import linear_in

HEAD = "input x[j]; target y; param a[j], b, c, d; "
TAIL = "; L = (z - y)^2"


@pytest.mark.parametrize(
    ("equations", "found"),
    [
        ("z = sum(j, a[j] x[j]) + b", "ab"),
        ("z = b * sum(j, a[j] x[j]) + d", "ad"),
        ("z = b * tanh(c) + d^2", "b"),
        ("z = b / c + d / 2", "bd"),
        ("h = exp(c) + a[1]; z = b * h^2 + d", "bd"),
        ("z = sum(j, a[j]^2) + max(b, c)", ""),
        ("h[j] = b x[j] [x[j] > 0] + a[j]; z = c * sum(j, h[j])", "ab"),
        ("h = b + stop(c * a[1]); z = h * d", "b"),
    ],
)
def test_degrees_are_counted(equations, found):
    model = symback.read_model(HEAD + equations + TAIL)
    mentioned = {name for equation in model.equations for name in equation.mentions}
    among = tuple(name for name in "abcd" if name in mentioned)
    assert linear_in(model, ("z",), among) == tuple(found)


def test_a_recursion_is_a_function_of_what_comes_after_it_too():
    """s mentions h before h's equation says that it has a in it."""
    model = symback.read_model(
        "input x[t]; target y[t]; param a, b, c; h[0] = 0; "
        "s[t] = h[t-1]; u[t] = b s[t]; h[t] = a x[t] + s[t]; z[t] = u[t] + c; "
        "L = sum(t, (z[t] - y[t])^2)"
    )
    assert linear_in(model, ("z",), ("a", "b", "c")) == ("b", "c")
    assert linear_in(model, ("z",), ("b", "a", "c")) == ("b", "c")
