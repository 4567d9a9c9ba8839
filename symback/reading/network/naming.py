"""Which quantity a symbol names: its letter, its layer, the name below it, and its indices.

`W_{12}` has two indices where other places show that W has two, `E_{total}` is a name, `a^l` is a
layer where the document counts layers so and a power elsewhere. Two letters are taken to be the
same quantity (`w` for `W`, `L` for a calligraphic one) only where one of them is never declared,
and every judgement that rests on it says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Indicator,
    Mark,
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
)  # fmt: skip
from symback.reading.network.symbols import (
    INDEX_LETTERS,
    base_of,
    everything,
    of_step,
    quantities,
    spelled,
)
from symback.records import dataclass

__all__ = [
    "LOSSES",
    "Names",
    "Parts",
]

_OF_NUMBERS = frozenset(["log", "ln", "exp"])
LOSSES = frozenset("""L l ell C J E loss cost Loss Cost CE BCE MSE SSE RSS NLL""".split())
"""Letters of losses, which are numbers."""

_LAYER_MARKS = (MarkKind.LAYER, MarkKind.BRACKET)
_WEIGHTS = frozenset(["W", "w", "U", "V", "Theta", "theta", "Omega"])
LAYER_NAMES: Mapping[str, int] = {"h": 1, "H": 1, "o": 2, "O": 2}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a symbol's writing comes to: the quantity's letter, its scripts and its indices."""

    base: str
    layer: Node | None
    tag: str
    indices: tuple[Node, ...]


@dataclass
class Names:
    """What all symbols of a document together say about each of them."""

    bound: set[str] = field(default_factory=set)
    ranks: dict[str, int] = field(default_factory=dict)
    layered: set[str] = field(default_factory=set)
    layer_letters: set[str] = field(default_factory=set)
    last_layer: str = ""
    named_layers: bool = False
    subscripts_are_layers: bool = False
    letters_are_layers: bool = False
    same: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    units: set[tuple[str, str]] = field(default_factory=set)
    samples: set[str] = field(default_factory=set)
    samples_below: set[str] = field(default_factory=set)
    sampled: set[str] = field(default_factory=set)
    with_gradients: set[str] = field(default_factory=set)
    marks_samples: bool = False
    differentiated_by: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    ranks_of_named: dict[tuple[str, str], int] = field(default_factory=dict)
    lettered: set[str] = field(default_factory=set)
    numbered: set[str] = field(default_factory=set)
    by_entries: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()
    splits: dict[Symbol, Parts] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        operands: Iterable[Node],
        declared: Iterable[Symbol],
        *,
        arrays: bool,
        same: Mapping[str, str] | None = None,
        samples: Iterable[str] = (),
    ) -> Names:
        """Learn from all expressions of a document and from the symbols that it declares.

        Args:
            operands: the expressions.
            declared: the symbols.
            arrays: whether symbols without indices can be vectors and matrices.
            same: letters by the letter that they stand for.
            samples: letters that are known to count samples where they stand above.
        """
        names = cls(samples=set(samples))
        operands = list(operands)
        uses: list[Symbol] = []
        differentiated: set[str] = set()
        by: set[str] = set()
        for operand in operands:
            for node in everything(operand):
                if isinstance(node, Symbol):
                    uses.append(node)
                elif isinstance(node, BigSum):
                    names.bound.update(spelled(index) for index in node.indices)
                elif isinstance(node, Derivative):
                    differentiated.update(map(base_of, _top(node.of)))
                    by.update(base_of(s) for b in node.by for s in _top(b))
                elif isinstance(node, Nabla):
                    differentiated.update(map(base_of, _top(node.of)))
                    of = _under_functions(node.of) if node.of is not None else None
                    if isinstance(of, Call | Symbol):
                        names.with_gradients.add(
                            base_of(of.function if isinstance(of, Call) else of)
                        )
                elif isinstance(node, Differential):  # `dZ` is rather by Z than of Z
                    differentiated.update(LOSSES.intersection(map(base_of, _top(node.of))))
        names.bound |= set(_classes(operands, uses))
        declared = list(declared)
        names.bound |= set(_beside_bound(operands, uses, declared))
        names.steps = frozenset(_steps(uses, declared)) - names.bound
        names.differentiated_by = by
        if arrays:  # `i_t` beside `W_i` is a gate, and i no index of W
            names.named = {
                base_of(symbol)
                for symbol in uses
                if symbol.name in INDEX_LETTERS and (symbol.subscripts or symbol.marks)
            } - names.bound
        names._learn_layers(uses)
        names._learn_samples(uses, declared)
        uses = [names._apart(symbol) for symbol in uses]
        declared = [names._apart(symbol) for symbol in declared]
        names._learn_numbered_layers(uses, declared)
        names.subscripts_are_layers = arrays and names._weights_are_numbered(uses, operands)
        if names.subscripts_are_layers:
            for symbol in uses:
                if symbol.name in _WEIGHTS:
                    names.layer_letters.update(_letters_in(symbol.subscripts))
            names.layer_letters -= names.bound
        if arrays and not names.subscripts_are_layers:
            names.numbered = names._numbered_arrays(operands, uses)
        names.between = frozenset(_between_vectors(operands))
        names._learn_same(uses, declared, differentiated - by, same or {}, arrays=arrays)
        names._learn_ranks(uses)
        # The loss by itself is a number; `L_n`, which nothing defines, is another one.
        bare = {base_of(symbol) for symbol in uses if not symbol.subscripts and not symbol.marks}
        by_entries = {base_of(symbol) for symbol in declared if symbol.subscripts or symbol.marks}
        for base in (LOSSES & differentiated & bare) - by_entries - names.sampled:
            names.ranks.pop(base, None)
        names._learn_units(uses)
        return names

    # Learning -----------------------------------------------------------------------------------

    def _learn_layers(self, uses: list[Symbol]) -> None:
        letters: Counter[str] = Counter()
        for symbol in uses:
            for mark in symbol.marks:
                body = mark.body
                if body is None:
                    continue
                if mark.kind is MarkKind.BARE and not isinstance(body, Number):
                    self.layered.add(base_of(symbol))
                if isinstance(body, Symbol):
                    letters[spelled(body)] += 1
                elif isinstance(body, Sum):
                    for term in body.terms:
                        if isinstance(term, Symbol):
                            self.layer_letters.add(spelled(term))
                            letters[spelled(term)] += 1
        self.layer_letters |= {"l", "ell"} & set(letters)
        small = sorted(letter for letter in self.layer_letters if letter.islower())
        for letter in small:
            if letter.upper() in letters or (letter == "ell" and "L" in letters):
                self.last_layer = "L" if letter == "ell" else letter.upper()
                self.layer_letters.discard(self.last_layer)
        self.named_layers = bool(self.layer_letters) and not LAYER_NAMES.keys().isdisjoint(letters)

    def _learn_numbered_layers(self, uses: list[Symbol], declared: list[Symbol]) -> None:
        """Take `a^2` for a layer where a definition has it and the letter is never without."""
        marked: dict[str, set[bool]] = defaultdict(set)
        numbers: dict[str, set[str]] = defaultdict(set)
        for symbol in declared:
            body = symbol.bare
            marked[base_of(symbol)].add(body is not None)
            if isinstance(body, Number):
                numbers[base_of(symbol)].add(body.digits)
        for base, found in numbers.items():
            if marked[base] == {True} and (len(found) > 1 or base in _WEIGHTS):
                self.layered.add(base)
        if any(base in self.layered for base in numbers):
            for base in numbers:
                if marked[base] == {True}:
                    self.layered.add(base)
                    self.layered |= {x for x in ("delta",) if x in {base_of(s) for s in uses}}

    def _learn_samples(self, uses: list[Symbol], declared: list[Symbol]) -> None:
        """Find the letters that count samples: those of the losses of single samples.

        `x_j^{(i)}` has the sample for its first index, unless `x^{(i)}` stands for a vector too.
        """
        for symbol in declared:
            if base_of(symbol) not in LOSSES:
                continue
            above = [m.body for m in symbol.marks if m.kind in _LAYER_MARKS]
            below = symbol.subscripts if len(symbol.subscripts) == 1 else ()
            self.samples.update(spelled(mark) for mark in above if mark and self._counts(mark))
            self.samples_below.update(spelled(index) for index in below if self._counts(index))
        self.samples |= self.samples_below
        marked = [s for s in map(self._apart, uses) if self.sample_of(s) is not None]
        self.marks_samples = bool(marked) and all(
            symbol.subscripts or base_of(symbol) in LOSSES for symbol in marked
        )

    def _counts(self, index: Node) -> bool:
        """Say whether an index of a loss can be the number of a sample."""
        if not isinstance(index, Symbol) or index.name not in INDEX_LETTERS:
            return False
        return spelled(index) not in self.layer_letters

    def _apart(self, symbol: Symbol) -> Symbol:
        """The symbol with a bare superscript for its sample as a mark: of `z^{s,2}` the s."""
        body = symbol.bare
        items = body.items if isinstance(body, Tuple) else (body,)
        samples = [i for i in items if isinstance(i, Symbol) and spelled(i) in self.samples]
        if not samples:
            return symbol
        others = [item for item in items if item not in samples and item is not None]
        marks = [mark for mark in symbol.marks if mark.kind is not MarkKind.BARE]
        marks += [Mark(MarkKind.BARE, other) for other in others]
        return replace(symbol, marks=(*marks, Mark(MarkKind.LAYER, samples[0])))

    def one_at(self, body: Node) -> Symbol | None:
        """Where alone an array is 1 that is Kronecker's delta, `t_i = \\delta_{ic}`: at c."""
        body = stripped(body)
        if not isinstance(body, Symbol) or body.name != "delta" or len(body.subscripts) != 2:
            return None
        at = body.subscripts[1]
        return at if isinstance(at, Symbol) else None

    def sample_of(self, symbol: Symbol) -> Mark | None:
        """The mark of a symbol that says which sample it is of."""
        for mark in symbol.marks:
            if mark.kind in _LAYER_MARKS and isinstance(mark.body, Symbol):
                if spelled(mark.body) in self.samples:
                    return mark
        return None

    def _is_sampled(self, symbol: Symbol) -> bool:
        if self.marks_samples and self.sample_of(symbol) is not None:
            return True
        first = symbol.subscripts[0] if symbol.subscripts else None
        several = len(symbol.subscripts) > 1 or base_of(symbol) in LOSSES
        if symbol.name in _WEIGHTS or not several or not isinstance(first, Symbol):
            return False
        return spelled(first) in self.samples_below

    def _weights_are_numbered(self, uses: list[Symbol], operands: Iterable[Node]) -> bool:
        """Say whether the numbers of weights are layers: none of a vector w of `w^T x`."""
        weights = [s for s in uses if s.name in _WEIGHTS and s.subscripts]
        parts = (part for operand in operands for part in everything(operand))
        turned = {stripped(part.body) for part in parts if isinstance(part, Transpose)}
        if any(s.name.islower() and Symbol(s.name) in turned for s in weights):
            return False
        return bool(weights) and all(
            len(s.subscripts) == 1
            and not s.marks
            and (
                isinstance(s.subscripts[0], Sum)
                or (isinstance(s.subscripts[0], Number) and len(s.subscripts[0].digits) == 1)
                or spelled(s.subscripts[0]) in ("l", "i", "n", "k", "L")
            )
            for s in weights
        )

    def _numbered_arrays(self, operands: Sequence[Node], uses: Sequence[Symbol]) -> set[str]:
        """Letters whose numbers name whole vectors: one matrix stands before several, `W h_0`.

        The states of a network at its steps are written so, `h_2 = f(U x_2 + W h_1)`.
        """
        below: dict[str, set[bool]] = defaultdict(set)
        for symbol in uses:
            if symbol.subscripts:
                lone = len(symbol.subscripts) == 1 and isinstance(symbol.subscripts[0], Number)
                below[base_of(symbol)].add(lone and not symbol.marks)
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for node in (part for operand in operands for part in everything(operand)):
            if not isinstance(node, Product):
                continue
            for one, other in pairwise(node.factors):
                for matrix, vector in ((one, other), (other, one)):
                    if not (isinstance(matrix, Symbol) and isinstance(vector, Symbol)):
                        continue
                    bare = not (matrix.subscripts or matrix.marks) and matrix.name[:1].isupper()
                    if bare and vector.subscripts and below[base_of(vector)] == {True}:
                        number = spelled(vector.subscripts[0])
                        found[base_of(matrix), base_of(vector)].add(number)
        several = {vector for (_, vector), numbers in found.items() if len(numbers) > 1}
        return several

    def _learn_same(
        self,
        uses: list[Symbol],
        declared: list[Symbol],
        losses: set[str],
        same: Mapping[str, str],
        *,
        arrays: bool,
    ) -> None:
        """Find letters that stand for a declared one in another font or case."""
        self.aliases.update(same)
        known = {base_of(symbol) for symbol in declared}
        indexed: Counter[str] = Counter()
        bare: Counter[str] = Counter()
        for symbol in uses:
            (indexed if symbol.subscripts else bare)[base_of(symbol)] += 1
        marked = {base_of(symbol) for symbol in uses if symbol.marks}
        pairs: dict[str, set[int]] = defaultdict(set)
        for symbol in uses:
            if symbol.name.islower() and all(map(self.is_index, symbol.subscripts)):
                pairs[base_of(symbol)].add(len(symbol.subscripts))
        losses = {x for x in losses if not indexed[x] and x not in self.layered}
        for base in sorted({base_of(symbol) for symbol in uses}):
            other = base[:-1] + base[-1].swapcase() if base else base
            head = base.rstrip("'")
            if " " in head or len(head) == 1:
                primes = base[len(head) :]
                other = head[:-1] + head[-1].swapcase() + primes
            else:
                continue
            if base in self.aliases or other not in known or base in losses or other in losses:
                continue
            components = base not in self.bound and base[-1:].isupper() and other in known
            if arrays and not (indexed[base] or indexed[other] or marked >= {base, other}):
                continue  # the A of `A X` is no vector a
            if base not in known and pairs[base] == {2} and not indexed[other] and arrays:
                self.aliases[base] = other  # the `w_{jk}` of a W
                continue
            if base not in known and self.last_layer != base:
                if bool(indexed[base]) == bool(indexed[other]) or components:
                    self.aliases[base] = other
            elif components and bare[base] and not indexed[base]:
                if indexed[other] > bare[other]:
                    self.aliases[base] = other
        fonts: dict[str, set[str]] = defaultdict(set)
        for symbol in declared:
            fonts[base_of(symbol)].add(symbol.font)
        self.fonts = fonts

    def _learn_ranks(self, uses: list[Symbol]) -> None:
        certain: dict[str, int] = {}
        digits: dict[str, set[int]] = defaultdict(set)
        for symbol in uses:
            base = self.canonical(symbol)
            if self._is_sampled(symbol):
                self.sampled.add(base)
            if symbol.accents == ("vec",) and symbol.name in LOSSES and not symbol.subscripts:
                self.sampled.add(base)  # the losses of all samples
                certain[base] = 1
            if self.marks_samples and self.sample_of(symbol) is not None:
                if all(map(self.is_index, symbol.subscripts)):
                    certain[base] = max(certain.get(base, 0), len(symbol.subscripts) + 1)
                continue
            if base in self.numbered:
                continue
            if not symbol.subscripts or not all(map(self.is_index, symbol.subscripts)):
                first, *rest = symbol.subscripts or (None,)
                if isinstance(first, Symbol) and rest and not first.subscripts:
                    if not self.is_index(first) and all(map(self.is_index, rest)):
                        self.ranks_of_named[base, spelled(first)] = len(rest)
                continue
            if self._is_entry_of_layer(symbol):
                certain[base] = max(certain.get(base, 0), len(symbol.subscripts) - 1)
                continue
            only = symbol.subscripts[0]
            if len(symbol.subscripts) == 1 and isinstance(only, Number):
                digits[base].add(len(only.digits))
            else:
                certain[base] = max(certain.get(base, 0), len(symbol.subscripts))
        for base, lengths in digits.items():
            if base not in certain:
                certain[base] = lengths.pop() if len(lengths) == 1 else 1
        self.ranks = certain

    def _learn_units(self, uses: list[Symbol]) -> None:
        """Note the letters with an index below a quantity: `o_k` counts outputs as `o1` does."""
        for symbol in uses:
            for word in symbol.subscripts:
                if isinstance(word, Symbol) and word.subscripts and len(word.name) == 1:
                    if any(isinstance(index, Symbol) for index in word.subscripts):
                        base = self.canonical(symbol)
                        self.units.add((base, word.name))
                        rank = len(word.subscripts) + (base in self.sampled)
                        self.ranks.setdefault(base, rank)

    # Asking -------------------------------------------------------------------------------------

    def canonical(self, symbol: Symbol) -> str:
        """The letter under which the quantity is known."""
        base = base_of(symbol)
        return self.aliases.get(base, base)

    def is_index(self, node: Node) -> bool:
        """Say whether a subscript is an index and not a name."""
        if isinstance(node, Number):
            return node.digits.isdecimal()
        if isinstance(node, Symbol):
            plain = not (node.accents or node.subscripts or node.marks or node.font)
            if node.name in self.named:
                return False
            counts = node.name in INDEX_LETTERS and node.name not in self.steps
            return plain and (counts or spelled(node) in self.bound)
        if isinstance(node, Sum):
            return all(map(self.is_index, node.terms))
        return False

    def split(self, symbol: Symbol) -> Parts:
        """Take a symbol's writing apart; its indices are those of any symbol written alike."""
        found = self.splits.get(symbol)
        if found is None:
            found = self.splits[symbol] = self.split_here(symbol)
        return found

    def split_here(self, symbol: Symbol) -> Parts:
        """Take a symbol's writing apart, with the places in the text that are this symbol's own."""
        found = self._split(symbol)
        lettered = self.letters_are_layers or found.base in self.lettered
        if lettered and found.layer is None and found.indices:
            if all(isinstance(index, Symbol) for index in found.indices):
                letters = ",".join(map(spelled, found.indices))
                return replace(found, tag=f"{found.tag}@{letters}")
        return found

    def take_letters_for_layers(self, bases: Iterable[str] | None = None) -> None:
        """From now on the letters of indices are part of a quantity's name: of some, or of all."""
        self.letters_are_layers = self.letters_are_layers or bases is None
        self.lettered.update(bases or ())
        self.splits.clear()

    def take_for_numbered(self, bases: Iterable[str]) -> None:
        """From now on the numbers below these letters are names of whole arrays."""
        self.numbered = {*self.numbered, *bases}
        self.splits.clear()

    def _split(self, symbol: Symbol) -> Parts:
        symbol = self._apart(symbol)
        if self.marks_samples and (mark := self.sample_of(symbol)) is not None:
            assert mark.body is not None
            others = tuple(other for other in symbol.marks if other is not mark)
            parts = self._split(replace(symbol, marks=others))
            return replace(parts, indices=(mark.body, *parts.indices))
        base = self.canonical(symbol)
        layer = symbol.layer
        if layer is None and self.layer_mark(symbol):
            layer = symbol.bare
        if not symbol.subscripts:
            return Parts(base, layer, self._rest(symbol), ())
        word = symbol.subscripts[0]
        if base in self.numbered:
            return Parts(base, layer, spelled(word) + self._rest(symbol), ())
        rank = self.ranks.get(base, 0)
        if isinstance(word, Symbol) and 1 < rank == len(word.name) and len(symbol.subscripts) == 1:
            letters = tuple(Symbol(letter, span=word.span) for letter in word.name)
            if all(map(self.is_index, letters)):  # the i and n of `w_{in}`
                return Parts(base, layer, self._rest(symbol), letters)
        if isinstance(word, Symbol) and len(symbol.subscripts) == 1:
            letter, digits = word.name[:1], word.name[1:]
            if digits.isdecimal() and (base, letter) in self.units:
                return Parts(
                    base, layer, letter + self._rest(symbol), (Number(digits, span=word.span),)
                )
        if not all(map(self.is_index, symbol.subscripts)):
            first, *rest = symbol.subscripts
            if isinstance(first, Symbol) and not self.is_index(first):
                below = first.subscripts or tuple(rest)
                lone = not (first.subscripts and rest)
                if lone and below and all(map(self.is_index, below)):
                    return Parts(
                        base, layer, first.name + self._rest(symbol), _taken_apart(below, rank)
                    )
            below_it = "".join(map(spelled, symbol.subscripts))
            return Parts(base, layer, below_it + self._rest(symbol), ())
        if layer is None and self._is_entry_of_layer(symbol):
            return Parts(base, word, self._rest(symbol), symbol.subscripts[1:])
        numbered = set(_letters_in(symbol.subscripts)) <= self.layer_letters
        lone = layer is None and len(symbol.subscripts) == 1
        if self.subscripts_are_layers and numbered and lone:
            return Parts(base, symbol.subscripts[0], self._rest(symbol), ())
        indices = symbol.indices(self.ranks.get(base, 1)) or symbol.subscripts
        return Parts(base, layer, self._rest(symbol), indices)

    def _is_entry_of_layer(self, symbol: Symbol) -> bool:
        """Say whether the first of several subscripts is a layer, as the 2 of `z_{2,k}`."""
        first, *rest = symbol.subscripts
        return (
            self.subscripts_are_layers
            and bool(rest)
            and symbol.name not in _WEIGHTS
            and isinstance(first, Number)
            and not any(isinstance(index, Number) for index in rest)
        )

    def _rest(self, symbol: Symbol) -> str:
        kinds = (MarkKind.STAR, MarkKind.UPDATED, MarkKind.SQUARED)
        marks = [m for m in symbol.marks if m.kind in kinds]
        return "".join(mark.kind.value for mark in marks)

    def layer_mark(self, symbol: Symbol) -> bool:
        """Say whether a bare superscript is a layer here."""
        body = symbol.bare
        if body is None:
            return False
        if not isinstance(body, Number):
            return True
        return base_of(symbol) in self.layered

    def as_power(self, symbol: Symbol) -> bool:
        """Say whether a symbol is a power of another."""
        symbol = self._apart(symbol)
        return symbol.bare is not None and not self.layer_mark(symbol)


def _under_functions(node: Node) -> Node:
    """What functions of numbers are of: of `log p(x)` the p, which has a gradient if that has."""
    node = stripped(node)
    while isinstance(node, Call) and node.function.name in _OF_NUMBERS and len(node.arguments) == 1:
        node = stripped(node.arguments[0])
    return node


def _taken_apart(indices: tuple[Node, ...], rank: int) -> tuple[Node, ...]:
    """The digits of one number as so many indices."""
    only = indices[0]
    if len(indices) == 1 and isinstance(only, Number) and 1 < rank == len(only.digits):
        return tuple(Number(digit, span=only.span) for digit in only.digits)
    return indices


def _classes(operands: Iterable[Node], uses: Iterable[Symbol]) -> Iterator[str]:
    """Letters that are compared with an index, and stand else below others: the y of `p_y`.

    `1[i = y]` or `delta_{iy}` says that y is the number of the right class.
    """
    compared: Counter[str] = Counter()
    operands = list(operands)
    # "the class $c$" by itself is the number of it.
    compared.update(
        only.name
        for only in map(stripped, operands)
        if isinstance(only, Symbol) and only == Symbol(only.name)
    )
    known: set[str] = set()
    for node in (part for operand in operands for part in everything(operand)):
        pair: Sequence[Node] = ()
        if isinstance(node, Indicator):
            condition = stripped(node.condition)
            if isinstance(condition, Relation) and condition.operators == ("=",):
                pair = condition.operands
                compared.update(spelled(p) for p in pair if isinstance(p, Symbol))
        elif isinstance(node, Symbol) and node.name == "delta" and len(node.subscripts) == 2:
            pair = node.subscripts
        letters = [p.name for p in pair if isinstance(p, Symbol) and p == Symbol(p.name)]
        counting = len(INDEX_LETTERS.intersection(letters))
        if not counting and (isinstance(node, Symbol) and (node.marks or "t" in letters)):
            continue  # the error of a gate at a step, `\\delta^h_{a,t}`
        if len(letters) == 2 and counting < 2:
            known |= set(letters) - INDEX_LETTERS
    counts = Counter(base_of(symbol) for symbol in uses)
    below = {s.name for x in uses for s in x.subscripts if isinstance(s, Symbol)}
    for letter in known - INDEX_LETTERS:
        if len(letter) == 1 and letter in below and counts[letter] <= compared[letter]:
            yield letter


def _steps(uses: Iterable[Symbol], declared: Iterable[Symbol]) -> Iterator[str]:
    """Letters that count steps, as any t does: the k of `s_k`, whose equation has `s_{k-1}`.

    One that goes on is an index: with `s_{k+1}` the equation is that of any k.
    """
    of_steps = {
        (base_of(symbol), symbol.subscripts[0].name)
        for symbol in declared
        if len(symbol.subscripts) == 1 and isinstance(symbol.subscripts[0], Symbol)
    }
    shifts: dict[str, set[bool]] = {}
    for symbol in uses:
        step = of_step(symbol.subscripts[0]) if len(symbol.subscripts) == 1 else None
        if step is not None and step[1] and (base_of(symbol), step[0].name) in of_steps:
            shifts.setdefault(step[0].name, set()).add(step[1] > 0)
    yield from (letter for letter, ways in shifts.items() if ways == {False})


def _beside_bound(
    operands: Sequence[Node], uses: Sequence[Symbol], declared: Sequence[Symbol]
) -> Iterator[str]:
    r"""Letters that stand where a sum has its index: the o of `u_o` beside `\sum_w e^{u_w^T v}`.

    Such a letter is no quantity elsewhere.
    """
    summed: set[str] = set()
    # As in `p(o | c)`, the probability of one word, and in `w \neq o`, another one.
    told = Counter(o.name for o in operands if isinstance(o, Symbol) and o not in declared)
    for part in (part for operand in operands for part in everything(operand)):
        if isinstance(part, BigSum):
            summed |= {
                base_of(symbol)
                for symbol in quantities(part.body)
                if len(symbol.subscripts) == 1 and symbol.subscripts[0] in part.indices
            }
        elif isinstance(part, Call) and len(part.arguments) > 1:
            told.update(a.name for a in part.arguments if isinstance(a, Symbol))
    counts = Counter(base_of(symbol) for symbol in uses)
    quantity = {name for name, count in counts.items() if count > told[name]}
    for symbol in uses:
        only = symbol.subscripts[0] if len(symbol.subscripts) == 1 else None
        if base_of(symbol) in summed and isinstance(only, Symbol) and only == Symbol(only.name):
            if len(only.name) == 1 and only.name.islower() and only.name not in quantity:
                yield only.name


def _between_vectors(operands: Iterable[Node]) -> Iterator[str]:
    """Capitals without indices between a transposed factor and another: the C of `x^T C x`."""
    for node in (part for operand in operands for part in everything(operand)):
        factors = node.factors if isinstance(node, Product) else ()
        for one, middle, _ in zip(factors, factors[1:], factors[2:], strict=False):
            if isinstance(one, Transpose) and isinstance(middle, Symbol) and not middle.subscripts:
                if middle.name[:1].isupper():
                    yield base_of(middle)


def _letters_in(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Symbol):
            yield spelled(node)
        elif isinstance(node, Sum):
            yield from _letters_in(node.terms)


def _top(node: Node | None) -> Iterator[Symbol]:
    """The symbol that is differentiated, where it is one."""
    if isinstance(node, Symbol):
        yield replace(node, subscripts=(), marks=())
