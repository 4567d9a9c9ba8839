"""Text made for a course goes by the terminal, the pipe or the file that it is written to."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from running import Symback
from terminals import AsciiPipe, Terminal

from symback.cli.app import run

VALUES = """
layers = [2, 2, 1]
activations = ["sigmoid", "sigmoid"]
loss = "half-squared-error"
x = [0.05, 0.1]
y = [0.01]
W1 = [[0.15, 0.25], [0.2, 0.3]]
b1 = 0.35
W2 = [[0.4], [0.45]]
b2 = 0.6
eta = 0.5
"""
EXAMPLE = ("example", "--layers", "2,3,1", "--seed", "4")
MODEL = ("example", "--model", "lstm", "--sizes", "T=2,J=2,K=1")
EXPLAIN = ("explain", "chain-rule")
SHEET = ("exercises", "--layers", "2,3,1", "--seed", "7", "--count", "12")
MARKS = ("mark", "answers.csv", "--values", "values.toml")
COMMANDS = [EXAMPLE, MODEL, EXPLAIN, SHEET, MARKS]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "50")
    Path("values.toml").write_text(VALUES)
    Path("answers.csv").write_text(
        "student,h1_pre,h1,L,dW2_11\n"
        "Ann,0.3775,0.5933,0.2,0.1\n"
        "Bartholomew Nixon,0.37,0.59,0.3,0.2\n"
    )


def printed(to: io.StringIO, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", to)
        assert run(arguments) == 0
    return to.getvalue()


def columns(text: str) -> int:
    """Of its longest line."""
    lines = text.splitlines()
    return max(sum(not unicodedata.combining(letter) for letter in line) for line in lines)


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_lines_fit_the_terminal(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(Terminal(), monkeypatch, *command)
    assert 40 < columns(text) <= 50
    assert "\N{NO-BREAK SPACE}" not in text


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_lines_in_a_pipe_have_up_to_80_columns(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(io.StringIO(), monkeypatch, *command)
    assert 60 < columns(text) <= 80


def test_a_name_is_not_parted_from_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(Terminal(), monkeypatch, *EXAMPLE)
    given = text[text.index("Given") : text.index("Forward pass")]
    assert [line for line in given.splitlines() if line.strip().startswith("=")] == []


def test_a_sheet_fits_the_terminal_and_its_key_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("exercises", "--layers", "2,2,1", "--kind", "forward", "--count", "1")
    sheet = printed(Terminal(), monkeypatch, *command, "--key", "key.txt")
    assert columns(sheet) <= 50
    assert 60 < columns(Path("key.txt").read_text()) <= 80


@pytest.mark.parametrize("command", [EXAMPLE, EXPLAIN])
def test_a_pipe_without_unicode(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert not printed(io.StringIO(), monkeypatch, *command).isascii()
    assert printed(AsciiPipe(), monkeypatch, *command).isascii()
    assert run((*command, "-o", "file.txt")) == 0
    assert not Path("file.txt").read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("exercises", "--layers", "2,2,1", "-o", "s.html", "--key", "k.docx"),
            "--key: the suffix .docx stands for no format of this command; end the name in one of "
            ".txt, .md, .tex, .pdf, .html, .typ",
        ),
        (
            ("mark", "answers.csv", "--values", "misnamed.toml"),
            "misnamed.toml, names, z1: no value is called 'h9_pre[1]'; did you mean h1_pre[1]?",
        ),
        (
            ("example", "--values", "misspelt.toml"),
            "misspelt.toml: there is no 'bb2'; did you mean b2?",
        ),
        (
            ("example", "--model", "max-pooling"),
            "--model: an index that depends on values is not worked out unit by unit",
        ),
        (
            ("page", "--model", "max-pooling", "-o", "page.html"),
            "--model: an index that depends on values is not worked out unit by unit",
        ),
    ],
)
def test_one_line_says_what_and_where(
    symback_command: Symback, arguments: tuple[str, ...], line: str
) -> None:
    Path("answers.csv").write_text("student,z1\nAda,1\n")
    Path("misnamed.toml").write_text(VALUES + 'names = { z1 = "h9_pre[1]" }\n')
    Path("misspelt.toml").write_text(VALUES.replace("b2", "bb2"))
    before = sorted(Path().iterdir())
    assert symback_command(*arguments) == (2, "", f"symback: {line}\n")
    assert sorted(Path().iterdir()) == before
