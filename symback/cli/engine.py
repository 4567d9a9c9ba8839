"""The way from a network to a document: the one place where the command line meets the engine.

Everything is loaded here, when it is needed: SymPy alone takes longer than all the rest.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.cli.output import Target
from symback.cli.progress import with_progress
from symback.cli.style import Style
from symback.cli.subject import Subject
from symback.errors import InputError
from symback.model.language.entries import EntryName
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus import Derivation
    from symback.calculus.second import Product, Second
    from symback.model.language.reader import ModelText
    from symback.notation import Notation
    from symback.verification import Report
    from symback.verification.stated import Judged

__all__ = [
    "Proved", "ProvedSecond", "second_of", "second_order", "stream_gradients", "wake_collector",
    "with_claims", "work_out",
]  # fmt: skip

_COLLECTED_AFTER = 500_000
"""So many new objects are looked through at once, some 50 MB of them."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A derivation and what was proved of it."""

    derivation: Derivation
    report: Report

    def render(
        self,
        document: str,
        output_format: str,
        style: Style,
        weights: tuple[EntryName, ...] | None = None,
        notation: Notation | None = None,
        judged: Sequence[Judged] = (),
    ) -> str:
        """A document of it; `weights` are worked out one by one, by default a choice of them."""
        from symback.rendering.render import render

        return render(
            document,
            output_format,
            derivation=self.derivation,
            report=self.report,
            weights=weights,
            ascii=style.ascii,
            color=style.color,
            width=style.width,
            notation=notation,
            judged=judged,
        )


def work_out(
    subject: Subject,
    weights: tuple[EntryName, ...] | None = None,
    worked: bool = False,
    *,
    one: bool = False,
    numbers: bool = False,
) -> Proved:
    """Derive the gradients of a network or a model and prove them.

    Args:
        subject: what to derive.
        weights: the weights and biases that the document works out, None for its own choice.
        worked: whether the document works any out; each line of that is then proved as well.
        one: whether its own choice is one hidden weight.
        numbers: whether the slowest witness speaks as well.
    """
    from symback.calculus import derive
    from symback.verification import verify

    wake_collector()
    derivation = derive(subject.model())
    if not worked:
        return Proved(derivation, verify(derivation, numbers=numbers))
    from symback.rendering.worked_entries import chosen_entries

    entries = chosen_entries(derivation, weights)
    if one and weights is None and entries:
        from symback.rendering.handout.detail import entries_for

        entries = entries_for(derivation, "standard", None)
    units = [derivation.unit(name, *at) for name, at in entries]
    return Proved(derivation, verify(derivation, units, numbers=numbers))


@dataclass(frozen=True, slots=True)
class ProvedSecond:
    """A product of second order and what was proved of it."""

    second: Second
    report: Report

    def render(self, output_format: str, style: Style, notation: Notation | None) -> str:
        """The document of it."""
        from symback.rendering.second import render_second

        return render_second(
            self.second,
            output_format,
            report=self.report,
            ascii=style.ascii,
            color=style.color,
            width=style.width,
            notation=notation,
        )


def second_order(subject: Subject, product: Product) -> ProvedSecond:
    """Derive a product of second order of a network or a model, and prove its lines."""
    from symback.calculus import derive

    wake_collector()
    return _second(derive(subject.model()), product)


def second_of(derivation: Derivation, product: Product | None) -> ProvedSecond | None:
    """The same of what was derived already; None where no product is asked for.

    Raises:
        InputError: for what has none, with the option that asked for it.
    """
    if product is None:
        return None
    option = "--jvp" if product == "jvp" else "--second"
    try:
        return _second(derivation, product)
    except InputError as error:
        raise (error.at(option) if error.where == "second" else error) from None


def _second(derivation: Derivation, product: Product) -> ProvedSecond:
    from symback.calculus.second import derive_second
    from symback.verification.second import verify_second

    second = derive_second(derivation, product)
    return ProvedSecond(second, verify_second(second))


def with_claims(proved: Proved, text: ModelText) -> Proved:
    """The same with the claims that stand beside the model judged as well."""
    from symback.verification.stated import check_stated

    stated = text.stated()
    if not any(claim.of for claim in stated.claims):
        return proved
    checks = check_stated(stated, dict(text.sizes or {}))
    report = replace(proved.report, checks=(*proved.report.checks, *checks))
    return replace(proved, report=report)


def stream_gradients(proved: Proved, target: Target) -> None:
    """Write the gradient of every single weight, bias or entry, a line of JSON each."""
    from symback.rendering.stream import count_lines, gradient_lines

    to_terminal = target.is_stdout and sys.stdout is not None and sys.stdout.isatty()
    lines = gradient_lines(proved.derivation, proved.report)
    target.stream(with_progress(lines, count_lines(proved.derivation), quiet=to_terminal))


def wake_collector() -> None:
    """Collect cycles from here on, rarely.

    Expressions are trees: to look for cycles in them takes an eighth of a derivation's time.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(_COLLECTED_AFTER)
        gc.enable()
