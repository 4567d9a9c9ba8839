"""Numbers of units that a layer of a stated network does not have."""

from __future__ import annotations

from symback.reading.formula.syntax import Node, Number, Symbol
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.places import Place, Undecided
from symback.reading.network.symbols import quantities, written

__all__ = ["check_units"]


def check_units(model: DocumentModel, *nodes: Node) -> None:
    """Refuse the number of a unit that a stated layer does not have."""
    for symbol in (symbol for node in nodes for symbol in quantities(node)):
        parts = model.names.split(symbol)
        for position, index in enumerate(parts.indices):
            if isinstance(index, Number) and index.digits.isdecimal():
                where = (model.place(parts, {}), position)
                if _is_another_name(model, where[0], parts.indices):
                    continue
                number = int(index.digits[:9])
                if not number and not _counts_from_one(model, parts.base):
                    continue
                if not number or not model.sizes.holds(where, number):
                    about = {"unit": index.digits, "units": str(model.sizes.size(where))}
                    raise Undecided("no-such-unit", of=written(symbol), **about)


def _counts_from_one(model: DocumentModel, base: str) -> bool:
    """Say whether a stated network has no unit 0 here, whose weights are biases."""
    if not model.stated.widths:
        return False
    split, bodies = model.names.split, (d.body for d in model.definitions.all())
    return not any(
        split(symbol).base == base and Number("0") in split(symbol).indices
        for body in bodies
        for symbol in quantities(body)
    )


def _is_another_name(model: DocumentModel, place: Place, indices: tuple[Node, ...]) -> bool:
    """Say whether an entry has a number of its own among all of a network: `w_5`, `b_3`."""
    if not all(isinstance(each, Number) and each.digits.isdecimal() for each in indices):
        return False
    at = tuple(int(each.digits) for each in indices if isinstance(each, Number))
    found = model.definitions.match(place, at)
    return found is not None and isinstance(found[0].body, Symbol)
