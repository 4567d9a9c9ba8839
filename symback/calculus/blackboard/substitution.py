"""Definitions put in for names, as far down as one weight or bias: what it takes and how it reads.

A sum over few units is written out, a longer one keeps its sign; which ranges are short enough is
settled once for a whole working, so that no line says of a layer what the next one says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Sum, Symbol

from symback.algebra.expressions import Marked, name_of
from symback.algebra.sums import write_out
from symback.calculus.dependence import Dependence
from symback.model.equations import Role

if TYPE_CHECKING:
    from symback.model.equations import Equation, Model, Quantity

__all__ = ["MAX_ENTRIES", "MAX_TERMS", "Substitution"]

MAX_TERMS = 4
"""Up to so many terms a sum is written out."""

MAX_ENTRIES = 50
"""Beyond so many entries on one line no sum is written out."""

MAX_READ = 100
"""Beyond so many entries on all lines together, an output is not written out at all."""


class Substitution:
    """Writes quantities out down to one parameter.

    Args:
        model: the equations.
        depends: what depends on the parameter.
        ends: quantities that are to be written out.
    """

    def __init__(self, model: Model, depends: Dependence, ends: list[Quantity]) -> None:
        self.model = model
        self.depends = depends
        self.ends = ends

    # How much there is to write -------------------------------------------------------------------

    @cached_property
    def written(self) -> frozenset[str]:
        """The names of the ranges over which sums are written out."""
        ranges = {r.name: r.size for q in self.ends for r in q.ranges}
        for equation in self._between():
            for node in equation.expression.atoms(Sum):
                ranges |= {str(upper): self.model.sizes[upper] for _, _, upper in node.limits}
        short = frozenset(name for name, size in ranges.items() if 0 < size <= MAX_TERMS)
        if max((self._entries(short, q)[-1] for q in self.ends), default=0) <= MAX_ENTRIES:
            return short
        return frozenset(name for name, size in ranges.items() if size == 1)

    def _between(self) -> Iterator[Equation]:
        """The equations that lie between the parameter and the ends."""
        wanted = {quantity.name for quantity in self.ends}
        for equation in reversed(self.model.equations):
            name = equation.quantity.name
            if name in wanted and name in self.depends.known:
                yield equation
                wanted |= set(equation.mentions)

    @cached_property
    def is_long(self) -> bool:
        """Whether an output takes more lines than anybody would follow."""
        lines = (self._entries(self.written, quantity) for quantity in self.ends)
        return max(map(sum, lines), default=0) > MAX_READ

    def _entries(self, short: frozenset[str], quantity: Quantity) -> list[int]:
        """How many entries each line of a substitution shows, the outermost definition first."""
        sizes: dict[str, list[int]] = {}
        for equation in self.model.equations:
            name = equation.quantity.name
            if name not in self.depends.known:
                continue
            inner = [n for n in equation.mentions if n in sizes]
            depth = max((len(sizes[n]) for n in inner), default=0)
            lines = [self._count(equation.expression, short, {})]
            for line in range(depth):
                at = {n: sizes[n][min(line, len(sizes[n]) - 1)] for n in inner}
                lines.append(self._count(equation.expression, short, at))
            sizes[name] = lines
        return sizes.get(quantity.name, [1])

    def _count(self, node: Expr, short: frozenset[str], at: dict[str, int]) -> int:
        if isinstance(node, Indexed):
            return at.get(name_of(node), 1)
        if isinstance(node, Symbol) or not node.args:
            return 0
        if isinstance(node, Sum):
            times = 1
            for _, _, upper in node.limits:
                name = str(upper)
                times *= self.model.sizes[upper] if name in short else 1
            return times * self._count(node.function, short, at)
        return sum(self._count(part, short, at) for part in node.args)

    # Writing --------------------------------------------------------------------------------------

    def define(self, entry: Expr) -> Expr:
        """An entry's definition, with short sums written out."""
        return self.write(self.model.definition(name_of(entry), entry.indices))

    def write(self, expression: Expr) -> Expr:
        """Every sum over short ranges written out."""
        if not expression.args or not expression.has(Sum):
            return expression
        if isinstance(expression, Sum):
            if all(upper.name in self.written for _, _, upper in expression.limits):
                terms = write_out(expression, self.model.sizes)
                return Add(*(self.write(term) for term in terms))
        parts = tuple(self.write(part) for part in expression.args)
        if all(new is old for new, old in zip(parts, expression.args, strict=True)):
            return expression
        return expression.func(*parts)

    def spelled(self, entry: Expr) -> Expr:
        """An entry's definition with its pre-activation written out: ``g(W h + W h)``."""
        definition = self.define(entry)
        quantities = self.model.quantities
        values = {
            node: self.define(node)
            for node in definition.atoms(Indexed)
            if quantities[name_of(node)].role is Role.PREACTIVATION
        }
        return definition.xreplace(values)

    def stages(self, entry: Expr) -> tuple[list[Expr], Expr]:
        """An entry, its definition, the definitions in that, … down to the parameter.

        Returns:
            The lines, in the last of which what was put in stands over a brace with its name; and
            that last line without braces.
        """
        lines: list[Expr] = []
        current: Expr = entry
        while defined := list(self._open(current)):
            inner = {node: self.define(node) for node in defined}
            marked = current.xreplace(
                {
                    node: right if isinstance(right, Indexed) else Marked(right, "inner", node)
                    for node, right in inner.items()
                }
            )
            current = current.xreplace(inner)
            lines.append(current)
        if len(lines) > 1:
            lines[-1] = marked
        return lines, current

    def _open(self, expression: Expr) -> Iterator[Indexed]:
        """Defined entries, if any of them depends on the parameter."""
        defined = [n for n in expression.atoms(Indexed) if name_of(n) in self.model.definitions]
        if any(self.depends.reaches(node) for node in defined):
            yield from defined
