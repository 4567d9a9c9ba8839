"""Small documents whose last line gets a verdict, or a reason: judged when they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from symback.teaching.blocks import Block, Bullets, Code, Paragraph, Say

__all__ = ["JUDGED", "judged", "verdict_of"]

_UNIT = (r"z = w x + b", r"a = \sigma(z)", r"L = \frac12 (a - y)^2")

_BY_W = r"\frac{\partial L}{\partial w}"

_RIGHT = (*_UNIT, rf"{_BY_W} = (a - y) a (1 - a) x")
_WRONG = (*_UNIT, rf"{_BY_W} = (y - a) a (1 - a) x")
_OPEN = (*_UNIT, rf"{_BY_W} = q x")
_STRANGE = (*_UNIT, rf"{_BY_W} = \foo x")
_DIGITS = (r"z = 0.27", r"\tanh(z) = 0.2636")

JUDGED: Mapping[str, tuple[str, ...]] = {
    "verdict.proved": _RIGHT,
    "verdict.refuted": _WRONG,
    "verdict.undecided": _OPEN,
    "verdict.unread": _STRANGE,
    "verdict.agrees": _DIGITS,
    "verdict.definition": (r"a = \sigma(z)",),
    "verdict.assignment": (r"\eta = 0.1",),
    "reason.identity": _RIGHT,
    "reason.values": _WRONG,
    "reason.undeclared": _OPEN,
    "reason.arithmetic": (r"2 \cdot 3 + 1 = 7",),
    "reason.printed-digits": _DIGITS,
    "reason.update-loses-weight": (*_UNIT, rf"w \leftarrow \eta {_BY_W}"),
    "unread.unknown-command": _STRANGE,
    "unread.unexpected": (*_UNIT, rf"{_BY_W} = (a - y) a (1 - a x"),
    "unread.missing-operand": (*_UNIT, rf"{_BY_W} = (a - y) +"),
}
"""For each topic the displays of a document, the last of which is judged so."""


def verdict_of(lines: tuple[str, ...]) -> tuple[str, str]:
    """The verdict on the last display of a document, and its reason."""
    from symback.reading import check

    text = "\n\n".join(f"$${line}$$" for line in lines)
    last = check(text, path="notes.md").judgements[-1]
    return last.status.value, last.reason


def judged(group: str, code: str) -> tuple[Block, ...]:
    """A document with the verdict on its last line; nothing where a topic has none."""
    lines = JUDGED.get(f"{group}.{code}")
    if lines is None:
        return ()
    verdict, _ = verdict_of(lines)
    return (
        Bullets(tuple(Say("verbatim", {"text": Code(line)}) for line in lines)),
        Paragraph((Say("judged-so", {"verdict": Code(verdict)}),)),
    )
