"""A model that is stated beside a document decides what the document leaves open, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import Symback

from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.reading import check
from symback.reading.statements.verdicts import DocumentReport, Status

NETWORK = """
input x[j]
target y[i]
param W[j,k], V[k,i]
z[k] = sum(j, W[j,k] x[j])
h[k] = tanh(z[k])
q[i] = sum(k, V[k,i] h[k])
L = sum(i, (q[i] - y[i])^2) / 2
"""

RECURRENT = """
input x[t,k]
target y[t,i]
param W[j,k], U[j,j], V[i,j]
h[0,j] = 0
z[t,j] = sum(k, W[j,k] x[t,k]) + sum(m, U[j,m] h[t-1,m])
h[t,j] = tanh(z[t,j])
o[t,i] = sum(j, V[i,j] h[t,j])
L = sum(t, i, (o[t,i] - y[t,i])^2) / 2
"""

DELTA = r"\delta_k = \frac{\partial L}{\partial z_k}"
DELTA_T = r"\delta_t = \frac{\partial L}{\partial z_t}"

LINES = [
    (NETWORK, r"\frac{\partial L}{\partial W_{jk}} = \delta_k x_j", "right"),
    (NETWORK, r"\frac{\partial L}{\partial W} = x \delta^\top", "right"),
    (NETWORK, r"\delta_k = \sum_i (q_i - y_i) V_{ki} (1 - h_k^2)", "right"),
    (NETWORK, r"\delta_k = \sum_i (q_i - y_i) V_{ki} (1 - h_k)", "wrong"),
    (NETWORK, r"\frac{\partial L}{\partial V_{ki}} = h_k (q_i - y_i)", "right"),
    (NETWORK, r"\frac{\partial L}{\partial V_{ki}} = h_k (y_i - q_i)", "wrong"),
    (NETWORK, r"\frac{\partial L}{\partial W} = \delta x^\top", "right"),
    (RECURRENT, r"\frac{\partial L}{\partial V} = \sum_t (o_t - y_t) h_t^\top", "right"),
    (RECURRENT, r"\frac{\partial L}{\partial U} = \sum_t \delta_t h_{t-1}^\top", "right"),
    (RECURRENT, r"\frac{\partial L}{\partial U} = \sum_t \delta_t h_t^\top", "open"),
    (RECURRENT, r"\frac{\partial L}{\partial W} = \sum_t \delta_t h_t^\top", "open"),
]


def judged(model: str | None, *lines: str) -> DocumentReport:
    text = "\n\n".join(f"$${line}$$" for line in lines)
    if model is None:
        return check(text, kind="markdown")
    return check(text, kind="markdown", beside=ModelText.of(model))


LSTM = (
    r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
    r"\frac{\partial L}{\partial i_t} = \frac{\partial L}{\partial c_t} \odot g_t",
    r"\frac{\partial L}{\partial W_f} = \sum_t \left(\frac{\partial L}{\partial c_t} \odot c_{t-1}"
    r" \odot f_t \odot (1 - f_t)\right) x_t^\top",
    r"\frac{\partial L}{\partial W_f} = \sum_t \left(\frac{\partial L}{\partial c_t} \odot c_t"
    r" \odot f_t \odot (1 - f_t)\right) x_t^\top",
)


def test_a_model_of_the_library_has_letters_of_its_own() -> None:
    """`W_f` is the model's `Wf`, whose rows are the columns of what stands before x here."""
    text = ModelText.of(library_text("lstm"))
    document = "\n\n".join(f"$${line}$$" for line in LSTM)
    *_, right, wrong = check(document, kind="markdown", beside=text).judgements
    assert right.status is Status.PROVED
    assert ("matrices-turned", {}) in right.readings
    assert wrong.status is Status.UNDECIDED


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("model", "line", "kind"), LINES)
def test_lines_without_equations(model: str, line: str, kind: str) -> None:
    delta = DELTA if model is NETWORK else DELTA_T
    shown = r"\frac{\partial L}{\partial o_t} = o_t - y_t" if model is RECURRENT else DELTA
    alone = judged(None, delta, shown, line).judgements[-1]
    assert alone.status is Status.UNDECIDED
    found = judged(model, delta, shown, line).judgements[-1]
    if kind == "right":
        assert found.status in (Status.PROVED, Status.AGREES)
        assert ("beside-model", {}) in found.readings
    else:
        wanted = Status.REFUTED if kind == "wrong" else Status.UNDECIDED
        assert found.status is wanted


def test_a_model_takes_no_verdict_away() -> None:
    own = ["z = w x", "a = f(z)", r"\frac{\partial a}{\partial w} = f'(z) x"]
    other = "input x\nparam w\nz = w x\na = tanh(z)\nL = a^2"
    assert judged(other, *own).judgements[-1].status is Status.PROVED


def test_a_document_has_its_matrices_in_one_way() -> None:
    """By itself either line holds, with W as in the model or turned; together one is a slip."""
    first = r"\frac{\partial L}{\partial W} = x \delta^\top"
    turned = r"\frac{\partial L}{\partial W} = \delta x^\top"
    more = r"\frac{\partial L}{\partial V} = h (q - y)^\top"
    found = judged(NETWORK, DELTA, first, more, turned).judgements
    assert [each.status for each in found[1:]] == [
        Status.PROVED, Status.PROVED, Status.UNDECIDED,
    ]  # fmt: skip
    even = judged(NETWORK, DELTA, first, turned).judgements
    assert [each.status for each in even[1:]] == [Status.UNDECIDED] * 2


def test_which_names_were_found_is_told() -> None:
    said = dict(judged(NETWORK, r"\frac{\partial L}{\partial V_{ki}} = h_k (q_i - y_i)").inferred)
    assert said["model-matched"]["of"] == "y, V, h, q, L"
    foreign = dict(judged(NETWORK, r"\frac{\partial E}{\partial B} = C D").inferred)
    assert "model-unmatched" in foreign


def test_the_command_takes_a_file(symback_command: Symback, tmp_path: Path) -> None:
    notes, model = tmp_path / "notes.md", tmp_path / "notes.model"
    notes.write_text(r"$$\frac{\partial L}{\partial V_{ki}} = h_k (y_i - q_i)$$", encoding="utf-8")
    model.write_text(NETWORK, encoding="utf-8")
    run = symback_command("check", str(notes), "--model", str(model), "--format", "json")
    assert run.code == 1
    (statement,) = json.loads(run.out)["documents"][0]["statements"]
    assert statement["verdict"] == "REFUTED"
    missing = symback_command("check", str(notes), "--model", "lsmt")
    assert missing.code == 2
    assert "did you mean lstm" in missing.err


@pytest.mark.parametrize(
    "option",
    [("--layers", "2,2,2"), ("--loss", "squared-error"), ("--no-bias",), ("--batch",),
     ("--spec", "network.toml"), ("--spec", "equations.toml")],
)  # fmt: skip
def test_the_command_takes_no_network_beside_a_model(
    symback_command: Symback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.md").write_text(r"$$\frac{\partial L}{\partial V_{ki}} = h_k (q_i - y_i)$$")
    Path("notes.model").write_text(NETWORK)
    Path("network.toml").write_text("layers = [2, 2]\n")
    Path("equations.toml").write_text('equations = "input x; param w; L = w x"\n')
    Path("more.toml").write_text("sizes = { n = 3 }\n")
    stated = ("check", "notes.md", "--model", "notes.model")
    both = symback_command(*stated, *option)
    assert both.code == 2
    said = option[0].replace("--no-", "--")
    assert both.err.startswith(f"symback: {said}: stands beside --model, which states all")
    assert symback_command(*stated, "--spec", "more.toml").code == 0
    Path("symback.toml").write_text("layers = [2, 3, 2]\n")  # the project's network is left aside
    assert symback_command(*stated).code == 0


def test_standard_input_is_a_document_or_a_model(symback_command: Symback) -> None:
    twice = symback_command("check", "-", "--model", "-")
    assert twice == (2, "", "symback: --model -: standard input can be read only once\n")
