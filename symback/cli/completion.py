"""``symback completion``: what makes a shell complete commands, options and names."""

from __future__ import annotations

import click

from symback.cli.command import Command, OneOf
from symback.cli.output import print_text

__all__ = ["completion"]


@click.command(
    cls=Command,
    short_help="Show the completion script of a shell.",
    examples=(
        'eval "$(symback completion bash)"    # in ~/.bashrc',
        'eval "$(symback completion zsh)"     # in ~/.zshrc',
        "symback completion fish > ~/.config/fish/completions/symback.fish",
    ),
)
@click.argument("shell", type=OneOf("shell", ("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Show the script that makes a shell complete what is typed after symback."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # click has all three
    command = context.find_root().command
    print_text(kind(command, {}, "symback", "_SYMBACK_COMPLETE").source())
