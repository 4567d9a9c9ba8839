r"""Lines about all samples, judged beside the equations of one sample, said of each.

A document derives for one sample, `\hat y = w x + b`, and adds up over all in its loss. What it says
of one is judged by what it says of one, and what it says of all with that equation at each of them.
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
    verdicts = list(_judged_again(of_all, found.of_one, frozenset(found.of_one), judge))
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


def _is_by_parameter(statement: Statement, letters: Container[str]) -> bool:
    """Say whether a line has a derivative by what is no letter of a sample."""
    nodes = (n for side in (statement.left, statement.right) if side for n in everything(side))
    return any(
        isinstance(by, Symbol) and base_of(by) not in letters
        for node in nodes
        if isinstance(node, Derivative)
        for by in node.by
    )


def _judged_again(
    judgements: Sequence[Judgement],
    statements: Mapping[int, Statement],
    about: Container[int],
    judge: _Judge,
) -> tuple[Judgement, ...]:
    """The verdicts, those on the lines that statements are about from these alone."""
    asked = [at for at in statements if at in about and judgements[at].status in _OPEN]
    if not asked:
        return tuple(judgements)
    verdicts = dict(zip(statements, judge(tuple(statements.values()))[0], strict=True))
    understood = any(new.status in _SHOWN for at, new in verdicts.items() if at in about)
    found = list(judgements)
    for at in asked:
        old, new = judgements[at], verdicts[at]
        if _counts(old, new, understood=understood):
            found[at] = replace(new, statement=old.statement)
    return tuple(found)


def _counts(old: Judgement, new: Judgement, *, understood: bool) -> bool:
    """Say whether the verdict beside fewer equations is the one that counts.

    By its shapes nothing is wrong beside them, and nothing at all where none of it is right.
    """
    if new.status is Status.REFUTED:
        return understood and new.reason == "values"
    return new.status in _SHOWN or (
        old.status is Status.REFUTED and new.status is Status.UNDECIDED
    )
