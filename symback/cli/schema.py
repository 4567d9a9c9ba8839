"""``symback schema``: the JSON Schema of what symback reads and writes."""

from __future__ import annotations

import click

from symback.cli.command import Command, OneOf
from symback.cli.output import print_text

__all__ = ["schema"]

# Each schema lies beside the code that it describes.
_SCHEMAS = {
    "spec": ("model", "spec.schema.json"),
    "notation": ("notation", "notation.schema.json"),
    "derivation": ("rendering", "derivation.schema.json"),
    "check": ("rendering", "check", "report.schema.json"),
}


@click.command(
    cls=Command,
    short_help="Show the JSON Schema of a spec, a notation, a derivation or a check.",
    examples=("symback schema spec", "symback schema derivation", "symback schema check"),
)
@click.argument("name", type=OneOf("schema", _SCHEMAS))
def schema(name: str) -> None:
    """Show the JSON Schema of a spec, a notation, or of a derivation or check (--format json)."""
    from importlib.resources import files

    # By its path: asking a package of ours for it would import all that the package needs.
    print_text(files("symback").joinpath(*_SCHEMAS[name]).read_text(encoding="utf-8"))
