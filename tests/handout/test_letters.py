"""Titles and authors come out as the letters that they are, in every format."""

import html
import json
import re
import shutil

import pytest
from handout.handouts import handout, text
from sampling import sample

from symback.rendering.handout.characters import clean, lacking_in_pdflatex
from symback.rendering.handout.pdf import pdf_from_typst
from symback.rendering.handout.pdflatex import pdf_from_latex

HOSTILE = (
    r"\input{/etc/passwd} \write18{ls} $ % # { } ~ ^ \ & _ <script> </script> \"onload= "
    r"#read(\"/etc/passwd\") *b* `c` [d](e) @f <g> //h -- '' $x$ {{ 7*7 }} {% raw %} \end{document}"
)


def test_html():
    page = text("html", title=HOSTILE, authors=(HOSTILE,))
    assert page.count(html.escape(HOSTILE)) == 3  # title, heading, author
    assert "<script" not in page
    assert " onload=" not in re.sub(r">[^<]*<", "><", page)


def test_html_loads_nothing():
    page = text("html")
    policy = html.unescape(re.search('Content-Security-Policy" content="(.*?)"', page)[1])
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"<(script|link|img|iframe)|https?://|\sstyle=|\son[a-z]+=", page)


def test_latex():
    page = text("latex", title=HOSTILE, authors=(HOSTILE,))
    assert r"\textbackslash{}input\{/etc/passwd\}" in page
    assert page.count(r"\end{document}") == 1


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_latex_of_every_title_compiles():
    others = "Woche 5: Rückwärts – Çédille, Łódź, ş, 第五周, الأسبوع, 🎓"
    page = text("latex", detail="brief", title=HOSTILE, authors=(others,))
    assert pdf_from_latex(page.encode()).startswith(b"%PDF")


def test_markdown():
    page = text("markdown", title=HOSTILE).splitlines()[0]
    assert r"\\input\{/etc/passwd\}" in page
    assert "@<!-- -->f" in page, "GitHub would take it for a name"
    page = page.replace("<!-- -->", "")
    assert "<" not in page.replace("&lt;", "")
    cells = json.loads(text("notebook", title=HOSTILE))["cells"]
    assert "".join(cells[0]["source"]) == page


def test_typst():
    pytest.importorskip("typst", reason="the typst package is not installed")
    source = handout("typst", detail="brief", title=HOSTILE, authors=(HOSTILE,)).content
    content, warnings = pdf_from_typst(source, HOSTILE)
    assert content.startswith(b"%PDF")
    assert warnings == ()


@pytest.mark.spread
@pytest.mark.parametrize(
    "title", sample(["第五周", "الأسبوع الخامس", "Week 🎓", "Ünïcode – “quotes”"], 2)
)
def test_typst_of_every_title_compiles_or_names_what_is_lacking(title):
    pytest.importorskip("typst", reason="the typst package is not installed")
    content, warnings = pdf_from_typst(handout("typst", detail="brief", title=title).content, title)
    assert content.startswith(b"%PDF")
    for warning in warnings:
        assert any(f"{c} (U+{ord(c):04X})" in warning for c in title)


def test_what_no_font_has_is_named_and_nothing_else():
    pytest.importorskip("typst", reason="the typst package is not installed")
    title = "Woche 5: \U0010fffd"  # of the private planes, which no font fills
    source = f'#set document(title: "{title}")\n= {title}'.encode()
    content, (warning,) = pdf_from_typst(source, title)
    assert content.startswith(b"%PDF")
    assert warning.startswith("no font here has \U0010fffd (U+10FFFD): ")
    # The twin: what the fonts have is not named, and the page is accessible.
    title = "Woche 5: ü"
    source = f'#set document(title: "{title}")\n= {title}'.encode()
    assert pdf_from_typst(source, title)[1] == ()


def test_what_latex_lacks_is_named():
    (warning,) = handout("latex", title="Week 5 周 🎓").warnings
    assert "周 (U+5468), 🎓 (U+1F393)" in warning
    assert lacking_in_pdflatex("Łódź – naïve “façade” œuvre") == []
    assert lacking_in_pdflatex("α") == ["α"]
    assert lacking_in_pdflatex("2\u00a0×\u00a03 − 1 ≤ 5") == []


def test_a_title_is_one_line_without_control_characters():
    assert clean("a\nb\tc\x1b[31m\u202e\udc80") == "a b c[31m\ufffd"
