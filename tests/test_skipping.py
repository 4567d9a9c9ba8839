"""What a run skips is remembered, and taken alone by the next with ``--skipped``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from skipping import Skipped


class Cache(dict[str, Any]):
    def set(self, key: str, value: Any) -> None:
        self[key] = value


def run(cache: Cache, *, again: bool) -> Skipped:
    options = SimpleNamespace(getoption=lambda _: again, cache=cache, rootpath=Path("/r"))
    return Skipped(options)


def report(nodeid: str, *, skipped: bool = False, keywords: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(nodeid=nodeid, skipped=skipped, keywords=keywords)


def test_what_was_skipped_runs_and_nothing_else() -> None:
    cache = Cache()
    first = run(cache, again=False)
    first.pytest_runtest_logreport(report("tests/a.py::x"))
    first.pytest_runtest_logreport(report("tests/a.py::y", skipped=True))
    first.pytest_runtest_logreport(report("tests/a.py::z", keywords=("deeper",)))
    first.pytest_collectreport(report("tests/b.py", skipped=True))
    first.pytest_sessionfinish()

    second = run(cache, again=True)
    names = ["tests/a.py::x", "tests/a.py::y", "tests/a.py::z", "tests/b.py::x", "tests/c.py::x"]
    items: Any = [SimpleNamespace(nodeid=name) for name in names]
    second.pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == names[1:4]
    assert second.pytest_ignore_collect(Path("/r/tests/c.py"))
    assert not second.pytest_ignore_collect(Path("/r/tests/b.py"))
    assert not second.pytest_ignore_collect(Path("/r/tests"))
    # What it skips itself is no reason to forget the rest.
    second.pytest_runtest_logreport(report("tests/b.py::x", skipped=True))
    second.pytest_sessionfinish()
    assert run(cache, again=True).known == first.found


def test_a_run_without_the_option_takes_all() -> None:
    items: Any = [SimpleNamespace(nodeid="tests/a.py::x")]
    plain = run(Cache({"symback/skipped": ["tests/b.py"]}), again=False)
    plain.pytest_collection_modifyitems(items)
    assert len(items) == 1
    assert not plain.pytest_ignore_collect(Path("/r/tests/c.py"))
