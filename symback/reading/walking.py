"""The one walk over the statements of a document: the verdict on each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Hessian,
    Matrix,
    Nabla,
    Node,
    Number,
    Symbol,
    stripped,
)  # fmt: skip
from symback.reading.judges import Judges
from symback.reading.judging.batch_alone import OneSample, of_numbers, of_one_sample
from symback.reading.judging.batch_twins import BatchTwins
from symback.reading.judging.certainty import resembles, shows_slip
from symback.reading.judging.changes import Changes
from symback.reading.judging.each_step import EachStep
from symback.reading.judging.given_values import beside_example, with_given, with_results
from symback.reading.judging.implications import Implications
from symback.reading.judging.judge import Judge, Readings
from symback.reading.judging.ledger import Ledger
from symback.reading.judging.linearity import is_linear
from symback.reading.judging.loss_terms import of_terms
from symback.reading.judging.otherwise import letters_of
from symback.reading.judging.printed_chains import along_chain
from symback.reading.judging.symmetric import Matrices, said_to_be
from symback.reading.meaning.one_sample import OfSample, losses_of_samples
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.known_names import nodes_of
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities, spelled
from symback.reading.network.worlds import Worlds
from symback.reading.repairing.diagnosis import Diagnostician
from symback.reading.reservations import Reservations, chain_of
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
_BY_DERIVING = (Derivative, Differential, Hessian, Nabla)
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
        self.judges = Judges(statements)
        self.found: list[Judgement] = []
        self.reservations = Reservations(statements, worlds, self.judges, self.found)
        self.ledgers: dict[int, Ledger] = {}
        self.steps: dict[int, EachStep] = {}
        self.changes = Changes(worlds)
        self.twins = BatchTwins(worlds)
        self.means: tuple[Worlds, str] | None = None
        self.alone: list[OneSample | None] = []
        self.other_way: dict[int, tuple[DocumentModel, DocumentModel]] = {}

    def about(self, statement: Statement) -> tuple[Judge, Diagnostician, dict[int, Judgement]]:
        """The judge of the network that a statement is about, and what it mended in it."""
        return self.judges.about(self.worlds.of(statement))

    def walk(self) -> tuple[Judgement, ...]:
        for statement in self.statements:
            ledger = self.ledgers.setdefault(self.worlds.section[id(statement)], Ledger())
            judgement = self.judgement(statement, ledger)
            if judgement.status is Status.REFUTED and _is_where_least(statement):
                judgement = judgement.doubted("doubtful-condition")
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
        judgement = self.reservations.unless_restated(self._judgement(statement, ledger))
        judgement = self._of_terms(self._of_batch(self._of_means(judgement)))
        judgement = self.reservations.unless_solved(self._from_head(judgement))
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
        found = self.judges.shown(self.worlds.of(statement), replace(statement, left=head))
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
        found = self.judges.shown(worlds.of(same), same, ("means-over-all", {"of": of}))
        return replace(found, statement=statement) if found is not None else judgement

    def _of_terms(self, judgement: Judgement) -> Judgement:
        """Prove what is left open and right with the losses of single samples written out."""
        statement = judgement.statement
        if judgement.status is not Status.UNDECIDED or not statement.is_claim:
            return judgement
        model = self.worlds.of(statement)
        if (twin := of_terms(model, statement)) is None:
            return judgement
        written, letter = twin
        found = self.judges.shown(model, written, ("loss-of-one-sample", {"of": letter}))
        return replace(found, statement=statement) if found is not None else judgement

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
        found = self.judges.shown(self.worlds.entire(), twin, *said)
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
            if (found := self.judges.shown(one.worlds.entire(), twin, *said)) is not None:
                return replace(found, statement=judgement.statement)
        return judgement

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
            results = with_results(judge, statement, ledger.values)
            if results is not None and results.status in _GOOD:
                return Judgement(statement, Status.AGREES, "numbers", readings=judgement.readings)
        if judgement.status not in (Status.REFUTED, Status.UNDECIDED):
            return self.reservations.unless_of_arrays(judge.model, judgement)
        is_open = unsettled = False
        for other, reading in self._readings(statement, judge):
            second = other.judge(statement)
            if second.status in _GOOD:
                if self.worlds.forgets(other.model, statement):
                    if judgement.reason == "values":
                        return judgement.doubted("doubtful-begun-anew")
                    continue
                second = replace(second, readings=(*second.readings, *reading))
                return self.reservations.unless_of_arrays(judge.model, second)
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
        judgement = self.reservations.of_equation(judge, _sound_again(judge, judgement, self.found))
        judgement = self.reservations.of_any_function(judge.model, judgement)
        if is_open and judgement.status not in _GOOD and any(losses_of_samples(judge.model)):
            # It may be right of the losses of single samples, which were not understood.
            return judgement.doubted()
        if unsettled and judgement.status is Status.REFUTED:
            return judgement.doubted()  # with targets that sum to one it may be right
        judgement = self.reservations.unless_right_of_arrays(judge.model, judgement)
        judgement = self.reservations.unless_right_of_numbers(judge.model, judgement)
        judgement = self.reservations.unless_slip_in_definition(judgement)
        if judgement.status is Status.REFUTED and self.explains:
            judgement = diagnostician.explained(judgement, self.found)
            if not judgement.diagnoses:
                judgement = self._explained_otherwise(judge, judgement)
            judgement = self.reservations.unless_doubtful(judge, judgement)
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
        found = self.judges.shown(model, judgement.statement) if model is not None else None
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
        found = self.judges.shown(
            other, judgement.statement, (code, {"of": ", ".join(sorted(matrices))})
        )
        if found is not None:
            self.other_way[id(judgement.statement)] = model, other
        return found

    def _in_one_way(self, judgements: list[Judgement]) -> list[Judgement]:
        """Leave open what needs vectors one way where other lines need them the other way."""
        apart: set[int] = set()
        for at, (model, other) in self.other_way.items():
            judge = self.judges.of(other)
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
        shown = [self.judges.shown(model, line, ("each-step", {"of": letters})) for line in at_each]
        if at_each and (found := shown[0]) is not None and None not in shown:
            return replace(found, statement=statement)
        return Judgement(statement, Status.UNDECIDED, "without-number", {"of": letters})

    def _only_counts(self, statement: Statement) -> bool:
        """Say whether a statement only says which units or layers are meant: `m = L`."""
        left, right = statement.left, statement.right
        if not (isinstance(left, Symbol) and isinstance(right, Symbol)):
            return False
        return left == left.base and right == right.base and left.name in self.worlds.counting

    def _is_derivative(self, model: DocumentModel, statement: Statement) -> bool:
        """Say whether a line is about a derivative with a name of its own: delta stays delta."""
        if not isinstance(statement.left, Symbol) or statement.right is None:
            return False
        for definition in model.definitions.under(model.names.split(statement.left)):
            if isinstance(definition.body, Derivative | Nabla):
                return True
        return False

    def _explained_otherwise(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Look for what is wrong under what is usually meant without being said."""
        for other, readings in self.judges.variants(judge.model):
            second = other.judge(judgement.statement)
            if second.status is Status.REFUTED:
                everywhere = (*judge.model.stated.statements, *self.statements)
                found = Diagnostician(other, everywhere).explained(second, self.found)
                if _codes(found) - _codes(judgement):
                    return replace(found, readings=(*found.readings, *readings))
        return judgement

    def _readings(self, statement: Statement, judge: Judge) -> Iterator[tuple[Judge, Readings]]:
        """Other networks that a statement may be meant of, the likelier first."""
        chain = chain_of(self.statements, statement)
        local = judge.model.variant(supposing=chain)
        if local.definitions.supposed != judge.model.definitions.supposed:
            yield Judge(local), ()
        if (one := self.worlds.of_one_example(statement)) is not None:
            model, of = one
            yield self.judges.of(model), (("one-example", {"of": of}),)
        if said := self._symmetric(judge.model, statement):
            reading: Readings = (("symmetric-as-said", {"of": ", ".join(said.values())}),)
            yield Judge(judge.model.variant(symmetric=said)), reading
        yield from self.judges.variants(judge.model)
        has_samples = judge.model.names.sampled or any(losses_of_samples(judge.model))
        if has_samples and any(isinstance(n, Differential) for n in _nodes(chain)):
            for other, readings in ((judge, ()), *self.judges.variants(judge.model)):
                yield self.judges.reading(other.model, OfSample), readings
        refuted = [j.statement for j in self.found if j.status is Status.REFUTED]
        for model in self.worlds.others(statement, refuted):
            if model is not judge.model:
                yield self.judges.of(model), ()
                yield from self.judges.variants(model)

    def _symmetric(self, model: DocumentModel, statement: Statement) -> Matrices:
        """The matrices of a statement that its section says to be symmetric before it."""
        section = self.worlds.section
        own, place = section[id(statement)], self.worlds.place[id(statement)]
        before = (s for s in self.statements[:place] if section[id(s)] == own)
        return said_to_be(model, statement, before)

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


def _is_where_least(statement: Statement) -> bool:
    """Say whether a formula in a sentence is what a loss is least by, "setting `dL/db = 0`"."""
    left = statement.left
    of = left.of if isinstance(left, Derivative | Nabla) else None
    of = of.function if isinstance(of, Call) else of
    is_loss = isinstance(of, Symbol) and base_of(of) in LOSSES
    is_claim = statement.conditional or statement.excerpt.display
    return is_loss and not is_claim and _asks_for_zero(statement)


def _is_entrywise(statement: Statement) -> bool:
    """Say whether a product of arrays is said to be entry by entry, in words beside its dots."""
    return bool(_ENTRYWISE.search(statement.excerpt.text)) and any(
        isinstance(node, Matrix) for node in nodes_of(statement)
    )


def _is_of_other_letters(model: DocumentModel, statement: Statement) -> bool:
    """Say whether an equation is made of other letters than those there were for its left side."""
    left, right = statement.definition
    left = left.function if isinstance(left, Call) else left
    if not isinstance(left, Symbol) or right is None:
        return False
    earlier = [definition.body for definition in model.definitions.under(model.names.split(left))]
    return bool(earlier) and all(letters_of(right) != letters_of(body) for body in earlier)


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
    found = judge.judge(statement, head)
    if found.status not in _GOOD or head is None:
        return found
    start, end = head.span
    said = {"of": statement.excerpt.text[start:end]} if start >= 0 else {}
    return replace(found, readings=(*found.readings, ("past-a-slip", said)))


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
