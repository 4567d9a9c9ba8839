"""``symback list``: the names that other commands know."""

from __future__ import annotations

import click

from symback.cli.command import Command, OneOf
from symback.cli.formats import KNOWN
from symback.cli.output import print_text
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES

__all__ = ["listing"]

_CATALOGUES = {
    "activations": {entry.name: entry.summary for entry in ACTIVATIONS.values()},
    "losses": {entry.name: entry.summary for entry in LOSSES.values()},
    "formats": {entry.name: f"{entry.suffix:7}{entry.summary}" for entry in KNOWN.values()},
}


@click.command(
    "list",
    cls=Command,
    short_help="List activations, losses and formats.",
    examples=("symback list", "symback list activations"),
)
@click.argument("catalogue", required=False, type=OneOf("catalogue", _CATALOGUES))
def listing(catalogue: str | None) -> None:
    """List the activations, losses and formats that have a name."""
    if catalogue:
        print_text(_table(_CATALOGUES[catalogue]))
    else:
        sections = (f"{title}:\n{_table(entries, '  ')}" for title, entries in _CATALOGUES.items())
        print_text("\n".join(sections))


def _table(entries: dict[str, str], indent: str = "") -> str:
    width = max(map(len, entries)) + 2
    return "".join(f"{indent}{name:{width}}{summary}\n" for name, summary in entries.items())
