"""How the sums in a document's equations run: where they begin and end, and over what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from symback.reading.formula.syntax import BigSum, Node, Number, Symbol
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.symbols import everything, quantities, spelled

__all__ = ["SumsOfEquations"]

_LAST = frozenset(["L", "l", "ell"])  # the `H` of `a^{(H)}` can be the name of a layer, and a size


class SumsOfEquations:
    """What the equations of one model say of sums.

    Args:
        model: whose equations they are.
    """

    def __init__(self, model: DocumentModel) -> None:
        self.model = model

    def _bodies(self) -> Iterator[Node]:
        return (definition.body for definition in self.model.definitions.all())

    def _sums(self) -> Iterator[BigSum]:
        for body in self._bodies():
            yield from (node for node in everything(body) if isinstance(node, BigSum))

    @cached_property
    def begun_elsewhere(self) -> frozenset[str]:
        """The letters of sums that begin at another number than 1: at 0."""
        return frozenset(
            spelled(index)
            for node in self._sums()
            if isinstance(node.lower, Number) and node.lower != Number("1")
            for index in node.indices
        )

    @cached_property
    def limits(self) -> frozenset[Node]:
        """The limits up to which they run."""
        return frozenset(node.upper for node in self._sums() if node.upper is not None)

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters of all that equations are of and about."""
        split, definitions = self.model.names.split, self.model.definitions
        return frozenset(
            base
            for each in definitions.all()
            for base in (each.parts.base, *(split(x).base for x in quantities(each.body)))
        )

    @cached_property
    def _layers(self) -> frozenset[str]:
        split = self.model.names.split
        used = {split(symbol).layer for body in self._bodies() for symbol in quantities(body)}
        return frozenset(spelled(node) for node in used if isinstance(node, Symbol))

    def counts_layers(self, limit: Node | None) -> bool:
        """Say whether a limit is the letter of a layer: the `L` of `a^{(L)}`."""
        if not isinstance(limit, Symbol) or limit != limit.base:
            return False
        return spelled(limit) in self._layers and limit.name in _LAST
