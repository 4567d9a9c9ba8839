"""What is known of a project's findings: the baseline, as the command and the editor read it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from symback.cli.files import MAX_BYTES
from symback.cli.output import Target
from symback.cli.source import read_bytes
from symback.cli.voice import say
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.rendering.check import Report

__all__ = ["Known"]


class Known:
    """The baseline of a run, if it has one.

    Args:
        name: of its file; None where there is none.
        to_write: whether all that is found is to be known from now on.

    Raises:
        InputError: for a file that cannot be read.
    """

    def __init__(self, name: str | None, to_write: bool = False) -> None:
        if to_write and name is None:
            name = "symback-baseline.json"
        self.name = name
        self.data = b"" if name is None or to_write else _baseline(name)

    def marked(self, report: Report) -> Report:
        """The report in which known findings are known."""
        if not self.data or self.name is None:
            return report
        from symback.rendering.check.baseline import read_baseline, without_known

        return without_known(report, read_baseline(self.data, self.name), self._name_of)

    def write(self, report: Report) -> None:
        """Make everything that was found known."""
        from symback.rendering.check.baseline import baseline_text

        assert self.name is not None
        Target(self.name, force=True).write(baseline_text(report, self._name_of))
        say(f"{self.name}: {report.counts.refuted} refuted and others are known from now on")

    def _name_of(self, path: str) -> str:
        """A file's name as it is seen from the folder of the baseline."""
        if path == "-":
            return path
        assert self.name is not None
        return Path(os.path.relpath(path, Path(self.name).parent)).as_posix()


def _baseline(name: str) -> bytes:
    """What a baseline holds.

    Raises:
        InputError: for what cannot be read, and how one comes to be.
    """
    try:
        return read_bytes(name, MAX_BYTES)
    except InputError as error:
        hint = "symback check --update-baseline writes it"
        raise InputError(error.message, where=error.where, hint=hint) from None
