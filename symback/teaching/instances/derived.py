"""An instance of a rule: two lines of a derivation, of which the second follows by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sympy import Expr

from symback.calculus.blackboard.working import Why
from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation, Link
from symback.calculus.second.derivation import Product
from symback.calculus.second.operator import derive_second
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.teaching.blocks import Shown, Working
from symback.teaching.instances.instance import Instance

__all__ = ["NETWORKS", "rule_instance"]

NETWORKS = (
    Network((2, 2, 2), ("sigmoid", "identity"), "half-squared-error"),
    Network((2, 2, 2), ("tanh", "softmax"), "cross-entropy"),
    Network((2, 2, 2)),
)
"""Looked through in this order; the last has generic functions."""

_NOT_USED = """
param a, b
L = a^2
"""

_NORM = """
input x[n,i]
param g[i]
m[n] = mean(i, x[n,i])
s[n] = sqrt(mean(i, (x[n,i] - m[n])^2))
h[n,i] = (x[n,i] - m[n]) / s[n]
L = sum(n, sum(i, g[i] h[n,i]))
gradients x
"""


def _model(text: str) -> Derivation:
    return derive(ModelText.of(text).model())


_OTHERS: dict[str, Callable[[], Derivation]] = {
    "one-fraction": lambda: derive(
        Network((2, 2, 2), ("sigmoid", "sigmoid"), "binary-cross-entropy")
    ),
    "unused": lambda: _model(_NOT_USED),
    "mean": lambda: _model(_NORM),
    "factor": lambda: derive(ModelText.of(library_text("softmax-regression")).model()),
    "sums": lambda: derive(ModelText.of(library_text("batch-norm")).model()),
    "cover": lambda: derive(ModelText.of(library_text("crf")).model()),
}
"""Where a rule is seen that no network of `NETWORKS` needs."""

_SQUARE = Network((2, 2, 2), ("sigmoid", "identity"), "half-squared-error")
_CLASSES = Network((2, 2, 2), ("tanh", "softmax"), "cross-entropy", batch=True)
_ALONG: dict[str, tuple[Network, Product]] = {
    "direction": (_SQUARE, "gauss-newton"),
    "ordinary": (_SQUARE, "gauss-newton"),
    "expectation": (_CLASSES, "fisher"),
    "samples": (_CLASSES, "empirical-fisher"),
    "curvature": (_SQUARE, "hessian"),
}
"""Where a rule of second order is seen: a network, and a product."""

_GATHERED: dict[str, Callable[[], Derivation]] = {
    Why.MIXED.value: lambda: derive(Network((2, 2, 2), ("tanh", "softmax"), "half-squared-error")),
    Why.FAR.value: lambda: derive(ModelText.of(library_text("attention")).model()),
}
"""Where paths are put together, by the reason."""


def rule_instance(code: str) -> Instance | None:
    """An instance of a rule; None where there is none."""
    if code in _GATHERED:
        derivation = _GATHERED[code]()
        found = _gathered(derivation, code)
        return Instance((Working(found),), derivation.model) if found else None
    if code in _ALONG:
        return _along(code)
    places = [_OTHERS[code]] if code in _OTHERS else []
    for place in (*places, *(lambda n=network: derive(n) for network in NETWORKS)):
        derivation = place()
        rows = _two_lines(_chains(derivation), code)
        if rows:
            return Instance((Working(rows),), derivation.model)
    return None


def _chains(derivation: Derivation) -> Iterator[tuple[Expr, Sequence[Link]]]:
    """Every chain of equalities of a derivation, and those of one weight in each array."""
    for step in derivation.steps:
        yield step.adjoint, step.links
        yield from ((step.adjoint, form.way) for form in step.forms)
    for name in ("W1", "W2"):
        if name in derivation.model.quantities:
            for chain in derivation.unit(name, 1, 2).chains:
                yield chain.subject, chain.links


def _two_lines(chains: Iterator[tuple[Expr, Sequence[Link]]], code: str) -> tuple[Shown, ...]:
    for subject, links in chains:
        for place, link in enumerate(links):
            if link.rule.value == code:
                before = [Shown(subject, links[place - 1].expression)] if place else []
                return (*before, Shown(subject, link.expression))
    return ()


def _along(code: str) -> Instance | None:
    """A line of a product of second order."""
    network, product = _ALONG[code]
    second = derive_second(derive(network), product)
    lines = (*second.forward, *second.backward)
    rows = _two_lines(((line.subject, line.links) for line in lines), code)
    return Instance((Working(rows),), second.derivation.model) if rows else None


def _gathered(derivation: Derivation, code: str) -> tuple[Shown, ...]:
    """The chain of one entry whose paths are put together for a reason."""
    for quantity in derivation.model.parameters:
        unit = derivation.unit(quantity.name, *(1 for _ in quantity.ranges))
        if unit.gathered is not None and unit.gathered.why.value == code:
            chain = unit.chains[0]
            return tuple(Shown(chain.subject, link.expression) for link in chain.links[:2])
    return ()
