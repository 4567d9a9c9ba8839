"""``symback explain``: what a rule, a reason, a convention, a verdict or any other code says."""

from __future__ import annotations

import click

from symback.cli.command import Command
from symback.cli.engine import wake_collector
from symback.cli.formats import choose_format
from symback.cli.lesson import page_output
from symback.cli.output import Target
from symback.cli.style import style_for
from symback.errors import InputError

__all__ = ["explain"]

_FORMATS = ("text", "markdown", "html")


@click.command(
    cls=Command,
    short_help="Explain a rule, a reason, a verdict or any code that symback mentions.",
    examples=(
        "symback explain",
        "symback explain chain-rule",
        "symback explain updated-weights",
        "symback explain unread.name-or-product",
    ),
)
@click.argument("name", metavar="[TOPIC]", required=False)
@page_output(_FORMATS, "text")
@click.option("--ascii", is_flag=True, help="Text without Unicode letters.")
def explain(
    name: str | None, stated_format: str | None, output: str, force: bool, ascii: bool
) -> None:
    """Explain a topic: the rule, why it holds, a worked instance, where to read on.

    Without a topic, all of them are listed. A code that several groups have is explained for each;
    GROUP.CODE means one.
    """
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    from symback.rendering.teaching.explaining import explained, listed
    from symback.rendering.teaching.topics import topic

    if name is None:
        target.write(listed())
        return
    entries = topic(name)
    if output_format == "html" and len(entries) > 1:
        raise InputError(
            f"{len(entries)} topics have this code, and a page is about one",
            where="TOPIC",
            hint="say " + ", or ".join(f"{entry.group}.{entry.code}" for entry in entries),
        )
    wake_collector()
    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color="never")
    target.write(explained(entries, output_format, ascii=style.ascii, width=style.width))
