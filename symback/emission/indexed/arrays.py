"""Index expressions as expressions of NumPy or of the array API.

An entry whose indices are letters is its array, a shift is a slice, several letters in one index
are windows, an entry of an integer array is a lookup; a sum of products is a product of matrices,
and a limited sum has a mask.  What is read beyond an array is padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sympy import (
    Add,
    Expr,
    Float,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Symbol,
)

from symback.algebra.exponentials import LogSumExp, Softmax
from symback.algebra.expressions import EVERY, Apply, OfVectors, Partial, Sum, name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Product,
    Smallest,
    Stop,
)
from symback.emission.forms.functions import code_name, derivative_form
from symback.emission.indexed.affine import at_least, at_least_given, is_size, letters_of
from symback.emission.indexed.array_reductions import ArrayReductions
from symback.emission.indexed.contractions import Contractions
from symback.emission.indexed.deltas import Deltas
from symback.emission.indexed.entries import Entries
from symback.emission.indexed.indices import Indices
from symback.emission.indexed.integers import IntegerPrinter
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.tensors import (
    ATOM,
    COMPARE,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    Dialect,
    Tensor,
    aligned,
    decimal,
    elementwise,
)
from symback.emission.indexed.walk import MASKS, limits_of
from symback.errors import InputError

__all__ = ["ArrayWriter"]

_Slots = tuple[tuple[Expr, Expr], ...]


class ArrayWriter:
    """Writes the expressions of one program.

    Args:
        program: what is emitted.
        names: the names of everything.
        dialect: the array library.
        stored: the slots of each array as it is kept, which may be larger than it is.
        order: for arrays that are kept with their axes in another order, that order.
    """

    def __init__(
        self,
        program: IndexedProgram,
        names: CodeNames,
        dialect: Dialect,
        stored: Mapping[str, _Slots],
        order: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.program = program
        self.names = names
        self.dialect = replace(dialect, length=self.count)
        self.stored = stored
        self.order = order
        self.used: dict[str, None] = {}
        self.scalars: set[Symbol] = set()
        self.bounds: dict[Symbol, tuple[Expr, Expr]] = {}
        self.preferred: tuple[Symbol, ...] = ()
        self.may_pad = False
        self.lists: set[str] = set()
        self.shared: dict[str, str] = {}
        self.integer = IntegerPrinter(self._scalar)
        self.entries = Entries(self)
        self.indices = Indices(self)
        self.contractions = Contractions(self)
        self.deltas = Deltas(self)
        self.reductions = ArrayReductions(self)
        quantities = program.model.quantities.values()
        self._extents = {r.upper - r.first + 1 for q in quantities for r in q.ranges}

    # -- places

    @contextmanager
    def binding(self, more: Mapping[Symbol, tuple[Expr, Expr]]) -> Iterator[None]:
        """More letters with their ranges, while their expression is written."""
        before = dict(self.bounds)
        self.bounds.update(more)
        yield
        self.bounds = before

    @contextmanager
    def padding(self) -> Iterator[None]:
        """What is read beyond an array is padded with the values next to it."""
        before, self.may_pad = self.may_pad, True
        yield
        self.may_pad = before

    def _scalar(self, node: Expr) -> str:
        """The code of one atom of a scalar index."""
        if isinstance(node, Symbol):
            return self.names.size(node.name) if is_size(node) else self.names.letter(node)
        return self.indices.index(node).at(ATOM)

    def count(self, letter: Symbol) -> str:
        """How many values a letter has, as code."""
        first, last = self.bounds[letter]
        text = self.integer(last - first + 1)
        return text if self.is_count(last - first + 1) else f"max({text}, 0)"

    def is_count(self, extent: Expr) -> bool:
        """Whether an extent is certain not to be negative: those of quantities are checked."""
        return at_least(extent, S.Zero) or extent in self._extents

    def is_vector(self, index: Expr) -> bool:
        """Whether an index has a letter that is an axis."""
        return any(letter not in self.scalars for letter in letters_of(index))

    def certain(self, larger: Expr, smaller: Expr) -> bool:
        """Whether one expression is not less than another, for all sizes that the model allows."""
        return at_least_given(larger, smaller, self.program.model.conditions)

    # -- expressions

    def __call__(self, node: Expr) -> Tensor:
        """An expression as array code."""
        match node:
            case Integer() | Rational() | Float() | NumberSymbol():
                return _number(node)
            case Symbol() if node.is_integer:
                return self.indices.number(node)
            case IntegerEntry():
                return self.indices.number(node)
            case Indexed():
                return self.entries.entry(node)
            case Add():
                return self.sum_of([*node.args])
            case Mul():
                return self.product(list(node.args))
            case Pow():
                return self.product([node])
            case Apply() if not node.order and not node.has(Indexed) and not self.is_vector(node):
                inner = self(node.argument)  # of sizes alone: a number of Python
                if node.name == "sqrt":
                    return Tensor(f"{inner.at(ATOM)}**0.5", (), POWER)
                return Tensor(f"float(np.{code_name(node.name)}({inner.text}))")
            case Apply():
                return self.apply(node.name, node.order, self(node.argument))
            case Softmax():
                return self.reductions.softmax(node)
            case LogSumExp():
                return self.reductions.log_sum_exp(node)
            case Sum():
                return self.sum(node)
            case Product():
                return self.reductions.reduction("prod", node.body, node.limit, "1.0")
            case Extreme():
                return self.reductions.extreme(node)
            case Bracket() | KroneckerDelta() | Divides():
                return self.as_number(self.indices.mask(node))
            case Largest() | Smallest() | FloorOf() | CeilingOf():
                return self.indices.number(node)
            case Stop():
                return self(node.body)
            case OfVectors():
                first = node.arguments[0]
                own = first.indices if isinstance(first, Indexed) else ()
                axes = tuple(i for i in own if i != EVERY)
                return Tensor(f"functions.{node.name}({self._vectors(node)})", axes)
            case Partial():
                return self.loss_partial(node)
        raise InputError(f"code cannot be written for {node}")

    def sum_of(self, terms: list[Expr]) -> Tensor:
        """Several terms, positive ones first."""
        signed = [(-1, -t) if t.could_extract_minus_sign() else (1, t) for t in terms]
        order = sorted(signed, key=lambda pair: (pair[0] < 0, _weight(pair[1])))
        parts = [self(term) for _, term in order]
        return self.added([(sign, part) for (sign, _), part in zip(order, parts, strict=True)])

    def added(self, parts: list[tuple[int, Tensor]]) -> Tensor:
        """Pieces with their signs, added up."""
        if len(parts) == 1 and parts[0][0] > 0:
            return parts[0][1]
        texts, axes = elementwise([p for _, p in parts], self.preferred, self.dialect, PRODUCT)
        text = ""
        for (sign, part), piece in zip(parts, texts, strict=True):
            if not text:
                negative = aligned(part, axes, self.dialect, UNARY)
                text = piece if sign > 0 else f"-{negative}"
            else:
                if sign > 0:
                    piece = aligned(part, axes, self.dialect, SUM)
                text += f" {'+' if sign > 0 else '-'} {piece}"
        return Tensor(text, axes, SUM)

    # -- products

    def product(self, factors: list[Expr]) -> Tensor:
        """A product of expressions entry by entry, conditions as a mask."""
        masks = [f for f in factors if isinstance(f, MASKS)]
        rest = [f for f in factors if f not in masks]
        masks = self.needed_masks(masks, rest)
        if not masks:
            return self.times([self.factor(f) for f in rest])
        with self.padding():
            whole = self.times([self.factor(f) for f in rest])
        return self.where([self.indices.mask(m) for m in masks], whole)

    def as_number(self, mask: Tensor) -> Tensor:
        """A condition as 1 or 0, of the type that the arrays have."""
        if mask.is_scalar:
            return Tensor(f"float({mask.text})", mask.axes)
        if self.dialect.is_numpy:
            return Tensor(f"{mask.at(ATOM)}.astype(dtype)", mask.axes)
        return Tensor(f"xp.astype({mask.text}, dtype)", mask.axes)

    def needed_masks(self, masks: list[Expr], factors: list[Expr]) -> list[Expr]:
        """The conditions outside of which no factor is 0 already."""
        if not masks:
            return masks
        known = {c for f in factors if isinstance(f, Indexed) for c in self.program.support(f)}
        return [m for m in masks if m not in known]

    def factor(self, factor: Expr) -> tuple[bool, Tensor]:
        """A factor, and whether it divides."""
        if isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_negative:
            return True, self.power(factor.base, -factor.exp)
        if isinstance(factor, Pow):
            return False, self.power(factor.base, factor.exp)
        if isinstance(factor, Rational) and factor.p in (1, -1) and not isinstance(factor, Integer):
            if (2**20) % int(factor.q):
                return True, _number(Integer(factor.q * factor.p))
        return False, self(factor)

    def times(self, factors: list[tuple[bool, Tensor]]) -> Tensor:
        """Factors and divisors; those without axes come first."""
        over = [t for divides, t in factors if not divides and t.text != "1"]
        under = [t for divides, t in factors if divides]
        negative = "-1" in [t.text for t in over]
        over = [t for t in over if t.text != "-1"]
        over.sort(key=lambda t: (len(t.axes) > 0, t.rank))
        if len(over) == 1 and not under and not negative:
            return over[0]
        if self.dialect.is_fast and len(over) > 1:
            over, under = self._small_first(over, under)
        texts, axes = elementwise([*over, *under], self.preferred, self.dialect, UNARY)
        if (
            texts
            and over
            and over[0].level == PRODUCT
            and aligned(over[0], axes, self.dialect, PRODUCT) == over[0].text
            and "@" not in over[0].text
        ):
            texts[0] = over[0].text
        above = " * ".join(texts[: len(over)]) or "1"
        below = texts[len(over) :]
        text = f"-{above}" if negative else above
        if len(below) == 1:
            text += f" / {below[0]}"
        elif below:
            text += f" / ({' * '.join(below)})"
        return Tensor(text, axes, PRODUCT)

    def _small_first(
        self, over: list[Tensor], under: list[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """The same product with factors and divisors of fewer axes put together before the rest."""
        most = max(len(t.axes) for t in over)
        small = [t for t in over if len(t.axes) < most]
        below = [t for t in under if len(t.axes) < most]
        axes = {a for t in (*small, *below) for a in t.axes}
        if not small or len(small) + len(below) < 2 or len(axes) >= most:
            return over, under
        first = self.times([*((False, t) for t in small), *((True, t) for t in below)])
        rest = [t for t in over if len(t.axes) == most]
        return [first, *rest], [t for t in under if len(t.axes) == most]

    def power(self, base: Expr, exponent: Expr) -> Tensor:
        """A power with a number or a size as its exponent."""
        if exponent == S.One:
            return self(base)
        if exponent == S.Half and not base.has(Indexed):  # a number of Python
            return Tensor(f"{self(base).at(ATOM)}**0.5", (), POWER)
        if exponent == S.Half:
            return self.apply("sqrt", 0, self(base))
        inner = self(base)
        if exponent.is_Integer and exponent > 0:
            text = inner.at(ATOM)
            space = "" if text.isidentifier() else " "  # as formatters write it
            return Tensor(f"{text}{space}**{space}{exponent}", inner.axes, POWER)
        other = self(exponent)
        texts, axes = elementwise([inner, other], self.preferred, self.dialect, ATOM)
        return Tensor(f"{texts[0]} ** {texts[1]}", axes, POWER)

    def where(self, masks: list[Tensor], value: Tensor, other: str = "0.0") -> Tensor:
        """A value where all conditions hold, and something else elsewhere."""
        masks = sorted(masks, key=lambda m: len(m.axes))
        if self.dialect.is_numpy and all(m.is_scalar for m in masks):
            return Tensor(
                f"({value.text} if {' and '.join(m.text for m in masks)} else {other})", value.axes
            )
        texts, axes = elementwise([value, *masks], self.preferred, self.dialect, COMPARE)
        conditions = texts[1:]
        if len(conditions) > 1:
            conditions = [f"({c})" for c in conditions]
        condition = " & ".join(conditions)
        text = f"{self.dialect.prefix}.where({condition}, {texts[0]}, {other})"
        if not self.dialect.is_numpy:
            self.used["where"] = None
            if not any(m.axes for m in masks):
                condition = f"xp.asarray({condition})"
            text = f"where({condition}, {texts[0]}, {other})"
        return Tensor(text, axes)

    # -- functions

    def apply(self, name: str, order: int, body: Tensor) -> Tensor:
        """A function of the catalogue, or one that the caller passes."""
        form = derivative_form(name, order)
        prefix = self.dialect.prefix
        if form is None:
            return Tensor(f"{code_name(name, order)}({body.text})", body.axes)
        if form.ufunc:
            if not body.axes and not self.dialect.is_numpy:
                return Tensor(f"{prefix}.{form.ufunc}(xp.asarray({body.text}))", body.axes)
            return Tensor(f"{prefix}.{form.ufunc}({body.text})", body.axes)
        if form.inline and self.dialect.is_numpy:
            return Tensor(form.numpy.replace("z", body.text, 1), body.axes)
        self.used[form.name] = None
        return Tensor(f"{form.name}({body.text})", body.axes)

    def loss_partial(self, node: Partial) -> Tensor:
        """The caller's derivative of a loss of whole arrays, at one entry."""
        entry = node.by
        letters = tuple(entry.indices) if isinstance(entry, Indexed) else ()
        name = self.names.array(name_of(entry))
        text = f"functions.d{node.of.name}_d{name}({self._vectors(node.of)})"
        return Tensor(text, letters)

    def _vectors(self, node: OfVectors) -> str:
        return ", ".join(self.names.array(name_of(v)) for v in node.arguments)

    # -- sums

    def sum(self, node: Sum) -> Tensor:
        """A sum over letters: each of its terms is a contraction."""
        letters: dict[Symbol, tuple[Expr, Expr]] = {}
        conditions: list[Expr] = []
        for limit in reversed(limits_of(node)):
            with self.binding(letters):
                letter, ends, more = self.reductions.limited(limit)
            letters[letter] = ends
            conditions += more
        with self.binding(letters):
            terms = _terms(node.function)
            parts = [
                self.contractions.contraction(term, set(letters), conditions) for term in terms
            ]
            return self.added(_signed(parts))


def _weight(term: Expr) -> int:
    """The place of a term in a sum: products of matrices, the rest, single entries, numbers."""
    if term.is_number:
        return 3
    if isinstance(term, Indexed):
        return 2
    return 0 if term.has(Sum) else 1


def _terms(body: Expr) -> list[list[Expr]]:
    """The products that a body is the sum of, each as its factors."""
    return [list(Mul.make_args(term)) for term in Add.make_args(body)]


def _signed(parts: list[Tensor]) -> list[tuple[int, Tensor]]:
    found = []
    for part in parts:
        if part.text.startswith("-") and part.level == PRODUCT:
            found.append((-1, Tensor(part.text[1:], part.axes, part.level)))
        else:
            found.append((1, part))
    found.sort(key=lambda pair: pair[0] < 0)
    return found


def _number(value: Expr) -> Tensor:
    text = decimal(value)
    return Tensor(text, (), ATOM if not text.startswith("-") else SUM)
