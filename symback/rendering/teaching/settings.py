"""What sets a page, format by format."""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from symback.model.equations import Model
from symback.notation import Notation
from symback.printing.target import plainly
from symback.printing.typst import typst_string
from symback.rendering.formats import MIN_WIDTH, PAGE_WIDTH, READABLE, Format
from symback.rendering.teaching.columns import table_lines, width_of
from symback.rendering.teaching.setting import Setting
from symback.teaching.blocks import Say, Shown, Table, Working

__all__ = ["HtmlSetting", "setting_for"]


class MarkdownSetting(Setting):
    """Names in a monospaced font, between backticks."""

    @property
    def fence(self) -> tuple[Markup, Markup]:
        """What stands before and after a working: in a fence Markdown changes no backslash."""
        if self.format.name == "notebook":
            return Markup("$$"), Markup("$$")
        return Markup("```math"), Markup("```")

    def code(self, text: str) -> Markup:
        return Markup("`" + text.replace("`", "'").replace("|", "\\|") + "`")


_SIGNS = {"½": r"$\frac12$", "′": "$'$", "−": "$-$", "²": "$^2$", "ŷ": r"$\hat{y}$"}
"""Mathematical signs in our own sentences, which LaTeX's fonts for text lack."""


class LatexSetting(Setting):
    """LaTeX for pdflatex."""

    def escape(self, text: str) -> str:
        """Our own words; mathematical signs among them are set as mathematics."""
        parts = re.split(f"([{''.join(_SIGNS)}])", text)
        return "".join(_SIGNS.get(part) or self.format.escape(part) for part in parts)

    def code(self, text: str) -> Markup:
        return Markup(r"\texttt{" + self.format.escape(text) + "}")

    def whole(self, formula: Markup, text: str) -> Markup:
        """A name with its value on one line."""
        return Markup(rf"\mbox{{{formula}}}")

    def _relation(self, goes_on: bool) -> str:
        return r"\quad " if goes_on else "= "


class HtmlSetting(Setting):
    """MathML made from the same LaTeX."""

    @cached_property
    def _convert(self) -> Any:
        from symback.rendering.handout.mathml import converter

        return converter()

    def inline(self, text: str, said: Any) -> Markup:
        """A formula within a sentence."""
        return Markup(_without_annotation(self._convert(plainly(text), False)))

    def display(self, text: str, said: str) -> Markup:
        """A formula of a working."""
        text = "{} " + text if text.startswith("=") else text
        return Markup(_without_annotation(self._convert(plainly(text), True)))

    def _relation(self, goes_on: bool) -> str:
        return r"\quad {} " if goes_on else "{} = "

    def code(self, text: str) -> Markup:
        """A name as it is typed."""
        return Markup(f"<code>{self.format.escape(text)}</code>")

    def faces(self, body: Markup) -> Markup:
        """The rules that embed the mathematical font for what stands in a page's body."""
        from symback.rendering.handout.embedded_fonts import faces

        return Markup(faces(body)) if "<math" in body else Markup("")

    def policy(self, style: str, script: str = "") -> str:
        """What the page may load: nothing but its own style and script, known by their digests."""
        rules = ["default-src 'none'", f"style-src 'sha256-{_digest(style)}'"]
        if "data:font" in style:
            rules.append("font-src data:")
        if script:
            rules.append(f"script-src 'sha256-{_digest(script)}'")
        return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return b64encode(sha256(str(text).encode()).digest()).decode()


class TypstSetting(Setting):
    """Typst, each formula with words for who cannot see it."""

    nothing = Markup('""')

    def inline(self, text: str, said: Any) -> Markup:
        return Markup(f"#m({typst_string(said())}, ${plainly(text)}$);")

    def whole(self, formula: Markup, text: str) -> Markup:
        """A name with its value on one line, with the whole height of its fractions."""
        return Markup(f"#{'tall' if 'frac(' in text else 'whole'}[{formula}];")

    def named(self, formula: Markup, text: str) -> Markup:
        """A name with the whole height of its fraction, which is read in tables and lists."""
        return Markup(f"#tall[{formula}]") if "frac(" in text else formula

    def display(self, text: str, said: str) -> Markup:
        return Markup(f"display({plainly(text)})")

    def close(self, text: str, said: str) -> Markup:
        return Markup(f"inline({plainly(text)})")

    def _relation(self, goes_on: bool) -> str:
        return 'quad ""' if goes_on else "= "

    def code(self, text: str) -> Markup:
        return Markup(f"#raw({typst_string(text)})")

    def string(self, text: str) -> Markup:
        """A text as a string."""
        return Markup(typst_string(text))


_HARD = "\N{NO-BREAK SPACE}"
_BOX = "[________________]"


class TextSetting(Setting):
    """A terminal's letters.

    Args:
        width: of a line, in columns; not fewer than `MIN_WIDTH`, nor more than can be read.
    """

    def __init__(
        self,
        output_format: Format,
        words: Mapping[str, str],
        model: Model | None,
        notation: Notation | None = None,
        width: int = PAGE_WIDTH,
    ) -> None:
        super().__init__(output_format, words, model, notation)
        self.columns = min(max(width, MIN_WIDTH), READABLE)

    def whole(self, formula: Markup, text: str) -> Markup:
        """A name with its value, whose spaces end no line."""
        return Markup(formula.replace(" ", _HARD))

    def finished(self, text: str) -> str:
        """A page whose lines are broken: every space is an ordinary one."""
        return text.replace(_HARD, " ")

    def width(self, text: Any) -> int:
        """The number of columns of a cell."""
        return width_of(str(text))

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

    def headed(self, say: Say, rule: str) -> Markup:
        """A heading, with a rule below it where one is given."""
        text = self.wrapped((say,))
        longest = max(map(self.width, text.split("\n")))
        return Markup(f"{text}\n{rule * longest}") if rule else text

    def aligned(self, block: Working, row: Shown) -> list[Markup]:
        """The lines of one value, its left side under those of the others."""
        left = max(self.width(self.printer(r.subject)) for r in block.rows)
        out = []
        lines = self.lines(row, room=self.columns - left - len("   = ") - (2 if row.blank else 0))
        for place, line in enumerate(lines):
            text = f"  {' ' * (left - self.width(line.left))}{line.left} {line.right}"
            if line.blank:
                text += " ?"
            if row.number and place == len(lines) - 1:
                number = f"({row.number})"
                gap = self.columns - self.width(text) - len(number)
                if gap < 2:
                    out.append(Markup(text.rstrip()))
                    text, gap = "", self.columns - len(number)
                text += " " * gap + number
            out.append(Markup(text.rstrip()))
        return out

    def table(self, block: Table) -> list[Markup]:
        """The lines of a table."""
        head = [str(self.say(say)) for say in block.head]
        rows = [[str(self.cell(cell)) for cell in row] for row in block.rows]
        return [Markup(line) for line in table_lines(head, rows, self.columns)]

    def answer(self, label: Any, name: str = "") -> list[Markup]:
        """The lines of a value to be filled in, whose box begins a line where there is no room."""
        text = f"{self.cell(label)} ({self.code(name)})" if name else str(self.cell(label))
        lines = textwrap.wrap(
            text, self.columns, initial_indent="  ", subsequent_indent="  ",
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip
        if self.width(lines[-1]) + 2 + len(_BOX) > self.columns:
            lines.append("")
        lines[-1] += f"  {_BOX}"
        return [Markup(line) for line in lines]


_SETTINGS = {
    "markdown": MarkdownSetting, "notebook": MarkdownSetting,
    "latex": LatexSetting, "html": HtmlSetting, "typst": TypstSetting, "pdf": TypstSetting,
}  # fmt: skip


def setting_for(
    output_format: Format,
    words: Mapping[str, str],
    model: Model | None,
    notation: Notation | None = None,
    width: int = PAGE_WIDTH,
) -> Setting:
    """What sets a page in this format; the width is that of text."""
    if output_format.name == "text":
        return TextSetting(output_format, words, model, notation, width)
    return _SETTINGS[output_format.name](output_format, words, model, notation)


def _without_annotation(mathml: str) -> str:
    found = re.sub(r"<annotation[^>]*>.*?</annotation>", "", mathml, flags=re.S)
    return re.sub(r"</?semantics>", "", found)
