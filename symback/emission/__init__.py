"""Modules with a network's gradients, for NumPy and for others, from the one derivation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symback.emission.compiling import compile
    from symback.emission.module import emit, emit_loader

__all__ = ["compile", "emit", "emit_loader"]


def __getattr__(name: str) -> Any:
    """Load what writes modules when it is first asked for: names of code are needed without it."""
    if name == "compile":
        from symback.emission.compiling import compile

        return compile
    if name in __all__:
        from symback.emission import module

        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
