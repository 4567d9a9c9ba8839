"""Plain infix text: one line that a machine reads back, ``dL/dyhat[1]*g'(y'[1])*W2[2,1]``."""

# ruff: noqa: D102  (what each method sets is said in Target)

from __future__ import annotations

from collections.abc import Sequence

from symback.notation import Spelling
from symback.printing.target import Level, Over, Target, is_held, plainly
from symback.printing.text import flat

__all__ = ["PLAIN", "Plain"]


class Plain(Target):
    """Sets the parts of a formula as infix text; functions keep the names that a user types."""

    name = "plain"
    sigma_level = Level.ATOM
    extremes = frozenset({"positive"})

    def number(self, numerator: int, denominator: int) -> str:
        return str(numerator) if denominator == 1 else f"{numerator}/{denominator}"

    def spelling(self, spelling: Spelling) -> str:
        return flat(spelling)

    def function(self, name: str) -> str:
        return name

    def product(self, factors: Sequence[str], kinds: frozenset[str]) -> str:
        return "*".join(factors)

    def quotient(self, numerator: str, denominator: str) -> str:
        return f"{numerator}/{denominator}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}" if exponent.isalnum() else f"{base}^({exponent})"

    def parentheses(self, body: str) -> str:
        return f"({body})"

    def call(self, function: str, primes: int, argument: str) -> str:
        return f"{function}{chr(39) * primes}({plainly(argument)})"

    def compare(self, left: str, relation: str, right: str) -> str:
        return f"{left} {relation} {right}"

    def sigma(self, limits: Sequence[Over], body: str, kind: str = "sum") -> str:
        names = [
            f"{letter} in {first}..{last}" if last else letter for letter, last, first in limits
        ]
        return f"{kind}({', '.join([*names, body])})"

    def unequal(self, left: str, right: str) -> str:
        return f"{left} != {right}"

    def partial(self, of: str, by: str) -> str:
        return f"d{of}/d{by}"

    def second_partial(self, of: str, one: str, other: str) -> str:
        return f"d2{of}/d{one}d{other}"

    def differential(self, of: str, by: str) -> str:
        return self.partial(of, by)

    def operator(self, by: str, body: str) -> str:
        return f"d({body})/d{by}"

    def transpose(self, body: str) -> str:
        return f"{body}^T" if " " not in body or is_held(body) else f"({body})^T"

    def hadamard(self, factors: Sequence[str]) -> str:
        return " .* ".join(factors)

    def divided(self, above: str, below: str) -> str:
        return f"{above} ./ {below}"

    def ones(self) -> str:
        return "1"

    def shaped(self, body: str, rows: str, columns: str) -> str:
        return body

    def braced(self, body: str, label: str) -> str:
        return body


PLAIN = Plain()
