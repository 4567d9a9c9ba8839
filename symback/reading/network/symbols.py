"""The symbols that a formula holds, and how each is spelled."""

from __future__ import annotations

from collections.abc import Iterator

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Entry,
    Hessian,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)

__all__ = [
    "INDEX_LETTERS",
    "base_of",
    "everything",
    "is_ones",
    "of_step",
    "quantities",
    "spelled",
    "summed_letters",
    "twice_by",
    "written",
]

INDEX_LETTERS = frozenset("ijklmnpqrsuv")


def spelled(node: Node) -> str:
    """A script as a name: `{o1}` and `{o_1}` are both "o1"."""
    if isinstance(node, Number):
        return node.digits
    if isinstance(node, Symbol):
        if not (node.subscripts or node.accents or node.primes):
            return node.name
        below = "".join(map(spelled, node.subscripts))
        return " ".join([*node.accents, node.name]) + "'" * node.primes + below
    if isinstance(node, Sum):
        signs = ("-" if sign < 0 else "+" for sign in node.signs)
        text = "".join(sign + spelled(term) for sign, term in zip(signs, node.terms, strict=True))
        return text.removeprefix("+")
    return "(" + ",".join(map(spelled, node.children())) + ")"


def base_of(symbol: Symbol) -> str:
    """The letter with its accents and primes, without font or scripts."""
    if not (symbol.accents or symbol.primes):
        return symbol.name
    return " ".join([*sorted(symbol.accents), symbol.name]) + "'" * symbol.primes


def quantities(node: Node) -> Iterator[Symbol]:
    """Yield the symbols that stand for quantities, not those of functions, indices and scripts."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Symbol):
            yield node
        elif isinstance(node, Call):
            waiting.extend(node.arguments)
        elif isinstance(node, BigSum):
            waiting.append(node.body)
        elif isinstance(node, (Product, Sum)):
            waiting.extend(node.factors if isinstance(node, Product) else node.terms)
        elif isinstance(node, Entry):
            waiting.append(node.body)
        else:
            waiting.extend(node.children())


def everything(node: Node) -> Iterator[Node]:
    """Yield every node that can hold a quantity, without going into scripts."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Symbol):
            continue
        if isinstance(node, Call):
            waiting.extend(node.arguments)
        elif isinstance(node, BigSum):
            waiting.append(node.body)
            waiting.extend(node.conditions)
        elif isinstance(node, Entry):
            waiting.append(node.body)
        else:
            waiting.extend(node.children())


def of_step(index: Node) -> tuple[Symbol, int] | None:
    """The letter of an index and how far it is from that: t and -2 for `t - 2`; None for others."""
    if isinstance(index, Symbol):
        return index, 0
    match index:
        case Sum((Symbol() as letter, Number(digits)), (1, sign)) if digits.isdecimal():
            return letter, sign * int(digits)
    return None


def is_ones(node: Node) -> bool:
    r"""Say whether a symbol is a vector of ones: `\mathbf 1`."""
    return isinstance(node, Symbol) and node.name == "1"


def summed_letters(node: BigSum) -> tuple[str, ...]:
    """The letters that a sum runs over; where it names none, all indices of what is summed."""
    if node.indices:
        return tuple(map(spelled, node.indices))
    found: dict[str, None] = {}
    for symbol in quantities(node.body):
        for index in symbol.subscripts:
            if isinstance(index, Symbol) and index.name in INDEX_LETTERS:
                found[spelled(index)] = None
    return tuple(found)


def written(symbol: Symbol) -> str:
    """A symbol for a sentence: its letter, with its scripts as they stand."""
    below = ",".join(map(spelled, symbol.subscripts))
    above = ",".join(spelled(mark.body) for mark in symbol.marks if mark.body is not None)
    text = base_of(symbol)
    return text + (f"_{below}" if below else "") + (f"^{above}" if above else "")


def twice_by(node: Node) -> Node | None:
    r"""By what a Hessian is, `\nabla^2_w J` or `\partial^2 J / \partial w \partial w^T`."""
    if isinstance(node, Hessian):
        of = stripped(node.of) if node.of is not None else None
        if node.by is None and isinstance(of, Call) and len(of.arguments) == 1:
            return stripped(of.arguments[0])
        return stripped(node.by) if node.by is not None else None
    if not isinstance(node, Derivative) or len(node.by) != 2:
        return None
    one, other = map(stripped, node.by)
    if isinstance(one, Transpose):
        one, other = other, one
    if isinstance(other, Transpose) and stripped(other.body) == one:
        return one
    return None
