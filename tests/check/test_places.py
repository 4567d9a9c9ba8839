"""Where a report points: at the factor that differs, at a notebook's cell, at the formula."""

from __future__ import annotations

import json

import jsonschema
import pytest

from symback.reading import check
from symback.rendering.check import Report, render_report
from symback.rendering.check.cells import Cells

from .test_reports import SCHEMA

NET = r"$$z = w x + b, \quad a = \sigma(z), \quad L = (a - y)^2$$ with $\sigma(z) = 1/(1+e^{-z})$."
SLIP = r"$$\frac{\partial L}{\partial w} = 2 (a - y) a (1 + a) x$$"
RIGHT = SLIP.replace("1 + a", "1 - a")


def notebook(slip: str, indent: int | None = None) -> str:
    """A notebook whose third cell holds a claim, behind a line of words."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": [NET + "\n"]},
        {"cell_type": "code", "metadata": {}, "source": ["x = 1"], "outputs": []},
        {"cell_type": "markdown", "metadata": {}, "source": ["Then\n", "\n", slip]},
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent)


def told(text: str, name: str, form: str = "text") -> str:
    """A report on one document."""
    return render_report(Report.of([check(text, path=name)]), form)


def test_the_caret_stands_at_what_the_only_repair_changes() -> None:
    line, carets = told(f"{NET}\n\n{SLIP}\n", "n.md").split("REFUTED\n")[1].splitlines()[:2]
    assert line.strip() == SLIP
    assert line[carets.index("^")] == "+"


def test_without_a_repair_it_stands_at_the_relation() -> None:
    wrong = SLIP.replace("a (1 + a) x", r"e^{3 b + x} \sin(b)")
    line, carets = told(f"{NET}\n\n{wrong}\n", "n.md").split("REFUTED\n")[1].splitlines()[:2]
    assert line[carets.index("^")] == "="


def test_regions_of_sarif_hold_what_differs() -> None:
    text = f"{NET}\n\n$$\n\\frac{{\\partial L}}{{\\partial w}} =\n2 (a - y) a (1 + a) x\n$$\n"
    (run,) = json.loads(told(text, "n.md", "sarif"))["runs"]
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = text.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "+"


def test_a_page_in_html_marks_what_differs() -> None:
    assert '<mark class="REFUTED">+</mark>' in told(f"{NET}\n\n{SLIP}\n", "n.md", "html")


@pytest.mark.parametrize("indent", [None, 1])
def test_a_notebook_is_cited_by_cell_and_line(indent: int | None) -> None:
    text = notebook(SLIP, indent)
    said = told(text, "n.ipynb")
    assert "cell 3, 3:33  REFUTED\n" in said
    line, carets = said.split("REFUTED\n")[1].splitlines()[:2]
    assert line.strip() == SLIP
    assert line[carets.index("^")] == "+"
    assert "REFUTED" not in told(notebook(RIGHT, indent), "n.ipynb")


def test_a_cell_is_told_to_programs() -> None:
    data = json.loads(told(notebook(SLIP), "n.ipynb", "json"))
    last = data["documents"][0]["statements"][-1]
    assert last["cell"] == {"number": 3, "line": 3, "column": 33}
    assert last["line"] == 1
    jsonschema.validate(data, SCHEMA)
    (run,) = json.loads(told(notebook(SLIP), "n.ipynb", "sarif"))["runs"]
    (place,) = run["results"][0]["locations"][0]["logicalLocations"]
    assert place["fullyQualifiedName"] == "cell 3, 3:33"


def test_what_is_in_no_cell_has_no_place_there() -> None:
    text = notebook(SLIP)
    assert Cells(text).at(0) is None
    assert Cells(text).at(text.index('"nbformat"')) is None


def test_a_page_in_html_is_cited_by_its_formula() -> None:
    body = SLIP.replace("$$", "")
    text = f"<html><body><p>{NET}</p><p>Then \\[{body}\\] holds.</p></body></html>"
    line, carets = told(text, "n.html").split("REFUTED\n")[1].splitlines()[:2]
    assert line.strip() == body
    assert carets.count("^") == 1


def test_prices_are_no_mathematics() -> None:
    text = "It costs $5, then $10; all in all $1,000$ or $-12,500.50$, and $3.14$ and $42$.\n"
    assert "UNREAD" not in told(text, "n.md")
    assert check("Points $1,000 + x = x + 1,001$ here.", path="n.md").judgements
