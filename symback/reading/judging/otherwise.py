"""What a line can be meant for besides what it is read as, so that a difference is no slip.

It names something, asks for something, or says how something is made; numbers stand for letters,
or a convention for what is not written. Such a line is left open.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise, takewhile

from symback.reading.formula.languages import pattern, words
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Group,
    Hessian,
    Nabla,
    Node,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.judging.certainty import is_linearization, is_of_gradients, resembles
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.judging.judge import Judge
from symback.reading.judging.symmetric import (
    differentiated_by,
    in_quadratic_forms,
    matrices_of,
    spoken_of,
)
from symback.reading.meaning.calls import KNOWN_NAMES
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.function_meanings import SIGMOIDS
from symback.reading.network.places import function_name
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, everything, is_ones, quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.repeated_indices import as_written, counted
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["letters_of", "may_be_condition", "may_be_misread"]


_GOOD = (Status.PROVED, Status.AGREES)


def may_be_misread(judge: Judge, worlds: Worlds, judgement: Judgement) -> bool:
    """Say whether a line can be meant otherwise than it is read, so that no slip shows in it."""
    statement = judgement.statement
    # A loss is a number: what makes one of arrays, `1/2 (y - t)^2`, can be of numbers throughout.
    of_numbers = judgement.reason == "shape" and any(
        code == "loss-sums-entries" for code, _ in judgement.readings
    )
    return (
        of_numbers
        or _is_loss_itself(statement)
        or _puts_values_in(judge.model, statement)
        or _multiplies_by_ones(statement)
        or _sums_unit(judge, statement)
        or _is_of_symmetric(judge, worlds, judgement)
        or _is_of_orthogonal(judge, statement)
        or _updates(statement)
        or _is_said_anew(statement)
        or _repeats_thrice(judgement)
        or _names_anew(judge, worlds, statement)
        or _means_differential(judgement)
    )


def may_be_condition(judge: Judge, worlds: Worlds, judgement: Judgement) -> bool:
    """Say whether a line that is about no gradient can say something new, though it seems a slip.

    `c_{t+1} = c_t` says what is handed on, `A^T = V S U^T` that S is square, `y = log x` what y is
    in a table of derivatives. Only a line that one small edit makes true again is a slip.
    """
    statement = judgement.statement
    if _is_property(judge, statement):
        return True
    if judge.model.stated.statements or is_of_gradients(judge, worlds, statement):
        return False
    if statement.relation == "\\approx" or is_linearization(statement):
        return False  # which is another doubt
    if judgement.reason != "shape" and _says_again(judge.model, statement):
        return False
    if isinstance(_bare_of_counts(statement.left), Symbol) and isinstance(statement.right, Symbol):
        return True  # `X^0 = X` before any step
    return judgement.reason == "shape" or not (resembles(judgement) or judge.is_identity(statement))


def _is_property(judge: Judge, statement: Statement) -> bool:
    """Say whether a line only says how a function is made that nothing else tells of.

    `f(P x) = P f(x)`, `partial_u k = partial_v k`: no line of mathematics is wrong by it.
    """
    model = judge.model
    sides = _sides(statement)
    nodes = [node for side in sides for node in everything(side)]
    slopes = [node for node in nodes if isinstance(node, Derivative | Nabla)]
    calls = [node for node in nodes if isinstance(node, Call)]
    if slopes:  # of rules for derivatives of calls, any function is an instance
        return all(_is_of_open(model, node.of) for node in slopes)
    if any(call.order for call in calls) or any(True for _ in definitions_behind(model, sides)):
        return False
    return any(_is_open_call(model, call) for call in calls)


def _is_of_open(model: DocumentModel, node: Node | None) -> bool:
    """Say whether this is a letter, of no loss, that has no equation but `k = k(u, v)`."""
    return (
        isinstance(node, Symbol)
        and base_of(node) not in LOSSES
        and all(
            isinstance(own.body, Call) and function_name(own.body.function) == base_of(node)
            for own in model.definitions.under(model.names.split(node))
        )
    )


def _is_open_call(model: DocumentModel, node: Node) -> bool:
    known = model.definitions.functions.keys() | model.meanings.keys() | KNOWN_NAMES | SIGMOIDS
    return isinstance(node, Call) and function_name(node.function) not in known


def _is_loss_itself(statement: Statement) -> bool:
    """Say whether a gradient is said to be the loss: in `dz = L` L is the error that goes back."""
    left, right = statement.left, statement.right
    return (
        isinstance(left, Derivative | Differential | Nabla)
        and isinstance(right, Symbol)
        and right == Symbol(right.name)
        and base_of(right) in LOSSES
    )


def _puts_values_in(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line is an equation again with numbers for some of its letters.

    `z = (-1) h_1 + 1/2 h_2` beside `z = w_1 h_1 + w_2 h_2`: which numbers w has may stand anywhere.
    """
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or right is None:
        return False
    letters, digits = set(quantities(right)), _count_of_numbers(right)
    return any(
        letters < set(quantities(own.body)) and digits > _count_of_numbers(own.body)
        for own in model.definitions.under(model.names.split(left))
    )


def _count_of_numbers(side: Node) -> int:
    return sum(isinstance(node, Number) for node in everything(side))


def _multiplies_by_ones(statement: Statement) -> bool:
    """Say whether a bold 1 stands upright before another factor: a matrix of ones, perhaps."""
    sides = _sides(statement)
    return any(
        any(map(is_ones, node.factors[:-1]))
        for side in sides
        for node in everything(side)
        if isinstance(node, Product)
    )


def _sums_unit(judge: Judge, statement: Statement) -> bool:
    """Say whether a line holds where entries that are added up make one, `t_0 + t_1 + t_2`."""

    def summed(node: Node) -> Node:
        inside = stripped(node)
        if isinstance(inside, Sum) and len(inside.terms) > 1 and set(inside.signs) == {1}:
            entries = {term for term in inside.terms if isinstance(term, Symbol)}
            if len(entries) == len(inside.terms) and all(e.subscripts for e in entries):
                if len({base_of(entry) for entry in entries}) == 1:
                    return Number("1")
        return changed(node, summed)

    left, right = statement.left, statement.right
    if left is None or right is None:
        return False
    if (summed(left), summed(right)) != (left, right):
        return judge.sides(summed(left), summed(right)).status in _GOOD
    for letter in _added_up(judge.model, left) | _added_up(judge.model, right):
        model = judge.model.variant(unit_sums={letter: -1})
        if Judge(model).sides(left, right).status in _GOOD:
            return True
    return False


def _is_of_symmetric(judge: Judge, worlds: Worlds, judgement: Judgement) -> bool:
    """Say whether a line holds where given matrices are symmetric: `d(x^T A x)/dx = 2 A x`."""
    statement = judgement.statement
    model, left, right = judge.model, statement.left, statement.right
    if left is None or right is None:
        return False
    given, spoken = set(matrices_of(model, statement)), spoken_of(model, worlds.statements)
    if judgement.reason == "shape" and given & spoken:
        return True  # which is square then, whatever its sizes were taken for
    given &= spoken | in_quadratic_forms(model, left, right)
    if given and Judge(model.variant(symmetric=given)).sides(left, right).status in _GOOD:
        return True
    said = f"{statement.excerpt.before} {statement.words} {statement.excerpt.after}"
    is_said = bool(pattern(words("symmetric")).search(said))
    free = differentiated_by(left, right)
    for symbol in {*quantities(left), *quantities(right)} - free:
        parts = model.names.split(symbol)
        if model.ranks.of(parts) != 2 or parts.indices:
            continue
        if model.definitions.under(parts) and not is_said:
            continue
        both = Group(Sum((symbol, Transpose(symbol)), (1, 1)))

        def with_both(node: Node, symbol: Symbol = symbol, both: Node = both) -> Node:
            return both if node == symbol else changed(node, with_both)

        if judge.sides(with_both(left), with_both(right)).status in _GOOD:
            return True
    return False


def _is_of_orthogonal(judge: Judge, statement: Statement) -> bool:
    """Say whether a line holds where a given matrix is orthogonal: `x^T W^T W x = x^T x`."""
    model, left, right = judge.model, statement.left, statement.right
    if left is None or right is None:
        return False

    def without(node: Node) -> Node:
        node = changed(node, without)
        if not isinstance(node, Product) or len(node.factors) < 3:
            return node
        for at, (one, other) in enumerate(pairwise(node.factors)):
            bodies = [f.body if isinstance(f, Transpose) else f for f in (one, other)]
            turned = isinstance(one, Transpose) != isinstance(other, Transpose)
            if turned and bodies[0] == bodies[1] and isinstance(bodies[0], Symbol):
                parts = model.names.split(bodies[0])
                if model.ranks.of(parts) == 2 and not model.definitions.under(parts):
                    factors = (*node.factors[:at], *node.factors[at + 2 :])
                    if len(factors) == 1:
                        return factors[0]
                    operators = (*node.operators[:at], *node.operators[at + 2 :])
                    return replace(node, factors=factors, operators=operators[: len(factors) - 1])
        return node

    new = without(left), without(right)
    return new != (left, right) and judge.sides(*new).status in _GOOD


def _updates(statement: Statement) -> bool:
    """Say whether a line gives the next value by the one before and a gradient: another rule."""
    left, right = statement.left, stripped(statement.right) if statement.right else None
    if not isinstance(left, Symbol) or not isinstance(right, Sum):
        return False
    terms = [stripped(term) for term in right.terms]
    before = any(isinstance(term, Symbol) and term.base == left.base for term in terms)
    return before and any(isinstance(n, Derivative | Hessian | Nabla) for n in everything(right))


def _is_said_anew(statement: Statement) -> bool:
    """Say whether the words before a formula have an equation for what is differentiated."""
    words = f"{statement.excerpt.before} {statement.words}"
    if "=" not in words or statement.left is None:
        return False
    letters = {
        node.of.name
        for node in everything(statement.left)
        if isinstance(node, Derivative) and isinstance(node.of, Symbol)
    }
    return any(
        re.search(rf"(?<![\w\\$]){re.escape(letter)}\s*=\s*[A-Za-z0-9(]", words)
        for letter in letters
    )


def _added_up(model: DocumentModel, side: Node) -> set[str]:
    r"""Letters of given arrays whose entries are factors below a sum, `\sum_j y_j / p_j`."""
    sums = (n for n in everything(side) if isinstance(n, BigSum) and n.operator == "sum")
    found: set[str] = set()
    for node in sums:
        body = stripped(node.body)
        for factor in body.factors if isinstance(body, Product) else (body,):
            if isinstance(factor, Symbol) and len(factor.subscripts) == 1:
                parts = model.names.split(factor)
                if not model.definitions.under(parts):
                    found.add(parts.base)
    return found


def _repeats_thrice(judgement: Judgement) -> bool:
    """Say whether an index that was summed for being repeated stands three times in a term.

    No convention sums it then, but for the chain rule, `f_j (dx_j / dx_j) (dx_j / dx_n)`.
    """
    sides = [as_written(side) for side in _sides(judgement.statement)]
    if not any(code == "repeated-indices" for code, _ in judgement.readings):
        return False
    if any(isinstance(node, Derivative) for side in sides for node in everything(side)):
        return False
    return any(count > 2 for side in sides for count in counted(side).values())


def _means_differential(judgement: Judgement) -> bool:
    """Say whether a differential inside a line, taken for a gradient, can be a slip of the pen.

    Of `(dL / y) (dy / dz)` only a d is missing.
    """
    if judgement.diagnoses or isinstance(judgement.statement.left, Differential):
        return False
    return any(code == "adjoint-shorthand" for code, _ in judgement.readings)


def _names_anew(judge: Judge, worlds: Worlds, statement: Statement) -> bool:
    """Say whether a line ends in a name of which nothing was said before: it says what that is."""
    right = statement.right
    if not isinstance(right, Symbol) or judge.model.definitions.under(
        judge.model.names.split(right)
    ):
        return False
    left = statement.left
    if left is not None and any(_is_open_call(judge.model, node) for node in everything(left)):
        return True  # `E[v] = bar v`
    before = takewhile(lambda s: s is not statement, worlds.statements)
    sides = [side for earlier in before for side in _sides(earlier)]
    return base_of(right) not in {base_of(symbol) for side in sides for symbol in quantities(side)}


def _bare_of_counts(node: Node | None) -> Node | None:
    return node.base if isinstance(node, Power) and isinstance(node.exponent, Number) else node


def _says_again(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation is an earlier one for its left side with a slip in it.

    It is made of the same letters, has one letter, number or sum more or less, or has one of the
    network's quantities in the place of another.
    """
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or right is None:
        return False
    own = _made_of(right)
    known = {base for base, _ in model.definitions.of}
    for earlier in model.definitions.under(model.names.split(left)):
        other = _made_of(earlier.body)
        more, less = own - other, other - own
        if letters_of(right) == letters_of(earlier.body) or (more + less).total() <= 1:
            return True
        if more.total() == less.total() == 1 and known | letters_of(earlier.body) >= more.keys():
            return True
    return False


def _made_of(node: Node) -> Counter[str]:
    """How often each letter, function, number and sum stands in an expression."""
    found: Counter[str] = Counter()
    for part in everything(node):
        if isinstance(part, Symbol):
            found[base_of(part)] += 1
        elif isinstance(part, Number):
            found[part.digits] += 1
        elif isinstance(part, BigSum):
            found["sum"] += 1
        elif isinstance(part, Call):
            found[function_name(part.function)] += 1
    return found


def letters_of(node: Node) -> set[str]:
    """The letters of an expression, those of its functions among them."""
    parts = (part.function if isinstance(part, Call) else part for part in everything(node))
    return {base_of(part) for part in parts if isinstance(part, Symbol)}


def _sides(statement: Statement) -> list[Node]:
    return [side for side in (statement.left, statement.right) if side is not None]
