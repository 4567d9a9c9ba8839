"""Differentials of one sample: `dz` as the derivative of the loss of its own sample alone.

Courses that take the mean of all samples write `dZ = A - Y` and divide by their number only in
`dW`: what belongs to a sample is differentiated out of that sample's loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Symbol
from symback.reading.meaning.interpret import Interpreter
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import Undecided

if TYPE_CHECKING:
    from symback.reading.formula.syntax import Node
    from symback.reading.meaning.arrays import Value
    from symback.reading.network.document_model import DocumentModel
    from symback.reading.network.naming import Parts
    from symback.reading.network.places import Env

__all__ = ["OfSample", "losses_of_samples"]


class OfSample(Interpreter):
    """Reads differentials of samples as of the loss of their own sample, or of all these losses."""

    def differentiated(self, by: Node, env: Env) -> Value:
        """The losses of samples for what belongs to a sample, else the whole loss."""
        names = self.model.names
        if not isinstance(by, Symbol):
            return super().differentiated(by, env)
        is_array = names.canonical(by) in names.sampled
        own = names.split(by)
        for parts in losses_of_samples(self.model):
            place = self.model.place(parts, env)
            if not parts.indices:  # with nothing said of layers, `z^{(i)}` has the place of one
                if not is_array and own.layer == parts.layer:
                    self.note("adjoint-of-sample")
                    return self.quantities.entry(place, ())
            elif (parts.base in names.sampled) if is_array else own.indices[-1:] == parts.indices:
                size = self.model.sizes.size((place, 0))
                self.note("adjoint-of-sample")
                return self.terms.sum(
                    self.quantities.entry(place, (n,)) for n in range(1, size + 1)
                )
        if is_array:
            raise Undecided("differential")
        return super().differentiated(by, env)


def losses_of_samples(model: DocumentModel) -> Iterator[Parts]:
    """The losses that are defined for each sample: `L^{(i)} = ...`."""
    for found in model.definitions.of.values():
        for definition in found:
            parts = definition.parts
            if parts.base not in LOSSES:
                continue
            if len(parts.indices) == 1 or (not parts.indices and isinstance(parts.layer, Symbol)):
                yield parts
