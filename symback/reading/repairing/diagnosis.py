"""Why a statement is wrong: a constant factor, another gradient, an earlier slip, or an edit.

The order is that of how often people slip so, and of how little a reader has to change: is the
ratio of the sides constant; is the right side the gradient by something else; does the line only
carry on an earlier slip; does one edit make it true, or several of the same kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, combinations, islice

from symback.reading.formula.infix import plain_name
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Fraction,
    Meant,
    Nabla,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
)
from symback.reading.judging.judge import Judge
from symback.reading.meaning.arrays import ShapeError
from symback.reading.meaning.graph import Circular, Term
from symback.reading.network.places import Undecided
from symback.reading.network.symbols import base_of, everything, quantities, spelled
from symback.reading.repairing.edits import Edit, Editor, applied, head_length
from symback.reading.repairing.what_is_missing import Missing
from symback.reading.statements.statements import Kind, Statement
from symback.reading.statements.verdicts import Diagnosis, Judgement, Repair, Status

__all__ = ["Diagnostician"]

_EDIT_LIMIT = 400
_WORK_LIMIT = 150_000
"""So many terms are built for the edits of one line, some seconds' work; further ones wait."""
_FACTOR_LIMIT = 12
_PAIR_LIMIT = 66
_GOOD = (Status.PROVED, Status.AGREES)


class Diagnostician:
    """Explains the refuted statements of one document."""

    def __init__(self, judge: Judge, statements: Sequence[Statement]) -> None:
        self.judge = judge
        self.statements = statements

    @cached_property
    def heads(self) -> dict[str, str]:
        """How each letter is written; only where something is wrong it is asked for."""
        return _heads(self.statements)

    def explained(self, judgement: Judgement, earlier: Sequence[Judgement]) -> Judgement:
        """The judgement with what is wrong, most useful first."""
        statement = judgement.statement
        left, right = statement.left, statement.right
        if left is None or right is None:
            return judgement
        found: list[Diagnosis] = []
        inherited = self._inherited(statement, left, right, earlier)
        if inherited:
            lines = ", ".join(str(line) for line in inherited)
            found.append(Diagnosis("inherits", {"lines": lines}))
        ratio = self._ratio(left, right)
        if ratio:
            found.append(Diagnosis("ratio", {"ratio": ratio}))
        gradient = self._another_gradient(statement, left, right)
        if gradient:
            found.append(gradient)
        repair = self._repair(statement, left, right)
        if repair and not gradient and self._is_by_another(left, right):
            assert repair.repair is not None
            repair = replace(repair, repair=replace(repair.repair, unique=False))
        if repair:
            found.append(repair)
        found += self._lint(left, right)
        if judgement.reason == "shape":
            found.append(Diagnosis("shape", dict(judgement.arguments)))
        return replace(judgement, diagnoses=tuple(found))

    def of_either_side(self, judgement: Judgement) -> Judgement:
        """The judgement with no repair said to be the only one where one of its other side is.

        In `a = f(y) = f(z)` either link can be the slip.
        """
        statement = judgement.statement
        left, right = statement.left, statement.right
        if judgement.status is not Status.REFUTED or left is None or right is None:
            return judgement
        if not any(each.repair and each.repair.unique for each in judgement.diagnoses):
            return judgement
        if not (self._follows_definition(statement) and self.edits(statement, right, left)):
            return judgement
        found = (
            replace(each, repair=replace(each.repair, unique=False)) if each.repair else each
            for each in judgement.diagnoses
        )
        return replace(judgement, diagnoses=tuple(found))

    def holds(self, left: Node, right: Node) -> bool:
        """Whether two expressions agree for all values of their indices."""
        return self.judge.holds(left, right)

    # A constant factor ---------------------------------------------------------------------------

    def _ratio(self, left: Node, right: Node) -> str:
        own = self.judge.interpreter
        ratios = set()
        try:
            _, assignments = self.judge.indices.assignments(left, right)
            for env in islice(assignments, 6):
                one, other = own.value(left, env), own.value(right, env)
                if not (isinstance(one, Term) and isinstance(other, Term)):
                    return self._array_ratio(left, right)
                if self.judge.comparer.agree(one, other):
                    continue
                ratios.add(self.judge.comparer.ratio(one, other))
        except (Undecided, ShapeError, Circular, RecursionError):
            return ""
        only = ratios.pop() if len(ratios) == 1 else None
        if only and self.judge.model.sizes.is_counted(str(only).removeprefix("1/")):
            return ""  # it is N times the other, at what N happens to be here
        return str(only) if only else ""

    def _array_ratio(self, left: Node, right: Node) -> str:
        for sign, text in ((-1, "-1"),):
            if self.holds(left, Sum((right,), (sign,))):
                return text
        return ""

    # Another gradient ----------------------------------------------------------------------------

    def _another_gradient(self, statement: Statement, left: Node, right: Node) -> Diagnosis | None:
        """Whether the right side is what another left side would be."""
        if not isinstance(left, Derivative) or len(left.by) != 1:
            return None
        tried: dict[Node, str] = {}
        for other in self.statements:
            for side in (other.left, other.right):
                for node in everything(side) if side is not None else ():
                    if isinstance(node, Derivative) and len(node.by) == 1 and node.of is not None:
                        text = other.excerpt.text[node.span.start : node.span.end]
                        tried.setdefault(node, text)
        for node, text in islice(tried.items(), 60):
            if node != left and self.holds(node, right):
                own = statement.excerpt.text[left.span.start : left.span.end]
                edit = (left.span.start, left.span.end, text)
                repair = Repair("left-side", {"was": own, "is": text}, (edit,), False)
                return Diagnosis("another-gradient", {"gradient": text}, repair)
        return None

    def _is_by_another(self, left: Node, right: Node) -> bool:
        """Say whether the right side is the gradient by another quantity beside the one named.

        `∂z/∂w_i = w_i` can be meant of `∂z/∂x_i`, though nothing else mentions that.
        """
        if not isinstance(left, Derivative) or not isinstance(left.of, Symbol):
            return False
        if len(left.by) != 1 or not isinstance(by := left.by[0], Symbol):
            return False
        model = self.judge.model
        beside = {
            symbol.base: None
            for definition in model.definitions.under(model.names.split(left.of))
            for symbol in quantities(definition.body)
            if len(symbol.subscripts) == len(by.subscripts)
        }
        if by.base not in beside:
            return False
        del beside[by.base]
        others = (
            replace(other, subscripts=by.subscripts, marks=by.marks)
            for other in islice(beside, _FACTOR_LIMIT)
        )
        return any(self.holds(replace(left, by=(other,)), right) for other in others)

    def _follows_definition(self, statement: Statement) -> bool:
        """Say whether a link goes on from a definition: in `a = f(y) = f(z)` either is the slip."""
        return statement.position == 2 and any(
            s.defines and s.position == 1 and s.definition[0] is s.left
            for s in self.statements
            if s.excerpt is statement.excerpt and s.chain == statement.chain
        )

    # An earlier slip -----------------------------------------------------------------------------

    def _inherited(
        self, statement: Statement, left: Node, right: Node, earlier: Sequence[Judgement]
    ) -> list[int]:
        """The lines of the slips that a line takes over, each from a refuted claim before it."""
        slips = [
            j for j in earlier
            if j.status is Status.REFUTED and isinstance(j.statement.right, Node)
        ]  # fmt: skip
        if not slips:
            return []
        if any(j.statement.right is left for j in slips):
            return []
        own = self._key(left)
        sources = [
            j.statement.right for j in earlier
            if j.status in _GOOD and j.statement.right is not None
            and j.statement.left is not None and self._key(j.statement.left) == own
        ]  # fmt: skip
        if not sources:
            return []
        wrong: dict[object, tuple[Node, int]] = {}
        for j in slips:
            for head in self._heads_of(j.statement):
                key = self._key(head)
                if key is not None and j.statement.right is not None:
                    wrong[key] = (j.statement.right, j.statement.line)
        for source in sources:
            lines: list[int] = []

            def put(node: Node, lines: list[int] = lines) -> Node:
                key = self._key(node) if isinstance(node, Derivative) else None
                if key is not None and key in wrong:
                    lines.append(wrong[key][1])
                    return wrong[key][0]
                return changed(node, put)

            taken = put(source)
            if lines and self.holds(taken, right):
                return sorted(set(lines))
        return []

    def _heads_of(self, statement: Statement) -> list[Node]:
        """The first expression of a statement's chain and the one before it."""
        return [
            s.left for s in self._chains.get(statement.chain, ())
            if s.position <= statement.position
            and s.left is not None and s.place is statement.place
        ]  # fmt: skip

    @cached_property
    def _chains(self) -> Mapping[int, list[Statement]]:
        found: dict[int, list[Statement]] = defaultdict(list)
        for statement in self.statements:
            found[statement.chain].append(statement)
        return found

    def _key(self, node: Node) -> object:
        """What a derivative without free indices is of and by, or None."""
        if not isinstance(node, Derivative) or node.of is None or len(node.by) != 1:
            return None
        own = self.judge.interpreter
        readings, touched = dict(own.readings), dict(own.touched)
        try:
            of, by = own.value(node.of, {}), own.value(node.by[0], {})
        except (Undecided, ShapeError, Circular, RecursionError):
            return None
        finally:
            own.readings, own.touched = readings, touched
        if isinstance(of, Term) and isinstance(by, Term):
            return of.number, by.number
        return None

    # The smallest repair -------------------------------------------------------------------------

    def _repair(self, statement: Statement, left: Node, right: Node) -> Diagnosis | None:
        found = self.edits(statement, left, right)
        return found[1] if found else None

    def edits(
        self, statement: Statement, left: Node, right: Node
    ) -> tuple[tuple[Edit, ...], Diagnosis] | None:
        """The smallest edits of the right side that make a statement true, and their words."""
        if any(isinstance(n, BigSum) and n.meant is Meant.BY_DOTS for n in right.walk()):
            return None  # an edit of all terms at once has no place in the text
        plain = statement.excerpt.delimiter == "plain"
        heads = {base: plain_name(base) for base in self.heads} if plain else self.heads
        editor = Editor(self.judge.model, statement.excerpt.text, heads)
        missing = Missing(self.judge.model, statement.excerpt.text, heads, plain=plain)
        letters = self._letters(left, right)
        factors = [*self._factors(letters), *missing.factors(left, right)]
        factors += [*missing.numbers(), *missing.complements(right)]
        one = self.judge.indices.letters(left)
        stray = [letter for letter in self.judge.indices.letters(right) if letter not in one]
        singles = chain(
            editor.singles(right, letters, factors),
            missing.edits(right, stray),
            missing.diagonal(right, one),
        )
        found: list[tuple[Node, tuple[Edit, ...]]] = []
        terms = self.judge.interpreter.terms
        most = terms.built + _WORK_LIMIT
        for edit in islice(singles, _EDIT_LIMIT):
            if terms.built > most:
                break
            self._try(left, right, (edit,), found)
        if not found:
            for group in islice(editor.groups(right, letters), 40):
                if (found and len(group) > len(found[0][1])) or terms.built > most:
                    break
                self._try(left, right, group, found)
        if not found:
            for pair in islice(_pairs(factors), _PAIR_LIMIT):
                for edit in editor.added(right, [pair]):
                    if terms.built <= most:
                        self._try(left, right, (edit,), found)
        if not found:
            return None
        _, edits = found[0]
        edits = tuple(sorted(edits, key=lambda edit: edit.old.span.start))
        first = edits[0]
        text = tuple(sorted(piece for edit in edits for piece in edit.text))
        arguments = dict(first.arguments)
        if len(edits) > 1:
            arguments["count"] = str(len(edits))
            pairs = {(dict(e.arguments)["was"], dict(e.arguments)["is"]): None for e in edits}
            arguments["was"] = ", ".join(was for was, _ in pairs)
            arguments["is"] = ", ".join(now for _, now in pairs)
        repair = Repair(first.code, arguments, text, len(found) == 1 and terms.built <= most)
        return edits, Diagnosis("repair", {}, repair)

    def _try(
        self, left: Node, right: Node, edits: tuple[Edit, ...],
        found: list[tuple[Node, tuple[Edit, ...]]],
    ) -> None:  # fmt: skip
        new = applied(right, edits)
        if any(new == other or _same_factor(edits, before) for other, before in found):
            return
        if self.holds(left, new):
            found.append((new, edits))

    def _letters(self, left: Node, right: Node) -> list[str]:
        """The letters that an index can have been meant for, those of definitions put in last."""
        model = self.judge.model
        found = dict.fromkeys(self.judge.indices.letters(left, right))
        definitions = [
            definition.body
            for node in everything(left)
            if isinstance(node, Derivative) and isinstance(node.of, Symbol)
            for definition in model.definitions.under(model.names.split(node.of))
        ]
        for side in (right, *definitions):
            for symbol in quantities(side):
                for index in model.names.split(symbol).indices:
                    if isinstance(index, Symbol):
                        found[spelled(index)] = None
        return list(found)

    def _factors(self, letters: Sequence[str]) -> list[tuple[Node, str]]:
        """Factors of the document's other products that a product may lack."""
        known = set(letters)
        fitting = (
            (factor, text)
            for factor, text in self._written_factors.items()
            if known.issuperset(self.judge.indices.letters(factor))
        )
        return list(islice(fitting, _FACTOR_LIMIT))

    @cached_property
    def _written_factors(self) -> dict[Node, str]:
        """Every name and call that is a factor in the document, with its text where it is first."""
        found: dict[Node, str] = {}
        for statement in self.statements:
            if statement.kind not in (Kind.CLAIM, Kind.DEFINITION):
                continue
            for side in (statement.left, statement.right):
                for node in everything(side) if side is not None else ():
                    for factor in node.factors if isinstance(node, Product) else ():
                        if isinstance(factor, Call | Symbol):
                            text = statement.excerpt.text[factor.span.start : factor.span.end]
                            found.setdefault(factor, text)
        return found

    # Lint -----------------------------------------------------------------------------------------

    def _lint(self, left: Node, right: Node) -> list[Diagnosis]:
        one, other = set(self.judge.indices.letters(left)), set(self.judge.indices.letters(right))
        if not isinstance(left, Derivative | Nabla | Symbol):
            return []
        stray = sorted(other - one)
        return [Diagnosis("lint", {"index": ", ".join(stray)})] if stray else []


def _pairs(factors: Sequence[tuple[Node, str]]) -> Iterator[tuple[Node, str]]:
    """Two factors as one, for a product that lacks both."""
    for (one, text), (other, more) in combinations(dict(factors).items(), 2):
        if isinstance(other, Number | Fraction):
            one, text, other, more = other, more, one, text
        yield Product((one, other), (Operator.JUXTAPOSED,)), f"{text} {more}"


def _same_factor(edits: Sequence[Edit], others: Sequence[Edit]) -> bool:
    """Say whether two repairs add the same factor, in front of a sum or in it."""
    one, other = edits[0], others[0]
    return one.code == other.code == "factor-missing" and (
        dict(one.arguments)["factor"] == dict(other.arguments)["factor"]
    )


def _heads(statements: Sequence[Statement]) -> dict[str, str]:
    """How each letter is written, from the first place where it stands."""
    found: dict[str, str] = {}
    for statement in statements:
        for side in (statement.left, statement.right):
            for symbol in quantities(side) if side is not None else ():
                written = statement.excerpt.text[symbol.span.start : symbol.span.end]
                cut = head_length(written)
                if written[:cut]:
                    found.setdefault(base_of(symbol), written[:cut])
    return found
