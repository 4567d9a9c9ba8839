"""What expressions of a model come to as sums of terms, and their derivatives by rules of their own.

Entries beyond a quantity's range are what its starts and ends say, or its padding; adjoints beyond
it are 0.  Both come out as conditions, so that nothing is said of an index that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from sympy import (
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    Symbol,
)
from sympy import Sum as SymPySum

from symback.algebra.equality import free_name
from symback.algebra.expressions import EVERY, Apply, Marked, OfVectors, Partial, name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    Largest,
    Smallest,
    Stop,
    is_index,
)
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Quantity, Range
from symback.verification.allsizes.affine import Affine, Condition, at_least, is_zero
from symback.verification.allsizes.terms import (
    MOST_TERMS,
    Atom,
    Given,
    Poly,
    Term,
    TooLargeError,
    fresh,
    key_of,
    product_of,
    spell,
)
from symback.verification.identity.functions import SLOPES, A, Z, catalogue_derivative, formula

__all__ = ["CircleError", "Reading", "UnknownError", "given_of", "range_conditions"]

Environment = Mapping[Expr, "Affine | Poly"]
ONE: Poly = (Term(1, {}),)


class UnknownError(Exception):
    """A kind of expression that has no normal form here."""


class CircleError(UnknownError):
    """An adjoint that is worked out rests on itself: one of the circle must be left standing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


REFLECTED: Mapping[str, tuple[int, int]] = {
    "tanh": (0, -1),
    "sin": (0, -1),
    "erf": (0, -1),
    "cos": (0, 1),
    "sigmoid": (1, -1),
    "step": (1, -1),
}
"""Functions of ``-u``: a number plus a multiple of the function of ``u``."""


class Reading:
    """Reads expressions about one model.

    Args:
        model: the equations.
        unfolded: quantities in whose place their definitions are put.
        kept: quantities whose adjoints are left standing; all others are worked out.
        helpers: lines that define further names, by name; put in wherever the name stands.
        outside: for names, what they are beyond their ranges.
        equal: helpers that are shown to be the adjoints of quantities.
        formulas: of some quantities that are not kept, lines for their adjoints that are shown.
        given: what is taken for granted.
    """

    def __init__(
        self,
        model: Model,
        given: Given,
        unfolded: frozenset[str] = frozenset(),
        kept: frozenset[str] = frozenset(),
        helpers: Mapping[str, list[Equation]] | None = None,
        outside: Mapping[str, Expr] | None = None,
        equal: Mapping[str, str] | None = None,
        formulas: Mapping[str, Equation] | None = None,
    ) -> None:
        self.model = model
        self.given = given
        self.unfolded = unfolded
        self.kept = kept
        self.helpers = helpers or {}
        self.outside = outside or {}
        self.equal = equal or {}
        self.formulas = formulas or {}
        self.loss = model.loss.at()
        self.sizes = frozenset(model.size_names)
        self._whole: tuple[Expr, Poly] | None = None
        self._under_way: set[str] = set()

    # Polynomials --------------------------------------------------------------------------------

    def add(self, parts: Iterable[Poly]) -> Poly:
        """The sum, like terms put together."""
        terms = [t for part in parts for t in part]
        if len(terms) > MOST_TERMS:
            raise TooLargeError
        return tuple(terms)

    def times(self, *parts: Poly) -> Poly:
        """The product."""
        result: Poly = ONE
        for part in parts:
            if len(result) * len(part) > MOST_TERMS:
                raise TooLargeError
            products = []
            for left in result:
                for right in part:
                    if not left.bound.isdisjoint(right.bound):
                        right = right.apart()
                    products.append(self._product(left, right))
            result = tuple(t for each in products for t in each)
        return self.merged(result)

    def _product(self, left: Term, right: Term) -> Poly:
        factors = dict(left.factors)
        for atom, exponent in right.factors.items():
            factors[atom] = factors.get(atom, 0) + exponent
        whole = Term(
            left.coefficient * right.coefficient,
            factors,
            left.bound | right.bound,
            left.conditions | right.conditions,
        )
        return self.reduced(whole)

    def reduced(self, term: Term) -> Poly:
        """A term with its roots brought below their degree, and steps that are their own squares."""
        for atom, exponent in term.factors.items():
            if atom.head == "step" and exponent > 1:
                return self.reduced(
                    Term(term.coefficient, {**term.factors, atom: 1}, term.bound, term.conditions)
                )
            if atom.head.startswith("root "):
                degree = int(atom.head.split()[1])
                whole, rest = divmod(exponent, degree)
                if whole:
                    factors = {**term.factors, atom: rest}
                    body = Term(term.coefficient, factors, term.bound, term.conditions)
                    return self.times((body,), self._together(atom.args[0], whole))
        return (term,)

    def merged(self, poly: Poly) -> Poly:
        """Like terms put together, those that vanish left out."""
        found: dict[tuple[str, str], Term] = {}
        order = []
        for term in poly:
            for simple in Given(()).simplified(term):
                if len(simple.bound) > 4:
                    order.append(simple)
                    continue
                key = key_of(simple)
                known = found.get(key)
                total = simple.coefficient + (known.coefficient if known else 0)
                found[key] = Term(total, simple.factors, simple.bound, simple.conditions)
        return (*(t for t in found.values() if t.coefficient), *order)

    def scaled(self, poly: Poly, scale: Fraction | int) -> Poly:
        """A multiple."""
        return tuple(
            Term(t.coefficient * scale, t.factors, t.bound, t.conditions) for t in poly if scale
        )

    def number(self, value: Fraction | int) -> Poly:
        """A constant."""
        return (Term(value, {}),) if value else ()

    def of(self, atom: Atom, exponent: int = 1) -> Poly:
        """A power of one atom."""
        return (Term(1, {atom: exponent}),)

    def where(self, poly: Poly, conditions: Iterable[Condition]) -> Poly:
        """A sum of terms where conditions hold, and 0 elsewhere."""
        extra = tuple(conditions)
        if any(c.holds is False for c in extra):
            return ()
        return tuple(Term(t.coefficient, t.factors, t.bound, {*t.conditions, *extra}) for t in poly)

    def summed(self, poly: Poly, letters: Iterable[int]) -> Poly:
        """The sum over letters; their ranges are conditions already."""
        bound = frozenset(letters)
        return tuple(Term(t.coefficient, t.factors, t.bound | bound, t.conditions) for t in poly)

    def power(self, base: Poly, exponent: int) -> Poly:
        """A whole power; of a sum of terms a negative one is an atom."""
        base = self.merged(base)
        if exponent >= 0:
            return self.times(*([base] * exponent))
        if not base:
            raise UnknownError("a denominator that is zero")
        if len(base) == 1 and not base[0].bound and not base[0].conditions:
            (term,) = base
            factors = {atom: e * exponent for atom, e in term.factors.items()}
            return self.reduced(Term(Fraction(term.coefficient) ** exponent, factors))
        return self.of(Atom("sum", (), (base,)), exponent)

    def _together(self, base: Poly, exponent: int) -> Poly:
        """A whole power in which a sum of terms stays one factor, so that it can cancel."""
        base = self.merged(base)
        if len(base) == 1 and not base[0].bound and not base[0].conditions:
            return self.power(base, exponent)
        return self.of(Atom("sum", (), (base,)), exponent)

    # Indices and ranges -------------------------------------------------------------------------

    def index(self, node: Expr, at: Environment) -> Affine:
        """An index expression as an affine form."""
        found = at.get(node)
        if isinstance(found, Affine):
            return found
        if node.is_Integer:
            return Affine({}, int(node))
        if isinstance(node, Symbol):
            return Affine({free_name(node): 1})
        if isinstance(node, Add):
            result = Affine({})
            for part in node.args:
                result = result + self.index(part, at)
            return result
        if isinstance(node, Mul):
            result = Affine({}, 1)
            for part in node.args:
                result = product_of(result, self.index(part, at))
            return result
        if isinstance(node, Indexed):
            name = name_of(node)
            indices = tuple(self.index(i, at) for i in node.indices)
            line = next((e for e in self.helpers.get(name, ()) if not e.is_boundary), None)
            if line is not None:
                letters: dict[Expr, Affine | Poly] = dict(
                    zip(line.quantity.indices, indices, strict=True)
                )
                return self.index(line.expression, letters)
            return Affine({Atom(f"look {name}", indices): 1})
        if isinstance(node, Extreme) and is_index(node):
            return Affine({self._extreme(node, at): 1})
        raise UnknownError(f"an index {node}")

    def _extreme(self, node: Extreme, at: Environment) -> Atom:
        letter, inner, conditions = self._bind(node.limit, at)
        body = self.where(self.read(node.body, inner), conditions)
        try:  # its place lies between these
            ends = tuple(self.index(end, at) for end in node.limit[1:])
        except UnknownError:
            ends = ()
        return Atom(node.kind, ends, (self.summed(body, [letter]),))

    def _bind(
        self, limit: Expr, at: Environment
    ) -> tuple[int, dict[Expr, Affine | Poly], list[Condition]]:
        index, first, last = limit
        letter = fresh()
        form = Affine({letter: 1})
        conditions = [*self._from(form, first, at), *self._to(form, last, at)]
        return letter, {**at, index: form}, conditions

    def _from(self, form: Affine, first: Expr, at: Environment) -> Iterator[Condition]:
        if isinstance(first, Largest):
            for part in first.args:
                yield from self._from(form, part, at)
            return
        rounded, rest = _apart(first, CeilingOf)
        if rounded is not None:
            divisor = self._divisor(rounded.divisor)
            inner = (form - self.index(rest, at)) * divisor - self.index(rounded.numerator, at)
            yield at_least(inner)
            return
        yield at_least(form - self.index(first, at))

    def _to(self, form: Affine, last: Expr, at: Environment) -> Iterator[Condition]:
        if isinstance(last, Smallest):
            for part in last.args:
                yield from self._to(form, part, at)
            return
        rounded, rest = _apart(last, FloorOf)
        if rounded is not None:
            divisor = self._divisor(rounded.divisor)
            inner = self.index(rounded.numerator, at) - (form - self.index(rest, at)) * divisor
            yield at_least(inner)
            return
        yield at_least(self.index(last, at) - form)

    def _divisor(self, node: Expr) -> int:
        if not node.is_Integer or node <= 0:
            raise UnknownError("a quotient by a size")
        return int(node)

    def _inside(self, ranges: Iterable[Range], indices: Iterable[Affine]) -> list[Condition]:
        found = []
        for r, index in zip(ranges, indices, strict=True):
            found += range_conditions(r, index)
        return found

    # Entries ------------------------------------------------------------------------------------

    def entry(self, name: str, indices: tuple[Affine, ...]) -> Poly:
        """An entry; beyond its ranges what starts, ends or padding say."""
        quantity = self.model.quantities.get(name)
        if quantity is None:
            return self._helper(name, indices)
        padding = quantity.outside if quantity.outside is not None else self.outside.get(name)
        boundaries = self.model.boundaries.get(name, ())
        inside = self._general(quantity, indices)
        if padding is None and not boundaries:
            return inside
        if padding is not None and padding != 0:
            raise UnknownError("padding that is not zero")
        parts = [self.where(inside, self._inside(quantity.ranges, indices))]
        for boundary in boundaries:
            parts.append(self._at_boundary(boundary, indices))
        return self.add(parts)

    def _at_boundary(self, boundary: Equation, indices: tuple[Affine, ...]) -> Poly:
        """What a start says, where indices are its own."""
        at, conditions = self._match(boundary, indices)
        return self.where(self.read(boundary.expression, at), conditions)

    def _match(
        self, boundary: Equation, indices: tuple[Affine, ...]
    ) -> tuple[dict[Expr, Affine | Poly], list[Condition]]:
        at: dict[Expr, Affine | Poly] = {}
        conditions: list[Condition] = []
        for own, r, index in zip(boundary.indices, boundary.quantity.ranges, indices, strict=True):
            if own in boundary.quantity.indices:
                at[own] = index
                conditions += range_conditions(r, index)
            else:
                conditions.append(is_zero(self.index(own, {}) - index))
        return at, conditions

    def _general(self, quantity: Quantity, indices: tuple[Affine, ...]) -> Poly:
        equation = self.model.definitions.get(quantity.name)
        if equation is not None and quantity.name in self.unfolded:
            at = dict(zip(quantity.indices, indices, strict=True))
            return self.read(equation.expression, at)
        return self.of(Atom(f"entry {quantity.name}", indices))

    def _helper(self, name: str, indices: tuple[Affine, ...]) -> Poly:
        if name in self.equal:
            return self.adjoint(self.equal[name], indices)
        lines = self.helpers.get(name)
        if not lines:
            raise UnknownError(f"{name} is not defined")
        parts = []
        general = next((line for line in lines if not line.is_boundary), None)
        boundaries = [line for line in lines if line.is_boundary]
        if general is not None:
            at = dict(zip(general.quantity.indices, indices, strict=True))
            value = self.read(general.expression, at)
            if boundaries or name in self.outside:
                value = self.where(value, self._inside(general.quantity.ranges, indices))
            parts.append(value)
        for boundary in boundaries:
            at, conditions = self._match(boundary, indices)
            parts.append(self.where(self.read(boundary.expression, at), conditions))
        return self.add(parts)

    # Adjoints -----------------------------------------------------------------------------------

    def adjoint(self, name: str, indices: tuple[Affine, ...]) -> Poly:
        """The loss's derivative by an entry; 0 beyond the entries of a quantity."""
        if name == self.model.loss.name:
            return ONE
        if name in self.kept:
            value = self.of(Atom(f"adjoint {name}", indices))
        elif name in self.formulas:
            line = self.formulas[name]
            letters: dict[Expr, Affine | Poly] = dict(zip(line.indices, indices, strict=True))
            value = self.read(line.expression, letters)
        else:
            value = self.independent(name, indices)
        return self.within(value, self.adjoint_domain(name, indices))

    def adjoint_domain(self, name: str, indices: tuple[Affine, ...]) -> list[list[Condition]]:
        """Where a quantity has an entry: in its ranges, and at each start and end."""
        quantity = self.model.quantities[name]
        found = [self._inside(quantity.ranges, indices)]
        for boundary in self.model.boundaries.get(name, ()):
            found.append(self._match(boundary, indices)[1])
        return found

    def within(self, poly: Poly, domain: list[list[Condition]]) -> Poly:
        """A sum of terms on a domain of disjoint parts, and 0 elsewhere."""
        return self.add(self.where(poly, conditions) for conditions in domain)

    def independent(self, name: str, indices: tuple[Affine, ...]) -> Poly:
        """An entry's adjoint from those of whatever its consumers define."""
        if name in self._under_way:
            raise CircleError(name)
        self._under_way.add(name)
        try:
            users = [e for e in self.model.equations if name in e.mentions]
            return self.merged(self.add(self.through(e, name, indices) for e in users))
        finally:
            self._under_way.discard(name)

    def through(self, equation: Equation, name: str, indices: tuple[Affine, ...]) -> Poly:
        """What reaches the loss through one equation."""
        user = equation.quantity
        at: dict[Expr, Affine | Poly] = {}
        letters: list[int] = []
        conditions: list[Condition] = []
        for own, r in zip(equation.indices, user.ranges, strict=True):
            if own in user.indices:
                letters.append(fresh())
                at[own] = Affine({letters[-1]: 1})
                conditions += range_conditions(r, at[own])  # type: ignore[arg-type]
        place = tuple(self.index(own, at) for own in equation.indices)
        local = self.local(equation, at, place, name, indices)
        if not local:
            return ()
        upstream = self.adjoint(user.name, place)
        return self.summed(self.where(self.times(upstream, local), conditions), letters)

    def local(
        self,
        equation: Equation,
        at: Environment,
        place: tuple[Affine, ...],
        name: str,
        indices: tuple[Affine, ...],
    ) -> Poly:
        """One equation's right side differentiated by an entry."""
        before, self._whole = self._whole, None
        if isinstance(equation.expression, Apply) and not equation.is_boundary:
            # The function's own value is the quantity, by name.
            self._whole = equation.expression, self.entry_by_name(equation.quantity, place)
        try:
            return self.derivative(equation.expression, at, name, indices)
        finally:
            self._whole = before

    def entry_by_name(self, quantity: Quantity, place: tuple[Affine, ...]) -> Poly:
        """A quantity's general entry, as it is named."""
        return self._general(quantity, place)

    # Values -------------------------------------------------------------------------------------

    def read(self, node: Expr, at: Environment) -> Poly:
        """An expression as a sum of terms."""
        if isinstance(node, Add):
            return self.merged(self.add(self.read(part, at) for part in node.args))
        if isinstance(node, Mul):
            return self.times(*(self.read(part, at) for part in node.args))
        if isinstance(node, Rational):
            return self.number(int(node) if node.q == 1 else Fraction(int(node.p), int(node.q)))
        if node in at and not isinstance(at[node], Affine):
            return at[node]  # type: ignore[return-value]
        if isinstance(node, Indexed) and not is_index(node):
            return self.entry(name_of(node), tuple(self.index(i, at) for i in node.indices))
        if isinstance(node, SymPySum):
            return self._sum(node, at, self.read)
        if isinstance(node, Apply):
            return self.apply(node, at)
        if isinstance(node, Pow):
            return self.raised(node, at)
        if isinstance(node, Partial):
            return self.partial(node, at)
        if isinstance(node, KroneckerDelta):
            left, right = (self.index(i, at) for i in node.args)
            return self.where(ONE, [is_zero(left - right)])
        if isinstance(node, Bracket):
            return self.bracket(node, at)
        if isinstance(node, Divides):
            form = self.index(node.args[1], at)
            return self.where(ONE, [Condition("div", form, self._divisor(node.args[0]))])
        if isinstance(node, Marked | Stop):
            return self.read(node.body, at)
        if isinstance(node, Extreme) and not is_index(node):
            return self.of(self._extreme(node, at))
        if isinstance(node, NumberSymbol):
            return self.of(Atom(f"number {node}"))
        if isinstance(node, Symbol) and not node.is_integer:
            return self.entry(node.name, ())
        if isinstance(node, OfVectors):
            names, rows = self._vectors(node, at)
            return self.of(Atom(f"vectors {node.name} of {names}", rows))
        if is_index(node):
            return self._counted(self.index(node, at))
        raise UnknownError(type(node).__name__)

    def _counted(self, form: Affine) -> Poly:
        """An index as a number."""
        parts = [
            self.scaled(self.of(Atom("index", (Affine({v: 1}),))), c) for v, c in form.terms.items()
        ]
        return self.add([*parts, self.number(form.constant)])

    def _sum(
        self, node: SymPySum, at: Environment, body: Callable[[Expr, Environment], Poly]
    ) -> Poly:
        letters: list[int] = []
        conditions: list[Condition] = []
        inner: Environment = at
        for limit in reversed(node.limits):
            letter, inner, own = self._bind(limit, inner)
            letters.append(letter)
            conditions += own
        return self.summed(self.where(body(node.function, inner), conditions), letters)

    def cleared(self, poly: Poly) -> Poly:
        """A sum of terms times every denominator that does not stand under a sum's own letter."""
        lowest: dict[Atom, int] = {}
        for term in poly:
            for atom, exponent in term.factors.items():
                if atom.head == "sum" and exponent < 0 and term.bound.isdisjoint(atom.variables):
                    lowest[atom] = min(exponent, lowest.get(atom, 0))
        parts: list[Poly] = []
        changed = bool(lowest)
        for term in poly:
            factors, powers = dict(term.factors), []
            for atom, exponent in lowest.items():
                factors[atom] = factors.get(atom, 0) - exponent
            for atom, exponent in tuple(factors.items()):
                if atom.head == "sum" and exponent >= 0:
                    changed = True
                    powers.append(self.power(atom.args[0], factors.pop(atom)))
            body = Term(term.coefficient, factors, term.bound, term.conditions)
            parts.append(self.times((body,), *powers))
        return self.merged(self.add(parts)) if changed else poly

    def raised(self, node: Pow, at: Environment) -> Poly:
        """A power with a rational exponent."""
        base = self.read(node.base, at)
        if node.exp.is_Integer:
            return self.power(base, int(node.exp))
        if not node.exp.is_Rational:
            raise UnknownError("a power that is no number")
        return self.root(base, int(node.exp.p), int(node.exp.q))

    def root(self, base: Poly, top: int, bottom: int) -> Poly:
        """A power of a root; numbers and factors are left under it."""
        atom = Atom(f"root {bottom}", (), (self.merged(base),))
        return self.reduced(Term(1, {atom: top}))

    def bracket(self, node: Bracket, at: Environment) -> Poly:
        """A condition on indices, or on values."""
        if is_index(node.left) and is_index(node.right):
            form = self.index(node.right, at) - self.index(node.left, at)
            if node.relation == "<=":
                return self.where(ONE, [at_least(form)])
            if node.relation == "<":
                return self.where(ONE, [at_least(form - 1)])
            equal = self.where(ONE, [is_zero(form)])
            return equal if node.relation == "==" else self.add([ONE, self.scaled(equal, -1)])
        left, right = self.read(node.left, at), self.read(node.right, at)
        if node.relation == "<":
            return self.step(self.merged(self.add([right, self.scaled(left, -1)])))
        if node.relation == "<=":
            below = self.step(self.merged(self.add([left, self.scaled(right, -1)])))
            return self.add([ONE, self.scaled(below, -1)])
        return self.of(Atom(f"bracket {node.relation}", (), (left, right)))

    def step(self, argument: Poly) -> Poly:
        """1 for a positive argument; ``u step(u)`` is positive where ``u`` is."""
        argument = self.merged(argument)
        if not argument:
            return ()
        first = min(argument, key=key_of)
        argument = self.scaled(argument, 1 / abs(Fraction(first.coefficient)))
        text = spell(argument)
        for term in argument:
            for atom in term.factors:
                if atom.head != "step":
                    continue
                inner, own = atom.args[0], self.of(atom)
                if spell(self.times(inner, own)) == text:
                    return own
                other = self.add([ONE, self.scaled(own, -1)])
                if spell(self.times(self.scaled(inner, -1), other)) == text:
                    return other
        return self._applied("step", argument)

    def _applied(self, name: str, argument: Poly) -> Poly:
        """A function at an argument or at its opposite, always the same of the two."""
        argument = self.merged(argument)
        if name in REFLECTED:
            opposite = self.scaled(argument, -1)
            if spell(opposite) > spell(argument):  # "-" comes first: the positive one is taken
                start, scale = REFLECTED[name]
                atom = Atom(name if name == "step" else f"apply {name} 0", (), (opposite,))
                return self.add([self.number(start), self.scaled(self.of(atom), scale)])
        return self.of(Atom(name if name == "step" else f"apply {name} 0", (), (argument,)))

    def apply(self, node: Apply, at: Environment) -> Poly:
        """A function, or a derivative of one, at an argument."""
        if self._whole is not None and node == self._whole[0]:
            return self._whole[1]
        argument = self.read(node.argument, at)
        return self.function(node.name, node.order, argument)

    def function(self, name: str, order: int, argument: Poly) -> Poly:
        """The same for an argument that is read."""
        if order == 0:
            match name:
                case "sqrt":
                    return self.root(argument, 1, 2)
                case "exp":
                    return self._exponential(argument)
                case "step":
                    return self.step(argument)
                case "sign":
                    return self.add([self.scaled(self.step(argument), 2), self.number(-1)])
                case "positive":
                    return self.times(argument, self.step(argument))
                case "abs":
                    return self.times(argument, self.function("sign", 0, argument))
            kinked = ACTIVATIONS.get(name)
            if kinked is not None and kinked.kinks and kinked.elementwise:
                return self.read(formula(kinked.formula), {Z: argument})
            return self._applied(name, argument)
        if order == 1 and name in SLOPES:
            return self.read(formula(SLOPES[name]), {Z: argument})
        known = ACTIVATIONS.get(name)
        if order == 1 and known is not None and known.elementwise:
            value = self.function(name, 0, argument)
            if self._whole is not None and isinstance(self._whole[0], Apply):
                whole = self._whole[0]
                if whole.name == name:
                    value = self._whole[1]
            return self.read(catalogue_derivative(name), {Z: argument, A: value})
        return self.of(Atom(f"apply {name} {order}", (), (self.merged(argument),)))

    def _exponential(self, argument: Poly) -> Poly:
        """``exp(a + 2b)`` as ``exp(a) exp(b)^2``, and ``exp(log(a))`` as ``a``."""
        parts: list[Poly] = []
        for term in self.merged(argument):
            body = Term(1, term.factors, term.bound, term.conditions)
            coefficient = Fraction(term.coefficient)
            single = list(term.factors.items())
            if (
                len(single) == 1
                and single[0][1] == 1
                and single[0][0].head == "apply log 0"
                and not term.bound
                and not term.conditions
                and coefficient.denominator == 1
            ):
                parts.append(self.power(single[0][0].args[0], int(coefficient)))
                continue
            scale, whole = Fraction(1, coefficient.denominator), coefficient.numerator
            inside = (Term(scale, body.factors, body.bound, body.conditions),)
            parts.append(self.of(Atom("apply exp 0", (), (inside,)), whole))
        return self.times(*parts)

    def partial(self, node: Partial, at: Environment) -> Poly:
        """An adjoint, or a local derivative."""
        by = name_of(node.by) if isinstance(node.by, Indexed) else node.by.name
        indices = (
            tuple(self.index(i, at) for i in node.by.indices)
            if isinstance(node.by, Indexed)
            else ()
        )
        if node.of == self.loss:
            return self.adjoint(by, indices)
        if isinstance(node.of, OfVectors):
            return self.derivative(node.of, at, by, indices)
        of = name_of(node.of) if isinstance(node.of, Indexed) else node.of.name
        equation = self.model.definitions.get(of)
        if equation is None or by not in equation.mentions:
            raise UnknownError("a total derivative")
        own = (
            tuple(self.index(i, at) for i in node.of.indices)
            if isinstance(node.of, Indexed)
            else ()
        )
        letters = dict(zip(equation.quantity.indices, own, strict=True))
        local = self.local(equation, letters, own, by, indices)
        return self.where(local, self._inside(equation.quantity.ranges, own))

    # Derivatives --------------------------------------------------------------------------------

    def derivative(
        self, node: Expr, at: Environment, name: str, indices: tuple[Affine, ...]
    ) -> Poly:
        """The derivative of an expression by an entry."""
        if isinstance(node, Indexed) and not is_index(node):
            if name_of(node) != name:
                return ()
            own = [self.index(i, at) for i in node.indices]
            pairs = zip(own, indices, strict=True)
            return self.where(ONE, [is_zero(left - right) for left, right in pairs])
        if isinstance(node, Add):
            return self.add(self.derivative(part, at, name, indices) for part in node.args)
        if isinstance(node, Mul):
            terms = []
            for position, part in enumerate(node.args):
                inner = self.derivative(part, at, name, indices)
                if inner:
                    others = [
                        self.read(other, at) for n, other in enumerate(node.args) if n != position
                    ]
                    terms.append(self.times(inner, *others))
            return self.add(terms)
        if isinstance(node, SymPySum):
            return self._sum(
                node, at, lambda body, inner: self.derivative(body, inner, name, indices)
            )
        if isinstance(node, Apply):
            inner = self.derivative(node.argument, at, name, indices)
            if not inner:
                return ()
            slope = self.function(node.name, node.order + 1, self.read(node.argument, at))
            return self.times(slope, inner)
        if isinstance(node, Pow):
            inner = self.derivative(node.base, at, name, indices)
            if not inner:
                return ()
            lower = self.read(node.exp * node.base ** (node.exp - 1), at)
            return self.times(lower, inner)
        if isinstance(node, Extreme) and not is_index(node):
            arg = {"max": "argmax", "min": "argmin"}[node.kind]
            place = Affine({self._extreme(Extreme(arg, node.body, node.limit), at): 1})
            return self.derivative(node.body, {**at, node.limit[0]: place}, name, indices)
        if isinstance(node, OfVectors):
            return self._by_vectors(node, at, name, indices)
        if isinstance(node, Marked):
            return self.derivative(node.body, at, name, indices)
        if isinstance(node, Symbol) and not node.is_integer and node not in at:
            return ONE if node.name == name else ()
        if isinstance(
            node, Symbol | Rational | NumberSymbol | KroneckerDelta | Bracket | Divides | Stop
        ) or is_index(node):
            return ()
        raise UnknownError(type(node).__name__)

    def _by_vectors(
        self, node: OfVectors, at: Environment, name: str, indices: tuple[Affine, ...]
    ) -> Poly:
        """A generic function's slopes, named by it, its vectors and the place among them."""
        names, rows = self._vectors(node, at)
        parts = []
        for position, vector in enumerate(node.arguments):
            own = name_of(vector) if isinstance(vector, Indexed) else vector.name
            if own != name:
                continue
            slots = vector.indices if isinstance(vector, Indexed) else ()
            conditions = [
                is_zero(self.index(slot, at) - index)
                for slot, index in zip(slots, indices, strict=True)
                if slot != EVERY
            ]
            atom = Atom(f"slope {node.name} {position} of {names}", (*rows, *indices))
            parts.append(self.where(self.of(atom), conditions))
        return self.add(parts)

    def _vectors(self, node: OfVectors, at: Environment) -> tuple[str, list[Affine]]:
        """The names of a generic function's vectors, and the indices that are held fixed."""
        vectors = [v for v in node.arguments if isinstance(v, Indexed)]
        rows = [self.index(i, at) for v in vectors for i in v.indices if i != EVERY]
        names = [name_of(v) if isinstance(v, Indexed) else v.name for v in node.arguments]
        return " ".join(names), rows


def _apart(node: Expr, kind: type[Expr]) -> tuple[Expr | None, Expr]:
    """A rounded quotient in a sum of index expressions, and what is added to it."""
    parts = Add.make_args(node)
    rounded = [part for part in parts if isinstance(part, kind)]
    if len(rounded) != 1:
        return None, node
    return rounded[0], Add(*(part for part in parts if part is not rounded[0]))


def range_conditions(r: Range, index: Affine) -> list[Condition]:
    """That an index is in a range."""
    plain = Reading.__new__(Reading)
    return [
        at_least(index - plain.index(r.first, {})),
        at_least(plain.index(r.upper, {}) - index),
    ]


def given_of(model: Model, letters: Iterable[Condition] = ()) -> Given:
    """What holds of the sizes of a model, and of letters."""
    plain = Reading.__new__(Reading)
    conditions = [at_least(Affine({name: 1}, -1)) for name in model.size_names]
    for condition in model.conditions:
        if isinstance(condition, Bracket) and condition.relation == "<=":
            left, right = plain.index(condition.left, {}), plain.index(condition.right, {})
            conditions.append(at_least(right - left))
    counts = {
        q.name: plain.index(q.counts, {}) for q in model.quantities.values() if q.counts is not None
    }
    return Given([*conditions, *letters], counts)
