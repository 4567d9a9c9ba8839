"""A prefix for the names that a C file of a model has for others."""

from __future__ import annotations

import re

from symback.errors import InputError

__all__ = ["check_prefix", "prefixed"]

_NAMES = re.compile(
    r"\b(Parameters|Gradients|Workspace|ProductWorkspace|Outputs|loss_and_gradients|"
    r"workspace_size|initialize|hessian_vector_product|gauss_newton_product|"
    r"fisher_product|empirical_fisher_product|"
    r"jacobian_vector_product|loss(?=\())\b"
)
"""Types and functions; no array of a model is called like one."""


def prefixed(text: str, prefix: str) -> str:
    """A file whose types and external functions begin with a prefix.

    Raises:
        InputError: for one that begins no name in C.
    """
    check_prefix(prefix)
    return _NAMES.sub(rf"{prefix}\1", text) if prefix else text


def check_prefix(prefix: str) -> None:
    """Refuse what begins no name in C.

    Raises:
        InputError: with the prefix.
    """
    if prefix and not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", prefix):
        raise InputError(f"{prefix!r} begins no name in C", where="--prefix")
