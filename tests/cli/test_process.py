"""What only a process of its own can show: pipes, signals, encodings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


def symback(*arguments: str, shell: str = "", **environment: str) -> subprocess.CompletedProcess:
    """Run ``python -m symback``, with a redirection of the shell's if there is one."""
    command = " ".join([sys.executable, "-m", "symback", *arguments, shell])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=60,
    )


def test_the_module_is_the_command() -> None:
    done = symback("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("symback ")


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["schema", "spec"]])
def test_a_closed_pipe_is_quiet(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "symback", *arguments], stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("argument", ["--help", "list"])
def test_a_full_standard_output(argument: str) -> None:
    done = symback(argument, shell=">/dev/full")
    assert done.returncode == 5
    assert done.stderr.startswith("symback: cannot write")
    assert done.stderr.endswith("no space left on device\n")
    assert done.stderr.count("\n") == 1


def test_closed_streams() -> None:
    done = symback("list", shell=">&-")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == "symback: cannot write to standard output: it is closed\n"
    assert symback("lst", shell="2>&-").returncode == 2


def test_an_encoding_without_our_letters() -> None:
    done = symback("derive", "--layers", "2,σ", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
