"""An instance of a mark: what marking says of a small sheet with one value that is not right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.model.network import Network
from symback.records import dataclass
from symback.teaching.drawing import draw_numbers
from symback.teaching.formulas import Formulas
from symback.teaching.instances.instance import Instance
from symback.teaching.marking import Marker
from symback.teaching.marks import marks_table
from symback.teaching.outcomes import Judged, Outcome
from symback.teaching.paper import Paper, Part
from symback.teaching.policy import Policy
from symback.teaching.program import Kind
from symback.teaching.slips import variants
from symback.teaching.subject import Subject
from symback.teaching.unrolling import unroll

__all__ = ["marked_instance"]

_NETWORK = Network((2, 2, 1), ("sigmoid", "identity"), "half-squared-error")
_FORMULAS = {
    Outcome.UNFINISHED.value: ("dL/dW1[j,k]", "dL/dh'[k] x[j]"),
    Outcome.OPEN.value: ("dL/dW1[j,k]", "delta x[j]"),
    "other-formula": ("dL/dW1[j,k]", "h[k] x[j]"),
    "factor-missing": ("dL/dW1[j,k]", "(yhat[1] - y[1]) h[k] (1 - h[k]) x[j]"),
    "factor-extra": ("dL/dW1[j,k]", "3 (yhat[1] - y[1]) W2[k,1] h[k] (1 - h[k]) x[j]"),
    "wrong-index": ("dL/dW1[j,k]", "(yhat[1] - y[1]) W2[j,1] h[k] (1 - h[k]) x[j]"),
    "other-gradient": ("dL/db1[k]", "yhat[1] - y[1]"),
    "slope-for-function": ("dL/dW2[j,1]", "(yhat[1] - y[1]) sigma'(h'[j])"),
}
"""What is asked for, and an answer."""


@dataclass(frozen=True, slots=True)
class _Class:
    """A problem and what is right in it."""

    derivation: Derivation
    marker: Marker
    right: Mapping[str, str]


@cache
def _class() -> _Class:
    derivation = derive(_NETWORK)
    program = unroll(derivation)
    given = draw_numbers("tidy", derivation, program, 1).given
    values = program.run(given)
    lines = program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    right = {line.key: f"{float(values[line.key]):.4f}" for line in lines}
    return _Class(derivation, Marker(program, given, asked=list(right)), right)


def marked_instance(group: str, code: str) -> Instance | None:
    """A few values of a marked sheet, one of which is judged so."""
    known = _class()
    if code in _FORMULAS:
        asked, answer = _FORMULAS[code]
        formulas = Formulas(Subject(_NETWORK), {"gradient": asked}, frozenset({"gradient"}))
        part = Part(0, formulas=formulas)
        judged = part.mark("", {"gradient": answer})
    elif code == "other-answer":
        part = Part(0, plain={"parameters": "9"})
        judged = part.mark("", {"parameters": "6"})
    else:
        part = Part(0, known.marker)
        judged = _found(known, group, code)
    if not judged:
        return None
    table = marks_table(judged, Paper([part]), Policy())
    return Instance((table,), known.derivation.model)


def _found(known: _Class, group: str, code: str) -> list[Judged]:
    """The values around the first one that is judged so, on the first sheet that has one."""
    for sheet in (*_slipped(known), *_sheets(known.right, code)):
        judged = list(known.marker.mark("", sheet).judged)
        for place, value in enumerate(judged):
            if _is_so(value, group, code):
                first = next((i for i, v in enumerate(judged) if v.outcome is Outcome.WRONG), place)
                return [judged[first], value] if first < place else [value]
    return []


def _is_so(value: Judged, group: str, code: str) -> bool:
    return value.outcome.value == code if group == "outcome" else value.slips == (code,)


def _slipped(known: _Class) -> Iterator[dict[str, str]]:
    """Sheets with one slip of the catalogue, from which all else follows."""
    for _, altered in variants(known.marker.program)[:4]:
        wrong = known.marker.program.run(known.marker.numbers, altered=altered)
        yield {key: f"{float(wrong[key]):.4f}" for key in known.right}


def _sheets(right: Mapping[str, str], code: str) -> Iterator[dict[str, str]]:
    """Sheets on which one value is written otherwise."""
    for key, digits in right.items():
        for other in _others(digits, code, right):
            if other != digits:
                yield {**right, key: other}
    yield dict(right)


def _others(digits: str, code: str, right: Mapping[str, str]) -> Iterator[str]:
    """What may be written in place of some digits."""
    value = Fraction(digits)
    if code == "negated":
        yield f"{float(-value):.4f}"
    elif code == "doubled":
        yield f"{float(2 * value):.4f}"
    elif code == "halved":
        yield f"{float(value / 2):.4f}"
    elif code == "copying":
        for place in range(len(digits) - 1):
            first, second = digits[place], digits[place + 1]
            if first.isdigit() and second.isdigit():
                yield digits[:place] + second + first + digits[place + 2 :]
    elif code == "arithmetic":
        yield f"{float(value * Fraction(101, 100)):.4f}"
    elif code == "other-value":
        yield from (other for other in right.values() if len(other.strip("-0.")) > 3)
    elif code == Outcome.LAST_DIGIT.value:
        yield f"{float(value) + 0.0001:.4f}"
    elif code == Outcome.MISSING.value:
        yield ""
    elif code == Outcome.UNREADABLE.value:
        yield "see above"
    elif code == "unexplained":
        yield f"{float(3 * value + 1):.4f}"
