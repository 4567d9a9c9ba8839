"""The mathematical font that an HTML page carries, in slices; a page has those that it uses."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

__all__ = ["faces"]

FAMILY = "STIX Math Subset"

SLICES: dict[str, tuple[tuple[int, int], ...]] = {
    "core": (),  # with the table of mathematical metrics: in every page, and for every letter
    "bold": ((0x1D400, 0x1D433),),
    "bold-italic": ((0x1D468, 0x1D49B),),
    "bold-digits": ((0x1D7CE, 0x1D7D7),),  # the vector of ones, which is all that many pages have
    "script": (
        (0x1D49C, 0x1D4B5), (0x210B, 0x210B), (0x2110, 0x2110), (0x2112, 0x2112),
        (0x211B, 0x211B), (0x212C, 0x212C), (0x2130, 0x2131), (0x2133, 0x2133),
    ),
    "greek": ((0x391, 0x3A9), (0x1D6E2, 0x1D6FB), (0x1D716, 0x1D71B)),
    "bold-greek": ((0x1D6A8, 0x1D6E1),),
    "bold-italic-delta": ((0x1D739, 0x1D739),),  # the errors of layers as vectors
    "bold-italic-greek": ((0x1D71C, 0x1D738), (0x1D73A, 0x1D755)),
}  # fmt: skip
"""The first and last letters of each slice, which ``tests/fonts/subset.py`` cuts."""


def faces(body: str) -> str:
    """The rules that embed the slices whose letters stand in a page."""
    letters = {ord(c) for c in set(body)}
    wanted = [
        name
        for name, ranges in SLICES.items()
        if not ranges or any(low <= code <= high for low, high in ranges for code in letters)
    ]
    return "".join(map(_face, wanted))


def _face(name: str) -> str:
    ranges = ",".join(f"U+{low:X}-{high:X}" for low, high in SLICES[name])
    only = f";unicode-range:{ranges}" if ranges else ""
    source = f"url(data:font/woff2;base64,{_encoded(name)})format('woff2')"
    return f"@font-face{{font-family:'{FAMILY}';src:{source}{only}}}\n"


@cache
def _encoded(name: str) -> str:
    path = Path(__file__).parent / "fonts" / f"{name}.woff2"
    return b64encode(path.read_bytes()).decode()
