"""A document about a product of second order: both passes, and R of each line of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sympy import S

from symback.algebra.directions import Directional
from symback.algebra.expressions import Partial
from symback.calculus.derivation import Rule
from symback.calculus.second import Second, Tangent
from symback.errors import InputError
from symback.notation import FOUNDING, Notation
from symback.rendering.document import Document
from symback.rendering.environment import environment
from symback.rendering.equalities import ChainOf, Equality
from symback.rendering.formats import ASCII_TEXT, FORMATS
from symback.rendering.page import Page
from symback.rendering.terminal import Terminal
from symback.verification.report import Report

__all__ = ["SECOND_FORMATS", "SecondDocument", "render_second"]

SECOND_FORMATS = ("text", "latex", "markdown")
"""The formats of this document."""


@dataclass(frozen=True, kw_only=True)
class SecondDocument(Document):
    """The contents of a document about a product of second order."""

    second: Second

    @property
    def last_number(self) -> int:
        """The number of the last line."""
        return max((line.number for line in self.second.tangents), default=super().last_number)

    @cached_property
    def results(self) -> tuple[ChainOf, ...]:
        """The steps of the backward pass, each with what it comes to."""
        return tuple(
            ChainOf(s.adjoint, (Equality(s.result),), s.number, quantity=s.quantity)
            for s in self.derivation.steps
        )

    @cached_property
    def along(self) -> tuple[ChainOf, ...]:
        """R of the equations."""
        return tuple(map(_chain, self.second.forward))

    @cached_property
    def back(self) -> tuple[ChainOf, ...]:
        """R of the steps, or what a Gauss-Newton product has in their place."""
        return tuple(map(_chain, self.second.backward))

    @cached_property
    def products(self) -> tuple[ChainOf, ...]:
        """What was asked for, in the order of the vector; for forward mode the outputs' change."""
        return tuple(self._products())

    def _products(self) -> Iterator[ChainOf]:
        second = self.second
        if second.product == "jvp":
            lines = {t.quantity.name: t for t in second.forward if not t.at}
            for name in second.outputs:
                yield self._only(lines[name])
            return
        for quantity in second.direction:
            line = second.products[quantity.name]
            if line is not None:
                yield self._only(line)
            else:
                subject = Directional(Partial(self.derivation.loss, quantity.entry))
                yield ChainOf(subject, (Equality(S.Zero),), quantity=quantity)

    def _only(self, line: Tangent) -> ChainOf:
        return ChainOf(line.subject, (Equality(line.result),), line.number, quantity=line.quantity)


def _chain(line: Tangent) -> ChainOf:
    links = [
        Equality(
            link.expression,
            link.rule,
            link.about,
            (line.of,) if link.rule in (Rule.DIRECTION, Rule.ORDINARY) else (),
        )
        for link in line.links
    ]
    return ChainOf(line.subject, tuple(links), line.number, quantity=line.quantity)


def render_second(
    second: Second,
    format: str,
    *,
    report: Report | None,
    ascii: bool = False,
    color: bool = False,
    width: int = 80,
    notation: Notation | None = None,
) -> str:
    """Write a document about a product of second order.

    Args:
        second: the product.
        format: one of `SECOND_FORMATS`.
        report: what was proved of it; None leaves that part out.
        ascii: for text, whether to do without Unicode.
        color: for text, whether to use a terminal's colours.
        width: for text, the number of columns.
        notation: how quantities are spelled, the project's own by default.

    Raises:
        InputError: for another format.
    """
    if format not in SECOND_FORMATS:
        raise InputError(
            f"a product of second order is not written as {format!r}",
            hint=f"possible are {', '.join(SECOND_FORMATS)}",
        )
    output_format = ASCII_TEXT if format == "text" and ascii else FORMATS[format]
    contents = SecondDocument(second.derivation, report, (), notation or FOUNDING, second=second)
    page = (
        Terminal(output_format, contents, width, color=color)
        if format == "text"
        else Page(output_format, contents, output_format.room)
    )
    template = environment(output_format).get_template(f"second.{output_format.suffix}.j2")
    text: str = template.render(page=page, doc=contents)
    return text
