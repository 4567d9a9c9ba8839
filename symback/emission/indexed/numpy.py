"""A module of NumPy, or of the array API, with the loss and the gradients of any model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any

from sympy import Indexed

from symback import __version__
from symback.algebra.expressions import Partial, name_of
from symback.emission.forms.functions import FORMS
from symback.emission.indexed.body import Body
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.kept import KeptBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.program import ADJOINT, IndexedProgram
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.support import support
from symback.emission.indexed.tensors import Dialect
from symback.emission.indexed.walk import walk
from symback.emission.layout import call, paragraph
from symback.emission.styles.helpers import helper_sources
from symback.model.equations import Quantity, Role

__all__ = ["array_context", "before"]


def array_context(
    program: IndexedProgram, sizes: Mapping[str, int], dialect: Dialect
) -> dict[str, Any]:
    """The values of every name in the template of a module of arrays."""
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    loss_name = names.array(program.model.loss.name)
    forward = Body(program, schedule(program.losses), names, dialect)
    items = schedule(program.statements)
    kept = KeptBody(interface, items, dialect) if dialect.is_fast else None
    everything = kept or Body(program, items, names, dialect)
    used = dict.fromkeys([*forward.used, *everything.called])
    generic = _generic(program)
    return common(program, interface, generic) | {
        "loss_body": "\n".join([*before(interface, forward, generic, dialect), *forward.lines]),
        "gradients_body": "\n".join(
            [
                *(
                    _kept(interface, kept, generic, dialect)
                    if kept
                    else before(interface, everything, generic, dialect)
                ),
                *everything.lines,
                *_returned(program, everything, names),
            ]
        ),
        "memory": kept.memory if kept else None,
        "loss_name": loss_name,
        "helpers": [
            *helper_sources([n for n in used if n in FORMS], dialect.prefix),
            *support(used, dialect),
        ],
        "is_xp": not dialect.is_numpy,
    }


def common(program: IndexedProgram, interface: Interface, generic: list[str]) -> dict[str, Any]:
    """What the templates of all Python modules have in common."""
    names = interface.names
    model = program.model
    given = [_argument(q, interface) for q in interface.given]
    parameters = given[: len(model.parameters)]
    inputs = given[len(model.parameters) :]
    wanted = [_argument(q, interface) for q in program.wanted]
    same = tuple(q.name for q in program.wanted) == tuple(q.name for q in model.parameters)
    sizes = [
        {"name": names.size(n), "default": interface.sizes.get(n)} for n in interface.size_names
    ]
    return {
        "title": title(program),
        "explanation": explanation(program),
        "version": __version__,
        "parameters": parameters,
        "inputs": inputs,
        "given": given,
        "wanted": wanted,
        "same": same,
        "gradients_type": "Parameters" if same else "Gradients",
        "sizes": sizes,
        "size_checks": interface.size_checks(lambda array, axis: f"{array}.shape[{axis}]"),
        "conditions": interface.conditions,
        "generic": generic,
        "stand_ins": _stand_ins(program),
        "initial": [_initial(q, interface) for q in model.parameters],
        "initial_sizes": _sizes_of(model.parameters, interface),
        "gradient_sizes": _sizes_of(program.wanted, interface),
        "example_sizes": {names.size(n): v for n, v in interface.example.items()},
        "is_xp": False,
        "kinked": _has_kinks(program),
        "tolerance": "1e-5" if _has_kinks(program) else "1e-7",
        "held": [
            names.array(q.name)
            for q in program.wanted
            if q.name in program.held or q not in model.given
        ],
        "integers": [a for a in given if a["integer"]],
    }


def title(program: IndexedProgram) -> str:
    """The first line of a module's docstring."""
    name = program.model.title or "a model"
    line = f"Loss and gradients of {name}."
    return line if len(line) <= 85 else "Loss and gradients of a model."


def explanation(program: IndexedProgram) -> str:
    """The rest of it."""
    integers = any(q.role is Role.INTEGER for q in program.model.given)
    text = (
        f"Each statement is the equation or step of the derivation whose number stands beside it. "
        f"symback {__version__} derived them by the chain rule; symback verify proves them. "
        "Indices count from 0 in code"
        + (", those in arrays of indices too. " if integers else ". ")
        + "Running this file checks its gradients against central differences of its loss."
    )
    return "\n".join(paragraph(text))


def _argument(quantity: Quantity, interface: Interface) -> dict[str, Any]:
    shape = interface.shape(quantity)
    integer = quantity.role is Role.INTEGER
    return {
        "key": quantity.name,
        "name": interface.names.array(quantity.name),
        "shape": shape,
        "ndim": len(quantity.ranges),
        "integer": integer,
        "counts": interface.counts(quantity) if integer else "",
        "positive": quantity.is_positive,
        "scalar": not quantity.ranges,
        "target": quantity.role is Role.TARGET,
    }


def _sizes_of(quantities: Any, interface: Interface) -> list[dict[str, Any]]:
    """The sizes in the shapes of some quantities."""
    found: dict[str, None] = {}
    for quantity in quantities:
        for r in quantity.ranges:
            for symbol in sorted((r.upper - r.first).free_symbols, key=str):
                found[symbol.name] = None
    known = interface.size_names
    return [
        {"name": interface.names.size(n), "default": interface.sizes.get(n)}
        for n in known
        if n in found
    ]


def _initial(quantity: Quantity, interface: Interface) -> dict[str, str]:
    """How a parameter is drawn."""
    name, shape = interface.names.array(quantity.name), interface.shape(quantity)
    if quantity.name in interface.biases:
        value = f"np.zeros({shape})"
    elif quantity.is_positive:
        value = f"rng.uniform(0.5, 1.5, {shape})"
    elif len(quantity.ranges) == 2:
        rows, columns = (interface.integer(r.upper - r.first + 1) for r in quantity.ranges)
        value = f"rng.uniform(-1, 1, {shape}) * (6 / ({rows} + {columns})) ** 0.5"
    elif len(quantity.ranges) > 2:
        first = interface.integer.atom(quantity.ranges[0].upper - quantity.ranges[0].first + 1)
        value = f"rng.normal(size={shape})"
        value = f"{value} * ({first} / np.prod({shape})) ** 0.5"
    else:
        value = f"rng.normal(size={shape})"
    return {"name": name, "value": value}


def before(
    interface: Interface, body: Body, generic: list[str], dialect: Dialect, also: str = ""
) -> list[str]:
    """The lines that unpack the arguments that a body uses, or other lines beside it."""
    names = interface.names
    code = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", f"{body.text}\n{also}"))
    sizes = [names.size(n) for n in interface.size_names]
    lines = arguments_unpacked(interface, code)
    if any(s in code for s in sizes):
        lines += unpacked([s if s in code else "_" for s in sizes], "sizes")
    if "dtype" in code:
        lines.append("    dtype = arrays[0].dtype")
    if not dialect.is_numpy:
        if "xp" in code:
            lines.append("    xp = array_namespace(*arrays)")
        if "device" in code:
            lines.append("    device = arrays[0].device")
    if generic:
        lines.append("    functions = _functions(functions)")
        for name in generic:
            if name in code and not name.startswith(("loss", "dloss")):
                lines.append(f"    {name} = functions.{name}")
    return lines


def _kept(interface: Interface, body: KeptBody, generic: list[str], dialect: Dialect) -> list[str]:
    """The lines that unpack the arguments and the arrays of a workspace."""
    sizes = [f"{s['name']}={s['name']}" for s in _sizes_of(interface.program.wanted, interface)]
    memory = body.memory
    made = call("workspace = Workspace(", ["dtype", *sizes], ")", depth=2)
    passed = ", ".join(["dtype", *memory["sizes"]])
    lines = ["    if workspace is None:", *made]
    results = [interface.names.array(ADJOINT + q.name) for q in interface.program.wanted]
    if body.direct:
        own = ", ".join(["dtype", *(s.partition("=")[0] for s in sizes)])
        names = [name if name in body.direct else "_" for name in results]
        lines += unpacked(names, f"workspace.results({own})")
    if body.made:
        lines += unpacked(list(body.made), f"workspace.memory({passed})")
    before_ = before(interface, body, generic, dialect, also="\n".join(lines))
    return [*before_, *lines]


def arguments_unpacked(interface: Interface, code: Set[str]) -> list[str]:
    """The lines that check the arguments and unpack the arrays whose names stand in some code."""
    names = interface.names
    arrays = [names.array(q.name) for q in interface.given]
    sizes = [names.size(n) for n in interface.size_names]
    passed = [names.array(q.name) for q in interface.program.inputs]
    lines = call(
        "arrays, sizes = _arguments(",
        ["parameters", *passed, *(f"{s}={s}" for s in sizes)],
        ")",
        depth=1,
    )
    return lines + unpacked([a if a in code else "_" for a in arrays], "arrays")


def unpacked(names: list[str], whole: str) -> list[str]:
    """An assignment of several names at once, those at the end left out where nothing uses them."""
    kept = list(names)
    while kept and kept[-1] == "_":
        kept.pop()
    if not kept:
        return []
    names = kept if len(kept) == len(names) else [*kept, "*_"]
    if len(names) == 1:
        return [f"    ({names[0]},) = {whole}"]
    one = f"    {', '.join(names)} = {whole}"
    return [one] if len(one) <= 88 else call("(", names, f") = {whole}", depth=1)


def _returned(program: IndexedProgram, body: Body, names: CodeNames) -> list[str]:
    kind = (
        "Parameters"
        if tuple(q.name for q in program.wanted) == tuple(q.name for q in program.model.parameters)
        else "Gradients"
    )
    values = []
    for quantity in program.wanted:
        text = body.returned(ADJOINT + quantity.name)
        values.append(text)
    del names
    return call(f"gradients = {kind}(", values, ")", depth=1)


def _generic(program: IndexedProgram) -> list[str]:
    fields: list[str] = []
    for name in program.generic:
        fields += [name, f"d{name}"]
    if program.generic_loss is not None:
        fields.append(program.generic_loss.name)
        fields += sorted(_partials(program))
    return fields


def _stand_ins(program: IndexedProgram) -> list[str]:
    """Smooth functions without symmetry in place of the open ones, for the module's own check."""
    lines = []
    for n, name in enumerate(program.generic, start=1):
        lines.append(f"{name}=lambda z: np.sin(z + {n}) + z**2 / 4")
        lines.append(f"d{name}=lambda z: np.cos(z + {n}) + z / 2")
    whole = program.generic_loss
    if whole is None:
        return lines
    arguments = [name_of(a) for a in whole.arguments]
    letters = [f"a{n}" for n in range(len(arguments))]
    terms = [
        f"(np.sin(a{n} + {n}) + a{n}**2 / 4)" + ".sum(axis=-1)" * isinstance(argument, Indexed)
        for n, argument in enumerate(whole.arguments)
    ]
    lines.append(f"{whole.name}=lambda {', '.join(letters)}: {' + '.join(terms)}")
    for partial in sorted(_partials(program)):
        n = arguments.index(partial.removeprefix(f"d{whole.name}_d"))
        lines.append(f"{partial}=lambda {', '.join(letters)}: np.cos(a{n} + {n}) + a{n} / 2")
    return lines


def _partials(program: IndexedProgram) -> set[str]:
    return {
        f"d{node.of.name}_d{name_of(node.by)}"
        for s in program.backward
        for node in walk(s.value)
        if isinstance(node, Partial)
    }


_KINKED = {"abs", "relu", "leaky-relu", "elu", "selu", "hard-tanh", "positive", "clip", "huber"}


def _has_kinks(program: IndexedProgram) -> bool:
    from symback.algebra.expressions import Apply
    from symback.algebra.indexing import Extreme

    return any(
        (isinstance(node, Apply) and node.name in _KINKED) or isinstance(node, Extreme)
        for s in program.forward
        for node in walk(s.value)
    )
