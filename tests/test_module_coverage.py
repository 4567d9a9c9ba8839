"""The run that measures coverage names each module of which too little ran."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent.parent / "benchmarks" / "module_coverage.py"


def report(**shares: float) -> dict[str, Any]:
    found = {name: {"summary": {"percent_covered": share}} for name, share in shares.items()}
    return {"files": found}


def test_a_module_that_hardly_runs_is_named() -> None:
    spec = importlib.util.spec_from_file_location("module_coverage", PATH)
    assert spec is not None
    assert spec.loader is not None
    measured = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(measured)
    assert measured.below(report(one=85.0, two=100.0)) == []
    assert measured.below(report(one=84.9, two=100.0, three=0.0)) == [(0.0, "three"), (84.9, "one")]
