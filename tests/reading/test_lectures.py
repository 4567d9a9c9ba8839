"""Norms, gates, attention and losses as lecture notes have them, and the same with one slip."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sampling import sample

from symback.reading import check
from symback.reading.statements.verdicts import Status

NOTES = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "lectures.toml").read_text(encoding="utf-8")
)["note"]
GOOD = (Status.PROVED, Status.AGREES)
OPEN = ("elu",)
"""Notes that are left open: a function with a parameter."""


def verdict(equations: list[str], line: str) -> Status:
    text = "\n\n".join(f"$${formula}$$" for formula in [*equations, line])
    return check(text, kind="markdown").judgements[-1].status


def test_the_docs_say_how_many() -> None:
    shown = sum(len(note["right"]) for note in NOTES if note["name"] not in OPEN)
    refuted = sum(len(note["wrong"]) for note in NOTES if note["name"] not in OPEN)
    right = sum(len(note["right"]) for note in NOTES)
    wrong = sum(len(note["wrong"]) for note in NOTES)
    said = (
        f"of {right} right lines {shown} are shown and {right - shown} left open; "
        f"of {wrong} with one slip {refuted} are refuted and {wrong - refuted} left open"
    )
    docs = Path(__file__).parent.parent.parent / "docs" / "verdicts.md"
    assert said in " ".join(docs.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("note", sample(NOTES, 2), ids=lambda note: note["name"])
def test_what_lectures_say(note: dict[str, list[str]]) -> None:
    right = {verdict(note["equations"], line) for line in note["right"]}
    wrong = {verdict(note["equations"], line) for line in note["wrong"]}
    if note["name"] in OPEN:
        assert right == wrong == {Status.UNDECIDED}
    else:
        assert right <= set(GOOD)
        assert wrong == {Status.REFUTED}
