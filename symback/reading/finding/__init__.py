"""Mathematics found in documents, each formula with its line and column in the original file.

    found = find(text, name="notes.md")
    for excerpt in found.excerpts: print(excerpt.line, excerpt.text)

Nothing is parsed here, and nothing is opened: the text comes in as a string (`decode` makes it
from bytes). A delimiter that does not end is a `Problem` in the result, never swallowed.
"""

from __future__ import annotations

from symback.errors import InputError, TooLargeError
from symback.reading.finding.collecting import Collector
from symback.reading.finding.equation_numbers import without_equation_numbers
from symback.reading.finding.excerpt import Excerpt, Findings, Problem
from symback.reading.finding.kinds import FINDERS, SUFFIXES, decode, encoding_of, guess
from symback.reading.finding.letters import with_letters
from symback.reading.finding.passage import Lines, Passage, Position, with_plain_line_ends

__all__ = [
    "FINDERS",
    "SUFFIXES",
    "Excerpt",
    "Findings",
    "Lines",
    "Passage",
    "Position",
    "Problem",
    "decode",
    "encoding_of",
    "find",
    "guess",
]

SIZE_LIMIT = 8_000_000


def find(text: str, kind: str | None = None, *, name: str | None = None) -> Findings:
    """Return the mathematics of a document in its order.

    `kind` is one of `FINDERS`; without it the suffix of `name` or the content decides. Raises
    `TooLargeError` above `SIZE_LIMIT` characters and `InputError` for an unknown kind or for
    a notebook that is none.
    """
    if len(text) > SIZE_LIMIT:
        raise TooLargeError(
            f"{len(text):,} characters; at most {SIZE_LIMIT:,} are read",
            where=name,
            hint="split the document",
        )
    kind = kind or guess(text, name)
    finder = FINDERS.get(kind)
    if finder is None:
        raise InputError(f"unknown kind of document {kind!r}", hint="one of " + ", ".join(FINDERS))
    collector = Collector(Lines.of(text))
    finder(with_plain_line_ends(text), collector)
    excerpts, letters = with_letters(without_equation_numbers(collector.excerpts))
    return Findings(kind, excerpts, tuple(collector.problems), letters)
