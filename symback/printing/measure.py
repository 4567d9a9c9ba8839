"""How wide a LaTeX formula is set, in ems: near enough to decide where a line must be broken."""

from __future__ import annotations

import re

__all__ = ["measure_latex"]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_']|[^\s]")

_WIDTH = {
    "+": 1.25, "-": 1.25, "=": 1.35, ",": 0.45, "(": 0.42, ")": 0.42, "[": 0.35, "]": 0.35,
    "'": 0.28, r"\cdot": 0.75, r"\times": 1.25, r"\odot": 1.25, r"\sum": 1.65, r"\partial": 0.6,
    r"\,": 0.17, r"\quad": 1.0, r"\prime": 0.28, r"\hat": 0.0, r"\mathcal": 0.0, r"\mathrm": 0.0,
    r"\mathbf": 0.0, r"\boldsymbol": 0.0, r"\tilde": 0.0, r"\bar": 0.0, r"\vec": 0.0,
    r"\bigl": 0.1, r"\bigr": 0.1, r"\Bigl": 0.2, r"\Bigr": 0.2, r"\log": 1.45, r"\exp": 1.6,
    r"\max": 1.9, r"\min": 1.7, "<": 1.35, ">": 1.35, r"\geq": 1.35, r"\leq": 1.35, "&": 1.0,
    r"\tanh": 2.2, r"\sin": 1.4, r"\cos": 1.5, r"\sqrt": 0.85, r"\underbrace": 0.0, r"\top": 0.7,
    "W": 0.95, "m": 0.88, "h": 0.58, "i": 0.35, "j": 0.42, "k": 0.53,
}  # fmt: skip

_SMALL = 0.72


def measure_latex(formula: str) -> float:
    """The width of a formula; a part of one may lack parentheses but not braces."""
    return _Measure(_TOKEN.findall(formula)).run()


class _Measure:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0

    def run(self, *until: str) -> float:
        width = script = 0.0
        while self.place < len(self.tokens):
            token = self._next()
            if token in until:
                break
            if token in "^_":  # what stands below and what stands above share their place
                here = self._group() * _SMALL
                width += max(0.0, here - script)
                script = max(script, here)
                continue
            script = 0.0
            if token == r"\textcolor":
                self._group()
                continue
            if token == r"\frac":
                width += max(self._group(), self._group()) + 0.25
            elif token in (r"\underset", r"\overset"):
                small, body = self._group(), self._group()
                width += max(small * _SMALL, body)
            elif token == "{":
                width += self.run("}")
            elif token == r"\begin":
                width += self._cases()
            else:
                width += _WIDTH.get(token, 0.56)
        return width

    def _cases(self) -> float:
        """The widest row of cases, and their brace."""
        self._group()
        widest = 0.0
        while self.place < len(self.tokens) and self.tokens[self.place - 1] != r"\end":
            widest = max(widest, self.run("\\\\", r"\end"))
        self._group()
        return widest + 0.9

    def _next(self) -> str:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def _group(self) -> float:
        if self.place >= len(self.tokens):
            return 0.0
        token = self._next()
        return self.run("}") if token == "{" else _WIDTH.get(token, 0.56)
