"""What templates ask for: formulas set in the document's language, broken where too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from math import floor, inf, log10
from typing import Any, Self

from markupsafe import Markup
from sympy import Expr, KroneckerDelta, Rational, S, Symbol

from symback.algebra.expressions import Partial, name_of, within
from symback.algebra.formula import parse_formula
from symback.algebra.indexing import Bracket, Extreme
from symback.calculus.derivation import Rule, Step
from symback.calculus.matrix.tree import MatrixForm
from symback.model.equations import PARAMETERS, Role, size_symbol
from symback.model.perceptron import FUNCTIONS
from symback.notation import Spelling
from symback.printing import Printer
from symback.printing.lines import break_lines
from symback.printing.matrix import MatrixPrinter
from symback.printing.target import Level, Target, plainly
from symback.records import dataclass
from symback.rendering.document import Document
from symback.rendering.equalities import ChainOf, Equality
from symback.rendering.formats import Format

__all__ = ["Page", "Row", "digits_in_threes", "power_of_two", "two_digits"]

_BREAKABLE, _MAY_BREAK = re.compile(r",|(?<=[a-z])-(?=[a-z])"), r"\g<0>\\allowbreak{}"
"""Where a command may be broken in LaTeX, whose typewriter fonts break at no hyphen."""

_BESIDE = 13.0
"""The room that stands beside a wide fraction or brace: a left side, a function, parentheses."""


def power_of_two(target: Target, exponent: int, less: int = 0) -> str:
    """A power of two, less a whole number."""
    power = target.power("2", str(exponent))
    return target.terms([(False, power), (True, str(less))]) if less else power


def digits_in_threes(number: int) -> str:
    """A whole number as it is read: ``101,770``."""
    return f"{number:,}"


def two_digits(number: int) -> tuple[int, int]:
    """The first two digits of a whole number of at least two, rounded, and the power of ten.

    >>> two_digits(2701703435345984178)
    (27, 18)
    """
    exponent = floor(log10(number))  # also of what no float can hold
    unit: int = 10 ** (exponent - 1)
    lead = (number + unit // 2) // unit
    if lead < 10:  # the logarithm was rounded up to a whole number
        return two_digits(10 * number)[0], exponent - 1
    return (lead, exponent) if lead < 100 else (10, exponent + 1)


Say = Callable[[Equality], Markup]
"""A macro of ``words.j2`` that says in words why a link holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One link of a chain, set: its lines, and its reason.

    Attributes:
        lines: the right side, broken to fit; the relation sign is not among them.
        reason: in words; empty where there is none.
        place: where the reason has room: in a ``column`` of reasons, ``after`` the last line, or
            ``below`` it.
    """

    lines: Sequence[Markup]
    reason: Markup
    place: str


class Page:
    """Sets formulas for one document in one format."""

    def __init__(self, output_format: Format, document: Document, room: float) -> None:
        self.format = output_format
        self.target = output_format.target
        self.document = document
        self.room = room

    # Printers -------------------------------------------------------------------------------------

    @cached_property
    def printer(self) -> Printer:
        """Prints with derivatives spelled out and sums without bounds."""
        return self._printer()

    @cached_property
    def bounded(self) -> Printer:
        """Prints the upper end of every sum."""
        return self._printer(bounds=True)

    def typed(self, chain: ChainOf) -> Printer:
        """Prints one equation of a model in the order in which it was typed."""
        return self._printer(bounds=True, written=self._written(chain.number))

    @cached_property
    def short(self) -> Printer:
        """Prints the derivative by a pre-activation as a delta."""
        return self._printer(deltas=True)

    def _printer(self, **how: Any) -> Printer:
        document = self.document
        has_bars = self.target.quotient_level is Level.ATOM
        widest = self.room - _BESIDE if has_bars else inf
        model = document.derivation.model
        return Printer(self.target, model, document.notation, widest=widest, **how)

    @cached_property
    def arrays(self) -> MatrixPrinter:
        """Prints matrix forms with their shapes."""
        return MatrixPrinter(self.printer)

    def arrays_for(self, form: MatrixForm) -> MatrixPrinter:
        """Prints one form; of an equation of the model in the order in which that was typed."""
        written = () if form.adjoint else self._written(form.number)
        if not written:
            return self.arrays
        return MatrixPrinter(self._printer(deltas=self.arrays.printer.deltas, written=written))

    def _written(self, number: int) -> tuple[str, ...]:
        return tuple(self.document.derivation.model.equations[number - 1].written)

    # In a sentence --------------------------------------------------------------------------------

    def m(self, expression: Expr) -> Markup:
        """A formula within a sentence."""
        return self.formula(lambda page: page.printer(expression))

    def formula(self, write: Callable[[Self], str]) -> Markup:
        """A formula within a sentence, as a page with these printers writes it."""
        return self.inline(write(self))

    def derivative(self, of: Expr, by: Expr) -> Markup:
        """One quantity's derivative by another within a sentence."""
        return self.m(Partial(of, by))

    def adjoint(self, name: str) -> Markup:
        """The loss's derivative by a quantity, by its name in the model, without indices."""
        loss = self.document.derivation.loss
        return self.formula(
            lambda page: page.target.partial(page.printer(loss), page.printer.name(name))
        )

    def unequal(self, index: Expr, value: Expr) -> Markup:
        """An index and the value that it does not take, within a sentence."""
        return self.formula(
            lambda page: page.target.unequal(page.printer.index(index), page.printer.index(value))
        )

    def inline(self, text: str) -> Markup:
        """A printed formula within a sentence."""
        return Markup(self.format.inline.replace("{}", plainly(text)))

    def q(self, name: str) -> Markup:
        """A quantity by its name in the model, without indices."""
        return self.formula(lambda page: page.printer.name(name))

    def fn(self, name: str, primes: int = 0) -> Markup:
        """A function by its name in the model."""
        return self.formula(lambda page: page.printer.function(name) + page.primes(primes))

    def formula_of(self, text: str) -> Markup:
        """A function or a loss that a user wrote as a formula, within a sentence.

        A function's argument has the letter that it has where functions are listed: x is an input.
        """
        model = self.document.derivation.model
        roles = {q.role: q.entry for q in model.quantities.values()}
        names = {"x": Symbol("z"), "y": roles[Role.TARGET], "yhat": roles[Role.OUTPUT]}
        size = next(q for q in model.quantities.values() if q.role is Role.OUTPUT).ranges[-1].upper
        return self.m(parse_formula(text, {**names, "n": size}, FUNCTIONS))

    def derivative_at(self, name: str, point: Expr, value: Expr) -> Markup:
        """The value of a function's derivative at a point, to four digits."""
        shown = str(value) if value.is_Integer else f"{float(value):.5g}"

        def write(page: Self) -> str:
            call = page.target.call(page.printer.function(name), 1, page.printer(point))
            return page.target.equal(call, shown)

        return self.formula(write)

    def gradient_of(self, name: str) -> Markup:
        """The loss's derivative by a quantity, in its own indices."""
        quantity = self.document.derivation.model.quantities[name]
        return self.m(Partial(self.document.derivation.loss, quantity.entry))

    def along(self, name: str) -> Markup:
        """A quantity's derivative along a direction, without indices."""
        return self.formula(lambda page: page.target.directional("R", page.printer.name(name)))

    def names(self, names: Iterable[str]) -> list[Markup]:
        """Quantities by their names in the model."""
        return [self.q(name) for name in names]

    def sizes(self, names: Iterable[str]) -> list[Markup]:
        """Sizes by their names in the model."""
        return [self.m(size_symbol(name)) for name in names]

    def conditions(self, expressions: Iterable[Expr]) -> list[Markup]:
        """Conditions on sizes, without their brackets."""
        return [self._write(Printer.relation, e) for e in expressions if isinstance(e, Bracket)]

    def sizes_said(self, choices: Iterable[Iterable[tuple[str, int]]]) -> str:
        """Choices of sizes: ``T = 3, J = 2; T = 1, J = 2``."""
        return "; ".join(", ".join(f"{n} = {size}" for n, size in choice) for choice in choices)

    def arguments(self) -> list[tuple[Markup, Markup]]:
        """The places of largest and smallest values, in short and as they are defined."""
        steps = self.document.derivation.steps
        nodes = {n for s in steps for link in s.links for n in link.expression.atoms(Extreme)}
        return [
            (self._write(Printer.index, node), self.m(node))
            for node in sorted(nodes, key=str)
            if node.is_integer
        ]

    def zeros(self, expressions: Iterable[Expr]) -> list[Markup]:
        """Expressions that are 0."""
        known = list(self.document.derivation.model.quantities)

        def place(expression: Expr) -> int:
            return known.index(name_of(expression.by)) if isinstance(expression, Partial) else 0

        ordered = sorted(expressions, key=place)
        return [self._write(Printer.equation, e, S.Zero) for e in ordered]

    def adjoints(self, names: Iterable[str]) -> list[Markup]:
        """The loss's derivatives by quantities, in their own indices."""
        return [self.gradient_of(name) for name in names]

    def numbers_of_steps(self, names: Iterable[str]) -> list[int]:
        """The numbers of the loss's derivatives by quantities, from the loss backwards."""
        return sorted(self.document.derivation.step_of[name].number for name in names)

    def numbers_of_gradients(self, form: ChainOf) -> list[int]:
        """The numbers of the gradients by parameters that a form mentions."""
        nodes = within(form.links[-1].expression, Partial)
        gradients = self.document.derivation.gradients
        named = {name_of(node.by) for node in nodes} & set(gradients)
        return self.numbers_of_steps(n for n in named if gradients[n].quantity.role in PARAMETERS)

    def factor_of(self, _number: int) -> Markup:
        """The factor of an equation's result in the derivative of the whole loss, if not 1."""
        return Markup("")

    def starts(self, step: Step) -> list[Markup]:
        """The entries beyond the range at which a step holds, too."""
        return [self.m(step.quantity.at(*indices)) for indices in step.starts]

    def ranges(self, number: int) -> list[Markup]:
        """The ranges that an equation's letters do not say themselves: ``t = 2..T``."""
        equation = self.document.derivation.model.equations[number - 1]
        return [self._write(Printer.values, *own) for own in self.document.ranges(equation)]

    def _write(self, write: Callable[..., str], *parts: Expr) -> Markup:
        """What a method of the printer writes of some expressions."""
        return self.formula(lambda page: write(page.printer, *parts))

    def count(self, number: int) -> str:
        """A whole number as it is read: its digits in threes."""
        return digits_in_threes(number)

    def is_two_digits(self, number: int) -> bool:
        """Whether all digits of a number but its first two are zeros."""
        lead, exponent = two_digits(number)
        return bool(number == lead * 10 ** (exponent - 1))

    def magnitude(self, number: int) -> Markup:
        """A large whole number, to two digits: ``2.7 * 10^18``."""
        lead, exponent = two_digits(number)

        def write(page: Self) -> str:
            power = page.target.power("10", str(exponent))
            if lead == 10:
                return power
            factor = page.printer(Rational(lead, 10))
            return page.target.product([factor, power], frozenset({"number", "partial"}))

        return self.formula(write)

    def primes(self, order: int) -> str:
        """The primes of a derivative."""
        if self.target.name == "typst":
            return f"^({' '.join(['prime'] * order)})" if order else ""
        return getattr(self.target, "prime", "'") * order

    def product_sign(self) -> Markup:
        """A product entry by entry."""
        return self.formula(lambda page: page.target.hadamard(["A", "B"]))

    def quotient_sign(self) -> Markup:
        """A quotient entry by entry."""
        return self.formula(lambda page: page.target.divided("A", "B"))

    def transpose_sign(self) -> Markup:
        """A transpose."""
        return self.formula(lambda page: page.target.transpose("A"))

    def condition_sign(self, kind: str = "") -> Markup:
        """A condition in Iverson's brackets; of the ``kind`` ``equal`` on two indices."""
        if kind == "equal" and self.document.is_general:
            shown = [link.expression for c in self.document.shown for link in c.links]
            return self.m(min((d for e in shown for d in e.atoms(KroneckerDelta)), key=str))
        if kind == "equal":
            return self.m(KroneckerDelta(Symbol("i", integer=True), Symbol("k", integer=True)))
        return self.formula(lambda page: page.target.bracket(page.target.compare("a", ">", "b")))

    def ones(self) -> Markup:
        """A vector of ones."""
        return self.formula(lambda page: page.target.ones())

    def power_of_two(self, exponent: int, less: int = 0) -> Markup:
        """A power of two, less a whole number."""
        return self.formula(lambda page: power_of_two(page.target, exponent, less))

    def index(self, letter: str) -> Markup:
        """An index by its letter in the model."""
        return self.formula(
            lambda page: page.target.spelling(page.printer.vocabulary.spell_index(letter))
        )

    def counted(self) -> list[Markup]:
        """What the numbers of weights and biases stand for: ``w_1 = w_{11}^{(1)}``."""

        def equation(number: Spelling, entry: Spelling) -> Markup:
            return self.formula(
                lambda page: page.target.equal(*map(page.target.spelling, (number, entry)))
            )

        return [equation(*pair) for pair in self.printer.vocabulary.counted()]

    def ref(self, numbers: Iterable[int]) -> Markup:
        """References to numbered equations: ``(4)``, ``(4) and (5)`` is for words to say."""
        return Markup(", ".join(f"({number})" for number in numbers))

    def code_line(self, text: str) -> Markup:
        """A command within a sentence."""
        if self.format.suffix == "tex":
            shown = _BREAKABLE.sub(_MAY_BREAK, self.format.escape(text))
            return Markup(rf"\texttt{{{shown}}}")
        return Markup(f"`{text}`")

    # Displayed ------------------------------------------------------------------------------------

    def set(self, expression: Expr, printer: Printer | None = None) -> Markup:
        """A displayed formula on one line."""
        return Markup((printer or self.printer)(expression))

    def rows(self, chain: ChainOf, say: Say, printer: Printer | None = None) -> list[Row]:
        """The links of a chain, broken to the room that the left side and the reasons leave."""
        printer = printer or self.printer
        marked = [printer.marked(link.expression) for link in chain.links]
        reasons = self.reasons(chain, say)
        left = self.target.measure(printer(chain.subject)) + 1.5
        room = self.room - left - (3.0 if chain.number else 0.0)
        broken = [self.broken(text, room) for text in marked]
        measured = [
            (max(map(self.target.measure, lines)), self.target.measure(lines[-1]))
            for lines in broken
        ]
        margins = [self.reason_width(reason) for reason in reasons]
        in_column = max((w for w, _ in measured), default=0.0) + max(margins, default=0.0) <= room
        rows = []
        for lines, reason, (_, last), margin in zip(
            broken, reasons, measured, margins, strict=True
        ):
            place = "column" if in_column else "after" if last + margin <= room else "below"
            rows.append(Row([Markup(line) for line in lines], reason, place))
        return rows

    def lines(self, chain: ChainOf, printer: Printer | None = None) -> list[Markup]:
        """The only right side of a chain, broken to the room that the left side leaves."""
        printer = printer or self.printer
        room = self.room - self.target.measure(printer(chain.subject)) - 4.5
        marked = printer.marked(chain.links[0].expression)
        lines = self.broken(marked, room)
        return [Markup(line) for line in lines]

    def broken(self, marked: str, room: float) -> list[str]:
        """A formula in lines that fit; all but the first are set in."""
        target = self.target
        return break_lines(marked, room, room - 2.0, target.measure, target.joint, target.nest)

    def reasons(self, chain: ChainOf, say: Say) -> list[Markup]:
        """The reason of each link in words; one that is the same as before is not said again."""
        said = [say(link) for link in self._before_facts(chain)]
        return [
            Markup("") if place and reason == said[place - 1] else reason
            for place, reason in enumerate(said)
        ]

    def _before_facts(self, chain: ChainOf) -> list[Equality]:
        """The links; of a result that is put in, whether what is known is used only afterwards."""
        facts = {step.number for step in self.document.derivation.steps if step.facts}
        links = list(chain.links)
        for place, (link, after) in enumerate(pairwise(links)):
            if link.rule == Rule.UPSTREAM and after.rule == Rule.FACT and facts & {*link.equations}:
                links[place] = replace(link, about=("before-facts", *after.about))
        return links

    def reason_width(self, reason: str) -> float:
        """The width of a reason beside a formula; mathematics in it is wider than it looks."""
        return 2.0 + 0.43 * len(reason.replace("\\", "").replace("$", "")) if reason else 0.0

    def matrix(self, form: MatrixForm) -> tuple[Markup, list[Markup]]:
        """Left side and lines of a matrix form."""
        arrays = self.arrays_for(form)
        left = arrays.left(form)
        room = self.room - self.target.measure(left) - 4.5
        lines = self.broken(arrays.right(form), room)
        return Markup(left), [Markup(line) for line in lines]

    @property
    def recursion(self) -> tuple[ChainOf, ...]:
        """The document's recursion, with both sides such that a delta stands alone on the left."""
        return tuple(map(self.for_delta, self.document.recursion))

    def for_delta(self, chain: ChainOf) -> ChainOf:
        """A derivative's chain with both sides such that its delta stands alone on the left."""
        vocabulary = self.printer.vocabulary
        if chain.quantity is None or chain.quantity.name not in vocabulary.deltas:
            return chain
        factor = vocabulary.delta_factor(chain.quantity.name)
        links = tuple(replace(e, expression=e.expression / factor) for e in chain.links)
        return replace(chain, subject=chain.subject / factor, links=links)

    @property
    def delta(self) -> str:
        """What the notation has for a derivative: ``delta``, ``negative``, ``d`` or nothing."""
        notation = self.document.notation
        if not self.printer.vocabulary.deltas:
            return ""
        if notation.delta_sign < 0:
            return "negative"
        return "d" if notation.differentials else "delta"

    @property
    def has_capitals(self) -> bool:
        """Whether arrays of a batch have the capital of the letter of their entries."""
        slots = [s for s in self.printer.vocabulary.slots.values() if s.quantity.ranges]
        pairs = [(s.entry.base, s.whole.base) for s in slots if s.quantity.role is not Role.WEIGHT]
        return any(one != other == one.upper() for one, other in pairs)

    def delta_examples(self) -> list[tuple[Markup, Markup]]:
        """The letters for derivatives by pre-activations, each with what it stands for."""
        vocabulary = self.printer.vocabulary
        loss = self.document.derivation.loss
        found = []
        for quantity in self.document.derivation.model.quantities.values():
            if quantity.role is not Role.PREACTIVATION or quantity.name not in vocabulary.deltas:
                continue
            meant = Partial(loss, quantity.entry) / vocabulary.delta_factor(quantity.name)
            found.append((self._short_m(meant), self.m(meant)))
        return found

    def _short_m(self, expression: Expr) -> Markup:
        """A formula within a sentence, with deltas."""
        return self.formula(lambda page: page.short(expression))
