"""The documents' closed forms put into a model's own symbols, layer by layer.

A formula is read through Python's grammar and the white list of words that
`symback.verification.documents.closed_forms` explains.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from sympy import Expr, Integer, Symbol

from symback.algebra.expressions import Apply, Partial, fresh
from symback.algebra.sums import total
from symback.model.equations import Model, Quantity
from symback.model.network import Network
from symback.verification.documents.closed_forms import CLOSED_FORMS, ClosedForm

__all__ = ["forms_for"]

MAX_NESTED = 6
"""A formula carried to the loss is written out through at most so many layers."""


def forms_for(model: Model) -> Iterator[tuple[ClosedForm, Quantity, Expr]]:
    """Every formula that applies to a model, with the quantity it is about and its right side.

    The formulas are for one sample of a multilayer perceptron; nothing applies to other models.
    """
    network = model.source
    if not isinstance(network, Network):
        return
    layers = _Layers(model, network)
    if layers.is_batch:
        return
    for form in CLOSED_FORMS.values():
        if form.loss not in ("", network.loss):
            continue
        if form.output not in ("", network.activations[-1]):
            continue
        for layer in _layers_of(form.layer, network.depth):
            quantity = layers.quantity(form.of, layer)
            if quantity is None:
                continue
            right = _Formula(layers, layer).read(form.formula)
            if right is not None:
                yield form, quantity, right


def _layers_of(which: str, depth: int) -> range:
    return {
        "last": range(depth, depth + 1),
        "hidden": range(1, depth),
        "before-last": range(max(depth - 1, 1), depth),
        "every": range(1, depth + 1),
    }[which]


class _Layers:
    """A perceptron's quantities by kind and layer."""

    def __init__(self, model: Model, network: Network) -> None:
        self.model = model
        self.network = network
        self.loss = model.loss.at()
        names = model.quantities
        self._of: dict[tuple[str, int], Quantity] = {("a", 0): names["x"]}
        self.target = names["y"]
        self.is_batch = len(names["x"].ranges) != 1
        self.is_decayed = bool(network.weight_decay)
        for layer in range(1, network.depth + 1):
            last = layer == network.depth
            self._of["z", layer] = names["y_pre" if last else f"h{layer}_pre"]
            self._of["a", layer] = names["yhat" if last else f"h{layer}"]
            self._of["W", layer] = names[f"W{layer}"]
            if network.bias:
                self._of["b", layer] = names[f"b{layer}"]

    def quantity(self, kind: str, layer: int) -> Quantity | None:
        """A layer's quantity, if a formula without a penalty on the weights applies to it."""
        return None if kind == "W" and self.is_decayed else self._of.get((kind, layer))

    def at(self, kind: str, layer: int, *indices: Expr) -> Expr:
        return self._of[kind, layer].at(*indices)

    def prime(self, layer: int, index: Expr) -> Expr | None:
        """The derivative of a layer's function of one unit; None for any other function."""
        output = self._of["a", layer]
        inner = self.at("z", layer, index)
        right = self.model.definition(output.name, (index,))
        if right == inner:
            return Integer(1)
        if isinstance(right, Apply) and right.argument == inner:
            return Apply(right.name, inner, 1)
        return None

    def total(self, layer: int, index: Symbol, body: Expr) -> Expr:
        return total(body, [(index, self._of["a", layer].ranges[-1].upper)])


class _NotApplicableError(Exception):
    """A formula speaks of something that this network does not have."""


class _Formula:
    """Reads one formula at one layer."""

    def __init__(self, layers: _Layers, layer: int) -> None:
        self.layers = layers
        self.numbers = {"l": layer}
        self.indices: Mapping[str, Expr] = {name: Symbol(name, integer=True) for name in ("j", "k")}

    def read(self, text: str) -> Expr | None:
        """The formula's right side, or None where it does not apply."""
        try:
            return self._read(ast.parse(text, mode="eval").body)
        except _NotApplicableError:
            return None

    def _read(self, node: ast.expr) -> Expr:
        match node:
            case ast.BinOp(left, ast.Mult(), right):
                return self._read(left) * self._read(right)
            case ast.BinOp(left, ast.Add(), right):
                return self._read(left) + self._read(right)
            case ast.BinOp(left, ast.Sub(), right):
                return self._read(left) - self._read(right)
            case ast.Constant(int(value)):
                return Integer(value)
            case ast.Subscript(ast.Name(word), place):
                return self._entry(word, place)
            case ast.Call(ast.Name("total"), [ast.Name(letter), layer, body], []):
                index, outer = fresh(letter), self.indices
                self.indices = {**outer, letter: index}
                summed = self._read(body)
                self.indices = outer
                return self.layers.total(self._layer(layer), index, summed)
        raise ValueError(f"not in a closed form: {ast.unparse(node)}")

    def _layer(self, node: ast.expr) -> int:
        match node:
            case ast.Name(letter):
                return self.numbers[letter]
            case ast.BinOp(ast.Name(letter), ast.Add(), ast.Constant(int(step))):
                return self.numbers[letter] + step
            case ast.BinOp(ast.Name(letter), ast.Sub(), ast.Constant(int(step))):
                return self.numbers[letter] - step
        raise ValueError(f"not a layer: {ast.unparse(node)}")

    def _entry(self, word: str, place: ast.expr) -> Expr:
        parts = place.elts if isinstance(place, ast.Tuple) else [place]
        letters = parts if word == "y" else parts[1:]
        indices = [self.indices[part.id] for part in letters if isinstance(part, ast.Name)]
        if word == "y":
            return self.layers.target.at(*indices)
        layer = self._layer(parts[0])
        if word in ("a", "z", "W"):
            return self.layers.at(word, layer, *indices)
        if word in ("delta", "grad"):
            kind = "z" if word == "delta" else "a"
            return Partial(self.layers.loss, self.layers.at(kind, layer, *indices))
        if word == "prime":
            return self._prime(layer, indices[0])
        if word == "outward":
            return self._outward(layer, indices[0])
        raise ValueError(f"not a word of closed forms: {word}")

    def _prime(self, layer: int, index: Expr) -> Expr:
        found = self.layers.prime(layer, index)
        if found is None:
            raise _NotApplicableError
        return found

    def _outward(self, layer: int, index: Expr) -> Expr:
        """(BP1) with (BP2) put in front of it once for each layer between."""
        depth = self.layers.network.depth
        if depth - layer > MAX_NESTED:
            raise _NotApplicableError
        chain = [index, *(fresh("i") for _ in range(layer, depth))]
        result = Partial(self.layers.loss, self.layers.at("a", depth, chain[-1]))
        result *= self._prime(depth, chain[-1])
        for below in range(depth - 1, layer - 1, -1):
            own, above = chain[below - layer : below - layer + 2]
            weighted = self.layers.at("W", below + 1, own, above) * result
            result = self.layers.total(below + 1, above, weighted) * self._prime(below, own)
        return result
