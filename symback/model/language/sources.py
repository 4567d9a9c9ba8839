"""Where texts of models come from: the library that is shipped, and fences in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

from symback.errors import InputError, quote
from symback.suggest import did_you_mean

__all__ = ["fence", "has_fence", "library_names", "library_text", "summary_of"]

_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})[ \t]*\{?\.?model\b")
_SUFFIX = ".model"


def library_names() -> tuple[str, ...]:
    """The names of the models that are shipped, in alphabetical order."""
    # By its path: asking a package of ours for it would import all that the package needs.
    folder = files("symback").joinpath("models")
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(_SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names))


def library_text(name: str) -> str:
    """The text of a model of the library.

    Raises:
        InputError: for a name that it does not have, with what may have been meant.
    """
    known = library_names()
    if name not in known:
        guess = did_you_mean(name.replace("_", "-"), known)
        raise InputError(
            f"there is no model {quote(name)} in the library{guess}",
            hint=None if guess else "symback list models shows it; a file's name ends in .model",
        )
    text = files("symback").joinpath("models", name + _SUFFIX).read_text(encoding="utf-8")
    return text


def summary_of(name: str) -> str:
    """One line about a model of the library: the comment in its first line."""
    return library_text(name).partition("\n")[0].lstrip("# ").strip()


def has_fence(text: str) -> bool:
    """Whether a Markdown document has a ``model`` fence."""
    return next(_fences(text), None) is not None


def fence(text: str, source: str) -> tuple[str, int]:
    """The text of the only ``model`` fence of a Markdown document, and its first line's number.

    Raises:
        InputError: for a document without one, or with several.
    """
    found = list(_fences(text))
    if not found:
        raise InputError(
            "no model stands in it", where=source, hint="a model's fence begins with ```model"
        )
    if len(found) > 1:
        lines = ", ".join(str(line - 1) for _, line in found)
        raise InputError(
            f"{len(found)} models stand in it, in lines {lines}",
            where=source,
            hint="put the one that is meant in a file of its own",
        )
    return found[0]


def _fences(text: str) -> Iterator[tuple[str, int]]:
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        match = _FENCE.match(lines[at])
        at += 1
        if match is None:
            continue
        start = at
        closing = re.compile(
            rf"^ {{0,3}}{re.escape(match['mark'][0])}{{{len(match['mark'])},}}\s*$"
        )
        while at < len(lines) and not closing.match(lines[at]):
            at += 1
        yield "\n".join(lines[start:at]), start + 1
        at += 1
