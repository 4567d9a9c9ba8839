"""One entry of any model, worked at small sizes: each way through time, or through the taps.

The chain rule's sum is written out term by term at the model's sizes; then the adjoints that it
mentions follow, from the loss back, each by its own step at these indices.  An adjoint beyond the
entries is 0 and falls away.  Nothing is unrolled in a formula: these are instances of the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Add, Dummy, Expr, Integer, KroneckerDelta, Mul, S

from symback.algebra.expressions import Entry, Partial, Sum, indices_of, name_of
from symback.algebra.indexing import Bracket, Divides, Extreme
from symback.algebra.sums import limits_of
from symback.calculus.blackboard.working import Chain, Gathering, Part, UnitDerivation, Why
from symback.calculus.derivation import Link, Rule
from symback.calculus.knowledge import entry_ends
from symback.errors import InputError, TooLargeError

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Step
    from symback.model.equations import Model

__all__ = ["MAX_ADJOINTS", "MAX_TERMS", "Unrolled", "refuse_open_sizes"]

MAX_TERMS = 12
"""Up to so many terms one sum is written out; a longer one keeps its sign."""

MAX_ADJOINTS = 24
"""Beyond so many adjoints on the way only those of the first line are worked."""


class Unrolled:
    """The working of one entry, at the numbers of its model's sizes.

    Args:
        derivation: of a model whose sizes are numbers.
        step: the step of the quantity.
        indices: which entry, as it is counted in mathematics.
    """

    def __init__(self, derivation: Derivation, step: Step, indices: tuple[int, ...]) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.step = step
        self.indices = indices
        sizes = {size: Integer(n) for size, n in self.model.sizes.items() if n and size.is_Symbol}
        self.sizes: Mapping[Expr, Expr] = sizes
        self.written: dict[Expr, Expr] = {}

    def work(self) -> UnitDerivation:
        """The step at these indices, written out, and the adjoints on the way."""
        adjoint = Partial(self.derivation.loss, self.step.quantity.at(*self.indices))
        at = dict(zip(self.step.quantity.indices, map(Integer, self.indices), strict=True))
        result = self.instance(self.step.result, at)
        name = self.step.quantity.name
        formula = self.step.result.xreplace(at)
        links = [Link(formula, Rule.DELTA, (name,))]
        if result != formula:
            links.append(Link(result, Rule.OPERATOR))
        paths = self._paths(result)
        if (without := self._without_zeros(result)) != result:
            result = without
            links.append(Link(result, Rule.VANISH))
        chains = [Chain(Part.TOTAL, adjoint, tuple(links))]
        order = self._order(result)
        gathered = None
        if len(order) > MAX_ADJOINTS:
            gathered = Gathering(name_of(order[0].by), Why.FAR)
            order = [node for node in _adjoints(result) if node in set(order)]
        for node in order:
            inner = self._step(node)
            if inner is not None and len(order) <= MAX_ADJOINTS:
                link = Link(self.value(node), Rule.DELTA, (inner.quantity.name,))
                chains.append(Chain(Part.ADJOINT, node, (link,)))
        return UnitDerivation(
            self.step.quantity,
            self.indices,
            adjoint,
            tuple(chains),
            paths,
            0,
            result,
            gathered,
            frozenset(size.name for size in self.sizes),
        )

    # Instances ----------------------------------------------------------------------------------

    def instance(self, expression: Expr, at: Mapping[Expr, Expr]) -> Expr:
        """An expression at numbers for its letters, its sums written out."""
        return self._write(expression.xreplace(dict(at)))

    def _write(self, node: Expr) -> Expr:
        if isinstance(node, Partial):
            written = Partial(node.of, self._write(node.by))
            local = node.of != self.derivation.loss
            if local:
                return Partial(self._write(node.of), written.by)
            return written if self._exists(written.by) else S.Zero
        if isinstance(node, Entry):
            return node.func(node.base, *map(self._index, node.indices))
        if isinstance(node, Bracket | KroneckerDelta | Divides):
            return node.xreplace(dict(self.sizes))
        if isinstance(node, Sum):
            return self._sum(node)
        if not node.args or isinstance(node, Extreme):
            return node
        if isinstance(node, Mul):
            # A product with a factor that is 0 is 0, whatever it reads beyond.
            factors = [self._write(part) for part in node.args]
            return S.Zero if S.Zero in factors else Mul(*factors)
        return node.func(*map(self._write, node.args))

    def _sum(self, node: Sum) -> Expr:
        places: list[dict[Expr, Expr]] = [{}]
        for index, first, last in reversed(limits_of(node)):
            places = [
                {index: Integer(number), **at}
                for at in places
                for number in range(self._number(first, at), self._number(last, at) + 1)
            ]
        if len(places) > MAX_TERMS:
            return node  # entries under a sum that keeps its sign stay as they are
        return Add(*(self._write(node.function.xreplace(at)) for at in places))

    def _index(self, index: Expr) -> Expr:
        return index.xreplace(dict(self.sizes))

    def _number(self, expression: Expr, at: Mapping[Expr, Expr]) -> int:
        return int(expression.xreplace({**self.sizes, **at}))

    def _exists(self, entry: Expr) -> bool:
        """Whether an entry lies within its quantity; one at a letter does for some value."""
        ends = entry_ends(self.model, self.model.quantities[name_of(entry)])
        for index, (first, last) in zip(indices_of(entry), ends, strict=True):
            if index.is_Integer and not (
                self._number(first, {}) <= int(index) <= self._number(last, {})
            ):
                return False
        return True

    def _without_zeros(self, expression: Expr) -> Expr:
        """Entries that a start or an end sets to 0, left out with what they multiply."""
        zeros = {}
        for entry in expression.atoms(Entry):
            quantity = self.model.quantities[name_of(entry)]
            for boundary in self.model.boundaries.get(quantity.name, ()):
                at = [index.xreplace(dict(self.sizes)) for index in boundary.at]
                if boundary.expression is S.Zero and all(
                    left == right or left in quantity.indices
                    for left, right in zip(at, entry.indices, strict=True)
                ):
                    zeros[entry] = S.Zero
        adjoints = {node: Dummy("adjoint") for node in expression.atoms(Partial)}
        back = {dummy: node for node, dummy in adjoints.items()}
        return expression.xreplace(adjoints).xreplace(zeros).xreplace(back)

    # Adjoints on the way --------------------------------------------------------------------------

    def _step(self, adjoint: Expr) -> Step | None:
        step = self.derivation.step_of.get(name_of(adjoint.by))
        fixed = all(index.is_Integer for index in indices_of(adjoint.by))
        return step if fixed and step is not None and step.result != step.adjoint else None

    def value(self, adjoint: Expr) -> Expr:
        """What an adjoint comes to by its step, at its indices."""
        if adjoint not in self.written:
            step = self._step(adjoint)
            at = {}
            if step is not None:
                at = dict(zip(step.quantity.indices, indices_of(adjoint.by), strict=True))
            self.written[adjoint] = adjoint if step is None else self.instance(step.result, at)
        return self.written[adjoint]

    def _order(self, result: Expr) -> list[Partial]:
        """Every adjoint that is needed, each after those that it is made of."""
        done: dict[Partial, None] = {}
        stack: list[tuple[Partial, bool]] = [(node, False) for node in reversed(_adjoints(result))]
        seen: set[Partial] = set()
        while stack:
            node, is_ready = stack.pop()
            if is_ready:
                done[node] = None
                continue
            if node in seen:
                continue
            seen.add(node)
            if len(seen) > MAX_READ:
                raise TooLargeError(
                    f"one entry of {self.step.quantity.name} takes more than {MAX_READ} adjoints",
                    hint="choose smaller sizes",
                )
            stack.append((node, True))
            stack += [(inner, False) for inner in reversed(_adjoints(self.value(node)))]
        return list(done)

    @cached_property
    def _counts(self) -> dict[Expr, int]:
        return {}

    def _paths(self, result: Expr) -> int:
        """In how many ways, entry by entry, the entry reaches the loss."""
        for node in self._order(result):
            self._counts[node] = self._ways(self.value(node), node)
        return self._ways(result, None)

    def _ways(self, expression: Expr, own: Expr | None) -> int:
        """Those of each adjoint, and one where the loss itself mentions the entry."""
        total, is_direct = 0, False
        for term in Add.make_args(_spread(expression)):
            inner = [node for node in _adjoints(term) if node != own]
            total += sum(self._counts.get(node, 1) for node in inner)
            is_direct = is_direct or not (inner or term is S.Zero)
        return total + is_direct


def refuse_open_sizes(model: Model) -> None:
    """Refuse to work an entry of a model whose sizes are no numbers.

    Raises:
        InputError: with the sizes that have none.
    """
    known = {size.name for size, number in model.sizes.items() if number and size.is_Symbol}
    missing = [name for name in model.size_names if name not in known]
    if missing:
        example = ",".join(f"{name}=3" for name in missing)
        raise InputError(
            f"one entry is worked at numbers, and {', '.join(missing)} has none",
            hint=f"give them: --sizes {example}",
        )


MAX_READ = 400
"""More adjoints than this are not even counted."""


def _adjoints(expression: Expr) -> list[Partial]:
    """The adjoints in an expression, in a fixed order."""
    return sorted(expression.atoms(Partial), key=_place)


def _place(adjoint: Partial) -> tuple[str, tuple[tuple[int, str], ...]]:
    indices = indices_of(adjoint.by)
    return name_of(adjoint.by), tuple(
        (int(index), "") if index.is_Integer else (0, str(index)) for index in indices
    )


def _spread(expression: Expr) -> Expr:
    """Sums of adjoints multiplied out, so that each term is one way."""
    terms = []
    for term in Add.make_args(expression):
        spread = [S.One]
        for factor in Mul.make_args(term):
            parts = factor.args if isinstance(factor, Add) and factor.has(Partial) else (factor,)
            spread = [one * part for one in spread for part in parts]
        terms += spread
    return Add(*terms, evaluate=False) if len(terms) > 1 else Add(*terms)
