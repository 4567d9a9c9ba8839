"""What the templates of a handout ask for, beside what any page has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import starmap
from typing import Self

from markupsafe import Markup
from sympy import Expr, Integer, KroneckerDelta, S, Symbol

from symback.algebra.expressions import Partial
from symback.calculus.blackboard.working import UnitDerivation
from symback.calculus.matrix.tree import Array, MatrixForm, Node
from symback.emission.code_names import named
from symback.model.equations import Quantity, Role
from symback.model.parameter_names import constant_name
from symback.notation.spelling import own_name
from symback.printing import UNICODE, Printer
from symback.printing.matrix import MatrixPrinter, as_written
from symback.printing.target import TERM_BREAK, plainly
from symback.rendering.equalities import ChainOf
from symback.rendering.handout.characters import breakable
from symback.rendering.handout.contents import Handout
from symback.rendering.handout.core import CoreLine
from symback.rendering.handout.formats import HandoutFormat
from symback.rendering.handout.in_numbers import set_in_numbers
from symback.rendering.handout.jacobians import Jacobian
from symback.rendering.handout.lesson import Passage, Worked
from symback.rendering.handout.notebook import CELL
from symback.rendering.handout.proof_rows import ProofRow
from symback.rendering.handout.recurrence import Pass
from symback.rendering.handout.side_by_side import SetLine, arrange
from symback.rendering.handout.spoken import bare
from symback.rendering.page import Page
from symback.rendering.picture.svg import svg
from symback.rendering.picture.tikz import tikz
from symback.rendering.picture.tints import TINTS, Tint, letter
from symback.rendering.picture.typst import typst_drawing

__all__ = ["HandoutPage"]


_ALONE = re.compile(r"(?<![^\s(/\d])([B-HJ-Zb-z])(?![^\s).,;:/])")
"""A letter by itself, behind a number too, that is no article."""

_BESIDE_GRADIENTS = 12.0
"""The room in the table of gradients for what is neither of the two formulas, in ems."""

_FEW_NUMBERS, _FIRST_NUMBERS = 40, 12
"""So many numbers of weights are all told, and of more so many before the last."""


class HandoutPage(Page):
    """Sets formulas, tables and the drawing of one handout in one format.

    Attributes:
        spans: whether an index form without a matrix form beside it may take the room of one.
        room_of_numbers: the room of both numbers and of the gaps before them, in ems.
    """

    spans = False
    room_of_numbers = 6.0

    def __init__(self, output_format: HandoutFormat, document: Handout) -> None:
        super().__init__(output_format, document, output_format.room)
        self.handout = document

    # Printers

    @cached_property
    def arrays(self) -> MatrixPrinter:
        """Prints matrix forms with their shapes, and with deltas."""
        return MatrixPrinter(self.short)

    @cached_property
    def bare_arrays(self) -> MatrixPrinter:
        """Prints matrix forms without shapes."""
        return MatrixPrinter(self.short, shapes=False)

    @cached_property
    def words_only(self) -> Printer:
        """Prints in letters alone, for who cannot see the formula."""
        return Printer(UNICODE, self.document.derivation.model, self.document.notation)

    def working_printer(self, worked: Worked, chain: ChainOf) -> Printer:
        """Prints a chain of a working: the factors of the way that is drawn in their colours."""
        way = self.handout.way
        unit = worked.unit
        drawn = (unit.quantity.name, unit.indices) == self.handout.drawn_entry
        if way is None or not drawn or not self.has_tints or chain.part in self.handout.plain_parts:
            return self.printer
        return self._tinted

    @cached_property
    def _tinted(self) -> Printer:
        way = self.handout.way
        return self._printer(tint=way.tint if way else None)

    # A user's text

    def own(self, text: str) -> Markup:
        """A user's text as the letters that it is; a long word of it may be broken anywhere."""
        pieces = map(self.format.escape, breakable(text))
        assert isinstance(self.format, HandoutFormat)
        return Markup(self.format.may_break.join(pieces))

    def told_of(self, text: str) -> Markup:
        """What an author says of a name; a letter of the model by itself is one of a formula."""
        pieces = _ALONE.split(text)
        return Markup("").join(
            self._letter(Symbol(piece)) if place % 2 and piece in self._letters else self.own(piece)
            for place, piece in enumerate(pieces)
        )

    @cached_property
    def _letters(self) -> frozenset[str]:
        """The quantities, the sizes and the indices of the model."""
        quantities = self.document.derivation.model.quantities.values()
        indices = {str(index) for q in quantities for index in q.indices}
        return frozenset({*self.handout.meanings, *self.handout.size_names, *indices})

    def pdf_string(self, text: str) -> Markup:
        """A user's text as a string of a PDF, in hexadecimal digits, where nothing is escaped."""
        plain = text.replace("-{}", "-")  # our own title is escaped already
        return Markup(f"<FEFF{plain.encode('utf-16-be', 'replace').hex().upper()}>")

    # Deltas

    @cached_property
    def recursion(self) -> tuple[ChainOf, ...]:
        """What deltas are, and the gradients by them; where a d stands for every derivative, all.

        Nothing where the notation has no letter for a derivative: each result is then told above.
        """
        if not self.delta:
            return ()
        deltas = self.printer.vocabulary.deltas
        chains = self.document.recursion
        if self.delta == "d":
            results = [replace(chain, links=chain.links[-1:]) for chain in self.document.steps]
            chains = tuple(c for c in results if c.quantity and c.quantity.name in deltas)
        return tuple(map(self.for_delta, chains))

    def lines(self, chain: ChainOf, printer: Printer | None = None) -> list[Markup]:
        """The right side of a chain; before that of a delta, the derivative that it stands for."""
        if printer is not self.short:
            return super().lines(chain, printer)
        left, meant = self.short(chain.subject), self.printer(chain.subject)
        right = self.short.marked(chain.links[0].expression)
        sides = [side for side in (meant, right) if plainly(side) != left]
        room = self.room - self.target.measure(left) - 4.5
        return [Markup(line) for line in self.broken(f" {TERM_BREAK}= ".join(sides), room)]

    # Matrices

    @cached_property
    def matrices(self) -> tuple[MatrixForm, ...]:
        """The matrix forms, but for those that say that something equals itself."""
        arrays = self.bare_arrays
        forms = self.document.matrices
        return tuple(f for f in forms if arrays.left(f) != plainly(arrays.right(f)))

    # References

    def ref(self, numbers: Iterable[int]) -> Markup:
        """References to equations, which lead there where the format can and they are there."""
        leads = self.handout.has("equations")
        last = self.handout.last_number  # further on are lines along a vector, which nothing names

        def one(number: int) -> Markup:
            return self.reference(number) if leads and number <= last else Markup(f"({number})")

        return Markup(", ").join(map(one, numbers))

    def ref_of(self, number: str) -> Markup:
        """A reference to an equation, or with ``m`` to its matrix form; none where it is not."""
        if not self.handout.has("equations"):
            return Markup("")
        return self.reference(int(number.rstrip("m")), number.lstrip("0123456789"))

    def reference(self, number: int, form: str = "") -> Markup:
        """A reference to an equation that is there, or with ``m`` to its matrix form."""
        return Markup(f"({number}{form})")

    def factor_of(self, number: int) -> Markup:
        """What delta is multiplied by for the loss's derivative, where that is not itself."""
        steps = self.handout.derivation.steps
        name = next((s.quantity.name for s in steps if s.number == number), "")
        vocabulary = self.printer.vocabulary
        if not self.delta or name not in vocabulary.deltas:
            return Markup("")
        factor = vocabulary.delta_factor(name)
        return Markup("") if factor == 1 else self.m(factor)

    def numbered(self, chain: ChainOf) -> ChainOf:
        """A chain with its number only if the equation of that number says the same."""
        return replace(chain, number=0) if self.factor_of(chain.number) else chain

    def unnumbered(self) -> list[tuple[Markup, list[int]]]:
        """By what the left sides of some equations are multiplied in chains, with their numbers."""
        found: dict[Markup, list[int]] = {}
        for chain in self.handout.steps:
            if factor := self.factor_of(chain.number):
                found.setdefault(factor, []).append(chain.number)
        return list(found.items())

    # Equations

    def forward(self) -> tuple[SetLine, ...]:
        """The model's equations, entry by entry and in matrices."""
        return arrange(self, self.handout.forward_lines, bounded=True)

    def backward(self) -> tuple[SetLine, ...]:
        """The adjoints, entry by entry and in matrices."""
        return arrange(self, self.handout.backward_lines, bounded=False)

    @property
    def height_of_letters(self) -> str:
        """How high letters of the table of notation are: ``plain``, ``high`` or ``deep``.

        A letter with something above and below it is half as high again as its size, and more
        where what stands below has something below it.
        """
        entries = [self.printer(quantity.entry) for quantity in self.handout.dictionary]
        if not any({"_", "^"} <= set(entry) for entry in entries):
            return "plain"
        return "deep" if any(re.search(r"_[({][^)}]*_", entry) for entry in entries) else "high"

    def has_beside(self, lines: Sequence[SetLine]) -> bool:
        """Whether matrix forms of a table stand beside its index forms."""
        return any(line.matrix_right and not line.below for line in lines)

    def head_of(self, lines: Sequence[SetLine]) -> str:
        """The code of the head of a table's index forms."""
        below = any(line.below for line in lines)
        return "entries-above" if below and not self.has_beside(lines) else "entries"

    def core(self) -> list[tuple[CoreLine, str, Markup, list[Markup]]]:
        """The backward pass in a few equations: each with its number, left side, right side.

        Where a sample is a column sizes say so, since nothing before them does.
        """
        columns = self.document.notation.orientation == "columns"
        arrays = self.arrays if columns else self.bare_arrays
        told = []
        for line in self.handout.core:
            if isinstance(line, MatrixForm):
                number, left, right = f"{line.number}m", arrays.left(line), arrays.right(line)
            else:
                number, left = str(line.number), self.short(line.subject)
                right = self.short.marked(line.links[-1].expression)
            broken = self.broken(right, self.room - self.target.measure(left) - 8.0)
            told.append((line, number, Markup(left), list(map(Markup, broken))))
        return told

    def update(self, quantity: Quantity) -> Markup:
        """A step of gradient descent, in matrices."""

        def write(page: Self) -> str:
            array = page.printer.name(quantity.name)
            form = page.handout.forms.get(quantity.name)
            loss = page.printer(page.document.derivation.loss)
            slope = page.bare_arrays.left(form) if form else page.target.partial(loss, array)
            rate = page.target.spelling(page.printer.vocabulary.spell_rate())
            step = (
                page.target.matrix_product([rate, slope])  # apart: a letter d begins the slope
                if form and page.document.notation.differentials
                else page.target.product([rate, slope], frozenset({"partial"}))
            )
            moved = page.target.terms([(False, array), (True, plainly(step))])
            return f"{array} {page.arrow} {moved}"

        return self.large(write)

    @property
    def arrow(self) -> str:
        """The sign of an update."""
        signs = {"latex": r"\leftarrow", "typst": "arrow.l", "spoken": "becomes"}
        return signs.get(self.target.name, "←")

    def rate(self) -> Markup:
        """The learning rate's letter."""
        return self.formula(lambda page: page.target.spelling(page.printer.vocabulary.spell_rate()))

    def steps_of(self, told: Pass) -> Markup:
        """The steps of a recursion in the order in which they are gone through."""
        return self._write(Printer.values, told.letter, told.first, told.last)

    # Signs

    @property
    def signs(self) -> list[str]:
        """Codes of what stands in formulas and is no quantity of the model."""
        lettered = self.delta in ("delta", "negative")
        return [code for code in self.handout.signs if code != "delta" or lettered]

    def delta_letter(self) -> Markup:
        """The letter for the loss's derivative by a pre-activation, in general: of one unit."""
        quantities = self.document.derivation.model.quantities.values()
        one = next(q for q in quantities if q.name in self.printer.vocabulary.deltas)
        meant = Partial(self.document.derivation.loss, one.entry)
        return self._short_m(meant / self.printer.vocabulary.delta_factor(one.name))

    def delta_prefix(self) -> Markup:
        """What stands before a letter for the loss's derivative by it."""
        delta = self.document.notation.delta
        prefix = own_name(delta.prefix if delta else "")
        return self.formula(lambda page: page.target.spelling(prefix))

    def summed_letters(self) -> Markup:
        """The letters over which sums run."""
        ordered = sorted(self.handout.summed, key=self.words_only.index)
        return Markup(", ").join(dict.fromkeys(map(self._letter, ordered)))

    def sums_elsewhere(self) -> list[Markup]:
        """Letters of sums that run to a size with another letter: ``l = 1, ..., K``."""
        lasts: dict[str, tuple[Expr, set[Expr]]] = {}
        for index, found in self.handout.lasts_of_sums:
            lasts.setdefault(self.words_only.index(index), (index, set()))[1].update(found)
        return [
            self._write(Printer.values, index, S.One, last)
            for letter, (index, found) in sorted(lasts.items())
            if len(found) == 1
            for last in found
            if last.is_Symbol and str(last) != letter.upper()
        ]

    def size_of_samples(self) -> Markup:
        """The letter of the number of samples."""
        given = self.document.derivation.model.given
        rows = next(r for q in given for r in q.ranges if r.is_rows)
        return self.formula(lambda page: page.printer.size(rows.upper))

    def marks_by_primes(self) -> bool:
        """Whether a prime on a letter marks a pre-activation, and on a function a derivative."""
        if self.document.notation.derivative != "prime":
            return False
        slots = self.printer.vocabulary.slots.values()
        return any(s.entry.primes for s in slots if s.quantity.role is Role.PREACTIVATION)

    def bracket_sign(self, jacobian: Jacobian) -> Markup:
        """The condition on two letters, in Iverson's brackets, that a derivative has."""
        deltas = jacobian.derivative.links[-1].expression.atoms(KroneckerDelta)
        return self.m(min(deltas, key=str))

    def at(self, unit: UnitDerivation) -> list[Markup]:
        """The letters of a parameter's indices, each with the value that it has in an example."""

        def said(index: Expr, value: int) -> Markup:
            return self.formula(lambda p: p.target.equal(p.printer.index(index), str(value)))

        return [said(*pair) for pair in zip(unit.quantity.indices, unit.indices, strict=True)]

    def instance_of_step(self, unit: UnitDerivation) -> Markup:
        """The gradient by a parameter at its indices, in deltas: ``dL/dW12 = delta_2 x_1``."""
        step = self.handout.derivation.step_of[unit.quantity.name]
        numbers = map(Integer, unit.indices)
        at = dict(zip(step.quantity.indices, numbers, strict=True))
        left, right = step.adjoint.xreplace(at), step.result.xreplace(at)
        return self.large(lambda page: page.short.equation(left, right))

    # Tables

    def entry(self, quantity: Quantity) -> Markup:
        """A quantity's general entry."""
        return self.m(quantity.entry)

    def counted(self) -> list[Markup]:
        """What the numbers of weights stand for; of very many the first and the last.

        The table of notation has those of each layer.
        """
        told = super().counted()
        if len(told) <= _FEW_NUMBERS or not self.handout.has("network"):
            return told
        return [*told[:_FIRST_NUMBERS], Markup("…"), told[-1]]

    def ends(self, row: Sequence[Quantity]) -> list[Quantity]:
        """The first and the last of a row of the table of notation, or the one that it has."""
        return [row[0], row[-1]] if len(row) > 1 else [row[0]]

    def has_other_letter(self, quantity: Quantity) -> bool:
        """Whether an array's letter in matrix forms is another one than that of its entries."""
        slot = self.printer.vocabulary.slots.get(quantity.name)
        if slot is None or quantity.name not in self._in_matrix_forms:
            return False
        entry, whole = slot.entry, slot.whole
        return entry.base.lower() != whole.base.lower() or entry.accent != whole.accent

    @cached_property
    def _in_matrix_forms(self) -> frozenset[str]:
        """The names of the arrays of which an equation has a matrix form."""
        equations = self.document.derivation.model.equations
        told = (equations[f.number - 1] for f in self.handout.matrices if not f.adjoint)
        return frozenset(n for e in told for n in (e.quantity.name, *e.mentions))

    def result(self, chain: ChainOf) -> Markup:
        """A gradient's right side on one line, with deltas."""
        return self.large(lambda page: page.short(chain.links[0].expression))

    @cached_property
    def has_room_for_gradients(self) -> bool:
        """Whether the table of gradients has room for each on one line."""
        if self.is_notebook:  # a column of a table there is too narrow for any
            return False
        arrays, forms = self.bare_arrays, self.handout.forms
        widths = []
        for chain in self.handout.carried:
            printer = self.short if chain.part == "far" else self.printer
            right = self.target.measure(plainly(printer(chain.links[-1].expression)))
            form = forms.get(chain.quantity.name) if chain.quantity else None
            beside = self.target.measure(plainly(arrays.right(form))) if form else 0.0
            widths.append((right, beside))
        rights, besides = zip(*widths, strict=True) if widths else ((0.0,), (0.0,))
        return bool(max(rights) + max(besides) + _BESIDE_GRADIENTS <= self.room)

    def carried(self, chain: ChainOf) -> Markup:
        """A gradient's right side on one line, as it stands at the loss, or with deltas."""
        right = chain.links[-1].expression
        far = chain.part == "far"
        return self.large(lambda page: (page.short if far else page.printer)(right))

    def gradient(self, chain: ChainOf) -> Markup:
        """A gradient's left side."""
        return self.large(lambda page: page.printer(chain.subject))

    def in_matrices(self, form: MatrixForm) -> Markup:
        """A matrix form's right side on one line, without shapes."""
        return self.large(lambda page: page.bare_arrays.right(form))

    def large(self, write: Callable[[Self], str]) -> Markup:
        """A formula within a line, as large as one that stands alone."""
        return self.inline(rf"\displaystyle {plainly(write(self))}")

    def shape(self, quantity: Quantity) -> Markup:
        """How many entries a quantity has: rows and columns, as its matrix is written."""
        ranges = self.as_written(quantity).ranges
        return self.formula(
            lambda page: page.times.join(page.printer.size(r.upper) for r in ranges) or "1"
        )

    def size_in_text(self, quantity: Quantity) -> str:
        """As `shape`, without mathematics, which would be broken in a narrow column."""
        return self._sizes(self.as_written(quantity))

    def shape_in_code(self, quantity: Quantity) -> str:
        """The size of the array in code where it is the transpose of the one that is written."""
        written, size = self._sizes(self.as_written(quantity)), self._sizes(quantity)
        return size if written != size else ""

    def _sizes(self, quantity: Quantity) -> str:
        sizes = (bare(self.words_only.size(r.upper)) for r in quantity.ranges)
        return "\u00a0×\u00a0".join(sizes) or "1"

    def as_written(self, quantity: Quantity) -> Quantity:
        """An array with its rows and columns as the notation writes them.

        What has more, and a model without matrices, keep the order of the indices.
        """
        unwritten = self.handout.is_general and not self.handout.matrices
        if len(quantity.ranges) > 2 or unwritten:
            return quantity
        form = MatrixForm(0, quantity, False, Array(quantity), quantity.entry)
        return as_written(form, self.document.notation).quantity

    @property
    def times(self) -> str:
        """The sign between sizes."""
        signs = {"latex": r" \times ", "typst": " times ", "spoken": " by "}
        return signs.get(self.target.name, " × ")

    def cost_ratio(self) -> Markup:
        """How many times the products of the forward pass all gradients take."""
        forward, backward = self.handout.products
        ratio = f"{backward / forward:.2f}".rstrip("0").rstrip(".")
        about = "" if Fraction(ratio) == Fraction(backward, forward) else "about "
        return Markup(f"{about}{ratio} times as many as" if ratio != "1" else f"{about}as many as")

    def in_numbers(self) -> Markup:
        """Both passes in numbers."""
        numbers = self.handout.in_numbers
        assert numbers is not None
        assert isinstance(self.format, HandoutFormat)
        return set_in_numbers(self.format, numbers, self.document.notation)

    @cached_property
    def cells(self) -> dict[str, str]:
        """The sources of a notebook's code cells by their names."""
        if self.format.name != "notebook":
            return {}
        from symback.rendering.handout.cells import code_cells

        return code_cells(self.handout)

    def code_cell(self, name: str) -> Markup:
        """The place of a code cell in a notebook; nothing elsewhere, and for a cell that is not."""
        if name not in self.cells:
            return Markup("")
        return Markup(f"\n{CELL}{name}{CELL}\n")

    @property
    def is_notebook(self) -> bool:
        """Whether it is a notebook."""
        return self.format.name == "notebook"

    @property
    def fence(self) -> tuple[Markup, Markup]:
        """What stands before and after displayed mathematics in Markdown."""
        if self.format.name == "notebook":
            return Markup("$$"), Markup("$$")
        return Markup("```math"), Markup("```")

    def cell(self, sides: Sequence[str]) -> Markup:
        """Sides of an equation in a cell of a table, as large as on a line of their own."""
        said = " = ".join(filter(None, map(plainly, sides)))
        return self.inline(rf"\displaystyle {said}") if said else Markup("")

    def cell_of(self, line: SetLine) -> Markup:
        """An equation entry by entry in a cell of a table."""
        sides: list[str] = [line.left]
        for opens, text in line.right:
            sides[-1:] = [*sides[-1:], text] if opens else [f"{sides[-1]} {text}"]
        return self.cell(sides)

    def opened(self, lines: Sequence[Markup]) -> list[tuple[bool, Markup]]:
        """The lines of one side, the first of which the relation sign precedes."""
        return [(place == 0, line) for place, line in enumerate(lines)]

    def text(self, reason: Markup) -> Markup:
        """Words within a formula of Markdown: mathematics in them stands between plain dollars."""
        return Markup(reason.replace("$`", "$").replace("`$", "$").replace("\\(", "("))

    def code(self, name: str) -> Markup:
        """A name between backticks, where nothing is escaped."""
        return Markup(name.replace("`", ""))

    def spoken(self, expression: Expr) -> Markup:
        """A formula in letters alone, among words for who cannot see it."""
        return Markup(bare(self.words_only(expression)))

    def unset(self, words: Markup) -> str:
        """Words without formulas, which the format has yet to escape."""
        return str.__str__(words)

    def name_of_code(self, quantity: Quantity) -> str:
        """A quantity's name in the code that is emitted; of a network constants are capitals."""
        if self.handout.is_general:
            return self._names_in_code[quantity.name]
        return constant_name(quantity.name) if quantity.role is Role.CONSTANT else quantity.name

    @cached_property
    def _names_in_code(self) -> dict[str, str]:
        return named(self.document.derivation.model.quantities)

    def sentence(self, passage: Passage) -> Markup:
        """An equation between entries, within a sentence."""
        left, right = passage.index.subject, passage.index.links[-1].expression
        return self.large(lambda page: page.printer.equation(left, right))

    def numbers_of(self, row: Sequence[Quantity]) -> list[Markup]:
        """The first and the last entry of what is numbered through all layers; else nothing."""
        if not self.printer.vocabulary.is_counted(row[0].name):
            return []
        first = row[0].at(*(1 for _ in row[0].shape))
        last = row[-1].at(*row[-1].shape)
        return [self.m(first)] if first == last else [self.m(first), self.m(last)]

    def told(self, number: int) -> Markup:
        """The result of a step, within a sentence."""
        chain = self.handout.steps_by_number[number]
        right = chain.links[-1].expression
        return self.large(lambda page: page.printer.equation(chain.subject, right))

    def row_name(self, row: ProofRow) -> Markup:
        """What a row of the table of proofs is about: equations, or worked entries."""
        if row.entries:
            return Markup(", ").join(starmap(self._gradient_at, row.entries))
        first, last = row.numbers[:1], row.numbers[-1:]
        return self.ref(first) + (Markup("–") + self.ref(last) if first != last else "")

    def _gradient_at(self, name: str, indices: Sequence[int]) -> Markup:
        quantity = self.document.derivation.model.quantities[name]
        gradient = Partial(self.document.derivation.loss, quantity.at(*indices))
        return self.large(lambda page: page.printer(gradient))

    def letters(self, quantity: Quantity) -> list[Markup]:
        """The letters of a quantity's indices; an empty one for a scalar."""
        return [self._letter(symbol) for symbol in quantity.indices] or [Markup("")]

    def _letter(self, index: Expr) -> Markup:
        return self.formula(lambda page: page.printer.index(index))

    def whole(self, node: Node) -> Markup:
        """A part of a matrix form, within a sentence."""
        return self.formula(lambda page: page.bare_arrays.array(node))

    def wholes(self, nodes: Sequence[Node]) -> list[Markup]:
        """Several such parts."""
        return [self.whole(node) for node in nodes]

    # Pictures

    @property
    def has_tints(self) -> bool:
        """Whether formulas show the factors of the drawing in their colours."""
        return self.format.suffix in ("tex", "html", "typ", "pdf")

    @property
    def tints(self) -> list[tuple[str, Tint]]:
        """The colours of the factors that are drawn, each with its letter."""
        picture = self.handout.picture
        count = picture.way.tints if picture and picture.way else 0
        return [(letter(place), tint) for place, tint in enumerate(TINTS[:count], start=1)]

    def drawing(self, title: str = "") -> Markup:
        """The network, drawn in the format's language."""
        picture = self.handout.picture
        assert picture is not None
        match self.format.suffix:
            case "tex":
                return Markup(tikz(picture, self.printer, self.short))
            case "typ" | "pdf":
                return Markup(typst_drawing(picture, self.printer, self.short))
            case "html":
                return Markup(svg(picture, self.printer, title, standalone=False))
        raise ValueError(self.format.name)

    def picture_words(self) -> str:
        """What the drawing shows, for a file that holds the drawing alone."""
        network = self.handout.network
        layers = "" if network is None else ", ".join(map(str, network.layers))
        return f"network {layers}"
