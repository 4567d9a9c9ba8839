"""The kinds of document that can be read, and how a file says which kind it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from symback.errors import InputError
from symback.reading.finding import html, jupytext, latex, markdown, notebook, plain, rst
from symback.reading.finding.collecting import Collector
from symback.reading.finding.passage import Passage

Finder = Callable[[Passage, Collector], None]

_CONTENT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("notebook", re.compile(r'\s*\{(?=.*"cells"\s*:)', re.DOTALL)),
    ("latex", re.compile(r"(?:.*\n)*?\s*\\(?:documentclass|begin\{document\}|section\*?\{)")),
    ("html", re.compile(r"\s*(?:<!doctype|<html|<head|<body|<p[ >]|<div|<h1)", re.IGNORECASE)),
    ("rst", re.compile(r"(?:.*\n)*?\s*\.\. [a-z-]+::|(?:.*\n)*?.*:math:`")),
    ("jupytext", re.compile(r"(?:#.*\n|\s*\n)*?# (?:%%|\$\$)")),
)
_GUESS_FROM = 20_000


# What LaTeX calls encodings of one byte for each character, with Python's names for them.
_BYTEWISE = {
    "latin1": "iso8859-1", "latin9": "iso8859-15", "ansinew": "cp1252", "cp1252": "cp1252",
    "latin2": "iso8859-2", "cp1250": "cp1250", "latin5": "iso8859-9", "koi8-r": "koi8-r",
    "cp1251": "cp1251", "applemac": "mac-roman",
}  # fmt: skip
_LATEX = re.compile(rb"\\(?:documentclass|begin\{document\}|(?:chapter|(?:sub)*section)\*?\{)")
_ENCODING = re.compile(rb"\\usepackage\s*\[([a-z0-9-]+)\]\s*\{inputenc\}")


def encoding_of(data: bytes) -> str:
    """Return the encoding of a file: what a byte-order mark or LaTeX's `inputenc` says, or UTF-8.

    A LaTeX file that says nothing and is not UTF-8 is of before it was usual: Latin-1.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    said = _ENCODING.search(data)
    if (said or _LATEX.search(data)) and b"\0" not in data:
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return _BYTEWISE.get(said[1].decode() if said else "latin1", "utf-8")
    return "utf-8"


def decode(data: bytes, where: str | None = None) -> str:
    """Return the text of a file in the encoding that it says, see `encoding_of`.

    Raises `InputError` for binary data and for other encodings, with the offending byte.
    """
    encoding = encoding_of(data)
    if encoding != "utf-16" and b"\0" in data:
        raise InputError(f"binary data (a zero byte at {data.index(0)})", where=where)
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"not {encoding.upper()} text (byte {error.start})",
            where=where,
            hint="save the file as UTF-8",
        ) from None


def guess(text: str, name: str | None = None) -> str:
    """Return the kind of a document, from its name's suffix or else from its content."""
    suffix = PurePath(name).suffix.lower() if name else ""
    if kind := SUFFIXES.get(suffix):
        return kind
    head = text[:_GUESS_FROM]
    return next((kind for kind, pattern in _CONTENT if pattern.match(head)), "markdown")


FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "markdown": markdown.find,
        "latex": latex.find,
        "rst": rst.find,
        "notebook": notebook.find,
        "html": html.find,
        "jupytext": jupytext.find,
        "text": plain.find,
    }
)

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown",
        ".mdx": "markdown", ".qmd": "markdown", ".rmd": "markdown", ".myst": "markdown",
        ".tex": "latex", ".ltx": "latex", ".latex": "latex", ".sty": "latex",
        ".rst": "rst", ".rest": "rst",
        ".ipynb": "notebook",
        ".html": "html", ".htm": "html", ".xhtml": "html",
        ".py": "jupytext",
        ".txt": "text", ".text": "text",
    }
)  # fmt: skip
