"""A product of second order as chains: R of the equations, R of the steps, what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from sympy import S

from symback.algebra.directions import Directional
from symback.algebra.expressions import Partial
from symback.calculus.derivation import Rule
from symback.calculus.second import Second, Tangent
from symback.rendering.equalities import ChainOf, Equality

__all__ = ["Along"]


class Along:
    """The lines of a product, as documents show them.

    Args:
        second: the product.
    """

    def __init__(self, second: Second) -> None:
        self.second = second

    @cached_property
    def forward(self) -> tuple[ChainOf, ...]:
        """R of the equations."""
        return tuple(map(self._chain, self.second.forward))

    @cached_property
    def back(self) -> tuple[ChainOf, ...]:
        """R of the steps, or what a Gauss-Newton product has in their place."""
        return tuple(map(self._chain, self.second.backward))

    @cached_property
    def results(self) -> tuple[ChainOf, ...]:
        """The same lines, each with no more than what it comes to."""
        return tuple(map(_result, (*self.forward, *self.back)))

    @cached_property
    def products(self) -> tuple[ChainOf, ...]:
        """What was asked for, in the order of the vector; for forward mode the outputs' change."""
        return tuple(self._products())

    def _products(self) -> Iterator[ChainOf]:
        second = self.second
        if second.product == "hessian":
            yield from map(_result, map(self._chain, second.curvature))
            for block in second.blocks.values():
                chain = self._chain(block)
                named = [link for link in chain.links if link.rule != Rule.CURVATURE][-1:]
                written = [link for link in chain.links if link.rule == Rule.CURVATURE]
                yield replace(chain, links=(Equality(named[0].expression), *written))
            return
        if second.product == "jvp":
            lines = {t.quantity.name: t for t in second.forward if not t.at}
            for name in second.outputs:
                yield _result(self._chain(lines[name]))
            return
        for quantity in second.direction:
            line = second.products[quantity.name]
            if line is not None:
                yield _result(self._chain(line))
            else:
                subject = Directional(Partial(second.derivation.loss, quantity.entry))
                yield ChainOf(subject, (Equality(S.Zero),), quantity=quantity)

    def _chain(self, line: Tangent) -> ChainOf:
        blocks = tuple(block.number for block in self.second.curvature)
        links = [
            Equality(
                link.expression,
                link.rule,
                link.about,
                blocks
                if link.rule is Rule.CURVATURE
                else (line.of,)
                if link.rule in _REFERRING
                else (),
            )
            for link in line.links
        ]
        return ChainOf(line.subject, tuple(links), line.number, quantity=line.quantity)

    @property
    def last_number(self) -> int:
        """The number of the last line; 0 for none."""
        return max((line.number for line in self.second.tangents), default=0)


_REFERRING = (Rule.DIRECTION, Rule.ORDINARY, Rule.EXPECTATION, Rule.SAMPLES)


def _result(chain: ChainOf) -> ChainOf:
    return replace(chain, links=(Equality(chain.links[-1].expression),))
