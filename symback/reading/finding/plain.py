"""Mathematics in plain text: delimited as in Markdown, or bare formulas on lines of their own."""

from __future__ import annotations

import re

from symback.reading.finding.collecting import Collector
from symback.reading.finding.delimiters import MARKDOWN, scan
from symback.reading.finding.passage import Passage

_COMMAND = re.compile(r"\\[A-Za-z]{2,}")
_SENTENCE = re.compile(r"(?:^|\s)[A-Za-z]{3,}\s+[A-Za-z]{2,}\s+[A-Za-z]{2,}\s")


def find(passage: Passage, collector: Collector) -> None:
    """Collect delimited mathematics; where there is none at all, lines that are one formula."""
    if next(scan(passage.text, MARKDOWN), None):
        collector.prose(passage, MARKDOWN)
        return
    start, text = 0, passage.text
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end]
        if "=" in line and _COMMAND.search(line) and not _SENTENCE.search(line):
            collector.formula(passage.cut(start, end), "line", display=True)
        else:
            collector.words(line)
        start = end
