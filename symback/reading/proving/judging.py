"""Verdicts of the engine on a document's claims: over its own equations, for all sizes.

A line is right where it holds under every choice of what is a number, a vector and a matrix that
the equations allow, and wrong where it holds under none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.reading.formula.syntax import Derivative, Node, Symbol, stripped
from symback.reading.lowering.expressions import NotLowered
from symback.reading.network.symbols import base_of, everything
from symback.reading.proving.case import Case, Pair
from symback.reading.proving.claims import ClaimText, claim_text
from symback.reading.proving.kinds import Kinds, is_index
from symback.reading.proving.losses import with_plain_losses
from symback.reading.proving.names import Name
from symback.reading.proving.objective import Objective
from symback.reading.proving.stacked import Parts, apart
from symback.reading.proving.stating import Reading, Stating
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.verification.stated import Judged

__all__ = ["Found", "decided", "is_beyond"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine says of one line.

    Attributes:
        verdict: ``proved``, ``agrees``, ``refuted``; ``from-zero`` for what is only right if a
            recursion starts from 0, ``one-step`` for what is only right within one step; empty
            where nothing can be said.
        inner: whether the first or the last step is left out.
        why: the code of what stood in the way, and what it is about.
        supposed: the loss that is any function of what nothing else uses, and of what.
        start: the quantities of which no first step is said, where that decides.
        generic: functions of the document that are left open.
        beyond: whether it is about arrays that have an index of their own besides.
        readings: codes of what is taken for granted, with their arguments.
        letters: of the indices of its left side in the model.
        step: the letter of the step or sample whose part of a gradient it is.
        judged: what came of it in detail.
    """

    verdict: str = ""
    inner: bool = False
    why: tuple[str, str] = ("", "")
    supposed: tuple[str, tuple[str, ...]] | None = None
    start: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    beyond: bool = False
    readings: tuple[tuple[str, Mapping[str, str]], ...] = ()
    letters: tuple[str, ...] = ()
    step: str = ""
    judged: Judged | None = None


def decided(
    equations: Sequence[Pair],
    claims: Sequence[Pair],
    asked: Sequence[bool],
    meanings: Mapping[str, str],
    if_beyond: Sequence[bool] = (),
    said: Sequence[Pair] = (),
) -> list[Found]:
    """Judge claims about the derivatives of a loss.

    Args:
        equations: left and right sides that define the quantities of the forward pass.
        claims: the sides of each line, its left one a derivative or a name for one.
        asked: which of the claims are to be judged; the others only tell how things run.
        meanings: functions by the one of the catalogue that they are.
        if_beyond: claims that are to be judged only where they are about arrays with an index of
            their own besides.
        said: what the document says of losses besides, in equations that were not taken up.

    Returns:
        What is found of each claim.
    """
    equations, claims = with_plain_losses(equations, claims)
    equations, parts = apart(equations, claims)
    if any(len(each) != 1 for each in parts):
        return _of_parts(equations, parts, asked, meanings, if_beyond, said)
    claims = [each[0] for each in parts]
    try:
        case = Case.of(equations, claims, said)
    except NotLowered as refusal:
        return [Found(why=(refusal.code, refusal.what))] * len(claims)
    beyond = [any(is_beyond(kinds, pair) for kinds in case.choices) for pair in claims]
    only = if_beyond or [False] * len(claims)
    asked = [each and (far or not x) for each, far, x in zip(asked, beyond, only, strict=True)]
    of = [case.objective_of(left) for left, _ in claims]
    found = [Found(why=("no-adjoint", ""), beyond=each) for each in beyond]
    for objective in dict.fromkeys(each for each in of if each is not None):
        about = [each and one == objective for each, one in zip(asked, of, strict=True)]
        for at, one in enumerate(_decided_of(objective, case, claims, about, meanings)):
            if about[at]:
                found[at] = replace(one, beyond=beyond[at])
    return found


def _of_parts(
    equations: Sequence[Pair],
    parts: Parts,
    asked: Sequence[bool],
    meanings: Mapping[str, str],
    if_beyond: Sequence[bool],
    said: Sequence[Pair],
) -> list[Found]:
    """What is found of lines that are each several ones, about the blocks of a matrix."""
    only = if_beyond or [False] * len(parts)
    of = [at for at, each in enumerate(parts) for _ in each]
    found = decided(
        equations,
        [pair for each in parts for pair in each],
        [asked[at] for at in of],
        meanings,
        [only[at] for at in of],
        said,
    )
    each = iter(found)
    return [_of_all([next(each) for _ in lines]) for lines in parts]


def _of_all(found: Sequence[Found]) -> Found:
    """What is known of a line that says several things at once."""
    for verdict in ("refuted", "", "from-zero", "one-step", "agrees"):
        worst = next((each for each in found if each.verdict == verdict), None)
        if worst is not None:
            return worst
    return found[0]


def _decided_of(
    objective: Objective,
    case: Case,
    claims: Sequence[Pair],
    asked: Sequence[bool],
    meanings: Mapping[str, str],
) -> list[Found]:
    """What is found of claims about the derivatives of one objective."""
    verdicts: list[list[Found]] = []
    fit = [_admitted(case.choices, pair) for pair in claims]
    for number, kinds in enumerate(case.choices):
        of = [each and number in where for each, where in zip(asked, fit, strict=True)]
        found = _under(objective, case, kinds, claims, of, meanings) if any(of) else []
        apart = [each and one.why[0] in _APART for each, one in zip(of, found, strict=False)]
        if any(apart) and (loose := case.without_loss(objective)) is not None:
            found = _unless_apart(found, _under(objective, loose, kinds, claims, apart, meanings))
        verdicts.append(found or [Found()] * len(claims))
        # What one choice leaves open stays open, but for one that a line does not fit.
        asked = [
            each and (not one or bool(new.verdict) or new.why[0] == "shapes")
            for each, one, new in zip(asked, of, verdicts[-1], strict=True)
        ]
    totals = [sum(kinds.totals.values()) for kinds in case.choices]
    of_arrays = [[is_beyond(kinds, pair) for kinds in case.choices] for pair in claims]
    matrices = [_matrices(kinds) for kinds in case.choices]
    return [
        _together(
            _of_fitting(
                [
                    (totals[n], matrices[n], of_arrays[at][n], each[at])
                    for n, each in enumerate(verdicts)
                    if n in fit[at]
                ]
            )
        )
        for at in range(len(claims))
    ]


def _of_fitting(found: Sequence[tuple[int, frozenset[Name], bool, Found]]) -> list[Found]:
    """What is found without the choices of so many more indices that a line does not fit.

    Only where it holds of arrays: one that only holds of numbers may lack a transpose. So may one
    that only holds where a capital letter is no matrix.
    """
    held = [
        (total, matrices)
        for total, matrices, of_arrays, each in found
        if of_arrays and each.verdict in ("proved", "agrees")
    ]
    return [
        each
        for total, matrices, _, each in found
        if not (
            each.why[0] == "shapes" and any(total > one and matrices <= own for one, own in held)
        )
    ]


def _matrices(kinds: Kinds) -> frozenset[Name]:
    """The capital letters that are matrices, or that have more indices of their own."""
    return frozenset(
        name for name, total in kinds.totals.items() if total > 1 and name.base[:1].isupper()
    )


_APART = ("unknown", "model-unreadable", "model-kinds", "model-form", "model-several-arguments")
"""Where a loss that is said otherwise than by the outputs of its network, or cannot be said, stands
in the way: what holds of any loss holds of it."""


def _unless_apart(found: Sequence[Found], other: Sequence[Found]) -> list[Found]:
    return [
        two if not one.verdict and two.verdict in ("proved", "agrees") else one
        for one, two in zip(found, other, strict=True)
    ]


def _admitted(choices: Sequence[Kinds], pair: Pair) -> frozenset[int]:
    """The choices under which a line may be read.

    One that it does not fit is left out where it fits another one with more indices: who writes a
    transpose or a product of matrices means no numbers.
    """
    sums = [sum(kinds.totals.values()) for kinds in choices]
    fits = [kinds.fits(*pair) for kinds in choices]
    most = max((total for total, does in zip(sums, fits, strict=True) if does), default=-1)
    return frozenset(
        number
        for number, (total, does) in enumerate(zip(sums, fits, strict=True))
        if does or total >= most
    )


def is_beyond(kinds: Kinds, pair: Pair) -> bool:
    """Say whether a line is about arrays that have an index for steps or samples besides."""
    for side in pair:
        for node in everything(side):
            if isinstance(node, Symbol) and not is_index(kinds.spelling, node):
                name, indices = kinds.spelling.use(node)
                counting = [i for i in indices if not kinds.spelling.is_of_layer(i)]
                if counting and kinds.totals.get(name, 0) > len(indices):
                    return True
    return False


def _together(found: Sequence[Found]) -> Found:
    """One verdict of those under each choice."""
    verdicts = {each.verdict for each in found}
    if not found:
        return Found(why=("kinds", ""))
    if "" in verdicts:
        return next(each for each in found if not each.verdict)
    if len(verdicts) == 1:
        return found[0]
    for weaker in ("agrees", "from-zero", "one-step"):
        if verdicts <= {"proved", "agrees", weaker}:
            return next(each for each in found if each.verdict == weaker)
    return replace(found[0], verdict="")


def _under(
    objective: Objective,
    case: Case,
    kinds: Kinds,
    claims: Sequence[Pair],
    asked: Sequence[bool],
    meanings: Mapping[str, str],
) -> list[Found]:
    """What is found under one choice of kinds; a start of which nothing is said may be 0 or not."""

    def judged(
        of: Sequence[bool], *, turned: bool = False, **said: bool
    ) -> tuple[Stating, list[Found]]:
        stating = case.stated(kinds, meanings, Reading(**said), objective)
        if stating.supposed is not None and not case.may_suppose(objective):
            raise NotLowered("loss-of-more")
        return stating, _judged(stating, claims, of, turned=turned)

    def wrong(found: Sequence[Found]) -> list[bool]:
        return [each.verdict == "refuted" for each in found]

    try:
        stating, found = judged(asked)
        # A softmax may be written out, and its targets then stand before a logarithm.
        if any(word in stating.text for word in ("softmax(", "log(")) and any(wrong(found)):
            units, again = judged(wrong(found), unit_targets=True)
            if units.unit_targets:
                about = {"of": ", ".join(units.unit_targets)}
                found = [
                    replace(two, readings=(*two.readings, ("targets-sum-to-one", about)))
                    if is_wrong and two.verdict in ("proved", "agrees")
                    else one
                    for one, two, is_wrong in zip(found, again, wrong(found), strict=True)
                ]
        if any(wrong(found)):
            transposed = Found(why=("shapes", ""))
            found = _unless(found, judged(wrong(found), turned=True)[1], transposed, keep=True)
        if stating.assumed and any(wrong(found)):
            names = tuple(name.base for name in stating.assumed)
            instead = Found("from-zero", start=names, supposed=stating.supposed)
            found = _unless(found, judged(wrong(found), starts_at_zero=True)[1], instead)
        if stating.is_recursive and any(wrong(found)):
            found = _unless(found, judged(wrong(found), one_step=True)[1], Found("one-step"))
        is_quantity = objective.letter and objective.name.base not in case.spelling.losses
        if is_quantity and any(wrong(found)):
            found = _of_equation(found, claims, judged(wrong(found), own_equation=True)[1])
    except NotLowered as refusal:
        return [Found(why=(f"model-{refusal.code}", refusal.what))] * len(claims)
    except InputError as error:
        return [Found(why=("model-unreadable", error.message))] * len(claims)
    return found


def _of_equation(
    found: Sequence[Found], claims: Sequence[Pair], other: Sequence[Found]
) -> list[Found]:
    """What is right of the partial derivative of a single equation is right, and said to be so."""

    def said(one: Found, left: Node) -> Found:
        left = stripped(left)
        about = (left.of, left.by[0]) if isinstance(left, Derivative) else (None, None)
        words = [base_of(each) if isinstance(each, Symbol) else "" for each in about]
        reading = ("partial-of-equation", dict(zip(("of", "by"), words, strict=True)))
        return replace(one, readings=(*one.readings, reading))

    return [
        said(two, left) if one.verdict == "refuted" and two.verdict in ("proved", "agrees") else one
        for one, two, (left, _) in zip(found, other, claims, strict=True)
    ]


def _unless(
    found: Sequence[Found], other: Sequence[Found], instead: Found, *, keep: bool = False
) -> list[Found]:
    """What is refuted only where another reading refutes it as well; else what it is under that.

    Args:
        found: under the first reading.
        other: under the other.
        instead: what a line is that is right under the other.
        keep: whether a line stays refuted of which the other says nothing.
    """
    silent = None if keep else Found()
    under = {"refuted": None, "proved": instead, "agrees": instead}
    return [
        (under.get(two.verdict, silent) or one) if one.verdict == "refuted" else one
        for one, two in zip(found, other, strict=True)
    ]


def _judged(
    stating: Stating, claims: Sequence[Pair], asked: Sequence[bool], *, turned: bool = False
) -> list[Found]:
    """What the engine says of claims beside a model, under one reading of both.

    Raises:
        InputError: where the model's own text cannot be.
    """
    from symback.model.language.reader import ModelText

    ModelText.of(stating.text)  # what is wrong with the model is wrong with every line
    plain = Found(generic=tuple(stating.glossary.functions), supposed=stating.supposed)
    found = [plain] * len(claims)
    lines, places = [], []
    for at, (left, right) in enumerate(claims):
        if not asked[at]:
            continue
        try:
            claim = claim_text(stating, left, right, turned=turned)
            if claim is None:
                continue
            ModelText.of(f"{stating.text}\nclaims\n{claim.text}\n")
        except NotLowered as refusal:
            found[at] = replace(found[at], why=(refusal.code, refusal.what))
            continue
        except InputError as error:
            found[at] = replace(found[at], why=("unreadable", error.message))
            continue
        lines.append(claim)
        places.append(at)
    if not lines:
        return found
    taken: list[tuple[str, Mapping[str, str]]] = []
    if stating.glossary.layer_places:
        taken.append(("layers-of-one-width", {}))
    taken += [("loss-sums-entries", {"of": name}) for name in stating.added_up]
    for at, line, judged in zip(places, lines, _judged_apart(stating, lines), strict=True):
        verdict = str(judged.verdict or "")
        if judged.reason == "reads-outside":
            verdict = ""
        found[at] = replace(
            found[at],
            verdict=verdict,
            inner=line.inner,
            judged=judged,
            letters=line.letters,
            step=line.step,
            readings=(*((code, {}) for code in line.readings), *taken),
        )
    return found


def _judged_apart(stating: Stating, lines: Sequence[ClaimText]) -> Iterator[Judged]:
    """What the engine says of lines, those about one entry of the same quantity each by itself."""
    from symback.model.language.reader import ModelText
    from symback.verification.stated import judge_claims

    batches: list[list[ClaimText]] = [[line for line in lines if not line.of_entry]]
    for line in (each for each in lines if each.of_entry):
        fitting = (b for b in batches[1:] if all(line.of_entry != each.of_entry for each in b))
        batch = next(fitting, None)
        if batch is None:
            batches.append(batch := [])
        batch.append(line)
    found: dict[int, Judged] = {}
    for batch in filter(None, batches):
        text = "\n".join([stating.text, "claims", *(line.text for line in batch)])
        judged = judge_claims(ModelText.of(text).stated())
        found.update(zip(map(id, batch), judged, strict=True))
    return (found[id(line)] for line in lines)
