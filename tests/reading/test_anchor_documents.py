"""Public derivations in their source's notation: nothing right is refuted, nothing wrong proved."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sampling import FULL, sample

from symback.reading import check
from symback.reading.statements.verdicts import Status

DOCUMENTS = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "anchor_documents.toml").read_text(encoding="utf-8")
)["document"]
LINES = [
    (document, kind, line)
    for document in DOCUMENTS
    for kind in ("right", "wrong")
    for line in document[kind]
]
SHOWN = (Status.PROVED, Status.AGREES)


def verdicts(document: dict[str, str], line: str) -> list[Status]:
    """The verdicts on one line behind a document's equations."""
    end = document["text"].count("\n")
    found = check(f"{document['text']}\n\n$${line}$$\n", kind="markdown").judgements
    return [each.status for each in found if each.statement.line > end]


@pytest.mark.parametrize(
    ("document", "kind", "line"),
    LINES if FULL else sample(LINES, 8, seed=5),
    ids=lambda value: str(value)[:40],
)
def test_nothing_false_is_said(document: dict[str, str], kind: str, line: str) -> None:
    found = verdicts(document, line)
    if kind == "right":
        assert Status.REFUTED not in found
    else:
        assert not found or not set(found) <= set(SHOWN)


@pytest.mark.spread
@pytest.mark.parametrize("name", ["GRU-2", "ATT-4", "LORA-2", "AE-1", "NCE-1", "LIN-1", "W2V-1"])
def test_what_is_shown_stays_shown(name: str) -> None:
    (document,) = (each for each in DOCUMENTS if each["name"] == name)
    for line in document["right"]:
        assert set(verdicts(document, line)) <= set(SHOWN), line
