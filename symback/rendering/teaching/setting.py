"""Sets the blocks of a page in one format; its templates ask for nothing else."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from symback.model.equations import Model
from symback.notation import FOUNDING, Notation
from symback.printing.lines import break_lines
from symback.printing.target import Target, plainly
from symback.printing.text import UNICODE
from symback.printing.typst import typst_string
from symback.rendering.formats import Format
from symback.rendering.teaching.numbers import EntryPrinter, NumberPrinter, set_digits
from symback.teaching.blocks import Code, Digits, Math, Own, Say, Shown, Table, Working

__all__ = ["Line", "Setting", "setting_for"]

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

    nothing = Markup("")
    """What stands left of a line that goes on."""

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

        def write(target: Target, printer: EntryPrinter) -> str:
            chosen = self.numbered(part.numbers, target) if part.numbers is not None else printer
            text = plainly(chosen(part.expression))
            return target.equal(text, self._number(part.equals, target)) if part.equals else text

        text = write(self.target, self.printer)
        return self.inline(text, lambda: write(UNICODE, self.spoken))

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

    def lines(self, row: Shown) -> list[Line]:
        """A value's working, line by line: short ones on one line, long ones broken to fit."""
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
            sides.append((self._number(row.result, self.target), row.result))
        blank = row.blank
        out: list[Line] = []
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
                    self.display(subject, said) if not place else self.nothing,
                    self.display(relation + plain, full),
                    full,
                )
            )
        if blank:
            left = self.nothing if out else self.display(subject, said)
            out.append(Line(left, self.display(self._relation(False), "="), f"{said} = ?", True))
        return out

    def _relation(self, goes_on: bool) -> str:
        return "  " if goes_on else "= "

    def visible(self, text: str) -> str:
        """A user's text without what cannot be seen."""
        return _visible(text)


class MarkdownSetting(Setting):
    """Names in a monospaced font, between backticks."""

    def code(self, text: str) -> Markup:
        return Markup("`" + text.replace("`", "'").replace("|", "\\|") + "`")


class LatexSetting(Setting):
    """LaTeX for pdflatex, and for Markdown and notebooks."""

    def code(self, text: str) -> Markup:
        return Markup(r"\texttt{" + self.format.escape(text) + "}")

    def _relation(self, goes_on: bool) -> str:
        return r"\quad " if goes_on else "= "


class HtmlSetting(Setting):
    """MathML made from the same LaTeX."""

    @cached_property
    def _convert(self) -> Any:
        from symback.rendering.handout.mathml import converter

        return converter()

    def inline(self, text: str, said: Any) -> Markup:
        return Markup(_without_annotation(self._convert(plainly(text), False)))

    def display(self, text: str, said: str) -> Markup:
        text = "{} " + text if text.startswith("=") else text
        return Markup(_without_annotation(self._convert(plainly(text), True)))

    def _relation(self, goes_on: bool) -> str:
        return r"\quad {} " if goes_on else "{} = "

    def code(self, text: str) -> Markup:
        return Markup(f"<code>{self.format.escape(text)}</code>")

    def policy(self, style: str, script: str = "") -> str:
        """What the page may load: nothing but its own style and script, known by their digests."""
        rules = ["default-src 'none'", f"style-src 'sha256-{_digest(style)}'"]
        if script:
            rules.append(f"script-src 'sha256-{_digest(script)}'")
        return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return b64encode(sha256(str(text).encode()).digest()).decode()


class TypstSetting(Setting):
    """Typst, each formula with words for who cannot see it."""

    nothing = Markup('""')

    def inline(self, text: str, said: Any) -> Markup:
        return Markup(f"#m({typst_string(said())}, ${plainly(text)}$)")

    def display(self, text: str, said: str) -> Markup:
        return Markup(f"display({plainly(text)})")

    def _relation(self, goes_on: bool) -> str:
        return 'quad ""' if goes_on else "= "

    def code(self, text: str) -> Markup:
        return Markup(f"#raw({typst_string(text)})")

    def string(self, text: str) -> Markup:
        """A text as a string."""
        return Markup(typst_string(text))


class TextSetting(Setting):
    """A terminal's letters."""

    columns = 80

    def width(self, text: Any) -> int:
        """The number of columns of a cell."""
        return sum(not unicodedata.combining(c) for c in str(text))

    def padded(self, text: Any, columns: int) -> str:
        """A cell with spaces up to a width."""
        return str(text) + " " * (columns - self.width(text))

    def wrapped(self, says: Iterable[Say], first: str = "", others: str = "") -> Markup:
        """Sentences, broken into lines."""
        text = " ".join(str(self.say(say)) for say in says)
        return Markup(
            "\n".join(
                textwrap.wrap(
                    text, self.columns, initial_indent=first, subsequent_indent=others,
                    break_on_hyphens=False,
                )
            )
        )  # fmt: skip

    def aligned(self, block: Working, row: Shown) -> list[Markup]:
        """The lines of one value, its left side under those of the others."""
        left = max(self.width(self.printer(r.subject)) for r in block.rows)
        out = []
        lines = self.lines(row)
        for place, line in enumerate(lines):
            text = f"  {' ' * (left - self.width(line.left))}{line.left} {line.right}"
            if line.blank:
                text += " ______________"
            if row.number and place == len(lines) - 1:
                number = f"({row.number})"
                gap = self.columns - self.width(text) - len(number)
                text += " " * max(2, gap) + number
            out.append(Markup(text.rstrip()))
        return out

    def table(self, block: Table) -> list[Markup]:
        """The lines of a table."""
        rows = [[str(self.say(say)) for say in block.head]]
        rows += [[str(self.cell(cell)) for cell in row] for row in block.rows]
        count = len(rows[0])
        widths = [max(self.width(row[i]) for row in rows) for i in range(count)]
        out = []
        for place, row in enumerate(rows):
            *front, last = row
            start = "  ".join(
                self.padded(text, width) for text, width in zip(front, widths, strict=False)
            )
            room = max(20, self.columns - self.width(start) - 2)
            wrapped = textwrap.wrap(last, room, break_long_words=False) or [""]
            out.append(Markup(f"{start}  {wrapped[0]}".rstrip()))
            out += [Markup(" " * (self.width(start) + 2) + more) for more in wrapped[1:]]
            if not place:
                rule = min(self.columns, sum(widths) + 2 * (count - 1))
                out.append(Markup("-" * rule))
        return out


_SETTINGS = {
    "text": TextSetting, "markdown": MarkdownSetting, "notebook": MarkdownSetting,
    "latex": LatexSetting, "html": HtmlSetting, "typst": TypstSetting, "pdf": TypstSetting,
}  # fmt: skip


def setting_for(
    output_format: Format,
    words: Mapping[str, str],
    model: Model | None,
    notation: Notation | None = None,
) -> Setting:
    """What sets a page in this format."""
    return _SETTINGS[output_format.name](output_format, words, model, notation)


def _without_annotation(mathml: str) -> str:
    found = re.sub(r"<annotation[^>]*>.*?</annotation>", "", mathml, flags=re.S)
    return re.sub(r"</?semantics>", "", found)


def _visible(text: str) -> str:
    """Control characters, and those that turn the direction of writing, are left out."""
    return "".join(c for c in text if c.isprintable())
