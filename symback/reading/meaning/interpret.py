"""The meaning of a formula under a document's own definitions, at given values of its indices.

    partial A / partial B: expand A's definitions but hold B free, differentiate, put B's back

A scalar comes out as a term, a symbol that stands for a vector or matrix as an array of terms.
What cannot be told is `Undecided` with its reason; a choice that the writing leaves open is noted
among the readings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import field, replace
from itertools import product as all_pairs
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Brace,
    Call,
    Cases,
    Derivative,
    Differential,
    Entry,
    Fraction,
    Group,
    Indicator,
    Limit,
    Matrix,
    Nabla,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Sqrt,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    Unevaluated,
    is_inner_product,
    stripped,
)  # fmt: skip
from symback.reading.meaning.arrays import Array, Jacobian, ShapeError, Value, transpose
from symback.reading.meaning.calls import Calls
from symback.reading.meaning.choices import Choices
from symback.reading.meaning.derivatives import Slopes
from symback.reading.meaning.graph import Term, Terms
from symback.reading.meaning.products import Products
from symback.reading.meaning.sums import OTHER_LAYER, SIZE_LIMIT, Sums
from symback.reading.meaning.windows import Windows
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Place, Undecided, function_name
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, is_ones, quantities, spelled
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.network.naming import Parts
    from symback.reading.network.suppositions import Supposition

__all__ = ["OF_NUMBER", "Interpreter", "terms_of"]

Env = Mapping[str, int]
OF_NUMBER = "transpose-of-number"
"""The note of a transpose of what is taken for a number, which nobody transposes."""
FACTOR_LIMIT = 200  # the derivative of a product has as many terms, each as long


@dataclass
class Interpreter:
    """Reads expressions of one document.

    Attributes:
        model: what the document defines.
        readings: codes of choices made while reading, with arguments.
        touched: letters met that nothing declares.
        fixed: values for index letters that stand for one value which nothing tells; 1 without one.
        uneven: entries whose definition sums to the number of another layer's units, each with the
            letter of the sum.
        either_way: entries of a softmax of a matrix that may be of its columns as well.
        beside: kernels of which an entry beside their window was met, `w_0`.
        padded: such an entry is 0.
    """

    model: DocumentModel
    readings: dict[tuple[str, tuple[tuple[str, str], ...]], None] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    loss: Symbol | None = None
    by_hand: dict[Hashable, Term] = field(default_factory=dict)
    expanding: frozenset[str] = frozenset()
    summed: set[Place] = field(default_factory=set)
    by_supposition: dict[str, Supposition] = field(default_factory=dict)
    fixed: Mapping[str, int] = field(default_factory=dict)
    uneven: dict[Hashable, str] = field(default_factory=dict)
    either_way: set[Hashable] = field(default_factory=set)
    beside: dict[str, None] = field(default_factory=dict)
    padded: bool = False

    def __post_init__(self) -> None:
        # Nothing that it holds holds it, so that all its terms go with it: a check makes a hundred.
        own: Interpreter = proxy(self)
        self.terms = Terms(lambda key: own._define(key))
        self.products = Products(self)
        self.calls = Calls(self)
        self.choices = Choices(self)
        self.slopes = Slopes(self)
        self.sums = Sums(self)
        self.windows = Windows(self)

    def note(self, code: str, **arguments: str) -> None:
        """Note a choice that the writing leaves open."""
        self.readings[code, tuple(sorted(arguments.items()))] = None

    # Definitions --------------------------------------------------------------------------------

    def _define(self, key: Hashable) -> Term | None:
        place: Place
        indices: tuple[int, ...]
        place, indices = key  # type: ignore[misc]
        signature = self.model.definitions.signatures.get((place.base, place.tag))
        if signature is not None and not indices:
            return self.calls.of_vectors(place.base, [self.value(node, {}) for node in signature])
        found = self.model.definitions.match(place, indices)
        if found is None and indices and (at := self.model.unit_sums.get(place.base)) is not None:
            at %= len(indices)
            size = self.model.sizes.size((place, at))
            if indices[at] == size:
                before, after = indices[:at], indices[at + 1 :]
                others = [self.entry(place, (*before, n, *after)) for n in range(1, size)]
                return self.terms.sum([self.terms.one, *map(self.terms.negative, others)])
        if found is None and (place.base, place.tag) in self.model.symmetric:
            if len(indices) == 2 and indices[0] > indices[1]:
                return self.entry(place, indices[::-1])
        if found is None:
            return self._supposed(place, indices)
        definition, env = found
        touched, readings = dict(self.touched), dict(self.readings)
        value = self.value(definition.body, env)
        for code, about in self.readings:
            if code == OTHER_LAYER:
                self.uneven[key] = dict(about)["index"]
            elif (code == "softmax-of-rows" and self.model.columns) or (
                code == "softmax-of-columns" and self.model.either_way
            ):
                self.either_way.add(key)
        self.touched, self.readings = touched, readings
        if isinstance(value, Term):
            # The loss of one sample, `L_t`, is another quantity than that of all, `L`, and so is
            # any entry of what is a number: the height `z_1` is no z.
            return None if indices and not definition.parts.indices else value
        if isinstance(value, Jacobian):
            raise Undecided("jacobian-layout")
        if not indices and len(value.items) > 1 and place.base in LOSSES:
            self.summed.add(place)
            return self.terms.sum(value.items)
        own = definition.parts.indices
        if own and len(value.items) > 1:
            # Of an array, and not of its entry: `u_1 = x^2` where x is a vector.
            if isinstance(stripped(definition.body), Derivative) or isinstance(own[0], Number):
                raise Undecided("shape-of-definition")
        at = self._offset(value, indices)
        if not 0 <= at < len(value.items):
            raise Undecided("shape-of-definition")
        return value.items[at]

    def _supposed(self, place: Place, indices: tuple[int, ...]) -> Term | None:
        """An entry without a definition, as an unknown function of what it depends on."""
        found = self.model.definitions.supposition(place, indices)
        if found is None:
            return None
        supposition, env = found
        arguments: list[Term] = []
        for symbol in supposition.on:
            arguments += self._entries(symbol, env)
        name = f"{place.base}{place.layer or ''}{place.tag}{indices}("
        self.by_supposition[name] = supposition
        return self.terms.apply(name, arguments)

    def _entries(self, symbol: Symbol, env: Env) -> list[Term]:
        """All entries of a quantity that fit the indices whose values are known."""
        parts = self.model.names.split(symbol)
        letters = [
            name
            for index in parts.indices
            if isinstance(index, Symbol) and (name := spelled(index)) not in env
        ]
        sizes = [self.sums.size_of(letter, [symbol], env) or 2 for letter in letters]
        found: list[Term] = []
        for values in all_pairs(*(range(1, size + 1) for size in sizes)):
            value = self.value(symbol, {**env, **dict(zip(letters, values, strict=True))})
            found += value.items if isinstance(value, Array) else (self.as_scalar(value),)
        return found

    def supposed(self, *values: Value) -> list[Supposition]:
        """The dependences that are only supposed, of everything that values are made of."""
        if not self.by_supposition:
            return []
        found: dict[int, Supposition] = {}
        for value in values:
            for term in terms_of(value):
                for name in self.terms.applied(term):
                    if (supposition := self.by_supposition.get(name)) is not None:
                        found[id(supposition)] = supposition
        return list(found.values())

    def _offset(self, value: Array, indices: tuple[int, ...]) -> int:
        if len(indices) == 1 and 1 in value.shape and indices[0] <= len(value.items):
            return indices[0] - 1
        if len(indices) == 2 and indices[0] <= value.rows and indices[1] <= value.columns:
            return (indices[0] - 1) * value.columns + indices[1] - 1
        if not indices and len(value.items) == 1:
            return 0
        raise Undecided("shape-of-definition")

    # Values -------------------------------------------------------------------------------------

    def value(self, node: Node, env: Env) -> Value:
        """The value of an expression; raises `Undecided` or `ShapeError`."""
        rule = _RULES.get(type(node))
        if rule is None:
            what = type(node).__name__.lower()
            if isinstance(node, Limit) and node.operator != "lim":
                what = "a value at a point" if node.operator == "|" else "an integral"
            elif isinstance(node, Unevaluated):
                what = node.what
            raise Undecided("not-supported", what=what)
        return rule(self, node, env)

    def scalar(self, node: Node, env: Env) -> Term:
        """The value of an expression that must be a scalar."""
        return self.as_scalar(self.value(node, env))

    def as_scalar(self, value: Value) -> Term:
        """A term, also out of an array of one entry."""
        if isinstance(value, Term):
            return value
        if isinstance(value, Array) and len(value.items) == 1:
            return value.items[0]
        raise Undecided("not-a-scalar")

    def _number(self, node: Number, _: Env) -> Value:
        return self.terms.number(node.value)

    def _symbol(self, node: Symbol, env: Env) -> Value:
        names = self.model.names
        if is_ones(node):
            return self.terms.one
        if self.is_identity(node):
            self.note("identity-matrix")
            return self.terms.one  # which multiplies; `_sum` and the sides of a line make it one
        if names.as_power(node):
            return self.value(node.as_power(), env)
        plain = not (node.subscripts or node.marks or node.accents or node.primes or node.font)
        if plain:
            if node.name in env:
                return self.terms.number(env[node.name])
            if node.name == "e" and "e" not in self.model.declared:
                return self.terms.apply("exp", [self.terms.one])
            if node.name == "pi" and self.model.has_pi is not False:
                if self.model.has_pi is None:
                    self.touched["pi"] = None
                return self.terms.pi
            size = ("bound", node.name)
            if self.model.sizes.knows(size):
                return self.terms.number(self.model.sizes.size(size))
        parts = names.split(node)
        function = self.model.definitions.functions.get(name := function_name(node))
        if function is not None and not (node.marks or node.primes or node.font):
            # `u_1` beside `u_1(x) = x^2` is its value there.
            if not self.model.definitions.under(parts):
                return self.calls.map(name, 0, self.value(function.variable, env))
        place = self.model.place(parts, env)
        place = self._layer_left_out(node, parts, place)
        self._check_layer(parts, place)
        self._note_same(node, parts)
        kronecker = self._kronecker(parts, env)
        if kronecker is not None:
            return kronecker
        if (parts.base, parts.layer is not None) not in self.model.layered and (
            parts.base not in self.model.declared or parts.layer is not None
        ):
            if (parts.base, parts.tag) not in self.model.definitions.supposed:
                self.touched[spelled(node)] = None
        elif place in self.model.assumed:
            code, arguments = self.model.assumed[place]
            self.note(code, **arguments)
        value = self.quantity(node, parts, place, env)
        if place in self.summed:
            self.note("loss-sums-entries", of=parts.base)
        return value

    def quantity(self, node: Symbol, parts: Parts, place: Place, env: Env) -> Value:
        """A quantity as it is written: one entry of it, or all of them."""
        if parts.indices:
            at = tuple(self.index(index, env) for index in parts.indices)
            if self.windows.misses(parts, place, at, env):
                self.beside[parts.base] = None
                if self.padded:
                    return self.terms.zero
            line = self._line_of_matrix(parts, place, at) if len(at) == 1 else None
            return line if line is not None else self.entry(place, at)
        dims = self.model.ranks.symbol_dims(parts, env) if self.model.ranks.rank(node) else None
        if dims is None:
            return self.entry(place, ())
        rows, columns = (self.model.sizes.size(dim) for dim in dims)
        if rows > SIZE_LIMIT or columns > SIZE_LIMIT:
            raise Undecided("too-large")
        vector = self.model.ranks.of(parts) == 1
        step = -1 if self.model.ranks.is_across(parts) else 1
        items = tuple(
            self.entry(place, (max(row, column) + 1,) if vector else (row + 1, column + 1)[::step])
            for row in range(rows)
            for column in range(columns)
        )
        return Array(rows, columns, items)

    def _line_of_matrix(self, parts: Parts, place: Place, at: tuple[int, ...]) -> Array | None:
        """A column of a matrix with one index where vectors are rows, `x W_i`, else a row of it.

        Of a matrix that is computed, with vectors added to all its rows, the index is that of one.
        """
        names = self.model.names
        if not self.model.arrays or names.sampled:
            return None
        if self._is_computed_matrix(parts):
            across = self.model.columns
        elif names.ranks.get(parts.base) == 2 and (parts.base, parts.tag) in self.model.ranks.told:
            across = not self.model.columns
        else:
            return None
        size = self.model.sizes.size((place, 0 if across else 1))
        code = "column-of-matrix" if across else "row-of-matrix"
        self.note(code, of=parts.base)
        items = tuple(
            self.entry(place, (n, *at) if across else (*at, n)) for n in range(1, size + 1)
        )
        return Array(size, 1, items) if across else Array(1, size, items)

    def _is_computed_matrix(self, parts: Parts) -> bool:
        """Say whether it has an equation as a whole, in which a vector is added to a matrix."""
        whole = replace(parts, indices=())
        own = self.model.definitions.under(whole)
        if not own or not self.model.sizes.spread or self.model.ranks.of(whole) != 2:
            return False
        return all(not definition.parts.indices for definition in own)

    def entry(self, place: Place, indices: tuple[int, ...]) -> Term:
        """One entry of a quantity, as an unknown that its definition hangs on.

        An entry that is another name for one, `w_5 = w_{11}^{(2)}`, is that one.
        """
        found = self.model.definitions.match(place, indices)
        if found is not None and isinstance(symbol := found[0].body, Symbol):
            parts = self.model.names.split(symbol)
            other = self.model.place(parts, found[1])
            same_letter = (other.base, other.tag) == (place.base, place.tag)
            same_letter = same_letter and (not indices or bool(found[0].parts.indices))
            if parts.indices and (same_letter or place in self.model.other_names):
                own = tuple(self.index(index, found[1]) for index in parts.indices)
                return self.terms.unknown((other, own))
        return self.terms.unknown((place, indices))

    def _layer_left_out(self, node: Symbol, parts: Parts, place: Place) -> Place:
        """Complete the number of the layer where there is only one, as in `z_j` for `z_j^{(1)}`."""
        layered = self.model.layered
        if place.layer is not None or (parts.base, True) not in layered:
            return place
        if (parts.base, False) in layered:
            return place
        known = self.model.layers.existing.get((parts.base, parts.tag), ())
        if len(known) != 1:
            self.touched[spelled(node)] = None
            return place
        (only,) = known
        self.note("only-layer", of=parts.base, layer=str(only))
        return place._replace(layer=only)

    def _check_layer(self, parts: Parts, place: Place) -> None:
        known = self.model.layers.existing.get((parts.base, parts.tag))
        if known and isinstance(place.layer, int) and place.layer not in known:
            if place.base not in self.model.declared:
                return
            if self.model.names.layer_letters:
                raise Undecided("no-such-layer", layer=str(place.layer), of=place.base)
            if self.model.definitions.match(place, tuple(1 for _ in parts.indices)) is None:
                self.touched[f"{place.base}^{place.layer}"] = None

    def _note_same(self, node: Symbol, parts: Parts) -> None:
        own = base_of(node)
        if own != parts.base:
            self.note("same-letter", written=own, taken=parts.base)
        fonts = self.model.names.fonts.get(parts.base)
        if fonts and node.font not in fonts:
            taken = " ".join([*sorted(fonts), parts.base]).strip()
            self.note("same-letter", written=own, taken=taken)

    def _kronecker(self, parts: Parts, env: Env) -> Term | None:
        if not self.is_kronecker(parts):
            return None
        one, other = (self.index(index, env) for index in parts.indices)
        self.note("kronecker")
        return self.terms.one if one == other else self.terms.zero

    def is_kronecker(self, parts: Parts) -> bool:
        """Say whether a delta with two indices is Kronecker's, and no quantity of the document."""
        if parts.base != "delta" or len(parts.indices) != 2 or parts.layer is not None:
            return False
        own = self.model.definitions.under(parts)
        return not any(d.parts.layer is None and len(d.parts.indices) == 2 for d in own)

    def index(self, node: Node, env: Env) -> int:
        """The value of an index."""
        if isinstance(node, Number) and node.digits.isdecimal():
            return int(node.digits)
        if isinstance(node, Symbol):
            name = spelled(node)
            if name in env:
                return env[name]
            if name in self.model.constants:
                return self.fixed.get(name, 1)
            size = ("bound", node.name)
            if self.model.sizes.knows(size):
                return self.model.sizes.size(size)
        if isinstance(node, Sum):
            pairs = zip(node.signs, node.terms, strict=True)
            return sum(sign * self.index(term, env) for sign, term in pairs)
        raise Undecided("index-unbound", index=spelled(node))

    def _group(self, node: Group, env: Env) -> Value:
        return self.value(node.body, env)

    def _brace(self, node: Brace, env: Env) -> Value:
        return self.value(node.body, env)

    def _sum(self, node: Sum, env: Env) -> Value:
        parts = [self.value(term, env) for term in node.terms]
        signed = [
            part if sign > 0 else self.products.scale(self.terms.number(-1), part)
            for sign, part in zip(node.signs, parts, strict=True)
        ]
        if all(isinstance(part, Term) for part in signed):
            return self.terms.sum(signed)  # type: ignore[arg-type]
        if any(map(self.has_identity, node.terms)):
            signed = [
                self._as_identity(part, signed) if self.has_identity(term) else part
                for term, part in zip(node.terms, signed, strict=True)
            ]
        total = signed[0]
        for part in signed[1:]:
            total = self.products.add(total, part)
        return total

    def is_identity(self, node: Node) -> bool:
        """Say whether this is an I of which nothing is said: an identity matrix."""
        if not isinstance(node, Symbol) or node.name != "I" or node.marks or node.accents:
            return False
        if len(node.subscripts) > 1 or node.primes:
            return False
        return self.model.has_identity and not self.model.definitions.under(
            self.model.names.split(node)
        )

    def has_identity(self, node: Node) -> bool:
        """Say whether a term is an identity matrix times a number."""
        whole = stripped(node)
        factors = whole.factors if isinstance(whole, Product) else (whole,)
        return any(map(self.is_identity, map(stripped, factors)))

    def _as_identity(self, number: Value, beside: list[Value]) -> Value:
        """An identity matrix times a number, as large as what it is added to."""
        if not isinstance(number, Term):
            return number
        shapes = {part.shape for part in beside if isinstance(part, Array)}
        if len(shapes) != 1 or len(set(*shapes)) != 1:
            raise Undecided("not-supported", what="an identity matrix")
        return self.identity(number, shapes.pop()[0])

    def identity(self, number: Term, size: int) -> Array:
        """The matrix of so many rows with a number on its diagonal."""
        places = [(row, column) for row in range(size) for column in range(size)]
        items = tuple(number if row == column else self.terms.zero for row, column in places)
        return Array(size, size, items)

    def _product(self, node: Product, env: Env) -> Value:
        if len(node.factors) > FACTOR_LIMIT:
            raise Undecided("too-large")
        lagrange = self._lagrange(node, env)
        if lagrange is not None:
            return lagrange
        return self.products.value(without_arguments(node), env)

    def _lagrange(self, node: Product, env: Env) -> Value | None:
        """Read `C'(W)` as the derivative of C by W where both are quantities."""
        if len(node.factors) != 2 or not isinstance(node.factors[1], Group):
            return None
        function, by = node.factors[0], stripped(node.factors[1])
        if not (isinstance(function, Symbol) and function.primes and isinstance(by, Symbol)):
            return None
        whole = base_of(function)
        if whole in self.model.declared:
            return None
        of = replace(function, primes=0)
        if self.model.names.canonical(of) not in self.model.declared:
            return None
        return self.slopes.by(self.value(of, env), by, env, of)

    def _fraction(self, node: Fraction, env: Env) -> Value:
        above, below = self.value(node.numerator, env), self.value(node.denominator, env)
        if isinstance(below, Jacobian) or isinstance(above, Jacobian):
            raise Undecided("jacobian-layout")
        if isinstance(below, Array) and len(below.items) > 1:
            if isinstance(above, Term):
                return below.map(lambda item: self.terms.quotient(above, item))
            return self.products.entrywise(above, below, self.terms.quotient)
        inverse = self.terms.power(self.as_scalar(below), self.terms.number(-1))
        return self.products.scale(inverse, above)

    def _power(self, node: Power, env: Env) -> Value:
        if isinstance(node.exponent, Symbol) and spelled(node.exponent) in ("t", "T"):
            raised = self.value(node.base, env)
            if isinstance(raised, Array):
                self.note("transpose", written=spelled(node.exponent))
                return transpose(raised)
        exponent = self.scalar(node.exponent, env)
        if isinstance(node.base, Norm) and exponent.value == 2:
            return self._squared_norm(node.base, env)
        base = self.value(node.base, env)
        if isinstance(base, Array) and len(base.items) > 1:
            if 1 not in base.shape and exponent.value is not None and exponent.value < 0:
                raise Undecided("not-supported", what="an inverse")
            self.note("elementwise-power")
            return base.map(lambda item: self.terms.power(item, exponent))
        return self.terms.power(self.as_scalar(base), exponent)

    def _squared_norm(self, node: Norm, env: Env) -> Term:
        body = self.value(node.body, env)
        items = body.items if isinstance(body, Array) else (self.as_scalar(body),)
        if node.kind is not None and spelled(node.kind) not in ("2", "F"):
            raise Undecided("norm")
        two = self.terms.number(2)
        return self.terms.sum(self.terms.power(item, two) for item in items)

    def _norm(self, node: Norm, env: Env) -> Value:
        return self.terms.apply("sqrt", [self._squared_norm(node, env)])

    def _abs(self, node: Abs, env: Env) -> Value:
        return self.calls.map("abs", 0, self.value(node.body, env))

    def _sqrt(self, node: Sqrt, env: Env) -> Value:
        if node.degree is not None:
            raise Undecided("root")
        return self.calls.map("sqrt", 0, self.value(node.body, env))

    def _transpose(self, node: Transpose, env: Env) -> Value:
        body = self.value(node.body, env)
        if isinstance(body, Jacobian):
            raise Undecided("jacobian-layout")
        if isinstance(body, Array):
            return transpose(body)
        whole = stripped(node.body)
        if not (isinstance(whole, Product | Number) or is_ones(whole)):  # `(a^T b)^T` is a number
            self.note(OF_NUMBER, of=", ".join(dict.fromkeys(map(base_of, quantities(node.body)))))
        return body

    def _matrix(self, node: Matrix, env: Env) -> Value:
        items = tuple(self.scalar(entry, env) for row in node.rows for entry in row)
        return Array(len(node.rows), len(node.rows[0]), items)

    def _tuple(self, node: Tuple, env: Env) -> Value:
        r"""Read `[a, b]` as a row of entries, `\langle a, b \rangle` as an inner product."""
        if is_inner_product(node):
            return self._inner_product(*(self.value(item, env) for item in node.items))
        if node.bracket != "[":
            raise Undecided("not-supported", what="tuple")
        items = tuple(self.scalar(item, env) for item in node.items)
        return Array(1, len(items), items)

    def _inner_product(self, one: Value, other: Value) -> Term:
        """The sum of the products of entries in the same places, of vectors or of matrices."""
        if isinstance(one, Array) and isinstance(other, Array):
            if 1 in one.shape and 1 in other.shape and len(one.items) == len(other.items):
                other = Array(one.rows, one.columns, other.items)
            if one.shape == other.shape:
                return self.terms.sum(map(self._product_of, one.items, other.items))
            raise ShapeError(one.shape, other.shape)
        return self._product_of(self.as_scalar(one), self.as_scalar(other))

    def _product_of(self, one: Term, other: Term) -> Term:
        return self.terms.product((one, other))

    def _entry(self, node: Entry, env: Env) -> Value:
        """One entry of an array; of a matrix with one index the column or row of one sample."""
        body = self.value(node.body, env)
        if not isinstance(body, Array):
            if isinstance(body, Jacobian):
                raise Undecided("jacobian-layout")
            raise Undecided("not-supported", what="an entry of a number")
        at = [self.index(index, env) for index in node.indices]
        if min(at, default=1) < 1:
            raise Undecided("shape-of-definition")
        if len(at) == 2 and at[0] <= body.rows and at[1] <= body.columns:
            return body.items[(at[0] - 1) * body.columns + at[1] - 1]
        if len(at) != 1:
            raise Undecided("shape-of-definition")
        if 1 in body.shape:
            if at[0] > len(body.items):
                raise Undecided("shape-of-definition")
            return body.items[at[0] - 1]
        if not 0 < at[0] <= (body.columns if self.model.columns else body.rows):
            raise Undecided("shape-of-definition")
        if self.model.columns:
            items = body.items[at[0] - 1 :: body.columns]
            return Array(body.rows, 1, items)
        return Array(1, body.columns, body.items[(at[0] - 1) * body.columns :][: body.columns])

    def softmax(self, argument: Value) -> Value:
        """The softmax of a vector."""
        if not isinstance(argument, Array):
            raise Undecided("not-supported", what="softmax of a scalar")
        exponentials = argument.map(lambda item: self.terms.apply("exp", [item]))
        rows, columns = exponentials.shape
        if 1 in (rows, columns):
            total = self.terms.sum(exponentials.items)
            return exponentials.map(lambda item: self.terms.quotient(item, total))
        # Of a matrix each row is one softmax, or each column where samples are columns.
        across = self.model.columns and bool(self.model.names.sampled or self.model.sizes.spread)
        self.note("softmax-of-columns" if across else "softmax-of-rows")
        lines: dict[int, list[Term]] = {}
        for at, item in enumerate(exponentials.items):
            lines.setdefault(at % columns if across else at // columns, []).append(item)
        totals = {line: self.terms.sum(items) for line, items in lines.items()}
        items = tuple(
            self.terms.quotient(item, totals[at % columns if across else at // columns])
            for at, item in enumerate(exponentials.items)
        )
        return Array(rows, columns, items)

    def differentiated(self, by: Node, env: Env) -> Value:
        """The loss whose derivative by something a differential alone stands for."""
        assert self.loss is not None
        return self.value(self.loss, env)


def terms_of(value: Value) -> Iterator[Term]:
    """All scalars that a value is made of."""
    if isinstance(value, Term):
        yield value
    elif isinstance(value, Array):
        yield from value.items
    else:
        for row in value.items:
            yield from row


def without_arguments(node: Product) -> Product:
    """A product without lists behind symbols, which say what they are functions of: `F(x; w)`."""
    kept = [
        at
        for at, factor in enumerate(node.factors)
        if not (
            at
            and isinstance(factor, Tuple)
            and isinstance(node.factors[at - 1], Symbol)
            and node.operators[at - 1] is Operator.JUXTAPOSED
        )
    ]
    if len(kept) == len(node.factors):
        return node
    factors = tuple(node.factors[at] for at in kept)
    return replace(
        node, factors=factors, operators=tuple(node.operators[at - 1] for at in kept[1:])
    )


_RULES: dict[type[Node], Callable[..., Value]] = {
    Number: Interpreter._number,
    Symbol: lambda self, node, env: self._symbol(node, env),
    Group: Interpreter._group,
    Brace: Interpreter._brace,
    Sum: Interpreter._sum,
    Product: Interpreter._product,
    Fraction: Interpreter._fraction,
    Power: Interpreter._power,
    Norm: Interpreter._norm,
    Abs: Interpreter._abs,
    Sqrt: Interpreter._sqrt,
    Transpose: Interpreter._transpose,
    Matrix: Interpreter._matrix,
    Tuple: Interpreter._tuple,
    BigSum: lambda own, node, env: own.sums.value(node, env),
    Entry: Interpreter._entry,
    Indicator: lambda own, node, env: own.choices.indicator(node, env),
    Cases: lambda own, node, env: own.choices.cases(node, env),
    Call: lambda own, node, env: own.calls.value(node, env),
    Derivative: lambda own, node, env: own.slopes.derivative(node, env),
    Nabla: lambda own, node, env: own.slopes.nabla(node, env),
    Differential: lambda own, node, env: own.slopes.differential(node, env),
}
