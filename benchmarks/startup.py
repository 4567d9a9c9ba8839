"""How long the command line takes, as multiples of ``import sympy``.

Each command is run as a whole process, in turn with the import it is compared with, so that a
machine that drifts slows both; the median of the paired ratios is printed.

    python benchmarks/startup.py            # 11 pairs of each
    python benchmarks/startup.py 21
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from documents import write_documents

DEEP = ",".join(["2"] * 41)
IMPORT = [sys.executable, "-c", "import sympy"]
SMALL = ["derive", "--layers", "2,2,2"]

# A command, what it is compared with, and the ratio that it is to stay under.
COMMANDS: list[tuple[str, list[str], list[str] | None, float]] = [
    ("symback --help", ["--help"], None, 0.35),
    ("derive --layers 2,2,2", SMALL, None, 1.5),
    ("verify --layers 2,2,2", ["verify", "--layers", "2,2,2"], None, 1.5),
    ("derive --model lstm", ["derive", "--model", "lstm"], None, 2.5),
    ("derive --model transformer-block", ["derive", "--model", "transformer-block"], None, 5.0),
    ("derive --layers 784,128,10", ["derive", "--layers", "784,128,10"], SMALL, 1.1),
    # Index and matrix form; without --weight it works out 80 parameters as on the board as well.
    ("derive of 40 layers", ["derive", "--layers", DEEP, "--weight", "W40[1,1]"], SMALL, 3.0),
    ("check the 2-2-2 notes", ["check", "notes.txt"], None, 2.5),
    ("check of 1,000 formulas", ["check", "formulas.md"], None, 15.0),
]

NETWORKS = (
    ["--layers", "2,2,2"],
    ["--layers", "3,4,2"],
    ["--layers", "784,128,10", "--activations", "relu,softmax", "--loss", "cross-entropy"],
    ["--layers", "3,5,4,2"],
)
COMMANDS += [
    (f"handout {network[1]} as {kind}",
     ["handout", *network, "-o", f"handout.{kind}", "--force"], None, limit)
    for kind, limit in (("pdf", 2.5), ("html", 2.0))
    for network in NETWORKS
]  # fmt: skip


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        write_documents(Path(folder))
        os.chdir(folder)
        measure(pairs)


def measure(pairs: int) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed symback is compiled
    for name, arguments, base, limit in COMMANDS:
        command = [sys.executable, "-m", "symback", *arguments]
        other = IMPORT if base is None else [sys.executable, "-m", "symback", *base]
        seconds(command), seconds(other)  # the first run fills the disk cache
        ratios = [seconds(command) / seconds(other) for _ in range(pairs)]
        against = "import sympy" if base is None else "derive --layers 2,2,2"
        print(f"{name:32} {median(ratios):5.2f} x {against} (at most {limit})")


if __name__ == "__main__":
    main()
