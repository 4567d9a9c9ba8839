"""``--watch`` does a thing again when a file changes, and outlives what cannot be read."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from symback.cli import watching
from symback.errors import InputError


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "INTERVAL", 0.01)


class Work:
    """What is done: each time it notes what the file says."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seen: list[str] = []

    def once(self) -> tuple[int, list[str]]:
        text = self.file.read_text(encoding="utf-8")
        self.seen.append(text)
        if text == "half":
            raise InputError("half a document")
        return len(self.seen), [str(self.file)]


def change(work: Work, *texts: str) -> threading.Thread:
    """Write one text after the other, each once the one before was seen."""

    def write() -> None:
        for text in texts:
            count = len(work.seen)
            while not count:
                time.sleep(0.005)
                count = len(work.seen)
            time.sleep(0.05)
            whole = work.file.with_suffix(".new")
            whole.write_text(text, encoding="utf-8")
            os.replace(whole, work.file)  # as editors do: never half a text
            while len(work.seen) == count:
                time.sleep(0.005)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


def test_each_change_is_another_run(tmp_path: Path) -> None:
    work = Work(tmp_path / "a.md")
    work.file.write_text("one", encoding="utf-8")
    thread = change(work, "second", "the third")
    assert watching.watch_files(work.once, rounds=3) == 3
    thread.join(5)
    assert work.seen == ["one", "second", "the third"]


def test_what_is_half_written_is_looked_at_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = Work(tmp_path / "a.md")
    work.file.write_text("one", encoding="utf-8")
    thread = change(work, "half", "whole again")
    assert watching.watch_files(work.once, rounds=3) == 3
    thread.join(5)
    assert work.seen[-1] == "whole again"
    assert "symback: half a document" in capsys.readouterr().err


def test_nothing_is_done_while_nothing_changes(tmp_path: Path) -> None:
    work = Work(tmp_path / "a.md")
    work.file.write_text("one", encoding="utf-8")
    assert watching.watch_files(work.once, rounds=1) == 1
    thread = threading.Thread(target=watching.watch_files, args=(work.once, 2), daemon=True)
    thread.start()
    time.sleep(0.3)
    assert len(work.seen) == 2  # the first look, and no second one
    work.file.write_text("changed", encoding="utf-8")
    thread.join(5)
    assert work.seen[2:] == ["changed"]


def test_a_file_that_is_gone_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("one", encoding="utf-8")
    before = watching._stamps([str(file)])
    file.unlink()
    assert watching._stamps([str(file)]) == [None] != before
