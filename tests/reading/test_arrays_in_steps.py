"""Arrays at each step or sample: right lines are shown, and those with a slip are refuted."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sampling import sample

from symback import read_model
from symback.reading import check
from symback.reading.lowering.reading import lower_document
from symback.reading.statements.verdicts import Judgement, Status

NOTES = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "steps.toml").read_text(encoding="utf-8")
)["note"]
SHOWN = (Status.PROVED, Status.AGREES)
KINDS = ("right", "wrong", "open")
LINES = [(note, kind, line) for note in NOTES for kind in KINDS for line in note[kind]]
SAMPLE = sample(LINES, 7, seed=3)


def judged(equations: list[str], *lines: str) -> list[Judgement]:
    text = "\n\n".join(f"$${formula}$$" for formula in [*equations, *lines])
    return list(check(text, kind="markdown").judgements[-len(lines) :])


@pytest.mark.spread
@pytest.mark.parametrize(("note", "kind", "line"), SAMPLE, ids=lambda value: str(value)[:40])
def test_a_line_by_itself(note: dict[str, list[str]], kind: str, line: str) -> None:
    (found,) = judged(note["equations"], line)
    if kind == "right":
        assert found.status in SHOWN
    elif kind == "wrong":
        assert found.status is Status.REFUTED
        assert found.witness is not None
    else:
        assert found.status is not Status.REFUTED


@pytest.mark.whole  # each by itself in the gate
@pytest.mark.parametrize("note", NOTES, ids=lambda note: note["name"])
def test_all_lines_together(note: dict[str, list[str]]) -> None:
    found = judged(note["equations"], *note["right"], *note["wrong"])
    right, wrong = found[: len(note["right"])], found[len(note["right"]) :]
    assert {each.status for each in right} <= set(SHOWN)
    assert {each.status for each in wrong} <= {Status.REFUTED, Status.UNDECIDED}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (r"\frac{\partial L}{\partial V} = \sum_t h_t (o_t - y_t)^\top", "arrays-do-not-fit"),
        (r"\frac{\partial L}{\partial W} = \delta_t x_t^\top", "part-of-step"),
        (r"\frac{\partial L}{\partial U} = \sum_{t=2}^T \delta_t h_{t-1}^\top", "start-unsaid"),
        (r"\delta_t = V^\top (o_t - y_t) \odot (1 - h_t^2)", "partial-or-total"),
    ],
)
def test_what_is_open_says_why(line: str, reason: str) -> None:
    (found,) = judged(NOTES[0]["equations"], line)
    assert (found.status, found.reason) == (Status.UNDECIDED, reason)


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    ("right", "old", "new"),
    [
        (r"\nabla_U L = \sum_{t=1}^T \delta_t h_{t-1}^\top", "h_{t-1}", "h_t"),
        (r"dU = \sum_t \delta_t h_{t-1}^\top", "h_{t-1}", "h_t"),
        (r"\frac{\partial L}{\partial b} = \sum_t e^{\log 1} \delta_t", "log 1", "log 2"),
        (
            r"\frac{\partial L}{\partial h_{T-1}} = V^\top (o_{T-1} - y_{T-1}) + U^\top \delta_T",
            "+ U",
            "- U",
        ),
    ],
)
def test_a_gradient_is_written_in_many_ways(right: str, old: str, new: str) -> None:
    found = judged(NOTES[0]["equations"], right, right.replace(old, new))
    assert found[0].status in SHOWN
    assert found[1].status is Status.REFUTED


def test_a_start_that_is_said_settles_a_line() -> None:
    line = r"\frac{\partial L}{\partial U} = \sum_{t=2}^T \delta_t h_{t-1}^\top"
    (found,) = judged(["h_0 = 0", *NOTES[0]["equations"]], line)
    assert found.status in SHOWN


def test_a_recursion_says_for_which_steps() -> None:
    line = r"\delta_t = (V^\top (o_t - y_t) + U^\top \delta_{t+1}) \odot (1 - h_t^2)"
    (found,) = judged(NOTES[0]["equations"], line)
    assert "inner-steps" in [code for code, _ in found.readings]
    assert found.scope == "all-sizes"


def test_a_note_is_a_model() -> None:
    text = "\n\n".join(f"$${formula}$$" for formula in NOTES[0]["equations"])
    found = lower_document(text, "notes.md")
    assert [line.text for line in found.equations] == [
        "h[0,j] = h_start[j]",
        "z[t,j] = sum(k, W[j,k] x[t,k]) + sum(j2, U[j,j2] h[t-1,j2]) + b[j]",
        "h[t,j] = tanh(z[t,j])",
        "o[t,i] = sum(j, V[i,j] h[t,j]) + c[i]",
        "L = sum(t, 1 / 2 * sum(i, (o[t,i] - y[t,i])^2))",
    ]
    assert {g.text for g in found.given if g.role == "param"} == {
        "W[j,k]", "U[j,j]", "b[j]", "V[i,j]", "c[i]",
    }  # fmt: skip
    assert [each.code for each in found.open] == ["start-assumed"]
    model = "\n".join(
        [*(f"{g.role} {g.text}" for g in found.given), *(e.text for e in found.equations)]
    )
    assert read_model(model).recursive == {"h", "z"}


def test_a_product_without_its_sign_is_told() -> None:
    line = r"\delta_t = (V^\top (o_t - y_t) + U^\top \delta_{t+1}) (1 - h_t^2)"
    (found,) = judged([*NOTES[0]["equations"], *NOTES[0]["right"]], line)
    assert found.status in SHOWN
    assert "elementwise-product" in [code for code, _ in found.readings]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    ("line", "was", "slip"),
    [
        (r"\nabla_{h_t} L = V^\top \nabla_{o_t} L + U^\top \nabla_{z_{t+1}} L", "{t+1}", "{t}"),
        (r"dz_t = dh_t \odot (1 - h_t^2)", "h_t^2", "h_t"),
        (r"dz_t = 4 dh_t / (e^{z_t} + e^{-z_t})^2", "4", "2"),
        (
            r"\frac{\partial L}{\partial z_t} = \mathrm{diag}(1 - h_t^2)"
            r" \frac{\partial L}{\partial h_t}",
            "h_t^2",
            "h_t",
        ),
    ],
)
def test_gradients_as_nablas_differentials_exponentials_and_diagonals(
    line: str, was: str, slip: str
) -> None:
    right, wrong = judged(NOTES[0]["equations"], line, line.replace(was, slip))
    assert right.status in SHOWN
    assert wrong.status is Status.REFUTED
