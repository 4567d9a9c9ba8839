"""What tests share."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings
from running import Done, Symback
from skipping import Skipped
from spreading import left_out

from symback.cli.app import run

# Before SymPy is loaded: of all that it simplifies in a run, a thousand results are few.
os.environ.setdefault("SYMPY_CACHE_SIZE", "20000")

# No test may fail because the machine is busy.
settings.register_profile("untimed", deadline=None)
settings.register_profile("gate", deadline=None, max_examples=40)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="take every case, not the gate's seeded samples"
    )
    parser.addoption(
        "--skipped", action="store_true", help="run what the last run skipped for want of a package"
    )


def pytest_configure(config: pytest.Config) -> None:
    # By the environment, so that modules know it while they are collected, on every worker.
    if config.getoption("--full"):
        os.environ["SYMBACK_FULL"] = "1"
    settings.load_profile("untimed" if os.environ.get("SYMBACK_FULL") == "1" else "gate")
    config.addinivalue_line("markers", "whole: runs with --full only; a sample stands beside it")
    config.addinivalue_line("markers", "spread: a fifth of the cases and all twins, without --full")
    config.addinivalue_line("markers", "deeper: compares with whatever is installed")
    config.pluginmanager.register(Skipped(config))


# Before anything else chooses among them: a family is thinned as a whole.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    gone = {item for item in items if item.get_closest_marker("whole")}
    gone.update(left_out([item for item in items if item not in gone]))
    if gone:
        config.hook.pytest_deselected(items=[item for item in items if item in gone])
        items[:] = [item for item in items if item not in gone]


def pytest_collection_finish() -> None:
    # What is loaded by now stays: the collector of cycles need not walk it again and again.
    gc.collect()
    gc.freeze()
    # As on the command line: looked for after so many new objects as take some 10 MB.
    gc.set_threshold(100_000)


def pytest_sessionfinish() -> None:
    # pytest looks five times for what was left behind, and once is enough for all that there is.
    gc.collect()
    gc.freeze()


@pytest.fixture
def symback_command(capsys: pytest.CaptureFixture[str]) -> Symback:
    """Run the command line in this process."""

    def command(*arguments: str) -> Done:
        code = run(arguments)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return command
