"""A function beside the gradients of any model: a product of second order, or a change of outputs.

Its statements are those of both passes with R of each beside it, in one order; what the product
does not depend on is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from symback.algebra.expressions import Entry
from symback.calculus.second import Product, Second, linear_in
from symback.emission.forms.functions import FORMS
from symback.emission.indexed.body import Body
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numba import NumbaTarget, functions_of, kernel
from symback.emission.indexed.numpy import before, unpacked
from symback.emission.indexed.program import (
    TANGENT,
    IndexedProgram,
    Slots,
    Statement,
    needed,
)
from symback.emission.indexed.scalar import before as scalar_before
from symback.emission.indexed.schedule import Schedule, schedule
from symback.emission.indexed.support import support
from symback.emission.indexed.target import Target
from symback.emission.indexed.tensors import Dialect
from symback.emission.layout import call
from symback.emission.styles.helpers import helper_sources
from symback.emission.styles.scalar import from_math, scalar_sources

__all__ = [
    "FUNCTIONS", "array_product", "exact", "numba_product", "product_schedule",
    "product_values", "scalar_product",
]  # fmt: skip

FUNCTIONS: dict[Product, str] = {
    "hvp": "hessian_vector_product",
    "gauss-newton": "gauss_newton_product",
    "jvp": "jacobian_vector_product",
    "fisher": "fisher_product",
    "empirical-fisher": "empirical_fisher_product",
    "hessian": "hessian",
}
"""The name of the function that computes each product."""

_MATRICES: dict[Product, str] = {
    "gauss-newton": "Gauss-Newton matrix",
    "fisher": "Fisher matrix of the model's own labels",
    "empirical-fisher": "empirical Fisher matrix",
}


def product_schedule(program: IndexedProgram) -> Schedule:
    """The statements that a product depends on, in order and in loops."""
    return schedule(needed(program.statements, program.returned))


def product_values(second: Second, names: CodeNames, lines: Sequence[str]) -> dict[str, Any]:
    """What the templates of all targets have in common.

    Args:
        second: the product.
        names: the names in the function.
        lines: its body.
    """
    return {
        "kind": "gauss-newton" if second.product in _MATRICES else second.product,
        "matrix": _MATRICES.get(second.product, ""),
        "name": FUNCTIONS[second.product],
        "vector_type": _kind(second),
        "outputs": [names.array(name) for name in second.outputs],
        "direction": [names.array(q.name) for q in second.direction],
        "ranks": {names.array(q.name): len(q.ranges) for q in second.direction},
        "linear": _linear(second, names),
        "lines": lines,
    }


def _linear(second: Second, names: CodeNames) -> list[str]:
    """The quantities in which a Gauss-Newton product is checked by differences of the gradients."""
    if second.product != "gauss-newton":
        return []
    among = tuple(q.name for q in second.direction)
    return [names.array(name) for name in linear_in(second.model, second.outputs, among)]


def exact(program: IndexedProgram) -> IndexedProgram:
    """The same program whose results have the entries of their ranges, and no start beside them."""
    arrays = dict(program.arrays)
    results, made = [], []
    for key in program.returned:
        array = arrays[key]
        ranges: Slots = tuple((r.first, r.upper) for r in array.quantity.ranges)
        if array.slots == ranges:
            results.append(key)
            continue
        letters = array.quantity.indices
        own = replace(array, key=f"{key}·out", slots=ranges, label=f"{key}_out")
        arrays[own.key] = own
        bounds = dict(zip(letters, ranges, strict=True))
        made.append(Statement(0, own.key, letters, bounds, Entry(key, *letters)))
        results.append(own.key)
    backward = (*program.backward, *made)
    return replace(program, arrays=arrays, backward=backward, results=tuple(results))


def array_product(
    program: IndexedProgram, second: Second, sizes: Mapping[str, int], dialect: Dialect
) -> dict[str, Any]:
    """The values of every name in the template of a product, for arrays.

    Args:
        program: of both passes and their R.
        second: the product.
        sizes: defaults for sizes.
        dialect: the array library.
    """
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    body = Body(program, product_schedule(program), names, dialect)
    lines = before(interface, body, [], dialect)
    if second.product != "hessian":
        lines += _vectors(second, interface, body.text)
    lines += body.lines
    lines += _returned(second, [body.returned(key) for key in program.returned])
    return product_values(second, names, lines) | {
        "helpers": [
            *helper_sources([n for n in body.used if n in FORMS], dialect.prefix),
            *support(body.used, dialect),
        ],
    }


def numba_product(
    program: IndexedProgram, second: Second, sizes: Mapping[str, int], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The same for numba, with what the module's own values get besides.

    Args:
        program: of both passes and their R.
        second: the product.
        sizes: defaults for sizes.
        values: those of the module without the product.
    """
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    body = LoopBody(program, product_schedule(program), names, NumbaTarget())
    shapes = Body(program, (), names, Dialect())
    vectors = {names.array(TANGENT + q.name): q for q in second.direction}
    text, lines = kernel(
        "_product",
        interface,
        body,
        shapes,
        vectors=vectors,
        vector_lines=_vectors(second, interface, "\n".join(body.lines)),
    )
    lines = [*lines, *_returned(second, [names.array(key) for key in program.returned])]
    kernels = [*values["kernels"], text]
    functions = functions_of(dict.fromkeys([*values["used"], *body.used]), kernels)
    return {
        "kernels": kernels,
        "functions": functions,
        "uses_math": any("math." in text for text in (*functions, *kernels)),
        "second": product_values(second, names, lines) | {"helpers": []},
    }


def scalar_product(
    program: IndexedProgram, second: Second, sizes: Mapping[str, int], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The same for plain Python."""
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    body = LoopBody(program, product_schedule(program), names, Target())
    vectors = _vectors(second, interface, "\n".join(body.lines))
    lines = scalar_before(interface, body, vectors) + body.lines
    lines += _returned(second, [names.array(key) for key in program.returned])
    helpers = [t.replace("math.", "") for t in scalar_sources([*values["used"], *body.used])]
    return {
        "helpers": helpers,
        "imports": ", ".join(from_math([*values["math"], *helpers, *lines])),
        "second": product_values(second, names, lines),
    }


def _kind(second: Second) -> str:
    return "Parameters" if second.direction == second.model.parameters else "Gradients"


def _returned(second: Second, results: list[str]) -> list[str]:
    if second.product == "hessian":
        pairs = [
            f'("{one}", "{other}"): {result}'
            for (one, other), result in zip(second.blocks, results, strict=True)
        ]
        return call("return both_orders({", pairs, "})", depth=1)
    head = "" if second.product == "jvp" else _kind(second)
    return call(f"return {head}(", results, ")", depth=1)


def _vectors(second: Second, interface: Interface, text: str) -> list[str]:
    """The lines that take the arrays of the vector, those that the body uses."""
    code = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text))
    vectors = [interface.names.array(TANGENT + q.name) for q in second.direction]
    given = [q.name for q in interface.given]
    places = [given.index(q.name) for q in second.direction]
    if places == list(range(len(places))):
        taken = f"arrays[:{len(places)}]"
    else:
        taken = f"({', '.join(f'arrays[{place}]' for place in places)},)"
    return unpacked([v if v in code else "_" for v in vectors], f"_along(vector, {taken})")
