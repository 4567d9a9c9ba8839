"""Documents from a derivation: templates, formats, and where templates lie.

`symback.rendering.render` is not loaded here: a report on a document prints no expression and needs
no SymPy.
"""

from symback.rendering.formats import FORMATS, Format

__all__ = ["FORMATS", "Format"]
