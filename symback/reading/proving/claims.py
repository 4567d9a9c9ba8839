"""Lines of a document as claims beside a model: what adjoint each is about, and where it holds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Hessian,
    Nabla,
    Node,
    Symbol,
    stripped,
)
from symback.reading.lowering.expressions import ONE, NotLowered, Table
from symback.reading.network.symbols import everything, spelled
from symback.reading.proving.glossary import At, Glossary, Read
from symback.reading.proving.kinds import is_index
from symback.reading.proving.names import Name, Spelling, letters_of
from symback.reading.proving.objective import DIRECTION, Objective, differentiated
from symback.reading.proving.ranges import Dims
from symback.reading.proving.sides import at_entry, hidden_dims, left_side, shift_of
from symback.reading.proving.stating import Stating
from symback.reading.proving.writing import Lines
from symback.records import dataclass

__all__ = ["ClaimText", "claim_text", "is_backward"]

_BACKWARD = (Derivative, Hessian, Nabla, Differential)


def is_backward(node: Node, adjoints: Iterable[Name], spelling: Spelling) -> bool:
    """Say whether an expression mentions a derivative, by its sign or by a name for it."""
    known = set(adjoints)
    return any(
        isinstance(part, _BACKWARD)
        or (isinstance(part, Symbol) and spelling.use(part).name in known)
        for part in everything(node)
    )


@dataclass(frozen=True, slots=True)
class ClaimText:
    """A line below ``claims``.

    Attributes:
        text: in the language.
        inner: whether it is about all steps but the first or the last alone.
        letters: of the indices on its left, in the model.
        step: the letter of the step or sample whose part it is, summed in the text.
        readings: codes of how it is read.
        of_entry: the quantity, where it is about its last entry and not about all.
    """

    text: str
    inner: bool = False
    letters: tuple[str, ...] = ()
    step: str = ""
    readings: tuple[str, ...] = ()
    of_entry: str = ""


def claim_text(
    stating: Stating, left: Node, right: Node, *, turned: bool = False
) -> ClaimText | None:
    """A line that says what an adjoint is; None where there is nothing to turn.

    Args:
        stating: the model.
        left: a derivative of its loss, or a name for one.
        right: what it is said to be.
        turned: whether the left side is the other way round than the matrix by which it is, as
            those write it who count the loss first.

    Raises:
        NotLowered: with a code, for what the language cannot say.
    """
    glossary, objective = stating.glossary, stating.objective
    spelling = glossary.ranges.kinds.spelling
    symbol, of, fixed = _left(left, stating)
    name = of or spelling.use(symbol).name
    if name not in glossary.names:
        raise NotLowered("unknown", name.base)
    lines, text, at, conditions = left_side(
        glossary, symbol, objective, adjoint=True, of=name, fixed=fixed
    )
    if turned and stating.direction is None:
        # As many as the quantity has that is differentiated by, whatever `delta` has that names it.
        if len(at) - len(spelling.use(symbol)[1]) != 2:
            return None
        *before, row, column = at
        text = glossary.entry(name, (*before, column, row), adjoint=True)
    step = _open_letter(spelling, symbol, right, frozenset(fixed))
    if step is not None:
        # What one step or sample adds to the gradient by something that all of them share.
        right = BigSum("sum", (Symbol(step),), None, None, right)
    table, dims = lines.table(right), hidden_dims(glossary, name, symbol, spelling)
    is_diagonal = False
    if stating.direction is not None:
        if turned:
            if table.dims is None or ONE in table.dims:
                return None
            table = _turned(table, table.dims)
        is_diagonal = dims is not None and table.dims is not None and ONE in table.dims
        table = _along(table, dims, stating.direction, lines)
    entry = at_entry(table, dims, at)
    limits = dict(_limits(stating, lines.reads, at, name))
    ranges = [f"{x} = {limit}" for x, limit in {**conditions, **limits}.items()]
    where = f" for {', '.join(ranges)}" if ranges else ""
    letters = tuple(each.letter for each in at)
    readings = ("elementwise-product",) if lines.loose else ()
    if is_diagonal:
        readings = (*readings, "vector-is-diagonal")
    of_entry = glossary.names[name] if any(not each.islower() for each in letters) else ""
    line = f"{text} = {entry}{where}"
    return ClaimText(line, bool(limits), letters, step or "", readings, of_entry)


def _turned(table: Table, dims: tuple[Hashable, Hashable]) -> Table:
    return Table(dims[::-1], lambda row, column: table.entry(column, row))


def _along(jacobian: Table, by: Dims, of: Hashable, lines: Lines) -> Table:
    """A matrix of derivatives along a direction: its rows are of one, its columns by the other.

    A vector stands for the matrix that has it on its diagonal.

    Args:
        jacobian: what is said of the derivatives.
        by: the ranges of the vector by which they are.
        of: the range of the one of which they are.
        lines: what writes the line.
    """
    if by is None and jacobian.dims is not None and ONE in jacobian.dims:
        if of not in jacobian.dims:
            raise NotLowered("shapes")
        return lines.summed_along(jacobian, DIRECTION, None)
    if jacobian.dims is None or by is None or ONE not in by:
        raise NotLowered("shapes")
    inner = by[0] if by[1] == ONE else by[1]
    if ONE in jacobian.dims:
        if not of == inner == next(d for d in jacobian.dims if d != ONE):
            raise NotLowered("shapes")
        return lines.times_direction(jacobian, DIRECTION, by)
    if jacobian.dims != (of, inner):
        if jacobian.dims != (inner, of):
            raise NotLowered("shapes")
        jacobian = _turned(jacobian, jacobian.dims)
    return lines.summed_along(jacobian, DIRECTION, by)


def _open_letter(
    spelling: Spelling, left: Symbol, right: Node, fixed: frozenset[str]
) -> str | None:
    """The one letter that stands free on the right and not on the left."""
    known = {letter for index in spelling.use(left).indices for letter in letters_of(index)}
    known |= fixed
    found: set[str] = set()

    def visit(node: Node, bound: frozenset[str]) -> None:
        if isinstance(node, BigSum):
            visit(node.body, bound | set(map(spelled, node.indices)))
            return
        if isinstance(node, Symbol):
            for index in () if is_index(spelling, node) else spelling.use(node).indices:
                found.update(x for x in letters_of(index) if x in spelling.letters - bound)
            return
        for child in node.arguments if isinstance(node, Call) else node.children():
            visit(child, bound)

    visit(right, frozenset())
    return (found - known).pop() if len(found - known) == 1 else None


def _left(left: Node, stating: Stating) -> tuple[Symbol, Name | None, Mapping[str, At]]:
    """The symbol whose indices the left side has, the quantity where it is another, what is fixed.

    Where the objective is what one step gives, the letter of that step is fixed to the last one.
    """
    glossary, objective = stating.glossary, stating.objective
    spelling = glossary.ranges.kinds.spelling
    left = stripped(left)
    if isinstance(left, Symbol):
        name, indices = spelling.use(left)
        of = glossary.adjoints.get(name)
        if of is None:
            raise NotLowered("no-adjoint")
        return left, of, _fixed(glossary, objective, indices[:1])
    about = differentiated(left)
    if about is None:
        raise NotLowered("no-adjoint")
    by, of_ = about
    if spelling.use(by).name in glossary.adjoints:
        raise NotLowered("derivative")
    if of_ is None:
        if objective.letter:
            raise NotLowered("derivative")
        return by, None, {}
    use = spelling.use(of_)
    if use.name != objective.name or len(use.indices) != bool(objective.letter):
        raise NotLowered("derivative")
    return by, None, _fixed(glossary, objective, use.indices)


def _fixed(glossary: Glossary, objective: Objective, indices: Sequence[Node]) -> Mapping[str, At]:
    if not objective.letter:
        return {}
    letters = [letter for index in indices for letter in letters_of(index)]
    if len(letters) != 1 or len(indices) != 1:
        raise NotLowered("index")
    last = glossary.letters.letter(glossary.range_of((objective.name, 0))).upper()
    return {letters[0]: At(last, -shift_of(indices[0]))}


def _limits(
    stating: Stating, reads: Sequence[Read], at: Sequence[At], name: Name
) -> Iterator[tuple[str, str]]:
    """How far the letters of the left side run so that everything exists that is read."""
    glossary = stating.glossary
    for position, own in enumerate(at):
        if own.letter.isupper():
            continue  # it is the last one, or counted from it
        low, high = 1, 0
        for read in reads:
            for index in read.at:
                if index.letter != own.letter:
                    continue
                step = 0 if read.adjoint else stating.steps.get(read.name, 0)
                low = max(low, 1 - index.more - (step < 0))
                high = max(high, index.more - (step > 0))
        if (low, high) != (1, 0):
            end = glossary.letters.letter(glossary.range_of((name, position))).upper()
            yield own.letter, f"{low}..{end}" + (f"-{high}" if high else "")
