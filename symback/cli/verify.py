"""``symback verify``: what is proved of a network's gradients, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command
from symback.cli.engine import with_claims, work_out
from symback.cli.formats import choose_format
from symback.cli.notation import notation_for
from symback.cli.options import (
    document_argument,
    model_options,
    network_options,
    notation_option,
    output_options,
)
from symback.cli.output import Target
from symback.cli.style import style_for
from symback.cli.subject import Subject, subject_from

if TYPE_CHECKING:
    from symback.verification.stated import Judged

__all__ = ["verify"]

_FORMATS = ("text", "json")


@click.command(
    cls=Command,
    short_help="Show what is proved of the gradients.",
    examples=(
        "symback verify --layers 2,2,2",
        "symback verify --layers 784,128,10 --activations relu,softmax --loss cross-entropy",
        "symback verify --spec network.toml --format json",
        "symback verify --model attention --sizes N=5",
    ),
)
@network_options
@document_argument
@model_options
@notation_option
@output_options(*_FORMATS)
def verify(
    notation: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    **stated: Any,
) -> int:
    """Prove the gradients of a network or a model, and show only what was proved.

    Claims that a model's text states are judged too, each line where it stands.

    Exits with 1 if anything differs, with 6 if a claim could not be decided.
    """
    subject = subject_from(**stated)
    spelled = notation_for(notation, subject)
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()

    proved = work_out(subject, numbers=True)
    if subject.text is not None:
        proved = with_claims(proved, subject.text)
    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
    judged = judged_claims(subject)
    target.write(proved.render("verification", output_format, style, None, spelled, judged))
    if proved.report.refuted or any(line.verdict == "refuted" for line in judged):
        return 1
    return 0 if proved.report.ok and all(line.ok for line in judged) else 6


def judged_claims(subject: Subject) -> tuple[Judged, ...]:
    """What came of the claims that stand beside a model; nothing where none does."""
    if subject.text is None or not subject.text.checked.claims:
        return ()
    from symback.verification.stated import judge_claims

    return judge_claims(subject.text.stated(), subject.text.sizes)
