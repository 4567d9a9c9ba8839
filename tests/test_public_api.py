"""What ``import symback`` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import symback

LIGHT = """
import sys
import symback
symback.Network(layers=(2, 2, 2))
try:
    symback.Network(layers=(2, 2), activations=("sigmiod",))
except symback.InputError:
    pass
from symback.cli.app import run
for arguments in (["--help"], ["derive", "--help"], ["list"], ["derive", "--layers", "2,,2"],
                  ["derive", "--layers", "2,2", "--format", "tex"], ["schema", "spec"],
                  ["derive", "--layers", "2,2", "--weight", "W3[1,1]"]):
    run(arguments)
heavy = {"sympy", "jinja2", "numpy", "mpmath"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""


def test_every_name_is_declared_once() -> None:
    assert sorted(symback.__all__) == symback.__all__
    assert set(symback._HOMES) == set(symback.__all__) - {"__version__"}
    assert dir(symback) == symback.__all__


@pytest.mark.parametrize("name", ["Network", "InputError", "SymbackError"])
def test_names_load_when_used(name: str) -> None:
    assert getattr(symback, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = symback.nothing


def test_a_slip_never_pays_for_sympy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
