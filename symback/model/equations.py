"""A network as a list of numbered equations over indexed units.

Each equation defines one quantity from quantities named earlier; the last one is the loss.  The
chain rule knows nothing else about a network, so whoever can write such a list has its gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sympy import Expr, Indexed, Integer, Symbol

from symback.algebra.expressions import EVERY, Entry
from symback.algebra.sums import LETTERS, replace
from symback.errors import InputError

__all__ = ["Equation", "Model", "Quantity", "Range", "Role"]


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
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Range:
    """The values of one index: 1 to ``size``.

    Attributes:
        name: the name of the size in formulas that hold for every size, as in ``n_1``.
        size: how many units, samples or positions there are in this network.
        letters: names for an index that is summed over this range, in order of preference.
        is_rows: whether it numbers samples: these are the rows of every matrix.
    """

    name: str
    size: int
    letters: str = LETTERS
    is_rows: bool = False

    @property
    def upper(self) -> Symbol:
        """The size as a symbol: what is derived holds for every size."""
        return Symbol(self.name, integer=True, positive=True)


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
    """

    name: str
    role: Role
    ranges: tuple[Range, ...] = ()
    letters: tuple[str, ...] = ()
    layer: int = 0
    value: float | None = None

    def __post_init__(self) -> None:
        if len(self.letters) != len(self.ranges) or len(set(self.letters)) != len(self.letters):
            raise InputError(f"{self.name} needs one letter of its own for each index")

    @property
    def indices(self) -> tuple[Symbol, ...]:
        """The letters as symbols: the free indices of a formula about this quantity."""
        return tuple(Symbol(letter, integer=True) for letter in self.letters)

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each range."""
        return tuple(index_range.size for index_range in self.ranges)

    def at(self, *indices: Expr | int) -> Expr:
        """One entry; without indices the scalar itself."""
        if len(indices) != len(self.ranges):
            raise InputError(f"{self.name} has {len(self.ranges)} indices, not {len(indices)}")
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

    Attributes:
        number: its number in the derivation, the same in every format.
        quantity: what it defines.
        expression: the right side, in the letters of the quantity's indices.
        function: the generic or catalogue function it applies to each unit, if it does only that.
        mentions: names of the quantities on the right side.
    """

    number: int
    quantity: Quantity
    expression: Expr
    function: str = ""
    mentions: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the names of the quantities on the right side, which every walk asks for."""
        object.__setattr__(self, "mentions", tuple(name for name, _ in _mentioned(self.expression)))


@dataclass(frozen=True)
class Model:
    """A network: quantities that are given, and equations that define the rest, loss last.

    Attributes:
        given: inputs, targets and parameters.
        equations: numbered from 1 in order; each mentions only what was given or defined before.
        facts: codes of what is taken for granted (``targets-sum-to-one``).
        source: what the list was made from (a `Network`), for closed forms that apply to it.

    Raises:
        InputError: when built from a list with an unbound or redefined quantity.
    """

    given: tuple[Quantity, ...]
    equations: tuple[Equation, ...]
    facts: tuple[str, ...] = ()
    source: object | None = None

    def __post_init__(self) -> None:
        known: dict[str, Quantity] = {}
        for quantity in self.given:
            _define(known, quantity, "given")
        for position, equation in enumerate(self.equations, start=1):
            where = f"equation ({equation.number})"
            if equation.number != position:
                raise InputError(f"expected number {position}", where=where)
            for name, count in _mentioned(equation.expression):
                if name not in known:
                    raise InputError(f"{name} is not defined before it is used", where=where)
                if count != len(known[name].ranges):
                    raise InputError(
                        f"{name} has {len(known[name].ranges)} indices, not {count}", where=where
                    )
            _check_indices(equation, where)
            _define(known, equation.quantity, where)
        if not self.equations or self.equations[-1].quantity.ranges:
            raise InputError("the last equation must define the loss, a scalar")

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """Every quantity by name, in the order in which it becomes known."""
        return {q.name: q for q in (*self.given, *(e.quantity for e in self.equations))}

    @property
    def loss(self) -> Quantity:
        """What the last equation defines."""
        return self.equations[-1].quantity

    @cached_property
    def parameters(self) -> tuple[Quantity, ...]:
        """The weights and biases, in the order of the model."""
        return tuple(q for q in self.given if q.role in (Role.WEIGHT, Role.BIAS))

    @cached_property
    def definitions(self) -> dict[str, Equation]:
        """The equation that defines each quantity, by the quantity's name."""
        return {equation.quantity.name: equation for equation in self.equations}

    @cached_property
    def sizes(self) -> dict[Symbol, int]:
        """The number that each size symbol stands for in this network."""
        return {r.upper: r.size for q in self.quantities.values() for r in q.ranges}

    def definition(self, name: str, indices: Sequence[Expr]) -> Expr:
        """The right side of a quantity's equation at the given indices."""
        equation = self.definitions[name]
        return replace(
            equation.expression, dict(zip(equation.quantity.indices, indices, strict=True))
        )


def _define(known: dict[str, Quantity], quantity: Quantity, where: str) -> None:
    if quantity.name in known:
        raise InputError(f"{quantity.name} is defined twice", where=where)
    known[quantity.name] = quantity


def _mentioned(expression: Expr) -> list[tuple[str, int]]:
    """Name and number of indices of each quantity that an expression mentions, in a fixed order."""
    found = {(str(node.base.label), len(node.indices)) for node in expression.atoms(Indexed)}
    found |= {
        (node.name, 0)
        for node in expression.atoms(Symbol)
        if not node.is_integer and node != EVERY and node.name not in {name for name, _ in found}
    }
    return sorted(found)


def _check_indices(equation: Equation, where: str) -> None:
    """Every free index on the right must stand on the left."""
    free = {s for s in equation.expression.free_symbols if isinstance(s, Symbol) and s.is_integer}
    sizes = {s for s in free if s.is_positive}
    stray = free - sizes - set(equation.quantity.indices)
    if stray:
        names = ", ".join(sorted(symbol.name for symbol in stray))
        raise InputError(f"index {names} stands on the right side only", where=where)
