"""Formulas of a user's own, nested in each other, in every style and target."""

import contextlib
import importlib.util
import io
import shutil
import subprocess

import pytest
from sampling import covering, sample

from symback import Network, compile, emit

FORMULAS = [
    "x/(1+exp(-1.702*x))",
    "log(1+exp(x))",
    "x*min(max(x+3,0),6)/6",
    "tanh(log(1+exp(x)))*x",
    "(x+sqrt(x**2+1))/2",
    "tanh(x)**3/(1+exp(-tanh(x)))",
    "x*(1+tanh(sqrt(2/pi)*(x+0.044715*x**3)))/2",
    "max(x,0)**2/(1+abs(x))",
    "1/(1+sin(x)**2)**2",
]
LAYERS = {"narrow": (2, 3, 2), "wide": (2, 18, 2)}
"""The wide ones leave their products to a library, where a target has one."""


def network(formula, layers="narrow"):
    return Network(LAYERS[layers], (formula, "tanh"), "half-squared-error")


@pytest.fixture
def interpreted(monkeypatch):
    """Numba's functions as plain Python: the same statements, without seconds of compiling."""
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)


def assert_right(made):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert made.main() == 0, printed.getvalue()


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("formula", FORMULAS)
def test_numba(formula, layers, interpreted):
    assert_right(compile(network(formula, layers), target="numba"))


@pytest.mark.spread
@pytest.mark.parametrize(("formula", "style"), covering(FORMULAS, ["readable", "fast", "scalar"]))
def test_numpy(formula, style):
    assert_right(compile(network(formula), style))


@pytest.mark.spread
@pytest.mark.parametrize("formula", FORMULAS)
def test_array_api(formula):
    pytest.importorskip("array_api_compat")
    assert_right(compile(network(formula), target="array-api"))


@pytest.mark.spread
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs cc")
@pytest.mark.parametrize("formula", sample(FORMULAS, 4))
def test_c(formula, tmp_path):
    source, program = tmp_path / "gradients.c", tmp_path / "gradients"
    source.write_text(emit(network(formula), target="c"))
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
    subprocess.run(
        ["cc", *flags, "-DSYMBACK_CHECK", str(source), "-o", str(program), "-lm"], check=True
    )
    run = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split()[-1]) == (0, "right")


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")
def test_numba_compiled():
    assert_right(compile(network(FORMULAS[0]), target="numba"))


@pytest.mark.parametrize("depth", sample([7, 20], 1))
def test_a_sum_that_is_too_long_for_a_line_is_taken_in_parts(depth):
    decayed = Network((2,) * (depth + 1), ("tanh",) * depth, "squared-error", weight_decay=0.01)
    for style in ("readable", "fast"):
        assert_right(compile(decayed, style))
    lines = emit(decayed).split("\n")
    assert max(map(len, lines)) <= 88
    assert any("_part1 = (W1**2).sum() + (W" in line for line in lines)
