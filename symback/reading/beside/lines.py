r"""Lines in LaTeX about a model, judged in each way in which they can be read.

Two things a line may leave open.  A delta with a quantity at it, ``\delta_t^o``, is the adjoint of
that quantity or, where it is a function of a sum without a name, of the sum: that is given a name.
A matrix stands with its indices as the model has them or the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Mul

from symback.algebra.expressions import Apply, is_softmax
from symback.errors import InputError
from symback.model.claims import Stated
from symback.model.equations import Equation, Model
from symback.model.language.reader import ModelText
from symback.model.language.writer import model_text
from symback.reading.beside.entries import Adjoint, Entries, Value
from symback.reading.beside.naming import Names, latex_of
from symback.reading.formula.relations_typed import bare, refuse_repeats
from symback.reading.formula.syntax import Node, Number, Symbol
from symback.reading.statements.statements import Kind, Statement, read_formula
from symback.records import dataclass
from symback.verification.report import Verdict
from symback.verification.stated import Judged, judge_claims

__all__ = ["Answer", "answer_about", "answer_lines", "answer_typed"]

_UNIT_SUMS = "targets-sum-to-one"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of lines in LaTeX.

    Attributes:
        model: the model, with names for sums that a delta is about.
        judged: the lines with their verdicts.
        readings: how what they leave open was read: codes, each with names.
        has_matrices: whether they name matrices without their indices.
    """

    model: Model
    judged: tuple[Judged, ...]
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    has_matrices: bool = False

    @property
    def holds(self) -> bool:
        """Whether all of it was shown, and something was claimed."""
        return all(one.ok for one in self.judged) and any(one.verdict for one in self.judged)

    @property
    def is_open(self) -> bool:
        """Whether nothing in it was found wrong."""
        return not any(one.verdict is Verdict.REFUTED for one in self.judged)


def answer_about(formula: str, text: ModelText) -> Answer:
    r"""Judge lines in LaTeX about a model.

    Args:
        formula: an equation, as in ``\frac{\partial L}{\partial h_t} = …``, or several.
        text: the model.

    Raises:
        InputError: for what has no place in a line about a model, by its name.
    """
    statements = [s for s in read_formula(formula).statements if s.kind is not Kind.REMARK]
    return answer_lines(statements, text)


def answer_typed(lines: str, text: ModelText) -> Answer:
    r"""Judge lines about a model in LaTeX, or in the language of models.

    Args:
        lines: with a backslash somewhere LaTeX, as for `answer_about`.
        text: the model.

    Raises:
        InputError: for what has no place in a line about a model, by its name.
    """
    lines = bare(lines)
    if "\\" in lines:
        refuse_repeats(lines)
        return answer_about(lines, text)
    claimed = text.with_claims(lines)
    stated = claimed.stated()
    judged = _judged(stated, claimed.sizes)
    if not any(one.claim.of for one in judged):
        others = (name for name in text.checked.known if name != stated.model.loss.name)
        names = ", ".join(f"d{name}" for name in others)
        raise InputError("no line claims a derivative of the loss", hint=f"known are {names}")
    return Answer(stated.model, judged)


def answer_lines(statements: Sequence[Statement], text: ModelText) -> Answer:
    """Judge lines about a model that are read already.

    Args:
        statements: equations, the left one of each chain a derivative of the loss.
        text: the model.

    Raises:
        InputError: for what has no place in a line about a model, by its name.
    """
    found: list[Answer] = []
    turned: list[Answer] = []
    error: InputError | None = None
    for named, flipped in _ways(statements, text):
        try:
            answer = _read(statements, named, flipped)
        except InputError as refused:
            error = error or refused
            continue
        if answer is not None:
            (turned if flipped else found).append(answer)
    best = next((one for one in found if one.holds), None)
    other = next((one for one in turned if one.holds), None)
    if best is None and other is not None:
        if not found:  # as they stand in the model, they do not fit together
            return other
        return replace(found[0], judged=tuple(map(_left_open, found[0].judged)))
    ways = found or turned
    if not ways:
        assert error is not None
        raise error
    # Wrong is what is wrong in every way in which it can be read.
    return best or next((one for one in ways if one.is_open), ways[0])


def _judged(stated: Stated, sizes: Mapping[str, int] | None) -> tuple[Judged, ...]:
    """The lines with their verdicts; one that holds for targets that sum to one is left open.

    A model of a softmax need not say of its targets what every course takes for granted.
    """
    judged = judge_claims(stated, sizes)
    model = stated.model
    has_softmax = any(any(map(is_softmax, e.expression.atoms(Mul))) for e in model.equations)
    if not has_softmax or _UNIT_SUMS in model.facts or all(one.ok for one in judged):
        return judged
    usual = replace(stated, model=replace(model, facts=(*model.facts, _UNIT_SUMS)))
    return tuple(
        _left_open(one, "unit-targets") if two.ok else one
        for one, two in zip(judged, judge_claims(usual, sizes), strict=True)
    )


def _left_open(judged: Judged, reason: str = "matrix-order") -> Judged:
    """A line that holds otherwise, for matrices the other way round, is not called wrong."""
    if judged.ok:
        return judged
    return replace(judged, verdict=Verdict.UNDECIDED, reason=reason, witnesses=(), values=(), at=())


@dataclass(frozen=True, slots=True)
class _Named:
    """A model in which some sums have names: for quantities that are functions of them, which."""

    text: ModelText
    model: Model
    inside: tuple[tuple[str, str], ...] = ()
    apart: frozenset[str] = frozenset()


def _ways(statements: Sequence[Statement], text: ModelText) -> Iterator[tuple[_Named, bool]]:
    """The ways in which lines can be read; the likely ones first."""
    plain = _Named(text, text.model())
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    quantities, apart = Names(plain.model).under_deltas(sides)
    plain = replace(plain, apart=apart)
    named = _with_names(plain, quantities)
    for flipped in (False, True):
        # Where both kinds of delta are about one quantity, they are about its sum and about itself.
        for model in (named,) if named.apart else (named, plain) if named.inside else (plain,):
            yield model, flipped


def _with_names(plain: _Named, quantities: Sequence[str]) -> _Named:
    """The same model with names for the sums that some quantities are functions of."""
    lines = model_text(plain.model).splitlines()
    inside: dict[str, str] = {}
    for name in quantities:
        equation = plain.model.definitions.get(name)
        if equation is None or not isinstance(equation.expression, Apply):
            continue
        function = equation.expression.name
        if isinstance(equation.expression.argument, Symbol):
            continue
        new = next(
            n for n in (f"a{name}", f"{name}_in", f"{name}_in2") if n not in plain.model.quantities
        )
        for place, line in enumerate(lines):
            left, _, right = line.partition(" = ")
            start = f"{function}("
            if left.split("[")[0] == name and right.startswith(start) and right.endswith(")"):
                body = right[len(start) : -1]
                own = new + left[len(name) :]
                lines[place : place + 1] = [f"{own} = {body}", f"{left} = {function}({own})"]
                inside[name] = new
                break
    if not inside:
        return plain
    text = replace(ModelText.of("\n".join(lines), plain.text.source.name), sizes=plain.text.sizes)
    return replace(plain, text=text, model=text.model(), inside=tuple(inside.items()))


def _read(statements: Sequence[Statement], named: _Named, flipped: bool) -> Answer | None:
    """The lines judged in one way; None where that is not another way."""
    entries = Entries(named.model, dict(named.inside), flipped, named.apart)
    lines = _lines(statements, entries)
    if flipped and not entries.matrices:
        return None
    outside = [_outside(name, named.model) for name in entries.beyond]
    try:
        text = named.text.with_claims("\n".join([*lines, *filter(None, outside)]))
    except InputError as error:
        raise error.at("the formula") from None
    stated = text.stated()
    readings: list[tuple[str, tuple[str, ...]]] = []
    for name in entries.deltas:
        inside = dict(named.inside).get(name, "")
        readings.append(("delta-of-sum", (name, inside)) if inside else ("delta", (name,)))
    if flipped:
        readings.append(("matrix-order", ()))
    if any(outside):
        readings.append(("zero-outside", ()))
    judged = _judged(stated, text.sizes)
    return Answer(stated.model, judged, tuple(readings), entries.matrices)


def _lines(statements: Sequence[Statement], entries: Entries) -> list[str]:
    """The lines in the language of models."""
    entries.letters |= {
        node.name
        for statement in statements
        for side in (statement.left, statement.right)
        if side is not None
        for node in side.walk()
        if isinstance(node, Symbol) and len(node.name) == 1
    }
    lines: list[str] = []
    subject: Adjoint | None = None
    for statement in statements:
        if statement.unread is not None:
            raise InputError(
                f"{statement.unread.token or 'what stands there'} is not read",
                where=f"the formula, column {statement.unread.column}",
            )
        left, right = statement.left, statement.right
        if left is None or right is None or statement.relation not in _EQUALITIES:
            raise InputError("that is no equation", where="the formula", hint="as in dW = …")
        own = entries.adjoint_of(left)
        subject = own or (subject if statement.position > 1 else None)
        if subject is None:
            raise InputError(
                f"{latex_of(left)} is no derivative of the loss",
                where="the formula",
                hint=r"the left side is one, as in \frac{\partial L}{\partial h_t} or \delta_t^h",
            )
        lines.append(_line(subject, entries, right))
    if not lines:
        raise InputError("there is no equation", where="the formula")
    return lines


_EQUALITIES = ("=", ":=", "\\equiv")


def _line(subject: Adjoint, entries: Entries, right: Node) -> str:
    value: Value = entries.table(right)
    letters = tuple(entries.fresh(axis) for axis in subject.axes)
    ours = tuple(axis.name for axis in subject.axes)
    theirs = tuple(axis.name for axis in value.axes)
    if theirs != ours and not (isinstance(right, Number) and not theirs):
        raise InputError(
            f"the left side has the shape {_shape(ours)}, the right side {_shape(theirs)}",
            where="the formula",
            hint="write the indices of both",
        )
    left = entries.entry_of(subject)
    return f"{left.at(letters)} = {value.at(letters if value.axes else ())}"


def _is_end(boundary: Equation) -> bool:
    return any(
        index.free_symbols and index not in boundary.quantity.indices for index in boundary.at
    )


def _shape(names: tuple[str, ...]) -> str:
    return " × ".join(names) or "of a number"


def _outside(name: str, model: Model) -> str:
    """That an array is 0 beyond its ends, where a line reads it there and nothing else is said."""
    quantity = model.quantities.get(name)
    if quantity is None:  # an adjoint
        quantity = model.quantities[name.removeprefix("d")]
    elif quantity.outside is not None or any(map(_is_end, model.boundaries.get(name, ()))):
        return ""
    return f"{name}[{','.join(quantity.letters)}] = 0 outside"
