"""Where a model is made linear for a Gauss-Newton product: its outputs, and the loss of them.

With the loss as a function of the outputs, ``L = l(o)``, the product is ``J^T H_l J v``: R of the
outputs, the loss's own second derivatives applied to it, and the ordinary backward pass from there
(Schraudolph, Neural Computation 14 (2002) 1723-1738).
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Dummy, Expr, Indexed, Mul, S, Sum, Symbol

from symback.algebra.expressions import Apply, is_softmax, name_of
from symback.calculus.derivation import Derivation, Rule, Step
from symback.model.equations import Equation, Model, Role
from symback.records import dataclass

__all__ = ["Halves", "Tail", "halves_of", "linear_in", "losses_of", "tail_of"]


@dataclass(frozen=True, slots=True)
class Tail:
    """The equations that are the loss's own.

    Attributes:
        equations: names of what they define: the loss, and what is no more than a function of the
            outputs on the way to it, as the softmax of logits.
        outputs: names of what they are a function of, and that moves.
    """

    equations: frozenset[str]
    outputs: tuple[str, ...]


def losses_of(model: Model) -> tuple[Equation, ...]:
    """The equations that define losses: the last one, without a decay, and of each sample."""
    found = [model.equations[-1]]
    for loss in found:
        for name in loss.mentions:
            equation = model.definitions.get(name)
            if equation is None or _users(model, name) != {loss.quantity.name}:
                continue
            quantity = equation.quantity
            of_samples = len(quantity.ranges) == 1 and quantity.ranges[0].is_rows
            if of_samples or name == _summed(loss.expression) or quantity.role is Role.LOSS:
                found.append(equation)
    return tuple(found)


def _summed(loss: Expr) -> str | None:
    """The name of the array of one index that a loss adds up, and does nothing else with."""
    rest = [f for f in Mul.make_args(loss) if f.has(Indexed)]
    if len(rest) == 1 and isinstance(rest[0], Sum) and len(rest[0].limits) == 1:
        body = rest[0].function
        if isinstance(body, Indexed) and body.indices == (rest[0].limits[0][0],):
            return name_of(body)
    return None


def tail_of(model: Model, moved: frozenset[str]) -> Tail:
    """The loss's own equations, and the softmax or sigmoid of which they take the logarithm.

    So the outputs of a classifier are its logits, in which the cross-entropy is convex.

    Args:
        model: the equations.
        moved: names of the quantities that move.
    """
    given = {q.name for q in model.given}
    losses = losses_of(model)
    own = {equation.quantity.name for equation in losses}
    for loss in losses:
        for name in loss.mentions:
            equation = model.definitions.get(name)
            if equation is None or name in model.recursive or name not in moved or name in own:
                continue
            below = [m for m in equation.mentions if m in moved]
            if _users(model, name) == {loss.quantity.name} and len(below) == 1:
                is_link = _is_link(equation.expression) and below[0] not in given
                if is_link and _is_under_logarithms(loss.expression, name):
                    own.add(name)
    found: dict[str, None] = {}
    for equation in model.equations:
        if equation.quantity.name in own:
            mentioned = (m for m in equation.mentions if m in moved and m not in own)
            found |= dict.fromkeys(mentioned)
    return Tail(frozenset(own), tuple(found))


def linear_in(model: Model, outputs: tuple[str, ...], among: tuple[str, ...]) -> tuple[str, ...]:
    """Quantities in which, taken together, the outputs are linear, as a last layer's weights.

    There the Hessian is its Gauss-Newton part: that block of both is the same.

    Args:
        model: the equations.
        outputs: names of what the loss is a function of.
        among: names of what may be chosen, the first before the others.
    """
    chosen: tuple[str, ...] = ()
    for name in among:
        degrees = _degrees(model, (*chosen, name))
        if all(degrees.get(output, 0) <= 1 for output in outputs):
            chosen = (*chosen, name)
    return chosen


def _degrees(model: Model, names: tuple[str, ...]) -> dict[str, int]:
    """The degree of every quantity in these names, 2 for every one from the second on.

    A recursion is taken for a function: what it does to one of these it may do at every step.
    """
    degrees, before = dict.fromkeys(names, 1), -1
    while (total := sum(degrees.values())) != before:  # recursions mention what comes after them
        before = total
        for equation in model.equations:
            of = equation.quantity.name
            if of in model.recursive:
                degree = 2 * any(degrees.get(name) for name in equation.mentions)
            else:
                degree = _degree(equation.expression, degrees)
            degrees[of] = max(degree, degrees.get(of, 0))
    return degrees


def _degree(node: Expr, degrees: Mapping[str, int]) -> int:
    """The degree in what has one; 2 for every power from the second on, and for functions."""
    if isinstance(node, Indexed | Symbol):
        return degrees.get(name_of(node), 0)
    if isinstance(node, Add):
        return max(_degree(term, degrees) for term in node.args)
    if isinstance(node, Mul):
        return min(2, sum(_degree(factor, degrees) for factor in node.args))
    if isinstance(node, Sum):
        return _degree(node.function, degrees)
    return 2 * any(degrees.get(name_of(entry)) for entry in node.atoms(Indexed, Symbol))


def _users(model: Model, name: str) -> set[str]:
    return {e.quantity.name for e in model.equations if name in e.mentions}


def _is_link(expression: Expr) -> bool:
    """Whether an expression is a sigmoid or a softmax."""
    if isinstance(expression, Apply):
        return expression.name == "sigmoid"
    return isinstance(expression, Mul) and is_softmax(expression)


def _is_under_logarithms(expression: Expr, name: str) -> bool:
    """Whether a quantity stands in arguments of logarithms only."""
    logarithms = {
        node: Dummy() for node in expression.atoms(Apply) if node.name == "log" and not node.order
    }
    rest = expression.xreplace(logarithms)
    return all(name_of(entry) != name for entry in rest.atoms(Indexed, Symbol))


@dataclass(frozen=True, slots=True)
class Halves:
    """A step in two terms.

    Attributes:
        curved: what is differentiated along the direction with everything in it.
        linear: what the ordinary backward pass makes of the adjoints in it.
    """

    curved: Expr
    linear: Expr = S.Zero


def halves_of(derivation: Derivation, tail: Tail) -> dict[str, Halves]:
    """For each step, the part that belongs to the loss and the part that is below its outputs."""
    return {step.quantity.name: _halves(step, tail) for step in derivation.steps}


def _halves(step: Step, tail: Tail) -> Halves:
    own = [path for path in step.paths if path.through in tail.equations]
    others = [path for path in step.paths if path.through not in tail.equations]
    if not others:
        return Halves(step.result)
    if not own and all(link.rule is not Rule.UPSTREAM for link in step.links):
        return Halves(S.Zero, step.result)  # it names every adjoint that it is linear in
    return Halves(
        Add(*(path.contribution for path in own)), Add(*(path.contribution for path in others))
    )
