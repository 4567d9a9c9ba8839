"""One printer per target, over one core that decides order, signs and parentheses."""

from symback.printing.core import Printer
from symback.printing.latex import LATEX
from symback.printing.plain import PLAIN
from symback.printing.text import ASCII, UNICODE

__all__ = ["ASCII", "LATEX", "PLAIN", "TARGETS", "UNICODE", "Printer"]

TARGETS = {"latex": LATEX, "text": UNICODE, "ascii": ASCII, "plain": PLAIN}
"""Every language that a formula can be printed in, by name."""
