"""Every gradient of a network as lines of JSON, one for each weight and bias.

The index formula of an array is printed once, with a mark in the place of each index; a line is
that text with numbers for the marks.  So a hundred thousand lines take a second and no more memory
than one, and nothing of SymPy is made for a single weight.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.verification.report import Check, Report, Witness

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Gradient

__all__ = ["LINES_AT_ONCE", "gradient_lines"]

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
    With a report, ``proved_by`` names the witnesses that spoke for the gradient of its array, none
    where a claim about it was not shown.

    Returns:
        Pieces of text with the number of lines in each; every line ends in ``\n``.
    """
    printer = Printer(PLAIN, derivation.model, bounds=True)
    for gradient in derivation.gradients.values():
        record = _record(derivation, gradient, printer)
        if report is not None:
            record["proved_by"] = _witnesses(report.of_gradient(gradient.quantity.name))
        yield from _pieces(_pattern(record), gradient.quantity.shape)


def _record(derivation: Derivation, gradient: Gradient, printer: Printer) -> dict[str, Any]:
    """What a line says, with a mark for each index."""
    quantity = gradient.quantity
    marks = MARKS[: len(quantity.ranges)]
    chain = derivation.chain(quantity.name)
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


def _pieces(pattern: str, shape: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    places = product(*(range(1, size + 1) for size in shape))
    write = pattern.format
    while lines := [write(*place) for place in islice(places, LINES_AT_ONCE)]:
        yield len(lines), "".join(lines)
