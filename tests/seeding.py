"""Faults put into a right derivation: what goes wrong when gradients are derived by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sympy import Add, Dummy, Expr, Indexed, Mul, S, Sum

from symback.algebra.expressions import Apply, Entry, Partial, indices_of, name_of
from symback.algebra.sums import limits_of, total
from symback.calculus import Derivation, Link, Path, Step
from symback.model.equations import Model

Edit = Callable[[Expr, Step, Model], Expr]


@dataclass(frozen=True)
class Seeded:
    """A wrong derivation, and the step that is wrong."""

    kind: str
    derivation: Derivation
    step: Step


def seeded(derivation: Derivation) -> Iterator[Seeded]:
    """Every fault of `EDITS` in the result of every step in which the kind applies."""
    for kind, edit in EDITS.items():
        for step in derivation.steps:
            wrong = edit(step.result, step, derivation.model)
            if wrong != step.result:
                yield Seeded(kind, with_link(derivation, step, len(step.links), wrong), step)


def with_link(derivation: Derivation, step: Step, number: int, wrong: Expr) -> Derivation:
    """The derivation with another expression in one link of a step, counted from 1."""
    old = step.links[number - 1]
    links = (*step.links[: number - 1], Link(wrong, old.rule, old.about), *step.links[number:])
    return with_step(derivation, replace(step, links=links))


def with_path(derivation: Derivation, step: Step, **fields: object) -> Derivation:
    """The derivation with another first path in a step."""
    path: Path = replace(step.paths[0], **fields)
    return with_step(derivation, replace(step, paths=(path, *step.paths[1:])))


def with_step(derivation: Derivation, new: Step) -> Derivation:
    """The derivation with another step for the same quantity."""
    steps = (new if s.quantity == new.quantity else s for s in derivation.steps)
    return Derivation(derivation.model, tuple(steps))


def without_step(derivation: Derivation, name: str) -> Derivation:
    """The derivation without the adjoint of one quantity."""
    kept = (step for step in derivation.steps if step.quantity.name != name)
    return Derivation(derivation.model, tuple(kept))


def _free_of_partials(expression: Expr) -> set[Expr]:
    """The parts that do not stand inside a partial derivative."""
    found, stack = set(), [expression]
    while stack:
        node = stack.pop()
        if not isinstance(node, Partial):
            found.add(node)
            stack.extend(node.args)
    return found


def _first(expression: Expr, edits: Iterator[tuple[Expr, Expr]]) -> Expr:
    """The expression after the first edit that changes it; adjoints are left as they are."""
    adjoints = {node: Dummy() for node in expression.atoms(Partial)}
    names = {name: node for node, name in adjoints.items()}
    for old, new in edits:
        if new != old and old.has(Partial):
            return expression.xreplace({old: new})
        if new != old:
            return expression.xreplace(adjoints).xreplace({old: new}).xreplace(names)
    return expression


def _entries(expression: Expr) -> list[Indexed]:
    return sorted(expression.atoms(Indexed) & _free_of_partials(expression), key=str)


def transposed(expression: Expr, step: Step, model: Model) -> Expr:
    return _first(
        expression,
        ((e, Entry(e.base, *e.indices[::-1])) for e in _entries(expression) if len(e.indices) == 2),
    )


def f_for_prime(expression: Expr, step: Step, model: Model) -> Expr:
    primes = sorted((a for a in expression.atoms(Apply) if a.order), key=str)
    return _first(expression, ((a, Apply(a.name, a.argument)) for a in primes))


def prime_for_f(expression: Expr, step: Step, model: Model) -> Expr:
    """h written f'(h'): a unit's value taken for its slope."""
    definitions = model.definitions

    def edits() -> Iterator[tuple[Expr, Expr]]:
        for entry in _entries(expression):
            equation = definitions.get(name_of(entry))
            if equation is not None and isinstance(equation.expression, Apply):
                right = model.definition(name_of(entry), indices_of(entry))
                yield entry, Apply(right.name, right.argument, 1)

    return _first(expression, edits())


def lost_path(expression: Expr, step: Step, model: Model) -> Expr:
    """Only the first of the units that are summed over."""
    sums = sorted(expression.atoms(Sum), key=str)
    first = {node: node.function.xreplace({limits_of(node)[0][0]: S.One}) for node in sums}
    return expression.xreplace(first)


def lost_term(expression: Expr, step: Step, model: Model) -> Expr:
    adds = sorted(expression.atoms(Add), key=str)
    return _first(expression, ((node, Add(*node.args[1:])) for node in adds))


def sign(expression: Expr, step: Step, model: Model) -> Expr:
    return -expression


def twice(expression: Expr, step: Step, model: Model) -> Expr:
    return 2 * expression


def other_layer(expression: Expr, step: Step, model: Model) -> Expr:
    """A quantity of the layer below or above in the place of one."""

    def edits() -> Iterator[tuple[Expr, Expr]]:
        for entry in _entries(expression):
            own = model.quantities[name_of(entry)]
            for other in model.quantities.values():
                fits = other.role is own.role and len(other.ranges) == len(own.ranges)
                if fits and abs(other.layer - own.layer) == 1:
                    yield entry, other.at(*entry.indices)

    return _first(expression, edits())


def exchanged(expression: Expr, step: Step, model: Model) -> Expr:
    """j for k and k for j."""
    own = step.quantity.indices
    return expression.xreplace(dict(zip(own, own[::-1], strict=True)))


def other_index(expression: Expr, step: Step, model: Model) -> Expr:
    """The unit's own index where the summed one should stand: W[k,k] for W[k,i]."""

    def edits() -> Iterator[tuple[Expr, Expr]]:
        for node in sorted(expression.atoms(Sum), key=str):
            index, own = limits_of(node)[0][0], step.quantity.indices[-1]
            for entry in _entries(node.function):
                wrong = node.function.xreplace({entry: entry.xreplace({index: own})})
                yield node, total(wrong, limits_of(node))

    return _first(expression, edits())


def wrong_range(expression: Expr, step: Step, model: Model) -> Expr:
    uppers = sorted(model.sizes, key=str)

    def edits() -> Iterator[tuple[Expr, Expr]]:
        for node in sorted(expression.atoms(Sum), key=str):
            for upper in uppers:
                (index, _, old), *rest = limits_of(node)
                if upper != old:
                    yield node, total(node.function, [(index, upper), *rest])

    return _first(expression, edits())


def lost_factor(expression: Expr, step: Step, model: Model) -> Expr:
    """The first factor of a product left out: a bias's gradient without its delta, and so on."""
    factors = Mul.make_args(expression)
    return Mul(*factors[1:]) if len(factors) > 1 else expression


def nothing(expression: Expr, step: Step, model: Model) -> Expr:
    return S.Zero


EDITS: dict[str, Edit] = {
    "transposed weight": transposed,
    "f for f'": f_for_prime,
    "f' for f": prime_for_f,
    "lost path": lost_path,
    "lost term": lost_term,
    "sign": sign,
    "factor 2": twice,
    "off-by-one layer": other_layer,
    "exchanged indices": exchanged,
    "another index": other_index,
    "wrong range": wrong_range,
    "lost factor": lost_factor,
    "no gradient": nothing,
}
