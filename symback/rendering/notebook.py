"""What a notebook shows of models, derivations and reports: text, LaTeX, Markdown and HTML.

Jupyter asks an object for all the forms that it has and takes the richest that it can show; HTML
carries its formulas as MathML, so that no script has to set them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import singledispatch
from unicodedata import combining

from markupsafe import Markup, escape
from sympy import Expr

from symback.calculus.blackboard.working import UnitDerivation
from symback.calculus.derivation import Derivation, Gradient, Link
from symback.calculus.matrix.tree import MatrixForm, MatrixForms
from symback.model.equations import Model
from symback.model.network import Network
from symback.notation import FOUNDING
from symback.printing import Printer
from symback.printing.latex import LATEX
from symback.printing.matrix import MatrixPrinter
from symback.printing.target import Target, plainly
from symback.printing.text import UNICODE
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS, Format
from symback.rendering.page import digits_in_threes, power_of_two
from symback.rendering.proof import Proof
from symback.verification.report import Report

__all__ = ["mime_bundle"]

Bundle = dict[str, str]
"""The forms of one object, by their media types."""

Chain = tuple[str, list[str]]
"""What stands left of the first sign, and what stands right of each, under one another."""


def mime_bundle(
    shown: object,
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> Bundle:
    """The forms of an object by media type, as Jupyter's ``_repr_mimebundle_`` gives them.

    Args:
        shown: a `Network` or a `Model` (its equations), a `Derivation` (its gradients), a
            `Gradient` or a `UnitDerivation` (its chain), matrix forms, or a `Report` (what each
            witness says).
        include: only these media types.
        exclude: not these.
    """
    return {
        kind: text
        for kind, text in _bundle(shown).items()
        if (not include or kind in include) and kind not in (exclude or ())
    }


@singledispatch
def _bundle(shown: object) -> Bundle:
    raise TypeError(f"{type(shown).__name__} has no form in a notebook")


@_bundle.register
def _(network: Network) -> Bundle:
    return _bundle(network.model())


@_bundle.register
def _(model: Model) -> Bundle:
    return _of_chains(model, [(e.left, [e.expression]) for e in model.equations])


@_bundle.register
def _(derivation: Derivation) -> Bundle:
    return _of_chains(derivation.model, list(_gradients(derivation)))


@_bundle.register
def _(gradient: Gradient) -> Bundle:
    if gradient.model is None:
        return {"text/plain": repr(gradient)}
    return _of_chains(gradient.model, [_chain(gradient.adjoint, gradient.step.links)])


@_bundle.register
def _(unit: UnitDerivation) -> Bundle:
    if unit.model is None:
        return {"text/plain": repr(unit)}
    return _of_chains(unit.model, [_chain(c.subject, c.links) for c in unit.chains if c.links])


@_bundle.register
def _(form: MatrixForm) -> Bundle:
    return _of_matrices([form], repr(form))


@_bundle.register
def _(forms: MatrixForms) -> Bundle:
    return _of_matrices(forms, repr(tuple(forms)))


@_bundle.register
def _(report: Report) -> Bundle:
    lines = _sentences(report, "text")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return {
        "text/plain": "\n".join(lines),
        "text/markdown": "".join(f"- {line}\n" for line in _sentences(report, "markdown")),
        "text/html": f"<ul>{items}</ul>",
    }


def _gradients(derivation: Derivation) -> Iterator[tuple[Expr, list[Expr]]]:
    for name, gradient in derivation.gradients.items():
        links = derivation.chain(name) if derivation.model.has_layers else ()
        yield gradient.adjoint, [links[-1].expression if links else gradient.step.result]


def _chain(subject: Expr, links: Sequence[Link]) -> tuple[Expr, list[Expr]]:
    """A left side with every right side once."""
    return subject, list(dict.fromkeys(link.expression for link in links))


def _of_chains(model: Model, chains: Sequence[tuple[Expr, list[Expr]]]) -> Bundle:
    def printed(target: Target) -> list[Chain]:
        printer = Printer(target, model, FOUNDING)
        return [(printer(left), [printer(right) for right in rights]) for left, rights in chains]

    return _in_every_form(printed(UNICODE), printed(LATEX))


def _of_matrices(forms: Sequence[MatrixForm], plain: str) -> Bundle:
    model = forms[0].model if forms else None
    if model is None:
        return {"text/plain": plain}

    def printed(target: Target) -> list[Chain]:
        printer = MatrixPrinter(Printer(target, model, FOUNDING), shapes=target is LATEX)
        return [(printer.left(form), [plainly(printer.right(form))]) for form in forms]

    return _in_every_form(printed(UNICODE), printed(LATEX))


def _in_every_form(plain: Sequence[Chain], latex: Sequence[Chain]) -> Bundle:
    """Chains whose signs of equality stand under one another."""
    blocks = ["\n".join(_in_text(*chain)) for chain in plain]
    displays = [" \\\\\n".join(_in_latex(*chain)) for chain in latex]
    aligned = " \\\\\n".join(displays)
    return {
        "text/plain": "\n".join(blocks),
        "text/latex": f"$$\n{_aligned(aligned)}\n$$",
        "text/markdown": "\n\n".join(f"$$\n{_aligned(one)}\n$$" for one in displays) + "\n",
        "text/html": _in_html(latex),
    }


def _aligned(rows: str) -> str:
    return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


def _in_text(left: str, rights: Sequence[str]) -> Iterator[str]:
    for place, right in enumerate(rights or [""]):
        front = " " * _columns(left) if place else left
        yield f"{front} = {right}" if right else left


def _columns(text: str) -> int:
    """The number of columns that a text takes: a hat stands on its letter."""
    return sum(not combining(character) for character in text)


def _in_latex(left: str, rights: Sequence[str]) -> Iterator[str]:
    for place, right in enumerate(rights or [""]):
        yield f"{'' if place else left} &= {right}" if right else f"{left} &"


_GRID = (
    "display:grid;grid-template-columns:max-content max-content;align-items:baseline;"
    "row-gap:.4em;overflow:auto hidden;padding:.35em 0"
)
"""How rows stand: what is left of a sign ends where that of the others does."""


def _in_html(chains: Sequence[Chain]) -> str:
    """Rows of two cells, each with its formula in MathML."""
    # Only what is shown as HTML loads the converter.
    from symback.rendering.handout.mathml import converter

    made = converter()

    def convert(formula: str) -> str:
        # Large, but within a cell: a formula on a line of its own would be centred in it.
        return made(formula, True).replace('display="block"', 'displaystyle="true"', 1)

    cells = []
    for left, rights in chains:
        for place, right in enumerate(rights or [""]):
            front = "" if place else convert(left)
            cells.append(f'<span style="justify-self:end">{front}</span>')
            cells.append(f"<span>{convert('{} = ' + right) if right else ''}</span>")
    return f'<div style="{_GRID}">{"".join(cells)}</div>'


class _Sentences:
    """What the sentences about witnesses ask of a page: numbers within a line."""

    def __init__(self, output_format: Format) -> None:
        self.format = output_format
        self.target: Target = output_format.target

    def count(self, number: int) -> str:
        """A whole number as it is read: its digits in threes."""
        return digits_in_threes(number)

    def power_of_two(self, exponent: int, less: int = 0) -> Markup:
        """A power of two, less a whole number."""
        text = power_of_two(self.target, exponent, less)
        return Markup(self.format.inline.replace("{}", plainly(text)))


def _sentences(report: Report, name: str) -> list[str]:
    output_format = FORMATS[name]
    template = environment(output_format).get_template("notebook.j2")
    text: str = template.render(
        page=_Sentences(output_format),
        doc={"entries": (), "is_general": False},
        proof=Proof(report),
    )
    return [line for line in text.splitlines() if line]
