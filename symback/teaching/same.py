"""Which of many formulas about a network are equal to what somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.model.network import Network
from symback.notation import Notation
from symback.reading.answering import side_of
from symback.reading.network.stated import Written, notation_called
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Kind, Statement
from symback.reading.statements.verdicts import Status
from symback.reading.walking import judged

__all__ = ["equal_to"]


def equal_to(
    side: str, others: Sequence[str], network: Network, notation: Notation | str | None = None
) -> tuple[bool, ...]:
    """Say of each of many formulas whether it is equal to one for all values.

    They are judged as lines of one document, so that the network is read once for all of them and
    what is worked out for one serves the next; each is a line by itself, and defines nothing.

    Args:
        side: what somebody wrote, in LaTeX or plain infix.
        others: the other formulas.
        network: what all of them are about.
        notation: how they are written, or a preset's name.

    Raises:
        InputError: where what was written is no formula, or several.
    """
    written = Written.of(network, notation_called(notation))
    lines: list[Statement] = []
    for number, other in enumerate(others):
        line = side_of(other, side, written.functions)
        kind = Kind.CLAIM if line.kind is Kind.DEFINITION else line.kind
        # Of one place: no line stands before another, by which it would have to be judged again.
        excerpt = lines[0].excerpt if lines else line.excerpt
        lines.append(replace(line, chain=number, kind=kind, defines=False, excerpt=excerpt))
    worlds = Worlds(tuple(lines), (), written.stated)
    found = judged(tuple(lines), worlds, explains=False)
    return tuple(judgement.status in (Status.PROVED, Status.AGREES) for judgement in found)
