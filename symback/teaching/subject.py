"""What formulas are about, and the verdicts on them, with why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Expr, Integer, Symbol
from sympy import Sum as AnySum

from symback.algebra.expressions import Entry
from symback.calculus.chain_rule import derive
from symback.errors import InputError, quote
from symback.model.equations import Model, Role
from symback.model.language.reader import ModelText
from symback.model.network import Network
from symback.notation import FOUNDING, NOTATIONS, Notation
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.printing.target import plainly
from symback.reading.answering import answer, answer_side, side_of, unknown_in
from symback.reading.beside.lines import Answer, answer_lines, answer_typed
from symback.reading.statements.verdicts import Diagnosis, Judgement, Status
from symback.records import dataclass
from symback.suggest import did_you_mean
from symback.teaching.keyboard import bare, in_letters
from symback.teaching.same import equal_to
from symback.teaching.wrong_formulas import wrong_formulas

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation

__all__ = ["RIGHT", "Said", "Subject"]

RIGHT = (Status.PROVED, Status.AGREES)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a formula.

    Attributes:
        status: the verdict.
        reason: a code of why it is open; empty where it is not.
        about: what the words about that mention.
        diagnoses: what is wrong, where the reader of documents found it.
        expression: what was read, where it is about a model.
    """

    status: Status
    reason: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    diagnoses: tuple[Diagnosis, ...] = ()
    expression: Expr | None = None


@dataclass(frozen=True)
class Subject:
    """What formulas are about: a network, written in a notation, or a model by its text."""

    network: Network | None = None
    text: ModelText | None = None
    notation: Notation | str | None = None

    def understood(self, text: str) -> str:
        """What somebody typed, in the letters that are read."""
        plain = bare(text)
        if self.network is None:
            return plain
        return in_letters(plain, self.network, self.notation)

    def judge(self, asked: str, side: str) -> Said:
        """The verdict on what is given for a quantity that is asked for, both as understood.

        Raises:
            InputError: for what has no place in a line about the network or the model.
        """
        if self.text is None:
            assert self.network is not None
            return _said(answer_side(asked, side, self.network, self.notation))
        return self._of_model(asked, side)

    def _of_model(self, asked: str, side: str) -> Said:
        assert self.text is not None
        if "\\" in asked + side:  # each may be LaTeX, whatever the other is
            return _of_answer(answer_lines((side_of(asked, side),), self.text))
        try:
            return _of_answer(answer_typed(f"{asked} = {_last_side(side)}", self.text))
        except InputError:
            try:
                return _of_answer(answer_lines((side_of(asked, side),), self.text))
            except InputError:
                pass
            raise

    def is_same(self, asked: str, written: Expr | str, other: Expr) -> bool:
        """Whether what was written is equal to another formula for all values.

        Args:
            asked: what it was written for.
            written: about a network as it was understood, about a model as it was read.
            other: the other formula.
        """
        if self.network is not None:
            assert isinstance(written, str)
            try:
                found = answer_side(
                    plainly(self.write(other)), written, self.network, self.notation, explains=False
                )
            except InputError:
                return False
            return found.status in RIGHT
        right = self.right(asked)
        if right is None or not isinstance(written, Expr):
            return False
        # Derivatives alone are claimed: one formula, less the other, and the right one added.
        line = " + ".join(f"({plainly(self.write(e))})" for e in (written, -1 * other, right))
        assert self.text is not None
        try:
            return _of_answer(answer_typed(f"{asked} = {line}", self.text)).status in RIGHT
        except InputError:
            return False

    def slips_of(self, asked: str, written: Expr | str) -> tuple[str, ...]:
        """The slips of the catalogue that give just what was written."""
        right = self.right(asked)
        if right is None:
            return ()
        free = tuple(i for i in self._subjects[_folded(asked)] if isinstance(i, Symbol))
        squared = self.network is not None and "squared" in self.network.loss
        wrong: dict[Expr, str] = {}
        for whole in dict.fromkeys((right, self._one_for_targets(right))):
            for code, other in wrong_formulas(whole, free, self.model, is_squared=squared):
                if other != right and len(wrong) < MOST:
                    wrong.setdefault(other, code)
        found = [code for code, is_it in self._are_it(asked, written, wrong) if is_it]
        others = {e: name for name, e in self._results[0].items() if name != _folded(asked)}
        if not found and any(is_it for _, is_it in self._are_it(asked, written, others)):
            found.append("other-gradient")
        return tuple(dict.fromkeys(found))

    def _are_it(
        self, asked: str, written: Expr | str, others: Mapping[Expr, str]
    ) -> Iterator[tuple[str, bool]]:
        """What other formulas are called, each with whether it is what was written."""
        if self.network is None:
            return ((name, self.is_same(asked, written, other)) for other, name in others.items())
        assert isinstance(written, str)
        try:
            lines = [plainly(self.write(other)) for other in others]
            equal = equal_to(written, lines, self.network, self.notation)
        except InputError:
            equal = (False,) * len(others)
        return zip(others.values(), equal, strict=True)

    def _one_for_targets(self, right: Expr) -> Expr:
        """What is right where the targets add up to 1."""
        targets = {q.name for q in self.model.given if q.role is Role.TARGET}
        return right.xreplace({
            total: Integer(1)
            for total in right.atoms(AnySum)
            if isinstance(total.function, Entry) and str(total.function.base.label) in targets
        })  # fmt: skip

    @cached_property
    def _derivation(self) -> Derivation:
        if self.network is not None:
            return derive(self.network)
        assert self.text is not None
        return derive(self.text.model())

    @property
    def model(self) -> Model:
        """The model that is derived."""
        return self._derivation.model

    @cached_property
    def write(self) -> Printer:
        """Writes a formula as it is typed."""
        named = self.notation or "founding"
        notation = NOTATIONS[named] if isinstance(named, str) else named
        return Printer(PLAIN, self.model, notation if self.network is not None else FOUNDING)

    @cached_property
    def _results(self) -> tuple[dict[str, Expr], dict[str, tuple[Any, ...]]]:
        """The result and the indices of everything that was derived, by what it is called."""
        results: dict[str, Expr] = {}
        subjects: dict[str, tuple[Any, ...]] = {}

        def add(adjoint: Any, result: Expr) -> None:
            name = _folded(plainly(self.write(adjoint)))
            results[name] = result
            by = adjoint.args[1] if len(adjoint.args) > 1 else None
            subjects[name] = tuple(by.indices) if isinstance(by, Entry) else ()

        for step in self._derivation.steps:
            add(step.adjoint, step.result)
        for name, gradient in self._derivation.gradients.items():
            chain = self._derivation.chain(name)
            add(gradient.adjoint, chain[-1].expression if chain else gradient.formula)
        return results, subjects

    @property
    def _subjects(self) -> dict[str, tuple[Any, ...]]:
        return self._results[1]

    def right(self, asked: str) -> Expr | None:
        """What is right for something that is asked for at the derivation's own letters."""
        return self._results[0].get(_folded(asked))

    def shown_right(self, asked: str) -> str:
        """The same as it is typed; empty where it is not known."""
        right = self.right(asked)
        return "" if right is None else plainly(self.write(right))

    def refuse_unknown(self, asked: str) -> None:
        """Refuse to ask for what nothing says anything about.

        Raises:
            InputError: for a name that is not known, with one that may be meant, and for a unit
                that is not there.
        """
        if self.text is not None:
            line = f"{asked} = {asked}"
            if "\\" in asked:
                answer_typed(line, self.text)
            else:
                self.text.with_claims(line).stated()
            return
        assert self.network is not None
        unknown = unknown_in(asked, self.network, self.notation).replace("^", "")
        if unknown:
            indices = "".join(re.findall(r"\[([^]]*)\]", asked)).replace(",", "")
            name = unknown.removesuffix(indices).removesuffix("_") or unknown
            known = [q.name for q in self.network.model().quantities.values()]
            raise InputError(
                f"nothing says what {quote(name)} is{did_you_mean(name, known)}",
                hint="ask for a gradient such as dL/dW1[j,k]",
            )

    def judge_line(self, line: str) -> Status:
        """The verdict on an equation.

        Raises:
            InputError: as `judge`.
        """
        if self.text is None:
            assert self.network is not None
            return answer(line, self.network, self.notation).status
        return _of_answer(answer_typed(line, self.text)).status


MOST = 40
"""So many wrong formulas are tried for one answer."""


def _folded(asked: str) -> str:
    return asked.replace(" ", "").replace("∂", "d")


def _said(judgement: Judgement) -> Said:
    is_open = judgement.status in (Status.UNDECIDED, Status.UNREAD)
    return Said(
        judgement.status,
        ("unread" if judgement.status is Status.UNREAD else judgement.reason) if is_open else "",
        judgement.arguments if is_open else {},
        judgement.diagnoses,
    )


def _of_answer(found: Answer) -> Said:
    claims = [one for one in found.judged if one.claim.of]
    expression = claims[-1].claim.equation.expression if claims else None
    if not found.is_open:
        return Said(Status.REFUTED, expression=expression)
    if found.holds:
        return Said(Status.PROVED, expression=expression)
    reason = next((one.reason for one in found.judged if not one.ok), "")
    return Said(Status.UNDECIDED, reason, expression=expression)


def _last_side(text: str) -> str:
    """What stands behind the last equals sign that is in no bracket."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and not depth:
            start = place + 1
    return text[start:].strip()
