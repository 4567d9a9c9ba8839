"""Target numba: the same loops as plain Python has, over arrays, compiled when first called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from symback.emission.forms.vectorised import VECTORISED, vectorised
from symback.emission.indexed.body import Body
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numpy import arguments_unpacked, common, unpacked
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.target import Target
from symback.emission.indexed.tensors import Dialect
from symback.emission.layout import call
from symback.emission.named import refuse_letters_of_model
from symback.emission.styles.helpers import with_needed
from symback.emission.targets.numba import compiled_form
from symback.model.equations import Quantity, Role
from symback.records import dataclass

__all__ = ["NumbaTarget", "functions_of", "kernel", "numba_context"]

_MATH = {"exp", "log", "sqrt", "sin", "cos", "tanh"}


class NumbaTarget(Target):
    """Loops over arrays, in the part of Python that numba compiles."""

    math = "math."
    has_library = True

    def entry(self, name: str, indices: Sequence[str]) -> str:
        """``W[j, k]``."""
        return f"{name}[{', '.join(indices)}]"

    def scalar(self, name: str, *, given: bool, result: bool) -> str:
        """A number; a gradient that is one is an array without axes."""
        return f"{name}[()]" if result else name

    def own(self, name: str) -> str:
        """One of our own functions, compiled."""
        return self.function(name) if name in _MATH else f"_{name}"

    @property
    def infinity(self) -> str:
        """A number above all others."""
        return "math.inf"

    def function(self, name: str) -> str:
        """The function of ``math``, or ours that loops can compute several at a time with."""
        return f"_{name}" if name in VECTORISED else f"math.{name}"


def numba_context(program: IndexedProgram, sizes: Mapping[str, int]) -> dict[str, Any]:
    """The values of every name in the template of a module for numba.

    Raises:
        InputError: for generic functions.
    """
    refuse_letters_of_model(program, "target numba", "target", "target numpy")
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
    returned = [names.array(key) for key in program.returned]
    memory = _Memory()
    for name, body, keep in (("_loss", forward, None), ("_gradients", everything, memory)):
        text, lines = kernel(name, interface, body, shapes, memory=keep, returned=loss_name)
        kernels.append(text)
        calls.append(lines)
    gradients = call(f"gradients = {values['gradients_type']}(", returned, ")", depth=1)
    functions = functions_of(used, kernels)
    return values | {
        "loss_body": "\n".join(calls[0]),
        "gradients_body": "\n".join([*calls[1], *gradients]),
        "loss_name": loss_name,
        "memory": memory,
        "helpers": [],
        "functions": functions,
        "uses_math": any("math." in text for text in (*functions, *kernels)),
        "kernels": kernels,
        "used": used,
    }


@dataclass
class _Memory:
    """The arrays between arguments and gradients, which a workspace keeps from call to call.

    Attributes:
        sizes: the names that their shapes mention.
        made: the code that makes each of them.
    """

    sizes: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


def functions_of(used: Iterable[str], kernels: Sequence[str]) -> list[str]:
    """The functions of one number that kernels call, and those that these call."""
    forms = [f for f in with_needed(used) if f.name not in _MATH and f.name not in VECTORISED]
    sources = [
        re.sub(r"math\.(exp|tanh)\(", r"_\1(", compiled_form(form, "function")) for form in forms
    ]
    return [*vectorised("\n".join([*sources, *kernels])), *sources]


def kernel(
    name: str,
    interface: Interface,
    body: LoopBody,
    shapes: Body,
    *,
    memory: _Memory | None = None,
    returned: str = "",
    vectors: Mapping[str, Quantity] | None = None,
    vector_lines: Sequence[str] = (),
) -> tuple[str, list[str]]:
    """A compiled function, and the lines that call it.

    Args:
        name: what it is called.
        interface: its arguments and sizes.
        body: its lines.
        shapes: how shapes are written.
        memory: where the arrays on the way are kept, if they are.
        returned: the name of the number that it returns; empty for none.
        vectors: further arrays by their names, each with the quantity whose shape it has.
        vector_lines: the lines that unpack these.
    """
    names, program = interface.names, interface.program
    code = set(re.findall(r"[A-Za-z_]\w*", "\n".join(body.lines)))
    every = {names.array(q.name): q for q in interface.given} | dict(vectors or {})
    given = {own: q for own, q in every.items() if own in code}
    kept = {
        names.array(k): shapes.shape([s[a] for a in body.storage.order.get(k, range(len(s)))])
        for k, s in body.storage.slots.items()
        if s or k in body.results  # a number on the way is a variable
    }
    whole = {names.array(k) for k, array in program.arrays.items() if array.is_integer}
    sizes = [names.size(n) for n in interface.size_names]
    head, passed, before = [], [], []
    results = {names.array(key) for key in program.returned}
    kept_here: list[str] = []
    for own, quantity in given.items():
        if quantity.ranges:
            head.append(f"{own}: Array")
            as_matrix = own in body.matrices.operands  # the library takes no strides
            passed.append(f"np.ascontiguousarray({own})" if as_matrix else own)
        else:
            kind = "int" if quantity.role is Role.INTEGER else "float"
            head.append(f"{own}: {kind}")
            passed.append(f"{kind}({own})")
    for own, shape in kept.items():
        if own not in code:
            continue
        kind = "np.int64" if own in whole else "dtype"
        if memory is None or own in results:
            before.append(f"    {own} = np.empty({shape}, {kind})")
        else:
            kept_here.append(own)
            memory.made.append(f"np.empty({shape}, {kind})")
        head.append(f"{own}: Array")
        passed.append(own)
    for size in sizes:
        if size in code:
            head.append(f"{size}: int")
            passed.append(size)
    kind = "float" if returned else "None"
    lines = ["@kernel", *call(f"def {name}(", head, f") -> {kind}:"), *body.lines]
    if returned:
        lines.append(f"    return {returned}")
    allocated = " ".join([*before, *(memory.made if memory else [])])
    mentioned = {*re.findall(r"[A-Za-z_]\w*", allocated), *" ".join(passed).split()}
    calls = arguments_unpacked(interface, given.keys())
    calls += vector_lines
    needed = [s for s in sizes if s in mentioned or s in code]
    if needed:
        calls += unpacked([s if s in needed else "_" for s in sizes], "sizes")
    if before or kept_here:
        calls.append("    dtype = arrays[0].dtype")
    calls += before
    if memory is not None and kept_here:
        memory.sizes = [s for s in sizes if re.search(rf"\b{s}\b", " ".join(memory.made))]
        given_sizes = ", ".join(["dtype", *memory.sizes])
        calls.append("    memory = _memory if workspace is None else workspace.memory")
        whole_call = f" = memory({given_sizes})"
        one = f"    {', '.join(kept_here)}{',' * (len(kept_here) == 1)}{whole_call}"
        calls += [one] if len(one) <= 88 else call("(", kept_here, f"){whole_call}", depth=1)
    calls += call(f"{returned} = {name}(" if returned else f"{name}(", passed, ")", depth=1)
    return "\n".join(lines), calls
