"""Formulas as answers: understood as people type them, judged by the engine, slips named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from symback.errors import InputError, SymbackError
from symback.reading.answering import side_of
from symback.reading.formula.syntax import Derivative, Differential, Nabla, Node, Symbol
from symback.reading.statements.verdicts import Repair, Status
from symback.records import dataclass
from symback.teaching.blocks import Code, Own, Say
from symback.teaching.outcomes import Judged, Outcome
from symback.teaching.subject import RIGHT, Said, Subject

__all__ = ["Formulas"]


@dataclass(frozen=True)
class Formulas:
    """Right sides that are asked for, each judged as `symback answer` judges a line.

    Attributes:
        subject: what they are about.
        asked: the left side for each name of an answer, as in ``dL/dW1[j,k]``.
        closed: names whose answers may have no derivative of the loss left in them.
        marks: marks for single answers; 1 for every other.
        targets_add_up: whether the targets of the problem's numbers do.
    """

    subject: Subject
    asked: Mapping[str, str]
    closed: frozenset[str] = frozenset()
    marks: Mapping[str, Fraction] = field(default_factory=dict)
    targets_add_up: bool = False
    _known: dict[tuple[str, str], Judged] = field(default_factory=dict, init=False, repr=False)

    def mark(self, name: str, text: str) -> Judged:
        """Judge what is written for a left side; the same words are judged once."""
        plain = text.strip()
        if (name, plain) not in self._known:
            self._known[name, plain] = self._mark(name, plain)
        return self._known[name, plain]

    def _mark(self, name: str, plain: str) -> Judged:
        of = self.marks.get(name, Fraction(1))
        expected = self.expected.get(self.asked[name], "")
        if not plain:
            return Judged(name, "", Outcome.MISSING, expected, of=of)
        asked, written = self.asked[name], self.subject.understood(plain)
        nothing = Judged(name, plain, Outcome.OPEN, expected, of=of)
        try:
            left, right = _sides(asked, written)
            if left is not None and right is not None and _restates(left, right):
                return Judged(name, plain, Outcome.UNFINISHED, expected, of=of)
            said = self.subject.judge(asked, written)
        except SymbackError as error:
            return _because(nothing, Say("why-message", {"message": Own(error.message)}))
        is_right = said.status in RIGHT or (said.reason == "unit-targets" and self.targets_add_up)
        if is_right:
            if name in self.closed and right is not None and any(map(_is_adjoint, right.walk())):
                return Judged(name, plain, Outcome.UNFINISHED, expected, (), "", of / 2, of, "M")
            return Judged(name, plain, Outcome.RIGHT, expected, (), "", of, of, "A")
        if said.status is not Status.REFUTED:
            return _because(nothing, _why(said))
        slips, hint = self._slips(asked, written, said)
        return Judged(name, plain, Outcome.WRONG, expected, slips, "", Fraction(0), of, "", hint)

    def _slips(self, asked: str, written: str, said: Said) -> tuple[tuple[str, ...], Say | None]:
        """The codes of what is wrong, and what should stand where, as far as it was found."""
        ratios = {d.arguments["ratio"] for d in said.diagnoses if d.code == "ratio"}
        for ratio, code in self._ratios.items():
            if ratio in ratios:
                return (code,), None
        for diagnosis in said.diagnoses:
            repair = diagnosis.repair
            if repair is not None and repair.code != "left-side":
                return (_slip_of(repair),), _hint(repair)
        found = self.subject.slips_of(
            asked, written if said.expression is None else said.expression
        )
        if found:
            return found, None
        if any(diagnosis.code == "another-gradient" for diagnosis in said.diagnoses):
            return ("other-gradient",), None
        if ratios:
            return ("factor-extra",), Say("hint-ratio", {"ratio": Code(min(ratios))})
        return ("other-formula",), None

    @cached_property
    def _ratios(self) -> Mapping[str, str]:
        """The slips that make a formula so many times the right one."""
        network = self.subject.network
        if network is None or "squared" not in network.loss:
            return {"-1": "sign"}
        return {"-1": "sign", "2": "two-in-loss", "1/2": "half-in-loss"}

    @cached_property
    def expected(self) -> Mapping[str, Any]:
        """What is right for each left side that is derived as it is asked for."""
        return {asked: self.subject.shown_right(asked) for asked in self.asked.values()}


def _because(judged: Judged, why: Say) -> Judged:
    return replace(judged, why=why)


# What is wrong ------------------------------------------------------------------------------------

_SLIPS = {
    "sign": "sign",
    "prime-missing": "slope-at-output",
    "prime-extra": "other-input",
    "derivative-missing": "function-for-slope",
    "derivative-extra": "slope-for-function",
    "indices-exchanged": "backward-transposed",
    "transpose-missing": "backward-transposed",
    "transpose-extra": "backward-transposed",
    "index": "wrong-index",
    "layer": "wrong-layer",
    "sum-missing": "path-missing",
    "paths-missing": "path-missing",
    "diagonal": "softmax-diagonal",
    "other-function": "slope-of-other",
    "other-quantity": "other-input",
}
"""The slip that each repair of a formula undoes, where it is one of the catalogue."""


def _slip_of(repair: Repair) -> str:
    factor = repair.arguments.get("factor", "").replace(" ", "")
    if repair.code == "factor-missing":
        has_slope = "'(" in factor or factor.startswith("(1-")
        if has_slope and not factor.startswith(("x", "h")):
            return "slope-missing"
        is_input = factor.startswith(("x", "h", "a")) and not has_slope
        return "input-missing" if is_input else "factor-missing"
    if repair.code == "factor-extra":
        return "factor-extra"
    if repair.code == "indices-exchanged" and not repair.arguments.get("was", "W").startswith(
        ("W", "w")
    ):
        return "wrong-index"
    return _SLIPS.get(repair.code, "other-formula")


def _hint(repair: Repair) -> Say | None:
    """What should stand where, in the letters of the answer."""
    about = repair.arguments
    if repair.code == "factor-missing":
        return Say("hint-missing", {"factor": Code(about["factor"])})
    if repair.code == "factor-extra":
        return Say("hint-extra", {"factor": Code(about["factor"])})
    if "is" in about and len(about["is"]) < SHORT and len(about.get("was", "")) < SHORT:
        return Say("hint-exchange", {"is": Code(about["is"]), "was": Code(about["was"])})
    return None


SHORT = 30
"""Longer pieces are not set beside each other: the right formula stands there anyway."""


# Why something is open ----------------------------------------------------------------------------


def _why(said: Said) -> Say:
    """Why a formula was not decided, for whoever marks."""
    about = said.about
    if said.reason == "unread":
        return Say("why-unread")
    if said.reason == "undeclared":
        names = about.get("names", "")
        args = {"symbol": Code(about["symbol"]), "names": Own(names)}
        return Say("why-undeclared" if names else "why-undeclared-alone", args)
    if said.reason == "shape":
        return Say("why-shape", {"left": Own(about["left"]), "right": Own(about["right"])})
    if said.reason in ("index-unbound", "sum-without-range") and "index" in about:
        return Say("why-index", {"index": Code(about["index"])})
    if said.reason in ("weight-order", "unit-targets", "sum-without-index"):
        return Say(f"why-{said.reason}")
    return Say("why-open")


# What was written ---------------------------------------------------------------------------------


def _sides(asked: str, text: str) -> tuple[Node | None, Node | None]:
    try:
        statement = side_of(asked, text)
    except InputError:
        return None, None
    return statement.left, statement.right


def _restates(left: Node, right: Node) -> bool:
    """Whether an answer mentions what is asked for, at whatever indices."""
    if not isinstance(left, Derivative):
        return left in right.walk()
    names = {_base(by) for by in left.by}
    return any(
        isinstance(node, Derivative) and names & {_base(by) for by in node.by}
        for node in right.walk()
    )


def _base(node: Node) -> object:
    return (node.name, node.accents, node.primes, node.marks) if isinstance(node, Symbol) else node


def _is_adjoint(node: Node) -> bool:
    """Whether a node is a derivative, or the letter that stands for the error of a unit."""
    return isinstance(node, Derivative | Nabla | Differential) or (
        isinstance(node, Symbol) and node.name == "delta"
    )
