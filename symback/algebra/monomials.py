"""Polynomials whose terms are sums over bound indices, with a spelling that decides equality.

A term is ``coefficient * sum over bound indices of a product of atoms``.  Factors stand inside the
sums and every sum is split over its terms, so that two expressions are equal for all sizes exactly
if their terms are, up to the order of factors and the names of bound indices.  Those names are
chosen by colour refinement (an index is known by what it stands in), and where that leaves a tie
by trying each choice and keeping the spelling that comes first.

An index is a positive number (a concrete entry), a text (a free index) or a negative number (a
bound index; no two sums that are read share one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd

__all__ = [
    "Atom",
    "Coefficient",
    "Index",
    "Polynomial",
    "Term",
    "TooManyTermsError",
    "content",
    "is_sum",
    "raised",
    "shape",
]

Index = int | str
Coefficient = int | Fraction
Naming = Mapping[int, str]

MAX_TIES = 720
"""So many namings of indices that look alike are tried for one term."""


class TooManyTermsError(Exception):
    """An expression has more terms than are multiplied out, or more ties than are tried."""


class Atom:
    """What a product is made of: an entry, an application, a partial, a delta, a sum of terms.

    Attributes:
        head: the kind and the name, as in ``("entry", "W1")`` or ``("apply", "f", "1")``.
        indices: the indices it stands at.
        parts: its arguments.
        bound: the bound indices of enclosing sums that stand in it.
        names: every kind and name that occurs in it, as in ``("entry", "W1")``.
    """

    __slots__ = ("bound", "head", "indices", "names", "parts", "text")

    def __init__(
        self, head: tuple[str, ...], indices: tuple[Index, ...], parts: tuple[Polynomial, ...]
    ) -> None:
        self.head = head
        self.indices = indices
        self.parts = parts
        own = frozenset(i for i in indices if isinstance(i, int) and i < 0)
        self.bound = own.union(*(part.bound for part in parts)) if parts else own
        self.names = frozenset((head[:2],)).union(*(part.names for part in parts))
        self.text = _spell_fresh(self, {}, 0)


class Term:
    """A product of powers of atoms, under the sums that bind its indices."""

    __slots__ = ("factors", "limits")

    def __init__(self, factors: dict[Atom, int], limits: tuple[tuple[int, str], ...]) -> None:
        self.factors = factors
        self.limits = limits


class Polynomial:
    """A sum of terms with rational coefficients; not changed once it is made.

    Attributes:
        terms: coefficients and terms, in no particular order.
        label: a short name that an algebra gives it as an argument, one for each text; so an
            argument within an argument is not spelled again at every level.
    """

    __slots__ = ("_bound", "_text", "label", "terms")

    def __init__(self, terms: Sequence[tuple[Coefficient, Term]]) -> None:
        self.terms = tuple(terms)
        self.label = ""
        self._bound: frozenset[int] | None = None
        self._text: str | None = None

    @property
    def bound(self) -> frozenset[int]:
        """The bound indices of enclosing sums that stand in it."""
        if self._bound is None:
            found: set[int] = set()
            for _, term in self.terms:
                inside: set[int] = set()
                for atom in term.factors:
                    inside |= atom.bound
                found |= inside.difference(index for index, _ in term.limits)
            self._bound = frozenset(found)
        return self._bound

    @property
    def text(self) -> str:
        """The spelling: equal texts are equal polynomials."""
        if self._text is None:
            self._text = _spell(self, {}, 0)
        return self._text

    @property
    def names(self) -> frozenset[tuple[str, ...]]:
        """Every kind and name that occurs."""
        return frozenset[tuple[str, ...]]().union(
            *(atom.names for _, term in self.terms for atom in term.factors)
        )

    @property
    def is_zero(self) -> bool:
        """Whether all terms cancel."""
        return not self.terms or self.text == ""


# Spelling ---------------------------------------------------------------------------------------


def _spell_index(index: Index, naming: Naming) -> str:
    if isinstance(index, str):
        return index
    return str(index) if index > 0 else naming.get(index, f"~{-index}")


def _spell_atom(atom: Atom, naming: Naming, depth: int) -> str:
    """An atom under a naming of bound indices; ``depth`` names are taken by enclosing sums."""
    return atom.text if atom.bound.isdisjoint(naming) else _spell_fresh(atom, naming, depth)


def _spell_fresh(atom: Atom, naming: Naming, depth: int) -> str:
    indices = [_spell_index(index, naming) for index in atom.indices]
    if atom.head[0] == "delta":
        indices.sort()
    text = f"{' '.join(atom.head)}[{','.join(indices)}]" if indices else " ".join(atom.head)
    if atom.parts:
        text += "{" + ";".join(_spell_part(part, naming, depth) for part in atom.parts) + "}"
    return text


def _spell_part(part: Polynomial, naming: Naming, depth: int) -> str:
    """An argument: by its label, which stands for its text, unless an index in it is renamed."""
    if part.bound.isdisjoint(naming):
        return part.label or part.text
    return _spell(part, naming, depth)


def _spell(polynomial: Polynomial, naming: Naming, depth: int) -> str:
    spelled: dict[str, Coefficient] = {}
    for coefficient, term in polynomial.terms:
        text = _spell_term(term, naming, depth)
        spelled[text] = spelled.get(text, 0) + coefficient
    return " + ".join(f"{spelled[text]}*{text}" for text in sorted(spelled) if spelled[text])


def _spell_term(term: Term, naming: Naming, depth: int) -> str:
    if not term.limits:
        return _spell_product(term, naming, depth)
    if len(term.limits) == 1:
        return _spell_named(term, [term.limits[0]], naming, depth)
    best: str | None = None
    inner = depth + len(term.limits)
    for order in _orders(term, naming, inner):
        text = _spell_named(term, order, naming, depth)
        best = text if best is None or text < best else best
    assert best is not None
    return best


def _spell_named(term: Term, order: Sequence[tuple[int, str]], naming: Naming, depth: int) -> str:
    names = {**naming, **{index: f"%{depth + n}" for n, (index, _) in enumerate(order)}}
    limits = ",".join(f"%{depth + n}:{upper}" for n, (_, upper) in enumerate(order))
    return f"sum({limits})" + _spell_product(term, names, depth + len(order))


def _spell_product(term: Term, naming: Naming, depth: int) -> str:
    parts = []
    for atom, exponent in term.factors.items():
        text = _spell_atom(atom, naming, depth)
        parts.append(text if exponent == 1 else f"{text}^{exponent}")
    parts.sort()
    return "(" + "*".join(parts) + ")"


def _orders(term: Term, naming: Naming, depth: int) -> Iterator[list[tuple[int, str]]]:
    """The orders of a term's bound indices that nothing distinguishes, one if all differ."""
    upper_of = dict(term.limits)
    uppers = sorted(set(upper_of.values()))
    start = {index: uppers.index(upper) for index, upper in term.limits}
    budget = MAX_TIES
    stack = [start if len(uppers) == len(start) else _refine(term, start, naming, depth)]
    while stack:
        colours = stack.pop()
        classes: dict[int, list[int]] = {}
        for index, colour in colours.items():
            classes.setdefault(colour, []).append(index)
        tied = [classes[colour] for colour in sorted(classes) if len(classes[colour]) > 1]
        if not tied:
            budget -= 1
            if budget < 0:
                raise TooManyTermsError
            yield [(index, upper_of[index]) for index in sorted(colours, key=colours.__getitem__)]
            continue
        for chosen in tied[0]:
            # Twice the colour leaves room to put the chosen one just before its like.
            split = {i: 2 * colour + (i != chosen) for i, colour in colours.items()}
            stack.append(_refine(term, split, naming, depth))


def _refine(term: Term, colours: Mapping[int, int], naming: Naming, depth: int) -> dict[int, int]:
    """Tell indices apart by the factors they stand in, until nothing new is learnt."""
    current = dict(colours)
    while True:
        names = {**naming, **{index: f"<{colour}>" for index, colour in current.items()}}
        seen: dict[int, list[str]] = {index: [] for index in current}
        for atom, exponent in term.factors.items():
            for index in atom.bound.intersection(current):
                marked = {**names, index: f"<{current[index]}*>"}
                seen[index].append(f"{_spell_atom(atom, marked, depth)}^{exponent}")
        keys = {index: (current[index], sorted(texts)) for index, texts in seen.items()}
        ranks = sorted({(colour, tuple(texts)) for colour, texts in keys.values()})
        new = {
            index: ranks.index((colour, tuple(texts))) for index, (colour, texts) in keys.items()
        }
        if len(set(new.values())) == len(set(current.values())):
            return new
        current = new


# Shape -------------------------------------------------------------------------------------------


def is_sum(atom: Atom) -> bool:
    """Whether an atom is a sum of terms that was not multiplied out."""
    return atom.head[0] == "terms"


def shape(atom: Atom) -> str:
    """The spelling of an atom with every enclosing bound index made alike."""
    return _spell_atom(atom, dict.fromkeys(atom.bound, "?"), 0) if atom.bound else atom.text


def _shape_of_term(term: Term) -> str:
    return "*".join(sorted(f"{shape(atom)}^{e}" for atom, e in term.factors.items()))


def _common_number(numbers: Sequence[Coefficient]) -> Coefficient:
    top, bottom = 0, 1
    for number in numbers:
        fraction = Fraction(number)
        top = gcd(top, fraction.numerator)
        bottom = bottom * fraction.denominator // gcd(bottom, fraction.denominator)
    return Fraction(top, bottom) if bottom != 1 else top


def content(polynomial: Polynomial) -> tuple[Coefficient, dict[Atom, int], Polynomial]:
    """The number and the factors that all terms share, and what is left."""
    if not polynomial.terms:
        return 0, {}, polynomial
    common: dict[Atom, int] | None = None
    for _, term in polynomial.terms:
        bound = {index for index, _ in term.limits}
        own = {a: e for a, e in term.factors.items() if a.bound.isdisjoint(bound)}
        if common is None:
            common = own
        else:
            common = {a: min(e, own[a]) for a, e in common.items() if a in own and e * own[a] > 0}
    assert common is not None
    first = min(polynomial.terms, key=lambda item: _shape_of_term(item[1]))[0]
    number = _common_number([c for c, _ in polynomial.terms])
    number = -number if first < 0 else number
    rest = []
    for coefficient, term in polynomial.terms:
        factors = {a: e - common.get(a, 0) for a, e in term.factors.items()}
        left = Fraction(coefficient) / number
        value = left.numerator if left.denominator == 1 else left
        rest.append((value, Term({a: e for a, e in factors.items() if e}, term.limits)))
    return number, common, Polynomial(rest)


def raised(number: Coefficient, exponent: int) -> Coefficient:
    """A power of a rational number, whole where it can be."""
    if number == 1:
        return 1
    result = Fraction(number) ** exponent
    return result.numerator if result.denominator == 1 else result
