"""What all formats have in common: formulas in LaTeX, a task as HTML or as lines, words."""

from __future__ import annotations

import re
from html import escape as escape_html
from typing import Any

from markupsafe import Markup

from symback.printing.latex import LATEX
from symback.printing.target import plainly
from symback.rendering.environment import environment
from symback.rendering.formats import Format
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.teaching.setting import Setting
from symback.rendering.teaching.settings import HtmlSetting
from symback.rendering.teaching.write import sentences
from symback.teaching.blocks import (
    Block,
    Bullets,
    Heading,
    NewPage,
    Paragraph,
    Say,
    Table,
    Working,
)
from symback.teaching.exercises import Exercise, Item, Sheet, Small
from symback.teaching.exercises.formulas import equations
from symback.teaching.exercises.parts import model_setting

__all__ = [
    "PLAIN",
    "SHARE",
    "PlainLines",
    "TexInHtml",
    "blocks_html",
    "cdata",
    "html_setting",
    "label_of",
    "plain_number",
    "said",
    "slip_words",
    "task_blocks",
    "task_html",
    "task_lines",
]

_END_OF_LINE = re.compile(r'(<span class="number">(?:(?!</?span).)*</span>)')

SHARE = "25"
"""What an answer gets that a known slip explains."""


class TexInHtml(HtmlSetting):
    r"""HTML whose formulas are LaTeX between ``\(`` and ``\)``, as Moodle and Numbas set them."""

    def inline(self, text: str, said: Any) -> Markup:
        """A formula within a sentence."""
        return Markup(rf"\({escape_html(plainly(text), quote=False)}\)")

    def display(self, text: str, said: str) -> Markup:
        """A formula of a working."""
        text = "{} " + text if text.startswith("=") else text
        return Markup(rf"\(\displaystyle {escape_html(plainly(text), quote=False)}\)")


class PlainLines(Setting):
    """One line of text for each block, formulas between dollars: what text2qti reads."""

    def inline(self, text: str, said: Any) -> Markup:
        """A formula within a sentence."""
        return Markup(f"${plainly(text)}$")

    def display(self, text: str, said: str) -> Markup:
        """A formula of a working, whose line brings the dollars."""
        return Markup(plainly(text))


_HTML = Format("html", "html", LATEX, lambda text: escape_html(text, quote=False))
PLAIN = Format("markdown", "md", LATEX, lambda text: re.sub(r"([\\`*_$<>^])", r"\\\1", text))


def html_setting(sheet: Sheet) -> TexInHtml:
    """What sets a task as HTML with LaTeX in it."""
    words = sentences(HANDOUT_FORMATS["html"])
    return TexInHtml(_HTML, words, sheet.model, sheet.notation)


def task_html(exercise: Exercise, sheet: Sheet, page: TexInHtml) -> str:
    """The task as HTML on its own."""
    return blocks_html(task_blocks(exercise, sheet), page)


def blocks_html(blocks: tuple[Block, ...], page: TexInHtml) -> str:
    """Blocks as HTML on their own."""
    template: Any = environment(HANDOUT_FORMATS["html"]).get_template("teaching/fragment.html.j2")
    text: str = template.render(page=page, blocks=tuple(map(page.in_order, blocks)))
    # No style sheet of ours goes with it: a line of a working ends by itself.
    return _END_OF_LINE.sub(r"\1<br>", " ".join(text.split()))


def task_blocks(exercise: Exercise, sheet: Sheet) -> tuple[Block, ...]:
    """A task that stands alone: how its letters are read comes first, and a model's equations."""
    if exercise.problem is None:
        return exercise.task
    reading = Paragraph((sheet.reading, Say("decimals")))
    if isinstance(sheet.about, Small):
        stated = Paragraph((model_setting(sheet.about),))
        return (reading, stated, equations(sheet.about.derivation), *exercise.task)
    return (reading, *exercise.task)


def label_of(item: Item, page: Setting) -> str:
    """What belongs in the box of an item."""
    return str(page.cell(item.label))


def slip_words(code: str, page: Setting) -> str:
    """What is said of a slip."""
    return str(page.say(Say(f"slip-{code}")))


def said(code: str, page: Setting, **args: Any) -> str:
    """The sentence of a code, with its slots filled."""
    return str(page.say(Say(code, args)))


def plain_number(text: str) -> str:
    """Digits with the minus sign of a keyboard."""
    return text.replace("−", "-")


def cdata(text: str) -> str:
    """A text as character data of XML."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def task_lines(blocks: tuple[Block, ...], page: Setting) -> list[str]:
    """The blocks of a task as lines of text."""
    out: list[str] = []
    for block in map(page.in_order, blocks):
        if isinstance(block, Paragraph):
            out.append(" ".join(str(page.say(say)) for say in block.says))
        elif isinstance(block, Bullets):
            out += [str(page.say(say)) for say in block.says]
        elif isinstance(block, Table):
            out += [": ".join(str(page.cell(cell)) for cell in row) for row in block.rows]
        elif isinstance(block, Working):
            if block.label is not None:
                out.append(str(page.say(block.label)))
            for row in block.rows:
                text = " ".join(f"{line.left} {line.right}" for line in page.lines(row)).strip()
                out.append(f"${text}{' ?' if row.blank else ''}$")
        elif isinstance(block, Heading):
            out.append(str(page.say(block.say)))
        elif not isinstance(block, NewPage):
            raise TypeError(type(block).__name__)
    return out
