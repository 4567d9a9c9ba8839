"""Target numba: the same loops as plain Python has, over arrays, compiled when first called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from symback.emission.indexed.body import Body
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numpy import common, unpacked
from symback.emission.indexed.program import ADJOINT, IndexedProgram
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.target import Target
from symback.emission.indexed.tensors import Dialect
from symback.emission.layout import call
from symback.emission.styles.context import with_needed
from symback.emission.targets.numba import compiled_form
from symback.errors import InputError
from symback.model.equations import Quantity, Role

__all__ = ["NumbaTarget", "numba_context"]

_MATH = {"exp", "log", "sqrt", "sin", "cos", "tanh"}


class NumbaTarget(Target):
    """Loops over arrays, in the part of Python that numba compiles."""

    math = "math."

    def entry(self, name: str, indices: Sequence[str]) -> str:
        """``W[j, k]``."""
        return f"{name}[{', '.join(indices)}]"

    def scalar(self, name: str, *, given: bool, result: bool) -> str:
        """A number; a gradient that is one is an array without axes."""
        return f"{name}[()]" if result else name

    def own(self, name: str) -> str:
        """One of our own functions, compiled."""
        return f"math.{name}" if name in _MATH else f"_{name}"

    @property
    def infinity(self) -> str:
        """A number above all others."""
        return "math.inf"

    def function(self, name: str) -> str:
        """The function of ``math``."""
        return f"math.{name}"


def numba_context(program: IndexedProgram, sizes: Mapping[str, int]) -> dict[str, Any]:
    """The values of every name in the template of a module for numba.

    Raises:
        InputError: for generic functions.
    """
    if program.generic or program.generic_loss is not None:
        raise InputError(
            "target numba needs functions with a name for a model of equations",
            where="target",
            hint="name them in the model, or take target numpy",
        )
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    target = NumbaTarget()
    forward = LoopBody(program, schedule(program.losses), names, target)
    everything = LoopBody(program, schedule(program.statements), names, target)
    shapes = Body(program, (), names, Dialect())
    used = dict.fromkeys([*forward.used, *everything.used])
    loss_name = names.array(program.model.loss.name)
    values = common(program, interface, [])
    kernels, calls = [], []
    for name, body in (("_loss", forward), ("_gradients", everything)):
        kernel, lines = _kernel(name, program, interface, body, shapes, loss_name)
        kernels.append(kernel)
        calls.append(lines)
    returned = [names.array(ADJOINT + q.name) for q in program.wanted]
    gradients = call(f"gradients = {values['gradients_type']}(", returned, ")", depth=1)
    return values | {
        "loss_body": "\n".join(calls[0]),
        "gradients_body": "\n".join([*calls[1], *gradients]),
        "loss_name": loss_name,
        "helpers": [],
        "kernels": [
            *(compiled_form(form) for form in with_needed(used) if form.name not in _MATH),
            *kernels,
        ],
    }


def _kernel(
    name: str,
    program: IndexedProgram,
    interface: Interface,
    body: LoopBody,
    shapes: Body,
    loss_name: str,
) -> tuple[str, list[str]]:
    """A compiled function, and the lines that call it."""
    names = interface.names
    code = set(re.findall(r"[A-Za-z_]\w*", "\n".join(body.lines)))
    given = [q for q in interface.given if names.array(q.name) in code]
    kept = {names.array(k): shapes.shape(s) for k, s in body.storage.slots.items()}
    whole = {names.array(k) for k, array in program.arrays.items() if array.is_integer}
    sizes = [names.size(n) for n in interface.size_names]
    head, passed, before = [], [], []
    for quantity in given:
        own = names.array(quantity.name)
        if quantity.ranges:
            head.append(f"{own}: Array")
            passed.append(own)
        else:
            kind = "int" if quantity.role is Role.INTEGER else "float"
            head.append(f"{own}: {kind}")
            passed.append(f"{kind}({own})")
    for own, shape in kept.items():
        if own not in code:
            continue
        kind = "np.int64" if own in whole else "dtype"
        before.append(f"    {own} = np.empty({shape}, {kind})")
        head.append(f"{own}: Array")
        passed.append(own)
    for size in sizes:
        if size in code:
            head.append(f"{size}: int")
            passed.append(size)
    lines = ["@compiled", *call(f"def {name}(", head, ") -> float:"), *body.lines]
    lines.append(f"    return {loss_name}")
    allocated = " ".join(before)
    mentioned = {*re.findall(r"[A-Za-z_]\w*", allocated), *" ".join(passed).split()}
    arrays = [names.array(q.name) for q in interface.given]
    inputs = [names.array(q.name) for q in program.inputs]
    calls = call(
        "arrays, sizes = _arguments(",
        ["parameters", *inputs, *(f"{s}={s}" for s in sizes)],
        ")",
        depth=1,
    )
    shown = {names.array(q.name) for q in given}
    calls += unpacked([a if a in shown else "_" for a in arrays], "arrays")
    needed = [s for s in sizes if s in mentioned or s in code]
    if needed:
        calls += unpacked([s if s in needed else "_" for s in sizes], "sizes")
    if before:
        calls.append("    dtype = arrays[0].dtype")
    calls += before
    calls += call(f"{loss_name} = {name}(", passed, ")", depth=1)
    return "\n".join(lines), calls


def is_whole(quantity: Quantity) -> bool:
    """Whether a quantity is an array of indices."""
    return quantity.role is Role.INTEGER
