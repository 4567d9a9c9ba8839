"""``symback help``: what each command does."""

from __future__ import annotations

import click

from symback.cli.command import Command, Group
from symback.cli.output import print_text

__all__ = ["help"]


@click.command("help", cls=Command, short_help="Show the help of a command.")
@click.argument("name", required=False, metavar="[COMMAND]")
@click.pass_context
def help(context: click.Context, name: str | None) -> None:
    """Show the help of COMMAND, or what commands there are."""
    parent = context.find_root()
    if name is None:
        print_text(parent.get_help() + "\n")
        return
    group = parent.command
    assert isinstance(group, Group)
    found, command, _ = group.resolve_command(parent, [name])
    assert command is not None
    with click.Context(command, info_name=found, parent=parent) as below:
        print_text(command.get_help(below) + "\n")
