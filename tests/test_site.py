"""The site of the documentation: it builds, every link leads somewhere, and nothing is fetched."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("material", reason="the extra docs is not installed")

ROOT = Path(__file__).parent.parent
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a page loads, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag in LOADED and found.get(LOADED[tag]) and found.get("rel") != "canonical":
            self.loaded.append(str(found[LOADED[tag]]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        for name in Page(path.read_text(encoding="utf-8")).loaded:
            assert not re.match(r"(?:https?:)?//", name), (path.name, name)
            # The page for what is not there can be shown anywhere, and names from the top.
            home = site if name.startswith("/") else path.parent
            file = home / name.lstrip("/").split("?")[0]
            assert name.startswith("data:") or file.exists(), name


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = {p.resolve(): Page(p.read_text(encoding="utf-8")) for p in site.rglob("*.html")}
    assert len(pages) > 15
    for path, page in pages.items():
        if path.name == "404.html" or "gallery" in path.parts:
            continue
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.exists(), (path.name, link)
            if anchor and target in pages and not anchor.startswith("__"):
                assert anchor in pages[target].ids, (path.name, link)


def test_the_reference_has_every_command_and_name(site: Path) -> None:
    from symback.cli.app import symback
    from symback.model.activations import ACTIVATIONS
    from symback.model.language.sources import library_names
    from symback.model.losses import LOSSES
    from symback.notation import NOTATIONS
    from symback.reading.statements.codes import CODES
    from symback.rendering.teaching.topics import topics

    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    assert all(f"symback {name}" in commands for name in symback.commands)
    names = (site / "reference" / "names.html").read_text(encoding="utf-8")
    every = (*ACTIVATIONS, *LOSSES, *library_names(), *NOTATIONS)
    assert all(f"<code>{name}</code>" in names for name in every)
    codes = (site / "reference" / "topics.html").read_text(encoding="utf-8")
    assert all(f"<code>{entry.code}</code>" in codes for entry in topics().values())
    assert all(number in codes for number in CODES.values())
