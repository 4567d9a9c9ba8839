"""Somebody's own gradients are judged array by array, and usual slips are named."""

import sys

import pytest

from symback import InputError, Network, read_model
from symback.emission.against import compare, report

NETWORK = Network((3, 4, 2), ("sigmoid", "sigmoid"), "half-squared-error")
TANH = Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy")

RIGHT = """
import numpy as np
def gradients(W1, b1, W2, b2, x, y):
    h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    d2 = (o - y) * o * (1 - o) / len(x)
    d1 = (d2 @ W2.T) * h * (1 - h)
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
"""
RIGHT_TANH = """
import numpy as np
def gradients(parameters, x, y):
    W1, b1, W2, b2 = parameters
    h = np.tanh(x @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    d2 = (p - y) / len(x)
    d1 = (d2 @ W2.T) * (1 - h ** 2)
    loss = -(y * np.log(p)).sum() / len(x)
    return loss, {"dW1": x.T @ d1, "db1": d1.sum(0), "dW2": h.T @ d2, "db2": d2.sum(0)}
"""


def judged(network, text, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(text)
    return {array.name: array for array in compare(network, f"{path}:gradients")}


NAMES = '("W1", "b1", "W2", "b2")'
BY_KEY = RIGHT_TANH.replace("= parameters", f"= (parameters[name] for name in {NAMES})")
AS_TABLE = RIGHT_TANH.replace("= parameters", f"= map(dict(**parameters).get, {NAMES})")


@pytest.mark.parametrize(
    ("network", "text"),
    [(NETWORK, RIGHT), (TANH, RIGHT_TANH), (TANH, BY_KEY), (TANH, AS_TABLE)],
)
def test_what_is_right_is_right(network, text, tmp_path):
    assert all(array.right for array in judged(network, text, tmp_path).values())


@pytest.mark.parametrize(
    ("old", "new", "wrong", "slip"),
    [
        ("h.T @ d2,", "(h.T @ d2).T,", {"W2"}, "transposed"),
        ("h.T @ d2,", "-h.T @ d2,", {"W2"}, "sign"),
        ("d2.sum(0)\n", "d2.sum(0) * len(x)\n", {"b2"}, "summed"),
        ("d2.sum(0)\n", "d2.mean(0)\n", {"b2"}, "averaged"),
        ("h.T @ d2,", "3 * h.T @ d2,", {"W2"}, "factor"),
        ("d2.sum(0)\n", "d2\n", {"b2"}, "shape"),
        ("* h * (1 - h)", "* (x @ W1 + b1) * (1 - (x @ W1 + b1))", {"W1", "b1"}, "of-input"),
        (" * h * (1 - h)", "", {"W1", "b1"}, "no-slope"),
        ("* o * (1 - o)", "", {"W1", "b1", "W2", "b2"}, "no-slope"),
    ],
)
def test_slips_of_sigmoid_are_named(old, new, wrong, slip, tmp_path):
    assert old in RIGHT
    found = judged(NETWORK, RIGHT.replace(old, new), tmp_path)
    assert {name for name, array in found.items() if not array.right} == wrong
    assert found[min(wrong)].slip == slip or slip == "no-slope"
    assert slip in {array.slip for array in found.values()}


@pytest.mark.parametrize(
    ("old", "new", "slip"),
    [("(1 - h ** 2)", "(1 - h)", "no-square"), ("(1 - h ** 2)", "1", "no-slope")],
)
def test_slips_of_tanh_are_named(old, new, slip, tmp_path):
    found = judged(TANH, RIGHT_TANH.replace(old, new), tmp_path)
    assert [(a.right, a.slip) for a in found.values()] == [
        (False, slip), (False, slip), (True, ""), (True, ""),
    ]  # fmt: skip
    assert "WRONG" in report(list(found.values()))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def other(): pass", "has no function gradients"),
        ("1 / 0", "ZeroDivisionError"),
        ("def gradients(*given): return 3", "one gradient for each of W1"),
        ("def gradients(W1, x): return W1 @ x", "fails: ValueError"),
        ("def gradients(p, x, y): return p['V']", "fails: .*; it may take W1, b1, W2, b2, x, y by"),
        ("raise SystemExit(0)", "fails: SystemExit"),
        ("import sys\ndef gradients(x): sys.exit(0)", "fails: SystemExit"),
        ("def gradients(p, x, y): return [a * 1j for a in p]", "returns .*complex numbers"),
    ],
)
def test_what_cannot_be_compared_is_said(text, message, tmp_path):
    with pytest.raises(InputError, match=message):
        judged(NETWORK, text, tmp_path)


def test_a_place_needs_a_function():
    with pytest.raises(InputError, match="names no function"):
        compare(NETWORK, "gradients.py")


RNN = """
import numpy as np


def passes(W, U, b, V, c, x, y, back, slope=lambda h: 1 - h**2):
    T, K = len(x), len(b)
    h = np.zeros((T + 1, K))
    for t in range(T):
        h[t + 1] = np.tanh(x[t] @ W + h[t] @ U + b)
    z = h[1:] @ V + c
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    dz = p * y.sum(1, keepdims=True) - y
    dW, dU, db, dh = 0 * W, 0 * U, 0 * b, np.zeros(K)
    for t in reversed(range(T)):
        da = (V @ dz[t] + dh) * slope(h[t + 1])
        dW += np.outer(x[t], da)
        dU += np.outer(h[t], da)
        db += da
        dh = back(U, da)
    return dW, dU, db, h[1:].T @ dz, dz.sum(0)


def right(W, U, b, V, c, x, y):
    return passes(W, U, b, V, c, x, y, lambda U, da: U @ da)


def not_transposed(W, U, b, V, c, x, y):
    return passes(W, U, b, V, c, x, y, lambda U, da: da @ U)


def no_slope(W, U, b, V, c, x, y):
    return passes(W, U, b, V, c, x, y, lambda U, da: U @ da, lambda h: 1)


def no_square(W, U, b, V, c, x, y):
    return passes(W, U, b, V, c, x, y, lambda U, da: U @ da, lambda h: 1 - h)


def one_step_too_late(W, U, b, V, c, x, y):
    found = right(W, U, b, V, c, x, y)
    return (found[0], found[1], found[2] + 0.1, *found[3:])
"""


@pytest.mark.parametrize(
    ("function", "slip"),
    [
        ("right", ""),
        ("not_transposed", "the weights are not transposed on the way back"),
        ("no_slope", "the slope of the function is missing"),
        ("no_square", "the output is not squared in the slope of tanh"),
        ("one_step_too_late", ""),
    ],
)
def test_a_model_of_equations_is_compared_too(function, slip, symback_command, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text(RNN)
    done = symback_command("emit", "--model", "rnn", "--against", f"{mine}:{function}")
    assert done.code == (function != "right"), done.err
    assert slip in done.out
    wrong = [line.partition(":")[0] for line in done.out.splitlines() if "WRONG" in line]
    expected = {"right": [], "one_step_too_late": ["b"]}.get(function, ["W", "U", "b"])
    assert wrong == expected


def test_gradients_by_inputs_and_of_integers_are_compared(symback_command, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("def both(w, b, x, y):\n    r = (x @ w + b - y) / len(x)\n"
                    "    return r[:, None] * w, x.T @ r\n")  # fmt: skip
    model = ("emit", "--model", "linear-regression", "--gradients", "x,w")
    done = symback_command(*model, "--against", f"{mine}:both")
    assert done.code == 0, done.out + done.err
    assert "x: right" in done.out


def test_a_file_imports_what_lies_beside_it(tmp_path, monkeypatch):
    """Before its function is called and while it is; afterwards nothing is found there."""
    monkeypatch.delitem(sys.modules, "of_mine", raising=False)
    (tmp_path / "of_mine.py").write_text("factor = 1.0")
    (tmp_path / "mine.py").write_text(
        "import of_mine\n"
        "def gradients(w, x, y):\n"
        "    import of_mine\n"
        "    return of_mine.factor * 2 * ((x @ w - y) @ x)\n"
    )
    model = read_model(LINE)
    before = list(sys.path)
    found = compare(model, f"{tmp_path / 'mine.py'}:gradients")
    assert [a.right for a in found] == [True]  # a single array, by itself
    assert sys.path == before
    monkeypatch.delitem(sys.modules, "of_mine")
    (tmp_path / "of_mine.py").write_text("factor = 1.5  # longer, so that it is read anew")
    assert [a.right for a in compare(model, f"{tmp_path / 'mine.py'}:gradients")] == [False]


LINE = """
input x[n,j]
target y[n]
param w[j]
L = sum(n, (sum(j, w[j] x[n,j]) - y[n])^2)
"""
