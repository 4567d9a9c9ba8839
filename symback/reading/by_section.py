"""Lines that their document leaves open, judged beside what their own section says alone.

A document uses a letter in several ways, and what another section says of it can stand in the way
of what is plain where it is said. What holds by the equations of its section alone holds; what does
not may rest on others, and nothing is refuted so. In the same way what a section says of one step
stands without what it adds up over steps, by which each quantity gets an index more.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Hessian,
    Nabla,
    Node,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, summed_letters
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.network.worlds import Worlds
    from symback.reading.statements.statements import Statement

__all__ = ["with_sections"]

_SHOWN = (Status.PROVED, Status.AGREES)
_FEWEST = 2
"""So many lines a section has that is judged by itself: what defines, and what is claimed."""
_MOST = 120
"""So many lines a chapter has at most that is judged by itself: longer ones take their time."""
_OF_OTHERS = frozenset(
    """arrays-in-steps no-path supposed circular-definition undeclared index-unbound not-supported
    condition doubtful-borrowed shape-of-definition jacobian-layout doubtful-shape
    not-a-scalar""".split()
)
"""Why a line is open that what other sections say can stand in the way of.

Not where its own writing leaves open what is meant: a layout, a limit, numbers or matrices.
"""


def with_sections(
    judgements: Sequence[Judgement],
    worlds: Worlds,
    judge: Callable[[tuple[Statement, ...]], tuple[Sequence[Judgement], Worlds]],
    chapters: Sequence[range] = (),
) -> tuple[Judgement, ...]:
    """The verdicts on a document, those that are open settled by their section where it can.

    A section that by itself refutes what the document proves was not understood, and settles
    nothing.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
        judge: the verdicts on statements that stand alone, and the networks that they are about.
        chapters: the lines of sections with sections of their own, the smaller ones first.
    """
    found = list(judgements)
    parts = (_parts(judgements, worlds), _chapters(judgements, chapters), _losses(judgements))
    for own, untold in chain.from_iterable(parts):
        open_ = [
            at
            for at in own
            if _is_open(found[at]) and untold.isdisjoint(_named(judgements[at].statement))
        ]
        if (
            not open_
            or len(own) < _FEWEST
            or not any(judgements[at].statement.defines for at in own)
        ):
            continue
        verdicts, networks = judge(tuple(judgements[at].statement for at in own))
        alone = dict(zip(own, verdicts, strict=True))
        if any(found[at].status in _SHOWN and alone[at].status is Status.REFUTED for at in own):
            continue
        for at in open_:
            if alone[at].status in _SHOWN and _are_alike(
                judgements[at].statement, worlds, networks
            ):
                found[at] = alone[at]
    return tuple(found)


def _parts(
    judgements: Sequence[Judgement], worlds: Worlds
) -> Iterator[tuple[list[int], set[Symbol]]]:
    """The places of the statements of each section, and those of them that are about one step.

    With these go the quantities that only the others tell of, such as the loss of all steps.
    """
    places: dict[int, list[int]] = {}
    for at, judgement in enumerate(judgements):
        places.setdefault(worlds.section[id(judgement.statement)], []).append(at)
    if len(places) > 1:
        yield from ((own, set()) for own in places.values())
    steps = {letter for judgement in judgements for letter in _shifted(judgement.statement)}
    for own in places.values() if steps else ():
        kept = [at for at in own if not _adds_up(judgements[at].statement, steps)]
        if len(kept) < len(own):
            dropped = (judgements[at].statement for at in set(own).difference(kept))
            yield kept, {symbol for statement in dropped for symbol in _heads(statement)}


def _chapters(
    judgements: Sequence[Judgement], chapters: Sequence[range]
) -> Iterator[tuple[list[int], set[Symbol]]]:
    """The places of the statements of each chapter that is not the whole document.

    Only the smallest chapter of a line that has the equations of what it differentiates settles it,
    so that none is judged over and over.
    """
    lines = [judgement.statement.line for judgement in judgements]
    within: set[int] = set()
    for chapter in chapters:
        own = [at for at, line in enumerate(lines) if line in chapter]
        is_open = any(_is_open(judgements[at]) for at in set(own) - within)
        if is_open and len(own) < len(lines) and len(own) <= _MOST:
            yield own, set()
        said = {
            symbol.unmarked
            for at in own
            if judgements[at].statement.defines
            for symbol in _quantities(judgements[at].statement.left)
        }
        within.update(
            at for at in own if said.issuperset(_differentiated(judgements[at].statement))
        )


def _losses(judgements: Sequence[Judgement]) -> Iterator[tuple[list[int], set[Symbol]]]:
    """The places of the equations that lead to a loss, and of the lines about its derivatives.

    A page has several losses with letters of their own: `x_i` is a sample of one of them, `x` of
    another one. What has no equation under a name alike is all that may be missing from them.
    """
    statements = [judgement.statement for judgement in judgements]
    equations: dict[str, list[int]] = {}
    for at, statement in enumerate(statements):
        for symbol in _quantities(statement.left) if statement.defines else ():
            equations.setdefault(base_of(symbol), []).append(at)
    about = [set(_differentiated_bases(statement)) for statement in statements]
    losses = [loss for loss in equations if any({loss} == of for of in about)]
    for loss in losses if len(losses) > 1 else ():
        met, waiting = {loss}, [loss]
        while waiting:
            for at in equations.get(waiting.pop(), ()):
                nodes = _nodes(statements[at])
                new = {base_of(node) for node in nodes if isinstance(node, Symbol)} - met
                met |= new
                waiting += new
        own = {at for known in met for at in equations.get(known, ())}
        own.update(at for at, of in enumerate(about) if of == {loss})
        if len(own) < len(statements) and any(_is_open(judgements[at]) for at in own):
            yield sorted(own), set()


def _differentiated_bases(statement: Statement) -> Iterator[str]:
    for node in _nodes(statement):
        if isinstance(node, Derivative | Nabla | Hessian) and node.of is not None:
            yield from map(base_of, _quantities(stripped(node.of)))


def _quantities(node: Node | None) -> Iterator[Symbol]:
    """What an equation is of: a name, or a function by its name alone."""
    if isinstance(node, Call):
        node = node.function
    if isinstance(node, Symbol):
        yield node


def _differentiated(statement: Statement) -> Iterator[Symbol]:
    for node in _nodes(statement):
        if isinstance(node, Derivative) and isinstance(node.of, Symbol):
            yield node.of.unmarked


def _heads(statement: Statement) -> Iterator[Symbol]:
    """What a statement is about: a name on its left side, or what is differentiated there."""
    left = statement.left
    if isinstance(left, Symbol):
        yield left.unmarked
    elif isinstance(left, Derivative) and isinstance(left.of, Symbol) and not left.of.subscripts:
        yield left.of.unmarked


def _named(statement: Statement) -> Iterator[Symbol]:
    for node in _nodes(statement):
        if isinstance(node, Derivative) and isinstance(node.of, Symbol):
            yield node.of.unmarked
        elif isinstance(node, Symbol):
            yield node.unmarked


def _shifted(statement: Statement) -> Iterator[str]:
    """The letters of steps: `t`, where `h_{t-1}` leads to `h_t`."""
    for node in _nodes(statement) if statement.defines else ():
        for index in node.subscripts if isinstance(node, Symbol) else ():
            if isinstance(index, Sum) and isinstance(index.terms[0], Symbol):
                yield index.terms[0].name


def _adds_up(statement: Statement, steps: Container[str]) -> bool:
    return any(
        letter in steps
        for node in _nodes(statement)
        if isinstance(node, BigSum)
        for letter in summed_letters(node)
    )


def _nodes(statement: Statement) -> Iterator[Node]:
    for side in (statement.left, statement.right):
        yield from everything(side) if side is not None else ()


def _is_open(judgement: Judgement) -> bool:
    is_undecided = judgement.status is Status.UNDECIDED and judgement.reason in _OF_OTHERS
    return is_undecided and judgement.statement.is_claim


def _are_alike(statement: Statement, worlds: Worlds, alone: Worlds) -> bool:
    """Say whether a section shows by itself what is an array, or a line is of entries throughout.

    What holds of numbers need not hold of the arrays that another section has. Small letters that
    nothing anywhere shows to be arrays are numbers where their section has none.
    """
    whole = worlds.whole_document()
    if not whole.arrays or alone.of(statement).arrays:
        return True
    sides = [side for side in (statement.left, statement.right) if side is not None]
    parts = [part for side in sides for node in everything(side) for part in _with_by(node)]
    bare = (s for s in parts if isinstance(s, Symbol) and not s.subscripts)
    return all(base_of(s) in LOSSES or not whole.ranks.is_shown(s) for s in bare)


def _with_by(node: Node) -> tuple[Node, ...]:
    return (node, *node.by) if isinstance(node, Derivative) else (node,)
