"""``pytest --skipped``: what the last run left out for want of a package, now that it is there.

So the gate can run on a plain installation first, as a contributor does, and needs not run anything
again when the packages have come against which emitted code is held. Tests that are marked
``deeper`` compare with whatever is installed; they are taken again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

__all__ = ["Skipped"]

KEPT = "symback/skipped"


class Skipped:
    """Remembers what a run skips, and with ``--skipped`` runs that alone."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.again: bool = config.getoption("--skipped")
        self.cache: pytest.Cache | None = getattr(config, "cache", None)
        known = self.cache.get(KEPT, []) if self.again and self.cache is not None else []
        self.known = frozenset(known)
        self.files = frozenset(name.partition("::")[0] for name in known)
        self.found: set[str] = set()

    def _note(self, report: pytest.TestReport | pytest.CollectReport, deeper: bool) -> None:
        if report.skipped or deeper:
            self.found.add(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report, "deeper" in report.keywords)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report, False)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        if not self.again or collection_path.suffix != ".py":
            return None
        name = collection_path.relative_to(self.config.rootpath).as_posix()
        return None if name in self.files else True

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.again:
            items[:] = [
                item for item in items if {item.nodeid, item.nodeid.partition("::")[0]} & self.known
            ]

    def pytest_sessionfinish(self) -> None:
        is_worker = hasattr(self.config, "workerinput")
        if not self.again and not is_worker and self.cache is not None:
            self.cache.set(KEPT, sorted(self.found))
