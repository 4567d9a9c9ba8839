"""What a model's expressions come to as sums of terms, and their derivatives by own rules.

Entries beyond a quantity's range are what its starts and ends say, or its padding; adjoints beyond
it are 0.  Both come out as conditions, so that nothing is said of an index that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

from symback.algebra.expressions import EVERY, Apply, Marked, OfVectors, Partial, name_of
from symback.algebra.indexing import (
    Bracket,
    Divides,
    Extreme,
    Stop,
    is_index,
)
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Quantity
from symback.verification.allsizes.affine import Affine, Condition, Variable, at_least, is_zero
from symback.verification.allsizes.indices import Environment, Indices, range_conditions
from symback.verification.allsizes.sums import ONE, UnknownError
from symback.verification.allsizes.terms import (
    Atom,
    Given,
    Poly,
    fresh,
    spell,
)
from symback.verification.identity.functions import SLOPES, A, Z, catalogue_derivative, formula

__all__ = ["CircleError", "Reading"]


class CircleError(UnknownError):
    """An adjoint that is worked out rests on itself: one of the circle must be left standing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Reading(Indices):
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
        patterns: arguments of functions that name quantities, shared by readings of one model.
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
        patterns: dict[tuple[frozenset[str], int], Poly] | None = None,
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
        self._patterns = {} if patterns is None else patterns
        self._functions: dict[str, list[Equation]] = {}
        for equation in model.definitions.values():
            applied = equation.expression
            if isinstance(applied, Apply) and equation.quantity.name not in unfolded:
                self._functions.setdefault(applied.name, []).append(equation)

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
            leading = (e for e in self.model.equations if e.quantity.name in self.model.reached)
            users = [e for e in leading if name in e.mentions]
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

    def raised(self, node: Pow, at: Environment) -> Poly:
        """A power with a rational exponent."""
        base = self.read(node.base, at)
        if node.exp.is_Integer:
            return self.power(base, int(node.exp))
        if not node.exp.is_Rational:
            raise UnknownError("a power that is no number")
        return self.root(base, int(node.exp.p), int(node.exp.q))

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

    def apply(self, node: Apply, at: Environment) -> Poly:
        """A function, or a derivative of one, at an argument."""
        if self._whole is not None and node == self._whole[0]:
            return self._whole[1]
        argument = self.read(node.argument, at)
        return self.function(node.name, node.order, argument)

    def _named(self, name: str, argument: Poly) -> Poly | None:
        """The quantity that is defined as this function of this argument, if there is one."""
        for equation in self._functions.get(name, ()):
            indices = self._fitting(equation, argument)
            if indices is not None:
                return self.entry_by_name(equation.quantity, indices)
        return None

    def _fitting(self, equation: Equation, argument: Poly) -> tuple[Affine, ...] | None:
        """The indices at which an equation's argument is the given one."""
        pattern = self._pattern(equation)
        slots = {a.head: (a.indices, term.bound) for term in argument for a in term.factors}
        found: dict[Variable, Affine] = {}
        for term in pattern:
            for atom in term.factors:
                others, bound = slots.get(atom.head, ((), frozenset()))
                for own, other in zip(atom.indices, others, strict=False):
                    letter = own.single
                    is_letter = isinstance(letter, str) and letter.startswith("?")
                    if is_letter and bound.isdisjoint(other.variables):
                        found.setdefault(letter, other)
        letters = [f"?{n}" for n in range(len(equation.indices))]
        if not pattern or not all(letter in found for letter in letters):
            return None
        there = tuple(term.put(found) for term in pattern)
        if spell(there) != spell(argument):
            return None
        return tuple(found[letter] for letter in letters)

    def _pattern(self, equation: Equation) -> Poly:
        """The argument of an equation's function, with ``?0``, ``?1``, … for its indices.

        It holds no adjoint and no letter from outside, so it depends on what is put in alone.
        """
        key = (self.unfolded, equation.number)
        if key in self._patterns:
            return self._patterns[key]
        self._patterns[key] = ()  # while it is read: it does not name itself
        free: dict[Expr, Affine | Poly] = {
            letter: Affine({f"?{n}": 1}) for n, letter in enumerate(equation.indices)
        }
        whole, self._whole = self._whole, None
        try:
            pattern = self.read(equation.expression.argument, free)
        except BaseException:
            del self._patterns[key]
            raise
        finally:
            self._whole = whole
        self._patterns[key] = pattern
        return pattern

    def function(self, name: str, order: int, argument: Poly) -> Poly:
        """The same for an argument that is read."""
        if order == 0:
            named = self._named(name, self.merged(argument))
            if named is not None:
                return named
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
