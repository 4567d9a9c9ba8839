"""The commands that README.md and docs/ show, with their output.

A block of ``console`` holds command lines after ``$`` and what they print; a line ``…`` stands for
any lines that are left out. ``python tests/readme_blocks.py --write`` puts in what they print now.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CUT = "…"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NETWORK = """\
layers = [2, 3, 1]
activations = ["tanh", "identity"]
loss = "half-squared-error"
"""


NOTES = r"""# Backpropagation

$$h_k' = \sum_j W_{jk}^{(1)} x_j$$
$$h_k = f(h_k')$$
$$y_k' = \sum_j W_{jk}^{(2)} h_j$$
$$\hat{y}_k = g(y_k')$$

The loss is $L(y, \hat{y})$, and

$$\frac{\partial L}{\partial W_{jk}^{(2)}} = \frac{\partial L}{\partial \hat{y}_k} g'(y_k) h_j$$
"""


@dataclass(frozen=True)
class Shown:
    """A command line and the lines that are shown under it."""

    command: str
    lines: tuple[str, ...]

    def matches(self, printed: str) -> bool:
        """Whether this is what the command prints, up to the lines left out; a message is not."""
        pattern = "".join(
            r"(?:(?!symback: ).*\n)*" if line == CUT else re.escape(line) + r"\n"
            for line in self.lines
        )
        return re.fullmatch(pattern, printed) is not None

    def filled(self, printed: str) -> str:
        """The block with what is printed now, cut where it was cut.

        A part between two cuts goes from the line that it began with to the one that it ended with.
        """
        lines = printed.splitlines()
        parts = [(cut, list(run)) for cut, run in groupby(self.lines, CUT.__eq__)]
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
    """Every page that may show a command."""
    return [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]


def shown(block: str) -> list[Shown]:
    """The command lines of one block."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [Shown(lines[0], tuple(lines[1:])) for lines in (part.splitlines() for part in parts)]


def printed_by(command: str) -> str:
    """What a command line prints on standard output and standard error, in an empty folder."""
    from symback.cli.app import run

    program, *arguments = shlex.split(command)
    if program != "symback":
        raise ValueError(f"only symback is run here, not {program}")
    output = io.StringIO()
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "network.toml").write_text(NETWORK, encoding="utf-8")
        Path(folder, "notes.md").write_text(NOTES, encoding="utf-8")
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                run(arguments)
        finally:
            os.chdir(before)
    printed = output.getvalue()
    if "symback: internal error" in printed:
        raise RuntimeError(f"{command}: {printed}")
    return printed


def _write(path: Path) -> None:
    def filled(match: re.Match[str]) -> str:
        body = "".join(entry.filled(printed_by(entry.command)) for entry in shown(match[1]))
        return f"```console\n{body}```"

    path.write_text(BLOCK.sub(filled, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/readme_blocks.py --write")
    for page in documents():
        _write(page)
