"""What a target language must be able to set; everything else the core decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from symback.notation import Spelling, own_name

__all__ = [
    "BRACE",
    "BRACE_END",
    "BRACE_LABEL",
    "FACTOR_BREAK",
    "SUM_BREAK",
    "TERM_BREAK",
    "TIMES_A_LETTER",
    "UNDER",
    "Level",
    "Over",
    "Target",
    "is_held",
    "plainly",
]

TERM_BREAK = "\ue000"
"""Stands where a line may be broken: before a term."""

FACTOR_BREAK = "\ue001"
"""Stands where a line may be broken if it must: before a factor."""

TIMES_A_LETTER = re.compile(r"(?P<number>[0-9]+)(?P<letter>[A-Za-z][A-Za-z0-9]*)")
"""An index expression that is a number times a letter: ``2I``."""

BRACE, BRACE_LABEL, BRACE_END = "\ue002", "\ue003", "\ue004"
"""Enclose what a terminal shows with a brace under it, and the brace's label."""

UNDER = "\ue006"
"""Begins a label that stands under something without a brace: a shape."""

SUM_BREAK = "\ue005"
"""Stands where a line may be broken if nothing else helps: after a sum sign."""

_NO_MARKS = str.maketrans("", "", TERM_BREAK + FACTOR_BREAK + SUM_BREAK)


def plainly(text: str) -> str:
    """A printed formula without its marks for line breaks."""
    return text.translate(_NO_MARKS)


def is_held(text: str) -> bool:
    """Whether one pair of parentheses encloses a whole text."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1 > 0
    return False


class Level(IntEnum):
    """How tightly a printed piece holds together; a looser one needs parentheses."""

    SUM = 1
    SIGMA = 2  # a sum sign, open to the right
    PRODUCT = 3
    QUOTIENT = 4
    POWER = 5
    ATOM = 6


class Over(NamedTuple):
    """An index that a sum runs over.

    Attributes:
        letter: as the target sets it; with the one value that it does not take, where there is one.
        last: the last value; empty where the range is not said.
        first: the first value.
    """

    letter: str
    last: str = ""
    first: str = "1"


class Target:
    """The parts of a formula, set in one language: text in, text out.

    Attributes:
        quotient_level: how tightly a quotient holds together: a fraction's bar is a bracket.
        minus: the sign of a negative term.
        joint: the sign of a product, with a space, at the beginning of a line.
        nest: what sets a line in by one step, for each bracket in which it is broken.
        breaks_all: whether a quotient or a brace can go on in the next line.
        spells_out: whether jumps and kinks are written as in mathematics, with cases, conditions
            and decimals, rather than by the names that a user types.
        extremes: functions that are written with ``max`` and ``min``.
        cases_level: how tightly cases hold together: a single brace is open to the right.
    """

    name = ""
    quotient_level = Level.QUOTIENT
    sigma_level = Level.SIGMA
    minus = "-"
    joint = ""
    nest = ""
    breaks_all = False
    spells_out = False
    extremes: frozenset[str] = frozenset({"positive", "clip"})
    cases_level = Level.SIGMA

    def number(self, numerator: int, denominator: int) -> str:
        """A number that is not negative."""
        raise NotImplementedError

    def spelling(self, spelling: Spelling) -> str:
        """A quantity, an index or a generic function."""
        raise NotImplementedError

    def constant(self, name: str) -> str:
        """A number with a name: ``pi``."""
        return self.spelling(own_name(name))

    def function(self, name: str) -> str:
        """A function of the catalogue, or an elementary one; empty if it is neither."""
        raise NotImplementedError

    def terms(self, terms: Sequence[tuple[bool, str]]) -> str:
        """Terms, each with whether it is negative."""
        first, *rest = terms
        text = (self.minus if first[0] else "") + first[1]
        for negative, term in rest:
            text += f" {TERM_BREAK}{self.minus if negative else '+'} {term}"
        return text

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        """Factors beside each other; ``kinds`` says what is among them.

        ``partial``: a derivative or quotient; ``long``: parentheses round several terms, with a
        factor after them; ``number``: the first is a number.
        """
        raise NotImplementedError

    def quotient(self, numerator: str, denominator: str) -> str:
        """A fraction, or what stands for one."""
        raise NotImplementedError

    def solidus(self, numerator: str, denominator: str) -> str:
        """A quotient that is too wide for a bar."""
        return f"{numerator} {FACTOR_BREAK}/ {denominator}"

    def power(self, base: str, exponent: str) -> str:
        """A base with an exponent."""
        raise NotImplementedError

    def parentheses(self, body: str) -> str:
        """What holds several terms together."""
        raise NotImplementedError

    def call(self, function: str, primes: int, argument: str) -> str:
        """A function, or one of its derivatives, of an argument."""
        raise NotImplementedError

    def primed(self, function: str, primes: int) -> str:
        """The name of a function's derivative of an order, for languages that have colours."""
        raise NotImplementedError

    def compare(self, left: str, relation: str, right: str) -> str:
        """A condition; the relation is ``>``, ``<``, ``>=``, ``<=``, ``==`` or ``!=``."""
        raise NotImplementedError

    def bracket(self, condition: str) -> str:
        """Iverson's bracket: 1 where the condition holds, 0 elsewhere."""
        return f"[{condition}]"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        """A function by cases: each value with its condition."""
        raise NotImplementedError

    def sigma(self, limits: Sequence[Over], body: str, kind: str = "sum") -> str:
        """A sum over indices; or of another ``kind``: ``prod``, ``max``, ``min``, ``argmax``."""
        raise NotImplementedError

    def index(self, text: str) -> str:
        """An index expression, as `symback.notation.indices.index_text` writes it."""
        return text

    def unequal(self, left: str, right: str) -> str:
        """An index and the one value that it does not take, below a sum sign."""
        raise NotImplementedError

    def partial(self, of: str, by: str) -> str:
        """One quantity's derivative by another."""
        raise NotImplementedError

    def second_partial(self, of: str, one: str, other: str) -> str:
        """One quantity's second derivative by two others."""
        raise NotImplementedError

    def differential(self, of: str, by: str) -> str:
        """The derivative of a function of one variable, with a straight d."""
        raise NotImplementedError

    def operator(self, by: str, body: str) -> str:
        """A derivative that is still to be taken."""
        raise NotImplementedError

    def directional(self, operator: str, body: str) -> str:
        """A derivative along a direction: ``R{h}``."""
        return f"{operator}{{{body}}}"

    def braced(self, body: str, label: str) -> str:
        """An expression with a brace under it."""
        raise NotImplementedError

    def tinted(self, body: str, tint: int) -> str:
        """A factor in a colour, by its number; the same text where a language has none."""
        return body

    def vanishes(self) -> str:
        """The label of a brace under what is zero."""
        return "= 0"

    def measure(self, text: str) -> float:
        """The width of a printed formula, in the unit of the target's lines."""
        return len(text)

    def transpose(self, body: str) -> str:
        """A matrix with rows and columns exchanged."""
        raise NotImplementedError

    def matrix_product(self, factors: Sequence[str]) -> str:
        """The product of matrices."""
        return self.product(factors, frozenset({"partial"}))

    def hadamard(self, factors: Sequence[str]) -> str:
        """The product entry by entry."""
        raise NotImplementedError

    def divided(self, above: str, below: str) -> str:
        """The quotient entry by entry."""
        raise NotImplementedError

    def ones(self) -> str:
        """A vector of ones, as long as it must be."""
        raise NotImplementedError

    def shaped(self, body: str, rows: str, columns: str) -> str:
        """An array with its shape."""
        raise NotImplementedError

    def equal(self, left: str, right: str) -> str:
        """An equation on one line."""
        return f"{left} = {right}"
