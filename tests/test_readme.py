"""What README.md and docs/ show is what the commands print."""

from __future__ import annotations

import re

import pytest
from readme_blocks import BLOCK, ROOT, Shown, documents, printed_by, shown

SHOWN = [
    pytest.param(entry, id=f"{page.name}: {entry.command}")
    for page in documents()
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
    for entry in shown(block)
]


@pytest.mark.parametrize("entry", SHOWN)
def test_output_is_real(entry: Shown) -> None:
    printed = printed_by(entry.command)
    assert entry.matches(printed), f"{entry.command} prints\n{printed}"


def test_a_wrong_block_is_noticed() -> None:
    entry = Shown("symback --version", ("symback 0.0.0",))
    assert not entry.matches(printed_by(entry.command))


def test_two_lines_do_all_set_up() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    python3 -m venv .*$", readme, re.MULTILINE)
    assert len(lines) == 2
    assert "symback derive --layers 2,2,2" in lines[0]
    assert "-m pytest" in lines[1]


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.name)
def test_links_lead_somewhere(page) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        # A target with a space or a bracket in it stands between < and >.
        assert (page.parent / target.removeprefix("<").removesuffix(">")).exists(), target
