"""The network as a drawing: one layout, drawn in the language of each format."""

from symback.rendering.picture.graph import computation_graph
from symback.rendering.picture.layout import Picture, lay_out

__all__ = ["Picture", "computation_graph", "lay_out"]
