"""Two outputs, or an output and what is read, are never one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Symback

C = ("emit", "--layers", "2,2", "-a", "tanh", "--loss", "squared-error", "--target", "c")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        (*C, "-o", "y.c", "--header", "y.c"),
        (*C, "-o", "y.c", "--header", "./y.c"),
        (*C, "-o", "y.c", "--header", "y.h", "--loader", "y.h"),
        ("exercises", "--layers", "2,2,1", "-o", "s.html", "--key", "s.html"),
        ("exercises", "--layers", "2,2,1", "-o", "s.html", "--values-out", "s.html"),
    ],
    ids=["header", "by another way", "loader", "key", "values"],
)
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_two_outputs_are_two_files(
    symback_command: Symback, arguments: tuple[str, ...], force: tuple[str, ...]
) -> None:
    done = symback_command(*arguments, *force)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
    assert not list(Path().iterdir())


def test_macros_that_are_not_there(symback_command: Symback) -> None:
    Path("a.md").write_text("$$y = 3 x$$\n", encoding="utf-8")
    done = symback_command("check", "a.md", "--macros", "no.tex")
    assert done.code == 2
    assert "no.tex" in done.err
