"""What Python offers beside derivations: documents checked and written, formulas decided.

Each function is the command of its name, without files: texts go in, and texts or verdicts come
out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symback.calculus import Derivation, derive
from symback.errors import InputError, quote
from symback.model.equations import Model
from symback.model.network import Network
from symback.rendering.check import Report, render_answer, render_report

if TYPE_CHECKING:
    from symback.notation import Notation
    from symback.reading.statements.verdicts import Judgement

__all__ = ["Answer", "Checked", "answer", "check", "handout", "to_latex"]


class Checked(Report):
    """Documents with a verdict on every statement; printed, it is the report of ``symback check``.

    ``ok`` says that nothing was refuted, ``counts`` how the checks ended, and ``statements`` has
    every `Judgement` in the order of the document.
    """

    @property
    def statements(self) -> tuple[Judgement, ...]:
        """Every statement with its verdict."""
        return tuple(j for document in self.documents for j in document.checked.judgements)

    def __repr__(self) -> str:
        return render_report(self, "text").rstrip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/markdown": render_report(self, "markdown"),
        }


class Answer:
    """The verdict on one formula; it is true where the formula was proved or agrees in numbers.

    Attributes:
        judgement: the verdict with its reasons.
        status: ``PROVED``, ``AGREES``, ``REFUTED``, ``UNREAD`` or ``UNDECIDED``.
    """

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        self.status = judgement.status.value

    def __bool__(self) -> bool:
        return self.status in ("PROVED", "AGREES")

    def __repr__(self) -> str:
        return render_answer(self.judgement, "text").rstrip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/markdown": render_answer(self.judgement, "markdown"),
        }


def check(
    text: str,
    *,
    kind: str | None = None,
    network: Network | None = None,
    notation: Notation | str | None = None,
    spec: Mapping[str, Any] | None = None,
) -> Checked:
    r"""Prove or refute every statement of a document.

        >>> import symback
        >>> report = symback.check(r"$$z = w x$$ $$\frac{dz}{dw} = x$$")
        >>> report.ok
        True

    Args:
        text: the document.
        kind: ``markdown``, ``latex``, ``html``, ``rst``, ``notebook``, ``jupytext`` or ``text``;
            left out, its content tells.
        network: the network that it is about, where it does not say so itself.
        notation: how that network is written, or a preset's name.
        spec: what the document leaves out, by the keys of ``--spec``.

    Raises:
        InputError: for an unknown kind, or a header that is not right.
        TooLargeError: for a document above the limit.
    """
    from symback.reading import check as judged

    report = judged(text, kind=kind, network=network, notation=notation, spec=spec)
    return Checked.of([report])


def answer(formula: str, source: Network, *, notation: Notation | None = None) -> Answer:
    """Decide one formula about a network.

        >>> import symback
        >>> network = symback.Network(layers=(2, 2, 2))
        >>> bool(symback.answer("dL/db2[1] = dL/dyhat[1] * g'(y'[1])", network))
        True

    Args:
        formula: an equation in LaTeX or plain infix text.
        source: the network.
        notation: how it is written.

    Raises:
        InputError: for what holds no formula, and for anything but a network.
    """
    from symback.reading import answer as judged

    if not isinstance(source, Network):
        raise InputError(
            f"{quote(str(source))} is no network",
            hint="a network is made by symback.Network(layers=(2, 2, 2))",
        )
    return Answer(judged(formula, source, notation))


def handout(
    source: Network | Model | Derivation,
    format: str = "html",
    *,
    title: str = "",
    authors: Sequence[str] = (),
    detail: str = "standard",
    notation: Notation | None = None,
) -> str | bytes:
    """Write a derivation as a handout, proved.

    Args:
        source: what it is about.
        format: ``html``, ``latex``, ``markdown``, ``typst``, ``notebook`` or ``pdf``.
        title: in place of the document's own.
        authors: below the title.
        detail: ``brief``, ``standard`` or ``full``.
        notation: how quantities are spelled.

    Returns:
        The text, or the bytes of a PDF.

    Raises:
        InputError: for a format that does not exist.
        MissingToolError: for a package that the format needs.
    """
    from symback.rendering.handout import entries_for, write_handout
    from symback.verification import verify

    derivation = source if isinstance(source, Derivation) else derive(source)
    units = [derivation.unit(name, *at) for name, at in entries_for(derivation, detail, None)]
    written = write_handout(
        "typst" if format == "pdf" else format,
        derivation=derivation,
        report=verify(derivation, units, numbers=False),
        detail=detail,
        title=title,
        authors=authors,
        notation=notation,
    )
    if format != "pdf":
        return written.content.decode()
    from symback.rendering.handout.pdf import pdf_from_typst

    content, _ = pdf_from_typst(written.content, " ".join((title, *authors)), templates=False)
    return content


def to_latex(derivation: Derivation, *, notation: Notation | None = None) -> str:
    """The derivation as a page of LaTeX that compiles as it is, with what was proved of it.

    Args:
        derivation: what `symback.derive` found.
        notation: how quantities are spelled.
    """
    from symback.rendering.render import render
    from symback.verification import verify

    report = verify(derivation, numbers=False)
    return render(
        "derivation", "latex", derivation=derivation, report=report, weights=(), notation=notation
    )
