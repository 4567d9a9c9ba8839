"""The generated part of ``docs/conventions/notations.md``; run as a script, this writes it."""

from __future__ import annotations

import re
from pathlib import Path

from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.dictionary import dictionary

PAGE = Path(__file__).parents[2] / "docs" / "conventions" / "notations.md"
_PART = re.compile(r"(<!-- generated: [^>]* -->\n).*(<!-- end -->)", re.S)


def generated() -> str:
    """The tables of all notations, without the title; headings one level below the page's."""
    text = dictionary(list(NOTATIONS.values()), Network((2, 3, 2)).model(), "markdown")
    body = text[text.index("\n## ") :]
    return re.sub(r"^## ", "### ", body, flags=re.M)


def with_generated(page: str) -> str:
    """The page with its generated part as it must be."""
    return _PART.sub(lambda found: f"{found[1]}{generated()}\n{found[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(with_generated(PAGE.read_text("utf-8")), "utf-8")
