"""The judges of the networks of a document, each made once, and what they show of a statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symback.reading.judging.judge import Judge, Readings
from symback.reading.meaning.interpret import Interpreter
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.function_meanings import SIGMOIDS
from symback.reading.network.targets import targets_of_cross_entropy
from symback.reading.repairing.deltas import mend_deltas
from symback.reading.repairing.diagnosis import Diagnostician
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["Judges"]

_GOOD = (Status.PROVED, Status.AGREES)


class Judges:
    """The judges of one document.

    Args:
        statements: those that are judged.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self._about: dict[int, tuple[Judge, Diagnostician, dict[int, Judgement]]] = {}
        self._variants: dict[tuple[int, str], Judge] = {}

    def of(self, model: DocumentModel) -> Judge:
        """The judge of a network."""
        return self.about(model)[0]

    def about(self, model: DocumentModel) -> tuple[Judge, Diagnostician, dict[int, Judgement]]:
        """The judge of a network, who explains its slips, and what was mended in it."""
        if id(model) not in self._about:
            mended = mend_deltas(model, self.statements)
            judge = Judge(model)
            everywhere = (*model.stated.statements, *self.statements)
            self._about[id(model)] = judge, Diagnostician(judge, everywhere), mended
        return self._about[id(model)]

    def shown(
        self, model: DocumentModel, statement: Statement, *said: tuple[str, dict[str, str]]
    ) -> Judgement | None:
        """What shows a statement about a network, as usually meant if need be; None for nothing."""
        plain: tuple[Judge, Readings] = (self.of(model), ())
        for judge, reading in (plain, *self.variants(model)):
            found = judge.judge(statement)
            if found.status in _GOOD:
                return replace(found, readings=(*found.readings, *reading, *said))
        return None

    def variants(self, model: DocumentModel) -> Iterator[tuple[Judge, Readings]]:
        """A network under what is usually meant without being said."""
        logistic: Readings = (("sigma-is-logistic", {}),)
        sigmoid = dict.fromkeys(SIGMOIDS, "sigmoid")
        yield self.variant(model, logistic, meanings=sigmoid), logistic
        targets = targets_of_cross_entropy(model)
        if targets:
            unit: Readings = (("targets-sum-to-one", {"of": ", ".join(sorted(targets))}),)
            yield self.variant(model, unit, unit_sums=targets), unit
            both = (*logistic, *unit)
            yield self.variant(model, both, meanings=sigmoid, unit_sums=targets), both

    def variant(self, model: DocumentModel, readings: Readings, **changes: Any) -> Judge:
        """A network with changes, which its readings name."""
        key = id(model), " ".join(code for code, _ in readings)
        if key not in self._variants:
            self._variants[key] = Judge(model.variant(**changes))
        return self._variants[key]

    def reading(self, model: DocumentModel, reader: type[Interpreter]) -> Judge:
        """The judge of a network who reads expressions in a way of their own."""
        key = id(model), reader.__name__
        if key not in self._variants:
            self._variants[key] = Judge(model, reader)
        return self._variants[key]
