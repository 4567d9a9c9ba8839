"""The Fisher matrix: of the model's own labels, and the empirical one of the labels that are there.

Of a negative log-likelihood ``l(o)`` whose labels y are drawn from what the model says at its
outputs o, the expectation of ``dl/do dl/do^T`` is ``d2l/do2`` where o is the natural parameter: the
Fisher matrix is then the Gauss-Newton matrix (Martens, JMLR 21 (2020) 146, section 9.2).  The
empirical one has the labels of the data, and is another matrix (Kunstner, Hennig and Balles,
NeurIPS 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from sympy import Add, Expr, Indexed, Mul, S, Symbol, expand

from symback.algebra.directions import Directional
from symback.algebra.expressions import Apply, Delta, Partial, Sum, fresh, is_softmax, name_of
from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation, Step
from symback.calculus.second.gauss_newton import Tail, losses_of
from symback.errors import InputError
from symback.model.equations import Equation, Model, Quantity
from symback.records import dataclass

__all__ = [
    "Family", "Samples", "empirical", "expectation_of", "family_of", "of_drawn_labels",
    "of_samples", "samples_of",
]  # fmt: skip


class Family(StrEnum):
    """From what the labels of a likelihood are drawn."""

    CLASSES = "classes"  # one of the entries of a softmax
    BITS = "bits"  # each entry by itself, 1 with the probability that a sigmoid says
    NORMAL = "normal"  # around the output, with a variance that is known


@dataclass(frozen=True, slots=True)
class Samples:
    """The loss of each sample.

    Attributes:
        quantity: it, with the index of samples, or the loss of the one sample there is.
        letter: that index; None for one sample.
    """

    quantity: Quantity
    letter: Symbol | None


_ONE = "targets-sum-to-one"


def of_drawn_labels(derivation: Derivation) -> Derivation:
    """The same for labels that a softmax draws: one class each, so that they sum to one."""
    model = derivation.model
    if _ONE in model.facts or not any(is_softmax(f) for e in model.equations for f in _whole(e)):
        return derivation
    return derive(replace(model, facts=(*model.facts, _ONE)))


def _whole(equation: Equation) -> tuple[Expr, ...]:
    return (equation.expression,) if isinstance(equation.expression, Mul) else ()


def family_of(derivation: Derivation, tail: Tail) -> Family:
    """Whose negative log-likelihood the loss is, as the derivative by its outputs shows.

    Raises:
        InputError: for a loss that is none, as far as is known here.
    """
    model = derivation.model
    moved = {q.name for q in model.targets_of_derivation}
    given = {q.name for q in model.given}
    outputs = [name for name in tail.outputs if name not in given]
    if any(name in moved for name in tail.outputs) or len(outputs) != 1:
        raise _no_likelihood("it depends on more than one output")
    step = derivation.step_of[outputs[0]]
    links = [e for e in model.equations if e.quantity.name in tail.equations and _is_over(e, step)]
    link = links[0] if links else None
    own = (link.quantity if link else step.quantity).at(*step.quantity.indices)
    scale = _scale(step, own, given - moved)
    if scale is None:
        raise _no_likelihood("its derivative by the output is no difference of it and a target")
    if link is None:
        return Family.NORMAL
    if not _is_mean(scale):
        raise _no_likelihood(f"it is {scale} times one")
    return Family.CLASSES if is_softmax(link.expression) else Family.BITS


def _no_likelihood(why: str) -> InputError:
    return InputError(
        f"the loss is no negative log-likelihood that is known here: {why}",
        where="second",
        hint="cross-entropy of a softmax or a sigmoid is one, and so are squares; "
        "--second gauss-newton is for any loss",
    )


def _is_over(equation: Equation, step: Step) -> bool:
    """Whether an equation is the softmax or sigmoid of an output."""
    if step.quantity.name not in equation.mentions:
        return False
    if isinstance(equation.expression, Apply):
        return equation.expression.name == "sigmoid"
    return isinstance(equation.expression, Mul) and is_softmax(equation.expression)


def _scale(step: Step, own: Expr, targets: set[str]) -> Expr | None:
    """c, where a step's result is ``c (own - target)``, with targets that sum to one."""
    result = expand(step.result)
    for term in Add.make_args(result):
        for factor in Mul.make_args(term):
            if isinstance(factor, (Indexed, Symbol)) and name_of(factor) in targets:
                if isinstance(factor, Symbol) and factor.is_integer:
                    continue
                scale = -term / factor
                rest = expand(result - term) / (scale * own)
                if not scale.atoms(Indexed) and rest is S.One:
                    return scale
    return None


def _is_mean(scale: Expr) -> bool:
    """Whether it is 1, or one over a number of samples."""
    return scale is S.One or bool((1 / scale).is_Symbol and (1 / scale).is_integer)


def samples_of(model: Model) -> Samples:
    """The loss of each sample.

    Raises:
        InputError: where it has no name of its own.
    """
    losses = losses_of(model)
    for equation in losses:
        quantity = equation.quantity
        if len(quantity.ranges) == 1:
            return Samples(quantity, quantity.indices[0])
    single = model.source is not None and not any(
        r.is_rows for q in model.quantities.values() for r in q.ranges
    )
    if single:
        return Samples(losses[-1].quantity, None)
    raise InputError(
        "the empirical Fisher matrix needs the loss of each sample by a name",
        where="second",
        hint="write l[n] = ... for one sample, and L = sum(n, l[n]) / N",
    )


def expectation_of(derivation: Derivation, tail: Tail, family: Family) -> Expr | None:
    """``E[d d^T] R{o}`` at the outputs, the expectation written out; None for a normal one.

    d is the derivative by the outputs, and labels are drawn as the model says.
    """
    if family is Family.NORMAL:
        return None
    step = next(s for s in derivation.steps if s.quantity.name in tail.outputs)
    own_equations = (e for e in derivation.model.equations if e.quantity.name in tail.equations)
    link = next(e for e in own_equations if _is_over(e, step))
    output, p = step.quantity, link.quantity
    own = output.indices
    scale = _scale(step, p.at(*own), {q.name for q in derivation.model.given})
    assert scale is not None
    if family is Family.BITS:
        here = p.at(*own)
        variance = here * (1 - here) ** 2 + (1 - here) * here**2
        return scale * variance * Directional(output.at(*own))
    *rest, last = own
    drawn, other = fresh("c"), fresh("j")
    ends = (S.One, output.ranges[-1].upper)

    def slope(index: Expr) -> Expr:
        return p.at(*rest, index) - Delta(index, drawn)

    inner = Sum(slope(other) * Directional(output.at(*rest, other)), (other, *ends))
    return scale * Sum(p.at(*rest, drawn) * slope(last) * inner, (drawn, *ends))


def empirical(derivation: Derivation, samples: Samples) -> dict[str, Expr]:
    """The adjoints of what no sample has for itself, each sample with R of its own loss.

    Of what belongs to one sample the adjoint has R of its loss as a factor, since nothing else
    depends on it; from there it is the ordinary backward pass.

    Raises:
        InputError: where samples depend on each other.
    """
    model = derivation.model
    if samples.letter is None:
        change = Directional(samples.quantity.entry)
        return {q.name: change * _adjoint(derivation, q) for q in model.targets_of_derivation}
    own = of_samples(model, samples.quantity)
    found: dict[str, Expr] = {}
    for step in derivation.steps:
        if step.quantity.name in own:
            continue
        parts = [
            _weighted(path.contribution, samples.quantity, own)
            for path in step.paths
            if path.through in own or path.through in found
        ]
        if parts:
            found[step.quantity.name] = Add(*parts)
    return found


def _adjoint(derivation: Derivation, quantity: Quantity) -> Expr:
    step = derivation.step_of.get(quantity.name)
    return S.Zero if step is None else step.adjoint


def _weighted(node: Expr, samples: Quantity, own: Mapping[str, int]) -> Expr:
    """What reaches a quantity on one way, with R of its loss as a factor of each sample."""
    if isinstance(node, Partial):
        name = name_of(node.by)
        if name not in own:
            return Directional(node, "E")
        return node * Directional(samples.at(node.by.indices[own[name]]))
    if not node.args or isinstance(node, Indexed):
        return node
    args = tuple(_weighted(a, samples, own) if isinstance(a, Expr) else a for a in node.args)
    return node if args == node.args else node.func(*args)


def of_samples(model: Model, samples: Quantity) -> dict[str, int]:
    """Names of what belongs to one sample, each with the place of its index.

    Raises:
        InputError: where one sample's quantity mentions another sample's.
    """
    rows = samples.ranges[0]
    own = {
        q.name: [r.name for r in q.ranges].index(rows.name)
        for q in model.quantities.values()
        if any(r.name == rows.name for r in q.ranges)
    }
    for equation in model.equations:
        place = own.get(equation.quantity.name)
        for entry in equation.expression.atoms(Indexed):
            name = name_of(entry)
            if place is None or name not in own:
                continue
            if entry.indices[own[name]] != equation.indices[place]:
                raise InputError(
                    f"equation ({equation.number}) mixes samples: each has no gradient of its own",
                    where="second",
                    hint="--second gauss-newton is for such a model",
                )
    return own
