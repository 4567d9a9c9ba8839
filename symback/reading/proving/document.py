"""Verdicts of a document that its own terms leave open, decided by the engine where it can."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Hessian,
    Nabla,
    Node,
    Number,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.lowering.functions import function_written
from symback.reading.network.function_meanings import SIGMOIDS, function_named
from symback.reading.network.known_names import differentiated_with, nodes_of
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.proving.auxiliaries import with_auxiliaries
from symback.reading.proving.chains_put_in import chain_put_in
from symback.reading.proving.fixed_index import fixed_indices, with_indices
from symback.reading.proving.judging import Found
from symback.reading.proving.objective import differentiated
from symback.reading.proving.outer_products import with_outer_products
from symback.reading.proving.samples import decided_of_samples
from symback.reading.statements.statements import Place
from symback.reading.statements.verdicts import Judgement, Status, Witness

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel
    from symback.reading.network.worlds import Worlds
    from symback.reading.statements.statements import Statement

__all__ = ["equations_of", "is_claim_of_derivatives", "with_proofs"]

_BACKWARD = (Derivative, Hessian, Nabla, Differential)
_OPEN = (Status.UNDECIDED, Status.REFUTED)
_DOUBTS = frozenset(
    """numbers-or-arrays doubtful-begun-anew doubtful-condition conditional
    partial-or-total vacuous""".split()
)
_SHOWN = {"proved": Status.PROVED, "agrees": Status.AGREES}


def with_proofs(judgements: Sequence[Judgement], worlds: Worlds) -> tuple[Judgement, ...]:
    """The verdicts on a document, those that are open settled beside a model of its equations.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
    """
    groups: dict[int, tuple[DocumentModel, list[int]]] = {}
    for at, judgement in enumerate(judgements):
        if is_claim_of_derivatives(judgement.statement):
            model = worlds.of(judgement.statement)
            groups.setdefault(id(model), (model, []))[1].append(at)
    found = list(judgements)
    for model, places in groups.values():
        turned = _turned_numbered(model)
        if any(_is_asked(judgements[at], turned) for at in places):
            for at, new in _of_model(model, judgements, places).items():
                found[at] = new
    return tuple(found)


def is_claim_of_derivatives(statement: Statement) -> bool:
    """Say whether a statement claims that two things are equal, everywhere."""
    if not statement.is_claim or statement.conditional or statement.place is Place.BRACE:
        return False
    return statement.left is not None and statement.right is not None


def _is_asked(judgement: Judgement, turned: Container[str]) -> bool:
    """Say whether the engine may settle a line.

    It may not where the line is true of numbers alone, where both sides vanish, or where it is the
    equations that are in doubt. That of what nothing says numbers or arrays it may where one of
    them is transposed, here or in the equations.
    """
    if judgement.status not in _OPEN:
        return False
    if judgement.reason == "numbers-or-arrays":
        named = (x for node in nodes_of(judgement.statement) if isinstance(x := node, Symbol))
        return any(map(_turns_numbered, nodes_of(judgement.statement))) or any(
            bool(symbol.subscripts) and base_of(symbol) in turned for symbol in named
        )
    return judgement.reason not in _DOUBTS


def _turned_numbered(model: DocumentModel) -> set[str]:
    """The letters that its equations transpose with an index below, `u_w^T v`."""
    nodes = (node for d in model.definitions.all() for node in everything(d.body))
    return {base_of(s) for n in nodes if _turns_numbered(n) for s in quantities(n)}


def _turns_numbered(node: Node) -> bool:
    """Say whether this is a transposed letter with an index, `x_i^T`, which shows an array each."""
    body = stripped(node.body) if isinstance(node, Transpose) else None
    return isinstance(body, Symbol) and bool(body.subscripts)


def _start(statement: Statement) -> tuple[Node, Node] | None:
    """The two sides of `h_0 = 0`, which is a value and no equation by itself."""
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or not isinstance(right, Number) or right.value != 0:
        return None
    scripts = (*left.subscripts, *(mark.body for mark in left.marks))
    return (left, right) if Number("0") in scripts else None


def equations_of(model: DocumentModel, statements: Iterable[Statement]) -> list[tuple[Node, Node]]:
    """The equations of a network, and the starts of recursions that the document says."""
    defining = [d.statement for d in model.definitions.all() if d.statement is not None]
    found = [
        (left, _whole(model, left, right))
        for statement in dict.fromkeys(defining)
        if (left := statement.definition[0]) is not None
        and (right := statement.definition[1]) is not None
        and not _leaves_loss_open(model, left, right)
    ]
    starts = [pair for statement in statements if (pair := _start(statement)) is not None]
    return [*found, *(pair for pair in starts if pair not in found)]


def _leaves_loss_open(model: DocumentModel, left: Node, right: Node) -> bool:
    """Say whether an equation only names what a loss is of, `J = l(o)` for an array o.

    No function that is applied entry by entry makes a number of an array.
    """
    body = stripped(right)
    if not isinstance(left, Symbol) or base_of(left) not in LOSSES or not model.arrays:
        return False
    if left.subscripts or left.marks or not isinstance(body, Call) or len(body.arguments) != 1:
        return False
    name, only = function_name(body.function), body.arguments[0]
    if name in model.definitions.functions or function_named(name) is not None:
        return False
    return isinstance(only, Symbol) and model.ranks.rank(only) > 0


def _whole(model: DocumentModel, left: Node, right: Node) -> Node:
    """A formula whose sums reach as far as their indices do."""
    name = left.function if isinstance(left, Call) else left
    if not isinstance(name, Symbol):
        return right
    return model.summed_to_its_end(model.names.split(name), right)


def _of_model(
    model: DocumentModel,
    judgements: Sequence[Judgement],
    places: Sequence[int],
) -> Mapping[int, Judgement]:
    """The verdicts on statements about one network that are new."""
    defining = [d.statement for d in model.definitions.all() if d.statement is not None]
    own = {id(statement) for statement in defining}
    equations = equations_of(model, [judgement.statement for judgement in judgements])
    named = {
        base_of(left) for left, right in equations
        if isinstance(left, Symbol) and differentiated(right) is not None
    }  # fmt: skip
    heads: dict[int, Node] = {}
    claims, wanted = [], []
    for at in places:
        statement = judgements[at].statement
        assert statement.left is not None
        assert statement.right is not None
        head = heads.setdefault(statement.chain, statement.left)
        if id(statement) in own and not _is_of_adjoint(statement, named):
            continue
        claims.append((head, statement.right))
        wanted.append(at)
    turned = _turned_numbered(model)
    asked = [_is_asked(judgements[at], turned) for at in wanted]
    # What is refuted by values needs another judge only where arrays have an index besides.
    sure = [
        judgements[at].status is Status.REFUTED and judgements[at].reason != "shape"
        for at in wanted
    ]
    meanings = {**_written_out(model), **model.meanings}
    chains = [
        chain_put_in(right, equations) if is_asked else None
        for (_, right), is_asked in zip(claims, asked, strict=True)
    ]
    claims = [(left, put or right) for (left, right), put in zip(claims, chains, strict=True)]
    claims = with_auxiliaries(claims, equations)
    claims = [(left, with_outer_products(right)) for left, right in claims]
    fixed = fixed_indices(equations, model.names)
    if fixed:
        equations, claims = with_indices(equations, fixed), with_indices(claims, fixed)
    said = list(_said_of_losses(equations, judgements))
    found = decided_of_samples(equations, claims, asked, meanings, sure, said)
    missed = [
        is_asked and bool(each.generic) and each.verdict not in _SHOWN
        for each, is_asked in zip(found, asked, strict=True)
    ]
    if any(missed):
        sigmoid = dict.fromkeys(SIGMOIDS, "sigmoid")
        with_sigmoid = {**sigmoid, **meanings}
        again = decided_of_samples(equations, claims, missed, with_sigmoid, sure, said)
        found = [
            _of_any_function(one, other) if is_missed else one
            for one, other, is_missed in zip(found, again, missed, strict=True)
        ]
    # `dJ/du_w` is another one for the word itself, of which another line may say it, and a factor
    # of a chain can be meant of all that stands behind it.
    found = [
        replace(one, verdict="") if (fixed or put) and one.verdict not in _SHOWN else one
        for one, put in zip(found, chains, strict=True)
    ]
    found = [
        replace(one, readings=(*one.readings, ("chain-rule-on-arrays", {}))) if put else one
        for one, put in zip(found, chains, strict=True)
    ]
    settled = {
        at: new
        for at, one, is_asked in zip(wanted, found, asked, strict=True)
        if is_asked and (new := _settled(judgements[at], one)) is not None
    }
    numbers = frozenset(_numbers_spread(model, equations))
    for at, (left, _) in zip(wanted, claims, strict=True):
        if at in settled and _is_by(numbers, left):
            del settled[at]
    upright = {name for each in judgements for name in differentiated_with("d", each.statement)}
    for at, new in settled.items():
        if any(code == "partial-of-equation" for code, _ in new.readings):
            if upright.isdisjoint(differentiated_with("∂", new.statement)):
                settled[at] = _open(new.statement, "partial-or-total")
    for at in set(wanted) - settled.keys() if fixed else ():
        if judgements[at].status is Status.REFUTED and judgements[at].reason == "shape":
            names = [
                base_of(n) for n in nodes_of(judgements[at].statement) if isinstance(n, Symbol)
            ]
            if letter := next((fixed[name].name for name in names if name in fixed), ""):
                settled[at] = _open(judgements[at].statement, "index-unbound", index=letter)
    return settled


def _numbers_spread(model: DocumentModel, equations: Iterable[tuple[Node, Node]]) -> Iterator[str]:
    r"""Letters that are said to be one number, `b \in \mathbb R`, and added to every entry.

    Terms of a sum are of one kind for the engine, which would make an array of such a letter.
    """
    for left, right in equations:
        if isinstance(left, Symbol) and model.ranks.rank(left) > 0 and isinstance(right, Sum):
            for term in map(stripped, right.terms):
                if isinstance(term, Symbol) and model.ranks.is_said_number(term):
                    yield base_of(term)


def _is_by(letters: Container[str], left: Node) -> bool:
    left = stripped(left)
    if not isinstance(left, Derivative | Nabla):
        return False
    by = left.by if isinstance(left, Derivative) else (left.by,)
    return any(isinstance(each, Symbol) and base_of(each) in letters for each in by)


def _said_of_losses(
    equations: Sequence[tuple[Node, Node]], judgements: Sequence[Judgement]
) -> Iterator[tuple[Node, Node]]:
    """What a document says of losses anywhere, in equations that its network does not have."""
    for judgement in judgements:
        left, right = judgement.statement.left, judgement.statement.right
        if left is None or right is None or (left, right) in equations:
            continue
        letter = left.function if isinstance(left, Call) else left
        if isinstance(letter, Symbol) and base_of(letter) in LOSSES:
            if not any(isinstance(node, _BACKWARD) for node in everything(right)):
                yield left, right


def _written_out(model: DocumentModel) -> Mapping[str, str]:
    """The functions that a document defines by a formula, by the one of the catalogue they are."""
    found = ((name, function_written(f)) for name, f in model.definitions.functions.items())
    return {name: known for name, known in found if known is not None}


def _of_any_function(found: Found, logistic: Found) -> Found:
    """What is known of a line about functions that are left open, and with σ the logistic one.

    A line that is wrong of any function may be right of the one that is meant, so it is only wrong
    where none is left open.
    """
    if logistic.verdict in _SHOWN:
        readings = (*logistic.readings, ("sigma-is-logistic", {}))
        return replace(logistic, readings=readings)
    if found.verdict == "refuted" and (logistic.verdict != "refuted" or logistic.generic):
        return replace(found, verdict="")
    return found


def _is_of_adjoint(statement: Statement, named: Container[str]) -> bool:
    """Say whether an equation is about a derivative: by its sign, or by a name for one."""
    if isinstance(statement.left, Symbol) and base_of(statement.left) in named:
        return True
    right = statement.right
    return right is not None and any(isinstance(n, _BACKWARD) for n in everything(right))


_WHY = {
    "shapes": "arrays-do-not-fit", "index": "index-unbound",
}  # fmt: skip
"""The reason of a line that stays open, by what stood in the engine's way."""


_OF_SHAPES = ("shape", "doubtful-shape", "shape-of-definition", "layout", "not-a-scalar")
"""Reasons that speak of shapes, which are others where an array has an index besides."""


def _settled(judgement: Judgement, found: Found) -> Judgement | None:
    """A verdict with what the engine says; None where that changes nothing."""
    statement = judgement.statement
    judged = found.judged
    refuted = judgement.status is Status.REFUTED
    if refuted and found.verdict == "refuted" and (found.step or found.supposed is not None):
        return _refuted(statement, found) if judgement.reason == "shape" else None
    if refuted and judgement.reason != "shape":
        # What both can read, the document's own terms have read with more care.
        if not (found.beyond and found.verdict in _SHOWN):
            return None
    if found.verdict in (*_SHOWN, "refuted") and found.step:
        reason = "part-of-step" if found.verdict in _SHOWN else "index-unbound"
        return _open(statement, reason, index=found.step)
    if found.verdict in _SHOWN and judged is not None:
        readings = list(found.readings)
        readings += [("inner-steps", {})] * found.inner
        if found.supposed is not None:
            of, on = found.supposed
            readings.append(("any-function-of", {"of": of, "on": ", ".join(on)}))
        status = _SHOWN[found.verdict]
        if status is Status.AGREES:
            return Judgement(statement, status, "numbers", readings=tuple(readings))
        return Judgement(
            statement, status, judged.reason, readings=tuple(readings), scope="all-sizes"
        )
    if found.verdict == "refuted" and found.supposed is not None:
        return _open(statement, "supposed")
    if found.verdict == "refuted":
        # What keeps a line from being refuted by its own terms keeps it here: a case, a condition,
        # a definition that may be another.
        doubtful = judgement.reason.startswith("doubtful-") and judgement.reason not in _OF_SHAPES
        return None if doubtful else _refuted(statement, found)
    if found.verdict == "from-zero":
        return _open(statement, "start-unsaid", of=", ".join(found.start))
    if found.verdict == "one-step":
        return _open(statement, "partial-or-total") if found.beyond else None
    if found.beyond:
        code, what = found.why
        if code not in _WHY and judgement.reason not in _OF_SHAPES:
            return None
        reason = _WHY.get(code, "arrays-in-steps")
        return _open(statement, reason, **({"index": what} if reason == "index-unbound" else {}))
    return None


def _refuted(statement: Statement, found: Found) -> Judgement | None:
    """A refutation by values; None where one side has none."""
    judged = found.judged
    if judged is None or not judged.values:
        return None
    at = dict(zip(found.letters, judged.at, strict=True))
    return Judgement(statement, Status.REFUTED, "values", witness=Witness(at, *judged.values))


def _open(statement: Statement, reason: str, **about: str) -> Judgement:
    return Judgement(statement, Status.UNDECIDED, reason, about)
