"""The model that was understood of a document, in the language, each line with its source line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.reading.lowering.document import Lowered
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS

__all__ = ["model_of_document"]


def model_of_document(
    found: Lowered, path: str, suggested: Sequence[tuple[Sequence[str], Sequence[int]]] = ()
) -> str:
    """The text of a model, ready to be corrected, with what is open as comments.

    Where it does not read back, its last line says what is missing.

    Args:
        found: what was understood of the document.
        path: the document's name.
        suggested: lines that would decide something, each with the document's lines that it
            would decide; they are written as comments.
    """
    template = environment(FORMATS["json"]).get_template("check/model.j2")
    text: str = template.render(found=found, path=path, suggested=suggested)
    text = text.strip() + "\n"
    try:
        ModelText.of(text)
    except InputError as error:
        words: Any = template.environment.get_template("check/words.j2").module
        text += f"\n# {words.not_a_model(str(error)).strip()}\n"
    return text
