"""Colour and width are a terminal's business; a pipe and a file get the same every time."""

from __future__ import annotations

import io

import pytest
from terminals import AsciiPipe, Terminal

from symback.cli.style import Style, style_for


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "57")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def style(*, to_stdout: bool = True, ascii_only: bool = False, color: str = "auto") -> Style:
    return style_for(to_stdout=to_stdout, ascii_only=ascii_only, color=color)


def test_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    assert style() == Style(ascii=False, color=True, width=57)
    assert style(ascii_only=True).ascii
    assert not style(color="never").color


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_without_colour(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv(name, value)
    assert not style().color
    assert style(color="always").color


def test_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    assert style(to_stdout=False) == Style(ascii=False, color=False, width=80)
    assert style(to_stdout=False, color="always").color


def test_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert style() == Style()
    monkeypatch.setattr("sys.stdout", AsciiPipe())
    assert style() == Style(ascii=True)
    assert style(to_stdout=False) == Style()
