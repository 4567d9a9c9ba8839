"""All parameters of a network at once, over a finite field.

Draw random residues for the weights, the inputs and a direction.  How the loss changes along the
direction is worked out forwards, from the equations alone; if the gradients are right, it equals
their inner product with the direction.  Every quantity between has a direction of its own as well,
so that every adjoint on the way is tested, whether a gradient rests on it or not.  Two polynomials
that differ agree at a random point with a probability of at most their degree over the prime, so a
few draws leave no room for an accident.

The functions are unknowns here (see `symback.verification.arrays.unknowns`): what is certified is
the chain rule with the catalogue's derivatives, and those are proved elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from importlib.util import find_spec
from math import prod
from typing import TYPE_CHECKING

from symback.algebra.expressions import Partial, name_of
from symback.model.equations import Role
from symback.records import dataclass
from symback.verification.arrays.degrees import Degrees
from symback.verification.arrays.lists import Residues
from symback.verification.arrays.tensor import Arithmetic, IllFormedError, NoValueError, Tensor
from symback.verification.arrays.unknowns import Unknowns
from symback.verification.arrays.walk import UnknownKindError, model_sizes

if TYPE_CHECKING:
    from symback.calculus import Derivation, Step
    from symback.model.equations import Model

__all__ = ["PRIME", "SEED", "FieldProof", "Outcome", "finite_field", "resting_on"]

PRIME = 2**61 - 1
"""The modulus for Python's integers."""

SEED = 1986
"""Of every random number: the same derivation is always tested at the same points."""

WANTED = 60
"""Draws go on until an accident is less likely than two to the minus this."""

MANY = 200_000
"""From so many parameters on, NumPy is worth its import."""

MOST = 20_000_000
"""Beyond so many parameters the arrays would fill the memory of a small machine."""

MOST_IN_LISTS = 2_000_000
"""The same without NumPy."""

DRAWS = 20
"""How often a draw is repeated because a denominator was zero."""


class Outcome(StrEnum):
    """What a witness found."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class FieldProof:
    """What the finite field says of a derivation.

    Attributes:
        outcome: whether the gradients are right.
        parameters: the number of weights and biases that were tested, all at once.
        prime: the modulus.
        passes: how many draws agreed.
        degree: what the degree of either side is at most.
        exponent: an accident is less likely than ``2 ** -exponent``.
        seed: of the draws.
        with_numpy: whether the residues were NumPy's; they are wanted for large networks.
        arrays: for a difference, the parameters whose gradients are wrong.
        step: for a difference, the number of the first step that is wrong; 0 where none was found.
        reason: why nothing was decided: ``too-large``, ``wants-numpy``, ``no-value``, ``kind``,
            ``degree`` or ``roots``.
    """

    outcome: Outcome
    parameters: int
    prime: int = PRIME
    passes: int = 0
    degree: int = 0
    exponent: int = 0
    seed: int = SEED
    with_numpy: bool = False
    arrays: tuple[str, ...] = ()
    step: int = 0
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether every gradient was certified."""
        return self.outcome is Outcome.AGREES


def finite_field(derivation: Derivation, *, numpy: bool | None = None) -> FieldProof:
    """Certify every claimed gradient of a derivation, or say which step is wrong.

    Args:
        derivation: its model is taken as it is, and the results of its steps as claims.
        numpy: whether to compute with NumPy; left out, for large networks where it is installed.
    """
    return _Trial(derivation, numpy).proof()


class _WrongClaimError(Exception):
    """A claimed adjoint has no value: an index is free, or runs over two ranges."""

    def __init__(self, step: Step) -> None:
        self.step = step


class _Trial:
    """The draws about one derivation."""

    def __init__(self, derivation: Derivation, numpy: bool | None) -> None:
        self.model: Model = derivation.model
        self.steps: Sequence[Step] = derivation.steps
        self.sizes = model_sizes(self.model)
        self.parameters = [q.name for q in self.model.asked]
        self.mentioned = {
            name_of(partial.by) for s in self.steps for partial in s.result.atoms(Partial)
        }
        self.count = sum(prod(self.sizes[r.name] for r in q.ranges) for q in self.model.asked)
        wanted = self.count > MANY if numpy is None else numpy
        self.with_numpy = wanted and find_spec("numpy") is not None
        self.prime = _small_prime() if self.with_numpy else PRIME

    def proof(self) -> FieldProof:
        if self.count > (MOST if self.with_numpy else MOST_IN_LISTS):
            return self._undecided("too-large" if self.count > MOST else "wants-numpy")
        try:
            return self._proof()
        except (IllFormedError, UnknownKindError):
            return self._undecided("kind")
        except NoValueError:
            return self._undecided("no-value")
        except _WrongClaimError as wrong:
            return self._differs(wrong.step)

    def _proof(self) -> FieldProof:
        known = [step.quantity.name for step in self.steps]
        missing = tuple(name for name in self.parameters if name not in known)
        if missing:
            return self._result(Outcome.DIFFERS, arrays=missing)
        degree, has_roots = self._degree(known)
        passes, exponent = _passes(degree, self.prime)
        if not passes:
            return self._undecided("degree")
        for number in range(passes):
            if not self._agrees(known, str(number)):
                if has_roots:
                    return self._undecided("roots")
                return self._differs(None)
        return self._result(Outcome.AGREES, passes=passes, degree=degree, exponent=exponent)

    # One draw -----------------------------------------------------------------------------------

    def _agrees(self, moving: Collection[str], name: str) -> bool:
        """Whether one draw agrees, with a direction in some quantities only."""
        for attempt in range(DRAWS):
            try:
                arithmetic = self._arithmetic(f"{SEED} {name} {attempt}")
                walk = Unknowns(self.model, arithmetic, self.sizes, moving)
                return arithmetic.vanishes(self._difference(walk))
            except NoValueError:
                continue
        raise NoValueError

    def _arithmetic(self, seed: str) -> Arithmetic:
        if not self.with_numpy:
            return Residues(PRIME, seed)
        from symback.verification.arrays.floats import Floats

        return Floats(seed)

    def _difference(self, walk: Unknowns) -> Tensor:
        """The loss's tangent less the claims' inner product with the direction."""
        arithmetic = walk.arithmetic
        terms = []
        for step in self.steps:
            name = step.quantity.name
            try:
                if name in walk.directions:
                    terms.append(walk.along(step.quantity, step.result))
                if name in self.mentioned:
                    walk.claim(step.quantity, step.result)
            except IllFormedError:
                raise _WrongClaimError(step) from None
        minus = arithmetic.number(-1)
        terms = [arithmetic.product([minus, term], {}) for term in terms]
        loss = self.model.loss.name
        if loss in walk.tangents:
            terms.append(Tensor((), (), walk.tangents[loss]))
        return arithmetic.add([arithmetic.number(0), *terms])

    def _degree(self, moving: Collection[str]) -> tuple[int, bool]:
        """What the degree of both sides is at most, and whether roots are in them."""
        degrees = Degrees()
        walk = Unknowns(self.model, degrees, self.sizes, moving)
        degree = degrees.whole(self._difference(walk).data)
        return max(degree, 1), walk.has_roots

    # Where it is wrong --------------------------------------------------------------------------

    def _differs(self, step: Step | None) -> FieldProof:
        """The parameters whose gradients are wrong, and the first step that is."""
        if step is not None:
            arrays = resting_on(step, self.steps)
            return self._result(Outcome.DIFFERS, arrays=arrays, step=step.number)
        arrays = tuple(name for name in self.parameters if not self._agrees([name], name))
        # A step's own adjoint is tested with a direction in its quantity alone; those before the
        # first that differs are right, so that the fault is its own.
        number = next(
            (s.number for s in self.steps if not self._agrees([s.quantity.name], str(s.number))), 0
        )
        return self._result(Outcome.DIFFERS, arrays=arrays, step=number)

    def _undecided(self, reason: str) -> FieldProof:
        return self._result(Outcome.UNDECIDED, reason=reason)

    def _result(
        self,
        outcome: Outcome,
        *,
        passes: int = 0,
        degree: int = 0,
        exponent: int = 0,
        arrays: tuple[str, ...] = (),
        step: int = 0,
        reason: str = "",
    ) -> FieldProof:
        return FieldProof(
            outcome, self.count, self.prime, passes, degree, exponent,
            SEED, self.with_numpy, arrays, step, reason,
        )  # fmt: skip


def resting_on(wrong: Step, steps: Sequence[Step]) -> tuple[str, ...]:
    """The parameters whose claimed gradients rest on one step, by name."""
    resting = {wrong.quantity.name}
    for step in steps:
        mentioned = {name_of(partial.by) for partial in step.result.atoms(Partial)}
        if not resting.isdisjoint(mentioned):
            resting.add(step.quantity.name)
    roles = Role.WEIGHT, Role.BIAS
    return tuple(
        step.quantity.name
        for step in steps
        if step.quantity.name in resting and step.quantity.role in roles
    )


def _passes(degree: int, prime: int) -> tuple[int, int]:
    """How many draws are wanted for a degree, and below which power of two an accident then is."""
    if 2 * degree > prime:
        return 0, 0
    passes, above, below = 1, degree, prime
    while above << WANTED >= below:
        passes, above, below = passes + 1, above * degree, below * prime
    exponent = (below // above).bit_length() - 1
    return passes, exponent if above << exponent < below else exponent - 1


def _small_prime() -> int:
    from symback.verification.arrays.floats import SMALL_PRIME

    return SMALL_PRIME
