"""The chain rule, once, for every model.

    A quantity's adjoint is the sum, over every equation that mentions it, of that equation's
    adjoint times the local derivative.

The list of equations is walked backwards.  Every index is a fresh dummy while an equation is being
differentiated, and gets its letter only when the step is written down: that is what keeps bound
indices from being captured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace as replace_fields
from functools import cache, lru_cache

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, S, Sum

from symback.algebra.collapse import collapse, collapse_shared, factor_common
from symback.algebra.expressions import Partial, fresh, indices_of, name_of
from symback.algebra.ranges import Ends, Known
from symback.algebra.sums import Limit, name_bound, replace
from symback.calculus.beyond import adjoints_in, read_beyond
from symback.calculus.derivation import (
    Derivation,
    FormKind,
    Link,
    OtherForm,
    Path,
    Rule,
    Step,
)
from symback.calculus.forms import exchanged, merged
from symback.calculus.knowledge import entry_ends, known_of, support_of
from symback.calculus.local import (
    common_deltas,
    local_derivative,
    replaced_adjoints,
    replaced_functions,
    right_side,
    taught_loss,
    through_output,
)
from symback.calculus.tidying import (
    cancelled,
    gathered,
    means_of,
    neat,
    shared_in_front,
    tidy,
    without_deviations,
)
from symback.calculus.uses import letters_of, needed_for, placement, uses_in
from symback.errors import InputError, quote
from symback.model.equations import Equation, Model, Quantity, Role
from symback.model.network import Network
from symback.suggest import did_you_mean

__all__ = ["derive"]


def derive(source: Network | Model, gradients: Sequence[str] = ()) -> Derivation:
    """Derive the gradient of the loss with respect to what is asked for.

    Args:
        source: a network, or any list of equations.
        gradients: names of parameters, inputs or other quantities; ``inputs`` stands for all
            inputs.  Left out: what the model asks for, or else all parameters.

    Returns:
        The steps from the loss back to what is asked for; nothing in them depends on the sizes.

    Raises:
        InputError: for anything else, and for a name that the model does not have.

    >>> import symback
    >>> model = symback.read_model("input x[j]; param w[j]; L = sum(j, w[j] x[j])^2 / 2")
    >>> symback.derive(model, gradients=("w", "x"))
    <Derivation by w, x: 2 steps>
    """
    if not isinstance(source, Model | Network):
        raise InputError(
            f"{quote(str(source))} is neither a network nor a model",
            hint="a network is made by symback.Network(layers=(2, 2, 2))",
        )
    if isinstance(source, Network):
        return _of_network(source, gradients if isinstance(gradients, str) else tuple(gradients))
    return _of_model(source, gradients)


@lru_cache(maxsize=16)
def _of_network(network: Network, gradients: str | tuple[str, ...]) -> Derivation:
    """The derivation of a network, which is asked for again and again in one session."""
    return _of_model(network.model(), gradients)


def _of_model(model: Model, gradients: Sequence[str]) -> Derivation:
    if gradients:
        model = replace_fields(model, wanted=_wanted(model, gradients))
    if not model.targets_of_derivation:
        raise InputError(
            "there is nothing to differentiate by: no parameter, and no gradient is asked for",
            hint="name an input, as in gradients=('x',), or --gradients x",
        )
    return _Backward(model).derivation()


def _wanted(model: Model, gradients: Sequence[str]) -> tuple[str, ...]:
    """The names that are asked for, each once."""
    names = [gradients] if isinstance(gradients, str) else list(gradients)
    found: dict[str, None] = {}
    for name in names:
        if name == "inputs" and name not in model.quantities:
            found |= dict.fromkeys(q.name for q in model.given if q.role is Role.INPUT)
            continue
        quantity = model.quantities.get(name)
        if quantity is None:
            guess = did_you_mean(str(name), model.quantities)
            raise InputError(f"there is no {quote(str(name))} to differentiate by{guess}")
        if quantity.role is Role.INTEGER:
            raise InputError(f"{name} is an array of indices: it has no gradient")
        found[name] = None
    return tuple(found)


class _Backward:
    """One walk over the equations, from the loss backwards."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.loss = model.loss.at()
        self.steps: dict[str, Step] = {}
        self.uses = uses_in(model)
        self.needed = needed_for(model, self.uses)
        self.asked = self.needed.union(q.name for q in model.targets_of_derivation)
        self.letters = letters_of(model)
        self.known = known_of(model)
        self.means = means_of(model)
        self.has_no_layers = not any(q.layer for q in model.quantities.values())

    def derivation(self) -> Derivation:
        placed = placement(self.model, self.uses)
        number = len(self.model.equations)
        for equation in reversed(self.model.equations):
            quantity = equation.quantity
            due = quantity.name in self.needed and not equation.is_boundary
            found = [quantity] if due and quantity != self.model.loss else []
            for quantity in [*found, *placed.get(equation.number, ())]:
                number += 1
                self.steps[quantity.name] = self.step(quantity, number)
        return Derivation(self.model, tuple(self.steps.values()))

    def step(self, quantity: Quantity, number: int) -> Step:
        """The adjoint of one quantity, from every equation that mentions it."""
        indices = tuple(fresh(letter) for letter in quantity.letters)
        adjoint = Partial(self.loss, quantity.at(*indices))
        starts = self.starts(quantity)
        known = self.around(quantity, indices, starts)
        paths = tuple(self.path(quantity, indices, e, known) for e in self.uses.of[quantity.name])
        # A term of the loss itself beside other paths: its partial would be the adjoint again.
        if len(paths) > 1:
            paths = tuple(
                replace_fields(path, chain=path.primed) if path.upstream is S.One else path
                for path in paths
            )
        links = self.links(adjoint, paths, known)
        written = dict(zip(indices, quantity.indices, strict=True))
        write = self.writing(written, quantity)
        result = links[-1].expression
        ends, outside = read_beyond(self.model, result, known) if known.checks else ((), ())
        self.note_support(quantity, write(result))
        step = Step(
            number,
            quantity,
            write(adjoint),
            tuple(write_path(path, written, write) for path in paths),
            tuple(Link(write(link.expression), link.rule, link.about) for link in links),
            ends,
            outside,
            starts,
        )
        if not self.has_no_layers:
            return step
        forms = [merged(self.model, self.steps, step), exchanged(self.model, self.steps, step)]
        if outside:
            exact = Add(
                *(self.exact(quantity, indices, e, known) for e in self.uses.of[quantity.name])
            )
            forms.append(OtherForm(FormKind.LIMITS, exact))
        kept = (f for f in forms if f is not None and f.expression != step.result)
        return replace_fields(
            step,
            forms=tuple(
                replace_fields(
                    form,
                    expression=write(form.expression),
                    way=tuple(replace_fields(k, expression=write(k.expression)) for k in form.way),
                )
                for form in kept
            ),
        )

    def exact(
        self, quantity: Quantity, indices: tuple[Expr, ...], equation: Equation, known: Known
    ) -> Expr:
        """What reaches the loss through one equation, with limits instead of zeros outside."""
        own, limits = _own(equation)
        through = equation.quantity
        upstream = S.One if through == self.model.loss else Partial(self.loss, through.at(*own))
        right = right_side(equation, own)
        inside = known.inside(limits)
        local = local_derivative(equation, right, own, quantity.at(*indices), inside)
        local = through_output(local, right, through.at(*own))
        return neat(collapse(upstream * local, limits, known, exact=True))

    def links(self, adjoint: Expr, paths: tuple[Path, ...], known: Known) -> list[Link]:
        """The chain of equalities from the chain rule to the closed form."""
        if not paths:
            return [Link(S.Zero, Rule.UNUSED)]
        chain = Add(*(path.chain for path in paths))
        primed = Add(*(path.primed for path in paths))
        closed = Add(*(path.contribution for path in paths))
        if primed == adjoint:
            return [Link(adjoint, Rule.GENERIC_LOSS)]
        links: list[Link] = []

        def follow(expression: Expr, rule: Rule, about: tuple[str, ...] = ()) -> None:
            if not links or expression != links[-1].expression:
                links.append(Link(expression, rule, about))

        direct = all(path.upstream == S.One for path in paths)
        spread = Add(*(path.spread for path in paths))
        if direct:
            follow(primed, Rule.DIFFERENTIATE_LOSS)
        else:
            follow(chain, Rule.CHAIN)
            if spread != primed:
                follow(spread, Rule.LOCAL)
                follow(primed, Rule.COLLAPSE)
            else:
                ones = all(is_one(path.local) for path in paths)
                follow(primed, Rule.ONE if ones else Rule.LOCAL)
        functions = replaced_functions(primed, closed)
        follow(closed, Rule.FUNCTION if functions else Rule.ONE_FRACTION, functions)
        before = links[-1].expression
        put_in = self.put_in_known(before, known)
        follow(put_in, Rule.UPSTREAM, replaced_adjoints(self.loss, before, put_in))
        for fact in self.model.facts:
            if fact in FACTS:
                used = factor_common(FACTS[fact](self.model, links[-1].expression))
                follow(used, Rule.FACT, (fact,))
        expression, names = without_deviations(links[-1].expression, self.means)
        follow(expression, Rule.MEAN, names)
        if known.checks:
            follow(gathered(links[-1].expression, known), Rule.COVER)
        if self.has_no_layers:
            given = {q.name for q in self.model.given}
            follow(shared_in_front(links[-1].expression, given), Rule.FACTOR)
        return links

    def starts(self, quantity: Quantity) -> tuple[tuple[Expr, ...], ...]:
        """The entries beyond the range, starts of a recursion, whose adjoints are asked for."""
        return tuple(
            equation.at
            for equation in self.model.boundaries.get(quantity.name, ())
            if self.asked.intersection(equation.mentions)
        )

    def around(
        self, quantity: Quantity, indices: tuple[Expr, ...], starts: tuple[tuple[Expr, ...], ...]
    ) -> Known:
        """What is known of the indices of one adjoint."""
        if not self.known.checks:
            return self.known
        if starts:
            ends: Iterable[Ends] = entry_ends(self.model, quantity)
        else:
            ends = ((r.first, r.upper) for r in quantity.ranges)
        return replace_fields(self.known, ranges=dict(zip(indices, ends, strict=True)))

    def note_support(self, quantity: Quantity, result: Expr) -> None:
        """Note where an adjoint is 0 by what it comes to."""
        if self.known.checks and quantity.name not in self.model.boundaries:
            found = support_of(result, quantity, self.known)
            if found is not None:
                supports = {**self.known.supports, (quantity.name, True): found}
                self.known = replace_fields(self.known, supports=supports)

    def writing(self, written: Mapping[Expr, Expr], quantity: Quantity) -> Callable[[Expr], Expr]:
        """What gives dummies their letters: the quantity's own to its indices, others to sums."""

        @cache  # the expressions of a single path are the step's own as well
        def write(expression: Expr) -> Expr:
            own = expression.xreplace(written)
            return name_bound(own, self.letters, quantity.letters, keep=True)

        return write

    def path(
        self, quantity: Quantity, indices: tuple[Expr, ...], equation: Equation, known: Known
    ) -> Path:
        """What reaches the loss through one equation."""
        through = equation.quantity
        own, limits = _own(equation)
        upstream = S.One if through == self.model.loss else Partial(self.loss, through.at(*own))
        entry = quantity.at(*indices)
        inside = known.inside(limits)
        right = right_side(equation, own)
        local = local_derivative(equation, right, own, entry, inside)
        finish = neat if self.has_no_layers else (lambda expression: expression)

        def through_all(slope: Expr) -> Expr:
            parts = Add.make_args(slope) if self.has_no_layers and _has_branches(slope) else [slope]
            return finish(Add(*(collapse(upstream * part, limits, known) for part in parts)))

        primed = through_all(local)
        taught = taught_loss(local, equation, entry)
        taught = taught or through_output(local, right, through.at(*own))
        contribution = primed
        if taught != local:
            contribution = through_all(taught)
        shared = common_deltas(local)
        partial = Partial(through.at(*own), entry)
        chain = collapse_shared(upstream * partial, shared, limits, known)
        spread = _spread(upstream, local, shared, limits, known) or primed
        return Path(
            equation.number,
            through.name,
            through.role is Role.LOSS,
            own,
            upstream,
            collapse(local, (), inside) if known.checks else local,
            chain,
            spread,
            primed,
            contribution,
        )

    def put_in_known(self, expression: Expr, known: Known) -> Expr:
        """Put in adjoints that are no shorter than what they stand for.

        That is the adjoint of a concrete loss by the outputs, that of one sample's loss, and that
        of an activation, whose only use is in the delta of its own layer.  Any other adjoint that
        the loss gives by itself is put in where something cancels.
        """
        values: dict[Expr, Expr] = {}
        cancelling: dict[Expr, Expr] = {}
        for adjoint, around in adjoints_in(expression, known):
            step = self.steps.get(name_of(adjoint.by)) if adjoint.of == self.loss else None
            if step is None or step.result == step.adjoint:
                continue
            is_short = step.quantity.role in SHORT_LIVED
            if not is_short and (step.result.has(Partial) or around.beyond(adjoint)):
                continue
            at = dict(zip(step.quantity.indices, indices_of(adjoint.by), strict=True))
            (values if is_short else cancelling)[adjoint] = replace(step.result, at)
        if values:
            return tidy(expression.xreplace(values), known)
        if cancelling:
            return cancelled(expression, cancelling, known)
        return expression


def _own(equation: Equation) -> tuple[tuple[Expr, ...], list[Limit]]:
    """Fresh indices of what an equation defines, and their ranges.

    Of a start or an end, some indices are numbers or sizes, and stay.
    """
    ranges = dict(zip(equation.quantity.indices, equation.quantity.ranges, strict=True))
    own: list[Expr] = []
    limits: list[Limit] = []
    for index in equation.indices:
        r = ranges.get(index)
        own.append(index if r is None else fresh(index.name))
        if r is not None:
            limits.append((own[-1], r.first, r.upper))
    return tuple(own), limits


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


def is_one(local: Expr) -> bool:
    """Whether a local derivative is 1 wherever its indices are equal."""
    return local.xreplace(dict.fromkeys(common_deltas(local), S.One)) is S.One


def _has_branches(slope: Expr) -> bool:
    """Whether a derivative's terms are ways with sums of their own, as beside low-rank factors."""
    if not isinstance(slope, Add) or slope.has(KroneckerDelta):
        return False
    return any(isinstance(part, Sum) for term in slope.args for part in Mul.make_args(term))


def _spread(
    upstream: Expr, local: Expr, shared: list[Expr], limits: list[Limit], known: Known
) -> Expr | None:
    """A contribution in which deltas that tell terms apart still stand; None where none does."""
    rest = local.xreplace(dict.fromkeys(shared, S.One))
    if upstream is S.One or rest.has(Sum):  # a sum may use up the delta that stands in it
        return None
    if not rest.has(KroneckerDelta):
        return None
    return collapse_shared(upstream * rest, shared, limits, known)


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
