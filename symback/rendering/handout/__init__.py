"""Handouts: a derivation as pages for a course, in every format from one arrangement."""

from symback.rendering.handout.contents import Detail, Handout, entries_for
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.handout.write import Written, write_handout

__all__ = ["HANDOUT_FORMATS", "Detail", "Handout", "Written", "entries_for", "write_handout"]
