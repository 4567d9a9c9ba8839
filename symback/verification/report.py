"""What was checked of a derivation, by whom, and what came of it: data only.

A check is about one place of the derivation; its verdict rests on the witnesses that spoke.  What a
reader is told is made of the codes here in a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cached_property

from sympy import Expr

from symback.model.drawn import Drawn
from symback.records import dataclass

__all__ = ["Check", "Claim", "Location", "Report", "Testimony", "Verdict", "Witness"]


class Verdict(StrEnum):
    """What is known of a claim."""

    PROVED = "proved"  # by exact identity, for all sizes (or for the sizes that are written out)
    AGREES = "agrees"  # equal at small sizes in exact arithmetic; identity was not shown
    REFUTED = "refuted"
    INHERITED = "inherited"  # wrong only because it builds on a step that is
    UNDECIDED = "undecided"  # no witness could say


class Witness(StrEnum):
    """Who speaks for a claim."""

    IDENTITY = "identity"  # normal forms of both sides are the same polynomial
    SMALL_INSTANCE = "small-instance"  # values modulo a prime, at small unequal sizes
    SYMPY_DIFF = "sympy-diff"  # SymPy's own derivative of the fully substituted loss
    FINITE_FIELD = "finite-field"  # all gradients at once along a direction, modulo a prime
    NUMBERS = "numbers"  # differences of the equations with sixty digits


class Claim(StrEnum):
    """What is claimed."""

    COVERAGE = "coverage"  # every parameter has a gradient
    PATHS = "paths"  # a step sums over every equation that mentions its quantity
    PATH = "path"  # what reaches the loss through one equation
    LINK = "link"  # a link of a step equals the one before it, the first the adjoint
    ADJOINT = "adjoint"  # a step's result is the derivative
    CHAIN = "chain"  # a link of a gradient carried through to the loss
    UNIT = "unit"  # a link in the working of one weight or bias
    UNIT_RESULT = "unit-result"  # its result is the gradient
    CLOSED_FORM = "closed-form"  # the formula that documents have
    OTHER_FORM = "other-form"  # another form that text books have equals that of the step
    MATRIX = "matrix"  # a matrix form equals its index form
    STATED = "stated"  # a line below "claims" in the text of a model
    GRADIENT = "gradient"  # a parameter's gradient equals SymPy's derivative of the whole loss
    DIRECTION = "direction"  # with the others it makes the loss's change along any direction
    DIFFERENCE = "difference"  # it is what a small change of one entry does to the loss
    TANGENT = "tangent"  # a line is the derivative of an equation or a step along a direction
    TRANSPOSE = "transpose"  # a tangent goes back as the backward pass does
    HESSIAN = "hessian"  # the blocks of an array, times any vector, are R of its gradient
    CURVATURE = "curvature"  # a line is what a small step along the direction does


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a derivation a claim stands.

    Attributes:
        quantity: whose adjoint it is about; for a gradient, the parameter.
        number: the number of the equation or step; 0 where there is none.
        unit: the indices of one entry, for the working of one weight.
        chain: which chain of the working, counted from 1; 0 where there is none.
        link: which link of the chain of equalities, counted from 1; 0 for the whole.
        equation: the equation a path goes through; 0 where there is none.
        line: the line of a model's text that states the claim; 0 where it is the derivation's own.
    """

    quantity: str
    number: int = 0
    unit: tuple[int, ...] = ()
    chain: int = 0
    link: int = 0
    equation: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One claim and what came of it.

    Attributes:
        claim: what is claimed.
        location: where.
        verdict: what is known of it.
        witnesses: who spoke for it, or, when it is refuted, against it.
        left: what it should equal, where that is an expression.
        right: the expression that was checked.
        values: of a refuted claim, the two sides' values modulo the prime at ``at``.
        at: the indices at which the values differ.
        place: of a claim that was stated with a model, where it fails: sizes, indices, the true
            value and what it says, in that order.
        about: names that belong to the claim: a closed form's, the equations that were left out,
            the step that is inherited from.
    """

    claim: Claim
    location: Location
    verdict: Verdict
    witnesses: tuple[Witness, ...]
    left: Expr | None = None
    right: Expr | None = None
    values: tuple[int, int] | None = None
    at: tuple[int, ...] = ()
    about: tuple[str, ...] = ()
    place: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the claim was shown, by identity or at small sizes."""
        return self.verdict in (Verdict.PROVED, Verdict.AGREES)


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one witness has to say of the whole.

    Attributes:
        witness: who.
        claims: how many claims it was asked about.
        agreed: for how many of them it spoke.
        sizes: the sizes it worked at, by range; empty for all sizes.
        parameters: of how many weights and biases it covered the gradient.
        error_bits: the probability of a wrong "equal" is below two to the minus this; 0 for none.
        left_out: why it was not asked at all, as a code; empty when it was.
        limit: the limit that ``left_out`` speaks of.
        of: of how many weights and biases ``parameters`` is a part; 0 where that is all.
        prime: the modulus it worked in; 0 for none.
        passes: how many times it drew random numbers.
        digits: to how many decimal places numbers agreed.
    """

    witness: Witness
    claims: int
    agreed: int
    sizes: tuple[tuple[str, int], ...] = ()
    parameters: int = 0
    error_bits: int = 0
    left_out: str = ""
    limit: int = 0
    of: int = 0
    prime: int = 0
    passes: int = 0
    digits: int = 0


@dataclass(frozen=True)
class Report(Drawn):
    """Everything that was checked.

    Attributes:
        checks: in the order of the derivation.
        testimonies: one for each witness.
        facts: codes of what was taken for granted (``targets-sum-to-one``).
        sources: for each closed form that was used, its name and where it is from.
    """

    checks: tuple[Check, ...]
    testimonies: tuple[Testimony, ...]
    facts: tuple[str, ...] = ()
    sources: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        count = len(self.checks)
        open_ = sum(check.verdict is Verdict.UNDECIDED for check in self.failures)
        wrong = len(self.failures) - open_
        told = [f"{wrong} of {count} claims do not hold"] if wrong else []
        told += [f"{open_} of {count} claims are undecided"] if open_ else []
        return f"<Report: {', '.join(told) or f'all {count} claims hold'}>"

    @property
    def ok(self) -> bool:
        """Whether every claim was shown."""
        return all(check.ok for check in self.checks)

    @property
    def refuted(self) -> bool:
        """Whether any claim is wrong; one that is not shown may be undecided only."""
        wrong = (Verdict.REFUTED, Verdict.INHERITED)
        return any(check.verdict in wrong for check in self.checks)

    @cached_property
    def failures(self) -> tuple[Check, ...]:
        """The claims that were not shown, those at fault before those that inherit."""
        failed = [check for check in self.checks if not check.ok]
        return tuple(sorted(failed, key=lambda check: check.verdict is Verdict.INHERITED))

    @property
    def first_failure(self) -> Check | None:
        """The first claim that is refuted, if one is."""
        return self.failures[0] if self.failures else None

    def joined_by(self, checks: tuple[Check, ...], testimony: Testimony) -> Report:
        """The same with what one more witness has to say."""
        every = (*self.testimonies, testimony)
        return replace(self, checks=self.checks + checks, testimonies=every)

    def testimony(self, witness: Witness) -> Testimony:
        """What one witness has to say."""
        return next(t for t in self.testimonies if t.witness is witness)

    def of_gradient(self, name: str) -> tuple[Check, ...]:
        """The checks of one parameter's own step, closed forms and chain."""
        return tuple(check for check in self.checks if check.location.quantity == name)

    def of_unit(self, name: str, indices: tuple[int, ...]) -> tuple[Check, ...]:
        """The checks of the working of one weight or bias."""
        return tuple(
            check
            for check in self.checks
            if check.location.quantity == name and check.location.unit == indices
        )
