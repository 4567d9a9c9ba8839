"""One printer per target, over one core that decides order, signs and parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symback.printing.latex import LATEX
from symback.printing.plain import PLAIN
from symback.printing.text import ASCII, UNICODE

if TYPE_CHECKING:
    from symback.printing.core import Printer

__all__ = ["ASCII", "LATEX", "PLAIN", "TARGETS", "UNICODE", "Printer"]

TARGETS = {"latex": LATEX, "text": UNICODE, "ascii": ASCII, "plain": PLAIN}
"""Every language that a formula can be printed in, by name."""


def __getattr__(name: str) -> Any:
    """Load the printer, and SymPy with it, only where expressions are printed."""
    if name != "Printer":
        raise AttributeError(f"module 'symback.printing' has no attribute {name!r}")
    from symback.printing.core import Printer

    return Printer
