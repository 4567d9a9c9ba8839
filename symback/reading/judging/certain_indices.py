"""Whether it is certain of which layers, units and samples the letters of a line are."""

from __future__ import annotations

from symback.reading.formula.syntax import BigSum, Symbol, Tuple
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import free_letters
from symback.reading.network.symbols import base_of, everything, quantities, spelled
from symback.reading.network.worlds import Worlds
from symback.reading.statements.repeated_indices import repeats
from symback.reading.statements.statements import Statement

__all__ = [
    "counts_by_quantity",
    "leaves_layer_open",
    "marks_samples_besides",
    "mixes_layers",
    "rests_on_letters",
    "rests_on_rows",
    "spends_delta",
]


def counts_by_quantity(worlds: Worlds, judge: Judge, statement: Statement) -> bool:
    """Say whether an index of a line is a quantity elsewhere: `p_y`, of the class y of the loss."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    letters = set(judge.indices.letters(*sides))
    return not letters.isdisjoint(worlds.scripted_around(statement))


def mixes_layers(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a letter for a layer stands with another one, of which nothing says the layer.

    Where a_j and a_k are two layers, the a_l of a sum is of either, and so is the a_j of a softmax
    of a_k.
    """
    names, known = model.names, model.definitions
    if not (names.letters_are_layers or names.lettered):
        return False
    sides = [side for side in (statement.left, statement.right) if side is not None]
    behind = [found.body for found in definitions_behind(model, sides)]
    bodies = [*sides, *behind]
    defined = {base for base, _ in known.of}
    for body in behind:
        layers: dict[str, set[tuple[str, object]]] = {}
        for symbol in quantities(body):
            parts = names.split(symbol)
            if symbol.subscripts and parts.base in defined:
                layers.setdefault(parts.base, set()).add((parts.tag, parts.layer))
        if any(len(found) > 1 for found in layers.values()):
            return True
    return any(
        names.split(symbol).base in defined and not known.under(names.split(symbol))
        for body in bodies
        for symbol in quantities(body)
        if symbol.subscripts
    )


def marks_samples_besides(statement: Statement) -> bool:
    """Say whether a sample stands above a letter beside its layer, `delta^{(x, l)}`."""
    return any(
        isinstance(mark.body, Tuple)
        and any(isinstance(item, Symbol) and item.font for item in mark.body.items)
        for side in (statement.left, statement.right)
        if side is not None
        for symbol in quantities(side)
        for mark in symbol.marks
    )


def leaves_layer_open(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation behind a line has a raised letter that its left side has not.

    `L = sum_l (e_l^k)^2` is of one k, whichever is looked at.
    """
    sides = [side for side in (statement.left, statement.right) if side is not None]
    names = model.names
    for found in definitions_behind(model, sides):
        if found.statement is None:
            continue
        own = found.parts.layer
        bound = {spelled(x) for x in quantities(own)} if own is not None else set()
        bound |= {
            letter
            for node in everything(found.body)
            if isinstance(node, BigSum)
            for letter in map(spelled, node.indices)
        }
        for symbol in quantities(found.body):
            layer = names.split(symbol).layer
            if layer is None or (own is None and not isinstance(layer, Symbol)):
                continue
            letters = {spelled(x) for x in quantities(layer) if x.name.islower()}
            if own is None:
                letters -= names.layer_letters
            if not letters <= bound:
                return True
    return False


def rests_on_rows(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line rests on a letter whose one index may be that of a row."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    bodies = [*sides, *(found.body for found in definitions_behind(model, sides))]
    return bool(model.with_rows) and any(
        base_of(symbol) in model.with_rows for body in bodies for symbol in quantities(body)
    )


def rests_on_letters(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation behind a line has an index that nothing sums and no side has.

    `E = -y_i log a_i` can be of one fixed i or, as physicists write it, of the sum over all.
    """
    sides = [side for side in (statement.left, statement.right) if side is not None]
    return bool(model.constants) and any(
        not definition.parts.indices
        and not model.constants.isdisjoint(free_letters(definition.body, model.names))
        for definition in definitions_behind(model, sides)
    )


def spends_delta(judge: Judge, statement: Statement) -> bool:
    """Say whether an index of one side alone stands in a Kronecker delta and beside it.

    `x_k delta_{kq} = x_q` is the sum over k, as physicists write it.
    """
    left, right = statement.left, statement.right
    if left is None or right is None:
        return False
    names = judge.model.names
    deltas = [
        parts
        for symbol in (*quantities(left), *quantities(right))
        if judge.interpreter.quantities.is_kronecker(parts := names.split(symbol))
    ]
    indices = {spelled(index) for parts in deltas for index in parts.indices}
    one, other = (set(judge.indices.letters(side)) for side in (left, right))
    return not indices.isdisjoint((repeats(left) - other) | (repeats(right) - one))
