"""``symback serve``: the same verdicts for editors and assistants, on standard input and output."""

from __future__ import annotations

import click

from symback.cli.command import Command
from symback.errors import InputError

__all__ = ["serve"]


@click.command(
    cls=Command,
    short_help="Serve an editor or an assistant.",
    examples=("symback serve --lsp", "symback serve --mcp"),
)
@click.option("--lsp", is_flag=True, help="A language server: diagnostics and quick fixes.")
@click.option("--mcp", is_flag=True, help="Tools for an assistant: derive, check, answer, emit.")
def serve(lsp: bool, mcp: bool) -> int:
    """Serve on standard input and output, until that ends.

    An editor that knows the language server protocol starts it with --lsp, an assistant that knows
    the model context protocol with --mcp.
    """
    if lsp == mcp:
        raise InputError("say --lsp or --mcp")
    if lsp:
        from symback.cli.language_server import language_server

        language_server().start_io()
    else:
        from symback.cli.assistant_server import assistant_server

        assistant_server().run("stdio")
    return 0
