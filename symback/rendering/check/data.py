"""Checked documents as JSON: every place, verdict, reading, reason, repair and witness.

The schema lies beside this file, ``report.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from symback.reading.statements.codes import code_of
from symback.reading.statements.verdicts import Judgement
from symback.rendering.check.page import ReportPage
from symback.rendering.check.report import CheckedDocument, Counts, Entry, Report

__all__ = ["answer_as_json", "as_json"]

Data = dict[str, Any]


def as_json(report: Report) -> str:
    """A report as JSON text; keys keep the order of reading."""
    page = ReportPage("json", report)
    data: Data = {
        "documents": [_document(page, document) for document in report],
        "summary": _counts(page, report.counts),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def answer_as_json(report: Report) -> str:
    """The verdict on one formula as JSON text."""
    page = ReportPage("json", report)
    (entry,) = report.documents[0].entries
    assert entry.judgement is not None  # a formula alone has no delimiters
    data = _statement(page, entry, entry.judgement)
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _document(page: ReportPage, document: CheckedDocument) -> Data:
    return {
        "path": document.path,
        "kind": document.kind,
        "inferred": [_coded(page, "inferred", code, about) for code, about in document.inferred],
        "problems": [
            {
                "line": entry.line,
                "column": entry.column,
                "code": entry.problem.code,
                "token": entry.problem.token,
                "reason": str(page.because(entry)),
            }
            for entry in document.entries
            if entry.problem is not None
        ],
        "statements": [
            _statement(page, entry, entry.judgement)
            for entry in document.entries
            if entry.judgement is not None
        ],
        "summary": _counts(page, document.counts),
    }


def _statement(page: ReportPage, entry: Entry, judgement: Judgement) -> Data:
    """One statement with its verdict."""
    statement = judgement.statement
    readings = [str(page.reading(code, about)) for code, about in judgement.readings]
    unread = statement.unread
    return {
        "line": entry.line,
        "column": entry.column,
        "cell": _cell(entry),
        "latex": entry.latex,
        "kind": statement.kind.value,
        "verdict": judgement.status.value,
        "reading": "; ".join(readings) or None,
        "reason": str(page.because(entry)),
        "settled_by": list(judgement.settled_by),
        "repair": _repair(page, entry),
        "witness": _witness(judgement),
        "checks": judgement.checks,
        "scope": judgement.scope or None,
        "codes": {
            "id": code_of(unread.reason.value if unread else judgement.reason, unread=bool(unread))
            or None,
            "reason": unread.reason.value if unread else judgement.reason or None,
            "readings": [_arguments(code, about) for code, about in judgement.readings],
            "diagnoses": [_arguments(d.code, d.arguments) for d in judgement.diagnoses],
        },
        "token": unread.token if unread else None,
    }


def _cell(entry: Entry) -> Data | None:
    at = entry.in_cell
    return None if at is None else {"number": at.cell, "line": at.line, "column": at.column}


def _repair(page: ReportPage, entry: Entry) -> Data | None:
    repair = entry.repair
    if repair is None:
        return None
    edits = None
    if entry.edits is not None:
        text, position = entry.document.text, entry.document.source.lines.position
        edits = []
        for edit in entry.edits:
            start, end = position(edit.start), position(edit.end)
            edits.append(
                {
                    "line": start.line,
                    "column": start.column,
                    "end_line": end.line,
                    "end_column": end.column,
                    "old": text[edit.start : edit.end],
                    "new": edit.new,
                }
            )
    return {
        "code": repair.code,
        "words": str(page.repair(repair)),
        "unique": repair.unique,
        "latex": entry.repaired[0] if entry.repaired else None,
        "edits": edits,
    }


def _witness(judgement: Judgement) -> Data | None:
    witness = judgement.witness
    if witness is None:
        return None
    indices = {str(name): value for name, value in witness.indices.items()}
    return {"indices": indices, "left": witness.left, "right": witness.right}


def _coded(page: ReportPage, kind: str, code: str, about: Any) -> Data:
    return {"code": code, "words": str(page.say(kind, code, about))} | {
        "about": {str(name): str(value) for name, value in about.items()}
    }


def _arguments(code: str, about: Any) -> Data:
    return {"code": code, "about": {str(name): str(value) for name, value in about.items()}}


def _counts(page: ReportPage, counts: Counts) -> Data:
    return {
        "words": str(page.words.summary(counts)),
        "proved": counts.proved,
        "of": counts.total,
        "refuted": counts.refuted,
        "unread": counts.unread,
        "undecided": counts.undecided,
        "agrees": counts.agrees,
        "unclosed": counts.unclosed,
        "statements": counts.statements,
        "known": counts.known,
    }
