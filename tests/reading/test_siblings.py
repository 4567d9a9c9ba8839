"""Small notes in letters of their own: right lines are shown, and their wrong twins refuted."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sampling import sample

from symback.reading import check
from symback.reading.statements.verdicts import Status

NOTES = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "siblings.toml").read_text(encoding="utf-8")
)["note"]
CASES = [
    (note, kind, line)
    for note in NOTES
    for kind in ("right", "wrong", "open")
    for line in note.get(kind, [])
]
EXPECTED = {
    "right": (Status.PROVED, Status.AGREES),
    "wrong": (Status.REFUTED,),
    "open": (Status.UNDECIDED,),
}


@pytest.mark.spread
@pytest.mark.parametrize(
    ("note", "kind", "line"), sample(CASES, 22), ids=lambda value: str(value)[:40]
)
def test_a_line(note: dict[str, str], kind: str, line: str) -> None:
    found = check(f"{note['text']}\n\n$${line}$$\n", kind="markdown").judgements[-1]
    assert found.status in EXPECTED[kind], found.reason


@pytest.mark.parametrize(("value", "status"), [("0.775", Status.AGREES), ("0.825", Status.REFUTED)])
def test_the_value_that_an_arrow_gives(value: str, status: Status) -> None:
    text = "$w = 0.8$\n\n" rf"$$w \leftarrow w - 0.1 \times 0.25 = {value}$$"
    assert check(text, kind="markdown").judgements[-1].status is status


COMMANDS = r"""
\NewDocumentCommand{\dd}{m m}{\frac{\partial #1}{\partial #2}}
\NewDocumentCommand{\W}{O{} m}{W^{(#2)}_{#1}}
\NewDocumentCommand\gd{O{L} m}{\frac{\partial #1}{\partial #2}}
\[ z = \W{1} x \]
\[ h = f(z) \]
\[ o = \W{2} h \]
\[ %s \]
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\dd{L}{h} = (\W{2})^\top \dd{L}{o}", Status.PROVED),
        (r"\gd{h} = (\W{2})^\top \gd[L]{o}", Status.PROVED),
        (r"\gd{\W{2}} = \gd[L]{o} h^\top", Status.PROVED),
        (r"\gd{z} = \gd{h} \odot f(z)", Status.REFUTED),
        (r"\gd{\W{2}} = \gd{o} x^\top", Status.REFUTED),
    ],
)
def test_commands_with_an_argument_specification(line: str, status: Status) -> None:
    assert check(COMMANDS % line, kind="latex").judgements[-1].status is status


def test_a_sum_that_names_no_index_may_stand_on_either_side() -> None:
    text = r"$$y_k = \sum_j w_{jk} x_j$$ $$E = \frac12 \sum_k (y_k - t_k)^2$$"
    slope = r"\frac{\partial E}{\partial x_j}"
    for sum_, status in (
        (r"\sum (y_k - t_k) w_{jk}", Status.PROVED),
        (r"\sum (y_k - t_k) w_{kj}", Status.REFUTED),
    ):
        for line in (f"{slope} = {sum_}", f"{sum_} = {slope}"):
            found = check(f"{text} $${line}$$", kind="markdown").judgements[-1]
            assert found.status is status
