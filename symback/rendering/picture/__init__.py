"""The network as a drawing: one layout, drawn in the language of each format."""

from symback.rendering.picture.layout import Picture, lay_out

__all__ = ["Picture", "lay_out"]
