"""One formula of a student's, decided against a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError, quote
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.relations_typed import bare, refuse_repeats
from symback.reading.formula.syntax import Number, stripped
from symback.reading.network.conventions import of_whole_loss, other_conventions
from symback.reading.network.layers_below import with_layers_above
from symback.reading.network.stated import Written, notation_called
from symback.reading.network.worlds import Worlds
from symback.reading.statements.softmax_over import with_softmax_over
from symback.reading.statements.statements import Kind, Statement, read_formula
from symback.reading.statements.verdicts import Judgement, Status
from symback.reading.walking import judged

if TYPE_CHECKING:
    from symback.model.network import Network
    from symback.notation import Notation

__all__ = ["answer", "answer_side", "side_of", "unknown_in"]

Statements = Callable[[FunctionTable], tuple[Statement, ...]]
"""What reads a formula, once it is known which of its names are functions."""

_GOOD = (Status.PROVED, Status.AGREES)


def answer(formula: str, network: Network, notation: Notation | str | None = None) -> Judgement:
    r"""Return the verdict on one formula in LaTeX or plain infix.

    Args:
        formula: an equation, as in ``dL/dW1[1,2] = …`` or ``\frac{\partial L}{…} = …``.
        network: what it is about.
        notation: how it is written, or a preset's name.  Without one the founding notes', and
            what is true in their letters where a weight's indices stand the other way round is
            not refuted.

    Raises:
        InputError: where there is nothing but spaces and punctuation, or nothing between two signs
            of equality.
    """
    refuse_repeats(bare(formula))

    def statements(functions: FunctionTable) -> tuple[Statement, ...]:
        return read_formula(formula, functions).statements

    judgement = _answered(statements, network, notation)
    return _with_sound_repairs(judgement, formula, network, notation)


def answer_side(
    asked: str,
    side: str,
    network: Network,
    notation: Notation | str | None = None,
    *,
    explains: bool = True,
) -> Judgement:
    r"""Return the verdict on what somebody gives for a quantity that is asked for.

    Each of the two may be LaTeX or plain infix, whatever the other is.

    Args:
        asked: what is asked for, as in ``dL/dW1[j,k]``.
        side: what is given for it: an expression, or an equation, of which the last side counts.
        network: what both are about.
        notation: how they are written, as for `answer`.
        explains: whether what is wrong is looked for.

    Raises:
        InputError: where one of the two is no formula, or several.
    """

    def statements(functions: FunctionTable) -> tuple[Statement, ...]:
        return (side_of(asked, side, functions),)

    if not explains:
        return _judgement(statements, network, notation_called(notation), explains=False)
    return _answered(statements, network, notation)


def unknown_in(asked: str, network: Network, notation: Notation | str | None = None) -> str:
    """The name in what is asked for that nothing about the network explains; empty without one.

    Args:
        asked: as for `answer_side`.
        network: what it is about.
        notation: how it is written, as for `answer`.

    Raises:
        InputError: where it is no formula, or about a unit that is not there.
    """

    def statements(functions: FunctionTable) -> tuple[Statement, ...]:
        # Of something by itself nothing is claimed, and a number would be taken for its value.
        return (side_of(asked, f"{asked} + {asked}", functions),)

    judgement = _judgement(statements, network, notation_called(notation), explains=False)
    about = judgement.arguments
    if judgement.reason == "no-such-unit":
        raise InputError(f"{quote(asked)} is about unit {about['unit']} of {about['units']}")
    return about["symbol"] if judgement.reason == "undeclared" else ""


def side_of(asked: str, side: str, functions: FunctionTable | None = None) -> Statement:
    """The equation that has what is asked for on its left, and what is given for it on its right.

    Raises:
        InputError: where one of the two is no formula, or several.
    """
    left = _alone(asked, functions)
    if left.left is None:
        raise InputError(f"{quote(asked)} cannot be read as a formula")
    right = _alone(side, functions)
    if right.kind is Kind.UNREAD:
        return right
    node = right.left if right.right is None else right.right
    return replace(right, left=left.left, relation="=", right=node, kind=Kind.CLAIM, defines=False,
                   position=1)  # fmt: skip


def _alone(text: str, functions: FunctionTable | None) -> Statement:
    """The last statement of one formula, or of one chain of equations."""
    statements = read_formula(text, functions).statements
    if not statements:
        raise InputError("there is no formula")
    unread = [s for s in statements if s.kind is Kind.UNREAD]
    if unread:
        return unread[0]
    if len({s.chain for s in statements}) > 1:
        raise InputError("is more than one formula")
    return statements[-1]


def _answered(
    statements: Statements, network: Network, notation: Notation | str | None
) -> Judgement:
    chosen = notation_called(notation)
    judgement = _in_conventions(statements, network, chosen, chosen)
    if judgement.reason == "undeclared" and (below := _of_layers(statements, network, chosen)):
        second = _in_conventions(below, network, chosen, chosen)
        if second.status in _GOOD:
            judgement = replace(second, readings=(*second.readings, ("layers-below", {})))
    if not network.weight_decay:
        return judgement
    whole = _in_conventions(statements, network, of_whole_loss(chosen), chosen)
    if whole.status in _GOOD and judgement.status not in _GOOD:
        return replace(whole, readings=(*whole.readings, ("loss-has-decay", {})))
    if judgement.status in _GOOD and whole.status is Status.REFUTED:
        return replace(whole, status=Status.UNDECIDED, reason="which-loss", diagnoses=())
    return judgement


def _of_layers(
    statements: Statements, network: Network, notation: Notation | None
) -> Statements | None:
    """The formula with the numbers below it as those of layers; None where they cannot be."""
    written = Written.of(network, notation)
    found = [
        with_layers_above(one, written.stated.statements) for one in statements(written.functions)
    ]
    kept = tuple(one for one in found if one is not None)
    return (lambda _: kept) if kept and len(kept) == len(found) else None


def _with_sound_repairs(
    judgement: Judgement, formula: str, network: Network, notation: Notation | str | None
) -> Judgement:
    """A verdict with the repairs that, typed in its place, make the formula right."""

    def holds(edits: tuple[tuple[int, int, str], ...]) -> bool:
        text = formula
        for start, end, piece in sorted(edits, reverse=True):
            text = text[:start] + piece + text[end:]
        mended = _answered(lambda f: read_formula(text, f).statements, network, notation)
        return mended.status in _GOOD

    return replace(
        judgement,
        diagnoses=tuple(
            found
            if found.repair is None or holds(found.repair.edits)
            else replace(found, repair=None)
            for found in judgement.diagnoses
        ),
    )


def _in_conventions(
    statements: Statements,
    network: Network,
    written: Notation | None,
    chosen: Notation | None,
) -> Judgement:
    """The verdict on a formula in one notation, or in other conventions where it holds in these."""
    judgement = _judgement(statements, network, written)
    if judgement.status not in (Status.REFUTED, Status.UNDECIDED):
        return judgement
    for other, codes in other_conventions(written, orders=chosen is None):
        second = _judgement(statements, network, other, explains=False)
        is_reading = not any(code.startswith("weights") for code in codes)
        if is_reading and network.batch and chosen is not None:
            continue  # a notation says where the samples of a matrix stand
        is_nearer = is_reading and judgement.reason == "shape" and second.reason == "values"
        if is_nearer:
            second = _judgement(statements, network, other)
        second = replace(second, readings=(*second.readings, *((code, {}) for code in codes)))
        judgement = second if is_nearer else judgement
        if second.status in _GOOD:
            if is_reading:
                return second
            return replace(judgement, status=Status.UNDECIDED, reason="weight-order")
    return judgement


def _judgement(
    statements: Statements,
    network: Network,
    notation: Notation | None,
    *,
    explains: bool = True,
) -> Judgement:
    """The verdict on the line of a formula that decides it, in one notation."""
    written = Written.of(network, notation)
    # A student's formula is about what is known already, and defines nothing.
    claims = tuple(
        replace(s, kind=Kind.CLAIM if s.kind is Kind.DEFINITION else s.kind, defines=False)
        for s in map(_meant, statements(written.functions))
    )
    worlds = Worlds(claims, (), written.stated)
    names = _plain_names(network) if notation is None or notation.name == "founding" else ""
    judgements = [_explained(j, names) for j in judged(claims, worlds, explains=explains)]
    if not judgements:
        raise InputError("there is no formula")
    order = (Status.REFUTED, Status.UNREAD, Status.UNDECIDED)
    for status in order:
        for judgement in judgements:
            if judgement.status is status:
                return judgement
    claimed = [j for j in judgements if j.statement.kind is not Kind.EXPRESSION]
    return (claimed or list(judgements))[-1]


def _meant(statement: Statement) -> Statement:
    """A statement as one of a formula alone: `0 = a - b` is what `a - b = 0` says."""
    left, right = statement.left, statement.right
    if left is not None and right is not None and statement.relation == "=":
        if stripped(left) == Number("0") != stripped(right) and statement.position == 1:
            statement = replace(statement, left=right, right=left)
    return with_softmax_over(statement)


def _explained(judgement: Judgement, names: str) -> Judgement:
    """Say of a formula without an equals sign, and of one that only sets a value, that it is so.

    Of one with a name that nothing explains it says which names there are.

    Plain text has no fonts, so that a letter there is no other than the one of the notation.
    """
    if judgement.statement.excerpt.delimiter == "plain":
        said = tuple(r for r in judgement.readings if not _is_of_font(*r))
        judgement = replace(judgement, readings=said)
        if judgement.reason == "undeclared" and names:
            judgement = replace(judgement, arguments={**judgement.arguments, "names": names})
    if judgement.status is Status.REMARK:
        return replace(judgement, status=Status.UNDECIDED, reason="no-claim")
    if judgement.status is Status.ASSIGNMENT and not judgement.reason:
        return replace(judgement, reason="no-claim")
    return judgement


def _plain_names(network: Network) -> str:
    """What the quantities of a network are called in plain text, in the order of the passes."""
    layers = range(1, network.depth)
    hidden = ["h"] if network.depth == 2 else [f"h{layer}" for layer in layers]
    units = [name for one in hidden for name in (f"{one}'", one)]
    return ", ".join(["x", *network.parameter_shapes, *units, "y'", "yhat", "y", "L"])


def _is_of_font(code: str, about: Mapping[str, str]) -> bool:
    """Say whether a reading only takes a letter for the same one in another font."""
    return code == "same-letter" and about["taken"].split()[-1] == about["written"]
