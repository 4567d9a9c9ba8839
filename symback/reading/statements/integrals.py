r"""Integrals, and means over a distribution, as what is added up over the values of a variable.

`\int p(x) f(x) dx` and `E_{x \sim p(x)}[f(x)]` are one thing. What a mean is over is a density
wherever it stands, which adds up to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Density,
    Differential,
    Group,
    Integral,
    Limit,
    Node,
    Operator,
    Power,
    Product,
    Relation,
    Symbol,
    Tuple,
    stripped,
)
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Statement

__all__ = ["with_integrals"]

_MEANS = frozenset(["E", "𝔼"])
_WHOLE = re.compile(r"(?:sub|_|\^|sup|[{}+\s-]|\\?infty|∞)*")
_DOMAIN = re.compile(r"_ (?:\{ )?(?:\\?[A-Za-z]+ )*(?:\\?[A-Za-z]+)(?: \})?")
_Densities = dict[Symbol, set[Symbol]]
_BARS = ("|", r"\mid", r"\vert", "∣")


def with_integrals(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with integrals and means over distributions by their variables."""
    sides = [
        (statement, side)
        for statement in statements
        for side in (statement.left, statement.right)
        if side is not None
    ]
    if not any(_is_one(node) for _, side in sides for node in everything(side)):
        return tuple(statements)
    densities: _Densities = {}
    for statement, side in sides:
        for node in everything(side):
            for density, variables in _means(node):
                if _is_conditional(density, variables, statement):
                    densities.setdefault(density.function, set()).update(variables)

    def side_of(statement: Statement, side: Node | None) -> Node | None:
        return side and _Reader(statement, densities).read(side)

    return tuple(replace(s, left=side_of(s, s.left), right=side_of(s, s.right)) for s in statements)


def _is_one(node: Node) -> bool:
    if isinstance(node, Limit):
        return node.operator not in ("lim", "|")
    return isinstance(node, Symbol) and node.name in _MEANS and bool(node.subscripts)


def _is_conditional(call: Call, variables: tuple[Symbol, ...], statement: Statement) -> bool:
    """Say whether a density is of these variables alone, all else standing behind a bar or below.

    `p(x, z)` is no density of x.
    """
    if len(call.arguments) == len(variables):
        return True
    text = statement.excerpt.text[call.span.start : call.span.end]
    return any(bar in text for bar in _BARS)


class _Reader:
    """Writes out the integrals of one statement."""

    def __init__(self, statement: Statement, densities: _Densities) -> None:
        self.statement = statement
        self.densities = densities

    def read(self, node: Node) -> Node:
        if isinstance(node, Limit) and (found := _written_out(node)):
            variables, body = found
            return self._over(variables, body, node)
        if isinstance(node, Product):
            node = self._product(node)
        if isinstance(node, Call) and (called := _mean_called(node)):
            density, variables, body = called
            return self._over(variables, _times(density, body), node)
        return changed(node, self.read)

    def _product(self, node: Product) -> Node:
        factors, operators = list(node.factors), list(node.operators)
        at = 0
        while at < len(factors) - 1:
            group = factors[at + 1]
            power = group.exponent if isinstance(group, Power) else None
            inner = group.base if isinstance(group, Power) else group
            if operators[at] is Operator.JUXTAPOSED and isinstance(inner, Group):
                found = _mean(factors[at], inner.body)
                if found is not None:
                    density, variables = found
                    whole = self._over(variables, _times(density, inner), node)
                    if power is not None:
                        whole = Power(Group(whole, "("), power, span=node.span)
                    factors[at : at + 2] = [Group(whole, "(", span=node.span)]
                    del operators[at]
            at += 1
        if len(factors) == len(node.factors):
            return node
        if len(factors) == 1:
            return factors[0]
        return replace(node, factors=tuple(factors), operators=tuple(operators))

    def _over(self, variables: Sequence[Symbol], body: Node, node: Node) -> Node:
        ends = node.ends if isinstance(node, Limit) and not _WHOLE.fullmatch(node.ends) else ""
        found = self._with_densities(self.read(body), variables) if not ends else self.read(body)
        for variable in reversed(variables):
            found = Integral(variable, found, ends, span=node.span)
        return found

    def _with_densities(self, node: Node, variables: Sequence[Symbol]) -> Node:
        def marked(node: Node) -> Node:
            if isinstance(node, Density):
                return node
            node = changed(node, marked)
            if isinstance(node, Call) and not node.order and node.function in self.densities:
                first = tuple(map(stripped, node.arguments[: len(variables)]))
                if first == tuple(variables) and len(variables) == 1:
                    if _is_conditional(node, (variables[0],), self.statement):
                        return Density(node, variables[0], span=node.span)
            return node

        return marked(node)


def _written_out(node: Limit) -> tuple[tuple[Symbol, ...], Node] | None:
    """The variables of an integral, and what is under it; None for one that is not all of them."""
    if node.operator in ("lim", "|"):
        return None
    if not (_WHOLE.fullmatch(node.ends) or _DOMAIN.fullmatch(node.ends)):
        return None
    body = stripped(node.body)
    if not isinstance(body, Product):
        return None
    by = [f for f in body.factors if isinstance(f, Differential) and f.order == 1]
    variables = [stripped(f.of) for f in by if f.kind == "d" and f.of is not None]
    rest = [f for f in body.factors if f not in by]
    operators = set(body.operators)
    if not by or len(variables) != len(by) or not rest or Operator.SLASH in operators:
        return None
    found = [x for x in variables if isinstance(x, Symbol)]
    if len(found) != len(by):
        return None
    signs = (Operator.JUXTAPOSED,) * (len(rest) - 1)
    whole = rest[0] if len(rest) == 1 else Product(tuple(rest), signs, span=body.span)
    return tuple(found), whole


def _mean(sign: Node, body: Node) -> tuple[Call, tuple[Symbol, ...]] | None:
    """The density that a mean is over and its variables, `E_{x \\sim p}` of a body."""
    if not (isinstance(sign, Symbol) and sign.name in _MEANS and len(sign.subscripts) == 1):
        return None
    if sign.marks or sign.primes or sign.accents:
        return None
    below = stripped(sign.subscripts[0])
    if isinstance(below, Relation) and below.operators == (r"\sim",):
        variables = _letters(stripped(below.operands[0]))
        density = stripped(below.operands[1])
        if variables and isinstance(density, Call) and not density.order:
            own = tuple(map(stripped, density.arguments[: len(variables)]))
            return (density, variables) if own == variables else None
        if variables and isinstance(density, Symbol):
            return Call(density, variables, span=below.span), variables
        return None
    if isinstance(below, Call) and not below.order:
        first = stripped(below.arguments[0])
        return (below, (first,)) if isinstance(first, Symbol) else None
    if isinstance(below, Symbol):
        calls = {n for n in everything(body) if isinstance(n, Call) and n.function == below}
        if len(calls) == 1 and len((call := calls.pop()).arguments) == 1:
            first = stripped(call.arguments[0])
            return (call, (first,)) if isinstance(first, Symbol) else None
    return None


def _mean_called(node: Call) -> tuple[Call, tuple[Symbol, ...], Node] | None:
    """A mean in round brackets, `E_{x \\sim p(x)}(f(x))`."""
    if len(node.arguments) != 1 or node.order:
        return None
    found = _mean(node.function, node.arguments[0])
    return (*found, Group(node.arguments[0], "(")) if found is not None else None


def _means(node: Node) -> Iterator[tuple[Call, tuple[Symbol, ...]]]:
    """The densities that means are over, with their variables."""
    if isinstance(node, Product):
        for sign, group in zip(node.factors, node.factors[1:], strict=False):
            inner = group.base if isinstance(group, Power) else group
            if isinstance(inner, Group) and (found := _mean(sign, inner.body)) is not None:
                yield found
    elif isinstance(node, Call) and (called := _mean_called(node)):
        yield called[0], called[1]


def _letters(node: Node) -> tuple[Symbol, ...]:
    items = node.items if isinstance(node, Tuple) else (node,)
    found = tuple(x for x in map(stripped, items) if isinstance(x, Symbol))
    return found if len(found) == len(items) else ()


def _times(density: Call, body: Node) -> Node:
    group = body if isinstance(body, Group) else Group(body, "(", span=body.span)
    return Product((density, group), (Operator.JUXTAPOSED,), span=body.span)
