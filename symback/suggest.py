"""Did you mean …? for every name that a user types."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["closest", "did_you_mean"]


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a user most likely meant, or None when none is near.

    Case is ignored, so that ``ReLU`` finds ``relu``.
    """
    # difflib is loaded only once something has been mistyped.
    from difflib import get_close_matches

    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    matches = get_close_matches(name[:100].casefold(), folded, n=1)
    return folded[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: ``; did you mean sigmoid?``, or nothing."""
    candidate = closest(name, known)
    return f"; did you mean {candidate}?" if candidate else ""
