"""What a few equations and lines about them are about: the loss, its adjoints, the forward pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Call, Node, Symbol, stripped
from symback.reading.lowering.expressions import NotLowered
from symback.reading.network.symbols import base_of
from symback.reading.proving.claims import is_backward
from symback.reading.proving.forward import Equation, Forward
from symback.reading.proving.kinds import Kinds, is_index, names_in
from symback.reading.proving.names import Name, Spelling
from symback.reading.proving.objective import Objective, adjoint_names, differentiated
from symback.reading.proving.solving import solved
from symback.reading.proving.stating import Reading, Stating, modelled
from symback.records import dataclass

__all__ = ["Case", "Pair"]

_PLAIN = Reading()

Pair = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Case:
    """Equations of a forward pass with what is differentiated in the lines beside them.

    Attributes:
        equations: of the forward pass.
        loss: the whole loss; None where there is not one.
        by: by what is differentiated.
        adjoints: quantities that stand for the adjoint of another, with the objective.
        choices: what can be a number, a vector and a matrix.
        spelling: how symbols are told apart.
        said: what the document says of losses besides, in equations that were not taken up.
    """

    equations: tuple[Equation, ...]
    loss: Name | None
    by: frozenset[Name]
    adjoints: Mapping[Name, tuple[Objective, Name]]
    choices: tuple[Kinds, ...]
    spelling: Spelling
    said: tuple[Pair, ...] = ()

    @classmethod
    def of(
        cls, equations: Sequence[Pair], claims: Sequence[Pair], said: Sequence[Pair] = ()
    ) -> Case:
        """Learn from both.

        Args:
            equations: of the forward pass, and of names for derivatives.
            claims: the lines.
            said: what the document says of losses besides, in equations that were not taken up.

        Raises:
            NotLowered: where updates of weights are counted, and where a letter can be one value of
                an index.
        """
        lefts = [left for left, _ in equations if isinstance(left, Symbol)]
        about = [found for pair in claims for side in pair if (found := differentiated(side))]
        spelling = Spelling.of(
            [side for pair in (*equations, *claims) for side in pair],
            [*lefts, *(by for by, _ in about)],
            equations,
        )
        if spelling.has_updates:
            raise NotLowered("updates")
        if spelling.values:
            raise NotLowered("index", min(spelling.values))
        loss = _loss(spelling, lefts, (of for _, of in about))
        # `l = L - 1` says of which step something is, and is no quantity.
        equations = [
            (left, right)
            for left, right in equations
            if not (isinstance(left, Symbol) and is_index(spelling, left))
        ]
        adjoints = adjoint_names([*claims, *equations], spelling)
        forward = tuple(
            Equation(left, right)
            for left, right in equations
            if isinstance(left, Symbol)
            and not is_backward(right, adjoints, spelling)
            and spelling.use(left).name not in adjoints
        )
        by = frozenset(spelling.use(symbol).name for symbol, _ in about)
        choices = solved(spelling, [(e.left, e.right) for e in forward], claims)
        # `J(W) = …` is no equation of a quantity, but says what the loss is of.
        said = [*said, *(pair for pair in equations if isinstance(pair[0], Call))]
        return cls(forward, loss, by, adjoints, tuple(choices), spelling, tuple(said))

    def objective_of(self, left: Node) -> Objective | None:
        """What is differentiated in a line, by its left side; None where it is nothing known."""
        left = stripped(left)
        whole = Objective(self.loss) if self.loss is not None else None
        if isinstance(left, Symbol):
            return self.adjoints.get(self.spelling.use(left).name, (None, None))[0]
        about = differentiated(left)
        if about is None or about[1] is None:
            return whole
        found = Objective.of(self.spelling.use(about[1]))
        return found if found is not None and (found.letter or found == whole) else None

    def without_loss(self, objective: Objective) -> Case | None:
        """The same without the equation of the loss, which then is any function of the outputs.

        None where there is none, or it cannot be that.
        """
        lost = [e for e in self.equations if self.spelling.use(e.left) == (objective.name, ())]
        if objective.letter or not lost:
            return None
        kept = tuple(e for e in self.equations if e not in lost)
        said = (*self.said, *((e.left, e.right) for e in lost))
        without = replace(self, equations=kept, said=said)
        return without if without.may_suppose(objective) else None

    def may_suppose(self, objective: Objective) -> bool:
        """Whether a loss without an equation can be any function of the outputs.

        Not where the document says that it is of something else as well: of what is learnt, as
        weight decay is, or of what the outputs are made from, as a penalty on hidden units is.
        """
        of = {
            name
            for left, right in self.said
            if _letter(left) == objective.name.base
            for name in names_in(self.spelling, right)
        }
        made = {self.spelling.use(e.left).name for e in self.equations}
        try:
            outputs = Forward(self.spelling, self.equations, objective).outputs
        except NotLowered:
            return False  # nothing is left that it could be of
        return not (of & (self.by - made) or of & made - {*outputs})

    def stated(
        self,
        kinds: Kinds,
        meanings: Mapping[str, str],
        reading: Reading = _PLAIN,
        objective: Objective | None = None,
    ) -> Stating:
        """The model under one choice of kinds, and one reading of what is left unsaid.

        Args:
            kinds: the choice.
            meanings: functions by the one of the catalogue that they are.
            reading: how what the document leaves unsaid is read.
            objective: what is differentiated; the whole loss where it is not said.

        Raises:
            NotLowered: with a code, for what the language cannot say.
        """
        if objective is None:
            if self.loss is None:
                raise NotLowered("no-loss")
            objective = Objective(self.loss)
        return modelled(
            kinds,
            self.equations,
            objective,
            by=self.by,
            adjoints={
                name: by for name, (of, by) in self.adjoints.items() if of.name == objective.name
            },
            meanings=meanings,
            reading=reading,
        )


def _letter(left: Node) -> str:
    left = stripped(left)
    if isinstance(left, Call):
        return base_of(left.function)
    return base_of(left) if isinstance(left, Symbol) else ""


def _loss(spelling: Spelling, lefts: Iterable[Symbol], of: Iterable[Symbol | None]) -> Name | None:
    """The one number that is differentiated, the one that is defined before others."""
    defined = {spelling.use(left).name for left in lefts if not spelling.use(left).indices}
    of = list(of)
    found = {spelling.use(symbol) for symbol in of if symbol is not None}
    names = {name for name, indices in found if not indices}
    if None in of and not found:
        names = {name for name in defined if name.base in spelling.losses}
    names = names & defined or {name for name in names if name.base in spelling.losses}
    return names.pop() if len(names) == 1 else None
