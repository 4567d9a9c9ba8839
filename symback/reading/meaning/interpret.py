"""The meaning of a formula under a document's own definitions, at given values of its indices.

    partial A / partial B: expand A's definitions but hold B free, differentiate, put B's back

A scalar comes out as a term, a symbol that stands for a vector or matrix as an array of terms.
What cannot be told is `Undecided` with its reason; a choice that the writing leaves open is noted
among the readings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Brace,
    Call,
    Cases,
    Density,
    Derivative,
    Differential,
    Entry,
    Fraction,
    Group,
    Hessian,
    Indicator,
    Integral,
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
from symback.reading.meaning.integrals import Integrals
from symback.reading.meaning.inverses import determinant, inverse
from symback.reading.meaning.products import Products
from symback.reading.meaning.quantities import Quantities
from symback.reading.meaning.sums import Sums
from symback.reading.meaning.windows import Windows
from symback.reading.meaning.worked_out import WorkedOut
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Undecided
from symback.reading.network.symbols import base_of, is_ones, quantities, spelled
from symback.records import dataclass

if TYPE_CHECKING:
    pass

__all__ = ["OF_NUMBER", "Interpreter"]

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
        beside: kernels of which an entry beside their window was met, `w_0`.
        padded: such an entry is 0.
        worked_out: what need not be worked out again; None where it is noted how all was read.
    """

    model: DocumentModel
    readings: dict[tuple[str, tuple[tuple[str, str], ...]], None] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    loss: Symbol | None = None
    by_hand: dict[Hashable, Term] = field(default_factory=dict)
    expanding: frozenset[str] = frozenset()
    fixed: Mapping[str, int] = field(default_factory=dict)
    beside: dict[str, None] = field(default_factory=dict)
    padded: bool = False
    worked_out: WorkedOut | None = None

    def __post_init__(self) -> None:
        # Nothing that it holds holds it, so that all its terms go with it: a check makes a hundred.
        own: Interpreter = proxy(self)
        self.terms = Terms(lambda key: own.quantities.define(key))
        self.products = Products(self)
        self.calls = Calls(self)
        self.choices = Choices(self)
        self.slopes = Slopes(self)
        self.sums = Sums(self)
        self.windows = Windows(self)
        self.integrals = Integrals(self)
        self.quantities = Quantities(self)

    def note(self, code: str, **arguments: str) -> None:
        """Note a choice that the writing leaves open."""
        self.readings[code, tuple(sorted(arguments.items()))] = None

    # Values -------------------------------------------------------------------------------------

    def value(self, node: Node, env: Env) -> Value:
        """The value of an expression; raises `Undecided` or `ShapeError`."""
        if self.worked_out is None or type(node) in _AT_HAND:
            return self._value(node, env)
        place = self.worked_out.place(node, env)
        found = self.worked_out.found.get(place)
        if found is None:
            before, self.touched = self.touched, {}
            try:
                found = self._value(node, env), self.touched
            finally:
                self.touched = {**before, **self.touched}
            self.worked_out.found[place] = found
        else:
            self.touched.update(found[1])
        return found[0]

    def _value(self, node: Node, env: Env) -> Value:
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
                if exponent.value != -1:
                    raise Undecided("not-supported", what="an inverse")
                return inverse(self.terms, base)
            self.note("elementwise-power")
            return base.map(lambda item: self.terms.power(item, exponent))
        return self.terms.power(self.as_scalar(base), exponent)

    def _squared_norm(self, node: Norm, env: Env) -> Term:
        if is_ones(stripped(node.body)):
            raise Undecided("not-supported", what="ones of a number that nothing tells")
        body = self.value(node.body, env)
        items = body.items if isinstance(body, Array) else (self.as_scalar(body),)
        if node.kind is not None and spelled(node.kind) not in ("2", "F"):
            raise Undecided("norm")
        two = self.terms.number(2)
        return self.terms.sum(self.terms.power(item, two) for item in items)

    def _norm(self, node: Norm, env: Env) -> Value:
        return self.terms.apply("sqrt", [self._squared_norm(node, env)])

    def _abs(self, node: Abs, env: Env) -> Value:
        value = self.value(node.body, env)
        if isinstance(value, Array) and 1 not in value.shape:
            return determinant(self.terms, value)
        return self.calls.map("abs", 0, value)

    def _sqrt(self, node: Sqrt, env: Env) -> Value:
        if node.degree is not None:
            raise Undecided("root")
        return self.calls.map("sqrt", 0, self.value(node.body, env))

    def _transpose(self, node: Transpose, env: Env) -> Value:
        inner = stripped(node.body)
        if isinstance(inner, Tuple) and inner.bracket == "(":  # a list that is turned is a row
            inner = replace(inner, bracket="[")
            return transpose(self._tuple(inner, env))  # type: ignore[arg-type]
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


_AT_HAND = {Number, Symbol, Group, Brace}
"""What costs no more to work out than to look up."""

_RULES: dict[type[Node], Callable[..., Value]] = {
    Number: Interpreter._number,
    Symbol: lambda self, node, env: self.quantities.value(node, env),
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
    Integral: lambda own, node, env: own.integrals.value(node, env),
    Density: lambda own, node, env: own.integrals.density(node, env),
    Entry: Interpreter._entry,
    Indicator: lambda own, node, env: own.choices.indicator(node, env),
    Cases: lambda own, node, env: own.choices.cases(node, env),
    Call: lambda own, node, env: own.calls.value(node, env),
    Derivative: lambda own, node, env: own.slopes.derivative(node, env),
    Nabla: lambda own, node, env: own.slopes.nabla(node, env),
    Hessian: lambda own, node, env: own.slopes.hessian(node, env),
    Differential: lambda own, node, env: own.slopes.differential(node, env),
}
