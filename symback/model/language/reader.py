"""Read a text in the language: the door for files, fences, specs and Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.model.language.checking import check_text
from symback.model.language.tokens import Source

if TYPE_CHECKING:
    from symback.model.claims import Stated
    from symback.model.equations import Model

__all__ = ["read_model", "read_stated"]


def read_model(text: str, source: str = "") -> Model:
    """Read a model from its equations, one quantity a line.

    Args:
        text: declarations and equations, the loss last, as ``docs/language.md`` teaches them;
            what stands below a line ``claims`` is read and left out.
        source: what messages call the text, such as a file's name.

    Returns:
        The model, whose sizes are symbols: what is derived from it holds for all of them.

    Raises:
        InputError: for the first slip, with its line and column and what would be right.

    >>> import symback
    >>> model = symback.read_model('''
    ... input x[t,j]
    ... param W[j,k], U[k,k], v[k]
    ... h[0,k] = 0
    ... h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]))
    ... L = sum(t, k, v[k] h[t,k]^2)
    ... ''')
    >>> model
    <Model of h, L: 3 equations, by W, U, v>
    """
    return read_stated(text, source).model


def read_stated(text: str, source: str = "", first_line: int = 1) -> Stated:
    """Read a text with the claims that stand below its model.

    Args:
        text: as for `read_model`.
        source: what messages call it.
        first_line: the number of its first line, where it is part of a file.

    Raises:
        InputError: as for `read_model`.
    """
    stood = Source(text, source, first_line)
    checked = check_text(stood)
    # Only now is it worth loading SymPy.
    from symback.model.language.lowering import lower

    return lower(checked, stood)
