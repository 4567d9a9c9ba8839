"""Text for a terminal: Unicode with its primes, hats and small indices, or plain ASCII."""

# ruff: noqa: D102  (what each method sets is said in Target)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from symback.model.activations import ACTIVATIONS
from symback.notation import GREEK, Spelling, Style
from symback.printing.target import (
    BRACE,
    BRACE_END,
    BRACE_LABEL,
    FACTOR_BREAK,
    SUM_BREAK,
    TERM_BREAK,
    UNDER,
    Level,
    Over,
    Target,
    is_held,
    plainly,
)

__all__ = ["ASCII", "DOTTED", "UNICODE", "Ascii", "Unicode"]

_ELEMENTARY = ("log", "sin", "cos", "exp", "tanh", "erf", "sqrt", "abs", "sign")

_BELOW = str.maketrans("0123456789aehijklmnoprstuvx+-=()", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₌₍₎")
_ABOVE = str.maketrans("0123456789()lst", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ˡˢᵗ")
_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "vec": "\u20d7"}
_SCRIPT = {"L": "ℒ", "E": "ℰ", "F": "ℱ", "B": "ℬ", "H": "ℋ", "I": "ℐ", "M": "ℳ", "R": "ℛ"}


class Text(Target):
    """What a terminal's two alphabets have in common."""

    times = "·"
    joint = "· "
    nest = "  "
    breaks_all = True
    spells_out = True
    cases_level = Level.ATOM
    at_least = "≥"
    at_most = "≤"
    sign = "Σ"
    product_sign = "Π"
    partial_sign = "∂"
    squared = "²"
    prime = "′"
    entrywise = "⊙"
    entrywise_over = "⊘"
    transposed = "ᵀ"
    by = "×"
    other = "≠"

    def function(self, name: str) -> str:
        known = ACTIVATIONS.get(name)
        if known is not None:
            return self.known_function(name, known.text)
        return name if name in _ELEMENTARY else ""

    def known_function(self, name: str, text: str) -> str:
        return text

    def number(self, numerator: int, denominator: int) -> str:
        return str(numerator) if denominator == 1 else f"{numerator}/{denominator}"

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        joint = f"{self.times} " if kinds & {"partial", "long"} else ""
        if not joint and factors[0].isdigit():  # 2 (a - b) and 2 x, but 2 · 3
            joint = f"{self.times} " if factors[1][0].isdigit() else ""
        return f" {FACTOR_BREAK}{joint}".join(factors)

    def quotient(self, numerator: str, denominator: str) -> str:
        if " " not in numerator:
            return f"{numerator}/{denominator}"
        return f"{numerator} {FACTOR_BREAK}/ {denominator}"

    def parentheses(self, body: str) -> str:
        return f"({body})"

    def call(self, function: str, primes: int, argument: str) -> str:
        if function == "abs" and not primes:
            return f"|{argument}|"
        return f"{function}{self.prime * primes}({argument})"

    def compare(self, left: str, relation: str, right: str) -> str:
        signs = {">=": self.at_least, "<=": self.at_most, "==": "=", "!=": self.other}
        sign = signs.get(relation, relation)
        return f"{left} {sign} {right}"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        # A line is broken between the cases, and within one only if nothing else helps.
        held = str.maketrans(dict.fromkeys((TERM_BREAK, FACTOR_BREAK), SUM_BREAK))
        said = [f"{value.translate(held)} {SUM_BREAK}if {where}" for value, where in rows]
        return "{" + f"; {TERM_BREAK}".join(said) + "}"

    def sigma(self, limits: Sequence[Over], body: str, kind: str = "sum") -> str:
        signs = [
            self.sum_sign("".join(over.letter.split()), over.last)
            if kind == "sum" and over.first == "1"
            else self.range_sign(kind, over)
            for over in limits
        ]
        return f" {SUM_BREAK}".join([*signs, body])

    def range_sign(self, kind: str, over: Over) -> str:
        sign = {"sum": self.sign, "prod": self.product_sign}.get(kind, kind)
        limits = f"={over.first}..{over.last}" if over.last else ""
        return f"{sign}({over.letter}{limits})"

    def unequal(self, left: str, right: str) -> str:
        return f"{left} {self.other} {right}"

    def sum_sign(self, index: str, upper: str) -> str:
        raise NotImplementedError

    def partial(self, of: str, by: str) -> str:
        return f"{self.partial_sign}{of}/{self.partial_sign}{by}"

    def second_partial(self, of: str, one: str, other: str) -> str:
        d = self.partial_sign
        return f"{d}{self.squared}{of}/{d}{one}{d}{other}"

    def differential(self, of: str, by: str) -> str:
        return f"d{of}/d{by}"

    def operator(self, by: str, body: str) -> str:
        return f"{self.partial_sign}/{self.partial_sign}{by} [{body}]"

    def hadamard(self, factors: Sequence[str]) -> str:
        return f" {FACTOR_BREAK}{self.entrywise} ".join(factors)

    def transpose(self, body: str) -> str:
        held = body if " " not in body or is_held(body) else f"({body})"
        return f"{held}{self.transposed}"

    def divided(self, above: str, below: str) -> str:
        return f"{above} {self.entrywise_over} {below}"

    def ones(self) -> str:
        return "1"

    def shaped(self, body: str, rows: str, columns: str) -> str:
        shape = f"{rows}{self.by}{columns}"
        room = " " * max(0, len(shape) - len(plainly(body)))
        left = len(room) // 2
        return f"{BRACE}{room[:left]}{body}{room[left:]}{BRACE_LABEL}{UNDER}{shape}{BRACE_END}"

    def braced(self, body: str, label: str) -> str:
        return f"{BRACE}{body}{BRACE_LABEL}{label}{BRACE_END}"


class Unicode(Text):
    """Sets the parts of a formula for a terminal that knows Unicode."""

    name = "text"
    minus = "−"

    def index(self, text: str) -> str:
        return text.replace("-", self.minus).replace("*", "·")

    def spelling(self, spelling: Spelling) -> str:
        base = GREEK.get(spelling.base, spelling.base)
        if spelling.style is Style.SCRIPT:
            base = _SCRIPT.get(base, base)
        if spelling.accent:
            base = unicodedata.normalize("NFC", base + _ACCENTS[spelling.accent])
        base = spelling.prefix + base + spelling.mark
        if spelling.in_brackets:
            inner = ",".join(map(self.index, spelling.indices))
            return f"{base}[{inner}]" if inner else base
        is_word = spelling.label.isalpha() and len(spelling.label) > 1
        below = "" if is_word else _small(spelling.below, _BELOW)
        if not below:  # an index that has no small form, or a word, which is one way for every word
            label = spelling.label if is_word or not spelling.label else f"{{{spelling.label}}}"
            label = f"_{label}" if label else ""
            below = label + (f"[{','.join(spelling.indices)}]" if spelling.indices else "")
        above = "".join(_small(part, _ABOVE) or f"^{part}" for part in spelling.above)
        prime = self.prime * spelling.primes
        if spelling.is_like_a_power:  # before what stands below, where no exponent stands
            if above.startswith("^"):
                above = f"^{{{above[1:]}}}"
            return f"{base}{prime}{above}{below}"
        if above:  # the prime stays with its letter
            return f"{base}{prime}{below}{above}"
        return base + below + prime

    def power(self, base: str, exponent: str) -> str:
        small = exponent.lstrip("-").translate(_ABOVE)
        if base.isdigit() and exponent[:1] == "-" and exponent[1:].isdigit():
            return f"{base}⁻{small}"  # of a letter it would be read as a quotient
        return base + (small if exponent.isdigit() else f"^({exponent})")

    def sum_sign(self, index: str, upper: str) -> str:
        small = index.translate(_BELOW)
        if upper:
            return f"Σ({index}=1..{upper})" if not upper.isdigit() else f"Σ{small}₌₁{_high(upper)}"
        has_small = all(_small(part, _BELOW) for part in index.split(self.other))
        return f"Σ{small}" if has_small else f"Σ({index})"


def _small(text: str, table: dict[int, int]) -> str:
    """A text in small letters; nothing where one of its letters has no small form."""
    found = text.translate(table)
    return "" if any(c in text for c in found if c != "," or table is _ABOVE) else found


def _high(upper: str) -> str:
    return upper.translate(_ABOVE)


class Ascii(Text):
    """Sets the parts of a formula in the characters that every terminal has."""

    name = "ascii"
    times = "*"
    joint = "* "
    partial_sign = "d"
    squared = "2"
    prime = "'"
    entrywise = ".*"
    entrywise_over = "./"
    transposed = "^T"
    by = "x"
    other = "!="
    at_least = ">="
    at_most = "<="
    sign = "sum"
    product_sign = "prod"

    def known_function(self, name: str, text: str) -> str:
        return text if text.isascii() else name

    def spelling(self, spelling: Spelling) -> str:
        return flat(spelling)

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}" if exponent.isalnum() else f"{base}^({exponent})"

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        return f" {FACTOR_BREAK}* ".join(factors)

    def sum_sign(self, index: str, upper: str) -> str:
        return f"sum({index}=1..{upper})" if upper else f"sum({index})"


def flat(spelling: Spelling) -> str:
    """A quantity on one line: ``yhat[1]``, ``h2'[k]``, ``W1[1,2]``."""
    layer = (
        spelling.layer if spelling.layer.isdigit() or not spelling.layer else f"({spelling.layer})"
    )
    label = f"_{spelling.label.replace(',', '')}" if spelling.label else ""
    sample = f"({spelling.sample})" if spelling.sample else ""
    below = f"[{','.join(spelling.indices)}]" if spelling.indices else ""
    base = f"{spelling.prefix}{spelling.base}{spelling.accent}{spelling.mark}"
    name = f"{base}{label}{layer}{sample}"
    return f"{name}{chr(39) * spelling.primes}{below}"


_BETWEEN = re.compile(rf"(?<!\d) {FACTOR_BREAK}· | {FACTOR_BREAK}· (?!\d)")
"""A dot between two factors that are not both numbers."""


class Dotted(Unicode):
    """The same with a dot between all factors, for the lines of a chain of which one has dots.

    In a function's argument, where no derivative stands, they are side by side.
    """

    def call(self, function: str, primes: int, argument: str) -> str:
        if self.partial_sign not in argument:
            argument = _BETWEEN.sub(f" {FACTOR_BREAK}", argument)
        return super().call(function, primes, argument)

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        number, first, *_ = factors
        counted = number.isdigit() and not first[0].isdigit() and not kinds & {"partial", "long"}
        joint = f" {FACTOR_BREAK}{self.times} "
        if counted:  # 2 x, as ever
            return joint.join([f"{number} {FACTOR_BREAK}{first}", *factors[2:]])
        return joint.join(factors)


UNICODE = Unicode()
DOTTED = Dotted()
ASCII = Ascii()
