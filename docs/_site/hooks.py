"""What the site has beside the pages of docs/: references from the code, and set mathematics."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import click
from math_core import LatexError, LatexToMathML
from mkdocs.structure.files import File, Files

from symback.cli.app import symback
from symback.cli.formats import KNOWN
from symback.cli.listing import _CATALOGUES
from symback.model.language.sources import library_names, summary_of
from symback.notation import NOTATIONS
from symback.reading.statements.codes import code_of
from symback.rendering.teaching.topics import group_headings, topics

_FENCE = re.compile(r"^```math\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TAG = re.compile(r"\\tag\{([^}]*)\}")
_INLINE = re.compile(r"\$`([^`\n]+)`\$")
_OUTSIDE = re.compile(r"\]\((?:\.\./)+(README\.md|CHANGELOG\.md|CONTRIBUTING\.md|symback/[^)]*)\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made from the code."""
    for name, content in (("commands", _commands()), ("names", _names()), ("topics", _topics())):
        files.append(File.generated(config, f"reference/{name}.md", content="\n".join(content)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Set mathematics, which browsers show without a script."""
    setter = LatexToMathML()

    def display(match: re.Match[str]) -> str:
        formula = _TAG.sub(r"\\qquad (\1)", match[1].strip())
        try:
            return f"\n{setter.convert_with_local_state(formula, displaystyle=True)}\n"
        except LatexError:  # mathematics within words: the gallery's Markdown is shown as it is
            return match[0]

    def inline(match: re.Match[str]) -> str:
        return str(setter.convert_with_local_state(match[1], displaystyle=False))

    return _INLINE.sub(inline, _FENCE.sub(display, markdown))


def _commands() -> Iterator[str]:
    """A section for each command, with all of its options."""
    yield "# Every command\n"
    for name, command in symback.commands.items():
        yield f"## symback {name}\n"
        yield f"{command.get_short_help_str(200)}\n"
        examples = getattr(command, "examples", ())
        if examples:
            yield "```console"
            yield from (f"$ {example}" for example in examples)
            yield "```\n"
        context = click.Context(command, info_name=name)
        rows = [p.get_help_record(context) for p in command.params if isinstance(p, click.Option)]
        if rows:
            yield "| option | meaning |"
            yield "|---|---|"
            yield from (f"| `{_cell(row[0])}` | {_cell(row[1])} |" for row in rows if row)
            yield ""


def _names() -> Iterator[str]:
    """Tables of everything that has a name."""
    yield "# Functions, losses, models, notations, formats\n"
    tables = {
        **_CATALOGUES,
        "models": {name: summary_of(name) for name in library_names()},
        "notations": {entry.name: entry.summary for entry in NOTATIONS.values()},
    }
    for title, entries in tables.items():
        yield f"## {title.capitalize()}\n"
        yield "| name | |"
        yield "|---|---|"
        yield from (f"| `{name}` | {_cell(summary)} |" for name, summary in entries.items())
        yield ""
    yield "## Suffixes\n"
    yield "| suffix | format |"
    yield "|---|---|"
    yield from (f"| `{f.suffix}` | {f.name} |" for f in KNOWN.values() if f.suffix)


def _topics() -> Iterator[str]:
    """All that `symback explain` explains, group by group."""
    yield "# Every rule, verdict and code\n"
    yield "`symback explain CODE` says the same, with a worked instance where there is one.\n"
    known = topics()
    numbers = {"unread": True, "reason": False}
    for group, heading in group_headings().items():
        yield f"## {heading}\n"
        yield "| code | | why |"
        yield "|---|---|---|"
        for entry in (entry for entry in known.values() if entry.group == group):
            number = code_of(entry.code, unread=numbers[group]) if group in numbers else ""
            name = f"`{entry.code}`" + (f" {number}" if number else "")
            yield f"| {name} | {_cell(entry.rule)} | {_cell(entry.why)} |"
        yield ""


def _cell(text: str) -> str:
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|")
