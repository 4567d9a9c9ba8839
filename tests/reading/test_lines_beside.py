"""Lines of a model beside a document: what it leaves out, in the spelling that it has itself."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from running import Symback

from symback.errors import InputError
from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

LAYERS = (
    r"We go back from $\frac{\partial J}{\partial \mathbf{o}}$ through"
    r" (with $\lambda$) $\mathbf{W}^{(2)}$ and $\mathbf{h}$ to $\mathbf{z}$, $\mathbf{W}^{(1)}$"
    r" and $\mathbf{x}$:"
)
HIDDEN = (
    r"\frac{\partial J}{\partial \mathbf{h}} = {\mathbf{W}^{(2)}}^\top"
    r" \frac{\partial J}{\partial \mathbf{o}}"
)
WEIGHTS = (
    r"\frac{\partial J}{\partial \mathbf{W}^{(1)}} = \left(\frac{\partial J}{\partial \mathbf{h}}"
    r" \odot \phi'(\mathbf{z})\right) \mathbf{x}^\top + \lambda \mathbf{W}^{(1)}"
)
TYPED = (
    "z = W1 x", "h = phi(z)", "o = W2 h",
    "J = l(o) + lambda/2 (sum(i, j, W1[i,j]^2) + sum(k, i, W2[k,i]^2))",
)  # fmt: skip
BY_ENTRIES = (
    "z[i] = sum(j, W1[i,j] x[j])", "h[i] = phi(z[i])", "o[k] = sum(i, W2[k,i] h[i])",
    "J = l(o[:]) + lambda/2 (sum(i, j, W1[i,j]^2) + sum(k, i, W2[k,i]^2))",
)  # fmt: skip
NUMBERED = r"$$z_2 = W_2 a_1 + b_2, \quad z_3 = W_3 a_2 + b_3, \quad a_2 = g(z_2)$$"
CHAIN = (
    r"\frac{\partial L}{\partial W_2} = \left(-\frac{y}{a_3} + \frac{1 - y}{1 - a_3}\right)"
    r" g'(z_3) W_3 g'(z_2) a_1"
)
NUMBERED_LINES = ("a_3 = g(z_3)", "L = -y log(a_3) - (1-y) log(1-a_3)", "target y")
PRIMED = r"$$a = \sigma(z), \quad z = x_1 w_1 + x_2 w_2 + b$$"
TWO = (
    r"\frac{\partial l}{\partial z} = \sigma'(z) \left[w_3 \frac{\partial l}{\partial z'}"
    r" + w_4 \frac{\partial l}{\partial z''}\right]"
)
TWO_LINES = ("z_pre = w_3 a", r"z'' = w_4 a", r"l = l(z', z'')")

# What a document says, an open line of it, what stands beside it, and a slip in the line.
CASES = [
    (LAYERS, HIDDEN, TYPED, (r"{\mathbf{W}^{(2)}}^\top", r"\mathbf{W}^{(2)}")),
    (LAYERS, HIDDEN, BY_ENTRIES, (r"{\mathbf{W}^{(2)}}^\top", r"{\mathbf{W}^{(1)}}^\top")),
    (LAYERS, WEIGHTS, TYPED, (r"\phi'", r"\phi")),
    (LAYERS, WEIGHTS, BY_ENTRIES, (r"+ \lambda", r"- \lambda")),
    (NUMBERED, CHAIN, NUMBERED_LINES, ("g'(z_2)", "g'(z_3)")),
    (NUMBERED, CHAIN, NUMBERED_LINES, ("a_1", "a_2")),
    (PRIMED, TWO, TWO_LINES, ("+ w_4", "- w_4")),
    (PRIMED, TWO, TWO_LINES, (r"\sigma'", r"\sigma")),
]


@cache
def last(text: str, line: str, *beside: str) -> Judgement:
    return check(f"{text}\n\n$${line}$$\n", kind="markdown", lines=beside).judgements[-1]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("text", "line", "beside", "slip"), CASES)
def test_what_is_left_out_is_said_beside_it(
    text: str, line: str, beside: tuple[str, ...], slip: tuple[str, str]
) -> None:
    assert last(text, line).status is Status.UNDECIDED
    found = last(text, line, *beside)
    assert found.status is Status.PROVED
    assert found.readings[0] == ("beside-model", {})
    wrong = line.replace(*slip)
    assert wrong != line
    assert last(text, wrong, *beside).status in (Status.UNDECIDED, Status.REFUTED)


@pytest.mark.parametrize("loss", ["J = J(o)", "J = j(o)", "J = loss(o)", "J = l(o)"])
def test_a_loss_may_be_left_open(loss: str) -> None:
    lines = (*TYPED[:3], loss)
    assert last(LAYERS, HIDDEN, *lines).status is Status.PROVED
    wrong = HIDDEN.replace("^\\top", "")
    assert last(LAYERS, wrong, *lines).status is not Status.PROVED


def test_what_the_document_defines_too_is_not_refuted_by_a_line() -> None:
    text = (
        r"$$E = -\log \hat y_k$$ where $k$ is the class, and $\hat y_k = e^{z_k} / \sum_j e^{z_j}$."
    )
    line = r"\frac{\partial E}{\partial z_k} = \hat y_k - 1"
    lines = ("E = -sum(i, y[i] log(yhat[i]))", "target y")
    assert last(text, line, *lines).status is not Status.REFUTED


def test_a_slip_is_one_where_all_is_said() -> None:
    text = r"The loss is $E$, of the output $y$ and the target $t$."
    line = r"\frac{\partial E}{\partial x} = 2 (y - t) w"
    lines = ("y = w x", "E = (y - t)^2")
    assert last(text, line, *lines).status is Status.PROVED
    assert last(text, line.replace("- t", "+ t"), *lines).status is Status.REFUTED
    # Of a function that the lines leave open it is not known which one is meant.
    assert last(text, line, "y = w x", "E = l(y)").status is Status.UNDECIDED


def test_lines_take_no_verdict_away() -> None:
    text = "$$z = w x, \\quad a = f(z)$$"
    line = r"\frac{\partial a}{\partial w} = f'(z) x"
    assert last(text, line).status is Status.PROVED
    assert last(text, line, "z = w x^2").status is Status.PROVED
    assert last(text, line.replace("x", "w"), "z = w^2 / 2").status is Status.REFUTED


def test_what_is_given_has_no_equation() -> None:
    """The last layer is called as the target is, which only its author can tell."""
    text = NUMBERED + "\n\n$$y = g(z_3)$$"
    line = CHAIN.replace("W_2", "b_2").replace(" a_1", "")
    assert last(text, line, *NUMBERED_LINES[:2]).status is not Status.PROVED
    assert last(text, line, *NUMBERED_LINES).status is Status.PROVED
    assert last(text, line.replace("1 - y", "1 + y"), *NUMBERED_LINES).status is not Status.PROVED


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(InputError, match="'q_7' is named neither by the document nor"):
        last(NUMBERED, CHAIN, "a_3 = g(q_7)")
    with pytest.raises(InputError, match="is not read"):
        last(NUMBERED, CHAIN, "a_3 = * g(z_3")


@pytest.mark.parametrize("line", ["y", "()", "= 3", "input", r"\frac{1}{2}"])
def test_a_line_that_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="says nothing of anything"):
        last(NUMBERED, CHAIN, line)


def test_the_command_takes_lines_alone_or_behind_what_was_understood(
    symback_command: Symback, tmp_path: Path
) -> None:
    notes, lines = tmp_path / "notes.md", tmp_path / "notes.model"
    notes.write_text(f"{NUMBERED}\n\n$${CHAIN}$$\n", encoding="utf-8")

    def verdict() -> str:
        run = symback_command("check", str(notes), "--model", str(lines), "--format", "json")
        return str(json.loads(run.out)["documents"][0]["statements"][-1]["verdict"])

    said = "\n".join(NUMBERED_LINES)
    lines.write_text(said, encoding="utf-8")
    assert verdict() == "PROVED"
    symback_command("model", str(notes), "-o", str(lines), "--force")
    understood = lines.read_text(encoding="utf-8")
    lines.write_text(f"{understood}\n{said}", encoding="utf-8")
    assert verdict() == "PROVED"
    lines.write_text("param W[j]\na_3 = * g(z_3", encoding="utf-8")
    run = symback_command("check", str(notes), "--model", str(lines))
    assert run.code == 2
    assert "line 2" in run.err


def test_a_slip_in_a_chain_whose_first_line_is_right_is_one() -> None:
    text = r"The output is $y$, the target $t$, $\sigma(a)$ the logistic function."
    lines = ("E = -log(sigma(u^T v))", "sigma(x) = 1/(1 + exp(-x))")
    line = r"\frac{\partial E}{\partial v} = -(1 - \sigma(u^T v)) u = -\sigma(-u^T v) u"
    assert last(text, line, *lines).status is Status.PROVED
    assert last(text, line.replace(r"= -\sigma", r"= \sigma"), *lines).status is Status.REFUTED


def test_a_shape_is_told() -> None:
    text = "$$z = W x + b, \\quad L = f(z)$$ where $W + b = 12$."
    line = r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^T"
    lines = ("param W[k,j], b[k]", "input x[j]")
    assert last(text, line, *lines).status is Status.PROVED
    assert last(text, line.replace("x^T", "b^T"), *lines).status is not Status.PROVED
