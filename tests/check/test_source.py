"""Carets stand under what they mean, whatever fills the line before them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symback.rendering.check import source
from symback.rendering.check.source import Source, strip


def cells(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


@pytest.mark.parametrize(
    ("line", "mark", "shown", "carets"),
    [
        ("a = b", (3, 4), "a = b", "  ^"),
        ("    a = b", (7, 8), "a = b", "  ^"),
        ("\ta\t= b", (4, 5), "a = b", "  ^"),
        ("漢字 = b", (4, 5), "漢字 = b", "     ^"),
        ("y\u0302 = b", (4, 5), "y\u0302 = b", "  ^"),
        ("\x1b = b", (3, 4), "\\x1b = b", "     ^"),
        ("a = b", (6, 6), "a = b", "     ^"),
        ("a = bcd", (5, 8), "a = bcd", "    ^^^"),
    ],
)
def test_carets(line: str, mark: tuple[int, int], shown: str, carets: str) -> None:
    found = strip(line, [mark], 40)
    assert (found.shown, found.carets) == (shown, carets)


@given(
    st.text(alphabet="ab =漢\u0302\t\x1b\u202eé", max_size=120),
    st.integers(0, 130),
    st.integers(12, 60),
    st.booleans(),
)
def test_the_mark_is_in_the_window(line: str, before: int, width: int, ascii_only: bool) -> None:
    line = f"{line[:before]}={line[before:]}"
    column = min(before, len(line) - 1) + 1
    found = strip(line, [(column, column + 1)], width, ascii_only=ascii_only)
    assert cells(found.shown) <= width + 6
    at = found.carets.index("^")
    seen = ""
    for character in found.shown:
        if cells(seen) == at and not unicodedata.combining(character):
            assert character == "="
            break
        seen += character
    else:
        pytest.fail(f"{found} points behind its line")
    assert not ascii_only or found.shown.isascii()


def test_a_long_line_costs_no_more_than_a_short_one() -> None:
    found = strip("x" * 1_000_000 + "=" + "y" * 1_000_000, [(1_000_001, 1_000_002)], 30)
    assert found.shown[found.carets.index("^")] == "="
    assert len(found.shown) <= 30


def test_no_more_of_a_line_is_looked_at_than_can_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A line of dollars has as many findings as it is long, each with its stretch of it."""
    looked: list[str] = []
    seen = source.visible

    def counted(character: str, *, ascii_only: bool = False) -> source.Visible:
        looked.append(character)
        return seen(character, ascii_only=ascii_only)

    monkeypatch.setattr(source, "visible", counted)
    cut = source.strip("$" * 9_000, [(4_000, 4_001)], 76)
    assert len(cut.shown) == 76
    assert cut.shown.startswith("…")
    assert cut.shown.endswith("…")
    assert len(looked) < 1_000


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_an_editor(end: str) -> None:
    source = Source(f"a{end}b{end}{end}c")
    assert [source.line(n) for n in range(6)] == ["", "a", "b", "", "c", ""]
    assert source.count == 4
    assert source.text[source.offset(4, 1)] == "c"
    assert Source("a\n").count == 1
    assert Source("").count == 0
