"""``symback handout``: a derivation as pages to hand out, in a course's own notation."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command, OneOf
from symback.cli.derive import chosen_weights
from symback.cli.engine import second_of, wake_collector
from symback.cli.formats import choose_format
from symback.cli.lesson import Lesson, lesson_from, numbered_part_options
from symback.cli.notation import notation_for
from symback.cli.options import (
    document_argument,
    force_option,
    format_option,
    model_options,
    network_options,
    notation_option,
    output_option,
    product_of,
    second_options,
)
from symback.cli.output import Target
from symback.cli.subject import Subject, subject_from
from symback.errors import CannotWriteError, InputError, MissingToolError, quote
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.calculus import Derivation
    from symback.model.language.entries import EntryName
    from symback.notation import Notation
    from symback.rendering.handout import InNumbers, Written
    from symback.verification import Report

__all__ = ["handout"]

_FORMATS = ("pdf", "latex", "markdown", "html", "notebook", "typst")
_DETAILS = ("brief", "standard", "full")
_ENGINES = ("typst", "pdflatex")
_SECTIONS = (
    "summary", "network", "equations", "worked", "functions", "gradients", "second", "numbers",
    "conventions", "proof", "further", "steps", "units", "transposes", "claims",
)  # fmt: skip

MAX_VALUES = 240
"""Up to so many values of both passes are worth a place in a handout."""


@click.command(
    cls=Command,
    short_help="Write pages to hand out.",
    examples=(
        "symback handout --layers 2,2,2 -o handout.pdf",
        "symback handout --layers 2,2,2 -o handout.tex",
        "symback handout --layers 2,3,1 --activations tanh,sigmoid --loss half-squared-error "
        "-o lecture.md",
        "symback handout --layers 3,4,2 --weight 'W1[2,3]' --weight 'b2[1]' --detail full "
        "--title 'Week 5' -o page.html",
        "symback handout --layers 2,2,2 -o handout.ipynb",
        "symback handout --layers 2,2,2 --activations tanh,sigmoid --loss half-squared-error "
        "--numbers tidy -o numbers.pdf",
        "symback handout --model rnn --second hvp -o curvature.pdf",
    ),
)
@network_options
@document_argument
@model_options
@notation_option
@click.option(
    "--detail",
    type=OneOf("level of detail", _DETAILS),
    default="standard",
    help="brief, results alone; standard, the default, with one weight of each kind and layer "
    "worked; full, with every step in between.",
)
@click.option(
    "--weight",
    "-w",
    "names",
    multiple=True,
    metavar="NAME",
    help="Work this weight or bias out: W1[1,2], W_{12}^{(1)}, W12(1), b2[1], or all. May be "
    "repeated.",
)
@second_options("A part with")
@numbered_part_options
@click.option("--title", metavar="TEXT", default="", help="In place of the document's own.")
@click.option(
    "--author", "authors", metavar="TEXT", multiple=True, help="Below the title; may be repeated."
)
@click.option("--date", metavar="TEXT", default="", help="Below the title, as it stands here.")
@click.option(
    "--licence",
    "--license",
    metavar="TEXT",
    default="",
    help="At the foot: who may use it, and how.",
)
@click.option(
    "--sections",
    metavar="LIST",
    help=f"The parts that it has, set apart by commas, of: {', '.join(_SECTIONS)}.",
)
@click.option(
    "--pages",
    type=click.IntRange(min=1),
    metavar="N",
    help="In a PDF: at most so many pages; parts are left out until it fits.",
)
@click.option(
    "--fragment",
    is_flag=True,
    help="In LaTeX: no preamble, to be put into a document with \\input.",
)
@click.option(
    "--tex",
    is_flag=True,
    help="In HTML: the LaTeX of each formula beside it, unseen, for programs that copy it.",
)
@click.option(
    "--templates",
    metavar="DIR",
    type=click.Path(),
    help="A folder whose templates go before symback's own. Templates are code: use none that you "
    "would not run.",
)
@click.option(
    "--engine",
    type=OneOf("engine", _ENGINES),
    default="typst",
    help="What makes a PDF: typst, the default, or an installed pdflatex.",
)
@format_option(_FORMATS, "markdown without one")
@output_option
@force_option
def handout(
    notation: str | None,
    detail: str,
    names: tuple[str, ...],
    second: str | None,
    jvp: bool,
    values_name: str | None,
    numbers: str | None,
    seed: str,
    digits: str | None,
    title: str,
    authors: tuple[str, ...],
    date: str,
    licence: str,
    sections: str | None,
    pages: int | None,
    fragment: bool,
    tex: bool,
    templates: str | None,
    engine: str,
    stated_format: str | None,
    output: str,
    force: bool,
    **stated: Any,
) -> int:
    """Write the derivation as a handout: the network drawn, every step, and what was proved.

    Markdown that goes to a file has the drawing in a file beside it, of the same name with .svg.
    Exits with 1 if a proof fails.
    """
    subject = subject_from(**stated)
    output_format = choose_format(output, stated_format, _FORMATS, default="markdown")
    if engine != "typst" and output_format != "pdf":
        raise InputError("only a PDF is made by an engine", where="--engine")
    if fragment and output_format != "latex":
        raise InputError("only LaTeX has fragments", where="--fragment")
    if pages is not None and (output_format != "pdf" or engine != "typst"):
        raise InputError("only a PDF by Typst has pages that are counted", where="--pages")
    chosen = _chosen_sections(sections)
    product = product_of(second, jvp)
    if tex and output_format != "html":
        raise InputError("only HTML has its LaTeX beside it", where="--tex")
    spelled = notation_for(notation, subject)
    weights = chosen_weights(names, subject, spelled)
    folder = _folder(templates)
    target = Target(output, force)
    target.check()
    picture = _beside(target, ".svg") if output_format == "markdown" else None
    if picture is not None:
        picture.check()
    lesson = None
    if values_name is not None or numbers is not None:
        lesson = lesson_from(values_name, numbers, seed, digits, None, None, None, stated)

    derivation, report = _proved(subject, detail, weights)
    curved = second_of(derivation, product)
    in_numbers = _in_numbers(lesson, derivation, detail, weights, spelled) if lesson else None
    from symback.rendering.handout import fitted, sections_of, write_handout

    latex = output_format == "pdf" and engine == "pdflatex"

    def write(parts: Sequence[str]) -> Written:
        return write_handout(
            "latex" if latex else output_format,
            derivation=derivation,
            report=report,
            detail=detail,
            weights=weights,
            title=title,
            authors=authors,
            date=date,
            licence=licence,
            notation=spelled,
            templates=folder,
            picture_name=Path(picture.name).name if picture else "",
            tex=tex,
            fragment=fragment,
            sections=parts,
            in_numbers=in_numbers,
            second=curved.second if curved else None,
            second_report=curved.report if curved else None,
            verified_by=_verified_by(stated),
        )

    def compiled(source: Written) -> Written:
        words = " ".join((title, *authors, date, licence))
        return _compiled(source, engine, target, words, templates=folder is not None)

    if pages is not None:
        written = fitted(chosen or sections_of(detail), pages, write, compiled)
    else:
        written = write(chosen)
        if output_format == "pdf":
            written = compiled(written)
    for warning in written.warnings:
        print(f"symback: warning: {warning}", file=sys.stderr)
    if picture is not None and written.beside:
        picture.write(written.beside[0][1])
    text = output_format != "pdf"
    target.write(written.content.decode() if text else written.content)
    return 0 if report.ok and (curved is None or curved.report.ok) else 1


def _verified_by(stated: Mapping[str, Any]) -> str:
    """The command that shows every claim about a model of equations; empty where none does."""
    model = stated.get("model") or stated.get("document")
    if not model or model == "-":
        return ""
    gradients = ["--gradients", stated["gradients"]] if stated.get("gradients") else []
    return shlex.join(["symback", "verify", "--model", model, *gradients])


def _proved(
    subject: Subject, detail: str, weights: tuple[EntryName, ...] | None
) -> tuple[Derivation, Report]:
    """The derivation, and what was proved of it and of the entries that the handout works out."""
    from symback.calculus import derive
    from symback.rendering.handout import entries_for
    from symback.verification import verify

    wake_collector()
    derivation = derive(subject.model())
    entries = entries_for(derivation, detail, weights)
    units = [derivation.unit(name, *at) for name, at in entries]
    return derivation, verify(derivation, units, numbers=False)


def _in_numbers(
    lesson: Lesson,
    derivation: Derivation,
    detail: str,
    weights: tuple[EntryName, ...] | None,
    notation: Notation | None,
) -> InNumbers:
    """Both passes in numbers; the derivative by the first worked parameter is held to a difference.

    Raises:
        InputError: where there are more values than anybody reads.
    """
    from symback.cli.example import worked
    from symback.model.network import Network
    from symback.rendering.handout import InNumbers, entries_for
    from symback.teaching.concrete import entry_key
    from symback.teaching.insert import both_passes

    example = worked(lesson, 0)
    if len(example.lines) > MAX_VALUES:
        raise InputError(
            f"both passes have {len(example.lines)} values, and a handout shows up to {MAX_VALUES}",
            where="--values" if lesson.source == "given" else "--numbers",
            hint="symback example shows more",
        )
    entries = entries_for(derivation, detail, weights)
    key = entry_key(*entries[0]) if entries else ""
    above = derivation.model.source
    blocks = both_passes(
        example,
        key,
        sizes=lesson.sizes,
        above=above if isinstance(above, Network) else None,
        per_sample=notation is not None and notation.delta_per_sample,
    )
    return InNumbers(blocks, lesson.derivation.model, example.numbers)


def _chosen_sections(stated: str | None) -> tuple[str, ...]:
    """The parts that were asked for; none where it is left to the level of detail."""
    if stated is None:
        return ()
    wanted = tuple(name.strip() for name in stated.split(","))
    for name in wanted:
        if name not in _SECTIONS:
            suggestion = did_you_mean(name, _SECTIONS)
            raise InputError(
                f"no part {quote(name)}",
                where="--sections",
                hint=suggestion or f"known are {', '.join(_SECTIONS)}",
            )
    return wanted


def _folder(templates: str | None) -> Path | None:
    if templates is None:
        return None
    folder = Path(templates)
    if not folder.is_dir():
        raise InputError(f"there is no folder {templates}", where="--templates")
    return folder


def _beside(target: Target, suffix: str) -> Target | None:
    """A file beside a document, of the same name but for its ending; a device has none."""
    place = Path(target.name)
    if target.is_stdout or (place.exists() and not place.is_file()):
        return None
    return Target(str(Path(target.name).with_suffix(suffix)), target.force)


def _compiled(
    written: Written, engine: str, target: Target, words: str, *, templates: bool
) -> Written:
    """The PDF; where its engine is missing, what it would be made from is written all the same.

    Args:
        written: what it is made from.
        engine: what makes it.
        target: where it goes.
        words: what the user typed, whose letters may be any.
        templates: whether templates of the user's had a part in it.
    """
    try:
        if engine == "pdflatex":
            from symback.rendering.handout.pdflatex import pdf_from_latex

            return replace(written, content=pdf_from_latex(written.content))
        from symback.rendering.handout.pdf import pdf_from_typst

        content, warnings = pdf_from_typst(written.content, words, templates=templates)
        return replace(written, content=content, warnings=(*written.warnings, *warnings))
    except MissingToolError as error:
        source = _beside(target, ".tex" if engine == "pdflatex" else ".typ")
        if source is None:
            raise
        try:
            source.write(written.content.decode())
        except CannotWriteError as reason:  # that the tool is missing goes before it
            raise MissingToolError(error.message, hint=f"{error.hint} ({reason})") from None
        raise MissingToolError(
            error.message, hint=f"{error.hint}; {source.name} is written"
        ) from None
