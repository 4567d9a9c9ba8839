"""How what is missing is installed here: with pip, pipx or uv, whichever put symback in place."""

from __future__ import annotations

import sys
from pathlib import PurePath

__all__ = ["install_hint"]


def install_hint(extra: str, prefix: str = sys.prefix) -> str:
    """The command line that adds an extra of this package to the environment it runs in.

    Args:
        extra: as pyproject.toml names it.
        prefix: the folder of the environment.
    """
    wanted = f"symback[{extra}]"
    folders = PurePath(prefix).parts
    if "pipx" in folders:
        return f"pipx install --force '{wanted}'"
    if "uv" in folders and "tools" in folders:
        return f"uv tool install --force '{wanted}'"
    return f"pip install '{wanted}'"
