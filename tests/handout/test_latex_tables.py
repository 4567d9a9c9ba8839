"""The table of notation as LaTeX sets it: on one page, the drawing beside the text about it."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from handout.handouts import text

import symback
from symback.calculus import derive
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import side_by_side, write_handout
from symback.rendering.handout.latex_page import LatexPage
from symback.rendering.handout.page import HandoutPage

DEEP = Network((3, 5, 4, 2), ("elu", "tanh", "g"), "huber")
TORN = r"""
\renewcommand{\notation}[6]{\subsection*{#1}{\small
\begin{longtable}{#2}\toprule #3 \\ \midrule\endhead #4#5#6\bottomrule\end{longtable}}}
\begin{document}"""
"""A table that goes on over the page, as it comes."""


def source(what: Network | str, notation: str = "founding") -> str:
    model = what if isinstance(what, Network) else symback.read_model(library_text(what))
    return write_handout(
        "latex", derivation=derive(model), report=None, notation=NOTATIONS[notation]
    ).content.decode()


def typeset(latex: str, shown_by: str) -> tuple[str, str]:
    """What TeX logs of a page, and what ``pdftotext`` reads on it with an option."""
    for tool in ("pdflatex", "pdftotext"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "page.tex").write_text(latex)
        for _ in range(2):
            subprocess.run(
                ["pdflatex", "-interaction=batchmode", "page.tex"], cwd=place, check=True,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        log = (place / "page.log").read_text(errors="replace")
        run = subprocess.run(
            ["pdftotext", shown_by, "page.pdf", "-"], cwd=place, check=True, capture_output=True
        )
    return log, run.stdout.decode()


@cache
def pages(latex: str) -> list[str]:
    """The words of each page."""
    log, found = typeset(latex, "-layout")
    assert "Overfull" not in log
    return [" ".join(page.split()) for page in found.split("\f") if page.strip()]


def pages_with(latex: str, *words: str) -> list[int]:
    """The page on which each of these first stands."""
    found = pages(latex)
    return [next(n for n, page in enumerate(found) if word in page) for word in words]


@pytest.mark.parametrize("notation", ["founding", "mazur"])
def test_a_table_of_notation_stands_on_one_page_and_the_drawing_on_the_next(notation: str) -> None:
    ends = ("Symbol", "a single number", "indices of summation", "Figure 1")
    assert pages_with(source(DEEP, notation), *ends) == [0, 0, 1, 1], "its signs by themselves"
    assert pages_with(source(Network((3, 4, 2)), notation), *ends[:3]) == [0, 0, 0]


def test_a_table_that_goes_on_as_it_comes_would_be_torn() -> None:
    torn = source(DEEP, "mazur").replace(r"\begin{document}", TORN)
    begin, end, drawing = pages_with(torn, "Symbol", "indices of summation", "Figure 1")
    assert (begin, end) == (0, 1)
    assert drawing > 1


def test_a_table_without_room_is_two_of_which_the_second_begins_with_what_is_computed() -> None:
    latex = source("lstm")
    given, computed, signs = pages_with(
        latex, "gradient from above", "state, the output", "indices"
    )
    assert (given, computed, signs) == (0, 1, 1)
    assert sum(page.count("Symbol Meaning") for page in pages(latex)) == 2


def test_the_gradients_stand_on_one_page() -> None:
    assert r"\begin{tabular}{@{}llll@{}}" in source(Network((2, 2, 2)))
    begin, end = pages_with(source(Network((2, 2, 2))), "All gradients", "Written out")
    assert begin == end


BATCH = Network((3, 4, 2), ("sigmoid", "softmax"), "cross-entropy", batch=True)


def in_the_margin(latex: str) -> list[str]:
    """Words that end to the right of the text block: TeX sets a number there and says nothing."""
    _, boxes = typeset(latex, "-bbox")
    words = re.findall(r'xMax="([\d.]+)".*?>(.*?)</word>', boxes)
    return [word for right, word in words if float(right) > (210 - 22) / 25.4 * 72 + 3]


def test_the_numbers_of_equations_stand_in_the_text_block() -> None:
    derivation = derive(BATCH)
    latex = write_handout(
        "latex", derivation=derivation, report=None, notation=NOTATIONS["bishop"], detail="full"
    ).content.decode()
    assert r"\text{\eqn{9m}}" in latex, "beside its index form"
    assert r"\parbox{2.5cm}" in latex
    assert not in_the_margin(latex)
    assert in_the_margin(latex.replace(r"\parbox{2.5cm}", r"\parbox{2.9cm}"))


def test_a_further_line_of_an_index_form_has_its_sign_of_equality(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beside it there is room for so much less."""

    def beside(latex: str) -> int:
        return len(re.findall(r"\\text\{\\eqn\{(\d+)m\}\}", latex))

    narrow = beside(source(BATCH, "row-vector"))
    monkeypatch.setattr(LatexPage, "room_of_numbers", HandoutPage.room_of_numbers)
    monkeypatch.setattr(side_by_side, "_SIGN", 0.0)
    assert beside(source(BATCH, "row-vector")) > narrow


def test_letters_above_and_below_keep_their_room_in_latex() -> None:
    """Rows are half as far apart again as letters are high; more, with an index of an index."""
    heights = {"small": 11 / 9, "footnotesize": 9.5 / 8}

    def closest(latex: str) -> float:
        ways = re.search(r"\\@for\\way:=(.*)\\do", latex)
        assert ways is not None
        rows = re.findall(r"\{\\(\w+)\}\{([\d.]+)\}", ways[1])
        return min(heights[size] * float(stretch) for size, stretch in rows)

    assert closest(source(Network((2, 2, 2)))) >= 1.5
    assert closest(source(Network((2, 2, 2, 2)), "mazur")) >= 1.65
    assert closest(source("batch-norm")) < 1.5


@pytest.mark.parametrize("notation", ["founding", "deeplearning.ai"])
def test_short_parts_at_the_end_take_no_page_of_their_own_in_latex(notation: str) -> None:
    latex = text("latex", notation=NOTATIONS[notation])
    closely = r"\tryclosing\closingunder{#2}\tryclosing\closingbefore{#2}"
    assert closely in latex
    assert len(pages(latex)) == 4
    assert len(pages(latex.replace(closely, ""))) == 5


def test_short_parts_that_have_no_room_at_the_end_go_over_together() -> None:
    latex = text("latex", notation=NOTATIONS["bishop"])
    assert len(set(pages_with(latex, "Conventions", "Reading and exercises"))) == 1
    torn = re.sub(r"\\ifdim[^\n]*\\newpage\\setclosing.*\n", "", latex).replace(
        r"\box\closing", r"\unvbox\closing"
    )
    assert len(set(pages_with(torn, "Conventions", "Reading and exercises"))) == 2


def test_the_table_of_claims_leaves_no_page_with_a_few_of_its_lines_in_latex() -> None:
    latex = text("latex", "classifier", "full", notation=NOTATIONS["bishop"])
    ways = re.search(r"\\@for\\way:=\{\\small\}\{1.3\}(.*)\\do\{\\ifclaimsfit", latex)
    assert ways is not None
    assert len(pages(latex)) < len(pages(latex.replace(ways[1], "")))
