"""What a notebook shows of a network, a derivation or a report: text, LaTeX, Markdown and HTML.

Jupyter asks an object for all the forms that it has and takes the richest that it can show; HTML
carries its formulas as MathML, so that no script has to set them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import singledispatch

from markupsafe import Markup, escape
from sympy import Expr

from symback.calculus.derivation import Derivation
from symback.model.equations import Model
from symback.model.network import Network
from symback.notation import FOUNDING
from symback.printing import Printer
from symback.printing.latex import LATEX
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

Equality = tuple[Expr, Expr]


def mime_bundle(
    shown: object,
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> Bundle:
    """The forms of an object by media type, as Jupyter's ``_repr_mimebundle_`` gives them.

    Args:
        shown: a `Network` (its equations), a `Derivation` (its gradients), or a `Report` (what each
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
    model = network.model()
    return _of_formulas(model, ((e.quantity.entry, e.expression) for e in model.equations))


@_bundle.register
def _(derivation: Derivation) -> Bundle:
    return _of_formulas(derivation.model, _gradients(derivation))


@_bundle.register
def _(report: Report) -> Bundle:
    lines = _sentences(report, "text")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return {
        "text/plain": "\n".join(lines),
        "text/markdown": "".join(f"- {line}\n" for line in _sentences(report, "markdown")),
        "text/html": f"<ul>{items}</ul>",
    }


def _gradients(derivation: Derivation) -> Iterator[Equality]:
    for name, gradient in derivation.gradients.items():
        links = derivation.chain(name)
        yield gradient.adjoint, links[-1].expression if links else gradient.step.result


def _of_formulas(model: Model, equalities: Iterable[Equality]) -> Bundle:
    rows = list(equalities)
    unicode, latex = (Printer(target, model, FOUNDING) for target in (UNICODE, LATEX))
    plain = [f"{plainly(unicode(left))} = {plainly(unicode(right))}" for left, right in rows]
    sides = [(plainly(latex(left)), plainly(latex(right))) for left, right in rows]
    aligned = " \\\\\n".join(f"{left} &= {right}" for left, right in sides)
    display = f"$$\n\\begin{{aligned}}\n{aligned}\n\\end{{aligned}}\n$$"
    return {
        "text/plain": "\n".join(plain),
        "text/latex": display,
        "text/markdown": "\n\n".join(f"$$\n{left} = {right}\n$$" for left, right in sides) + "\n",
        "text/html": "".join(f"<div>{_mathml(f'{left} = {right}')}</div>" for left, right in sides),
    }


def _mathml(formula: str) -> str:
    # Only what is shown as HTML loads the converter.
    from symback.rendering.handout.mathml import converter

    return converter()(formula, True)


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
