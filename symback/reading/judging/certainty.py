"""How sure it is what a statement is about: whether a difference between its sides refutes it.

A right line that is called wrong is worse than none. Two sides that differ refute a statement only
where everything they are made of is said in its own section, once, and was read in the only way;
elsewhere the slip must be shown as well, by the one small edit that makes the line true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Entry,
    Nabla,
    Node,
    Power,
    Relation,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.judging.judge import Judge, written
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import free_letters
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import (
    base_of,
    everything,
    quantities,
    spelled,
    summed_letters,
)
from symback.reading.network.worlds import Worlds
from symback.reading.statements.conditions import returns
from symback.reading.statements.repeated_indices import as_written, repeats
from symback.reading.statements.statements import Kind, Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = [
    "doubts",
    "holds_as_written",
    "holds_in_case",
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
_BY_WHAT = frozenset(["chain-rule-on-arrays", "gradient-by-output"])
_DERIVATIVES = (Derivative, Nabla, Differential)
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


def holds_in_case(judge: Judge, worlds: Worlds, statement: Statement) -> bool:
    """Say whether a line holds in a case of which its section spoke: `For j = k:`, far above."""
    cases = _conditions_before(judge, worlds, statement)
    return any(judge.holds_where(statement, *case) for case in cases)


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
    if _rests_on_letters(model, statement) or _rests_on_rows(model, statement):
        yield "readings"
    if _marks_samples_besides(statement):
        yield "readings"
    if _mixes_layers(model, statement) or _leaves_layer_open(model, statement):
        yield "readings"
    # A star between arrays is entry by entry in every program, and so in plain text.
    sure = {"elementwise-product"} if statement.excerpt.delimiter == "plain" else set()
    open_codes = {code for code, _ in judgement.readings} & (_OPEN - sure)
    if open_codes == {"elementwise-product"} and _is_wrong_of_numbers(worlds, model, judgement):
        open_codes = set()
    if open_codes:
        yield "readings"
    if _spends_delta(judge, statement):
        yield "readings"
    depends = any(_is_supposed(code, about) for code, about in judgement.readings)
    if depends and not _shares_loss(model, statement):
        yield "readings"
    if _says_slope(worlds, judgement):
        yield "readings"
    if statement.relation == "\\approx" or is_linearization(statement):
        yield "approximation"
    if judgement.reason == "shape" and _are_lengths(judge, judgement):
        yield "shape"  # two vectors that nothing ties may have one length
    if judgement.reason == "shape" and not _has_certain_shape(judge, judgement):
        yield "shape"  # what is a row and what a column is rarely said of every quantity
    if judgement.reason == "shape" and _shares_weights(model):
        yield "shape"  # steps are not layers with widths of their own
    if judgement.reason == "shape" and model.names.letters_are_layers:
        yield "shape"  # of which layer a vector is that has no letter, nothing says
    if _counts_by_quantity(worlds, judge, statement):
        yield "readings"
    if not (
        is_of_gradients(judge, worlds, statement)
        or judge.is_identity(statement)
        or resembles(judgement)
        or (statement.defines and not worlds.may_begin(statement))
    ):
        yield "condition"  # `n sigma^2 = 1` can be what is asked for
    if _has_twin(worlds, statement) and judge.holds_apart(statement):
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


def _counts_by_quantity(worlds: Worlds, judge: Judge, statement: Statement) -> bool:
    """Say whether an index of a line is a quantity elsewhere: `p_y`, of the class y of the loss."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    letters = set(judge.indices.letters(*sides))
    section = worlds.section[id(statement)]
    return any(
        base_of(symbol) in letters
        for s in worlds.statements
        if worlds.section[id(s)] == section
        for side in (s.left, s.right)
        if side is not None
        for symbol in quantities(side)
        if symbol.subscripts or symbol.marks
    )


def _is_wrong_of_numbers(worlds: Worlds, model: DocumentModel, judgement: Judgement) -> bool:
    """Say whether a line that is wrong entry by entry is also wrong of numbers alone."""
    numbers = worlds.of_numbers(model)
    if numbers is None or judgement.reason != "values":
        return False
    found = Judge(numbers).judge(judgement.statement)
    return found.status is Status.REFUTED and found.reason == "values"


def _mixes_layers(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a letter for a layer stands with another one, of which nothing says the layer.

    Where a_j and a_k are two layers, the a_l of a sum is of either, and so is the a_j of a softmax
    of a_k.
    """
    names, known = model.names, model.definitions
    if not (names.letters_are_layers or names.lettered):
        return False
    sides = [side for side in (statement.left, statement.right) if side is not None]
    behind = [found.body for found in definitions_behind(model, sides)]
    bodies = [*sides, *behind]
    defined = {base for base, _ in known.of}
    for body in behind:
        layers: dict[str, set[tuple[str, object]]] = {}
        for symbol in quantities(body):
            parts = names.split(symbol)
            if symbol.subscripts and parts.base in defined:
                layers.setdefault(parts.base, set()).add((parts.tag, parts.layer))
        if any(len(found) > 1 for found in layers.values()):
            return True
    return any(
        names.split(symbol).base in defined and not known.under(names.split(symbol))
        for body in bodies
        for symbol in quantities(body)
        if symbol.subscripts
    )


def _marks_samples_besides(statement: Statement) -> bool:
    """Say whether a sample stands above a letter beside its layer, `delta^{(x, l)}`."""
    return any(
        isinstance(mark.body, Tuple)
        and any(isinstance(item, Symbol) and item.font for item in mark.body.items)
        for side in (statement.left, statement.right)
        if side is not None
        for symbol in quantities(side)
        for mark in symbol.marks
    )


def _leaves_layer_open(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation behind a line has a raised letter that its left side has not.

    `L = sum_l (e_l^k)^2` is of one k, whichever is looked at.
    """
    sides = [side for side in (statement.left, statement.right) if side is not None]
    names = model.names
    for found in definitions_behind(model, sides):
        if found.statement is None:
            continue
        own = found.parts.layer
        bound = {spelled(x) for x in quantities(own)} if own is not None else set()
        bound |= {
            letter
            for node in everything(found.body)
            if isinstance(node, BigSum)
            for letter in map(spelled, node.indices)
        }
        for symbol in quantities(found.body):
            layer = names.split(symbol).layer
            if layer is None or (own is None and not isinstance(layer, Symbol)):
                continue
            letters = {spelled(x) for x in quantities(layer) if x.name.islower()}
            if own is None:
                letters -= names.layer_letters
            if not letters <= bound:
                return True
    return False


def _rests_on_rows(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line rests on a letter whose one index may be that of a row."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    bodies = [*sides, *(found.body for found in definitions_behind(model, sides))]
    return bool(model.with_rows) and any(
        base_of(symbol) in model.with_rows for body in bodies for symbol in quantities(body)
    )


def _shares_weights(model: DocumentModel) -> bool:
    """Say whether what was taken for layers has its weights in common: `a_t = f(V a_{t-1})`."""
    names = model.names
    for definition in model.definitions.all():
        if definition.parts.layer is None:
            continue
        uses = [(symbol, names.split(symbol)) for symbol in quantities(definition.body)]
        if any(isinstance(parts.layer, Sum) for _, parts in uses):
            if not any(s.name[0].isupper() and p.layer is not None for s, p in uses):
                if any(s.name[0].isupper() and not p.indices for s, p in uses):
                    return True
    return False


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


def _are_lengths(judge: Judge, judgement: Judgement) -> bool:
    """Say whether shapes differ as those of two vectors do whose lengths nobody has said."""
    witness = judgement.witness
    if witness is None or judge.model.stated.widths:
        return False
    shapes = [shape.split("×") for shape in (witness.left, witness.right)]
    one, other = shapes
    return len(one) == len(other) == 2 and any(one[at] == other[at] == "1" for at in (0, 1))


def _has_certain_shape(judge: Judge, judgement: Judgement) -> bool:
    """Say whether the shapes of both sides are certain: of a gradient, and of what has a rank."""
    left = judgement.statement.left
    if isinstance(left, Symbol):  # `delta`, which a derivative of the loss defines
        own = judge.model.definitions.under(judge.model.names.split(left))
        bodies = [stripped(definition.body) for definition in own]
        left = bodies[0] if len(bodies) == 1 else left
    if not isinstance(left, Derivative | Nabla) or not isinstance(left.of, Symbol):
        return False
    if base_of(left.of) not in LOSSES or any(map(_is_of_array, _nodes(judgement.statement))):
        return False
    if _is_by_the_same(judgement.statement) or _sums_free_letter(judge, judgement.statement):
        return False
    if any(code in _BY_WHAT for code, _ in judgement.readings):
        return False
    if any(map(judge.model.ranks.is_guessed, _bare(judgement.statement))):
        return False
    if any(_stacks(judge, symbol) for symbol in _bare(judgement.statement)):
        return False
    return not any(_transposes_entry(judge, node) for node in _nodes(judgement.statement))


def _stacks(judge: Judge, symbol: Symbol) -> bool:
    """Say whether a matrix that nothing defines has the vectors of equations: X beside `x_i`.

    Nothing says whether these are its rows or its columns.
    """
    model = judge.model
    if not symbol.name[0].isupper() or model.definitions.under(model.names.split(symbol)):
        return False
    return any(
        part.name == symbol.name.lower() and (part.subscripts or part.marks)
        for definition in model.definitions.all()
        for part in quantities(definition.body)
    )


def _transposes_entry(judge: Judge, node: Node) -> bool:
    """Say whether what is transposed was taken for a number: `h_t` is one state."""
    body = stripped(node.body) if isinstance(node, Transpose) else None
    return isinstance(body, Symbol) and not judge.model.ranks.rank(body)


def _is_by_the_same(statement: Statement) -> bool:
    """Say whether both sides differentiate by one quantity: nobody takes these for two shapes."""
    left, right = (
        {by for node in everything(side) if isinstance(node, Derivative) for by in node.by}
        for side in (statement.left, statement.right)
        if side is not None
    )
    return not left.isdisjoint(right)


def _sums_free_letter(judge: Judge, statement: Statement) -> bool:
    """Say whether the right side sums over a letter that is one of the left side's indices."""
    assert statement.left is not None
    free = set(judge.indices.letters(statement.left))
    return any(
        isinstance(node, BigSum) and not free.isdisjoint(summed_letters(node))
        for node in _nodes(statement)
    )


def _nodes(statement: Statement) -> Iterator[Node]:
    for side in (statement.left, statement.right):
        yield from everything(side) if side is not None else ()


def _bare(statement: Statement) -> Iterator[Symbol]:
    for node in _nodes(statement):
        if isinstance(node, Symbol) and not node.subscripts:
            yield node


def _is_of_array(node: Node) -> bool:
    """Say whether this differentiates what is no loss: how such a derivative lies is convention."""
    return isinstance(node, Derivative) and not (
        isinstance(node.of, Symbol) and base_of(node.of) in LOSSES
    )


def _conditions_before(
    judge: Judge, worlds: Worlds, statement: Statement
) -> list[tuple[Relation, ...]]:
    """The cases of its indices of which the section spoke before a statement, and did not leave.

    Of a line with several, `i = k, l != j`, all together are one.
    """
    if statement.left is None or statement.right is None:
        return []
    letters = judge.model.constants.union(judge.indices.letters(statement.left, statement.right))
    section = worlds.section[id(statement)]
    found: dict[int, tuple[Relation, ...]] = {}
    for other in worlds.statements:
        if worlds.section[id(other)] != section or returns(other.excerpt):
            found.clear()
        if other is statement:
            break
        one, two = other.left, other.right
        if isinstance(one, Symbol) and isinstance(two, Symbol) and other.relation in ("=", "\\neq"):
            if {spelled(one), spelled(two)} <= letters:
                case = Relation((one, two), (other.relation,))
                found[other.line] = (*found.get(other.line, ()), case)
    return list(found.values())


def _has_twin(worlds: Worlds, statement: Statement) -> bool:
    """Say whether the case of one unit is told apart: `do_i/dz_i` beside `do_j/dz_i`."""
    heads = [s.left for s in worlds.statements if s.chain == statement.chain][:1]
    own = next(iter(filter(None, map(_pair, [*heads, statement.left]))), None)
    if own is None or own[1] == own[3]:
        return False
    others = (_pair(s.left) for s in worlds.statements)
    return any(
        other is not None and (other[0], other[2]) == (own[0], own[2]) and other[1] == other[3]
        for other in others
    )


def _pair(node: Node | None) -> tuple[Node, Node, Node, Node] | None:
    """The quantities and indices of a derivative of one entry by another."""
    if not isinstance(node, Derivative) or len(node.by) != 1 or node.of is None:
        return None
    of, by = _of_entry(stripped(node.of)), _of_entry(node.by[0])
    return (*of, *by) if of is not None and by is not None else None


def _of_entry(node: Node) -> tuple[Node, Node] | None:
    """A quantity, or a function of one, and the only index behind it."""
    if isinstance(node, Entry) and len(node.indices) == 1:
        return node.body, node.indices[0]
    if isinstance(node, Symbol) and len(node.subscripts) == 1:
        return Symbol(base_of(node)), node.subscripts[0]
    return None


def _rests_on_letters(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation behind a line has an index that nothing sums and no side has.

    `E = -y_i log a_i` can be of one fixed i or, as physicists write it, of the sum over all.
    """
    sides = [side for side in (statement.left, statement.right) if side is not None]
    return bool(model.constants) and any(
        not definition.parts.indices
        and not model.constants.isdisjoint(free_letters(definition.body, model.names))
        for definition in definitions_behind(model, sides)
    )


def _spends_delta(judge: Judge, statement: Statement) -> bool:
    """Say whether an index of one side alone stands in a Kronecker delta and beside it.

    `x_k delta_{kq} = x_q` is the sum over k, as physicists write it.
    """
    left, right = statement.left, statement.right
    if left is None or right is None:
        return False
    names = judge.model.names
    deltas = [
        parts
        for symbol in (*quantities(left), *quantities(right))
        if judge.interpreter.is_kronecker(parts := names.split(symbol))
    ]
    indices = {spelled(index) for parts in deltas for index in parts.indices}
    one, other = (set(judge.indices.letters(side)) for side in (left, right))
    return not indices.isdisjoint((repeats(left) - other) | (repeats(right) - one))


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
    """Say whether a statement rests on equations of another section."""
    model = judge.model
    section = worlds.section[id(statement)]
    derives_only = not any(
        id(s) in model.definitions.adopted and worlds.section[id(s)] == section
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
