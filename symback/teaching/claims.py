"""Answers that are no values: formulas, counts, and whether a statement holds, by the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from symback.errors import InputError, SymbackError, quote
from symback.model.equations import Model, Role
from symback.model.language.reader import ModelText
from symback.model.network import Network
from symback.notation import Notation
from symback.reading.answering import answer, answer_side, side_of, unknown_in
from symback.reading.beside.lines import Answer, answer_lines, answer_typed
from symback.reading.formula.syntax import Derivative, Differential, Nabla, Node, Symbol
from symback.reading.statements.verdicts import Status
from symback.suggest import did_you_mean
from symback.teaching.digits import read_number
from symback.teaching.outcomes import Judged, Outcome
from symback.teaching.unexplained import half_of

__all__ = ["Formulas", "Subject", "count_of", "holds"]


class Subject(NamedTuple):
    """What formulas are about: a network, written in a notation, or a model by its text."""

    network: Network | None = None
    text: ModelText | None = None
    notation: Notation | str | None = None

    def judge(self, asked: str, side: str) -> Status:
        """The verdict on what is given for a quantity that is asked for.

        Raises:
            InputError: for what has no place in a line about the network or the model.
        """
        if self.text is None:
            assert self.network is not None
            return answer_side(asked, side, self.network, self.notation).status
        if "\\" in asked + side:  # each may be LaTeX, whatever the other is
            return _status_of(answer_lines((side_of(asked, side),), self.text))
        return self._of_model(f"{asked} = {_last_side(side)}")

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
            name = unknown.removesuffix(indices) or unknown
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
        return self._of_model(line)

    def _of_model(self, line: str) -> Status:
        assert self.text is not None
        return _status_of(answer_typed(line, self.text))


def _status_of(found: Answer) -> Status:
    if not found.is_open:
        return Status.REFUTED
    return Status.PROVED if found.holds else Status.UNDECIDED


def _last_side(text: str) -> str:
    """What stands behind the last equals sign that is in no bracket."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and not depth:
            start = place + 1
    return text[start:].strip()


# Formulas -----------------------------------------------------------------------------------------

_RIGHT = (Status.PROVED, Status.AGREES)


@dataclass(frozen=True)
class Formulas:
    """Right sides that are asked for, each judged as `symback answer` judges a line.

    Attributes:
        subject: what they are about.
        asked: the left side for each name of an answer, as in ``dL/dW1[j,k]``.
        closed: names whose answers may have no derivative of the loss left in them.
        marks: marks for single answers; 1 for every other.
    """

    subject: Subject
    asked: Mapping[str, str]
    closed: frozenset[str] = frozenset()
    marks: Mapping[str, Fraction] = field(default_factory=dict)

    def mark(self, name: str, text: str) -> Judged:
        """Judge what is written for a left side."""
        of = self.marks.get(name, Fraction(1))
        plain = text.strip()
        expected = self.expected.get(self.asked[name], "")
        if not plain:
            return Judged(name, "", Outcome.MISSING, expected, of=of)
        outcome, marks, kind = self._outcome(name, plain, of)
        slips = ("other-formula",) if outcome is Outcome.WRONG else ()
        return Judged(name, plain, outcome, expected, slips, "", marks, of, kind)

    def _outcome(self, name: str, text: str, of: Fraction) -> tuple[Outcome, Fraction, str]:
        nothing = Fraction(0)
        asked = self.asked[name]
        try:
            left, right = _sides(asked, text)
            if left is not None and right is not None and _restates(left, right):
                return Outcome.UNFINISHED, nothing, ""
            status = self.subject.judge(asked, text)
        except SymbackError:
            return Outcome.OPEN, nothing, ""
        if status in _RIGHT:
            if name in self.closed and right is not None and any(map(_is_adjoint, right.walk())):
                return Outcome.UNFINISHED, of / 2, "M"
            return Outcome.RIGHT, of, "A"
        return (Outcome.WRONG if status is Status.REFUTED else Outcome.OPEN), nothing, ""

    @cached_property
    def expected(self) -> Mapping[str, Any]:
        """What is asked for as it is derived, by its left side on a keyboard."""
        from symback.calculus.chain_rule import derive
        from symback.notation import NOTATIONS
        from symback.printing.core import Printer
        from symback.printing.plain import PLAIN
        from symback.printing.target import plainly

        subject = self.subject
        about: Network | Model
        if subject.network is not None:
            about = subject.network
        else:
            assert subject.text is not None
            about = subject.text.model()
        derivation = derive(about)
        named = subject.notation or "founding"
        notation = named if isinstance(named, Notation) else NOTATIONS[named]
        write = Printer(PLAIN, derivation.model, notation)
        found = {
            plainly(write(step.adjoint)).replace(" ", ""): plainly(write(step.result))
            for step in derivation.steps
        }
        for name, gradient in derivation.gradients.items():
            chain = derivation.chain(name)
            formula = chain[-1].expression if chain else gradient.formula
            left = plainly(write(gradient.adjoint)).replace(" ", "")
            found[left] = plainly(write(formula))
        return {asked: found.get(asked.replace(" ", ""), "") for asked in self.asked.values()}


def _sides(asked: str, text: str) -> tuple[Node | None, Node | None]:
    statement = side_of(asked, text)
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
    if status in _RIGHT:
        return True
    if status is Status.REFUTED:
        return False
    raise InputError(f"{quote(line)} is neither shown nor refuted ({status.value})")
