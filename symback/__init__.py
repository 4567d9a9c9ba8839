"""Derive, prove, explain and emit the backpropagation gradients of a neural network.

    >>> import symback
    >>> network = symback.Network(layers=(2, 2, 2))
    >>> derivation = symback.derive(network)
    >>> symback.verify(derivation).ok
    True

Names are loaded when they are first used: ``import symback`` alone does not pay for SymPy.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from symback.version import __version__

if TYPE_CHECKING:
    from symback.api import answer, check, handout, to_latex
    from symback.calculus import Derivation, derive
    from symback.calculus.second import derive_second
    from symback.emission import compile, emit
    from symback.errors import (
        CannotWriteError,
        InputError,
        MissingToolError,
        SymbackError,
        TooLargeError,
    )
    from symback.model.equations import Model
    from symback.model.language.reader import read_model
    from symback.model.network import Network
    from symback.verification import verify
    from symback.verification.second import verify_second

__all__ = [
    "CannotWriteError",
    "Derivation",
    "InputError",
    "MissingToolError",
    "Model",
    "Network",
    "SymbackError",
    "TooLargeError",
    "__version__",
    "answer",
    "check",
    "compile",
    "derive",
    "derive_second",
    "emit",
    "handout",
    "read_model",
    "to_latex",
    "verify",
    "verify_second",
]

_HOMES = {
    "CannotWriteError": "symback.errors",
    "Derivation": "symback.calculus",
    "InputError": "symback.errors",
    "MissingToolError": "symback.errors",
    "Model": "symback.model.equations",
    "Network": "symback.model.network",
    "SymbackError": "symback.errors",
    "TooLargeError": "symback.errors",
    "answer": "symback.api",
    "check": "symback.api",
    "compile": "symback.emission",
    "derive": "symback.calculus",
    "derive_second": "symback.calculus.second",
    "emit": "symback.emission",
    "handout": "symback.api",
    "read_model": "symback.model.language.reader",
    "to_latex": "symback.api",
    "verify": "symback.verification",
    "verify_second": "symback.verification.second",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symback' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    drawn = sys.modules.get("symback.model.drawn")
    if drawn is not None and not drawn.Drawn.draw:
        drawn.Drawn.draw.append(_mime_bundle)
    globals()[name] = value
    return value


def _mime_bundle(shown: object, include: Any = None, exclude: Any = None) -> dict[str, str]:
    """The forms of an object that a notebook can show."""
    bundle: dict[str, str] = import_module("symback.rendering.notebook").mime_bundle(
        shown, include, exclude
    )
    return bundle


def __dir__() -> list[str]:
    return __all__
