"""A PDF from Typst: accessible, and the same from run to run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from symback.errors import InputError, MissingToolError
from symback.install import install_hint
from symback.rendering.handout.characters import named

__all__ = ["TIME_LIMIT", "pdf_from_typst"]

TIME_LIMIT = 60
"""Seconds for a document that a user's template wrote."""

_STANDARD = "ua-1"
_LACKING = re.compile(r'the text `"(.*?)"` could not be displayed', re.S)

Compile = Callable[..., bytes]


class _FailedApartError(Exception):
    """What Typst said in a process of its own."""


def pdf_from_typst(
    source: bytes, title: str, *, templates: bool = False
) -> tuple[bytes, tuple[str, ...]]:
    """Compile a handout, and what its readers may miss.

    Only the fonts that come with the compiler are used, so that the pages do not depend on the
    machine; those of the machine are asked only for letters that these lack.

    Args:
        source: in Typst; it can read no file and load no package.
        title: what the user typed, whose letters may be any.
        templates: whether templates of the user's had a part in it: then it is compiled in a
            process of its own, which can be stopped, and which has no way to the network.

    Raises:
        InputError: where a user's template wrote what does not compile, or not in time.
        MissingToolError: where the package is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingToolError(
            "a PDF needs the typst package, which is not installed",
            hint=install_hint("pdf"),
        ) from None
    with tempfile.TemporaryDirectory(prefix="symback-") as empty:
        places = {"root": empty, "package_path": empty, "package_cache_path": empty}
        compiled: Compile = _apart if templates else typst.compile
        failures = (typst.TypstError, _FailedApartError)

        def pdf(own_fonts: bool, **options: Any) -> bytes:
            content = compiled(
                source, format="pdf", timestamp=0, ignore_system_fonts=own_fonts, **places,
                **options,
            )  # fmt: skip
            assert isinstance(content, bytes)
            return content

        try:
            for own_fonts in (True, False):
                try:
                    return pdf(own_fonts, pdf_standards=_STANDARD), ()
                except failures as error:
                    if not _LACKING.search(str(error)):
                        raise
            lacking = _lacking(typst, title)
            return pdf(False), (
                f"no font here has {named(lacking)}: a box or a gap stands for each, "
                "and the PDF does not meet PDF/UA",
            )
        except failures as error:
            if not templates:
                raise  # the fault is ours
            raise _refusal(str(error)) from None


def _refusal(message: str) -> InputError:
    if "failed to download package" in message:
        return InputError("imports a package of Typst's, and none is loaded", where="--templates")
    return InputError(
        f"this does not compile: {message}", where="typst", hint="look at your templates"
    )


_CHILD = """\
import json, sys, typst
options = json.loads(sys.argv[1])
try:
    sys.stdout.buffer.write(typst.compile(sys.stdin.buffer.read(), **options))
except typst.TypstError as error:
    sys.stderr.write(str(error))
    sys.exit(1)
"""


def _apart(source: bytes, **options: Any) -> bytes:
    """Compile in a process that is stopped in time; its proxy is a port where nobody listens."""
    nowhere = {f"{kind}_proxy": "http://127.0.0.1:1" for kind in ("http", "https", "all")}
    surroundings = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    surroundings |= nowhere | {name.upper(): url for name, url in nowhere.items()}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD, json.dumps(options)],
            input=source,
            env=surroundings,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"not done after {TIME_LIMIT} seconds", where="typst", hint="look at your templates"
        ) from None
    if done.returncode:
        raise _FailedApartError(done.stderr.decode(errors="replace").strip() or "failed")
    return done.stdout


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
