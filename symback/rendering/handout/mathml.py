"""MathML from our own LaTeX subset, by math-core; every formula is made once."""

from __future__ import annotations

import re
from collections.abc import Callable

from symback.errors import MissingToolError
from symback.printing.subset import unknown

__all__ = ["converter"]

_SIZED = re.compile(r'<mo minsize="([^"]*)" maxsize="[^"]*">([][()])</mo>')
"""A bracket of a fixed size, which a browser would space like an operator."""

_BIG = "1.2em"
"""How high a bracket is that is hardly larger than the text: one that a browser stretches has as
much room to its sides as the largest of its kind."""


def _fenced(found: re.Match[str]) -> str:
    form = "prefix" if found[2] in "([" else "postfix"
    size = f'minsize="{found[1]}" maxsize="{found[1]}"'
    if found[1] == _BIG:
        size = f'stretchy="false" mathsize="{_BIG}"'
    return f'<mo form="{form}" lspace="0" rspace="0" {size}>{found[2]}</mo>'


def converter() -> Callable[[str, bool], str]:
    """A function from a formula, and whether it stands alone, to MathML with its LaTeX beside it.

    The LaTeX, in an annotation, is what other programs can read and copy.

    Raises:
        MissingToolError: where math-core is not installed.
    """
    try:
        from math_core import LatexToMathML
    except ImportError:
        raise MissingToolError(
            "HTML needs math-core, which is not installed", hint="pip install math-core"
        ) from None
    convert = LatexToMathML(pretty_print="never", annotation=True).convert_with_local_state
    known: dict[tuple[str, bool], str] = {}

    def mathml(formula: str, display: bool) -> str:
        key = formula, display
        if key not in known:
            stray = unknown(re.sub(r"\\quad", "", formula))
            if stray:
                raise ValueError(f"{stray[0]!r} is outside our LaTeX in {formula!r}")
            known[key] = _SIZED.sub(_fenced, convert(formula, displaystyle=display))
        return known[key]

    return mathml
