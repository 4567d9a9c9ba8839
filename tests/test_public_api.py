"""What ``import symback`` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


CHECKED = """
import sys
from pathlib import Path
from symback.cli.app import run
Path("notes.md").write_text(r'''
$$z_k = \\sum_j w_{kj} x_j, \\quad L = \\frac12 \\sum_k (z_k - t_k)^2$$

$$\\frac{\\partial L}{\\partial w_{kj}} = (z_k - t_k) x_j$$

$$\\frac{\\partial L}{\\partial w_{kj}} = (z_k - t_k) x_k$$
''')
code = run(["check", "notes.md"])
sys.exit("loaded" if "sympy" in sys.modules else 0 if code == 1 else f"code {code}")
"""


def test_a_document_that_its_own_equations_decide_never_pays_for_sympy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECKED], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
