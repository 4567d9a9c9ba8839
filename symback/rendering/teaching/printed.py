"""What an output prints of a topic: the sentence, and a formula of the same derivation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sympy import Expr, KroneckerDelta

from symback.algebra.expressions import Apply
from symback.algebra.indexing import Bracket, Extreme, Stop
from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.calculus.second import derive_second
from symback.model.equations import Role
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.printing.target import plainly
from symback.printing.trees import signs_of
from symback.rendering.check.render import refusal
from symback.rendering.document import Document
from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS
from symback.rendering.handout.jacobians import found_jacobians
from symback.rendering.proof import Proof
from symback.rendering.terminal import Terminal
from symback.teaching.blocks import Block, Own, Paragraph, Say, Shown, Working
from symback.teaching.instances import Instance
from symback.verification.report import Report, Testimony, Verdict, Witness
from symback.verification.second import verify_second
from symback.verification.stated import judge_claims
from symback.verification.verify import verify

__all__ = ["printed"]

_PLAIN = Network((2, 2, 2))
_SOFTMAX = Network((2, 2, 2), ("relu", "softmax"), "cross-entropy")
_SQUARE = Network((2, 2, 2), ("sigmoid", "identity"), "half-squared-error")
_BATCH = Network((2, 2, 2), batch=True)
_HINGE = Network((2, 2, 2), ("tanh", "identity"), "hinge")


def _library(name: str) -> Callable[[], Derivation]:
    return lambda: derive(ModelText.of(library_text(name)).model())


def _network(network: Network) -> Callable[[], Derivation]:
    return lambda: derive(network)


_CONVENTIONS: Mapping[str, tuple[Callable[[], Derivation], str]] = {
    "from-to": (_network(_PLAIN), ""),
    "to-from": (_network(_PLAIN), "nielsen"),
    "rows": (_network(_PLAIN), ""),
    "columns": (_network(_PLAIN), "nielsen"),
    "bias": (_network(_PLAIN), ""),
    "indices": (_network(_PLAIN), ""),
    "from-one": (_library("rms-norm"), ""),
    "flat": (_network(_PLAIN), "mazur"),
    "keyboard": (_network(_PLAIN), ""),
    "kink": (_network(_SOFTMAX), ""),
    "loss-kink": (_network(_HINGE), ""),
    "ties": (_library("max-pooling"), ""),
    "stop": (_library("gan-critic"), ""),
    "condition": (_network(_SOFTMAX), ""),
    "no-matrices": (_library("conv1d"), ""),
    "entrywise-function": (_network(_PLAIN), ""),
    "entrywise-ones": (_network(_BATCH), "nielsen"),
    "entrywise-power": (_library("rbf"), ""),
    "entrywise-product": (_network(_PLAIN), ""),
    "entrywise-quotient": (_network(_SOFTMAX), "bishop"),
    "entrywise-repeated": (_network(_BATCH), "nielsen"),
}
"""For each convention a derivation that relies on it, and the notation in which it does."""

_ASSUMPTIONS = {
    "targets-sum-to-one": _network(_SOFTMAX),
    "targets-are-signs": _network(_HINGE),
    "outputs-are-probabilities": _network(Network((2, 2, 2), ("f", "g"), "binary-cross-entropy")),
}

_SECOND = ("tangent", "transpose", "curvature")
_CLAIMS: Mapping[str, Callable[[], Report]] = {
    **dict.fromkeys(_SECOND, lambda: verify_second(derive_second(derive(_SQUARE)))),
    "hessian": lambda: verify_second(derive_second(derive(_SQUARE), "hessian")),
    "other-form": lambda: verify(_library("attention")()),
}
"""Reports that have a claim that the one on a small network has not."""

_LEFT_OUT: Mapping[str, Callable[[], Report]] = {
    "kind": lambda: verify(_library("residual-block")()),
    "order": lambda: verify(_library("residual-block")()),
    "not-plain": lambda: verify(_library("conv1d")()),
    "sizes-unknown": lambda: verify(derive(_BATCH)),
}
"""Reports in which a witness was not asked, by the reason."""


_REFUSED = ("not-confirmed", "overlaps", "encoding")
"""Why a repair is not proposed, where no small document is known that shows it."""

_SELDOM = ("degree", "no-point", "no-value", "roots", "wants-numpy")
"""Reasons for which no small derivation is known that gives them: the sentence alone is shown."""


def printed(group: str, code: str) -> Instance | None:
    """What an output prints of a topic; None where no small derivation does."""
    if group == "convention":
        return _convention(code)
    if group == "assumption":
        return _assumption(code)
    if group == "claim":
        return _claim(code)
    if group == "witness":
        return _witness(code)
    if (group, code) == ("reason", "induction"):
        return _stated("hmm", code)
    if (group, code) == ("verdict", "inherited"):
        return _inherited()
    if group == "repair" and code in _REFUSED:
        return Instance((Paragraph((Say("it-prints", {"text": Own(refusal(code))}),)),))
    if group == "rule" and code in ("quotient", "through-itself"):
        return _jacobian(code)
    return None


class _Words:
    """The sentences of a document, in the letters of a terminal."""

    def __init__(
        self, derivation: Derivation, notation: str = "", report: Report | None = None
    ) -> None:
        own = NOTATIONS[notation or "founding"]
        self.document = Document(derivation, report, (), own)
        self.page = Terminal(FORMATS["text"], self.document, 80, color=False)
        template = environment(FORMATS["text"]).get_template("words.j2")
        self.words: Any = template.make_module({"page": self.page, "doc": self.document})

    def said(self, macro: str, *about: Any) -> Block:
        """A sentence, as it is printed."""
        text = str(getattr(self.words, macro)(*about)).strip()
        return Paragraph((Say("it-prints", {"text": Own(text)}),))


def _convention(code: str) -> Instance | None:
    if code not in _CONVENTIONS:
        return None
    make, notation = _CONVENTIONS[code]
    derivation = make()
    words = _Words(derivation, notation)
    names = dict(words.document.conventions)
    if code not in names and code != "keyboard":
        return None
    said = words.said("convention", code, names.get(code, ""))
    return Instance((*_shown(code, words), said), derivation.model, notation)


def _shown(code: str, words: _Words) -> tuple[Block, ...]:
    """Something in which a convention is seen: a matrix form, an equation, or a derivative."""
    document = words.document
    if code in ("rows", "columns") or code.startswith("entrywise-"):
        sign = code.partition("-")[2]
        forms = [f for f in document.telling_matrices if not sign or sign in signs_of(f)]
        if not forms:
            return ()
        # Below the formula stand the shapes, which are for a terminal.
        line = str(words.page.matrix_line(forms[0])).strip().splitlines()[0]
        return (Paragraph((Say("verbatim", {"text": Own(" ".join(line.split()))}),)),)
    if code == "keyboard":
        step = document.derivation.steps[-1]
        write = Printer(PLAIN, document.derivation.model)
        line = f"{plainly(write(step.adjoint))} = {plainly(write(step.result))}"
        return (Paragraph((Say("verbatim", {"text": Own(line)}),)),)
    seen = _SEEN.get(code)
    chains = [c for c in document.shown if c.links]
    if code == "bias":
        chains = [c for c in document.formulas if c.quantity and c.quantity.role is Role.BIAS]
    if code == "loss-kink":
        chains = [c for c in document.steps if c.links]
    for chain in chains:
        for link in reversed(chain.links):
            if seen is None or seen(link.expression):
                return (Working((Shown(chain.subject, link.expression, number=chain.number),)),)
    return ()


_SEEN: Mapping[str, Callable[[Expr], bool]] = {
    "condition": lambda e: bool(e.has(Bracket, KroneckerDelta)),
    "ties": lambda e: bool(e.has(Extreme)),
    "stop": lambda e: bool(e.has(Stop)),
    "kink": lambda e: any(a.order and a.name == "relu" for a in e.atoms(Apply)),
}
"""In which formulas a convention is seen; of the others the first formula shows it."""


def _assumption(code: str) -> Instance | None:
    if code not in _ASSUMPTIONS:
        return None
    derivation = _ASSUMPTIONS[code]()
    words = _Words(derivation)
    if code not in words.document.assumptions:
        return None
    step = derivation.steps[0]
    row = Shown(step.adjoint, step.result, number=step.number)
    return Instance((Working((row,)), words.said("assumption", code)), derivation.model)


def _claim(code: str) -> Instance | None:
    """How many claims of a kind there are in a report, and one of them."""
    if code == "stated":
        return _stated("linear-regression")
    derivation = derive(_PLAIN)
    unit = derivation.unit("W1", 1, 2)
    report = _CLAIMS[code]() if code in _CLAIMS else verify(derivation, [unit])
    tally = next((t for t in Proof(report).tallies if t.claim == code), None)
    if tally is None:
        return None
    blocks: list[Block] = []
    pairs = [(c.left, c.right) for c in report.checks if c.claim == code and c.left != c.right]
    if code not in _CLAIMS and pairs and None not in pairs[0]:
        blocks.append(Working((Shown(*pairs[0]),)))
    blocks.append(_Words(derivation).said("tally", tally))
    return Instance(tuple(blocks), derivation.model)


def _stated(name: str, reason: str = "") -> Instance:
    """A line that a model of the library claims, and what came of it for a reason."""
    text = ModelText.of(library_text(name))
    stated = text.stated()
    lines = judge_claims(stated, text.sizes)
    judged = next(line for line in lines if not reason or line.reason == reason)
    derivation = derive(stated.model)
    document = Document(derivation, None, (), NOTATIONS["founding"], (judged,))
    chain, line = next(iter(document.claims))
    row = Shown(chain.subject, chain.links[-1].expression)
    return Instance((Working((row,)), _Words(derivation).said("judged", line)), stated.model)


def _inherited() -> Instance:
    """What is said of a line that rests on a step with a factor 2 too many."""
    derivation = derive(_PLAIN)
    place = next(i for i, step in enumerate(derivation.steps) if step.quantity.name == "W2")
    step = derivation.steps[place]
    last = replace(step.links[-1], expression=2 * step.links[-1].expression)
    steps = list(derivation.steps)
    steps[place] = replace(step, links=(*step.links[:-1], last))
    wrong = replace(derivation, steps=tuple(steps))
    check = next(c for c in verify(wrong).checks if c.verdict is Verdict.INHERITED)
    row = Shown(step.adjoint, last.expression, number=step.number)
    return Instance((Working((row,)), _Words(derivation).said("failure", check)), derivation.model)


def _witness(code: str) -> Instance | None:
    """What is printed of a witness, or of one that was not asked."""
    derivation = derive(_PLAIN)
    if code in set(Witness):
        report = verify(derivation)
        found = next(t for t in report.testimonies if t.witness == code)
    elif code in _LEFT_OUT:
        found = next(t for t in _LEFT_OUT[code]().testimonies if t.left_out == code)
    elif code in _SELDOM:
        found = Testimony(Witness.NUMBERS, 1, 0, left_out=code)
    else:
        return None
    return Instance((_Words(derivation).said("testimony", found),), derivation.model)


def _jacobian(code: str) -> Instance | None:
    """The derivative of an output of softmax by a sum, as a handout finds it."""
    derivation = derive(_SOFTMAX)
    document = Document(derivation, None, (), NOTATIONS["founding"])
    for jacobian in found_jacobians(document):
        links = jacobian.derivative.links
        place = next((i for i, link in enumerate(links) if link.rule == code), None)
        if place is not None:
            rows = tuple(
                Shown(jacobian.derivative.subject, link.expression) for link in links[: place + 1]
            )
            return Instance((Working(rows),), derivation.model)
    return None
