"""What the templates of emitted modules are filled with: lines of code, laid out.

Nothing here depends on the style; the module of each style and target adds what does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from symback.calculus.matrix.tree import Array
from symback.emission.code_names import check_generic
from symback.emission.forms.functions import FORMS
from symback.emission.layout import WIDTH, call, rows
from symback.emission.printer import Dialect
from symback.emission.program import Program, needed
from symback.emission.styles.helpers import helper_sources, with_needed
from symback.emission.styles.readable import Body, arguments, returned, unpacked
from symback.emission.styles.words import explanation, loss_meaning, title
from symback.emission.tree import arrays
from symback.model.equations import Quantity, Role
from symback.version import __version__

__all__ = [
    "context",
    "counted",
    "has_positive_targets",
    "is_he",
    "names_called",
]

_HE = {"relu", "leaky-relu", "elu", "selu", "softplus", "silu", "gelu", "gelu-tanh", "mish"}
"""Activations before which He's initialization is the usual one; Glorot's for all others."""

_KINKED = {"abs", "relu", "leaky-relu", "elu", "selu", "hard-tanh", "positive", "clip", "huber"}

_ARGUMENTS_OWN = set("arrays inputs len map zip name array fit rows expected want found".split())
"""Names that the function which looks at the arguments has for itself."""


def context(
    program: Program,
    dialect: Dialect | None = None,
    *,
    differences: bool = False,
    one_sample: bool = False,
) -> dict[str, Any]:
    """The values of every name that the templates have in common.

    Args:
        program: what is emitted.
        dialect: the array library.
        differences: whether the module checks itself by central differences only.
        one_sample: whether it takes one sample at a time.
    """
    language = dialect.prefix if dialect is not None else "np"
    names = program.names
    inputs = [q.name for q in program.inputs]
    forward_inputs = [q.name for q in _forward_inputs(program)]
    generic = _generic(program)
    output, loss = Array(program.output), Array(program.model.loss)
    before = program.forward + program.losses
    forward = Body(program, needed(before, [output]), dialect)
    losses = Body(program, needed(before, [loss]), dialect)
    gradients = Body(program, needed(program.statements, [loss, *program.gradients]), dialect)
    loss_name = names[Array(program.model.loss)]
    used = dict.fromkeys([*forward.used, *losses.used, *gradients.used])
    functions = ["functions: Functions | Mapping[str, Function]"] if generic else []
    passed = ", functions=functions" if generic else ""
    return {
        "title": title(program),
        "explanation": explanation(program, _is_complex(program) and not differences, one_sample),
        "batched": program.samples is not None,
        "generic": generic,
        "constants": [f"{names[Array(q)]} = {q.value!r}" for q in program.constants],
        "parameters": [{"name": q.name, "shape": str(q.shape)} for q in program.parameters],
        "shapes": "\n".join(_shapes(program)),
        "shapes_checked": "\n".join(_shapes(program, arrays_checked=True)),
        "inputs": ", ".join(inputs),
        "count": len(program.parameters),
        "input_names": inputs,
        "forward_inputs": ", ".join(forward_inputs),
        "forward_body": "\n".join(_lines(program, forward, forward_inputs, generic)),
        "forward_signature": _signature("forward", forward_inputs, functions, "Array"),
        "loss_signature": _signature("loss", inputs, functions, "float"),
        "check_signature": _signature("check", inputs, functions, "float"),
        "loss_body": "\n".join(_lines(program, losses, inputs, generic)),
        "arguments_unpacked": "\n".join(unpacked(program, inputs, "given")),
        "gradients_body": "\n".join(
            [*_lines(program, gradients, inputs, generic), *returned(program)]
        ),
        "loss_name": loss_name,
        "loss_meaning": loss_meaning(program),
        "pass_functions": passed,
        "functions_lines": _functions_lines(generic, gradients.text),
        "output": names[Array(program.output)],
        "initialization": _initialization(program),
        "initial": [line for q in program.parameters for line in _initial(q, program)],
        "initial_tuple": "\n".join(
            call("drawn = (", [q.name for q in program.parameters], _end(program), depth=1)
        ),
        "fits": "\n".join(_fits(program)),
        "expected": "\n".join(_expected(program)),
        "workspace_expected": "\n".join(_workspace_expected(program)),
        "wanted": _wanted(program),
        "helpers": helper_sources(used, language),
        "complex": _is_complex(program),
        "kinks": _has_kinks(program),
        "method": "a derivative by complex steps"
        if _is_complex(program)
        else "central differences of the loss",
        "tolerance": _tolerance(program, differences or one_sample),
        "example": _example(program, generic),
        "version": __version__,
    }


def _forward_inputs(program: Program) -> list[Quantity]:
    mentioned = {array.quantity for s in program.forward for array in arrays(s.value)}
    return [q for q in program.inputs if q in mentioned or q.role is Role.INPUT]


def _generic(program: Program) -> list[dict[str, str]]:
    """The fields of ``Functions``: each function with its derivative, the loss last."""
    fields = []
    for name in program.generic:
        check_generic(name)
        fields += [name, f"d{name}"]
    if program.has_generic_loss:
        fields += ["loss", "dloss"]
    comments = {
        "loss": "  # of y and yhat: one number for each sample",
        "dloss": "  # its derivative with respect to yhat",
    }
    return [{"name": name, "comment": comments.get(name, "")} for name in fields]


def _lines(
    program: Program, body: Body, inputs: Sequence[str], generic: list[dict[str, str]]
) -> list[str]:
    """A body with what it needs from its arguments before it."""
    code = re.sub(r"#.*", "", body.text)
    return [
        *arguments(program, inputs),
        *(_functions_lines(generic, code) if generic else []),
        *counted(program, code),
        *body.lines,
    ]


def counted(program: Program, code: str) -> list[str]:
    """The number of samples by its name, if the code mentions it."""
    mentioned = re.search(r"\bbatch\b", code)
    return [f"    batch = len({program.inputs[0].name})"] if mentioned else []


def _functions_lines(generic: list[dict[str, str]], code: str) -> list[str]:
    """The open functions that the code calls, by their names."""
    present = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", code))
    names = [f["name"] for f in generic]
    inner = [name for name in names if name not in ("loss", "dloss") and name in present]
    lines = ["    functions = _functions(functions)"]
    if inner == names and len(inner) > 1:
        line = f"    {', '.join(inner)} = functions"
        if len(line) <= WIDTH:
            return [*lines, line]

    def row(first: int, last: int) -> str:
        some = inner[first:last]
        return f"    {', '.join(some)} = {', '.join(f'functions.{name}' for name in some)}"

    return [*lines, *rows(len(inner), row)]


def _signature(name: str, inputs: Sequence[str], more: Sequence[str], result: str) -> str:
    items = ["parameters: Parameters", *(f"{given}: Array" for given in inputs)]
    if more:
        items += ["*", *more]
    return "\n".join(call(f"def {name}(", items, f") -> {result}:"))


def _shapes(program: Program, *, arrays_checked: bool = False) -> list[str]:
    shapes = [str(q.shape) for q in program.parameters]
    names = ", ".join(f'"{q.name}"' for q in program.inputs)
    # Complex numbers only where the code is analytic: a complex step through |z| would be wrong.
    open_functions = program.generic or program.has_generic_loss
    kinds = "dfDF" if _is_complex(program) or open_functions else "df"
    return [
        *call("SHAPES = (", shapes, "," * (len(shapes) == 1) + ")"),
        f"NAMES = (*Parameters._fields, {names})",
        *([f'DTYPES = tuple(map(np.dtype, "{kinds}"))'] if arrays_checked else []),
    ]


def _end(program: Program) -> str:
    """The end of a tuple of parameters: one of a single item has a comma."""
    return ",)" if len(program.parameters) == 1 else ")"


def _fits(program: Program) -> list[str]:
    """Returns the arguments if they are as expected, which is told array by array: fastest so.

    The forward pass comes without what the loss alone takes.
    """
    first = _forward_inputs(program)
    later = [q for q in program.inputs if q not in first]
    every = [*program.parameters, *first, *later]
    is_plain = [*first, *later] == list(program.inputs) and len(later) < 2
    if not is_plain or _ARGUMENTS_OWN & {q.name for q in every}:
        return ["    dtype = arrays[0].dtype"]
    known = len(program.parameters) + len(first)
    counted = program.samples is not None
    tests = [*["batch"] * counted, "dtype in DTYPES"]

    def kinds(start: int, end: int) -> str:
        return " is ".join(["dtype", *(f"{q.name}.dtype" for q in every[1:][start:end])])

    tests += [line.strip() for line in rows(len(every) - 1, lambda i, j: f"{'':12}{kinds(i, j)}")]
    for quantity in every:
        test = f"{quantity.name}.shape == {_shape(quantity, program)}"
        tests.append(f"(len(arrays) == {known} or {test})" if quantity in later else test)
    names = [q.name for q in first]
    unpack = unpacked(program, names, f"arrays[:{known}]" if later else "arrays")
    return [
        *(unpack if len(unpack) == 1 else unpacked(program, names)),
        *(f"    {q.name} = arrays[-1]" for q in later),
        f"    dtype = {every[0].name}.dtype",
        *([f"    batch = len({first[0].name}) if {first[0].name}.ndim else 0"] * counted),
        "    if (",
        f"        {tests[0]}",
        *(f"        and {test}" for test in tests[1:]),
        "    ):",
        "        return arrays",
    ]


def _expected(program: Program) -> list[str]:
    """The shapes that the arguments must have; ``rows`` has the number of samples, if any."""
    shapes = [_shape(q, program).replace("batch", "*rows") for q in program.inputs]
    return call("expected = [", ["*SHAPES", *shapes], "]", depth=1)


def _workspace_expected(program: Program) -> list[str]:
    """The kinds and shapes that a workspace was made for."""
    shapes = [_shape(q, program) for q in program.inputs]
    return [
        *call("shapes = (", ["*SHAPES", *shapes], ")", depth=2),
        "        self.expected = [(*kind, shape) for shape in shapes]",
    ]


def _wanted(program: Program) -> str:
    """What a complaint says of a shape: the samples are counted from the first input."""
    first = program.inputs[0]
    if program.samples is None:
        return "fit"
    return f'"{_shape(first, program)}" if name == "{first.name}" else fit'


def _shape(quantity: Quantity, program: Program) -> str:
    sizes = [str(program.size(r)) for r in quantity.ranges]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def _initial(quantity: Quantity, program: Program) -> list[str]:
    name, shape = quantity.name, quantity.shape
    if len(shape) != 2:
        return [f"{name} = np.zeros({shape[0] if len(shape) == 1 else shape})"]
    if is_he(quantity, program):
        return [f"{name} = rng.normal(size={shape}) * (2 / {shape[0]}) ** 0.5"]
    return [f"{name} = rng.uniform(-1, 1, {shape}) * (6 / {sum(shape)}) ** 0.5"]


def is_he(quantity: Quantity, program: Program) -> bool:
    """Whether He's initialization is the usual one for these weights."""
    return _function_after(quantity, program) in _HE


def _function_after(quantity: Quantity, program: Program) -> str:
    network = program.network
    return network.activations[quantity.layer - 1] if network is not None else ""


def _initialization(program: Program) -> str:
    kinds = {_function_after(q, program) in _HE for q in program.parameters if len(q.shape) == 2}
    how = {
        frozenset({True}): "He's normal distribution",
        frozenset({False}): "Glorot's uniform distribution",
    }.get(frozenset(kinds), "He's and Glorot's distributions")
    return f"Random weights by {how}, and biases 0"


def _example(program: Program, generic: list[dict[str, str]]) -> list[str]:
    """Data for the module's own check: targets as the loss wants them, but not normalised."""
    loss = program.network.loss if program.network is not None else ""
    lines = []
    for quantity in program.inputs:
        shape = tuple(5 if r.is_rows else r.size for r in quantity.ranges)
        if quantity.role is Role.TARGET and has_positive_targets(loss):
            lines.append(f"{quantity.name} = rng.uniform(size={shape})")
        elif quantity.role is Role.TARGET and loss == "hinge":
            lines.append(f"{quantity.name} = np.sign(rng.normal(size={shape}))")
        else:
            lines.append(f"{quantity.name} = rng.normal(size={shape})")
    if generic:
        lines += _stand_ins(program)
    return lines


def has_positive_targets(loss: str) -> bool:
    """Whether a loss asks for targets between 0 and 1, as one does that takes a logarithm."""
    return "cross-entropy" in loss or "log(" in loss or "sqrt(" in loss


def _stand_ins(program: Program) -> list[str]:
    """Smooth functions without symmetry in place of the generic ones."""
    network = program.network
    lines = []
    for position, name in enumerate(program.generic, start=1):
        last = network is not None and network.assumptions and network.activations[-1] == name
        if last:  # the loss takes its logarithm: values between 0 and 1
            value, slope = "np.exp(-np.exp(-z))", "np.exp(-(z + np.exp(-z)))"
        else:
            value, slope = f"np.sin(z + {position}) + z**2 / 4", f"np.cos(z + {position}) + z / 2"
        lines += [f"{name}=lambda z: {value},", f"d{name}=lambda z: {slope},"]
    if program.has_generic_loss:
        lines += [
            "loss=lambda y, yhat: ((yhat - y) ** 2 + np.sin(y * yhat)).sum(axis=-1),",
            "dloss=lambda y, yhat: 2 * (yhat - y) + y * np.cos(y * yhat),",
        ]
    return ["functions = Functions(", *(f"    {line}" for line in lines), ")"]


def _is_complex(program: Program) -> bool:
    used = [n for n in _used_functions(program) if n in FORMS]
    return (
        not program.generic
        and not program.has_generic_loss
        and all(FORMS[name].complex for name in used)
    )


def _tolerance(program: Program, differences: bool) -> str:
    """What the module's own check allows.

    Where a kink lies within a step, the slope on one side of it counts, which is a little off.
    """
    if _is_complex(program) and not differences:
        return "1e-10"
    return "1e-6" if _has_kinks(program) else "1e-7"


def _has_kinks(program: Program) -> bool:
    return any(name in _KINKED for name in names_called(program))


def names_called(program: Program) -> set[str]:
    """The functions of the catalogue, and generic ones, that the loss is made of."""
    from symback.calculus.matrix.tree import Elementwise
    from symback.emission.tree import walk

    return {
        node.name
        for s in program.forward + program.losses
        for node in walk(s.value)
        if isinstance(node, Elementwise)
    }


def _used_functions(program: Program) -> list[str]:
    from symback.emission.forms.functions import code_name

    return [form.name for form in with_needed(map(code_name, names_called(program)))]
