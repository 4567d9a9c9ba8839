"""Affine index forms and conditions on them: what holds for all sizes is decided on these.

A form is an integer combination of variables: free letters and sizes by name, bound letters by
number, lookups and places of extremes as atoms.  A condition says that a form is not negative, or
zero, or divisible.  Whether conditions contradict each other is decided over the rationals
(Fourier and Motzkin), which errs on one side only: what is called impossible is impossible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import gcd
from typing import Any, NamedTuple

__all__ = ["Affine", "Condition", "Variable", "at_least", "implied", "impossible", "is_zero"]

Variable = Any
"""A name (free letters, sizes), a number (bound letters), or an atom (lookups)."""

MOST_ROWS = 400
"""An elimination with more inequalities than this is given up: nothing is then said."""


class Affine:
    """An integer combination of variables and a constant; equal by its text."""

    __slots__ = ("_variables", "constant", "terms", "text")

    def __init__(self, terms: Mapping[Variable, int], constant: int = 0) -> None:
        kept = {v: c for v, c in terms.items() if c}
        if len(kept) > 1:
            kept = dict(sorted(kept.items(), key=_by_spelling))
        self._set(kept, constant)

    def _set(self, terms: dict[Variable, int], constant: int) -> None:
        self.terms = terms
        self.constant = constant
        self._variables: frozenset[Variable] | None = None
        text = ""
        for variable, coefficient in terms.items():
            text += f"{coefficient}*{spelled(variable)}+"
        self.text = f"{text}{constant}"

    @classmethod
    def _of(cls, terms: dict[Variable, int], constant: int) -> Affine:
        """A form whose terms are in order, and none of them 0."""
        new = cls.__new__(cls)
        new._set(terms, constant)
        return new

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Affine) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __add__(self, other: Affine | int) -> Affine:
        return self.plus(other, 1)

    def __sub__(self, other: Affine | int) -> Affine:
        return self.plus(other, -1)

    def plus(self, other: Affine | int, scale: int) -> Affine:
        """The form and a multiple of another: one new form, as most of a proof's time is these."""
        if isinstance(other, int):
            return Affine._of(self.terms, self.constant + other * scale) if other else self
        if not other.terms:
            return self.plus(other.constant, scale)
        terms = dict(self.terms)
        for variable, coefficient in other.terms.items():
            terms[variable] = terms.get(variable, 0) + coefficient * scale
        return Affine(terms, self.constant + other.constant * scale)

    def __mul__(self, scale: int) -> Affine:
        if not scale:
            return Affine._of({}, 0)
        return Affine._of({v: c * scale for v, c in self.terms.items()}, self.constant * scale)

    @property
    def variables(self) -> frozenset[Variable]:
        """The variables, and those that lookups among them depend on."""
        if self._variables is None:
            found = frozenset(self.terms)
            for variable in self.terms:
                if not isinstance(variable, int | str):
                    found |= variable.variables
            self._variables = found
        return self._variables

    @property
    def single(self) -> Variable | None:
        """The one variable that it is, if it is one."""
        if self.constant or len(self.terms) != 1:
            return None
        ((variable, coefficient),) = self.terms.items()
        return variable if coefficient == 1 else None

    def put(self, values: Mapping[Variable, Affine]) -> Affine:
        """The same with forms in place of variables, in lookups too."""
        if values.keys().isdisjoint(self.variables):
            return self
        terms: dict[Variable, int] = {}
        constant = self.constant
        for variable, coefficient in self.terms.items():
            found = values.get(variable)
            if found is None:
                if isinstance(variable, int | str):
                    terms[variable] = terms.get(variable, 0) + coefficient
                    continue
                found = variable.as_index(values)
            constant += found.constant * coefficient
            for other, scale in found.terms.items():
                terms[other] = terms.get(other, 0) + scale * coefficient
        return Affine(terms, constant)


def _by_spelling(item: tuple[Variable, int]) -> str:
    return spelled(item[0])


def spelled(variable: Variable) -> str:
    """A variable as text."""
    if isinstance(variable, str):
        return variable
    return f"~{variable}" if isinstance(variable, int) else variable.text


class Condition(NamedTuple):
    """What is asked of a form.

    Attributes:
        kind: ``ge`` (not negative), ``eq`` (zero) or ``div`` (divisible by ``divisor``).
        form: the form.
        divisor: of ``div``, by what.
    """

    kind: str
    form: Affine
    divisor: int = 0

    @property
    def text(self) -> str:
        """The spelling."""
        return f"{self.kind}{self.divisor or ''}({self.form.text})"

    def put(self, values: Mapping[Variable, Affine]) -> Condition:
        """The same with forms in place of variables."""
        return normal(Condition(self.kind, self.form.put(values), self.divisor))

    @property
    def holds(self) -> bool | None:
        """Whether it holds, where the form is a number."""
        if self.form.terms:
            return None
        number = self.form.constant
        return {
            "ge": number >= 0,
            "eq": number == 0,
            "div": self.divisor and not number % self.divisor,
        }[self.kind]  # type: ignore[return-value]


def normal(condition: Condition) -> Condition:
    """A condition divided by what its coefficients share; of ``eq`` the first one is positive."""
    form = condition.form
    if condition.kind == "div" or not form.terms:
        return condition
    shared = gcd(*form.terms.values())
    if condition.kind == "ge" and shared > 1:
        terms = {v: c // shared for v, c in form.terms.items()}
        return Condition("ge", Affine(terms, form.constant // shared))
    if condition.kind == "eq":
        if shared > 1 and form.constant % shared == 0:
            form = Affine({v: c // shared for v, c in form.terms.items()}, form.constant // shared)
        if next(iter(form.terms.values())) < 0:
            form = form * -1
        return Condition("eq", form)
    return condition


def at_least(form: Affine) -> Condition:
    """That a form is not negative."""
    return normal(Condition("ge", form))


def is_zero(form: Affine) -> Condition:
    """That a form is zero."""
    return normal(Condition("eq", form))


def implied(condition: Condition, others: frozenset[Condition]) -> bool:
    """Whether a condition follows from others."""
    if condition.holds is not None:
        return bool(condition.holds)
    if condition in others:
        return True
    if condition.kind == "ge":
        if not _can_follow(condition.form, others):
            return False
        return impossible(others | {at_least(condition.form * -1 - 1)})
    if condition.kind == "eq":
        return all(implied(at_least(condition.form * s), others) for s in (1, -1))
    return False


def _can_follow(form: Affine, others: frozenset[Condition]) -> bool:
    """A quick look: something must bound each variable from the same side."""
    for variable, coefficient in form.terms.items():
        if not any(
            other.kind == "eq"
            or (other.kind == "ge" and other.form.terms[variable] * coefficient > 0)
            for other in others
            if variable in other.form.terms
        ):
            return False
    return True


@lru_cache(maxsize=100_000)
def impossible(conditions: frozenset[Condition]) -> bool:
    """Whether conditions contradict each other; False also where that was not found."""
    rows: set[Affine] = set()
    for condition in conditions:
        if condition.holds is False:
            return True
        if condition.kind == "ge":
            rows.add(condition.form)
        elif condition.kind == "eq":
            rows |= {condition.form, condition.form * -1}
    while True:
        signs = _signs(rows)
        if not signs:
            return any(row.constant < 0 for row in rows)
        chosen = min(signs, key=lambda v: (signs[v][0] * signs[v][1], spelled(v)))
        rows = _without(rows, chosen)
        if any(not row.terms and row.constant < 0 for row in rows):
            return True
        if len(rows) > MOST_ROWS:
            return False


def _signs(rows: Iterable[Affine]) -> dict[Variable, list[int]]:
    """For each variable, in how many rows it stands with a positive and a negative coefficient."""
    found: dict[Variable, list[int]] = {}
    for row in rows:
        for variable, coefficient in row.terms.items():
            found.setdefault(variable, [0, 0])[coefficient < 0] += 1
    return found


def _without(rows: set[Affine], variable: Variable) -> set[Affine]:
    """The inequalities that remain when a variable is eliminated."""
    above = [row for row in rows if row.terms.get(variable, 0) > 0]
    below = [row for row in rows if row.terms.get(variable, 0) < 0]
    kept = {row for row in rows if variable not in row.terms}
    for high in above:
        for low in below:
            new = high * -low.terms[variable] + low * high.terms[variable]
            kept.add(at_least(new).form)
    return kept
