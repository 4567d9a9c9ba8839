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
    short_help="List activations, losses, models and formats.",
    examples=("symback list", "symback list activations", "symback list models"),
)
@click.argument("catalogue", required=False, type=OneOf("catalogue", (*_CATALOGUES, "models")))
def listing(catalogue: str | None) -> None:
    """List the activations, losses, models and formats that have a name."""
    if catalogue:
        print_text(_table(_entries(catalogue)))
    else:
        names = ("activations", "losses", "models", "formats")
        print_text("\n".join(f"{title}:\n{_table(_entries(title), '  ')}" for title in names))


def _entries(catalogue: str) -> dict[str, str]:
    if catalogue != "models":
        return _CATALOGUES[catalogue]
    # The files are read only when somebody asks for them.
    from symback.model.language.sources import library_names, summary_of

    return {name: summary_of(name) for name in library_names()}


def _table(entries: dict[str, str], indent: str = "") -> str:
    width = max(map(len, entries)) + 2
    return "".join(f"{indent}{name:{width}}{summary}\n" for name, summary in entries.items())
