"""Every reason has a number of its own, a sentence, and a row in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symback.reading.formula.unread import Reason
from symback.reading.statements.codes import CODES, code_of

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (SB\d{3}) \| `([a-z-]+)` \| (.+) \|$", re.MULTILINE)
RAISED = re.compile(r"Undecided\(\s*\"([a-z-]+)\"|Verdict\(Status\.\w+, \"([a-z-]+)\"")


def test_no_number_is_given_twice() -> None:
    numbers = [*CODES.values(), *(code_of(reason.value, unread=True) for reason in Reason)]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"SB\d{3}", number) for number in numbers)


def test_the_docs_have_every_number_and_no_other() -> None:
    text = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
    rows = {number: reason for number, reason, _ in ROW.findall(text)}
    unread = {code_of(reason.value, unread=True): reason.value for reason in Reason}
    assert rows == {number: reason for reason, number in CODES.items()} | unread


def test_every_reason_that_is_given_has_a_number() -> None:
    for path in (ROOT / "symback" / "reading").rglob("*.py"):
        for found in RAISED.findall(path.read_text(encoding="utf-8")):
            assert code_of("".join(found)), (path.name, found)


def test_every_doubt_has_a_number() -> None:
    text = (ROOT / "symback/reading/judging/certainty.py").read_text(encoding="utf-8")
    for doubt in re.findall(r"yield \"([a-z-]+)\"", text):
        assert code_of(f"doubtful-{doubt}"), doubt


@pytest.mark.parametrize("reason", CODES)
def test_every_reason_has_a_sentence(reason: str) -> None:
    words = (ROOT / "templates/check/words.j2").read_text(encoding="utf-8")
    assert f'code == "{reason}"' in words


def test_a_reason_without_a_number_has_none() -> None:
    assert code_of("no-such-reason") == ""
