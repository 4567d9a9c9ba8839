"""Checked documents as text, Markdown, HTML, JSON and annotations, and their repairs as a diff."""

from symback.rendering.check.render import refusal, render_answer, render_report, summary
from symback.rendering.check.repairs import diff, propose
from symback.rendering.check.report import Report

__all__ = [
    "Report", "diff", "propose", "refusal", "render_answer", "render_report", "summary",
]  # fmt: skip
