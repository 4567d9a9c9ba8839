"""SymPy's abstract tensors are loaded by who asks for one, and sums of them are what they were."""

from __future__ import annotations

import subprocess
import sys

import pytest

DEFERRED = "from symback.cli.tensors import defer_tensors; defer_tensors()\n"
SUM = """
import sys, sympy
x = sympy.Symbol("x")
print(x + 1, sympy.expand((x + 1)**2), "sympy.combinatorics" in sys.modules)
"""
TENSORS = """
import sympy
print(1 + sympy.Symbol("x"))
from sympy.tensor.tensor import TensorHead, TensorIndexType, TensExpr, tensor_indices
from sympy.core.add import Add
kind = TensorIndexType("K")
i, j = tensor_indices("i j", kind)
a, b = TensorHead("A", [kind]), TensorHead("B", [kind])
print(isinstance(a(i), TensExpr), type(Add(a(i), b(i))).__name__)
"""


def printed(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_a_sum_loads_no_groups_of_permutations() -> None:
    assert printed(DEFERRED + SUM) == "x + 1 x**2 + 2*x + 1 False\n"


@pytest.mark.parametrize("start", ["", DEFERRED], ids=["loaded", "deferred"])
def test_tensors_are_added_as_tensors(start: str) -> None:
    assert printed(start + TENSORS) == "x + 1\nTrue TensAdd\n"
