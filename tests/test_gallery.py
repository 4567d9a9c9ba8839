"""The gallery has a page for every model of the library, as the commands write it today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from sampling import sample

from symback.cli.app import run
from symback.model.language.sources import library_names

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs/gallery/models"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """The script that writes the gallery."""
    return script("build")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/gallery/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def test_every_model_has_a_page_and_no_page_is_left_over() -> None:
    pages = {path.stem for path in PAGES.glob("*.md")} - {"index"}
    assert pages == set(library_names())
    drawn = {name for name in pages if f"(<{name}.svg>)" in page(name)}
    assert {path.stem for path in PAGES.glob("*.svg")} == drawn
    assert len(drawn) > 30  # a graph that is too wide for a page is not drawn


def test_the_list_is_the_one_that_is_built(build: ModuleType) -> None:
    written = (PAGES / "index.md").read_text(encoding="utf-8")
    assert written == build.index()
    assert all(f"[{name}]({name}.md)" in written for name in library_names())
    for page in ("gallery.md", "models.md"):
        assert "gallery/models/index.md" in (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sample(library_names(), 4, seed=7))
def test_a_page_has_the_formulas_that_its_command_writes(
    name: str, tmp_path: Path, build: ModuleType
) -> None:
    *arguments, _ = build.page_of(name)
    assert run([*arguments, str(tmp_path / f"{name}.md")]) == 0
    today = numbered((tmp_path / f"{name}.md").read_text(encoding="utf-8"))
    assert len(today) > 3
    assert numbered(page(name)) == today


def numbered(text: str) -> dict[str, str]:
    """The formula of each numbered row; words around it may change until the gallery is built."""
    return dict(re.findall(r"^\| \((\d+)\) \| (\$`.*?`\$) \|", text, re.MULTILINE))


def test_a_page_with_another_formula_is_told_apart() -> None:
    assert numbered(page("lstm")) != numbered(page("lstm").replace("f_{t+1,k}", "f_{tk}"))


FOUR = ["handout", "handout-2", "handout-3", "handout-4"]
HALVES = ["founding-notes-1", "founding-notes-2"]


def unanswered(shown: str, lines: list[int]) -> list[int]:
    """The lines of the notes of which the gallery does not say where the pages have them."""
    rows = re.findall(r"^\| (\d+)(?: to (\d+))?: ", shown, re.MULTILINE)
    spans = [(int(first), int(last or first)) for first, last in rows]
    return [n for n in lines if not any(first <= n <= last for first, last in spans)]


def test_the_four_pages_stand_beside_the_founding_notes() -> None:
    lines = [display["line"] for display in script("founding").displays()]
    page = (ROOT / "docs/gallery/founding-notes.html").read_text(encoding="utf-8")
    assert [int(n) for n in re.findall(r'<span class="line">(\d+)</span>', page)] == lines
    shown = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^]]*\]\(gallery/([\w-]+)\.png\)", shown)
    assert set(pictures) == {*FOUR, *HALVES}
    assert unanswered(shown, lines) == []
    assert unanswered(shown.replace("| 49 to 71: ", "| "), lines)[0] == 49
