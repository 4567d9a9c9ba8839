"""Activations and losses that a user writes as a formula: ``x*sigmoid(x)``, ``(y - yhat)**4``.

Whether a text is a formula, and a right one, is decided here without SymPy.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from symback.algebra.formula_syntax import ARITIES, formula_tree
from symback.errors import InputError, TooLargeError, quote
from symback.model.activations import ACTIVATIONS

__all__ = ["ACTIVATION_NAMES", "CALLABLE", "LOSS_NAMES", "check_formula", "is_formula"]

ACTIVATION_NAMES = ("x",)
"""The variable of an activation's formula: the unit's input."""

LOSS_NAMES = ("y", "yhat", "n")
"""The variables of a loss's formula: target and output of one unit, and the number of outputs."""

CALLABLE: Mapping[str, int] = {
    **ARITIES,
    **{name.replace("-", "_"): 1 for name, entry in ACTIVATIONS.items() if entry.elementwise},
}
"""What a formula may call: the elementary functions and the catalogue's activations."""

_NAME = re.compile(r"[^\W\d]\w*(-[^\W\d]\w*)*")


def is_formula(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text is meant as a formula: anything that is not one word, hyphens allowed.

    A variable by itself is one, too, as ``yhat`` for a loss.
    """
    if _NAME.fullmatch(text) is None:
        return True
    parts = text.split("-")
    if len(parts) == 1:
        return text in names and len(text) > 1  # a letter alone is a generic function
    return all(part in names for part in parts)


def check_formula(text: str, names: tuple[str, ...], where: str) -> None:
    """Refuse what is not a formula over these names, with the place and the column.

    Raises:
        InputError, TooLargeError: with ``where`` before the column.
    """
    try:
        tree = formula_tree(text, names, CALLABLE)
    except (InputError, TooLargeError) as error:
        place = f"{error.where} of {quote(text)}: " if error.where else ""
        raise type(error)(f"{place}{error.message}", where=where, hint=error.hint) from None
    if not any(getattr(node, "id", None) in names for node in ast.walk(tree)):
        raise InputError(
            f"{quote(text)} does not depend on {' or '.join(names[:2])}",
            where=where,
        )
