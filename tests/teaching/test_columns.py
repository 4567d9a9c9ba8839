"""Tables of text keep to the columns of a terminal, and lose no word."""

from __future__ import annotations

import pytest

from symback.rendering.teaching.columns import table_lines, width_of

HEAD = ("Value", "Written", "What follows from the values above")
ROWS = (("z", "0.37", "0.3775"), ("∂L/∂w", "0.2", "nothing that could be said in a few words"))


@pytest.mark.parametrize("columns", range(10, 100))
def test_no_line_is_wider_than_the_terminal_unless_a_word_is(columns: int) -> None:
    lines = table_lines(HEAD, ROWS, columns)
    wide = [line for line in lines if width_of(line) > columns]
    assert columns < 14 or not wide
    assert all(len(line.split()) <= 1 for line in wide)


@pytest.mark.parametrize("columns", [10, 30, 50, 100])
def test_every_word_is_there(columns: int) -> None:
    words = " ".join(table_lines(HEAD, ROWS, columns)).replace(":", " ").split()
    wanted = [word for row in (HEAD, *ROWS) for cell in row for word in cell.split()]
    assert set(wanted) <= set(words)


def test_with_room_every_row_is_one_line() -> None:
    head, rule, *rows = table_lines(HEAD, ROWS, 100)
    assert len(rows) == len(ROWS)
    assert width_of(rule) == max(map(width_of, (head, *rows)))
    assert {row.index("0.") for row in rows} == {head.index("Written")}


def test_cells_that_are_broken_stay_in_their_column() -> None:
    lines = table_lines(HEAD, ROWS, 40)
    assert lines[0].startswith("Value  Written  What")
    rule = next(place for place, line in enumerate(lines) if not line.strip("-"))
    assert rule == 2
    assert all(line.startswith(" " * 16) for line in (lines[1], lines[-1]))


def test_without_room_for_the_longest_words_each_row_is_a_list() -> None:
    lines = table_lines(HEAD, ROWS, 20)
    assert lines[:5] == [
        "Value", "-----", "z", "  Written: 0.37", "  What follows",
    ]  # fmt: skip


def test_an_accent_takes_no_column() -> None:
    assert table_lines(("a", "b"), (("y\N{COMBINING CIRCUMFLEX ACCENT}", "1"),), 20)[2].endswith(
        "y\N{COMBINING CIRCUMFLEX ACCENT}  1"
    )
