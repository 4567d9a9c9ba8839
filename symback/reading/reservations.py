"""Verdicts that are left open: right or wrong only as the document need not be meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from symback.reading.formula.syntax import (
    Derivative,
    Differential,
    Hessian,
    Matrix,
    Nabla,
    Node,
    Product,
    Symbol,
    Transpose,
)  # fmt: skip
from symback.reading.judges import Judges
from symback.reading.judging.cases_of_indices import holds_in_case
from symback.reading.judging.certainty import (
    doubts,
    holds_as_written,
    is_not_differentiated,
    shows_slip,
)
from symback.reading.judging.implications import says_zero, unknowns
from symback.reading.judging.judge import Judge, Readings
from symback.reading.judging.otherwise import may_be_condition, may_be_misread
from symback.reading.meaning.of_equation import OfEquation
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.known_names import differentiated_with, nodes_of
from symback.reading.network.ranks import ELEMENTWISE, LOSSES
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["Reservations", "chain_of"]

_GOOD = (Status.PROVED, Status.AGREES)
_BY_DERIVING = (Derivative, Differential, Hessian, Nabla)
_USUAL_FUNCTIONS = ("tanh", "sigmoid", "softplus")
_CERTAIN = ("printed-digits", "update-loses-weight")


class Reservations:
    """What speaks against verdicts on the statements of one document.

    Args:
        statements: those that are judged.
        worlds: its networks.
        judges: their judges.
        found: the verdicts so far, to which more are added.
    """

    def __init__(
        self,
        statements: Sequence[Statement],
        worlds: Worlds,
        judges: Judges,
        found: Sequence[Judgement],
    ) -> None:
        self.statements = statements
        self.worlds = worlds
        self.judges = judges
        self.found = found

    def unless_solved(self, judgement: Judgement) -> Judgement:
        """Leave open an equation that only holds by what it is solved for further on.

        `2 a w + b = 0` before `w = -b / 2a` asks for w, and is no claim about every w.
        """
        statement = judgement.statement
        if judgement.status not in _GOOD or not statement.is_claim or not says_zero(statement):
            return judgement
        model = self.worlds.without_later(statement, unknowns(statement))
        if model is None or self.judges.of(model).judge(statement).status in _GOOD:
            return judgement
        return Judgement(statement, Status.UNDECIDED, "doubtful-condition")

    def unless_restated(self, judgement: Judgement) -> Judgement:
        """Leave open what is right by an equation that may only say again what was known.

        Where nothing showed that it says something else, and the line is wrong by the first one,
        either can be the slip.
        """
        if judgement.status not in _GOOD or not judgement.statement.is_claim:
            return judgement
        model = self.worlds.without_unsure(judgement.statement)
        if model is None:
            return judgement
        judges = (self.judges.of(model), *(other for other, _ in self.judges.variants(model)))
        found = [judge.judge(judgement.statement).status for judge in judges]
        if found[0] is not Status.REFUTED or any(status in _GOOD for status in found):
            return judgement
        return Judgement(judgement.statement, Status.UNDECIDED, "doubtful-begun-anew")

    def unless_of_arrays(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Leave open what only holds if capital letters are numbers, where nothing says it."""
        arrays = self.worlds.of_arrays(model) if judgement.status in _GOOD else None
        if arrays is None:
            return judgement
        judges = (self.judges.of(arrays), *(other for other, _ in self.judges.variants(arrays)))
        of_array = _differentiates_defined(model, judgement.statement)
        for other in judges:
            found = other.judge(judgement.statement)
            if found.status in _GOOD or (of_array and found.reason == "jacobian-layout"):
                return judgement
        return Judgement(
            judgement.statement, Status.UNDECIDED, "numbers-or-arrays",
            {"of": ", ".join(model.ranks.capitals)},
        )  # fmt: skip

    def unless_right_of_numbers(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Leave open what is wrong of vectors and right by its own equations, which show none.

        `(a - y) * x` with `a = w * x + b` is of numbers as well as not: small letters and no more.
        """
        statement = judgement.statement
        if judgement.status is not Status.REFUTED or judgement.reason not in ("values", "shape"):
            return judgement
        if not model.arrays or not all(map(_shows_no_array, nodes_of(statement))):
            return judgement
        own = Judge(self.worlds.by_own_equations(statement))
        return judgement.doubted() if own.judge(statement).status in _GOOD else judgement

    def unless_slip_in_definition(self, judgement: Judgement) -> Judgement:
        """Leave open what is right but for a definition in whose own line there may be a slip."""
        statement = judgement.statement
        if judgement.status is not Status.REFUTED:
            return judgement
        wrong = (Status.REFUTED, Status.UNDECIDED)
        unequal = [j.statement for j in self.found if j.status in wrong]
        model = self.worlds.by_next_links(statement, unequal)
        if model is None:
            return judgement
        local = model.variant(supposing=chain_of(self.statements, statement))
        for other in (model, local):
            if self.judges.shown(other, statement) is not None:
                return judgement.doubted("doubtful-definition")
        return judgement

    def unless_right_of_arrays(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Leave open what is wrong of numbers and right where capital letters are matrices."""
        arrays = self.worlds.of_arrays(model) if judgement.status is Status.REFUTED else None
        if arrays is None or self.judges.of(arrays).judge(judgement.statement).status not in _GOOD:
            return judgement
        return judgement.doubted()

    def of_equation(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Do not refute what is true of the partial derivatives of single equations.

        Where a document writes total derivatives of the same with an upright d, a round one says
        which is meant; elsewhere both can be.
        """
        statement = judgement.statement
        if judgement.status is not Status.REFUTED:
            return judgement
        if not any(isinstance(n, Derivative) and n.kind == "∂" for n in nodes_of(statement)):
            return judgement
        second = self.judges.reading(judge.model, OfEquation).judge(statement)
        if second.status not in _GOOD:
            return judgement
        round_ones = differentiated_with("∂", statement)
        if any(round_ones & differentiated_with("d", other) for other in self.statements):
            return second
        return replace(second, status=Status.UNDECIDED, reason="partial-or-total")

    def of_any_function(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Do not refute what is right of a usual function where a letter is left open.

        With `a = f(z)` and nothing else, `da/dz = 1 - a^2` says which function f is.
        """
        names = sorted(model.open_functions) if judgement.reason == "values" else []
        if judgement.status is not Status.REFUTED or not names:
            return judgement
        if not any(isinstance(n, _BY_DERIVING) for n in nodes_of(judgement.statement)):
            return judgement
        for name in names:
            for usual in _USUAL_FUNCTIONS:
                code: Readings = ((f"{name} is {usual}", {}),)
                other = self.judges.variant(model, code, meanings={name: usual})
                if other.judge(judgement.statement).status in _GOOD:
                    about = {"symbol": name}
                    return Judgement(judgement.statement, Status.UNDECIDED, "undeclared", about)
        return judgement

    def unless_doubtful(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Leave a statement undecided where it is not certain what it is about."""
        if judgement.reason in _CERTAIN:
            return judgement
        doubt: str | None
        if holds_in_case(judge, self.worlds, judgement.statement):
            doubt = "reach"
        elif holds_as_written(judge, judgement.statement) or may_be_misread(
            judge, self.worlds, judgement
        ):
            doubt = "readings"
        elif may_be_condition(judge, self.worlds, judgement):
            doubt = "shape" if judgement.reason == "shape" else "condition"
        elif shows_slip(judgement) or is_not_differentiated(judge, judgement.statement):
            return judgement
        else:
            doubt = next(doubts(judge, self.worlds, judgement), None)
        if doubt == "shape" and (last := judge.at_last_layer(judgement.statement)) is not None:
            # Shapes that differ may be those of two layers; values at the last one are of it alone.
            if last.status is Status.REFUTED and last.reason == "values":
                judgement = replace(judgement, reason="values", arguments={}, witness=last.witness)
                doubt = next(doubts(judge, self.worlds, judgement), None)
        if doubt is None:
            return judgement
        return judgement.doubted(f"doubtful-{doubt}")


def _shows_no_array(node: Node) -> bool:
    """Say whether nothing in a node is a sign of arrays: no capital, no bold, no index, no T."""
    if isinstance(node, Symbol):
        letter = node.name in LOSSES or node.name[:1].islower() or not node.name[:1].isalpha()
        return letter and not (node.subscripts or node.font == "bold" or "vec" in node.accents)
    if isinstance(node, Product):
        return ELEMENTWISE.isdisjoint(node.operators)
    return not isinstance(node, Transpose | Matrix)


def _differentiates_defined(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line is about the derivative of what has an equation: `∂z/∂W = a`."""
    of = statement.left.of if isinstance(statement.left, Derivative) else None
    return isinstance(of, Symbol) and bool(model.definitions.under(model.names.split(of)))


def chain_of(statements: Iterable[Statement], statement: Statement) -> list[Node]:
    """All sides of the chain in which a statement is a link."""
    return [
        side
        for s in statements
        if s.excerpt is statement.excerpt and s.chain == statement.chain
        for side in (s.left, s.right)
        if side is not None
    ]
