"""What the witnesses and the stream of gradients cost, as multiples of ``import sympy``.

Each figure is a whole process, between two runs of the import that it is compared with, so that a
machine that drifts slows both; the median of the ratios is printed beside the limit.

    python benchmarks/verification/witnesses.py        # 5 times each
    python benchmarks/verification/witnesses.py 9
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median

IMPORT = [sys.executable, "-c", "import sympy"]
SETUP = (
    "from symback.model.network import Network\nfrom symback.calculus import derive\n"
    "from symback.verification.arrays.finite_field import finite_field\n"
    "from symback.verification.arrays.numbers import numbers\n"
)


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    megabytes: float


def run(command: list[str]) -> Run:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"failed: {command}")
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024)


def ratio(command: list[str], times: int) -> float:
    """The median of a command's time over that of the import before and after it."""
    run(command), run(IMPORT)
    found = []
    for _ in range(times):
        before, own, after = run(IMPORT), run(command), run(IMPORT)
        found.append(2 * own.seconds / (before.seconds + after.seconds))
    return median(found)


def inside(statement: str, setup: str, times: int) -> float:
    """The same for a statement alone, timed within a process that has imported everything."""
    code = (
        f"{SETUP}{setup}\nimport time\nbegan = time.perf_counter()\n{statement}\n"
        "print(time.perf_counter() - began)"
    )
    found = []
    for _ in range(times):
        before = run(IMPORT)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        after = run(IMPORT)
        found.append(2 * float(done.stdout) / (before.seconds + after.seconds))
    return median(found)


def symback(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "symback", *arguments]


def show(name: str, figure: float, limit: float, unit: str = "x import sympy") -> None:
    print(f"{name:52} {figure:10.2f} {unit} (limit {limit:g})")


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    large = "d = derive(Network((784, 128, 10)))"
    show(
        "finite field, 2,2,2", inside("finite_field(d)", "d = derive(Network((2,2,2)))", times), 0.1
    )
    show("finite field, 784,128,10, two passes", inside("finite_field(d)", large, times), 0.68)
    show("numbers, 784,128,10", inside("numbers(d)", large, times), 4)
    ten_million = f"{SETUP}assert finite_field(derive(Network((1000,) * 11))).exponent > 60"
    show(
        "ten million parameters, whole process",
        ratio([sys.executable, "-c", ten_million], times),
        8,
    )
    show("derive --layers 2,2,2", ratio(symback("derive", "--layers", "2,2,2"), times), 1.5)

    stream = symback("derive", "--layers", "784,128,10", "--format", "jsonl")
    start = symback("derive", "--layers", "784,128,10", "-o", os.devnull, "--format", "numpy")
    pairs = [(run(stream), run(start)) for _ in range(times)]
    writing = median(max(own.seconds - base.seconds, 1e-3) for own, base in pairs)
    show("lines of JSON a second, after start-up", 101_770 / writing, 50_000, "lines")
    small = symback("derive", "--layers", "2,2,2")
    memory = median(run(stream).megabytes / run(small).megabytes for _ in range(times))
    show("peak memory of the stream", memory, 1.5, "x derive --layers 2,2,2")


if __name__ == "__main__":
    main()
