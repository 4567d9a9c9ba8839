"""Style scalar: plain Python over lists of numbers, which needs nothing but ``math``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from symback.emission.indexed.interface import Interface
from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numpy import arguments_unpacked, common, unpacked
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.target import Target
from symback.emission.layout import call
from symback.emission.named import refuse_letters_of_model
from symback.emission.styles.scalar import from_math, scalar_sources
from symback.model.equations import Quantity

__all__ = ["before", "scalar_context"]


def scalar_context(program: IndexedProgram, sizes: Mapping[str, int]) -> dict[str, Any]:
    """The values of every name in the template of a module of plain Python.

    Raises:
        InputError: for generic functions.
    """
    refuse_letters_of_model(program, "style scalar", "style", "style readable")
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    target = Target()
    forward = LoopBody(program, schedule(program.losses), names, target)
    everything = LoopBody(program, schedule(program.statements), names, target)
    used = dict.fromkeys([*forward.used, *everything.used])
    helpers = [text.replace("math.", "") for text in scalar_sources(used)]
    lines = {
        "loss": [*before(interface, forward), *forward.lines],
        "gradients": [*before(interface, everything), *everything.lines],
    }
    values = common(program, interface, [])
    returned = [names.array(key) for key in program.returned]
    made = values | {
        "loss_body": "\n".join(lines["loss"]),
        "gradients_body": "\n".join(
            [
                *lines["gradients"],
                *call(f"gradients = {values['gradients_type']}(", returned, ")", depth=1),
            ]
        ),
        "loss_name": names.array(program.model.loss.name),
        "helpers": helpers,
        "used": used,
        "math": ["isfinite()", "isnan()", *helpers, *lines["loss"], *lines["gradients"]],
        "size_checks": interface.size_checks(lambda array, axis: f"_shape({array})[{axis}]"),
        "initial": [_initial(q, interface) for q in program.model.parameters],
        "dimensions": {
            names.array(q.name): [interface.integer(r.upper - r.first + 1) for r in q.ranges]
            for q in interface.given
        },
    }
    return made | {"imports": ", ".join(from_math(made["math"]))}


def before(interface: Interface, body: LoopBody, vector_lines: Sequence[str] = ()) -> list[str]:
    """The lines that unpack the arguments that a body uses, and make its arrays."""
    names = interface.names
    code = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", "\n".join(body.lines)))
    kept = {n: s for n, s in body.storage.slots.items() if s}
    sizes_used = set(code)
    allocations = []
    for key, slots in kept.items():
        dims = [interface.integer(last - first + 1) for first, last in slots]
        zero = "0" if interface.program.arrays[key].is_integer else "0.0"
        text = f"[{zero}] * {dims[-1] if dims[-1].isidentifier() else f'({dims[-1]})'}"
        for dim in reversed(dims[:-1]):
            text = f"[{text} for _ in range({dim})]"
        allocations.append(f"    {names.array(key)} = {text}")
        sizes_used |= set(re.findall(r"[A-Za-z_]\w*", " ".join(dims)))
    sizes = [names.size(n) for n in interface.size_names]
    lines = arguments_unpacked(interface, code)
    lines += vector_lines
    if any(s in sizes_used for s in sizes):
        lines += unpacked([s if s in sizes_used else "_" for s in sizes], "sizes")
    return [*lines, *allocations]


def _initial(quantity: Quantity, interface: Interface) -> dict[str, str]:
    dims = [interface.integer(r.upper - r.first + 1) for r in quantity.ranges]
    if quantity.name in interface.biases:
        draw = "0.0"
    elif quantity.is_positive:
        draw = "draw.uniform(0.5, 1.5)"
    elif len(dims) == 2:
        draw = f"draw.uniform(-1, 1) * (6 / ({dims[0]} + {dims[1]})) ** 0.5"
    elif len(dims) > 2:
        draw = f"draw.gauss(0, 1) / ({' * '.join(f'({d})' for d in dims[1:])}) ** 0.5"
    else:
        draw = "draw.gauss(0, 1)"
    text = draw
    for dim in reversed(dims):
        text = f"[{text} for _ in range({dim})]"
    return {"name": interface.names.array(quantity.name), "value": text}
