"""The lines of a model that decide what a document leaves open: tried, and not only guessed.

A candidate is put behind the model that was understood of the document, and what is open is judged
beside that model, as `check --model` does. The one that shows most is told; nothing is told that
shows nothing. Whether it is what the author means, only the author can say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.reading.beside.document import with_model
from symback.reading.beside.naming import Names
from symback.reading.formula.syntax import Derivative, Symbol
from symback.reading.lowering.document import Lowered
from symback.reading.lowering.names import name_of
from symback.reading.network.places import Place
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.verdicts import Judgement, Status
from symback.reading.suggesting.candidates import Base, Candidate, losses_of
from symback.records import dataclass

__all__ = ["Suggestion", "suggested"]

_CANDIDATES = 12
_PROBES = 3
_OPEN = 24
_TARGETS = 2
_SHOWN = (Status.PROVED, Status.AGREES)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines that would decide something.

    Attributes:
        lines: in the language, to stand behind a document's model.
        decides: the statements that they decide, by their place among the judgements.
    """

    lines: tuple[str, ...]
    decides: tuple[int, ...]


def suggested(judgements: Sequence[Judgement], found: Lowered) -> tuple[Suggestion, ...]:
    """The lines that decide most of what is open in a document; empty where none was found.

    Args:
        judgements: the verdicts, in order.
        found: the model that was understood.
    """
    places = [at for at, one in enumerate(judgements) if _is_open(one)][:_OPEN]
    if not places:
        return ()
    base = Base.of(found, _loss(judgements, places))
    if base is None:
        return ()
    try:
        names = Names(ModelText.of(base.text).model())
    except InputError:
        return ()
    unknown = _unknown([judgements[at] for at in places], names)
    best: tuple[int, Candidate] | None = None
    for candidate in list(_candidates(base, unknown))[:_CANDIDATES]:
        shown = len(_shown(judgements, _probes(judgements, places, unknown), base, candidate))
        if shown and (best is None or shown > best[0]):
            best = shown, candidate
        if shown >= _PROBES:
            break
    if best is None:
        return ()
    decides = _shown(judgements, places, base, best[1])
    return (Suggestion(best[1].lines, tuple(decides)),) if decides else ()


def _is_open(judgement: Judgement) -> bool:
    """Whether a claim about a derivative is open."""
    statement = judgement.statement
    return (
        judgement.status is Status.UNDECIDED
        and statement.is_claim
        and isinstance(statement.left, Derivative)
        and statement.right is not None
    )


def _loss(judgements: Sequence[Judgement], places: Sequence[int]) -> str:
    """The letter that is differentiated most in what is open."""
    found: Counter[str] = Counter()
    for at in places:
        left = judgements[at].statement.left
        if isinstance(left, Derivative) and isinstance(left.of, Symbol) and not left.of.subscripts:
            found[name_of(Place(base_of(left.of), None, ""))] += 1
    return max(found, key=lambda name: found[name], default="")


def _unknown(open_ones: Sequence[Judgement], names: Names) -> list[str]:
    """Names in what is open that the model does not have, the most frequent first."""
    found: Counter[str] = Counter()
    for judgement in open_ones:
        right = judgement.statement.right
        for node in quantities(right) if right is not None else ():
            if names.find(node) is None and not names.is_loss(node):
                found[name_of(Place(base_of(node), None, ""))] += 1
    return [name for name, _ in found.most_common(_TARGETS)]


def _probes(
    judgements: Sequence[Judgement], places: Sequence[int], unknown: Sequence[str]
) -> list[int]:
    """A few open lines, those with a name of what is unknown first."""

    def mentions(at: int) -> bool:
        right = judgements[at].statement.right
        nodes = everything(right) if right is not None else ()
        return any(isinstance(n, Symbol) and base_of(n) in unknown for n in nodes)

    return sorted(places, key=lambda at: not mentions(at))[:_PROBES]


def _candidates(base: Base, unknown: Sequence[str]) -> Iterator[Candidate]:
    if base.outputs:
        yield from losses_of(base, unknown)
    else:
        for name in unknown:
            yield Candidate((f"const {name}",))


def _shown(
    judgements: Sequence[Judgement], places: Sequence[int], base: Base, candidate: Candidate
) -> list[int]:
    """Which open lines are shown beside the model with a candidate's lines."""
    text = base.text + "\n".join(candidate.lines) + "\n"
    kept = [at for at, one in enumerate(judgements) if at in places or not _is_open(one)]
    try:
        model = ModelText.of(text)
        after = with_model([judgements[at] for at in kept], model)
    except InputError:
        return []
    # What is only declared is no guess at a formula: a slip is one whatever it stands for.
    decided = _SHOWN if base.outputs else (*_SHOWN, Status.REFUTED)
    return [
        at for at, one in zip(kept, after, strict=True) if at in places and one.status in decided
    ]
