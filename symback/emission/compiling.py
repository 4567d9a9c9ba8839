"""An emitted module, loaded at once: what `symback.compile` returns."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from itertools import count
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from symback.emission.module import Language, Reduction, Style, emit
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model
    from symback.model.network import Network

__all__ = ["compile", "loaded"]

_numbers = count(1)


def compile(
    source: Derivation | Network | Model,
    style: Style = "readable",
    target: Language = "numpy",
    reduction: Reduction | None = None,
    *,
    batch: bool = False,
    sizes: Mapping[str, int] | None = None,
) -> ModuleType:
    """The emitted module as a module of this process; its source shows in tracebacks.

    Args:
        source: a network, a list of equations, or the derivation of either.
        style: as for `emit`.
        target: as for `emit`; C has to be compiled by a C compiler, and is refused here.
        reduction: ``mean`` or ``sum`` over the batch.
        batch: as for `emit`.
        sizes: as for `emit`.

    Raises:
        InputError: as for `emit`, and for C.
    """
    if target == "c":
        raise InputError(
            "C is not loaded by this", where="target", hint="emit it with a loader, and import that"
        )
    return loaded(emit(source, style, target, reduction, batch=batch, sizes=sizes))


def loaded(text: str) -> ModuleType:
    """A module from its text; its parameters can be pickled, with the text that they are of."""
    module = ModuleType(
        f"symback_emitted_{next(_numbers)}", text.partition('"""')[2].split("\n")[0]
    )
    name = f"<{module.__name__}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(_code(text, name), module.__dict__)

    def reduced(given: tuple[Any, ...]) -> tuple[Any, ...]:
        return _restored, (module.__name__, text, tuple(given))

    module.Parameters.__reduce__ = reduced
    _kept[module.__name__] = module
    _texts[module.__name__] = text
    return module


_kept: WeakValueDictionary[str, ModuleType] = WeakValueDictionary()
_texts: dict[str, str] = {}


def _restored(name: str, text: str, values: tuple[Any, ...]) -> Any:
    """Parameters from a pickle: of the module in this process, or of a new one of the same text."""
    module = _kept.get(name) if _texts.get(name) == text else None
    return (module or loaded(text)).Parameters(*values)


def _code(text: str, name: str) -> CodeType:
    import builtins

    code: CodeType = builtins.compile(text, name, "exec")
    return code
