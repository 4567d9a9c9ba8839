"""A network that is stated beside a document, written out as the document would define it.

The same printers that set a derivation set the forward equations in the notation asked for; they
are then read like any other document, so that reading and printing use one notation object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING

from symback.model.activations import ACTIVATIONS
from symback.reading.formula.function_names import FunctionTable, spelling
from symback.reading.formula.syntax import BigSum, Number, Symbol
from symback.reading.formula.unread import Unreadable
from symback.reading.network.document_model import Stated
from symback.reading.network.function_meanings import NAMED_FUNCTIONS
from symback.reading.network.symbols import spelled
from symback.reading.statements.blocks import read_expression
from symback.reading.statements.statements import read_document
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.model.equations import Quantity
    from symback.model.network import Network
    from symback.notation import Notation
    from symback.printing.core import Printer
    from symback.reading.statements.statements import Statement

__all__ = ["Written", "notation_called"]


def notation_called(notation: Notation | str | None) -> Notation | None:
    """A notation, by its name if it is a preset."""
    if not isinstance(notation, str):
        return notation
    from symback.notation import NOTATIONS

    return NOTATIONS[notation]


# What the printers call functions of the catalogue.
_PRINTED = {r"\sigma": ("sigma", "sigmoid")}


@dataclass(frozen=True, slots=True)
class Written:
    """A network written in a notation.

    Attributes:
        stated: its equations, the widths of its layers, and what its functions mean.
        functions: which of its names are functions.
    """

    stated: Stated
    functions: FunctionTable
    printer: Printer

    @classmethod
    def of(cls, network: Network, notation: Notation | None = None) -> Written:
        """Write the forward equations of a network, deltas included.

        Args:
            network: the network.
            notation: the notation; the founding notes' without one.
        """
        from symback.notation import FOUNDING

        return _written(network, notation or FOUNDING)

    def symbol(self, name: str, *at: int) -> Symbol:
        """One entry of a quantity as the notation writes it, such as a weight."""
        written = self.printer(self.printer.model.quantities[name].at(*at))
        node = read_expression(written, self.functions)
        assert isinstance(node, Symbol), written
        return node


@lru_cache(maxsize=64)
def _written(network: Network, notation: Notation) -> Written:
    """As `Written.of`; one formula is asked about in several conventions, many in the same ones."""
    from symback.notation import Orientation
    from symback.printing.core import Printer
    from symback.printing.latex import LATEX

    model = network.model()
    if network.batch and network.weight_decay and notation.undecayed is not None:
        # Beside the losses `C_s` of samples `C_0` would be that of one.
        notation = replace(notation, undecayed=replace(notation.undecayed, label="data"))
    printer = Printer(LATEX, model, notation, bounds=False)
    called = (*_CALLED, *(n for n in network.activations if n.isalpha()))
    table = FunctionTable().extended(called)
    # How many samples a sum over all of them has is a name, by which their mean divides.
    counted = Printer(LATEX, model, notation, bounds=True)
    lines = [
        (counted if network.batch and e.quantity.name == network.loss_letter else printer).equation(
            e.quantity.entry, e.expression
        )
        for e in model.equations
    ]
    lines += [*_numbered(printer), *_deltas(printer)]
    lines += _functions(printer)
    lines = [_with_only_unit_counted(line) for line in lines]
    text = "".join(f"$$\n{line}\n$$\n\n" for line in lines)
    reading = read_document(text, "markdown", functions=table)
    generic = {*network.activations, network.loss}
    meanings = {
        name: function
        for command, (name, function) in _PRINTED.items()
        if name not in generic and re.search(rf"{re.escape(command)}(?![A-Za-z])", text)
    }
    widths = _widths(printer, reading.functions)
    lefts = (s.left for s in reading.statements)
    arrays = [*(s for s, _ in widths), *(s for s in lefts if isinstance(s, Symbol))]
    known = {spelling(s) for s in arrays if s.subscripts}
    # `J_new = J + …` would be a new value of J, were it not said of a network.
    defining = (replace(s, defines=s.defines or s.relation == "=") for s in reading.statements)
    stated = Stated(
        tuple(defining),
        notation.orientation is Orientation.COLUMNS,
        meanings=meanings,
        widths=tuple(widths),
        values={notation.constant.base or "lambda": f"{network.weight_decay}"}
        if network.weight_decay
        else {},
        of_samples=bool(network.batch) and notation.delta_per_sample,
        count=_count(reading.statements) if network.batch else "",
    )
    numbered = known - {spelling(s) for s in arrays if not s.marks}
    functions = reading.functions.extended(quantities=known, numbered=numbered)
    return Written(stated, functions, printer)


_MOST_NUMBERED = 60
# What programs call, of one argument, beside the functions that everybody knows.
_CALLED = ("mean", "square", "negative", "transpose")
# The only output by the word for what it is, `o1`.
_ONLY_OUTPUT = "_{o1}"


def _decay(network: Network, notation: Notation) -> dict[str, str]:
    """The factor of the weight decay by its letter; none without one."""
    letter = notation.constant.base or "lambda"
    return {letter: f"{network.weight_decay}"} if network.weight_decay else {}


def _count(statements: tuple[Statement, ...]) -> str:
    """The letter at which the sum over the samples ends in the loss."""
    for statement in statements:
        right = statement.right
        for node in right.walk() if right is not None else ():
            if isinstance(node, BigSum) and isinstance(node.upper, Symbol):
                return spelled(node.upper)
    return ""


def _with_only_unit_counted(line: str) -> str:
    r"""An equation of the only output, `o1`, as one of a sum over its one unit, `o_k`.

    The number in a name is no index, and of `target_o` nothing would say that it has one.
    """
    left, _, right = line.partition(" = ")
    if _ONLY_OUTPUT not in right or ":=" in line:
        return line
    return rf"{left} = \sum_k ({right.replace(_ONLY_OUTPUT, '_{o_k}')})"


def _numbered(printer: Printer) -> Iterator[str]:
    """What the names of a notation stand for that number all weights through, `w_5`."""
    from symback.model.equations import Role

    for quantity in printer.model.quantities.values():
        sizes = [r.size for r in quantity.ranges]
        if quantity.role not in (Role.WEIGHT, Role.BIAS) or max(sizes) > 9:
            continue
        entry, below = printer(quantity.entry), f"_{{{''.join(quantity.letters)}}}"
        below = below if below in entry else f"_{quantity.letters[-1]}"
        places = product(*(range(1, size + 1) for size in sizes))
        for at in islice(places, _MOST_NUMBERED):
            name = printer(quantity.at(*at))
            meant = entry.replace(below, f"_{{{''.join(map(str, at))}}}")
            if "^" in meant and "^" not in name:
                yield f"{name} := {meant}"


def _functions(printer: Printer) -> list[str]:
    """What the functions of the catalogue that reading does not know by name are, at a letter."""
    # All of these load SymPy, which a document without a network beside it does not need.
    from sympy import Expr
    from sympy import Symbol as Letter

    from symback.algebra.expressions import Apply
    from symback.algebra.formula import parse_formula
    from symback.model.perceptron import FUNCTIONS

    # Functions with kinks, by the one that reading knows by name.
    functions: Mapping[str, tuple[int, Callable[..., Expr]]] = {
        **FUNCTIONS,
        "max": (2, lambda a, b: a + Apply("relu", b - a)),
        "step": (1, lambda u: Apply("relu", u, 1)),
        "clip": (1, lambda u: Apply("relu", u + 1) - Apply("relu", u - 1) - 1),
    }
    z = Letter("z")
    lines = []
    called = {n.name for e in printer.model.equations for n in e.expression.atoms(Apply)}
    for name in sorted(called & ACTIVATIONS.keys()):
        known = ACTIVATIONS[name]
        if name in NAMED_FUNCTIONS.values() or name == "identity" or not known.elementwise:
            continue
        formula = parse_formula(known.formula, {"z": z}, functions)
        if all(node.name in NAMED_FUNCTIONS.values() for node in formula.atoms(Apply)):
            lines.append(printer.equation(Apply(name, z), formula).replace("=", ":=", 1))
    return lines


def _deltas(printer: Printer) -> list[str]:
    """What the deltas of a notation stand for."""
    from symback.printing.latex import LATEX

    vocabulary, model = printer.vocabulary, printer.model
    loss = printer(model.loss.at())
    lines = []
    for name in vocabulary.deltas:
        quantity: Quantity = model.quantities[name]
        spelling = vocabulary.spell_delta(name, quantity.indices)
        if spelling is not None and not spelling.prefix:
            sign = "-" if vocabulary.notation.delta_sign < 0 else ""
            left, entry = LATEX.spelling(spelling), printer(quantity.entry)
            lines.append(rf"{left} := {sign}\frac{{\partial {loss}}}{{\partial {entry}}}")
    return lines


def _widths(printer: Printer, functions: FunctionTable) -> list[tuple[Symbol, tuple[int, ...]]]:
    """How many units the indices of each quantity count; 0 for those of samples, of any number."""
    found = []
    for quantity in printer.model.quantities.values():
        sizes = [0 if r.is_rows else r.size for r in quantity.ranges]
        if not any(sizes):
            continue
        numbers = range(1, len(sizes) + 1)
        try:
            node = read_expression(printer(quantity.at(*numbers)), functions)
        except Unreadable:
            continue
        if not isinstance(node, Symbol):
            continue
        if len(sizes) > 1:  # which index comes first is the notation's own matter
            indices = node.indices(len(sizes)) or ()
            order = [index.digits for index in indices if isinstance(index, Number)]
            if sorted(order) != list(map(str, numbers)):
                continue
            sizes = [sizes[int(number) - 1] for number in order]
        found.append((node, tuple(sizes)))
    return found
