r"""Means and variances that have no equation: they depend on what they are of, and vary with it.

With `\hat x = (x - \mu) / \sigma` and no more, `d\hat x / dx = 1 / \sigma` is right of numbers that
are given and wrong of a batch, whose mean and deviation change with every x.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Derivative, Nabla, Node, Power, Sum, Symbol, stripped
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel
    from symback.reading.network.worlds import Worlds
    from symback.reading.statements.statements import Statement

__all__ = ["with_statistics"]

_DECIDED = (Status.PROVED, Status.AGREES, Status.REFUTED)
_MEANS = frozenset(["mu", "hat mu", "bar mu", "mean", "avg"])
_DEVIATIONS = frozenset(["sigma", "hat sigma", "var", "std", "Var", "variance"])


def with_statistics(judgements: Sequence[Judgement], worlds: Worlds) -> tuple[Judgement, ...]:
    """Verdicts on a document, those left open that a mean or a variance decides.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
    """
    return tuple(_unless_fixed(judgement, worlds) for judgement in judgements)


def _unless_fixed(judgement: Judgement, worlds: Worlds) -> Judgement:
    statement = judgement.statement
    if judgement.status not in _DECIDED or not statement.is_claim:
        return judgement
    by = set(_differentiated_by(statement))
    names = sorted(set(_unsaid(worlds.of(statement), by))) if by else []
    if not names:
        return judgement
    return replace(
        judgement, status=Status.UNDECIDED, reason="undeclared",
        arguments={"symbol": ", ".join(names)}, readings=(), diagnoses=(), witness=None,
    )  # fmt: skip


def _differentiated_by(statement: Statement) -> Iterator[str]:
    for side in (statement.left, statement.right):
        for node in everything(side) if side is not None else ():
            if isinstance(node, Derivative):
                yield from (base_of(by) for by in node.by if isinstance(by, Symbol))
            elif isinstance(node, Nabla) and isinstance(node.by, Symbol):
                yield base_of(node.by)


def _unsaid(model: DocumentModel, by: set[str]) -> Iterator[str]:
    """The statistics that nothing defines, of what is normalised by them and differentiated by."""
    known = {base for base, _ in (*model.definitions.of, *model.definitions.signatures)}
    for definition in model.definitions.all():
        means = set(_means(definition.body, by))
        bases = {base_of(n) for n in everything(definition.body) if isinstance(n, Symbol)}
        deviations = bases & _DEVIATIONS
        if means and deviations:
            yield from (means | deviations) - known


def _means(node: Node, by: set[str]) -> Iterator[str]:
    """The means that are taken off a quantity, where the difference is not squared."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Power):  # `(x - mu)^2 / sigma^2` is a bell around a centre
            waiting.append(node.exponent)
            continue
        if isinstance(node, Sum) and node.signs == (1, -1):
            of, off = map(stripped, node.terms)
            if isinstance(of, Symbol) and isinstance(off, Symbol) and base_of(of) in by:
                if base_of(off) in _MEANS or base_of(off) == f"bar {base_of(of)}":
                    yield base_of(off)
        waiting.extend(node.children())
