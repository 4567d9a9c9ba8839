r"""Lines about all samples, judged beside the equations of one sample, said of each.

A document derives for one sample, `\hat y = w x + b`, and adds up over all in its loss. What it
says of one is judged by what it says of one, what it says of all with that equation at each.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Derivative, Symbol
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.one_sample import of_each_sample
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.network.worlds import Worlds
    from symback.reading.statements.statements import Statement

__all__ = ["with_samples"]

_Judge = Callable[[tuple["Statement", ...]], tuple[Sequence[Judgement], "Worlds"]]
_SHOWN = (Status.PROVED, Status.AGREES)
_OPEN = (Status.REFUTED, Status.UNDECIDED)
_JUDGED = (*_SHOWN, *_OPEN)


def with_samples(judgements: Sequence[Judgement], judge: _Judge) -> tuple[Judgement, ...]:
    """The verdicts on a document, those on lines about all samples beside equations of each.

    Args:
        judgements: one for each statement, in order.
        judge: the verdicts on statements that stand alone, and the networks that they are about.
    """
    found = of_each_sample([judgement.statement for judgement in judgements])
    if found is None:
        return tuple(judgements)
    of_all = _judged_again(judgements, found.of_each, found.about_all, judge)
    if found.of_numbers:
        of_all = _judged_again(of_all, found.of_numbers, found.about_all, judge)
    if not found.is_said:
        return tuple(map(_unless_of_samples, judgements, of_all))
    verdicts = list(_of_one(of_all, found.of_one, judge))
    for at, letters in found.mixed.items():
        # `dL/db = 2/m (y - t)` is right of as many b as there are samples, and of no b for all;
        # `dL/dy = 2 (y - t)` is right of the loss of one.
        status = verdicts[at].status
        if status is Status.REFUTED or (
            status in _SHOWN and _is_by_parameter(verdicts[at].statement, letters)
        ):
            verdicts[at] = Judgement(
                verdicts[at].statement,
                Status.UNDECIDED,
                "numbers-or-arrays",
                {"of": ", ".join(letters)},
            )
    return tuple(verdicts)


def _unless_of_samples(judgement: Judgement, of_all: Judgement) -> Judgement:
    """A refutation left open that is right if what is added up are samples."""
    if judgement.status is Status.REFUTED and of_all.status is not Status.REFUTED:
        return Judgement(judgement.statement, Status.UNDECIDED, "doubtful-readings")
    return judgement


def _is_by_parameter(statement: Statement, letters: Container[str]) -> bool:
    """Say whether a line has a derivative by what is no letter of a sample, and none by one.

    `dL/dw = dL/dz x` is the chain rule for whatever loss is meant.
    """
    nodes = (n for side in (statement.left, statement.right) if side for n in everything(side))
    by = [each for node in nodes if isinstance(node, Derivative) for each in node.by]
    of_samples = [isinstance(each, Symbol) and base_of(each) in letters for each in by]
    return bool(by) and not any(of_samples)


def _judged_again(
    judgements: Sequence[Judgement],
    statements: Mapping[int, Statement],
    about: Container[int],
    judge: _Judge,
) -> tuple[Judgement, ...]:
    """The verdicts, those on lines about all samples beside equations of each.

    By its shapes nothing is wrong beside them, and nothing at all where none of it is right.
    """
    found = list(judgements)
    asked = [at for at in statements if at in about and found[at].status in _JUDGED]
    if not asked:
        return tuple(found)
    verdicts = dict(zip(statements, judge(tuple(statements.values()))[0], strict=True))
    understood = any(verdicts[at].status in _SHOWN for at in asked)
    for at in asked:
        old, new = found[at], verdicts[at]
        is_wrong = new.status is Status.REFUTED and understood and new.reason == "values"
        if old.status in _SHOWN:
            if is_wrong:  # what is added up is another thing, or nothing, in the one or the other
                found[at] = Judgement(old.statement, Status.UNDECIDED, "doubtful-readings")
        elif (
            is_wrong
            or new.status in _SHOWN
            or (old.status is Status.REFUTED and new.status is Status.UNDECIDED)
        ):
            readings = (*new.readings, ("said-of-each-sample", {}))
            found[at] = replace(new, statement=old.statement, readings=readings)
    return tuple(found)


def _of_one(
    judgements: Sequence[Judgement], statements: Mapping[int, Statement], judge: _Judge
) -> tuple[Judgement, ...]:
    """The verdicts, those on lines about one sample settled by what is said of one alone."""
    found = list(judgements)
    if not any(found[at].status in _OPEN for at in statements):
        return tuple(found)
    verdicts = judge(tuple(statements.values()))[0]
    for at, new in zip(statements, verdicts, strict=True):
        if found[at].status in _OPEN and new.status in (*_SHOWN, Status.UNDECIDED):
            if new.status in _SHOWN or found[at].status is Status.REFUTED:
                found[at] = replace(new, statement=found[at].statement)
    return tuple(found)
