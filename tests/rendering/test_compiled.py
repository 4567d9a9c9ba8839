"""Templates are compiled once: their bytecode is kept beside them, and never trusted blindly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from symback.rendering.compiled import BesideTemplates


def rendered(folder: Path, text: str) -> str:
    own = BesideTemplates(folder, "text")
    environment = Environment(loader=DictLoader({"a": text}), bytecode_cache=own)
    return environment.get_template("a").render(name="x")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_it_is_kept_and_taken_again(tmp_path: Path) -> None:
    assert rendered(tmp_path, "Hello {{ name }}") == "Hello x"
    (kept,) = (tmp_path / "__pycache__").iterdir()
    assert kept.name.startswith("text-")
    before = kept.stat().st_mtime_ns
    assert rendered(tmp_path, "Hello {{ name }}") == "Hello x"
    assert kept.stat().st_mtime_ns == before


def test_of_another_source_it_is_not_taken(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello {{ name }}")
    assert rendered(tmp_path, "Bye {{ name }}") == "Bye x"


def test_what_cannot_be_read_counts_as_nothing(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello {{ name }}")
    (kept,) = (tmp_path / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:-20])
    assert rendered(tmp_path, "Hello {{ name }}") == "Hello x"


def test_nothing_is_written_where_python_writes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(tmp_path, "Hello {{ name }}") == "Hello x"
    assert not (tmp_path / "__pycache__").exists()


def test_all_bytecode_goes_where_python_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    rendered(tmp_path / "templates", "Hello {{ name }}")
    assert not (tmp_path / "templates").exists()
    assert list((tmp_path / "elsewhere").rglob("text-*.j2c"))


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("a file where the folder should be")
    assert rendered(tmp_path, "Hello {{ name }}") == "Hello x"
