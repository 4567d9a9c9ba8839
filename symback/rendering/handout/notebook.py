"""A notebook for Jupyter: the handout's Markdown in cells, cut where a part begins."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from symback.errors import MissingToolError
from symback.install import install_hint

__all__ = ["CUT", "notebook"]

CUT = re.compile(r"^(?=#{1,3} )", re.M)
"""A cell begins with a heading."""


def notebook(markdown: str, drawing: str) -> str:
    """The text of a notebook; the ids of its cells are made from what is in them.

    Args:
        markdown: the handout, with ``attachment:network.svg`` where the drawing belongs.
        drawing: of the network, as SVG; empty for none.

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
    for place, text in enumerate(filter(str.strip, CUT.split(markdown))):
        source = text.strip()
        cell = v4.new_markdown_cell(source)
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
