r"""Derivatives that are written out by their entries: `\nabla f = (df/dx_1, …, df/dx_n)^T`.

By what a derivative by a vector is, such a line holds whatever the function is. Whether a gradient
is a column or a row, and which way round the matrix of a vector by a vector is, is a convention.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Dots,
    Matrix,
    Nabla,
    Node,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status
from symback.records import dataclass

__all__ = ["with_written_by_entries"]

_OPEN = frozenset(
    """undeclared no-path shape shape-of-definition not-a-scalar jacobian-layout not-supported
    supposed arrays-in-steps numbers-or-arrays doubtful-shape doubtful-meaning nabla-of-what
    circular-definition differential index-unbound""".split()
)
_FEWEST = 2
_ANY = 10**9
"""What no number of an entry reaches, where a letter says how many there are."""
_Indices = tuple[Node, ...]


def with_written_by_entries(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The verdicts, those on open lines settled that only say what a derivative's entries are."""
    last = _last_numbers([judgement.statement for judgement in judgements])
    return tuple(
        replace(
            judgement,
            status=Status.PROVED,
            reason="identity",
            arguments={},
            readings=(("by-entries", {}),),
        )
        if judgement.status is Status.UNDECIDED
        and judgement.reason in _OPEN
        and _says_entries(judgement.statement, last)
        else judgement
        for judgement in judgements
    )


@dataclass(frozen=True, slots=True)
class _Slope:
    """An entry: the derivative of one entry, or of a number, by one."""

    of: Node
    by: Symbol


def _says_entries(statement: Statement, last: dict[tuple[str, int], int]) -> bool:
    if statement.relation != "=" or statement.conditional:
        return False
    left = stripped(statement.left) if statement.left is not None else None
    rows = _rows(statement.right) if statement.right is not None else None
    if not isinstance(left, Derivative | Nabla) or left.of is None or rows is None:
        return False
    slopes = [[_slope(entry) for entry in row] for row in rows]
    if any(slope is None for row in slopes for slope in row):
        return False
    by = left.by[0] if isinstance(left, Derivative) and len(left.by) == 1 else None
    by = left.by if isinstance(left, Nabla) else by
    if isinstance(left, Derivative) and by is None:
        return False
    of = stripped(left.of)
    found = [[slope for slope in row if slope is not None] for row in slopes]
    flat = [slope for row in found for slope in row]
    if sum(isinstance(slope, _Slope) for slope in flat) < _FEWEST:
        return False
    if by is None and isinstance(of, Call) and len(of.arguments) == 1:
        by = stripped(of.arguments[0])
    if by is None:
        return _is_by_arguments(of, flat)
    return isinstance(by, Symbol) and _is_arranged(of, by, found, last)


def _rows(node: Node) -> list[list[Node]] | None:
    """The entries of a matrix or a list, whichever way it is turned."""
    node = stripped(node)
    if isinstance(node, Power) and isinstance(node.exponent, Symbol) and node.exponent.name in "tT":
        node = stripped(node.base)
    if isinstance(node, Transpose):
        node = stripped(node.body)
    if isinstance(node, Matrix):
        return [list(row) for row in node.rows]
    if isinstance(node, Tuple) and len(node.items) >= _FEWEST:
        return [list(node.items)]
    return None


def _slope(node: Node) -> _Slope | Dots | None:
    node = stripped(node)
    if isinstance(node, Dots):
        return node
    if isinstance(node, Call) and node.order == 1 and len(node.arguments) == 1:
        by = stripped(node.arguments[0])  # how `dg/du_1` is read where g is applied
        return _Slope(node.function, by) if isinstance(by, Symbol) else None
    if not isinstance(node, Derivative) or node.of is None or len(node.by) != 1:
        return None
    by = stripped(node.by[0])
    return _Slope(stripped(node.of), by) if isinstance(by, Symbol) else None


def _is_by_arguments(of: Node, entries: Sequence[_Slope | Dots]) -> bool:
    r"""Say whether these are by each argument of a function, `\nabla f(x, z)`, in order."""
    if not isinstance(of, Call) or of.order:
        return False
    arguments = list(map(stripped, of.arguments))
    if len(arguments) != len(entries):
        return False
    return all(
        isinstance(argument, Dots)
        if isinstance(entry, Dots)
        else entry.by == argument and _is_of(entry.of, of)
        for argument, entry in zip(arguments, entries, strict=True)
    )


def _is_of(entry: Node, of: Node) -> bool:
    """Say whether an entry is of the function itself, with its arguments or without them."""
    if entry == of:
        return True
    names = [node.function if isinstance(node, Call) and not node.order else node
             for node in (entry, of)]  # fmt: skip
    return isinstance(names[0], Symbol) and names[0] == names[1]


def _is_arranged(
    of: Node, by: Symbol, rows: list[list[_Slope | Dots]], last: dict[tuple[str, int], int]
) -> bool:
    places: list[list[tuple[_Indices, _Indices] | None]] = []
    for row in rows:
        found: list[tuple[_Indices, _Indices] | None] = []
        for slope in row:
            if isinstance(slope, Dots):
                found.append(None)
                continue
            below = _indices(slope.by, by)
            above = () if _is_of(slope.of, of) else _entry_of(slope.of, of)
            if below is None or above is None:
                return False
            found.append((above, below))
        places.append(found)
    first = next(place for row in places for place in row if place is not None)
    depths = len(first[0]), len(first[1])
    met = [place for row in places for place in row if place is not None]
    if any((len(above), len(below)) != depths for above, below in met):
        return False
    axes = [(side, at) for side, depth in enumerate(depths) for at in range(depth)]
    letters = of, by
    ends = [
        last.get((letter.name, at), 0) if isinstance(letter := letters[side], Symbol) else 0
        for side, at in axes
    ]
    if len(axes) == 1:
        if len(places) > 1 and any(len(row) > 1 for row in places):
            return False
        line = [place for row in places for place in row]
        return _runs(_along(line, axes[0]), ends[0])
    if len(axes) != _FEWEST or depths == (2, 0):
        return False
    return any(
        _is_grid(places, down, across, ends[axes.index(down)], ends[axes.index(across)])
        for down, across in (axes, axes[::-1])
    )


def _along(
    line: Sequence[tuple[_Indices, _Indices] | None], axis: tuple[int, int]
) -> list[Node | None]:
    side, at = axis
    return [None if place is None else place[side][at] for place in line]


def _is_grid(
    places: Sequence[Sequence[tuple[_Indices, _Indices] | None]],
    down: tuple[int, int], across: tuple[int, int], ends_down: int, ends_across: int,
) -> bool:  # fmt: skip
    """Say whether one index is the same along each row, and the other down each column."""
    width = len(places[0])
    if any(len(row) != width for row in places):
        return False
    rows = [_one(_along(row, down)) for row in places]
    columns = [_one(_along([row[at] for row in places], across)) for at in range(width)]
    if rows.count(False) or columns.count(False):
        return False
    heads = [None if isinstance(head, bool) else head for head in rows]
    tops = [None if isinstance(top, bool) else top for top in columns]
    return len(heads) > 1 and len(tops) > 1 and _runs(heads, ends_down) and _runs(tops, ends_across)


def _one(line: Iterable[Node | None]) -> Node | bool | None:
    """The one index along a line; None of dots alone, False where there are several."""
    found = {index for index in line if index is not None}
    if len(found) > 1:
        return False
    return found.pop() if found else None


def _runs(line: Sequence[Node | None], end: int) -> bool:
    """Say whether indices go on one by one, or over dots to a last one."""
    if sum(index is not None for index in line) < _FEWEST or line[0] is None or line[-1] is None:
        return False
    for one, other in pairwise(line):
        if isinstance(one, Number) and isinstance(other, Number):
            if int(other.digits) != int(one.digits) + 1:
                return False
        elif one is not None and other is not None and not _follows(one, other):
            return False
    met = [index for index in line if index is not None]
    if len(set(met)) < len(met):
        return False
    if isinstance(met[0], Number) and met[0].digits not in ("0", "1"):
        return False
    final = met[-1]
    return not isinstance(final, Number) or int(final.digits) >= end


def _follows(one: Node, other: Node) -> bool:
    """Say whether `n` follows `n - 1`."""
    return isinstance(one, Sum) and one.terms[0] == other and one.terms[1:] == (Number("1"),)


def _indices(entry: Symbol, whole: Symbol) -> _Indices | None:
    """The indices that an entry has beside what its whole has; None of another letter."""
    same = entry.name == whole.name or entry.name == whole.name.lower()
    marks = entry.marks == whole.marks and entry.primes == whole.primes
    if not same or not marks or set(whole.accents) - {"vec"} != set(entry.accents) - {"vec"}:
        return None
    own = len(whole.subscripts)
    if entry.subscripts[:own] != whole.subscripts or len(entry.subscripts) == own:
        return None
    found = tuple(map(stripped, entry.subscripts[own:]))
    if len(found) == 1 and isinstance(found[0], Number) and len(found[0].digits) == _FEWEST:
        if entry.name != whole.name or whole.name.isupper():
            return tuple(map(Number, found[0].digits))
    return found


def _entry_of(node: Node, of: Node) -> _Indices | None:
    if not isinstance(node, Symbol) or not isinstance(of, Symbol):
        return None
    return _indices(node, of)


def _last_numbers(statements: Sequence[Statement]) -> dict[tuple[str, int], int]:
    """The largest number that each index of a letter has anywhere."""
    found: dict[tuple[str, int], int] = {}
    for symbol in _symbols(statements):
        for at, index in enumerate(symbol.subscripts):
            if isinstance(index, Number) and index.digits.isdecimal():
                key = symbol.name, at
                found[key] = max(found.get(key, 0), int(index.digits))
    for name, at, size in (each for s in statements for each in _said_sizes(s)):
        found[name, at] = max(found.get((name, at), 0), size)
    return found


def _said_sizes(statement: Statement) -> Iterator[tuple[str, int, int]]:
    r"""How many entries a letter is said to have, `w \in \mathbb R^3`: of `R^n` any number."""
    left, space = statement.left, statement.right
    if statement.relation != r"\in" or not isinstance(left, Symbol):
        return
    size = space.exponent if isinstance(space, Power) else None
    space = space.base if isinstance(space, Power) else space
    if not isinstance(space, Symbol) or space.name not in ("R", "ℝ"):
        return
    size = space.bare if size is None else size
    sizes = size.factors if isinstance(size, Product) else (size,)
    for at, each in enumerate(sizes):
        if each is not None:
            digits = each.digits if isinstance(each, Number) else ""
            yield left.name, at, int(digits) if digits.isdecimal() else _ANY


def _symbols(statements: Iterable[Statement]) -> Iterator[Symbol]:
    for statement in statements:
        for side in (statement.left, statement.right):
            if side is not None:
                yield from (node for node in everything(side) if isinstance(node, Symbol))
