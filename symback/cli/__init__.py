"""The command line: the only place that opens the user's files."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command ``symback`` with the arguments of this process, and exit.

    The collector of cycles finds nothing in what an import makes, and takes a quarter of the time
    of one so large as SymPy's: it stands still while symback starts (`symback.cli.engine` wakes it
    for the work) and does not walk through everything once more at the end. Nor does SymPy load
    its abstract tensors (`symback.cli.tensors`).
    """
    gc.disable()
    try:
        from symback.cli.app import run
        from symback.cli.tensors import defer_tensors

        defer_tensors()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before `run` could take care of it
        code = 130
    gc.freeze()
    sys.exit(code)
