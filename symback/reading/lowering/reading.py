"""From a document's text to the model that is understood of it."""

from __future__ import annotations

from collections.abc import Iterator

from symback.errors import InputError
from symback.reading.checking import worlds_of
from symback.reading.lowering.document import Lowered, lowered
from symback.reading.network.worlds import Worlds
from symback.reading.proving.whole import lowered_in_steps

__all__ = ["lower_document"]


def lower_document(text: str, path: str = "", kind: str | None = None) -> Lowered:
    """Return the equations of a document's network.

    Of several networks it is that of the whole document, or of the section that says most, where
    the whole has no loss.

    Args:
        text: the document.
        path: its name, which tells its format.
        kind: the format, where the name does not tell it.

    Raises:
        InputError: where no equation of a network is found.
    """
    worlds = worlds_of(text, path=path, kind=kind)
    if (in_steps := lowered_in_steps(worlds)) is not None:
        return in_steps
    best = max(_networks(worlds), key=_worth, default=None)
    if best is None or not best.equations:
        raise InputError(
            "no model stands in it: no equations of a network were found", where=path or None
        )
    return best


def _networks(worlds: Worlds) -> Iterator[Lowered]:
    """What each section says, the whole document first."""
    yield lowered(worlds.whole_document())
    for model in worlds.sections():
        yield lowered(model)


def _worth(found: Lowered) -> tuple[bool, int, int]:
    refused = sum(each.line > 0 for each in found.open)
    return found.has_loss and not refused, found.has_loss, len(found.equations) - 3 * refused
