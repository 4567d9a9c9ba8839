"""Deltas that were meant to be the loss's derivative by a pre-activation, and miss it by a slip.

A `delta` is a definition like any other. Where it is not the derivative by the pre-activation of
its layer but one edit makes it so, the slip is in the definition, and the lines that use delta
rightly must not be refuted for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Symbol
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Definition
from symback.reading.network.symbols import everything, quantities
from symback.reading.repairing.diagnosis import Diagnostician
from symback.reading.repairing.edits import applied
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["mend_deltas"]


def mend_deltas(model: DocumentModel, statements: Sequence[Statement]) -> dict[int, Judgement]:
    """Put slips in definitions of deltas right; the judgements on them by the statements' ids."""
    found: dict[int, Judgement] = {}
    for (base, _), definitions in list(model.definitions.of.items()):
        if base != "delta":
            continue
        for at, definition in enumerate(definitions):
            statement = definition.statement
            if statement is None or not isinstance(statement.left, Symbol):
                continue
            if any(isinstance(node, Derivative) for node in everything(definition.body)):
                continue
            judge = Judge(model)
            adjoint = _adjoint(judge, statement.left, definition)
            if (
                adjoint is None
                or judge.sides(adjoint, definition.body).status is not Status.REFUTED
            ):
                continue
            diagnosis = Diagnostician(judge, statements).edits(statement, adjoint, definition.body)
            if diagnosis is None:
                continue
            edits, explained = diagnosis
            if len(edits) != 1 or explained.repair is None or not explained.repair.unique:
                continue
            definitions[at] = replace(definition, body=applied(definition.body, edits))
            readings = (("delta-is-adjoint", {"of": base}),)
            found[id(statement)] = Judgement(
                statement, Status.REFUTED, "values", {}, readings, diagnoses=(explained,)
            )
    return found


def _adjoint(judge: Judge, delta: Symbol, definition: Definition) -> Node | None:
    """The loss's derivative by the pre-activation that stands in a delta's own formula."""
    losses = [
        node.of for node in everything(definition.body)
        if isinstance(node, Nabla) and isinstance(node.of, Symbol)
    ]  # fmt: skip
    loss = losses[0] if losses else judge.interpreter.loss
    if loss is None:
        return None
    for node in everything(definition.body):
        if isinstance(node, Call) and len(node.arguments) == 1:
            for symbol in quantities(node.arguments[0]):
                if symbol.marks == delta.marks and symbol.subscripts == delta.subscripts:
                    return Derivative("∂", loss, (symbol,))
    return None
