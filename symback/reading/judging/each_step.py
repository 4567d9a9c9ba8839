"""Lines without the numbers that a document tells its layers apart by.

Beside `z_1 = W_1 x + b_1` and `z_2 = W_2 g(z_1) + b_2`, `∂z/∂b = 1` is about any one layer, and
never about all of them as one array.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Number, Symbol
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Definition
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["EachStep"]

_Step = tuple[str, str]


class EachStep:
    """What one document's numbers below letters count: layers or steps, each made of earlier ones.

    Args:
        model: what the document says.
    """

    def __init__(self, model: DocumentModel) -> None:
        self.model = model
        bodies = dict(self._numbered())
        behind = {step: set(self._steps_in(body)) for step, body in bodies.items()}
        apart = {step[0] for step in bodies if _returns(step, behind)}
        # What is of the same layer as one of them: `a_1 = g(z_1)`, and W_1 and b_1 behind z_1.
        layers = {step for step in behind if step[0] in apart}
        while True:
            beside = {
                other
                for step, steps in behind.items()
                for other in (step, *steps)
                if layers & {step, *steps} and other[1] in {n for _, n in layers & {step, *steps}}
            }
            if beside <= layers:
                break
            layers |= beside
        # `c = a + b` beside all of them is of letters of its own; what a function is of is not.
        alone = {
            model.names.split(symbol).base
            for definition in model.definitions.all()
            for symbol in quantities(definition.body)
            if symbol == symbol.base and symbol not in _of(definition)
        }
        self.numbers: dict[str, set[str]] = {}
        for base, number in layers:
            if base not in alone:
                self.numbers.setdefault(base, set()).add(number)

    def _numbered(self) -> Iterator[tuple[_Step, Node]]:
        for definition in self.model.definitions.all():
            parts = definition.parts
            if parts.layer is None and not parts.tag and len(parts.indices) == 1:
                if isinstance(number := parts.indices[0], Number):
                    yield (parts.base, number.digits), definition.body

    def _steps_in(self, body: Node) -> Iterator[_Step]:
        for symbol in quantities(body):
            parts = self.model.names.split(symbol)
            if parts.layer is None and not parts.tag and len(parts.indices) == 1:
                if isinstance(number := parts.indices[0], Number):
                    yield parts.base, number.digits

    def of(self, statement: Statement) -> tuple[list[Statement], str] | None:
        """A line with each of the numbers put in, and its letters; None where it lacks none."""
        left, right = statement.left, statement.right
        if left is None or right is None or not self.numbers:
            return None
        slopes = [
            node
            for side in (left, right)
            for node in everything(side)
            if isinstance(node, Derivative | Nabla)
        ]
        if not any(self._bare(symbol) for slope in slopes for symbol in quantities(slope)):
            return None
        found = (self._bare(symbol) for side in (left, right) for symbol in quantities(side))
        bare = {base for base in found if base}
        shared = set.intersection(*(self.numbers[base] for base in bare))

        def at(number: str, node: Node) -> Node:
            if isinstance(node, Symbol):
                return replace(node, subscripts=(Number(number),)) if self._bare(node) else node
            return changed(node, lambda part: at(number, part))

        lines = [
            replace(statement, left=at(number, left), right=at(number, right))
            for number in sorted(shared)
        ]
        return lines, ", ".join(sorted(bare))

    def _bare(self, symbol: Symbol) -> str:
        """The letter that stands without its number, and is nothing of its own; "" for none."""
        if symbol != symbol.base:
            return ""
        parts = self.model.names.split(symbol)
        if parts.base not in self.numbers or parts.indices or parts.tag:
            return ""
        known = self.model.definitions.under(parts)
        return parts.base if all(each.parts.indices for each in known) else ""


def _of(definition: Definition) -> frozenset[Node]:
    """What stands in the brackets of a left side: a and y of `L(a, y) = ...`."""
    statement = definition.statement
    left = statement.left if statement is not None else None
    return frozenset(left.arguments) if isinstance(left, Call) else frozenset()


def _returns(step: _Step, behind: dict[_Step, set[_Step]]) -> bool:
    """Say whether a quantity is made of one of the same letter with another number."""
    seen: set[_Step] = set()
    waiting = list(behind.get(step, ()))
    while waiting:
        other = waiting.pop()
        if other[0] == step[0] and other != step:
            return True
        if other not in seen:
            seen.add(other)
            waiting += behind.get(other, ())
    return False
