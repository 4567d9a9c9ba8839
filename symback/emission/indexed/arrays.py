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
from symback.emission.indexed.affine import (
    affine,
    at_least,
    at_least_given,
    is_size,
    letters_of,
    reach,
)
from symback.emission.indexed.integers import IntegerPrinter
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.program import Array, IndexedProgram
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
    contracted,
    elementwise,
)
from symback.emission.indexed.walk import limits_of, substituted
from symback.errors import InputError

__all__ = ["ArrayWriter", "decimal"]

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
        return self.index(node).at(ATOM)

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
                return self.number(node)
            case IntegerEntry():
                return self.number(node)
            case Indexed():
                return self.entry(node)
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
                return self.softmax(node)
            case LogSumExp():
                return self.log_sum_exp(node)
            case Sum():
                return self.sum(node)
            case Product():
                return self.reduction("prod", node.body, node.limit, "1.0")
            case Extreme():
                return self.extreme(node)
            case Bracket() | KroneckerDelta() | Divides():
                return self._as_number(self.mask(node))
            case Largest() | Smallest() | FloorOf() | CeilingOf():
                return self.number(node)
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
        masks = [f for f in factors if isinstance(f, (Bracket, KroneckerDelta, Divides))]
        rest = [f for f in factors if f not in masks]
        masks = self._needed_masks(masks, rest)
        if not masks:
            return self.times([self._factor(f) for f in rest])
        with self.padding():
            whole = self.times([self._factor(f) for f in rest])
        return self.where([self.mask(m) for m in masks], whole)

    def _as_number(self, mask: Tensor) -> Tensor:
        """A condition as 1 or 0, of the type that the arrays have."""
        if mask.is_scalar:
            return Tensor(f"float({mask.text})", mask.axes)
        if self.dialect.is_numpy:
            return Tensor(f"{mask.at(ATOM)}.astype(dtype)", mask.axes)
        return Tensor(f"xp.astype({mask.text}, dtype)", mask.axes)

    def _needed_masks(self, masks: list[Expr], factors: list[Expr]) -> list[Expr]:
        """The conditions outside of which no factor is 0 already."""
        if not masks:
            return masks
        known = {c for f in factors if isinstance(f, Indexed) for c in self.program.support(f)}
        return [m for m in masks if m not in known]

    def _factor(self, factor: Expr) -> tuple[bool, Tensor]:
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
            return Tensor(f"{text}**{exponent}", inner.axes, POWER)
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

    def _limited(self, limit: Expr) -> tuple[Symbol, tuple[Expr, Expr], list[Expr]]:
        """The letter of a limit, the range that holds it for all letters around, and conditions."""
        letter, first, last = limit
        conditions = []
        if self.is_vector(first) or self.is_vector(last):
            around = {k: v for k, v in self.bounds.items() if k not in self.scalars}
            low, high = reach(first, around)[0], reach(last, around)[1]
            for part in first.args if isinstance(first, Largest) else (first,):
                if not at_least(low, part):
                    conditions.append(Bracket(part, "<=", letter))
            for part in last.args if isinstance(last, Smallest) else (last,):
                if not at_least(part, high):
                    conditions.append(Bracket(letter, "<=", part))
            first, last = low, high
        return letter, (first, last), conditions

    def reduction(self, name: str, body: Expr, limit: Expr, neutral: str) -> Tensor:
        """A product or an extreme over one letter."""
        letter, ends, conditions = self._limited(limit)
        with self.binding({letter: ends}):
            inner = self._masked(body, conditions, neutral)
            if letter not in inner.axes:
                shape = self.count(letter)
                text = f"{self.dialect.prefix}.broadcast_to({inner.text}, ({shape}, ))"
                inner = Tensor(text.replace(", )", ",)"), (letter,))
        place = inner.axes.index(letter)
        axes = tuple(a for a in inner.axes if a != letter)
        return Tensor(self.dialect.reduced(name, inner, [place]), axes)

    def _masked(self, body: Expr, conditions: list[Expr], other: str) -> Tensor:
        if not conditions:
            return self(body)
        with self.padding():
            inner = self(body)
        return self.where([self.mask(c) for c in conditions], inner, other)

    def extreme(self, node: Extreme) -> Tensor:
        """The largest or smallest value over a letter, or its place."""
        infinite = "-inf" if node.kind.endswith("max") else "inf"
        neutral = f"{self.dialect.prefix}.inf"
        neutral = f"-{neutral}" if infinite == "-inf" else neutral
        found = self.reduction(node.kind, node.body, node.limit, neutral)
        if not node.kind.startswith("arg"):
            return found
        first = self._limited(node.limit)[1][0]
        return self.index_plus(found, first)

    def log_sum_exp(self, node: LogSumExp) -> Tensor:
        """The logarithm of a sum of exponentials."""
        self.used["logsumexp"] = None
        inner, letter = self._exponents(node)
        place = inner.axes.index(letter)
        axes = tuple(a for a in inner.axes if a != letter)
        end = "" if place == len(inner.axes) - 1 else f", axis={place}"
        return Tensor(f"logsumexp({inner.text}{end})", axes)

    def _exponents(self, node: LogSumExp) -> tuple[Tensor, Symbol]:
        letter, ends, conditions = self._limited(node.limit)
        with self.binding({letter: ends}):
            inner = self._masked(node.body, conditions, f"-{self.dialect.prefix}.inf")
        if letter not in inner.axes:
            raise InputError(f"a sum of exponentials over {letter} does not depend on it")
        return inner, letter

    def softmax(self, node: Softmax) -> Tensor:
        """The softmax over a letter at another, or at a lookup."""
        letter, ends, _ = self._limited(node.limit)
        at = node.at
        plain = isinstance(at, Symbol) and at not in self.scalars and at in self.bounds
        if plain and self.bounds[at] == ends and at not in letters_of(node.body):
            self.used["softmax"] = None
            inner, _ = self._exponents(node)
            axes = tuple(at if a == letter else a for a in inner.axes)
            place = axes.index(at)
            end = "" if place == len(axes) - 1 else f", axis={place}"
            return Tensor(f"softmax({inner.text}{end})", axes)
        value = substituted(node.body, {letter: at}) - LogSumExp(node.body, node.limit)
        return self.apply("exp", 0, self(value))

    def loss_partial(self, node: Partial) -> Tensor:
        """The caller's derivative of a loss of whole arrays, at one entry."""
        entry = node.by
        letters = tuple(entry.indices) if isinstance(entry, Indexed) else ()
        name = self.names.array(name_of(entry))
        text = f"functions.d{node.of.name}_d{name}({self._vectors(node.of)})"
        return Tensor(text, letters)

    def _vectors(self, node: OfVectors) -> str:
        return ", ".join(self.names.array(name_of(v)) for v in node.arguments)

    # -- conditions

    def mask(self, node: Expr) -> Tensor:
        """A condition, True where it holds; one of letters alone is computed once, by a name."""
        if node.has(Indexed) or letters_of(node) & self.scalars or len(letters_of(node)) < 2:
            return self._condition(node)
        before, self.preferred = self.preferred, ()
        found = self._condition(node)
        self.preferred = before
        if found.text not in self.shared:
            self.shared[found.text] = self.names.free("mask", str(len(self.shared) + 1))
        return Tensor(self.shared[found.text], found.axes, is_mask=True)

    def _condition(self, node: Expr) -> Tensor:
        match node:
            case KroneckerDelta():
                return self._compared(node.args[0], "==", node.args[1])
            case Bracket():
                return self._compared(node.left, node.relation, node.right)
            case Divides():
                number = self.index(node.args[1])
                text = f"{number.at(UNARY)} % {self.integer.atom(node.args[0])} == 0"
                return Tensor(text, number.axes, COMPARE, is_mask=True)
        raise InputError(f"{node} is no condition")

    def _compared(self, left: Expr, relation: str, right: Expr) -> Tensor:
        sides = []
        if left.is_integer and right.is_integer:
            shared = _constant(left) or _constant(right)  # what counts from 0 in code
            if not shared and self.is_vector(left) and self.is_vector(right):
                shared = S.One
            sides = [self.index(left, shared), self.index(right, shared)]
        else:
            sides = [self(left), self(right)]
        texts, axes = elementwise(sides, self.preferred, self.dialect, SUM)
        is_scalar = not axes and not (left.has(Indexed) or right.has(Indexed))
        text = f"{texts[0]} {relation} {texts[1]}"
        return Tensor(text, axes, COMPARE, is_mask=True, is_scalar=is_scalar)

    # -- indices as numbers

    def number(self, node: Expr) -> Tensor:
        """An index as a number of the type that the arrays have."""
        found = self.index(node)
        if not found.axes and not node.has(IntegerEntry, Extreme):
            return found
        if self.dialect.is_numpy:
            return Tensor(f"{found.at(ATOM)}.astype(dtype)", found.axes)
        return Tensor(f"xp.astype({found.text}, dtype)", found.axes)

    def index(self, node: Expr, less: Expr = S.Zero) -> Tensor:
        """An index, less a number, as an array of integers."""
        match node:
            case Largest() | Smallest() if self.is_vector(node):
                name = "maximum" if isinstance(node, Largest) else "minimum"
                parts = [self.index(part) for part in node.args]
                texts, axes = elementwise(parts, self.preferred, self.dialect, COMPARE)
                text = texts[0]
                for other in texts[1:]:
                    text = f"{self.dialect.prefix}.{name}({text}, {other})"
                return self.index_plus(Tensor(text, axes), -less)
            case FloorOf() | CeilingOf() if self.is_vector(node):
                sign = "" if isinstance(node, FloorOf) else "-"
                inner = self.index(node.numerator if not sign else -node.numerator)
                divisor = self.integer.atom(node.divisor)
                text = f"{inner.at(UNARY)} // {divisor}"
                found = Tensor(text, inner.axes, PRODUCT)
                if sign:
                    found = Tensor(f"-({text})", inner.axes, UNARY)
                return self.index_plus(found, -less)
            case Extreme():
                return self.index_plus(self.extreme(node), -less)
        made = affine(node)
        rest = made.rest - less
        pieces: list[tuple[Expr, Tensor]] = []
        for letter, coefficient in made.letters.items():
            if letter in self.scalars:
                rest += coefficient * letter
            elif coefficient == 1 and len(made.letters) == 1 and not made.others:
                first, last = self.bounds[letter]
                shift = rest
                return self._arange(first + shift, last + shift + 1, letter)
            else:
                first, last = self.bounds[letter]
                pieces.append((coefficient, self._arange(first, last + 1, letter)))
        for other, coefficient in made.others.items():
            if isinstance(other, IntegerEntry):
                pieces.append((coefficient, self.entry(other)))
                rest += coefficient  # they count from 0 in code
            else:
                pieces.append((coefficient, self.index(other)))
        if not pieces:
            return Tensor(self.integer(rest), (), ATOM if rest.is_Atom else SUM)
        texts, axes = elementwise([t for _, t in pieces], self.preferred, self.dialect, UNARY)
        text = ""
        for (coefficient, _), piece in zip(pieces, texts, strict=True):
            negative = coefficient.could_extract_minus_sign()
            size = -coefficient if negative else coefficient
            term = piece if size == 1 else f"{self.integer.factor(size)} * {piece}"
            text = (
                f"{text} {'-' if negative else '+'} {term}"
                if text
                else (f"-{term}" if negative else term)
            )
        found = Tensor(text, axes, ATOM if len(pieces) == 1 and text == texts[0] else SUM)
        return self.index_plus(found, rest)

    def _arange(self, first: Expr, end: Expr, letter: Symbol) -> Tensor:
        start = "" if first == 0 else f"{self.integer(first)}, "
        device = "" if self.dialect.is_numpy else ", device=device"
        text = f"{self.dialect.prefix}.arange({start}{self.integer(end)}{device})"
        return Tensor(text, (letter,))

    def index_plus(self, index: Tensor, more: Expr) -> Tensor:
        """An index with a number added."""
        if more == 0:
            return index
        negative = more.could_extract_minus_sign()
        text = f"{index.text} {'-' if negative else '+'} "
        return Tensor(text + self.integer.factor(-more if negative else more), index.axes, SUM)

    # -- entries

    def entry(self, node: Indexed) -> Tensor:
        """An entry of an array: the array itself, a slice, windows, or a lookup."""
        array = self.program.arrays[name_of(node)]
        order = self.order.get(array.key, tuple(range(len(array.slots))))
        slots = [self.stored.get(array.key, array.slots)[axis] for axis in order]
        indices = [node.indices[axis] for axis in order]
        base = self.names.array(array.key)
        base, slots = self._padded(array, base, indices, slots)
        vectors = [[x for x in affine(i).letters if x not in self.scalars] for i in indices]
        others = [
            bool(affine(i).others) or i.has(Largest, Smallest, FloorOf, CeilingOf) for i in indices
        ]
        repeated = len({x for v in vectors for x in v}) != sum(map(len, vectors))
        if any(others) or repeated:
            found = self._lookup(base, slots, indices, vectors, others)
        else:
            found = self._sliced(base, slots, indices, vectors)
        return replace(found, rank=1) if array.is_adjoint else found

    def _padded(
        self, array: Array, base: str, indices: list[Expr], slots: list[tuple[Expr, Expr]]
    ) -> tuple[str, list[tuple[Expr, Expr]]]:
        """An array with what is read beyond it, where that may be."""
        if array.outside is None and not self.may_pad:
            return base, slots
        found = []
        for place, (index, (first, last)) in enumerate(zip(indices, slots, strict=True)):
            low, high = reach(index, self.bounds)
            if affine(low).others or affine(high).others:
                found.append((first, last))
                continue
            before, after = Largest(S.Zero, first - low), Largest(S.Zero, high - last)
            if self.certain(low, first):
                before = S.Zero
            elif at_least(first, low):
                before = first - low
            if self.certain(last, high):
                after = S.Zero
            elif at_least(high, last):
                after = high - last
            if before == 0 and after == 0:
                found.append((first, last))
                continue
            self.used["padded"] = None
            fill = "" if array.outside == 0 else f", {self._fill(array)}"
            ends = f"{self.integer(before)}, {self.integer(after)}"
            base = f"padded({base}, {place}, {ends}{fill})"
            found.append((first - before, last + after))
        return base, found

    def _fill(self, array: Array) -> str:
        return "None" if array.outside is None else self(array.outside).text

    def _sliced(
        self,
        base: str,
        slots: list[tuple[Expr, Expr]],
        indices: list[Expr],
        vectors: list[list[Symbol]],
    ) -> Tensor:
        items: list[str] = []
        windows: list[tuple[int, Expr, list[tuple[Symbol, Expr]]]] = []
        axes: list[Symbol] = []
        for index, (first, last), letters in zip(indices, slots, vectors, strict=True):
            parts = affine(index)
            rest = index - sum((parts.letters[x] * x for x in letters), S.Zero) - first
            if not letters:
                items.append(self.integer(rest))
            elif len(letters) == 1:
                items.append(self._slice(letters[0], parts.letters[letters[0]], rest, last - first))
                axes.append(letters[0])
            else:
                items.append(":")
                steps = [(x, parts.letters[x]) for x in letters]
                start = rest + sum((self.bounds[x][0] * c for x, c in steps), S.Zero)
                windows.append((len(axes), start, steps))
                axes.extend(letters)
        text = self._indexed(base, items)
        for place, start, steps in windows:
            self.used["windows"] = None
            shape = ", ".join(self.count(x) for x, _ in steps)
            strides = ", ".join(self.integer(c) for _, c in steps)
            text = f"windows({text}, {place}, {self.integer(start)}, ({shape}), ({strides}))"
        return Tensor(text, tuple(axes))

    def _indexed(self, base: str, items: list[str]) -> str:
        """An array with these indices; what is left whole at the end is left out."""
        if base in self.lists:
            base, items = f"{base}[{items[0]}]", items[1:]
        if all(item == ":" for item in items):
            return base
        if self.dialect.is_numpy:
            while items[-1] == ":":
                items.pop()
        return f"{base}[{', '.join(items)}]"

    def _slice(self, letter: Symbol, step: Expr, rest: Expr, length: Expr) -> str:
        """The slice of an axis for one letter; ``length`` is its last place."""
        first, last = self.bounds[letter]
        start, end = rest + step * first, rest + step * last
        if step == 1:
            if start == 0 and end == length:
                return ":"
            begin = "" if start == 0 else self.integer(start)
            stop = end + 1
            if stop == length + 1:
                return f"{begin}:"
            text = self.integer(stop)
            return f"{begin}:{text if self.is_count(stop) else f'max({text}, 0)'}"
        if step.could_extract_minus_sign():
            stop = end - 1
            low = "" if stop == -1 else self.integer(stop)
            if low and not at_least(stop, S.Zero):
                low = f"{low} if {low} >= 0 else None"
            begin = "" if start == length else self.integer(start)
            return f"{begin}:{low}:{self.integer(step)}"
        begin = "" if start == 0 else self.integer(start)
        return f"{begin}:{self.integer(end + 1)}:{self.integer(step)}"

    def _lookup(
        self,
        base: str,
        slots: list[tuple[Expr, Expr]],
        indices: list[Expr],
        vectors: list[list[Symbol]],
        others: list[bool],
    ) -> Tensor:
        """Entries at indices that are arrays: those axes come first, the others stay slices."""
        letters = [x for v in vectors for x in v]
        simple = [
            not other
            and len(v) == 1
            and letters.count(v[0]) == 1
            and not self._is_shared(v[0], i, indices)
            for i, (v, other) in enumerate(zip(vectors, others, strict=True))
        ]
        fancy = [i for i, plain in enumerate(simple) if not plain]
        rest = [i for i, plain in enumerate(simple) if plain]
        order = [*fancy, *rest]
        if order != list(range(len(indices))):
            base = self.dialect.permuted(Tensor(base, tuple(self._dummies(len(order)))), order)
        parts = [self.index(indices[i], slots[i][0]) for i in fancy]
        texts, axes = elementwise(parts, self.preferred, self.dialect, COMPARE)
        items, after = [], []
        for i in rest:
            (letter,) = vectors[i]
            step = affine(indices[i]).letters[letter]
            items.append(
                self._slice(
                    letter,
                    step,
                    indices[i] - step * letter - slots[i][0],
                    slots[i][1] - slots[i][0],
                )
            )
            after.append(letter)
        if self.dialect.is_numpy:
            return Tensor(self._indexed(base, [*texts, *items]), (*axes, *after))
        self.used["lookup"] = None
        if any(item != ":" for item in items):
            base = f"{base}[{', '.join([':'] * len(fancy) + items)}]"
        return Tensor(f"lookup({base}, {', '.join(texts)})", (*axes, *after))

    def _is_shared(self, letter: Symbol, own: int, indices: list[Expr]) -> bool:
        """Whether a letter stands in another index too, inside of a lookup."""
        return any(
            letter in letters_of(index) for place, index in enumerate(indices) if place != own
        )

    @staticmethod
    def _dummies(count: int) -> list[Symbol]:
        return [Symbol(f"_{place}", integer=True) for place in range(count)]

    # -- sums

    def sum(self, node: Sum) -> Tensor:
        """A sum over letters: each of its terms is a contraction."""
        letters: dict[Symbol, tuple[Expr, Expr]] = {}
        conditions: list[Expr] = []
        for limit in reversed(limits_of(node)):
            with self.binding(letters):
                letter, ends, more = self._limited(limit)
            letters[letter] = ends
            conditions += more
        with self.binding(letters):
            terms = _terms(node.function)
            parts = [self.contraction(term, set(letters), conditions) for term in terms]
            return self.added(_signed(parts))

    def contraction(
        self, factors: list[Expr], summed: set[Symbol], conditions: list[Expr]
    ) -> Tensor:
        """The sum of one product over letters."""
        masks = [f for f in factors if isinstance(f, (Bracket, KroneckerDelta, Divides))]
        rest = [f for f in factors if f not in masks]
        masks = self._needed_masks([*masks, *conditions], rest)
        spent = self._spent(rest, masks, summed)
        if spent is not None:
            return spent
        scattered = self._scattered(rest, masks, summed)
        if scattered is not None:
            return scattered
        if masks:
            with self.padding():
                parts = [self._factor(f) for f in rest]
        else:
            parts = [self._factor(f) for f in rest]
        free = {a for a in summed if not any(a in t.axes for _, t in parts)}
        outside = [(d, t) for d, t in parts if not set(t.axes) & summed]
        inside = [(d, t) for d, t in parts if set(t.axes) & summed]
        covers = [self.mask(m) for m in masks]
        inside_masks = [m for m in covers if set(m.axes) & summed]
        outside_masks = [m for m in covers if not set(m.axes) & summed]
        found = None
        if inside or inside_masks:
            tensors = self._merged(inside, inside_masks)
            found = self._contract(tensors, summed)
            free -= {a for m in inside_masks for a in m.axes}
        factors_ = [*outside]
        for letter in sorted(free, key=str):
            factors_.append((False, Tensor(self.count(letter), (), SUM)))
        if found is not None:
            factors_.append((False, found))
        whole = self.times(factors_)
        return self.where(outside_masks, whole) if outside_masks else whole

    def _merged(self, inside: list[tuple[bool, Tensor]], masks: list[Tensor]) -> list[Tensor]:
        """Factors of a contraction: divisors and masks are put into the factors that cover them."""
        tensors = [t for divides, t in inside if not divides]
        for divides, divisor in inside:
            if not divides:
                continue
            place = _cover(tensors, divisor)
            if place is None:
                tensors.append(Tensor(f"1 / {divisor.at(UNARY)}", divisor.axes, PRODUCT))
            else:
                tensors[place] = self.times([(False, tensors[place]), (True, divisor)])
        for mask in masks:
            place = _cover(tensors, mask)
            if place is None:
                tensors.append(self._as_number(mask))
            else:
                tensors[place] = self.where([mask], tensors[place])
        return tensors

    def _contract(self, tensors: list[Tensor], summed: set[Symbol]) -> Tensor:
        tensors = list(tensors)
        scalars = [t for t in tensors if not t.axes]
        tensors = [t for t in tensors if t.axes]
        while len(tensors) > 2:
            tensors = self._one_less(tensors, summed)
        quick = self._inner(tensors, summed) if self.dialect.is_fast else None
        if quick is not None:
            return self.times([*((False, s) for s in scalars), (False, quick)])
        if len(tensors) == 2 and not self._is_contraction(tensors[0], tensors[1], summed):
            tensors = [self.times([(False, tensors[0]), (False, tensors[1])])]
        tensors = [self._presummed(t, place, tensors, summed) for place, t in enumerate(tensors)]
        if len(tensors) == 2:
            both = set(tensors[0].axes) & set(tensors[1].axes) & summed
            if both:
                found = contracted(tensors[0], tensors[1], both, self.dialect, self.preferred)
            else:
                found = self.times([(False, tensors[0]), (False, tensors[1])])
        else:
            found = tensors[0]
        return self.times([*((False, s) for s in scalars), (False, found)])

    def _inner(self, tensors: list[Tensor], summed: set[Symbol]) -> Tensor | None:
        """The sum of a product of two pieces that have the same axes, without the product."""
        if len(tensors) != 2 or tensors[0].axes != tensors[1].axes:
            return None
        left, right = tensors
        over = [a for a in left.axes if a in summed]
        kept = [a for a in left.axes if a not in summed]
        if not over:
            return None
        if not kept:
            return Tensor(f"np.vdot({left.text}, {right.text})", rank=2)
        letters = dict(zip(left.axes, "abcdefgh", strict=False))
        one = "".join(letters[a] for a in left.axes)
        result = "".join(letters[a] for a in kept)
        text = f'np.einsum("{one},{one}->{result}", {left.text}, {right.text})'
        return Tensor(text, tuple(kept), rank=2)

    def _is_contraction(self, left: Tensor, right: Tensor, summed: set[Symbol]) -> bool:
        """Whether two factors are better contracted than multiplied entry by entry."""
        both = set(left.axes) & set(right.axes)
        if not both & summed:
            return False
        return set(left.axes) != set(right.axes)

    def _presummed(
        self, tensor: Tensor, place: int, tensors: list[Tensor], summed: set[Symbol]
    ) -> Tensor:
        """A factor summed over the letters that no other has."""
        others = {a for p, t in enumerate(tensors) if p != place for a in t.axes}
        own = [a for a in tensor.axes if a in summed and a not in others]
        if not own:
            return tensor
        places = [tensor.axes.index(a) for a in own]
        axes = tuple(a for a in tensor.axes if a not in own)
        return Tensor(self.dialect.reduced("sum", tensor, places), axes)

    def _one_less(self, tensors: list[Tensor], summed: set[Symbol]) -> list[Tensor]:
        """The same product with two of its factors put together, the cheapest way."""
        best: tuple[tuple[int, int, int], int, int] | None = None
        for i, left in enumerate(tensors):
            for j in range(i + 1, len(tensors)):
                right = tensors[j]
                others = {a for k, t in enumerate(tensors) if k not in (i, j) for a in t.axes}
                both = {*left.axes, *right.axes}
                gone = {a for a in both if a in summed and a not in others}
                shared = set(left.axes) & set(right.axes)
                cost = (len(both - gone), len(both), -len(shared))
                if best is None or cost < best[0]:
                    best = (cost, i, j)
        assert best is not None
        _, i, j = best
        others = {a for k, t in enumerate(tensors) if k not in (i, j) for a in t.axes}
        local = {a for a in summed if a not in others}
        joined = self._contract([tensors[i], tensors[j]], local)
        return [joined, *(t for k, t in enumerate(tensors) if k not in (i, j))]

    # -- deltas

    def _spent(self, factors: list[Expr], masks: list[Expr], summed: set[Symbol]) -> Tensor | None:
        """The sum in which a delta gives one of the summed letters its value."""
        for delta in masks:
            if not isinstance(delta, KroneckerDelta):
                continue
            solved = self._solved(delta, summed, [*factors, *masks])
            if solved is None:
                continue
            letter, value = solved
            first, last = self.bounds[letter]
            conditions = []
            around = {k: v for k, v in self.bounds.items() if k not in self.scalars}
            low, high = reach(value, around)
            if not (at_least(low, first) or isinstance(value, IntegerEntry)):
                conditions.append(Bracket(first, "<=", value))
            if not (at_least(last, high) or isinstance(value, IntegerEntry)):
                conditions.append(Bracket(value, "<=", last))
            at = {letter: value}
            rest = [substituted(f, at) for f in factors]
            others = [substituted(m, at) for m in masks if m is not delta]
            others = [m for m in [*others, *conditions] if m is not S.One]
            left = summed - {letter}
            if left:
                return self.contraction([*rest, *others], left, [])
            return self.product([*rest, *others]) if [*rest, *others] else Tensor("1.0")
        return None

    def _solved(
        self, delta: Expr, summed: set[Symbol], factors: list[Expr]
    ) -> tuple[Symbol, Expr] | None:
        if self._target(delta, summed, factors) is not None:
            return None
        parts = affine(delta.args[0] - delta.args[1])
        for letter in sorted(summed, key=str):
            coefficient = parts.letters.get(letter)
            if coefficient not in (1, -1):
                continue
            value = letter - (delta.args[0] - delta.args[1]) / coefficient
            if letter not in letters_of(value):
                return letter, value
        return None

    def _target(
        self, delta: Expr, summed: set[Symbol], factors: list[Expr]
    ) -> tuple[Symbol, Expr] | None:
        """The free letter that a delta sets to what is summed over, if it stands only there."""
        for letter, value in (delta.args, reversed(delta.args)):
            if not isinstance(letter, Symbol) or is_size(letter) or letter in self.scalars:
                continue
            if letter in summed or letter not in self.bounds:
                continue
            inside = letters_of(value)
            if not inside & summed or letter in inside:
                continue
            if any(letter in letters_of(f) for f in factors if f is not delta):
                continue
            varying = [x for x in affine(value).letters if x in summed]
            if len(varying) == 1 and not affine(value).others:
                if affine(value).letters[varying[0]] in (1, -1):
                    return None
            return letter, value
        return None

    def _scattered(
        self, factors: list[Expr], masks: list[Expr], summed: set[Symbol]
    ) -> Tensor | None:
        """The sum in which deltas say into which entries of the result each term goes."""
        targets: dict[Symbol, Expr] = {}
        rest = []
        for mask in masks:
            found = (
                self._target(mask, summed, [*factors, *masks])
                if isinstance(mask, KroneckerDelta)
                else None
            )
            if found is not None and found[0] not in targets:
                targets[found[0]] = found[1]
            else:
                rest.append(mask)
        if not targets:
            return None
        inside: set[Symbol] = set()
        for value in targets.values():
            inside |= letters_of(value) - self.scalars
        own = summed & inside
        strided = self._strided(targets, summed)
        if strided is not None:
            return self._folded(self._values(factors, rest, summed - own), strided)
        places = []
        for letter, value in targets.items():
            place, outside = self._place(letter, value)
            places.append(place)
            rest += outside
        values = self._values(factors, rest, summed - own)
        indices = [*places]
        axes = tuple(sorted(inside, key=str))
        kept = tuple(a for a in values.axes if a not in inside)
        batch = [a for a in inside if a not in summed]
        self.used["added"] = None
        counts = ", ".join(self.count(x) for x in targets)
        extra = []
        for letter in batch:  # a letter of the result that an index depends on
            indices.append(self.index(letter, self.bounds[letter][0]))
            counts += f", {self.count(letter)}"
            extra.append(letter)
        texts = [aligned(i, axes, self.dialect, COMPARE) for i in indices]
        value = aligned(values, (*axes, *kept), self.dialect, COMPARE)
        end = "," if len(texts) == 1 else ""
        close = "," if "," not in counts else ""
        text = f"added({value}, ({', '.join(texts)}{end}), ({counts}{close}))"
        return Tensor(text, (*targets, *extra, *kept))

    def _place(self, letter: Symbol, value: Expr) -> tuple[Tensor, list[Expr]]:
        """Where along an axis an index is, and what must hold for it to be there at all."""
        first, last = self.bounds[letter]
        place = self.index(value, first)
        if isinstance(value, IntegerEntry):
            return place, []
        around = {k: v for k, v in self.bounds.items() if k not in self.scalars}
        low, high = reach(value, around)
        outside = []
        if not self.certain(low, first):
            outside.append(Bracket(first, "<=", value))
        if not self.certain(last, high):
            outside.append(Bracket(value, "<=", last))
        if affine(low).others or affine(high).others:
            outside = []  # the place of an extreme, which is one of the indices
        if outside:
            end = self.integer(last - first)
            text = f"{self.dialect.prefix}.clip({place.text}, 0, {end})"
            place = Tensor(text, place.axes)
        return place, outside

    def _strided(
        self, targets: Mapping[Symbol, Expr], summed: set[Symbol]
    ) -> list[tuple[Symbol, list[Symbol], Expr, list[Expr]]] | None:
        """For each target the two letters that it is made of, where each has its own two."""
        found, seen = [], set[Symbol]()
        for letter, value in targets.items():
            parts = affine(value)
            letters = sorted(parts.letters, key=lambda x: (parts.letters[x] != 1, str(x)))
            if parts.others or len(letters) != 2 or seen & set(letters):
                return None
            if not set(letters) <= summed or any(
                letters_of(end) for x in letters for end in self.bounds[x]
            ):
                return None
            if not all(at_least(parts.letters[x], S.One) for x in letters):
                return None
            seen |= set(letters)
            steps = [parts.letters[x] for x in letters]
            start = parts.rest - self.bounds[letter][0]
            start += sum((self.bounds[x][0] * c for x, c in parts.letters.items()), S.Zero)
            found.append((letter, letters, start, steps))
        return found

    def _folded(
        self,
        values: Tensor,
        strided: list[tuple[Symbol, list[Symbol], Expr, list[Expr]]],
    ) -> Tensor:
        """Values added up along axes that two letters make together, tap by tap."""
        self.used["folded"] = None
        for letter, letters, start, steps in strided:
            rest = [a for a in values.axes if a not in letters]
            missing = [x for x in letters if x not in values.axes]
            text = aligned(values, [*letters, *rest], self.dialect, COMPARE)
            if missing:
                shape = ", ".join(self.count(a) for a in [*letters, *rest])
                text = f"{self.dialect.prefix}.broadcast_to({text}, ({shape}))"
            strides = ", ".join(self.integer(c) for c in steps)
            text = f"folded({text}, {self.count(letter)}, {self.integer(start)}, ({strides}))"
            values = Tensor(text, (letter, *rest), rank=2)
        return values

    def _values(self, factors: list[Expr], masks: list[Expr], summed: set[Symbol]) -> Tensor:
        everything = [*factors, *masks]
        if all(f.is_number for f in everything):
            number = decimal(Mul(*everything))
            if self.dialect.is_numpy:
                return Tensor(f"np.array({number}, dtype)")
            return Tensor(f"xp.asarray({number}, dtype=dtype, device=device)")
        if summed:
            return self.contraction(everything, summed, [])
        return self.product(everything)


def _weight(term: Expr) -> int:
    """The place of a term in a sum: products of matrices, the rest, single entries, numbers."""
    if term.is_number:
        return 3
    if isinstance(term, Indexed):
        return 2
    return 0 if term.has(Sum) else 1


def _constant(index: Expr) -> Expr:
    parts = affine(index)
    return sum((c for o, c in parts.others.items() if isinstance(o, IntegerEntry)), S.Zero)


def _cover(tensors: list[Tensor], other: Tensor) -> int | None:
    """The smallest factor that has every axis of another piece."""
    fits = [n for n, t in enumerate(tensors) if set(other.axes) <= set(t.axes)]
    return min(fits, key=lambda n: len(tensors[n].axes), default=None)


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


def decimal(value: Expr) -> str:
    """A number as code has it."""
    if isinstance(value, Integer):
        return str(value)
    return repr(float(value))
