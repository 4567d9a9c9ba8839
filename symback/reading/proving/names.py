"""Which quantity a symbol names where arrays have an index of time or of samples as well.

`h_t` is a vector at each t, `h_{t,k}` an entry of it, `W_f` a matrix with a name. A letter is an
index where a sum binds it, where it is shifted, as in `h_{t-1}`, or where it stands on the left of
an equation and is no quantity itself; whatever else stands below or above a letter is its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import NamedTuple

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Cases,
    Derivative,
    Differential,
    Indicator,
    MarkKind,
    Nabla,
    Node,
    Number,
    Product,
    Relation,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import INDEX_LETTERS, base_of, everything, spelled
from symback.records import dataclass

__all__ = ["Name", "Spelling", "Use", "letters_of"]

_UPDATES = (MarkKind.UPDATED, MarkKind.STAR, MarkKind.SQUARED)
_LAYERS = frozenset(["l", "ell"])
_LAST_LAYERS = frozenset(["L", "nl", "N", "M", "D", "K", "H"])
_WEIGHTS = frozenset(["W", "w", "Theta", "theta", "Omega"])
"""Letters of weights, which layers have each for themselves and steps have in common."""


class Name(NamedTuple):
    """A quantity: its letter with accents and primes, and what below or above it is no index."""

    base: str
    tag: str


class Use(NamedTuple):
    """A quantity where it stands, with the indices that are written there."""

    name: Name
    indices: tuple[Node, ...]


def letters_of(index: Node) -> Iterator[str]:
    """The letters of an index such as `t - 1`."""
    if isinstance(index, Symbol):
        yield spelled(index)
    elif isinstance(index, Sum):
        for term in index.terms:
            yield from letters_of(term)


@dataclass
class Spelling:
    """How the symbols of a few statements are told apart.

    Attributes:
        letters: those that are indices.
        ends: capital letters that are the last value of an index letter, `T` of t.
        places: for each letter the positions of its scripts at which an index letter stands.
        layers: letters that count layers, each with weights of its own.
        has_updates: whether a letter counts the updates of weights, which no equation does.
        losses: letters of what is differentiated and is by its letter a loss, so a number.
        values: letters that are no indices and stand where these do, as one value of them: the o of
            `u_o` beside the sum over w of `u_w`.
    """

    letters: set[str] = field(default_factory=set)
    ends: dict[str, str] = field(default_factory=dict)
    places: set[tuple[str, int]] = field(default_factory=set)
    layers: frozenset[str] = frozenset()
    has_updates: bool = False
    losses: set[str] = field(default_factory=set)
    values: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        operands: Iterable[Node],
        lefts: Iterable[Symbol],
        equations: Sequence[tuple[Node, Node]] = (),
    ) -> Spelling:
        """Learn from all expressions, and from what equations define.

        Args:
            operands: both sides of every statement.
            lefts: the symbols that equations define, and by which is differentiated.
            equations: the sides of those that define something.
        """
        own = cls()
        operands, lefts = list(operands), list(lefts)
        own._learn_losses(operands, (left for left, _ in equations))
        own.losses -= {
            base_of(left)
            for left, right in equations
            if isinstance(left, Symbol) and _multiplies_matrices(right)
        }
        for operand in operands:
            for node in everything(operand):
                if isinstance(node, BigSum):
                    own._learn_sum(node)
        uses = [n for side in operands for n in everything(side) if isinstance(n, Symbol)]
        scripts = [
            (base_of(symbol), at, s) for symbol in uses for at, s in enumerate(_scripts(symbol))
        ]
        shifted = {x for _, _, s in scripts if isinstance(s, Sum) for x in letters_of(s)}
        own.layers = frozenset(_LAYERS & (own.letters | shifted)) | frozenset(
            _letters_of_layers(equations)
        )
        # `h_{T-1}` counts from the last one.
        shifted -= _LAST_LAYERS if own.layers else frozenset()
        shifted -= {x for x in shifted if x.isupper() and x.lower() in shifted}
        own.letters |= shifted
        # `\\sum_{k=1}^t` goes to a step, and not to the last one.
        own.ends = {end: of for end, of in own.ends.items() if end not in own.letters}
        own._learn_letters(operands, lefts, scripts)
        weights = [s for s in uses if s.name in _WEIGHTS and s.name[0].isupper()]
        weights += [s for side in operands for s in _multiplying(side) if s.name in _WEIGHTS]
        of_weights = {x for s in weights for i in _scripts(s) for x in letters_of(i)}
        own.has_updates = not (shifted - own.layers).isdisjoint(of_weights)
        own.places = {
            (base, at) for base, at, s in scripts if not own.letters.isdisjoint(letters_of(s))
        }
        own.values = own._values(scripts)
        if len(own.layers) == 1:
            (layer,) = own.layers
            last = {x for base, at, s in scripts if (base, at) in own.places for x in letters_of(s)}
            own.ends = {**dict.fromkeys(last & _LAST_LAYERS, layer), **own.ends}
        return own

    def _learn_letters(
        self,
        operands: Iterable[Node],
        lefts: Sequence[Symbol],
        scripts: Iterable[tuple[str, int, Node]],
    ) -> None:
        """A letter below what is defined is an index, where it is no quantity itself."""
        of: dict[str, set[str]] = {}
        for base, _, script in scripts:
            for letter in letters_of(script):
                of.setdefault(letter, set()).add(base)
        # What stands below one letter alone, as in `W_{qh}`, is part of its name.
        shared = {letter for letter, bases in of.items() if len(bases) > 1}
        named = [node for side in operands for node in _outside_conditions(side)]
        quantities = {base_of(symbol) for symbol in (*named, *lefts)}
        for symbol in lefts:
            for script in _scripts(symbol):
                if isinstance(script, Symbol) and _is_letter(script):
                    if spelled(script) in (INDEX_LETTERS & shared) - quantities:
                        self.letters.add(spelled(script))

    def _values(self, scripts: Iterable[tuple[str, int, Node]]) -> frozenset[str]:
        """Letters at the places of indices, below more than one quantity as an index is."""
        of: dict[str, set[str]] = {}
        placed: set[str] = set()
        for base, at, script in scripts:
            if isinstance(script, Symbol) and _is_letter(script) and script.name.islower():
                of.setdefault(spelled(script), set()).add(base)
                if (base, at) in self.places:
                    placed.add(spelled(script))
        placed -= self.letters | self.ends.keys()
        return frozenset(letter for letter in placed if len(of[letter]) > 1)

    def _learn_losses(self, operands: Iterable[Node], defined: Iterable[Node]) -> None:
        of: set[str] = set()
        by: set[str] = set()
        is_unsaid = False
        for node in (part for operand in operands for part in everything(operand)):
            if isinstance(node, Derivative | Nabla) and isinstance(node.of, Symbol):
                of.add(base_of(node.of))
            if isinstance(node, Derivative):
                by.update(base_of(each) for each in node.by if isinstance(each, Symbol))
            elif isinstance(node, Nabla) and isinstance(node.by, Symbol):
                by.add(base_of(node.by))
            is_unsaid = is_unsaid or (isinstance(node, Differential) and node.kind == "d")
        if is_unsaid and not of:
            # A differential alone, `dW`, is by W of the one loss that the equations end in.
            ends = {base_of(x) for x in defined if isinstance(x, Symbol) and not _scripts(x)}
            of = ends & LOSSES if len(ends & LOSSES) == 1 else set()
        self.losses = (of & LOSSES) - by

    def _learn_sum(self, node: BigSum) -> None:
        letters = [spelled(index) for index in node.indices]
        self.letters.update(letters)
        if len(letters) == 1 and isinstance(node.upper, Symbol) and _is_letter(node.upper):
            self.ends.setdefault(spelled(node.upper), letters[0])

    def use(self, symbol: Symbol) -> Use:
        """Take a symbol's writing apart."""
        base, words, indices = base_of(symbol), [], []
        for at, script in enumerate(_scripts(symbol)):
            if self.is_index(script) or (self._is_value(script) and (base, at) in self.places):
                indices.append(script)
            else:
                words.append(spelled(script))
        words += [mark.kind.value for mark in symbol.marks if mark.kind in _UPDATES]
        if indices and base in self.losses:
            words.append("each")  # the loss of one step or sample is not that of all
        return Use(Name(base, "".join(words)), tuple(indices))

    def is_index(self, script: Node) -> bool:
        """Say whether a script is an index by its letters."""
        found = list(letters_of(script))
        if not found:
            return False
        return all(x in self.letters or x in self.ends for x in found) and any(
            x in self.letters for x in found
        )

    def _is_value(self, script: Node) -> bool:
        """Say whether a script can be the number of an entry: `0`, `T`, `T - 1`."""
        if isinstance(script, Number):
            return script.digits.isdecimal()
        return self.is_end(script)

    def is_end(self, script: Node) -> bool:
        """Say whether a script is counted from the last value of an index: `T`, `T - 1`."""
        if isinstance(script, Sum):
            ends = [term for term in script.terms if self.is_end(term)]
            numbers = [term for term in script.terms if isinstance(term, Number)]
            return len(ends) == 1 and len(ends) + len(numbers) == len(script.terms)
        return isinstance(script, Symbol) and self.end_of(spelled(script)) is not None

    def is_of_layer(self, script: Node) -> bool:
        """Say whether an index counts layers."""
        found = {self.end_of(letter) or letter for letter in letters_of(script)}
        return bool(found) and found <= self.layers

    def end_of(self, letter: str) -> str | None:
        """The index letter of which a capital letter is the last value."""
        if letter in self.ends:
            return self.ends[letter]
        return "t" if letter == "T" and "t" in self.letters else None


def _outside_conditions(node: Node) -> Iterator[Symbol]:
    """The symbols of an expression, those of its conditions left out, as the i of `i = k`."""
    if isinstance(node, Symbol):
        yield node
    elif isinstance(node, Cases):
        for value in node.values:
            yield from _outside_conditions(value)
    elif not isinstance(node, Relation | Indicator):
        for child in node.arguments if isinstance(node, Call) else node.children():
            yield from _outside_conditions(child)


def _letters_of_layers(equations: Iterable[tuple[Node, Node]]) -> Iterator[str]:
    """The letters that count layers: of weights, and off by one of what these are multiplied with.

    `z^m = W^m a^{m-1}` has one, and the update `W_{t+1} = W_t - ...` of weights has none.
    """

    def indices(symbols: Iterable[Symbol]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for symbol in symbols:
            for script in _scripts(symbol):
                for letter in letters_of(script):
                    found.setdefault(letter, set()).add(spelled(script))
        return found

    for left, right in equations:
        if not isinstance(left, Symbol) or left.name in _WEIGHTS:
            continue
        symbols = [node for node in everything(right) if isinstance(node, Symbol)]
        of_weights = indices(s for s in symbols if s.name in _WEIGHTS)
        of_others = indices(s for s in symbols if s.name not in _WEIGHTS)
        own = indices([left])
        for letter in of_weights.keys() & own.keys() & of_others.keys():
            if not of_others[letter] <= own[letter]:
                yield letter


def _multiplies_matrices(right: Node) -> bool:
    """Say whether a right side is a product of arrays, or a sum with one, and so no number."""
    inner = stripped(right)
    for term in map(stripped, inner.terms if isinstance(inner, Sum) else (inner,)):
        if isinstance(term, Product):
            factors = [f.body if isinstance(f, Transpose) else f for f in term.factors]
            if all(isinstance(f, Symbol) and not _scripts(f) for f in map(stripped, factors)):
                first = stripped(factors[0])
                if isinstance(first, Symbol) and first.name.isupper():
                    return True
    return False


def _scripts(symbol: Symbol) -> list[Node]:
    """What stands above and below a letter and can be an index, powers left out."""
    found: list[Node] = []
    for mark in symbol.marks:
        if mark.body is None or mark.kind in _UPDATES:
            continue
        if mark.kind is MarkKind.BARE and isinstance(mark.body, Number):
            continue
        found += mark.body.items if isinstance(mark.body, Tuple) else [mark.body]
    for below in symbol.subscripts:
        # `x_{t_i}` has two indices.
        if isinstance(below, Symbol) and below.subscripts:
            found += [Symbol(below.name), *below.subscripts]
        else:
            found.append(below)
    return found


def _multiplying(side: Node) -> Iterator[Symbol]:
    """The symbols that stand before another factor: as weights do, and targets do not."""
    for node in everything(side):
        if isinstance(node, Product):
            for factor in node.factors[:-1]:
                body = stripped(factor)
                body = stripped(body.body) if isinstance(body, Transpose) else body
                if isinstance(body, Symbol):
                    yield body


def _is_letter(node: Symbol) -> bool:
    plain = not (node.subscripts or node.marks or node.accents or node.primes)
    return plain and len(node.name) == 1
