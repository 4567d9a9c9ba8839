"""Target array-api: the readable statements over whatever array library the arguments come from."""

from __future__ import annotations

from typing import Any

from symback.emission.printer import Dialect
from symback.emission.program import Program
from symback.emission.styles import context as common
from symback.errors import InputError

__all__ = ["context"]

_MISSING = {"gelu": "gelu", "erf": "erf", "normal": "gelu"}
"""Functions that need the error function, which the array API does not have."""


def context(program: Program) -> dict[str, Any]:
    """The values of every name in the template of a module for the array API.

    Raises:
        InputError: for a function that the array API does not have.
    """
    for name in sorted(common.names_called(program)):
        if name in _MISSING:
            raise InputError(
                f"the array API has no error function, which {name} needs",
                where="target",
                hint="take gelu-tanh, or target numpy",
            )
    values = common.context(program, Dialect("xp", sum_as_method=False), differences=True)
    first = values["input_names"][0]
    for body in ("forward_body", "loss_body", "gradients_body"):
        lines = [f"    xp = array_namespace({first})"] * ("xp." in values[body])
        text = values[body].replace(f"batch = len({first})", f"batch = {first}.shape[0]")
        values[body] = "\n".join([*lines, text])
    return values
