"""Mathematics in HTML: what MathJax and KaTeX would typeset, and `<script type="math/tex">`."""

from __future__ import annotations

import re
from html import unescape

from .collecting import Collector
from .delimiters import HTML, HTML_WITH_DOLLARS, Closers
from .passage import Passage

_MARKUP = re.compile(
    r"<!--|<(?P<tag>/?[A-Za-z][A-Za-z0-9:-]*)(?P<attributes>[^<>]*)>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}"
    r"|[a-z][a-z0-9]{1,31});",
    re.IGNORECASE,
)
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
    pieces: list[Passage] = []
    read = 0
    while match := _MARKUP.search(text, read):
        pieces.append(passage.cut(read, match.start()))
        read = match.end()
        tag = (match["tag"] or "").lower()
        if match[0] == "<!--":
            end = closers.after("-->", read, escapes=False)
            read = end + 3 if end >= 0 else len(text)
        elif not tag:
            pieces.append(_character(passage, match))
        elif tag in _HIDING:
            end = closers.after(f"</{tag}", read, escapes=False)
            end = end if end >= 0 else len(text)
            script = _TEX.search(match["attributes"]) if tag == "script" else None
            if script:
                collector.prose(Passage.join(pieces), dialect)
                pieces = []
                display = script["display"] is not None
                collector.formula(passage.cut(read, end), "math/tex", display=display)
            read = end
        elif tag.strip("/") not in _INLINE:
            gap = "\n" if tag == "br" else "\n\n"
            pieces.append(Passage(gap, (0,), (passage.origin(match.start()),)))
    pieces.append(passage.cut(read, len(text)))
    collector.prose(Passage.join(pieces), dialect)


def _character(passage: Passage, match: re.Match[str]) -> Passage:
    """Return the character that an entity stands for, at the entity's place."""
    return Passage(unescape(match[0]), (0,), (passage.origin(match.start()),))
