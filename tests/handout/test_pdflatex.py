"""A PDF from an installed TeX: what it is told, and what becomes of its complaints.

The TeX is a script that writes down how it was called, so that it can be any TeX.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symback.errors import InputError, MissingToolError
from symback.rendering.handout import pdflatex

WRITES = """#!/bin/sh
echo "$@" >> "$CALLS"
env >> "$CALLS"
pwd >> "$CALLS"
cat handout.tex > handout.pdf
"""


@pytest.fixture
def tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a program as pdflatex."""

    def install(script: str) -> Path:
        calls = tmp_path / "calls"
        program = tmp_path / "bin" / "pdflatex"
        program.parent.mkdir()
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("CALLS", str(calls))
        monkeypatch.setenv("TEXINPUTS", "/somewhere")
        return calls

    return install


def test_it_runs_twice_without_a_shell_in_a_folder_of_its_own(tex) -> None:
    calls = tex(WRITES)
    assert pdflatex.pdf_from_latex(b"\\documentclass{article}") == b"\\documentclass{article}"
    told = calls.read_text(encoding="utf-8")
    assert told.count("-no-shell-escape -interaction=nonstopmode -halt-on-error") == 2
    for setting in ("openin_any=p", "openout_any=p", "shell_escape=f", "SOURCE_DATE_EPOCH=0"):
        assert told.count(f"\n{setting}\n") == 2
    assert "TEXINPUTS" not in told  # nothing of the user's is read
    (folder,) = {line for line in told.splitlines() if "/symback-" in line and "=" not in line}
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("complaint", "error", "said"),
    [
        ("! Undefined control sequence.", InputError, "pdflatex: Undefined control sequence."),
        ("nothing that begins like that", InputError, "pdflatex: failed"),
        ("! LaTeX Error: File `tikz.sty' not found.", MissingToolError, "this TeX has no tikz.sty"),
    ],
)
def test_a_complaint_is_one_line(tex, complaint: str, error: type[Exception], said: str) -> None:
    tex(
        f'#!/bin/sh\nprintf "%s\\n" "This is TeX" "{complaint.replace("`", chr(92) + "`")}"\nexit 1'
    )
    with pytest.raises(error, match=said.replace(".", "[.]")):
        pdflatex.pdf_from_latex(b"x")


def test_a_template_that_never_ends_is_stopped(tex, monkeypatch: pytest.MonkeyPatch) -> None:
    tex("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(pdflatex, "TIME_LIMIT", 0.2)
    with pytest.raises(InputError, match="not done after"):
        pdflatex.pdf_from_latex(b"x")


def test_without_a_tex_another_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingToolError, match="leave out --engine"):
        pdflatex.pdf_from_latex(b"x")
