"""The network that a document defines: its equations, ranks, layers and sizes.

The document is the model. The first equation for a quantity is its definition, be it for one
entry (`h_1' = …`), for all (`z_j = …`), for a whole vector (`z = W x`) or for every layer
(`z^l = …`). What is asked for later (an entry at given indices) is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .commands import FUNCTIONS
from .names import LAYER_NAMES, Names, Parts, base_of, everything, quantities, spelled
from .ranks import Ranks
from .sizes import Sizes
from .statements import Kind, Reading, Statement
from .syntax import (
    BigSum,
    Brace,
    Call,
    Derivative,
    Group,
    Mark,
    MarkKind,
    Nabla,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)  # fmt: skip

__all__ = ["Definition", "DocumentModel", "Function", "Layer", "Place", "Undecided"]

Layer = int | str | None
Env = Mapping[str, int]
_DEPTH = 3
_ENTRYWISE = frozenset([Operator.ODOT, Operator.CIRC, Operator.OTIMES])
_SIGMOID = re.compile(r"\b(?:sigmoid|logistic)\b", re.IGNORECASE)


class Undecided(Exception):
    """A statement cannot be judged; carries the code of the reason and what it mentions."""

    def __init__(self, reason: str, **arguments: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.arguments = arguments


class Place(NamedTuple):
    """A quantity: its letter, its layer and the name below it."""

    base: str
    layer: Layer
    tag: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An equation that says what a quantity is."""

    parts: Parts
    body: Node
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the document defines: `sigma(z) = 1/(1 + exp(-z))`."""

    variable: Symbol
    body: Node


@dataclass
class DocumentModel:
    """What a document says about its network.

    Attributes:
        names: how its symbols are told apart.
        definitions: by letter and name below, in order.
        functions: the functions that it defines.
        meanings: names of functions with a meaning of their own (`sigma` is the logistic one).
        signatures: the arguments of losses that are stated without a formula.
        declared: letters that are defined, used in a definition, or mentioned in the text.
        sizes: the ranges of all index positions.
        columns: whether vectors are columns.
        depth: the number of layers, where layers are counted by a letter.
        layers: the layers at which each letter exists.
    """

    names: Names
    arrays: bool
    definitions: dict[tuple[str, str], list[Definition]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    signatures: dict[tuple[str, str], tuple[Node, ...]] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    sizes: Sizes = field(default_factory=Sizes)
    columns: bool = True
    depth: int = _DEPTH
    layers: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    layered: set[tuple[str, bool]] = field(default_factory=set)
    applied: set[str] = field(default_factory=set)
    stated: tuple[Statement, ...] = ()
    claims: set[int] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)
    assumed: dict[Place, tuple[str, dict[str, str]]] = field(default_factory=dict)
    inferred: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ranks: Ranks = field(init=False)

    def __post_init__(self) -> None:
        self.ranks = Ranks(self)

    @classmethod
    def of(
        cls,
        reading: Reading,
        *,
        same: Mapping[str, str] | None = None,
        sizes: Mapping[str, int] | None = None,
        stated: tuple[Statement, ...] = (),
        columns: bool | None = None,
    ) -> DocumentModel:
        """Learn the network of a document, or of what is stated beside it."""
        statements = (*stated, *reading.statements)
        operands = [side for s in statements for side in (s.left, s.right) if side is not None]
        defining = [s for s in statements if s.kind is Kind.DEFINITION or _is_signature(s)]
        declared = [
            symbol
            for s in defining
            for side in (s.left, s.right)
            if side is not None
            for symbol in quantities(side)
        ]
        signatures = list(_signatures(statements))
        declared += [symbol for s in signatures for symbol in quantities(s)]
        declared += [s.function for s in signatures if isinstance(s, Call)]
        arrays = any(map(_shows_arrays, operands))
        names = Names.of(operands, declared, arrays=arrays, same=same)
        model = cls(names, arrays, stated=stated)
        model._define(defining, signatures)
        model._prefer_recurrences(statements)
        model.declared |= {names.canonical(symbol) for symbol in declared}
        model.layered |= {
            (parts.base, parts.layer is not None) for parts in map(names.split, declared)
        }
        model.declared |= {
            names.canonical(s.left)
            for s in statements
            if s.kind in (Kind.EXPRESSION, Kind.REMARK) and isinstance(s.left, Symbol)
        }
        model.meanings.update(_meanings(statements))
        model.applied = {
            function_name(node.function)
            for definition in model.all_definitions()
            for node in everything(definition.body)
            if isinstance(node, Call)
        }
        model.applied |= {
            function_name(s.left) for s in statements
            if s.kind is Kind.EXPRESSION and isinstance(s.left, Symbol)
        }  # fmt: skip
        for s in statements:
            model.ranks.learn(s)
        model._find_constants()
        model._complete()
        model._count_layers(operands)
        model._measure(sizes or {}, _forward(statements), columns)
        for operand in operands:
            model.reach(operand)
        return model

    # Definitions --------------------------------------------------------------------------------

    def _define(self, statements: list[Statement], signatures: list[Node]) -> None:
        for statement in statements:
            left, body = statement.left, statement.right
            if statement.relation == "=:":
                left, body = body, left
            assert body is not None
            if isinstance(left, Symbol):
                parts = self.names.split(left)
                if _is_signature(statement):
                    arguments = _arguments(body)
                    self.signatures.setdefault((parts.base, parts.tag), arguments)
                elif self._is_settled(parts) or self._is_stated(parts, statement):
                    self.claims.add(id(statement))
                else:
                    self.add(left, body, statement)
            elif isinstance(left, Call):
                self._define_call(left, body, statement)
        for node in signatures:
            if isinstance(node, Call):
                symbol, arguments = node.function, node.arguments
            else:
                assert isinstance(node, Product)
                symbol, second = node.factors  # type: ignore[assignment]
                arguments = second.items if isinstance(second, Tuple) else (second,)
            parts = self.names.split(symbol)
            key = (parts.base, parts.tag)
            if key not in self.definitions:
                self.signatures.setdefault(key, arguments)

    def _is_stated(self, parts: Parts, statement: Statement) -> bool:
        """Say whether what is stated beside the document defines this quantity already."""
        own = [d.statement for d in self.definitions.get((parts.base, parts.tag), ())]
        given = {id(s) for s in self.stated}
        return id(statement) not in given and any(id(s) in given for s in own)

    def _is_settled(self, parts: Parts) -> bool:
        """Say whether a quantity is known already as a derivative, so that this is a claim."""
        for d in self.definitions.get((parts.base, parts.tag), ()):
            if not isinstance(d.body, Derivative | Nabla):
                continue
            own, other = d.parts, parts
            layer = own.layer == other.layer or (
                isinstance(own.layer, Symbol) and spelled(own.layer) in self.names.layer_letters
            )
            indices = len(own.indices) == len(other.indices) and all(
                isinstance(one, Symbol) or one == two
                for one, two in zip(own.indices, other.indices, strict=True)
            )
            if layer and indices:
                return True
        return False

    def _define_call(self, left: Call, body: Node, statement: Statement) -> None:
        only = left.arguments[0]
        name = function_name(left.function)
        if name in FUNCTIONS:
            return  # `\\log p_m = …` says nothing of the logarithm
        is_function = (
            len(left.arguments) == 1
            and isinstance(only, Symbol)
            and not only.subscripts
            and any(symbol == only for symbol in quantities(body))
            and all(symbol in (only, Symbol("e"), Symbol("pi")) for symbol in quantities(body))
        )
        if is_function and isinstance(only, Symbol):
            self.functions.setdefault(name, Function(only, body))
        else:
            self.add(left.function, body, statement)

    def add(self, symbol: Symbol, body: Node, statement: Statement | None = None) -> None:
        """Add an equation for a quantity, unless it has the same one already."""
        parts = self.names.split(symbol)
        found = self.definitions.setdefault((parts.base, parts.tag), [])
        if all((d.parts.layer, d.parts.indices) != (parts.layer, parts.indices) for d in found):
            found.append(Definition(parts, body, statement))

    def _find_constants(self) -> None:
        """Find index letters that a definition uses without binding them: one fixed value each."""
        for definition in self.all_definitions():
            own = {spelled(index) for index in definition.parts.indices}
            if definition.parts.layer is not None:
                own |= {spelled(symbol) for symbol in quantities(definition.parts.layer)}
            if definition.parts.indices or definition.parts.layer is not None:
                continue
            free = set(free_letters(definition.body, self.names)) - own
            self.constants |= free - self.names.layer_letters

    def _prefer_recurrences(self, statements: tuple[Statement, ...]) -> None:
        """Take `z^l = W^l a^{l-1}` for the definition where a layer's own came first."""
        for s in statements:
            if s.kind is not Kind.CLAIM or s.position != 1 or not isinstance(s.left, Symbol):
                continue
            parts = self.names.split(s.left)
            found = self.definitions.get((parts.base, parts.tag), [])
            if not isinstance(parts.layer, Symbol) or s.right is None:
                continue
            if spelled(parts.layer) not in self.names.layer_letters:
                continue
            for at, definition in enumerate(found):
                same = (definition.parts.layer, definition.parts.indices) == (
                    parts.layer,
                    parts.indices,
                )
                bodies = map(self.names.split, quantities(definition.body))
                closed = all((body.base, body.tag) not in self.definitions for body in bodies)
                if same and closed and self._recurs(s.right):
                    found[at] = Definition(parts, s.right, s)

    def _recurs(self, body: Node) -> bool:
        return any(isinstance(self.names.split(x).layer, Sum) for x in quantities(body))

    def _complete(self) -> None:
        """Say what the layers' equations leave out: the input is layer 0, the output the last."""
        if not self.names.layer_letters:
            return
        activation = None
        for definition in list(self.all_definitions()):
            layer = definition.parts.layer
            if not (isinstance(layer, Symbol) and spelled(layer) in self.names.layer_letters):
                continue
            for symbol in quantities(definition.body):
                parts = self.names.split(symbol)
                below = isinstance(parts.layer, Sum) and -1 in parts.layer.signs
                known = (parts.base, parts.tag) in self.definitions
                if below and known and activation is None:
                    activation = symbol
        if activation is None:
            return
        parts = self.names.split(activation)
        own = self.definitions[parts.base, parts.tag]
        defined = {self.layer(d.parts.layer, {}) for d in own}
        bare = Parts(parts.base, None, parts.tag, ())
        if 0 not in defined and ("x", False) in self.layered:
            zero = Parts(bare.base, Number("0"), bare.tag, ())
            own.append(Definition(zero, Symbol("x")))
            self.assumed[Place(bare.base, 0, bare.tag)] = ("input-is-layer-0", {"of": bare.base})
        for base in ("hat y", "hat Y"):
            if (base, False) in self.layered and (base, "") not in self.definitions:
                mark = Mark(MarkKind.LAYER, Symbol("last layer"))
                last = replace(activation, subscripts=(), marks=(mark,))
                self.definitions[base, ""] = [Definition(Parts(base, None, "", ()), last)]
                self.assumed[Place(base, None, "")] = ("output-is-last-layer", {"of": base})

    def match(
        self, place: Place, indices: tuple[int, ...]
    ) -> tuple[Definition, dict[str, int]] | None:
        """The definition of one entry, with what its letters stand for there."""
        best: tuple[int, Definition, dict[str, int]] | None = None
        for definition in self.definitions.get((place.base, place.tag), ()):
            env: dict[str, int] = {}
            literal = self._bind_layer(definition.parts.layer, place.layer, env)
            if literal is None:
                continue
            own = definition.parts.indices
            if own:
                if len(own) != len(indices):
                    continue
                pairs = zip(own, indices, strict=True)
                fits = [self._bind(node, value, env) for node, value in pairs]
                if None in fits:
                    continue
                literal += sum(filter(None, fits))
            if best is None or literal > best[0]:
                best = (literal, definition, env)
        return best and best[1:]

    def _bind_layer(self, node: Node | None, layer: Layer, env: dict[str, int]) -> int | None:
        if node is None:
            return 0 if layer is None else None
        if isinstance(node, Symbol) and spelled(node) in self.names.layer_letters:
            if not isinstance(layer, int) or not 1 <= layer <= self.depth:
                return None
            env[spelled(node)] = layer
            return 0
        if isinstance(node, Symbol) and self._is_sample(node) and isinstance(layer, int):
            env[spelled(node)] = layer
            return 0
        if self.layer(node, {}) != layer:
            return None
        if isinstance(layer, int):
            env.update(dict.fromkeys(self.names.layer_letters, layer))
        return 1

    def _is_sample(self, node: Symbol) -> bool:
        return self.names.is_index(node) and spelled(node) not in ("L",)

    def _bind(self, node: Node, value: int, env: dict[str, int]) -> int | None:
        if isinstance(node, Number):
            return 1 if int(node.digits) == value else None
        if not isinstance(node, Symbol):
            return None
        letter = spelled(node)
        if env.setdefault(letter, value) != value:
            return None
        return 0

    # Layers -------------------------------------------------------------------------------------

    def layer(self, node: Node | None, env: Env) -> Layer:
        """The layer that a mark says, a number where it can be counted."""
        if node is None:
            return None
        if isinstance(node, Number):
            return int(node.digits) if node.digits.isdecimal() else node.digits
        if isinstance(node, Symbol):
            name = spelled(node)
            if name in env:
                return env[name]
            if name in (self.names.last_layer, "last layer"):
                return self.depth
            if name in self.names.layer_letters and name.isupper():
                return self.depth  # a loss is a function of the last layer
            if self.names.named_layers and name in LAYER_NAMES:
                return LAYER_NAMES[name]
            return name
        if isinstance(node, Sum):
            total = 0
            for sign, term in zip(node.signs, node.terms, strict=True):
                value = self.layer(term, env)
                if not isinstance(value, int):
                    return spelled(node)
                total += sign * value
            return total
        return spelled(node)

    def _count_layers(self, operands: list[Node]) -> None:
        """Find how many layers there are, and at which of them each letter exists."""
        if self.names.named_layers:
            self.depth = 2
        numbers = [
            layer
            for operand in operands
            for symbol in quantities(operand)
            if isinstance(mark := self.names.split(symbol).layer, Number)
            and isinstance(layer := self.layer(mark, {}), int)
        ]
        self.depth = max([self.depth, *(n for n in numbers if n < 9)])
        for definition in self.all_definitions():
            for env in self.instances(definition.parts.layer):
                for symbol in [*quantities(definition.body)]:
                    self._exists(self.names.split(symbol), env)
                self._exists(definition.parts, env)

    def _exists(self, parts: Parts, env: Env) -> None:
        layer = self.layer(parts.layer, env)
        if isinstance(layer, int):
            self.layers.setdefault((parts.base, parts.tag), set()).add(layer)

    def instances(self, layer: Node | None) -> Iterator[dict[str, int]]:
        """The layers for which an equation is meant."""
        if isinstance(layer, Symbol) and spelled(layer) in self.names.layer_letters:
            for number in range(1, self.depth + 1):
                yield {spelled(layer): number}
        elif isinstance(layer, Symbol) and self._is_sample(layer):
            yield from ({spelled(layer): number} for number in (1, 2))
        else:
            yield {}

    def all_definitions(self) -> Iterator[Definition]:
        """All definitions, in order."""
        for found in self.definitions.values():
            yield from found

    # Sizes --------------------------------------------------------------------------------------

    def _measure(
        self, stated: Mapping[str, int], forward: list[Statement], orientation: bool | None
    ) -> None:
        """Find the ranges, and whether vectors are columns: the forward equations decide.

        Where no definition is of whole vectors, later equations of that kind decide, but only
        the orientation.
        """
        if any(not d.parts.indices and self.ranks.of(d.parts) for d in self.all_definitions()):
            forward = []
        choices = []
        for columns in (True, False) if orientation is None else (orientation,):
            self.columns, self.sizes = columns, Sizes()
            for number, definition in enumerate(self.all_definitions()):
                for env in self.instances(definition.parts.layer):
                    self._measure_one((number, *env.values()), definition, env)
            own = self.sizes
            penalty = own.penalty
            if forward:
                self.sizes = deepcopy(own)
                for at, statement in enumerate(forward):
                    assert isinstance(statement.left, Symbol)
                    assert statement.right is not None
                    claimed = Definition(self.names.split(statement.left), statement.right)
                    for env in self.instances(claimed.parts.layer):
                        self._measure_one(("forward", at, *env.values()), claimed, env)
                penalty = self.sizes.penalty
            choices.append((penalty, not columns, own))
            if not penalty:
                break
        _, rows, self.sizes = min(choices, key=lambda choice: choice[:2])
        self.columns = not rows
        for letter, size in stated.items():
            self.sizes.fix(("bound", letter), size)

    def _measure_one(self, scope: Hashable, definition: Definition, env: Env) -> None:
        parts = definition.parts
        place = self.place(parts, env)
        self._tie(place, parts.indices, scope)
        for node in everything(definition.body):
            if isinstance(node, Symbol):
                inner = self.names.split(node)
                if inner.indices:
                    self._tie(self.place(inner, env), inner.indices, scope)
            elif isinstance(node, BigSum) and len(node.indices) == 1:
                if isinstance(node.upper, Number) and node.upper.digits.isdecimal():
                    self.sizes.fix((scope, spelled(node.indices[0])), int(node.upper.digits))
                elif (bound := self.bound(node.upper, env)) is not None:
                    self.sizes.unite(bound, (scope, spelled(node.indices[0])))
        if not parts.indices:
            dims = self.ranks.dims(definition.body, env, scope)
            own = self.ranks.symbol_dims(parts, env)
            if dims and own:
                for one, other in zip(own, dims, strict=True):
                    self.sizes.unite(one, other)

    def bound(self, node: Node | None, env: Env) -> tuple[object, ...] | None:
        """The name of a size: `n`, or `m(l)` and `m_l` for one of each layer."""
        if isinstance(node, Call) and len(node.arguments) == 1:
            return ("bound", node.function.name, self.layer(node.arguments[0], env))
        if isinstance(node, Product) and len(node.factors) == 2:
            name, layer = node.factors
            if isinstance(name, Symbol) and isinstance(layer, Group):
                return ("bound", name.name, self.layer(layer.body, env))
        if isinstance(node, Symbol) and spelled(node) not in self.names.layer_letters:
            scripts = [*node.subscripts, *(m.body for m in node.marks if m.body is not None)]
            if not scripts:
                return ("bound", spelled(node))
            return ("bound", node.name, *(self.layer(script, env) for script in scripts))
        return None

    def _tie(self, place: Place, indices: tuple[Node, ...], scope: Hashable) -> None:
        for position, index in enumerate(indices):
            where = (place, position)
            if isinstance(index, Number):
                self.sizes.reach(where, int(index.digits), closed=True)
            elif isinstance(index, Symbol):
                self.sizes.unite(where, (scope, spelled(index)))

    def reach(self, node: Node) -> None:
        """Note the indices written out anywhere, so that every one of them exists."""
        for symbol in quantities(node):
            parts = self.names.split(symbol)
            for position, index in enumerate(parts.indices):
                if isinstance(index, Number) and len(index.digits) < 4:
                    self.sizes.reach((self.place(parts, {}), position), int(index.digits))

    def place(self, parts: Parts, env: Env) -> Place:
        """The quantity that a symbol names, its layer counted."""
        return Place(parts.base, self.layer(parts.layer, env), parts.tag)


def free_letters(node: Node, names: Names, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The index letters of an expression that no sum in it binds."""
    if isinstance(node, Symbol):
        for index in names.split(node).indices:
            for letter in quantities(index):
                if spelled(letter) not in bound:
                    yield spelled(letter)
        return
    if isinstance(node, BigSum):
        yield from free_letters(node.body, names, bound | set(map(spelled, node.indices)))
        return
    if isinstance(node, Call):
        for argument in node.arguments:
            yield from free_letters(argument, names, bound)
        return
    for child in node.children():
        yield from free_letters(child, names, bound)


def function_name(symbol: Symbol) -> str:
    """A function's name with its scripts: `f^{(2)}` is another than `f`."""
    marks = "".join(f"^{spelled(mark.body)}" for mark in symbol.marks if mark.body is not None)
    below = "".join(map(spelled, symbol.subscripts))
    return " ".join([*symbol.accents, symbol.name]) + (f"_{below}" if below else "") + marks


def _forward(statements: tuple[Statement, ...]) -> list[Statement]:
    """The equations for quantities as such that come after their definitions."""
    found = []
    for s in statements:
        left = stripped(s.left) if s.left is not None else None
        while isinstance(left, Brace):
            left = stripped(left.body)
        if s.kind is Kind.CLAIM and s.position == 1 and isinstance(left, Symbol):
            if not left.subscripts and s.right is not None:
                found.append(replace(s, left=left))
    return found


def _is_signature(statement: Statement) -> bool:
    """Say whether an equation only names the arguments of a loss: `C = C(a)`."""
    left, body = statement.left, statement.right
    if statement.kind not in (Kind.DEFINITION, Kind.ASSIGNMENT) or not isinstance(left, Symbol):
        return False
    if isinstance(body, Call):
        return base_of(body.function) == base_of(left) and not body.order
    if isinstance(body, Product) and len(body.factors) == 2:
        name, arguments = body.factors
        if isinstance(name, Symbol) and isinstance(arguments, Tuple | Group):
            return base_of(name) == base_of(left)
    return False


def _arguments(body: Node) -> tuple[Node, ...]:
    if isinstance(body, Call):
        return body.arguments
    assert isinstance(body, Product)
    last = body.factors[1]
    if isinstance(last, Tuple):
        return last.items
    return (last.body,) if isinstance(last, Group) else (last,)


def _signatures(statements: tuple[Statement, ...]) -> Iterator[Node]:
    """The losses that are stated with their arguments and without a formula."""
    for statement in statements:
        node = statement.left
        if statement.kind is not Kind.EXPRESSION:
            continue
        if (isinstance(node, Call) and not node.order and len(node.arguments) > 1) or (
            isinstance(node, Product)
            and len(node.factors) == 2
            and isinstance(node.factors[0], Symbol)
            and isinstance(node.factors[1], Tuple)
        ):
            yield node


def _shows_arrays(node: Node) -> bool:
    for part in everything(node):
        if isinstance(part, Transpose) or (isinstance(part, Nabla) and part.by is not None):
            return True
        if isinstance(part, Product) and not _ENTRYWISE.isdisjoint(part.operators):
            return True
        if isinstance(part, Symbol) and (part.font == "bold" or "vec" in part.accents):
            return True
    return False


def _meanings(statements: tuple[Statement, ...]) -> dict[str, str]:
    """Functions that a sentence says to be the logistic one."""
    found = {}
    for statement in statements:
        node = statement.left
        if statement.kind is Kind.EXPRESSION and isinstance(node, Symbol):
            around = statement.excerpt.before[-40:] + " " + statement.excerpt.after[:40]
            if node.name in ("sigma", "g", "f", "phi", "S") and _SIGMOID.search(around):
                found[function_name(node)] = "sigmoid"
    return found
