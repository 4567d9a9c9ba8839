"""A product of second order, or a change of outputs, in C."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Integer

from symback.calculus.second import Second
from symback.emission.indexed.c import CTarget, Layout, helpers_of
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.program import TANGENT, IndexedProgram
from symback.emission.indexed.second import product_schedule, product_values
from symback.model.equations import size_symbol

__all__ = ["c_product"]


def c_product(
    program: IndexedProgram, second: Second, sizes: Mapping[str, int], values: Mapping[str, Any]
) -> dict[str, Any]:
    """What the template of a C file gets for a product, and in place of what it has without.

    Args:
        program: of both passes and their R.
        second: the product.
        sizes: of the model.
        values: those of the file without the product.
    """
    names = CodeNames(program)
    interface = Interface(program, names, sizes)
    lay = Layout(interface, {size_symbol(n): Integer(number) for n, number in sizes.items()})
    body = LoopBody(program, product_schedule(program), names, CTarget())
    kept = lay.kept(body)
    returned = program.returned
    if second.product == "jvp":
        places = [f"{of}->{names.array(n)}" for n in second.outputs for of in ("outputs", "change")]
    else:
        places = [f"product->{names.array(q.name)}" for q in second.direction]
    vectors = {
        names.array(TANGENT + q.name): (f"vector->{names.array(q.name)}", q)
        for q in second.direction
    }
    lines = lay.aliases(body, kept, dict(zip(returned, places, strict=True)), vectors)
    quantities = [second.model.quantities[name] for name in second.outputs]
    return {
        "helpers": helpers_of([*values["used"], *body.used], [*values["code"], *body.lines]),
        "second": product_values(second, names, [*lines, *body.lines])
        | {
            "workspace_fields": lay.fields(kept),
            "output_fields": [lay.field(q) for q in quantities],
            "moved": [lay.moved(q) for q in second.direction],
        },
    }
