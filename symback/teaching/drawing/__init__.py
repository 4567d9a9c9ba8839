"""Numbers that are drawn: tidy, exact or random, the same for the same seed.

Tidy numbers are short and say everything: no unit sits at a kink or is saturated, rounding changes
nothing that is looked at, and every slip of the catalogue changes a value, no two in the same way.
Draws are cheap and tests are ordered by cost, so a few dozen draws take a few milliseconds.
"""

from symback.teaching.drawing.drawer import Drawer, draw_numbers
from symback.teaching.drawing.drawn import WISHES, Drawn, draw_integers
from symback.teaching.drawing.tidiness import VISIBLE

__all__ = ["VISIBLE", "WISHES", "Drawer", "Drawn", "draw_integers", "draw_numbers"]
