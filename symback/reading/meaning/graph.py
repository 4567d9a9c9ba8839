"""Scalar terms as one shared graph: numbers, unknowns, sums, products, powers, applications.

A quantity that the document defines is an unknown too, and its definition hangs on it: that is
what gives a partial derivative its meaning. `Terms.derivative` of A by B goes through the
definitions of everything between them and stops at B, so B is held free and its own definition
is back in place as soon as the result is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from typing import Final

from symback.reading.network.places import Undecided

__all__ = ["KNOWN_FUNCTIONS", "Circular", "Term", "Terms"]

NUMBER: Final = "number"
UNKNOWN: Final = "unknown"
SUM: Final = "sum"
PRODUCT: Final = "product"
POWER: Final = "power"
_MOST_BELOW = 20_000
"""A term is made of so many others at the most; written out, none of a finite model comes near."""
APPLY: Final = "apply"
_NOTHING, _ONE = Fraction(0), Fraction(1)


class Circular(ArithmeticError):
    """A quantity that is defined by way of itself."""


_AT_ONCE = 1_000_000
"""So many terms are built for one comparison, some seconds' work; what needs more is left open."""


class Term:
    """One node; two nodes of one graph are the same term exactly if they are the same object."""

    __slots__ = ("arguments", "data", "kind", "number", "value")

    def __init__(self, kind: str, data: Hashable, arguments: tuple[Term, ...], number: int) -> None:
        self.kind = kind
        self.data = data
        self.arguments = arguments
        self.number = number
        # The number that the term is, if it is one.
        self.value = data if kind == NUMBER and isinstance(data, Fraction) else None


_Met = tuple[frozenset[Hashable], frozenset[Term]]


class Terms:
    """A graph of terms, with the definitions of its unknowns.

    `built` counts how often a term was asked for, as a measure of work that is the same each time;
    `functions` are the names of all that is applied anywhere.
    """

    def __init__(self, define: Callable[[Hashable], Term | None]) -> None:
        self._define = define
        self.built, self.most = 0, _AT_ONCE
        self._nodes: dict[tuple[object, ...], Term] = {}
        self._numbers: dict[Fraction | int, Term] = {}
        self.functions: set[str] = set()
        self._definitions: dict[int, Term | None] = {}
        self._derivatives: dict[tuple[int, int], Term] = {}
        self._met: dict[int, _Met] = {}
        self._bits: dict[int, int] = {}
        self._prunes = True
        self._defining: set[int] = set()
        self._expanding: set[int] = set()
        self.zero = self.number(0)
        self.one = self.number(1)
        self.pi = self._node(APPLY, ("pi", ()))

    def begin(self) -> None:
        """Allow so many terms more, for the next expression."""
        self.most = self.built + _AT_ONCE

    # Building -----------------------------------------------------------------------------------

    def _node(self, kind: str, data: Hashable, arguments: tuple[Term, ...] = ()) -> Term:
        self.built += 1
        if self.built > self.most:
            raise Undecided("too-large")
        key = (kind, data, arguments)  # arguments are the same exactly if they are the same objects
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Term(kind, data, arguments, len(self._nodes))
            if kind == APPLY:
                self.functions.add(data[0])  # type: ignore[index]
        return found

    def number(self, value: Fraction | int) -> Term:
        """A rational number."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = self._node(NUMBER, Fraction(value))
        else:
            self.built += 1
        return found

    def unknown(self, key: Hashable) -> Term:
        """A quantity's entry, defined or not."""
        return self._node(UNKNOWN, key)

    def sum(self, terms: Iterable[Term]) -> Term:
        """A sum, with its numbers put together."""
        constant, zero = _NOTHING, self.zero
        rest: list[Term] = []
        for term in terms:
            if term is zero:
                continue
            if (value := term.value) is not None:
                constant = constant + value if constant is not _NOTHING else value
            elif term.kind == SUM:
                rest += term.arguments
            else:
                rest.append(term)
        if constant is not _NOTHING and constant:
            rest.append(self.number(constant))
        if not rest:
            return zero
        return rest[0] if len(rest) == 1 else self._node(SUM, None, tuple(rest))

    def product(self, factors: Iterable[Term]) -> Term:
        """A product, with its numbers put together; 0 as soon as one factor is, but for 1/0."""
        constant, rest = _ONE, []
        for factor in factors:
            if (value := factor.value) is not None:
                constant = constant * value if constant is not _ONE else value
            else:
                rest.append(factor)
        if constant is not _ONE:
            if not constant:
                return next(filter(self._is_over_nothing, rest), self.zero)
            if constant != 1:
                rest.insert(0, self.number(constant))
        if not rest:
            return self.one
        return rest[0] if len(rest) == 1 else self._node(PRODUCT, None, tuple(rest))

    def _is_over_nothing(self, term: Term) -> bool:
        """Say whether a term is 1/0, which has no value."""
        if term.kind != POWER or term.arguments[0] is not self.zero:
            return False
        exponent = term.arguments[1].value
        return exponent is not None and exponent < 0

    def negative(self, term: Term) -> Term:
        """Minus a term."""
        return self.product((self.number(-1), term))

    def power(self, base: Term, exponent: Term) -> Term:
        """A power; a whole number of a number is worked out."""
        if exponent is self.one:
            return base
        if exponent is self.zero:
            return self.one
        whole = exponent.value
        if (
            (value := base.value) is not None
            and whole is not None
            and whole.denominator == 1
            and abs(whole) <= 64
            and (value or whole > 0)
        ):
            return self.number(value ** int(whole))
        return self._node(POWER, None, (base, exponent))

    def quotient(self, above: Term, below: Term) -> Term:
        """A quotient."""
        return self.product((above, self.power(below, self.number(-1))))

    def apply(self, name: str, arguments: Sequence[Term], orders: Sequence[int] = ()) -> Term:
        """A function of its arguments, differentiated so many times by each."""
        orders = tuple(orders) or (0,) * len(arguments)
        if name in KNOWN_FUNCTIONS and len(arguments) == 1 and orders[0] <= 1:
            return KNOWN_FUNCTIONS[name][orders[0]](self, arguments[0])
        return self._node(APPLY, (name, orders), tuple(arguments))

    # Meaning ------------------------------------------------------------------------------------

    def definition(self, unknown: Term) -> Term | None:
        """What an unknown is defined as; None where it is given, or defined by itself."""
        number = unknown.number
        if number not in self._definitions:
            if number in self._defining:
                return None
            self._defining.add(number)
            try:
                self._definitions[number] = self._define(unknown.data)
            finally:
                self._defining.discard(number)
        return self._definitions[number]

    def derivative(self, term: Term, by: Term) -> Term:
        """The derivative of a term by an unknown, through all definitions but that unknown's."""
        if term is by:
            return self.one
        if term.kind == NUMBER:
            return self.zero
        key = (term.number, by.number)
        found = self._derivatives.get(key)
        if found is None:
            if self._prunes and not self._leads_to(term, by):
                found = self.zero
            else:
                found = self._differentiated(term, by)
            self._derivatives[key] = found
        return found

    def _leads_to(self, term: Term, by: Term) -> bool:
        """Say whether an unknown is among what a term is made of, or cannot be left out."""
        if self._defining:  # what is being defined does not say yet what it is made of
            return True
        try:
            return bool(self._made_of(term) >> by.number & 1)
        except (Undecided, ArithmeticError, RecursionError):
            # Of something below nothing can be said; where a derivative gets there, it says so.
            self._prunes = False
            return True

    def _made_of(self, term: Term) -> int:
        """The unknowns that a term is made of, through all definitions, one bit for each."""
        found = self._bits.get(term.number)
        if found is not None:
            if found < 0:
                raise Circular(str(term.data))
            return found
        self._bits[term.number] = -1
        found = 0
        for argument in term.arguments:
            found |= self._made_of(argument)
        if term.kind == UNKNOWN:
            found |= 1 << term.number
            if (defined := self.definition(term)) is not None:
                found |= self._made_of(defined)
        self._bits[term.number] = found
        return found

    def reached(self, term: Term) -> frozenset[Hashable]:
        """The quantities that a term depends on, its unknowns' keys, through all definitions."""
        return self._met_below(term)[0]

    def applied(self, term: Term) -> frozenset[str]:
        """The names of the functions in a term, through all definitions."""
        return frozenset(node.data[0] for node in self._met_below(term)[1])  # type: ignore[index]

    def applications(self, *terms: Term) -> frozenset[Term]:
        """The functions in terms at their arguments, through all definitions."""
        return frozenset().union(*(self._met_below(term)[1] for term in terms))

    def _met_below(self, term: Term) -> _Met:
        """The keys of the unknowns, and the applications, that a term is made of."""
        found = self._met.get(term.number)
        if found is None:
            nodes = self._below(term)
            found = (
                frozenset(node.data for node in nodes if node.kind == UNKNOWN),
                frozenset(node for node in nodes if node.kind == APPLY),
            )
            if not self._defining:  # else something below is not known yet
                self._met[term.number] = found
        return found

    def _below(self, term: Term) -> Iterable[Term]:
        """Everything that a term is made of, each node once, through all definitions.

        Raises:
            Circular: where there is no end to it, as of a recursion whose start nothing defines.
        """
        found = {term}
        waiting = [term]
        while waiting:
            node = waiting.pop()
            below = [*node.arguments]
            if node.kind == UNKNOWN and (defined := self.definition(node)) is not None:
                below.append(defined)
            for one in below:
                if one not in found:
                    found.add(one)
                    if len(found) > _MOST_BELOW:
                        raise Circular
                    waiting.append(one)
        return found

    def _differentiated(self, term: Term, by: Term) -> Term:
        if term.kind == UNKNOWN:
            defined = self.definition(term)
            if defined is None:
                return self.zero
            if term.number in self._expanding:
                raise Circular(str(term.data))
            self._expanding.add(term.number)
            try:
                return self.derivative(defined, by)
            finally:
                self._expanding.discard(term.number)
        return self._combined(term, [self.derivative(argument, by) for argument in term.arguments])

    def direct(self, term: Term, by: Term) -> Term:
        """The derivative of a term by an unknown that stands in it, all other unknowns held."""
        if term is by:
            return self.one
        if term.kind in (NUMBER, UNKNOWN):
            return self.zero
        return self._combined(term, [self.direct(argument, by) for argument in term.arguments])

    def _combined(self, term: Term, inner: Sequence[Term]) -> Term:
        arguments = term.arguments
        zero = self.zero
        for slope in inner:
            if slope is not zero:
                break
        else:
            return zero
        if term.kind == SUM:
            return self.sum(inner)
        if term.kind == PRODUCT:
            return self.sum(
                [
                    self.product((slope, *arguments[:at], *arguments[at + 1 :]))
                    for at, slope in enumerate(inner)
                    if slope is not zero
                ]
            )
        if term.kind == POWER:
            return self._power_rule(term, inner)
        return self.sum(
            self.product((self._partial(term, at), slope))
            for at, slope in enumerate(inner)
            if slope is not zero
        )

    def _power_rule(self, term: Term, inner: Sequence[Term]) -> Term:
        base, exponent = term.arguments
        lower = self.power(base, self.sum((exponent, self.number(-1))))
        parts = [self.product((exponent, lower, inner[0]))]
        if inner[1] is not self.zero:
            parts.append(self.product((term, self.apply("log", [base]), inner[1])))
        return self.sum(parts)

    def _partial(self, term: Term, at: int) -> Term:
        """The derivative of an application by one of its arguments."""
        assert isinstance(term.data, tuple)
        name, orders = term.data
        if name in _SLOPES and not any(orders):
            return _SLOPES[name](self, term.arguments[0])
        raised = tuple(order + (at == place) for place, order in enumerate(orders))
        return self._node(APPLY, (name, raised), term.arguments)

    def replaced(self, term: Term, old: Term, new: Term) -> Term:
        """A term with another in the place of an unknown; definitions are left alone."""
        known: dict[int, Term] = {old.number: new}

        def walk(node: Term) -> Term:
            if not node.arguments and node is not old:
                return node
            if node.number not in known:
                inner = [walk(argument) for argument in node.arguments]
                known[node.number] = self._rebuilt(node, inner)
            return known[node.number]

        return walk(term)

    def _rebuilt(self, node: Term, arguments: list[Term]) -> Term:
        if node.kind == SUM:
            return self.sum(arguments)
        if node.kind == PRODUCT:
            return self.product(arguments)
        if node.kind == POWER:
            return self.power(*arguments)
        return self._node(node.kind, node.data, tuple(arguments))


def _exp(terms: Terms, u: Term) -> Term:
    return terms._node(APPLY, ("exp", (0,)), (u,))


def _opaque(name: str) -> Callable[[Terms, Term], Term]:
    return lambda terms, u: terms._node(APPLY, (name, (0,)), (u,))


def _log(terms: Terms, u: Term) -> Term:
    if u.kind == APPLY and isinstance(u.data, tuple) and u.data[0] == "exp":
        return u.arguments[0]
    return terms.zero if u is terms.one else terms._node(APPLY, ("log", (0,)), (u,))


def _inverse(terms: Terms, u: Term) -> Term:
    return terms.power(u, terms.number(-1))


def _sigmoid(terms: Terms, u: Term) -> Term:
    return _inverse(terms, terms.sum((terms.one, _exp(terms, terms.negative(u)))))


def _sigmoid_slope(terms: Terms, u: Term) -> Term:
    value = _sigmoid(terms, u)
    return terms.product((value, terms.sum((terms.one, terms.negative(value)))))


def _tanh(terms: Terms, u: Term) -> Term:
    squared = _exp(terms, terms.product((terms.number(2), u)))
    below = _inverse(terms, terms.sum((squared, terms.one)))
    return terms.sum((terms.one, terms.product((terms.number(-2), below))))


def _tanh_slope(terms: Terms, u: Term) -> Term:
    value = _tanh(terms, u)
    square = terms.power(value, terms.number(2))
    return terms.sum((terms.one, terms.negative(square)))


def _relu(terms: Terms, u: Term) -> Term:
    return terms.product((u, _opaque("step")(terms, u)))


def _absolute(terms: Terms, u: Term) -> Term:
    return terms.product((u, _opaque("sign")(terms, u)))


def _square_root(terms: Terms, u: Term) -> Term:
    return terms._node(APPLY, ("sqrt", (0,)), (u,))


def _root_slope(terms: Terms, u: Term) -> Term:
    return terms.quotient(terms.number(Fraction(1, 2)), _square_root(terms, u))


def _softplus(terms: Terms, u: Term) -> Term:
    return _log(terms, terms.sum((terms.one, _exp(terms, u))))


def _minus_sine(terms: Terms, u: Term) -> Term:
    return terms.negative(_opaque("sin")(terms, u))


def _erf_slope(terms: Terms, u: Term) -> Term:
    squared = terms.power(u, terms.number(2))
    density = _exp(terms, terms.negative(squared))
    return terms.quotient(terms.product((terms.number(2), density)), _square_root(terms, terms.pi))


def _arctan_slope(terms: Terms, u: Term) -> Term:
    return _inverse(terms, terms.sum((terms.one, terms.power(u, terms.number(2)))))


_Rule = Callable[[Terms, Term], Term]

KNOWN_FUNCTIONS: dict[str, tuple[_Rule, _Rule]] = {
    "exp": (_exp, _exp),
    "log": (_log, _inverse),
    "sigmoid": (_sigmoid, _sigmoid_slope),
    "tanh": (_tanh, _tanh_slope),
    "relu": (_relu, _opaque("step")),
    "abs": (_absolute, _opaque("sign")),
    "sqrt": (_square_root, _root_slope),
    "softplus": (_softplus, _sigmoid),
    "sin": (_opaque("sin"), _opaque("cos")),
    "cos": (_opaque("cos"), _minus_sine),
    "erf": (_opaque("erf"), _erf_slope),
    "arctan": (_opaque("arctan"), _arctan_slope),
    "identity": (lambda _, u: u, lambda terms, _: terms.one),
}
"""Functions that have a meaning of their own, each with its derivative."""

_SLOPES: dict[str, _Rule] = {
    "exp": _exp,
    "log": _inverse,
    "sqrt": _root_slope,
    "sin": _opaque("cos"),
    "cos": _minus_sine,
    "erf": _erf_slope,
    "arctan": _arctan_slope,
    "step": lambda terms, _: terms.zero,
    "sign": lambda terms, _: terms.zero,
}
