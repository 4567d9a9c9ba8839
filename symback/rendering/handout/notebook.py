"""A notebook for Jupyter: the handout's Markdown in cells, cut where a part begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from symback.errors import MissingToolError
from symback.install import install_hint

__all__ = ["CELL", "CUT", "notebook"]

CELL = "\ue00e"
"""Stands on both sides of the name of a code cell, where it belongs."""

CUT = re.compile(r"^(?=#{1,3} )", re.M)
"""A cell begins with a heading."""


def notebook(markdown: str, drawing: str, code: Mapping[str, str]) -> str:
    """The text of a notebook; the ids of its cells are made from what is in them.

    Args:
        markdown: the handout, with ``attachment:network.svg`` where the drawing belongs.
        drawing: of the network, as SVG; empty for none.
        code: the sources of code cells by their names.

    Raises:
        MissingToolError: where nbformat is not installed.
    """
    try:
        import nbformat
        from nbformat import v4
    except ImportError:
        raise MissingToolError(
            "a notebook needs nbformat, which is not installed",
            hint=install_hint("notebook"),
        ) from None
    cells: list[Any] = []
    pieces = re.split(f"{CELL}(\\w+){CELL}", markdown)
    texts = [
        (is_code, text)
        for place, piece in enumerate(pieces)
        for is_code in (place % 2 == 1,)
        for text in ([code[piece]] if is_code else filter(str.strip, CUT.split(piece)))
    ]
    for place, (is_code, text) in enumerate(texts):
        source = text.strip()
        cell = v4.new_code_cell(source) if is_code else v4.new_markdown_cell(source)
        cell["id"] = sha256(f"{place} {source}".encode()).hexdigest()[:12]
        if drawing and "(attachment:network.svg)" in source:
            cell["attachments"] = {"network.svg": {"image/svg+xml": _encoded(drawing)}}
        cells.append(cell)
    made = v4.new_notebook(cells=cells)
    made["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.validate(made)
    written: str = nbformat.writes(made)
    return written + "\n"


def _encoded(drawing: str) -> str:
    from base64 import b64encode

    return b64encode(drawing.encode()).decode()
