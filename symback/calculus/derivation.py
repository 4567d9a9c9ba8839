"""What the chain rule finds, as data: steps, paths, and the gradient of every parameter.

No English and no LaTeX is in here: a rule is a code, and a template says it in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from symback.errors import InputError, quote
from symback.model.drawn import Drawn
from symback.model.equations import Model, Quantity
from symback.records import dataclass
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.calculus.blackboard.working import UnitDerivation
    from symback.calculus.matrix.tree import MatrixForms
    from symback.calculus.outward import Form, Outward

__all__ = [
    "Derivation",
    "FormKind",
    "Gradient",
    "Link",
    "OtherForm",
    "Path",
    "Rule",
    "Step",
]


class Rule(StrEnum):
    """Why one expression equals the one before it."""

    GENERIC_LOSS = "generic-loss"  # the loss is not known: its partial stands for itself
    DIFFERENTIATE_LOSS = "differentiate-loss"
    ONE_FRACTION = "one-fraction"  # the loss's derivative put on one denominator
    CHAIN = "chain"  # the sum over every path, as a product of partials
    LOCAL = "local"  # each local derivative found
    COLLAPSE = "collapse"  # a Kronecker delta picks the term in which its indices are equal
    ONE = "one"  # the local derivative is 1
    FUNCTION = "function"  # f' written through its own output, by the catalogue
    UPSTREAM = "upstream"  # an adjoint that is already known is put in
    FACT = "fact"  # something taken for granted about the targets
    TOTAL = "total"  # the total derivative over all outputs, written out
    GATHER = "gather"  # the ways to the outputs, put together where they part
    VANISH = "vanish"  # terms that do not depend on the parameter are dropped
    DEFINITION = "definition"  # a quantity is replaced by its definition
    NAME = "name"  # a definition is replaced by the quantity's name
    SUMS = "sums"  # sums that are gradients already found are replaced by these
    OPERATOR = "operator"  # the expression to be differentiated, written in full
    DIFFERENTIATE = "differentiate"
    COLLECT = "collect"  # the outputs' derivatives are put together
    INSTANCE = "instance"  # the index formula at these indices
    UNUSED = "unused"  # the loss does not depend on the quantity
    FACTOR = "factor"  # a factor that all terms share is taken out
    MEAN = "mean"  # the deviations from a mean add up to 0
    COVER = "cover"  # terms alike whose conditions together always hold are one term
    DIRECTION = "direction"  # an equation or a step differentiated along the direction
    ORDINARY = "ordinary"  # the ordinary backward pass, applied to what is known along it
    EXPECTATION = "expectation"  # over the labels that the model says
    SAMPLES = "samples"  # the ordinary backward pass, each sample with R of its loss as a factor
    CURVATURE = "curvature"  # the loss's second derivative by its outputs is put in
    DELTA = "delta"  # the step itself, in terms of the adjoint of the layer that is fed


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain of equalities: an expression and the rule by which it follows.

    Attributes:
        expression: equal to the expression of the link before it.
        rule: why.
        about: quantities, functions or facts that the reason mentions, by name: those whose
            equations were used, whose derivatives were put in, or over which the sum runs.
    """

    expression: Expr
    rule: Rule
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """One way in which a quantity reaches the loss: through one equation that mentions it.

    Attributes:
        equation: the number of that equation.
        through: the quantity that the equation defines.
        to_loss: whether that is the loss, of one sample or of all.
        own: fresh indices of that quantity, of a start with the numbers that stand there; the
            summed ones among them are used up below.
        upstream: the adjoint of that quantity, at these indices; 1 for the loss itself.
        local: the local derivative at these indices, with Kronecker deltas, primes left as f'.
        chain: upstream times local as partials, after the deltas are used up.
        spread: the contribution with the deltas that tell its terms apart still standing; the same
            as ``primed`` where there are none.
        primed: the contribution with every function's derivative left as f'.
        contribution: the contribution with the catalogue's derivatives put in.
    """

    equation: int
    through: str
    to_loss: bool
    own: tuple[Expr, ...] = field(compare=False)
    upstream: Expr = field(compare=False)
    local: Expr = field(compare=False)
    chain: Expr
    spread: Expr
    primed: Expr
    contribution: Expr


class FormKind(StrEnum):
    """In which way another textbook form of an adjoint differs from the one in its step."""

    LIMITS = "limits"  # with exact limits, where the step's reads 0 outside a range
    MERGED = "merged"  # the adjoints of a mean and a variance put in, as in a norm's one line
    EXCHANGED = "exchanged"  # a sum in the other order, by the definition of what it then is


@dataclass(frozen=True, slots=True)
class OtherForm:
    """Another form in which text books write an adjoint; equal to the result of its step.

    Attributes:
        kind: how it differs.
        expression: in the same letters as the result.
        about: names of the quantities whose adjoints or definitions were put in.
        way: how it comes about from the result, the last link being itself; none where it is seen.
    """

    kind: FormKind
    expression: Expr
    about: tuple[str, ...] = ()
    way: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """The adjoint of one quantity, found from the adjoints of the quantities that use it.

    Attributes:
        number: the number of the result, counted on from the forward equations.
        quantity: whose adjoint this is.
        adjoint: ``Partial(loss, entry)``.
        paths: every path; their contributions add up to the first derivative found.
        links: adjoint = first link = second link = …; the last one is the result.
        ends: adjoints beyond the range that the result reads and that are 0, as the end
            ``Partial(L, h[T+1, k])`` of a recursion, in their quantity's own letters.
        outside: names of quantities whose adjoints are taken as 0 outside their ranges: the output
            of a convolution.
        starts: indices of entries beyond the range at which the result holds, too: a start
            ``h[0, k]`` that depends on what is asked for.
        forms: other textbook forms of the result.
    """

    number: int
    quantity: Quantity
    adjoint: Expr
    paths: tuple[Path, ...]
    links: tuple[Link, ...]
    ends: tuple[Expr, ...] = ()
    outside: tuple[str, ...] = ()
    starts: tuple[tuple[Expr, ...], ...] = ()
    forms: tuple[OtherForm, ...] = ()

    @property
    def result(self) -> Expr:
        """What the adjoint comes to: the last link."""
        return self.links[-1].expression

    @property
    def before_facts(self) -> Expr:
        """The same before anything is taken for granted about the targets."""
        links = (k for k in reversed(self.links) if k.rule is not Rule.FACT)
        return next(links, self.links[0]).expression

    @property
    def facts(self) -> tuple[str, ...]:
        """The codes of what is taken for granted in it."""
        return tuple(name for k in self.links if k.rule is Rule.FACT for name in k.about)


@dataclass(frozen=True, slots=True)
class Gradient(Drawn):
    """The gradient of the loss by one parameter array, in index form.

    Attributes:
        quantity: the parameter, with its shape.
        adjoint: the left side, ``Partial(loss, W[j, k])``.
        formula: the recursive form, through the adjoint of the layer it feeds.
        step: the step that found it.
        model: whose loss it is of.
    """

    quantity: Quantity
    adjoint: Expr
    formula: Expr
    step: Step
    model: Model | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Gradient: {self.adjoint} = {self.formula}>"


@dataclass(frozen=True)
class Derivation(Drawn):
    """The gradients of a model's loss by every parameter, with every step that leads there."""

    model: Model
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        names = ", ".join(parameter.name for parameter in self.model.targets_of_derivation)
        return f"<Derivation by {names}: {len(self.steps)} steps>"

    @cached_property
    def step_of(self) -> Mapping[str, Step]:
        """The step that found each quantity's adjoint, by the quantity's name."""
        return {step.quantity.name: step for step in self.steps}

    @cached_property
    def gradients(self) -> Mapping[str, Gradient]:
        """The gradients that are asked for, by the quantity's name, in the order of the model."""
        found = {}
        for parameter in self.model.targets_of_derivation:
            step = self.step_of[parameter.name]
            found[parameter.name] = Gradient(parameter, step.adjoint, step.result, step, self.model)
        return MappingProxyType(found)

    def adjoint(self, name: str) -> Step:
        """The step that found one quantity's adjoint: ``adjoint("h")`` for dL/dh.

        Args:
            name: a quantity that a gradient is asked for by, or one between it and the loss.

        Raises:
            InputError: for any other name.

        >>> import symback
        >>> rnn = symback.read_model('''
        ... input x[t]
        ... param u
        ... h[0] = 0
        ... h[t] = tanh(u h[t-1] + x[t])
        ... L = h[T]^2
        ... ''')
        >>> step = symback.derive(rnn).adjoint("h")
        >>> step.ends
        (d(L)/d(h[T + 1]),)
        """
        if name not in self.step_of:
            known = ", ".join(self.step_of)
            raise InputError(
                f"there is no adjoint of {quote(name)}",
                hint=did_you_mean(name, self.step_of) or f"known are those of {known}",
            )
        return self.step_of[name]

    @cached_property
    def letters(self) -> Mapping[Expr, str]:
        """Letters for indices summed over each range."""
        from symback.calculus.uses import letters_of

        return letters_of(self.model)

    def chain(self, name: str) -> tuple[Link, ...]:
        """One parameter's gradient through to the loss: partials, then derivatives, then closed."""
        from symback.calculus.outward import outward_chain

        if name not in self._chains:
            self._chains[name] = outward_chain(self, name)
        return self._chains[name]

    @cached_property
    def _chains(self) -> dict[str, tuple[Link, ...]]:
        return {}

    @cached_property
    def outward(self) -> Mapping[Form, Outward]:
        """Adjoints carried to the loss, in each form, as far as they have been asked for."""
        from symback.calculus.outward import FORMS, Outward

        return {form: Outward(self, form) for form, _ in FORMS}

    def unit(self, array: str, *indices: int) -> UnitDerivation:
        """One weight or bias, worked as on the board: ``unit("W1", 1, 2)``, indices from 1."""
        from symback.calculus.blackboard.working import unit

        return replace(unit(self, array, *indices), model=self.model)

    @cached_property
    def worked(self) -> dict[tuple[str, tuple[object, ...]], UnitDerivation]:
        """What has been worked: one of each kind, and those that follow by renaming units."""
        return {}

    @cached_property
    def matrices(self) -> MatrixForms:
        """The same derivation in matrices, one form for each equation and each step."""
        from symback.calculus.matrix.tree import MatrixForms, matrix_forms

        return MatrixForms(replace(form, model=self.model) for form in matrix_forms(self))

    @property
    def loss(self) -> Symbol:
        """The loss as a symbol: what every adjoint is the partial of."""
        return self.model.loss.at()
