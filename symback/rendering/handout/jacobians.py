"""Functions of a whole layer: the derivative of each output by each input, found and then used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Expr, KroneckerDelta, Mul, Pow, S, Symbol

from symback.algebra.collapse import collapse
from symback.algebra.expressions import Partial, differentiate
from symback.algebra.sums import index_names, name_bound, replace
from symback.calculus.derivation import Path, Rule, Step
from symback.calculus.local import common_deltas
from symback.records import dataclass
from symback.rendering.equalities import ChainOf, Equality

if TYPE_CHECKING:
    from symback.rendering.document import Document

__all__ = ["Jacobian", "found_jacobians"]


@dataclass(frozen=True, slots=True)
class Jacobian:
    """A function of a whole layer.

    Attributes:
        number: of the equation that defines it.
        derivative: of each of its outputs by each of its inputs: as the quotient rule has it, and
            through the outputs.
        use: how the derivative of the loss goes back through it, every step of it; None where
            one that is used in the same step follows.
        together: with how many others it is used.
    """

    number: int
    derivative: ChainOf
    use: ChainOf | None
    together: int = 0


def found_jacobians(document: Document) -> Iterator[Jacobian]:
    """Those of a model, from the loss backwards."""
    for step, use in zip(document.derivation.steps, document.steps, strict=True):
        if any(link.rule == Rule.COLLAPSE for link in use.links):
            found = [
                (path.equation, chain)
                for path in step.paths
                if (chain := _derivative(document, step, path)) is not None
            ]
            for place, (number, chain) in enumerate(found, start=1):
                is_last = place == len(found)
                yield Jacobian(number, chain, use if is_last else None, len(found) - 1)


def _derivative(document: Document, step: Step, path: Path) -> ChainOf | None:
    """The local derivative on one path: by the quotient rule, then by the outputs."""
    equation = document.derivation.model.definitions[path.through]
    quantity = equation.quantity
    names = _letters(document, step, path)
    at = dict(zip(quantity.indices, names, strict=True))
    right = replace(equation.expression, at)
    above, below = _sides(right)
    if below is S.One:
        return None
    entry = step.quantity.entry
    slope_above = collapse(differentiate(above, entry), ())
    slope_below = collapse(differentiate(below, entry), ())
    quotient = (slope_above * below - above * slope_below) / below**2
    rows = common_deltas(path.local)
    whole = path.local.xreplace(dict.fromkeys(rows, S.One))
    whole = whole.xreplace(dict(zip(path.own, names, strict=True)))
    letters = document.derivation.letters
    taken = (*step.quantity.letters, *map(str, names))
    links = (
        Equality(name_bound(_without_rows(quotient), letters, taken), "quotient"),
        Equality(whole, "through-itself", equations=(equation.number,)),
    )
    return ChainOf(Partial(quantity.at(*names), entry), links)


def _sides(expression: Expr) -> tuple[Expr, Expr]:
    """What stands above and below the bar."""
    below = [f for f in Mul.make_args(expression) if isinstance(f, Pow) and f.exp == -1]
    above = [f for f in Mul.make_args(expression) if f not in below]
    return Mul(*above), Mul(*(1 / f for f in below))


def _without_rows(expression: Expr) -> Expr:
    """Of one sample: that both sides are of the same one goes without saying."""
    same = {d: S.One for d in expression.atoms(KroneckerDelta) if d.args[0] == d.args[1]}
    return expression.xreplace(same)


def _letters(document: Document, step: Step, path: Path) -> list[Expr]:
    """Letters for the output's indices that are not those of the input; a shared row keeps its.

    A row is shared where both are of one sample, and where every term of the local derivative
    vanishes in another row: the entry of a softmax by rows depends on its own row alone.
    """
    own = [str(letter) for letter in step.quantity.letters]
    quantity = document.derivation.model.quantities[path.through]
    fresh = index_names([r.upper for r in quantity.ranges], document.derivation.letters, tuple(own))
    common = [set(delta.args) for delta in common_deltas(path.local)]
    letters: list[Expr] = []
    for r, letter, name, place in zip(
        quantity.ranges, quantity.letters, fresh, path.own, strict=True
    ):
        row = next((x for x in step.quantity.indices if {place, x} in common), None)
        if row is not None:
            letters.append(row)
        else:
            kept = r.is_rows and letter in own
            letters.append(Symbol(letter, integer=True) if kept else name)
    return letters
