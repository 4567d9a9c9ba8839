"""A checked text into a `Model`: the only module of the language that loads SymPy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import chain
from operator import add, mul

import sympy
from sympy import Expr, S, Symbol, Tuple

from symback.algebra.expressions import EVERY, Apply, OfVectors, Partial, Sum, fresh
from symback.algebra.functions import maximum, minimum
from symback.algebra.indexing import (
    CeilingOf,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Product,
    Smallest,
    Stop,
    bracket,
)
from symback.model.claims import ClaimLine, Stated
from symback.model.equations import Equation, Model, Quantity, Range, Role, size_symbol
from symback.model.language.affine import Affine, Atom, Choice, Letter, Lookup, Rounded, Span
from symback.model.language.checked import (
    Added,
    AdjointOf,
    Applied,
    Bound,
    Checked,
    CheckedEquation,
    Condition,
    Expression,
    Index,
    Known,
    Limit,
    Multiplied,
    OfWhole,
    PartialOf,
    Pi,
    Power,
    Rational,
    Read,
    Softmax,
    Stopped,
)
from symback.model.language.tokens import Source

__all__ = ["lower"]

_ROLES = {
    "input": Role.INPUT,
    "target": Role.TARGET,
    "param": Role.PARAMETER,
    "const": Role.CONSTANT,
    "integer": Role.INTEGER,
    "chosen": Role.INTEGER,
    "defined": Role.OTHER,
    "helper": Role.OTHER,
}
_LETTERS = "ijklmnprsuvxoaehtqwyzbcdg"
"""Letters for indices that a text has too few letters for; first those that a terminal can set
small."""

Letters = Mapping[str, Expr]


def lower(checked: Checked, source: Source) -> Stated:
    """The model that a text states, with the claims below it.

    Args:
        checked: the text, as `symback.model.language.checking.check_text` understands it.
        source: the text itself, for the places of errors.

    Raises:
        InputError: for an expression without a value, as ``1/(x[j] - x[j])``.
    """
    return _Lowering(checked, source).stated()


class _Lowering:
    """One text; quantities are made once and shared."""

    def __init__(self, checked: Checked, source: Source) -> None:
        self.checked = checked
        self.source = source
        self.loss = checked.equations[-1].name
        self.ranges: dict[Span, Range] = {}
        self.quantities = {name: self.quantity(known) for name, known in checked.known.items()}
        self.helpers = {name: self.quantity(known) for name, known in checked.helpers.items()}

    def stated(self) -> Stated:
        checked = self.checked
        equations = tuple(
            self.equation(number, equation) for number, equation in enumerate(checked.equations, 1)
        )
        model = Model(
            tuple(
                self.quantities[name]
                for name, known in checked.known.items()
                if known.kind not in ("defined", "chosen")
            ),
            equations,
            wanted=checked.wanted,
            functions=checked.functions,
            conditions=tuple(
                bracket(self.affine(left, {}), "<=", self.affine(right, {}))
                for left, right in checked.conditions
            ),
            title=checked.title,
            meanings=tuple(checked.meanings.items()),
            sources=checked.sources,
            caution=checked.caution,
        )
        claims = tuple(self.claim(number, claim) for number, claim in enumerate(checked.claims, 1))
        sized = model.with_sizes(checked.sizes) if checked.sizes else model
        outside = {claim.name: self.expression(claim.right, {}) for claim in checked.outside}
        return Stated(sized, claims, checked.warnings, dict(checked.sizes), outside)

    # -- quantities -------------------------------------------------------------------------------

    def quantity(self, known: Known) -> Quantity:
        role = Role.LOSS if known.name == self.loss else _ROLES[known.kind]
        return Quantity(
            known.name,
            role,
            tuple(map(self.range_of, known.spans)),
            self.letters_of(known),
            value=float(known.value) if known.value else None,
            counts=None if known.counts is None else self.affine(known.counts, {}),
            outside=None if known.outside is None else self.expression(known.outside, {}),
            is_positive=known.is_positive,
        )

    def letters_of(self, known: Known) -> tuple[str, ...]:
        """A letter for each index, all different: as declared, or else as the text reads it."""
        if len(set(known.letters)) == len(known.letters):
            return known.letters
        if known.own_letters:
            return known.own_letters
        found: list[str] = []
        for place, letter in enumerate(known.letters):
            # The last of two equal letters stays: W[j,k] goes from unit j to unit k.
            if letter in known.letters[place + 1 :]:
                others = (*self.checked.letters.get(known.spans[place], ()), *_LETTERS)
                letter = next(other for other in others if other not in (*known.letters, *found))
            found.append(letter)
        return tuple(found)

    def range_of(self, span: Span) -> Range:
        if span not in self.ranges:
            used = self.checked.letters.get(span, ())
            quantities = self.checked.known
            others = [
                letter
                for letter in _LETTERS
                if letter not in used
                and letter not in quantities
                and letter.upper() not in quantities
                and not any(letter in letters for letters in self.checked.letters.values())
            ]
            letters = "".join(letter for letter in (*used, *others) if len(letter) == 1)
            is_plain = span.first.integer == 1 and _is_size(span.last)
            self.ranges[span] = (
                Range(str(span.last), 0, letters)
                if is_plain
                else Range(
                    f"{span.first}..{span.last}",
                    0,
                    letters,
                    first=self.affine(span.first, {}),
                    last=self.affine(span.last, {}),
                )
            )
        return self.ranges[span]

    # -- lines ------------------------------------------------------------------------------------

    def equation(self, number: int, equation: CheckedEquation) -> Equation:
        quantity = self.quantities.get(equation.name) or self.helpers.get(equation.name)
        if quantity is None or equation.of:
            spans = equation.spans or self.checked.known[equation.of].spans
            letters = equation.letters or self.quantities[equation.of].letters
            quantity = Quantity(
                equation.name, Role.OTHER, tuple(map(self.range_of, spans)), letters
            )
        names = _letters_in(equation)
        scope: dict[str, Expr] = {name: Symbol(name, integer=True) for name in names}
        at = tuple(self.affine(index, scope) for index in equation.at)
        if equation.at:
            # Letters of a start are those of the quantity itself.
            scope = {
                str(index.letter): own
                for index, own in zip(equation.at, quantity.indices, strict=True)
                if index.letter is not None
            }
            at = tuple(self.affine(index, scope) for index in equation.at)
        elif not equation.of and quantity.letters != equation.letters:
            scope = dict(zip(equation.letters, quantity.indices, strict=True))
        built = self.expression(equation.right, scope)
        if built.has(S.ComplexInfinity, S.NaN, S.Infinity):
            raise self.source.error("division by zero", equation.place)
        return Equation(number, quantity, built, self.function(equation), at, equation.reads)

    def function(self, equation: CheckedEquation) -> str:
        """The function that an equation applies to each entry, if it does only that."""
        match equation.right:
            case Applied(name, 0, (Read(),)):
                return name
        return ""

    def claim(self, number: int, claim: CheckedEquation) -> ClaimLine:
        place = claim.place
        return ClaimLine(self.equation(number, claim), claim.of, place.line, place.column)

    # -- expressions ------------------------------------------------------------------------------

    def expression(self, node: Expression, scope: Letters) -> Expr:
        match node:
            case Rational(text):
                return sympy.Rational(text)
            case Pi():
                return sympy.pi
            case Index(value):
                return self.affine(value, scope)
            case Read():
                return self.read(node, scope)
            case AdjointOf(name, indices):
                entry = self.quantities[name].at(*(self.affine(i, scope) for i in indices))
                return Partial(Symbol(self.loss), entry)
            case PartialOf(function, name, indices):
                entry = self.quantities[name].at(*(self.affine(i, scope) for i in indices))
                return Partial(self.vectors[function], entry)
            case OfWhole(name, arguments):
                return OfVectors(name, *(self.read(part, scope) for part in arguments))
            case Applied(name, order, arguments):
                return self.applied(name, order, [self.expression(a, scope) for a in arguments])
            case Added(terms):
                values = [(minus, self.expression(term, scope)) for minus, term in terms]
                return reduce(add, (-value if minus else value for minus, value in values))
            case Multiplied(factors):
                parts = [(divides, self.expression(part, scope)) for divides, part in factors]
                return reduce(mul, (1 / value if divides else value for divides, value in parts))
            case Power(base, exponent):
                return self.expression(base, scope) ** self.expression(exponent, scope)
            case Condition(left, relation, right):
                return bracket(
                    self.expression(left, scope), relation, self.expression(right, scope)
                )
            case Stopped(body):
                return Stop(self.expression(body, scope))
            case Bound():
                return self.bound(node, scope)
            case Softmax(limit, body):
                return self.softmax(limit, body, scope)

    def read(self, node: Read, scope: Letters) -> Expr:
        quantity = self.quantities.get(node.name) or self.helpers[node.name]
        return quantity.at(
            *(EVERY if index is None else self.affine(index, scope) for index in node.indices)
        )

    def applied(self, name: str, order: int, arguments: list[Expr]) -> Expr:
        if name in ("max", "min"):
            return (maximum if name == "max" else minimum)(*arguments)
        return Apply(name.replace("_", "-") if "_" in name else name, arguments[0], order)

    def bound(self, node: Bound, scope: Letters) -> Expr:
        inner = dict(scope)
        limits = []
        count: Expr = S.One
        for limit in node.limits:
            first, last = self.affine(limit.span.first, inner), self.affine(limit.span.last, inner)
            index = fresh(limit.letter)
            inner[limit.letter] = index
            limits.append(Tuple(index, first, last))
            count *= last - first + 1
        body = self.expression(node.body, inner)
        if node.kind in ("sum", "mean"):
            summed = _summed(body, limits)
            return summed / count if node.kind == "mean" else summed
        for limit in reversed(limits):
            body = Product(body, limit) if node.kind == "prod" else Extreme(node.kind, body, limit)
        return body

    def softmax(self, limit: Limit, body: Expression, scope: Letters) -> Expr:
        own = scope[limit.letter]
        first, last = self.affine(limit.span.first, scope), self.affine(limit.span.last, scope)
        of_others = (own for span, own in self.checked.letters.items() if span != limit.span)
        taken = {*scope, limit.letter, *self.quantities, *chain.from_iterable(of_others)}
        letters = (*self.checked.letters.get(limit.span, ()), *_LETTERS)
        index = fresh(next((c for c in letters if c not in taken), f"{limit.letter}2"))
        below = Apply("exp", self.expression(body, {**scope, limit.letter: index}))
        value = Apply("exp", self.expression(body, scope)) / Sum(below, Tuple(index, first, last))
        if limit.above:
            value = bracket(own, "<=", last) * value
        if limit.below:
            value = bracket(first, "<=", own) * value
        return value

    @property
    def vectors(self) -> dict[str, Expr]:
        """Generic functions of whole arrays, by name, as the model applies them."""
        found: dict[str, Expr] = {}
        for equation in self.checked.equations:
            right = self.expression(
                equation.right, {name: Symbol(name, integer=True) for name in _letters_in(equation)}
            )
            for node in right.atoms(OfVectors):
                found.setdefault(node.name, node)
        return found

    # -- indices ----------------------------------------------------------------------------------

    def affine(self, value: Affine, scope: Letters) -> Expr:
        total: Expr = S.Zero
        for (sizes, atom), number in value.terms:
            term: Expr = sympy.Integer(number)
            for size in sizes:
                term *= size_symbol(size)
            if atom is not None:
                term *= self.atom(atom, scope)
            total += term
        return total

    def atom(self, atom: Atom, scope: Letters) -> Expr:
        match atom:
            case Letter(name):
                return scope[name]
            case Lookup(name, indices):
                return IntegerEntry(name, *(self.affine(index, scope) for index in indices))
            case Choice(kind, parts):
                choice = Largest if kind == "max" else Smallest
                return choice(*(self.affine(part, scope) for part in parts))
            case Rounded(kind, top, bottom):
                rounded = CeilingOf if kind == "ceil" else FloorOf
                return rounded(self.affine(top, scope), self.affine(bottom, scope))


def _summed(body: Expr, limits: list[Tuple]) -> Expr:
    """A sum over several letters; where limits depend on each other, the inner ones come first."""
    own = {limit[0] for limit in limits}
    if any(own & (limit[1].free_symbols | limit[2].free_symbols) for limit in limits):
        limits = limits[::-1]
    return Sum(body, *limits)


def _letters_in(equation: CheckedEquation) -> list[str]:
    if not equation.at:
        return list(equation.letters)
    return [str(index.letter) for index in equation.at if index.letter is not None]


def _is_size(value: Affine) -> bool:
    return (
        len(value.terms) == 1
        and value.terms[0][0][1] is None
        and value.terms[0][1] == 1
        and (len(value.terms[0][0][0]) == 1)
    )
