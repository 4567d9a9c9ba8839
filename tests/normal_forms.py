"""When two lines about a gradient are written in the same form.

Two right sides have one form where they differ only in the order of factors, terms, limits and
lines, in the letters of what is summed over, and in the names of parts that one of them leaves
unnamed.  A factor that a sum does not bind may stand before the sum or under it, and a sum of terms
is read as the sums of its terms: books write both.  Nothing else is multiplied out, cancelled, or
put in by a definition of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, S, Sum, Symbol

from symback.algebra.expressions import Apply, Partial, indices_of, name_of, within
from symback.algebra.indexing import Extreme, Product, Stop, bracket
from symback.algebra.sums import Limit, flatten, replace

__all__ = ["Line", "form_of", "same_form"]

Line = tuple[tuple[Expr, ...], Expr]
"""Letters of indices, and what stands for a name with these indices."""

Names = Mapping[Expr, str]


def same_form(
    first: Expr, second: Expr, one: Mapping[str, Line], other: Mapping[str, Line]
) -> bool:
    """Whether two right sides have one form.

    Args:
        first: one of them.
        second: the other.
        one: what adjoints stand for that the first may name and the second does not.
        other: the same for those that the second may name.
    """
    for _ in range(ROUNDS):
        common = _adjoints(first) & _adjoints(second)
        put_in = _put_in(first, one, common), _put_in(second, other, common)
        if put_in == (first, second):
            return form_of(first) == form_of(second)
        first, second = put_in
    raise AssertionError("names that stand for each other")


ROUNDS = 30


def put_in(expression: Expr, lines: Mapping[str, Line]) -> Expr:
    """An expression with what helpers stand for, until none is left."""
    for _ in range(ROUNDS):
        found: dict[Expr, Expr] = {}
        for node in within(expression, Indexed, Symbol):
            letters, right = lines.get(name_of(node), ((), None))
            # The name of an array is a symbol, too, and has no indices.
            if right is not None and len(letters) == len(indices_of(node)):
                found[node] = replace(right, dict(zip(letters, indices_of(node), strict=True)))
        if not found:
            return expression
        expression = expression.xreplace(found)
    raise AssertionError("names that stand for each other")


def _adjoints(expression: Expr) -> set[str]:
    return {name_of(node.by) for node in within(expression, Partial)}


def _put_in(expression: Expr, lines: Mapping[str, Line], common: set[str]) -> Expr:
    found: dict[Expr, Expr] = {}
    for node in within(expression, Partial):
        name = name_of(node.by)
        if name in lines and name not in common:
            letters, right = lines[name]
            if name in _adjoints(right):  # a recursion has its name
                continue
            found[node] = replace(right, dict(zip(letters, indices_of(node.by), strict=True)))
    return expression.xreplace(found)


def form_of(expression: Expr, names: Names | None = None) -> str:
    """The text of an expression: everything in order, bound letters named by their depth."""
    terms = sorted(_term(*term, names or {}) for term in _terms(expression))
    return " + ".join(terms)


def _terms(expression: Expr) -> Iterator[tuple[list[Expr], list[Limit]]]:
    """The terms of a sum, each as its factors and what it is summed over."""
    for addend in Add.make_args(expression):
        factors, limits = flatten(addend)
        bodies = [part for part in factors if isinstance(part, Add)]
        if limits and len(factors) == 1 and bodies:
            for term in bodies[0].args:
                inner, own = flatten(term)
                yield inner, [*own, *limits]
        else:
            yield factors, limits


def _term(factors: Iterable[Expr], limits: list[Limit], names: Names) -> str:
    number = Mul(*(part for part in factors if part.is_Number))
    rest = Mul.make_args(Mul(*(part for part in factors if not part.is_Number)))
    texts = []
    for order in permutations(range(len(limits))):
        letters = {i: f"%{len(names) + n}" for (i, *_), n in zip(limits, order, strict=True)}
        inner = {**names, **letters}
        ends = sorted(",".join(_node(part, inner) for part in limit) for limit in limits)
        text = " ".join(sorted(_node(part, inner) for part in rest))
        texts.append(f"({'; '.join(ends)}) {text}" if ends else text)
    return f"{number} {min(texts)}"


def _node(node: Expr, names: Names) -> str:
    if isinstance(node, Symbol):
        return names.get(node, node.name)
    if isinstance(node, Add | Mul | Sum):
        return f"({form_of(node, names)})"
    if isinstance(node, Stop):  # only its derivative is another
        return _node(node.body, names)
    if isinstance(node, Apply) and node.name == "relu" and node.order == 1:
        return _node(bracket(S.Zero, "<", node.argument), names)
    if isinstance(node, Extreme | Product):
        inner = {**names, node.limit[0]: f"%{len(names)}"}
        kind = node.kind if isinstance(node, Extreme) else "prod"
        ends = ",".join(_node(part, inner) for part in node.limit)
        return f"{kind}({ends}: {_node(node.body, inner)})"
    if not node.args:
        return str(node)
    if isinstance(node, Indexed):
        return f"{name_of(node)}[{','.join(_node(i, names) for i in node.indices)}]"
    parts = [_node(part, names) for part in node.args]
    if isinstance(node, KroneckerDelta):
        parts.sort()
    return f"{type(node).__name__}({', '.join(parts)})"
