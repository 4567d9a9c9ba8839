r"""Lines of a document beside a model that is stated for it, where the document leaves them open.

A name for a derivative is put in, as that of ``\delta_k = \partial L / \partial z_k`` for
``\delta_k``; what is left is read as any line about a model is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.reading.beside.lines import Answer, answer_lines
from symback.reading.beside.naming import Names
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Derivative, Node, Symbol
from symback.reading.network.symbols import base_of, everything, spelled
from symback.reading.proving.objective import differentiated
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status, Witness
from symback.records import dataclass
from symback.verification.report import Verdict

__all__ = ["names_of_model", "with_model"]

_SHOWN = {Verdict.PROVED: Status.PROVED, Verdict.AGREES: Status.AGREES}


def with_model(judgements: Sequence[Judgement], text: ModelText) -> tuple[Judgement, ...]:
    """The verdicts on a document, those that are open settled beside a model where they can be.

    Args:
        judgements: one for each statement, in order.
        text: the model.
    """
    named: dict[str, _Named] = {}
    for base, derivative in _named(judgements):
        named.setdefault(base, derivative)
    heads: dict[int, Node] = {}
    found = list(judgements)
    ways: dict[bool, list[int]] = {False: [], True: []}
    for at, judgement in enumerate(judgements):
        statement = judgement.statement
        if statement.left is None or statement.right is None:
            continue
        head = heads.setdefault(statement.chain, statement.left)
        if not (_is_open(judgement) and statement.is_claim and not statement.conditional):
            continue
        answer = _answer(statement, head, named, text)
        new = None if answer is None else _settled(statement, answer)
        if answer is not None and new is not None:
            found[at] = new
            if answer.has_matrices:
                ways[_is_turned(answer)].append(at)
    # A document has all its matrices in one way: lines that need the other one are left open.
    fewer = min(ways.values(), key=len)
    for at in fewer if len(ways[True]) != len(ways[False]) else (*ways[True], *ways[False]):
        found[at] = judgements[at]
    return tuple(found)


def _is_turned(answer: Answer) -> bool:
    return any(code == "matrix-order" for code, _ in answer.readings)


def names_of_model(judgements: Sequence[Judgement], text: ModelText) -> tuple[str, ...]:
    """The quantities of a model that a document names, in the order of the model."""
    names = Names(text.model())
    found = {
        known[0]
        for judgement in judgements
        for side in (judgement.statement.left, judgement.statement.right)
        if side is not None
        for node in everything(side)
        if isinstance(node, Symbol) and (known := names.find(node)) is not None
    }
    return tuple(name for name in names.ranks if name in found)


def _is_open(judgement: Judgement) -> bool:
    """Say whether a verdict is open, or rests on shapes, which the model knows better."""
    if judgement.status is Status.REFUTED:
        return judgement.reason == "shape"
    return judgement.status is Status.UNDECIDED


@dataclass(frozen=True, slots=True)
class _Named:
    """A derivative that has a name, with the indices of both as the document writes them."""

    name: Symbol
    of: Symbol
    by: Symbol


def _named(judgements: Sequence[Judgement]) -> Iterator[tuple[str, _Named]]:
    for judgement in judgements:
        left, right = judgement.statement.left, judgement.statement.right
        about = differentiated(right)
        if isinstance(left, Symbol) and about is not None and about[1] is not None:
            yield base_of(left), _Named(left, about[1], about[0])


def _put_in(node: Node, named: Mapping[str, _Named]) -> Node:
    """An expression with derivatives in the place of their names."""
    if not isinstance(node, Symbol):
        return changed(node, partial(_put_in, named=named))
    found = named.get(base_of(node))
    if found is None or len(node.marks) != len(found.name.marks):
        return node
    left_out = found.name.subscripts[len(node.subscripts) :]
    if len(node.subscripts) > len(found.name.subscripts):
        return node
    kept = found.name.subscripts[: len(node.subscripts)]
    places = dict(zip(map(spelled, kept), node.subscripts, strict=True))
    for own, given in zip(found.name.marks, node.marks, strict=True):
        if own.body is not None and given.body is not None:
            places[spelled(own.body)] = given.body
    by = replace(found.by, subscripts=tuple(i for i in found.by.subscripts if i not in left_out))
    return Derivative("∂", found.of, (_moved(by, places),))


def _moved(symbol: Symbol, places: Mapping[str, Node]) -> Symbol:
    """A symbol at other indices."""
    subscripts = tuple(places.get(spelled(index), index) for index in symbol.subscripts)
    marks = tuple(
        replace(mark, body=places.get(spelled(mark.body), mark.body)) if mark.body else mark
        for mark in symbol.marks
    )
    return replace(symbol, subscripts=subscripts, marks=marks)


def _answer(
    statement: Statement, head: Node, named: Mapping[str, _Named], text: ModelText
) -> Answer | None:
    """What comes of one line beside the model; None for what has no place in it."""
    assert statement.right is not None
    line = replace(
        statement, left=_put_in(head, named), right=_put_in(statement.right, named), position=1
    )
    try:
        return answer_lines([line], text)
    except InputError:
        return None


def _settled(statement: Statement, answer: Answer) -> Judgement | None:
    """The verdict on one line beside the model; None where that says nothing."""
    last = answer.judged[-1]
    readings = (("beside-model", {}), *_readings(answer))
    if last.verdict in _SHOWN:
        status = _SHOWN[last.verdict]
        if status is Status.AGREES:
            return Judgement(statement, status, "numbers", readings=readings)
        return Judgement(statement, status, last.reason, readings=readings, scope="all-sizes")
    if last.reason == "unit-targets":
        return Judgement(statement, Status.UNDECIDED, last.reason, readings=readings)
    # Of a recursion a line may be about one step, which is not the whole derivative.
    if last.verdict is Verdict.REFUTED and last.values and not answer.model.recursive:
        letters = map(str, last.claim.equation.indices)
        witness = Witness(dict(zip(letters, last.at, strict=True)), *last.values)
        return Judgement(statement, Status.REFUTED, "values", readings=readings, witness=witness)
    return None


def _readings(answer: Answer) -> Iterator[tuple[str, Mapping[str, str]]]:
    for code, names in answer.readings:
        if code == "matrix-order":
            yield "matrices-turned", {}
        elif code == "zero-outside":
            yield "inner-steps", {}
        elif names:
            yield "delta-is-of", {"of": names[0], "is": names[-1]}
