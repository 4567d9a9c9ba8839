"""The one answer to what is not understood: where it stands, which token, and why."""

from __future__ import annotations

from enum import StrEnum

from symback.reading.formula.syntax import Span
from symback.records import dataclass


class Reason(StrEnum):
    """Why a formula, or a part of it, was not read. The codes are stable."""

    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    NUMBER_TOO_LONG = "number-too-long"
    MACRO_LIMIT = "macro-limit"
    MACRO_ARGUMENT = "macro-argument"
    UNKNOWN_COMMAND = "unknown-command"
    UNKNOWN_ENVIRONMENT = "unknown-environment"
    UNKNOWN_CHARACTER = "unknown-character"
    UNBALANCED = "unbalanced"
    UNEXPECTED = "unexpected"
    MISSING_OPERAND = "missing-operand"
    SCRIPT = "script"
    DOUBLE_SCRIPT = "double-script"
    NAME_OR_PRODUCT = "name-or-product"
    AMBIGUOUS_ARGUMENT = "ambiguous-argument"
    AMBIGUOUS_DIVISION = "ambiguous-division"
    DERIVATIVE = "derivative"
    NO_LEFT_SIDE = "no-left-side"
    ALIGNMENT = "alignment"


class Unreadable(Exception):
    """Raised inside the reader at the token that is not understood; never leaves it."""

    def __init__(self, reason: Reason, token: str, span: Span) -> None:
        super().__init__(f"{reason}: {token}")
        self.reason = reason
        self.token = token[:40]
        self.span = span


@dataclass(frozen=True, slots=True)
class Unread:
    """A stretch of a formula that is not understood, with the token at which reading stopped."""

    reason: Reason
    token: str
    span: Span
    line: int
    column: int
