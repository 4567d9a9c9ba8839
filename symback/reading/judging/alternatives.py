"""Lines that give another choice for a letter, and no claim about the first one.

A list of activations calls each of them f; a table of initialisations each of its variances
sigma. What is said of the second choice does not contradict the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Group,
    Hessian,
    Nabla,
    Node,
    Operator,
    Product,
    Symbol,
)
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.judging.judge import Judge
from symback.reading.network.function_meanings import function_named
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Status

__all__ = ["Alternatives"]

_SAME = (Status.PROVED, Status.AGREES)
_DIFFERENTIATING = (Derivative, Differential, Hessian, Nabla)
# Activations in the words of many languages, and the function that each of them is.
_ACTIVATIONS = (
    ("sigmoid", re.compile(r"sigmoid|logistic|\bsigm\b|сигмоид|シグモイド", re.IGNORECASE)),
    ("tanh", re.compile(r"\btanh\b|hyperbol\w* tangent|双曲正切|tangente hyperbol", re.IGNORECASE)),
    ("leaky", re.compile(r"\bleaky|\bp-?relu\b|parametric relu", re.IGNORECASE)),
    ("relu", re.compile(r"\brelu\b|rectified linear|rectifier", re.IGNORECASE)),
    ("elu", re.compile(r"\b(?:s|c|g)?elu\b|exponential linear|gaussian error", re.IGNORECASE)),
    ("softplus", re.compile(r"soft-?plus", re.IGNORECASE)),
    ("swish", re.compile(r"\bswish\b|\bsilu\b|\bmish\b", re.IGNORECASE)),
    ("softmax", re.compile(r"soft-?max", re.IGNORECASE)),
    ("linear", re.compile(r"\blinear activation|\bidentity\b", re.IGNORECASE)),
    ("step", re.compile(r"\bheaviside|\bstep function|\bthreshold", re.IGNORECASE)),
)  # fmt: skip
_MEANT = frozenset(["sigmoid", "tanh", "relu", "softplus"])
_CHANGED = re.compile(
    r"\b(?:modif\w*|chang\w*|instead|alternativ\w*|generali[sz]\w*|extend\w*|another|different)\b",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\b(?:we|is|are|be|have|has|get\w*|give\w*|obtain\w*|recall|where|so|thus|hence|then|again"
    r"|comput\w*|becom\w*|follow\w*|writ\w*|using|use|with|that|forward|pass|as|it|this|by|in|network)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<!i\.e)(?<!e\.g)[.!?;](?:\s|$)")


class Alternatives:
    """What one document says of several choices for one letter.

    Args:
        worlds: what the document says.
    """

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self._anew = {
            function_name(s.left.function)
            for s in worlds.anew
            if isinstance(s.left, Call) and not s.left.order
        }
        self._applied = frozenset(_before_one_letter(worlds.statements))
        self._learnt = frozenset(_behind_derivatives(worlds))
        self._judges: dict[int, Judge] = {}

    def has(self, statement: Statement) -> bool:
        """Say whether a line may be about another choice than the one that it was judged by."""
        sides = [side for side in (statement.left, statement.right) if side is not None]
        if any(function_name(call.function) in self._anew for call in _calls(sides)):
            return True
        if any(base_of(s) in self._applied for side in sides for s in quantities(side)):
            return True
        return self._is_of_another(statement, sides) or self._is_a_setting(statement)

    def _is_of_another(self, statement: Statement, sides: Sequence[Node]) -> bool:
        """Say whether the words before a line name another function than its letter stands for.

        `**Tanh:** f'(x) = 1 - tanh^2(x)` stands where f was the logistic function.
        """
        named = _named_before(statement)
        if not named:
            return False
        model = self.worlds.of(statement)
        judge = self._judges.setdefault(id(model), Judge(model))
        for nodes in (sides[:1], sides):
            bodies = [*nodes, *(found.body for found in definitions_behind(model, nodes))]
            calls = {function_name(c.function): c for c in _calls(bodies) if len(c.arguments) == 1}
            known = {
                name: call
                for name, call in calls.items()
                if name in model.definitions.functions or function_named(name) in _MEANT
            }
            if known:
                return not any(
                    _is_that(judge, call, activation)
                    for call in known.values()
                    for activation in named
                )
        return False

    def _is_a_setting(self, statement: Statement) -> bool:
        """Say whether a line gives a value again that no derivative has to do with, or another one.

        `Quadratic integration function:` names what the equation behind it is of.
        """
        left = statement.definition[0]
        if statement.defines and isinstance(left, Symbol) and _is_labelled(statement):
            return True
        if not (statement.defines and isinstance(left, Symbol) and self._learnt):
            return False
        return _letter(self.worlds, left) not in self._learnt


def _calls(nodes: Sequence[Node]) -> Iterator[Call]:
    for part in nodes:
        for node in everything(part):
            if isinstance(node, Call):
                yield node


def _is_labelled(statement: Statement) -> bool:
    """Say whether nothing but a name with a colon stands before a line, or that things change."""
    words = _SENTENCE_END.split(statement.excerpt.before.strip())[-1].strip()
    if _CHANGED.search(words):
        return True
    return words.endswith(":") and len(words.split()) > 1 and not _SAYING.search(words)


def _named_before(statement: Statement) -> set[str]:
    """The activations that the sentence before a line names."""
    words = _SENTENCE_END.split(statement.excerpt.before.strip())[-1]
    return {name for name, pattern in _ACTIVATIONS if pattern.search(words)}


def _is_that(judge: Judge, call: Call, activation: str) -> bool:
    """Say whether a function is the activation of this name; never of a name not evaluated."""
    if activation not in _MEANT:
        return False
    plain = replace(call, order=0)
    other = replace(plain, function=Symbol(activation))
    return judge.sides(plain, other).status in _SAME


def _behind_derivatives(worlds: Worlds) -> set[tuple[str, str]]:
    """The letters of all that derivatives are of and by, and of what those have equations of."""
    found: set[tuple[str, str]] = set()
    bodies: dict[tuple[str, str], list[Node]] = {}
    for statement in worlds.statements:
        sides = [side for side in (statement.left, statement.right) if side is not None]
        nodes = [node for side in sides for node in everything(side)]
        if any(isinstance(n, _DIFFERENTIATING) or _is_slope(n) for n in nodes):
            found |= {_letter(worlds, s) for side in sides for s in quantities(side)}
        left, right = statement.definition
        if statement.defines and isinstance(left, Symbol) and right is not None:
            bodies.setdefault(_letter(worlds, left), []).append(right)
    waiting = list(found)
    while waiting:
        for body in bodies.get(waiting.pop(), ()):
            new = {_letter(worlds, s) for s in quantities(body)} - found
            found |= new
            waiting += new
    return found


def _letter(worlds: Worlds, symbol: Symbol) -> tuple[str, str]:
    """A letter with the name below it: `sigma_w` is no function sigma."""
    parts = worlds.whole.split(symbol)
    return parts.base, parts.tag


def _before_one_letter(statements: Sequence[Statement]) -> Iterator[str]:
    """Letters that stand before one letter in brackets, `T(x)`, which they may be functions of."""
    for statement in statements:
        for side in (statement.left, statement.right):
            for node in everything(side) if side is not None else ():
                if isinstance(node, Product):
                    pairs = zip(node.factors, node.operators, node.factors[1:], strict=False)
                    for one, operator, other in pairs:
                        if operator is Operator.JUXTAPOSED and isinstance(one, Symbol):
                            if isinstance(other, Group) and isinstance(other.body, Symbol):
                                if other.bracket == "(":
                                    yield base_of(one)


def _is_slope(node: Node) -> bool:
    return isinstance(node, Call) and bool(node.order)
