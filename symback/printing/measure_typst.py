"""How wide a formula is set by Typst, in ems: near enough to decide where a line must be broken."""

from __future__ import annotations

import re

__all__ = ["measure_typst"]

_TOKEN = re.compile(r'"[^"]*"|\\.|[A-Za-z][A-Za-z.]*\(?|\d|[_^]\(|[^\s]')

_WIDTH = {
    "+": 1.25, "-": 1.25, "=": 1.35, ",": 0.45, "(": 0.42, ")": 0.42, r"\(": 0.42, r"\)": 0.42,
    r"\[": 0.35, r"\]": 0.35, "bigl": 0.5, "bigr": 0.5, "Bigl": 0.62, "Bigr": 0.62,
    "bigbl": 0.45, "bigbr": 0.45, "Bigbl": 0.55, "Bigbr": 0.55, "dot.op": 0.75, "times": 1.25,
    "dot.o": 1.25, "slash.o": 1.25, "sum": 1.65, "partial": 0.6, "thin": 0.17, "med": 0.25,
    "max": 1.9, "min": 1.7, "<": 1.35, ">": 1.35, "&": 0.0, "quad": 1.0,
    "prime": 0.28, "log": 1.45, "exp": 1.6, "tanh": 2.2, "sin": 1.4, "cos": 1.5, "top": 0.7,
    "W": 0.95, "m": 0.88, "h": 0.58, "i": 0.35, "j": 0.42, "k": 0.53,
}  # fmt: skip

_SMALL = 0.72

_STACKED = ("frac(",)
_FIRST_ONLY = ("underbrace(",)


def measure_typst(formula: str) -> float:
    """The width of a formula; a part of one may lack escaped parentheses but not others."""
    return _Measure(_TOKEN.findall(formula)).run()


class _Measure:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0

    def run(self, *, within: bool = False) -> float:
        """The width up to the end, or up to the closing parenthesis."""
        return sum(self._arguments(within=within, split=False))

    def _arguments(self, *, within: bool, split: bool = True) -> list[float]:
        """The widths of the arguments of a call, up to its closing parenthesis."""
        widths = [0.0]
        script = 0.0
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            if token == ")" and within:
                break
            if token == "," and split:
                widths.append(0.0)
                continue
            if token in ("_(", "^("):  # what stands below and above share their place
                here = self.run(within=True) * _SMALL
                widths[-1] += max(0.0, here - script)
                script = max(script, here)
                continue
            script = 0.0
            widths[-1] += self._one(token)
        return widths

    def _one(self, token: str) -> float:
        if token in _STACKED:
            return max(self._arguments(within=True)) + 0.25
        if token == "cases(":
            return max(self._arguments(within=True)) + 0.9
        if token in _FIRST_ONLY:
            return self._arguments(within=True)[0]
        if token == "limits(":
            body = self.run(within=True)
            self.place += 1  # the _( of what stands below
            return max(body, self.run(within=True) * _SMALL)
        if token.endswith("(") and token != r"\(":
            extra = 0.84 if token == "(" else 0.5 if token in ("abs(", "sqrt(") else 0.0
            return self.run(within=True) + extra
        if token.startswith('"'):
            return 0.5 * (len(token) - 2)
        return _WIDTH.get(token, 0.56)
