"""Mathematics in Markdown: CommonMark, GitHub, kramdown, Pandoc and MyST, as people mix them."""

from __future__ import annotations

import re

from symback.reading.finding.collecting import Collector
from symback.reading.finding.delimiters import MARKDOWN
from symback.reading.finding.passage import Passage

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([^`\n]*?)[ \t]*\r?\n?$")
_QUOTE = re.compile(r"[ ]{0,3}>[ ]?")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*\S")
_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(?:.*\r?\n)*?\1[ \t]*(?:\r?\n|$)")
_FRONT_MATTER_LIMIT = 20_000
_MATHEMATICAL_FENCES = frozenset({"math", "{math}", "latex-math", "katex"})
# MyST directives whose bodies are Markdown again: boxes of a book, `prf:theorem`, `exercise`.
_DIRECTIVE = re.compile(
    r"\{(?:prf:)?(?:admonition|note|tip|hint|warning|caution|attention|danger|error|important|seealso"
    r"|exercise|solution|exercise-start|exercise-end|theorem|proof|definition|example|lemma|corollary"
    r"|proposition|remark|property|algorithm|axiom|observation|conjecture|dropdown|details|margin"
    r"|sidebar|aside|card|grid|grid-item|grid-item-card|tab-set|tab-item|topic|epigraph|pull-quote"
    r"|panels|toggle|div|container)\}",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"[ \t]*<script\b[^>]*math/tex[^>]*mode=display[^>]*>", re.IGNORECASE)
_DISPLAYS = re.compile(r"\$\$|\\\[")


def find(passage: Passage, collector: Collector) -> None:
    """Collect the mathematics of Markdown; code spans, code blocks and comments hide theirs.

    A directive of MyST's is a fence around Markdown, in which another may stand.
    """
    prose: list[Passage] = []
    fence: re.Match[str] | None = None
    fence_at = 0
    body: list[Passage] = []
    in_list = blank_before = False
    start = _after_front_matter(passage.text)
    script: list[Passage] | None = None
    for line, offset in _lines(passage, start):
        text = line.text
        if script is None and not fence and (begun := _SCRIPT.match(text)):
            collector.prose(Passage.join(prose), MARKDOWN)
            prose, script = [], []
            line = line.cut(begun.end(), len(text))
            text = line.text
        if script is not None:
            end = text.find("</script>")
            script.append(line.cut(0, end) if end >= 0 else line)
            if end >= 0:
                collector.formula(Passage.join(script), "math", display=True)
                script = None
            continue
        match = _FENCE.match(text)
        if fence:
            if match and not match[2] and match[1].startswith(fence[1]):
                _close(collector, fence, body)
                fence = None
            else:
                body.append(line)
            continue
        if match:
            collector.prose(Passage.join(prose), MARKDOWN)
            prose, body, fence, fence_at = [], [], match, offset
            collector.paragraph()
            continue
        blank = not text.strip()
        if _LIST_ITEM.match(text):
            in_list = True
        elif not blank and not text[0].isspace():
            in_list = False
        # Indented code; deep indentation in a list is only the list's.
        if blank_before and not in_list and _INDENTED.match(text):
            continue
        blank_before = blank
        prose.append(line)
    collector.prose(Passage.join(prose), MARKDOWN)
    if fence and fence[2].lower() in _MATHEMATICAL_FENCES:
        collector.unclosed(passage, fence_at, fence[1] + fence[2])


def _close(collector: Collector, fence: re.Match[str], body: list[Passage]) -> None:
    if _DIRECTIVE.match(fence[2]):
        while body and body[0].text.startswith(":"):
            body = body[1:]
        if body:
            find(Passage.join(body), collector)
        collector.paragraph()
    elif fence[2].lower() in _MATHEMATICAL_FENCES:
        # MyST options (`:label: x`) stand at the head of the body.
        while body and body[0].text.startswith(":"):
            body = body[1:]
        inside = Passage.join(body)
        if _DISPLAYS.search(inside.text):  # a block of displays, as some site generators have it
            collector.prose(inside, MARKDOWN)
        else:
            collector.formula(inside, "math", display=True)


def _after_front_matter(text: str) -> int:
    match = _FRONT_MATTER.match(text[:_FRONT_MATTER_LIMIT])
    return match.end() if match else 0


def _lines(passage: Passage, start: int) -> list[tuple[Passage, int]]:
    """Return the lines with their `> ` taken off, each with the offset at which it began."""
    found = []
    text = passage.text
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        inner = start
        while quote := _QUOTE.match(text, inner, end):
            inner = quote.end()
        if inner == end:  # an empty line of a quotation is an empty line
            inner = end - 1
        found.append((passage.cut(inner, end), inner))
        start = end
    return found
