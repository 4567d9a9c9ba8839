"""What the templates of a handout ask for, beside what any page has."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from urllib.parse import quote

from markupsafe import Markup
from sympy import Expr

from symback.algebra.nodes import Partial
from symback.calculus.matrix import Array, MatrixForm, Node
from symback.model.equations import Quantity
from symback.printing import UNICODE, Printer
from symback.printing.matrix import MatrixPrinter, as_written
from symback.printing.target import BRACE, BRACE_END, BRACE_LABEL, TERM_BREAK, plainly
from symback.printing.typst import typst_string
from symback.rendering.document import ChainOf
from symback.rendering.handout.characters import breakable
from symback.rendering.handout.contents import Handout, Passage, ProofRow
from symback.rendering.handout.formats import HandoutFormat
from symback.rendering.page import Page
from symback.rendering.picture.svg import STYLE, svg
from symback.rendering.picture.tikz import tikz
from symback.rendering.picture.typst import typst_drawing

__all__ = ["HandoutPage", "HtmlPage", "TypstPage"]


_BRACED = re.compile(f"{BRACE}([^{BRACE}{BRACE_LABEL}]*){BRACE_LABEL}([^{BRACE_END}]*){BRACE_END}")


def bare(text: str) -> str:
    """A formula in letters without marks; what stands under a brace follows it."""
    return _BRACED.sub(lambda found: f"{found[1]} [{found[2]}]", plainly(text))


class HandoutPage(Page):
    """Sets formulas, tables and the drawing of one handout in one format."""

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

    # A user's text

    def own(self, text: str) -> Markup:
        """A user's text as the letters that it is; a long word of it may be broken anywhere."""
        pieces = map(self.format.escape, breakable(text))
        assert isinstance(self.format, HandoutFormat)
        return Markup(self.format.may_break.join(pieces))

    def pdf_string(self, text: str) -> Markup:
        """A user's text as a string of a PDF, in hexadecimal digits, where nothing is escaped."""
        return Markup(
            f"<{text.encode('utf-16-be', 'replace').hex().upper()}>".replace("<", "<FEFF")
        )

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

    # Tables

    def entry(self, quantity: Quantity) -> Markup:
        """A quantity's general entry."""
        return self.m(quantity.entry)

    def result(self, chain: ChainOf) -> Markup:
        """A gradient's right side on one line, with deltas."""
        return self.large(self.short(chain.links[0].expression))

    def gradient(self, chain: ChainOf) -> Markup:
        """A gradient's left side."""
        return self.large(self.printer(chain.subject))

    def in_matrices(self, form: MatrixForm) -> Markup:
        """A matrix form's right side on one line, without shapes."""
        return self.large(self.bare_arrays.right(form))

    def large(self, text: str) -> Markup:
        """A formula within a line, as large as one that stands alone."""
        return self.inline(rf"\displaystyle {plainly(text)}")

    def shape(self, quantity: Quantity) -> Markup:
        """How many entries a quantity has: rows and columns, as its matrix is written."""
        sizes = [self.printer.size(r.upper) for r in self.as_written(quantity).ranges]
        return self.inline(self.times.join(sizes) or "1")

    def as_written(self, quantity: Quantity) -> Quantity:
        """An array with its rows and columns as the notation writes them."""
        form = MatrixForm(0, quantity, False, Array(quantity), quantity.entry)
        return as_written(form, self.document.notation).quantity

    @property
    def times(self) -> str:
        """The sign between sizes."""
        return {"latex": r" \times ", "typst": " times "}.get(self.target.name, " × ")

    def text(self, reason: Markup) -> Markup:
        """Words within a formula of Markdown: mathematics in them stands between plain dollars."""
        return Markup(reason.replace("$`", "$").replace("`$", "$").replace("\\(", "("))

    def code(self, name: str) -> Markup:
        """A name between backticks, where nothing is escaped."""
        return Markup(name.replace("`", ""))

    def link(self, name: str) -> Markup:
        """A file's name as the target of a link."""
        return Markup(quote(name))

    def plain_entry(self, array: str, indices: tuple[int, ...]) -> str:
        """One weight or bias as a user types it."""
        return f"{array}[{','.join(map(str, indices))}]"

    def name_of_code(self, quantity: Quantity) -> str:
        """A quantity's name in code."""
        return quantity.name

    def sentence(self, passage: Passage) -> Markup:
        """An equation between entries, within a sentence."""
        chain = passage.index
        return self.large(self.printer.equation(chain.subject, chain.links[-1].expression))

    def row_name(self, row: ProofRow) -> Markup:
        """What a row of the table of proofs is about: an equation, or a worked entry."""
        if row.unit:
            quantity = self.document.derivation.model.quantities[row.name]
            return self.large(
                self.printer(Partial(self.document.derivation.loss, quantity.at(*row.unit)))
            )
        return self.ref([row.number]) if row.number else Markup("")

    def letters(self, quantity: Quantity) -> list[Markup]:
        """The letters of a quantity's indices; an empty one for a scalar."""
        return [self.inline(self.printer.index(s)) for s in quantity.indices] or [Markup("")]

    def whole(self, node: Node) -> Markup:
        """A part of a matrix form, within a sentence."""
        return self.inline(self.bare_arrays.array(node))

    # Pictures

    def drawing(self, title: str = "") -> Markup:
        """The network, drawn in the format's language."""
        picture = self.handout.picture
        assert picture is not None
        match self.format.suffix:
            case "tex":
                return Markup(tikz(picture, self.printer))
            case "typ" | "pdf":
                return Markup(typst_drawing(picture, self.printer))
            case "html":
                return Markup(svg(picture, self.printer, title, standalone=False))
        raise ValueError(self.format.name)

    def picture_words(self) -> str:
        """What the drawing shows, for a file that holds the drawing alone."""
        network = self.handout.network
        layers = "" if network is None else ", ".join(map(str, network.layers))
        return f"network {layers}"


class HtmlPage(HandoutPage):
    """Sets formulas as MathML, made from the same LaTeX as everywhere."""

    @cached_property
    def _convert(self) -> object:
        from symback.rendering.handout.mathml import converter

        return converter()

    def inline(self, text: str) -> Markup:
        """A formula within a sentence."""
        return Markup(self._convert(plainly(text), False))  # type: ignore[operator]

    def display(self, text: str) -> Markup:
        """A formula on a line of its own."""
        return Markup(self._convert(plainly(text), True))  # type: ignore[operator]

    def large(self, text: str) -> Markup:
        """A formula within a line, as large as one that stands alone."""
        return self.display(text)

    def relation(self, line: str, first: bool) -> Markup:
        """The relation sign with a right side, or a further line of it."""
        return self.display((r"{} = " if first else r"\quad {} ") + line)

    def policy(self, style: str) -> str:
        """What the page may load: nothing but its own style, known by its digest."""
        digest = b64encode(sha256(str(style).encode()).digest()).decode()
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )

    @property
    def picture_style(self) -> Markup:
        """The style of the drawing."""
        return Markup(STYLE)


class TypstPage(HandoutPage):
    """Sets formulas in Typst, each with words for who cannot see it."""

    def m(self, expression: Expr) -> Markup:
        """A formula within a sentence."""
        return self._inline(self.printer(expression), self.words_only(expression))

    def q(self, name: str) -> Markup:
        """A quantity by its name in the model, without indices."""
        return self._inline(self.printer.name(name), self.words_only.name(name))

    def fn(self, name: str, primes: int = 0) -> Markup:
        """A function by its name in the model."""
        marks = f"^({' '.join(['prime'] * primes)})" if primes else ""
        said = self.words_only.function(name) + "′" * primes
        return self._inline(self.printer.function(name) + marks, said)

    def result(self, chain: ChainOf) -> Markup:
        """A gradient's right side on one line, with deltas."""
        expression = chain.links[0].expression
        return self._large(self.short(expression), self._say(self.short_words, expression))

    def gradient(self, chain: ChainOf) -> Markup:
        """A gradient's left side."""
        return self._large(self.printer(chain.subject), self._say(self.words_only, chain.subject))

    def sentence(self, passage: Passage) -> Markup:
        """An equation between entries, within a sentence."""
        left, right = passage.index.subject, passage.index.links[-1].expression
        said = self.words_only.equation(left, right)
        return self._large(self.printer.equation(left, right), bare(said))

    def row_name(self, row: ProofRow) -> Markup:
        """What a row of the table of proofs is about: an equation, or a worked entry."""
        if not row.unit:
            return super().row_name(row)
        quantity = self.document.derivation.model.quantities[row.name]
        gradient = Partial(self.document.derivation.loss, quantity.at(*row.unit))
        return self._large(self.printer(gradient), self._say(self.words_only, gradient))

    def in_matrices(self, form: MatrixForm) -> Markup:
        """A matrix form's right side on one line, without shapes."""
        said = bare(MatrixPrinter(self.short_words, shapes=False).right(form))
        return self._large(self.bare_arrays.right(form), said)

    def inline(self, text: str) -> Markup:
        """A formula within a sentence, of which only the Typst is known."""
        said = plainly(text)
        for sign, letters in _SAID.items():
            said = said.replace(sign, letters)
        return self._inline(text, said)

    def _inline(self, text: str, said: str) -> Markup:
        return Markup(f"#m({typst_string(said)}, ${plainly(text)}$)")

    def _large(self, text: str, said: str) -> Markup:
        return Markup(f"#m({typst_string(said)}, $display({plainly(text)})$)")

    @cached_property
    def short_words(self) -> Printer:
        """Prints in letters, with deltas."""
        document = self.document
        return Printer(UNICODE, document.derivation.model, document.notation, deltas=True)

    def _say(self, printer: Printer, expression: Expr) -> str:
        return bare(printer(expression))

    def alt(self, chain: ChainOf, printer: Printer | None = None) -> Markup:
        """A chain of equalities in letters, as a string."""
        words = self.short_words if printer is self.short else self.words_only
        sides = [words(chain.subject), *(words(link.expression) for link in chain.links)]
        if words is self.short_words:
            sides.insert(1, self.words_only(chain.subject))
        return Markup(typst_string(" = ".join(map(bare, dict.fromkeys(sides)))))

    def alt_matrix(self, form: MatrixForm) -> Markup:
        """A matrix form in letters, as a string."""
        words = MatrixPrinter(self.short_words)
        return Markup(typst_string(f"{bare(words.left(form))} = {bare(words.right(form))}"))

    def string(self, text: str) -> Markup:
        """A user's text as a string."""
        return Markup(typst_string(text))


_SAID = {"dot.o": "times", "slash.o": "over", "bold(1)": "1", "times": "×", "_(": "_", "^(": "^",
         ")": "", "dots.h": "…"}  # fmt: skip
