"""A worked example as a page: what belongs together stands together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import Symback

LINES = """
query(math.equation.where(block: true)).map(it => (it.numbering != none,
  it.location().page()))
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _broken(source: str) -> int:
    """How many values are worked on two pages: a value ends with the line that has its number."""
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    asked = source + f"\n#context [#metadata({LINES}) <lines>]"
    broken, pages = 0, set()
    for ends, page in json.loads(typst.query(asked.encode(), "<lines>", field="value", one=True)):
        pages.add(page)
        if ends:
            broken += len(pages) > 1
            pages = set()
    return broken


def test_a_value_that_takes_several_lines_stands_on_one_page(
    symback_command: Symback, here: Path
) -> None:
    done = symback_command("example", "--model", "rnn", "--sizes", "T=3", "-o", "w.typ")
    assert (done.code, done.err) == (0, "")
    source = (here / "w.typ").read_text("utf-8")
    assert _broken(source) == 0
    # The known-bad twin: lines that do not hold on to the next ones.
    assert _broken(source.replace("sticky: goes-on", "sticky: false")) > 0


def test_brackets_of_an_argument_are_all_of_one_size(symback_command: Symback, here: Path) -> None:
    stated = ("--layers", "2,3,1", "--activations", "relu,identity", "--seed", "4")
    assert symback_command("example", *stated, "-o", "w.html").code == 0
    page = (here / "w.html").read_text("utf-8")
    assert '<mi>ReLU</mi><mo stretchy="false">(</mo><mn>6</mn>' in page
    assert "<mi>ReLU</mi><mo>(</mo>" not in page
    assert "<mtext>(1)</mtext></msubsup>" in page  # a layer's, which are many
