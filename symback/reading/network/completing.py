"""What the equations of a network leave out, completed as it is usually meant.

The input is layer 0, the output the last layer, a bias the weight of a unit that is always 1; and
letters of indices name layers where the equations go round in a circle otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Derivative, Mark, MarkKind, Node, Number, Sqrt, Symbol
from symback.reading.network.layers import LAST
from symback.reading.network.letters_as_layers import ERRORS, shifted
from symback.reading.network.naming import LOSSES, Parts
from symback.reading.network.places import Definition, Place
from symback.reading.network.symbols import base_of, everything, quantities

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["complete"]

_OUTPUTS = (("hat y", ""), ("hat Y", ""), ("h", "Wb"))


def complete(model: DocumentModel, operands: list[Node]) -> None:
    """Say what the layers' equations leave out."""
    if model.names.letters_are_layers:
        for definition in shifted(model.names, model.definitions.all(), operands):
            model.definitions.add(definition)
            place = model.place(definition.parts, {})
            model.assumed[place] = ("letters-are-layers", {})
    _roots(model, operands)
    _biases(model, operands)
    _losses(model, operands)
    found = _activation(model)
    if found is None:
        _output(model, operands, _last_numbered(model))
        return
    activation, first = found
    model.layers.lowest = first
    parts = model.names.split(activation)
    mark = Mark(MarkKind.LAYER, Symbol(LAST))
    model.last_activation = replace(activation, subscripts=(), marks=(mark,))
    own = model.definitions.under(parts)
    defined = {model.layers.number(d.parts.layer, {}) for d in own}
    if first not in defined and ("x", False) in model.layered:
        lowest = Parts(parts.base, Number(str(first)), parts.tag, ())
        model.definitions.add(Definition(lowest, Symbol("x")))
        if rank := model.names.ranks.get(parts.base):
            model.names.ranks.setdefault("x", rank)
        place = Place(parts.base, first, parts.tag)
        model.assumed[place] = ("input-is-layer", {"of": parts.base, "layer": str(first)})
    _output(model, operands, model.last_activation)


def _roots(model: DocumentModel, operands: Iterable[Node]) -> None:
    """Take a standard deviation for the root of the variance that has an equation."""
    squared = [d for d in model.definitions.all() if d.parts.tag == MarkKind.SQUARED.value]
    for definition in squared:
        parts = replace(definition.parts, tag="")
        used = any(model.names.split(s) == parts for node in operands for s in quantities(node))
        left = definition.statement.definition[0] if definition.statement else None
        if used and not model.definitions.under(parts) and isinstance(left, Symbol):
            model.definitions.add(Definition(parts, Sqrt(left)))
            model.declared.add(parts.base)
            model.layered.add((parts.base, parts.layer is not None))


def _biases(model: DocumentModel, operands: Iterable[Node]) -> None:
    """Take b, where only weights are declared, for the weights of a unit that is always 1."""
    if ("b", "") in model.definitions.of or model.names.ranks.get("b") or "b" in model.declared:
        return
    for symbol in dict.fromkeys(s for node in operands for s in quantities(node)):
        indices = model.names.split(symbol).indices
        if len(indices) != 2 or not isinstance(indices[0], Symbol):
            continue
        if base_of(symbol) in ("w", "W") and indices[1] == Number("0"):
            bias = replace(symbol, name="b", font="", subscripts=indices[:1])
            parts = model.names.split(bias)
            model.definitions.add(Definition(parts, symbol))
            model.other_names.add(model.place(parts, {}))
            model.assumed[model.place(parts, {})] = ("bias-of-unit-0", {"of": base_of(symbol)})
            model.layered.add((parts.base, parts.layer is not None))
            model.declared.add(parts.base)


def _losses(model: DocumentModel, operands: Iterable[Node]) -> None:
    r"""Take `\vec E` for the vector of the losses of all samples."""
    written = list(dict.fromkeys(s for node in operands for s in quantities(node)))
    for symbol in written:
        if symbol.accents != ("vec",) or symbol.subscripts:
            continue
        for one in written:
            own = model.names.split(one)
            if replace(one, subscripts=(), marks=()) == replace(symbol, accents=()):
                if own.base in model.names.sampled and len(own.indices) == 1:
                    parts = replace(model.names.split(symbol), indices=own.indices)
                    model.names.sampled.add(parts.base)
                    model.names.ranks[parts.base] = 1
                    model.layered.add((parts.base, False))
                    model.declared.add(parts.base)
                    model.definitions.add(Definition(parts, one))
                    model.other_names.add(model.place(parts, {}))
                    break


def _output(model: DocumentModel, operands: Iterable[Node], last: Symbol | None) -> None:
    """Take the network's output, where only its name is used, for the last layer."""
    if last is None:
        return
    _loss_of_last(model, last)
    named = [model.names.split(s) for node in operands for s in quantities(node)]
    known = {(parts.base, parts.tag) for parts in named if parts.tag}
    for base, tag in _OUTPUTS:
        known_so = (base, tag) in known if tag else (base, False) in model.layered
        if known_so and (base, tag) not in model.definitions.of:
            indices = model.names.split(last).indices
            model.definitions.add(Definition(Parts(base, None, tag, indices), last))
            if indices:
                model.names.ranks.setdefault(base, len(indices))
            model.other_names.add(Place(base, None, tag))
            model.assumed[Place(base, None, tag)] = ("output-is-last-layer", {"of": base})
            model.layered.add((base, False))
            model.declared.add(base)
            if model.names.canonical(last) in model.names.sampled:
                model.names.sampled.add(base)


def _loss_of_last(model: DocumentModel, last: Symbol) -> None:
    """Take the letter of the layers in a loss, `C = (a - y)^2`, for the last of them.

    Only where the letter has no equation without a layer, so that it can be no other quantity.
    """
    whole = model.names.split(last)
    bare = Parts(whole.base, None, whole.tag, whole.indices)
    if any(d.parts.layer is None for d in model.definitions.under(bare)):
        return
    losses = [d.body for d in model.definitions.all() if d.parts.base in LOSSES]
    losses += [
        argument
        for (base, _), arguments in model.definitions.signatures.items()
        if base in LOSSES
        for argument in arguments
    ]
    written = [model.names.split(s) for node in losses for s in quantities(node)]
    if any((p.base, p.tag, p.layer) == (bare.base, bare.tag, None) for p in written):
        model.definitions.add(Definition(bare, last))
        place = Place(bare.base, None, bare.tag)
        model.other_names.add(place)
        model.assumed[place] = ("output-is-last-layer", {"of": bare.base})


def _last_numbered(model: DocumentModel) -> Symbol | None:
    """The quantity of the layer with the greatest number that nothing else is made of."""
    forward = [
        definition
        for definition in model.definitions.all()
        if definition.parts.base not in LOSSES
        and not any(isinstance(node, Derivative) for node in everything(definition.body))
    ]
    used = {
        (parts.base, parts.layer)
        for definition in forward
        for parts in map(model.names.split, quantities(definition.body))
    }
    numbered: list[tuple[int, Symbol]] = []
    for definition in forward:
        parts, statement = definition.parts, definition.statement
        left = statement.definition[0] if statement else None
        if not isinstance(left, Symbol) or not isinstance(parts.layer, Number):
            continue
        if parts.base in ERRORS or not parts.layer.digits.isdecimal():
            continue
        if (parts.base, parts.layer) not in used:
            if all(isinstance(index, Symbol) for index in parts.indices):
                numbered.append((int(parts.layer.digits), left))
    last = max((number for number, _ in numbered), default=0)
    found = {symbol.unmarked: symbol for number, symbol in numbered if number == last}
    return next(iter(found.values())) if len(found) == 1 else None


def _activation(model: DocumentModel) -> tuple[Symbol, int] | None:
    """The quantity of one layer that the next one's equations are made of, and its lowest layer.

    Where weights have the number of the layer below them, `z^{(l+1)} = W^{(l)} a^{(l)}`, layers are
    counted from 1.
    """
    for definition in model.definitions.all():
        above = model.layers.distance(definition.parts.layer)
        if above is None:
            continue
        used = [(symbol, model.names.split(symbol)) for symbol in quantities(definition.body)]
        for symbol, parts in used:
            below = model.layers.distance(parts.layer)
            if below == above - 1 and model.definitions.under(parts):
                weighed = any(
                    base_of(other) in ("w", "W") and model.layers.distance(own.layer) == below
                    for other, own in used
                )
                return symbol, int(weighed)
    return None
