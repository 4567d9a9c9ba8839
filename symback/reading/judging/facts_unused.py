r"""What a page says of its letters beside equations, and no judge puts in.

A value, `w = 0.5`; a domain, `y \in \{-1, 1\}`; a sign, `\delta > 0`; a constraint, `x + y = 1`;
what words say, "A is orthogonal". A line about such letters can be right for it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import field, replace

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
from symback.reading.judging.behind import behind, letters_in
from symback.reading.judging.judge import Judge
from symback.reading.judging.symmetric import sentence_around
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Definition
from symback.reading.network.symbols import base_of, everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status
from symback.records import dataclass

__all__ = ["FactsUnused"]

_SPECIAL = (
    words("symmetric", "diagonal", "orthogonal")
    + r"|\b(?:unitary|idempotent|projection|permutation|cent(?:red|ered)|whitened"
    r"|unit[- ](?:vector|norm|length)|stochastic|hermitian|positive (?:semi-?)?definite)\b"
)
_ONE_HOT = r"\bone-?hot\b"
_HELD = words("held constant")
_MOST = 4
"""So many values of a letter are tried."""
_SIGNS = frozenset(["<", ">", "\\leq", "\\geq", "\\le", "\\ge"])
_KINKED = frozenset(["max", "min", "relu", "ReLU", "abs", "sign", "sgn", "clip"])
_BY_DERIVING = (Derivative, Nabla, Differential)
_GOOD = (Status.PROVED, Status.AGREES)


@dataclass(slots=True)
class _Facts:
    """What one section says of its letters.

    Attributes:
        values: what they are set to, each time.
        special: those of a domain, of a property, or bound by a constraint.
        signed: those that are said to be above or below something.
        one_hot: those that are 1 in one place.
        held: those that are not to be differentiated through.
    """

    values: dict[Symbol, list[Node]] = field(default_factory=dict)
    special: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)
    one_hot: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)


class FactsUnused:
    """The facts of one document that no equation says, and the verdicts that they make doubtful.

    Args:
        worlds: what the document says.
    """

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._of: dict[int, _Facts] = {}
        self._judges: dict[Hashable, Judge] = {}
        for statement in worlds.statements:
            _learn(self._of.setdefault(worlds.section[id(statement)], _Facts()), statement)

    def doubts(self, judgement: Judgement) -> bool:
        """Say whether a verdict may be another for what the document says besides."""
        statement = judgement.statement
        facts = self._of[self._worlds.section[id(statement)]]
        if judgement.status in _GOOD:
            return bool(facts.held) and self._goes_through(statement, facts.held)
        if judgement.reason not in ("values", "shape"):
            return False
        names, kinked = self._behind(statement)
        if not names.isdisjoint(facts.special | facts.held):
            return True
        if not (names - _names_in(statement)).isdisjoint(facts.one_hot):
            return True
        if kinked and not names.isdisjoint(facts.signed):
            return True
        if any(map(_clips, _sides(statement))):
            return True  # at a letter that has a sign, whether that is said or not
        return self._holds_with_values(statement, names, facts.values)

    def _goes_through(self, statement: Statement, held: set[str]) -> bool:
        """Say whether a line only holds by the equations of letters that are held constant."""
        model = self._worlds.of(statement)
        names, _ = self._behind(statement)
        defined = {base for base, _ in model.definitions.of if base in held & names}
        if not defined:
            return False
        key = id(model), frozenset(defined)
        if key not in self._judges:
            variant = model.variant()
            kept = {k: found for k, found in model.definitions.of.items() if k[0] not in defined}
            variant.definitions = replace(model.definitions, of=kept)
            self._judges[key] = Judge(variant)
        return self._judges[key].judge(statement).status not in _GOOD

    def _behind(self, statement: Statement) -> tuple[frozenset[str], bool]:
        """The letters that a line hangs on by the equations, and whether anything has a kink."""
        nodes = list(behind(self._worlds.of(statement), statement))
        names = frozenset(base_of(symbol) for node in nodes for symbol in letters_in(node))
        return names, any(map(_has_kink, nodes))

    def _holds_with_values(
        self, statement: Statement, names: frozenset[str], said: dict[Symbol, list[Node]]
    ) -> bool:
        """Say whether a line is right with the values put in that the document gives."""
        model = self._worlds.of(statement)
        given = {
            symbol: values
            for symbol, values in said.items()
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


def _learn(facts: _Facts, statement: Statement) -> None:
    left, right, relation = statement.left, statement.right, statement.relation
    if left is None or any(isinstance(node, _BY_DERIVING) for node in everything(left)):
        return
    inline = not statement.excerpt.display
    if inline and isinstance(left, Symbol) and relation in ("", "\\in"):
        sentence = sentence_around(statement.excerpt)
        for words_of, letters in (
            (_SPECIAL, facts.special), (_ONE_HOT, facts.one_hot), (_HELD, facts.held),
        ):  # fmt: skip
            if any(pattern(words_of).search(part) for part in sentence):
                letters.add(base_of(left))
    if right is None:
        return
    if relation in _SIGNS:
        facts.signed.update(_names(left), _names(right))
    elif relation == "\\in" and any(map(_lists_numbers, everything(right))):
        facts.special.update(_names(left))
    elif relation == "=" and _is_number(right):
        if not isinstance(left, Symbol):
            if inline and not any(isinstance(node, Call) for node in everything(left)):
                facts.special.update(_names(left))  # `x + y = 1`
        elif all(isinstance(index, Number) for index in left.subscripts):
            facts.values.setdefault(left, []).append(right)
        else:
            facts.special.add(base_of(left))  # `y_c = 1` of the one class that it is


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


def _names(node: Node) -> set[str]:
    return {base_of(part) for part in everything(node) if isinstance(part, Symbol)}


def _sides(statement: Statement) -> list[Node]:
    return [side for side in (statement.left, statement.right) if side is not None]


def _names_in(statement: Statement) -> set[str]:
    return {name for side in _sides(statement) for name in _names(side)}


def _clips(side: Node) -> bool:
    r"""Say whether something is cut at a letter: `\max(-\delta, \min(r, \delta))`."""
    cuts = [
        n for n in everything(side) if isinstance(n, Call) and n.function.name in ("max", "min")
    ]
    return len(cuts) > 1 and not any(
        isinstance(argument, Number) for cut in cuts for argument in cut.arguments
    )


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
