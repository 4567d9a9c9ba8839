"""Claims that stand beside a model: each line judged by itself, in numbers and for all sizes.

On the right side of a claim ``dh[t,k]`` is the true derivative of the loss by ``h[t,k]``, and a
helper is what its own lines define; so a wrong line is refuted where it stands, and the lines that
build on it are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from sympy import Expr, Pow, Symbol

from symback.algebra.expressions import KINKED, Apply, Partial, indices_of, name_of
from symback.model.activations import ACTIVATIONS
from symback.records import dataclass
from symback.verification.allsizes.claims import mentions_itself, prove_claims
from symback.verification.oracle.field import Field, NoValueError, Number
from symback.verification.oracle.instance import Bindings, Instance, Place, letters_at
from symback.verification.oracle.judge import Judge
from symback.verification.oracle.sizes import edge_sizes, roomy_sizes, small_sizes, turns
from symback.verification.report import Check, Claim, Location, Verdict, Witness

if TYPE_CHECKING:
    from symback.model.claims import ClaimLine, Stated
    from symback.model.equations import Equation

__all__ = ["Judged", "check_stated", "judge_claims"]

DRAWS = 12
"""So often numbers are drawn because a denominator was zero or a root did not exist."""

AGAIN = 8
"""With so many numbers more a line is tried that has a kink or a root: with one draw, all signs can
be such that a wrong one agrees."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one line below ``claims``.

    Attributes:
        claim: the line.
        verdict: what is known of it; None for a helper, which is a definition.
        witnesses: who spoke for it, or against it.
        sizes: the sizes at which it was tried; of a refuted line, those at which it fails.
        at: of a refuted line, the indices at which it fails.
        values: of a refuted line, the true value there and what the line says; empty where what it
            says has no value.
        reason: why it is undecided, or by what it is proved, as a code.
    """

    claim: ClaimLine
    verdict: Verdict | None
    witnesses: tuple[Witness, ...] = ()
    sizes: tuple[tuple[tuple[str, int], ...], ...] = ()
    at: tuple[int, ...] = ()
    values: tuple[str, ...] = ()
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was shown, or is a definition."""
        return self.verdict in (None, Verdict.PROVED, Verdict.AGREES)


def judge_claims(stated: Stated, sizes: Mapping[str, int] | None = None) -> tuple[Judged, ...]:
    """Judge each claim about a model.

    Args:
        stated: a model with the lines below ``claims``.
        sizes: numbers for some of its sizes, at which claims are to be tried as well.

    Returns:
        One verdict for each line, in order.
    """
    trials = _Trials(stated, sizes or {})
    tried = [trials.judged(claim) for claim in stated.claims]
    # Numbers first: what they refute needs no proof, and a proof takes longer.
    wrong = {at for at, found in enumerate(tried) if found.verdict is Verdict.REFUTED}
    proofs = prove_claims(stated, wrong)
    return tuple(trials.settled(found, proofs.get(at, "")) for at, found in enumerate(tried))


def check_stated(stated: Stated, sizes: Mapping[str, int] | None = None) -> tuple[Check, ...]:
    """The claims beside a model as checks of a report, helpers left out."""
    loss = stated.model.loss.at()
    checks = []
    for judged in judge_claims(stated, sizes):
        claim = judged.claim
        if judged.verdict is None:
            continue
        entry = stated.model.quantities[claim.of].at(*claim.equation.indices)
        place: tuple[str, ...] = ()
        if judged.verdict is Verdict.REFUTED and judged.values:
            sized = ", ".join(f"{name} = {size}" for name, size in judged.sizes[0])
            at = f"{claim.of}[{','.join(map(str, judged.at))}]" if judged.at else claim.of
            place = (sized, at, *judged.values)
        checks.append(
            Check(
                Claim.STATED,
                Location(claim.of, line=claim.line),
                judged.verdict,
                judged.witnesses,
                Partial(loss, entry),
                claim.equation.expression,
                at=judged.at,
                about=(judged.reason,) if not judged.ok and judged.reason else (),
                place=place,
            )
        )
    return tuple(checks)


def _is_before_the_first(claim: ClaimLine, sizes: Mapping[str, int]) -> bool:
    """Say whether a line about `h[T-1,k]` is about nothing at these sizes, as at T = 1."""
    at = [index.subs({x: sizes[x.name] for x in index.free_symbols if x.name in sizes})
          for index in claim.equation.at]  # fmt: skip
    return any(index.is_Integer and index < 1 for index in at)


_SIDED = frozenset([*KINKED, "sqrt", *(name for name, of in ACTIVATIONS.items() if of.kinks)])


class Court:
    """One instance of a model with what its claims define.

    Args:
        stated: the model and its claims.
        sizes: what each size comes to.
        field: what a number is.
    """

    def __init__(self, stated: Stated, sizes: Mapping[str, int], field: Field) -> None:
        self.instance = Instance(stated.model, sizes, field=field)
        self.judge = Judge(self.instance, {})
        self.loss = stated.model.loss.at()
        self.outside = stated.outside
        self._helpers: dict[str, list[Equation]] = {}
        for claim in stated.claims:
            if not claim.of:
                name = claim.equation.quantity.name
                self._helpers.setdefault(name, []).append(claim.equation)
        self._known: dict[Place, Number | None] = {}
        self.instance.helper = self._helper

    def _helper(self, place: Place) -> Number | None:
        """A helper's entry, by the line that defines it; a start before the general line."""
        if place in self._known:
            return self._known[place]
        self._known[place] = None  # while it is worked out: a circle has no value
        found: Number | None = None
        lines = sorted(self._helpers.get(place[0], ()), key=lambda line: not line.is_boundary)
        line = next((e for e in lines if place in self.instance.defined_by(e)), None)
        if line is not None:
            found = self.value(line, place)
        elif place[0] in self.outside:
            found = self.instance.value(self.outside[place[0]], {}, self._adjoint)
        self._known[place] = found
        return found

    def value(self, equation: Equation, place: Place) -> Number:
        """What a line says of one entry."""
        return self.instance.value(equation.expression, letters_at(equation, place), self._adjoint)

    def truth(self, of: str, place: Place) -> Number:
        """The loss's derivative by an entry; 0 where there is no such entry."""
        return self.judge.true.get((of, place[1]), 0)

    def _adjoint(self, node: Partial, at: Bindings) -> Number:
        if node.of != self.loss:
            return self.judge.value(node, at, truth=True)
        if isinstance(node.by, Symbol):
            return self.judge.true[node.by.name, ()]
        place = self.instance.place(node.by, at)
        if place in self.judge.true:
            return self.judge.true[place]
        # Beyond its entries it is 0; a letter by itself has left its range, unless that is said.
        shifted = any(not (i.is_Symbol or i.is_Integer) for i in indices_of(node.by))
        if shifted or f"d{name_of(node.by)}" in self.outside:
            return 0
        raise KeyError(place)


class _Trials:
    """The instances before which claims are tried, each made when it is first wanted."""

    def __init__(self, stated: Stated, wanted: Mapping[str, int]) -> None:
        self.stated = stated
        model = stated.model
        choices = [small_sizes(model, turn=turn) for turn in range(turns(model))]
        own = {**choices[0], **stated.sizes, **wanted}
        found: list[dict[str, int]] = []
        asked = [own] if wanted else []
        for sizes in chain(asked, choices, edge_sizes(model)):
            if sizes not in found:
                found.append(sizes)
        self.sizes = found
        self._courts: dict[tuple[tuple[tuple[str, int], ...], bool], Court | None] = {}
        self.has_sides = any(_has_sides(e.expression) for e in model.equations)

    def court(self, sizes: dict[str, int], decimal: bool) -> Court | None:
        """The instance at one choice of sizes; None where nothing has a value."""
        key = tuple(sizes.items()), decimal
        if key not in self._courts:
            self._courts[key] = next(self._seated(sizes, decimal), None)
        return self._courts[key]

    def _seated(self, sizes: Mapping[str, int], decimal: bool) -> Iterator[Court]:
        for seed in range(1, DRAWS + 1):
            try:
                yield Court(self.stated, sizes, _field(seed, decimal))
            except (NoValueError, KeyError):
                continue

    def judged(self, claim: ClaimLine) -> Judged:
        """What comes of one line in numbers."""
        if not claim.of:
            return Judged(claim, None)
        if mentions_itself(claim, self.stated.model):
            return Judged(claim, Verdict.UNDECIDED, reason="circle")
        tried: list[tuple[tuple[str, int], ...]] = []
        witnesses: list[Witness] = []
        ends = [r.last.free_symbols for r in claim.equation.quantity.ranges if r.last is not None]
        roomy = roomy_sizes(self.stated.model, {size.name for of in ends for size in of})
        for sizes in chain(self.sizes, roomy if any(ends) else ()):
            if tried and sizes not in self.sizes:
                break
            shown = tuple(sizes.items())
            for decimal in (False, True):
                court = self.court(sizes, decimal)
                if court is None:
                    continue
                if not any(True for _ in court.instance.defined_by(claim.equation)):
                    break  # about no entry, and so true of all of them
                try:
                    found = self._against(court, claim)
                except NoValueError:
                    continue
                except (KeyError, TypeError) as error:
                    if isinstance(error, KeyError) and _is_before_the_first(claim, sizes):
                        continue
                    missing = "reads-outside" if isinstance(error, KeyError) else "kind"
                    verdict = Verdict.REFUTED if isinstance(error, KeyError) else Verdict.UNDECIDED
                    return Judged(claim, verdict, sizes=(shown,), reason=missing)
                if found is None:
                    witness = Witness.NUMBERS if decimal else Witness.SMALL_INSTANCE
                    witnesses += [witness] if witness not in witnesses else []
                    tried.append(shown)
                    break
                if decimal:
                    at, values = found
                    return Judged(claim, Verdict.REFUTED, (Witness.NUMBERS,), (shown,), at, values)
        if not tried:
            return Judged(claim, Verdict.UNDECIDED, reason="no-value")
        return Judged(claim, Verdict.AGREES, tuple(witnesses), tuple(tried))

    def settled(self, found: Judged, proof: str) -> Judged:
        """What comes of one line, with how it is proved if it is."""
        if found.verdict is Verdict.REFUTED or found.reason in ("circle", "kind"):
            return found
        if proof and found.claim.of:
            every = (Witness.IDENTITY, *found.witnesses)
            return replace(found, verdict=Verdict.PROVED, witnesses=every, reason=proof)
        for shown in found.sizes:
            if (against := self._on_another_side(shown, found.claim)) is not None:
                return Judged(found.claim, Verdict.REFUTED, (Witness.NUMBERS,), (shown,), *against)
        return found

    def _on_another_side(
        self, sizes: tuple[tuple[str, int], ...], claim: ClaimLine
    ) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
        """Where a line with kinks or roots differs at other numbers, and both values."""
        if not self.has_sides and not _has_sides(claim.equation.expression):
            return None
        for seed in range(DRAWS + 1, DRAWS + 1 + AGAIN):
            try:
                numbers = _decimals(seed, positive=seed % 4 == 0)
                court = Court(self.stated, dict(sizes), numbers)
                found = self._against(court, claim)
            except (NoValueError, KeyError, TypeError):
                continue
            if found is not None:
                return found
        return None

    def _against(
        self, court: Court, claim: ClaimLine
    ) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
        """Where a line differs from the truth, and both values."""
        for place in court.instance.defined_by(claim.equation):
            expected = court.truth(claim.of, place)
            found = court.value(claim.equation, place)
            if not court.instance.field.same(expected, found):
                return place[1], (f"{float(expected):.12g}", f"{float(found):.12g}")
        return None


def _has_sides(expression: Expr) -> bool:
    """Whether an expression is another one on either side of a kink, or has a root."""
    if any(not power.exp.is_integer for power in expression.atoms(Pow)):
        return True
    return any(applied.name in _SIDED for applied in expression.atoms(Apply))


def _field(seed: int, decimal: bool) -> Field:
    if not decimal:
        return Field(seed, formal=seed > DRAWS // 2)
    return _decimals(seed, positive=seed > DRAWS // 2)


def _decimals(seed: int, *, positive: bool) -> Field:
    from symback.verification.oracle.decimals import Decimals  # not every model wants mpmath

    return Decimals(seed, positive=positive)
