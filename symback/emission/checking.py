"""The check of an emitted file, run in a folder that is gone afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from symback.errors import MissingToolError, SymbackError
from symback.records import dataclass

__all__ = ["Checked", "check_emitted"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file says of itself.

    Attributes:
        right: whether its gradients are those of its loss.
        line: what it printed, as in ``largest error 2.2e-16: right``.
    """

    right: bool
    line: str

    @property
    def is_undecided(self) -> bool:
        """Whether it compared nothing, since a number that it needs is not finite."""
        return not self.right and re.search(r"error -?nan\b", self.line) is not None


def check_emitted(text: str, target: str) -> Checked:
    """Run an emitted file; C is compiled first, by the compiler in ``CC`` or ``cc``.

    Raises:
        MissingToolError: where there is no compiler, or a library that the file imports is missing.
    """
    with tempfile.TemporaryDirectory(prefix="symback-") as folder:
        if target == "c":
            command = _compiled(text, Path(folder))
        else:
            path = Path(folder, "gradients.py")
            path.write_text(text, encoding="utf-8")
            command = [sys.executable, "-I", str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if missing := re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", run.stderr):
        raise MissingToolError(
            f"the file needs {missing[1]}", where="--check", hint="install it, or leave --check out"
        )
    lines = run.stdout.strip().splitlines()
    if run.returncode not in (0, 1) or not lines:
        raise SymbackError(f"the file fails: {run.stderr.strip()[-200:]}", where="--check")
    return Checked(run.returncode == 0, lines[-1])


def _compiled(text: str, folder: Path) -> list[str]:
    compiler = os.environ.get("CC", "cc")
    if shutil.which(compiler) is None:
        raise MissingToolError(
            f"there is no C compiler {compiler}", where="--check", hint="set CC to yours"
        )
    source, program = folder / "gradients.c", folder / "gradients"
    source.write_text(text, encoding="utf-8")
    command = [compiler, "-std=c99", "-O2", "-DSYMBACK_CHECK", str(source), "-o", str(program)]
    run = subprocess.run([*command, "-lm"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise SymbackError(f"{compiler} fails: {run.stderr.strip()[:200]}", where="--check")
    return [str(program)]
