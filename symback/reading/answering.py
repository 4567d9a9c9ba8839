"""One formula of a student's, decided against a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError, quote
from symback.reading.answers.ends import end_amiss, reaching_further, with_known_count
from symback.reading.answers.entries import by_entries, has_vector
from symback.reading.answers.names import layer_amiss, unknown_name
from symback.reading.answers.programs import without_calls
from symback.reading.answers.spellings import Spellings
from symback.reading.answers.units import with_units_as_written
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.relations_typed import bare, refuse_repeats
from symback.reading.formula.syntax import Number, stripped
from symback.reading.network.conventions import of_whole_loss, other_conventions
from symback.reading.network.layers_below import with_layers_above
from symback.reading.network.stated import Written, notation_called
from symback.reading.network.worlds import Worlds
from symback.reading.statements.from_zero import counted_from_one
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
# Why a formula can be open for a name that the network does not have.
_OF_NAMES = (
    "undeclared",
    "supposed",
    "no-path",
    "no-such-layer",
    "doubtful-readings",
    "doubtful-condition",
    "doubtful-shape",
)


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
    if judgement.status is Status.REFUTED and judgement.reason == "shape" and "*" in formula:
        # A `*` that a number stands before is any product; of arrays it is that of their entries.
        second = _answered(
            lambda table: read_formula(formula, table, arrays=True).statements, network, notation
        )
        judgement = second if second.reason != "shape" else judgement
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
    if network.batch and (entries := _of_entries(statements, network, chosen)) is not None:
        judgement = _decided(entries, network, chosen)
        return replace(judgement, readings=(*judgement.readings, ("by-entries", {})))
    judgement = _decided(statements, network, chosen)
    spellings = Spellings.of_network(network, chosen)
    if network.batch and judgement.status in (*_GOOD, Status.REFUTED):
        if has_vector(judgement.statement, spellings):
            # An array of all samples is not what was typed.
            return replace(judgement.doubted("arrays-in-steps"), witness=None)
    return judgement


def _decided(statements: Statements, network: Network, chosen: Notation | None) -> Judgement:
    judgement = _in_conventions(statements, network, chosen, chosen)
    if judgement.reason == "undeclared" and (below := _of_layers(statements, network, chosen)):
        second = _in_conventions(below, network, chosen, chosen)
        if second.status in _GOOD:
            judgement = replace(second, readings=(*second.readings, ("layers-below", {})))
    if judgement.status not in _GOOD:
        judgement = _counted_as_known(judgement, statements, network, chosen)
    if not network.weight_decay:
        return judgement
    whole = _in_conventions(statements, network, of_whole_loss(chosen, batch=network.batch), chosen)
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


def _of_entries(
    statements: Statements, network: Network, notation: Notation | None
) -> Statements | None:
    """The formula with vectors of single samples entry by entry; None where it has none."""
    spellings = Spellings.of_network(network, notation)
    written = Written.of(network, notation)
    own = statements(written.functions)
    found = [by_entries(one, spellings) for one in own]
    if all(one is None for one in found):
        return None
    kept = tuple(old if new is None else new for old, new in zip(own, found, strict=True))
    return lambda _: kept


def _counted_as_known(
    judgement: Judgement, statements: Statements, network: Network, notation: Notation | None
) -> Judgement:
    """The verdict on a formula that counts from 0, or has its own letter for how many samples.

    That is the one reached already where it does neither, or where that decides nothing.
    """
    spellings = Spellings.of_network(network, notation)
    written = Written.of(network, notation)
    own = tuple(statements(written.functions))
    said: list[tuple[str, Mapping[str, str]]] = []
    if (found := counted_from_one(own)) != own:
        said.append(("counted-from-zero", {}))
    twins = [with_known_count(one, spellings) for one in found]
    letters = sorted({twin[1] for twin in twins if twin is not None})
    if letters:
        said.append(("counts-samples", {"of": ", ".join(letters)}))
        found = tuple(s if t is None else t[0] for s, t in zip(found, twins, strict=True))
    if not said:
        return judgement
    second = _in_conventions(lambda _: found, network, notation, notation)
    if second.status in _GOOD or (second.status is Status.REFUTED and not letters):
        return replace(second, readings=(*second.readings, *said))
    return judgement


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
    spellings = Spellings.of_network(network, notation)
    # A student's formula is about what is known already, and defines nothing.
    claims = tuple(
        with_units_as_written(
            replace(s, kind=Kind.CLAIM if s.kind is Kind.DEFINITION else s.kind, defines=False),
            spellings,
        )
        for s in map(_meant, statements(written.functions))
    )
    columns = notation is not None and written.stated.columns
    claims = tuple(
        without_calls(s, spellings.count, rows=not columns, one_output=network.layers[-1] == 1)
        for s in claims
    )
    worlds = Worlds(claims, (), written.stated)
    founding = notation is None or notation.name == "founding"
    plain = _plain_names(network) if founding else ""
    judgements = [
        _explained(_held(j, spellings, plain)) for j in judged(claims, worlds, explains=explains)
    ]
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


def _held(judgement: Judgement, spellings: Spellings, plain: str) -> Judgement:
    """A verdict held against the names and the numbers of units that a stated network has.

    Args:
        judgement: the verdict.
        spellings: how the network is written.
        plain: its names in plain text, where these are the notation's.
    """
    statement = judgement.statement
    if judgement.status in _GOOD:
        if any(code == "sum-reaches-further" for code, _ in judgement.readings):
            letters = {"index": ", ".join(reaching_further(statement))}
            return replace(judgement.doubted("doubtful-meaning"), arguments=letters, readings=())
        if (about := end_amiss(statement, spellings)) is not None:
            return replace(judgement.doubted("sum-beyond-range"), arguments=about)
        return judgement
    if judgement.status is Status.REFUTED or judgement.reason in _OF_NAMES:
        if (about := layer_amiss(statement, spellings)) is not None:
            return _left_open(judgement, "no-such-layer", about)
        if name := unknown_name(statement, spellings):
            typed = statement.excerpt.delimiter == "plain" and plain
            names = {"symbol": name, "names": plain if typed else spellings.names()}
            return _left_open(judgement, "undeclared", names)
        about = end_amiss(statement, spellings)
        if about is not None and "first" in about:
            return _left_open(judgement, "sum-beyond-range", about)
    if judgement.reason == "undeclared":
        typed = statement.excerpt.delimiter == "plain" and plain
        named = {**judgement.arguments, "names": plain if typed else spellings.names()}
        return replace(judgement, arguments=named)
    return judgement


def _left_open(judgement: Judgement, reason: str, about: Mapping[str, str]) -> Judgement:
    return replace(judgement.doubted(reason), arguments=about, witness=None, readings=())


def _explained(judgement: Judgement) -> Judgement:
    """Say of a formula without an equals sign, and of one that only sets a value, that it is so.

    Plain text has no fonts, so that a letter there is no other than the one of the notation.
    """
    if judgement.statement.excerpt.delimiter == "plain":
        said = tuple(r for r in judgement.readings if not _is_of_font(*r))
        judgement = replace(judgement, readings=said)
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
