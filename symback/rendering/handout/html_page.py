"""A handout's formulas as MathML, and the style that the page carries itself."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Self

from markupsafe import Markup

from symback.model.equations import Quantity, Range
from symback.printing.target import plainly
from symback.rendering.environment import template_folders
from symback.rendering.handout.embedded_fonts import faces
from symback.rendering.handout.page import HandoutPage
from symback.rendering.picture.svg import STYLE, factor_style

__all__ = ["HtmlPage"]

_NOT_SHOWN = re.compile("<annotation.*?</annotation>|<[^>]*>")
"""What a browser does not show of MathML."""

_BEFORE_SIGN = re.compile(r'(<math(?: display="block")?>(?:(?!</?math).)*</math>)([.,;:)?]+)', re.S)
"""A formula within a sentence, with the sign behind it: browsers take it for a picture."""

_CHAIN = re.compile(r'<div class="chain">((?:\s*<div class="line.*?</div>)+\s*)</div>', re.S)
"""A chain of equalities with its lines."""

_OPTION = re.compile(r"--[a-z-]+")
"""An option of a command, within which no line ends."""

_SCREEN = 376
"""The width of a narrow screen without its scroll bar, in pixels."""

_NARROW = 24
"""So many characters, at the most, have room on a line of the narrowest screens."""

_CSS_SPACE = re.compile(r"/\*.*?\*/|\s*([{};,])\s*|(?<=:) ", re.S)


def squeezed(css: str) -> str:
    """A style sheet without its comments, and without the spaces that only readers need."""
    return re.sub(r"\s+", " ", _CSS_SPACE.sub(r"\1", css)).replace(";}", "}")


class HtmlPage(HandoutPage):
    """Sets formulas as MathML, made from the same LaTeX as everywhere."""

    @cached_property
    def _convert(self) -> object:
        from symback.rendering.handout.mathml import converter

        return converter(tex=self.handout.tex)

    def inline(self, text: str) -> Markup:
        """A formula within a sentence."""
        return Markup(self._convert(plainly(text), False))  # type: ignore[operator]

    def display(self, text: str) -> Markup:
        """A formula on a line of its own."""
        return Markup(self._convert(plainly(text), True))  # type: ignore[operator]

    def large(self, write: Callable[[Self], str]) -> Markup:
        """A formula within a line, as large as one that stands alone."""
        return self.display(write(self))

    def shape(self, quantity: Quantity) -> Markup:
        """How many entries a quantity has; of three sizes and more a line may end after the second.

        One formula is never broken, and a wide one would leave no room for what it is the size of.
        """
        ranges = self.as_written(quantity).ranges
        if len(ranges) < 3:
            return super().shape(quantity)
        pairs = [ranges[place : place + 2] for place in range(0, len(ranges), 2)]

        def written(pair: Sequence[Range]) -> Markup:
            return self.formula(lambda p: p.times.join(p.printer.size(r.upper) for r in pair))

        first, *others = map(written, pairs)
        tied = (first, *(Markup("× ") + pair for pair in others))
        return Markup(" ").join(Markup(f'<span class="tied">{pair}</span>') for pair in tied)

    def reference(self, number: int, form: str = "") -> Markup:
        """A reference to an equation that is there, or with ``m`` to its matrix form."""
        return Markup(f'<a href="#eq-{number}{form}">({number}{form})</a>')

    def code_line(self, text: str) -> Markup:
        """A command within a sentence."""
        shown = _OPTION.sub(r'<span class="tied">\g<0></span>', str(self.format.escape(text)))
        return Markup(f"<code>{shown}</code>")

    def reached(self, body: Markup) -> Markup:
        """A body in which the keyboard reaches every chain that a narrow screen has to scroll.

        What has links is reached by them.
        """

        def marked(found: re.Match[str]) -> str:
            lines = (_NOT_SHOWN.sub("", line) for line in found[1].split("</div>"))
            wide = any(len(line.strip()) > _NARROW for line in lines)
            if not wide or "<a " in found[1]:
                return found[0]
            return f'<div class="chain" tabindex="0">{found[1]}</div>'

        return Markup(_CHAIN.sub(marked, str(body)))

    def tied(self, body: Markup) -> Markup:
        """A body in which no line ends between a formula and the sign behind it."""
        return Markup(_BEFORE_SIGN.sub(r'<span class="tied">\1\2</span>', str(body)))

    def relation(self, line: str, first: bool) -> Markup:
        """The relation sign with a right side, or a further line of it."""
        return self.display((r"{} = " if first else r"\quad {} ") + line)

    def reason_width(self, reason: str) -> float:
        """The width of a reason beside a formula."""
        return super().reason_width(_NOT_SHOWN.sub("", reason))

    def is_wide(self, drawing: Markup) -> bool:
        """Whether a narrow screen has no room for a drawing whose labels can be read."""
        found = re.search(r' width="(\d+)"', drawing)
        return found is not None and int(found[1]) > _SCREEN

    def policy(self, style: str) -> str:
        """What the page may load: nothing but its own style, known by its digest."""
        digest = b64encode(sha256(str(style).encode()).digest()).decode()
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; "
            "base-uri 'none'; form-action 'none'"
        )

    def style(self, body: str) -> Markup:
        """The style of a page with such a body: the fonts that it uses, its own, the drawing's."""
        folder = next(f for f in template_folders() if (f / "handout" / "handout.css").is_file())
        own = (folder / "handout" / "handout.css").read_text(encoding="utf-8")
        picture = self.handout.picture
        drawing = STYLE if picture else ""
        if picture and picture.way:
            drawing += factor_style(picture.way.tints)
        return Markup("\n" + faces(str(body)) + squeezed(own + drawing))
