"""What comes out of comparing two expressions, before it is said of a statement."""

from __future__ import annotations

from dataclasses import field

from symback.reading.statements.verdicts import Status, Witness
from symback.records import dataclass

__all__ = ["Verdict"]


@dataclass
class Verdict:
    """What came out for two sides."""

    status: Status
    reason: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    checks: int = 1
    witness: Witness | None = None
    scope: str = ""
    transposed: bool = False
