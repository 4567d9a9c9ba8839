"""Notations side by side: how each spells the same quantities, formulas and conventions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup
from sympy import Integer

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.calculus.matrix.tree import MatrixForm
from symback.model.equations import Model, Quantity, Role
from symback.notation import GREEK, Notation
from symback.notation.form import DerivativeStyle
from symback.printing import Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.target import plainly
from symback.records import dataclass
from symback.rendering.environment import environment
from symback.rendering.formats import ASCII_TEXT, FORMATS, Format

__all__ = ["dictionary"]

_WIDTH = 80
_ROWS = {
    Role.INPUT: "input",
    Role.TARGET: "target",
    Role.WEIGHT: "weight",
    Role.BIAS: "bias",
    Role.PREACTIVATION: "pre-activation",
    Role.ACTIVATION: "activation",
    Role.OUTPUT: "output",
    Role.CONSTANT: "constant",
}

_DERIVATIVES = {
    DerivativeStyle.PRIME: "prime",
    DerivativeStyle.D: "straight",
    DerivativeStyle.PARTIAL: "partial",
}


def dictionary(
    notations: Sequence[Notation], model: Model, format: str, *, ascii: bool = False
) -> str:
    """A table with a column for each notation, for the quantities of one model.

    Args:
        notations: one or more.
        model: a perceptron's.
        format: ``text`` or ``markdown``.
        ascii: for text, whether to do without Unicode.

    Raises:
        InputError: for a notation that spells two quantities alike.
    """
    output_format = ASCII_TEXT if format == "text" and ascii else FORMATS[format]
    page = _Page(output_format, derive(model), notations)
    template = environment(output_format).get_template(
        f"dictionary/dictionary.{output_format.suffix}.j2"
    )
    text: str = template.render(page=page)
    return text.rstrip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A formula, or the code of a choice."""

    formula: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    layer: int
    cells: tuple[_Cell, ...]


class _Page:
    """What the templates ask for."""

    def __init__(
        self, output_format: Format, derivation: Derivation, notations: Sequence[Notation]
    ) -> None:
        self.format = output_format
        self.derivation = derivation
        self.model = derivation.model
        self.notations = notations
        target = output_format.target
        self.printers = [Printer(target, self.model, notation) for notation in notations]
        self.short = [Printer(target, self.model, entry, deltas=True) for entry in notations]
        self.arrays = [MatrixPrinter(printer, shapes=False) for printer in self.short]

    @property
    def names(self) -> list[str]:
        """The names of the notations."""
        return [notation.name for notation in self.notations]

    @property
    def network(self) -> Any:
        """The network that the quantities are those of."""
        return self.model.source

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Where each notation comes from, for those that say so."""
        return [(entry.name, entry.source) for entry in self.notations if entry.source]

    @property
    def sections(self) -> list[tuple[str, list[_Row]]]:
        """The parts of the dictionary."""
        return [
            ("quantities", list(self._quantities())),
            ("formulas", list(self._formulas())),
            ("conventions", list(self._conventions())),
        ]

    # Rows -----------------------------------------------------------------------------------------

    def _quantities(self) -> Iterator[_Row]:
        ordered = sorted(self.model.quantities.values(), key=_place)
        for quantity in ordered:
            if quantity.role is Role.LOSS:
                yield self._row(self._loss_code(quantity), 0, quantity)
                continue
            yield self._row(_ROWS[quantity.role], quantity.layer, quantity)
            if quantity.role is Role.WEIGHT and quantity.layer == 1 and quantity.shape[1] > 1:
                entry = quantity.at(Integer(1), Integer(2))
                cells = tuple(_Cell(plainly(p(entry))) for p in self.printers)
                yield _Row("one-weight", quantity.layer, cells)
            if quantity.role is Role.OUTPUT:
                cells = tuple(_Cell(p.name(quantity.name)) for p in self.printers)
                yield _Row("outputs", quantity.layer, cells)
            if quantity.role is Role.PREACTIVATION:
                spelled = [
                    p.vocabulary.spell_delta(quantity.name, quantity.indices) for p in self.printers
                ]
                if any(spelled):
                    cells = tuple(
                        _Cell(self.format.target.spelling(s)) if s else _Cell() for s in spelled
                    )
                    yield _Row("delta", quantity.layer, cells)
        if any(r.is_rows for q in self.model.given for r in q.ranges):
            letters = [p.vocabulary.spell_size("N") for p in self.printers]
            cells = tuple(_Cell(self.format.target.spelling(letter)) for letter in letters)
            yield _Row("samples", 0, cells)

    def _row(self, code: str, layer: int, quantity: Quantity) -> _Row:
        return _Row(code, layer, tuple(_Cell(plainly(p(quantity.entry))) for p in self.printers))

    def _loss_code(self, quantity: Quantity) -> str:
        if quantity.ranges:
            return "sample-loss"
        totals = [q for q in self.model.quantities.values() if q.role is Role.LOSS and not q.ranges]
        if len(totals) == 1:
            return "loss"
        return "decayed" if quantity == totals[-1] else "undecayed"

    def _formulas(self) -> Iterator[_Row]:
        """The first layer forwards, and its gradient, entry by entry and in matrices."""
        first = self.model.equations[0]
        layer = first.quantity.layer
        steps = self.derivation.step_of
        weight = next(q for q in self.model.parameters if q.layer == layer)
        yield _Row(
            "forward",
            layer,
            tuple(_Cell(p.equation(first.quantity.entry, first.expression)) for p in self.printers),
        )
        for code, quantity in (("backward", first.quantity), ("gradient", weight)):
            step = steps[quantity.name]
            cells = tuple(
                _Cell(self._in_deltas(printer, quantity, step.adjoint, step.result))
                for printer in self.short
            )
            yield _Row(code, layer, cells)
        forms = {(form.quantity.name, form.adjoint): form for form in self.derivation.matrices}
        yield self._matrix_row("forward-matrix", layer, forms[first.quantity.name, False])
        yield self._matrix_row("backward-matrix", layer, forms[first.quantity.name, True])
        yield self._matrix_row("gradient-matrix", layer, forms[weight.name, True])

    def _in_deltas(self, printer: Printer, quantity: Quantity, left: Any, right: Any) -> str:
        vocabulary = printer.vocabulary
        if vocabulary.notation.delta_sign < 0 and quantity.name in vocabulary.deltas:
            left, right = -left, -right
        return printer.equation(left, right)

    def _matrix_row(self, code: str, layer: int, form: MatrixForm) -> _Row:
        equal = self.format.target.equal
        cells = (_Cell(equal(a.left(form), plainly(a.right(form)))) for a in self.arrays)
        return _Row(code, layer, tuple(cells))

    def _conventions(self) -> Iterator[_Row]:
        yield self._choices("index-order", [str(n.index_order) for n in self.notations])
        numbers = [f"{1 + n.weight.shift}, {1 + n.preactivation.shift}" for n in self.notations]
        yield _Row("layers", 0, tuple(map(_Cell, numbers)))
        yield self._choices("orientation", [str(n.orientation) for n in self.notations])
        yield self._choices("delta-sign", [_delta_code(p) for p in self.printers])
        yield self._choices("derivative", [_DERIVATIVES[n.derivative] for n in self.notations])

    def _choices(self, code: str, choices: list[str]) -> _Row:
        return _Row(code, 0, tuple(_Cell(choice=choice) for choice in choices))

    # Setting --------------------------------------------------------------------------------------

    def cell(self, cell: _Cell, words: Any) -> Markup:
        """What stands in a cell of a table in Markdown."""
        if cell.formula:
            return Markup(self.format.inline.replace("{}", cell.formula.replace("|", r"\vert ")))
        return Markup(words.choice(cell.choice))

    def heading(self, text: str) -> Markup:
        """A heading with a line below it."""
        return Markup(f"{text}\n{'=' * len(text)}")

    def paragraph(self, text: str, hanging: int = 0) -> Markup:
        """Text filled to the width."""
        text = text if self.format is not ASCII_TEXT else _in_ascii(text)
        return Markup(textwrap.fill(str(text), _WIDTH, subsequent_indent=" " * hanging))

    def table(self, title: str, rows: list[_Row], words: Any) -> Markup:
        """A table of text, each column as wide as its widest cell; too wide, it is a list."""
        lines = [[str(title), *self.names]]
        for row in rows:
            cells = [c.formula or str(words.choice(c.choice)) for c in row.cells]
            lines.append([str(words.row(row.code, row.layer)), *cells])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        if sum(widths) + 2 * len(self.names) > _WIDTH:
            return Markup("\n".join(_listed(lines)))
        lines.insert(1, ["-" * width for width in widths])
        set_lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        return Markup("\n".join(set_lines))


def _listed(table: list[list[str]]) -> Iterator[str]:
    """A table as a list: each row's name, and below it what stands in each column."""
    (title, *names), *rows = table
    width = max(map(len, names))
    yield title
    yield "-" * len(title)
    for name, *cells in rows:
        yield name
        yield from (
            f"  {column.ljust(width)}  {cell}" for column, cell in zip(names, cells, strict=True)
        )


def _in_ascii(text: str) -> str:
    """A sentence with its mathematics by name; what has none is escaped."""
    named = text.translate(_NAMES)
    return ASCII_TEXT.escape(named)


_NAMES = str.maketrans(
    {letter: name for name, letter in GREEK.items()}
    | {"Σ": "sum", "∂": "d", "ŷ": "yhat", "ℒ": "L", "Ω": "Omega", "²": "^2", "…": "...", "½": "1/2"}
    | {"\u0303": "tilde"}
)


def _delta_code(printer: Printer) -> str:
    if not printer.vocabulary.deltas:
        return ""
    if printer.vocabulary.notation.delta_sign < 0:
        return "negative"
    return "d" if printer.vocabulary.notation.differentials else "delta"


def _place(quantity: Quantity) -> tuple[int, int]:
    """Input and targets, the layers in order, the loss, and what belongs to no layer."""
    order = [Role.INPUT, Role.TARGET]
    if quantity.role in order:
        return -1, order.index(quantity.role)
    if quantity.role is Role.LOSS:
        return 10**6, 0
    if quantity.role is Role.CONSTANT:
        return 10**6 + 1, 0
    inner = [Role.WEIGHT, Role.BIAS, Role.PREACTIVATION, Role.ACTIVATION, Role.OUTPUT]
    return quantity.layer, inner.index(quantity.role)
