"""Sets the blocks of a page: what its formats have in common, all that templates ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from markupsafe import Markup

from symback.model.equations import Model
from symback.notation import FOUNDING, Notation
from symback.printing.lines import break_lines
from symback.printing.plain import PLAIN
from symback.printing.target import Target, plainly
from symback.printing.text import UNICODE
from symback.records import dataclass
from symback.rendering.formats import Format
from symback.rendering.teaching.numbers import EntryPrinter, NumberPrinter, set_digits
from symback.teaching.blocks import Block, Code, Digits, Math, Own, Say, Shown, Typed
from symback.teaching.counting import Counting

__all__ = ["Line", "Setting"]

_SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a working: what stands left of the sign, what right of it, and what is said."""

    left: Markup
    right: Markup
    said: str
    blank: bool = False


class Setting:
    """Sets formulas, digits and sentences in one format.

    Args:
        output_format: the format.
        words: the sentence of each code.
        model: whose quantities are printed; None for a page without formulas.
        notation: how they are spelled.
        ascii: for text, whether to do without Unicode.
    """

    def __init__(
        self,
        output_format: Format,
        words: Mapping[str, str],
        model: Model | None,
        notation: Notation | None = None,
    ) -> None:
        self.format = output_format
        self.target: Target = output_format.target
        self.words = words
        self.model = model
        self.notation = notation or FOUNDING
        self._numbered: dict[tuple[int, int], NumberPrinter] = {}
        self._set: dict[tuple[Any, str], Markup] = {}

    nothing = Markup("")
    """What stands left of a line that goes on."""

    def in_order(self, block: Block) -> Block:
        """A block with its entries in the order of their numbers, where they have some."""
        return block if self.model is None else Counting(self.printer.vocabulary).block(block)

    # Sentences ------------------------------------------------------------------------------------

    def say(self, say: Say) -> Markup:
        """A sentence with its slots filled."""
        sentence = self.words[say.code]
        out, place = "", 0
        for slot in _SLOT.finditer(sentence):
            out += self.escape(sentence[place : slot.start()])
            out += self.cell(say.args[slot[1]])
            place = slot.end()
        return Markup(out + self.escape(sentence[place:]))

    def escape(self, text: str) -> str:
        """Our own words in the document's language."""
        return self.format.escape(text)

    def cell(self, part: Any) -> Markup:
        """Anything that a slot or a cell of a table can hold."""
        if isinstance(part, Markup):
            return part
        if isinstance(part, Say):
            return self.say(part)
        if isinstance(part, Math):
            return self.math(part)
        if isinstance(part, Digits):
            return self.digits(part.text)
        if isinstance(part, Own):
            return Markup(self.format.escape(_visible(part.text)))
        if isinstance(part, Code):
            return self.code(part.text)
        if isinstance(part, Typed):
            return self.code(plainly(self.typed(part.expression)))
        if isinstance(part, (list, tuple)):
            return Markup(", ".join(self.cell(item) for item in part))
        if isinstance(part, int):
            return Markup(self.format.escape(str(part)))
        if isinstance(part, str):
            return Markup(self.format.escape(part))
        raise TypeError(type(part).__name__)

    def code(self, text: str) -> Markup:
        """A name as it is typed."""
        return Markup(self.format.escape(text))

    # Formulas -------------------------------------------------------------------------------------

    @cached_property
    def printer(self) -> EntryPrinter:
        """Prints formulas in letters."""
        assert self.model is not None
        return EntryPrinter(self.target, self.model, self.notation)

    @cached_property
    def spoken(self) -> EntryPrinter:
        """Prints formulas in letters of a terminal, for who cannot see them."""
        assert self.model is not None
        return EntryPrinter(UNICODE, self.model, self.notation)

    @cached_property
    def typed(self) -> EntryPrinter:
        """Prints formulas as they are typed on a keyboard."""
        assert self.model is not None
        return EntryPrinter(PLAIN, self.model, self.notation)

    def numbered(self, numbers: Mapping[Any, str], target: Target | None = None) -> NumberPrinter:
        """Prints formulas with these digits."""
        own = target or self.target
        key = id(numbers), id(own)
        if key not in self._numbered:
            assert self.model is not None
            self._numbered[key] = NumberPrinter(own, self.model, self.notation, numbers=numbers)
        return self._numbered[key]

    def math(self, part: Math) -> Markup:
        """A formula within a sentence."""
        if part.numbers is not None:
            return self._math(part)
        # A class's marks name the same values for every student.
        own = part.expression, part.equals
        if own not in self._set:
            self._set[own] = self._math(part)
        return self._set[own]

    def _math(self, part: Math) -> Markup:
        def write(target: Target, printer: EntryPrinter) -> str:
            chosen = self.numbered(part.numbers, target) if part.numbers is not None else printer
            text = plainly(chosen(part.expression))
            return target.equal(text, self._number(part.equals, target)) if part.equals else text

        text = write(self.target, self.printer)
        found = self.inline(text, lambda: write(UNICODE, self.spoken))
        return self.whole(found, text) if part.equals else self.named(found, text)

    def whole(self, formula: Markup, text: str) -> Markup:
        """A name with its value, on one line where lines are broken."""
        return formula

    def named(self, formula: Markup, text: str) -> Markup:
        """A name, with the height that it needs."""
        return formula

    def digits(self, digits: str) -> Markup:
        """A number within a sentence."""
        return self.inline(self._number(digits, self.target), lambda: digits)

    def _number(self, digits: str, target: Target) -> str:
        if digits.startswith("-"):
            return target.terms([(True, set_digits(target, digits[1:]))])
        return set_digits(target, digits)

    def inline(self, text: str, said: Any) -> Markup:
        """A printed formula within a sentence."""
        return Markup(self.format.inline.replace("{}", plainly(text)))

    def display(self, text: str, said: str) -> Markup:
        """A printed formula of a working."""
        return Markup(plainly(text))

    def close(self, text: str, said: str) -> Markup:
        """A printed formula of a working where as many stand on a line as there is room for."""
        return self.display(text, said)

    def lines(self, row: Shown, *, tight: bool = False, room: float | None = None) -> list[Line]:
        """A value's working, line by line: short ones on one line, long ones broken to fit.

        Args:
            row: the value.
            tight: whether lines are set close.
            room: for what stands behind the sign, if it is not what the format has.
        """
        display = self.close if tight else self.display
        subject = plainly(self.printer(row.subject))
        said = plainly(self.spoken(row.subject))
        sides: list[tuple[str, str]] = []  # marked text and what is said
        if row.formula is not None:
            sides.append((self.printer.marked(row.formula), plainly(self.spoken(row.formula))))
            if row.numbers is not None:
                marked = self.numbered(row.numbers).marked(row.formula)
                spoken = plainly(self.numbered(row.numbers, UNICODE)(row.formula))
                result = plainly(self._number(row.result, self.target)) if row.result else ""
                if plainly(marked) not in (plainly(sides[0][0]), result):
                    sides.append((marked, spoken))
        if row.result and (
            not sides or plainly(sides[-1][0]) != plainly(self._number(row.result, self.target))
        ):
            said_so = self._number(row.result, UNICODE)
            sides.append((self._number(row.result, self.target), said_so))
        blank = row.blank
        out: list[Line] = []
        if room is None:
            room = self.format.room - 2 - self.target.measure(subject)
        texts: list[tuple[str, str]] = []
        for marked, spoken in sides:
            broken = break_lines(
                marked, room, room - 2, self.target.measure, self.target.joint, self.target.nest
            )
            texts += [(part, spoken if not place else "") for place, part in enumerate(broken)]
            if len(broken) > 1:
                texts[-len(broken) + 1 :] = [("\x00" + t, s) for t, s in texts[-len(broken) + 1 :]]
        # What fits on one line stands on one line.
        joined: list[tuple[str, str]] = []
        for text, spoken in texts:
            whole = f"{joined[-1][0]} = {text}" if joined else text
            fits = joined and not text.startswith("\x00") and not joined[-1][0].startswith("\x00")
            if fits and self.target.measure(plainly(whole)) <= room:
                joined[-1] = (whole, f"{joined[-1][1]} = {spoken}")
            else:
                joined.append((text, spoken))
        for place, (text, spoken) in enumerate(joined):
            goes_on = text.startswith("\x00")
            plain = plainly(text.lstrip("\x00"))
            full = f"{said} = {spoken}" if not place else spoken or f"{said}, …"
            relation = self._relation(goes_on)
            out.append(
                Line(
                    display(subject, said) if not place else self.nothing,
                    display(relation + plain, full),
                    full,
                )
            )
        if blank:
            left = self.nothing if out else display(subject, said)
            out.append(Line(left, display(self._relation(False), "="), f"{said} = ?", True))
        return out

    def _relation(self, goes_on: bool) -> str:
        return "  " if goes_on else "= "

    def visible(self, text: str) -> str:
        """A user's text without what cannot be seen."""
        return _visible(text)


def _visible(text: str) -> str:
    """Control characters, and those that turn the direction of writing, are left out."""
    return "".join(c for c in text if c.isprintable())
