"""Formulas as answers: understood as people type them, and what is wrong is named."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from sampling import sample

from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.teaching.formulas import Formulas
from symback.teaching.keyboard import bare, in_letters
from symback.teaching.outcomes import Outcome
from symback.teaching.same import equal_to
from symback.teaching.subject import Subject
from tests.running import Symback

NETWORK = Network((2, 3, 4), ("sigmoid", "sigmoid"), "half-squared-error")
OUTER = "sum(l, W2[k,l]*(yhat[l]-y[l])*yhat[l]*(1-yhat[l]))"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@cache
def _formulas(asked: str, network: Network = NETWORK, notation: str = "founding") -> Formulas:
    return Formulas(Subject(network, None, notation), {"g": asked}, frozenset({"g"}))


@cache
def _of_model(name: str, asked: str, *, adds_up: bool = False) -> Formulas:
    text = ModelText.of(library_text(name), name)
    return Formulas(Subject(None, text), {"g": asked}, targets_add_up=adds_up)


LATEX = r"x_j h_k(1-h_k)\sum_l W_{kl}^{(2)}(\hat y_l-y_l)\hat y_l(1-\hat y_l)"


@pytest.mark.spread
@pytest.mark.parametrize(
    "text",
    [
        f"x[j]*h[k]*(1-h[k])*{OUTER}",
        f"$x[j]*h[k]*(1-h[k])*{OUTER}$.",
        LATEX, f"${LATEX}$", f"$${LATEX}$$", rf"\({LATEX}\)", rf"\[{LATEX}\]",
        f"x[j]*h1[k]*(1-h1[k])*{OUTER}",
        "x_j h1_k (1-h1_k) sum(l, W2_kl (yhat_l-y_l) yhat_l (1-yhat_l))",
        f"dL/dW1[j,k] = x[j]*h1[k]*(1-h1[k])*{OUTER}",
        "x[j]*f'(h'[k])*sum(l, W2[k,l]*(yhat[l]-y[l])*g'(y'[l]))",
        "x[j]*sigmoid'(h1_pre[k])*sum(l, W2[k,l]*(yhat[l]-y[l])*sigmoid'(y_pre[l]))",
        "xⱼ hₖ (1−hₖ) Σₗ Wₖₗ⁽²⁾ (ŷₗ−yₗ) ŷₗ (1−ŷₗ)",
    ],
)  # fmt: skip
def test_a_right_formula_is_understood(text: str) -> None:
    judged = _formulas("dL/dW1[j,k]").mark("g", text)
    assert (judged.outcome, judged.slips) == (Outcome.RIGHT, ())


@pytest.mark.parametrize("text", ["x[j]*dL/dh1_pre[k]", "$x[j] delta1[k]$", "x[j]*dL/dh'[k]"])
def test_what_is_left_in_it_counts_half(text: str) -> None:
    assert _formulas("dL/dW1[j,k]").mark("g", text).outcome is Outcome.UNFINISHED


RIGHT_SLOPE = f"h[k]*(1-h[k])*{OUTER}"
WRONG = {
    f"x[j]*{OUTER}": "slope-missing",
    "x[j]*h[k]*(1-h[k])*sum(l, W2[k,l]*(yhat[l]-y[l]))": "slope-missing",
    RIGHT_SLOPE: "input-missing",
    f"x[j]*h[k]*(1-h[k])*{OUTER.replace('yhat[l]-y[l]', 'y[l]-yhat[l]')}": "sign",
    f"x[j]*h[k]*(1-h[k])*{OUTER.replace('W2[k,l]', 'W2[l,k]')}": "backward-transposed",
    f"x[j]*h[k]*(1-h[k])*{OUTER.replace('W2[k,l]', 'W1[k,l]')}": "wrong-layer",
    f"x[j]*h[k]*(1-h[k])*{OUTER.replace('W2[k,l]*', '')}": "factor-missing",
    f"x[k]*{RIGHT_SLOPE}": "wrong-index",
    "x[k]*h[j]*(1-h[j])*sum(l, W2[j,l]*(yhat[l]-y[l])*yhat[l]*(1-yhat[l]))": "gradient-transposed",
    f"x[j]*(1-h[k]^2)*{OUTER}": "slope-of-other",
    f"2*x[j]*{RIGHT_SLOPE}": "two-in-loss",
    f"x[j]*{RIGHT_SLOPE}/2": "half-in-loss",
    f"3*x[j]*{RIGHT_SLOPE}": "factor-extra",
    f"h[j]*{RIGHT_SLOPE}": "other-input",
    f"x[j]*sigma'(h[k])*{OUTER}": "slope-at-output",
    f"x[j]*sigma(h'[k])*{OUTER}": "function-for-slope",
    "x[j]*h[k]*(1-h[k])*W2[k,1]*(yhat[1]-y[1])*yhat[1]*(1-yhat[1])": "path-missing",
    f"$x[j]*{OUTER}$": "slope-missing",
    f"x[j]*{OUTER.replace('yhat', 'h1')}": "",
}


UNNAMED = [text for text in WRONG if not WRONG[text]]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("text", [*sample([t for t in WRONG if WRONG[t]], 5), *UNNAMED])
def test_what_is_wrong_is_named(text: str) -> None:
    judged = _formulas("dL/dW1[j,k]").mark("g", text)
    if not WRONG[text]:  # the known-bad twin: nothing of the catalogue gives it
        assert judged.outcome in (Outcome.WRONG, Outcome.OPEN)
        assert judged.slips in ((), ("other-formula",))
        return
    assert (judged.outcome, judged.slips) == (Outcome.WRONG, (WRONG[text],))


CLASSES = Network((2, 3, 4), ("tanh", "softmax"), "cross-entropy")


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("(yhat[k]-y[k]) h[j]", ""),
        ("(y[k]-yhat[k]) h[j]", "sign"),
        ("(yhat[k]-y[k]) yhat[k] (1-yhat[k]) h[j]", "slope-twice"),
        ("-y[k] (1-yhat[k]) h[j]", "softmax-diagonal"),
        ("yhat[k]-y[k]", "input-missing"),
    ],
)
def test_softmax_with_cross_entropy_in_letters(text: str, slip: str) -> None:
    judged = _formulas("dL/dW2[j,k]", CLASSES).mark("g", text)
    wanted = (Outcome.WRONG, (slip,)) if slip else (Outcome.RIGHT, ())
    assert (judged.outcome, judged.slips) == wanted


def test_the_order_of_indices_is_the_sheets_where_it_says_so() -> None:
    text = "(yhat[j]-y[j])*yhat[j]*(1-yhat[j])*h[k]"
    stated = _formulas("dL/dW2[j,k]").mark("g", text)
    assert (stated.outcome, stated.slips) == (Outcome.WRONG, ("gradient-transposed",))
    unsaid = Formulas(Subject(NETWORK), {"g": "dL/dW2[j,k]"}).mark("g", text)
    assert unsaid.outcome is Outcome.OPEN
    assert unsaid.why is not None
    assert unsaid.why.code == "why-weight-order"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I don't know", "why-undeclared"),
        ("x[j]*foo[k]", "why-undeclared"),
        ("(yhat - y) * x", "why-shape"),
        ("x[j]*h[k]*(1-h[k]", "why-unread"),
        ("x[j] +", "why-unread"),
    ],
)
def test_why_something_is_left_open_is_said(text: str, why: str) -> None:
    judged = _formulas("dL/dW1[j,k]").mark("g", text)
    assert judged.outcome is Outcome.OPEN
    assert judged.why is not None
    assert judged.why.code == why


MIXED = Network((2, 3, 4), ("tanh", "sigmoid"), "half-squared-error")


def test_a_letter_for_a_function_is_the_one_applied_there() -> None:
    formulas = _formulas("dL/dW1[j,k]", MIXED)
    outer = "sum(l, W2[k,l]*(yhat[l]-y[l])*{}'(y'[l]))"
    for inner, last in sample([("f", "g"), ("f", "f"), ("tanh", "sigma"), ("φ", "φ")], 2):
        text = f"x[j]*{inner}'(h'[k])*{outer.format(last)}"
        assert formulas.mark("g", text).outcome is Outcome.RIGHT, text
    # The known-bad twins: another function by its name, and a slope at the output.
    for inner, slip in (("sigma'(h'[k])", "slope-of-other"), ("tanh'(h[k])", "slope-at-output")):
        judged = formulas.mark("g", f"x[j]*{inner}*{outer.format('sigma')}")
        assert judged.outcome is Outcome.WRONG
        assert judged.slips == (slip,)


@pytest.mark.parametrize("name", sample(sorted(NOTATIONS), 2))
def test_the_key_of_a_sheet_is_right_in_every_notation(name: str) -> None:
    from symback.teaching.exercises import make_sheet

    notation = None if name == "founding" else NOTATIONS[name]
    sheet = make_sheet((2, 3, 2), 3, 2, kinds=("derive",), notation=notation)
    for exercise in sheet.exercises:
        result = exercise.result
        assert result is not None
        subject = Subject(result.about, None, name)
        formulas = Formulas(subject, {"g": result.left}, frozenset({"g"}))
        right = formulas.expected[result.left]
        assert right
        assert formulas.mark("g", f"${right}$").outcome is Outcome.RIGHT, right
        assert formulas.mark("g", f"-({right})").slips == ("sign",)


MODEL = {
    "sum(t, dL/dh[t,k] (1 - h[t,k]^2) h[t-1,i])": "",
    r"$\sum_t \frac{\partial L}{\partial h_{t,k}} (1 - h_{t,k}^2) h_{t-1,i}$": "",
    "Σ_t ∂L/∂h[t,k] (1 − h[t,k]²) h[t−1,i]": "",
    "sum(t, dh[t,k]*h[t-1,i])": "slope-missing",
    "sum(t, dh[t,k] (1 - h[t,k]^2) h[t,i])": "wrong-index",
    "-sum(t, dh[t,k] (1 - h[t,k]^2) h[t-1,i])": "sign",
    "sum(t, dh[t,i] (1 - h[t,i]^2) h[t-1,k])": "gradient-transposed",
    "sum(t, dh[t,k] (1 - h[t,k]^2))": "input-missing",
}


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("text", list(MODEL))
def test_formulas_about_a_model(text: str) -> None:
    judged = _of_model("rnn", "dL/dU[i,k]").mark("g", text)
    wanted = (Outcome.WRONG, (MODEL[text],)) if MODEL[text] else (Outcome.RIGHT, ())
    assert (judged.outcome, judged.slips) == wanted


def test_targets_that_add_up_are_for_the_problem_to_say() -> None:
    text = "p[t,o] - y[t,o]"
    unsaid = _of_model("rnn", "dL/dz[t,o]").mark("g", text)
    assert unsaid.outcome is Outcome.OPEN
    assert unsaid.why is not None
    assert unsaid.why.code == "why-unit-targets"
    assert _of_model("rnn", "dL/dz[t,o]", adds_up=True).mark("g", text).outcome is Outcome.RIGHT
    wrong = _of_model("rnn", "dL/dz[t,o]", adds_up=True).mark("g", "y[t,o] - p[t,o]")
    assert (wrong.outcome, wrong.slips) == (Outcome.WRONG, ("sign",))


def test_frames_are_taken_off_and_nothing_else() -> None:
    assert bare(r"$$\frac{a}{b}$$.") == r"\frac{a}{b}"
    assert bare("`x[j]`") == "x[j]"
    assert bare("$a$ and $b$") == "$a$ and $b$"
    assert bare("$") == "$"
    assert in_letters("dL/dh1_pre_k h10 xh1", NETWORK) == "dL/dh'_k h10 xh1"


ANSWERS = """student,g
Ann,"$x[j]*dL/dh'[k]$"
Ben,whatever
Cem,"-x[j]*dL/dh'[k]"
Dora,"x[j]*foo[k]"
"""


def test_who_waits_for_a_marker_is_listed(symback_command: Symback, here: Path) -> None:
    (here / "p.toml").write_text(
        'layers = [2, 2]\nformulas = { g = "dL/dW1[j,k]" }\nnotation = "founding"\n', "utf-8"
    )
    text = ANSWERS.replace("dh'", "dy'")
    (here / "a.csv").write_text(text, "utf-8")
    page = " ".join(symback_command("mark", "a.csv", "--values", "p.toml").out.split())
    assert "2 answers of 2 students are left to you" in page
    assert "nothing says what fook is" in page or "nothing says what foo" in page
    assert "Left to you" in page
    data = json.loads(
        symback_command("mark", "a.csv", "--values", "p.toml", "--format", "json").out
    )
    assert [sheet["open"] for sheet in data["sheets"]] == [[], ["g"], [], ["g"]]
    # The known-bad twin: where all is decided, nothing of it is there.
    (here / "a.csv").write_text("\n".join(text.splitlines()[:2]) + "\n", "utf-8")
    page = symback_command("mark", "a.csv", "--values", "p.toml").out
    assert "eft to you" not in page


def test_many_formulas_are_compared_as_each_by_itself() -> None:
    written = "(yhat[k]-y[k])*yhat[k]*(1-yhat[k])*h[j]"
    others = ["h[j]*yhat[k]*(1-yhat[k])*(yhat[k]-y[k])", "(yhat[k]-y[k])*h[j]", f"2*({written})/2",
              f"-{written}"]  # fmt: skip
    together = equal_to(written, others, NETWORK, "founding")
    assert together == (True, False, True, False)
    assert together == tuple(equal_to(written, [o], NETWORK, "founding")[0] for o in others)
