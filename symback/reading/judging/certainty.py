"""How sure it is what a statement is about: whether a difference between its sides refutes it.

A right line that is called wrong is worse than none. Two sides that differ refute a statement only
where everything they are made of is said in its own section, once, and was read in the only way;
elsewhere the slip must be shown as well, by the one small edit that makes the line true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Hessian,
    Nabla,
    Node,
    Power,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.judging.cases_of_indices import has_twin
from symback.reading.judging.certain_indices import (
    counts_by_quantity,
    leaves_layer_open,
    marks_samples_besides,
    mixes_layers,
    rests_on_letters,
    rests_on_rows,
    spends_delta,
)
from symback.reading.judging.certain_shapes import are_lengths, has_certain_shape, shares_weights
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import everything, quantities, written
from symback.reading.network.worlds import Worlds, is_by_derivative
from symback.reading.statements.repeated_indices import as_written
from symback.reading.statements.statements import Kind, Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = [
    "doubts",
    "holds_as_written",
    "is_linearization",
    "is_not_differentiated",
    "is_of_gradients",
    "resembles",
    "shows_slip",
]

_OPEN = frozenset(
    """sum-reaches-further elementwise-product softmax-of-rows softmax-of-columns
    only-layer""".split()
)
_DERIVATIVES = (Derivative, Hessian, Nabla, Differential)
_SLIPS = frozenset(
    """prime-missing prime-extra derivative-missing derivative-extra indices-exchanged index layer
    transpose-missing transpose-extra product""".split()
)

_FAR = frozenset(["factor-missing", "factor-extra", "other-quantity", "left-side"])


def shows_slip(judgement: Judgement) -> bool:
    """Say whether one small edit of a kind that is only ever a slip makes a line true."""
    return any(
        diagnosis.code == "inherits"
        or (
            diagnosis.repair is not None
            and diagnosis.repair.unique
            and diagnosis.repair.code in _SLIPS
        )
        for diagnosis in judgement.diagnoses
    )


def resembles(judgement: Judgement) -> bool:
    """Say whether a line is one small edit away from a true one, whichever edit that is."""
    return any(
        each.repair is not None and each.repair.code not in _FAR for each in judgement.diagnoses
    )


def holds_as_written(judge: Judge, statement: Statement) -> bool:
    """Say whether a line holds where none of its repeated indices is summed over."""
    left, right = statement.left, statement.right
    if left is None or right is None:
        return False
    plain = as_written(left), as_written(right)
    return plain != (left, right) and judge.sides(*plain).status in (Status.PROVED, Status.AGREES)


def is_not_differentiated(judge: Judge, statement: Statement) -> bool:
    """Say whether a derivative is said to be what is differentiated, whose formula stands there.

    The sign of the derivative was left out: `dE/dw = 1/2 sum_k (a_k - t_k)^2`.
    """
    left, right = statement.left, statement.right
    if not isinstance(left, Derivative) or left.of is None or right is None:
        return False
    if isinstance(stripped(right), Symbol) or not isinstance(left.of, Symbol):
        return False
    return judge.sides(left.of, right).status is Status.PROVED


def doubts(judge: Judge, worlds: Worlds, judgement: Judgement) -> Iterator[str]:
    """The codes of what is not certain about a statement's network."""
    statement = judgement.statement
    model = judge.model
    if model.sizes.penalty:
        yield "sizes"
    if rests_on_letters(model, statement) or rests_on_rows(model, statement):
        yield "readings"
    if marks_samples_besides(statement):
        yield "readings"
    if mixes_layers(model, statement) or leaves_layer_open(model, statement):
        yield "readings"
    # A star between arrays is entry by entry in every program, and so in plain text.
    sure = {"elementwise-product"} if statement.excerpt.delimiter == "plain" else set()
    open_codes = {code for code, _ in judgement.readings} & (_OPEN - sure)
    if open_codes == {"elementwise-product"} and _is_wrong_of_numbers(worlds, model, judgement):
        open_codes = set()
    if open_codes:
        yield "readings"
    if spends_delta(judge, statement):
        yield "readings"
    depends = any(_is_supposed(code, about) for code, about in judgement.readings)
    if depends and not _shares_loss(model, statement):
        yield "readings"
    if _says_slope(worlds, judgement):
        yield "readings"
    if statement.relation == "\\approx" or is_linearization(statement):
        yield "approximation"
    if judgement.reason == "shape" and statement.defines and not statement.excerpt.display:
        yield "begun-anew"  # "if A = B C, then" is about any A
    if judgement.reason == "shape" and are_lengths(judge, judgement):
        yield "shape"  # two vectors that nothing ties may have one length
    if judgement.reason == "shape" and not has_certain_shape(judge, judgement):
        yield "shape"  # what is a row and what a column is rarely said of every quantity
    if judgement.reason == "shape" and shares_weights(model):
        yield "shape"  # steps are not layers with widths of their own
    if judgement.reason == "shape" and model.names.letters_are_layers:
        yield "shape"  # of which layer a vector is that has no letter, nothing says
    if counts_by_quantity(worlds, judge, statement):
        yield "readings"
    if not (
        is_of_gradients(judge, worlds, statement)
        or judge.is_identity(statement)
        or resembles(judgement)
        or (statement.defines and not worlds.may_begin(statement))
    ):
        yield "condition"  # `n sigma^2 = 1` can be what is asked for
    if has_twin(worlds, statement) and judge.holds_apart(statement):
        yield "case"  # `do_j/dz_i = -o_j o_i` beside `do_i/dz_i = o_i (1 - o_i)`
    if _restates(statement) and not resembles(judgement):
        yield "begun-anew"
    if statement.kind is Kind.DEFINITION and not judgement.diagnoses:
        yield "begun-anew"  # the first of the layers, of which the equation of all says nothing
    section = worlds.section[id(statement)]
    if any(worlds.section[id(s)] == section for s in worlds.anew):
        yield "begun-anew"
    if _borrows(judge, worlds, statement):
        yield "borrowed"


def _says_slope(worlds: Worlds, judgement: Judgement) -> bool:
    """Say whether the document has a derivative of what is taken for any function: `dy/db = 1`."""
    found = (about for code, about in judgement.readings if code == "any-function-of")
    supposed = {(about["of"], about["on"]) for about in found}
    if not supposed:
        return False
    for statement in worlds.statements:
        left, right = statement.left, statement.right
        if statement is judgement.statement or right is None or not isinstance(left, Derivative):
            continue
        if left.of is None or len(left.by) != 1:
            continue
        of, by = stripped(left.of), stripped(left.by[0])
        if isinstance(of, Symbol) and isinstance(by, Symbol):
            if (written(of), written(by)) in supposed:
                if not any(isinstance(node, _DERIVATIVES) for node in everything(right)):
                    return True
    return False


def _is_wrong_of_numbers(worlds: Worlds, model: DocumentModel, judgement: Judgement) -> bool:
    """Say whether a line that is wrong entry by entry is also wrong of numbers alone."""
    numbers = worlds.of_numbers(model)
    if numbers is None or judgement.reason != "values":
        return False
    found = Judge(numbers).judge(judgement.statement)
    return found.status is Status.REFUTED and found.reason == "values"


def _is_supposed(code: str, about: Mapping[str, str]) -> bool:
    """Say whether a function is only supposed; a loss may be any one, and a line holds for all."""
    if code == "any-function-of":
        return re.split("[_^]", about["of"])[0] not in LOSSES
    return code == "depends-on"


def _chain(worlds: Worlds, statement: Statement) -> Iterator[Node]:
    """Every node of a statement and of the first expression of its chain."""
    sides = [s.left for s in worlds.statements if s.chain == statement.chain][:1]
    for side in (*sides, statement.left, statement.right):
        if side is not None:
            yield from everything(side)


def is_of_gradients(judge: Judge, worlds: Worlds, statement: Statement) -> bool:
    """Say whether a statement claims something of derivatives, or of what is defined by one."""

    def is_one(node: Node) -> bool:
        if isinstance(node, Call):
            return bool(node.order)
        if isinstance(node, Symbol):
            definitions = judge.model.definitions.under(judge.model.names.split(node))
            return node.name == "delta" or any(
                isinstance(stripped(d.body), _DERIVATIVES) for d in definitions
            )
        return isinstance(node, _DERIVATIVES)

    return any(map(is_one, _chain(worlds, statement)))


def _shares_loss(model: DocumentModel, statement: Statement) -> bool:
    """Say whether both sides differentiate the same thing, so that its form does not matter."""
    sides = [
        {of for node in everything(side) for of in _differentiated(model, node)}
        for side in (statement.left, statement.right)
        if side is not None
    ]
    return bool(sides[0] & sides[-1])


def _differentiated(model: DocumentModel, node: Node) -> Iterator[Node]:
    """What a derivative is of, also where it has a name: the loss, of `delta`."""
    if isinstance(node, Derivative | Nabla) and node.of is not None:
        yield node.of
    elif isinstance(node, Symbol):
        for definition in model.definitions.under(model.names.split(node)):
            body = stripped(definition.body)
            if isinstance(body, Derivative | Nabla) and body.of is not None:
                yield body.of


def is_linearization(statement: Statement) -> bool:
    """Say whether a line is a first-order approximation: `f(x + h) = f(x) + h f'(x)`.

    So is `(x + epsilon)^2 = x^2 + 2 x epsilon`.
    """
    left, right = statement.left, statement.right
    if isinstance(left, Power) and isinstance(base := stripped(left.base), Sum):
        return Symbol("epsilon") in base.terms or Symbol("varepsilon") in base.terms
    if not (isinstance(left, Call) and isinstance(right, Sum) and len(left.arguments) == 1):
        return False
    shifted = left.arguments[0]
    return isinstance(shifted, Sum) and any(
        isinstance(term, Call) and term.function == left.function and term != left
        for term in right.terms
    )


def _restates(statement: Statement) -> bool:
    """Say whether a derivative is written out by a formula for what is differentiated.

    `partial y / partial x = partial (w x) / partial x` says what y is, as a definition does.
    """
    left, right = statement.left, statement.right
    return (
        isinstance(left, Derivative)
        and isinstance(right, Derivative)
        and left.by == right.by
        and isinstance(left.of, Symbol)
        and right.of is not None
        and not isinstance(right.of, Symbol)
    )


def _borrows(judge: Judge, worlds: Worlds, statement: Statement) -> bool:
    """Say whether a statement rests on equations of another section.

    A section that names derivatives and defines nothing else, `delta_k = dL/dz_k`, has no network
    of its own: it is about that of the others, as one without any definition is.
    """
    model = judge.model
    section = worlds.section[id(statement)]
    derives_only = not any(
        id(s) in model.definitions.adopted
        and worlds.section[id(s)] == section
        and not is_by_derivative(s)
        for s in worlds.statements
    )
    waiting = [side for side in (statement.left, statement.right) if side is not None]
    seen: set[tuple[str, str]] = set()
    while waiting:
        node = waiting.pop()
        names = [node.function for node in everything(node) if isinstance(node, Call)]
        for symbol in (*quantities(node), *names):
            parts = model.names.split(symbol)
            key = (parts.base, parts.tag)
            if key in seen:
                continue
            seen.add(key)
            for definition in model.definitions.of.get(key, ()):
                own = definition.statement
                if own is not None and worlds.section.get(id(own), section) != section:
                    if not (derives_only and worlds.is_defined_once(own)):
                        return True
                waiting.append(definition.body)
    return False
