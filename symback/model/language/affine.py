"""Index expressions of the language, on the standard library: affine, with sizes as coefficients.

An `Affine` is a polynomial in sizes that is linear in letters, lookups and rounded quotients, as
``S*(i - 1) + r``.  Sizes are at least 1: that decides most of what a reader must know about ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from itertools import product

from symback.records import dataclass

__all__ = ["Affine", "Atom", "Choice", "Letter", "Lookup", "Rounded", "Span", "as_text"]


@dataclass(frozen=True, slots=True)
class Letter:
    """An index letter."""

    name: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """An entry of an integer array, or an integer scalar."""

    name: str
    indices: tuple[Affine, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """``min`` or ``max`` of several index expressions, in the limits of a binder."""

    kind: str
    parts: tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class Rounded:
    """``ceil`` or ``floor`` of a quotient, in the limits of a binder."""

    kind: str
    numerator: Affine
    divisor: Affine


Atom = Letter | Lookup | Choice | Rounded
Key = tuple[tuple[str, ...], Atom | None]
"""Sizes that are multiplied, and what they multiply."""


@dataclass(frozen=True, slots=True)
class Affine:
    """A sum of terms, none of them 0, in a fixed order."""

    terms: tuple[tuple[Key, int], ...] = ()

    @staticmethod
    def of(terms: Mapping[Key, int]) -> Affine:
        """The sum of terms; those that are 0 are left out."""
        kept = ((key, value) for key, value in terms.items() if value)
        return Affine(tuple(sorted(kept, key=lambda term: _order(term[0]))))

    @staticmethod
    def number(value: int) -> Affine:
        """An integer."""
        return Affine.of({((), None): value})

    @staticmethod
    def size(name: str) -> Affine:
        """A size."""
        return Affine.of({((name,), None): 1})

    @staticmethod
    def atom(atom: Atom) -> Affine:
        """A letter, a lookup, a choice or a rounded quotient."""
        return Affine.of({((), atom): 1})

    def __add__(self, other: Affine) -> Affine:
        terms = dict(self.terms)
        for key, value in other.terms:
            terms[key] = terms.get(key, 0) + value
        return Affine.of(terms)

    def __neg__(self) -> Affine:
        return Affine(tuple((key, -value) for key, value in self.terms))

    def __sub__(self, other: Affine) -> Affine:
        return self + -other

    def times(self, other: Affine) -> Affine | None:
        """The product; None where both sides hold a letter."""
        if self.atoms and other.atoms:
            return None
        terms: dict[Key, int] = {}
        for ((left, a), m), ((right, b), n) in product(self.terms, other.terms):
            key = (tuple(sorted((*left, *right))), a or b)
            terms[key] = terms.get(key, 0) + m * n
        return Affine.of(terms)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Letters, lookups, choices and rounded quotients, each once."""
        return tuple(dict.fromkeys(atom for (_, atom), _ in self.terms if atom is not None))

    @property
    def integer(self) -> int | None:
        """Its value, where it is a number."""
        if not self.terms:
            return 0
        key, value = self.terms[0]
        return value if len(self.terms) == 1 and key == ((), None) else None

    @property
    def letter(self) -> str | None:
        """The letter that it is, where it is one by itself."""
        if len(self.terms) != 1:
            return None
        (sizes, atom), value = self.terms[0]
        return atom.name if isinstance(atom, Letter) and not sizes and value == 1 else None

    def coefficient(self, atom: Atom | None) -> Affine:
        """What multiplies an atom; for None, the terms without one."""
        return Affine.of({(sizes, None): n for (sizes, own), n in self.terms if own == atom})

    def replaced(self, atom: Atom, value: Affine) -> Affine:
        """The same with a value for an atom."""
        factor = self.coefficient(atom)
        rest = Affine.of({key: n for key, n in self.terms if key[1] != atom})
        new = factor.times(value)
        assert new is not None  # a coefficient holds sizes alone
        return rest + new

    def at_sizes(self, numbers: Mapping[str, int]) -> Affine:
        """The same with numbers for some sizes."""
        terms: dict[Key, int] = {}
        for (sizes, atom), value in self.terms:
            for size in sizes:
                value *= numbers.get(size, 1)
            key = tuple(size for size in sizes if size not in numbers), atom
            terms[key] = terms.get(key, 0) + value
        return Affine.of(terms)

    @property
    def sizes(self) -> Iterator[str]:
        """The names of all sizes in it."""
        for (sizes, atom), _ in self.terms:
            yield from sizes
            yield from _sizes_in(atom)

    @property
    def is_nonnegative(self) -> bool | None:
        """Whether it is at least 0 for all sizes from 1: True, False for none, None for some."""
        if self.atoms:
            return None
        # Each size is 1 plus something from 0: then signs of coefficients decide.
        shifted: dict[tuple[str, ...], int] = {}
        for (sizes, _), value in self.terms:
            for chosen in product((True, False), repeat=len(sizes)):
                key = tuple(size for size, kept in zip(sizes, chosen, strict=True) if kept)
                shifted[key] = shifted.get(key, 0) + value
        if all(value >= 0 for value in shifted.values()):
            return True
        if all(value <= 0 for value in shifted.values()) and shifted.get((), 0) < 0:
            return False
        return None

    def bound(self, kind: str, spans: Callable[[Atom], Span | None]) -> list[Affine] | None:
        """Values of which each bounds it from above (``max``) or below (``min``), in sizes alone.

        Args:
            kind: ``max`` or ``min``.
            spans: the first and last value of each letter.

        Returns:
            The smallest of them is a bound from above; any one is.  None where it cannot be told.
        """
        found: list[Affine] = []
        work = [self]
        while work:
            expression = work.pop()
            if not expression.atoms:
                found.append(expression)
                continue
            # A letter whose limits mention others goes first: that uses up nested limits.
            atom = max(expression.atoms, key=lambda a: _depth(a, spans))
            factor = expression.coefficient(atom)
            sign = factor.is_nonnegative, (-factor).is_nonnegative
            if True not in sign or len(work) + len(found) > 64:
                continue
            values = _ends(atom, kind if sign[0] else _OTHER[kind], spans)
            work += [expression.replaced(atom, value) for value in values]
        return found or None

    def __str__(self) -> str:
        return as_text(self)


@dataclass(frozen=True, slots=True)
class Span:
    """The values of an index: first and last."""

    first: Affine
    last: Affine

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


_OTHER = {"max": "min", "min": "max"}


def _ends(atom: Atom, kind: str, spans: Callable[[Atom], Span | None]) -> Iterable[Affine]:
    """Bounds of an atom, from above or below; none where they cannot be told."""
    if isinstance(atom, Letter | Lookup):
        span = spans(atom)
        return [] if span is None else [span.last if kind == "max" else span.first]
    # min(a, b) is at most a and at most b; it is at least neither.
    return atom.parts if isinstance(atom, Choice) and atom.kind != kind else []


def _depth(atom: Atom, spans: Callable[[Atom], Span | None]) -> int:
    if isinstance(atom, Letter):
        span = spans(atom)
        if span is not None:
            inner = (*span.first.atoms, *span.last.atoms)
            return 1 + max((_depth(part, spans) for part in inner), default=0)
    return 0 if isinstance(atom, Letter | Lookup) else 1000


def _sizes_in(atom: Atom | None) -> Iterator[str]:
    match atom:
        case Lookup(_, parts) | Choice(_, parts):
            for part in parts:
                yield from part.sizes
        case Rounded(_, numerator, divisor):
            yield from numerator.sizes
            yield from divisor.sizes


def _order(key: Key) -> tuple[bool, int, str, tuple[str, ...]]:
    sizes, atom = key
    return (atom is None, -len(sizes), "" if atom is None else _atom_text(atom), sizes)


def as_text(expression: Affine) -> str:
    """The expression in the language."""
    if not expression.terms:
        return "0"
    parts = [_term_text(key, value) for key, value in expression.terms]
    if parts[0].startswith("-"):  # what is added comes first, as in n - m rather than -m + n
        parts.sort(key=lambda part: part.startswith("-"))
    joined = reduce(
        lambda done, part: done + (f"-{part[1:]}" if part.startswith("-") else f"+{part}"), parts
    )
    return joined


def _term_text(key: Key, value: int) -> str:
    sizes, atom = key
    factors = [*sizes, *([] if atom is None else [_atom_text(atom)])]
    if not factors:
        return str(value)
    number = {1: [], -1: []}.get(value, [str(abs(value))])
    return ("-" if value < 0 else "") + "*".join((*number, *factors))


def _atom_text(atom: Atom) -> str:
    match atom:
        case Letter(name):
            return name
        case Lookup(name, indices):
            return f"{name}[{','.join(map(as_text, indices))}]" if indices else name
        case Choice(kind, parts):
            return f"{kind}({','.join(map(as_text, parts))})"
        case Rounded(kind, numerator, divisor):
            bottom = as_text(divisor)
            simple = len(divisor.terms) == 1 and "*" not in bottom
            return f"{kind}(({as_text(numerator)})/{bottom if simple else f'({bottom})'})"
