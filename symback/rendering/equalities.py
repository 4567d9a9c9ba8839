"""Chains of equalities as a document shows them, with codes for their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from sympy import Add, Expr, Sum

from symback.algebra.expressions import Marked, Partial, within
from symback.calculus.blackboard.working import Part
from symback.model.equations import Quantity
from symback.records import dataclass

__all__ = ["REST", "ChainOf", "Equality", "Stage", "stages", "told_once"]


@dataclass(frozen=True, slots=True)
class Equality:
    """One link of a chain as a document shows it.

    Attributes:
        expression: the right side.
        rule: the code of the reason; empty where there is none to give.
        about: what the reason mentions, by name.
        equations: numbers that the reason refers to.
    """

    expression: Expr
    rule: str = ""
    about: tuple[str, ...] = ()
    equations: tuple[int, ...] = ()

    @property
    def is_sum(self) -> bool:
        """Whether it adds up derivatives, beside what the weight decay contributes."""
        terms = [t for t in Add.make_args(self.expression) if t.has(Partial)]
        return len(terms) > 1 or any(isinstance(term, Sum) for term in terms)


@dataclass(frozen=True, slots=True)
class ChainOf:
    """``subject = … = …``, with a number where it has one and the code of what it is for.

    Letters of the subject do not take the values that ``but`` gives them.
    """

    subject: Expr
    links: tuple[Equality, ...]
    number: int = 0
    part: str = ""
    quantity: Quantity | None = None
    but: tuple[tuple[Expr, Expr], ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether the chain only says that something equals itself: an open loss's derivative."""
        return all(link.expression == self.subject for link in self.links)


@dataclass(frozen=True, slots=True)
class Stage:
    """Chains of the working of one parameter that one sentence leads to.

    Attributes:
        part: the code of what they are for: that of a `Part`, or `REST`.
        chains: the chains, in order of reading.
    """

    part: str
    chains: tuple[ChainOf, ...]

    @property
    def is_list(self) -> bool:
        """Whether its chains are equations of one kind, which are read under one another."""
        single = all(len(chain.links) == 1 for chain in self.chains)
        return self.part == Part.VANISHING and single


REST = "rest"
"""What a chain goes on to be once it is explained why something in it vanishes."""


def stages(chains: Iterable[ChainOf]) -> tuple[Stage, ...]:
    """Chains as they are read: what vanishes is explained where it stands."""
    told: list[Stage] = []
    waiting = list(chains)
    while waiting:
        together = list(takewhile(lambda c: c.part == Part.ADJOINT, waiting))
        if together:  # one sentence leads to all of them
            del waiting[: len(together)]
            told.append(Stage(Part.ADJOINT, tuple(together)))
            continue
        chain = waiting.pop(0)
        if chain.part == "adjoint":  # adjoints on the way are read as one list
            others = list(takewhile(lambda c: c.part == "adjoint", waiting))
            del waiting[: len(others)]
            told.append(Stage(chain.part, (chain, *others)))
            continue
        reasons = list(takewhile(lambda c: c.part == Part.VANISHING, waiting))
        del waiting[: len(reasons)]
        told += _explained(chain, reasons)
    return tuple(told)


def _explained(chain: ChainOf, reasons: list[ChainOf]) -> Iterator[Stage]:
    """A chain, cut after each link in which something vanishes, and there the reasons."""
    part, start = chain.part, 0
    for place, link in enumerate(chain.links[:-1], start=1):
        marked = [m for m in within(link.expression, Marked) if m.mark == "vanishes"]
        entries = {partial.of for mark in marked for partial in within(mark, Partial)}
        here = tuple(reason for reason in reasons if reason.subject in entries)
        if here:
            yield Stage(part, (replace(chain, links=chain.links[start:place], part=part),))
            yield Stage(Part.VANISHING, here)
            reasons = [reason for reason in reasons if reason not in here]
            part, start = REST, place
    yield Stage(part, (replace(chain, links=chain.links[start:], part=part),))
    if reasons:
        yield Stage(Part.VANISHING, tuple(reasons))


def told_once(working: Iterable[Stage]) -> Iterator[tuple[Stage, bool]]:
    """A working without repetitions: what goes as before is only stated, with True beside it."""
    seen: set[str] = set()
    for stage in working:
        if stage.part in (Part.WRITTEN_OUT, Part.INSTANCE):
            continue
        again = stage.part in seen and stage.part not in (Part.VANISHING, REST)
        seen.add(stage.part)
        if again:
            chains = tuple(replace(chain, links=chain.links[-1:]) for chain in stage.chains)
            stage = replace(stage, chains=chains)
        yield stage, again
