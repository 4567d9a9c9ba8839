"""The network, and the way of a weight through it, as a drawing in the language of each format."""

from symback.rendering.picture.graph import computation_graph
from symback.rendering.picture.lay_out_way import lay_out_way
from symback.rendering.picture.layout import lay_out
from symback.rendering.picture.parts import Picture
from symback.rendering.picture.way import Way, follow

__all__ = ["Picture", "Way", "computation_graph", "follow", "lay_out", "lay_out_way"]
