"""What a notebook draws: the base of everything that has formulas to show.

How it is drawn is not known here: whoever can draw puts that in, and until then there is text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar

__all__ = ["Drawn"]

Draw = Callable[[object, Collection[str] | None, Collection[str] | None], dict[str, str]]


class Drawn:
    """Something that a notebook shows by its formulas."""

    __slots__ = ()

    draw: ClassVar[list[Draw]] = []
    """What draws it, once there is something that can."""

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """The forms that Jupyter can show, by media type."""
        for draw in self.draw:
            return draw(self, include, exclude)
        return {"text/plain": repr(self)}
