"""A repair reaches the file exactly, or is not proposed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symback.reading.statements.verdicts import DocumentReport, Repair, Status
from symback.rendering.check import diff, propose
from symback.rendering.check.repairs import Edit, applied, edits_in_file

from .samples import judged, refuted, repair


def prime_after(text: str, path: str, after: str, line: int) -> DocumentReport:
    """A document whose claim on one line lacks a prime after some letters of its formula."""
    (excerpt,) = {
        j.statement.excerpt for j in judged(text, path).judgements if j.statement.line == line
    }
    at = excerpt.text.index(after) + len(after)
    fix = repair("prime-missing", (at, at, "'"))
    return judged(text, path, by_line={line: refuted(fix)})


def confirmed(text: str, path: str) -> DocumentReport:
    """A judge to whom everything is right."""
    return judged(text, path)


QUOTED = "> $$h = f(x)$$\n>\n> $$\n> h\n> = g(y_1) z\n> $$\n"
CELL = json.dumps(
    {"cells": [{"cell_type": "markdown", "source": ["$$h = f(x)$$\n", "$$h = \\beta g(y_1)$$"]}]},
    indent=1,
)  # fmt: skip
PAGE = "<p>\\[h = f(x)\\]</p>\n<p>\\[h = a &lt; g(y_1)\\]</p>\n"
SCRIPT = "# $$h = f(x)$$\n#\n# $$\n# h = g(y_1)\n# $$\n"


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("$$h = f(x)$$\n\n$$h = g(y_1)$$\n", "a.md", 3),
        ("$$h = f(x)$$\r\n\r\n$$h = g(y_1)$$\r\n", "a.md", 3),
        (QUOTED, "a.md", 5),
        ("$h = f(x)$ % why\n\n\\[h = % so\n g(y_1)\\]\n", "a.tex", 3),
        (SCRIPT, "a.py", 4),
    ],
)
def test_an_edit_stands_where_it_belongs(text: str, path: str, line: int) -> None:
    report = prime_after(text, path, "y_1", line)
    proposal = propose(report, lambda new: confirmed(new, path))
    assert not proposal.refused
    assert applied(text, proposal.edits) == text.replace("y_1", "y_1'")


def test_an_edit_in_a_notebook_is_one_of_its_strings() -> None:
    line = CELL[: CELL.index("beta")].count("\n") + 1
    report = prime_after(CELL, "a.ipynb", "y_1", line)
    proposal = propose(report, lambda new: confirmed(new, "a.ipynb"))
    cells = json.loads(applied(CELL, proposal.edits))["cells"]
    assert cells[0]["source"][1] == "$$h = \\beta g(y_1')$$"


def test_what_is_put_into_a_notebook_is_escaped() -> None:
    excerpt = judged(CELL, "a.ipynb").judgements[1].statement.excerpt
    start = excerpt.text.index("\\beta")
    fix = Repair("factor", {}, ((start, start + 5, '\\odot "'),), True)
    edits = edits_in_file(excerpt, fix, CELL, "notebook")
    assert edits is not None
    cells = json.loads(applied(CELL, edits))["cells"]
    assert cells[0]["source"][1] == '$$h = \\odot " g(y_1)$$'


def test_an_entity_is_replaced_whole() -> None:
    excerpt = judged(PAGE, "a.html").judgements[1].statement.excerpt
    at = excerpt.text.index("<")
    edits = edits_in_file(excerpt, Repair("sign", {}, ((at, at + 1, "-"),), True), PAGE, "html")
    assert edits is not None
    assert applied(PAGE, edits) == PAGE.replace("&lt;", "-")
    markup = Repair("sign", {}, ((at, at + 1, "<"),), True)
    assert edits_in_file(excerpt, markup, PAGE, "html") is None


@pytest.mark.parametrize("formula", [r"g(\y)", r"g(\z{y_1})", r"g(\z {a {b} y_1} )", r"g(\one y)"])
def test_nothing_is_proposed_inside_a_macro(formula: str) -> None:
    macros = r"\def\y{y_1}\def\z#1{#1 + #1}\def\one#1{#1}"
    text = f"${macros}$\n\n$$h = {formula}$$\n"
    judgements = judged(text, "a.md").judgements
    excerpt = judgements[-1].statement.excerpt
    for at in range(excerpt.text.index("\\"), excerpt.text.rindex(")")):
        fix = Repair("prime-missing", {}, ((at, at, "'"),), True)
        assert edits_in_file(excerpt, fix, text, "markdown") is None


def test_a_repair_that_does_not_help_is_not_proposed() -> None:
    text = "$$h = f(x)$$\n\n$$h = g(y_1)$$\n"
    report = prime_after(text, "a.md", "y_1", 3)
    proposal = propose(report, lambda new: prime_after(new, "a.md", "y_1", 3))
    assert proposal.edits == ()
    assert [(j.statement.line, code) for j, code in proposal.refused] == [(3, "not-confirmed")]


def test_a_repair_that_is_not_the_only_one_is_not_proposed() -> None:
    text = "$$h = f(x)$$\n\n$$h = g(y_1)$$\n"
    several = judged(text, by_line={3: refuted(repair("sign", (4, 4, "-"), unique=False))})
    assert propose(several, judged).edits == ()


def test_edits_of_the_same_place_do_not_meet() -> None:
    text = "$$h = f(x)$$\n\n$$h = g(x) = k(x)$$\n"
    report = judged(text, by_line={3: refuted(repair("sign", (4, 8, "-g(x)")))})
    assert report.count(Status.REFUTED) == 2
    proposal = propose(report, judged)
    assert applied(text, proposal.edits) == text.replace("g(x)", "-g(x)")


TEXT = st.text(alphabet="ab$=\n\r", max_size=40)


@given(TEXT, st.data())
def test_a_diff_is_what_patch_applies(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)))
    edits = [Edit(at, at, "+") for at in places]
    assert _patched(text, diff("a.md", text, edits)) == applied(text, edits)


def _patched(text: str, patch: str) -> str:
    """The text after a unified diff, read by its definition."""
    out, read = [], 0
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    body = patch.split("\n")[2:]
    for number, line in enumerate(body):
        last = body[number + 1 : number + 2] == ["\\ No newline at end of file"]
        if line.startswith("@@"):
            start = int(line.split("-")[1].split(",")[0].split(" ")[0])
            length = line.split(" ")[1].partition(",")[2]
            start -= length != "0"
            out += lines[read:start]
            read = start
        elif line.startswith(("-", " ")):
            assert lines[read] == line[1:] + ("" if last else "\n")
            read += 1
        if line.startswith(("+", " ")):
            out.append(line[1:] + ("" if last else "\n"))
    return "".join([*out, *lines[read:]])


@pytest.mark.skipif(not shutil.which("patch"), reason="needs patch")
@pytest.mark.parametrize("text", ["\ufeff$a$\r\nb\r\n", "$a$", "b\n$a$\nc"])
def test_patch_takes_the_diff(text: str, tmp_path: Path) -> None:
    file = tmp_path / "a b.md"
    file.write_bytes(text.encode())
    mark = text[:1] if text.startswith("\ufeff") else ""
    plain = text.removeprefix(mark) if mark else text
    at = plain.index("a")
    patch = diff("a b.md", plain, [Edit(at, at + 1, "a'")], mark=mark)
    done = subprocess.run(
        ["patch", "-p0", "--binary"], input=patch.encode(), cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout
    assert file.read_bytes() == text.replace("a", "a'").encode()


def test_nothing_to_change_is_no_diff() -> None:
    assert diff("a.md", "text", []) == ""
