"""Target numba: the statements as one function that Numba compiles, its products left to BLAS.

It looks at its arguments itself, where that costs nothing.  A network of very many statements is
more than Numba's passes can nest: there the products are NumPy's, and what stands between two of
them is one kernel.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

from symback.calculus.matrix.tree import Array, Elementwise, MatMul, Reduce, Transpose
from symback.emission.forms.vectorised import vectorised
from symback.emission.layout import WIDTH, call
from symback.emission.named import refuse_letters
from symback.emission.program import Program, Statement, needed
from symback.emission.styles import context as common
from symback.emission.styles.helpers import source, with_needed
from symback.emission.targets.entries import Index, bare, calls, split_at
from symback.emission.targets.loops import Loops, Place
from symback.emission.tree import LogSoftmax, Softmax, axes
from symback.errors import TooLargeError
from symback.records import dataclass

__all__ = ["compiled_form", "context"]

_TINY = 4
"""Up to so many units in the layers on both sides, loops are faster than a library's products."""

_LONG = 100
"""Beyond so many statements, one kernel for all of them is more than Numba's passes can nest."""

_VECTORISED = {"tanh", "exp"}
"""What NumPy computes with the processor's vectors, and a compiled loop entry by entry."""


@dataclass
class _Part:
    """A product, or the lines of a kernel with the numbers that later parts need of it."""

    product: str = ""
    lines: list[str] = field(default_factory=list)


class NumbaLoops(Loops):
    """Loops in Python, cut where a product is NumPy's."""

    comment_mark = "#"

    def __init__(self, program: Program, statements: tuple[Statement, ...]) -> None:
        self.batched = program.samples is not None
        self.is_whole = len(statements) <= _LONG or not self.batched
        self.parts: list[_Part] = []
        self.begun: dict[str, Place] = {}
        self.given = {*program.parameters, *program.inputs}
        super().__init__(program, statements)
        self._cut()

    def _line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def _cut(self) -> None:
        if any(not line.lstrip().startswith("#") for line in self.lines):
            self.parts.append(_Part(lines=self.lines))
            self.lines = []

    def open_loop(self, variable: str, bound: int | str) -> None:
        """``for k in range(10):``."""
        self._line(f"for {variable} in range({bound}):")
        self.depth += 1

    def close_loop(self) -> None:
        """Less indentation."""
        self.depth -= 1

    def put(self, left: str, operator: str, right: str) -> None:
        """An assignment, term by term if it is too long for a line."""
        line = "    " * self.depth + f"{left} {operator} {right}"
        if len(line) <= WIDTH:
            self.lines.append(line)
            return
        for sign, term in split_at(right, (" + ", " - ")):
            kind = "-=" if sign == " - " else operator
            self.lines.append(self._fitted(f"{left} {kind} ", term))
            operator = "+="

    def _fitted(self, before: str, term: str) -> str:
        """A line with one term, after others that give its calls a name until it is short."""
        pad = "    " * self.depth
        while len(line := f"{pad}{before}{term}") > WIDTH:
            inner = [c for c in calls(term) if len(f"{pad}part00 = {c}") <= WIDTH]
            if not inner:
                term = self._halved(before, term)
                continue
            longest = max(inner, key=len)
            term = term.replace(longest, self.hold(bare(longest)))
        return line

    def _halved(self, before: str, term: str) -> str:
        """A product with a name for the first half of its factors."""
        factors = list(split_at(term, (" * ", " / ")))
        half = len(factors) // 2
        if half < 2:
            raise TooLargeError(f"the formula of {before.split()[0]} is too long for numba")
        first, rest = ("".join(s + t for s, t in part) for part in (factors[:half], factors[half:]))
        return self.hold(first) + rest

    def _at(self, node: Any, row: Index, column: Index, level: int) -> str:
        text = super()._at(node, row, column, level)
        return self.hold(bare(text)) if text.startswith("(") and len(text) > 40 else text

    def at(self, name: str, indices: list[str]) -> str:
        """``W1[j, k]``."""
        return f"{name}[{', '.join(indices)}]"

    def number(self, name: str, right: str) -> None:
        """An assignment."""
        self.put(name, "=", right)

    def begin(self, place: Place) -> None:
        """Noted, for the workspace or for the head of the kernel."""
        self.begun[place.name] = place

    def function(self, name: str) -> str:
        """Compiled functions of one number begin with an underscore."""
        return f"math.{name}" if name in _MATH else f"_{name}"

    def library_product(self, node: MatMul, place: Place) -> bool:
        """BLAS's product, by Numba or, outside of any kernel, by NumPy."""
        widths = [r.size for r in (*axes(node.left), *axes(node.right)) if r and not r.is_rows]
        if self.is_whole and (max(widths, default=0) <= _TINY or len(place.sizes) != 2):
            return False
        operands = []
        for part in (node.left, node.right):
            inner = part.body if isinstance(part, Transpose) else part
            if inner in self._temporary:
                name = self._temporary[inner].name
            elif isinstance(inner, Array):
                name = self.of(inner)
            else:
                return False
            if self.is_whole and isinstance(inner, Array) and inner.quantity in self.given:
                name = f"np.ascontiguousarray({name})"  # the same, unless it is a view
            operands.append(f"{name}.T" if isinstance(part, Transpose) else name)
        if self.is_whole:
            self.put_call(f"np.dot({', '.join(operands)}, {place.name})", place, operands)
            return True
        self._outside(f"np.dot({', '.join(operands)}, out={place.name})")
        return True

    def _statement(self, item: Statement) -> None:
        match item.value:
            case Elementwise(name, 0, Array() as body) if name in _VECTORISED and not self.is_whole:
                self._comment(item)
                target = self._target(item)
                if item.left not in self.program.gradients:
                    self.begin(target)
                self._outside(f"np.{name}({self.of(body)}, out={target.name})")
            case Reduce(body, _) if self.batched and item.quantity.ranges:
                self._comment(item)
                target = self._target(item)
                if item.left not in self.program.gradients:
                    self.begin(target)
                self._reduce(item.value, body, item.value.axis, target)
            case _:
                super()._statement(item)

    def put_call(self, text: str, place: Place, operands: list[str]) -> None:
        """A product on one line, or an argument a line."""
        line = "    " * self.depth + text
        if len(line) <= WIDTH:
            self.lines.append(line)
        else:
            self.lines += call("np.dot(", [*operands, place.name], ")", depth=self.depth)

    def _outside(self, call: str) -> None:
        """A call that is NumPy's, between two kernels."""
        comments: list[str] = []
        while self.lines and self.lines[-1].lstrip().startswith("#"):
            comments.insert(0, self.lines.pop())
        self._cut()
        self.parts.append(_Part(product="\n".join([*comments, f"    {call}"])))

    def _softmax(self, body: Any, target: Place | None) -> None:
        width, last = axes(body)[1], self.letters["k"]
        assert width is not None
        self._prepare(body)
        self._count += 1
        sizes = self._sizes(body)
        p = target or Place(f"softmax{self._count}", sizes)
        log = Place(f"log_softmax{self._count}", sizes)
        if target is None:
            self.begin(p)
        wanted = LogSoftmax(body) in self.logarithms
        row = self._row_variable(axes(body)[0])
        here = [row] if row is not None else []
        if row is not None:
            self.open_loop(row, sizes[0])
        entry, highest = self(body, row, last), self(body, row, "top")
        bound = self.program.size(width)
        self.number("top", "0")
        self.open_loop(last, bound)
        self._line(f"if {entry} > {highest}:")
        self._line(f"    top = {last}")
        self.close_loop()
        self._line("rest = 0.0  # the sum without its largest term, which is 1")
        self.open_loop(last, bound)
        own = self.at(p.name, [*here, last])
        self.put(own, "=", f"math.exp({entry} - {highest})")
        self._line(f"if {last} != top:")
        self._line(f"    rest += {own}")
        self.close_loop()
        if wanted:
            self.begin(log)
            self.number("log_rest", "math.log1p(rest)")
        self.open_loop(last, bound)
        self.put(own, "/=", "1.0 + rest")
        if wanted:
            self.put(self.at(log.name, [*here, last]), "=", f"{entry} - {highest} - log_rest")
            self._temporary[LogSoftmax(body)] = log
        self.close_loop()
        if row is not None:
            self.close_loop()
        self._temporary[Softmax(body)] = p


_MATH = {"exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "pow"}


def context(program: Program) -> dict[str, Any]:
    """The values of every name in the template of a module for Numba."""
    refuse_letters(program, "target numba", "target", "target numpy")
    loss = Array(program.model.loss)
    body = NumbaLoops(program, needed(program.statements, [loss, *program.gradients]))
    values = common.context(program)
    gradients = [program.names[array] for array in program.gradients]
    write = _whole if body.is_whole else _split
    used = [form for form in with_needed(body.used) if form.name not in _MATH]
    helpers = [compiled_form(form) for form in used]
    values |= write(program, body, gradients, values["input_names"])
    code = "\n".join((*helpers, *values["kernels"]))
    return values | {
        "is_whole": body.is_whole,
        "scalar_helpers": [
            *(text.replace("@function", "@compiled") for text in vectorised(code)),
            *helpers,
        ],
        "workspace_gradients": "\n".join(
            call("self.gradients = Parameters(", gradients, ")", depth=2)
        ),
        "loss_name": program.names[loss],
    }


def _made(program: Program, gradients: list[str]) -> list[str]:
    """The lines that make the arrays of the gradients."""
    return [
        f"        {n} = np.empty({a.quantity.shape}, dtype)"
        for n, a in zip(gradients, program.gradients, strict=True)
    ]


def _kept(names: list[str]) -> str:
    return "\n".join(call("self.arrays: Arrays = (", names, "," * (len(names) == 1) + ")", depth=2))


def _whole(
    program: Program, body: NumbaLoops, gradients: list[str], inputs: list[str]
) -> dict[str, Any]:
    """One function for everything: arguments, gradients and memory in, the loss out."""
    names = [q.name for q in program.parameters]
    memory, taken = _memory(body)
    sized = [n for n, shape in memory.items() if "batch" in shape]
    given = [*names, *inputs]
    shapes = [_shape(q.shape) for q in program.parameters]
    shapes += [
        _shape(tuple("batch" if r.is_rows else r.size for r in q.ranges)) for q in program.inputs
    ]
    first, sampled = names[0] if names else inputs[0], next(iter(inputs), "")
    conditions = [f"{n}.shape == {shape}" for n, shape in zip(given, shapes, strict=True)]
    conditions += [f"{n}.dtype == {first}.dtype" for n in (*given[1:], *gradients[:1])]
    conditions += [f"len({n}[0]) == batch" for n in sized]
    conditions += ["batch > 0"] if body.batched else []
    head = [f"{name}: Array" for name in (*given, *gradients, *memory)]
    lines = ["@kernel", *call("def _whole(", head, ") -> float:")]
    if body.batched:
        lines.append(f"    batch = len({sampled})")
    lines.append("    fits = (")
    lines += [f"        {'and ' if place else ''}{text}" for place, text in enumerate(conditions)]
    lines += ["    )", "    if not fits:", '        raise ValueError("see _arguments")']
    if not body.batched:
        lines += _places(list(body.begun.values()), f"{first}.dtype")
    lines += taken
    lines += [line for part in body.parts for line in part.lines]
    lines.append(f"    return {program.names[Array(program.model.loss)]}")
    text = "\n".join(lines).replace("math.tanh(", "_tanh(")
    made = [f"        {name} = np.empty({size}, dtype)" for name, size in memory.items()]
    return {
        "kernels": [text],
        "workspace_lines": [*_made(program, gradients), *made],
        "workspace_arrays": _kept([*gradients, *memory]),
    }


def _memory(body: NumbaLoops) -> tuple[dict[str, str], list[str]]:
    """Memory for what is between arguments and gradients, an array for each width.

    Returns:
        The shape of each by its name, and the lines of the function that take it apart: the first
            index of an array costs nothing, where every argument takes time.
    """
    if not body.batched:
        return {}, []
    widths: dict[tuple[int | str, ...], list[str]] = {}
    for place in body.begun.values():
        widths.setdefault(place.sizes, []).append(place.name)
    memory: dict[str, str] = {}
    lines = []
    for sizes, names in widths.items():
        name = f"memory{len(memory) + 1}"
        memory[name] = _shape((len(names), *sizes))
        lines += [f"    {own} = {name}[{place}]" for place, own in enumerate(names)]
    return memory, lines


def _split(
    program: Program, body: NumbaLoops, gradients: list[str], inputs: list[str]
) -> dict[str, Any]:
    """Kernels between NumPy's products."""
    arrays = list(body.begun)
    passed = [*(q.name for q in program.parameters), *inputs, *gradients, *arrays]
    loss_name = program.names[Array(program.model.loss)]
    kernels, calls = _kernels(body, passed, loss_name)
    kept = [*gradients, *arrays]
    return {
        "kernels": kernels,
        "workspace_lines": [
            *_made(program, gradients),
            *(f"        {n} = np.empty({_shape(body.begun[n].sizes)}, dtype)" for n in arrays),
        ],
        "workspace_arrays": _kept(kept),
        "unpack_workspace": "\n".join(
            call("(", kept, "," * (len(kept) == 1) + ") = workspace.arrays", depth=1)
        ),
        "gradients_body": "\n".join([*common.counted(program, "\n".join(calls)), *calls]),
    }


def _shape(sizes: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"


def _kernels(body: NumbaLoops, passed: list[str], loss_name: str) -> tuple[list[str], list[str]]:
    """The compiled functions, and the lines that call them between the products."""
    kernels: list[str] = []
    calls: list[str] = []
    known: list[str] = []  # numbers that earlier kernels returned
    for position, part in enumerate(body.parts):
        if part.product:
            calls += part.product.split("\n")
            continue
        code = "\n".join(line.partition("#")[0] for line in part.lines)
        mentioned = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", code))
        later = "\n".join("\n".join(p.lines) for p in body.parts[position + 1 :])
        assigned = dict.fromkeys(re.findall(r"^ {4}(\w+) (?:=|\+=) ", code, re.MULTILINE))
        results = [
            name
            for name in assigned
            if name == loss_name or (re.search(rf"\b{name}\b(?! = )", later) and name not in passed)
        ]
        arguments = [name for name in [*passed, *known] if name in mentioned]
        count = "batch" in mentioned
        name = f"_kernel{len(kernels) + 1}"
        head = [f"{a}: Array" for a in arguments if a not in known]
        head += [f"{a}: float" for a in arguments if a in known] + ["batch: int"] * count
        result = {0: "None", 1: "float"}.get(len(results), "tuple[float, ...]")
        lines = ["@kernel", *call(f"def {name}(", head, f") -> {result}:")]
        lines += part.lines
        if results:
            lines.append(f"    return {', '.join(results)}")
        kernels.append("\n".join(lines))
        left = f"{', '.join(results)} = " if results else ""
        calls += call(f"{left}{name}(", arguments + ["batch"] * count, ")", depth=1)
        known += results
    return kernels, calls


def _places(places: list[Place], kind: str) -> list[str]:
    """The arrays of a kernel: vectors are parts of one, since asking for memory takes time."""
    vectors: dict[str, int] = {}
    for place in places:
        match place.sizes:
            case (int() as size,):
                vectors[place.name] = size
    lines = [f"    memory = np.empty({sum(vectors.values())}, {kind})"] if vectors else []
    start = 0
    for name, size in vectors.items():
        lines.append(f"    {name} = memory[{start}:{start + size}]")
        start += size
    return lines + [
        f"    {p.name} = np.empty({_shape(p.sizes)}, {kind})"
        for p in places
        if p.name not in vectors
    ]


def compiled_form(form: Any, decorator: str = "compiled") -> str:
    """A function of one number that Numba compiles, under a name of its own."""
    text = source(f"_{form.name}", form.summary, form.scalar, kind="float")
    for other in form.needs:
        text = re.sub(rf"(?<![\w.]){other}\(", f"_{other}(", text)
    return f"@{decorator}\n{text}"
