"""Mathematics in HTML: what MathJax and KaTeX would typeset, and the LaTeX beside what they have.

A page that is typeset already keeps its LaTeX in `<annotation encoding="application/x-tex">` inside
MathML (KaTeX, Wikipedia, symback), in the attribute `alttext` or `data-latex` of `<math>` (LaTeXML,
MathJax 4) or in `<script type="math/tex">` (MathJax 2). MathML without its LaTeX is not read.
"""

from __future__ import annotations

import re
from dataclasses import field
from html import unescape

from symback.reading.finding.collecting import Collector
from symback.reading.finding.delimiters import HTML, HTML_WITH_DOLLARS, Closers, Dialect
from symback.reading.finding.passage import Passage
from symback.records import dataclass

_MARKUP = re.compile(
    r"<!--|<(?P<tag>/?[A-Za-z][A-Za-z0-9:-]*)(?P<attributes>[^<>]*)>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}"
    r"|[a-z][a-z0-9]{1,31});",
    re.IGNORECASE,
)
_ANNOTATION = re.compile(
    r"<annotation\b[^<>]*\bencoding\s*=\s*[\"']?application/x-tex[\"']?[^<>]*>", re.IGNORECASE
)
_WRITTEN_IN = re.compile(
    r"\b(?:alttext|data-latex)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')", re.IGNORECASE
)
_BLOCK = re.compile(r"\bdisplay\s*=\s*[\"']?block", re.IGNORECASE)
# What may stand behind a formula that is alone in its paragraph.
_ALONE = re.compile(
    r"(?:[\s.,;:]|&nbsp;|</?(?:span|img|a|mjx-[a-z-]+)\b[^<>]*>){0,40}"
    r"(?:\Z|</?(?:p|div|dd|dl|dt|li|ul|ol|td|tr|th|table|figure|section|article|h[1-6]|br|hr)\b)",
    re.IGNORECASE,
)
_TYPESET = re.compile(r"\bclass\s*=\s*[\"'][^\"']*\bkatex-html\b", re.IGNORECASE)
_SPAN = re.compile(r"<(/?)span\b[^<>]*>", re.IGNORECASE)
# A row that goes on with the one before it; `{}` is how a broken formula is set.
_GOES_ON = re.compile(r"(?:\\(?:quad|qquad|,|;|:|!)|\s)*\{\}\s*(?:[+-]|\\(?:cdot|times|odot)\b)")
_OPENS = re.compile(r"(?<!\\)[(\[{]|\\\{")
_CLOSES = re.compile(r"(?<!\\)[)\]}]|\\\}")
_HIDING = frozenset({"script", "style", "pre", "code", "textarea", "noscript", "annotation"})
_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "sub", "sup", "small", "font", "u"})
_TEX = re.compile(r"math/tex(?P<display>[^\"']*mode=display)?", re.IGNORECASE)
# Single dollars are mathematics only where a page's configuration says so.
_DOLLARS_CONFIGURED = re.compile(r"inlineMath[^\n]{0,80}[\"']\$[\"']|left:\s*[\"']\$[\"']")


def find(passage: Passage, collector: Collector) -> None:
    """Collect the mathematics of a page; `code`, `pre`, `script` and comments hide theirs."""
    text = passage.text
    dialect = HTML_WITH_DOLLARS if _DOLLARS_CONFIGURED.search(text) else HTML
    closers = Closers(text.lower())
    page = _Page(collector, dialect)
    read = 0
    while match := _MARKUP.search(text, read):
        page.add(passage.cut(read, match.start()))
        read = match.end()
        tag = (match["tag"] or "").lower()
        if match[0] == "<!--":
            end = closers.after("-->", read, escapes=False)
            read = end + 3 if end >= 0 else len(text)
        elif not tag:
            page.add(_character(passage, match))
        elif tag == "span" and _TYPESET.search(match["attributes"]):
            read = _after_span(text, read)
        elif tag in _HIDING or tag == "math":
            end = closers.after(f"</{tag}", read, escapes=False)
            end = end if end >= 0 else len(text)
            script = _TEX.search(match["attributes"]) if tag == "script" else None
            if script:
                display = script["display"] is not None
                page.formula(passage.cut(read, end), "math/tex", display=display)
            elif tag == "math" and (formula := _latex(passage, match, end)) is not None:
                display = bool(_BLOCK.search(match["attributes"]))
                alone = _ALONE.match(text, text.find(">", end) + 1) is not None
                page.formula(formula, "math", display=display, alone=alone)
            read = end
        elif tag.strip("/") not in _INLINE:
            gap = "\n" if tag == "br" else "\n\n"
            page.add(Passage(gap, (0,), (passage.origin(match.start()),)))
    page.add(passage.cut(read, len(text)))
    page.end()


@dataclass
class _Page:
    """A page as it is read: its running text, and the last formula, which may go on."""

    collector: Collector
    dialect: Dialect
    pieces: list[Passage] = field(default_factory=list)
    pending: tuple[Passage, str, bool] | None = None

    def add(self, piece: Passage) -> None:
        """Add running text."""
        self.pieces.append(piece)

    def formula(self, body: Passage, delimiter: str, *, display: bool, alone: bool = False) -> None:
        """Add a formula; one that has no words before and, if `alone`, none behind is a display."""
        before = Passage.join(self.pieces).text
        if self.pending and not before.strip() and _is_broken(self.pending[0].text, body.text):
            first, delimiter, display = self.pending
            blank = Passage(" ", (0,), (body.origin(0),))
            self.pending = Passage.join([first, blank, body]), delimiter, display
            self.pieces = []
            return
        self.end()
        alone = alone and not before.rpartition("\n\n")[2].strip()
        self.pending = body, delimiter, display or alone

    def end(self) -> None:
        """Hand on what was read so far."""
        if self.pending:
            body, delimiter, display = self.pending
            self.collector.formula(body, delimiter, display=display)
            self.pending = None
        self.collector.prose(Passage.join(self.pieces), self.dialect)
        self.pieces = []


def _is_broken(first: str, second: str) -> bool:
    """Say whether a formula was broken into two rows: inside a bracket, or before an operator."""
    if _GOES_ON.match(second):
        return True
    return len(_OPENS.findall(first)) > len(_CLOSES.findall(first))


def _latex(passage: Passage, tag: re.Match[str], end: int) -> Passage | None:
    """The LaTeX that stands inside a `<math>` ending at an offset, or in one of its attributes."""
    annotation = _ANNOTATION.search(passage.text, tag.end(), end)
    if annotation:
        start = annotation.end()
        closing = passage.text.find("<", start, end)
        return _decoded(passage, start, closing if closing >= 0 else end)
    if written := _WRITTEN_IN.search(passage.text, tag.start(), tag.end()):
        return _decoded(passage, *written.span(written.lastgroup or 0))
    return None


def _decoded(passage: Passage, start: int, end: int) -> Passage:
    """Text with its entities as the characters that they stand for."""
    pieces = []
    for match in _MARKUP.finditer(passage.text, start, end):
        if match["tag"] is None and match[0] != "<!--":
            pieces += [passage.cut(start, match.start()), _character(passage, match)]
            start = match.end()
    return Passage.join([*pieces, passage.cut(start, end)])


def _after_span(text: str, start: int) -> int:
    """The end of a `<span>` whose content begins at an offset."""
    depth = 1
    for match in _SPAN.finditer(text, start):
        depth += -1 if match[1] else 1
        if not depth:
            return match.end()
    return len(text)


def _character(passage: Passage, match: re.Match[str]) -> Passage:
    """Return the character that an entity stands for, at the entity's place."""
    return Passage(unescape(match[0]), (0,), (passage.origin(match.start()),))
