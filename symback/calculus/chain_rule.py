"""The chain rule, once, for every model.

    A quantity's adjoint is the sum, over every equation that mentions it, of that equation's
    adjoint times the local derivative.

The list of equations is walked backwards.  Every index is a fresh dummy while an equation is being
differentiated, and gets its letter only when the step is written down: that is what keeps bound
indices from being captured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace as replace_fields
from functools import cache

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, S, Sum

from symback.algebra.expressions import Partial, fresh, indices_of, name_of
from symback.algebra.sums import (
    Limit,
    collapse,
    collapse_shared,
    factor_common,
    limits_of,
    name_bound,
    replace,
)
from symback.calculus.derivation import Derivation, Link, Path, Rule, Step
from symback.calculus.local import (
    common_deltas,
    local_derivative,
    replaced_adjoints,
    replaced_functions,
    taught_loss,
    through_output,
)
from symback.errors import InputError, quote
from symback.model.equations import Equation, Model, Quantity, Role
from symback.model.network import Network

__all__ = ["derive"]


def derive(source: Network | Model) -> Derivation:
    """Derive the gradient of the loss with respect to every parameter.

    Args:
        source: a network, or any list of equations.

    Returns:
        The steps from the loss back to the first layer; nothing in them depends on the sizes.

    Raises:
        InputError: for anything else.
    """
    if not isinstance(source, Model | Network):
        raise InputError(
            f"{quote(str(source))} is neither a network nor a model",
            hint="a network is made by symback.Network(layers=(2, 2, 2))",
        )
    model = source if isinstance(source, Model) else source.model()
    return _Backward(model).derivation()


class _Backward:
    """One walk over the equations, from the loss backwards."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.loss = model.loss.at()
        self.steps: dict[str, Step] = {}
        self.consumers = _consumers(model)
        self.letters = {r.upper: r.letters for q in model.quantities.values() for r in q.ranges}

    def derivation(self) -> Derivation:
        needed = _needed(self.model, self.consumers)
        placed = _placement(self.model, self.consumers)
        number = len(self.model.equations)
        for equation in reversed(self.model.equations):
            found = [equation.quantity] if equation.quantity.name in needed else []
            if equation.quantity == self.model.loss:
                found = []
            for quantity in [*found, *placed.get(equation.number, ())]:
                number += 1
                self.steps[quantity.name] = self.step(quantity, number)
        return Derivation(self.model, tuple(self.steps.values()))

    def step(self, quantity: Quantity, number: int) -> Step:
        """The adjoint of one quantity, from every equation that mentions it."""
        indices = tuple(fresh(letter) for letter in quantity.letters)
        adjoint = Partial(self.loss, quantity.at(*indices))
        paths = tuple(self.path(quantity, indices, e) for e in self.consumers[quantity.name])
        # A term of the loss itself beside other paths: its partial would be the adjoint again.
        if len(paths) > 1:
            paths = tuple(
                replace_fields(path, chain=path.primed) if path.upstream is S.One else path
                for path in paths
            )
        chain = Add(*(path.chain for path in paths))
        primed = Add(*(path.primed for path in paths))
        closed = Add(*(path.contribution for path in paths))
        links = []
        generic_loss = primed == adjoint
        if generic_loss:
            links.append(Link(adjoint, Rule.GENERIC_LOSS))
        else:
            direct = all(path.upstream == S.One for path in paths)
            if not direct:
                links.append(Link(chain, Rule.CHAIN))
            spread = Add(*(path.spread for path in paths))
            if not direct and spread != primed:
                links.append(Link(spread, Rule.LOCAL))
                links.append(Link(primed, Rule.COLLAPSE))
            elif direct:
                links.append(Link(primed, Rule.DIFFERENTIATE_LOSS))
            elif primed != chain:
                ones = all(is_one(path.local) for path in paths)
                links.append(Link(primed, Rule.ONE if ones else Rule.LOCAL))
            if closed != primed:
                functions = replaced_functions(primed, closed)
                rule = Rule.FUNCTION if functions else Rule.ONE_FRACTION
                links.append(Link(closed, rule, functions))
            known = self.put_in_known(links[-1].expression)
            if known != links[-1].expression:
                put_in = replaced_adjoints(self.loss, links[-1].expression, known)
                links.append(Link(known, Rule.UPSTREAM, put_in))
            for fact in self.model.facts:
                used = factor_common(FACTS[fact](self.model, known)) if fact in FACTS else known
                if used != links[-1].expression:
                    links.append(Link(used, Rule.FACT, (fact,)))
        written = dict(zip(indices, quantity.indices, strict=True))
        write = self.writing(written, quantity)
        return Step(
            number,
            quantity,
            write(adjoint),
            tuple(write_path(path, written, write) for path in paths),
            tuple(Link(write(link.expression), link.rule, link.about) for link in links),
        )

    def writing(self, written: Mapping[Expr, Expr], quantity: Quantity) -> Callable[[Expr], Expr]:
        """What gives dummies their letters: the quantity's own to its indices, others to sums."""

        @cache  # the expressions of a single path are the step's own as well
        def write(expression: Expr) -> Expr:
            return name_bound(expression.xreplace(written), self.letters, quantity.letters)

        return write

    def path(self, quantity: Quantity, indices: tuple[Expr, ...], equation: Equation) -> Path:
        """What reaches the loss through one equation."""
        through = equation.quantity
        own = tuple(fresh(letter) for letter in through.letters)
        limits = [(i, r.first, r.upper) for i, r in zip(own, through.ranges, strict=True)]
        upstream = S.One if through == self.model.loss else Partial(self.loss, through.at(*own))
        entry = quantity.at(*indices)
        local = local_derivative(equation, own, entry)
        primed = collapse(upstream * local, limits)
        taught = taught_loss(local, equation, entry) or through_output(local, equation, own)
        contribution = primed if taught == local else collapse(upstream * taught, limits)
        shared = common_deltas(local)
        partial = Partial(through.at(*own), entry)
        chain = collapse_shared(upstream * partial, shared, limits)
        spread = _spread(upstream, local, shared, limits) or primed
        return Path(
            equation.number,
            through.name,
            through.role is Role.LOSS,
            own,
            upstream,
            local,
            chain,
            spread,
            primed,
            contribution,
        )

    def put_in_known(self, expression: Expr) -> Expr:
        """Put in adjoints that are no shorter than what they stand for.

        That is the adjoint of a concrete loss by the outputs, that of one sample's loss, and that
        of an activation, whose only use is in the delta of its own layer.
        """
        values = {}
        for adjoint in expression.atoms(Partial):
            step = self.steps.get(name_of(adjoint.by)) if adjoint.of == self.loss else None
            if step is None or step.quantity.role not in SHORT_LIVED:
                continue
            if step.result == step.adjoint:
                continue
            at = dict(zip(step.quantity.indices, indices_of(adjoint.by), strict=True))
            values[adjoint] = replace(step.result, at)
        if not values:
            return expression
        return tidy(expression.xreplace(values))


def write_path(path: Path, written: Mapping[Expr, Expr], write: Callable[[Expr], Expr]) -> Path:
    """A path with letters for its indices; its own, which it uses up, stay dummies."""
    return replace_fields(
        path,
        local=path.local.xreplace(written),
        chain=write(path.chain),
        spread=write(path.spread),
        primed=write(path.primed),
        contribution=write(path.contribution),
    )


SHORT_LIVED = (Role.LOSS, Role.OUTPUT, Role.ACTIVATION)
"""Roles of quantities whose adjoints are put in where they are used."""


def tidy(expression: Expr) -> Expr:
    """Multiply out a sum's body far enough that what cancels is seen to cancel.

    ``sum_i (-y_i/p_i) p_i`` becomes ``-sum_i y_i``; a sum of several terms is left as it is.
    """
    if isinstance(expression, Sum):
        return collapse(tidy(expression.function), limits_of(expression))
    if not expression.has(Sum):
        return expression
    result = expression.func(*(tidy(part) for part in expression.args))
    if isinstance(result, Mul):
        # A factor that cancels against a denominator is worth distributing; others are not.
        for addend in result.args:
            if isinstance(addend, Add):
                rest = Mul(*(part for part in result.args if part != addend))
                spread = Add(*(rest * term for term in addend.args))
                if spread.count_ops() < result.count_ops():
                    return spread
    return result


def _consumers(model: Model) -> dict[str, list[Equation]]:
    """For each quantity, the equations whose right side mentions it."""
    found: dict[str, list[Equation]] = {name: [] for name in model.quantities}
    for equation in model.equations:
        for name in equation.mentions:
            found[name].append(equation)
    return found


def _needed(model: Model, consumers: Mapping[str, list[Equation]]) -> set[str]:
    """Quantities that lie between a parameter and the loss."""
    needed: set[str] = set()
    for parameter in model.parameters:
        needed.update(e.quantity.name for e in consumers[parameter.name])
    for equation in model.equations:
        if needed & set(equation.mentions):
            needed.add(equation.quantity.name)
    return needed


def _placement(model: Model, consumers: Mapping[str, list[Equation]]) -> dict[int, list[Quantity]]:
    """After which equation's adjoint each parameter's gradient can be written down."""
    placed: dict[int, list[Quantity]] = {}
    for parameter in model.parameters:
        uses = consumers[parameter.name]
        if uses:
            placed.setdefault(min(e.number for e in uses), []).append(parameter)
    return placed


def is_one(local: Expr) -> bool:
    """Whether a local derivative is 1 wherever its indices are equal."""
    return local.xreplace(dict.fromkeys(common_deltas(local), S.One)) is S.One


def _spread(upstream: Expr, local: Expr, shared: list[Expr], limits: list[Limit]) -> Expr | None:
    """A contribution in which deltas that tell terms apart still stand; None where none does."""
    rest = local.xreplace(dict.fromkeys(shared, S.One))
    if upstream is S.One or rest.has(Sum):  # a sum may use up the delta that stands in it
        return None
    return collapse_shared(upstream * rest, shared, limits) if rest.has(KroneckerDelta) else None


def targets_sum_to_one(model: Model, expression: Expr) -> Expr:
    """Replace ``sum_i y[i]`` by 1, for targets that are probabilities."""
    targets = {q.name for q in model.given if q.role is Role.TARGET}
    values = {
        node: S.One
        for node in expression.atoms(Sum)
        if isinstance(node.function, Indexed)
        and name_of(node.function) in targets
        and len(node.limits) == 1
        and node.function.indices[-1] == node.limits[0][0]
    }
    return expression.xreplace(values)


FACTS = {"targets-sum-to-one": targets_sum_to_one}
"""What a loss may take for granted that changes an expression, and how."""
