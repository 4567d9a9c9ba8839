"""Every gradient as lines of JSON, one for each weight and bias, or entry of a model's arrays.

The index formula of an array is printed once, with a mark in the place of each index; a line is
that text with numbers for the marks.  So a hundred thousand lines take a second and no more memory
than one, and nothing of SymPy is made for a single weight.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Any

from sympy import Integer, Symbol

from symback.errors import InputError
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.verification.report import Check, Report, Witness

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Gradient
    from symback.model.equations import Quantity

__all__ = ["LINES_AT_ONCE", "count_lines", "gradient_lines"]

LINES_AT_ONCE = 2000
"""So many lines are handed on together."""

# Numbers in circles: no formula has them, and each stands for one index.
MARKS = "①②③④⑤⑥⑦⑧"


def gradient_lines(
    derivation: Derivation, report: Report | None = None
) -> Iterator[tuple[int, str]]:
    r"""The lines of every parameter's gradient, in the order of the model.

    Each line is an object: ``array`` and ``index`` say which weight or bias, ``name`` is both in
    one text as ``--weight`` takes it, and ``gradient`` is the formula in infix text, carried
    through to the loss where there are few ways to it, else by the adjoint of the layer it feeds.
    Of a model without layers it is that of its step: no recursion is unrolled.
    With a report, ``proved_by`` names the witnesses that spoke for the gradient of its array, none
    where a claim about it was not shown.

    Returns:
        Pieces of text with the number of lines in each; every line ends in ``\n``.

    Raises:
        InputError: where a size of an array has no number.
    """
    _check_sizes(derivation)
    printer = Printer(PLAIN, derivation.model, bounds=True)
    for gradient in derivation.gradients.values():
        record = _record(derivation, gradient, printer)
        if report is not None:
            record["proved_by"] = _witnesses(report.of_gradient(gradient.quantity.name))
        places = _places(derivation, gradient.quantity)
        if _ADJACENT.search(record["gradient"]):
            yield from _one_by_one(record, gradient, printer, places)
        else:
            yield from _pieces(_pattern(record), places)


_ADJACENT = re.compile(rf"[A-Za-z0-9)][{MARKS}]|[{MARKS}][A-Za-z0-9(]")
"""A mark multiplied without a sign, as in ``w[2j]``: a number there would read otherwise."""


def _one_by_one(
    record: dict[str, Any],
    gradient: Gradient,
    printer: Printer,
    places: Iterable[tuple[int, ...]],
) -> Iterator[tuple[int, str]]:
    """The lines of an array, each printed by itself."""
    quantity = gradient.quantity
    for place in places:
        values = dict(zip(quantity.indices, map(Integer, place), strict=True))
        own = {
            "index": list(place),
            "name": f"{quantity.name}[{','.join(map(str, place))}]",
            "gradient": printer(gradient.formula.xreplace(values)),
        }
        yield 1, json.dumps(record | own, ensure_ascii=False) + "\n"


def count_lines(derivation: Derivation) -> int:
    """How many lines there are."""
    return sum(prod(gradient.quantity.shape) for gradient in derivation.gradients.values())


def _check_sizes(derivation: Derivation) -> None:
    numbers = derivation.model.sizes
    for gradient in derivation.gradients.values():
        for r in gradient.quantity.ranges:
            if not r.size:
                open_ = sorted(str(s) for s in r.upper.free_symbols if not numbers.get(s))
                raise InputError(
                    f"{gradient.quantity.name} has as many entries as {', '.join(open_)} says",
                    where="jsonl",
                    hint=f"say how many: --sizes {','.join(f'{name}=3' for name in open_)}",
                )


def _places(derivation: Derivation, quantity: Quantity) -> Iterable[tuple[int, ...]]:
    """The indices of every entry, from the first value of each range."""
    numbers = derivation.model.sizes
    firsts = [int(r.first.xreplace(numbers)) for r in quantity.ranges]
    return product(
        *(range(first, first + r.size) for first, r in zip(firsts, quantity.ranges, strict=True))
    )


def _record(derivation: Derivation, gradient: Gradient, printer: Printer) -> dict[str, Any]:
    """What a line says, with a mark for each index."""
    quantity = gradient.quantity
    marks = MARKS[: len(quantity.ranges)]
    chain = derivation.chain(quantity.name) if derivation.model.has_layers else ()
    formula = chain[-1].expression if chain else gradient.formula
    places = {
        letter: Symbol(mark, integer=True)
        for letter, mark in zip(quantity.indices, marks, strict=True)
    }
    return {
        "array": quantity.name,
        "index": list(marks),
        "name": f"{quantity.name}[{','.join(marks)}]" if marks else quantity.name,
        "gradient": printer(formula.xreplace(places)),
    }


def _witnesses(checks: Iterable[Check]) -> list[str]:
    """Who spoke for a gradient, in an order of their own; nobody where a claim was not shown."""
    found = list(checks)
    if not all(check.ok for check in found):
        return []
    spoke = {witness for check in found for witness in check.witnesses}
    return [witness.value for witness in Witness if witness in spoke]


def _pattern(record: dict[str, Any]) -> str:
    """A line with ``{0}``, ``{1}``, … in the places of the indices."""
    text = json.dumps(record, ensure_ascii=False).replace("{", "{{").replace("}", "}}")
    for position, mark in enumerate(record["index"]):
        place = f"{{{position}}}"
        text = text.replace(f'"{mark}"', place).replace(mark, place)
    return text + "\n"


def _pieces(pattern: str, places: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, str]]:
    write, waiting = pattern.format, iter(places)
    while lines := [write(*place) for place in islice(waiting, LINES_AT_ONCE)]:
        yield len(lines), "".join(lines)
