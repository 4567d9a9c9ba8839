"""Emitted C, compiled, and the names that it has."""

import subprocess

from sampling import FULL

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]
COMPILERS = [["gcc", "-std=c99"], ["clang", "-std=c99"], ["g++", "-xc++"]]


def compiled_by(cases):
    """Each case with every compiler; in the gate each with one, in turn."""
    if FULL:
        return [(case, compiler) for case in cases for compiler in COMPILERS]
    return [(case, COMPILERS[place % len(COMPILERS)]) for place, case in enumerate(cases)]


def one_of(value):
    """What stands for a case or a compiler in the name of a test."""
    return value[0] if isinstance(value, list) else str(value)


def compiled(text, folder, *flags, compiler=("cc", "-std=c99")):
    source, target = folder / "gradients.c", folder / "gradients.o"
    source.write_text(text)
    command = [*compiler, *flags, str(source), "-o", str(target)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return target


def symbols(path):
    run = subprocess.run(["nm", str(path)], capture_output=True, text=True, check=True)
    return {(kind, name) for *_, kind, name in map(str.split, run.stdout.splitlines())}
