"""SymPy's abstract tensors, which no command uses, loaded by who asks for one.

The first sum asks SymPy whether a term is such a tensor, and so loads their module, and with it
groups of permutations: a tenth of the time that SymPy itself takes. Until the module is loaded no
such tensor exists, and classes without instances give the same answer.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["defer_tensors"]

_NAME = "sympy.tensor.tensor"
_ASKED = ("TensExpr", "TensAdd")
"""What a sum asks for."""


def defer_tensors() -> None:
    """Let SymPy load them when more is asked than whether a term is one; in a process of ours."""
    if _NAME not in sys.modules:
        sys.modules[_NAME] = _Tensors(_NAME)


class _Tensors(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        for asked in _ASKED:
            setattr(self, asked, type(asked, (), {}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the machinery of imports looks for
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        loaded = import_module(_NAME)
        vars(self).update(vars(loaded))
        return getattr(loaded, name)
