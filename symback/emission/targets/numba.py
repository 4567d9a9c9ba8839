"""Target numba: the statements compiled by Numba, and the products of matrices left to NumPy.

What stands between two products is one compiled kernel, with its loops over samples and units; a
tiny network is a single one, which goes through the samples once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from symback.calculus.matrix.tree import Array, Elementwise, MatMul, Transpose
from symback.emission.layout import WIDTH, call
from symback.emission.program import Program, Statement, needed
from symback.emission.styles import context as common
from symback.emission.styles.helpers import source, with_needed
from symback.emission.targets.entries import Index, bare, calls, split_at
from symback.emission.targets.loops import Loops, Place
from symback.emission.tree import LogSoftmax, Softmax, axes
from symback.errors import InputError, TooLargeError

__all__ = ["compiled_form", "context"]

_TINY = 16
"""Up to so many units in a layer, loops over products are faster than a library's."""


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
        widths = [r.size for q in program.model.quantities.values() for r in q.ranges]
        large = max(widths) > _TINY or len(statements) > _LONG
        self.batched = large and program.samples is not None
        self.parts: list[_Part] = []
        self.begun: dict[str, Place] = {}
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
                raise TooLargeError(f"the formula of {before.split()[0]} is too long for numba")
            longest = max(inner, key=len)
            term = term.replace(longest, self.hold(bare(longest)))
        return line

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
        """NumPy's product, outside of any kernel."""
        operands = []
        for part in (node.left, node.right):
            inner = part.body if isinstance(part, Transpose) else part
            if inner in self._temporary:
                name = self._temporary[inner].name
            elif isinstance(inner, Array):
                name = self.of(inner)
            else:
                return False
            operands.append(f"{name}.T" if isinstance(part, Transpose) else name)
        self._outside(f"np.dot({', '.join(operands)}, out={place.name})")
        return True

    def _statement(self, item: Statement) -> None:
        match item.value:
            case Elementwise(name, 0, Array() as body) if name in _VECTORISED and self.batched:
                self._comment(item)
                target = self._target(item)
                if item.left not in self.program.gradients:
                    self.begin(target)
                self._outside(f"np.{name}({self.of(body)}, out={target.name})")
            case _:
                super()._statement(item)

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
    if program.generic or program.has_generic_loss:
        raise InputError(
            "target numba needs functions with a name",
            where="target",
            hint="say --activations and --loss, or take target numpy",
        )
    loss = Array(program.model.loss)
    body = NumbaLoops(program, needed(program.statements, [loss, *program.gradients]))
    values = common.context(program)
    names = [q.name for q in program.parameters]
    inputs = values["input_names"]
    gradients = [program.names[array] for array in program.gradients]
    arrays = list(body.begun) if body.batched else []
    passed = [*names, *inputs, *gradients, *arrays]
    loss_name = program.names[loss]
    kernels, calls = _kernels(body, passed, loss_name, program)
    text = "\n".join(calls)
    kept = [*gradients, *arrays]
    used = [form for form in with_needed(body.used) if form.name not in _MATH]
    return values | {
        "kernels": kernels,
        "scalar_helpers": [compiled_form(form) for form in used],
        "workspace_lines": [
            *(
                f"        {n} = np.empty({a.quantity.shape}, dtype)"
                for n, a in zip(gradients, program.gradients, strict=True)
            ),
            *(f"        {n} = np.empty({_shape(body.begun[n].sizes)}, dtype)" for n in arrays),
        ],
        "workspace_gradients": "\n".join(
            call("self.gradients = Parameters(", gradients, ")", depth=2)
        ),
        "workspace_arrays": "\n".join(
            call("self.arrays: Arrays = (", kept, "," * (len(kept) == 1) + ")", depth=2)
        ),
        "unpack_workspace": "\n".join(
            call("(", kept, "," * (len(kept) == 1) + ") = workspace.arrays", depth=1)
        ),
        "gradients_body": "\n".join(
            [
                *common.counted(program, text),
                *calls,
            ]
        ),
        "loss_name": loss_name,
    }


def _shape(sizes: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"


def _kernels(
    body: NumbaLoops, passed: list[str], loss_name: str, program: Program
) -> tuple[list[str], list[str]]:
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
        lines = ["@compiled", *call(f"def {name}(", head, f") -> {result}:")]
        if not body.batched:
            here = [place for place in body.begun.values() if place.name in mentioned]
            lines += _places(here, f"{passed[0]}.dtype")
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
