"""Target C: one file of C99 for fixed sizes, which needs ``libm`` and the caller's workspace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from sympy import Expr, Integer

from symback.emission.indexed.interface import Interface
from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numpy import common
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.target import Target
from symback.emission.named import refuse_letters_of_model
from symback.emission.targets.c_functions import c_name, c_source, own_forms
from symback.errors import InputError, TooLargeError
from symback.model.equations import Quantity, Role, size_symbol

__all__ = ["CTarget", "Layout", "c_context", "helpers_of", "loader_context"]


class CTarget(Target):
    """Loops in C."""

    is_c = True

    def loop(self, name: str, first: str, end: str, *, backward: bool) -> str:
        """``for (long k = 0; k < K; k++) {``."""
        if backward:
            return f"for (long {name} = {end} - 1; {name} >= {first}; {name}--) {{"
        return f"for (long {name} = {first}; {name} < {end}; {name}++) {{"

    def when(self, condition: str) -> str:
        """``if (…) {``."""
        return f"if ({condition}) {{"

    def both(self, conditions: Sequence[str]) -> str:
        """``… && …``."""
        return " && ".join(conditions)

    def close(self) -> str:
        """The closing brace."""
        return "}"

    def put(self, left: str, operator: str, right: str) -> str:
        """An assignment."""
        return f"{left} {operator} {right};"

    def new(self, name: str, right: str) -> str:
        """A declaration with its value."""
        return f"double {name} = {right};"

    def new_integer(self, name: str, right: str) -> str:
        """A declaration with its value."""
        return f"long {name} = {right};"

    def scalar(self, name: str, *, given: bool, result: bool) -> str:
        """A number; a gradient that is one is left where the caller wants it."""
        return f"*{name}" if result else name

    def chosen(self, condition: str, value: str, other: str) -> str:
        """``… ? … : …``."""
        return f"{condition} ? {value} : {other}"

    def power(self, base: str, exponent: str) -> str:
        """A call of ``pow``."""
        return f"pow({base}, {exponent})"

    def function(self, name: str) -> str:
        """The name in ``math.h``."""
        return c_name(name)

    def own(self, name: str) -> str:
        """The name in ``math.h``, or our own."""
        return c_name(name)

    def real(self, text: str) -> str:
        """A whole number as a real one."""
        return f"(double)({text})"

    @property
    def infinity(self) -> str:
        """A number above all others."""
        return "HUGE_VAL"

    def comment(self, text: str) -> str:
        """A comment on a line of its own."""
        return f"/* {text} */"


_MOST_BYTES = 2**31 - 1
"""More than all that a program of C declares may take, where addresses have 32 bits."""


def c_context(program: IndexedProgram, sizes: Mapping[str, int]) -> dict[str, Any]:
    """The values of every name in the template of a C file.

    Raises:
        InputError: for generic functions, and for a size without a number.
        TooLargeError: where the arrays are too large to be declared.
    """
    refuse_letters_of_model(program, "target c", "target", "target numpy")
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    missing = [name for name in interface.size_names if name not in sizes]
    if missing:
        raise InputError(
            f"target c needs a number for {', '.join(missing)}",
            where="sizes",
            hint=f"say --sizes {','.join(f'{name}={n + 2}' for n, name in enumerate(missing))}",
        )
    interface.check_sizes()
    target = CTarget()
    forward = LoopBody(program, schedule(program.losses), names, target)
    everything = LoopBody(program, schedule(program.statements), names, target)
    used = dict.fromkeys([*forward.used, *everything.used])
    values = common(program, interface, [])
    numbers = {size_symbol(name): Integer(number) for name, number in sizes.items()}
    lay = Layout(interface, numbers)
    kept = lay.kept(everything)
    lay.check_size(program, everything)
    fields = [names.array(q.name) for q in program.wanted]
    places = {k: f"gradients->{f}" for k, f in zip(program.returned, fields, strict=True)}
    code = [*forward.lines, *everything.lines]
    return values | {
        "loss_body": "\n".join([*lay.aliases(forward, kept, {}), *forward.lines]),
        "gradients_body": "\n".join([*lay.aliases(everything, kept, places), *everything.lines]),
        "loss_name": names.array(program.model.loss.name),
        "size_values": [(names.size(n), sizes[n]) for n in interface.size_names],
        "parameter_fields": [lay.field(q) for q in program.model.parameters],
        "gradient_fields": [lay.field(q) for q in program.wanted],
        "workspace_fields": lay.fields(kept),
        "arguments": [lay.argument(q) for q in program.inputs],
        "passed": [names.array(q.name) for q in program.inputs],
        "examples": [lay.example(q) for q in program.inputs],
        "checked": [
            lay.checked(q)
            for q in program.wanted
            if q in program.model.given and q.name not in program.held
        ],
        "draws": [lay.draw(q) for q in program.model.parameters],
        "positive_parameters": any(q.is_positive for q in program.model.parameters),
        "real": "double",
        "single": False,
        "helpers": helpers_of(used, code),
        "used": used,
        "code": code,
    }


def helpers_of(used: Iterable[str], lines: Sequence[str]) -> list[str]:
    """The functions that lines of code call.

    Args:
        used: names of our own functions of a number.
        lines: the code.
    """
    own = own_forms(dict.fromkeys(used))
    return [*_whole_numbers(lines), *(c_source(form.name, form.scalar) for form in own)]


def loader_context(
    program: IndexedProgram, sizes: Mapping[str, int], source: str
) -> dict[str, Any]:
    """The values of every name in the template of the Python module that loads a C file."""
    values = c_context(program, sizes)
    interface = Interface(program, CodeNames(program), sizes)
    lay = Layout(interface, {size_symbol(n): Integer(v) for n, v in sizes.items()})
    return values | {
        "source": source,
        "parameter_shapes": tuple(tuple(lay.shape(q)) for q in program.model.parameters),
        "gradient_shapes": tuple(tuple(lay.shape(q)) for q in program.wanted),
        "input_shapes": [
            {
                "name": interface.names.array(q.name),
                "shape": tuple(lay.shape(q)),
                "integer": q.role is Role.INTEGER,
            }
            for q in program.inputs
        ],
    }


class Layout:
    """How quantities of fixed sizes are declared and passed."""

    def __init__(self, interface: Interface, numbers: Mapping[Expr, Expr]) -> None:
        self.interface = interface
        self.names = interface.names
        self.numbers = numbers

    def shape(self, quantity: Quantity) -> list[int]:
        """The size of each axis."""
        return [int((r.upper - r.first + 1).xreplace(self.numbers)) for r in quantity.ranges]

    def shape_of_slots(self, slots: Any) -> str:
        """Axes as they are declared."""
        return "".join(f"[{int((b - a + 1).xreplace(self.numbers))}]" for a, b in slots)

    def kind(self, key: str) -> str:
        """The type of what is computed."""
        return "long" if self.interface.program.arrays[key].is_integer else "double"

    def dimensions(self, quantity: Quantity) -> str:
        """``[2][3]``."""
        return "".join(f"[{n}]" for n in self.shape(quantity))

    def field(self, quantity: Quantity) -> str:
        """The declaration of a field."""
        return f"double {self.names.array(quantity.name)}{self.dimensions(quantity)};"

    def pointer(self, kind: str, name: str, shape: Sequence[int]) -> str:
        """A declaration that an array can be passed as."""
        if not shape:
            return f"{kind} {name}"
        if len(shape) == 1:
            return f"{kind} *restrict {name}"
        return f"{kind} (*restrict {name})" + "".join(f"[{n}]" for n in shape[1:])

    def argument(self, quantity: Quantity) -> str:
        """A parameter of a function."""
        kind = "int" if quantity.role is Role.INTEGER else "double"
        name = self.names.array(quantity.name)
        return self.pointer(f"const {kind}", name, self.shape(quantity))

    def kept(self, body: LoopBody) -> dict[str, str]:
        """The arrays that a function keeps in its workspace, each with its axes."""
        return {
            key: self.shape_of_slots(slots)
            for key, slots in body.storage.slots.items()
            if slots and key not in body.results
        }

    def check_size(self, program: IndexedProgram, body: LoopBody) -> None:
        """Refuses arrays that no program can declare.

        Raises:
            TooLargeError: with how much they would take.
        """
        declared = [*program.model.parameters, *program.wanted, *program.inputs]
        shapes = [self.shape(quantity) for quantity in declared]
        for slots in body.storage.slots.values():
            shapes.append([int((b - a + 1).xreplace(self.numbers)) for a, b in slots])
        if (total := 8 * sum(map(prod, shapes))) > _MOST_BYTES:
            raise TooLargeError(
                f"the arrays would take {total:,} bytes",
                where="sizes",
                hint="choose smaller ones, or take target numpy, which leaves them open",
            )

    def fields(self, kept: Mapping[str, str]) -> list[str]:
        """The fields of a workspace."""
        return [f"{self.kind(key)} {self.names.array(key)}{dims};" for key, dims in kept.items()]

    def aliases(
        self,
        body: LoopBody,
        kept: Mapping[str, str],
        results: Mapping[str, str],
        vectors: Mapping[str, tuple[str, Quantity]] | None = None,
    ) -> list[str]:
        """Short names for what is reached through a pointer.

        Args:
            body: the lines that use them.
            kept: the arrays of the workspace.
            results: where each result is left, by its key.
            vectors: further arrays by their names: where they are, and whose shape they have.
        """
        program = self.interface.program
        code = set(re.findall(r"[A-Za-z_]\w*", "\n".join(body.lines)))
        lines = []
        for quantity in program.model.parameters:
            name = self.names.array(quantity.name)
            if name in code:
                left = self.pointer("const double", name, self.shape(quantity))
                lines.append(f"    {left} = parameters->{name};")
        for key, dims in kept.items():
            name = self.names.array(key)
            if name in code:
                shape = [int(n) for n in re.findall(r"\d+", dims)]
                pointer = self.pointer(self.kind(key), name, shape)
                lines.append(f"    {pointer} = workspace->{name};")
        for name, (place, quantity) in (vectors or {}).items():
            if name in code:
                left = self.pointer("const double", name, self.shape(quantity))
                lines.append(f"    {left} = {place};")
        for key, place in results.items():
            name = self.names.array(key)
            if name not in code:
                continue
            shape = self.shape(program.arrays[key].quantity)
            if shape:
                lines.append(f"    {self.pointer('double', name, shape)} = {place};")
            else:
                lines.append(f"    double *{name} = &{place};")
        used = [q for q in program.inputs if self.names.array(q.name) not in code]
        lines += [f"    (void){self.names.array(q.name)};" for q in used]
        if "workspace" not in " ".join(lines):
            lines.append("    (void)workspace;")
        if "parameters" not in " ".join(lines):
            lines.append("    (void)parameters;")
        if vectors is not None and "vector" not in " ".join(lines):
            lines.append("    (void)vector;")
        return lines

    def sampled(self, quantity: Quantity) -> str:
        """The name of random data for an input, which no function and no header has."""
        return f"{self.names.array(quantity.name).rstrip('_')}_given"

    def example(self, quantity: Quantity) -> dict[str, Any]:
        """Random data for the file's own check."""
        name, shape = self.sampled(quantity), self.shape(quantity)
        integer = quantity.role is Role.INTEGER
        count = 1
        for n in shape:
            count *= n
        first = f"&{name}{'[0]' * len(shape)}"
        kind = "int" if integer else "double"
        low = "0.1" if quantity.is_positive or quantity.role is Role.TARGET else "low"
        draw = (
            f"(int)({int(quantity.counts.xreplace(self.numbers))}.0 * draw(&state))"
            if integer and quantity.counts is not None
            else f"{low} + (1.0 - {low}) * draw(&state)"
        )
        cast = f"(const {kind} (*){''.join(f'[{n}]' for n in shape[1:])})" if len(shape) > 1 else ""
        return {
            "declaration": f"static {kind} {name}{self.dimensions(quantity)};",
            "fill": f"for (long i = 0; i < {count}; i++) ({first})[i] = {draw};",
            "passed": f"{cast}{name}",
        }

    def checked(self, quantity: Quantity) -> str:
        """One array whose gradient the file's own check tries: where, its gradient, how many."""
        return self._beside(quantity, "gradients")

    def moved(self, quantity: Quantity) -> str:
        """One array that the check of a product moves: where, its vector, how many."""
        return self._beside(quantity, "vector")

    def _beside(self, quantity: Quantity, of: str) -> str:
        name, shape = self.names.array(quantity.name), self.shape(quantity)
        is_parameter = quantity in self.interface.model.parameters
        at = f"parameters.{name}" if is_parameter else self.sampled(quantity)
        zeros = "[0]" * len(shape)
        return f"{{&{at}{zeros}, &{of}.{name}{zeros}, {prod(shape)}}}"

    def draw(self, quantity: Quantity) -> str:
        """How a parameter is drawn."""
        name, shape = self.names.array(quantity.name), self.shape(quantity)
        count = 1
        for n in shape:
            count *= n
        first = f"&parameters->{name}{'[0]' * len(shape)}"
        if quantity.name in self.interface.biases:
            value = "0.0"
        elif quantity.is_positive:
            value = "0.5 + draw(&state)"
        elif len(shape) == 2:
            value = f"{(6 / sum(shape)) ** 0.5!r} * (2.0 * draw(&state) - 1.0)"
        elif len(shape) > 2:
            value = f"{(shape[0] / count) ** 0.5!r} * normal_draw(&state)"
        else:
            value = "normal_draw(&state)"
        return f"for (long i = 0; i < {count}; i++) ({first})[i] = {value};"


def _whole_numbers(lines: Sequence[str]) -> list[str]:
    """Helpers for whole numbers, where they are called."""
    code = "\n".join(lines)
    table = {
        "largest": "static long largest(long a, long b) { return a > b ? a : b; }",
        "smallest": "static long smallest(long a, long b) { return a < b ? a : b; }",
        "floor_of": (
            "static long floor_of(long a, long b) {\n"
            "    return a >= 0 ? a / b : -((b - 1 - a) / b);\n}"
        ),
        "ceiling_of": (
            "static long ceiling_of(long a, long b) {\n"
            "    return a >= 0 ? (a + b - 1) / b : -(-a / b);\n}"
        ),
    }
    return [text for name, text in table.items() if re.search(rf"\b{name}\(", code)]
