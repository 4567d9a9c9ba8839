"""Answers that are no values: counts, and whether a statement holds, by the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from symback.errors import InputError, quote
from symback.model.equations import Model, Role
from symback.reading.statements.verdicts import Status
from symback.suggest import did_you_mean
from symback.teaching.digits import read_number
from symback.teaching.subject import RIGHT, Subject
from symback.teaching.unexplained import half_of

__all__ = ["count_of", "holds"]


# Counts -------------------------------------------------------------------------------------------

_PART = re.compile(r"(rows|columns|entries) of (\w+)")
_WHOLE = ("parameters", "weights", "biases", "products")


def count_of(what: str, model: Model) -> int:
    """A count that a model's sizes say.

    Args:
        what: ``parameters``, ``weights``, ``biases``, ``products`` (of a weight with what comes in
            through it, in a forward pass of one sample), or ``rows of W1``, ``columns of W1``,
            ``entries of W1``.
        model: with its sizes.

    Raises:
        InputError: for what is none of these, and for a size that is open.
    """
    plain = " ".join(what.split())
    arrays = {q.name: q for q in model.given}
    part = _PART.fullmatch(plain)
    if part is not None:
        if part[2] not in arrays:
            raise InputError(f"there is no {quote(part[2])}{did_you_mean(part[2], arrays)}")
        shape = _shape(arrays[part[2]].shape, part[2])
        if part[1] == "entries":
            return prod(shape)
        if part[1] == "columns" and len(shape) < 2:
            raise InputError(f"{part[2]} has no columns")
        return (shape or (1,))[0 if part[1] == "rows" else 1]
    if plain not in _WHOLE:
        known = (*_WHOLE, "rows of W1", "columns of W1", "entries of W1")
        raise InputError(
            f"nothing is counted by {quote(what)}{did_you_mean(plain, known)}",
            hint=f"counted are {', '.join(known)}",
        )
    roles = {"weights": (Role.WEIGHT,), "products": (Role.WEIGHT,), "biases": (Role.BIAS,)}
    if plain in roles and any(q.role is Role.PARAMETER for q in model.parameters):
        raise InputError(f"which parameters are {plain} is said of networks alone",
                         hint="count parameters, or the entries of each")  # fmt: skip
    chosen = [q for q in model.parameters if q.role in roles.get(plain, tuple(Role))]
    return sum(prod(_shape(quantity.shape, quantity.name)) for quantity in chosen)


def _shape(shape: Sequence[Any], name: str) -> tuple[int, ...]:
    if not all(isinstance(size, int) and size for size in shape):
        raise InputError(f"the sizes of {name} are open")
    return tuple(shape)


# Statements ---------------------------------------------------------------------------------------


def holds(
    lines: str | Sequence[str], subject: Subject, values: Mapping[str, float], key_of: Any
) -> bool:
    """Whether every one of some statements holds.

    A line that gives a value of the problem, ``dL/dW1[1,2] = 0``, is held to that value at the
    given numbers, within the rounding of its digits; any other is decided for all values.

    Args:
        lines: one statement, or several.
        subject: what they are about.
        values: every value of the problem by key; empty where it has no numbers.
        key_of: the key that a name stands for, or None.

    Raises:
        InputError: for a statement that is neither shown nor refuted.
    """
    return all(_holds(line, subject, values, key_of) for line in
               ([lines] if isinstance(lines, str) else lines))  # fmt: skip


def _holds(line: str, subject: Subject, values: Mapping[str, float], key_of: Any) -> bool:
    name, equals, digits = line.partition("=")
    key = key_of(name) if values and equals else None
    if key is not None:
        try:
            printed = read_number(digits)
        except InputError:
            pass
        else:
            return abs(values[key] - float(printed.value)) <= half_of(printed) + 1e-12
    status = subject.judge_line(line)
    if status in RIGHT:
        return True
    if status is Status.REFUTED:
        return False
    raise InputError(f"{quote(line)} is neither shown nor refuted ({status.value})")
