"""Compiled templates, kept beside their sources as Python keeps its modules' bytecode.

Compiling takes longer than printing a whole derivation.  A cache that cannot be written is no
error: the templates are then compiled each time.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

__all__ = ["BesideTemplates"]


class BesideTemplates(BytecodeCache):
    """Keeps bytecode in ``__pycache__`` of a folder; Jinja checks it against source and version.

    Args:
        folder: where the templates lie.
        name: of the format, because each has an environment of its own.
    """

    def __init__(self, folder: Path, name: str) -> None:
        prefix = sys.pycache_prefix  # PYTHONPYCACHEPREFIX: all bytecode goes there
        self.folder = Path(prefix, *folder.parts[1:]) if prefix else folder / "__pycache__"
        self.name = name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is there; anything unreadable counts as nothing."""
        unreadable = suppress(OSError, EOFError, ValueError, TypeError)
        with unreadable, self._file(bucket).open("rb") as stored:
            bucket.load_bytecode(stored)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write it whole or not at all, unless Python was told to write no bytecode."""
        if sys.dont_write_bytecode:
            return
        target = self._file(bucket)
        private = target.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                with private.open("wb") as stored:
                    bucket.write_bytecode(stored)
                private.replace(target)
            finally:
                private.unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        return self.folder / f"{self.name}-{bucket.key}.j2c"
