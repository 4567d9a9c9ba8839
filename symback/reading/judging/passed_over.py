r"""What stands in a line and is passed over where it is evaluated, and may yet say something else.

The arguments of a loss only tell what it hangs on, `J(W, b)`, the text below a brace names what
stands above it, and a number is its own transpose. None of these changes a value, so that a line
holds whatever is written there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Brace,
    Call,
    Derivative,
    Node,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Status
from symback.records import dataclass

__all__ = ["PassedOver"]

_SIGNS = re.compile(r"\\mid\b|\\[A-Za-z]+|\\.|.", re.DOTALL)
_BARS = ("|", r"\mid", r"\vert")


@dataclass(frozen=True, slots=True)
class _Use:
    """A function where it is applied.

    Attributes:
        call: the function with its arguments.
        given: how many of them stand before a bar, `p(x | y)`; None without one.
    """

    call: Call
    given: int | None


class PassedOver:
    """What the lines of one document say beside their values."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self._judges: dict[int, Judge] = {}
        self._known: dict[str, list[_Use]] | None = None

    def differs(self, statement: Statement) -> bool:
        """Say whether what is passed over in a line says something else than the line needs."""
        model = self.worlds.of(statement)
        return (
            self._names_another(model, statement)
            or self._is_at_others(model, statement)
            or _transposes_number(model, statement)
        )

    # Text at braces -------------------------------------------------------------------------------

    def _names_another(self, model: DocumentModel, statement: Statement) -> bool:
        """Say whether the text at a brace names another quantity than what the brace holds."""
        for node in _nodes(statement):
            if not isinstance(node, Brace) or node.note is None:
                continue
            name = stripped(node.note)
            of = name.of if isinstance(name, Derivative) else name
            if not isinstance(of, Symbol) or not model.definitions.under(model.names.split(of)):
                continue
            judge = self._judges.setdefault(id(model), Judge(model))
            if judge.sides(node.body, name).status is Status.REFUTED:
                return True
        return False

    # Arguments ------------------------------------------------------------------------------------

    def _is_at_others(self, model: DocumentModel, statement: Statement) -> bool:
        """Say whether a quantity is written with arguments that it has nowhere else.

        `J(W, b; x, x)` beside `J(W, b; x, y)`; so is one that has different ones in one line.
        """
        models = model, self.worlds.entire()  # what a line is shown by can be said elsewhere
        own = [u for u in _uses(statement) if any(_is_quantity(m, u.call) for m in models)]
        if any(_is_of_itself(use.call) for use in own):
            return True
        if any(
            _name(one) == _name(two) and not _fit(one, two) for one, two in combinations(own, 2)
        ):
            return True
        for use in own:
            others = [each for each in self._uses_of(use) if each.call is not use.call]
            if others and not any(_fit(use, each) for each in others):
                return True
        return False

    def _uses_of(self, use: _Use) -> list[_Use]:
        """Where a function is applied in the document."""
        if self._known is None:
            self._known = {}
            for statement in self.worlds.statements:
                for each in _uses(statement):
                    self._known.setdefault(base_of(each.call.function), []).append(each)
        known = self._known.get(base_of(use.call.function), [])
        return [each for each in known if _name(each) == _name(use)]


def _transposes_number(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line transposes what is taken for a number: `J_A(theta)^T`."""
    return any(
        isinstance(node, Transpose)
        and isinstance(call := stripped(node.body), Call)
        and _is_quantity(model, call)
        and not model.ranks.rank(call.function)
        for node in _nodes(statement)
    )


def _uses(statement: Statement) -> Iterator[_Use]:
    for node in _nodes(statement):
        if isinstance(node, Call):
            yield _Use(node, _before_bar(statement, node))


def _before_bar(statement: Statement, call: Call) -> int | None:
    """How many arguments stand before the bar in a function's brackets; None without one."""
    start, end = call.span
    depth = count = 0
    for sign in _SIGNS.findall(statement.excerpt.text[start:end]) if 0 <= start < end else ():
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 1 and sign in _BARS:
            return count + 1
        count += depth == 1 and sign in ",;"
    return None


def _name(use: _Use) -> Symbol:
    return use.call.function.unmarked


def _is_quantity(model: DocumentModel, call: Call) -> bool:
    """Say whether a function stands for a quantity, so that its arguments count for nothing."""
    known = model.definitions
    parts = model.names.split(call.function)
    if function_name(call.function) in known.functions:
        return False
    keys = (base_of(call.function), ""), (parts.base, parts.tag)
    return parts.base in LOSSES or any(
        key in known.of or key in known.signatures or key in known.supposed for key in keys
    )


def _is_of_itself(call: Call) -> bool:
    """Say whether a function stands among its own arguments, or one of them stands there twice."""
    arguments = list(map(stripped, call.arguments))
    return call.function in arguments or len(set(arguments)) < len(arguments)


def _fit(one: _Use, other: _Use) -> bool:
    """Say whether two lists hold the same letters, or one leaves some of the other's out.

    What stands before a bar is the same in both.
    """
    first, second = (list(map(_letter, use.call.arguments)) for use in (one, other))
    if one.given is None or other.given is None:
        if one.given != other.given:
            return False
        before = first[:0], second[:0]
    else:
        before = first[: one.given], second[: other.given]
    few, many = sorted((set(first[len(before[0]) :]), set(second[len(before[1]) :])), key=len)
    return set(before[0]) == set(before[1]) and few <= many


def _letter(node: Node) -> Node:
    """An argument without its scripts, which say of which sample or layer it is."""
    node = stripped(node)
    return node.base if isinstance(node, Symbol) else changed(node, _letter)


def _nodes(statement: Statement) -> Iterator[Node]:
    for side in (statement.left, statement.right):
        if side is not None:
            yield from everything(side)
