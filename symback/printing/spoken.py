"""Words: a formula as it is read aloud, for who cannot see it; readers skip raised letters.

What a bracket holds together is said between words where it has several terms.
"""

# ruff: noqa: D102  (what each method says is told in Target)

from __future__ import annotations

import re
from collections.abc import Sequence

from symback.model.activations import ACTIVATIONS
from symback.notation import GREEK, Spelling
from symback.printing.target import Level, Over, Target

__all__ = ["SPOKEN_WORDS", "Spoken"]

_SIGNS = {">": "is greater than", "<": "is less than", ">=": "is at least",
          "<=": "is at most", "==": "equals", "!=": "is not"}  # fmt: skip
_KINDS = {"sum": "the sum", "prod": "the product", "max": "the largest", "min": "the smallest",
          "argmax": "the place of the largest", "argmin": "the place of the smallest"}  # fmt: skip
_POWERS = {"2": "squared", "3": "cubed"}
_ELEMENTARY = ("sqrt", "exp", "log", "tanh", "sin", "cos", "abs", "erf", "sign")


class Spoken(Target):
    """Says the parts of a formula in words, letters and numbers."""

    name = "spoken"
    quotient_level = Level.PRODUCT
    spells_out = True
    minus = "minus "
    prime = " prime"

    def number(self, numerator: int, denominator: int) -> str:
        return str(numerator) if denominator == 1 else f"{numerator} over {denominator}"

    def spelling(self, spelling: Spelling) -> str:
        said = [spelling.prefix, spelling.base, spelling.accent, *["prime"] * spelling.primes]
        if spelling.mark:
            said.append(spelling.mark)
        front = " ".join(filter(None, said))
        layer = f" of layer {spelling.layer}" if spelling.layer else ""
        sample = [f"sample {spelling.sample}"] if spelling.sample else []
        below = [part for part in (spelling.label, *map(self.index, spelling.indices)) if part]
        parts = [*sample, *below]
        rest = (", " if any(" " in part for part in below) else " ").join(parts)
        if not rest:
            return front + layer
        return f"{front}{layer}, {rest}" if layer else f"{front} {rest}"

    def function(self, name: str) -> str:
        if name in ACTIVATIONS or name in _ELEMENTARY or name in GREEK:
            return {"sqrt": "the root", "abs": "the size"}.get(name, name.replace("-", " "))
        return ""

    def index(self, text: str) -> str:
        text = re.sub(r"arg(max|min)_(\w+)", _chosen, text)
        words = {"-": " minus ", "+": " plus ", "*": " times ", "/": " over "}
        return re.sub(r"[-+*/]", lambda sign: words[sign[0]], text)

    def terms(self, terms: Sequence[tuple[bool, str]]) -> str:
        (negative, first), *rest = terms
        said = f"minus {first}" if negative else first
        return said + "".join(f" {'minus' if down else 'plus'} {term}" for down, term in rest)

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        return " times ".join(factors)

    def quotient(self, numerator: str, denominator: str) -> str:
        return f"{numerator} over {denominator}"

    def solidus(self, numerator: str, denominator: str) -> str:
        return self.quotient(numerator, denominator)

    def power(self, base: str, exponent: str) -> str:
        return f"{base} {_POWERS.get(exponent, f'to the power {exponent}')}"

    def parentheses(self, body: str) -> str:
        return f"the bracket {body}, bracket closed" if " " in body else body

    def call(self, function: str, primes: int, argument: str) -> str:
        marks = " prime" * primes
        return f"{function}{marks} of {self._held(argument)}"

    def _held(self, body: str) -> str:
        long = any(f" {word} " in body for word in ("plus", "minus", "times", "over"))
        return self.parentheses(body) if long else body

    def compare(self, left: str, relation: str, right: str) -> str:
        return f"{left} {_SIGNS[relation]} {right}"

    def bracket(self, condition: str) -> str:
        return f"the number that is 1 where {condition} and 0 elsewhere"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        return "; ".join(f"{value} where {condition}" for value, condition in rows)

    def sigma(self, limits: Sequence[Over], body: str, kind: str = "sum") -> str:
        said = [self._over(kind, over) for over in limits]
        return f"{' '.join(said)} {body}"

    def _over(self, kind: str, over: Over) -> str:
        ends = f" from {over.first} to {over.last}" if over.last else ""
        return f"{_KINDS.get(kind, kind)} over {over.letter}{ends} of"

    def unequal(self, left: str, right: str) -> str:
        return f"{left} other than {right}"

    def partial(self, of: str, by: str) -> str:
        return f"the partial derivative of {of} with respect to {by}"

    def second_partial(self, of: str, one: str, other: str) -> str:
        return f"the second partial derivative of {of} with respect to {one} and {other}"

    def differential(self, of: str, by: str) -> str:
        return f"the derivative of {of} with respect to {by}"

    def operator(self, by: str, body: str) -> str:
        return f"the partial derivative with respect to {by} of {self.parentheses(body)}"

    def braced(self, body: str, label: str) -> str:
        return f"{body}, which is {label},"

    def vanishes(self) -> str:
        return "zero"

    def transpose(self, body: str) -> str:
        return f"{self._held(body)} transposed"

    def hadamard(self, factors: Sequence[str]) -> str:
        return " times, entry by entry, ".join(factors)

    def divided(self, above: str, below: str) -> str:
        return f"{above} over, entry by entry, {below}"

    def ones(self) -> str:
        return "a vector of ones"

    def shaped(self, body: str, rows: str, columns: str) -> str:
        return body

    def equal(self, left: str, right: str) -> str:
        return f"{left} equals {right}"


def _chosen(place: re.Match[str]) -> str:
    kind = {"max": "largest", "min": "smallest"}[place[1]]
    return f"the {place[2]} of the {kind}"


SPOKEN_WORDS = Spoken()
