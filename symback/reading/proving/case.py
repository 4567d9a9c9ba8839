"""What a few equations and lines about them are about: the loss, its adjoints, the forward pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symback.reading.formula.syntax import Node, Symbol
from symback.reading.lowering.expressions import NotLowered
from symback.reading.proving.claims import adjoint_names, differentiated, is_backward
from symback.reading.proving.kinds import Kinds, is_index
from symback.reading.proving.names import Name, Spelling
from symback.reading.proving.solving import solved
from symback.reading.proving.stating import Equation, Reading, Stating, modelled

__all__ = ["Case", "Pair"]

_PLAIN = Reading()

Pair = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Case:
    """Equations of a forward pass with what is differentiated in the lines beside them.

    Attributes:
        equations: of the forward pass.
        loss: what is differentiated.
        by: by what it is.
        adjoints: quantities that stand for the adjoint of another.
        choices: what can be a number, a vector and a matrix.
    """

    equations: tuple[Equation, ...]
    loss: Name
    by: frozenset[Name]
    adjoints: Mapping[Name, Name]
    choices: tuple[Kinds, ...]

    @classmethod
    def of(cls, equations: Sequence[Pair], claims: Sequence[Pair]) -> Case:
        """Learn from both.

        Raises:
            NotLowered: where layers are counted, or nothing or several things are differentiated.
        """
        lefts = [left for left, _ in equations if isinstance(left, Symbol)]
        about = [found for pair in claims for side in pair if (found := differentiated(side))]
        spelling = Spelling.of(
            [side for pair in (*equations, *claims) for side in pair],
            [*lefts, *(by for by, _ in about)],
        )
        if spelling.has_layers:
            raise NotLowered("layers")
        loss = _loss(spelling, lefts, (of for _, of in about))
        if loss is None:
            raise NotLowered("no-loss")
        adjoints = adjoint_names(claims, spelling, loss)
        if any(is_index(spelling, left) for left in lefts):
            raise NotLowered("index")  # `t` counts steps here and is a quantity there
        forward = tuple(
            Equation(left, right)
            for left, right in equations
            if isinstance(left, Symbol)
            and not is_backward(right, adjoints, spelling)
            and spelling.use(left).name not in adjoints
        )
        by = frozenset(spelling.use(symbol).name for symbol, _ in about)
        choices = solved(spelling, [(e.left, e.right) for e in forward], claims)
        return cls(forward, loss, by, adjoints, tuple(choices))

    def stated(
        self, kinds: Kinds, meanings: Mapping[str, str], reading: Reading = _PLAIN
    ) -> Stating:
        """The model under one choice of kinds, and one reading of what is left unsaid.

        Raises:
            NotLowered: with a code, for what the language cannot say.
        """
        return modelled(
            kinds,
            self.equations,
            self.loss,
            by=self.by,
            adjoints=self.adjoints,
            meanings=meanings,
            reading=reading,
        )


def _loss(spelling: Spelling, lefts: Iterable[Symbol], of: Iterable[Symbol | None]) -> Name | None:
    """The one number that is differentiated, the one that is defined before others."""
    defined = {spelling.use(left).name for left in lefts if not spelling.use(left).indices}
    found = {spelling.use(symbol) for symbol in of if symbol is not None}
    names = {name for name, indices in found if not indices}
    names = names & defined or {name for name in names if name.base in spelling.losses}
    return names.pop() if len(names) == 1 else None
