"""How long a book of 300 pages takes to be checked: thirty chapters, four displays on each page.

    python benchmarks/book.py [chapters]

Prints seconds of the whole process, and their ratio to ``import sympy`` in the same run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

MACROS = r"""\newcommand{\weight}[2]{W^{(#1)}_{#2}}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
"""
NETWORK = r"""\section{The network}
\begin{align}
z_j &= \sum_i \weight{1}{ij} x_i + b_j \\
a_j &= \sigma(z_j) \\
y_k &= \sum_j \weight{2}{jk} a_j + c_k \\
L &= \frac12 \sum_k (y_k - t_k)^2
\end{align}
"""
CLAIMS = (
    r"\pd{L}{y_k} = y_k - t_k",
    r"\pd{L}{\weight{2}{jk}} = (y_k - t_k) a_j",
    r"\pd{L}{c_k} = y_k - t_k",
    r"\pd{L}{a_j} = \sum_k (y_k - t_k) \weight{2}{jk}",
    r"\pd{L}{z_j} = \sigma'(z_j) \sum_k (y_k - t_k) \weight{2}{jk}",
    r"\pd{L}{\weight{1}{ij}} = x_i \sigma'(z_j) \sum_k (y_k - t_k) \weight{2}{jk}",
)
PROSE = (
    "The chain rule goes through every unit that this one feeds, and adds up what it finds. " * 8
)
PAGES, DISPLAYS = 10, 4


def write_book(folder: Path, chapters: int) -> int:
    """A book in a folder, and how many displays it has."""
    (folder / "macros.tex").write_text(MACROS)
    names = [f"chapter{number}" for number in range(chapters)]
    inputs = "\n".join(f"\\include{{{name}}}" for name in names)
    (folder / "book.tex").write_text(
        "\\documentclass{book}\n\\input{macros}\n\\begin{document}\n"
        + inputs
        + "\n\\end{document}\n"
    )
    for name in names:
        text = [f"\\chapter{{{name}}}", NETWORK]
        for at in range(PAGES * DISPLAYS):
            text += [PROSE, f"\\[ {CLAIMS[at % len(CLAIMS)]} \\]"]
        (folder / f"{name}.tex").write_text("\n\n".join(text))
    return chapters * (PAGES * DISPLAYS + 1)


def seconds(*command: str, cwd: Path | None = None) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=cwd, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main() -> None:
    chapters = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        displays = write_book(folder, chapters)
        base = sorted(seconds("-c", "import sympy") for _ in range(3))[1]
        took = seconds("-m", "symback", "check", "book.tex", cwd=folder)
    print(f"{chapters * PAGES} pages, {displays} displays: {took:.1f} s, {took / base:.1f} × sympy")


if __name__ == "__main__":
    main()
