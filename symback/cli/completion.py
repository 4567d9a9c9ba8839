"""``symback completion``: what makes a shell complete commands, options and names."""

from __future__ import annotations

import click

from symback.cli.command import Command, OneOf
from symback.cli.output import print_text

__all__ = ["completion"]

_BETTER = {
    # A value may have a comma in it, as the functions of --activations do.
    'string split "," $completion': 'string split --max 1 "," $completion',
    # Where nothing has set up completion yet, as in a ~/.zshrc that is new.
    "    compdef _symback_completion symback": (
        "    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n"
        "    compdef _symback_completion symback"
    ),
}
"""What click's scripts for fish and zsh say, and what they are to say."""


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
    script = kind(command, {}, "symback", "_SYMBACK_COMPLETE").source()
    for written, better in _BETTER.items():
        script = script.replace(written, better)
    print_text(script)
