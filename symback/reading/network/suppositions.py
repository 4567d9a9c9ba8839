"""What a quantity without a definition is a function of, as the derivatives about it say.

A document often differentiates a loss that it never writes down, or explains the chain rule with
quantities that have no formula. Then `partial E / partial o_j` says that E is some function of all
the `o_j`, and `partial a_j / partial z_j` that `a_j` is one of `z_j`. Of everything by which a
quantity is differentiated it is taken to depend on the nearest only: on the output, not on the
weight behind it. A loss is a function of the network's outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Derivative,
    Hessian,
    Nabla,
    Node,
    Number,
    Symbol,
    stripped,
)
from symback.reading.network.naming import LOSSES, Names, Parts
from symback.reading.network.symbols import base_of, everything, quantities, spelled
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.network.definitions import Definitions
    from symback.reading.network.places import Env

__all__ = ["Supposition", "of_itself", "suppositions"]

Key = tuple[str, str, object, tuple[str, ...]]
"""A quantity's letter, the name below it, its layer, and those of its indices that are written
out."""

_SOME = 2
"""The layer that a letter stands for while it is asked what lies behind what."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """A quantity is taken to be some function of others.

    Attributes:
        of: the quantity, in the letters of its own indices.
        parts: its writing taken apart.
        on: what it depends on; letters that `of` has not stand for all values.
        certain: whether it is a loss and depends on the outputs, and nothing was guessed about
            what lies between.
        given: whether it is only known by what it is of one given quantity, whatever that is.
    """

    of: Symbol
    parts: Parts
    on: tuple[Symbol, ...]
    certain: bool
    given: bool = False


def suppositions(
    definitions: Definitions,
    operands: Iterable[Node],
    last: Symbol | None = None,
    *,
    anyway: bool = False,
) -> dict[tuple[str, str], list[Supposition]]:
    """What all quantities that are differentiated and have no equation are functions of.

    Args:
        definitions: the equations that there are.
        operands: the expressions in which derivatives stand.
        last: the activation of the last layer, where layers are counted by a letter.
        anyway: also for quantities whose equations do not lead to what they are differentiated by.
    """
    found: dict[tuple[str, str], list[Supposition]] = {}
    for each in _Finder(definitions, list(_mentions(operands)), last).found(anyway):
        found.setdefault((each.parts.base, each.parts.tag), []).append(each)
    return found


def _mentions(operands: Iterable[Node]) -> Iterator[tuple[Symbol, Symbol]]:
    for operand in operands:
        for node in everything(operand):
            if isinstance(node, Derivative) and node.of is not None and len(node.by) == 1:
                of, by = stripped(node.of), stripped(node.by[0])
            elif isinstance(node, Nabla) and node.of is not None and node.by is not None:
                of, by = stripped(node.of), stripped(node.by)
            else:
                continue
            if isinstance(of, Symbol) and isinstance(by, Symbol):
                yield of, by


def of_itself(supposition: Supposition, *sides: Node) -> bool:
    """Say whether sides differentiate what is supposed by the same letter of other indices.

    Beside `dx_t/dx_tau` a supposition that leads from weights alone to each x leaves out a path.
    """
    base = base_of(supposition.of)
    if base in map(base_of, supposition.on):
        return False
    return any(
        base_of(of) == base == base_of(by) and of != by and not (of.primes or by.primes)
        for of, by in _mentions(sides)
    )


_OF_A_MATRIX = 2


class _Finder:
    """The graph of what is a function of what."""

    def __init__(
        self,
        definitions: Definitions,
        mentions: list[tuple[Symbol, Symbol]],
        last: Symbol | None,
    ) -> None:
        self.definitions = definitions
        self.last = last
        self.names: Names = definitions.names
        self.general = {
            (parts.base, parts.tag)
            for definition in definitions.all()
            for parts in (definition.parts, *map(self.names.split, quantities(definition.body)))
            if parts.indices and not _literal(parts.indices)
        }
        self.some = dict.fromkeys(self.names.layer_letters, _SOME)
        self.mentioned: dict[Key, dict[Key, tuple[Symbol, Symbol]]] = {}
        for of, by in ((of, self._of_last_layer(by)) for of, by in mentions):
            if self.key(of) != self.key(by) and not self._are_entries(of, by):
                self.mentioned.setdefault(self.key(of), {}).setdefault(self.key(by), (of, by))
        self.edges: dict[Key, set[Key]] = {}
        # Defined by a derivative, as `delta = partial E / partial h`: no part of the network.
        self.backward: set[Key] = set()
        for definition in definitions.all():
            for env in definitions.layers.instances(definition.parts.layer):
                own = self._key(definition.parts, env)
                inner = {self.key(symbol, env) for symbol in quantities(definition.body)}
                self.edges.setdefault(own, set()).update(inner - {own})
                if any(
                    isinstance(n, Derivative | Hessian | Nabla) for n in everything(definition.body)
                ):
                    self.backward.add(own)
        for (base, tag), arguments in definitions.signatures.items():
            inner = {self.key(symbol) for node in arguments for symbol in quantities(node)}
            self.edges.setdefault((base, tag, None, ()), set()).update(inner)
        for key, others in self.mentioned.items():
            if not self.is_defined(key):
                self.edges.setdefault(key, set()).update(others)

    def _of_last_layer(self, by: Symbol) -> Symbol:
        """What `nabla_a C` is by, where a stands for the activations of the last layer."""
        if self.last is None or base_of(by) != base_of(self.last):
            return by
        parts = self.names.split(by)
        plain = any(d.parts.layer is None for d in self.definitions.under(parts))
        return (
            by if parts.layer is not None or plain else replace(self.last, subscripts=by.subscripts)
        )

    def _are_entries(self, of: Symbol, by: Symbol) -> bool:
        """Say whether these are two entries of one matrix that has no equation: `dW_ij/dW_kl`."""
        one, other = self.names.split(of), self.names.split(by)
        same = (one.base, one.tag, one.layer) == (other.base, other.tag, other.layer)
        counted = len(one.indices) == len(other.indices) == _OF_A_MATRIX
        free = all(isinstance(index, Symbol) for index in (*one.indices, *other.indices))
        return same and counted and free and not self.definitions.under(one)

    def key(self, symbol: Symbol, env: Env | None = None) -> Key:
        return self._key(self.names.split(symbol), self.some if env is None else env)

    def _key(self, parts: Parts, env: Env) -> Key:
        literal = () if (parts.base, parts.tag) in self.general else _literal(parts.indices)
        return parts.base, parts.tag, self.definitions.layers.number(parts.layer, env), literal

    def is_defined(self, key: Key) -> bool:
        base, tag, layer, indices = key
        if (base, tag) in self.definitions.signatures or base in self.definitions.functions:
            return True
        return any(
            _literal(d.parts.indices) in (indices, ())
            and self.definitions.layers.bind(d.parts.layer, layer, {}) is not None  # type: ignore[arg-type]
            for d in self.definitions.of.get((base, tag), ())
        )

    def found(self, anyway: bool) -> Iterator[Supposition]:
        for key, others in self.mentioned.items():
            if self.is_defined(key) and not (anyway and self._is_apart(key, others)):
                continue
            of = next(iter(others.values()))[0]
            on, certain = self._nearest(key, others)
            # One that is only ever differentiated by one given quantity is any function of it.
            (only,) = others if len(others) == 1 else (key,)
            given = only != key and not self.is_defined(only) and only not in self.mentioned
            if on:
                yield Supposition(of, self.names.split(of), on, certain, given and not certain)

    def _is_apart(self, key: Key, others: Mapping[Key, object]) -> bool:
        """Say whether an equation does not lead to what its quantity is differentiated by.

        That of a loss must not even have a letter of the network: `h_T` is a part of all `h_t`.
        """
        reached = self._reached(key)
        if not reached.isdisjoint(others):
            return False
        if key[0] not in LOSSES:
            return True
        network = {
            own[0]
            for whole in self.edges
            if not {whole, *self._reached(whole)}.isdisjoint(others)
            for own in {whole, *self._reached(whole)}
        }
        return network.isdisjoint(own[0] for own in reached)

    def _nearest(
        self, key: Key, others: Mapping[Key, tuple[Symbol, Symbol]]
    ) -> tuple[tuple[Symbol, ...], bool]:
        """Those of the others that are not behind another one."""
        outputs = self._outputs(key, others)
        behind = set().union(*map(self._reached, outputs))
        rest = [k for k in others if k not in behind and k not in outputs]
        nearest = [
            k for k in rest
            if not any(
                k in self._reached(other) and other not in self._reached(k)
                for other in rest if other != k
            )
        ]  # fmt: skip
        # An entry that is written out is a part of the whole that stands beside it.
        whole = {(*k[:3], ()) for k in (*outputs, *nearest) if not k[3]}
        nearest = [k for k in nearest if not k[3] or (*k[:3], ()) not in whole]
        # And where each entry has an equation, the whole is no more than all of them.
        entries = {(*k[:3], ()) for k in outputs if k[3]}
        nearest = [k for k in nearest if k not in entries]
        found = [*outputs.values(), *(others[k][1] for k in nearest)]
        # Of a loss beside another quantity, as a divergence, it need not be a function of both.
        unlike = {own[:2] for own in outputs if own not in others}
        beside = bool(unlike) and any(own[:2] not in unlike for own in outputs)
        return tuple(found), not nearest and not beside

    def _outputs(self, key: Key, others: Mapping[Key, object]) -> dict[Key, Symbol]:
        """What nothing else is made of, among what leads to one of the others.

        Only a loss, which has no layer and no indices, is a function of it.
        """
        if key[2] is not None or any(self.names.split(of).indices for of in self._written(key)):
            return {}
        if self.last is not None:
            own = self.key(self.last)
            return {own: self.last} if {own, *self._reached(own)} & set(others) else {}
        used = {
            k
            for own, inner in self.edges.items()
            if own != key and own not in self.backward
            for k in inner
            if k != own
        }
        found: dict[Key, Symbol] = {}
        for definition in self.definitions.all():
            own = self._key(definition.parts, self.some)
            symbol = definition.statement.definition[0] if definition.statement else None
            if own == key or own in used or not isinstance(symbol, Symbol):
                continue
            if key in self._reached(own):
                continue  # `R = L + …` is made of the loss, and the loss not of it
            if any(
                isinstance(node, Derivative | Hessian | Nabla)
                for node in everything(definition.body)
            ):
                continue
            if (self._reached(own) | {own}) & set(others):
                found.setdefault(own, symbol)
        return found

    def _written(self, key: Key) -> Iterator[Symbol]:
        yield from (of for of, _ in self.mentioned.get(key, {}).values())

    def _reached(self, key: Key) -> set[Key]:
        found: set[Key] = set()
        waiting = list(self.edges.get(key, ()))
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.edges.get(node, ())
        return found


def _literal(indices: tuple[Node, ...]) -> tuple[str, ...]:
    if indices and all(isinstance(index, Number) for index in indices):
        return tuple(map(spelled, indices))
    return ()
