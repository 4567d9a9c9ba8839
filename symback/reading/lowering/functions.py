"""Functions that a document writes out, told by their values."""

from __future__ import annotations

from symback.reading.formula.syntax import Number
from symback.reading.meaning.intervals import Figures
from symback.reading.meaning.printed_numbers import Numbers, printed_value
from symback.reading.network.places import Function

__all__ = ["function_written"]

_VALUES = {
    "sigmoid": (0.3775406687981454, 0.7310585786300049),
    "tanh": (-0.46211715726000973, 0.7615941559557649),
}
"""By name, the values at -1/2 and at 1."""


def function_written(written: Function) -> str | None:
    """The function of the catalogue that a formula is, if it is one of those most used."""
    values = []
    for at in (-0.5, 1.0):
        exact = Number(str(at)).value
        figures = Figures(1, 1, ((exact, exact),))
        found = printed_value(written.body, Numbers({written.variable: figures}))
        values.append(None if found is None else float(found.items[0][0]))
    for known, wanted in _VALUES.items():
        pairs = zip(values, wanted, strict=True)
        if all(value is not None and abs(value - should) < 1e-9 for value, should in pairs):
            return known
    return None
