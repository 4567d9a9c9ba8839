"""A document about a product of second order: both passes, and R of each line of them."""

from __future__ import annotations

from functools import cached_property

from symback.calculus.second import Second
from symback.errors import InputError
from symback.notation import FOUNDING, Notation
from symback.records import dataclass
from symback.rendering.along import Along
from symback.rendering.document import Document
from symback.rendering.environment import environment
from symback.rendering.equalities import ChainOf, Equality
from symback.rendering.formats import ASCII_TEXT, FORMATS
from symback.rendering.page import Page
from symback.rendering.terminal import Terminal
from symback.verification.report import Report

__all__ = ["SECOND_FORMATS", "SecondDocument", "render_second"]

SECOND_FORMATS = ("text", "latex", "markdown", "json")
"""The formats of this document."""


@dataclass(frozen=True, kw_only=True)
class SecondDocument(Document):
    """The contents of a document about a product of second order."""

    second: Second

    @property
    def last_number(self) -> int:
        """The number of the last line."""
        return self.lines.last_number or super().last_number

    @cached_property
    def lines(self) -> Along:
        """The lines along the vector."""
        return Along(self.second)

    @cached_property
    def results(self) -> tuple[ChainOf, ...]:
        """The steps of the backward pass, each with what it comes to."""
        return tuple(
            ChainOf(s.adjoint, (Equality(s.result),), s.number, quantity=s.quantity)
            for s in self.derivation.steps
        )


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
    if format == "json":
        from symback.rendering.data import second_as_json

        return second_as_json(contents)
    page = (
        Terminal(output_format, contents, width, color=color)
        if format == "text"
        else Page(output_format, contents, output_format.room)
    )
    template = environment(output_format).get_template(f"second.{output_format.suffix}.j2")
    text: str = template.render(page=page, doc=contents)
    return text
