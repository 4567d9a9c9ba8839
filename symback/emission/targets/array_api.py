"""Target array-api: the readable statements over whatever array library the arguments come from."""

from __future__ import annotations

from typing import Any

from symback.emission.printer import Dialect
from symback.emission.program import Program
from symback.emission.styles import context as common

__all__ = ["context"]


def context(program: Program) -> dict[str, Any]:
    """The values of every name in the template of a module for the array API."""
    values = common.context(program, Dialect("xp", sum_as_method=False), differences=True)
    first = values["input_names"][0]
    for body in ("forward_body", "loss_body", "gradients_body"):
        lines = [f"    xp = array_namespace({first})"] * ("xp." in values[body])
        text = values[body].replace(f"batch = len({first})", f"batch = {first}.shape[0]")
        values[body] = "\n".join([*lines, text])
    return values
