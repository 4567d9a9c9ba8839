r"""What a page says of its letters beside equations, and no judge puts in.

A value, `w = 0.5`; a domain, `y \in \{-1, 1\}`; a sign, `\delta > 0`; a constraint, `x + y = 1`;
what words say, "A is orthogonal". A line about such letters can be right for it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import replace

from symback.reading.formula.languages import pattern, words
from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Call,
    Cases,
    Derivative,
    Differential,
    Nabla,
    Node,
    Norm,
    Number,
    Sqrt,
    Sum,
    Symbol,
    Tuple,
    stripped,
)  # fmt: skip
from symback.reading.judging.judge import Judge
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Definition
from symback.reading.network.symbols import base_of, everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["FactsUnused"]

_SPECIAL = (
    words("symmetric", "diagonal", "orthogonal")
    + r"|\b(?:unitary|idempotent|projection|permutation|cent(?:red|ered)|whitened"
    r"|unit[- ](?:vector|norm|length)|stochastic|hermitian|positive (?:semi-?)?definite)\b"
)
_HELD = words("held constant")
_SENTENCE = re.compile(r"[.;:!?。；：！？](?=\s|\Z)|\n\s*\n|[。；！？]")
_MOST = 4
"""So many values of a letter are tried."""
_SIGNS = frozenset(["<", ">", "\\leq", "\\geq", "\\le", "\\ge"])
_KINKED = frozenset(["max", "min", "relu", "ReLU", "abs", "sign", "sgn", "clip"])
_BY_DERIVING = (Derivative, Nabla, Differential)
_GOOD = (Status.PROVED, Status.AGREES)


class FactsUnused:
    """The facts of one document that no equation says, and the verdicts that they make doubtful.

    Args:
        worlds: what the document says.
    """

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._values: dict[Symbol, list[Node]] = {}
        self._special: set[str] = set()
        self._signed: set[str] = set()
        self._held: set[str] = set()
        self._reached: dict[int, frozenset[str]] = {}
        self._judges: dict[Hashable, Judge] = {}
        for statement in worlds.statements:
            self._learn(statement)

    def doubts(self, judgement: Judgement) -> bool:
        """Say whether a verdict may be another for what the document says besides."""
        statement = judgement.statement
        if judgement.status in _GOOD and not self._held:
            return False
        names, kinked = self._behind(statement)
        if judgement.status in _GOOD:
            return not names.isdisjoint(self._held)
        if judgement.reason not in ("values", "shape"):
            return False
        if not names.isdisjoint(self._special | self._held):
            return True
        if kinked and not names.isdisjoint(self._signed):
            return True
        return self._holds_with_values(statement, names)

    def _learn(self, statement: Statement) -> None:
        left, right, relation = statement.left, statement.right, statement.relation
        if left is None or any(isinstance(node, _BY_DERIVING) for node in everything(left)):
            return
        if not statement.excerpt.display and isinstance(left, Symbol):
            before = _SENTENCE.split(statement.excerpt.before)[-1]
            after = _SENTENCE.split(statement.excerpt.after, maxsplit=1)[0]
            if any(pattern(_SPECIAL).search(part) for part in (before, after)):
                self._special.add(base_of(left))
            if any(pattern(_HELD).search(part) for part in (before, after)):
                self._held.add(base_of(left))
        if right is None:
            return
        if relation in _SIGNS:
            self._signed.update(_names(left), _names(right))
        elif relation == "\\in" and any(map(_lists_numbers, everything(right))):
            self._special.update(_names(left))
        elif relation == "=" and _is_number(right):
            if isinstance(left, Symbol):
                if all(isinstance(index, Number) for index in left.subscripts):
                    self._values.setdefault(left, []).append(right)
                else:
                    self._special.add(base_of(left))  # `y_c = 1` of the one class that it is
            elif not any(isinstance(node, Call) for node in everything(left)):
                self._special.update(_names(left))  # `x + y = 1`

    def _behind(self, statement: Statement) -> tuple[frozenset[str], bool]:
        """The letters that a line hangs on by the equations, and whether anything has a kink."""
        model = self._worlds.of(statement)
        waiting = [side for side in (statement.left, statement.right) if side is not None]
        found: set[str] = set()
        kinked = False
        while waiting:
            for node in everything(waiting.pop()):
                kinked = kinked or _has_kink(node)
                for symbol in _symbols(node):
                    name = base_of(symbol)
                    if name not in found:
                        found.add(name)
                        waiting += _bodies(model, name)
        return frozenset(found), kinked

    def _holds_with_values(self, statement: Statement, names: frozenset[str]) -> bool:
        """Say whether a line is right with the values put in that the document gives."""
        model = self._worlds.of(statement)
        given = {
            symbol: values
            for symbol, values in self._values.items()
            if base_of(symbol) in names and not model.definitions.under(model.names.split(symbol))
        }
        if not given or statement.left is None or statement.right is None:
            return False
        if any(symbol.name in _counts(model, statement) for symbol in given):
            return True  # `n = 2`, of which the sums of the page have other numbers of terms here
        for which in range(min(_MOST, max(map(len, given.values())))):
            chosen = {
                symbol: values[min(which, len(values) - 1)] for symbol, values in given.items()
            }
            key = id(model), tuple(chosen.items())
            if key not in self._judges:
                self._judges[key] = Judge(_with_values(model, chosen))
            if self._judges[key].judge(statement).status in _GOOD:
                return True
        return False


def _with_values(model: DocumentModel, given: dict[Symbol, Node]) -> DocumentModel:
    variant = model.variant()
    definitions = replace(
        model.definitions, of={key: list(found) for key, found in model.definitions.of.items()}
    )
    definitions._patterns = {
        key: {pattern: list(at) for pattern, at in found.items()}
        for key, found in model.definitions._patterns.items()
    }
    for symbol, value in given.items():
        definitions.add(Definition(model.names.split(symbol), value))
    variant.definitions = definitions
    return variant


def _bodies(model: DocumentModel, name: str) -> Iterator[Node]:
    for (base, _), found in model.definitions.of.items():
        if base == name:
            yield from (definition.body for definition in found)
    if (function := model.definitions.functions.get(name)) is not None:
        yield function.body


def _counts(model: DocumentModel, statement: Statement) -> set[str]:
    """The letters that are ends of sums, in a line and in the equations."""
    bodies = [side for side in (statement.left, statement.right) if side is not None]
    bodies += [definition.body for definition in model.definitions.all()]
    return {
        node.upper.name
        for body in bodies
        for node in everything(body)
        if isinstance(node, BigSum) and isinstance(node.upper, Symbol)
    }


def _symbols(node: Node) -> Iterator[Symbol]:
    if isinstance(node, Symbol):
        yield node
    elif isinstance(node, BigSum) and isinstance(node.upper, Symbol):
        yield node.upper
    elif isinstance(node, Call):
        yield node.function


def _names(node: Node) -> set[str]:
    return {base_of(part) for part in everything(node) if isinstance(part, Symbol)}


def _has_kink(node: Node) -> bool:
    if isinstance(node, Call):
        return node.function.name in _KINKED
    return isinstance(node, Abs | Cases | Norm | Sqrt)


def _lists_numbers(node: Node) -> bool:
    return isinstance(node, Tuple) and any(isinstance(item, Number) for item in everything(node))


def _is_number(node: Node) -> bool:
    whole = stripped(node)
    if isinstance(whole, Sum) and len(whole.terms) == 1:
        whole = stripped(whole.terms[0])
    return isinstance(whole, Number)
