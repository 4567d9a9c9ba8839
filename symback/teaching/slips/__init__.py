"""The slips that people make, each as a change of the program that they then work out.

A slip is no wrong number but a wrong rule: it changes the right sides of some lines, and what
follows from them follows.  The catalogue is what published answer sheets, keys and errata show.
"""

from symback.teaching.slips.catalogue import SLIPS, applicable, variants, visible
from symback.teaching.slips.slip import Altered, Slip

__all__ = ["SLIPS", "Altered", "Slip", "applicable", "variants", "visible"]
