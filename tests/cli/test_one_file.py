"""Two outputs, or an output and what is read, are never one file."""

from __future__ import annotations

import os
import stat
import threading
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


SHEET = "$$y = w x$$\n\n$$\\frac{dy}{dw} = x$$\n"
LINE = "input x\ntarget t\nparam w\ny = w x\nL = (y - t)^2\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "a.md", "-o", "a.md"),
        ("check", "a.md", "-o", "./a.md"),
        ("derive", "--model", "m.md", "-o", "m.md"),
        ("model", "l.model", "-o", "l.model"),
        ("handout", "m.md", "-o", "m.md"),
        ("verify", "--spec", "s.json", "-o", "s.json"),
        ("emit", "--model", "l.model", "--loader", "l.model", "-o", "g.c", "--target", "c"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_what_is_read_is_not_written_over(
    symback_command: Symback, arguments: tuple[str, ...]
) -> None:
    texts = {
        "a.md": SHEET,
        "m.md": f"```model\n{LINE}```\n",
        "l.model": LINE,
        "s.json": "layers = [2, 2]\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text, encoding="utf-8")
    done = symback_command(*arguments, "--force")
    assert done.code == 2
    assert "is read here" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert {path.name: path.read_text(encoding="utf-8") for path in Path().iterdir()} == texts


def test_a_name_that_is_no_file_stands_beside_an_output_of_that_name(
    symback_command: Symback,
) -> None:
    done = symback_command("derive", "--model", "rnn", "-o", "rnn")
    assert done.code == 0, done.err
    assert "Recurrent network" in Path("rnn").read_text(encoding="utf-8")


def test_a_report_in_a_folder_is_none_of_its_documents(symback_command: Symback) -> None:
    Path("a.md").write_text(SHEET, encoding="utf-8")
    arguments = ("check", ".", "-o", "report.md", "--force")
    first = symback_command(*arguments)
    report = Path("report.md").read_text(encoding="utf-8")
    assert (first.code, symback_command(*arguments).code) == (0, 0)
    assert Path("report.md").read_text(encoding="utf-8") == report
    assert "report.md" in symback_command("check", ".").out


@pytest.mark.skipif(os.name != "posix", reason="a pipe with a name")
def test_a_pipe_is_written_into_and_never_replaced(symback_command: Symback) -> None:
    os.mkfifo("pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_bytes()), daemon=True)
    reader.start()
    done = symback_command(*C, "-o", "y.c", "--header", "pipe", "--force")
    reader.join(10)
    assert done.code == 0, done.err
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)
    assert read[0].startswith(b"/* What y.c has for others")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="a device that is full")
def test_nothing_is_left_where_a_device_is_full(symback_command: Symback) -> None:
    Path("full").symlink_to("/dev/full")
    done = symback_command(*C, "-o", "y.c", "--header", "full", "--force")
    assert done.code == 5
    assert "no space" in done.err
    assert not Path("y.c").exists()
    assert Path("/dev/full").is_char_device()


def test_a_header_calls_its_file_by_its_name(symback_command: Symback) -> None:
    assert "/* What y.c has" in symback_command(*C, "-o", "y.c", "--header", "-").out
    symback_command(*C, "--header", "y--h.h")
    header = Path("y--h.h").read_text(encoding="utf-8")
    assert header.startswith("/* What the C file has for others")
    assert "SYMBACK_Y_H_H" in header
    done = symback_command(*C, "--header", "-")
    assert (done.code, done.out) == (2, "")
