"""Every code that the reader and the judge can give has its sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import symback.reading
from symback.reading.formula.unread import Reason
from symback.reading.statements.verdicts import Status
from symback.rendering.check.page import ReportPage
from symback.rendering.check.report import UNCLOSED, Report

PAGE = ReportPage("text", Report(()))
# What gives a code, and the kind of sentence that the code needs.
GIVERS = {
    "Undecided": "reason", "Verdict": "reason", "note": "reading", "Diagnosis": "diagnosis",
    "Repair": "repair", "_edit": "repair",
}  # fmt: skip
MENTIONED = (
    "symbol", "index", "of", "layer", "line", "lines", "left", "right", "by", "what", "written",
    "taken", "indices", "letter", "letters", "on", "was", "is", "factor", "other", "ratio",
    "gradient", "unit", "units",
)  # fmt: skip
ABOUT = dict.fromkeys(MENTIONED, "x")


def codes() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(symback.reading.__path__[0]).rglob("*.py")):
        text = path.read_text("utf-8")
        if not any(f"{name}(" in text for name in GIVERS):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = 1 if name == "Verdict" else 0
            for argument in node.args[place : place + 1] if name in GIVERS else ():
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield GIVERS[name], argument.value


@pytest.mark.parametrize(("kind", "code"), sorted(set(codes()) - {("diagnosis", "repair")}))
def test_a_code_has_a_sentence(kind: str, code: str) -> None:
    said = getattr(PAGE.words, kind)(code, ABOUT).strip()
    assert said, f"templates/check/words.j2 has no {kind} for {code!r}"


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_for_not_reading_has_a_sentence(reason: Reason) -> None:
    said = PAGE.words.unread(reason.value, "x").strip()
    assert said.endswith(".")
    assert " " in said


@pytest.mark.parametrize("verdict", [*Status, UNCLOSED])
def test_a_verdict_has_a_meaning(verdict: str) -> None:
    assert PAGE.words.meaning(verdict).strip()
