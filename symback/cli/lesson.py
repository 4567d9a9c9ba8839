"""What the commands for a course share: a model, numbers for it, and where its pages go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symback.cli.command import OneOf
from symback.cli.engine import wake_collector
from symback.cli.options import force_option, format_option, output_option
from symback.cli.output import Target
from symback.cli.source import read_bytes, source_name
from symback.cli.style import style_for
from symback.cli.subject import Subject, settings_beside, subject_from
from symback.errors import InputError, MissingToolError, quote
from symback.model.spec import MAX_BYTES
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus import Derivation
    from symback.model.equations import Model
    from symback.notation import Notation
    from symback.teaching.blocks import PageContents
    from symback.teaching.policy import Policy
    from symback.teaching.program import Program
    from symback.teaching.values import Values

__all__ = ["NUMBERS", "Lesson", "lesson_from", "lesson_of", "number_options",
           "numbered_part_options", "page_output", "subject_of", "write_pages"]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])

NUMBERS = ("tidy", "exact", "random")
UPDATES = ("all", "weights", "none")
MAX_DIGITS = 15


_VALUES = click.option(
    "--values", "values_name", metavar="FILE", type=click.Path(),
    help="Numbers for x, y, eta and the parameters, and a spec of the network if you like: "
    "TOML, JSON, or .npz without pickles; - is standard input.",
)  # fmt: skip
_SEED = click.option("--seed", metavar="N", default="0", help="Of drawn numbers; 0 by default.")
_DIGITS = click.option("--digits", metavar="N", help="Decimals, 1 to 15; 4 by default.")


def number_options(command: F) -> F:
    """Options that say which numbers are worked with, and how."""
    for option in reversed((
        _VALUES,
        click.option(
            "--numbers", type=OneOf("kind of numbers", NUMBERS),
            help="Numbers that are drawn: tidy, short and showing every slip, the default; exact, "
            "fractions and one logarithm; random.",
        ),
        _SEED,
        _DIGITS,
        click.option(
            "--rounding", type=OneOf("way to round", ("shown", "carried")),
            help="Round values where they are shown, the default, or carry rounded values on.",
        ),
        click.option(
            "--delta", type=OneOf("kind of delta", ("gradient", "negative")),
            help="The error of a unit is the loss's derivative, the default, or its negative.",
        ),
        click.option(
            "--update", type=OneOf("choice of parameters", UPDATES),
            help="What a step of descent changes: all, the default, weights alone, or none.",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


def numbered_part_options(command: F) -> F:
    """Options that ask for a part in numbers, where a document has none of its own accord."""
    for option in reversed((
        _VALUES,
        click.option(
            "--numbers", type=OneOf("kind of numbers", NUMBERS),
            help="Both passes in numbers as well, with a check by a difference: tidy, which are "
            "short; exact, fractions and one logarithm; random.",
        ),
        _SEED,
        _DIGITS,
    )):  # fmt: skip
        command = option(command)
    return command


def page_output(formats: tuple[str, ...], default: str) -> Callable[[F], F]:
    """Options that say where a page goes, in one of some formats."""

    def decorate(command: F) -> F:
        way = format_option(formats, f"{default} without one")
        for option in reversed((way, output_option, force_option)):
            command = option(command)
        return command

    return decorate


@dataclass(frozen=True, slots=True)
class Lesson:
    """A model with numbers.

    Attributes:
        derivation: of the model.
        program: the same, unit by unit.
        given: numbers by key.
        policy: how they are rounded.
        values: what the file said, if there was one.
        source: where the numbers come from: ``given``, ``tidy``, ``exact``, ``random``.
        seed: of numbers that were drawn.
        sizes: numbers for sizes that the model leaves open.
        functions: the arithmetic of the numbers.
        dropped: the wishes that drawn numbers do not meet.
        integers: entries of integer arrays, by key.
    """

    derivation: Derivation
    program: Program
    given: Mapping[str, Any]
    policy: Policy
    values: Values
    source: str
    seed: int
    sizes: Mapping[str, int]
    functions: Mapping[str, Any]
    dropped: tuple[str, ...] = ()
    integers: Mapping[str, int] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        """The model, with its sizes."""
        model = self.derivation.model
        return model.with_sizes(self.sizes) if self.sizes else model


def whole(text: str, option: str, low: int, high: int) -> int:
    """A whole number between two bounds.

    Raises:
        InputError: for anything else.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high):
        raise InputError(f"{text!r} is no whole number from {low} to {high}", where=option)
    return int(text)


def lesson_from(
    values_name: str | None,
    numbers: str | None,
    seed: str,
    digits: str | None,
    rounding: str | None,
    delta: str | None,
    update: str | None,
    stated: Mapping[str, Any],
    *,
    before: Callable[[Program], None] = lambda _: None,
) -> Lesson:
    """The model that the options state, and the numbers that they ask for.

    Args:
        values_name: a file of values.
        numbers: the kind of numbers that are drawn.
        seed: of these.
        digits: how many decimals.
        rounding: whether rounded values go on.
        delta: what the error of a unit is.
        update: what a step changes.
        stated: the options that state a network or a model.
        before: refuses a program for which no numbers are to be drawn.

    Raises:
        InputError: with the option, or the file, that is at fault.
    """
    from symback.teaching.values import Values, read_values

    number = whole(seed, "--seed", 0, 10**9)
    if values_name is None:
        return _lesson(
            Values(""), numbers or "tidy", number, digits, rounding, delta, update, stated, before
        )
    if numbers is not None:
        raise InputError("the numbers are given with --values already", where="--numbers")
    values = read_values(read_bytes(values_name, MAX_BYTES), source_name(values_name))
    return _lesson(values, "", number, digits, rounding, delta, update, stated)


def lesson_of(values: Values, stated: Mapping[str, Any]) -> Lesson:
    """The model that the options or a file of values state, with the numbers of the file.

    Raises:
        InputError: with the option, or the file, that is at fault.
    """
    return _lesson(values, "", 0, None, None, None, None, stated)


def _lesson(
    values: Values,
    kind: str,
    number: int,
    digits: str | None,
    rounding: str | None,
    delta: str | None,
    update: str | None,
    stated: Mapping[str, Any],
    before: Callable[[Program], None] = lambda _: None,
) -> Lesson:
    """A model with numbers: those of a file, or of a kind that is drawn with a seed."""
    from symback.teaching.values import assigned, open_sizes

    subject = subject_of(values, stated)
    from symback.calculus import derive
    from symback.teaching.policy import Policy
    from symback.teaching.terms import FLOATS
    from symback.teaching.unrolling import unroll

    wake_collector()
    derivation = derive(subject.model())
    sizes = open_sizes(derivation.model, values)
    options = values.options
    digit_count = whole(digits, "--digits", 1, MAX_DIGITS) if digits else options.get("digits", 4)
    policy = Policy(
        digit_count,
        (rounding or options.get("rounding")) == "carried",
        (delta or options.get("delta")) == "negative",
    )
    moves = update or options.get("update", "all")
    from symback.model.equations import Role

    updates = {
        "all": lambda q: True, "weights": lambda q: q.role is not Role.BIAS, "none": lambda q: False
    }[moves]  # fmt: skip
    if not any(r.size for q in derivation.model.given for r in q.ranges if r.is_rows):
        rows = {r.name for q in derivation.model.given for r in q.ranges if r.is_rows}
        for name in rows:
            sizes.setdefault(name, 2)
    integers = _integers(values, derivation.model)
    if kind:
        from symback.teaching.drawing import draw_integers

        integers = draw_integers(derivation.model, sizes, number)
    try:
        program = unroll(derivation, sizes, integers=integers, updates=updates)
    except InputError as error:
        if error.where is not None:
            raise
        raise error.at("--model" if subject.text is not None else None) from None
    if not kind:
        given, shared = assigned(derivation.model, program.given, values)
        if shared:
            program = unroll(
                derivation, sizes, integers=integers, shared_bias=True, updates=updates
            )
        return Lesson(
            derivation, program, given, policy, values, "given", 0, sizes, FLOATS, (), integers
        )
    before(program)
    from symback.teaching.drawing import draw_numbers

    drawn = draw_numbers(kind, derivation, program, number)
    if kind == "exact":
        policy = replace(policy, exact=True)
    return Lesson(
        derivation, program, drawn.given, policy, values, kind, number, sizes, drawn.functions,
        drawn.dropped, integers,
    )  # fmt: skip


def subject_of(values: Values, stated: Mapping[str, Any], *, in_numbers: bool = True) -> Subject:
    """The network or model of the options, with what the file of values says of it.

    Args:
        values: the file.
        stated: the options.
        in_numbers: whether numbers are worked with, so that functions that are not stated are
            chosen; else they are generic.

    Raises:
        InputError: with the option, or the file, that is at fault.
    """
    options = dict(stated)
    if values.spec:
        merged = dict(values.spec)
        for key in ("layers", "activations", "loss"):
            if options.get(key) is None and key in merged:
                value = merged.pop(key)
                options[key] = value if isinstance(value, str) else ",".join(map(str, value))
        for key in ("bias", "batch", "reduction"):
            if options.get(key) is None and key in merged:
                options[key] = merged[key]
        if options.get("weight_decay") is None and "weight_decay" in merged:
            options["weight_decay"] = str(merged["weight_decay"])
        if isinstance(merged.get("sizes"), dict) and options.get("sizes") is None:
            options["sizes"] = ",".join(f"{k}={v}" for k, v in merged["sizes"].items())
    if options.get("model") is None and "model" in values.options and not options.get("layers"):
        options["model"] = values.options["model"]
    if in_numbers:
        _name_functions(options)
    try:
        return subject_from(**options)
    except InputError as error:
        if error.where in ("--layers", "--activations", "--loss") and values.spec:
            raise error.at(f"{error.where[2:]} of {values.source}") from None
        raise


def _name_functions(options: dict[str, Any]) -> None:
    """Functions and a loss for a network that states none: generic ones have no numbers.

    The page says which.
    """
    if options.get("spec") or options.get("model") or options.get("document"):
        return
    project = settings_beside(options)
    layers = options.get("layers") or ",".join(map(str, project.spec.get("layers", ())))
    if not layers or project.model:
        return
    activations = options.get("activations") or ",".join(project.spec.get("activations", ()))
    if not activations:
        activations = ",".join(["sigmoid"] * max(str(layers).count(","), 1))
    options["activations"] = activations
    if not options.get("loss") and "loss" not in project.spec:
        last = activations.rpartition(",")[2]
        options["loss"] = "cross-entropy" if last == "softmax" else "half-squared-error"


def _integers(values: Values, model: Model) -> dict[str, int]:
    """The entries of integer arrays that the file gives."""
    from symback.model.equations import Role

    found: dict[str, int] = {}
    for quantity in model.given:
        if quantity.role is not Role.INTEGER or quantity.name not in values.arrays:
            continue
        _read_integers(values.arrays[quantity.name], quantity.name, (), values.source, found)
    return found


def _read_integers(
    node: Any, name: str, at: tuple[int, ...], source: str, found: dict[str, int]
) -> None:
    """The entries of one array of indices, lists in lists."""
    from symback.teaching.concrete import entry_key

    if isinstance(node, list):
        for place, entry in enumerate(node, start=1):
            _read_integers(entry, name, (*at, place), source, found)
    elif (
        isinstance(node, bool) or not isinstance(node, int | float | Fraction) or int(node) != node
    ):
        raise InputError(f"{name} has {quote(str(node))}, which is no whole number", where=source)
    else:
        found[entry_key(name, at) if at else name] = int(node)


def write_pages(
    pages: list[tuple[PageContents, Target]],
    formats: list[str],
    model: Model | None,
    notation: Notation | None,
    ascii: bool = False,
) -> None:
    """Write pages, all of them or none.

    Raises:
        MissingToolError: where a PDF cannot be made here.
    """
    from symback.rendering.teaching.write import write_page

    done = []
    for (contents, target), name in zip(pages, formats, strict=True):
        try:
            style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color="never")
            content, warnings = write_page(
                contents, name, model=model, notation=notation, ascii=style.ascii,
                width=style.width,
            )  # fmt: skip
        except MissingToolError as error:
            raise MissingToolError(error.message, hint=error.hint) from None
        for warning in warnings:
            print(f"symback: warning: {warning}", file=sys.stderr)
        done.append((target, content if name == "pdf" else content.decode()))
    for target, document in done:
        target.write(document)
