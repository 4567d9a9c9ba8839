"""What an equation can define, by the look of its two sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import (
    A_FAMILY,
    Call,
    Derivative,
    Dots,
    Group,
    MarkKind,
    Node,
    Number,
    Product,
    Relation,
    Sum,
    Symbol,
    Tuple,
    Unevaluated,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.conditions import dotted

__all__ = [
    "defined_name",
    "definition_of",
    "goes_on_from",
    "is_count",
    "is_number",
    "is_of_event",
    "is_probability",
    "is_range",
    "is_same_turned",
    "is_set",
    "is_updated",
    "names_output",
    "of_every_layer",
    "states_loss",
    "symbols",
]  # fmt: skip

_OF_NUMBERS = frozenset(["log", "ln", "exp", "lg", "sqrt"])
_NEW = frozenset(["new", "next", "updated"])


def definition_of(left: Node, relation: str, right: Node) -> tuple[Node, Node]:
    """The side that has a name, and the other one.

    `tanh(W x) = tanh(a)` gives the name to what the function is of, and so does
    `tanh(a) = tanh(W x)`.
    """
    if relation == "=" and isinstance(left, Call) and isinstance(right, Call):
        if left.function == right.function and left.order == right.order == 0:
            if len(left.arguments) == len(right.arguments) == 1:
                for inner, name in (both := (*left.arguments, *right.arguments)), both[::-1]:
                    if isinstance(name, Symbol) and not isinstance(inner, Symbol):
                        return name, inner
    if relation == "=:" or (isinstance(right, Symbol) and not isinstance(left, Symbol | Call)):
        if relation == "=" and _is_identity(right):
            return left, right  # `dz/db = I` says what the derivative is
        return right, left
    if isinstance(right, Symbol) and _is_input(left) and _is_of_first_layer(right):
        return right, left
    return left, right


def _is_identity(node: Node) -> bool:
    return isinstance(node, Symbol) and node == Symbol("I", font=node.font)


def _is_input(node: Node) -> bool:
    return isinstance(node, Symbol) and node.name in ("x", "X") and not node.marks


def _is_of_first_layer(symbol: Symbol) -> bool:
    """Say whether the activation of the first layer is named, `x = a^{(1)}`: the input is given."""
    layers = (m.body for m in symbol.marks if isinstance(m.body, Number))
    return symbol.name not in ("x", "X") and any(body.digits in ("0", "1") for body in layers)


def defined_name(left: Node) -> Node | None:
    """Return what an equation with this left side would define, None where it defines nothing."""
    if isinstance(left, Symbol):
        return left.unmarked
    if isinstance(left, Call) and not left.order:
        if all(isinstance(argument, Symbol | Dots) for argument in left.arguments):
            return Call(left.function, ())
    return None


def names_output(left: Node, right: Node) -> bool:
    """Say whether a function of the input is said to be a layer: `h(x) = a^{(3)}`."""
    if not isinstance(left, Call) or not isinstance(right, Symbol):
        return False
    arguments = [node.name for node in left.arguments if isinstance(node, Symbol)]
    return arguments == ["x"] and bool(right.marks) and not right.subscripts


def states_loss(left: Node, right: Node) -> bool:
    """Say whether a loss is written with what it is to be minimised by: `E(w) = sum_k …`."""
    if not isinstance(left, Call) or base_of(left.function) not in LOSSES:
        return False
    return not any(
        isinstance(node, Call) and node.function == left.function for node in everything(right)
    ) and not is_number(right)


def is_same_turned(left: Node, right: Node) -> bool:
    """Say whether these are two entries of a matrix across its diagonal, `a_{ij}` and `a_{ji}`."""
    return (
        isinstance(left, Symbol)
        and isinstance(right, Symbol)
        and len(set(left.subscripts)) == 2 == len(left.subscripts)
        and replace(right, subscripts=right.subscripts[::-1]) == left
    )


def is_number(node: Node) -> bool:
    r"""Say whether an expression is a value and no formula: `x = 0.5`, `H = -\log_2(1/4)`."""
    parts = list(everything(node))
    return any(isinstance(part, Number) for part in parts) and not any(
        isinstance(part, Symbol | Derivative)
        or (isinstance(part, Call) and (part.function.name not in _OF_NUMBERS or part.order > 0))
        for part in parts
    )


def is_count(right: Node) -> bool:
    """Say whether a right side can be the number of a unit or layer: `L - 1`, `1, …, n`, `3`."""
    if isinstance(right, Sum | Tuple):
        return all(map(is_count, right.terms if isinstance(right, Sum) else right.items))
    return isinstance(right, Number | Dots) or (
        isinstance(right, Symbol) and not (right.subscripts or right.accents)
    )


def is_range(right: Node) -> bool:
    r"""Say whether a right side only lists the values of an index: `i = 1, \dots, n`."""
    return isinstance(right, Tuple) and not right.bracket and dotted(right.items)


def is_of_event(right: Node) -> bool:
    """Say whether a formula holds the probability of an event, `-log p(y = k | x)`, and no value.

    A loss that is written so is differentiated as one of which nothing more is said.
    """
    return any(
        isinstance(node, Call)
        and any(isinstance(part, Relation) for a in node.arguments for part in everything(a))
        for node in everything(right)
    )


def is_probability(node: Node, formula: Node) -> bool:
    """Say whether this names a probability, `p(o | c)`, of which what comes next is the formula.

    Its arguments are numbers of what happens, and no quantities that the formula is made of.
    """
    if isinstance(node, Product) and len(node.factors) == 2:
        name, given = node.factors
        if not (isinstance(name, Symbol) and isinstance(given, Tuple) and given.bracket == "("):
            return False
        arguments: Sequence[Node] = given.items
    elif isinstance(node, Call) and not node.order and len(node.arguments) > 1:
        arguments = node.arguments
    else:
        return isinstance(node, Call) and is_of_event(node)
    inside = {base_of(symbol) for symbol in quantities(formula)}
    return all(isinstance(a, Symbol) and base_of(a) not in inside for a in arguments)


def is_set(right: Node) -> bool:
    r"""Say whether a right side lists what belongs together: `\{W, b\}`, `(W_1, b_1, W_2, b_2)`.

    In round brackets these are entries of a vector where they have one letter or no capital one.
    """
    while isinstance(right, Group):
        if right.bracket == "{":
            return True
        right = right.body
    if isinstance(right, Unevaluated):
        return right.what == A_FAMILY
    if not isinstance(right, Tuple):
        return False
    letters = {item.name for item in right.items if isinstance(item, Symbol)}
    of_several = len(letters) > 1 and any(letter[0].isupper() for letter in letters)
    return right.bracket == "{" or (
        right.bracket in ("(", "[")
        and of_several
        and all(isinstance(item, Symbol | Dots) for item in right.items)
    )


def is_updated(left: Node, right: Node | None = None) -> bool:
    """Say whether a left side is the next value of a quantity: `w^+`, `w^{new}`, `W(t + 1)`.

    A state with such a word, `h_{next} = \\tanh(z)`, is no update where its letter has no part in
    the formula for it.
    """
    if not isinstance(left, Symbol):
        return False
    if left.iteration is not None or any(m.kind is MarkKind.UPDATED for m in left.marks):
        return True
    names: Sequence[Node | None] = [*left.subscripts, *(mark.body for mark in left.marks)]
    if not any(isinstance(name, Symbol) and name.name in _NEW for name in names):
        return False
    if right is None or is_number(right):
        return True
    return any(symbol.base == left.base for symbol in quantities(right))


def goes_on_from(name: Symbol, right: Node) -> bool:
    """Say whether a right side is a quantity's own value and something added: `w - eta g`."""
    return isinstance(right, Sum) and any(
        isinstance(term, Symbol) and term.unmarked == name and sign > 0
        for term, sign in zip(right.terms, right.signs, strict=True)
    )


def of_every_layer(node: Node) -> Node | None:
    """A quantity with a letter for its layer, whichever unit it is of: `delta^{(l + 1)}`."""
    if not isinstance(node, Symbol) or len(node.marks) != 1:
        return None
    (mark,) = node.marks
    layer = mark.body.terms[0] if isinstance(mark.body, Sum) else mark.body
    if not isinstance(layer, Symbol):
        return None
    return replace(node, subscripts=(), marks=(replace(mark, body=layer),))


def symbols(node: Node) -> set[Node]:
    """The quantities in an expression, whichever version of them is meant."""
    return {found.unmarked for found in quantities(node)}
