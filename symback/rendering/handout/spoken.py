"""Formulas in letters without marks, for who cannot see them."""

from __future__ import annotations

import re

from symback.printing.target import BRACE, BRACE_END, BRACE_LABEL, UNDER, plainly

__all__ = ["bare"]

_BRACED = re.compile(f"{BRACE}([^{BRACE}{BRACE_LABEL}]*){BRACE_LABEL}([^{BRACE_END}]*){BRACE_END}")


def bare(text: str) -> str:
    """A formula in letters without marks; what stands under a brace, or a shape, follows it."""

    def told(found: re.Match[str]) -> str:
        body, label = found[1].strip(), found[2]
        return f"{body} ({label[1:]})" if label.startswith(UNDER) else f"{body} [{label}]"

    return _BRACED.sub(told, plainly(text))
