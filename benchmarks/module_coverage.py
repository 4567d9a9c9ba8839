"""Whether the tests run every module: at least 85 % of the lines of each, in one run.

    python benchmarks/module_coverage.py [arguments of pytest]

Runs pytest over everything, its command lines in processes of their own too, lists every module by
how much of it ran, and exits with 1 if less than 85 % of one did.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LEAST = 85.0
"""Per cent of each module's lines."""


def below(report: dict[str, Any]) -> list[tuple[float, str]]:
    """The modules of a report of coverage's of which too little ran, the least first."""
    return sorted(pair for pair in shares(report) if pair[0] < LEAST)


def shares(report: dict[str, Any]) -> list[tuple[float, str]]:
    """How many per cent of each module ran, the least first."""
    files = report["files"].items()
    return sorted((found["summary"]["percent_covered"], name) for name, found in files)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        options = ["--cov", f"--cov-report=json:{path}", *sys.argv[1:]]
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data")}
        command = [sys.executable, "-m", "pytest", *options]
        tests = subprocess.run(command, env=environment, check=False)
        if not path.exists():
            return tests.returncode or 1
        report = json.loads(path.read_text(encoding="utf-8"))
    for share, name in shares(report):
        print(f"{share:6.1f} %  {name}")
    wanting = below(report)
    print(f"{len(report['files'])} modules, {len(wanting)} below {LEAST:.0f} %")
    return 1 if wanting or tests.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
