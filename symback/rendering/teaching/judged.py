"""What `symback check` says of a small document that shows a topic: judged when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from symback.reading import answer, check
from symback.records import dataclass
from symback.rendering.check import Report, render_answer, render_report
from symback.rendering.check.render import refusal
from symback.rendering.check.repairs import propose
from symback.rendering.teaching.judged_documents import SHOWN, Small, documents
from symback.teaching.blocks import Block, Bullets, Code, Own, Paragraph, Say
from symback.teaching.instances import Instance

__all__ = ["Said", "judged", "said_of"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that is said of a small document.

    Attributes:
        key: the topic that it is about.
        line: the formula that it is said of; empty for the whole document.
        verdict: on that formula.
        words: what is printed.
    """

    key: str
    line: str
    verdict: str
    words: str


def said_of(small: Small) -> Iterator[Said]:
    """Everything that is said of a small document, or of a formula about a network."""
    if small.formula:
        judgement = answer(small.formula, small.network, small.notation or None)
        yield from _of_statement(json.loads(render_answer(judgement, "json")))
        return
    beside = small.beside

    def judge(text: str) -> Any:
        return check(
            text,
            path=small.path,
            spec=small.spec or None,
            notation=small.notation or None,
            beside=beside,
        )

    report = judge(small.text)
    (data,) = json.loads(render_report(Report.of([report]), "json"))["documents"]
    for inferred in data["inferred"]:
        yield Said(f"reading.{inferred['code']}", "", "", inferred["words"])
    for problem in data["problems"]:
        yield Said(f"reason.{problem['code']}", problem["token"], "", problem["reason"])
    for statement in data["statements"]:
        yield from _of_statement(statement)
    for judgement, code in propose(report, judge).refused:
        line = judgement.statement.excerpt.text
        yield Said(f"repair.{code}", line, judgement.status.value, refusal(code))


def _of_statement(data: Mapping[str, Any]) -> Iterator[Said]:
    codes, line, verdict = data["codes"], data["latex"], data["verdict"]
    words = data["reason"] or ""
    yield Said(f"verdict.{verdict.lower()}", line, verdict, words)
    if codes["reason"]:
        group = "unread" if verdict == "UNREAD" else "reason"
        yield Said(f"{group}.{codes['reason']}", line, verdict, words)
    for reading in codes["readings"]:
        yield Said(f"reading.{reading['code']}", line, verdict, data["reading"] or "")
    for diagnosis in codes["diagnoses"]:
        yield Said(f"diagnosis.{diagnosis['code']}", line, verdict, words)
    if data["repair"]:
        yield Said(f"repair.{data['repair']['code']}", line, verdict, data["repair"]["words"])
    if data["scope"] == "all-sizes":
        yield Said("reading.all-sizes", line, verdict, words)


def judged(group: str, code: str) -> Instance | None:
    """A small document, and what is said of it; None where a topic has none."""
    small = documents().get(f"{group}.{code}")
    if small is None:
        return None
    found = [said for said in said_of(small) if said.key == f"{group}.{code}"][-1]
    lines = tuple(Say("verbatim", {"text": Code(line)}) for line in small.lines)
    blocks: list[Block] = [Bullets(lines)]
    args = {
        "line": Code(_short(found.line)),
        "verdict": Code(found.verdict),
        "words": Own(found.words),
    }
    if not found.verdict:
        blocks.append(Paragraph((Say("said-of-document", args),)))
    else:
        alone = len(small.lines) == 1
        blocks.append(Paragraph((Say("said-so" if alone else "said-of-line", args),)))
    return Instance(tuple(blocks))


def _short(line: str) -> str:
    return line if len(line) < SHOWN else f"{line[:120]} …"
