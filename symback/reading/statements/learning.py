"""What a document itself says about its names: which are functions, which are quantities.

A first reading takes every unknown name before a bracket as a factor. What it shows is learned:
a letter with a prime before a bracket, unless it has one elsewhere too (then the prime is part of
a variable's name); `f(x) = …`; a bracket around one symbol alone, which nobody writes in a product;
and the words "activation function" beside a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.function_names import INDEX_LETTERS, USUAL, FunctionTable, spelling
from symback.reading.formula.languages import words
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Fraction,
    Group,
    MarkKind,
    Nabla,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    Tuple,
)  # fmt: skip
from symback.reading.formula.unread import Reason
from symback.reading.network.function_meanings import names_function
from symback.reading.network.naming import LOSSES
from symback.reading.statements.bare_slopes import is_bare_slope
from symback.reading.statements.blocks import Block, Chain
from symback.reading.statements.bracket_indices import with_bracket_indices
from symback.reading.statements.steps_in_brackets import with_steps_in_brackets
from symback.records import dataclass

# What "is a function of" another one, and what it is a function of, depends and is applied to none.
_FUNCTION_BEFORE = re.compile(words("function") + r"(?: is| are|:)?$", re.IGNORECASE)
_FUNCTION_AFTER = re.compile(
    r"(?:is (?:the|an?) |: ?(?:the |an? )?)?(?:\w+ )?function\b(?!\s+of\b)"
)
_STEPS = frozenset(["t", "tau", "k", "n"])
# Letters that are layers with those whose equations show it; `sigma^2 =` is a variance.
_WITH_LAYERS = ("w", "W", "b", "B", "a", "A", "z", "Z", "h", "delta")
_SQUARES = frozenset(["sigma", "R", "r", "chi", "s"])
_SPECIAL = frozenset(["e", "d", "Delta"])
_D = Symbol("d")


@dataclass(slots=True)
class _Evidence:
    primed_calls: set[str] = field(default_factory=set)
    primed_alone: set[str] = field(default_factory=set)
    single_calls: set[str] = field(default_factory=set)
    called_at: set[tuple[str, Node]] = field(default_factory=set)
    differentiated: set[tuple[str, Node]] = field(default_factory=set)
    losses_of: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    defined_functions: set[str] = field(default_factory=set)
    defined_variables: set[str] = field(default_factory=set)
    bare_slopes: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    iterated: set[str] = field(default_factory=set)
    special: set[str] = field(default_factory=set)
    divides: bool = False
    differentiates: bool = False
    raised: set[tuple[str, str]] = field(default_factory=set)
    raised_entries: set[str] = field(default_factory=set)
    plain_entries: set[str] = field(default_factory=set)
    squared: set[str] = field(default_factory=set)
    chains: list[Chain] = field(default_factory=list)
    has_runs: bool = False  # whether letters typed together were not read


def learn(
    read: Iterable[tuple[Excerpt, Block]], table: FunctionTable | None = None
) -> FunctionTable:
    """Return the table with what a first reading of a document shows."""
    table = table or FunctionTable()
    evidence = _Evidence(primed_alone=set(table.quantities), alone=set(table.quantities))
    for excerpt, block in read:
        for item in block.items:
            if isinstance(item, Chain):
                _learn_from_chain(item, evidence)
                evidence.chains.append(item)
            elif item.reason is Reason.NAME_OR_PRODUCT:
                evidence.has_runs = True
        _learn_from_words(excerpt, block, evidence)
    if evidence.divides and not evidence.differentiates:
        evidence.special.add("d")
    functions = (
        (evidence.primed_calls - evidence.primed_alone)
        | (evidence.single_calls - evidence.alone - _differentiated_alone(evidence))
        | evidence.defined_functions
        | evidence.losses_of  # the loss that stands alone is the sum of these
    )
    # `sigma' = sigma (1 - sigma)` is about the function that is applied elsewhere.
    evidence.defined_variables |= evidence.bare_slopes - evidence.calls
    variables = {
        name
        for name in evidence.defined_variables & USUAL
        if name not in evidence.primed_calls | evidence.defined_functions
    }
    indexed, placed = with_bracket_indices(evidence.chains)
    stepped, descending = with_steps_in_brackets(evidence.chains)
    iterated = (evidence.iterated | descending) - stepped
    return table.extended(
        functions - iterated - stepped,
        variables | evidence.special | (_SPECIAL & stepped),
        iterated,
        _layered(evidence),
        evidence.squared,
        letters=_letters(evidence) if evidence.has_runs else (),
        indexed=indexed,
        placed=placed,
        stepped=stepped,
    )


def _differentiated_alone(evidence: _Evidence) -> set[str]:
    """Names whose derivative, `dF/dx`, is by something else than the bracket behind them holds."""
    return {name for name, _ in evidence.differentiated - evidence.called_at}


def _letters(evidence: _Evidence) -> set[str]:
    """The single letters that are quantities, in whatever font."""
    names = {name.rpartition(" ")[2].rstrip("'") for name in evidence.alone}
    return {name for name in names if len(name) == 1}


def _layered(evidence: _Evidence) -> set[str]:
    """Letters whose raised number is a layer: nobody defines the squares of two quantities.

    Nor does anybody differentiate by the square of an entry, `w_{11}^2`, and never by an entry.
    """
    if len(evidence.raised) < 2:
        return evidence.raised_entries - evidence.plain_entries
    found = {name for name, _ in evidence.raised}
    fonts = {name.rpartition(" ")[0] for name in found}
    return found | {f"{font} {letter}".strip() for font in fonts for letter in _WITH_LAYERS}


def _learn_from_chain(chain: Chain, evidence: _Evidence) -> None:
    operands = [*([chain.first] if chain.first else []), *(link.operand for link in chain.links)]
    if chain.first and chain.links:
        _learn_from_left(chain.first, chain.links[0].operand, evidence)
    elif chain.first and (lone := _applied(chain.first)):
        symbol, group = lone
        if isinstance(group.body, Symbol):
            evidence.defined_functions.add(spelling(symbol))
    if isinstance(chain.first, Differential):
        evidence.differentiates = True
    for operand in operands:
        for node in operand.walk():
            if isinstance(node, Product):
                _learn_from_product(node, evidence)
            elif isinstance(node, Call):
                own = node.function.base
                if not any(part == own for a in node.arguments for part in a.walk()):
                    evidence.calls.add(spelling(node.function))
            elif isinstance(node, Derivative):
                _learn_from_derivative(node, evidence)
                evidence.differentiates = evidence.differentiates or node.kind == "d"
            elif isinstance(node, Fraction):
                # `1/d` is no differential, and `d x` beside it is a product.
                evidence.divides = evidence.divides or node.denominator == _D
            elif isinstance(node, BigSum):
                evidence.divides = evidence.divides or node.upper == _D
        for node in operand.walk():
            if isinstance(node, Derivative) and isinstance(node.of, Symbol):
                evidence.differentiated.update((spelling(node.of), by) for by in node.by)
        for symbol in _standing_alone(operand):
            name = spelling(symbol)
            evidence.alone.add(name)
            if symbol.primes:
                evidence.primed_alone.add(name)
            if name in _SPECIAL and _is_decorated(symbol) and not _is_exponential(symbol):
                evidence.special.add(name)


def _learn_from_left(left: Node, right: Node, evidence: _Evidence) -> None:
    if isinstance(left, Power) and isinstance(left.base, Symbol):
        if isinstance(left.exponent, Number) and left.base.name not in _SQUARES:
            evidence.raised.add((spelling(left.base), left.exponent.digits))
        elif left.exponent == Number("2"):
            evidence.squared.add(spelling(left.base))
    if isinstance(left, Symbol):
        name = spelling(left)
        for mark in left.marks:
            if isinstance(mark.body, Tuple) and isinstance(last := mark.body.items[-1], Number):
                if mark.kind is MarkKind.BARE:  # `z^{s,3}` is no power
                    evidence.raised.add((name, last.digits))
        if names_function(left, right):
            evidence.defined_functions.add(name)
        elif is_bare_slope(left, right):
            evidence.bare_slopes.add(name)
        else:
            evidence.defined_variables.add(name)
        if name in _SPECIAL:
            evidence.special.add(name)
    elif isinstance(left, Call):
        # `sigma_w = ...` beside `sigma(z) = ...` is another quantity.
        name = spelling(left.function)
        if name in USUAL and len(left.arguments) == 1 and isinstance(left.arguments[0], Symbol):
            evidence.defined_functions.add(name)
    elif applied := _applied(left):
        symbol, group = applied
        if symbol.primes and isinstance(group.body, Symbol):
            return  # `S'(t) = S(t) (1 - S(t))` is of a slope, and no step of a recursion
        if _is_step(group.body) and not _is_argument(symbol, group.body, right):
            evidence.iterated.add(spelling(symbol))
        elif isinstance(group.body, Symbol):
            evidence.defined_functions.add(spelling(symbol))


def _learn_from_derivative(derivative: Derivative, evidence: _Evidence) -> None:
    """Learn that a raised number is a layer, where what is differentiated once by has one."""
    by = derivative.by[0]
    if len(derivative.by) == 1 and isinstance(by, Symbol) and by.name in _SQUARES:
        if by.bare == Number("2"):
            evidence.squared.add(spelling(by))  # `dl/d sigma^2`
            return
    number = by.bare if len(derivative.by) == 1 and isinstance(by, Symbol) else None
    if isinstance(by, Symbol) and by.subscripts:
        kind = evidence.raised_entries if isinstance(number, Number) else evidence.plain_entries
        kind.add(spelling(by))
    if not isinstance(by, Symbol) or not isinstance(number, Number):
        return
    evidence.raised.add((spelling(by), number.digits))
    of = derivative.of
    if isinstance(of, Power) and isinstance(of.base, Symbol) and isinstance(of.exponent, Number):
        evidence.raised.add((spelling(of.base), of.exponent.digits))


def _learn_from_product(product: Product, evidence: _Evidence) -> None:
    for symbol, group in _pairs(product):
        if symbol.primes:
            evidence.primed_calls.add(spelling(symbol))
        if isinstance(group.body, Symbol) and all(map(_is_parameter, symbol.subscripts)):
            evidence.single_calls.add(spelling(symbol))
            evidence.called_at.add((spelling(symbol), group.body))
        if isinstance(group.body, Symbol) and symbol.name in LOSSES and not symbol.primes:
            evidence.losses_of.add(spelling(symbol))


def _is_parameter(script: Node) -> bool:
    r"""Say whether a script names what a function has learnt, and counts nothing: `h_{W, b}(x)`."""
    counting = INDEX_LETTERS | _STEPS
    return isinstance(script, Symbol) and not script.subscripts and script.name not in counting


def _learn_from_words(excerpt: Excerpt, block: Block, evidence: _Evidence) -> None:
    if excerpt.display or len(block.items) != 1 or not isinstance(block.items[0], Chain):
        return
    chain = block.items[0]
    if isinstance(chain.first, Symbol) and not chain.links:
        if _FUNCTION_BEFORE.search(excerpt.before) or _FUNCTION_AFTER.match(excerpt.after):
            evidence.defined_functions.add(spelling(chain.first))


def _pairs(product: Product) -> Iterator[tuple[Symbol, Group]]:
    """Yield the names that stand directly before a round bracket.

    The bracket of `delta^l (a^{l-1})^T` is there for the transpose, which the layer is in the way
    of, and shows no function.
    """
    for number, operator in enumerate(product.operators):
        left, right = product.factors[number], product.factors[number + 1]
        if isinstance(right, Transpose) and isinstance(right.body, Group):
            if isinstance(inner := right.body.body, Symbol) and inner.marks:
                continue
        while isinstance(right, (Power, Transpose)):
            right = right.base if isinstance(right, Power) else right.body
        if isinstance(left, Nabla) and isinstance(left.of, Symbol):
            left = left.of  # `\\nabla_\\theta p_\\theta(x)` is of what stands before the bracket
        if operator is Operator.JUXTAPOSED and isinstance(left, Symbol):
            if isinstance(right, Group) and right.bracket == "(":
                yield left, right


def _applied(node: Node) -> tuple[Symbol, Group] | None:
    if isinstance(node, Product) and len(node.factors) == 2:
        return next(_pairs(node), None)
    return None


def _standing_alone(node: Node) -> Iterator[Symbol]:
    """Yield the quantities, without those before a bracket, scripts and names of functions."""
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Symbol):
            yield node
        elif isinstance(node, Product):
            before = {id(symbol) for symbol, _ in _pairs(node)}
            factors = (f for f in node.factors if id(f) not in before)
            waiting.extend(f for f in factors if not (isinstance(f, Nabla) and id(f.of) in before))
        elif isinstance(node, Call):
            waiting.extend(node.arguments)
        elif isinstance(node, Derivative) and isinstance(node.of, Symbol) and not node.of.primes:
            waiting.extend(node.by)  # `dF/dx` is of what is applied, or not, elsewhere
        else:
            waiting.extend(node.children())


def _is_exponential(symbol: Symbol) -> bool:
    """Say whether this is an entry of exponentials, `e^z_k`, which shows no quantity e."""
    bodies = [mark.body for mark in symbol.marks if mark.kind is MarkKind.BARE]
    return (
        symbol.name == "e"
        and bool(bodies)
        and all(isinstance(b, Symbol) and b.name not in INDEX_LETTERS for b in bodies)
    )


def _is_decorated(symbol: Symbol) -> bool:
    return bool(symbol.subscripts) or any(mark.kind is not MarkKind.BARE for mark in symbol.marks)


def _is_argument(function: Symbol, node: Node, formula: Node) -> bool:
    """Say whether what stands in a bracket is what a function is written out in: `S(t) = 1/t`.

    Steps of time go on from themselves: `w(t) = w(t - 1) - …`.
    """
    alone = list(_standing_alone(formula))
    recurs = any(isinstance(part, Symbol) and part.base == function.base for part in formula.walk())
    return isinstance(node, Symbol) and node in alone and not recurs


def _is_step(node: Node) -> bool:
    r"""Say whether a bracket holds the number of a step: `t`, `t + 1`."""
    if isinstance(node, Sum):
        symbols = [term for term in node.terms if isinstance(term, Symbol)]
        rest = [term for term in node.terms if not isinstance(term, Symbol)]
        return (
            len(symbols) == 1
            and _is_step(symbols[0])
            and all(isinstance(term, Number) for term in rest)
        )
    return isinstance(node, Symbol) and node.name in _STEPS and not node.subscripts
