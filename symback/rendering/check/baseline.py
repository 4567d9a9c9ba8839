"""Findings that are known: written down once, and no news from then on.

A finding is known by its file, its verdict and its formula, and not by its line, so that text may
come and go around it; one that stands twice is known twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from symback.errors import InputError
from symback.rendering.check.report import Entry, Report

__all__ = ["Baseline", "baseline_text", "read_baseline", "without_known"]

Key = tuple[str, str, str]
"""File, verdict, formula."""

Baseline = Counter[Key]
"""How often each finding is known."""


def key_of(entry: Entry, name: Callable[[str], str]) -> Key:
    """What a finding is known by; `name` says what the baseline calls its file."""
    return name(entry.document.path), entry.verdict, entry.latex


def baseline_text(report: Report, name: Callable[[str], str]) -> str:
    """Every finding of a report, in its order, as JSON."""
    findings = [
        {"file": file, "line": entry.line, "verdict": verdict, "formula": formula}
        for entry in _findings(report)
        for file, verdict, formula in [key_of(entry, name)]
    ]
    return json.dumps({"version": 1, "findings": findings}, ensure_ascii=False, indent=1) + "\n"


def without_known(report: Report, baseline: Baseline, name: Callable[[str], str]) -> Report:
    """A report in which what is known is no finding any more."""
    left = Counter(baseline)
    documents = []
    for document in report:
        known = {}
        for place, entry in enumerate(document.entries):
            key = key_of(entry, name)
            if entry.is_finding and left[key] > 0:
                left[key] -= 1
                known[place] = "baseline"
        documents.append(replace(document, known={**document.known, **known}))
    return Report(tuple(documents))


def _findings(report: Report) -> Iterable[Entry]:
    return (e for document in report for e in document.entries if e.is_finding)


def read_baseline(data: bytes, source: str) -> Baseline:
    """The findings that a file says are known.

    Raises:
        InputError: for what `baseline_text` does not write.
    """
    try:
        whole = json.loads(data.decode())
        found = whole["findings"] if whole["version"] == 1 else whole["of another version"]
        return Counter((str(f["file"]), str(f["verdict"]), str(f["formula"])) for f in found)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(
            "is no baseline", where=source, hint="--update-baseline writes one"
        ) from None
