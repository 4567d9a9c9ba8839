"""Jinja environments, one for each format, and the place where templates lie.

Everything that a template prints and that is not already in the document's language is escaped:
``finalize`` does it, and Jinja's own `Markup` says what is.  That holds in every format, for text
from macros too, which escaping by file name would not reach.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from symback.rendering.compiled import BesideTemplates
from symback.rendering.formats import Format

__all__ = ["environment", "escaping", "is_formula", "opening", "template_folders"]


def template_folders() -> list[Path]:
    """In the installed package, or beside it where it is installed for editing."""
    package = Path(__file__).resolve().parent.parent
    places = [package / "templates", package.parent / "templates"]
    return [place for place in places if (place / "words.j2").is_file()]


@cache
def environment(output_format: Format) -> Environment:
    """The environment of a format; a template is compiled when it is first needed."""
    folders = template_folders()
    made = Environment(
        loader=FileSystemLoader(folders),
        bytecode_cache=BesideTemplates(folders[0], output_format.name),
        undefined=StrictUndefined,
        finalize=escaping(output_format),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        optimized=False,
    )
    made.tests["formula"] = is_formula
    made.filters["opening"] = opening
    return made


def escaping(output_format: Format) -> Callable[[Any], Markup]:
    """What makes letters of all that a template prints and that is not set already."""

    def finalize(value: Any) -> Markup:
        if isinstance(value, Markup):
            return value
        return Markup(output_format.escape(str(value)))

    return finalize


def is_formula(name: str) -> bool:
    """Whether a function was given by a formula of the user's, and not by a name."""
    return not name.replace("-", "").isalnum()


def opening(text: Markup) -> Markup:
    """Words at the start of a sentence."""
    return Markup(text[:1].upper() + text[1:])
