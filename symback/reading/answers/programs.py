"""What a program calls, in an answer: `np.sum(dZ, axis=1)`, `np.square(h)`, `np.mean(a, axis=0)`.

Each is brought to the formula that says the same: a sum over an axis is a product with ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Fraction,
    Group,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.symbols import spelled
from symback.reading.statements.statements import Statement

__all__ = ["without_calls"]

_ONE = Number("1")
_ONES = Symbol("1", "bold")
_LAMBDA = Symbol("lambd")
"""How programs spell the factor of a weight decay, as `lambda` is a word of Python."""


def without_calls(statement: Statement, count: str, *, rows: bool, one_output: bool) -> Statement:
    """The statement with what programs call written as formulas.

    Args:
        statement: what was typed.
        count: the letter for the number of samples; empty without a batch.
        rows: whether samples are rows.
        one_output: whether the network has one output, so that a mean over all is over samples.
    """
    calls = _Calls(count, rows, one_output)
    left, right = (side and calls.put(side) for side in (statement.left, statement.right))
    return replace(statement, left=left, right=right)


class _Calls:
    def __init__(self, count: str, rows: bool, one_output: bool) -> None:
        self.count, self.rows, self.one_output = count, rows, one_output

    def put(self, node: Node) -> Node:
        if isinstance(node, Symbol):
            return replace(node, name="lambda") if node == _LAMBDA else node
        if isinstance(node, Call):
            return self._call(node)
        node = changed(node, self.put)
        if isinstance(node, Group) and (slope := _as_slope(node.body)) is not None:
            return slope
        return node

    def _call(self, node: Call) -> Node:
        name, order = node.function.name, node.order
        below = node.function.subscripts
        if len(below) == 1 and spelled(below[0]) == "prime" and not order:  # `sigmoid_prime(z)`
            function = replace(node.function, subscripts=())
            return Call(function, tuple(map(self.put, node.arguments)), 1, span=node.span)
        options = {
            spelled(a.operands[0]): spelled(a.operands[1])
            for a in node.arguments
            if isinstance(a, Relation) and a.operators == ("=",)
        }
        values = [
            self.put(a)
            for a in node.arguments
            if not (isinstance(a, Relation) and a.operators == ("=",))
        ]
        found = None
        if not (order or below or node.function.marks):
            if name in ("sum", "mean"):
                found = self._over(name, node.arguments, values, options)
            elif not options and (rule := _RULES.get((name, len(values)))) is not None:
                found = rule(*values)
        return found if found is not None else replace(node, arguments=tuple(
            map(self.put, node.arguments)))  # fmt: skip

    def _over(
        self, name: str, arguments: tuple[Node, ...], values: list[Node], options: Mapping[str, str]
    ) -> Node | None:
        """A sum or a mean over an axis, or over all entries."""
        if not values or len(values) > 2 or options.keys() - {"axis", "keepdims"}:
            return None
        axis = options.get("axis", spelled(values[1]) if len(values) == 2 else "")
        body = Group(values[0])
        if axis == "0":
            total: Node = _product(Transpose(_ONES), body)
        elif axis in ("1", "-1"):
            total = _product(body, _ONES)
        elif not axis:
            total = BigSum("sum", (), None, None, body)
        else:
            return None
        if name == "sum":
            return total
        of_samples = axis == ("0" if self.rows else "1")
        each = self.one_output or _is_summed(arguments[0], "1" if self.rows else "0")
        if not self.count or not (of_samples or (not axis and each)):
            return None
        return Fraction(total, Symbol(self.count))


def _is_summed(node: Node, axis: str) -> bool:
    """Say whether a call sums over the outputs, so that each sample has one number left."""
    node = stripped(node)
    if isinstance(node, Sum) and len(node.terms) == 1:
        node = stripped(node.terms[0])
    if not isinstance(node, Call) or node.function.name != "sum" or len(node.arguments) < 2:
        return False
    at = node.arguments[1]
    return spelled(at.operands[-1] if isinstance(at, Relation) else at) in (axis, f"-{axis}")


def _product(left: Node, right: Node, operator: Operator = Operator.JUXTAPOSED) -> Node:
    return Group(Product((left, right), (operator,)))


def _as_slope(node: Node) -> Node | None:
    """A condition on an array as 1 where it holds, `(z > 0)`: the slope of its positive part."""
    if not isinstance(node, Relation) or len(node.operands) != 2:
        return None
    left, right = node.operands
    if node.operators[0] in ("<", "\\le", "\\leq"):
        left, right = right, left
    elif node.operators[0] not in (">", "\\ge", "\\geq"):
        return None
    zero = Number("0")
    if stripped(left) == zero:
        inside: Node = Sum((right,), (-1,))
    else:
        inside = left if stripped(right) == zero else Sum((left, Group(right)), (1, -1))
    return Call(Symbol("relu"), (inside,), 1)


def _where(condition: Node, one: Node, other: Node) -> Node | None:
    slope = _as_slope(stripped(condition))
    if slope is None:
        return None
    if (stripped(one), stripped(other)) == (_ONE, Number("0")):
        return slope
    rest = Group(Sum((_ONE, slope), (1, -1)))
    first, second = (_product(a, Group(b), Operator.ODOT) for a, b in ((slope, one), (rest, other)))
    return Group(Sum((first, second), (1, 1)))


def _positive(one: Node, other: Node) -> Node | None:
    zero = Number("0")
    for left, right in ((one, other), (other, one)):
        if stripped(left) == zero:
            return Call(Symbol("relu"), (right,))
    return None


_RULES: Mapping[tuple[str, int], Callable[..., Node | None]] = {
    ("power", 2): lambda a, n: Power(Group(a), n),
    ("square", 1): lambda a: Power(Group(a), Number("2")),
    ("multiply", 2): lambda a, b: _product(Group(a), Group(b), Operator.ODOT),
    ("divide", 2): lambda a, b: _product(Group(a), Group(b), Operator.SLASH),
    ("add", 2): lambda a, b: Group(Sum((a, Group(b)), (1, 1))),
    ("subtract", 2): lambda a, b: Group(Sum((a, Group(b)), (1, -1))),
    ("negative", 1): lambda a: Group(Sum((Group(a),), (-1,))),
    ("transpose", 1): lambda a: Transpose(Group(a)),
    ("maximum", 2): _positive,
    ("where", 3): _where,
}
