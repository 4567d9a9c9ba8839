"""A PDF from LaTeX, by an installed pdflatex that can do nothing but set pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from symback.errors import InputError, MissingToolError

__all__ = ["TIME_LIMIT", "pdf_from_latex"]

TIME_LIMIT = 60
"""Seconds for one run."""


def pdf_from_latex(source: bytes) -> bytes:
    """Compile a handout, in a private folder, without a shell, reading and writing nothing else.

    Raises:
        InputError: where it does not compile, or not in time: a user's template is at fault.
        MissingToolError: where there is no pdflatex, or it lacks a package.
    """
    program = shutil.which("pdflatex")
    if program is None:
        raise MissingToolError(
            "pdflatex is not installed", hint="leave out --engine, which needs no TeX"
        )
    with tempfile.TemporaryDirectory(prefix="symback-") as name:
        folder = Path(name)
        (folder / "handout.tex").write_bytes(source)
        for _ in range(2):  # long tables learn their widths in the first run
            _run(program, folder)
        return (folder / "handout.pdf").read_bytes()


def _run(program: str, folder: Path) -> None:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("TEXMF", "TEXINPUTS"))}
    surroundings |= {
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        # The same file each time: no date of today, and no name of the folder.
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
        "TEXMFVAR": str(folder / "var"),
    }
    flags = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]
    # The name of the private folder is random, and would end up in the file's identity.
    first = r"\pdftrailerid{symback}\pdfsuppressptexinfo=15 \input{handout.tex}"
    try:
        done = subprocess.run(
            [program, *flags, "-jobname=handout", first],
            cwd=folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"not done after {TIME_LIMIT} seconds", where="pdflatex", hint="look at your templates"
        ) from None
    if done.returncode:
        log = done.stdout.decode(errors="replace")
        lacking = re.search(r"^! LaTeX Error: File `(.+?[.](?:sty|cls))' not found", log, re.M)
        if lacking:
            raise MissingToolError(
                f"this TeX has no {lacking[1]}", hint="leave out --engine, which needs no TeX"
            )
        found = re.search(r"^! *(.+)", log, re.M)
        raise InputError(
            found[1] if found else "failed", where="pdflatex", hint="look at your templates"
        )
