"""Sums and products with a large sign: over what their indices run, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from itertools import product as all_pairs
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.commands import FUNCTIONS
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Entry,
    Fraction,
    Group,
    Meant,
    Node,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
)
from symback.reading.meaning.arrays import Array, Jacobian, Value
from symback.reading.meaning.calls import KNOWN_NAMES
from symback.reading.meaning.graph import Term
from symback.reading.meaning.sums_of_equations import SumsOfEquations
from symback.reading.network.measuring import bound as named_size
from symback.reading.network.places import Place, Undecided
from symback.reading.network.symbols import everything, quantities, spelled, summed_letters

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter
    from symback.reading.network.naming import Parts

__all__ = ["OTHER_LAYER", "SIZE_LIMIT", "Sums"]

Env = Mapping[str, int]

OTHER_LAYER = "sum-of-other-layer"
"""The note of a sum to a number that is that of the units of another layer."""

_DEEPEST = 6
"""So many letters have a value where one more stands for values alone."""

_VALUES = 3
"""So many values a letter takes that only stands for them, `\\sum_x p(x) f(x)`."""

MOST_LAYERS = 12
"""So many layers a network is looked at with."""

SIZE_LIMIT = 64
"""So many terms or entries are written out."""


class Sums:
    """The sums of one interpreter."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)
        self.stated = SumsOfEquations(interpreter.model)
        self._ends: dict[tuple[Hashable, ...], str] = {}

    def value(self, node: BigSum, env: Env) -> Value:
        """The value of a sum, or of a product with a large sign."""
        letters = summed_letters(node)
        if not letters:
            return self._of_all(node, env)
        repeated = node.meant is Meant.BY_REPEATED_INDEX
        if not node.indices or repeated or node.meant is Meant.OVER_A_SET:
            code = "repeated-indices" if repeated else "sum-over"
            self.interpreter.note(code, letters=", ".join(letters))
        terms = []
        ranges = [self.range_of(node, letter, env) for letter in letters]
        for values in all_pairs(*ranges):
            inner = {**env, **dict(zip(letters, values, strict=True))}
            if all(
                self.interpreter.choices.holds(condition, inner) for condition in node.conditions
            ):
                terms.append(self.interpreter.value(node.body, inner))
        if node.operator == "prod":
            return self.interpreter.terms.product(map(self.interpreter.as_scalar, terms))
        if all(isinstance(term, Term) for term in terms):
            return self.interpreter.terms.sum(terms)  # type: ignore[arg-type]
        total = terms[0]
        for term in terms[1:]:
            total = self.interpreter.products.add(total, term)
        return total

    def _entry_sizes(self, letter: str, node: Entry, env: Env) -> Iterator[int]:
        """How many values a letter takes that stands behind a bracket."""
        for position, index in enumerate(node.indices):
            if isinstance(index, Symbol) and spelled(index) == letter:
                body = self.interpreter.value(node.body, {**env, letter: 1})
                if not isinstance(body, Array):
                    return
                if len(node.indices) == 2:
                    yield body.shape[position]
                elif 1 in body.shape:
                    yield len(body.items)
                else:
                    yield body.shape[1 if self.interpreter.model.columns else 0]

    def _of_all(self, node: BigSum, env: Env) -> Value:
        """A sum that names no index: of one output, or over all entries."""
        ranks = self.interpreter.model.names.ranks
        value = self.interpreter.value(node.body, env)
        if node.operator != "sum" or isinstance(value, Jacobian):
            raise Undecided("sum-without-index")
        if isinstance(value, Array):
            self.interpreter.note("sum-of-entries")
            return self.interpreter.terms.sum(value.items)
        if any(ranks.get(self.interpreter.model.names.canonical(s)) for s in quantities(node.body)):
            raise Undecided("sum-without-index")
        self.interpreter.note("sum-of-one")
        return value

    def range_of(self, node: BigSum, name: str, env: Env) -> range:
        """The values of a summed index: as written out, or those of the places where it stands."""
        if node.lower is node.upper is None and name in self.stated.begun_elsewhere:
            raise Undecided("sum-without-range", index=name)
        first = 1 if node.lower is None else self._limit(node.lower, env)
        if first is None:
            raise Undecided("index-unbound", index=", ".join(_letters_in(node.lower)))
        if isinstance(node.upper, Number) and node.upper.digits.isdecimal():
            last = int(node.upper.digits)
            if self.interpreter.model.sizes.knows(many := ("bound", node.upper.digits)):
                last = self.interpreter.model.sizes.size(many)
            if last - first > SIZE_LIMIT:
                raise Undecided("too-large")
            size = self.size_of(name, [node.body], {**env, name: 1})
            held = [*self._held(node, name, env)]
            for place, units in held:
                if last > units:
                    raise Undecided("no-such-unit", of=place.base, unit=str(last), units=str(units))
            if size is not None and size != last - first + 1 and not held:
                # Over a part of the range as it is known here, which the document may mean whole.
                self.interpreter.note("sum-beyond-range", index=name)
            return range(first, last + 1)
        if (
            self.stated.counts_layers(node.upper)
            and name not in self.interpreter.model.names.layer_letters
        ):
            raise Undecided("sum-without-range", index=name)  # `L` is no number of units
        if isinstance(node.upper, Symbol) and spelled(node.upper) in _summed_in(node):
            raise Undecided("index-unbound", index=spelled(node.upper))
        if _head(node.upper) in self.interpreter.model.names.layer_letters:
            raise Undecided("sum-without-range", index=name)  # `l(l - 1)` is no `m(l - 1)`
        if node.upper is not None and (exact := self._end(node.body, name, node.upper, env)):
            return range(first, exact + 1)
        size = self.size_of(name, [node.body], {**env, name: 1})
        bound = named_size(self.interpreter.model, node.upper, env)
        sizes = self.interpreter.model.sizes
        if bound is None and self._has_another_end(node, name, env):
            raise Undecided("sum-without-range", index=name)
        if bound is not None and sizes.knows_kind(bound):
            if size is not None and (
                sizes.size(bound) != size
                if sizes.knows(bound)
                else not self._goes_with(bound, name, node.body, {**env, name: 1})
            ):
                # A limit of another range, which with other sizes would leave units out.
                self.interpreter.note("sum-beyond-range", index=name)
            if size is not None and sizes.knows(bound) and sizes.size(bound) != size:
                if len(bound) == 2 and self._is_of_layers(name, node.body, {**env, name: 1}):
                    # One letter for the units of every layer: then these are of one width.
                    self.interpreter.note(OTHER_LAYER, index=name)
            if sizes.knows(bound) or size is None:
                size = sizes.size(bound)
        elif size is None and bound is not None:
            size = 2
        elif bound is not None and self._is_of_others(bound, name, node.body, env):
            self.interpreter.note("sum-beyond-range", index=name)
        if size is None and node.upper is node.lower is None and self._is_argument(name, node.body):
            if len(env) >= _DEEPEST:
                raise Undecided("too-large")
            size = _VALUES
        if size is None:
            raise Undecided("sum-without-range", index=name)
        return range(first, size + 1)

    def _is_argument(self, name: str, body: Node) -> bool:
        """Say whether a summed letter stands for values alone that open functions are taken at.

        Then the values of each function are numbers like any others, however many there are.
        """
        calls = [part for part in everything(body) if isinstance(part, Call)]
        model = self.interpreter.model
        taken = [
            argument
            for call in calls
            if call.function.name not in KNOWN_NAMES | FUNCTIONS
            and call.function.name not in model.definitions.functions
            and not self._is_of_one(call)
            for argument in call.arguments
            if isinstance(argument, Symbol) and spelled(argument) == name
        ]
        met = [x for x in everything(body) if isinstance(x, Symbol) and spelled(x) == name]
        return bool(taken) and len(met) == len(taken)

    def _is_of_one(self, call: Call) -> bool:
        """Say whether a function stands for a quantity that has an equation for one value alone.

        `a(x)` of every sample x beside `a = f(z)` is one quantity, and not so many.
        """
        model = self.interpreter.model
        found = model.definitions.under(model.names.split(call.function))
        lefts = [d.statement.definition[0] for d in found if d.statement is not None]
        return any(not isinstance(left, Call) for left in lefts)

    def _held(self, node: BigSum, name: str, env: Env) -> Iterator[tuple[Place, int]]:
        """The ranges that a sum runs over whose sizes a stated network says."""
        sizes = self.interpreter.model.sizes
        for place, position in self._places(node.body, name, env):
            if sizes.is_held((place, position)):
                yield place, sizes.size((place, position))

    def _steps(self) -> set[str]:
        """The letters of steps that are counted as layers: `h^{(t-1)}` leads to `h^{(t)}`."""
        return self.interpreter.model.names.layer_letters

    def _last_layer(self, parts: Parts) -> int:
        """The last layer or step at which a quantity exists."""
        existing = self.interpreter.model.layers.existing.get((parts.base, parts.tag))
        return max(existing) if existing else 2

    def _has_another_end(self, node: BigSum, name: str, env: Env) -> bool:
        """Say whether a limit is worked out, `n / 2`, where the whole range has a name: `n`.

        From 1 up to `n - 1` a sum leaves the last one out, unless an equation is so written.
        """
        if not isinstance(node.upper, Product | Fraction | Power | Sum):
            return False
        sizes = self.interpreter.model.sizes
        places = [*self._places(node.body, name, env)]
        if node.lower == Number("1") and node.upper not in self.stated.limits:
            if any(place.base in self.stated.letters for place, _ in places):
                return True
        return any(pair[0] == "bound" for where in places for pair in sizes.together(where))

    def _limit(self, node: Node, env: Env) -> int | None:
        """The value of a limit; None where a letter in it has none."""
        try:
            return self.interpreter.index(node, env)
        except Undecided:
            return None

    def _end(self, body: Node, name: str, upper: Node, env: Env) -> int | None:
        """Where a sum ends that does not run over a whole range: at `t`, or at `n - 1`.

        A letter that is an index has its value. Of any other, `n - 1` is one less than the range
        only where that is known to be n; else it is the name of the whole range, and then no other
        end with the same letters can be.
        """
        letters = _letters_in(upper)
        if letters and all(letter in env for letter in letters):
            return self._limit(upper, env)
        model = self.interpreter.model
        ranges = {model.sizes.find(where) for where in self._places(body, name, env)}
        tied = [x for x in letters if model.sizes.knows(where := ("bound", x))
                and model.sizes.find(where) in ranges]  # fmt: skip
        if isinstance(upper, Sum) and tied == letters:
            return self._limit(upper, env)
        if isinstance(upper, Symbol | Sum):
            # Of samples, `x^{(i)}`, no range is known: one letter has one there.
            for reached in ranges or {("letter", name)}:
                if self._ends.setdefault((reached, *letters), spelled(upper)) != spelled(upper):
                    raise Undecided("index-unbound", index=", ".join(letters))
        return None

    def _places(self, body: Node, name: str, env: Env) -> Iterator[tuple[Place, int]]:
        """The places where a summed letter stands."""
        for symbol in quantities(body):
            parts = self.interpreter.model.names.split(symbol)
            for position, index in enumerate(parts.indices):
                if isinstance(index, Symbol) and spelled(index) == name:
                    yield (self.interpreter.model.place(parts, {**env, name: 1}), position)

    def _is_of_layers(self, letter: str, body: Node, env: Env) -> bool:
        """Whether a summed letter stands at units of layers that are counted."""
        return any(place.layer is not None for place, _ in self._places(body, letter, env))

    def _goes_with(self, bound: tuple[object, ...], letter: str, body: Node, env: Env) -> bool:
        """Whether a size of one layer, `m_l`, is that of the units summed over, as in others."""
        model = self.interpreter.model
        *kind, layer = bound
        of_others = [
            {
                (place.base, place.tag, position, place.layer - number)
                for place, position in model.sizes.together((*kind, number))
                if isinstance(place, Place) and isinstance(place.layer, int)
            }
            for number in range(1, MOST_LAYERS)
            if model.sizes.knows((*kind, number))
        ]
        if not of_others:
            return not self._is_of_others(bound, letter, body, env)
        counts = Counter(unit for found in of_others for unit in found)
        # The first layer has no weights that lead to it.
        units = {unit for unit, count in counts.items() if count >= max(1, len(of_others) - 1)}
        for place, position in self._places(body, letter, env):
            if not isinstance(place.layer, int) or not isinstance(layer, int):
                return False
            if (place.base, place.tag, position, place.layer - layer) in units:
                return True
        return not units

    def _is_of_others(self, bound: tuple[object, ...], letter: str, body: Node, env: Env) -> bool:
        """Say whether a size of a layer that no equation has, `s_{l+2}`, is of another layer.

        Whose units a sum is over, the letters of vectors tell; a matrix has those of two layers.
        """
        model = self.interpreter.model
        places = list(self._places(body, letter, {**env, letter: 1}))
        together = [pair for where in places for pair in model.sizes.together(where)]
        layer = bound[-1]
        if not isinstance(layer, int):
            return False  # any name of its own, `n`, is one of the whole range
        own = {place.layer for place, _ in places if not model.sizes.knows((place, 1))}
        own.discard(None)
        if not own:
            own = {
                place.layer
                for place, position in together
                if isinstance(place, Place) and position == 0
                if place.layer is not None and not model.sizes.knows((place, 1))
            }
        return bool(own) and layer not in own

    def size_of(self, letter: str, nodes: list[Node], env: Env) -> int | None:
        """The number of values of a letter: the least size of the places where it stands."""
        sizes = []
        for node in nodes:
            for symbol in quantities(node):
                parts = self.interpreter.model.names.split(symbol)
                if self.interpreter.quantities.is_kronecker(parts):
                    continue  # it has as many values as its neighbours
                for position, index in enumerate(parts.indices):
                    if isinstance(index, Symbol) and spelled(index) == letter:
                        place = self.interpreter.model.place(parts, env)
                        sizes.append(self.interpreter.model.sizes.size((place, position)))
                if isinstance(parts.layer, Symbol) and spelled(parts.layer) == letter:
                    sizes.append(self._last_layer(parts) if letter in self._steps() else 2)
            for part in everything(node):
                if isinstance(part, Entry):
                    sizes += self._entry_sizes(letter, part, env)
        return min(sizes, default=None)


def _head(limit: Node | None) -> str:
    """The name of a size of each layer, the `m` of `m(l - 1)`."""
    if isinstance(limit, Call):
        return spelled(limit.function)
    if isinstance(limit, Product) and isinstance(limit.factors[-1], Group):
        return spelled(limit.factors[0])
    return ""


def _summed_in(node: BigSum) -> set[str]:
    """The letters of a sum and of those in it, none of which can be its end."""
    sums = (part for part in everything(node) if isinstance(part, BigSum))
    return {letter for part in sums for letter in summed_letters(part)}


def _letters_in(limit: Node | None) -> list[str]:
    """The letters of a limit, in order."""
    nodes = everything(limit) if limit is not None else ()
    return sorted({spelled(node) for node in nodes if isinstance(node, Symbol)})
