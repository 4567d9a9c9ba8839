"""One statement judged: both sides evaluated for all values of its free indices, and compared.

Free indices mean "for all"; they run over unequal ranges, or over those that the document writes
out. A claim holds exactly when the two sides agree everywhere; where they agree only because both
vanish nothing has been shown, unless the claim is that they vanish.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from symback.reading.formula.rewriting import widened
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Node,
    Relation,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.judging.fixed_letters import expressions_of_letters, values_of
from symback.reading.judging.free_indices import FreeIndices
from symback.reading.judging.open_functions import (
    differentiate_different_functions,
    known_by_entries,
    slope_of_open_function,
    unknown_words,
)
from symback.reading.judging.sides import (
    Readings,
    is_a_value,
    is_doubled,
    only_names,
    says_zero,
    spread,
    within_ranges,
)
from symback.reading.judging.trials import Trials
from symback.reading.judging.units import check_units
from symback.reading.meaning.arrays import Array, Jacobian, ShapeError, Value, terms_of, transpose
from symback.reading.meaning.calls import KNOWN_NAMES
from symback.reading.meaning.comparing import Comparer, Outcome, Sameness
from symback.reading.meaning.graph import Circular, Term
from symback.reading.meaning.integrals import INTEGRAL
from symback.reading.meaning.interpret import OF_NUMBER, Interpreter
from symback.reading.meaning.one_sample import OfSample
from symback.reading.meaning.points import OneSide
from symback.reading.meaning.printed_numbers import Numbers, compared_as_printed, is_logistic
from symback.reading.meaning.sums import OTHER_LAYER
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.function_meanings import SIGMOIDS
from symback.reading.network.places import Undecided
from symback.reading.network.suppositions import of_itself
from symback.reading.network.symbols import base_of, everything, quantities, written
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status, Witness
from symback.reading.verdict import Verdict

if TYPE_CHECKING:
    from symback.reading.network.definitions import Definitions
    from symback.reading.network.naming import Parts
    from symback.reading.network.suppositions import Supposition

__all__ = ["Judge", "Readings", "Verdict"]

_GOOD = (Status.PROVED, Status.AGREES)


class Judge:
    """Judges the statements of one document."""

    def __init__(
        self,
        model: DocumentModel,
        reader: type[Interpreter] | None = None,
        fixed: Mapping[str, int] | None = None,
    ) -> None:
        self.model = model
        self.reader = reader or (OfSample if model.stated.of_samples else Interpreter)
        self.interpreter = self.reader(model, loss=_loss(model), fixed=fixed or {})
        self.indices = FreeIndices(self.interpreter)
        self.at_values: dict[tuple[tuple[str, int], ...], Judge] = {}
        self.comparer = Comparer(self.interpreter.terms)
        self.conditions: tuple[Relation, ...] = ()
        self.trials = Trials(self)
        self.numbers = Numbers(euler="e" not in model.declared, pi=model.has_pi is not False)
        logistic = frozenset(name for name in SIGMOIDS if self._may_be_logistic(name))
        self.numbers = replace(self.numbers, logistic=logistic)

    def _may_be_logistic(self, name: str) -> bool:
        """Say whether nothing tells that a letter is another function than the logistic one."""
        function = self.model.definitions.functions.get(name)
        if function is not None:
            return is_logistic(function, self.numbers)
        return self.model.meanings.get(name) in (None, "sigmoid")

    def judge(self, statement: Statement, left: Node | None = None) -> Judgement:
        """The verdict on a claim, with the readings under which it was reached."""
        left = left if left is not None else statement.left
        right = statement.right
        assert left is not None
        assert right is not None
        own = self.interpreter
        own.readings, own.touched, own.beside = {}, {}, {}
        self.conditions = ()
        verdict = self.sides(left, right)
        if self._is_one_letter(left, right) or is_doubled(left, right) or is_a_value(left, right):
            verdict = Verdict(Status.UNDECIDED, "value")
        if verdict.status not in (Status.PROVED, Status.AGREES) and statement.conditional:
            verdict = self._under_conditions(statement, left, right)
        readings = tuple((code, dict(arguments)) for code, arguments in own.readings)
        is_refuted = verdict.status is Status.REFUTED
        meant = left, right
        if is_refuted or verdict.reason == "index-unbound":
            # An index that is summed, and stands behind the sum, is rarely another one there.
            wide = widened(left), widened(right)
            if wide != (left, right):
                before = own.readings, own.touched
                own.readings, own.touched = {}, {}
                second = self.sides(*wide)
                if is_refuted and second.status not in (Status.PROVED, Status.AGREES):
                    own.readings, own.touched = before
                elif second.status is not Status.UNDECIDED:
                    verdict, meant = second, wide
                    own.note("sum-reaches-further")
                    readings = tuple((code, dict(arguments)) for code, arguments in own.readings)
        if verdict.status in (Status.REFUTED, Status.UNDECIDED):
            verdict, readings = self._second_thoughts(left, right, verdict, readings)
        if verdict.status is Status.REFUTED and own.beside and not own.padded:
            # `ds_i/da_j = w_{j-i}` is meant where there is such a w, or with 0 beside the kernel.
            padded = Judge(self.model, self.reader, own.fixed)
            padded.interpreter.padded = True
            judgement = padded.judge(statement, left)
            if judgement.status is not Status.REFUTED:
                beside = "zero-beside-kernel", {"of": ", ".join(own.beside)}
                return replace(judgement, readings=(beside, *judgement.readings))
        verdict = within_ranges(verdict, readings)
        if verdict.status in _GOOD and id(statement) in self.model.definitions.adopted:
            # An equation of this network, which holds in it whatever it says.
            verdict = Verdict(Status.UNDECIDED, "circular-definition")
        if verdict.status in _GOOD and (numbers := dict(readings).get(OF_NUMBER)):
            verdict = Verdict(Status.UNDECIDED, "numbers-or-arrays", numbers)
        notes = (OTHER_LAYER, OF_NUMBER)
        readings = tuple(each for each in readings if each[0] not in notes)  # these are no readings
        letters = self.indices.letters(*meant)
        if letters and verdict.status in (Status.PROVED, Status.AGREES, Status.REFUTED):
            readings += (("for-all", {"indices": ", ".join(letters)}),)
        return Judgement(
            statement, verdict.status, verdict.reason, verdict.arguments, readings,
            verdict.checks, verdict.scope, (), verdict.witness,
        )  # fmt: skip

    def _is_one_letter(self, left: Node, right: Node) -> bool:
        """Say whether two letters are the two sides, of which one was only taken for the other.

        Then `at l = L` shows nothing.
        """
        one, other = stripped(left), stripped(right)
        if not (isinstance(one, Symbol) and isinstance(other, Symbol)):
            return False
        names = self.model.names
        return base_of(one) != base_of(other) and names.split(one) == names.split(other)

    def _under_conditions(self, statement: Statement, left: Node, right: Node) -> Verdict:
        """Compare two expressions where the conditions on their indices hold."""
        if not statement.conditions:
            return Verdict(Status.UNDECIDED, "conditional")
        own = self.interpreter
        own.readings, own.touched = {}, {}
        known = self.indices.letters(left, right)
        self.conditions = tuple(c for c in statement.conditions if not only_names(c, known))
        return self.sides(left, right)

    def holds(self, left: Node, right: Node) -> bool:
        """Say whether two expressions agree for all values of their indices, and note nothing."""
        return self.trials.hold(left, right)

    def holds_apart(self, statement: Statement) -> bool:
        """Say whether a statement holds where two letters of one range are two units: i ≠ j."""
        if statement.left is None or statement.right is None:
            return False
        letters = self.indices.letters(statement.left, statement.right)
        letters = [x for x in letters if x not in self.model.names.layer_letters]
        apart = Relation(tuple(map(Symbol, letters)), ("\\neq",))
        return len(letters) == 2 and self.holds_where(statement, apart)

    def holds_where(self, statement: Statement, *conditions: Relation) -> bool:
        """Say whether a statement holds wherever conditions on its indices do."""
        left, right = statement.left, statement.right
        if left is None or right is None:
            return False
        before = self.conditions
        self.conditions = conditions
        try:
            found = self.sides(left, right)
            return found.status in (Status.PROVED, Status.AGREES) or found.reason == "vacuous"
        finally:
            self.conditions = before

    def on_one_side(self, statement: Statement, *, positive: bool) -> Verdict | None:
        """Compare a statement's sides where every kink is on the same side, as maxima are."""
        left, right = statement.left, statement.right
        if left is None or right is None:
            return None
        before = self.comparer
        self.comparer = Comparer(self.interpreter.terms, OneSide(positive))
        try:
            return self.sides(left, right)
        finally:
            self.comparer = before

    def at_last_layer(self, statement: Statement) -> Verdict | None:
        """Compare a statement's sides with the one letter for a layer at the last, if any."""
        left, right = statement.left, statement.right
        if left is None or right is None or self.model.layers.depth < 2:
            return None
        letters = self.indices.of_layers(left, right)
        return (
            self.sides(left, right, {letters[0]: self.model.layers.depth})
            if len(letters) == 1
            else None
        )

    def _second_thoughts(
        self, left: Node, right: Node, verdict: Verdict, readings: Readings
    ) -> tuple[Verdict, Readings]:
        """Do not refute what another reading of a letter makes right."""
        letters = self.indices.letters(left, right)
        if "L" in letters and "L" in self.model.names.layer_letters:
            second = self.sides(left, right, {"L": self.model.layers.depth})
            if second.status is not Status.UNDECIDED:
                verdict, readings = second, (*readings, ("last-layer", {"letter": "L"}))
        if verdict.status is Status.REFUTED and self.model.layers.depth > 1:
            # Notes on the output layer alone give it any letter: `k`, the last of the layers l.
            for letter in self.indices.of_layers(left, right):
                last = self.sides(left, right, {letter: self.model.layers.depth})
                if last.status in (Status.PROVED, Status.AGREES):
                    return Verdict(Status.UNDECIDED, "some-values", {"index": letter}), readings
        return verdict, readings

    def sides(self, left: Node, right: Node, fixed: dict[str, int] | None = None) -> Verdict:
        """Compare two expressions for all values of their free indices, and of fixed letters."""
        letters = expressions_of_letters(self.model, (left, right))
        if not letters or self.interpreter.fixed:
            return self._at(left, right, fixed or {})
        size_of = self.interpreter.sums.size_of
        try:
            sizes = {x: size_of(x, nodes, {}) or 2 for x, nodes in letters.items()}
        except Undecided as refusal:  # of an inverse behind whose bracket the letter stands
            return Verdict(Status.UNDECIDED, refusal.reason, dict(refusal.arguments))
        except ShapeError:
            return Verdict(Status.UNDECIDED, "shape-of-definition")
        found: dict[bool | None, Verdict] = {}
        for values in values_of(sizes):
            verdict = self._judge_at(values)._at(left, right, fixed or {})
            if verdict.reason in ("no-instance", "vacuous"):
                found.setdefault(None, verdict)
                continue
            if verdict.status is Status.UNDECIDED:
                return verdict
            found[verdict.status is Status.REFUTED] = verdict
        if True in found and False in found:
            return Verdict(Status.UNDECIDED, "some-values", {"index": ", ".join(letters)})
        return found.get(True) or found.get(False) or found[None]

    def _judge_at(self, values: Mapping[str, int], *, adds_up: bool = False) -> Judge:
        """The same judge where fixed letters have these values, or where densities add up to 1."""
        key = (*values.items(), ("", int(adds_up)))
        if key not in self.at_values:
            self.at_values[key] = Judge(self.model, self.reader, values)
            self.at_values[key].interpreter.integrals.adds_up = adds_up
        other = self.at_values[key]
        other.conditions, other.numbers = self.conditions, self.numbers
        other.interpreter.readings = self.interpreter.readings
        other.interpreter.touched = self.interpreter.touched
        return other

    def _at(self, left: Node, right: Node, fixed: dict[str, int]) -> Verdict:
        found = self._found_at(left, right, fixed)
        if found.status is not Status.UNDECIDED or not self.interpreter.integrals.has_densities:
            return found
        with_densities = self._judge_at(self.interpreter.fixed, adds_up=True)
        second = with_densities._found_at(left, right, fixed)
        return found if second.status is Status.UNDECIDED else second

    def _found_at(self, left: Node, right: Node, fixed: dict[str, int]) -> Verdict:
        self.interpreter.terms.begin()
        try:
            return self._sides(left, right, fixed)
        except Undecided as refusal:
            return Verdict(Status.UNDECIDED, refusal.reason, dict(refusal.arguments))
        except Circular:
            return Verdict(Status.UNDECIDED, "circular-definition")
        except ShapeError:
            # Of a definition that is only put in while the two sides are compared.
            return Verdict(Status.UNDECIDED, "shape-of-definition")
        except RecursionError:
            return Verdict(Status.UNDECIDED, "too-deep")

    def _sides(self, left: Node, right: Node, fixed: dict[str, int]) -> Verdict:
        own = self.interpreter
        check_units(self.model, left, right)
        self.comparing = left, right
        numbers = compared_as_printed(left, right, self.numbers)
        if numbers is not None:
            return numbers
        checks, close, vanishing, skipped = 0, False, 0, None
        total, assignments = self.indices.assignments(left, right, fixed)
        for env in assignments:
            if not all(own.choices.holds(condition, env) for condition in self.conditions):
                continue
            try:
                one = self.trials.left(left, env)
                other = own.value(right, env)
                one, other = spread(left, one, other), spread(right, other, one)
                one, other = self.matrix(left, one, other), self.matrix(right, other, one)
            except ShapeError as error:
                return self._ill_shaped(error)
            except Undecided as refusal:
                if refusal.reason != "no-such-layer":
                    raise
                skipped = refusal
                continue
            outcome = self.comparer.compare(one, other)
            same = outcome.sameness in (Sameness.EQUAL, Sameness.CLOSE)
            if not same and self.trials.in_use:
                raise Undecided("value")
            if outcome.arrangement and outcome.sameness is not Sameness.DIFFERENT:
                own.note(outcome.arrangement)
            supposed = self._suppose(one, other)
            checks += 1
            if not all(dependence.certain or dependence.given for dependence in supposed):
                raise Undecided("supposed")
            if any(dependence.given for dependence in supposed) and not self._on_both(one, other):
                raise Undecided("supposed")
            if any(of_itself(dependence, left, right) for dependence in supposed):
                raise Undecided("supposed")  # `dx_t/dx_tau`: x_t is no function of weights alone
            if not same:
                return self._different(outcome, env, one, other, total)
            close = close or outcome.sameness is Sameness.CLOSE
            vanishing += outcome.vanishes
        if not checks:
            raise skipped or Undecided("no-instance")
        if vanishing == checks and not says_zero(right):
            raise Undecided("vacuous")
        if (found := self.indices.beyond(left, right)) is not None:
            of, unit, units = found
            raise Undecided("no-such-unit", of=of, unit=str(unit), units=str(units))
        if alone := self.indices.of_one_unit(left, right):  # `w_km (y_m - t_k)` is right of these
            raise Undecided("index-unbound", index=", ".join(alone))
        status = Status.AGREES if close else Status.PROVED
        reason = "numbers" if close else "identity"
        return Verdict(
            status, reason, checks=max(total, checks), scope=self.indices.scope(left, right)
        )

    def matrix(self, node: Node, value: Value, beside: Value) -> Value:
        """An identity matrix that is a side by itself, as large as the other side."""
        if not isinstance(value, Term) or not self.interpreter.has_identity(node):
            return value
        if isinstance(beside, Array) and beside.rows == beside.columns:
            return self.interpreter.identity(value, beside.rows)
        if isinstance(beside, Jacobian) and beside.of_shape == beside.by_shape:
            if 1 in beside.of_shape:
                return self.interpreter.identity(value, max(beside.of_shape))
        raise Undecided("undeclared", symbol="I")

    def _suppose(self, *values: Value) -> list[Supposition]:
        """Note what the two sides rest on that the document does not say."""
        found = self.interpreter.quantities.supposed(*values)
        for dependence in found:
            on = ", ".join(dict.fromkeys(map(written, dependence.on)))
            code = "any-function-of" if dependence.given else "depends-on"
            self.interpreter.note(code, of=written(dependence.of), on=on)
        if found and (earlier := self._states_before()):
            self.interpreter.note("one-step", of=", ".join(earlier))
        return found

    def _states_before(self) -> list[str]:
        """The states of other steps that equations of this one use: `h_{t-1}` for `h_t`."""
        own = self.model.definitions
        shifted = {
            written(symbol): None
            for definition in own.all()
            for symbol in quantities(definition.body)
            if any(isinstance(index, Sum) for index in symbol.subscripts)
            and any(other.base == self.model.names.split(symbol).base for other in _parts_of(own))
        }
        return list(shifted)

    def _on_both(self, left: Value, right: Value) -> bool:
        """Say whether whatever is only supposed stands on both sides."""
        return self.interpreter.quantities.supposed(left) == self.interpreter.quantities.supposed(
            right
        )

    def _ill_shaped(self, error: ShapeError) -> Verdict:
        if self.interpreter.touched:
            raise Undecided("undeclared", symbol=", ".join(self.interpreter.touched)) from None
        shapes = ["×".join(map(str, shape)) for shape in (error.left, error.right)]
        witness = Witness({}, *shapes)
        if self.model.sizes.penalty or not self.model.arrays:
            raise Undecided("shape", left=shapes[0], right=shapes[1]) from None
        return Verdict(Status.REFUTED, "shape", {"left": shapes[0], "right": shapes[1]}, 1, witness)

    def _has_integrals(self) -> bool:
        return any(code == INTEGRAL for code, _ in self.interpreter.readings)

    def _different(
        self, outcome: Outcome, env: dict[str, int], left: Value, right: Value, total: int
    ) -> Verdict:
        if self._has_integrals():
            # What holds of the functions that are meant can fail for any.
            raise Undecided("not-supported", what="an integral")
        if self.interpreter.touched and not self._is_identity(*self.comparing):
            raise Undecided("undeclared", symbol=", ".join(self.interpreter.touched))
        if self.interpreter.quantities.supposed(left, right) and differentiate_different_functions(
            self.model, self.comparing
        ):
            raise Undecided("supposed")
        if (name := slope_of_open_function(self.model, self.comparing[0])) is not None:
            raise Undecided("undeclared", symbol=name)
        about = self.model, self.interpreter.terms, left, right
        if unknown := unknown_words(*about) or known_by_entries(*about):
            raise Undecided("undeclared", symbol=", ".join(unknown))
        own = self.interpreter
        if any(map(self._is_identity_matrix, self.comparing)):
            raise Undecided("undeclared", symbol="I")
        if (letter := self._of_other_layer(left, right)) is not None:
            raise Undecided("sum-beyond-range", index=letter)
        either_way = own.quantities.either_way
        if either_way and not self._reached(left, right).isdisjoint(either_way):
            raise Undecided("doubtful-readings")
        witness = Witness(env, outcome.left, outcome.right)
        if outcome.sameness is Sameness.DIFFERENT:
            if (turned := self._turned(left, right)) is not None:
                return Verdict(Status.UNDECIDED, "layout", turned, total, witness, transposed=True)
            return Verdict(Status.REFUTED, "values", {}, total, witness)
        arguments = {"left": outcome.left, "right": outcome.right}
        if outcome.sameness is Sameness.TRANSPOSED:
            return Verdict(Status.UNDECIDED, "layout", arguments, total, witness, transposed=True)
        both = isinstance(left, Array) and isinstance(right, Array)
        if self.model.sizes.penalty or not both:
            raise Undecided("shape", **arguments)
        return Verdict(Status.REFUTED, "shape", arguments, total, witness)

    def _turned(self, left: Value, right: Value) -> dict[str, str] | None:
        """The shapes of a gradient by a square matrix and of what it is with rows for columns."""
        if not (isinstance(left, Array) and isinstance(right, Array)) or left.by is None:
            return None
        if 1 in left.shape or left.shape != right.shape or left.rows != left.columns:
            return None
        found = self.comparer.compare(transpose(left), right)
        if found.sameness not in (Sameness.EQUAL, Sameness.CLOSE):
            return None
        shape = "×".join(map(str, left.shape))
        return {"left": shape, "right": shape}

    def _reached(self, *values: Value) -> set[Hashable]:
        """The entries of quantities that two sides depend on, through all definitions."""
        terms = self.interpreter.terms
        return {k for value in values for term in terms_of(value) for k in terms.reached(term)}

    def _is_identity_matrix(self, side: Node) -> bool:
        """Say whether an I that nothing defines stands in a side, which rarely is any matrix."""
        return any(
            symbol.name == "I"
            and not self.model.definitions.under(self.model.names.split(symbol))
            and not self.interpreter.is_identity(symbol)
            for symbol in quantities(side)
        )

    def _of_other_layer(self, *values: Value) -> str | None:
        """The letter of a sum behind two sides to the number of another layer's units.

        One letter for the units of all layers means that these have one width.
        """
        own = self.interpreter
        for code, about in own.readings:
            if code == OTHER_LAYER:
                return dict(about)["index"]
        uneven = own.quantities.uneven
        reached = self._reached(*values) if uneven else set()
        return next((letter for key, letter in uneven.items() if key in reached), None)

    def _is_identity(self, left: Node, right: Node) -> bool:
        """Say whether both sides are made of the same undeclared letters and known functions."""
        if self.model.definitions.of:
            return False
        for node in (*everything(left), *everything(right)):
            if isinstance(node, Call) and node.function.name not in KNOWN_NAMES:
                return False
        return set(quantities(right)) <= set(quantities(left)) and bool(list(quantities(left)))

    def is_identity(self, statement: Statement) -> bool:
        """Say whether a statement is algebra only, with no letter that is defined or new."""
        sides = [set(quantities(s)) for s in (statement.left, statement.right) if s is not None]
        return (
            bool(sides[-1])
            and sides[-1] <= sides[0]
            and not any(
                self.model.definitions.under(self.model.names.split(symbol)) for symbol in sides[0]
            )
        )

    def is_constant(self, node: Node) -> bool:
        """Say whether an expression has the same value at every point."""
        own = self.interpreter
        try:
            _, assignments = self.indices.assignments(node, node)
            for env in islice(assignments, 2):
                if not all(map(self.comparer.is_constant, terms_of(own.value(node, env)))):
                    return False
        except (Undecided, ShapeError, Circular, RecursionError):
            return False
        return True


def _loss(model: DocumentModel) -> Symbol | None:
    """The scalar that no other definition uses, where there is one."""
    used = {
        (parts.base, parts.tag)
        for definition in model.definitions.all()
        if not any(isinstance(node, Derivative) for node in everything(definition.body))
        for parts in map(model.names.split, quantities(definition.body))
    }
    numbers = {
        key: first.statement
        for key, (first, *_) in model.definitions.of.items()
        if not (first.parts.layer or first.parts.indices)
    }
    plain = [key for key in numbers if not key[1]]
    named = [key for key in numbers if key[1] and model.stated.statements]
    for key in (*plain, *(key for key in model.definitions.signatures if not key[1]), *named):
        *accents, letter = key[0].split()
        if key in used or letter not in ("L", "J", "C", "E", "loss", "cost"):
            continue
        left = said.left if key[1] and (said := numbers[key]) is not None else None
        return left if isinstance(left, Symbol) else Symbol(letter, "", tuple(accents))
    return None


def _parts_of(definitions: Definitions) -> Iterator[Parts]:
    return (definition.parts for definition in definitions.all())
