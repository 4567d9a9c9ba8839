"""Sheets for the systems of a course: Moodle, Canvas, Numbas, notebooks for nbgrader, GIFT.

Each numerical answer comes with its wrong twins: what a slip of the catalogue gives, with words for
it.  The right answer stands first, and no twin lies within both tolerances of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symback.rendering.teaching.exports.canvas import canvas
from symback.rendering.teaching.exports.gift import gift
from symback.rendering.teaching.exports.moodle import FRACTIONS, moodle
from symback.rendering.teaching.exports.nbgrader import nbgrader
from symback.rendering.teaching.exports.numbas import numbas
from symback.teaching.exercises import Sheet

__all__ = ["EXPORTS", "FRACTIONS", "export"]


def export(sheet: Sheet, name: str) -> str:
    """A sheet in the format of a system.

    Raises:
        MissingToolError: for a notebook, where nbformat is not installed.
    """
    return EXPORTS[name](sheet)


EXPORTS: Mapping[str, Callable[[Sheet], str]] = {
    "moodle": moodle,
    "canvas": canvas,
    "numbas": numbas,
    "nbgrader": nbgrader,
    "gift": gift,
}
"""What writes each format."""
