"""Formulas found in each kind of document, with the place of each in the file."""

from __future__ import annotations

import json

import pytest

from symback.errors import InputError, TooLargeError
from symback.reading import finding
from symback.reading.finding import decode, find, guess

Found = list[tuple[str, int, int, bool]]

CASES: list[tuple[str, str, str, Found]] = [
    ("own lines", "markdown", "a\n\n$$\nx = 1\n$$\n", [("x = 1", 4, 1, True)]),
    (
        "glued to text",
        "markdown",
        "so $$x = 1$$.\n\n$$y$$",
        [("x = 1", 1, 6, True), ("y", 3, 3, True)],
    ),
    ("kramdown inline", "markdown", "so $$x$$ is", [("x", 1, 6, False)]),
    ("list", "markdown", "1. a\n\n    $$x$$\n", [("x", 3, 7, True)]),
    ("table", "markdown", "| $a$ | $b$ |\n", [("a", 1, 4, False), ("b", 1, 10, False)]),
    ("quotation", "markdown", "> $$\n> x =\n> y\n> $$\n", [("x =\ny", 2, 3, True)]),
    ("bare environment", "markdown", "a\n\\begin{align*}\nx\n\\end{align*}\n", [("x", 3, 1, True)]),
    ("brackets", "markdown", r"\[ x \] and \( y \)", [("x", 1, 4, True), ("y", 1, 16, False)]),
    (
        "escaped brackets",
        "markdown",
        r"\\[ x \\] \\(y\\)",
        [("x", 1, 5, True), ("y", 1, 14, False)],
    ),
    ("over lines", "markdown", "so $x\n= 1$ is", [("x\n= 1", 1, 5, False)]),
    ("fence", "markdown", "```math\nx\n```\n", [("x", 2, 1, True)]),
    ("hidden", "markdown", "`$a$` ``$`b$``\n\n```\n$c$\n```\n\n    $d$\n\n<!-- $e$ -->\\$f$", []),
    ("money", "markdown", "costs $5 and $6, or $HOME", []),
    ("gitlab", "markdown", "so $`x`$ is", [("x", 1, 6, False)]),
    ("blank line inside", "markdown", "$$\n\nx\n\n$$\n", [("x", 3, 1, True)]),
    ("line ends", "markdown", "a\r\n\r\n$x$\r\n", [("x", 3, 2, False)]),
    ("text with dollars", "latex", r"$x \text{ if $y$}$", [(r"x \text{ if $y$}", 1, 2, False)]),
    (
        "comments",
        "latex",
        "% $a$\nb $c$ % $d$\n50\\% $e$",
        [("c", 2, 4, False), ("e", 3, 7, False)],
    ),
    (
        "verbatim",
        "latex",
        "\\begin{verbatim}$a$\\end{verbatim}\\verb|$b$| $c$",
        [("c", 1, 46, False)],
    ),
    (
        "preamble",
        "latex",
        "\\newcommand{\\q}{$a$}\n\\begin{document}\n\\[x\\]\n",
        [("x", 3, 3, True)],
    ),
    (
        "displaystyle",
        "latex",
        "\\hspace*{1cm}\n$\\displaystyle x$\n\\\\[0.2cm]\n",
        [("\\displaystyle x", 2, 2, True)],
    ),
    (
        "directive",
        "rst",
        ".. math::\n\n  x &= 1 \\\\\n  &= y\n\na",
        [("x &= 1 \\\\\n  &= y", 3, 3, True)],
    ),
    ("argument", "rst", ".. math:: x\n   :label: e\n", [("x", 1, 11, True)]),
    ("role", "rst", "so :math:`x` is\n\n::\n\n  :math:`y`\n", [("x", 1, 11, False)]),
    (
        "KaTeX",
        "html",
        '<p>so <span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi>'
        '<annotation encoding="application/x-tex">x &lt; 1</annotation></semantics></math></span>'
        '<span class="katex-html" aria-hidden="true"><span>x</span>\\(n\\)</span></span> and\\(y\\)'
        "</p>",
        [("x < 1", 1, 122, False), ("y", 1, 252, False)],
    ),
    (
        "Wikipedia",
        "html",
        '<dl><dd><span class="mwe-math-element"><span style="display: none;"><math '
        'alttext="{\\displaystyle a}">\n<semantics><annotation encoding="application/x-tex">'
        '{\\displaystyle a}</annotation></semantics></math></span><img src="a.svg" '
        'alt="{\\displaystyle a}"></span></dd></dl>',
        [("{\\displaystyle a}", 2, 53, True)],
    ),
    (
        "LaTeXML",
        "html",
        '<p>a <math alttext="x=1" display="inline"><mi>x</mi></math> b</p>'
        '<math display="block" alttext="y &gt; 1"><mi>y</mi></math><math><mi>z</mi></math>',
        [("x=1", 1, 21, False), ("y > 1", 1, 97, True)],
    ),
    (
        "rows of one formula",
        "html",
        '<math alttext="a = f(b"></math><div></div><math alttext="+ c)"></math><p>'
        '<math alttext="d"></math></p><math alttext="{} + e"></math>,'
        '<math alttext="{} + g"></math>',
        [("a = f(b + c)", 1, 16, True), ("d {} + e", 1, 89, True), ("{} + g", 1, 149, False)],
    ),
    ("html", "html", "<p>\\(a &lt; b\\)</p><code>\\(c\\)</code>", [("a < b", 1, 6, False)]),
    (
        "script",
        "html",
        '<script type="math/tex; mode=display">x</script>\n<pre>$$y$$</pre>',
        [("x", 1, 39, True)],
    ),
    ("jupytext", "jupytext", "x = '$a$'\n# $$\n# b\n# $$\n", [("b", 3, 3, True)]),
    (
        "Markdown cell in quotes",
        "jupytext",
        '# %% [markdown]\n"""\nso $a$ and\n$$b$$\n"""\n# %%\nx = """\n$c$\n"""\n# $d$\n',
        [("a", 3, 5, False), ("b", 4, 3, True), ("d", 10, 4, False)],
    ),
    (
        "Markdown cell in quotes on one line",
        "jupytext",
        "# %% [markdown]\nr'''so $a$'''\nx = '$b$'\n# $c$\n",
        [("a", 2, 9, False), ("c", 4, 4, False)],
    ),
    ("quotes of a cell of code", "jupytext", '# %%\n"""\n$a$\n"""\n', []),
    ("bare line", "text", "words here\n\\frac{a}{b} = c\n", [("\\frac{a}{b} = c", 2, 1, True)]),
]


@pytest.mark.parametrize(("name", "kind", "text", "expected"), CASES, ids=[c[0] for c in CASES])
def test_formulas_and_their_places(name: str, kind: str, text: str, expected: Found) -> None:
    found = find(text, kind)
    assert [(e.text, e.line, e.column, e.display) for e in found.excerpts] == expected
    assert not found.problems


@pytest.mark.parametrize(
    ("kind", "text", "token", "line", "column"),
    [
        ("markdown", "a $x = 1\n\nb", "$", 1, 3),
        ("markdown", "$$ a = b\n\nSome more words here.\n\n$$ c = d $$\n", "$$", 1, 1),
        ("markdown", "\\[ a = b\n", r"\[", 1, 1),
        ("markdown", "\\begin{align} a", "align", 1, 1),
        ("markdown", "```math\nx", "```math", 1, 1),
        ("rst", "so :math:`x = 1", ":math:`", 1, 4),
    ],
)
def test_what_does_not_end_is_reported(
    kind: str, text: str, token: str, line: int, column: int
) -> None:
    problems = find(text, kind).problems
    assert [(p.token, p.line, p.column) for p in problems] == [(token, line, column)]


def test_an_unclosed_display_does_not_swallow_the_next() -> None:
    found = find("$$ a = b\n\nSome more words here.\n\n$$ c = d $$\n", "markdown")
    assert [e.text for e in found.excerpts] == ["c = d"]


@pytest.mark.parametrize("indent", [None, 1])
def test_notebook_lines_are_those_of_the_file(indent: int | None) -> None:
    cells = [
        {"cell_type": "code", "source": ["$a$"]},
        {"cell_type": "markdown", "source": ["b\n", "$\\alpha = \u00e9$\n"]},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=indent)
    (excerpt,) = find(text, "notebook").excerpts
    assert (excerpt.text, excerpt.cell) == ("\\alpha = é", 2)
    row = text.splitlines()[excerpt.line - 1]
    assert row[excerpt.column - 1 :].startswith("\\\\alpha = ")
    after = excerpt.position(excerpt.text.index("="))
    assert row[after.column - 1] == "="


def test_words_on_both_sides() -> None:
    first, second = find("Now, since $x = 1$ holds\n\n$$y$$\n", "markdown").excerpts
    assert (first.before, first.after, second.before) == ("Now, since", "holds", "holds")


def test_macros_hold_from_their_definition_on() -> None:
    text = "$\\def\\a{x}\\a$ and $\\renewcommand{\\a}{y} \\a$"
    first, second = find(text, "markdown").excerpts
    bodies = [macro.body for e in (first, second) if (macro := e.macros.get("a"))]
    assert bodies == ["x", "y"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.md", "", "markdown"), ("a.tex", "", "latex"), ("a.rst", "", "rst"),
        ("a.ipynb", "", "notebook"), ("a.py", "", "jupytext"), ("a.txt", "", "text"),
        (None, '{"cells": []}', "notebook"), (None, "\\documentclass{a}", "latex"),
        (None, "a\n\n.. math::\n", "rst"), (None, "<!doctype html>", "html"),
        (None, "# %%\n", "jupytext"), (None, "words", "markdown"),
    ],
)  # fmt: skip
def test_kind_is_guessed(name: str | None, text: str, kind: str) -> None:
    assert guess(text, name) == kind


def test_bytes_are_decoded_or_refused_with_their_place() -> None:
    assert decode("\ufeffé".encode()) == "é"
    assert decode("é".encode("utf-16")) == "é"
    assert decode(b"") == ""
    for data, message in [(b"a\0", "zero byte at 1"), (b"a\xe9", "byte 1")]:
        with pytest.raises(InputError, match=message):
            decode(data, "notes.md")


def test_what_is_no_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("").excerpts == ()
    with pytest.raises(InputError, match="not a Jupyter notebook"):
        find("[1]", "notebook")
    with pytest.raises(InputError, match="unknown kind"):
        find("", "docx")
    monkeypatch.setattr(finding, "SIZE_LIMIT", 3)
    with pytest.raises(TooLargeError):
        find("abcd")


def test_a_notebook_that_is_cut_off_is_refused() -> None:
    whole = '{"cells": [{"cell_type": "markdown", "source": ["$x = a$"]}]}'
    assert len(find(whole, "notebook").excerpts) == 1
    with pytest.raises(InputError, match="cut off"):
        find(whole[:-8], "notebook")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"\(x\)", ["x"]),
        (r"equation \(5\.18\)", []),
        (r"W\\\[1,2\\\]", []),
    ],
)
def test_escaped_brackets_of_markdown_are_no_delimiters(text: str, found: list[str]) -> None:
    assert [excerpt.text for excerpt in find(text, "markdown").excerpts] == found


def test_displays_in_scripts_of_markdown() -> None:
    text = 'Then\n\n<script type="math/tex; mode=display">\ny = 2 x\n</script>\n\nand $z = 3 y$.\n'
    found = find(text, "markdown").excerpts
    assert [(e.text.strip(), e.display, e.line) for e in found] == [
        ("y = 2 x", True, 4),
        ("z = 3 y", False, 7),
    ]
