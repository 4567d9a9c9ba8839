"""Documents from a derivation: templates, formats, and where templates lie."""

from symback.rendering.formats import FORMATS, Format
from symback.rendering.render import render

__all__ = ["FORMATS", "Format", "render"]
