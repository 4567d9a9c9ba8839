"""What Python offers beside derivations: documents checked and written, formulas decided.

Each function is the command of its name, without files: texts go in, and texts or verdicts come
out.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from symback.calculus import Derivation, derive
from symback.errors import InputError, quote
from symback.model.equations import Model
from symback.model.network import Network
from symback.rendering.check import Report, render_answer, render_report

if TYPE_CHECKING:
    from symback.notation import Notation
    from symback.reading.statements.verdicts import Judgement

__all__ = ["Answer", "Checked", "Handout", "HandoutPdf", "answer", "check", "handout", "to_latex"]


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
        open_loss: how the loss is written where it was left open, as any function; else empty.
    """

    def __init__(self, judgement: Judgement, open_loss: str = "") -> None:
        self.judgement = judgement
        self.status = judgement.status.value
        self.open_loss = open_loss

    def __bool__(self) -> bool:
        return self.status in ("PROVED", "AGREES")

    def __repr__(self) -> str:
        return render_answer(self.judgement, "text", open_loss=self.open_loss).rstrip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/markdown": render_answer(self.judgement, "markdown", open_loss=self.open_loss),
        }


class Handout(str):
    """A handout: its text, which a notebook draws where it can be drawn.

    A page in HTML is drawn in a frame, so that its styles stay its own; what no notebook can draw
    is shown as the source that it is.

    Attributes:
        written_in: the format that was asked for.
    """

    written_in: str

    def __new__(cls, text: str, written_in: str) -> Handout:
        """A text with the format that it is written in."""
        made = super().__new__(cls, text)
        made.written_in = written_in
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Handout, (str(self), self.written_in)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if self.written_in == "html":
            # What the page does by scripts it may do, but not to the notebook around it.
            frame = (
                f'<iframe srcdoc="{escape(self)}" sandbox="allow-scripts" '
                'style="width: 100%; height: 40em; border: 1px solid #ccc"></iframe>'
            )
            return {"text/plain": repr(self), "text/html": frame}
        if self.written_in == "markdown":
            return {"text/plain": repr(self), "text/markdown": str(self)}
        ticks = "`" * 4
        language = {"notebook": "json"}.get(self.written_in, self.written_in)
        return {"text/plain": repr(self), "text/markdown": f"{ticks}{language}\n{self}\n{ticks}"}


class HandoutPdf(bytes):
    """A handout as a PDF, which a notebook shows."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/plain": f"<a handout, {len(self):,} bytes of PDF>",
            "application/pdf": b64encode(self).decode(),
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
    open_loss = source.loss_letter if source.has_generic_loss else ""
    return Answer(judged(formula, source, notation), open_loss)


def handout(
    source: Network | Model | Derivation,
    format: str = "html",
    *,
    title: str = "",
    authors: Sequence[str] = (),
    detail: str = "standard",
    notation: Notation | None = None,
) -> Handout | HandoutPdf:
    """Write a derivation as a handout, proved; a notebook draws it.

    Args:
        source: what it is about.
        format: ``html``, ``latex``, ``markdown``, ``typst``, ``notebook`` or ``pdf``.
        title: in place of the document's own.
        authors: below the title.
        detail: ``brief``, ``standard`` or ``full``.
        notation: how quantities are spelled.

    Returns:
        The text, which is a ``str``, or the ``bytes`` of a PDF.

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
        return Handout(written.content.decode(), format)
    from symback.rendering.handout.pdf import pdf_from_typst

    content, _ = pdf_from_typst(written.content, " ".join((title, *authors)), templates=False)
    return HandoutPdf(content)


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
