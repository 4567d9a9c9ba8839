"""Fuzz the reading, judging and reporting of documents byte by byte, by hand.

    pip install atheris
    python tests/fuzz/documents.py -max_total_time=600 corpus/

Anything but a report or one of our own errors is a failure, and so is a document of a few hundred
bytes that takes longer than five seconds. What it finds becomes a test in ``tests/check``.
"""

from __future__ import annotations

import sys
import time

import atheris

with atheris.instrument_imports(include=["symback"]):
    from symback.errors import SymbackError
    from symback.reading import check
    from symback.reading.finding import FINDERS, decode
    from symback.rendering.check import Report, render_report
    from symback.rendering.check.render import FORMATS

KINDS = sorted(FINDERS)
SECONDS = 5.0


def one(data: bytes) -> None:
    """Read a document whose first byte says of which kind it is and how it is reported."""
    if not data:
        return
    kind = KINDS[data[0] % len(KINDS)]
    format = FORMATS[data[0] // len(KINDS) % len(FORMATS)]
    begun = time.perf_counter()
    try:
        text = decode(data[1:], "fuzz")
        report = Report.of([check(text, path="fuzz", kind=kind)])
    except SymbackError as error:
        assert str(error).isprintable()
        return
    assert render_report(report, format).endswith("\n")
    assert time.perf_counter() - begun < SECONDS, "too slow"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
