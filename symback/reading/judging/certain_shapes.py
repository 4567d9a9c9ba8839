"""Whether the shapes of two sides are certain, so that a difference between them refutes a line."""

from __future__ import annotations

from collections.abc import Iterator

from symback.reading.formula.syntax import (
    BigSum,
    Derivative,
    Nabla,
    Node,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities, summed_letters
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement

__all__ = ["are_lengths", "has_certain_shape", "shares_weights"]

_BY_WHAT = frozenset(["chain-rule-on-arrays", "gradient-by-output"])


def shares_weights(model: DocumentModel) -> bool:
    """Say whether what was taken for layers has its weights in common: `a_t = f(V a_{t-1})`."""
    names = model.names
    for definition in model.definitions.all():
        if definition.parts.layer is None:
            continue
        uses = [(symbol, names.split(symbol)) for symbol in quantities(definition.body)]
        if any(isinstance(parts.layer, Sum) for _, parts in uses):
            if not any(s.name[0].isupper() and p.layer is not None for s, p in uses):
                if any(s.name[0].isupper() and not p.indices for s, p in uses):
                    return True
    return False


def are_lengths(judge: Judge, judgement: Judgement) -> bool:
    """Say whether shapes differ as those of two vectors do whose lengths nobody has said."""
    witness = judgement.witness
    if witness is None or judge.model.stated.widths:
        return False
    shapes = [shape.split("×") for shape in (witness.left, witness.right)]
    one, other = shapes
    return len(one) == len(other) == 2 and any(one[at] == other[at] == "1" for at in (0, 1))


def has_certain_shape(judge: Judge, judgement: Judgement) -> bool:
    """Say whether the shapes of both sides are certain: of a gradient, and of what has a rank."""
    left = judgement.statement.left
    if isinstance(left, Symbol):  # `delta`, which a derivative of the loss defines
        own = judge.model.definitions.under(judge.model.names.split(left))
        bodies = [stripped(definition.body) for definition in own]
        left = bodies[0] if len(bodies) == 1 else left
    if not isinstance(left, Derivative | Nabla) or not isinstance(left.of, Symbol):
        return False
    if base_of(left.of) not in LOSSES or any(map(_is_of_array, _nodes(judgement.statement))):
        return False
    if _is_by_the_same(judgement.statement) or _sums_free_letter(judge, judgement.statement):
        return False
    if any(code in _BY_WHAT for code, _ in judgement.readings):
        return False
    if any(map(judge.model.ranks.is_guessed, _bare(judgement.statement))):
        return False
    if any(_stacks(judge, symbol) for symbol in _bare(judgement.statement)):
        return False
    return not any(_transposes_entry(judge, node) for node in _nodes(judgement.statement))


def _stacks(judge: Judge, symbol: Symbol) -> bool:
    """Say whether a matrix that nothing defines has the vectors of equations: X beside `x_i`.

    Nothing says whether these are its rows or its columns.
    """
    model = judge.model
    if not symbol.name[0].isupper() or model.definitions.under(model.names.split(symbol)):
        return False
    return any(
        part.name == symbol.name.lower() and (part.subscripts or part.marks)
        for definition in model.definitions.all()
        for part in quantities(definition.body)
    )


def _transposes_entry(judge: Judge, node: Node) -> bool:
    """Say whether what is transposed was taken for a number: `h_t` is one state."""
    body = stripped(node.body) if isinstance(node, Transpose) else None
    return isinstance(body, Symbol) and not judge.model.ranks.rank(body)


def _is_by_the_same(statement: Statement) -> bool:
    """Say whether both sides differentiate by one quantity: nobody takes these for two shapes."""
    left, right = (
        {by for node in everything(side) if isinstance(node, Derivative) for by in node.by}
        for side in (statement.left, statement.right)
        if side is not None
    )
    return not left.isdisjoint(right)


def _sums_free_letter(judge: Judge, statement: Statement) -> bool:
    """Say whether the right side sums over a letter that is one of the left side's indices."""
    assert statement.left is not None
    free = set(judge.indices.letters(statement.left))
    return any(
        isinstance(node, BigSum) and not free.isdisjoint(summed_letters(node))
        for node in _nodes(statement)
    )


def _nodes(statement: Statement) -> Iterator[Node]:
    for side in (statement.left, statement.right):
        yield from everything(side) if side is not None else ()


def _bare(statement: Statement) -> Iterator[Symbol]:
    for node in _nodes(statement):
        if isinstance(node, Symbol) and not node.subscripts:
            yield node


def _is_of_array(node: Node) -> bool:
    """Say whether this differentiates what is no loss: how such a derivative lies is convention."""
    return isinstance(node, Derivative) and not (
        isinstance(node.of, Symbol) and base_of(node.of) in LOSSES
    )
