"""From concrete expressions to trees: what is worked out, in stable forms."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    Integer,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Symbol,
)

from symback.algebra.expressions import Apply, Extremum, Partial
from symback.algebra.formula import parse_formula
from symback.algebra.indexing import (
    Bracket,
    Stop,
)
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.perceptron import FUNCTIONS
from symback.teaching.concrete import entry_key
from symback.teaching.program import Kind, Line
from symback.teaching.terms import Tree

__all__ = ["ELEMENTARY", "Lowering"]

_BASIC = ("relu", "sigmoid", "tanh", "softplus")
"""Functions of the catalogue that have an operator of their own."""

ELEMENTARY = ("exp", "log", "sqrt", "sin", "cos", "erf", "abs", "sign", "step", "clip", "within")
"""Functions that have an operator of the same name."""


class Lowering:
    """Makes trees of expressions, and a line of each slope that they mention.

    Args:
        keys: from the printed entry, adjoint or slope to the key of its value; slopes are added.
        lines: by key; slopes are added.
    """

    def __init__(self, keys: dict[Any, str], lines: dict[str, Line]) -> None:
        self.keys = keys
        self.lines = lines

    def lower(self, node: Expr) -> Tree:
        """The tree of a concrete expression."""
        if isinstance(node, Integer):
            return int(node)
        if isinstance(node, Rational):
            return Fraction(int(node.p), int(node.q))
        if node in self.keys:
            return self.keys[node]
        if isinstance(node, (Indexed, Symbol)):
            raise InputError(f"{node} is read and never defined")
        if isinstance(node, Partial):
            raise InputError(f"the derivative by {node.by} is read and never found")
        if isinstance(node, NumberSymbol):
            return ("pi",) if str(node) == "pi" else Fraction(float(node))
        if isinstance(node, Add):
            return ("+", *map(self.lower, node.args))
        if isinstance(node, Mul):
            return self._lower_product(node)
        if isinstance(node, Pow):
            return self._lower_power(node)
        if isinstance(node, Apply):
            return self._lower_application(node)
        if isinstance(node, Extremum):
            return (node.name, *map(self.lower, node.sides))
        if isinstance(node, Stop):
            return self.lower(node.body)
        if isinstance(node, Bracket):
            return (node.relation, self.lower(node.left), self.lower(node.right))
        raise InputError(f"{type(node).__name__} cannot be worked out unit by unit")

    def _lower_product(self, node: Mul) -> Tree:
        above, below = [], []
        for factor in node.args:
            if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp.is_negative:
                below.append(1 / factor)
            elif isinstance(factor, Rational) and factor.q != 1:
                if factor.p != 1:
                    above.append(Integer(factor.p))
                below.append(Integer(factor.q))
            else:
                above.append(factor)
        softmax = self._softmax(above, below)
        if softmax is not None:
            return softmax
        top = _joined("*", [self.lower(f) for f in above]) if above else 1
        return ("/", top, _joined("*", [self.lower(f) for f in below])) if below else top

    def _softmax(self, above: list[Expr], below: list[Expr]) -> Tree | None:
        """``exp(a)/(exp(a) + exp(b) + …)``, which must not overflow."""
        if len(above) != 1 or len(below) != 1 or not isinstance(below[0], Add):
            return None
        terms = list(below[0].args)
        if not all(isinstance(t, Apply) and t.name == "exp" and not t.order for t in terms):
            return None
        if above[0] not in terms:
            return None
        row = sorted((self.lower(term.argument) for term in terms), key=_in_order)
        own = self.lower(above[0].argument)
        return ("softmax", row.index(own), *row)

    def _lower_power(self, node: Pow) -> Tree:
        if node.exp == S.Half:
            return ("sqrt", self.lower(node.base))
        if node.exp.is_Integer:
            if node.exp.is_negative:
                return ("/", 1, self.lower(1 / node))
            return ("^", self.lower(node.base), int(node.exp))
        if node.exp.is_Rational:
            root = ("sqrt", self.lower(node.base))
            if (2 * node.exp).is_Integer:
                power = int(2 * node.exp)
                return ("^", root, power) if power > 0 else ("/", 1, ("^", root, -power))
        return ("exp", ("*", self.lower(node.exp), ("log", self.lower(node.base))))

    def _lower_application(self, node: Apply) -> Tree:
        if node.order == 1:
            return self._slope(node)
        if node.order:
            raise InputError(f"a derivative of order {node.order} is not worked out")
        argument = self.lower(node.argument)
        if node.name == "positive":
            return ("relu", argument)
        if node.name in _BASIC or node.name in ELEMENTARY:
            return (node.name, argument)
        if node.name == "identity":
            return argument
        return self._with_argument(_formula(node.name, "formula"), node.argument)

    def _with_argument(self, formula: Expr, argument: Expr) -> Tree:
        return self.lower(formula.xreplace({Symbol("z"): argument}))

    def _slope(self, node: Apply) -> Tree:
        """A function's derivative at its argument: a line of its own where its output has one."""
        known = ACTIVATIONS[node.name]
        output = self._output(node)
        if output is None:
            formula = _formula(node.name, "derivative").xreplace(
                {Symbol("a"): Apply(node.name, node.argument), Symbol("z"): node.argument}
            )
            return self.lower(formula)
        line = self.lines[self.keys[output]]
        key = entry_key(f"{line.quantity}_slope", line.indices)
        if key not in self.lines:
            through = {Symbol("a"): output, Symbol("z"): node.argument}
            formula = _formula(node.name, "derivative").xreplace(through)
            self.keys[node] = key
            self.lines[key] = Line(
                key, Kind.SLOPE, line.quantity, line.indices, 0, node, formula,
                self.lower(formula), "function", known.name,
            )  # fmt: skip
        return key

    def _output(self, node: Apply) -> Expr | None:
        """The entry that is this function at this argument."""
        wanted = Apply(node.name, node.argument)
        for line in self.lines.values():
            if line.kind is Kind.FORWARD and line.formula == wanted:
                return line.subject
        return None


@cache
def _formula(name: str, which: str) -> Expr:
    """A catalogue function's formula or derivative, in ``z`` and its output ``a``."""
    names = {"z": Symbol("z"), "a": Symbol("a")}
    return parse_formula(getattr(ACTIVATIONS[name], which), names, FUNCTIONS)


def _joined(operator: str, parts: list[Tree]) -> Tree:
    return parts[0] if len(parts) == 1 else (operator, *parts)


def _in_order(tree: Tree) -> Any:
    return (len(str(tree)), str(tree))
