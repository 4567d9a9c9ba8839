"""What an instance of a topic is: blocks, and the model whose formulas they print."""

from __future__ import annotations

from symback.model.equations import Model
from symback.records import dataclass
from symback.teaching.blocks import Block

__all__ = ["Instance"]


@dataclass(frozen=True, slots=True)
class Instance:
    """A worked instance.

    Attributes:
        blocks: what is shown.
        model: whose quantities stand in its formulas; None where it has none.
        notation: the name of the notation in which they are printed; the project's own by default.
    """

    blocks: tuple[Block, ...]
    model: Model | None = None
    notation: str = ""
