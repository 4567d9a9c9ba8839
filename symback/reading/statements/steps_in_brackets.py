r"""Steps in round brackets behind a name: `h(t) = \tanh(W h(t-1))`, `e_j(n) = d_j(n) - y_j(n)`.

A bracket behind a name is a factor or an argument elsewhere. It holds the number of a step where
its letter counts in a document: where a name is taken at a step and at the one before, or several
names with indices are taken at it, and it is nowhere a quantity of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from symback.reading.formula.commands import APPLIED, FUNCTIONS
from symback.reading.formula.function_names import spelling
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Group,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
)
from symback.reading.statements.relations import Chain
from symback.records import dataclass

__all__ = ["with_steps_in_brackets"]

_LETTERS = frozenset(["t", "tau", "n", "k", "l", "ell", "s"])
_LAST = frozenset(["T", "N", "L"])
_E, _D = Symbol("e"), Symbol("d")
_AT_ONCE = 2
"""How many names with indices are taken at a letter that counts, where nothing is shifted."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A name, and what stands in the round bracket behind it."""

    symbol: Symbol
    held: Node

    @property
    def letter(self) -> str | None:
        """The letter of the step: the t of `t - 1`."""
        found = _step(self.held)
        return found[0] if found else None

    @property
    def is_shifted(self) -> bool:
        """Whether it is a step before or after: `t - 1`."""
        found = _step(self.held)
        return bool(found and found[1])


def with_steps_in_brackets(chains: Iterable[Chain]) -> tuple[set[str], set[str]]:
    """The names that are taken at steps in round brackets, and those that a descent changes so.

    They are spelled as tables of names spell them. What is changed by a descent,
    `w(n + 1) = w(n) + …`, is one quantity at whatever step.

    Args:
        chains: a document's formulas, read without this.
    """
    chains = tuple(chains)
    operands = [
        operand
        for chain in chains
        for operand in (*([chain.first] if chain.first else []), *(k.operand for k in chain.links))
    ]
    places = [place for operand in operands for place in _places(operand)]
    letters = {place.letter for place in places if place.letter} - _own(operands)
    letters = {letter for letter in letters if _counts(letter, places)}
    if not letters:
        return set(), set()
    shown: dict[str, bool] = {}
    for place in places:
        name = spelling(place.symbol)
        of_step = place.letter in letters or (place.letter is None and _ends(place.held))
        shown[name] = shown.get(name, True) and of_step
    stepped = {
        spelling(place.symbol)
        for place in places
        if place.letter in letters and shown[spelling(place.symbol)]
    }
    descending = stepped & set(map(spelling, filter(None, map(_descends, chains))))
    return stepped - descending, descending


def _descends(chain: Chain) -> Symbol | None:
    """The name of which a chain says the next value: its own one and something added."""
    left = next(_places(chain.first), None) if chain.first is not None else None
    if left is None or not left.is_shifted or not chain.links:
        return None
    right = chain.links[0].operand
    terms = right.terms if isinstance(right, Sum) else ()
    own = [place.symbol for term in terms for place in _whole(term)]
    return left.symbol if left.symbol in own else None


def _whole(term: Node) -> Iterator[_Place]:
    """Yield the place that a term is: a name and a bracket, and no more."""
    if isinstance(term, Product) and len(term.factors) == 2:
        yield from _places_in(term)
    elif isinstance(term, Call):
        yield from (place for place in _places(term) if place.symbol == term.function)


def _counts(letter: str, places: Sequence[_Place]) -> bool:
    """Say whether a letter is the number of a step wherever it stands in a bracket."""
    own = [place for place in places if place.letter == letter]
    at = {(place.symbol.base, place.is_shifted) for place in own}
    names = {base for base, _ in at}
    if any((base, True) in at and (base, False) in at for base in names):
        return len(names) >= _AT_ONCE
    indexed = {place.symbol.base for place in own if place.symbol.subscripts}
    return len(indexed) >= _AT_ONCE


def _own(operands: Iterable[Node]) -> set[str]:
    """The letters that are quantities themselves somewhere, or are differentiated by."""
    found: set[str] = set()
    for operand in operands:
        if not isinstance(operand, Symbol):  # `for $t = 1, …, T$` says how far it counts
            found.update(_standing(operand))
    return found


def _standing(node: Node | None) -> Iterator[str]:
    """Yield the letters that stand as factors, terms or what is differentiated by."""
    if node is None:
        return
    if isinstance(node, Symbol):
        if not (node.subscripts or node.marks or node.font or node.accents):
            yield node.name
        return
    if isinstance(node, Product):
        held = {id(place.held) for place in _places_in(node)}
        for factor in node.factors:
            group = _group(factor)
            if group is None or id(group.body) not in held:
                yield from _standing(factor)
        return
    if isinstance(node, Call):
        for argument in node.arguments:
            if _step(argument) is None or _is_known(node):
                yield from _standing(argument)
        return
    if isinstance(node, Derivative):
        for by in node.by:
            yield from _standing(by)
        yield from _standing(node.of)
        return
    if isinstance(node, BigSum):
        yield from _standing(node.body)
        return
    if isinstance(node, Differential):
        if not any(True for _ in _desired(node)):
            yield from _standing(node.of)
        return
    for child in node.children():
        yield from _standing(child)


def _places(node: Node) -> Iterator[_Place]:
    for part in node.walk():
        if isinstance(part, Product):
            yield from _places_in(part)
        elif isinstance(part, Call) and not part.order and not _is_known(part):
            if len(part.arguments) == 1:
                yield _Place(part.function, part.arguments[0])
            else:
                yield _Place(part.function, part)
        elif isinstance(part, Derivative) and isinstance(part.of, Product):
            yield from _places_in(part.of)
        elif isinstance(part, Differential):
            yield from _desired(part)


def _is_known(call: Call) -> bool:
    r"""Say whether a function is one of analysis, whose argument is a number: `\cos t`."""
    return call.function.name in FUNCTIONS | APPLIED


def _desired(differential: Differential) -> Iterator[_Place]:
    """Yield the name d, of a desired output, and its step: `d(n)`, read as a differential."""
    group = _group(differential.of) if differential.of is not None else None
    if differential.kind == "d" and group is not None and _step(group.body) is not None:
        yield _Place(_D, group.body)


def _places_in(product: Product) -> Iterator[_Place]:
    for number, (one, other) in enumerate(pairwise(product.factors)):
        if product.operators[number] is not Operator.JUXTAPOSED:
            continue
        symbol = one.of if isinstance(one, Differential) else one
        if isinstance(one, Call) and one.function.name == "exp" and not one.function.marks:
            symbol = _E if isinstance(one.arguments[0], Number) else one  # `e^2(n)` of errors e(n)
        while isinstance(symbol, Power | Transpose):
            symbol = symbol.base if isinstance(symbol, Power) else symbol.body
        group = _group(other)
        if isinstance(symbol, Symbol) and not symbol.marks and group is not None:
            yield _Place(symbol, group.body)


def _group(node: Node) -> Group | None:
    while isinstance(node, Power | Transpose):
        node = node.base if isinstance(node, Power) else node.body
    return node if isinstance(node, Group) and node.bracket == "(" else None


def _step(node: Node) -> tuple[str, int] | None:
    """The letter and the shift of a step, `t - 1`."""
    if isinstance(node, Symbol):
        plain = node.name in _LETTERS and not (node.subscripts or node.marks or node.font)
        return (node.name, 0) if plain else None
    if isinstance(node, Sum) and len(node.terms) == 2:
        letter, number = node.terms
        if isinstance(number, Number) and number.digits.isdigit() and node.signs[0] > 0:
            found = _step(letter)
            return (found[0], node.signs[1] * int(number.digits)) if found else None
    return None


def _ends(node: Node) -> bool:
    """Say whether a bracket holds the first step or the last one: `0`, `T`, `T - 1`."""
    if isinstance(node, Number):
        return node.digits.isdigit()
    if isinstance(node, Sum):
        return all(map(_ends, node.terms))
    return isinstance(node, Symbol) and node.name in _LAST and not node.subscripts
