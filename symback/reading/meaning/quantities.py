"""What a symbol stands for: one entry of a quantity or all of them, and what defines an entry."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from itertools import product as all_pairs
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import (
    Derivative,
    Number,
    Symbol,
    stripped,
)  # fmt: skip
from symback.reading.meaning.arrays import Array, Jacobian, Value, terms_of
from symback.reading.meaning.graph import Term
from symback.reading.meaning.sums import OTHER_LAYER, SIZE_LIMIT
from symback.reading.network.places import Place, Undecided, function_name
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, is_ones, spelled

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter
    from symback.reading.network.naming import Parts
    from symback.reading.network.suppositions import Supposition


__all__ = ["Quantities"]

Env = Mapping[str, int]


class Quantities:
    """The quantities of one interpreter.

    Attributes:
        uneven: entries whose definition sums to the number of another layer's units, each with the
            letter of the sum.
        either_way: entries of a softmax of a matrix that may be of its columns as well.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)
        self.model = interpreter.model
        self.summed: set[Place] = set()
        self.by_supposition: dict[str, Supposition] = {}
        self.uneven: dict[Hashable, str] = {}
        self.either_way: set[Hashable] = set()
        self._own: set[tuple[Place, tuple[int, ...]]] = set()  # entries that are no other names

    def value(self, node: Symbol, env: Env) -> Value:
        """What a symbol stands for."""
        names = self.model.names
        if env and (found := self.interpreter.integrals.at(node, env)) is not None:
            return found
        if is_ones(node):
            return self.interpreter.terms.one
        if self.interpreter.is_identity(node):
            self.interpreter.note("identity-matrix")
            # Which multiplies; a sum and the sides of a line make it a matrix.
            return self.interpreter.terms.one
        if names.as_power(node):
            return self.interpreter.value(node.as_power(), env)
        plain = not (node.subscripts or node.marks or node.accents or node.primes or node.font)
        if plain:
            if node.name in env:
                return self.interpreter.terms.number(env[node.name])
            if node.name == "e" and "e" not in self.model.declared:
                return self.interpreter.terms.apply("exp", [self.interpreter.terms.one])
            if node.name == "pi" and self.model.has_pi is not False:
                if self.model.has_pi is None:
                    self.interpreter.touched["pi"] = None
                return self.interpreter.terms.pi
            size = ("bound", node.name)
            if self.model.sizes.knows(size):
                return self.interpreter.terms.number(self.model.sizes.size(size))
        parts = names.split(node)
        function = self.model.definitions.functions.get(name := function_name(node))
        if function is not None and not (node.marks or node.primes or node.font):
            # `u_1` beside `u_1(x) = x^2` is its value there.
            if not self.model.definitions.under(parts):
                return self.interpreter.calls.map(
                    name, 0, self.interpreter.value(function.variable, env)
                )
        place = self.model.place(parts, env)
        place = self._layer_left_out(node, parts, place)
        self._check_layer(parts, place)
        self._note_same(node, parts)
        kronecker = self._kronecker(parts, env)
        if kronecker is not None:
            return kronecker
        if (parts.base, parts.layer is not None) not in self.model.layered and (
            parts.base not in self.model.declared or parts.layer is not None
        ):
            if (parts.base, parts.tag) not in self.model.definitions.supposed:
                self.interpreter.touched[spelled(node)] = None
        elif place in self.model.assumed:
            code, arguments = self.model.assumed[place]
            self.interpreter.note(code, **arguments)
        value = self.quantity(node, parts, place, env)
        if place in self.summed:
            self.interpreter.note("loss-sums-entries", of=parts.base)
        return value

    def quantity(self, node: Symbol, parts: Parts, place: Place, env: Env) -> Value:
        """A quantity as it is written: one entry of it, or all of them."""
        if parts.indices:
            at = tuple(self.interpreter.index(index, env) for index in parts.indices)
            if self.interpreter.windows.misses(parts, place, at, env):
                self.interpreter.beside[parts.base] = None
                if self.interpreter.padded:
                    return self.interpreter.terms.zero
            line = self._line_of_matrix(parts, place, at) if len(at) == 1 else None
            return line if line is not None else self.entry(place, self._with_one(place, at))
        dims = self.model.ranks.symbol_dims(parts, env) if self.model.ranks.rank(node) else None
        if dims is None:
            return self.entry(place, ())
        rows, columns = (self.model.sizes.size(dim) for dim in dims)
        if rows > SIZE_LIMIT or columns > SIZE_LIMIT:
            raise Undecided("too-large")
        vector = self.model.ranks.of(parts) == 1
        step = -1 if self.model.ranks.is_across(parts) else 1
        items = tuple(
            self.entry(place, (max(row, column) + 1,) if vector else (row + 1, column + 1)[::step])
            for row in range(rows)
            for column in range(columns)
        )
        return Array(rows, columns, items)

    def _with_one(self, place: Place, at: tuple[int, ...]) -> tuple[int, ...]:
        """The indices of an entry of a stated matrix of one row or column, also by one of them."""
        sizes = self.model.sizes
        if len(at) != 1 or not sizes.knows((place, 1)):
            return at
        held = [sizes.is_held((place, n)) and sizes.size((place, n)) == 1 for n in range(2)]
        if held == [False, True]:
            return (*at, 1)
        return (1, *at) if held == [True, False] else at

    def _line_of_matrix(self, parts: Parts, place: Place, at: tuple[int, ...]) -> Array | None:
        """A column of a matrix with one index where vectors are rows, `x W_i`, else a row of it.

        Of a matrix that is computed, with vectors added to all its rows, the index is that of one.
        """
        names = self.model.names
        if not self.model.arrays or names.sampled:
            return None
        if self._is_computed_matrix(parts):
            across = self.model.columns
        elif names.ranks.get(parts.base) == 2 and (parts.base, parts.tag) in self.model.ranks.told:
            across = not self.model.columns
        else:
            return None
        size = self.model.sizes.size((place, 0 if across else 1))
        code = "column-of-matrix" if across else "row-of-matrix"
        self.interpreter.note(code, of=parts.base)
        items = tuple(
            self.entry(place, (n, *at) if across else (*at, n)) for n in range(1, size + 1)
        )
        return Array(size, 1, items) if across else Array(1, size, items)

    def _is_computed_matrix(self, parts: Parts) -> bool:
        """Say whether it has an equation as a whole, in which a vector is added to a matrix."""
        whole = replace(parts, indices=())
        own = self.model.definitions.under(whole)
        if not own or not self.model.sizes.spread or self.model.ranks.of(whole) != 2:
            return False
        return all(not definition.parts.indices for definition in own)

    def entry(self, place: Place, indices: tuple[int, ...]) -> Term:
        """One entry of a quantity, as an unknown that its definition hangs on.

        An entry that is another name for one, `w_5 = w_{11}^{(2)}`, is that one.
        """
        key = place, indices
        if key in self._own:
            return self.interpreter.terms.unknown(key)
        found = self.model.definitions.match(place, indices)
        if found is not None and isinstance(symbol := found[0].body, Symbol):
            parts = self.model.names.split(symbol)
            other = self.model.place(parts, found[1])
            same_letter = (other.base, other.tag) == (place.base, place.tag)
            same_letter = same_letter and (not indices or bool(found[0].parts.indices))
            if parts.indices and (same_letter or place in self.model.other_names):
                own = tuple(self.interpreter.index(index, found[1]) for index in parts.indices)
                return self.interpreter.terms.unknown((other, own))
        self._own.add(key)
        return self.interpreter.terms.unknown(key)

    def define(self, key: Hashable) -> Term | None:
        """An entry by its definition; None where it is as good as given."""
        place: Place
        indices: tuple[int, ...]
        place, indices = key  # type: ignore[misc]
        signature = self.model.definitions.signatures.get((place.base, place.tag))
        if signature is not None and not indices:
            return self.interpreter.calls.of_vectors(
                place.base, [self.interpreter.value(node, {}) for node in signature]
            )
        found = self.model.definitions.match(place, indices)
        if found is None and indices and (at := self.model.unit_sums.get(place.base)) is not None:
            at %= len(indices)
            size = self.model.sizes.size((place, at))
            if indices[at] == size:
                before, after = indices[:at], indices[at + 1 :]
                others = [self.entry(place, (*before, n, *after)) for n in range(1, size)]
                return self.interpreter.terms.sum(
                    [self.interpreter.terms.one, *map(self.interpreter.terms.negative, others)]
                )
        if found is None and (place.base, place.tag) in self.model.symmetric:
            if len(indices) == 2 and indices[0] > indices[1]:
                return self.entry(place, indices[::-1])
        if found is None:
            return self._supposed(place, indices)
        definition, env = found
        touched, readings = dict(self.interpreter.touched), dict(self.interpreter.readings)
        value = self.interpreter.value(definition.body, env)
        for code, about in self.interpreter.readings:
            if code == OTHER_LAYER:
                self.uneven[key] = dict(about)["index"]
            elif (code == "softmax-of-rows" and self.model.columns) or (
                code == "softmax-of-columns" and self.model.either_way
            ):
                self.either_way.add(key)
        self.interpreter.touched, self.interpreter.readings = touched, readings
        if isinstance(value, Term):
            # The loss of one sample, `L_t`, is another quantity than that of all, `L`, and so is
            # any entry of what is a number: the height `z_1` is no z.
            return None if indices and not definition.parts.indices else value
        if isinstance(value, Jacobian):
            raise Undecided("jacobian-layout")
        if not indices and len(value.items) > 1 and place.base in LOSSES:
            self.summed.add(place)
            return self.interpreter.terms.sum(value.items)
        own = definition.parts.indices
        if own and len(value.items) > 1:
            # Of an array, and not of its entry: `u_1 = x^2` where x is a vector.
            if isinstance(stripped(definition.body), Derivative) or isinstance(own[0], Number):
                raise Undecided("shape-of-definition")
        at = self._offset(value, indices)
        if not 0 <= at < len(value.items):
            raise Undecided("shape-of-definition")
        return value.items[at]

    def _supposed(self, place: Place, indices: tuple[int, ...]) -> Term | None:
        """An entry without a definition, as an unknown function of what it depends on."""
        found = self.model.definitions.supposition(place, indices)
        if found is None:
            return None
        supposition, env = found
        arguments: list[Term] = []
        for symbol in supposition.on:
            arguments += self._entries(symbol, env)
        name = f"{place.base}{place.layer or ''}{place.tag}{indices}("
        self.by_supposition[name] = supposition
        return self.interpreter.terms.apply(name, arguments)

    def _entries(self, symbol: Symbol, env: Env) -> list[Term]:
        """All entries of a quantity that fit the indices whose values are known."""
        parts = self.model.names.split(symbol)
        letters = [
            name
            for index in parts.indices
            if isinstance(index, Symbol) and (name := spelled(index)) not in env
        ]
        sizes = [self.interpreter.sums.size_of(letter, [symbol], env) or 2 for letter in letters]
        found: list[Term] = []
        for values in all_pairs(*(range(1, size + 1) for size in sizes)):
            value = self.interpreter.value(
                symbol, {**env, **dict(zip(letters, values, strict=True))}
            )
            found += (
                value.items if isinstance(value, Array) else (self.interpreter.as_scalar(value),)
            )
        return found

    def _offset(self, value: Array, indices: tuple[int, ...]) -> int:
        if len(indices) == 1 and 1 in value.shape and indices[0] <= len(value.items):
            return indices[0] - 1
        if len(indices) == 2 and indices[0] <= value.rows and indices[1] <= value.columns:
            return (indices[0] - 1) * value.columns + indices[1] - 1
        if not indices and len(value.items) == 1:
            return 0
        raise Undecided("shape-of-definition")

    def supposed(self, *values: Value) -> list[Supposition]:
        """The dependences that are only supposed, of everything that values are made of."""
        if not self.by_supposition:
            return []
        found: dict[int, Supposition] = {}
        for value in values:
            for term in terms_of(value):
                for name in self.interpreter.terms.applied(term):
                    if (supposition := self.by_supposition.get(name)) is not None:
                        found[id(supposition)] = supposition
        return list(found.values())

    def _layer_left_out(self, node: Symbol, parts: Parts, place: Place) -> Place:
        """Complete the number of the layer where there is only one, as in `z_j` for `z_j^{(1)}`."""
        layered = self.model.layered
        if place.layer is not None or (parts.base, True) not in layered:
            return place
        if (parts.base, False) in layered:
            return place
        known = self.model.layers.existing.get((parts.base, parts.tag), ())
        if len(known) != 1:
            self.interpreter.touched[spelled(node)] = None
            return place
        (only,) = known
        self.interpreter.note("only-layer", of=parts.base, layer=str(only))
        return place._replace(layer=only)

    def _check_layer(self, parts: Parts, place: Place) -> None:
        known = self.model.layers.existing.get((parts.base, parts.tag))
        if known and isinstance(place.layer, int) and place.layer not in known:
            if place.base not in self.model.declared:
                return
            if self.model.names.layer_letters:
                raise Undecided("no-such-layer", layer=str(place.layer), of=place.base)
            if self.model.definitions.match(place, tuple(1 for _ in parts.indices)) is None:
                self.interpreter.touched[f"{place.base}^{place.layer}"] = None

    def _note_same(self, node: Symbol, parts: Parts) -> None:
        own = base_of(node)
        if own != parts.base:
            self.interpreter.note("same-letter", written=own, taken=parts.base)
        fonts = self.model.names.fonts.get(parts.base)
        if fonts and node.font not in fonts:
            taken = " ".join([*sorted(fonts), parts.base]).strip()
            self.interpreter.note("same-letter", written=own, taken=taken)

    def _kronecker(self, parts: Parts, env: Env) -> Term | None:
        if not self.is_kronecker(parts):
            return None
        one, other = (self.interpreter.index(index, env) for index in parts.indices)
        self.interpreter.note("kronecker")
        return self.interpreter.terms.one if one == other else self.interpreter.terms.zero

    def is_kronecker(self, parts: Parts) -> bool:
        """Say whether a delta with two indices is Kronecker's, and no quantity of the document."""
        if parts.base != "delta" or len(parts.indices) != 2 or parts.layer is not None:
            return False
        own = self.model.definitions.under(parts)
        return not any(d.parts.layer is None and len(d.parts.indices) == 2 for d in own)
