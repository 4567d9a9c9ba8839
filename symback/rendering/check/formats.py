"""The formats of a checked document, and how each sets a formula within a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from symback.printing.text import UNICODE
from symback.records import dataclass
from symback.rendering.formats import ASCII_TEXT, FORMATS, Format

__all__ = ["REPORT_FORMATS", "Setting", "escape_property", "longest_run"]


def _escape_message(text: str) -> str:
    """What a workflow command of GitHub's takes as text, on its one line."""
    return _unseen(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> Markup:
    """The value of a property of a workflow command: a file's name, a title."""
    return Markup(_escape_message(text).replace(":", "%3A").replace(",", "%2C"))


def _unseen(text: str) -> str:
    """Control characters, and those that turn the direction of reading, as their escapes."""
    return "".join(c if c.isprintable() or c in "\r\n" else repr(c)[1:-1] for c in text)


def _escape_html(text: str) -> str:
    return str(escape(_unseen(text)))


def _text_code(text: str) -> str:
    return text


def _html_code(text: str) -> Markup:
    return Markup(f"<code>{_escape_html(text)}</code>")


def _markdown_code(text: str) -> Markup:
    """A code span: its fence is longer than any run of backticks in it."""
    text = _unseen(text).replace("\n", " ").replace("\r", " ")
    fence = "`" * (longest_run(text, "`") + 1)
    padding = " " if text[:1] in ("`", " ") or text[-1:] in ("`", " ") else ""
    return Markup(f"{fence}{padding}{text}{padding}{fence}")


def longest_run(text: str, letter: str) -> int:
    """How often a letter follows itself at most."""
    return max((len(run) for run in re.findall(f"{re.escape(letter)}+", text)), default=0)


@dataclass(frozen=True, slots=True)
class Setting:
    """A format of reports.

    Attributes:
        format: its name, suffix and way to escape.
        code: sets a formula or a token within a sentence.
    """

    format: Format
    code: Callable[[str], str]


_HTML = Format("html", "html", UNICODE, _escape_html)
_GITHUB = Format("github", "github", UNICODE, _escape_message)

REPORT_FORMATS: dict[str, Setting] = {
    "text": Setting(FORMATS["text"], _text_code),
    "ascii": Setting(ASCII_TEXT, _text_code),
    "markdown": Setting(FORMATS["markdown"], _markdown_code),
    "html": Setting(_HTML, _html_code),
    "github": Setting(_GITHUB, _text_code),
    "json": Setting(FORMATS["json"], _text_code),
}
"""Every format of a report; ``ascii`` is text without Unicode."""
