"""Sums of products over affine indices under conditions, with a spelling that decides equality.

A term is ``coefficient * sum over bound letters, where conditions hold, of a product of atoms``.  A
bound letter runs over all integers; its range is among the conditions.  An equation among them that
has a bound letter with coefficient 1 or -1 is solved and spent.  The spelling of a term chooses
letters so that ``sum_m dy[n-m+1] w[m]`` and ``sum_i dy[i] w[n-i+1]`` read the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count, permutations, product

from symback.verification.allsizes.affine import (
    Affine,
    Condition,
    Variable,
    at_least,
    implied,
    impossible,
)

__all__ = [
    "Atom",
    "Given",
    "Poly",
    "Term",
    "TooLargeError",
    "Work",
    "fresh",
    "product_of",
    "vanishes",
]

MOST_TERMS = 3000
MOST_NAMINGS = 2000
MOST_WORK = 6_000
"""So many terms are spelled for one equality before it is given up."""

_numbers = count(1)


class TooLargeError(Exception):
    """There are more terms, or more namings of letters, than are looked through."""


class Work:
    """What was done for the equality that is being decided."""

    done = 0

    @classmethod
    def count(cls, amount: int = 1) -> None:
        """Note some work.

        Raises:
            TooLargeError: beyond `MOST_WORK`.
        """
        cls.done += amount
        if cls.done > MOST_WORK:
            raise TooLargeError


def fresh() -> int:
    """A bound letter that no term has yet."""
    return next(_numbers)


Poly = tuple["Term", ...]
"""A sum of terms."""


class Atom:
    """What a product is made of: an entry, an application, an adjoint; equal by its text."""

    __slots__ = ("args", "head", "height", "indices", "text", "variables")
    height: int
    text: str

    def __init__(
        self, head: str, indices: Sequence[Affine] = (), args: Sequence[Poly] = ()
    ) -> None:
        self.head = head
        self.indices = tuple(indices)
        self.args = tuple(args)
        found: set[Variable] = set()
        for index in self.indices:
            found |= index.variables
        for arg in self.args:
            for term in arg:
                found |= term.free
        self.variables = frozenset(found)
        # Bound letters are named by the height at which they are bound, so that a letter of a sum
        # is never taken for one of a sum within it.
        inside = [term.height + 1 for arg in self.args for term in arg]
        inside += [v.height for v in found if isinstance(v, Atom)]
        self.height = max(inside, default=0)
        self.text = self._spell()

    def _spell(self) -> str:
        indices = ",".join(index.text for index in self.indices)
        args = ";".join(spell(arg) for arg in self.args)
        return f"{self.head}[{indices}]" + (f"({args})" if self.args else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def put(self, values: Mapping[Variable, Affine]) -> Atom:
        """The same with forms in place of variables."""
        if values.keys().isdisjoint(self.variables):
            return self
        return Atom(
            self.head,
            [index.put(values) for index in self.indices],
            [tuple(term.put(values) for term in arg) for arg in self.args],
        )

    def as_index(self, values: Mapping[Variable, Affine]) -> Affine:
        """The same as an index: a product of a size and a form is taken apart again."""
        if self.head != "times":
            return Affine({self.put(values): 1})
        first, second = (index.put(values) for index in self.indices)
        return product_of(first, second)

    @property
    def shape(self) -> str:
        """The spelling with everything bound, or dependent on it, made alike."""
        bound = {v: Affine({"?": 1}) for v in self.variables if isinstance(v, int)}
        if not bound:
            return self.text
        marked = [
            "?" if not bound.keys().isdisjoint(index.variables) else index.text
            for index in self.indices
        ]
        args = [
            "?" if any(not bound.keys().isdisjoint(t.free) for t in arg) else spell(arg)
            for arg in self.args
        ]
        return f"{self.head}[{','.join(marked)}]({';'.join(args)})"


def product_of(first: Affine, second: Affine) -> Affine:
    """The product of two forms: linear where one of them is a number, else in new variables."""
    result = Affine({}, first.constant * second.constant)
    for variable, coefficient in first.terms.items():
        result = result + Affine({variable: coefficient * second.constant})
    for variable, coefficient in second.terms.items():
        result = result + Affine({variable: coefficient * first.constant})
        for other, scale in first.terms.items():
            pair = sorted((Affine({other: 1}), Affine({variable: 1})), key=lambda form: form.text)
            result = result + Affine({Atom("times", pair): coefficient * scale})
    return result


class Term:
    """One term; see the module."""

    __slots__ = ("bound", "coefficient", "conditions", "factors", "free", "height", "key")
    free: set[Variable]
    height: int

    def __init__(
        self,
        coefficient: Fraction | int,
        factors: Mapping[Atom, int],
        bound: Iterable[int] = (),
        conditions: Iterable[Condition] = (),
    ) -> None:
        self.coefficient = coefficient
        self.factors = {atom: e for atom, e in factors.items() if e}
        self.bound = frozenset(bound)
        self.conditions = frozenset(c for c in conditions if c.holds is not True)
        found: set[Variable] = set()
        for atom in self.factors:
            found |= atom.variables
        for condition in self.conditions:
            found |= condition.form.variables
        self.free = found - self.bound
        heights = [atom.height for atom in self.factors]
        heights += [v.height for v in found if isinstance(v, Atom)]
        self.height = max(heights, default=0)
        self.key: tuple[str, str] | None = None

    def times(self, scale: Fraction | int) -> Term:
        """A multiple: all but the coefficient, and so the spelling, stays."""
        return self.weighing(self.coefficient * scale)

    def weighing(self, coefficient: Fraction | int) -> Term:
        """The same with another coefficient."""
        other = Term.__new__(Term)
        other.coefficient = coefficient
        other.factors, other.bound, other.conditions = self.factors, self.bound, self.conditions
        other.free, other.height, other.key = self.free, self.height, self.key
        return other

    def put(self, values: Mapping[Variable, Affine]) -> Term:
        """The same with forms in place of free variables."""
        if values.keys().isdisjoint(self.free):
            return self
        factors: dict[Atom, int] = {}
        for atom, exponent in self.factors.items():
            new = atom.put(values)
            factors[new] = factors.get(new, 0) + exponent
        return Term(self.coefficient, factors, self.bound, (c.put(values) for c in self.conditions))

    def apart(self) -> Term:
        """The same with fresh bound letters."""
        if not self.bound:
            return self
        names = {old: fresh() for old in self.bound}
        body = Term(self.coefficient, self.factors, (), self.conditions)
        body = body.put({old: Affine({new: 1}) for old, new in names.items()})
        return Term(body.coefficient, body.factors, names.values(), body.conditions)


class Given:
    """What may be taken for granted: sizes are positive, letters are in their ranges.

    Args:
        conditions: on sizes and free letters.
        counts: of each array of indices, up to which its entries count.
    """

    def __init__(
        self, conditions: Iterable[Condition], counts: Mapping[str, Affine] | None = None
    ) -> None:
        self.conditions = frozenset(conditions)
        self.counts = counts or {}

    def about(self, term: Term) -> frozenset[Condition]:
        """The same with what is known of the lookups in a term."""
        found = set(self.conditions)
        for atom in term.free:
            if not isinstance(atom, Atom):
                continue
            form, name = Affine({atom: 1}), atom.head.removeprefix("look ")
            if name in self.counts:
                found |= {at_least(form - 1), at_least(self.counts[name] - form)}
            elif atom.head.startswith("arg") and len(atom.indices) == 2:
                first, last = atom.indices
                found |= {at_least(form - first), at_least(last - form)}
        return frozenset(found)

    def simplified(self, term: Term) -> list[Term]:
        """A term without equations that can be spent, and without conditions that follow."""
        Work.count()
        while True:
            if any(c.holds is False for c in term.conditions) or not term.coefficient:
                return []
            solved = _solved(term)
            if solved is None:
                break
            term = solved
        known = self.about(term)
        if impossible(known | term.conditions):
            return []
        kept = set(term.conditions)
        for condition in sorted(term.conditions, key=lambda c: c.text):
            if implied(condition, known | (kept - {condition})):
                kept.discard(condition)
        if len(kept) < len(term.conditions):
            term = Term(term.coefficient, term.factors, term.bound, kept)
        for letter in sorted(term.bound):
            if not any(letter in atom.variables for atom in term.factors):
                counted = self._counted(term, letter)
                if counted is not None:
                    return [t for each in counted for t in self.simplified(each)]
        return [term]

    def _counted(self, term: Term, letter: int) -> list[Term] | None:
        """A term that does not depend on a letter, times the number of the letter's values."""
        own = [c for c in term.conditions if letter in c.form.variables]
        low = [c.form for c in own if c.kind == "ge" and c.form.terms.get(letter) == 1]
        high = [c.form for c in own if c.kind == "ge" and c.form.terms.get(letter) == -1]
        if len(own) != 2 or len(low) != 1 or len(high) != 1:
            return None
        number = low[0] + high[0] + 1
        rest = term.conditions - set(own)
        if not implied(Condition("ge", number), self.conditions | rest):
            return None
        bound = term.bound - {letter}
        parts = []
        for variable, coefficient in number.terms.items():
            atom = Atom("index", (Affine({variable: 1}),))
            factors = {**term.factors, atom: term.factors.get(atom, 0) + 1}
            parts.append(Term(term.coefficient * coefficient, factors, bound, rest))
        if number.constant:
            parts.append(Term(term.coefficient * number.constant, term.factors, bound, rest))
        return parts


def _solved(term: Term) -> Term | None:
    """A term with one of its equations solved and spent; None where none can be."""
    for condition in sorted(term.conditions, key=lambda c: c.text):
        if condition.kind != "eq":
            continue
        form = condition.form
        for variable, coefficient in form.terms.items():
            if abs(coefficient) != 1 or not isinstance(variable, int | str):
                continue
            value = (form - Affine({variable: coefficient})) * -coefficient
            if variable in value.variables:
                continue
            if variable in term.bound:
                rest = Term(
                    term.coefficient,
                    term.factors,
                    term.bound - {variable},
                    term.conditions - {condition},
                )
                # The letter is free in what is left, and then gone.
                return rest.put({variable: value})
    # A free letter that an equation fixes is replaced everywhere else, so that spellings agree.
    for condition in sorted(term.conditions, key=lambda c: c.text):
        if condition.kind != "eq":
            continue
        form = condition.form
        letters = [v for v, c in form.terms.items() if isinstance(v, str) and abs(c) == 1]
        letters = [v for v in letters if v[:1].islower()]
        for variable in letters[-1:]:  # always the same one, so that this ends
            value = (form - Affine({variable: form.terms[variable]})) * -form.terms[variable]
            others = Term(1, term.factors, term.bound, term.conditions - {condition})
            if variable in others.free and variable not in value.variables:
                new = others.put({variable: value})
                return Term(term.coefficient, new.factors, new.bound, {*new.conditions, condition})
    return None


# Spelling ---------------------------------------------------------------------------------------


def spell(poly: Poly) -> str:
    """The spelling of a sum of terms: equal texts are equal sums."""
    found: dict[str, Fraction | int] = {}
    for term in poly:
        text = "&".join(key_of(term))
        found[text] = found.get(text, 0) + term.coefficient
    return " + ".join(f"{found[text]}*{text}" for text in sorted(found) if found[text])


def key_of(term: Term) -> tuple[str, str]:
    """The spelling of a term's factors and of its conditions, letters chosen for it."""
    if term.key is None:
        term.key = (
            min((_texts(named) for named in _namings(term)), default=("", ""))
            if term.bound
            else _texts(term)
        )
    return term.key


def named(term: Term) -> Term:
    """A term with its bound letters chosen: ``%1``, ``%2``, … are free in it."""
    return min(_namings(term), key=_texts) if term.bound else term


def _texts(term: Term) -> tuple[str, str]:
    factors = sorted(
        atom.text if e == 1 else f"{atom.text}^{e}" for atom, e in term.factors.items()
    )
    return "*".join(factors), "&".join(sorted(c.text for c in term.conditions))


def _namings(term: Term) -> Iterator[Term]:
    """A term with its bound letters replaced, in each way that nothing tells apart."""
    groups: dict[str, list[Atom]] = {}
    for atom, exponent in term.factors.items():
        if not term.bound.isdisjoint(atom.variables):
            groups.setdefault(f"{atom.shape}^{exponent}", []).append(atom)
    orders = product(*(permutations(groups[shape]) for shape in sorted(groups)))
    tried = 0
    for order in orders:
        atoms = [atom for group in order for atom in group]
        for renamed in _reparametrised(term, atoms):
            tried += 1
            Work.count()
            if tried > MOST_NAMINGS:
                raise TooLargeError
            yield renamed


def _reparametrised(term: Term, atoms: list[Atom]) -> Iterator[Term]:
    """Letters chosen slot by slot: where a slot holds a bound letter once, it becomes a letter."""
    stack = [(Term(term.coefficient, term.factors, (), term.conditions), atoms, term.bound, 1)]
    while stack:
        body, rest, left, number = stack.pop()
        if not left:
            yield body
            continue
        slots = _slots(rest)
        choice = next(
            (
                (slot, letters)
                for slot in slots
                if (letters := [v for v, c in slot.terms.items() if v in left and abs(c) == 1])
            ),
            None,
        )
        if choice is None:  # only in conditions, or with another coefficient, or within lookups
            for letter in sorted(left):
                values = {letter: Affine({f"%{term.height}.{number}": 1})}
                stack.append(
                    (body.put(values), [a.put(values) for a in rest], left - {letter}, number + 1)
                )
            continue
        slot, letters = choice
        for letter in letters:
            coefficient = slot.terms[letter]
            others = slot - Affine({letter: coefficient})
            if letter in others.variables:
                continue
            # letter * coefficient + others = new
            values = {letter: (Affine({f"%{term.height}.{number}": 1}) - others) * coefficient}
            stack.append(
                (body.put(values), [a.put(values) for a in rest], left - {letter}, number + 1)
            )


def _slots(atoms: Iterable[Atom]) -> Iterator[Affine]:
    """Every index that stands in atoms, those of arguments after their own."""
    for atom in atoms:
        yield from atom.indices
        for arg in atom.args:
            for term in sorted(arg, key=lambda t: sorted(a.shape for a in t.factors)):
                yield from _slots(sorted(term.factors, key=lambda a: a.shape))


# Deciding ----------------------------------------------------------------------------------------


def settled(term: Term, given: Given) -> list[Term]:
    """A term simplified, and what stands under its functions and denominators as well.

    Under a function everything is known that is known of the term: where that does not hold, the
    term is 0.
    """
    found = []
    for simple in given.simplified(term):
        if not any(atom.args for atom in simple.factors):
            found.append(simple)
            continue
        inside = Given(given.about(simple) | simple.conditions, given.counts)
        factors: dict[Atom, int] = {}
        for atom, exponent in simple.factors.items():
            new = atom
            if atom.args:
                args = [
                    _put_together(t for a in arg for t in settled(a, inside)) for arg in atom.args
                ]
                new = Atom(atom.head, atom.indices, args)
            factors[new] = factors.get(new, 0) + exponent
        found.append(Term(simple.coefficient, factors, simple.bound, simple.conditions))
    return found


def _put_together(terms: Iterable[Term]) -> Poly:
    """Like terms put together, those that vanish left out."""
    found: dict[tuple[str, str], Term] = {}
    for term in terms:
        key = key_of(term)
        before = found[key].coefficient if key in found else 0
        found[key] = term.weighing(term.coefficient + before)
    return tuple(term for term in found.values() if term.coefficient)


def vanishes(poly: Poly, given: Given) -> bool:
    """Whether a sum of terms is zero for all sizes, by its spelling and by cases of conditions."""
    groups: dict[str, list[Term]] = {}
    for term in poly:
        for simple in settled(term, given):
            chosen = named(simple)
            groups.setdefault(_texts(chosen)[0], []).append(chosen)
    return all(_cancels(group, given.conditions) for group in groups.values())


def _cancels(terms: Sequence[Term], known: frozenset[Condition], depth: int = 0) -> bool:
    """Whether terms with the same factors cancel wherever their conditions hold."""
    if impossible(known):
        return True
    left = []
    for term in terms:
        conditions = frozenset(c for c in term.conditions if not implied(c, known))
        if not impossible(known | conditions):
            left.append(Term(term.coefficient, {}, (), conditions))
    if not left or depth > 12:
        return not left
    open_ = sorted({c for term in left for c in term.conditions}, key=lambda c: c.text)
    if not open_:
        return sum(term.coefficient for term in left) == 0
    sets = {term.conditions for term in left}
    if len(sets) == 1:
        return sum(term.coefficient for term in left) == 0
    condition = open_[0]
    return all(
        _cancels(
            [t for t in left if case is not None or condition not in t.conditions]
            if case is not None
            else [t for t in left if condition not in t.conditions],
            known if case is None else known | {case},
            depth + 1,
        )
        for case in _cases(condition)
    )


def _cases(condition: Condition) -> list[Condition | None]:
    """A condition and what holds where it does not; None for what cannot be said."""
    if condition.kind == "ge":
        return [condition, Condition("ge", condition.form * -1 - 1)]
    if condition.kind == "eq":
        return [
            condition,
            Condition("ge", condition.form - 1),
            Condition("ge", condition.form * -1 - 1),
        ]
    return [condition, None]
