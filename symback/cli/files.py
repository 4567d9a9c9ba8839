"""Documents as files: their text, in whatever encoding they say, read before any is judged."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from symback.cli.source import read_bytes, source_name
from symback.errors import InputError, TooLargeError
from symback.records import dataclass

__all__ = ["MAX_BYTES", "File", "read_files"]

MAX_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A document as it was read.

    Attributes:
        name: of the file; ``-`` is standard input.
        text: its text, without a byte-order mark.
        mark: the byte-order mark that it begins with, as a character.
        encoding: ``utf-8``, ``utf-16`` or what a LaTeX file says of itself.
    """

    name: str
    text: str
    mark: str = ""
    encoding: str = "utf-8"


def read_files(names: Sequence[str]) -> list[File]:
    """The documents of these names, all of them read before the first is judged.

    Raises:
        InputError: for a file that is missing or is no text.
        TooLargeError: above `MAX_BYTES`.
    """
    if names.count("-") > 1:
        raise InputError("it can be read only once", where=source_name("-"))
    contents = [(name, _read(name)) for name in names]
    from symback.reading.finding import decode, encoding_of

    return [
        File(
            name,
            decode(data, source_name(name)),
            mark="\ufeff" if data.startswith(codecs.BOM_UTF8) else "",
            encoding=encoding_of(data),
        )
        for name, data in contents
    ]


def _read(name: str) -> bytes:
    data = read_bytes(name, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            f"larger than the limit of {MAX_BYTES // 1_000_000} MB",
            where=source_name(name),
            hint="split the document",
        )
    return data
