"""The name of each quantity in code: ``W1``, ``h1_pre``, ``yhat``; ``delta1`` for an adjoint."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from symback.calculus.matrix.tree import Array
from symback.emission.taken import C_KEYWORDS, TAKEN
from symback.errors import InputError, quote
from symback.model.equations import Model, Quantity, Role
from symback.model.parameter_names import constant_name

__all__ = ["RESERVED", "Names", "check_generic", "free", "named", "plain"]

RESERVED = frozenset(
    {"np", "xp", "math", "batch", "Parameters", "Functions", "Workspace", "Array", "functions"}
    | {"top", "rest", "log_rest", "sum", "result", "task", "run", "draw", "state", "main"}
    | {
        "memory",
        "workspace",
        "parameters",
        "forward",
        "loss",
        "initialize",
        "check",
        "gradients",
        "dtype",
    }
)
"""Names that an emitted module has for itself."""


def named(names: Iterable[str], taken: set[str] | None = None) -> dict[str, str]:
    """What code calls the quantities of a model of equations, by their names in the model.

    >>> named(["h", "lambda", "h'"])
    {'h': 'h', 'lambda': 'lambda_', "h'": 'h_prime'}
    """
    known = set(TAKEN) if taken is None else taken
    return {name: free(plain(name), known) for name in names}


def free(name: str, taken: set[str], ending: str = "") -> str:
    """A name that nothing has yet, and that is taken from now on: this one, or with an ending."""
    found, count = name, 1
    while found in taken:
        found = f"{name}_{ending or ''}" if count == 1 else f"{name}_{ending}{count}"
        count += 1
    taken.add(found)
    return found


def plain(name: str) -> str:
    """A name with what code cannot have written out."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name.replace("'", "_prime"))
    return plain if re.match("[A-Za-z]", plain) else f"q{plain}"


class Names:
    """The names of one model's quantities and adjoints.

    Raises:
        InputError: for a name that code cannot have.
    """

    def __init__(self, model: Model) -> None:
        self._names = {q.name: _code(q) for q in model.quantities.values()}
        deltas = [q for q in model.quantities.values() if q.role is Role.PREACTIVATION and q.layer]
        layers = [q.layer for q in deltas]
        self._deltas = {q.name: f"delta{q.layer}" for q in deltas if layers.count(q.layer) == 1}
        every = [*self._names.values(), *map(self._adjoint, model.quantities)]
        for name in every:
            if every.count(name) > 1:
                raise InputError(f"two quantities would both be {quote(name)} in code")

    def __getitem__(self, array: Array) -> str:
        """The name of a quantity, or of the loss's gradient by it."""
        name = array.quantity.name
        return self._adjoint(name) if array.adjoint else self._names[name]

    def _adjoint(self, name: str) -> str:
        plain = f"d{self._names[name]}"
        if keyword.iskeyword(plain) or plain in C_KEYWORDS:
            plain = f"d_{self._names[name]}"
        return self._deltas.get(name) or plain


def _code(quantity: Quantity) -> str:
    name = quantity.name
    if quantity.role is Role.CONSTANT:
        return constant_name(name)
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) or keyword.iskeyword(name):
        raise InputError(
            f"{quote(name)} cannot be a name in Python",
            hint="give this quantity another name",
        )
    if name in RESERVED:
        raise InputError(f"an emitted module has its own {name}", hint="rename this quantity")
    return name


def check_generic(name: str) -> str:
    """A generic function's name as code has it.

    Raises:
        InputError: for a keyword of Python.
    """
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise InputError(
            f"the generic function {name!r} has the name of a keyword of Python",
            hint="choose another letter for it",
        )
    return name
