"""The model that was understood of a document, in the language, each line with its source line."""

from __future__ import annotations

from symback.reading.lowering.document import Lowered
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS

__all__ = ["model_of_document"]


def model_of_document(found: Lowered, path: str) -> str:
    """The text of a model, ready to be corrected, with what is open as comments.

    Args:
        found: what was understood of the document.
        path: the document's name.
    """
    template = environment(FORMATS["json"]).get_template("check/model.j2")
    text: str = template.render(found=found, path=path)
    return text.strip() + "\n"
