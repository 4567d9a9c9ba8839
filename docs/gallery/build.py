"""Write every kind of output again: ``python docs/gallery/build.py``, from anywhere.

Needs the extras ``pdf`` and ``notebook``.  The same files come out each time.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from symback.cli.app import run

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run every command of gallery.toml, and draw the first page of the PDF."""
    commands = tomllib.loads((HERE / "gallery.toml").read_text(encoding="utf-8"))["commands"]
    for arguments in commands:
        *rest, name = arguments
        code = run([*rest, str(HERE / name), "--force"])
        if code:
            print(f"{name}: exit code {code}", file=sys.stderr)
            return code
    first_page()
    return 0


def first_page() -> None:
    """The first page of the PDF as a picture, for who only looks at the gallery."""
    import typst

    pages = typst.compile(
        (HERE / "handout.typ").read_bytes(), format="png", ppi=80, ignore_system_fonts=True
    )
    (HERE / "handout.png").write_bytes(pages[0] if isinstance(pages, list) else pages)


if __name__ == "__main__":
    sys.exit(main())
