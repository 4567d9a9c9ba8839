"""In which order the equations of a recursion are evaluated: before, at each step, afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Symbol

from symback.algebra.expressions import Partial, indices_of, name_of, within
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model, Quantity

__all__ = ["Pass", "passes"]


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass through a recursion, by the numbers of equations.

    Attributes:
        letter: numbers the steps.
        first: the first step that is evaluated.
        last: the last one.
        before: what is evaluated before the first step.
        each: what is evaluated at each step, in this order.
        after: what is evaluated when all steps are done.
    """

    letter: Symbol
    first: Expr
    last: Expr
    before: tuple[int, ...]
    each: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """An equation as far as order depends on it: what it defines, at which step, from what."""

    number: int
    name: str
    place: int
    reads: tuple[tuple[str, tuple[Expr, ...]], ...]


def passes(derivation: Derivation) -> tuple[Pass, Pass] | None:
    """The forward and the backward pass of a model with one recursion, of which all is told.

    Returns:
        None where steps have several letters or ranges, where what others of its step need reads
        more than itself and the step before it, or where on the way back not all goes as far as
        the start.
    """
    model = derivation.model
    letter = _letter(model)
    if letter is None:
        return None
    inner = [e for e in model.equations if not e.is_boundary and letter in e.quantity.indices]
    ranges = {_range(e.quantity, letter) for e in inner}
    if len(ranges) != 1:
        return None
    ((first, last),) = ranges
    forward = [
        _Line(
            e.number,
            e.quantity.name,
            -1 if e.is_boundary else _place(e.quantity, letter),
            tuple(_entries(e.expression)),
        )
        for e in model.equations
    ]
    back = [
        _Line(s.number, s.quantity.name, _place(s.quantity, letter), tuple(_adjoints(s.result)))
        for s in derivation.steps
    ]
    places = {q.name: _place(q, letter) for q in model.quantities.values()}
    told = _ordered(forward, letter, places, -1), _ordered(back, letter, places, 1)
    if told[0] is None or told[1] is None:
        return None
    end = _end(derivation, letter, first, told[1][1])
    if end is None:
        return None
    return Pass(letter, first, last, *told[0]), Pass(letter, last, end, *told[1])


def _end(derivation: Derivation, letter: Symbol, first: Expr, each: tuple[int, ...]) -> Expr | None:
    """The last step of the way back: the first one forward, or the start before it.

    Where a result holds at the start too, so does what is evaluated with it, or else the two do not
    end together.
    """
    ends = set()
    for step in derivation.steps:
        place = _place(step.quantity, letter)
        if step.number in each:
            starts = {start[place] for start in step.starts}
            ends.add(starts.pop() if len(starts) == 1 else _range(step.quantity, letter)[0])
        elif step.starts:
            return None
    return ends.pop() if len(ends) == 1 and ends <= {first, first - 1} else None


def _letter(model: Model) -> Symbol | None:
    """The letter of the steps: the one by which an equation reads what was one before."""
    found: set[Symbol] = set()
    for equation in model.equations:
        for name, indices in _entries(equation.expression):
            known = model.definitions.get(name)
            for own in equation.quantity.indices if known and not equation.is_boundary else ():
                if own - 1 in indices:
                    found.add(own)
    return found.pop() if len(found) == 1 else None


def _range(quantity: Quantity, letter: Symbol) -> tuple[Expr, Expr]:
    r = quantity.ranges[_place(quantity, letter)]
    return r.first, r.upper


def _place(quantity: Quantity, letter: Symbol) -> int:
    """At which of its indices a quantity has the letter of the steps; -1 where at none."""
    return quantity.indices.index(letter) if letter in quantity.indices else -1


def _entries(expression: Expr) -> Iterator[tuple[str, tuple[Expr, ...]]]:
    """What is read of the model; a number has no indices."""
    indexed = within(expression, Indexed)
    yield from ((name_of(entry), indices_of(entry)) for entry in indexed)
    yield from ((symbol.name, ()) for symbol in expression.free_symbols)


def _adjoints(expression: Expr) -> Iterator[tuple[str, tuple[Expr, ...]]]:
    for node in within(expression, Partial):
        yield name_of(node.by), indices_of(node.by)


def _ordered(
    lines: Sequence[_Line], letter: Symbol, places: dict[str, int], shift: int
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] | None:
    """The numbers before, at and after the steps; None where a step reads what is not there yet.

    Args:
        lines: the equations of a pass, in their order.
        letter: of the steps.
        places: at which index each quantity has the letter.
        shift: by how much the step is away from which a result may come, besides the same.
    """
    each = [line for line in lines if line.place >= 0]
    inside = {line.name for line in each}
    near = (letter, letter + shift)
    for line in reversed(each):
        if not _is_near(line, inside, places, near):
            if any(name == line.name for other in each for name, _ in other.reads):
                return None
            # No step needs it: it can wait until all are done.
            each.remove(line)
            inside.remove(line.name)
    others = [line for line in lines if line not in each]
    late = set(_reading(others, inside))
    after = [line for line in others if line.name in late]
    before = [line for line in others if line.name not in late]
    if any(name in late for line in each for name, _ in line.reads):
        return None
    return _numbers(before), _numbers(each), _numbers(after)


def _is_near(
    line: _Line, inside: set[str], places: dict[str, int], near: tuple[Expr, Expr]
) -> bool:
    """Whether all that it reads of steps is of its own or of the one that comes before it."""
    return all(
        indices[places[name]] in near for name, indices in line.reads if name in inside and indices
    )


def _reading(lines: Iterable[_Line], inside: set[str]) -> Iterator[str]:
    """What is defined from the results of steps, directly or by what is."""
    known = set(inside)
    for line in lines:
        if line.name not in inside and any(name in known for name, _ in line.reads):
            known.add(line.name)
            yield line.name


def _numbers(lines: Iterable[_Line]) -> tuple[int, ...]:
    return tuple(line.number for line in lines)
