"""Differentials of one sample: `dz` as the derivative of the loss of its own sample alone.

Courses that take the mean of all samples write `dZ = A - Y` and divide by their number only in
`dW`: what belongs to a sample is differentiated out of that sample's loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Symbol
from symback.reading.meaning.interpret import Interpreter
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import Undecided

if TYPE_CHECKING:
    from symback.reading.formula.syntax import Node
    from symback.reading.meaning.arrays import Value
    from symback.reading.network.places import Env

__all__ = ["OfSample"]


class OfSample(Interpreter):
    """Reads differentials of samples as of the sum of all samples' losses."""

    def differentiated(self, by: Node, env: Env) -> Value:
        """The sum of all samples' losses for what belongs to a sample, else the whole loss."""
        names = self.model.names
        if not isinstance(by, Symbol) or names.canonical(by) not in names.sampled:
            return super().differentiated(by, env)
        for found in self.model.definitions.of.values():
            for definition in found:
                parts = definition.parts
                if parts.base in LOSSES & names.sampled and len(parts.indices) == 1:
                    place = self.model.place(parts, env)
                    size = self.model.sizes.size((place, 0))
                    self.note("adjoint-of-sample")
                    return self.terms.sum(self.entry(place, (n,)) for n in range(1, size + 1))
        raise Undecided("differential")
