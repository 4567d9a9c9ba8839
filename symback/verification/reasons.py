"""Whether the reason that a link gives is the one by which it follows.

A link claims two things: that its expression equals the one before it, and why.  Each rule leaves a
mark by which it is known: what it uses up stands before it and no longer after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sympy import Expr, KroneckerDelta, S, Sum

from symback.algebra.expressions import Apply, Partial, name_of, within
from symback.calculus.derivation import Rule

if TYPE_CHECKING:
    from symback.calculus.derivation import Link, Step
    from symback.model.equations import Model

__all__ = ["follows"]


class _Turn(NamedTuple):
    """One link where it stands: between what is before it and what it says."""

    model: Model
    step: Step
    number: int
    before: Expr
    link: Link

    @property
    def after(self) -> Expr:
        return self.link.expression

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_direct(self) -> bool:
        """Whether the loss itself mentions the quantity, and nothing else does."""
        return all(path.upstream is S.One for path in self.step.paths)

    @property
    def is_partly_direct(self) -> bool:
        """Whether the loss itself mentions the quantity, beside others."""
        return any(path.upstream is S.One for path in self.step.paths)

    def locals(self, expression: Expr) -> set[Expr]:
        """Partials that are not adjoints: local derivatives that are not found yet."""
        loss = self.model.loss.at()
        return {node for node in within(expression, Partial) if node.of != loss}

    def adjoints(self, expression: Expr) -> set[str]:
        """Names of the quantities whose adjoints an expression mentions."""
        loss = self.model.loss.at()
        return {name_of(node.by) for node in within(expression, Partial) if node.of == loss}


def follows(model: Model, step: Step, number: int, before: Expr) -> bool:
    """Whether a link of a step follows by the rule that it gives.

    Args:
        model: the equations.
        step: the step.
        number: of the link, counted from 1.
        before: the expression of the link before it, the adjoint for the first.
    """
    link = step.links[number - 1]
    known = _MARKS.get(link.rule)
    return known is None or known(_Turn(model, step, number, before, link))


def _by_local(turn: _Turn) -> bool:
    return bool(turn.locals(turn.before)) and turn.locals(turn.after) < turn.locals(turn.before)


def _is_one(turn: _Turn) -> bool:
    ones = turn.before.xreplace(dict.fromkeys(turn.locals(turn.before), S.One))
    return bool(ones == turn.after)


def _differentiated(expression: Expr) -> set[str]:
    return {node.name for node in within(expression, Apply) if node.order}


def _functions(turn: _Turn) -> bool:
    gone = _differentiated(turn.before) - _differentiated(turn.after)
    return bool(gone) and gone == set(turn.link.about)


def _upstream(turn: _Turn) -> bool:
    gone = turn.adjoints(turn.before) - turn.adjoints(turn.after)
    return not turn.is_first and bool(gone) and gone == set(turn.link.about)


def _fact(turn: _Turn) -> bool:
    about = set(turn.link.about)
    fewer = len(within(turn.after, Sum)) < len(within(turn.before, Sum))
    return bool(about) and about <= set(turn.model.facts) and fewer


def _one_fraction(turn: _Turn) -> bool:
    return (
        not turn.is_first
        and turn.before != turn.after
        and within(turn.before, Partial, KroneckerDelta)
        == within(turn.after, Partial, KroneckerDelta)
        and _differentiated(turn.before) == _differentiated(turn.after)
        and len(within(turn.before, Sum)) == len(within(turn.after, Sum))
    )


def _collapse(turn: _Turn) -> bool:
    return len(within(turn.after, KroneckerDelta)) < len(within(turn.before, KroneckerDelta))


_MARKS: Mapping[Rule, Callable[[_Turn], bool]] = {
    Rule.GENERIC_LOSS: lambda t: t.is_first and len(t.step.links) == 1 and t.after == t.before,
    Rule.DIFFERENTIATE_LOSS: lambda t: t.is_first and t.is_direct and t.after != t.before,
    Rule.CHAIN: lambda t: t.is_first and not t.is_direct,
    # Where the loss itself mentions the quantity beside others, that derivative is found as well.
    Rule.LOCAL: lambda t: _by_local(t) and not (_is_one(t) and not t.is_partly_direct),
    Rule.ONE: lambda t: _by_local(t) and _is_one(t),
    Rule.COLLAPSE: _collapse,
    Rule.FUNCTION: _functions,
    Rule.ONE_FRACTION: _one_fraction,
    Rule.UPSTREAM: _upstream,
    Rule.FACT: _fact,
}
"""By what each rule is known, of those that stand in steps."""
