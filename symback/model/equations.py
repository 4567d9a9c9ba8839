"""A model as a list of numbered equations over indexed quantities.

Each equation defines one quantity from quantities named earlier, or from itself, or from others of
its group, at an index shifted in one direction: a recursion, which has a start.  The last equation
defines the loss.  The chain rule knows nothing else about a model, so whoever can write such a list
has its gradients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from dataclasses import replace as replace_fields
from enum import StrEnum
from functools import cached_property, lru_cache

from sympy import Expr, Indexed, Integer, KroneckerDelta, S, Symbol, sympify

from symback.algebra.expressions import EVERY, Entry, Sum, name_of, within
from symback.algebra.indexing import Bracket, Divides, Extreme, IntegerEntry, Product, Stop
from symback.algebra.sums import LETTERS, replace
from symback.errors import InputError
from symback.model.drawn import Drawn
from symback.model.validity import check_expression, check_sizes
from symback.records import dataclass

__all__ = ["PARAMETERS", "Equation", "Model", "Quantity", "Range", "Role", "size_symbol"]


class Role(StrEnum):
    """What a quantity is in a network; a notation spells it by its role and layer."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    BIAS = "bias"
    PREACTIVATION = "pre-activation"
    ACTIVATION = "activation"
    OUTPUT = "output"
    LOSS = "loss"
    CONSTANT = "constant"
    PARAMETER = "parameter"  # of a model that has no layers: neither weight nor bias
    INTEGER = "integer"  # an array of indices, given with the data
    OTHER = "other"


PARAMETERS = (Role.WEIGHT, Role.BIAS, Role.PARAMETER)
"""Roles of what is learnt."""


@dataclass(frozen=True, slots=True)
class Range:
    """The values of one index: ``first`` to ``last``; by default 1 to the size of that name.

    Attributes:
        name: the name of the size in formulas that hold for every size, as in ``n_1``; of a range
            with ends of its own, these ends, as in ``2..T`` or ``1..N-M+1``.
        size: how many units, samples or positions there are in this network; 0 where that is open.
        letters: names for an index that is summed over this range, in order of preference.
        is_rows: whether it numbers samples: these are the rows of every matrix.
        first: the first value, affine in sizes.
        last: the last value, affine in sizes; None for the size of this name.
    """

    name: str
    size: int
    letters: str = LETTERS
    is_rows: bool = False
    first: Expr = S.One
    last: Expr | None = None

    @property
    def upper(self) -> Expr:
        """The last value, in size symbols: what is derived holds for every size."""
        return size_symbol(self.name) if self.last is None else self.last

    @property
    def is_plain(self) -> bool:
        """Whether it runs from 1 to a size of its own."""
        return self.last is None and self.first is S.One


@lru_cache(maxsize=1024)
def size_symbol(name: str) -> Symbol:
    """The symbol of a size, which a formula that holds for every size mentions."""
    return Symbol(name, integer=True, positive=True)


@lru_cache(maxsize=1024)
def _index_symbols(letters: tuple[str, ...]) -> tuple[Symbol, ...]:
    return tuple(Symbol(letter, integer=True) for letter in letters)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An indexed quantity: a vector of units, a matrix of weights, a scalar loss.

    Attributes:
        name: unique in its model; the name in Python code and plain text.
        role: what it is in the network.
        ranges: the range of each index, in order; empty for a scalar.
        letters: the letter of each index in a formula *about* this quantity.
        layer: the layer of weights it belongs to, counted from 1; 0 where there is none.
        value: the value of a constant.
        counts: of an array of indices, the size up to which its entries count, from 1.
        outside: what an entry beyond the ranges is, where a model says so: padding.
        is_positive: whether a constant is known to be positive.
    """

    name: str
    role: Role
    ranges: tuple[Range, ...] = ()
    letters: tuple[str, ...] = ()
    layer: int = 0
    value: float | None = None
    counts: Expr | None = None
    outside: Expr | None = None
    is_positive: bool = False

    def __post_init__(self) -> None:
        if len(self.letters) != len(self.ranges) or len(set(self.letters)) != len(self.letters):
            raise InputError(f"{self.name} needs one letter of its own for each index")

    @property
    def indices(self) -> tuple[Symbol, ...]:
        """The letters as symbols: the free indices of a formula about this quantity."""
        return _index_symbols(self.letters)

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each range."""
        return tuple(index_range.size for index_range in self.ranges)

    def at(self, *indices: Expr | int) -> Expr:
        """One entry; without indices the scalar itself."""
        if len(indices) != len(self.ranges):
            raise InputError(f"{self.name} has {len(self.ranges)} indices, not {len(indices)}")
        if self.role is Role.INTEGER:
            return IntegerEntry(self.name, *(sympify(index) for index in indices))
        if not indices:
            return Symbol(self.name)
        return Entry(self.name, *(Integer(i) if isinstance(i, int) else i for i in indices))

    @property
    def entry(self) -> Expr:
        """The general entry, in the quantity's own letters."""
        return self.at(*self.indices)


@dataclass(frozen=True, slots=True)
class Equation:
    """One numbered equation: ``quantity[indices] = expression``, with the quantity's own letters.

    A *boundary* defines single entries, as the start ``h[0, k] = 0`` of a recursion does; every
    other equation defines the whole of its quantity.

    Attributes:
        number: its number in the derivation, the same in every format.
        quantity: what it defines.
        expression: the right side, in the letters of the quantity's indices.
        function: the generic or catalogue function it applies to each unit, if it does only that.
        at: of a boundary, the indices on the left: letters of the quantity's own, integers, sizes.
        written: names of quantities in the order in which they were typed, which printers keep.
        mentions: names of the quantities on the right side.
    """

    number: int
    quantity: Quantity
    expression: Expr
    function: str = ""
    at: tuple[Expr, ...] = ()
    written: tuple[str, ...] = field(default=(), compare=False, repr=False)
    mentions: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the names of the quantities on the right side, which every walk asks for."""
        object.__setattr__(self, "mentions", tuple(name for name, _ in _mentioned(self.expression)))

    @property
    def is_boundary(self) -> bool:
        """Whether it defines single entries, a start or an end, and not the whole quantity."""
        return bool(self.at)

    @property
    def indices(self) -> tuple[Expr, ...]:
        """The indices on the left side."""
        return self.at or self.quantity.indices

    @property
    def left(self) -> Expr:
        """The left side."""
        return self.quantity.at(*self.indices)


@dataclass(frozen=True)
class Model(Drawn):
    """A model: quantities that are given, and equations that define the rest, loss last.

    Attributes:
        given: inputs, targets, parameters, constants and integer arrays.
        equations: numbered from 1 in order; each mentions what was given or defined before, or what
            is defined in the list at an index shifted by a number: a recursion.
        facts: codes of what is taken for granted (``targets-sum-to-one``).
        source: what the list was made from (a `Network`), for closed forms that apply to it.
        wanted: names of the quantities whose gradients are asked for; empty for all parameters.
        functions: names of generic functions that were declared.
        conditions: what the sizes must satisfy so that every entry that is read exists.
        title: what a document calls the model.
        sources: where its equations come from, as its author says.
        caution: what a step of gradient descent does not keep to, as its author says.
        numbers: sizes for which numbers were chosen, those among them that no range is named by.
        meanings: names with what the author says that they are.

    Raises:
        InputError: when built from a list with an unbound or redefined quantity.
    """

    given: tuple[Quantity, ...]
    equations: tuple[Equation, ...]
    facts: tuple[str, ...] = ()
    source: object | None = None
    wanted: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    conditions: tuple[Expr, ...] = ()
    title: str = ""
    numbers: tuple[tuple[str, int], ...] = ()
    meanings: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    sources: str = field(default="", compare=False)
    caution: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        known: dict[str, Quantity] = {}
        for quantity in self.given:
            _define(known, quantity, "given")
        later = {e.quantity.name: e.quantity for e in self.equations}
        defined = set(known)
        everything = {**later, **known}
        check_sizes(everything.values())
        for position, equation in enumerate(self.equations, start=1):
            where = f"equation ({equation.number})"
            if equation.number != position:
                raise InputError(f"expected number {position}", where=where)
            for name, count in _mentioned(equation.expression):
                used = known.get(name) or later.get(name)
                if used is None or not (name in known or _only_shifted(equation, used)):
                    raise InputError(f"{name} is not defined before it is used", where=where)
                if count != len(used.ranges):
                    raise InputError(
                        f"{name} has {len(used.ranges)} indices, not {count}", where=where
                    )
            _check_indices(equation, where)
            check_expression(equation, everything, self.functions, where)
            if equation.is_boundary:
                known.setdefault(equation.quantity.name, equation.quantity)
                continue
            if equation.quantity.name in defined:
                raise InputError(f"{equation.quantity.name} is defined twice", where=where)
            defined.add(equation.quantity.name)
            known[equation.quantity.name] = equation.quantity
        if not self.equations or self.equations[-1].quantity.ranges:
            raise InputError("the last equation must define the loss, a scalar")
        for name in self.wanted:
            if name not in known:
                raise InputError(f"there is no {name} to differentiate by")

    def __repr__(self) -> str:
        defined = ", ".join(dict.fromkeys(e.quantity.name for e in self.equations))
        wanted = ", ".join(q.name for q in self.targets_of_derivation)
        return f"<Model of {defined}: {len(self.equations)} equations, by {wanted}>"

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """Every quantity by name, in the order in which it becomes known."""
        return {q.name: q for q in (*self.given, *(e.quantity for e in self.equations))}

    @property
    def loss(self) -> Quantity:
        """What the last equation defines."""
        return self.equations[-1].quantity

    @cached_property
    def has_layers(self) -> bool:
        """Whether its quantities belong to the layers of a perceptron."""
        return any(quantity.layer for quantity in self.quantities.values())

    @cached_property
    def parameters(self) -> tuple[Quantity, ...]:
        """What is learnt: weights, biases and other parameters, in the order of the model."""
        return tuple(q for q in self.given if q.role in PARAMETERS)

    @cached_property
    def targets_of_derivation(self) -> tuple[Quantity, ...]:
        """The quantities whose gradients are asked for, in the order in which they were named."""
        return tuple(self.quantities[name] for name in self.wanted) or self.parameters

    @cached_property
    def asked(self) -> tuple[Quantity, ...]:
        """What is given and a gradient is asked for by: parameters, as a rule, and inputs."""
        return tuple(q for q in self.targets_of_derivation if q in self.given)

    @cached_property
    def definitions(self) -> dict[str, Equation]:
        """The equation that defines each quantity in general, by the quantity's name."""
        return {e.quantity.name: e for e in self.equations if not e.is_boundary}

    @cached_property
    def boundaries(self) -> dict[str, tuple[Equation, ...]]:
        """The equations of single entries, starts and ends, by the quantity's name."""
        found: dict[str, tuple[Equation, ...]] = {}
        for equation in self.equations:
            if equation.is_boundary:
                name = equation.quantity.name
                found[name] = (*found.get(name, ()), equation)
        return found

    @cached_property
    def is_plain(self) -> bool:
        """Whether every range runs from 1 to a size, and every index is a letter of its own range.

        So it is of perceptrons, of attention and of norms; not where there are starts, padding,
        limits of sums, shifts, lookups or conditions.
        """
        if self.boundaries or any(q.outside is not None for q in self.quantities.values()):
            return False
        if not all(r.is_plain for q in self.quantities.values() for r in q.ranges):
            return False
        return all(_is_plain(e.expression) for e in self.equations)

    @cached_property
    def recursive(self) -> frozenset[str]:
        """Quantities that are defined through themselves at another index, directly or not."""
        mentions = {name: {*e.mentions} for name, e in self.definitions.items()}
        for through in mentions:
            for seen in mentions.values():
                if through in seen:
                    seen |= mentions[through]
        return frozenset(name for name, seen in mentions.items() if name in seen)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The quantities that the loss depends on, itself among them."""
        found, work = {self.loss.name}, [self.loss.name]
        while work:
            name = work.pop()
            mentioned = {m for e in self.equations if e.quantity.name == name for m in e.mentions}
            work += mentioned - found
            found |= mentioned
        return frozenset(found)

    @cached_property
    def sizes(self) -> dict[Expr, int]:
        """The number that the last value of each range stands for in this network."""
        chosen: dict[Expr, int] = {size_symbol(name): number for name, number in self.numbers}
        return chosen | {r.upper: r.size for q in self.quantities.values() for r in q.ranges}

    @cached_property
    def size_names(self) -> tuple[str, ...]:
        """Every size that a range, a formula or a condition mentions, in order of appearance."""
        found: dict[str, None] = {}
        for expression in self._about_sizes():
            for symbol in sorted(expression.free_symbols, key=name_of):
                if isinstance(symbol, Symbol) and symbol.is_positive and symbol.is_integer:
                    found[symbol.name] = None
        return tuple(found)

    def _about_sizes(self) -> Iterator[Expr]:
        for quantity in self.quantities.values():
            for r in quantity.ranges:
                yield r.first
                yield r.upper
            if quantity.counts is not None:
                yield quantity.counts
        for equation in self.equations:
            yield equation.expression
        yield from self.conditions

    def with_sizes(self, numbers: Mapping[str, int]) -> Model:
        """The same model with numbers for some of its sizes.

        Args:
            numbers: for names of `size_names`, what they come to, each at least 1.

        Returns:
            A model in whose ranges every size is known that these numbers decide.
        """
        values = {size_symbol(name): Integer(number) for name, number in numbers.items()}

        def sized(quantity: Quantity) -> Quantity:
            ranges = []
            for r in quantity.ranges:
                count = (r.upper - r.first + 1).xreplace(values)
                ranges.append(replace_fields(r, size=int(count) if count.is_Integer else r.size))
            return replace_fields(quantity, ranges=tuple(ranges))

        return replace_fields(
            self,
            given=tuple(map(sized, self.given)),
            equations=tuple(replace_fields(e, quantity=sized(e.quantity)) for e in self.equations),
            numbers=tuple({**dict(self.numbers), **numbers}.items()),
        )

    def definition(self, name: str, indices: Sequence[Expr]) -> Expr:
        """The right side of a quantity's equation at the given indices."""
        equation = self.definitions[name]
        return replace(
            equation.expression, dict(zip(equation.quantity.indices, indices, strict=True))
        )


def _is_plain(expression: Expr) -> bool:
    """Whether an expression has neither limits nor shifts, lookups nor conditions."""
    if expression.has(Bracket, Divides, Extreme, IntegerEntry, KroneckerDelta, Product, Stop):
        return False
    for node in within(expression, Sum):
        if not all(first == 1 and last.is_Symbol for _, first, last in node.limits):
            return False
    entries = within(expression, Indexed)
    return all(len(set(node.indices)) == len(node.indices) for node in entries) and all(
        index == EVERY or (index.is_Symbol and not index.is_positive)
        for node in entries
        for index in node.indices
    )


def _define(known: dict[str, Quantity], quantity: Quantity, where: str) -> None:
    if quantity.name in known:
        raise InputError(f"{quantity.name} is defined twice", where=where)
    known[quantity.name] = quantity


def _only_shifted(equation: Equation, quantity: Quantity) -> bool:
    """Whether a right side mentions a quantity of its group only at indices other than its own."""
    own = equation.quantity.indices
    return all(
        any(
            (index - letter).is_Integer and index != letter
            for index in node.indices
            for letter in own
        )
        for node in within(equation.expression, Indexed)
        if name_of(node) == quantity.name
    )


def _mentioned(expression: Expr) -> list[tuple[str, int]]:
    """Name and number of indices of each quantity that an expression mentions, in a fixed order."""
    found = {(name_of(node), len(node.indices)) for node in within(expression, Indexed)}
    found |= {
        (node.name, 0)
        for node in within(expression, Symbol)
        if not node.is_integer and node != EVERY and node.name not in {name for name, _ in found}
    }
    return sorted(found)


def _check_indices(equation: Equation, where: str) -> None:
    """Every free index on the right must stand on the left."""
    free = {s for s in equation.expression.free_symbols if isinstance(s, Symbol) and s.is_integer}
    sizes = {s for s in free if s.is_positive}
    left = {s for index in equation.indices for s in index.free_symbols}
    stray = free - sizes - left
    if stray:
        names = ", ".join(sorted(symbol.name for symbol in stray))
        raise InputError(f"index {names} stands on the right side only", where=where)
