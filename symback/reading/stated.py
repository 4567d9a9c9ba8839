"""A network that is stated beside a document, written out as the document would define it.

The same printers that set a derivation set the forward equations in the notation asked for; they
are then read like any other document, so that reading and printing use one notation object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symback.model.network import Network

__all__ = ["forward_equations"]


def forward_equations(network: Network, notation: str | None = None) -> tuple[list[str], bool]:
    """The forward equations in LaTeX, deltas included, and whether vectors are columns."""
    from symback.notation import FOUNDING, NOTATIONS, Orientation
    from symback.printing.core import Printer
    from symback.printing.latex import LATEX

    chosen = NOTATIONS[notation] if notation is not None else FOUNDING
    model = network.model()
    printer = Printer(LATEX, model, chosen, bounds=False)
    lines = [printer.equation(e.quantity.entry, e.expression) for e in model.equations]
    loss = printer(model.loss.at())
    for name in printer.vocabulary.deltas:
        quantity = model.quantities[name]
        spelling = printer.vocabulary.spell_delta(name, quantity.indices)
        if spelling is not None and not spelling.prefix:
            sign = "-" if chosen.delta_sign < 0 else ""
            left, entry = LATEX.spelling(spelling), printer(quantity.entry)
            lines.append(rf"{left} := {sign}\frac{{\partial {loss}}}{{\partial {entry}}}")
    return lines, chosen.orientation is Orientation.COLUMNS
