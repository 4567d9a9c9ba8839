"""Set the founding notes as a page, and draw it: ``python docs/gallery/founding.py``.

What stands there is the list of their displays in tests/data, slips included, each with the number
of its line. The pictures need Chromium; without it the page alone is written.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import tomllib
from html import escape
from pathlib import Path
from typing import Any

from math_core import LatexToMathML

from symback.rendering.handout.embedded_fonts import faces

HERE = Path(__file__).resolve().parent
NOTES = HERE.parent.parent / "tests/data/founding_displays.toml"
SECOND_PAGE = 45
"""The line that the second picture begins with: weights of the hidden layer."""

STYLE = """\
body{margin:0 auto;max-width:930px;padding:36px 34px;background:#fff;color:#1d1d22;
font:20px/1.5 "STIX Two Text",Georgia,serif}
math{font-family:"STIX Math Subset",math}
h1{font-size:27px;margin:0 0 18px}
p{margin:0;padding:8px 0 8px 58px;position:relative}
.line{position:absolute;left:0;top:13px;width:34px;text-align:right;color:#5b5b66;font-size:15px}
.on{padding-left:96px}
"""


def displays() -> list[dict[str, Any]]:
    """The displays of the notes, in their order."""
    return list(tomllib.loads(NOTES.read_text(encoding="utf-8"))["display"])


def page(lines: list[dict[str, Any]], title: str) -> str:
    """Some displays as a page that needs nothing else."""
    convert = LatexToMathML(pretty_print="never").convert_with_local_state
    body = []
    for display in lines:
        text = display["text"].strip()
        goes_on = ' class="on"' if text.startswith("=") else ""
        words = f"{escape(display['words'])} " if "words" in display else ""
        formula = convert(text, displaystyle=False).replace("<math>", "<math displaystyle=true>")
        line = f'<span class="line">{display["line"]}</span>'
        body.append(f"<p{goes_on}>{line}{words}{formula}</p>")
    whole = "\n".join(body)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>\n{faces(whole)}{STYLE}</style>\n"
        f"<h1>{title}</h1>\n{whole}\n</html>\n"
    )


def main() -> None:
    """Write the page, and pictures of its two halves."""
    every = displays()
    title = "The founding notes: two gradients of a 2-2-2 network"
    (HERE / "founding-notes.html").write_text(page(every, title), encoding="utf-8")
    if not shutil.which("chromium"):
        return
    halves = (
        [display for display in every if display["line"] < SECOND_PAGE],
        [display for display in every if display["line"] >= SECOND_PAGE],
    )
    with tempfile.TemporaryDirectory() as folder:
        for number, half in enumerate(halves, start=1):
            name = Path(folder) / "half.html"
            heading = title if number == 1 else "The founding notes, from line 45 on"
            name.write_text(page(half, heading), encoding="utf-8")
            subprocess.run(
                ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                 "--hide-scrollbars", "--force-device-scale-factor=0.8",
                 "--window-size=1000,1415",
                 f"--screenshot={HERE / f'founding-notes-{number}.png'}", name.as_uri()],
                check=True, capture_output=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
