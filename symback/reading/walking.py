"""The one walk over the statements of a document: the verdict on each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Derivative,
    Differential,
    Matrix,
    Nabla,
    Node,
    Number,
    Product,
    Symbol,
    Transpose,
    stripped,
)  # fmt: skip
from symback.reading.judging.batch_alone import OneSample, of_numbers, of_one_sample
from symback.reading.judging.batch_twins import BatchTwins
from symback.reading.judging.cases_of_indices import holds_in_case
from symback.reading.judging.certainty import (
    doubts,
    holds_as_written,
    is_not_differentiated,
    resembles,
    shows_slip,
)
from symback.reading.judging.changes import Changes
from symback.reading.judging.each_step import EachStep
from symback.reading.judging.given_values import beside_example, with_given
from symback.reading.judging.implications import Implications, says_zero, unknowns
from symback.reading.judging.judge import Judge, Readings
from symback.reading.judging.ledger import Ledger
from symback.reading.judging.linearity import is_linear
from symback.reading.judging.otherwise import letters_of, may_be_condition, may_be_misread
from symback.reading.judging.printed_chains import along_chain
from symback.reading.judging.symmetric import Matrices, said_to_be
from symback.reading.meaning.of_equation import OfEquation
from symback.reading.meaning.one_sample import OfSample, losses_of_samples
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.function_meanings import SIGMOIDS
from symback.reading.network.ranks import ELEMENTWISE, LOSSES
from symback.reading.network.symbols import everything, quantities, spelled
from symback.reading.network.targets import targets_of_cross_entropy
from symback.reading.network.worlds import Worlds
from symback.reading.repairing.deltas import mend_deltas
from symback.reading.repairing.diagnosis import Diagnostician
from symback.reading.statements.means import with_means_over_all
from symback.reading.statements.repeated_indices import with_sums
from symback.reading.statements.statements import ADDITIONS, Kind, Place, Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["judged", "loses_weight"]

_SETTLED = {
    Kind.ASSIGNMENT: Status.ASSIGNMENT,
    Kind.REMARK: Status.REMARK,
    Kind.EXPRESSION: Status.REMARK,
    Kind.UNREAD: Status.UNREAD,
}
_GOOD = (Status.PROVED, Status.AGREES)
_BY_DERIVING = (Derivative, Differential, Nabla)
_USUAL_FUNCTIONS = ("tanh", "sigmoid", "softplus")
_DIFFERS = ("doubtful-condition", "doubtful-begun-anew", "doubtful-borrowed")
_ENTRYWISE = re.compile(r"element-?\s?wise|hadamard|entry by entry", re.IGNORECASE)
# Why a line can be open for what is said further on.
_CONFUSED = ("shape-of-definition", "not-a-scalar", "circular-definition", "too-deep")
_CERTAIN = ("printed-digits", "update-loses-weight")


class _Checker:
    """The one walk over the statements of a document, in order."""

    def __init__(
        self, statements: Sequence[Statement], worlds: Worlds, *, explains: bool = True
    ) -> None:
        self.statements = statements
        self.worlds = worlds
        self.explains = explains
        self.implications = Implications(statements)
        self.judges: dict[int, tuple[Judge, Diagnostician, dict[int, Judgement]]] = {}
        self.found: list[Judgement] = []
        self.ledgers: dict[int, Ledger] = {}
        self.variants: dict[tuple[int, str], Judge] = {}
        self.steps: dict[int, EachStep] = {}
        self.changes = Changes(worlds)
        self.twins = BatchTwins(worlds)
        self.means: tuple[Worlds, str] | None = None
        self.alone: list[OneSample | None] = []
        self.other_way: dict[int, tuple[DocumentModel, DocumentModel]] = {}

    def about(self, statement: Statement) -> tuple[Judge, Diagnostician, dict[int, Judgement]]:
        """The judge of the network that a statement is about, and what it mended in it."""
        return self._judge_of(self.worlds.of(statement))

    def _judge_of(self, model: DocumentModel) -> tuple[Judge, Diagnostician, dict[int, Judgement]]:
        if id(model) not in self.judges:
            mended = mend_deltas(model, self.statements)
            judge = Judge(model)
            everywhere = (*model.stated.statements, *self.statements)
            self.judges[id(model)] = judge, Diagnostician(judge, everywhere), mended
        return self.judges[id(model)]

    def walk(self) -> tuple[Judgement, ...]:
        for statement in self.statements:
            ledger = self.ledgers.setdefault(self.worlds.section[id(statement)], Ledger())
            judgement = self.judgement(statement, ledger)
            ledger.note(self.about(statement)[0], judgement)
            self.found.append(judgement)
        found = self._in_one_way(self._unless_sums_are_left_out())
        return self.implications.as_supposed(found)

    def _unless_sums_are_left_out(self) -> list[Judgement]:
        """Leave open what is right with sums that are not written, where several lines lack one.

        In one line alone it was forgotten.
        """
        if not any(judgement.status is Status.REFUTED for judgement in self.found):
            return self.found
        lacking: dict[int, Statement] = {}
        for judgement, new in zip(self.found, with_sums(self.statements), strict=True):
            statement = judgement.statement
            if judgement.status is not Status.REFUTED or judgement.reason != "values":
                continue
            if new.left is None or new.right is None:
                continue
            if (new.left, new.right) == (statement.left, statement.right):
                continue
            if self.about(statement)[0].sides(new.left, new.right).status in _GOOD:
                lacking[id(statement)] = statement
        if len({statement.chain for statement in lacking.values()}) < 2:
            return self.found
        sections = {self.worlds.section[statement] for statement in lacking}
        return [
            j.doubted()
            if id(j.statement) in lacking
            or (
                j.status is Status.REFUTED
                and not (j.diagnoses or j.reason in _CERTAIN)
                and self.worlds.section[id(j.statement)] in sections
            )
            else j
            for j in self.found
        ]

    def judgement(self, statement: Statement, ledger: Ledger) -> Judgement:
        """The verdict on one statement."""
        judgement = self._unless_restated(self._judgement(statement, ledger))
        judgement = self._of_batch(self._of_means(judgement))
        judgement = self._unless_solved(self._from_head(judgement))
        return self.about(statement)[1].of_either_side(judgement)

    def _from_head(self, judgement: Judgement) -> Judgement:
        """Prove a link that is open and equal to the derivative with which its chain begins.

        What stands between may be a form that nothing says how to lay out.
        """
        statement = judgement.statement
        if judgement.status is not Status.UNDECIDED or not statement.is_claim:
            return judgement
        if statement.position < 2 or statement.place is not Place.CHAIN or statement.conditional:
            return judgement
        before = [j for j in self.found if j.statement.chain == statement.chain]
        head = before[0].statement.left if before else None
        if not isinstance(head, _BY_DERIVING) or any(
            j.statement.relation != "=" or j.status is Status.REFUTED for j in before
        ):
            return judgement
        found = self._shown(self.worlds.of(statement), replace(statement, left=head))
        return replace(found, statement=statement) if found is not None else judgement

    def _of_means(self, judgement: Judgement) -> Judgement:
        """Prove what is refuted or open, and right where a divisor is the number of all terms."""
        statement = judgement.statement
        if judgement.status not in (Status.REFUTED, Status.UNDECIDED) or not statement.is_claim:
            return judgement
        if judgement.reason not in ("values", "doubtful-readings", "doubtful-borrowed"):
            return judgement
        if self.means is None:
            ended, letters = with_means_over_all(self.statements)
            worlds = Worlds(ended, self.worlds.headings, self.worlds.stated) if letters else None
            self.means = worlds or self.worlds, letters
        worlds, of = self.means
        if not of:
            return judgement
        same = worlds.statements[self.worlds.place[id(statement)]]
        found = self._shown(worlds.of(same), same, ("means-over-all", {"of": of}))
        return replace(found, statement=statement) if found is not None else judgement

    def _shown(
        self, model: DocumentModel, statement: Statement, *said: tuple[str, dict[str, str]]
    ) -> Judgement | None:
        """What shows a statement about a network, as usually meant if need be; None for nothing."""
        plain: tuple[Judge, Readings] = (self._judge_of(model)[0], ())
        for judge, reading in (plain, *self._variants(model)):
            found = judge.judge(statement)
            if found.status in _GOOD:
                return replace(found, readings=(*found.readings, *reading, *said))
        return None

    def _of_batch(self, judgement: Judgement) -> Judgement:
        """Prove what is left open of a batch and right of every sample in it."""
        statement = judgement.statement
        if judgement.status is not Status.UNDECIDED or not statement.is_claim:
            return judgement
        twin = self.twins.of(statement)
        if twin is None:
            return self._of_batch_alone(judgement)
        of = ", ".join(sorted(self.twins.letters))
        said = [("samples-in-columns", {"of": of})]
        if self.twins.count:
            said.append(("gradients-are-means", {"of": self.twins.count}))
        found = self._shown(self.worlds.entire(), twin, *said)
        return replace(found, statement=statement) if found is not None else judgement

    def _of_batch_alone(self, judgement: Judgement) -> Judgement:
        """Prove what is right of each sample, where the document is about a batch alone."""
        if not self.alone:
            self.alone.append(of_one_sample(self.worlds))
        one, place = self.alone[0], self.worlds.place[id(judgement.statement)]
        if one is None or place not in one.judged:
            return judgement
        said = [("samples-in-columns", {"of": ", ".join(one.letters)})]
        if one.count:
            said.append(("gradients-are-means", {"of": one.count}))
        for twin in of_numbers(one.worlds.statements[place]):
            if (found := self._shown(one.worlds.entire(), twin, *said)) is not None:
                return replace(found, statement=judgement.statement)
        return judgement

    def _unless_solved(self, judgement: Judgement) -> Judgement:
        """Leave open an equation that only holds by what it is solved for further on.

        `2 a w + b = 0` before `w = -b / 2a` asks for w, and is no claim about every w.
        """
        statement = judgement.statement
        if judgement.status not in _GOOD or not statement.is_claim or not says_zero(statement):
            return judgement
        model = self.worlds.without_later(statement, unknowns(statement))
        if model is None or self._judge_of(model)[0].judge(statement).status in _GOOD:
            return judgement
        return Judgement(statement, Status.UNDECIDED, "doubtful-condition")

    def _unless_restated(self, judgement: Judgement) -> Judgement:
        """Leave open what is right by an equation that may only say again what was known.

        Where nothing showed that it says something else, and the line is wrong by the first one,
        either can be the slip.
        """
        if judgement.status not in _GOOD or not judgement.statement.is_claim:
            return judgement
        model = self.worlds.without_unsure(judgement.statement)
        if model is None:
            return judgement
        judges = (self._judge_of(model)[0], *(other for other, _ in self._variants(model)))
        found = [judge.judge(judgement.statement).status for judge in judges]
        if found[0] is not Status.REFUTED or any(status in _GOOD for status in found):
            return judgement
        return Judgement(judgement.statement, Status.UNDECIDED, "doubtful-begun-anew")

    def _judgement(self, statement: Statement, ledger: Ledger) -> Judgement:
        status = _SETTLED.get(statement.kind)
        judge, diagnostician, mended = self.about(statement)
        if id(statement) in mended:
            return mended[id(statement)]
        if status is Status.ASSIGNMENT and loses_weight(judge, statement):
            return Judgement(statement, Status.REFUTED, "update-loses-weight")
        if status is not None:
            return Judgement(statement, status, _reason(statement))
        if self._only_counts(statement):
            return Judgement(statement, Status.REMARK)
        if id(statement) in judge.model.definitions.adopted:
            return Judgement(statement, Status.DEFINITION)
        if (each := self._of_each_step(judge.model, statement)) is not None:
            return each
        judge.numbers = ledger.numbers(judge, {})
        judgement = ledger.judgement(judge, judge.judge(statement))
        judgement = along_chain(judge, ledger, judgement, self.found)
        if judgement.reason == "printed-digits":
            if judgement.status is Status.REFUTED and _is_entrywise(statement):
                return judgement.doubted()
            if judgement.status is Status.REFUTED and _asks_for_zero(statement):
                return judgement.doubted("doubtful-condition")  # `6 w + 24 = 0` is solved for w
            return judgement
        if judgement.reason == "values" and ledger.values:
            beside = beside_example(judge, statement, ledger.values)
            if beside is not None and beside.status in _GOOD:
                said = (*judgement.readings, ("kinks-as-given", {}))
                return Judgement(statement, Status.AGREES, "numbers", readings=said)
            given = with_given(judge, statement, ledger.values)
            if given is not None and given.status in _GOOD:
                return Judgement(statement, Status.AGREES, "numbers", readings=judgement.readings)
        if judgement.status not in (Status.REFUTED, Status.UNDECIDED):
            return self._unless_of_arrays(judge.model, judgement)
        is_open = unsettled = False
        for other, reading in self._readings(statement, judge):
            second = other.judge(statement)
            if second.status in _GOOD:
                if judgement.reason == "values" and not reading:
                    if self.worlds.forgets(other.model, statement):
                        return judgement.doubted("doubtful-begun-anew")
                second = replace(second, readings=(*second.readings, *reading))
                return self._unless_of_arrays(judge.model, second)
            if judgement.reason == "shape" and second.reason == "layout":
                judgement = second  # with targets that sum to one, one side is the other turned
            of_samples = isinstance(other.interpreter, OfSample)
            is_open = is_open or (of_samples and second.status is Status.UNDECIDED)
            is_usual = any(code == "targets-sum-to-one" for code, _ in reading)
            unsettled = unsettled or (is_usual and second.status is Status.UNDECIDED)
        if judgement.status is Status.UNDECIDED and is_linear(judge.model, statement):
            return Judgement(statement, Status.PROVED, "identity")
        if (changed := self.changes.shown(statement, judge)) is not None:
            return changed
        if (turned := self._of_other_way(judge.model, judgement)) is not None:
            return turned
        if (earlier := self._so_far(judgement)) is not None:
            return earlier
        judgement = self._of_equation(judge, _sound_again(judge, judgement, self.found))
        judgement = self._of_any_function(judge.model, judgement)
        if is_open and judgement.status not in _GOOD and any(losses_of_samples(judge.model)):
            # It may be right of the losses of single samples, which were not understood.
            return judgement.doubted()
        if unsettled and judgement.status is Status.REFUTED:
            return judgement.doubted()  # with targets that sum to one it may be right
        judgement = self._unless_right_of_arrays(judge.model, judgement)
        judgement = self._unless_right_of_numbers(judge.model, judgement)
        judgement = self._unless_slip_in_definition(judgement)
        if judgement.status is Status.REFUTED and self.explains:
            judgement = diagnostician.explained(judgement, self.found)
            if not judgement.diagnoses:
                judgement = self._explained_otherwise(judge, judgement)
            judgement = self._unless_doubtful(judge, judgement)
            if judgement.status is Status.REFUTED and _codes(judgement) == {"shape"}:
                judgement = self._explained_otherwise(judge, judgement)
        if statement.defines and judgement.status not in _GOOD:
            judgement = self._begun_anew(statement, judgement)
        elif judgement.status not in _GOOD and statement.kind is Kind.DEFINITION:
            return Judgement(statement, Status.DEFINITION)
        return judgement

    def _so_far(self, judgement: Judgement) -> Judgement | None:
        """What holds by what was said before a line, where what comes later stands in its way.

        What later equations make wrong is left open: they may be about the same quantities.
        """
        refuted = judgement.status is Status.REFUTED
        if not (refuted or judgement.reason in _CONFUSED):
            return None
        model = self.worlds.so_far(judgement.statement)
        found = self._shown(model, judgement.statement) if model is not None else None
        if found is None:
            return None
        return judgement.doubted("doubtful-begun-anew") if refuted else found

    def _of_other_way(self, model: DocumentModel, judgement: Judgement) -> Judgement | None:
        """What holds with vectors the other way, where nothing tells which way they are.

        All lines about one network have to hold one way, which `_in_one_way` looks after.
        """
        other = self.worlds.other_way(model)
        if other is None:
            return None
        code = "samples-in-columns" if other.columns else "samples-in-rows"
        matrices = {d.parts.base for d in other.definitions.all() if other.ranks.of(d.parts) == 2}
        found = self._shown(other, judgement.statement, (code, {"of": ", ".join(sorted(matrices))}))
        if found is not None:
            self.other_way[id(judgement.statement)] = model, other
        return found

    def _in_one_way(self, judgements: list[Judgement]) -> list[Judgement]:
        """Leave open what needs vectors one way where other lines need them the other way."""
        apart: set[int] = set()
        for at, (model, other) in self.other_way.items():
            judge = self._judge_of(other)[0]
            for each in judgements:
                statement = each.statement
                if each.status in _GOOD and id(statement) not in self.other_way:
                    if self.worlds.of(statement) is model:
                        if judge.judge(statement).status is Status.REFUTED:
                            apart |= {at, id(statement)}
        if not apart:
            return judgements
        return [j.doubted("doubtful-shape") if id(j.statement) in apart else j for j in judgements]

    def _of_each_step(self, model: DocumentModel, statement: Statement) -> Judgement | None:
        """The verdict on a line without the numbers of layers; None where it lacks none.

        It is right where it is right of every layer that has all its letters.
        """
        if id(model) not in self.steps:
            self.steps[id(model)] = EachStep(model)
        lines = self.steps[id(model)].of(statement)
        if lines is None:
            return None
        at_each, letters = lines
        shown = [self._shown(model, line, ("each-step", {"of": letters})) for line in at_each]
        if at_each and (found := shown[0]) is not None and None not in shown:
            return replace(found, statement=statement)
        return Judgement(statement, Status.UNDECIDED, "without-number", {"of": letters})

    def _only_counts(self, statement: Statement) -> bool:
        """Say whether a statement only says which units or layers are meant: `m = L`."""
        left, right = statement.left, statement.right
        if not (isinstance(left, Symbol) and isinstance(right, Symbol)):
            return False
        return left == left.base and right == right.base and left.name in self.worlds.counting

    def _unless_of_arrays(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Leave open what only holds if capital letters are numbers, where nothing says it."""
        arrays = self.worlds.of_arrays(model) if judgement.status in _GOOD else None
        if arrays is None:
            return judgement
        judges = (self._judge_of(arrays)[0], *(other for other, _ in self._variants(arrays)))
        of_array = _differentiates_defined(model, judgement.statement)
        for other in judges:
            found = other.judge(judgement.statement)
            if found.status in _GOOD or (of_array and found.reason == "jacobian-layout"):
                return judgement
        return Judgement(
            judgement.statement, Status.UNDECIDED, "numbers-or-arrays",
            {"of": ", ".join(model.ranks.capitals)},
        )  # fmt: skip

    def _unless_right_of_numbers(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Leave open what is wrong of vectors and right by its own equations, which show none.

        `(a - y) * x` with `a = w * x + b` is of numbers as well as not: small letters and no more.
        """
        statement = judgement.statement
        if judgement.status is not Status.REFUTED or judgement.reason not in ("values", "shape"):
            return judgement
        if not model.arrays or not all(map(_shows_no_array, _sides_of(statement))):
            return judgement
        own = Judge(self.worlds.by_own_equations(statement))
        return judgement.doubted() if own.judge(statement).status in _GOOD else judgement

    def _unless_slip_in_definition(self, judgement: Judgement) -> Judgement:
        """Leave open what is right but for a definition in whose own line there may be a slip."""
        statement = judgement.statement
        if judgement.status is not Status.REFUTED:
            return judgement
        wrong = (Status.REFUTED, Status.UNDECIDED)
        unequal = [j.statement for j in self.found if j.status in wrong]
        model = self.worlds.by_next_links(statement, unequal)
        if model is None:
            return judgement
        local = model.variant(supposing=self._chain_of(statement))
        for other in (model, local):
            if self._shown(other, statement) is not None:
                return judgement.doubted("doubtful-definition")
        return judgement

    def _unless_right_of_arrays(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Leave open what is wrong of numbers and right where capital letters are matrices."""
        arrays = self.worlds.of_arrays(model) if judgement.status is Status.REFUTED else None
        if (
            arrays is None
            or self._judge_of(arrays)[0].judge(judgement.statement).status not in _GOOD
        ):
            return judgement
        return judgement.doubted()

    def _of_equation(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Do not refute what is true of the partial derivatives of single equations.

        Where a document writes total derivatives with an upright d, a round one says which is
        meant; elsewhere both can be.
        """
        statement = judgement.statement
        if judgement.status is not Status.REFUTED:
            return judgement
        if not any(isinstance(n, Derivative) and n.kind == "∂" for n in _sides_of(statement)):
            return judgement
        key = id(judge.model), "of-equation"
        if key not in self.variants:
            self.variants[key] = Judge(judge.model, OfEquation)
        second = self.variants[key].judge(statement)
        if second.status not in _GOOD:
            return judgement
        if any(
            isinstance(n, Derivative) and n.kind == "d"
            for s in self.statements
            for n in _sides_of(s)
        ):
            return second
        return replace(second, status=Status.UNDECIDED, reason="partial-or-total")

    def _of_any_function(self, model: DocumentModel, judgement: Judgement) -> Judgement:
        """Do not refute what is right of a usual function where a letter is left open.

        With `a = f(z)` and nothing else, `da/dz = 1 - a^2` says which function f is.
        """
        names = sorted(model.open_functions) if judgement.reason == "values" else []
        if judgement.status is not Status.REFUTED or not names:
            return judgement
        if not any(isinstance(n, _BY_DERIVING) for n in _sides_of(judgement.statement)):
            return judgement
        for name in names:
            for usual in _USUAL_FUNCTIONS:
                code: Readings = ((f"{name} is {usual}", {}),)
                other = self._variant(model, code, meanings={name: usual})
                if other.judge(judgement.statement).status in _GOOD:
                    about = {"symbol": name}
                    return Judgement(judgement.statement, Status.UNDECIDED, "undeclared", about)
        return judgement

    def _is_derivative(self, model: DocumentModel, statement: Statement) -> bool:
        """Say whether a line is about a derivative with a name of its own: delta stays delta."""
        if not isinstance(statement.left, Symbol) or statement.right is None:
            return False
        for definition in model.definitions.under(model.names.split(statement.left)):
            if isinstance(definition.body, Derivative | Nabla):
                return True
        return False

    def _unless_doubtful(self, judge: Judge, judgement: Judgement) -> Judgement:
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

    def _explained_otherwise(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Look for what is wrong under what is usually meant without being said."""
        for other, readings in self._variants(judge.model):
            second = other.judge(judgement.statement)
            if second.status is Status.REFUTED:
                everywhere = (*judge.model.stated.statements, *self.statements)
                found = Diagnostician(other, everywhere).explained(second, self.found)
                if _codes(found) - _codes(judgement):
                    return replace(found, readings=(*found.readings, *readings))
        return judgement

    def _chain_of(self, statement: Statement) -> list[Node]:
        """All sides of the chain in which a statement is a link."""
        return [
            side
            for s in self.statements
            if s.excerpt is statement.excerpt and s.chain == statement.chain
            for side in (s.left, s.right)
            if side is not None
        ]

    def _readings(self, statement: Statement, judge: Judge) -> Iterator[tuple[Judge, Readings]]:
        """Other networks that a statement may be meant of, the likelier first."""
        chain = self._chain_of(statement)
        local = judge.model.variant(supposing=chain)
        if local.definitions.supposed != judge.model.definitions.supposed:
            yield Judge(local), ()
        if (one := self.worlds.of_one_example(statement)) is not None:
            model, of = one
            yield self._judge_of(model)[0], (("one-example", {"of": of}),)
        if said := self._symmetric(judge.model, statement):
            reading: Readings = (("symmetric-as-said", {"of": ", ".join(said.values())}),)
            yield Judge(judge.model.variant(symmetric=said)), reading
        yield from self._variants(judge.model)
        has_samples = judge.model.names.sampled or any(losses_of_samples(judge.model))
        if has_samples and any(isinstance(n, Differential) for n in _nodes(chain)):
            for other, readings in ((judge, ()), *self._variants(judge.model)):
                key = id(other.model), "of-sample"
                if key not in self.variants:
                    self.variants[key] = Judge(other.model, OfSample)
                yield self.variants[key], readings
        refuted = [j.statement for j in self.found if j.status is Status.REFUTED]
        for model in self.worlds.others(statement, refuted):
            if model is not judge.model:
                yield self._judge_of(model)[0], ()
                yield from self._variants(model)

    def _symmetric(self, model: DocumentModel, statement: Statement) -> Matrices:
        """The matrices of a statement that its section says to be symmetric before it."""
        section = self.worlds.section
        own, place = section[id(statement)], self.worlds.place[id(statement)]
        before = (s for s in self.statements[:place] if section[id(s)] == own)
        return said_to_be(model, statement, before)

    def _variants(self, model: DocumentModel) -> Iterator[tuple[Judge, Readings]]:
        """A network under what is usually meant without being said."""
        logistic: Readings = (("sigma-is-logistic", {}),)
        sigmoid = dict.fromkeys(SIGMOIDS, "sigmoid")
        yield self._variant(model, logistic, meanings=sigmoid), logistic
        targets = targets_of_cross_entropy(model)
        if targets:
            unit: Readings = (("targets-sum-to-one", {"of": ", ".join(sorted(targets))}),)
            yield self._variant(model, unit, unit_sums=targets), unit
            both = (*logistic, *unit)
            yield self._variant(model, both, meanings=sigmoid, unit_sums=targets), both

    def _variant(self, model: DocumentModel, readings: Readings, **changes: Any) -> Judge:
        key = id(model), " ".join(code for code, _ in readings)
        if key not in self.variants:
            self.variants[key] = Judge(model.variant(**changes))
        return self.variants[key]

    def _begun_anew(self, statement: Statement, judgement: Judgement) -> Judgement:
        """Take an equation that does not fit the earlier one for a new definition.

        A slip is a line that one small edit makes true and that speaks of the same quantities.
        """
        if judgement.status is Status.REFUTED and (resembles(judgement) or shows_slip(judgement)):
            return judgement
        judge, _, _ = self.about(statement)
        if self._is_derivative(judge.model, statement) or not self.worlds.may_begin(statement):
            return judgement
        if self.implications.concerns(statement):
            return judgement  # `if a = y` says nothing of what a is
        differs = judgement.status is Status.REFUTED or judgement.reason in _DIFFERS
        self.worlds.begin_anew(
            statement, differs=differs or _is_of_other_letters(judge.model, statement)
        )
        judge, _, _ = self.about(statement)
        if id(statement) in judge.model.definitions.adopted:
            return Judgement(statement, Status.DEFINITION)
        return judgement


def _shows_no_array(node: Node) -> bool:
    """Say whether nothing in a node is a sign of arrays: no capital, no bold, no index, no T."""
    if isinstance(node, Symbol):
        letter = node.name in LOSSES or node.name[:1].islower() or not node.name[:1].isalpha()
        return letter and not (node.subscripts or node.font == "bold" or "vec" in node.accents)
    if isinstance(node, Product):
        return ELEMENTWISE.isdisjoint(node.operators)
    return not isinstance(node, Transpose | Matrix)


def _asks_for_zero(statement: Statement) -> bool:
    """Say whether a line sets what has a letter in it to 0."""
    right = stripped(statement.right) if statement.right is not None else None
    left = statement.left
    return (
        isinstance(right, Number)
        and right.value == 0
        and left is not None
        and any(True for _ in quantities(left))
    )


def _is_entrywise(statement: Statement) -> bool:
    """Say whether a product of arrays is said to be entry by entry, in words beside its dots."""
    return bool(_ENTRYWISE.search(statement.excerpt.text)) and any(
        isinstance(node, Matrix) for side in _sides_of(statement) for node in everything(side)
    )


def _is_of_other_letters(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation is made of other letters than those there were for its left side."""
    left, right = statement.definition
    if not isinstance(left, Symbol) or right is None:
        return False
    earlier = [definition.body for definition in model.definitions.under(model.names.split(left))]
    return bool(earlier) and all(letters_of(right) != letters_of(body) for body in earlier)


def _differentiates_defined(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line is about the derivative of what has an equation: `∂z/∂W = a`."""
    of = statement.left.of if isinstance(statement.left, Derivative) else None
    return isinstance(of, Symbol) and bool(model.definitions.under(model.names.split(of)))


def _sides_of(statement: Statement) -> Iterator[Node]:
    return _nodes([s for s in (statement.left, statement.right) if s is not None])


def _nodes(sides: Sequence[Node]) -> Iterator[Node]:
    for side in sides:
        yield from everything(side)


def _codes(judgement: Judgement) -> set[str]:
    """What is known of a slip."""
    return {diagnosis.code for diagnosis in judgement.diagnoses}


def judged(
    statements: tuple[Statement, ...], worlds: Worlds, *, explains: bool = True
) -> tuple[Judgement, ...]:
    """The verdicts on all statements of a document, in order.

    Args:
        statements: the document's.
        worlds: the networks that they are about.
        explains: whether what is refuted is said why, and left open where that is not certain;
            without it only what holds is told.
    """
    return _Checker(statements, worlds, explains=explains).walk()


def _sound_again(judge: Judge, judgement: Judgement, earlier: list[Judgement]) -> Judgement:
    """Do not refute a link only because the one before it was wrong.

    A link after a refuted one is compared with the last expression of the chain that was sound;
    and one that only carries on what was refuted is refuted with it.
    """
    statement = judgement.statement
    before = [
        j for j in earlier
        if j.statement.chain == statement.chain and j.statement.place is statement.place
        and j.statement.position < statement.position
    ]  # fmt: skip
    if not before or before[-1].status is not Status.REFUTED:
        return judgement
    head = next(j.statement.left for j in before if j.status is Status.REFUTED)
    if judgement.status not in (Status.REFUTED, Status.PROVED, Status.AGREES):
        return judgement
    return judge.judge(statement, head)


def loses_weight(judge: Judge, statement: Statement) -> bool:
    """Say whether nothing of the old value is left in an update whose gradient vanishes."""
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or right is None or statement.relation in ADDITIONS:
        return False
    slopes = [node for node in everything(right) if isinstance(node, Derivative)]
    if not any(_is_same_weight(left, by) for by in _by_symbols(slopes)):
        return False  # `delta <- dz/dx delta` hands on what is no weight
    if left.unmarked not in {symbol.unmarked for symbol in quantities(right)}:
        return False

    def still(node: Node) -> Node:
        return Number("0") if isinstance(node, Derivative) else changed(node, still)

    return judge.sides(still(right), Number("0")).status is Status.PROVED


def _is_same_weight(left: Symbol, by: Symbol) -> bool:
    """Say whether a slope is by what is updated, `w_{ji}` for `W_{ij}` included."""
    if left.unmarked == by.unmarked:
        return True
    one, other = left.unmarked, by.unmarked
    scripts = [sorted(map(spelled, each.subscripts)) for each in (one, other)]
    return one.name.lower() == other.name.lower() and scripts[0] == scripts[1] != []


def _by_symbols(slopes: Sequence[Derivative]) -> Iterator[Symbol]:
    for slope in slopes:
        yield from (by for by in slope.by if isinstance(by, Symbol))


def _reason(statement: Statement) -> str:
    return str(statement.unread.reason) if statement.unread else ""
