"""A document's network as a model in the language: its equations, each with its line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import Symback

from symback import read_model
from symback.errors import InputError
from symback.reading.lowering.document import Lowered
from symback.reading.lowering.reading import lower_document


def equations(text: str) -> list[str]:
    return [line.text for line in lower_document(text, "notes.md").equations]


UNITS = r"""
$$h_1' = W_{11}^{(1)} x_1 + W_{21}^{(1)} x_2$$
$$h_1 = f(h_1')$$
$$h_2' = W_{12}^{(1)} x_1 + W_{22}^{(1)} x_2$$
$$h_2 = f(h_2')$$
$$y_1' = W_{11}^{(2)} h_1 + W_{21}^{(2)} h_2$$
$$\hat{y}_1 = g(y_1')$$
$$y_2' = W_{12}^{(2)} h_1 + W_{22}^{(2)} h_2$$
$$\hat{y}_2 = g(y_2')$$
loss function: $\mathcal{L}(y, \hat{y}_1, \hat{y}_2)$
"""


def test_equations_of_single_units_become_one() -> None:
    assert equations(UNITS) == [
        "h_pre[k] = sum(i, W1[i,k] x[i])",
        "h[k] = f(h_pre[k])",
        "y_pre[m] = sum(k, W2[k,m] h[k])",
        "yhat[m] = g(y_pre[m])",
        "L = L(y[:], yhat[:])",
    ]


def test_a_slip_in_one_unit_keeps_them_apart() -> None:
    slip = UNITS.replace("W_{12}^{(2)} h_1", "W_{11}^{(2)} h_1")
    assert not any(line.startswith("y_pre[") for line in equations(slip))


KINDS = [
    (
        r"$$z = W x + b$$ $$a = \sigma(z)$$ $$E = \frac{1}{2} \|t - a\|^2$$",
        [
            "z[k] = sum(i, W[k,i] x[i]) + b[k]",
            "a[k] = sigma(z[k])",
            "E = 1 / 2 * sum(k, (t[k] - a[k])^2)",
        ],
    ),
    (
        r"$$z = x W$$ $$\hat{y} = \mathrm{softmax}(z)$$ $$L = -y \log(\hat{y})^T$$",
        [
            "z[k] = sum(i, x[i] W[i,k])",
            "yhat[k] = softmax(k, z[k])",
            "L = -sum(k, y[k] log(yhat[k]))",
        ],
    ),
    (
        r"$$y_k = \sum_j w_{jk} x_j$$ $$J(w) = \frac{1}{2} \sum_k (y_k - t_k)^2$$",
        ["y[k] = sum(i, w[i,k] x[i])", "J = 1 / 2 * sum(k, (y[k] - t[k])^2)"],
    ),
    (
        r"$$n = v x + c$$ $$o = \tanh(n)$$ $$E = \frac{1}{2} \sum (o - t)^2$$",
        ["n = v x + c", "o = tanh(n)", "E = 1 / 2 * (o - t)^2"],
    ),
    (
        r"$$Y = X W$$ $$L = \frac12 \|Y - T\|_F^2$$",
        ["Y[k,i] = sum(m, X[k,m] W[m,i])", "L = 1 / 2 * sum(k, i, (Y[k,i] - T[k,i])^2)"],
    ),
    (
        r"$$Z = X^T W$$ $$L = \sum (Z - T)^2$$",
        ["Z[k,i] = sum(m, X[m,k] W[m,i])", "L = sum(k, i, (Z[k,i] - T[k,i])^2)"],
    ),
    (
        r"$$a = x y^T$$ $$L = \|a - t\|^2$$",
        ["a[k,i] = x[k] y[i]", "L = sum(k, i, (a[k,i] - t[k,i])^2)"],
    ),
    (
        r"$$S = Q K^T$$ $$A = \mathrm{softmax}(S)$$ $$O = A V$$ $$L = \sum_{ij} O_{ij}^2$$",
        [
            "S[i,m] = sum(n, Q[i,n] K[m,n])",
            "A[i,m] = softmax(m, S[i,m])",
            "O[i,p] = sum(m, A[i,m] V[m,p])",
            "L = sum(i, p, O[i,p]^2)",
        ],
    ),
    (
        r"$$h_t = \tanh(u h_{t-1} + w x_t)$$ $$L = \frac{1}{2}\sum_t (h_t - y_t)^2$$",
        ["h[t] = tanh(u h[t-1] + w x[t])", "L = 1 / 2 * sum(t, (h[t] - y[t])^2)"],
    ),
    (
        r"$$\phi(z) = \frac{1}{1+e^{-z}}$$ $$a = \phi(w x)$$ $$E = (a - t)^2$$",
        ["a = sigmoid(w x)", "E = (a - t)^2"],
    ),
    (
        r"$$z = x / s$$ $$u = z \odot g$$ $$L = \| u \|^2$$",
        ["z[k] = x[k] / s[k]", "u[k] = z[k] g[k]", "L = sum(k, u[k]^2)"],
    ),
    (
        r"$$P = \prod_k x_k w_k$$ $$L = P^2$$",
        ["P = prod(k, x[k] w[k])", "L = P^2"],
    ),
    (
        r"$$\hat{y} = W x$$ $$L = \|\hat{y} - y\|$$",
        ["yhat[k] = sum(i, W[k,i] x[i])", "L = sqrt(sum(k, (yhat[k] - y[k])^2))"],
    ),
    (
        r"$$y_k = \sum_j \mathbb{1}[j = k] w_j x_j$$ $$L = \sum_k |y_k|$$",
        ["y[k] = sum(i, [i == k] w[i] x[i])", "L = sum(k, abs(y[k]))"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_equations_in_arrays_indices_and_numbers(text: str, expected: list[str]) -> None:
    lines = "\n\n".join(text.split(" $$")).replace("\n\n", "\n\n$$")
    assert equations(lines) == expected


@pytest.mark.parametrize(
    ("line", "code", "what"),
    [
        (r"z = \sqrt[3]{w x}", "form", "root"),
        (r"z = \sum_{j=2}^{n} w_j x_j", "sum", ""),
        (r"z = \mathbb{1}[k = c]", "index", "k"),
    ],
)
def test_what_cannot_be_taken_up_is_left_out_and_said(line: str, code: str, what: str) -> None:
    found = lower_document(f"$${line}$$\n\n$$L = z^2$$\n", "notes.md")
    assert [each.text for each in found.equations] == ["L = z^2"]
    assert [(each.code, each.what, each.line) for each in found.open] == [(code, what, 1)]


def test_what_is_assumed_and_what_is_missing_is_said() -> None:
    found: Lowered = lower_document("$$z_k = \\sum_j w_{jk} x_j$$\n", "notes.md")
    assert [each.code for each in found.open] == ["no-loss"]
    assert not found.has_loss


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (  # in the loss alone, too
            r"$$L = \frac{1}{2}(y - w x)^2$$ $$\frac{dL}{dw} = -(y - w x) x$$",
            {"y": "target", "w": "param", "x": "input"},
        ),
        (
            r"$$L = (u - v)^2$$ $$\frac{dL}{du} = 2(u - v)$$",
            {"u": "param", "v": "target"},
        ),
        (  # a derivative by an output is none by its target
            r"$$z_t = w x_t$$ $$L_t = \frac12 (z_t - z_t^*)^2$$"
            r" $$\frac{\partial L_t}{\partial z_t} = z_t - z_t^*$$",
            {"w": "param", "x_t": "input", "z_tstar": "target"},
        ),
    ],
)
def test_what_each_given_quantity_is(text: str, roles: dict[str, str]) -> None:
    found = lower_document("\n\n$$".join(text.split(" $$")), "notes.md")
    assert {each.text: each.role for each in found.given} == roles


def test_a_step_that_is_given_is_said_and_two_steps_are_two_quantities() -> None:
    found = lower_document(
        "$$h_t = \\tanh(w x_t + u h_{t-1})$$\n\n$$q_t = h_t v + h_{t-1} - h_{t+1}$$\n\n"
        "$$L = q_t^2$$\n",
        "notes.md",
    )
    assert [(each.code, each.what) for each in found.open] == [
        ("step-given", "h_tm1"), ("step-given", "h_tp1"),
    ]  # fmt: skip
    plain = lower_document("$$h_t = \\tanh(w x_t)$$\n\n$$L = h_t^2$$\n", "notes.md")
    assert plain.open == ()


def test_a_set_is_no_equation_of_quantities() -> None:
    found = lower_document(
        "$$\\Theta = (\\mathbb{R}^3)^4$$\n\n$$z_k = \\sum_j w_{jk} x_j$$\n", "notes.md"
    )
    assert [each.text.partition(" = ")[0] for each in found.equations] == ["z[k]"]


def test_a_loss_of_an_output_that_no_equation_gives_is_none() -> None:
    text = "$$y = W x$$\n\n$$J(\\mathbf{s}, \\mathbf{t})$$\n"
    nothing = lower_document(text, "notes.md")
    assert not nothing.has_loss
    assert {each.text[0] for each in nothing.given} == {"W", "x"}
    assert lower_document(text.replace("\\mathbf{s}", "y"), "notes.md").has_loss


def test_a_document_without_equations_is_refused() -> None:
    with pytest.raises(InputError, match="no equations"):
        lower_document("Nothing but words.\n", "notes.md")


def test_the_commands_take_a_document(symback_command: Symback, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text(UNITS, encoding="utf-8")
    shown = symback_command("model", str(notes))
    assert shown.code == 0, shown.err
    assert "# line 2" in shown.out
    assert [e.quantity.name for e in read_model(shown.out).equations] == [
        "h_pre", "h", "y_pre", "yhat", "L",
    ]  # fmt: skip
    derived = symback_command("derive", str(notes))
    assert derived.code == 0, derived.err
    assert "∂L/∂W1" in derived.out.replace(" ", "") or "W1" in derived.out


def test_code_from_a_document_is_right(symback_command: Symback, tmp_path: Path) -> None:
    notes, code = tmp_path / "notes.md", tmp_path / "gradients.py"
    notes.write_text(
        "$$h = \\tanh(W x + b)$$\n\n$$y = V h$$\n\n$$E = \\frac{1}{2} \\|y - t\\|^2$$\n",
        encoding="utf-8",
    )
    done = symback_command("emit", str(notes), "-o", str(code))
    assert done.code == 0, done.err
    run = subprocess.run([sys.executable, str(code)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "right" in run.stdout


def test_a_document_that_is_none_is_refused(symback_command: Symback, tmp_path: Path) -> None:
    empty = tmp_path / "empty.md"
    empty.write_text("Nothing but words.\n", encoding="utf-8")
    done = symback_command("derive", str(empty))
    assert (done.code, done.out) == (2, "")
    assert "no equations" in done.err


def test_the_only_entry_has_its_number() -> None:
    text = r"""$$z = w \cdot x + b,\quad u = -y z,\quad \ell = \log(1+\exp(u))$$
For a dataset $\{(x_i, y_i)\}_{i=1}^n$, with
$$L(w,b) = \frac{1}{n}\sum_{i=1}^{n}\ell_i$$
"""
    assert "ell[k] = log(1 + exp(u[1]))" in equations(text)
