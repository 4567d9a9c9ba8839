"""A stable number for each reason of a verdict, to be searched for and named in waivers.

A number is never given to another reason; one that is no longer used stays taken.
"""

from __future__ import annotations

__all__ = ["ALL_CODES", "CODES", "code_of", "reason_of"]

CODES = {
    # Decided.
    "identity": "SB001", "numbers": "SB002", "arithmetic": "SB003", "printed-digits": "SB004",
    "induction": "SB005",
    "values": "SB011", "shape": "SB012", "update-loses-weight": "SB013",
    # Undecided: what a name, an index or a sum is.
    "undeclared": "SB101", "no-path": "SB102", "supposed": "SB103", "partial-or-total": "SB104",
    "index-unbound": "SB105", "sum-without-index": "SB106", "sum-without-range": "SB107",
    "no-such-layer": "SB109", "no-such-unit": "SB110",
    "no-instance": "SB111", "circular-definition": "SB112", "conditional": "SB113",
    "vacuous": "SB114", "value": "SB115", "no-claim": "SB116", "unit-targets": "SB117",
    "some-values": "SB126",
    # Undecided: arrays.
    "layout": "SB120", "jacobian-layout": "SB121", "shape-of-definition": "SB122",
    "not-a-scalar": "SB123", "weight-order": "SB125",
    "which-loss": "SB127", "start-unsaid": "SB128", "arrays-do-not-fit": "SB129",
    "arrays-in-steps": "SB160", "part-of-step": "SB161",
    "numbers-or-arrays": "SB162", "sum-beyond-range": "SB163",
    "other-layout": "SB164", "doubtful-meaning": "SB165", "without-number": "SB166",
    # Undecided: what is not evaluated.
    "condition": "SB130", "norm": "SB131", "root": "SB132", "derivative-of-several": "SB133",
    "higher-derivative": "SB134", "derivative-by-expression": "SB135",
    "nothing-differentiated": "SB136", "nabla-of-what": "SB137", "differential": "SB138",
    "not-supported": "SB139", "not-defined-anywhere": "SB140", "too-close-to-call": "SB141",
    "too-large": "SB142", "too-deep": "SB143", "kink": "SB144",
    # Undecided: the two sides differ, and it is not certain what is meant.
    "doubtful-sizes": "SB150", "doubtful-readings": "SB151", "doubtful-approximation": "SB152",
    "doubtful-shape": "SB153", "doubtful-condition": "SB154", "doubtful-begun-anew": "SB155",
    "doubtful-borrowed": "SB156", "doubtful-case": "SB157", "doubtful-reach": "SB158",
    "doubtful-definition": "SB159",
}  # fmt: skip
"""By the reason of a judgement."""

_UNREAD = {
    "too-long": "SB201", "too-deep": "SB202", "number-too-long": "SB203", "macro-limit": "SB204",
    "macro-argument": "SB205", "unknown-command": "SB206", "unknown-environment": "SB207",
    "unknown-character": "SB208", "unbalanced": "SB209", "unexpected": "SB210",
    "missing-operand": "SB211", "script": "SB212", "double-script": "SB213",
    "name-or-product": "SB214", "ambiguous-argument": "SB215", "ambiguous-division": "SB216",
    "derivative": "SB217", "no-left-side": "SB218", "alignment": "SB219",
}  # fmt: skip


ALL_CODES = frozenset([*CODES.values(), *_UNREAD.values()])


def reason_of(code: str) -> tuple[str, bool] | None:
    """The reason that a number stands for, and whether it is why a formula was not read."""
    for unread, table in ((False, CODES), (True, _UNREAD)):
        for reason, number in table.items():
            if number == code:
                return reason, unread
    return None


def code_of(reason: str, *, unread: bool = False) -> str:
    """The number of a reason; empty for none.

    Args:
        reason: that of a judgement, or why a formula was not read.
        unread: whether it is the latter.
    """
    return (_UNREAD if unread else CODES).get(reason, "")
