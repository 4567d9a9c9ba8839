"""Each slip that a reader of models must name: line, column, what is wrong, what would be right.

The twins below each slip are what would be right: they are read.
"""

from __future__ import annotations

import pytest

from symback.errors import InputError
from symback.model.language.reader import read_stated
from symback.model.language.tokens import MAX_LINES

# What is wrong, with a caret's line and column, a part of the message, and a text that is right.
SLIPS = {
    "a size taken for an index": (
        "input x[T,J]\nL = sum(t, j, x[t,j])", (1, 9), "write t: it runs from 1 to T",
        "input x[t,j]\nL = sum(t, j, x[t,j])",
    ),
    "a size taken for a bound letter": (
        "input x[t]\nL = sum(T, x[T])", (2, 9), "write sum(t, …)", "input x[t]\nL = sum(t, x[T])",
    ),
    "a size taken for an index on the left": (
        "input x[t]\ny[T] = x[1]\nL = y[T]", (2, 3), "write t",
        "input x[t]\ny[t] = x[1]\nL = y[T]",
    ),
    "a letter neither bound nor on the left": (
        "input x[t,j]\ny[t] = x[t,j]\nL = sum(t, y[t])", (2, 12), "neither bound nor on the left",
        "input x[t,j]\ny[t] = sum(j, x[t,j])\nL = sum(t, y[t])",
    ),
    "a letter bound twice": (
        "input x[j]\nL = sum(j, x[j] sum(j, x[j]))", (2, 21), "bound twice",
        "input x[j]\nL = sum(j, x[j] sum(k in 1..J, x[k]))",
    ),
    "a letter bound that stands on the left": (
        "input x[j]\ny[j] = sum(j, x[j])\nL = y[1]", (2, 12), "bound twice",
        "input x[j]\ny = sum(j, x[j])\nL = y",
    ),
    "two ranges for one letter": (
        "input x[j]\nparam W[k]\nL = sum(j, x[j] W[j])", (3, 9), "1..J in x, 1..K in W",
        "input x[j]\nparam W[j]\nL = sum(j, x[j] W[j])",
    ),
    "two ranges for a letter on the left": (
        "input x[j]\ny[k] = x[k]\nL = sum(k, y[k])", (2, 10), "for k = 1..J",
        "input x[j]\ny[k] = x[k] for k = 1..J\nL = sum(k, y[k])",
    ),
    "reading outside without a rule": (
        "input x[n]\ny[n] = x[n-1]\nL = sum(n, y[n])", (2, 8), "x[n] = 0 outside",
        "input x[n]\nx[n] = 0 outside\ny[n] = x[n-1]\nL = sum(n, y[n])",
    ),
    "reading beyond the last entry": (
        "input x[n], w[m]\ny[i] = sum(m, w[m] x[i+m]) for i = 1..N-M+1\nL = y[1]", (2, 20),
        "reaches N+1, and ends at N",
        "input x[n], w[m]\ny[i] = sum(m, w[m] x[i+m-1]) for i = 1..N-M+1\nL = y[1]",
    ),
    "a recursion that reaches no start": (
        "input x[t]\nh[t] = h[t-1] + x[t]\nL = h[T]", (2, 8), "h[0] = 0",
        "input x[t]\nh[0] = 0\nh[t] = h[t-1] + x[t]\nL = h[T]",
    ),
    "a backward recursion that reaches no end": (
        "input x[t]\nh[t] = h[t+1] + x[t]\nL = h[1]", (2, 8), "h[T+1] = 0",
        "input x[t]\nh[T+1] = 0\nh[t] = h[t+1] + x[t]\nL = h[1]",
    ),
    "a recursion in both directions": (
        "input x[t]\nh[0] = 0\nh[T+1] = 0\nh[t] = h[t-1] + h[t+1]\nL = h[T]", (4, 17),
        "in both directions along t",
        "input x[t]\nh[0] = 0\nh[T+1] = 0\nh[t] = h[t-1] + x[t]\nL = h[T]",
    ),
    "a cycle": (
        "param a\nx = y + a\ny = x\nL = y", (2, 5), "define each other: a cycle",
        "param a\nx = a\ny = x\nL = y",
    ),
    "a quantity defined by itself": (
        "input x[t]\nh[t] = h[t] + x[t]\nL = h[T]", (2, 8), "defined by itself",
        "input x[t]\nh[t] = x[t]\nL = h[T]",
    ),
    "an equation above what it reads": (
        "param a\nx = y\ny = a\nL = x", (2, 5), "defined below, in line 3",
        "param a\ny = a\nx = y\nL = x",
    ),
    "two equations that define one entry": (
        "input x[t]\nh[1] = 0\nh[t] = x[t]\nL = h[T]", (2, 1), "for t = 2..T",
        "input x[t]\nh[1] = 0\nh[t] = x[t] for t = 2..T\nL = h[T]",
    ),
    "two equations that define all": (
        "input x[t]\nh[t] = x[t]\nh[t] = 2 x[t]\nL = h[T]", (3, 1), "defined twice: in line 2",
        "input x[t]\nh[t] = x[t]\ng[t] = 2 x[t]\nL = h[T] g[T]",
    ),
    "an entry that none defines": (
        "input x[t]\nh[t] = x[t] for t = 2..T\nL = sum(t in 1..T, h[t])", (3, 20),
        "no line defines h[1]",
        "input x[t]\nh[t] = x[t] for t = 2..T\nL = sum(t, h[t])",
    ),
    "an index that is not affine": (
        "input x[i]\nL = sum(i, j, x[i*j])", (2, 18), "affine in letters and sizes",
        "input x[i]\nsize S\nL = sum(j in 1..J, x[S*(j-1)+1])",
    ),
    "a softmax whose letter is nowhere free": (
        "input x[i]\nL = softmax(i, x[i])", (2, 13), "put i on the left, or bind it around",
        "input x[i]\nL = sum(i, softmax(i, x[i])^2)",
    ),
    "a loss that is no scalar": (
        "input x[i]\ny[i] = x[i]", (2, 1), "add a line such as L = sum(…, y[…])",
        "input x[i]\nL = sum(i, x[i])",
    ),
    "a size with indices": (
        "input x[j]\nL = sum(j, x[j] J[j])", (2, 17), "J is a size and has no indices",
        "input x[j]\nL = sum(j, x[j] J)",
    ),
    "an unknown name": (
        "input x[i]\nparam gamma[i]\nL = sum(i, x[i] gama[i])", (3, 17), "did you mean gamma?",
        "input x[i]\nparam gamma[i]\nL = sum(i, x[i] gamma[i])",
    ),
    "an unknown function": (
        "input x[i]\nL = sum(i, tahn(x[i]))", (2, 12), "did you mean tanh?",
        "input x[i]\nL = sum(i, tanh(x[i]))",
    ),
    "a long generic function that is not declared": (
        "input x[i]\nL = sum(i, psi2(x[i]))", (2, 12), "function psi2",
        "input x[i]\nfunction psi2\nL = sum(i, psi2(x[i]))",
    ),
    "a capital that is a quantity and a size": (
        "input x[l]\nL = sum(l, x[l])", (1, 9), "use another letter",
        "input x[k]\nL = sum(l, x[l])",
    ),
    "a letter that is a quantity as well": (
        "param x[j], b\nL = sum(b, b x[b])", (2, 12), "rename one of them",
        "param x[j], b\nL = sum(j, b x[j])",
    ),
    "a wrong number of indices": (
        "param W[j,k]\nL = sum(j, W[j])", (2, 12), "write W[j,k]",
        "param W[j,k]\nL = sum(j, W[j,1])",
    ),
    "an index out of an array of numbers": (
        "param E[v], z[t]\nL = sum(t, E[z[t]])", (2, 14), "integer z[…] in …",
        "param E[v]\ninteger z[t] in V\nL = sum(t, E[z[t]])",
    ),
    "a misspelt declaration": (
        "inptu x[j]\nL = 1", (1, 1), "did you mean input?", "input x[j]\nL = 1",
    ),
    "a letter of the Greek alphabet": (
        "param a\nL = γ a", (2, 5), "write gamma", "param a, gamma\nL = gamma a",
    ),
    "a bracket that is not closed": (
        "param a\nL = (a + 1", (2, 11), "')' is expected for the (", "param a\nL = (a + 1)",
    ),
    "an equality in one line": (
        "param a, b\nL = a = b", (2, 7), "equality is ==", "param a, b\nL = a b",
    ),
    "a division by zero": ("param a\nL = a / 0", (2, 9), "division by zero", "param a\nL = a / 2"),
    "a whole array for a number": (
        "input x[i]\nL = 2 x[:]", (2, 7), "say the index", "input x[i]\nL = 2 loss(x[:])",
    ),
    "a whole array in a function of numbers": (
        "input x[i]\nL = tanh(x[:])", (2, 5), "tanh takes numbers, not whole arrays",
        "input x[i]\nL = sum(i, tanh(x[i]))",
    ),
    "a number in a function of whole arrays": (
        "input x[i], y[i]\nL = loss(y[:], 2 x[1])", (2, 5), "takes arrays and scalars only",
        "input x[i], y[i]\nL = loss(y[:], x[:])",
    ),
    "limits outside of a binder": (
        "input x[i]\nL = tanh(i in 1..I)", (2, 10), "stands in a binder only",
        "input x[i]\nL = sum(i in 1..I, x[i])",
    ),
    "a sum without its letter": (
        "input x[i]\nL = sum(x[1])", (2, 5), "sum needs its letter first",
        "input x[i]\nL = sum(i, x[1])",
    ),
    "a sum over a number": (
        "input x[i]\nL = sum(2, x[1])", (2, 9), "sum takes letters first",
        "input x[i]\nL = sum(j in 1..2, x[1])",
    ),
    "a sum over a word": (
        "input x[i]\nL = sum(all, x[all])", (2, 9), "all is no index letter",
        "input x[i]\nL = sum(a in 1..I, x[a])",
    ),
    "a softmax over two letters": (
        "input x[i,j]\nL = sum(i, j, softmax(i, j, x[i,j])^2)", (2, 15), "over one letter",
        "input x[i,j]\nL = sum(i, j, softmax(i, x[i,j])^2)",
    ),
    "an argmax over two letters": (
        "input x[i,j]\nL = argmax(i, j, x[i,j])", (2, 5), "argmax is over one letter",
        "input x[i,j]\nL = max(i, j, x[i,j])",
    ),
    "a second derivative by primes": (
        "param a\nL = tanh''(a)", (2, 5), "no derivative written so", "param a\nL = tanh'(a)",
    ),
    "a quantity that is applied": (
        "param a, b\nL = b(a + 1)", (2, 5), "write b * (…) for a product",
        "param a, b\nL = b*(a + 1)",
    ),
    "an index in round brackets": (
        "input x[i]\nL = x(1)", (2, 5), "indices stand in [ ]: x[i]", "input x[i]\nL = x[1]",
    ),
    "a quotient without its spaces": (
        "param a, dy, da\nL = a dy/da", (2, 7), "write dL/da, or dy / da for a quotient",
        "param a, dy, da\nL = a dy / da",
    ),
    "a value for an exponent": (
        "param a, b\nL = a^b", (2, 6), "write exp(…) for a power of e",
        "param a, b\nL = exp(b log(a))",
    ),
    "an exponent that is too large": (
        "param a\nL = a^(1/65)", (2, 6), "an exponent is at most 64", "param a\nL = a^(-63/64)",
    ),
    "a power of nothing": (
        "param a\nL = a * 0^(-1)", (2, 9), "division by zero", "param a\nL = a * 2^(-1)",
    ),
    "a claim about nothing": (
        "param a\nL = a^2\nclaims\nda[k] = 1", (4, 1), "da has 0 indices, not 1",
        "param a\nL = a^2\nclaims\nda = 2 a",
    ),
    "an adjoint in the model": (
        "param a\nL = a dL/da", (2, 7), "an adjoint stands in claims only",
        "param a\nL = a\nclaims\ndL/da = 1",
    ),
    "a name that is a number": (
        "param pi[k]\nL = sum(k, pi[k])", (1, 7), "pi is the number",
        "param p[k]\nL = sum(k, p[k])",
    ),
    "a name that is a function": (
        "param exp[k]\nL = sum(k, exp[k])", (1, 7), "exp is a function",
        "param e[k]\nL = sum(k, e[k])",
    ),
    "a gradient of what does not exist": (
        "param a\ngradients b\nL = a", (2, 11), "unknown name 'b'", "param a\ngradients a\nL = a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_named_at_its_place(name: str) -> None:
    wrong, (line, column), part, right = SLIPS[name]
    with pytest.raises(InputError) as caught:
        read_stated(wrong, "my.model")
    error = caught.value
    assert error.where == f"my.model, line {line}, column {column}"
    assert part in str(error)
    assert str(error).isprintable()
    shown, caret = error.excerpt.split("\n")
    assert shown == wrong.split("\n")[line - 1]
    assert caret == " " * (column - 1) + "^"
    read_stated(right)  # the twin


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("input x[i]\nparam W[i]\nL = sum(i, x[i])", {("never-used", "W")}),
        ("input x[i]\nq[i] = x[i]\nL = sum(i, x[i])", {("not-reached", "q")}),
        ("input x[i]\nL = sum(i, x[i])", set()),
    ],
)
def test_what_is_odd_is_a_warning(text: str, codes: set[tuple[str, str]]) -> None:
    assert {(w.code, w.name) for w in read_stated(text).warnings} == codes


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("input x[j]\n" * 10_000, f"at most {MAX_LINES} are read"),
        ("#" * 1_000_000, "at most"),
        ("L = " + "(" * 100_000, "at most"),
        ("L = " + "(" * 60 + "1" + ")" * 60, "nested more than"),
        ("L = " + "-" * 300 + "1", "too many signs"),
        ("L = " + "2^" * 100 + "1", "nested more than"),
        ("L = " + "f(" * 100 + "1" + ")" * 100, "nested more than"),
        ("L = " + "9" * 100, "too long"),
        ("", "at least one equation"),
        ("\0", "cannot stand"),
        ("L = __import__('os')", "cannot stand"),
    ],
)
def test_what_is_too_much_is_refused_soon(text: str, part: str) -> None:
    with pytest.raises(InputError, match=part):
        read_stated(text)


def test_a_long_sum_costs_no_recursion() -> None:
    terms = " + ".join(["a"] * 900)
    assert str(read_stated(f"param a\nL = {terms}").model.equations[0].expression) == "900*a"
