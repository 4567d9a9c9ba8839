r"""Mathematics in LaTeX documents: without comments, verbatim text and the preamble.

`\input` and `\include` are never followed: a document is the file that was named.
"""

from __future__ import annotations

import re

from symback.reading.finding.collecting import Collector
from symback.reading.finding.delimiters import LATEX, Closers
from symback.reading.finding.passage import Passage
from symback.reading.formula.macros import definitions

_COMMENT = re.compile(r"(\\.)|%[^\n]*\n?[ \t]*", re.DOTALL)
_VERBATIM = re.compile(
    r"\\begin\s*\{(verbatim\*?|Verbatim|lstlisting|minted|comment|filecontents\*?|alltt)\}"
    r"|\\(?:verb|lstinline)\*?([^A-Za-z\s*{])"
)
_BEGIN, _END = r"\begin{document}", r"\end{document}"


def find(passage: Passage, collector: Collector) -> None:
    """Collect the mathematics of a LaTeX document or of a piece of one."""
    for piece in _without_verbatim(_without_comments(passage)):
        begin = piece.text.find(_BEGIN)
        if begin >= 0:
            collector.define(piece.text[:begin])
        end = piece.text.find(_END)
        body = piece.cut(
            begin + len(_BEGIN) if begin >= 0 else 0, end if end >= 0 else len(piece.text)
        )
        # A `$` in the body of a definition opens nothing.
        read = 0
        for found in definitions(body.text):
            collector.prose(body.cut(read, found.start), LATEX)
            collector.define(body.text[found.start : found.end])
            read = found.end
        collector.prose(body.cut(read, len(body.text)), LATEX)
        if end >= 0:
            break


def _without_comments(passage: Passage) -> Passage:
    pieces, start = [], 0
    for match in _COMMENT.finditer(passage.text):
        if match[1]:
            continue
        pieces.append(passage.cut(start, match.start()))
        # A comment eats its line's end, except that an empty line still ends the paragraph.
        newline = match[0].find("\n")
        own_line = passage.text[match.start() - 1 : match.start()] in ("", "\n")
        start = match.end() if newline < 0 or own_line else match.start() + newline
    pieces.append(passage.cut(start, len(passage.text)))
    return Passage.join(pieces)


def _without_verbatim(passage: Passage) -> list[Passage]:
    pieces, start, text = [], 0, passage.text
    closers, position = Closers(text), 0
    while match := _VERBATIM.search(text, position):
        position = match.end()
        if match[1]:
            closer = f"\\end{{{match[1]}}}"
            end = closers.after(closer, position, escapes=False)
        else:  # \\verb ends on its own line
            closer = match[2]
            line_end = text.find("\n", position)
            end = text.find(closer, position, line_end if line_end >= 0 else len(text))
        if end >= 0:
            pieces.append(passage.cut(start, match.start()))
            start = position = end + len(closer)
    pieces.append(passage.cut(start, len(text)))
    return pieces
