"""The tags of a PDF: what a screen reader goes through, walked from the root of the structure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from handout.handouts import text

import symback
from symback.calculus import derive
from symback.model.language.sources import library_text
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout
from symback.rendering.handout.pdf import pdf_from_typst
from symback.verification import verify

BLOCKS = ("Document", "Div", "Sect", "Part", "NonStruct")
"""What holds paragraphs, headings, lists, tables, figures and displayed formulas, and no text."""

INLINE = ("Span", "Link", "Code", "Strong", "Em", "text")


@cache
def model() -> str:
    derivation = derive(symback.read_model(library_text("rnn")))
    written = write_handout("typst", derivation=derivation, report=verify(derivation))
    return written.content.decode()


SOURCES = {
    "generic": lambda: text("typst", authors=("Ann", "Bob"), date="today", licence="CC BY 4.0"),
    "classifier": lambda: text("typst", "classifier", "full"),
    "deep": lambda: text("typst", "deep", notation=NOTATIONS["mazur"]),
    "model": model,
}


@cache
def read(source: str) -> Any:
    pypdf = pytest.importorskip("pypdf", reason="the pypdf package is not installed")
    pytest.importorskip("typst", reason="the typst package is not installed")
    return pypdf.PdfReader(BytesIO(pdf_from_typst(source.encode(), "")[0]))


def below(node: Any) -> list[Any]:
    """What stands below an element: elements, and numbers of marked pieces of a page."""
    kids = node.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    each = kids if isinstance(kids, list) else [kids]
    return [kid.get_object() if hasattr(kid, "get_object") else kid for kid in each]


def role(node: Any) -> str:
    return node["/S"][1:] if isinstance(node, dict) and "/S" in node else "text"


def elements(node: Any, above: str = "") -> Iterator[tuple[str, str, Any]]:
    """Each element with its role and that of the one above it."""
    for kid in below(node):
        yield above, role(kid), kid
        if role(kid) != "text":
            yield from elements(kid, role(kid))


def tree(source: str) -> list[tuple[str, str, Any]]:
    return [*elements(read(source).trailer["/Root"]["/StructTreeRoot"])]


def loose(source: str) -> list[str]:
    """The roles of text that stands in no paragraph, heading, list, table or caption."""
    return [own for above, own, _ in tree(source) if above in BLOCKS and own in INLINE]


def changed(source: str, old: str, new: str) -> str:
    assert old in source
    return source.replace(old, new)


@pytest.mark.parametrize("name", SOURCES)
def test_all_text_stands_in_paragraphs(name: str) -> None:
    source = SOURCES[name]()
    assert loose(source) == []
    assert sum(own == "P" for _, own, _ in tree(source)) > 5


def test_text_that_leads_to_a_formula_is_a_paragraph_only_if_it_is_told_to_be() -> None:
    source = changed(text("typst"), "above: 1.35em, par(body))", "above: 1.35em, body)")
    assert "Span" in loose(source)


def headings(source: str) -> list[str]:
    return [own for _, own, _ in tree(source) if own[0] == "H" and own[1:].isdigit()]


@pytest.mark.parametrize("name", SOURCES)
def test_the_title_is_the_first_heading_and_none_is_left_out_below_it(name: str) -> None:
    found = headings(SOURCES[name]())
    assert found[0] == "H1"
    assert found.count("H1") == 1
    levels = [int(each[1:]) for each in found]
    assert all(low - high <= 1 for high, low in pairwise(levels))


def test_with_a_title_that_is_no_heading_the_file_would_not_meet_the_standard() -> None:
    source = text("typst")
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    heading = source[source.index("#heading(level: 1,") :].splitlines()[0]
    with pytest.raises(typst.TypstError, match="first heading must be of level 1"):
        headings(source.replace(heading, "#title()"))


def test_a_step_of_training_has_a_heading() -> None:
    source = text("typst")
    assert "H3" in headings(source)[:3]
    bold = changed(source, "\n== One step of training\n", "\n*One step of training*\n")
    assert "H3" not in headings(bold)[:3]
    titles = [str(node["/T"]) for _, own, node in tree(source) if own == "H3" and "/T" in node]
    assert titles[0] == "One step of training"


def leads(source: str) -> set[str]:
    """What is said of where links lead."""
    pages = read(source).pages
    annotations = (a.get_object() for page in pages for a in page.get("/Annots") or ())
    return {str(a["/Contents"]) for a in annotations if a["/Subtype"] == "/Link"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_link_says_to_which_equation_it_leads(name: str) -> None:
    found = leads(SOURCES[name]())
    assert {"Equation 1", "Equation 3"} <= found
    assert all(said.startswith("Equation ") for said in found)


def test_a_link_to_no_equation_would_say_the_number_of_its_page() -> None:
    source = text("typst")
    bare = source[source.index("  [#math.equation(") : source.index(')#label("eq-" + name)]')]
    boxed = source.replace(f"{bare})#label", '  [#box("(" + name + ")")#label')
    assert "page 2" in leads(boxed)
