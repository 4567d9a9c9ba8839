"""A function beside the gradients of any model: a product of second order, or a change of outputs.

Its statements are those of both passes with R of each beside it, in one order; what the product
does not depend on is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from symback.calculus.second import Product, Second
from symback.emission.forms.functions import FORMS
from symback.emission.indexed.body import Body
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numpy import before, unpacked
from symback.emission.indexed.program import TANGENT, IndexedProgram, needed
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.support import support
from symback.emission.indexed.tangents import results_of
from symback.emission.indexed.tensors import Dialect
from symback.emission.layout import call
from symback.emission.styles.helpers import helper_sources

__all__ = ["FUNCTIONS", "product_context"]

FUNCTIONS: dict[Product, str] = {
    "hvp": "hessian_vector_product",
    "gauss-newton": "gauss_newton_product",
    "jvp": "jacobian_vector_product",
}
"""The name of the function that computes each product."""


def product_context(
    program: IndexedProgram, second: Second, sizes: Mapping[str, int], dialect: Dialect
) -> dict[str, Any]:
    """The values of every name in the template of a product.

    Args:
        program: of both passes and their R.
        second: the product.
        sizes: defaults for sizes.
        dialect: the array library.
    """
    names = CodeNames(program, taken=("vector",))
    interface = Interface(program, names, sizes)
    goals = results_of(second)
    body = Body(program, schedule(needed(program.statements, goals)), names, dialect)
    lines = before(interface, body, [], dialect)
    lines += _vectors(second, interface, body)
    lines += body.lines
    results = [body.returned(key) for key in goals]
    kind = "Parameters" if second.direction == program.model.parameters else "Gradients"
    if second.product == "jvp":
        lines += call("return (", results, ")", depth=1)
    else:
        lines += call(f"return {kind}(", results, ")", depth=1)
    return {
        "kind": second.product,
        "name": FUNCTIONS[second.product],
        "vector_type": kind,
        "outputs": [names.array(name) for name in second.outputs],
        "direction": [names.array(q.name) for q in second.direction],
        "lines": lines,
        "helpers": [
            *helper_sources([n for n in body.used if n in FORMS], dialect.prefix),
            *support(body.used, dialect),
        ],
    }


def _vectors(second: Second, interface: Interface, body: Body) -> list[str]:
    """The lines that take the arrays of the vector, those that the body uses."""
    code = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", body.text))
    vectors = [interface.names.array(TANGENT + q.name) for q in second.direction]
    given = [q.name for q in interface.given]
    places = [given.index(q.name) for q in second.direction]
    if places == list(range(len(places))):
        taken = f"arrays[:{len(places)}]"
    else:
        taken = f"({', '.join(f'arrays[{place}]' for place in places)},)"
    return unpacked([v if v in code else "_" for v in vectors], f"_along(vector, {taken})")
