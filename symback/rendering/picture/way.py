"""The way of one weight to the loss, unit by unit, with the factor that each step contributes.

What the layered drawing shows as one unit is two here, before and after its function, so that each
edge is one local derivative of the chain rule: the gradient is the product along a path, added up
over the paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from sympy import Expr, Indexed, Integer, KroneckerDelta, Mul, S, Symbol, preorder_traversal

from symback.algebra.expressions import Apply, Partial, name_of
from symback.calculus.blackboard.working import UnitDerivation
from symback.calculus.derivation import Derivation, Path
from symback.model.equations import Quantity, Role
from symback.printing.signs import coefficient
from symback.records import dataclass
from symback.rendering.picture.layout import shown_units
from symback.rendering.picture.tints import TINTS

__all__ = ["Factor", "Node", "Way", "follow"]

_Step = tuple[Expr, Expr, Expr, tuple[Expr, ...]]
"""From one entry to another: the local derivative, and the factors of it in all spellings."""


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a quantity on the way.

    Attributes:
        entry: as formulas have it.
        adjoint: the derivative of the loss by it; of the loss itself 1.
        value: what its equation makes of what lies on the way; None where that is more than one
            product, or nothing shorter than its name.
        is_part: whether its equation adds other terms to that.
    """

    entry: Expr
    adjoint: Expr
    value: Expr | None = None
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Factor:
    """One step of the way: from one node to a later one.

    Attributes:
        start: the place of the first node: its column, and its row there.
        end: of the other.
        local: the local derivative, with f' for a function's; where paths are put together what
            stands for the rest of the way.
        tint: the number of its colour and stroke, counted from the loss.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    local: Expr
    tint: int


@dataclass(frozen=True, slots=True)
class Way:
    """All paths of one parameter to the loss.

    Attributes:
        columns: the nodes, from the parameter to the loss.
        factors: the steps between them.
        spellings: the colour of each factor, however it is spelled.
        layers: the layer of each array of weights and of pre-activations, by its name.
        leaves_out: whether wide layers show only some of their units.
        gathered: whether the last factors stand for a way through more than one unit.
    """

    columns: tuple[tuple[Node, ...], ...]
    factors: tuple[Factor, ...]
    spellings: Mapping[Expr, int]
    layers: Mapping[str, int]
    leaves_out: bool
    gathered: bool

    def tint(self, factor: Expr) -> int:
        """The colour of a factor in a formula; 0 where it has none.

        A letter stands for every unit of a layer that the way leads through, as in a sum.
        """
        known = self.spellings.get(factor)
        if known is not None or not factor.free_symbols:
            return known or 0
        if isinstance(factor, Apply) and not isinstance(factor.argument, Indexed):
            return self._tint_of_layer(factor)
        shape, own = _shape(factor), _indices(factor)
        alike = [key for key in self.spellings if _shape(key) == shape]
        at = list(zip(*map(_indices, alike), strict=True))
        fits = alike and all(
            index in among if index.is_number else len(set(among)) > 1 or index in among
            for index, among in zip(own, at, strict=True)
        )
        return self.spellings[alike[0]] if fits else 0

    def _tint_of_layer(self, factor: Apply) -> int:
        """The colour of a function's derivative whose argument is written out.

        The layer is that of the last weights in the argument: of each path there is one such unit.
        """
        layer = self._layer(factor.argument)
        for known, tint in self.spellings.items():
            alike = isinstance(known, Apply) and (known.name, known.order) == (
                factor.name, factor.order,
            )  # fmt: skip
            if alike and self._layer(known) == layer:
                return tint
        return 0

    def _layer(self, expression: Expr) -> int:
        names = (name_of(entry) for entry in expression.atoms(Indexed))
        return max((self.layers.get(name, 0) for name in names), default=0)


def _shape(factor: Expr) -> Expr:
    """A factor with the names of arrays alone."""
    return factor.xreplace({e: Symbol(str(e.base.label)) for e in factor.atoms(Indexed)})


def _indices(factor: Expr) -> list[Expr]:
    """The indices of all its entries, in the order in which they stand."""
    entries = (node for node in preorder_traversal(factor) if isinstance(node, Indexed))
    return [index for entry in entries for index in entry.indices]


def follow(derivation: Derivation, unit: UnitDerivation) -> Way | None:
    """The way of a worked parameter; None where it is longer than anybody could follow."""
    return _Walk(derivation, unit).way()


class _Walk:
    """Follows every path, one layer after the other."""

    def __init__(self, derivation: Derivation, unit: UnitDerivation) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.unit = unit
        self.left_out = False

    def way(self) -> Way | None:
        """The columns, and between them the factors with their colours."""
        loss = Node(self.derivation.loss, S.One)
        first = self.unit.quantity.at(*map(Integer, self.unit.indices))
        columns = [{first: self.unit.quantity}]
        steps: list[_Step] = []
        while columns[-1]:
            if len(columns) >= len(TINTS):
                return None
            following: dict[Expr, Quantity] = {}
            for entry, quantity in columns[-1].items():
                for end, into, local, spelled in self._steps(entry, quantity):
                    steps.append((entry, end, local, spelled))
                    if into is not None:
                        following[end] = into
            columns.append(following)
        columns.pop()
        nodes = [
            tuple(self._node(entry, quantity, steps) for entry, quantity in column.items())
            for column in columns
        ]
        nodes.append((loss,))
        places = {
            node.entry: (column, row)
            for column, among in enumerate(nodes)
            for row, node in enumerate(among)
        }
        tints: dict[Expr, int] = {}
        factors = []
        for start, end, local, spelled in reversed(steps):
            straight = places[end][0] == places[start][0] + 1
            tint = len(nodes) - (places[start][0] + 1 if straight else 0)
            factors.append(Factor(places[start], places[end], local, tint))
            for key in spelled:
                tints.setdefault(key, tint)
        gathered = self.unit.gathered is not None
        kinds = (Role.WEIGHT, Role.PREACTIVATION)
        layers = {q.name: q.layer for q in self.model.quantities.values() if q.role in kinds}
        return Way(tuple(nodes), tuple(reversed(factors)), tints, layers, self.left_out, gathered)

    def _steps(
        self, entry: Expr, quantity: Quantity
    ) -> Iterator[tuple[Expr, Quantity | None, Expr, tuple[Expr, ...]]]:
        """Where an entry leads, with the quantity there, and the factor in all its spellings."""
        step = self.derivation.step_of[quantity.name]
        at = dict(zip(step.quantity.indices, entry.indices, strict=True))
        rest = Partial(self.derivation.loss, entry)
        gathered = self.unit.gathered
        if gathered is not None and quantity.name == gathered.quantity:
            yield self.derivation.loss, None, rest, _spellings(rest, step.result.xreplace(at))
            return
        for path in step.paths:
            if path.to_loss:
                known = path.local.xreplace(at)
                local = rest if len(step.paths) == 1 else known
                yield self.derivation.loss, None, local, _spellings(local, known)
                continue
            into = self.model.quantities[path.through]
            for numbers in self._entries(into):
                own = dict(zip(path.own, numbers, strict=True))
                local = path.local.xreplace({**own, **at})
                if local.is_zero:
                    continue
                spelled = _spellings(local, *_in_catalogue(path, own, at))
                yield into.at(*numbers), into, local, spelled

    def _entries(self, quantity: Quantity) -> Iterator[tuple[Expr, ...]]:
        """The entries of a layer that are drawn; of a batch those of one sample."""
        axes: list[list[Expr]] = []
        for r, letter in zip(quantity.ranges, quantity.indices, strict=True):
            numbers = () if r.is_rows else shown_units(r.size, ())
            self.left_out |= 0 in numbers
            axes.append([letter] if r.is_rows else [Integer(n) for n in numbers if n])
        yield from product(*axes)

    def _node(
        self,
        entry: Expr,
        quantity: Quantity,
        steps: list[_Step],
    ) -> Node:
        adjoint = Partial(self.derivation.loss, entry)
        before = [(start, local) for start, end, local, _ in steps if end == entry]
        if len(before) != 1:
            return Node(entry, adjoint)
        [(start, local)] = before
        if quantity.role is Role.PREACTIVATION:
            return Node(entry, adjoint, Mul(local, start), is_part=True)
        definition = self.model.definitions[quantity.name]
        at = dict(zip(quantity.indices, entry.indices, strict=True))
        return Node(entry, adjoint, definition.expression.xreplace(at))


def _in_catalogue(path: Path, own: Mapping[Expr, Expr], at: Mapping[Expr, Expr]) -> Iterator[Expr]:
    """The local derivative with the catalogue's own derivative put in for f', where it has one."""
    if path.primed == path.contribution or not path.local.has(KroneckerDelta):
        return
    adjoints = [p for p in path.contribution.atoms(Partial) if p.of == path.upstream.of]
    if len(adjoints) == 1:
        yield (path.contribution / adjoints[0]).xreplace({**own, **at})


def _spellings(*wholes: Expr) -> tuple[Expr, ...]:
    """The factors of which a local derivative is made, as products have them."""
    found: dict[Expr, None] = {}
    for whole in wholes:
        for factor in Mul.make_args(coefficient(whole)[1]):
            for spelled in (factor, coefficient(factor)[1]):
                if not spelled.is_number:
                    found[spelled] = None
    return tuple(found)
