"""Mathematics in Jupyter notebooks: the Markdown cells, each formula at its place in the file.

The JSON is walked by a scanner of our own and not by `json`, which forgets where its strings
stood: a formula's line must be that of the `.ipynb` file, which is what editors and CI show.
"""

from __future__ import annotations

import re
from dataclasses import field

from symback.errors import InputError
from symback.reading.finding import markdown
from symback.reading.finding.collecting import Collector
from symback.reading.finding.passage import Passage
from symback.records import dataclass

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_DEPTH_LIMIT = 500


@dataclass(slots=True)
class _Cell:
    kind: str = ""
    source: list[Passage] = field(default_factory=list)


def find(passage: Passage, collector: Collector) -> None:
    """Collect the mathematics of the Markdown cells, numbered from 1 among all cells."""
    cells = _cells(passage)
    if cells is None:
        raise InputError("not a Jupyter notebook: no list of cells was found")
    for number, cell in enumerate(cells, 1):
        collector.cell = number
        if cell.kind == "markdown":
            markdown.find(Passage.join(cell.source), collector)
        collector.paragraph()


def cells_of(text: str) -> tuple[Passage, ...]:
    """The sources of all cells of a notebook, each with the places of its characters in the file.

    Raises:
        InputError: for what is no notebook.
    """
    found = _cells(Passage(text))
    return tuple(Passage.join(cell.source) for cell in found or ())


def _cells(passage: Passage) -> list[_Cell] | None:
    """Return the cells of a notebook, or None where there is no `cells` (formats 3 and 4)."""
    path: list[str] = []  # for each open container its key, or "[" for a list
    key, expects_key = "", False
    cells: list[_Cell] | None = None
    for match in _TOKEN.finditer(passage.text):
        token = match[0]
        if token in "{[":
            if len(path) >= _DEPTH_LIMIT:
                raise InputError("the notebook's JSON is nested too deeply")
            path.append("[" if token == "[" else key)
            if token == "[" and key == "cells":
                cells = cells or []
            if token == "{" and cells is not None and _in_cells(path):
                cells.append(_Cell())
            path[-1] = f"{key}{token}"
            key, expects_key = "", token == "{"
        elif token in "}]":
            if not path:
                raise InputError("the notebook is not well-formed JSON")
            path.pop()
            key, expects_key = "", False
        elif token == ",":
            expects_key = bool(path) and path[-1].endswith("{")
        elif token == ":":
            expects_key = False
        elif token.startswith('"'):
            if not path:
                raise InputError("the notebook is not well-formed JSON")
            if expects_key:
                key = token[1:-1]
            elif cells:
                _string(cells[-1], path, key, passage, match)
    if path:
        raise InputError("the notebook is cut off: its JSON ends before it is closed")
    return cells


def _in_cells(path: list[str]) -> bool:
    return len(path) > 1 and path[-2] == "cells["


def _string(cell: _Cell, path: list[str], key: str, passage: Passage, match: re.Match[str]) -> None:
    parents = path[-1]
    if key == "cell_type" and parents.endswith("{"):
        cell.kind = match[0][1:-1]
    elif (key == "source" and len(path) > 1 and path[-2] == "cells[") or parents == "source[":
        cell.source.append(_decoded(passage, match.start() + 1, match.end() - 1))


def _decoded(passage: Passage, start: int, end: int) -> Passage:
    """Return the text of a JSON string that fills `start` to `end`, each character placed."""
    pieces, read = [], start
    for match in _ESCAPE.finditer(passage.text, start, end):
        pieces.append(passage.cut(read, match.start()))
        letter = chr(int(match[1], 16)) if match[1] else _LETTERS.get(match[2], match[2])
        pieces.append(Passage(letter, (0,), (passage.origin(match.start()),)))
        read = match.end()
    pieces.append(passage.cut(read, end))
    return Passage.join(pieces)
