"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from symback.rendering.check.page import ReportPage
from symback.rendering.check.report import Entry, Report
from symback.version import __version__

__all__ = ["as_sarif"]

Data = dict[str, Any]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"REFUTED": "error"}


def as_sarif(report: Report) -> str:
    """A report as one run of SARIF, with the repairs that have an exact place in their files.

    Rules are the codes of reasons; what is REFUTED is an error, all else a warning.
    """
    page = ReportPage("json", report)
    results = [
        _result(page, entry)
        for document in report
        for entry in document.entries
        if entry.says_something and (entry.is_finding or entry.known)
    ]
    rules = sorted({result["ruleId"] for result in results})
    run = {
        "tool": {
            "driver": {
                "name": "symback",
                "version": __version__,
                "rules": [{"id": rule, "name": rule} for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _result(page: ReportPage, entry: Entry) -> Data:
    line, start, end = entry.region
    result: Data = {
        "ruleId": entry.code or entry.verdict,
        "level": _LEVELS.get(entry.verdict, "warning"),
        "message": {"text": str(page.because(entry)) or entry.verdict},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(entry.document.path)},
                    "region": {"startLine": line, "startColumn": start, "endColumn": end},
                }
            }
        ],
    }
    if entry.in_cell is not None:
        place = {"fullyQualifiedName": page.cited(entry), "kind": "element"}
        result["locations"][0]["logicalLocations"] = [place]
    if entry.known:
        kind = "inSource" if entry.known == "waived" else "external"
        result["suppressions"] = [{"kind": kind}]
    if entry.repair is not None and entry.repair.unique and entry.edits:
        result["fixes"] = [_fix(page, entry)]
    return result


def _fix(page: ReportPage, entry: Entry) -> Data:
    assert entry.repair is not None
    assert entry.edits is not None
    position = entry.document.source.lines.position
    replacements = []
    for edit in entry.edits:
        first, last = position(edit.start), position(edit.end)
        region = {
            "startLine": first.line,
            "startColumn": first.column,
            "endLine": last.line,
            "endColumn": last.column,
        }
        replacements.append({"deletedRegion": region, "insertedContent": {"text": edit.new}})
    change = {
        "artifactLocation": {"uri": _uri(entry.document.path)},
        "replacements": replacements,
    }
    return {"description": {"text": str(page.repair(entry.repair))}, "artifactChanges": [change]}


def _uri(path: str) -> str:
    return quote(PurePath(path).as_posix()) or "-"
