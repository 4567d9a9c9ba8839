"""Handouts: a derivation as pages for a course, in every format from one arrangement."""

from symback.rendering.handout.contents import Handout
from symback.rendering.handout.detail import SECTIONS, Detail, entries_for, sections_of
from symback.rendering.handout.fitting import fitted
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.handout.in_numbers import InNumbers
from symback.rendering.handout.write import Written, write_handout

__all__ = [
    "HANDOUT_FORMATS", "SECTIONS", "Detail", "Handout", "InNumbers", "Written", "entries_for",
    "fitted", "sections_of", "write_handout",
]  # fmt: skip
