"""Two values compared: equal modulo primes, equal in numbers only, or different at a witness."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from symback.reading.meaning.arrangements import LAYOUTS, arrangements
from symback.reading.meaning.arrays import Array, Jacobian, Value
from symback.reading.meaning.graph import Term, Terms
from symback.reading.meaning.points import Example, Modular, Numeric, OutOfReach, Singular
from symback.reading.network.places import Undecided
from symback.records import dataclass

__all__ = ["Comparer", "Outcome", "Sameness"]

_CLOSE = 1e-9
_APART = 1e-6
_ATTEMPTS = 6


class Sameness(Enum):
    """How two values compare."""

    EQUAL = "equal"
    CLOSE = "close"
    DIFFERENT = "different"
    TRANSPOSED = "transposed"
    SHAPES = "shapes"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How two values compare, whether both vanish, and where they differ, as text.

    `arrangement` is the code of how a derivative of an array by an array is written.
    """

    sameness: Sameness
    vanishes: bool = False
    left: str = ""
    right: str = ""
    arrangement: str = ""


class Comparer:
    """Compares values at points that stay the same for a whole document.

    Args:
        terms: what has values there.
        example: on which side of its kinks all points are to lie.
    """

    def __init__(self, terms: Terms, example: Example | None = None) -> None:
        self.terms = terms
        self.example = example
        self._modular = [Modular(terms, seed, example) for seed in (11, 12)]
        self._numeric = [Numeric(terms, seed, example=example) for seed in range(21, 35)]
        self._seed = 100

    def compare(self, left: Value, right: Value) -> Outcome:
        """Compare two values; raises `Undecided` where they cannot be compared."""
        if isinstance(left, Jacobian) or isinstance(right, Jacobian):
            return self._jacobians(left, right)
        left, right = _matched(left, right)
        if isinstance(left, Term) and isinstance(right, Term):
            return self.scalars(left, right)
        if isinstance(left, Array) and isinstance(right, Array):
            if left.shape == right.shape:
                return self._all(list(zip(left.items, right.items, strict=True)))
            if left.shape == right.shape[::-1]:
                turned = [
                    (left.items[r * left.columns + c], right.items[c * left.rows + r])
                    for r in range(left.rows)
                    for c in range(left.columns)
                ]
                if self._all(turned).sameness in (Sameness.EQUAL, Sameness.CLOSE):
                    return Outcome(Sameness.TRANSPOSED, False, _shape(left), _shape(right))
            return Outcome(Sameness.SHAPES, False, _shape(left), _shape(right))
        return Outcome(Sameness.SHAPES, False, _shape(left), _shape(right))

    def apart(self, left: Value, right: Value) -> bool:
        """Whether two values differ at one point; where that cannot be told, they may not."""
        left, right = _matched(left, right)
        if isinstance(left, Term) and isinstance(right, Term):
            pairs = [(left, right)]
        elif isinstance(left, Array) and isinstance(right, Array) and left.shape == right.shape:
            pairs = list(zip(left.items, right.items, strict=True))
        else:
            return False
        point = self._numeric[0]
        try:
            values = [(point.value(one), point.value(other)) for one, other in pairs]
        except (Singular, OutOfReach):
            return False
        return any(abs(one - other) > _APART * (abs(one) + abs(other)) for one, other in values)

    def _jacobians(self, left: Value, right: Value) -> Outcome:
        if not (isinstance(left, Jacobian) and isinstance(right, Jacobian)):
            return self._arranged(left, right)
        if (left.of_shape, left.by_shape) != (right.of_shape, right.by_shape):
            raise Undecided("jacobian-layout")
        pairs = [
            pair
            for one, other in zip(left.items, right.items, strict=True)
            for pair in zip(one, other, strict=True)
        ]
        return self._all(pairs)

    def _arranged(self, left: Value, right: Value) -> Outcome:
        """Compare a derivative of an array by an array with a number, a vector or a matrix."""
        jacobian, value = (left, right) if isinstance(left, Jacobian) else (right, left)
        assert isinstance(jacobian, Jacobian)
        assert not isinstance(value, Jacobian)
        outcomes = [
            replace(self._all(list(each.pairs)), arrangement=each.code)
            for each in arrangements(jacobian, value, self.terms.zero)
        ]
        if not outcomes:
            raise Undecided("jacobian-layout")
        same = [each for each in outcomes if each.sameness is not Sameness.DIFFERENT]
        if set(LAYOUTS) <= {each.arrangement for each in same}:
            return replace(same[0], arrangement="")
        if not same and min(jacobian.of_shape) > 1:
            raise Undecided("jacobian-layout")  # of a matrix, by an array: nobody agrees on these
        return (same or outcomes)[0]

    def _all(self, pairs: list[tuple[Term, Term]]) -> Outcome:
        sameness, vanishes = Sameness.EQUAL, True
        for left, right in pairs:
            outcome = self.scalars(left, right)
            if outcome.sameness is Sameness.DIFFERENT:
                return outcome
            if outcome.sameness is Sameness.CLOSE:
                sameness = Sameness.CLOSE
            vanishes = vanishes and outcome.vanishes
        return Outcome(sameness, vanishes)

    def scalars(self, left: Term, right: Term) -> Outcome:
        """Compare two scalars."""
        if left is right:
            return Outcome(Sameness.EQUAL, self._is_zero(left))
        if self.agree(left, right):
            return Outcome(Sameness.EQUAL, self._is_zero(left))
        for number in self._numeric:
            one, other = self._numbers(number, left, right)
            scale = abs(one) + abs(other)
            if abs(one - other) > _APART * scale:
                if not _are_real(one, other):
                    raise Undecided("not-defined-anywhere")  # on other branches of a logarithm
                if self._same_of_positive(left, right):
                    raise Undecided("doubtful-condition")  # what has a logarithm is positive
                return Outcome(Sameness.DIFFERENT, False, _text(one), _text(other))
            if abs(one - other) > _CLOSE * max(scale, 1e-3):
                raise Undecided("too-close-to-call")
        return Outcome(Sameness.CLOSE)

    def _same_of_positive(self, left: Term, right: Term) -> bool:
        """Whether two scalars with logarithms or roots are the same where all is positive."""
        field = Numeric(self.terms, self._seed, positive=True, example=self.example)
        try:
            one, other = field.value(left), field.value(right)
        except (Singular, OutOfReach):
            return False
        return field.has_branches and abs(one - other) <= _CLOSE * max(abs(one) + abs(other), 1e-3)

    def agree(self, left: Term, right: Term) -> bool:
        """Whether two scalars agree modulo primes at every point; never by chance."""
        try:
            for at in range(len(self._modular)):
                one, other = self._residues(at, left, right)
                if one != other:
                    return False
        except OutOfReach:
            return False
        return True

    def is_constant(self, term: Term) -> bool:
        """Say whether a scalar has the same value at every point that is tried."""
        if term.value is not None:
            return True
        try:
            found = [field.value(term) for field in self._numeric]
        except (Singular, OutOfReach):
            return False
        return all(abs(value - found[0]) <= _CLOSE * (1 + abs(found[0])) for value in found)

    def _residues(self, at: int, left: Term, right: Term) -> tuple[int, int]:
        for _ in range(_ATTEMPTS):
            field = self._modular[at]
            try:
                return field.value(left), field.value(right)
            except Singular:
                self._seed += 1
                self._modular[at] = Modular(self.terms, self._seed, self.example)
        raise Undecided("not-defined-anywhere")

    def _numbers(self, field: Numeric, left: Term, right: Term) -> tuple[complex, complex]:
        """Both values at a point, at one at which they are real if such a one is found."""
        found: tuple[complex, complex] | None = None
        for attempt in range(_ATTEMPTS):
            try:
                found = field.value(left), field.value(right)
            except Singular:
                pass
            except OutOfReach:
                break
            if found is not None and _are_real(*found):
                return found
            self._seed += 1
            field = Numeric(self.terms, self._seed, positive=attempt % 2 == 1, example=self.example)
        if found is None:
            raise Undecided("not-defined-anywhere")
        return found

    def _is_zero(self, term: Term) -> bool:
        if term is self.terms.zero:
            return True
        try:
            return self._modular[0].value(term) == 0
        except (OutOfReach, Singular):
            return False

    def ratio(self, left: Term, right: Term) -> object:
        """The rational number that one is of the other at every point, or None."""
        for text in ("-1", "2", "1/2", "-2", "-1/2", "3", "1/3", "4", "1/4", "5", "1/5"):
            above, _, below = text.partition("/")
            factor = self.terms.quotient(
                self.terms.number(int(above)), self.terms.number(int(below or 1))
            )
            if self.agree(self.terms.product((factor, left)), right):
                return text
        return None


def _matched(left: Value, right: Value) -> tuple[Value, Value]:
    """An array of one entry is a scalar; a plain 0 is an array of zeros."""
    if isinstance(left, Array) and isinstance(right, Term):
        if len(left.items) == 1:
            return left.items[0], right
        if right.value == 0:
            return left, left.map(lambda _: right)
    if isinstance(right, Array) and isinstance(left, Term):
        if len(right.items) == 1:
            return left, right.items[0]
        if left.value == 0:
            return right.map(lambda _: left), right
    return left, right


def _shape(value: Value) -> str:
    return f"{value.rows}×{value.columns}" if isinstance(value, Array) else "1×1"


def _are_real(*values: complex) -> bool:
    return all(abs(complex(value).imag) < 1e-12 for value in values)


def _text(value: complex) -> str:
    plain = complex(value)
    return f"{plain.real:.6g}" if abs(plain.imag) < 1e-12 else f"{plain:.4g}"
