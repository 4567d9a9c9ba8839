"""Values of terms at a random point: modulo primes, where equality is decided, and in numbers.

Modulo a prime of 79 bits every unknown has a random residue, and so has every application of
a generic function, by its name and the values of its arguments. Two different rational functions
of degree d then agree at a random point with a probability below d / 2^60. The exponential is a
homomorphism into the next prime of a chain in which each divides its neighbour minus one (Gonnet's
signatures), so that sigmoid, tanh and softmax are decided too. What is only a function here (a
logarithm, a root, a step) obeys no law but its own, so a difference modulo primes refutes nothing
until numbers show it as well.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

from symback.reading.meaning.graph import APPLY, NUMBER, POWER, PRODUCT, SUM, UNKNOWN, Term, Terms

__all__ = ["Example", "Field", "Modular", "Numeric", "OneSide", "OutOfReach", "Singular"]

PRIMES = (
    382511502716656362276257,
    11953484459895511321133,
    2988371114973877830283,
    166020617498548768349,
    41505154374637192087,
    2305841909702066227,
)
ROOTS = (4294967296, 16, 262144, 16, 262144)
"""The root of unity in each prime's field whose order is the next prime."""

_EXPONENT_LIMIT = 10**6
_CONSTANTS = frozenset(["pi"])
KINKS = frozenset(["step", "sign"])


class Singular(ArithmeticError):
    """The point is on a pole; another one will do."""


class OutOfReach(ArithmeticError):
    """A term that this field cannot evaluate."""


class Field(Protocol):
    """Where terms have values."""

    def value(self, term: Term) -> Any:
        """The value of a term at this field's point."""


class Example:
    """The values that an example gives: they say on which side of its kinks it lies.

    Args:
        terms: what has values there.
        given: values by the number of what is unknown.
    """

    def __init__(self, terms: Terms, given: Mapping[int, float]) -> None:
        self.field = _Given(terms, given)

    def side(self, name: str, argument: Term) -> int | None:
        """The value of a step or a sign, None where the example does not tell it."""
        try:
            value = complex(self.field.value(argument))
        except (OutOfReach, Singular):
            return None
        if value.imag or abs(value.real) < 1e-9:
            return None
        return int(value.real > 0) if name == "step" else (1 if value.real > 0 else -1)


class OneSide(Example):
    """The same side of every kink: where what a step or a sign is of is positive, or negative."""

    def __init__(self, positive: bool) -> None:
        self.positive = positive

    def side(self, name: str, argument: Term) -> int:
        """The value of a step or a sign."""
        del argument
        return int(self.positive) if name == "step" else (1 if self.positive else -1)


class Modular:
    """A random point modulo the primes of the chain, with kinks on the side of an example."""

    def __init__(self, terms: Terms, seed: int, example: Example | None = None) -> None:
        self.terms = terms
        self.example = example
        self.random = random.Random(seed)
        self._values: list[dict[int, int]] = [{} for _ in PRIMES]
        self._applied: dict[tuple[object, ...], int] = {}
        self._open: set[tuple[int, int]] = set()

    def value(self, term: Term) -> int:
        """The residue of a term; raises `Singular` or `OutOfReach`."""
        return self._at(term, 0)

    def _at(self, term: Term, level: int) -> int:
        known = self._values[level]
        found = known.get(term.number)
        if found is None:
            found = known[term.number] = self._computed(term, level)
        return found

    def _computed(self, term: Term, level: int) -> int:
        prime = PRIMES[level]
        kind = term.kind
        if kind == PRODUCT:
            result = 1
            for factor in term.arguments:
                result = result * self._at(factor, level) % prime
            return result
        if kind == SUM:
            return sum([self._at(part, level) for part in term.arguments]) % prime
        if kind == NUMBER:
            assert isinstance(term.data, Fraction)
            return term.data.numerator * self._inverse(term.data.denominator, prime) % prime
        if kind == UNKNOWN:
            defined = self.terms.definition(term)
            place = (term.number, level)
            if defined is None or place in self._open:
                return self.random.randrange(1, prime)
            self._open.add(place)
            value = self._at(defined, level)
            self._open.discard(place)
            return value
        if kind == POWER:
            return self._power(term, level)
        assert kind == APPLY
        return self._application(term, level)

    def _inverse(self, value: int, prime: int) -> int:
        if value % prime == 0:
            raise Singular
        return pow(value, -1, prime)

    def _power(self, term: Term, level: int) -> int:
        base, exponent = term.arguments
        whole = exponent.value
        prime = PRIMES[level]
        if whole is not None and whole.denominator == 1 and abs(whole) < _EXPONENT_LIMIT:
            value = self._at(base, level)
            if whole < 0:
                value = self._inverse(value, prime)
            return pow(value, abs(int(whole)), prime)
        return self._random("power", (self._at(base, level), self._at(exponent, level)), level)

    def _application(self, term: Term, level: int) -> int:
        assert isinstance(term.data, tuple)
        name, orders = term.data
        if name == "exp":
            if level >= len(ROOTS):
                raise OutOfReach
            return pow(ROOTS[level], self._at(term.arguments[0], level + 1), PRIMES[level])
        if self.example is not None and name in KINKS and not any(orders):
            side = self.example.side(name, term.arguments[0])
            if side is not None:
                return side % PRIMES[level]
        values = tuple(self._at(argument, level) for argument in term.arguments)
        return self._random((name, orders), values, level)

    def _random(self, name: object, values: tuple[int, ...], level: int) -> int:
        key = (level, name, values)
        found = self._applied.get(key)
        if found is None:
            found = self._applied[key] = self.random.randrange(1, PRIMES[level])
        return found


class Numeric:
    """A random point in numbers, real as far as roots and logarithms allow.

    Args:
        terms: what has values there.
        seed: of the random numbers.
        positive: whether all that is unknown is positive, so that it has logarithms and roots.
        example: on which side of its kinks the point is to lie.
    """

    def __init__(
        self, terms: Terms, seed: int, *, positive: bool = False, example: Example | None = None
    ) -> None:
        self.terms = terms
        self.example = example
        self.signs = (1,) if positive else (-1, 1, 1)
        self.random = random.Random(seed)
        self.met: set[str] = set()
        self._values: dict[int, complex] = {}
        self._shapes: dict[str, tuple[tuple[float, ...], ...]] = {}
        self._open: set[int] = set()

    def value(self, term: Term) -> complex:
        """The value of a term; raises `Singular` or `OutOfReach`."""
        found = self._values.get(term.number)
        if found is None:
            try:
                found = self._computed(term)
            except (OverflowError, ValueError, ZeroDivisionError):
                raise Singular from None
            if cmath.isnan(found) or cmath.isinf(found):
                raise Singular
            self._values[term.number] = found
        return found

    @property
    def has_branches(self) -> bool:
        """Whether logarithms or roots were met, and nothing with a kink."""
        return bool(self.met & {"log", "sqrt"}) and not self.met & {*KINKS}

    def _computed(self, term: Term) -> complex:
        kind = term.kind
        if kind == PRODUCT:
            return math.prod([self.value(factor) for factor in term.arguments], start=1)
        if kind == SUM:
            return sum([self.value(part) for part in term.arguments])
        if kind == NUMBER:
            assert isinstance(term.data, Fraction)
            return float(term.data)
        if kind == UNKNOWN:
            defined = self.terms.definition(term)
            if defined is None or term.number in self._open:
                return self.random.choice(self.signs) * self.random.uniform(0.3, 1.6)
            self._open.add(term.number)
            value = self.value(defined)
            self._open.discard(term.number)
            return value
        if self.example is not None and kind == APPLY:
            assert isinstance(term.data, tuple)
            name, orders = term.data
            if name in KINKS and not any(orders):
                side = self.example.side(name, term.arguments[0])
                if side is not None:
                    return float(side)
        values = [self.value(argument) for argument in term.arguments]
        if kind == POWER:
            exponent = _plain(values[1])
            if not isinstance(exponent, int):
                self.met.add("sqrt")
            return pow(values[0], exponent)
        assert isinstance(term.data, tuple)
        name, orders = term.data
        self.met.add(name)
        if name in _NUMERIC and not (
            name in _CONSTANTS and values
        ):  # a policy `pi(y)` is no number
            if any(orders):
                raise OutOfReach
            return complex(_NUMERIC[name](*values))
        return self._generic(name, orders, values)

    def _generic(self, name: str, orders: tuple[int, ...], values: list[complex]) -> complex:
        """A sum of sines whose derivatives are known, different for each name."""
        if name not in self._shapes:
            self._shapes[name] = tuple(
                tuple(self.random.uniform(0.4, 1.3) for _ in range(len(values) + 2))
                for _ in range(3)
            )
        total: complex = 0
        for size, shift, *rates in self._shapes[name]:
            angle = shift + sum(rate * value for rate, value in zip(rates, values, strict=True))
            scale = math.prod(rate**order for rate, order in zip(rates, orders, strict=True))
            total += size * scale * cmath.sin(angle + sum(orders) * math.pi / 2)
        return total if abs(total.imag) > 1e-30 else total.real


class _Given(Numeric):
    """The one point at which what is unknown has the values of an example."""

    def __init__(self, terms: Terms, given: Mapping[int, float]) -> None:
        super().__init__(terms, 0)
        self.given = given

    def _computed(self, term: Term) -> complex:
        if term.kind == UNKNOWN and self.terms.definition(term) is None:
            if term.number not in self.given:
                raise OutOfReach
            return self.given[term.number]
        return super()._computed(term)

    def _generic(self, name: str, orders: tuple[int, ...], values: list[complex]) -> complex:
        raise OutOfReach


def _plain(value: complex) -> complex:
    """A whole exponent as a whole number, for an exact power."""
    real = complex(value)
    return int(real.real) if real.imag == 0 and real.real.is_integer() else value


def _real_if(function: Any, complex_function: Any) -> Any:
    def apply(u: complex) -> complex:
        plain = complex(u)
        if plain.imag == 0:
            try:
                return float(function(plain.real))
            except ValueError:
                pass
        return complex(complex_function(u))

    return apply


def _of_reals(u: complex) -> float:
    """The error function, which Python has for real numbers alone."""
    plain = complex(u)
    if plain.imag:
        raise OutOfReach
    return math.erf(plain.real)


_NUMERIC: dict[str, Any] = {
    "pi": lambda: math.pi,
    "erf": _of_reals,
    "arctan": _real_if(math.atan, cmath.atan),
    "exp": _real_if(math.exp, cmath.exp),
    "log": _real_if(math.log, cmath.log),
    "sqrt": _real_if(math.sqrt, cmath.sqrt),
    "sin": _real_if(math.sin, cmath.sin),
    "cos": _real_if(math.cos, cmath.cos),
    "step": lambda u: 1.0 if complex(u).real > 0 else 0.0,
    "sign": lambda u: 1.0 if complex(u).real > 0 else -1.0,
}
