"""Target C: one file of C99 that needs nothing but ``libm`` and allocates nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import prod
from typing import Any

from symback.calculus.matrix.tree import Array
from symback.emission.named import refuse_letters
from symback.emission.program import Program, needed
from symback.emission.styles import context as common
from symback.emission.taken import C_KEYWORDS
from symback.emission.targets.c_functions import c_name, c_source, own_forms
from symback.emission.targets.c_names import check_prefix
from symback.emission.targets.c_single import SINGLE, in_single
from symback.emission.targets.loops import Loops, Place
from symback.emission.tree import LogSoftmax, Softmax, axes
from symback.errors import InputError, TooLargeError
from symback.model.equations import Role

__all__ = ["context", "loader_context"]


class CLoops(Loops):
    """Loops in C."""

    def _line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def open_loop(self, variable: str, bound: int | str) -> None:
        """``for (size_t k = 0; k < 10; k++) {``."""
        self._line(f"for (size_t {variable} = 0; {variable} < {bound}; {variable}++) {{")
        self.depth += 1

    def close_loop(self) -> None:
        """The closing brace."""
        self.depth -= 1
        self._line("}")

    def put(self, left: str, operator: str, right: str) -> None:
        """An assignment."""
        self._line(f"{left} {operator} {right};")

    def at(self, name: str, indices: list[str]) -> str:
        """``W1[j][k]``."""
        return name + "".join(f"[{index}]" for index in indices)

    def number(self, name: str, right: str) -> None:
        """A declaration with its value."""
        self._line(f"double {name} = {right};")

    def begin(self, place: Place) -> None:
        """The declaration of an array."""
        self._line(f"double {self.at(place.name, [str(size) for size in place.sizes])};")

    def size(self, text: str) -> str:
        """The number of samples as a floating-point number."""
        return "(double)batch" if text == "batch" else super().size(text)

    def function(self, name: str) -> str:
        """The name in ``math.h``, or our own."""
        return c_name(name)

    def _softmax(self, body: Any, target: Place | None) -> None:
        width, last = axes(body)[1], self.letters["k"]
        assert width is not None
        bound = self.program.size(width)
        self._prepare(body)
        self._count += 1
        mark = self._count
        sizes = self._sizes(body)
        p = target or Place(f"softmax{mark}", sizes)
        log = Place(f"log_softmax{mark}", sizes)
        if target is None:
            self.begin(p)
        wanted = LogSoftmax(body) in self.logarithms
        if wanted:
            self.begin(log)
        row = self._row_variable(axes(body)[0])
        if row is not None:
            self.open_loop(row, sizes[0])
        here = [row] if row is not None else []
        entry = self(body, row, last)
        self._line("size_t top = 0;")
        self.open_loop(last, bound)
        self._line(f"if ({entry} > {self(body, row, 'top')}) top = {last};")
        self.close_loop()
        self._line("double rest = 0.0; // the sum without its largest term, which is 1")
        self.open_loop(last, bound)
        self.put(self.at(p.name, [*here, last]), "=", f"exp({entry} - {self(body, row, 'top')})")
        self._line(f"if ({last} != top) rest += {self.at(p.name, [*here, last])};")
        self.close_loop()
        if wanted:
            self.number("log_rest", "log1p(rest)")
        self.open_loop(last, bound)
        self.put(self.at(p.name, [*here, last]), "/=", "1.0 + rest")
        if wanted:
            value = f"({entry} - {self(body, row, 'top')}) - log_rest"
            self.put(self.at(log.name, [*here, last]), "=", value)
        self.close_loop()
        if row is not None:
            self.close_loop()
        self._temporary[Softmax(body)] = p
        if wanted:
            self._temporary[LogSoftmax(body)] = log


_STACK = 1_000_000
"""More bytes than a function's arrays may take of the stack, which has eight million at most."""


def context(
    program: Program, *, single: bool = False, prefix: str = "", forward_only: bool = False
) -> dict[str, Any]:
    """The values of every name in the template of a C file.

    Args:
        program: what is emitted.
        single: whether numbers are ``float``; the check is compiled in double precision then.
        prefix: what every external name begins with.
        forward_only: whether the file has the forward pass alone.

    Raises:
        InputError: for open functions, and names that C has for itself.
        TooLargeError: where one sample's arrays are too large for the stack.
    """
    check_prefix(prefix)
    refuse_letters(program, "target c", "target", "target numpy")
    for quantity in program.model.quantities.values():
        if quantity.name in C_KEYWORDS:
            raise InputError(f"{quantity.name!r} is a keyword of C", hint="rename this quantity")
    output, loss = Array(program.output), Array(program.model.loss)
    before = program.forward + program.losses
    bodies = {
        "forward": CLoops(program, needed(before, [output])),
        "loss": CLoops(program, needed(before, [loss])),
        "gradients": CLoops(program, needed(program.statements, [loss, *program.gradients])),
    }
    for body in bodies.values():
        sizes = (prod(int(n) for n in p.sizes if n != "batch") for p in body.locals.values())
        if (total := 8 * sum(sizes)) > _STACK:
            raise TooLargeError(
                f"the arrays of one sample would take {total:,} bytes of the stack",
                where="target",
                hint="take target numpy or numba",
            )
    if forward_only:
        del bodies["loss"], bodies["gradients"]
    values = common.context(program, differences=True)
    used = dict.fromkeys(name for body in bodies.values() for name in body.used)
    forward_inputs = values["forward_inputs"].split(", ")
    for name, body in bodies.items():
        lines = list(body.lines)
        if name == "forward":
            lines = _stored(program, body)
        values[f"{name}_body"] = "\n".join(
            [*_aliases(program, lines), *_unused(program, name, forward_inputs, lines), *lines]
        )
    code = "\n".join(values[f"{name}_body"] for name in bodies)
    texts = {
        "real": "real" if single else "double",
        "constants": [c for c in values["constants"] if re.search(rf"\b{c.split()[0]}\b", code)],
        "prefix": prefix,
        "forward_only": forward_only,
        "single": single,
        "single_functions": [n for n in SINGLE if re.search(rf"\b{n}\(", code + _sources(used))],
    }
    values |= _everything(program, output, forward_inputs, used) | texts
    return in_single(values) if single else values


def _sources(used: Iterable[str]) -> str:
    return "\n".join(c_source(form.name, form.scalar) for form in own_forms(used))


def _unused(program: Program, name: str, forward_inputs: list[str], lines: list[str]) -> list[str]:
    """A mention of the inputs that a function has and does not read, for strict compilers."""
    code = "\n".join(line.partition("//")[0] for line in lines)
    given = [q.name for q in program.inputs if name != "forward" or q.name in forward_inputs]
    return [f"    (void){n};" for n in given if not re.search(rf"\b{n}\b", code)]


def _everything(
    program: Program, output: Array, forward_inputs: list[str], used: Iterable[str]
) -> dict[str, Any]:
    return {
        "fields": [f"double {_dimensions(q.name, q.shape)};" for q in program.parameters],
        "inputs_typed": ", ".join(_argument(q, program) for q in program.inputs),
        "forward_typed": ", ".join(
            _argument(q, program) for q in program.inputs if q.name in forward_inputs
        ),
        "batch_typed": "size_t batch, " if program.samples is not None else "",
        "batch_passed": "batch, " if program.samples is not None else "",
        "example_batch": "5, " if program.samples is not None else "",
        "inputs_const": ", ".join(_passed(q, program) for q in program.inputs),
        "output_type": _output(program, output),
        "task_fields": [_field(q, program) for q in program.inputs],
        "task_passed": ", ".join(f"task->{q.name}" for q in program.inputs),
        "task_batch": "task->batch, " if program.samples is not None else "",
        "sizes": ", ".join(str(prod(q.shape)) for q in program.parameters),
        "draws": [_draw(q, program) for q in program.parameters],
        "examples": [_example(q, program) for q in program.inputs],
        "helpers": [c_source(form.name, form.scalar) for form in own_forms(used)],
    }


def loader_context(program: Program, source: str) -> dict[str, Any]:
    """The values of every name in the template of the Python module that loads a C file."""
    values = common.context(program, differences=True)
    batched = program.samples is not None
    inputs = values["input_names"]
    forward_inputs = values["forward_inputs"].split(", ")
    first = inputs[0]
    shapes = {q.name: _shape(program, Array(q)) for q in program.inputs}
    given = [f"    {first}_batch = len({first})"] if batched else []
    kept = [
        f'_given("{name}", {name}, {shapes[name].replace("batch", f"{first}_batch")})'
        for name in forward_inputs
    ]
    return values | {
        "source": source,
        "typed": ", ".join(f"{name}: Array" for name in inputs),
        "forward_typed": ", ".join(f"{name}: Array" for name in forward_inputs),
        "input_shapes": [{"name": name, "shape": shape} for name, shape in shapes.items()],
        "batch_parameter": "batch: int, " if batched else "",
        "batch_value": "batch" if batched else "1",
        "batch_of_first": f"len({first})" if batched else "",
        "forward_given": "\n".join(
            [*given, f"    given_inputs = ({', '.join(kept)}{',' * (len(kept) == 1)})"]
        ),
        "forward_batch": f"ctypes.c_size_t({first}_batch), " if batched else "",
        "check_batch": f"ctypes.c_size_t(len({first})), " if batched else "",
        "output_shape": _shape(program, Array(program.output)).replace("batch", f"{first}_batch"),
        "workspace_inputs": ", ".join(f"workspace.{name}" for name in inputs),
    }


def _shape(program: Program, array: Array) -> str:
    sizes = program.shape(array)
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"


def _stored(program: Program, body: CLoops) -> list[str]:
    """The forward pass leaves its output with the caller, sample by sample."""
    output, lines = Array(program.output), body.lines
    name = body.of(output)
    width, row = program.shape(output)[-1], body.letters["s"]
    if program.samples is None:
        return [*lines, f"    memcpy(result, {name}, sizeof {name});"]
    return [
        *lines[:-1],
        f"        memcpy(result[{row}], {name}, {width} * sizeof result[{row}][0]);",
        lines[-1],
    ]


def _aliases(program: Program, lines: list[str]) -> list[str]:
    """Short names for the arrays of the structures that are passed in."""
    text = "\n".join(line.partition("//")[0] for line in lines)
    found = []
    for array, of, kind in (
        *((Array(q), "parameters", "const double ") for q in program.parameters),
        *((a, "gradients", "double ") for a in program.gradients),
    ):
        name = program.names[array]
        if not re.search(rf"\b{name}\b", text):
            continue
        shape = array.quantity.shape
        pointer = f"(*{name}){''.join(f'[{n}]' for n in shape[1:])}" if len(shape) > 1 else None
        found.append(f"    {kind}{pointer or '*' + name} = {of}->{array.quantity.name};")
    return found


def _dimensions(name: str, sizes: Iterable[object]) -> str:
    return name + "".join(f"[{size}]" for size in sizes)


def _argument(quantity: Any, program: Program) -> str:
    sizes = program.shape(Array(quantity))
    if sizes[0] == "batch":
        return f"const double (*{quantity.name}){''.join(f'[{n}]' for n in sizes[1:])}"
    return f"const double {_dimensions(quantity.name, sizes)}"


def _field(quantity: Any, program: Program) -> str:
    """An input in the structure of a task: a pointer."""
    sizes = program.shape(Array(quantity))
    if len(sizes) == 1:
        return f"const double *{quantity.name};"
    return f"const double (*{quantity.name}){''.join(f'[{n}]' for n in sizes[1:])};"


def _passed(quantity: Any, program: Program) -> str:
    """An input of the example: C wants to be told that its rows are not changed."""
    sizes = program.shape(Array(quantity))
    if len(sizes) < 2:
        return str(quantity.name)
    return f"(const double (*){''.join(f'[{n}]' for n in sizes[1:])}){quantity.name}"


def _output(program: Program, output: Array) -> str:
    sizes = program.shape(output)
    if sizes[0] == "batch":
        return f"double (*result){''.join(f'[{n}]' for n in sizes[1:])}"
    return f"double {_dimensions('result', sizes)}"


def _draw(quantity: Any, program: Program) -> str:
    shape = quantity.shape
    total = 1
    for size in shape:
        total *= size
    if len(shape) == 1:
        value = "0.0"
    elif common.is_he(quantity, program):
        value = f"{(2 / shape[0]) ** 0.5!r} * normal_draw(&state)"
    else:
        value = f"{(6 / sum(shape)) ** 0.5!r} * (2.0 * draw(&state) - 1.0)"
    entry = f"(&parameters->{quantity.name}{'[0]' * len(shape)})[i]"
    return f"for (size_t i = 0; i < {total}; i++) {entry} = {value};"


def _example(quantity: Any, program: Program) -> dict[str, str]:
    loss = program.network.loss if program.network is not None else ""
    sizes = [5 if size == "batch" else size for size in program.shape(Array(quantity))]
    value = "normal_draw(&state)"
    if quantity.role is Role.TARGET and common.has_positive_targets(loss):
        value = "draw(&state)"
    elif quantity.role is Role.TARGET and loss == "hinge":
        value = "draw(&state) < 0.5 ? -1.0 : 1.0"
    total = 1
    for size in sizes:
        total *= int(size)
    entry = f"(&{quantity.name}{'[0]' * len(sizes)})[i]"
    return {
        "declaration": f"static double {_dimensions(quantity.name, sizes)};",
        "fill": f"for (size_t i = 0; i < {total}; i++) {entry} = {value};",
    }
