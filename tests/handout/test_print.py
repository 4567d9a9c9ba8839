"""The HTML on paper: no page is left white in the middle, and no number of a line is cut off."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from handout.handouts import text

from symback.calculus import derive
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout

DEEP = Network((2,) * 7, batch=True, reduction="sum", weight_decay=0.01)
"""Its backward pass takes more than a page where the matrix forms stand below."""

FIELDS = re.compile(r'<page width="\S+" height="(\S+)">(.*?)</page>', re.S)
LINES = re.compile(r'<line [^>]*yMax="(\S+)"')


@cache
def html() -> str:
    page = write_handout(
        "html", derivation=derive(DEEP), report=None, notation=NOTATIONS["deeplearning.ai"]
    ).content.decode()
    return re.sub(r"<meta http-equiv.*?>\n", "", page)  # so that a twin may change its style


def filled(page: str) -> list[float]:
    """How far down the text of each page goes, as Chromium prints it."""
    for tool in ("chromium", "pdftotext"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    with TemporaryDirectory() as folder:
        source, paper = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page)
        subprocess.run(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
             f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
             f"--print-to-pdf={paper}", source.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        run = subprocess.run(
            ["pdftotext", "-bbox-layout", paper, "-"], check=True, capture_output=True
        )
    pages = FIELDS.findall(run.stdout.decode())
    return [max(map(float, LINES.findall(body)), default=0) / float(high) for high, body in pages]


def lower(page: str, lines: int) -> str:
    """The page with its equations so much farther down: fonts differ from machine to machine."""
    return page.replace("</style>", f"#equations{{padding-top:{lines}rem}}</style>", 1)


def test_a_pass_that_is_longer_than_a_page_begins_behind_its_heading() -> None:
    *pages, _ = filled(html())
    assert len(pages) > 6
    assert min(pages) > 0.55


def test_a_pass_that_may_not_go_over_leaves_the_page_with_its_heading_white() -> None:
    page = re.sub(r"<meta http-equiv.*?>\n", "", text("html", "regression"))
    whole = page.replace(".both{break-inside:auto}", "")
    assert whole != page

    def white(lines: int) -> bool:
        pages = (filled(lower(each, lines))[:-1] for each in (page, whole))
        return min(next(pages)) > 0.55 and min(next(pages)) < 0.5

    assert any(map(white, range(6, 24, 6)))
