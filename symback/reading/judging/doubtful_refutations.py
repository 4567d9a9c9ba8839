"""What makes the refutation of a line doubtful: that it may hold as its document means it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symback.reading.formula.commands import FUNCTIONS
from symback.reading.formula.languages import words
from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Call,
    Derivative,
    Differential,
    Nabla,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)  # fmt: skip
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.known_names import nodes_of
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["DoubtfulRefutations"]

_ROWS = ("row-of-matrix", "column-of-matrix")
_WORKED_OUT = 3  # decimals
_IF = re.compile(r"\s*,?\s*" + words("if"), re.IGNORECASE)


class DoubtfulRefutations:
    """The doubts about the refutations of one document.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
    """

    def __init__(self, judgements: Sequence[Judgement], worlds: Worlds) -> None:
        self._worlds = worlds
        self._strides = any(map(_strides, worlds.statements))
        heads = (j.statement.definition[0] for j in judgements if j.status is Status.DEFINITION)
        self._defined = frozenset(
            base_of(head.function if isinstance(head, Call) else head)
            for head in heads
            if isinstance(head, Symbol | Call)
        )
        said = (j.statement for j in judgements if j.status is Status.ASSIGNMENT)
        self._bound = frozenset(
            s.chain
            for s in said
            if isinstance(s.left, Symbol) and s.right is not None and s.left in everything(s.right)
        )

    def reason(self, judgement: Judgement) -> str:
        """Why a refutation is doubtful; empty where nothing is against it."""
        statement = judgement.statement
        if _goes_on_with_if(statement):
            return "doubtful-condition"
        if judgement.reason not in ("values", "shape"):
            return ""
        if _is_of_two_fonts(statement) or _is_of_differentials(statement):
            return "doubtful-readings"
        if _has_unsaid_identity(statement) or _puts_numbers_in(statement):
            return "doubtful-readings"
        if _has_length_in_bars(self._worlds.of(statement), statement):
            return "doubtful-readings"
        if _takes_rows(judgement):
            return "doubtful-readings"
        if _is_of_unknown(self._worlds.of(statement), statement):
            return "supposed"
        if self._strides or _has_entries_apart(self._worlds.of(statement)):
            return "doubtful-readings"
        if self._is_between_given(statement) or _sums_on_condition(statement):
            return "doubtful-condition"
        return ""

    def _is_between_given(self, statement: Statement) -> bool:
        """Say whether a line equates two products of letters that nothing defines, `AB = BA`.

        That says what the letters are, and no rule of algebra can be wrong in it. So it is in a
        chain that says of a letter what makes it so, `B = B A B`.
        """
        sides = (statement.left, statement.right)
        if not all(side is not None and _is_plain_product(side) for side in sides):
            return False
        letters = [node for node in nodes_of(statement) if isinstance(node, Symbol)]
        indexed = any(isinstance(index, Symbol) for each in letters for index in each.subscripts)
        is_given = statement.chain in self._bound or self._defined.isdisjoint(map(base_of, letters))
        return not indexed and is_given


def _is_of_unknown(model: DocumentModel, statement: Statement) -> bool:
    r"""Say whether a line is about the derivative of a function that nothing defines.

    `\partial R(w) / \partial w = 2 \lambda w` says which function R is.
    """
    left = stripped(statement.left) if statement.left is not None else None
    of = left.of if isinstance(left, Derivative | Nabla) else None
    if not isinstance(of, Call) or of.function != of.function.base:
        return False
    right = everything(statement.right) if statement.right is not None else ()
    if any(isinstance(node, Call) and node.function == of.function for node in right):
        return False  # its other derivatives are no less known
    name = function_name(of.function)
    known = name in model.definitions.functions or name in model.meanings or name in FUNCTIONS
    return not (known or model.definitions.under(model.names.split(of.function)))


def _strides(statement: Statement) -> bool:
    """Say whether an index counts in steps of several: `y_{2i+1}`, also read as of two."""
    return any(
        any(isinstance(index, Sum) and _has_product(index) for index in node.subscripts)
        or (
            len(node.subscripts) == 2
            and isinstance(node.subscripts[0], Number)
            and isinstance(node.subscripts[1], Sum)
        )
        for node in nodes_of(statement)
        if isinstance(node, Symbol)
    )


def _has_product(index: Sum) -> bool:
    return any(isinstance(term, Product) for term in index.terms)


def _has_entries_apart(model: DocumentModel) -> bool:
    """Say whether equations are for some of the entries alone, `y_{2i} = x_i`.

    They are not found by the letter of an index, and what hangs on them is not known.
    """
    return any(
        not isinstance(index, Symbol | Number)
        for definition in model.definitions.all()
        for index in definition.parts.indices
    )


def _takes_rows(judgement: Judgement) -> bool:
    """Say whether a shape is that of the row of a matrix that a letter with one index is taken for.

    It can as well be another quantity, `X_1` beside `X`.
    """
    return judgement.reason == "shape" and any(code in _ROWS for code, _ in judgement.readings)


def _has_length_in_bars(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a vector stands between single bars, `|w|^2`, which can mean its length."""
    bodies = (stripped(node.body) for node in nodes_of(statement) if isinstance(node, Abs))
    return any(isinstance(body, Symbol) and model.ranks.rank(body) == 1 for body in bodies)


def _sums_on_condition(statement: Statement) -> bool:
    r"""Say whether a condition below a sum leaves open for what a line holds.

    One of its letters stands outside of the sum as well, in `\nabla_{w_{ij}} \sum_{i \neq j}`, or
    has a value, in `j \neq i = 0`.
    """
    sides = [side for side in (statement.left, statement.right) if side is not None]
    totals = [n for n in nodes_of(statement) if isinstance(n, BigSum) and n.conditions]
    return any(
        any(len(condition.operators) > 1 for condition in total.conditions)
        or any(not _free(side, total).isdisjoint(total.indices) for side in sides)
        for total in totals
    )


def _free(node: Node, total: BigSum) -> frozenset[Node]:
    """The indices outside of one sum that no other one binds."""
    if node is total:
        return frozenset()
    found = frozenset(node.subscripts if isinstance(node, Symbol) else ())
    found = found.union(*(_free(child, total) for child in node.children()))
    return found.difference(node.indices) if isinstance(node, BigSum) else found


def _is_plain_product(side: Node) -> bool:
    factors = side.factors if isinstance(side, Product) else (side,)
    plain = (each.body if isinstance(each, Transpose) else each for each in factors)
    return all(isinstance(stripped(each), Symbol) for each in plain)


def _goes_on_with_if(statement: Statement) -> bool:
    """Say whether a formula in a sentence is what holds on a condition: "`a = b` if `c = d`"."""
    excerpt = statement.excerpt
    return not excerpt.display and bool(_IF.match(excerpt.after))


def _is_of_two_fonts(statement: Statement) -> bool:
    r"""Say whether a letter stands in a line in bold and plain: `\|\mathbf w\|^2 + 2 w^T x`.

    It is rarely another one.
    """
    fonts: dict[str, set[bool]] = {}
    for node in nodes_of(statement):
        for symbol in quantities(node):
            if not any(isinstance(part, Symbol) for part in symbol.subscripts):
                fonts.setdefault(base_of(symbol), set()).add(symbol.font == "bold")
    return any(len(found) > 1 for found in fonts.values())


def _is_of_differentials(statement: Statement) -> bool:
    """Say whether a line begins with the differential of a loss, `dL = u^T dA v`."""
    left = statement.left
    return (
        isinstance(left, Differential)
        and isinstance(left.of, Symbol)
        and base_of(left.of) in LOSSES
    )


def _has_unsaid_identity(statement: Statement) -> bool:
    """Say whether an I stands as a factor or a term, which few lines mean as just any matrix."""
    return any(
        isinstance(node, Product | Sum)
        and any(
            isinstance(each := stripped(part), Symbol) and each == each.base and each.name == "I"
            for part in (node.factors if isinstance(node, Product) else node.terms)
        )
        for node in nodes_of(statement)
    )


def _puts_numbers_in(statement: Statement) -> bool:
    """Say whether one side has a value with decimals beside letters, and the other has none.

    `dL/dy dy/dh = -0.2689 w_2` has the value of an example in it.
    """
    found = []
    for side in (statement.left, statement.right):
        nodes = list(everything(side)) if side is not None else []
        found.append(
            any(
                isinstance(n, Number) and len(n.digits.partition(".")[2]) >= _WORKED_OUT
                for n in nodes
            )
        )
    letters = [
        side is not None and any(True for _ in quantities(side))
        for side in (statement.left, statement.right)
    ]
    return all(letters) and found[0] != found[1]
