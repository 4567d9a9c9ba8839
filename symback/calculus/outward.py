"""Index form: one parameter's gradient carried all the way to the loss, for any size.

A step names the adjoints of the layer above; here they are put in one after the other, first as
partials, then as derivatives, so that the result is the sum over the outputs that notes write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from sympy import Add, Expr, Mul

from symback.algebra.expressions import Partial, indices_of, name_of
from symback.algebra.sums import Limit, flatten, freshen, index_names, name_bound, total
from symback.calculus.derivation import Link, Rule, Step
from symback.calculus.knowledge import is_plain
from symback.calculus.local import replaced_adjoints, replaced_functions
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation

__all__ = ["FORMS", "MAX_TERMS", "Outward", "Product", "count_paths", "outward_chain"]

MAX_TERMS = 64
"""Beyond so many sums of products a gradient is left in its recursive form."""

Form = Callable[[Step], Expr]


def outward_chain(derivation: Derivation, name: str) -> tuple[Link, ...]:
    """One parameter's gradient through to the loss: as partials, then as derivatives.

    Returns:
        Links that all equal the parameter's adjoint: the product of partials along every path,
        the same with each local derivative found, and, where the functions or the loss are known,
        their derivatives put in, with what is taken for granted last.  Empty when there are more
        than `MAX_TERMS` ways to the loss, and where an index is more than a letter over its whole
        range: a recursion stays one, and limits are said where they are found.
    """
    if not is_plain(derivation.model) or count_paths(derivation)[name] > MAX_TERMS:
        return ()
    step = derivation.step_of[name]
    links: list[Link] = []
    for form, rule in _telling_forms(derivation):
        product = derivation.outward[form].of(step)
        expression = _written(product, derivation.letters, step.quantity.letters)
        if not links or expression != links[-1].expression:
            about = _about(derivation, step, rule, links, expression)
            links.append(Link(expression, rule, about))
    return tuple(links)


def _about(
    derivation: Derivation, step: Step, rule: Rule, links: Sequence[Link], after: Expr
) -> tuple[str, ...]:
    """What the reason for one form mentions: what stood in the form before and is put in now."""
    before = links[-1].expression if links else step.adjoint
    if rule is Rule.FUNCTION:
        return replaced_functions(before, after)
    if rule is Rule.UPSTREAM:
        return replaced_adjoints(derivation.loss, before, after)
    if rule is Rule.FACT:
        return tuple(dict.fromkeys(f for step in derivation.steps for f in step.facts))
    return ()


def count_paths(derivation: Derivation) -> Mapping[str, int]:
    """For each quantity, in how many ways (of sums of products) it reaches the loss."""
    counts: dict[str, int] = {derivation.model.loss.name: 1}
    for step in derivation.steps:
        counts[step.quantity.name] = sum(counts[path.through] for path in step.paths) or 1
    return counts


def _chain(step: Step) -> Expr:
    return Add(*(path.chain for path in step.paths))


def _primed(step: Step) -> Expr:
    return Add(*(path.primed for path in step.paths))


def _taught(step: Step) -> Expr:
    return Add(*(path.contribution for path in step.paths))


def _before_facts(step: Step) -> Expr:
    return step.before_facts


def _result(step: Step) -> Expr:
    return step.result


def _at_loss(step: Step) -> bool:
    """Whether the loss of a sample mentions this quantity: there the way to the loss ends."""
    return any(path.to_loss for path in step.paths)


FORMS: tuple[tuple[Form, Rule], ...] = (
    (_chain, Rule.CHAIN),
    (_primed, Rule.LOCAL),
    (_taught, Rule.FUNCTION),
    (_before_facts, Rule.UPSTREAM),
    (_result, Rule.FACT),
)

CLOSED = (_before_facts, _result)
"""Forms in which the loss's own derivative is put in."""


def _written(product: Product, letters: Mapping[Expr, str], taken: tuple[str, ...]) -> Expr:
    """A product as an expression, outputs summed first, with letters for its bound indices."""
    limits = product.limits[::-1]
    # Letters are given factor by factor, so that a long product is put together only once.
    names = index_names([last for _, _, last in limits], letters, taken)
    renaming = dict(zip([limit[0] for limit in limits], names, strict=True))
    inner = (*taken, *(name.name for name in names))
    factors = [name_bound(f.xreplace(renaming), letters, inner) for f in product.factors]
    return total(
        Mul(*factors),
        [(renaming[i], *(end.xreplace(renaming) for end in ends)) for i, *ends in limits],
    )


def _telling_forms(derivation: Derivation) -> list[tuple[Form, Rule]]:
    """The forms that can differ: nothing is put in where functions and loss are generic."""
    steps = derivation.steps
    taught = any(p.contribution != p.primed for step in steps for p in step.paths)
    known = any(_at_loss(step) and step.result != step.adjoint for step in steps)
    facts = known and any(step.facts for step in steps)
    tells: dict[Form, bool] = {_taught: taught, _before_facts: known, _result: facts}
    return [(form, rule) for form, rule in FORMS if tells.get(form, True)]


@dataclass(frozen=True, slots=True)
class Product:
    """A sum over indices of a product; the innermost quantity's own letters are free in it."""

    factors: tuple[Expr, ...]
    limits: tuple[Limit, ...]

    @property
    def expression(self) -> Expr:
        """The same as one expression."""
        return total(Mul(*self.factors), self.limits)


class Outward:
    """Adjoints carried to the loss in one form, each found once and shared by all that use it.

    A chain of layers is kept as one flat product, so that it costs no more than its length.
    """

    def __init__(self, derivation: Derivation, form: Form) -> None:
        self.derivation = derivation
        self.form = form
        self.known: dict[str, Product] = {}

    def of(self, step: Step) -> Product:
        """One step's adjoint in this form."""
        for earlier in self.derivation.steps:
            if earlier.quantity.name not in self.known and earlier.number <= step.number:
                self.known[earlier.quantity.name] = self._compose(earlier)
        return self.known[step.quantity.name]

    def _compose(self, step: Step) -> Product:
        """Put what is known of the adjoints in one step's form."""
        factors: list[Expr] = []
        own, limits = flatten(self.form(step))
        seen: set[str] = set()
        for factor in own:
            inner = self._inner(factor, step)
            if inner is None:
                factors.append(self._within(factor, step))
                continue
            name, product = inner
            if name in seen:  # a second copy needs bound indices of its own
                factors.append(freshen(product.expression))
                continue
            seen.add(name)
            factors.extend(product.factors)
            limits.extend(product.limits)
        return Product(tuple(factors), tuple(limits))

    def _inner(self, factor: Expr, step: Step) -> tuple[str, Product] | None:
        """What an adjoint stands for, at the adjoint's own indices; None where it stays."""
        if not isinstance(factor, Partial) or factor.of != self.derivation.loss:
            return None
        name = name_of(factor.by)
        inner = self.derivation.step_of.get(name)
        if inner is None or inner is step or inner.result == inner.adjoint:
            return None
        if _at_loss(inner) and self.form not in CLOSED:
            return None
        product = self.known.get(name)
        if product is None:  # a wrong claim can name an adjoint that is found later
            return None
        at = {
            old: new
            for old, new in zip(inner.quantity.indices, indices_of(factor.by), strict=True)
            if old != new
        }
        if not at:
            return name, product
        return name, Product(tuple(f.xreplace(at) for f in product.factors), product.limits)

    def _within(self, factor: Expr, step: Step) -> Expr:
        """The same inside a factor that is a sum of several terms."""
        values = {}
        for adjoint in factor.atoms(Partial):
            inner = self._inner(adjoint, step)
            if inner is not None:
                values[adjoint] = freshen(inner[1].expression)
        return factor.xreplace(values) if values else factor
