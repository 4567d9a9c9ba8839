"""The LaTeX that formulas are printed in: what amsmath, KaTeX, MathJax and GitHub all read alike.

Everything that is printed stays inside these tables, and a test holds it to them.
"""

from __future__ import annotations

import re

from symback.notation import GREEK

__all__ = ["COMMANDS", "tokens", "unknown"]

COMMANDS: dict[str, str] = {
    "frac": "a quotient",
    "partial": "the sign of a partial derivative",
    "sum": "a sum",
    "prod": "a product over an index",
    "lfloor": "a quotient rounded down",
    "rfloor": "a quotient rounded down",
    "lceil": "a quotient rounded up",
    "rceil": "a quotient rounded up",
    "mid": "that one number divides another",
    "sqrt": "a root",
    "hat": "an accent",
    "tilde": "an accent",
    "bar": "an accent",
    "vec": "an accent",
    "prime": "a prime beside a layer's number",
    "mathcal": "the loss, and what differentiates along a vector",
    "mathrm": "a name of several letters",
    "mathbf": "a vector of ones, and an array in notations that have them bold",
    "boldsymbol": "the same in italics",
    "underbrace": "what vanishes, and what an inner part is",
    "textcolor": "a factor that a drawing shows in the same colour",
    "underset": "a shape under an array",
    "top": "a transpose",
    "odot": "the product entry by entry",
    "oslash": "the quotient entry by entry",
    "begin": "cases",
    "end": "cases",
    "max": "the larger of two",
    "min": "the smaller of two",
    "geq": "a condition",
    "leq": "a condition",
    "neq": "below a sum that leaves out a value",
    "cdot": "a product of long factors",
    "times": "between the sizes of a shape",
    "lvert": "an absolute value",
    "rvert": "an absolute value",
    "dots": "values of an index",
    "pi": "a number",
    "ell": "the loss of one sample",
    "leftarrow": "an update",
    "log": "a function",
    "exp": "a function",
    "sin": "a function",
    "cos": "a function",
    "tanh": "a function",
    **{f"{size}{side}": "a bracket of a fixed size" for size in ("big", "Big") for side in "lr"},
    **{letter: "a Greek letter" for letter in GREEK if letter not in ("omicron", "epsilon")},
    "varepsilon": "a Greek letter",
}
"""Every command that a formula may hold, with what it is for."""

_SYMBOLS = set("+-=/|,.:()[]{}_^'<>& ")
_ESCAPED = {r"\,", r"\;", r"\_", "\\\\", r"\{", r"\}"}
"""Spaces, an underscore, a new line, and the braces of what is differentiated along a vector."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.S)


def tokens(formula: str) -> list[str]:
    """The commands and characters of a formula."""
    return _TOKEN.findall(formula)


def unknown(formula: str) -> list[str]:
    """What in a formula is outside the subset; braces that do not match count."""
    found, depth = [], 0
    for token in tokens(formula):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0:
            found.append(token)
            depth = 0
        if token.startswith("\\"):
            if token not in _ESCAPED and token[1:] not in COMMANDS:
                found.append(token)
        elif not (token.isascii() and token.isalnum()) and token not in _SYMBOLS:
            found.append(token)
    return [*found, "{"] if depth else found
