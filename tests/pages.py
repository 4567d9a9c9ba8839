"""The pages of README.md and docs/: the files they give, the commands they show, and the output.

A fence whose language is followed by ``title="NAME"`` is a file of the reader's. A line of a fence
of ``bash`` is a command; in one of ``console`` commands stand after ``$`` with what they print,
where a line ``…`` stands for any lines that are left out. A reader does all of a page from top to
bottom in one folder. ``python tests/pages.py --write`` puts in what the commands print now.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CUT = "…"
FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_SHELL = re.compile(r"[|<>&;`]|\$\(")
# These judge, and say so by exit code 1; from every other command a page expects 0.
_JUDGES = {"answer", "check", "verify", "mark"}


@dataclass(frozen=True)
class Given:
    """A file that a page gives to its reader."""

    name: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A command line, and the lines that are shown under it; None where output is not shown."""

    command: str
    lines: tuple[str, ...] | None = None

    def matches(self, printed: str) -> bool:
        """Whether this is what the command prints, up to the lines left out; a message is not."""
        pattern = "".join(
            r"(?:(?!symback: ).*\n)*" if line == CUT else re.escape(line) + r"\n"
            for line in self.lines or ()
        )
        return re.fullmatch(pattern, printed) is not None

    def expects(self, code: int) -> bool:
        """Whether a reader who sees no message would expect this exit code."""
        words = shlex.split(self.command, comments=True)
        judged = words[0] == "symback" and words[1] in _JUDGES
        return code == 0 or (judged and code == 1)

    def filled(self, printed: str) -> str:
        """The block with what is printed now, cut where it was cut.

        A part between two cuts goes from the line that it began with to the one that it ended with.
        """
        lines, before = printed.splitlines(), self.lines or ()
        parts = [(cut, list(run)) for cut, run in groupby(before, CUT.__eq__)]
        now: list[str] = []
        for place, (is_cut, run) in enumerate(parts):
            if is_cut:
                now.append(CUT)
            elif place == 0:
                now += lines[: len(run)] if len(parts) > 1 else lines
            elif place == len(parts) - 1:
                now += lines[-len(run) :]
            else:
                begin = lines.index(run[0])
                now += lines[begin : lines.index(run[-1], begin) + 1]
        if not parts and not printed.startswith("symback: "):  # a message is only put in by hand
            now = lines
        return "\n".join([f"$ {self.command}", *now]) + "\n"


def documents() -> list[Path]:
    """Every page that may show a command; those in the gallery are output themselves."""
    pages = sorted(ROOT.glob("docs/**/*.md"))
    return [ROOT / "README.md", *(page for page in pages if "gallery" not in page.parts)]


def contents(page: str) -> Iterator[Given | Shown]:
    """What a page gives and shows, from top to bottom."""
    for language, about, body in FENCE.findall(page):
        if title := _TITLE.search(about):
            yield Given(title[1], body)
        elif language == "bash":
            yield from (Shown(line) for line in body.splitlines() if line)
        elif language == "console":
            yield from console(body)


def console(block: str) -> list[Shown]:
    """The command lines of one block of ``console``."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [Shown(lines[0], tuple(lines[1:])) for lines in (part.splitlines() for part in parts)]


class Reader:
    """Who does what pages say, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        # A copy of the repository is what README.md starts in.
        (self.folder / "docs").symlink_to(ROOT / "docs")
        bin_ = folder / "bin"
        bin_.mkdir()
        for name, words in (("symback", "-m symback"), ("python", "")):
            (bin_ / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
            (bin_ / name).chmod(0o755)
        path = f"{bin_}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}

    def take(self, given: Given) -> None:
        """Write a file down, as it is given last."""
        path = self.folder / given.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(given.text, encoding="utf-8")

    def run(self, command: str) -> tuple[int, str]:
        """The exit code of a command line, and what it prints on both of its streams."""
        program, *arguments = shlex.split(command, comments=True)
        if program == "symback" and not _SHELL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", command)):
            return self._run_here(arguments)
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def _run_here(self, arguments: list[str]) -> tuple[int, str]:
        from symback.cli.app import run

        output = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            code = run(arguments)
        return code, output.getvalue()


def _write(page: Path, reader: Reader) -> None:
    def filled(match: re.Match[str]) -> str:
        entries = list(contents(match[0]))
        done = [reader.take(e) if isinstance(e, Given) else reader.run(e.command) for e in entries]
        if match[1] != "console":
            return match[0]
        body = "".join(entry.filled(run[1]) for entry, run in zip(entries, done, strict=True))
        return f"```console\n{body}```"

    page.write_text(FENCE.sub(filled, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    if sys.argv[1:2] != ["--write"]:
        sys.exit("usage: python tests/pages.py --write [PAGE …]")
    for name in sys.argv[2:] or documents():
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(name), Reader(Path(folder)))
