"""Checked documents in every format of a report, and their repairs as a diff."""

from symback.rendering.check.render import refusal, render_answer, render_report, summary
from symback.rendering.check.repairs import applied, diff, propose
from symback.rendering.check.report import CheckedDocument, Report

__all__ = [
    "CheckedDocument", "Report", "applied", "diff", "propose", "refusal", "render_answer",
    "render_report", "summary",
]  # fmt: skip
