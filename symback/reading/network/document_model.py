"""The network that statements define: its equations, names, ranks, layers and sizes.

What is asked for later (an entry at given indices) is looked up here. Which statements define and
which claim is decided by `worlds`; here their equations are put together and completed by what
people leave out: that the input is layer 0, the output the last layer, a loss some function of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import field, replace
from typing import TYPE_CHECKING

from symback.reading.formula.commands import FUNCTIONS
from symback.reading.formula.rewriting import widened
from symback.reading.formula.syntax import (
    BigSum,
    Brace,
    Call,
    Derivative,
    Hessian,
    MarkKind,
    Nabla,
    Node,
    Number,
    Symbol,
    stripped,
)  # fmt: skip
from symback.reading.network.completing import complete
from symback.reading.network.definitions import Definitions
from symback.reading.network.folding import fold
from symback.reading.network.function_meanings import function_named, is_word, meanings
from symback.reading.network.layers import Layers
from symback.reading.network.letters_as_layers import are_layers, told_by_letters
from symback.reading.network.measuring import (
    fit_what_is_differentiated,
    keep_widths,
    measure,
    written_out,
)
from symback.reading.network.naming import LOSSES, Names, Parts
from symback.reading.network.places import (
    Definition,
    Env,
    Place,
    free_letters,
    function_name,
)
from symback.reading.network.ranks import Ranks
from symback.reading.network.said_arrays import said_ranks
from symback.reading.network.settling import settle
from symback.reading.network.shown_arrays import (
    letters_with_rows,
    multiplies_what_has_indices,
    shows_arrays,
)
from symback.reading.network.sizes import Sizes
from symback.reading.network.suppositions import suppositions
from symback.reading.network.symbols import (
    base_of,
    everything,
    quantities,
    spelled,
    summed_letters,
)
from symback.reading.network.taking_up import define, define_by_values
from symback.reading.statements.named_entries import named_entries
from symback.reading.statements.signatures import is_signature
from symback.reading.statements.signatures import signatures as stated_signatures
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["DocumentModel", "Stated"]


_SAMPLES = 7
"""So many samples a stated batch has: no layer is as wide, so that `*` is no matrix product."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What stands beside a document.

    Attributes:
        statements: the forward equations of a network, as the document would define them.
        columns: whether its vectors are columns.
        same: letters by the letter that they stand for.
        sizes: sizes by name.
        meanings: functions by the one of the catalogue that they are.
        widths: for each quantity as it is written how many values its indices take; they hold
            wherever a unit is named by its number, and where there is one unit.
        values: quantities that have a number, by their letter, as a weight decay.
        additions: equations that the document leaves out, which go before its own.
        count: the letter for the number of samples; empty without a batch.
        of_samples: whether `dZ` is of the loss of each sample, and only `dW` of that of all.
    """

    statements: tuple[Statement, ...] = ()
    columns: bool | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    widths: tuple[tuple[Symbol, tuple[int, ...]], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    additions: tuple[Statement, ...] = ()
    of_samples: bool = False
    count: str = ""


@dataclass
class DocumentModel:
    """What is known of a network where a statement about it stands.

    Attributes:
        names: how its symbols are told apart.
        arrays: whether symbols without indices can be vectors and matrices.
        layers: how layers are counted.
        definitions: its equations.
        meanings: names of functions with a meaning of their own (`sigma` is the logistic one).
        declared: letters that are defined, used in a definition, or mentioned in the text.
        layered: letters that occur with and without a layer.
        applied: names of the functions that its equations apply.
        constants: index letters that stand for one fixed value.
        has_pi: whether a lone pi is the number; None where it stands with an index elsewhere.
        with_rows: letters of which one index may be that of a row.
        has_identity: whether an I is an identity matrix, as no equation computes with it.
        unit_sums: letters of arrays whose entries sum to one, over the index of which place.
        symmetric: given matrices that are symmetric, by letter and the name below it.
        assumed: what was completed, as the code of a reading with its arguments.
        other_names: quantities that are others by another name.
        sizes: the ranges of all index positions.
        columns: whether vectors are columns.
        either_way: whether nothing tells that, though biases are added to many samples at once.
    """

    names: Names
    arrays: bool
    stated: Stated = field(default_factory=Stated)
    meanings: dict[str, str] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    layered: set[tuple[str, bool]] = field(default_factory=set)
    applied: set[str] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)
    assumed: dict[Place, tuple[str, dict[str, str]]] = field(default_factory=dict)
    other_names: set[Place] = field(default_factory=set)
    last_activation: Symbol | None = None
    unit_sums: Mapping[str, int] = field(default_factory=dict)
    symmetric: frozenset[tuple[str, str]] = frozenset()
    sizes: Sizes = field(default_factory=Sizes)
    columns: bool = True
    either_way: bool = False
    has_pi: bool | None = False
    with_rows: frozenset[str] = frozenset()
    has_identity: bool = False
    layers: Layers = field(init=False)
    definitions: Definitions = field(init=False)
    ranks: Ranks = field(init=False)

    def __post_init__(self) -> None:
        self.layers = Layers(self.names)
        self.definitions = Definitions(self.names, self.layers)
        self.ranks = Ranks(self)

    @classmethod
    def of(
        cls,
        statements: Sequence[Statement],
        defining: Sequence[Statement] | None = None,
        stated: Stated | None = None,
        arrays: bool | None = None,
        whole: Names | None = None,
    ) -> DocumentModel:
        """Learn a network.

        Args:
            statements: everything that is said of it.
            defining: those that may define, the ones to be preferred first; without it all of
                them, in order.
            stated: what stands beside the document.
            arrays: whether symbols without indices can be vectors and matrices, where that is
                not left to what is seen.
            whole: the names of the whole document, of which this is a part.
        """
        stated = stated or Stated()
        beside = (*stated.statements, *stated.additions)
        statements = (*beside, *statements)
        if defining is None:
            defining = [s for s in statements if s.defines or is_signature(s)]
        else:
            given = [s for s in beside if s.defines or is_signature(s)]
            told = [s.left for s in stated.additions if isinstance(s.left, Symbol) and not s.right]
            defining = [s for s in defining if not any(_is_of(s, one) for one in told)]
            defining = [*given, *(s for s in defining if not named_entries(s.left, s.right))]
        operands = [side for s in statements for side in (s.left, s.right) if side is not None]
        signatures = list(stated_signatures(statements))
        declared = [symbol for s in _first(defining) for symbol in _mentioned(s)]
        declared += [symbol for node in signatures for symbol in quantities(node)]
        declared += [node.function for node in signatures if isinstance(node, Call)]
        if arrays is None:
            arrays = any(map(shows_arrays, operands)) or multiplies_what_has_indices(operands)
            arrays = arrays or any(True for _ in said_ranks(statements))
        named = [found for s in statements if (found := named_entries(s.left, s.right))]
        arrays = arrays or bool(named)
        same = {base_of(of): base for of, base, _, _ in named if base_of(of) != base}
        declared += [of for of, _, _, _ in named]
        samples = whole.samples - whole.samples_below if whole else ()
        same = {**same, **stated.same}
        names = Names.of(operands, declared, arrays=arrays, same=same, samples=samples)
        if whole is not None:  # a quantity that is a word is the same throughout a document
            words = {b: n for b, n in whole.ranks.items() if b.isalpha() and len(b) > 1}
            names.ranks = {**words, **names.ranks}
            names.by_entries = whole.by_entries
        pairs = [s.definition for s in _first(defining)]
        written = [(a, b) for a, b in pairs if isinstance(a, Symbol) and b is not None]
        if not stated.statements and are_layers(names, written):
            names.take_letters_for_layers()
        elif apart := told_by_letters(written):
            names.take_letters_for_layers(apart)
        if arrays:
            names.take_for_numbered(_numbered_gradients(pairs))
        model = cls(names, arrays, stated)
        again = define(model, defining, signatures)
        define_by_values(model, statements)
        for letter, digits in stated.values.items():
            model.definitions.add(Definition(Parts(letter, None, "", ()), Number(digits)))
        fold(model.definitions, again)
        model._learn(statements, declared)
        model.ranks.learn_products(operands)
        complete(model, operands)
        model.layers.count(operands, model.definitions.all())
        forward = _forward(statements, names)

        def measured() -> None:
            measure(model, stated.sizes, forward, stated.columns)

        measured()
        if arrays and not stated.statements:
            settle(model, measured)
            if model.ranks.take_for_numbers():
                measured()
        if arrays:
            fit_what_is_differentiated(model, operands)
        for of, _, *shape in named:
            place = model.place(names.split(of), {})
            for position, size in enumerate(shape if 1 not in shape else [max(shape)]):
                if size:
                    model.sizes.reach((place, position), size, closed=True)
        model._suppose(operands)
        for symbol in (symbol for operand in operands for symbol in quantities(operand)):
            if symbol == symbol.base and model.sizes.knows(("bound", symbol.name)):
                model.sizes.count(("bound", symbol.name))
        for place, position, value in written_out(model, operands):
            model.sizes.reach((place, position), value)
        keep_widths(model, stated.widths, operands)
        if stated.count and model.sizes.knows(("bound", stated.count)):
            model.sizes.prefer(("bound", stated.count), _SAMPLES)
        model.has_pi = _means_number(model, operands)
        model.with_rows = letters_with_rows(operands)
        model.has_identity = _has_identity(model, operands)
        return model

    @property
    def open_functions(self) -> set[str]:
        """Letters of functions that its equations apply, of which nothing says which they are."""
        known = self.definitions.functions.keys() | self.meanings.keys()
        return {
            name for name in self.applied - known
            if function_named(name) is None and name not in FUNCTIONS and not is_word(name)
        }  # fmt: skip

    def place(self, parts: Parts, env: Env) -> Place:
        """The quantity that a symbol names, its layer counted."""
        return Place(parts.base, self.layers.number(parts.layer, env), parts.tag)

    def variant(
        self,
        *,
        meanings: Mapping[str, str] | None = None,
        unit_sums: Mapping[str, int] | None = None,
        symmetric: Iterable[tuple[str, str]] = (),
        supposing: Iterable[Node] | None = None,
    ) -> DocumentModel:
        """The same network with other meanings of functions, or other suppositions.

        Args:
            meanings: functions that have a meaning of their own, beside those that have one.
            unit_sums: letters of arrays whose entries sum to one, over the index of which place.
            symmetric: given matrices that are symmetric, by letter and the name below it.
            supposing: expressions whose derivatives alone say what depends on what.
        """
        other = copy(self)
        if meanings:
            other.meanings = {**meanings, **self.meanings}
        other.unit_sums = {**self.unit_sums, **(unit_sums or {})}
        other.symmetric = self.symmetric.union(symmetric)
        if supposing is not None:
            supposing = list(supposing)
            supposed = suppositions(self.definitions, supposing, self.last_activation, anyway=True)
            # The document's word on the parts of what is differentiated stays: of `E = E_a + E_b`.
            parts = self._parts_of_differentiated(supposing)
            kept_of = {k: v for k, v in self.definitions.supposed.items() if k in parts}
            supposed = {**kept_of, **supposed}
            kept = {key: found for key, found in self.definitions.of.items() if key not in supposed}
            other.definitions = replace(self.definitions, of=kept, supposed=supposed)
        return other

    def _parts_of_differentiated(self, nodes: Iterable[Node]) -> set[tuple[str, str]]:
        """What stands in the equations of all that is differentiated in some expressions."""
        found: set[tuple[str, str]] = set()
        for node in (part for whole in nodes for part in everything(whole)):
            if isinstance(node, Derivative | Hessian | Nabla) and isinstance(node.of, Symbol):
                for definition in self.definitions.under(self.names.split(node.of)):
                    own = map(self.names.split, quantities(definition.body))
                    found |= {(parts.base, parts.tag) for parts in own}
        return found

    def summed_to_its_end(self, parts: Parts, body: Node) -> Node:
        """Let a sum reach as far as its index: `sum_j y_j ln a_j + (1 - y_j) ln (1 - a_j)`.

        No index of a sum can stand free behind it where the left side has none of that name.
        """
        own = {letter for index in parts.indices for letter in map(spelled, quantities(index))}
        bound = {x for n in everything(body) if isinstance(n, BigSum) for x in summed_letters(n)}
        free = set(free_letters(body, self.names)) | set(_raised(body))
        if not bound & (free - own):
            return body
        wide = widened(body, bracketed=True)
        if wide != body:
            self.assumed[self.place(parts, {})] = ("sum-reaches-its-end", {"of": parts.base})
        return wide

    def _learn(self, statements: Sequence[Statement], declared: list[Symbol]) -> None:
        """Note which letters are known, and what the text says of them."""
        names = self.names
        self.declared |= set(map(names.canonical, declared))
        self.layered |= {(p.base, p.layer is not None) for p in map(names.split, declared)}
        for s in statements:
            if not s.relation and isinstance(s.left, Symbol):
                self.declared.add(names.canonical(s.left))
                self.applied.add(function_name(s.left))
            elif s.relation and not s.defines and isinstance(s.left, Symbol) and not s.is_claim:
                self.declared.add(names.canonical(s.left))
        self.meanings.update({**meanings(statements), **self.stated.meanings})
        self.applied |= {
            function_name(node.function)
            for definition in self.definitions.all()
            for node in everything(definition.body)
            if isinstance(node, Call)
        }
        for s in statements:
            self.ranks.learn(s)
        for letter, rank in said_ranks(statements):
            parts = names.split(letter)
            if not parts.indices:
                self.ranks.said.setdefault((parts.base, parts.tag), rank)
        for definition in self.definitions.all():
            if not definition.parts.indices and definition.parts.layer is None:
                if isinstance(stripped(definition.body), Symbol):
                    continue  # `W = (w_{jk})` names an array by its entries, and no index is fixed
                free = set(free_letters(definition.body, names))
                self.constants |= free - names.layer_letters
            elif (at := names.one_at(definition.body)) is not None:
                own = {spelled(index) for index in definition.parts.indices}
                self.constants |= {spelled(at)} - own - names.layer_letters
            elif definition.parts.base in LOSSES and definition.parts.layer is None:
                own = {spelled(index) for index in definition.parts.indices}
                free = set(free_letters(definition.body, names))
                self.constants |= free - own - names.layer_letters  # of one sample: its class

    def _suppose(self, operands: list[Node]) -> None:
        """Take quantities without an equation for functions of what they are differentiated by."""
        self.definitions.supposed = suppositions(self.definitions, operands, self.last_activation)


def _has_identity(model: DocumentModel, operands: Sequence[Node]) -> bool:
    """Say whether an I is an identity matrix: nothing computes with it, nor is it varied."""
    if not model.arrays or "I" in model.names.differentiated_by or "I" in model.names.ranks:
        return False
    bodies = [definition.body for definition in model.definitions.all()]
    return not any(
        symbol.name == "I" for body in bodies for symbol in quantities(body)
    ) and not any(
        isinstance(node, Call) and node.function.name == "I"
        for operand in operands
        for node in everything(operand)
    )


def _means_number(model: DocumentModel, operands: Sequence[Node]) -> bool | None:
    """Say whether pi is the number here: it has no definition, no arguments, and does not vary."""
    if model.definitions.of.get(("pi", "")) or "pi" in model.definitions.functions:
        return False
    found: bool | None = True
    for node in (part for operand in operands for part in everything(operand)):
        if isinstance(node, Symbol) and node.name == "pi" and (node.subscripts or node.marks):
            found = None
        if isinstance(node, Call) and node.function.name == "pi":
            return False
        if isinstance(node, Derivative) and any(by == Symbol("pi") for by in node.by):
            return False
    return found


def _numbered_gradients(pairs: Iterable[tuple[Node | None, Node | None]]) -> Iterator[str]:
    """Letters whose numbers tell gradients of whole arrays apart: `zeta_7 = ∂L/∂W`."""
    for left, right in pairs:
        body = stripped(right) if right is not None else None
        if not isinstance(left, Symbol) or not isinstance(body, Derivative) or len(body.by) != 1:
            continue
        by = stripped(body.by[0])
        if isinstance(by, Symbol) and not by.subscripts and len(left.subscripts) == 1:
            if isinstance(left.subscripts[0], Number):
                yield base_of(left)


def _first(defining: Iterable[Statement]) -> Iterator[Statement]:
    """Of several statements about the same left side the first."""
    seen: set[object] = set()
    for statement in defining:
        left, _ = statement.definition
        key = left.unmarked if isinstance(left, Symbol) else left
        if isinstance(left, Call):
            key = left.function
        if key not in seen:
            seen.add(key)
            yield statement


def _is_of(statement: Statement, given: Symbol) -> bool:
    """Say whether an equation is about what is said to be given."""
    left = statement.definition[0]
    return (
        isinstance(left, Symbol)
        and base_of(left) == base_of(given)
        and left.marks == given.marks
        and left.subscripts[: len(given.subscripts)] == given.subscripts
    )


def _mentioned(statement: Statement) -> Iterator[Symbol]:
    for side in (statement.left, statement.right):
        if side is not None:
            yield from quantities(side)


def _raised(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The letters of samples above symbols, `x^{(i)}`, that no sum binds."""
    if isinstance(node, Symbol):
        bodies = (mark.body for mark in node.marks if mark.kind is MarkKind.LAYER)
        names = (spelled(body) for body in bodies if isinstance(body, Symbol))
        yield from (name for name in names if name not in bound)
        return
    if isinstance(node, BigSum):
        bound = bound | frozenset(summed_letters(node))
    for child in node.arguments if isinstance(node, Call) else node.children():
        yield from _raised(child, bound)


def _forward(statements: Iterable[Statement], names: Names) -> list[Definition]:
    """Equations for quantities as such that come after their definitions."""
    found = []
    for s in statements:
        left = stripped(s.left) if s.left is not None else None
        while isinstance(left, Brace):
            left = stripped(left.body)
        if s.is_claim and s.position == 1 and isinstance(left, Symbol):
            parts = names.split(left)
            if not parts.indices and s.right is not None:
                found.append(Definition(parts, s.right))
    return found
