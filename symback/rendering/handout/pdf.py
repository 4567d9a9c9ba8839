"""A PDF from Typst, in this process: accessible, and the same from run to run."""

from __future__ import annotations

import re
import tempfile
from typing import Any

from symback.errors import InputError, MissingToolError
from symback.rendering.handout.characters import named

__all__ = ["pdf_from_typst"]

_STANDARD = "ua-1"
_LACKING = re.compile(r'the text `"(.*?)"` could not be displayed', re.S)


def pdf_from_typst(source: bytes, title: str) -> tuple[bytes, tuple[str, ...]]:
    """Compile a handout, and what its readers may miss.

    Only the fonts that come with the compiler are used, so that the pages do not depend on the
    machine; those of the machine are asked only for letters that these lack.

    Args:
        source: in Typst; it can read no file.
        title: what the user typed, whose letters may be any.

    Raises:
        InputError: where a user's template made something that does not compile.
        MissingToolError: where the package is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingToolError(
            "a PDF needs the typst package, which is not installed",
            hint="pip install 'symback[pdf]'",
        ) from None
    if b"@preview" in source or b"@local" in source:
        raise InputError("a handout may not import a package of Typst's", where="--templates")
    with tempfile.TemporaryDirectory(prefix="symback-") as empty:

        def compiled(own_fonts: bool, **options: Any) -> bytes:
            content = typst.compile(
                source, root=empty, format="pdf", timestamp=0, ignore_system_fonts=own_fonts,
                **options,
            )  # fmt: skip
            assert isinstance(content, bytes)
            return content

        try:
            for own_fonts in (True, False):
                try:
                    return compiled(own_fonts, pdf_standards=_STANDARD), ()
                except typst.TypstError as error:
                    if not _LACKING.search(str(error)):
                        raise
            lacking = _lacking(typst, title)
            return compiled(False), (
                f"no font here has {named(lacking)}: a box or a gap stands for each, "
                "and the PDF does not meet PDF/UA",
            )
        except typst.TypstError as error:
            raise InputError(
                f"this does not compile: {error}", where="typst", hint="look at your templates"
            ) from None


def _lacking(typst: Any, text: str) -> list[str]:
    """The characters of a text that no font has, found out one by one."""
    found = []
    for character in dict.fromkeys(text):
        if character.isascii():
            continue
        probe = f'#set document(title: "x")\n#"{character}"'.encode()
        try:
            typst.compile(probe, format="pdf", pdf_standards=_STANDARD)
        except typst.TypstError as error:
            if _LACKING.search(str(error)):
                found.append(character)
    return found
