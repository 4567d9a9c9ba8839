"""What every emitted module of a model has in common: its arguments, sizes and example data."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import count

from sympy import Expr, Indexed, S, Symbol, solve

from symback.algebra.expressions import name_of
from symback.algebra.indexing import Bracket
from symback.emission.indexed.affine import affine, at_least
from symback.emission.indexed.integers import IntegerPrinter
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.walk import walk
from symback.errors import InputError
from symback.model.equations import PARAMETERS, Model, Quantity, size_symbol
from symback.records import dataclass

__all__ = ["Found", "Interface"]


@dataclass(frozen=True)
class Found:
    """How one size is known: from an axis of an argument, or not at all.

    Attributes:
        name: of the size, in the model.
        quantity: whose shape shows it; None where the caller must say it.
        axis: which axis.
        value: the size, in the length of that axis (the symbol ``_length``) and sizes found before.
    """

    name: str
    quantity: Quantity | None = None
    axis: int = 0
    value: Expr = S.Zero


LENGTH = Symbol("_length", integer=True)


class Interface:
    """The arguments of an emitted module.

    Args:
        program: what is emitted.
        names: the names of everything.
        sizes: numbers that ``--sizes`` gives.
    """

    def __init__(self, program: IndexedProgram, names: CodeNames, sizes: Mapping[str, int]) -> None:
        self.program = program
        self.names = names
        self.sizes = dict(sizes)
        self.integer = IntegerPrinter(self._atom)

    def _atom(self, node: Expr) -> str:
        if node == LENGTH:
            return "length"
        return self.names.size(str(node))

    @property
    def model(self) -> Model:
        """The equations."""
        return self.program.model

    @cached_property
    def given(self) -> tuple[Quantity, ...]:
        """Every argument, parameters first."""
        return (*self.model.parameters, *self.program.inputs)

    @cached_property
    def size_names(self) -> tuple[str, ...]:
        """Every size, in the model's order."""
        return self.model.size_names

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """How each size is known, in an order in which they can be found."""
        known: dict[str, Found] = {}
        for _ in self.size_names:
            for quantity in self.given:
                for axis, r in enumerate(quantity.ranges):
                    extent = r.upper - r.first + 1
                    unknown = [
                        s
                        for s in extent.free_symbols
                        if s.name in self.size_names and s.name not in known
                    ]
                    if len(unknown) != 1:
                        continue
                    (symbol,) = unknown
                    parts = affine(extent.xreplace({symbol: Symbol("_n", integer=True)}))
                    if set(parts.letters.values()) <= {S.One, S.NegativeOne}:
                        (value,) = solve(extent - LENGTH, symbol)
                        known[symbol.name] = Found(symbol.name, quantity, axis, value)
        for name in self.size_names:
            known.setdefault(name, Found(name))
        return tuple(known.values())

    def shape(self, quantity: Quantity) -> str:
        """The shape of an argument or gradient as a tuple of sizes."""
        parts = [self.integer(r.upper - r.first + 1) for r in quantity.ranges]
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"

    @cached_property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """What the sizes must satisfy: the code of it, and the words."""
        found = []
        for condition in self.model.conditions:
            if isinstance(condition, Bracket):
                text = (
                    f"{self.integer(condition.left)} {condition.relation} "
                    f"{self.integer(condition.right)}"
                )
                found.append((text, text))
        for quantity in self.given:
            for r in quantity.ranges:
                extent = r.upper - r.first + 1
                if not at_least(extent, S.One) and not at_least(extent, S.Zero):
                    text = f"{self.integer(extent)} >= 1"
                    if (text, text) not in found:
                        found.append((text, text))
        return tuple(found)

    def size_checks(self, length: Callable[[str, int], str]) -> list[str]:
        """How each size is found, a line each.

        Args:
            length: the code of an array's length along an axis.
        """
        lines = []
        for found in self.found:
            name = self.names.size(found.name)
            if found.quantity is None:
                lines.append(f'{name} = _said("{name}", {name})')
                continue
            shown = length(self.names.array(found.quantity.name), found.axis)
            value = re.sub(r"\blength\b", shown, self.integer(found.value))
            lines.append(f'{name} = _size("{name}", {name}, {value})')
        return lines

    def counts(self, quantity: Quantity) -> str:
        """Up to where the entries of an integer array count."""
        assert quantity.counts is not None
        return self.integer(quantity.counts)

    # -- example data

    @cached_property
    def example(self) -> dict[str, int]:
        """Small unequal sizes that the model allows, for the module's own check."""
        names = list(self.size_names)
        draw = random.Random(20)
        ranges = [r for q in self.model.quantities.values() for r in q.ranges]
        shown = {symbol.name for r in ranges for symbol in r.upper.free_symbols}
        best: tuple[tuple[int, int, int], dict[str, int]] | None = None
        for number in count():
            if number == 3000 or (number > 60 and best is not None and best[0][0] == 0):
                break
            high = 4 if number < 1500 else 9
            values = {n: draw.randint(2, high) if n in shown else draw.randint(1, 2) for n in names}
            values |= {n: v for n, v in self.sizes.items() if n in values}
            equal = len(names) - len(set(values.values()))
            cost = (max(0, equal - max(0, len(names) - 3)), sum(values.values()), number)
            if (best is None or cost < best[0]) and self._allowed(values):
                best = cost, values
        if best is None:
            raise InputError(
                "no small sizes satisfy the model's conditions",
                where="sizes",
                hint="say some with --sizes",
            )
        return best[1]

    def _allowed(self, values: Mapping[str, int]) -> bool:
        return allowed(self.model, values)

    @cached_property
    def positive(self) -> set[str]:
        """Names of what is known to be positive."""
        return {q.name for q in self.given if q.is_positive}

    @cached_property
    def biases(self) -> set[str]:
        """Parameters of at most one index that only ever stand as a term by themselves."""
        scaled: set[str] = set()
        seen: set[str] = set()
        for statement in self.program.forward:
            terms = statement.value.args if statement.value.is_Add else (statement.value,)
            alone = {name_of(term) for term in terms if isinstance(term, Indexed)}
            for node in statement.mentions:
                name = name_of(node)
                seen.add(name)
                uses = sum(1 for part in walk(statement.value) if part == node)
                if name not in alone or uses > 1:
                    # A bias inside a function stands in a sum there.
                    if not _is_added(statement.value, node):
                        scaled.add(name)
        return {
            q.name
            for q in self.model.given
            if q.role in PARAMETERS and q.name in seen - scaled and len(q.ranges) <= 1
        }

    def check_sizes(self) -> None:
        """Refuse numbers for all sizes that the model's conditions forbid.

        Raises:
            InputError: with the condition.
        """
        if not allowed(self.model, self.sizes):
            words = "; ".join(text for text, _ in self.conditions)
            raise InputError(f"these sizes do not satisfy {words}", where="sizes")


def _is_added(value: Expr, entry: Expr) -> bool:
    """Whether an entry stands only as a term of a sum."""
    for node in walk(value):
        if not node.is_Add and entry in node.args and not isinstance(node, Indexed):
            return False
    return True


def allowed(model: Model, values: Mapping[str, int]) -> bool:
    """Whether numbers for all sizes satisfy a model's conditions and leave no range empty."""
    numbers = {size_symbol(name): S(value) for name, value in values.items()}
    ends = {(r.first, r.upper) for q in model.quantities.values() for r in q.ranges}
    for first, last in ends:
        extent = last.xreplace(numbers) - first.xreplace(numbers) + 1
        if extent.is_Integer and extent < 1:
            return False
    for condition in model.conditions:
        value = condition.xreplace(numbers)
        if isinstance(value, Bracket):
            if not _holds(value):
                return False
        elif value == S.Zero or value is S.false:
            return False
    return True


def _holds(condition: Bracket) -> bool:
    left, right = condition.left, condition.right
    if not (left.is_Integer and right.is_Integer):
        return True
    first, second = int(left), int(right)
    return {
        "<=": first <= second,
        "<": first < second,
        "==": first == second,
        "!=": first != second,
    }[condition.relation]
