r"""Numbers of equations that are typed into them, `z = w x + b (1)`, left out of the formulas.

A number in round brackets at the end of a display can be a factor. It is the number of the equation
where it stands far off, where the display before or behind has the number before or behind, and
where all such numbers rise from 1 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from symback.reading.finding.excerpt import Excerpt
from symback.records import dataclass

__all__ = ["without_equation_numbers"]

_ENDS = r"(?=[\s.,;~]*(?:\\\\|\\end\{|\Z))"
_NUMBER = re.compile(
    rf"(?P<label>[(（]\s*(?P<head>\d{{1,3}}[.\-–])?(?P<number>\d{{1,3}})\s*[)）]){_ENDS}"
)
_NAMED = re.compile(
    rf"(?:\\q?quad|\\hfill|~|\\ |\\Rightarrow|\\to|\\rightarrow)\s*(?P<label>"
    rf"\(?\s*(?:eq|equation|式|公式)\.?\s*\(?\d{{1,3}}(?:\.\d+)?\s*\)?\s*\)?"
    rf"|\\(?:mathbf|textbf|bf|mathrm)\s*\{{\(\d{{1,3}}\)\}}|\(?[①-⑳]\)?){_ENDS}",
    re.IGNORECASE,
)
_SPACES = re.compile(r"(?:~|\\[ ,;:!]|\\(?:space|enspace|thinspace|hfill)(?![A-Za-z])|\s)*\Z")
_LEADERS = re.compile(r"(?:\.{3,}|…+|\\[cl]?dots(?![A-Za-z])|-{3,})\s*\Z")
_WIDE = re.compile(r"~|\\[ ,;:]|\\space|\\enspace")
_OPEN = re.compile(r"(?:[=+\-*/^_(\[{,|&<>]|\\(?:left|cdot|times|frac|big+[lr]?))\Z")
_WIDE_SPACES = 2
_BEFORE = 80
"""So many characters before a number say how far off it stands."""


@dataclass(frozen=True, slots=True)
class _Label:
    """Where a number stands, what it is, and whether it stands far off or with no space at all."""

    excerpt: int
    start: int
    end: int
    number: tuple[str, int]
    is_apart: bool
    is_close: bool


def without_equation_numbers(excerpts: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """The formulas with blanks for the numbers of equations, so that all else keeps its place."""
    labels = [label for at, each in enumerate(excerpts) if each.display for label in _in(at, each)]
    follows = {
        id(label)
        for pair in pairwise(labels)
        if pair[0].number[0] == pair[1].number[0] and pair[0].number[1] + 1 == pair[1].number[1]
        for label in pair
        if not label.is_close
    }
    loose = [label for label in labels if not label.is_close]
    if len(loose) > 1 and loose[0].number[1] == 1 and _rise(loose):
        follows.update(map(id, loose))
    found = list(excerpts)
    for label in labels:
        if label.is_apart or id(label) in follows:
            found[label.excerpt] = _blanked(found[label.excerpt], label.start, label.end)
    for at, excerpt in enumerate(found):
        if excerpt.display:
            for named in _NAMED.finditer(excerpt.text):
                found[at] = _blanked(found[at], *named.span("label"))
    return tuple(found)


def _rise(labels: Sequence[_Label]) -> bool:
    """Say whether numbers go up from equation to equation, though some are not displayed."""
    return all(
        one.number[0] == other.number[0] and one.number[1] < other.number[1]
        for one, other in pairwise(labels)
    )


def _in(at: int, excerpt: Excerpt) -> Iterator[_Label]:
    text = excerpt.text
    for found in _NUMBER.finditer(text):
        near = text[max(0, found.start() - _BEFORE) : found.start()]
        before = _SPACES.sub("", near)
        if not before or _OPEN.search(before):
            continue
        space = near[len(before) :]
        leaders = _LEADERS.search(before)
        start, end = found.span("label")
        start -= len(near) - leaders.start() if leaders else 0
        is_apart = (
            leaders is not None
            or found[0][0] == "（"
            or "hfill" in space
            or len(_WIDE.findall(space)) >= _WIDE_SPACES
        )
        number = (found["head"] or "", int(found["number"]))
        yield _Label(at, start, end, number, is_apart, not space)


def _blanked(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    text = excerpt.text
    blank = text[:start] + " " * (end - start) + text[end:]
    return replace(excerpt, passage=replace(excerpt.passage, text=blank))
