"""A document is written whole or not at all, and never over another unasked."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Symback

from symback.cli.output import Target, write_together
from symback.errors import CannotWriteError

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
linux = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_is_utf8_with_unix_line_ends(here: Path) -> None:
    Target("out.txt").write("∂L\n")
    assert (here / "out.txt").read_bytes() == "∂L\n".encode()
    assert os.listdir(here) == ["out.txt"]


def test_a_file_that_exists_is_kept_without_force(here: Path) -> None:
    (here / "out.txt").write_text("mine")
    with pytest.raises(CannotWriteError, match="exists already; --force replaces it"):
        Target("out.txt").write("yours")
    assert (here / "out.txt").read_text() == "mine"
    Target("out.txt", force=True).write("yours")
    assert (here / "out.txt").read_text() == "yours"


@posix
def test_rights_follow_umask_and_stay(here: Path) -> None:
    before = os.umask(0o027)
    try:
        Target("out.txt").write("")
    finally:
        os.umask(before)
    assert (here / "out.txt").stat().st_mode & 0o777 == 0o640
    (here / "out.txt").chmod(0o604)
    Target("out.txt", force=True).write("more")
    assert (here / "out.txt").stat().st_mode & 0o777 == 0o604


@posix
def test_a_link_stays_a_link(here: Path) -> None:
    (here / "file.txt").write_text("old")
    (here / "link.txt").symlink_to("file.txt")
    Target("link.txt", force=True).write("new")
    assert (here / "link.txt").is_symlink()
    assert (here / "file.txt").read_text() == "new"


@pytest.mark.parametrize("failing", ["os.replace", "os.open"])
def test_a_failure_leaves_nothing_behind(
    here: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (here / "out.txt").write_text("old")
    monkeypatch.setattr(failing, fail)
    with pytest.raises(CannotWriteError, match=r"cannot write out\.txt: no space left on device"):
        Target("out.txt", force=True).write("new")
    assert os.listdir(here) == ["out.txt"]
    assert (here / "out.txt").read_text() == "old"


def test_an_interruption_leaves_nothing_behind(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.link", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Target("out.txt").write("new")
    assert os.listdir(here) == []


@linux
def test_a_device_is_written_to_as_it_is() -> None:
    Target("/dev/null").write("nothing")
    assert not Path("/dev/null").is_file()
    with pytest.raises(CannotWriteError, match="cannot write /dev/full: no space left on device"):
        Target("/dev/full").write("something")


@linux
@pytest.mark.usefixtures("engine")
def test_a_full_disk_is_exit_code_5(symback_command: Symback) -> None:
    done = symback_command("derive", "--layers", "2,2", "-o", "/dev/full")
    assert done == (5, "", "symback: cannot write /dev/full: no space left on device\n")


def test_a_file_made_during_the_work_is_kept(here: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "a line\n"
        (here / "out.txt").write_text("made meanwhile")

    with pytest.raises(CannotWriteError, match="exists already"):
        Target("out.txt").stream(pieces())
    assert (here / "out.txt").read_text() == "made meanwhile"
    assert os.listdir(here) == ["out.txt"]


@posix
def test_a_link_that_leads_round_to_itself_is_refused(here: Path) -> None:
    (here / "one").symlink_to("two")
    (here / "two").symlink_to("one")
    with pytest.raises(CannotWriteError, match="leads round to itself"):
        Target("one", force=True).write("lost")
    assert sorted(os.listdir(here)) == ["one", "two"]


def test_of_several_files_none_is_written_without_the_others(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_together([(Target("a.c"), "a"), (Target("a.py"), "b")])
    assert [(here / name).read_text() for name in ("a.c", "a.py")] == ["a", "b"]
    real = os.link

    def full(source: Path, place: Path) -> None:
        if place.name == "b.py":
            raise FileExistsError(errno.EEXIST, "file exists")
        real(source, place)

    monkeypatch.setattr("symback.cli.output.os.link", full)
    with pytest.raises(CannotWriteError):
        write_together([(Target("b.c"), "a"), (Target("b.py"), "b")])
    assert sorted(os.listdir(here)) == ["a.c", "a.py"]


@posix
def test_a_signal_to_stop_leaves_no_draft_behind(here: Path) -> None:
    program = (
        "import os, signal\n"
        "from symback.cli import app\n"
        "from symback.cli.output import Target\n"
        "def pieces():\n"
        "    yield 'a line'\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    yield 'another'\n"
        "app._invoke = lambda arguments: Target('out.txt').stream(pieces())\n"
        "raise SystemExit(app.run([]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (143, "symback: stopped by a signal\n")
    assert os.listdir(here) == []
