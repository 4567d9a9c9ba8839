"""Both passes in numbers as a part of a handout, set by what sets the pages for a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from symback.records import dataclass
from symback.rendering.environment import environment
from symback.rendering.handout.formats import HandoutFormat

if TYPE_CHECKING:
    from sympy import Expr

    from symback.model.equations import Model
    from symback.notation import Notation
    from symback.teaching.blocks import Block

__all__ = ["InNumbers", "set_in_numbers"]

_SUFFIX = {"ipynb": "md", "pdf": "typ"}


@dataclass(frozen=True, slots=True)
class InNumbers:
    """A pass in numbers.

    Attributes:
        blocks: what it says.
        model: whose entries have the numbers: that of the handout, or one that gives functions to
            the letters of the handout's.
        shown: the numbers of entries and of derivatives of the loss, as they are shown.
    """

    blocks: tuple[Block, ...]
    model: Model
    shown: Mapping[Expr, str] = field(default_factory=dict)


def set_in_numbers(
    output_format: HandoutFormat, numbers: InNumbers, notation: Notation | None
) -> Markup:
    """The blocks in the language of a format."""
    from symback.rendering.teaching.settings import setting_for
    from symback.rendering.teaching.write import sentences

    setting = setting_for(output_format, sentences(output_format), numbers.model, notation)
    suffix = _SUFFIX.get(output_format.suffix, output_format.suffix)
    template = environment(output_format).get_template(f"teaching/block.{suffix}.j2")
    module: Any = template.make_module({"page": setting})
    blocks = list(map(setting.in_order, numbers.blocks))
    pairs = zip_longest(blocks, blocks[1:])
    # In LaTeX a sentence goes on in the formula that it leads to.
    ahead = suffix == "tex"
    written = (module.block(*pair) if ahead else module.block(pair[0]) for pair in pairs)
    return Markup("\n").join(map(Markup, written))
