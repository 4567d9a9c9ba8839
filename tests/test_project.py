"""What surrounds the code: the action, the hook, the citation, the version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import symback
from symback.install import install_hint

ROOT = Path(__file__).parent.parent
SLIP = r"""$$z = w x$$
$$E = \frac{1}{2} (z - t)^2$$
$$\frac{\partial E}{\partial w} = (z - t) w$$
"""


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, str]:
    """An environment in which `symback` is the one under test."""
    script = tmp_path / "bin" / "symback"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m symback "$@"\n')
    script.chmod(0o755)
    path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize(("text", "code"), [(SLIP, 1), (SLIP.replace("t) w", "t) x"), 0)])
def test_the_action_fails_where_something_is_refuted(
    tmp_path: Path, commands: dict[str, str], text: str, code: int
) -> None:
    (tmp_path / "my notes.md").write_text("$$a = b$$")
    (tmp_path / "notes.md").write_text(text)
    done = subprocess.run(
        ["bash", str(ROOT / ".ci" / "action")],
        cwd=tmp_path, capture_output=True, text=True,
        env={**commands, "FILES": "notes.md", "ARGS": "--strict", "SARIF": "found.sarif"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, "")
    assert ("::error file=notes.md,line=3" in done.stdout) is bool(code)
    (run,) = json.loads((tmp_path / "found.sarif").read_text())["runs"]
    assert len(run["results"]) == code


def test_the_action_is_one_of_the_kind_that_github_runs() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    assert "bash .ci/run" in (ROOT / ".github/workflows/gate.yml").read_text()
    used = set(action["inputs"])
    assert {"files", "args", "sarif"} < used


def test_the_hook_takes_every_kind_of_document() -> None:
    import re

    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "symback check"
    for name in ("a.md", "b.tex", "c.ipynb", "d.rst", "e.html", "f.qmd"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "g.py")


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == symback.__version__
    assert f"## {symback.__version__} " in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    ("prefix", "hint"),
    [
        ("/home/me/.venv", "pip install 'symback[pdf]'"),
        ("/home/me/.local/share/pipx/venvs/symback", "pipx install --force 'symback[pdf]'"),
        ("/home/me/.local/share/uv/tools/symback", "uv tool install --force 'symback[pdf]'"),
    ],
)
def test_hints_are_of_what_installed_it(prefix: str, hint: str) -> None:
    assert install_hint("pdf", prefix) == hint
