"""The kinds of expression that backpropagation needs and SymPy does not have.

Everything else in a derivation is SymPy's own: `Symbol` for an index or a scalar, `Sum`, `Add`,
`Mul`, `Pow`; an `Entry` is an `Indexed` and a `Delta` is a `KroneckerDelta`.  Each class here says
how it is differentiated and nothing more; how it is printed is the business of `symback.printing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, reduce
from operator import mul
from typing import Any

import sympy
from sympy import Dummy, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, S, Symbol, Tuple
from sympy.core.sorting import default_sort_key
from sympy.core.symbol import Str

from symback.algebra.directions import Direction

__all__ = [
    "EVERY",
    "Apply",
    "Delta",
    "Entry",
    "Extremum",
    "Marked",
    "OfVectors",
    "Partial",
    "Sum",
    "differentiate",
    "fresh",
    "function_derivative",
    "indices_of",
    "is_softmax",
    "logarithmic",
    "name_of",
    "within",
]

EVERY = Symbol(":")
"""Stands for every value of an index: ``yhat[EVERY]`` is the vector, ``y[s, EVERY]`` one row."""


class Delta(KroneckerDelta):
    """SymPy's Kronecker delta, decided by looking at the two indices and at nothing else.

    SymPy asks its assumption system whether the difference may be zero, which costs a millisecond
    for each pair of fresh indices and never finds more than this.
    """

    is_commutative = True

    def __new__(cls, left: Expr, right: Expr) -> Expr:
        """1 or 0 where the two indices decide it, otherwise the delta in a fixed order."""
        if left == right:
            return S.One
        if left.is_Integer and right.is_Integer:
            return S.Zero
        first, second = sorted((left, right), key=default_sort_key)
        return Expr.__new__(cls, first, second)

    def _eval_derivative(self, variable: Expr) -> Expr:
        return S.Zero


class Sum(sympy.Sum):
    """SymPy's sum, put together without being looked through.

    SymPy searches every body for functions defined by cases and every limit for ranges and
    relations, which takes longer than the rest of a step and finds neither here.  The name is
    SymPy's, by which it orders terms.
    """

    __slots__ = ()
    is_commutative = True
    is_integer: bool | None = None

    def __new__(cls, body: Expr, *limits: Tuple) -> Sum:
        """The sum of a body, where each limit is an index with its first and last value."""
        if isinstance(body, sympy.Sum):  # a sum of sums is one sum
            return cls(body.function, *body.limits, *limits)
        return Expr.__new__(cls, body, *(_as_limit(limit) for limit in limits))


def _as_limit(limit: Tuple | tuple[Expr, ...]) -> Tuple:
    return limit if isinstance(limit, Tuple) else Tuple(*limit)


class Base(IndexedBase):
    """The name of a quantity; equal to another by name alone."""

    def _hashable_content(self) -> tuple[Any, ...]:
        # SymPy also sorts the assumptions of the label here, at every comparison.
        return tuple(self.args)


class Entry(Indexed):
    """One entry of a quantity; its derivative by another entry is a product of deltas."""

    is_commutative = True
    is_integer: bool | None = None

    def __new__(cls, base: IndexedBase | str, *indices: Expr) -> Entry:
        """The entry of a quantity, by the quantity's name or base, at these indices."""
        whole = _base(base) if isinstance(base, str) else base
        return Expr.__new__(cls, whole, *indices)

    def _hashable_content(self) -> tuple[Any, ...]:
        return tuple(self.args)

    def _xreplace(self, rule: Mapping[Expr, Expr]) -> tuple[Expr, bool]:
        # Only the entry itself and its indices are ever replaced: SymPy looks into the name, too.
        if self in rule:
            return rule[self], True
        base, *indices = self.args
        found = [index._xreplace(rule) for index in indices]
        if not any(changed for _, changed in found):
            return self, False
        return type(self)(base, *(index for index, _ in found)), True

    def _eval_derivative(self, variable: Expr) -> Expr:
        if isinstance(variable, Direction):
            return variable.along(self, name_of(self))
        if not isinstance(variable, Indexed) or self.base != variable.base:
            return S.Zero
        return sympy.Mul(*map(Delta, self.indices, variable.indices))


@lru_cache(maxsize=1024)
def _base(name: str) -> Base:
    return Base(name)


class Apply(Expr):
    """A function of one argument, or one of its derivatives, applied: ``f(u)``, ``f'(u)``.

    The function is known by its name alone.  Two applications are equal exactly if name, order
    and argument are; nothing is evaluated, so ``exp(a)*exp(b)`` stays a product.
    """

    __slots__ = ()
    is_commutative = True
    is_integer: bool | None = None

    def __new__(cls, name: str | Str, argument: Expr, order: int | Integer = 0) -> Apply:
        """The function of this name, or its derivative of this order, at an argument."""
        text = name if isinstance(name, Str) else Str(name)
        return Expr.__new__(cls, text, sympy.sympify(argument), Integer(order))

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.args[0].name)

    @property
    def argument(self) -> Expr:
        """What it is applied to."""
        return self.args[1]

    @property
    def order(self) -> int:
        """How many times it has been differentiated."""
        return int(self.args[2])

    def _eval_derivative(self, variable: Expr) -> Expr:
        if self.name == "log" and not self.order:
            return logarithmic(self.argument, variable)
        inner = differentiate(self.argument, variable)
        if inner is S.Zero:
            return inner
        return function_derivative(self) * inner

    def _sympystr(self, printer: Any) -> str:
        return f"{self.name}{chr(39) * self.order}({printer._print(self.argument)})"


def function_derivative(application: Apply) -> Expr:
    """The derivative of an application by its own argument.

    `SMOOTH` functions get the derivative that SymPy finds, `KINKED` ones their convention; every
    other function is generic, and its derivative is one more prime.
    """
    if application.order == 0 and application.name in SMOOTH:
        slot = Symbol("_slot")
        return _smooth_derivative(application.name, slot).xreplace({slot: application.argument})
    if application.order == 0 and application.name in KINKED:
        other = KINKED[application.name]
        return Apply(other, application.argument) if other else S.Zero
    if application.order and application.name in STRAIGHT:
        return S.Zero
    return Apply(application.name, application.argument, application.order + 1)


SMOOTH: dict[str, Any] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "cos": sympy.cos,
    "erf": sympy.erf,
}
"""Functions of formulas whose derivatives SymPy finds."""

KINKED: dict[str, str] = {
    "abs": "sign",
    "clip": "within",
    "positive": "step",
    "sign": "",
    "step": "",
    "within": "",
}
"""Functions with a kink or a jump: each one's derivative away from it, empty for 0.

``positive(u)`` is ``max(0, u)``, ``clip(u)`` is ``max(-1, min(1, u))`` and ``within(u)`` is 1 for
``-1 < u < 1``.  At a kink the derivative is a convention: ``sign(0)``, ``step(0)``, ``within(1)``
and ``within(-1)`` are 0.
"""

STRAIGHT = frozenset({"relu", "leaky-relu", "hard-tanh"})
"""Functions of the catalogue that are straight but for kinks: their second derivative is 0."""


@cache
def _smooth_derivative(name: str, slot: Symbol) -> Expr:
    """What SymPy finds, with its functions turned into applications by name."""
    if name == "sqrt":  # of itself, so that the two are seen to be alike
        return S.Half / Apply(name, slot)
    derivative = sympy.diff(SMOOTH[name](slot), slot)
    for other in ("exp", "log", "cos", "sin", "erf"):
        function = getattr(sympy, other)
        derivative = derivative.replace(function, lambda u, other=other: Apply(other, u))
    return derivative


class OfVectors(Expr):
    """A generic function of whole vectors, as the loss in ``L(y, yhat)``.

    Each argument is an `Indexed` whose last index is `EVERY`, or a scalar.
    """

    __slots__ = ()
    is_commutative = True

    def __new__(cls, name: str | Str, *arguments: Expr) -> OfVectors:
        """The function of this name, of whole vectors."""
        text = name if isinstance(name, Str) else Str(name)
        return Expr.__new__(cls, text, *arguments)

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.args[0].name)

    @property
    def arguments(self) -> tuple[Expr, ...]:
        """The vectors, each as an entry at `EVERY`."""
        return self.args[1:]

    def _eval_derivative(self, variable: Expr) -> Expr:
        """The partial by one entry of an argument: a new atom, times the deltas of leading rows."""
        terms = []
        for argument in self.arguments:
            if argument == variable:
                terms.append(Partial(self, variable))
            elif (
                isinstance(argument, Indexed)
                and isinstance(variable, Indexed)
                and argument.base == variable.base
            ):
                pairs = zip(argument.indices, variable.indices, strict=True)
                deltas = [Delta(own, other) for own, other in pairs if own != EVERY]
                terms.append(sympy.Mul(Partial(self, variable), *deltas))
        return sympy.Add(*terms)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.name}({', '.join(printer._print(item) for item in self.arguments)})"


class Partial(Expr):
    """The partial derivative of one quantity by an entry of another, as one unknown.

    SymPy's `Derivative` evaluates to 0 where a quantity's definition is not written out; this
    atom never evaluates.  ``Partial(L, W[1, 2])`` is the *adjoint* of ``W[1, 2]``.
    """

    __slots__ = ()
    is_commutative = True
    is_integer: bool | None = None

    def __new__(cls, of: Expr, by: Expr) -> Partial:
        """The partial of ``of`` by ``by``."""
        return Expr.__new__(cls, of, by)

    @property
    def of(self) -> Expr:
        """What is differentiated."""
        return self.args[0]

    @property
    def by(self) -> Expr:
        """By what."""
        return self.args[1]

    def _eval_derivative(self, variable: Expr) -> Expr:
        if isinstance(variable, Direction):
            return variable.along(self, name_of(self.by), is_adjoint=True)
        raise NotImplementedError("the derivative of a partial derivative is not defined here")

    def _sympystr(self, printer: Any) -> str:
        return f"d({printer._print(self.of)})/d({printer._print(self.by)})"


class Marked(Expr):
    """An expression that a reader is shown with a mark; its value is that of its body.

    ``mark`` is a code: ``vanishes`` (under a brace, which says ``= 0``), ``inner`` (under a brace
    with the name of what was substituted, the label) or ``cases`` (a function that is written by
    cases).
    """

    __slots__ = ()
    is_commutative = True

    def __new__(cls, body: Expr, mark: str | Str, label: Expr | None = None) -> Marked:
        """The body with this mark, and the quantity that it is, where it has a name."""
        code = mark if isinstance(mark, Str) else Str(mark)
        return Expr.__new__(cls, body, code, *(() if label is None else (label,)))

    @property
    def body(self) -> Expr:
        """What is marked."""
        return self.args[0]

    @property
    def mark(self) -> str:
        """The code of what the mark says."""
        return str(self.args[1].name)

    @property
    def label(self) -> Expr | None:
        """The quantity whose definition the body is."""
        return self.args[2] if len(self.args) > 2 else None

    def _eval_derivative(self, variable: Expr) -> Expr:
        return differentiate(self.body, variable)

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.body))


class Extremum(Expr):
    """The larger or smaller of two as it is printed, ``max(a, b)``: SymPy takes it for an atom."""

    __slots__ = ()
    is_commutative = True

    def __new__(cls, name: str | Str, first: Expr, second: Expr) -> Extremum:
        """``max`` or ``min`` of these two, in this order."""
        return Expr.__new__(cls, name if isinstance(name, Str) else Str(name), first, second)

    @property
    def name(self) -> str:
        """``max`` or ``min``."""
        return str(self.args[0].name)

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """The two, in the order in which they were written."""
        return self.args[1], self.args[2]


def differentiate(expression: Expr, entry: Expr) -> Expr:
    """The partial derivative by one entry, with a Kronecker delta for each of its indices.

    By a `Direction` it is the derivative along that.

    Terms, products and sums are walked here; every other kind says itself how it is differentiated.
    SymPy's own walk asks of each result whether it vanishes, whatever its factors are, which takes
    longer than all the rest.
    """
    match expression:
        case sympy.Add():
            return sympy.Add(*(differentiate(term, entry) for term in expression.args))
        case sympy.Mul():
            if is_softmax(expression):
                parts = [part for part in expression.args if _is_exponential(part)]
                rest = sympy.Mul(*(part for part in expression.args if part not in parts))
                own = differentiate(rest, entry)
                if own is S.Zero:
                    return expression * logarithmic(expression, entry)
                whole = sympy.Mul(*parts)  # what else there is may be 0, and is no divisor
                return sympy.Add(expression * logarithmic(whole, entry), whole * own)
            return sympy.Add(*_leibniz(expression.args, entry))
        case sympy.Pow():
            return _power_rule(expression, entry)
        case Sum():
            body = differentiate(expression.function, entry)
            return body if body is S.Zero else Sum(body, *expression.limits)
        case Symbol() if isinstance(entry, Direction):  # a letter of an index does not move
            return S.Zero if expression.is_integer else entry.along(expression, expression.name)
    return expression._eval_derivative(entry)


def logarithmic(expression: Expr, entry: Expr) -> Expr:
    """The derivative of an expression's logarithm: ``u'/u``, factor by factor.

    It is the textbook's way with whatever is a product of powers and exponentials: of a softmax
    ``p_k = exp(z_k)/S`` it is ``dz_k - sum_i exp(z_i)/S dz_i``, in which no quotient rule is left.
    """
    match expression:
        case sympy.Mul():
            return sympy.Add(*(logarithmic(factor, entry) for factor in expression.args))
        case sympy.Pow() if expression.exp.is_number:
            return expression.exp * logarithmic(expression.base, entry)
        case Apply() if expression.name == "exp" and not expression.order:
            return differentiate(expression.argument, entry)
    derivative = differentiate(expression, entry)
    return derivative if derivative is S.Zero else derivative / expression


def is_softmax(product: Expr) -> bool:
    """Whether a product has an exponential above a sum of exponentials: a softmax."""
    return any(
        isinstance(part, sympy.Pow) and isinstance(part.base, Sum) and part.exp is S.NegativeOne
        for part in product.args
    ) and any(isinstance(part, Apply) and part.name == "exp" for part in product.args)


def _is_exponential(factor: Expr) -> bool:
    """Whether a factor is an exponential, or divides by a sum."""
    if isinstance(factor, Apply):
        return factor.name == "exp"
    return isinstance(factor, sympy.Pow) and isinstance(factor.base, Sum)


def _power_rule(power: Expr, entry: Expr) -> Expr:
    """The derivative of a power, whose exponent is a number as a rule."""
    base, exponent = power.args
    own = differentiate(base, entry)
    terms = [] if own is S.Zero else [exponent * sympy.Pow(base, exponent - 1) * own]
    if not exponent.is_number and (own := differentiate(exponent, entry)) is not S.Zero:
        terms.append(power * Apply("log", base) * own)
    return sympy.Add(*terms)


def _leibniz(factors: tuple[Expr, ...], entry: Expr) -> list[Expr]:
    """The terms of the product rule that are not zero."""
    terms = []
    for place, factor in enumerate(factors):
        own = differentiate(factor, entry)
        if own is not S.Zero:
            terms.append(reduce(mul, (*factors[:place], own, *factors[place + 1 :])))
    return terms


def within(expression: Expr, *kinds: type) -> set[Any]:
    """All parts of an expression that are of some kinds, itself included.

    What SymPy's `atoms` finds, without a generator for each level of the tree.
    """
    found, stack = set(), [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, kinds):
            found.add(node)
        stack.extend(node.args)
    return found


def name_of(entry: Expr) -> str:
    """The name of the quantity that an entry, or a scalar, belongs to."""
    # SymPy prints a symbol some fifty times as slowly as it is asked for its name.
    named = entry.base.args[0] if isinstance(entry, Indexed) else entry
    return str(named.name if isinstance(named, Symbol) else named)


def indices_of(entry: Expr) -> tuple[Expr, ...]:
    """The indices of an entry; none for a scalar."""
    return tuple(entry.indices) if isinstance(entry, Indexed) else ()


def fresh(name: str) -> Dummy:
    """An index that occurs nowhere else, so that no substitution can capture it."""
    return Dummy(name, integer=True)
