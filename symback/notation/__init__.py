"""How each quantity is spelled, in both directions: notations, and their dictionary for a model.

A `Notation` is data; bound to a model it is a `Vocabulary`, which spells every entry of every
quantity and reads a spelling back.  Names are loaded when they are first used: a list of notations
needs no SymPy, and a derivation in the project's own notation needs no other.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symback.notation.custom import read_notation
    from symback.notation.form import Form, IndexOrder, LayerMark, Notation, Orientation
    from symback.notation.founding import FOUNDING
    from symback.notation.presets import NOTATIONS
    from symback.notation.slot import Slot
    from symback.notation.spelling import GREEK, Spelling, Style, own_name
    from symback.notation.vocabulary import Meaning, Vocabulary

__all__ = [
    "FOUNDING",
    "GREEK",
    "NOTATIONS",
    "Form",
    "IndexOrder",
    "LayerMark",
    "Meaning",
    "Notation",
    "Orientation",
    "Slot",
    "Spelling",
    "Style",
    "Vocabulary",
    "own_name",
    "read_notation",
]

_HOMES = {
    "FOUNDING": "founding",
    "Form": "form",
    "GREEK": "spelling",
    "IndexOrder": "form",
    "LayerMark": "form",
    "Meaning": "vocabulary",
    "NOTATIONS": "presets",
    "Notation": "form",
    "Orientation": "form",
    "Slot": "slot",
    "Spelling": "spelling",
    "Style": "spelling",
    "Vocabulary": "vocabulary",
    "own_name": "spelling",
    "read_notation": "custom",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symback.notation' has no attribute {name!r}")
    value = getattr(import_module(f"symback.notation.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
