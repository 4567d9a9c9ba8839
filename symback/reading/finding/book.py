r"""A document that is spread over several files, read as one and reported file by file.

LaTeX names its pieces (``\input``, ``\include``, ``\subfile``, a package of the author's own);
Quarto, Jupyter Book, mdBook and MkDocs name their chapters in a file beside them.  The pieces stand
one behind the other in one long text, in which every character has an offset; the finders read
them in the order of the book and never notice.

Nothing is opened here: the caller says what a name stands for, and decides what may be read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from pathlib import PurePosixPath

from symback.reading.finding.collecting import Collector
from symback.reading.finding.equation_numbers import without_equation_numbers
from symback.reading.finding.excerpt import Findings, Problem
from symback.reading.finding.headings import chapters, headings_of
from symback.reading.finding.kinds import FINDERS, guess
from symback.reading.finding.letters import with_letters
from symback.reading.finding.passage import Lines, Passage, with_plain_line_ends
from symback.records import dataclass

__all__ = ["Book", "Part", "chapters_book", "latex_book"]

Reader = Callable[[str], "str | None"]
"""The text of a file of the book, by its name from the book's folder; None where there is none."""

MAX_DEPTH = 20
"""Files that include files, so deep at the most."""

_PIECE = re.compile(
    r"\\(?P<command>input|include|subfile|subfileinclude)\s*\{(?P<name>[^{}]+)\}"
    r"|\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{(?P<packages>[^{}]+)\}"
    r"|\\input\s+(?P<bare>[\w./-]+)"
)
_BODY = re.compile(r"\\begin\{document\}(?P<body>.*)\\end\{document\}", re.DOTALL)
_INCLUDED = re.compile(
    r"\{\{#include\s+(?P<mdbook>[^}\s]+)\s*\}\}|\{\{<\s*include\s+(?P<quarto>\S+)\s*>\}\}"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a book.

    Attributes:
        name: of the file, from the book's folder.
        text: all of it.
        offset: of its first character in the text of the book.
        line: how many lines of the book's text stand before it.
    """

    name: str
    text: str
    offset: int
    line: int


@dataclass(frozen=True)
class Book:
    """The mathematics of several files in the order in which a reader meets it.

    Attributes:
        parts: the files, each once, by their offsets.
        findings: their mathematics, with places in the text of the whole book.
        headings: the lines of that text on which sections begin.
        chapters: the lines of sections with sections of their own, the smaller ones first.
        missing: what was named and could not be read, each with the part and line that names it.
        circular: what a file puts into itself, by others or not, likewise.
        bind: makes such a book of what a reader gives.
    """

    parts: tuple[Part, ...]
    findings: Findings
    headings: tuple[int, ...]
    chapters: tuple[range, ...]
    missing: tuple[tuple[str, str, int], ...]
    circular: tuple[tuple[str, str, int], ...]
    bind: Callable[[Reader], Book] = field(repr=False, compare=False)

    def part_at(self, line: int) -> Part:
        """The file in which a line of the book's text stands."""
        return self.parts[bisect_right([part.line for part in self.parts], line - 1) - 1]

    def again(self, name: str, text: str) -> Book:
        """The book in which one of the files says something else."""
        texts = {part.name: part.text for part in self.parts} | {name: text}
        return self.bind(texts.get)


@dataclass
class _Shelf:
    """The files that have been taken up so far."""

    read: Reader
    parts: list[Part] = field(default_factory=list)
    missing: list[tuple[str, str, int]] = field(default_factory=list)
    circular: list[tuple[str, str, int]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # the files that are being put in right now

    def take(self, name: str, text: str) -> Part:
        """Put a file behind the others."""
        offset = line = 0
        if self.parts:
            last = self.parts[-1]
            offset = last.offset + len(last.text) + 1
            line = last.line + len(Lines.of(last.text).starts)
        part = Part(name, text, offset, line)
        self.parts.append(part)
        return part

    def has(self, name: str) -> bool:
        """Whether a file stands here already."""
        return any(part.name == name for part in self.parts)

    def lines(self) -> Lines:
        """The lines of the whole text."""
        starts = (
            part.offset + start for part in self.parts for start in Lines.of(part.text).starts
        )
        return Lines(tuple(starts))


def latex_book(
    root: str, text: str, read: Reader, macros: Sequence[str] = (), *, is_book: bool = False
) -> Book | None:
    r"""The book that a LaTeX file is the root of; None where it is all there is.

    Args:
        root: the file's name, from the book's folder.
        text: its text.
        read: the text of another file.
        macros: files whose definitions are in force from the start.
        is_book: whether it is a book even if it is all there is.
    """
    shelf = _Shelf(read)
    first = shelf.take(root, text)
    before = _macros(shelf, macros, root)
    whole = Passage.join(_passages(shelf, first, 1))
    if len(shelf.parts) == 1 and not (shelf.missing or shelf.circular or is_book):
        return None
    collector = Collector(shelf.lines())
    for piece in before:
        collector.define(piece.text)
    FINDERS["latex"](whole, collector)

    def bind(reader: Reader) -> Book:
        made = latex_book(root, reader(root) or "", reader, macros, is_book=True)
        assert made is not None
        return made

    return _bound(shelf, collector, "latex", bind)


def chapters_book(names: Sequence[str], read: Reader, macros: Sequence[str] = ()) -> Book:
    """A book whose chapters are files of any kind, in the order of their names here.

    Args:
        names: of the chapters.
        read: the text of a file.
        macros: files whose definitions are in force from the start.
    """
    shelf = _Shelf(read)
    found: list[tuple[Passage, str]] = []
    for name in names:
        text = read(name)
        if text is None:
            shelf.missing.append((name, name, 1))
            continue
        if shelf.has(name):
            continue
        kind = guess(text, name)
        part = shelf.take(name, text)
        follow = _passages if kind == "latex" else _chapter
        found.append((Passage.join(follow(shelf, part, 1)), kind))
    before = _macros(shelf, macros, names[0] if names else "")
    collector = Collector(shelf.lines())
    for piece in before:
        collector.define(piece.text)
    for passage, kind in found:
        FINDERS[kind](passage, collector)
        collector.cell = None
        collector.paragraph()
    kind = found[0][1] if found else "markdown"
    return _bound(shelf, collector, kind, lambda reader: chapters_book(names, reader, macros))


def _macros(shelf: _Shelf, names: Sequence[str], root: str) -> list[Passage]:
    """Files of definitions that nothing in the book names."""
    found: list[Passage] = []
    for name in names:
        text = shelf.read(name)
        if text is None:
            shelf.missing.append((name, root, 1))
        elif not shelf.has(name):
            found += _passages(shelf, shelf.take(name, text), 1)
    return found


def _bound(shelf: _Shelf, collector: Collector, kind: str, bind: Callable[[Reader], Book]) -> Book:
    found = [(part, headings_of(part.text, guess(part.text, part.name))) for part in shelf.parts]
    sections = [part.line + line for part, own in found for line in (1, *(at for at, _ in own))]
    spans = [
        range(part.line + span.start, part.line + min(span.stop, len(part.text)))
        for part, own in found
        for span in chapters(own)
    ]
    excerpts, letters = with_letters(without_equation_numbers(collector.excerpts))
    problems = [problem for problem in collector.problems if isinstance(problem, Problem)]
    return Book(
        tuple(shelf.parts),
        Findings(kind, excerpts, tuple(problems), letters),
        tuple(dict.fromkeys(sections[1:])),
        tuple(spans),
        tuple(shelf.missing),
        tuple(shelf.circular),
        bind,
    )


def _passages(shelf: _Shelf, part: Part, depth: int) -> list[Passage]:
    """A LaTeX file with what it includes in the places where it is included."""
    whole = _placed(part)
    pieces, begin, end = [], 0, len(whole.text)
    if depth > 1 and (body := _BODY.search(whole.text)):
        begin, end = body.start("body"), body.end("body")
    read = begin
    shelf.open.append(part.name)
    for start, stop, names in _pieces(whole.text, begin, end):
        included = [
            passage
            for name in names
            for passage in _included(shelf, name, part, whole, start, depth)
        ]
        if included:
            pieces += [whole.cut(read, start), *included]
            read = stop
    shelf.open.pop()
    return [*pieces, whole.cut(read, end)]


def _pieces(text: str, begin: int, end: int) -> Iterator[tuple[int, int, list[str]]]:
    """Where a LaTeX file names others, with their names as they would be written in full."""
    for match in _PIECE.finditer(text, begin, end):
        if _is_comment(text, match.start()):
            continue
        if match["packages"]:
            names = [f"{name.strip()}.sty" for name in match["packages"].split(",")]
        else:
            name = (match["name"] or match["bare"]).strip()
            names = [name if PurePosixPath(name).suffix else f"{name}.tex"]
        yield match.start(), match.end(), names


def _is_comment(text: str, place: int) -> bool:
    """Whether a per cent sign stands before a place on its line."""
    before = text[text.rfind("\n", 0, place) + 1 : place]
    return re.search(r"(?<!\\)(?:\\\\)*%", before) is not None


def _included(
    shelf: _Shelf, name: str, part: Part, whole: Passage, start: int, depth: int
) -> list[Passage]:
    """What a name in a LaTeX file brings in: from the book's folder, or from beside the file."""
    is_package = name.endswith(".sty")
    beside = str(PurePosixPath(part.name).parent / name)
    for candidate in dict.fromkeys((name, beside)):
        clean = _normal(candidate)
        if clean is None:
            continue
        if clean in shelf.open:
            shelf.circular.append((name, part.name, _line(part, whole, start)))
        if shelf.has(clean):
            return []
        text = shelf.read(clean) if depth < MAX_DEPTH else None
        if text is not None:
            taken = shelf.take(clean, text)
            # A comment at the end of a file ends with it.
            end = Passage("\n", (0,), (taken.offset + len(text),))
            return [*_passages(shelf, taken, depth + 1), end]
    if not is_package:  # a package that is not the author's own says nothing of the book
        shelf.missing.append((name, part.name, _line(part, whole, start)))
    return []


def _line(part: Part, whole: Passage, start: int) -> int:
    """The line of a file on which a place in it stands."""
    return Lines.of(part.text).position(whole.origin(start) - part.offset).line


def _chapter(shelf: _Shelf, part: Part, depth: int) -> list[Passage]:
    """A chapter that is no LaTeX, with the pieces that mdBook or Quarto put in."""
    whole = _placed(part)
    pieces, read = [], 0
    for match in _INCLUDED.finditer(whole.text):
        name = match["mdbook"] or match["quarto"]
        clean = _normal(str(PurePosixPath(part.name).parent / name.partition(":")[0]))
        line = whole.text.count("\n", 0, match.start()) + 1
        if clean is not None and clean in (*shelf.open, part.name):
            shelf.circular.append((name, part.name, line))
        if clean is None or shelf.has(clean) or depth >= MAX_DEPTH:
            continue
        text = shelf.read(clean)
        if text is None:
            shelf.missing.append((name, part.name, line))
            continue
        shelf.open.append(part.name)
        inner = _chapter(shelf, shelf.take(clean, text), depth + 1)
        shelf.open.pop()
        pieces += [whole.cut(read, match.start()), *inner]
        read = match.end()
    return [*pieces, whole.cut(read, len(whole.text))]


def _normal(name: str) -> str | None:
    """A name without detours; None for one that leads out of the book's folder."""
    parts: list[str] = []
    for step in PurePosixPath(name.replace("\\", "/")).parts:
        if step == "..":
            if not parts:
                return None
            parts.pop()
        elif step == "/" or ":" in step:
            return None
        else:
            parts.append(step)
    return "/".join(parts) or None


def _placed(part: Part) -> Passage:
    """A file's text with its offsets in the book, and with plain line ends."""
    plain = with_plain_line_ends(part.text)
    return replace(plain, origins=tuple(origin + part.offset for origin in plain.origins))
