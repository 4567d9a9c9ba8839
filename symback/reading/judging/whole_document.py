"""What a document as a whole makes doubtful about single verdicts, whichever judge they are of.

Each judge has its own way to be misled; what misleads all of them stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from symback.reading.formula.languages import pattern, words
from symback.reading.formula.syntax import (
    Abs,
    Call,
    Cases,
    Differential,
    Hessian,
    Indicator,
    MarkKind,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.judging.alternatives import Alternatives
from symback.reading.judging.corroboration import without_uncorroborated
from symback.reading.judging.doubtful_refutations import DoubtfulRefutations
from symback.reading.judging.ends_of_others import EndsOfOthers
from symback.reading.judging.facts_unused import FactsUnused
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.judging.judge import Judge
from symback.reading.judging.meant_otherwise import MeantOtherwise
from symback.reading.judging.one_side import OneSided
from symback.reading.judging.passed_over import PassedOver
from symback.reading.judging.steps_back import bold_by_index, looks_further_back, vectors_by_number
from symback.reading.judging.successors import sums_over_successors
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.known_names import nodes_of
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything, of_step, quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["with_doubts"]

_GOOD = (Status.PROVED, Status.AGREES)
_OF_ONE_UNIT = "chain-rule-on-arrays"
_DECIDED = (*_GOOD, Status.REFUTED)
_KINKED = frozenset(["max", "min", "relu", "abs", "sign", "sgn", "step", "clip"])
_NUMBERED = (MarkKind.LAYER, MarkKind.BRACKET)
_DIGITS = re.compile(r"\d+")
_LAPLACE = words("laplacian")
_CONVOLUTION = words("convolution")


def with_doubts(
    judgements: Sequence[Judgement], worlds: Worlds, letters: Sequence[str] = ()
) -> tuple[Judgement, ...]:
    """The verdicts without those that the whole document makes doubtful.

    Args:
        judgements: one for each statement, in order.
        worlds: what the document says.
        letters: commands that nothing defines and that were taken for letters: two may be one.
    """
    merged = _merged(judgements, worlds)
    alternatives, sided, ends = Alternatives(worlds), OneSided(worlds), EndsOfOthers(worlds)
    passed = PassedOver(worlds)
    refutations = DoubtfulRefutations(judgements, worlds)
    doubted = [_doubted(j, merged, refutations, bool(letters)) for j in judgements]
    facts, otherwise = FactsUnused(worlds), MeantOtherwise(judgements, worlds)
    doubted = [
        j.doubted("doubtful-condition") if j.status in _DECIDED and facts.doubts(j) else j
        for j in doubted
    ]
    doubted = [
        j.doubted("doubtful-meaning") if j.status in _DECIDED and otherwise.doubts(j) else j
        for j in doubted
    ]
    shown = [_unless_empty(judgement, worlds, ends) for judgement in doubted]
    shown = [
        j.doubted("doubtful-meaning") if j.status in _GOOD and passed.differs(j.statement) else j
        for j in shown
    ]
    open_changes = {
        base_of(j.statement.left.of)
        for j in shown
        if j.status not in _GOOD and isinstance(j.statement.left, Differential)
        if isinstance(j.statement.left.of, Symbol)
    }
    laplacian = any(pattern(_LAPLACE).search(_around(statement)) for statement in worlds.statements)
    shown = [
        j.doubted("doubtful-meaning")
        if j.status in _GOOD
        and (
            (laplacian and any(isinstance(node, Hessian) for node in nodes_of(j.statement)))
            or not open_changes.isdisjoint(_changes(j.statement))
        )
        else j
        for j in shown
    ]
    meant = [
        _unless_of_several(_unless_meant(judgement, alternatives, sided), worlds)
        for judgement in shown
    ]
    return tuple(without_uncorroborated(meant, worlds))


def _around(statement: Statement) -> str:
    return f"{statement.excerpt.before} {statement.excerpt.after}"


def _changes(statement: Statement) -> Iterator[str]:
    """The names of differentials behind the sign of a line: `dZ` of `dJ/dW = dZ X^T`.

    Where a line says what it is and is open, nothing that holds of the other holds of it.
    """
    for node in everything(statement.right) if statement.right is not None else ():
        if isinstance(node, Differential) and isinstance(node.of, Symbol):
            yield base_of(node.of)


def _unless_empty(judgement: Judgement, worlds: Worlds, ends: EndsOfOthers) -> Judgement:
    """A proof left open that says nothing of what is meant.

    That is of what was only shown of arrays of one entry, and of what only holds since entries of
    a vector are no functions of each other.
    """
    if judgement.status not in _GOOD:
        return judgement
    alone = _of_one_entry(judgement)
    if alone and not worlds.stated.statements:  # a model beside it says what is a number
        arguments = {"of": ", ".join(alone)}
        return replace(judgement.doubted("numbers-or-arrays"), arguments=arguments)
    if turned := _multiplies_turned(worlds, judgement.statement):
        arguments = {"of": ", ".join(sorted(turned))}
        return replace(judgement.doubted("numbers-or-arrays"), arguments=arguments)
    if barred := _bars(worlds, judgement.statement):
        arguments = {"of": ", ".join(sorted(barred))}
        return replace(judgement.doubted("numbers-or-arrays"), arguments=arguments)
    if _rests_on_one_case(worlds, judgement.statement):
        return judgement.doubted("doubtful-condition")
    if sums_over_successors(worlds, judgement.statement):
        return judgement.doubted("doubtful-meaning")
    if _mixes_samples(judgement.statement) or _mixes_steps(worlds, judgement.statement):
        return judgement.doubted("doubtful-meaning")
    if (letter := ends.of(judgement.statement)) is not None:
        return replace(judgement.doubted("sum-beyond-range"), arguments={"index": letter})
    return judgement


def _unless_meant(judgement: Judgement, alternatives: Alternatives, sided: OneSided) -> Judgement:
    """A refutation left open where another choice, or one side of a kink, may be meant."""
    if not _is_by_values(judgement):
        return judgement
    if alternatives.has(judgement.statement):
        return judgement.doubted("doubtful-begun-anew")
    if sided.has(judgement.statement):
        return judgement.doubted("doubtful-condition")
    return judgement


def _unless_of_several(judgement: Judgement, worlds: Worlds) -> Judgement:
    """A refutation left open of a line about several steps or samples, which none tells apart."""
    if not _is_by_values(judgement):
        return judgement
    if any(code == _OF_ONE_UNIT for code, _ in judgement.readings):
        if any(map(_is_at_another_step, nodes_of(judgement.statement))):
            # Gates times what they do to each other, of one unit each: not all of it is understood.
            return judgement.doubted("doubtful-meaning")
    if looks_further_back(worlds.defining, judgement.statement, worlds.whole.layer_letters):
        return judgement.doubted("doubtful-meaning")
    statement = judgement.statement
    if vectors := vectors_by_number(worlds.statements, statement) or bold_by_index(statement):
        arguments = {"of": ", ".join(sorted(vectors))}
        return replace(judgement.doubted("numbers-or-arrays"), arguments=arguments)
    return judgement


def _mixes_samples(statement: Statement) -> bool:
    """Say whether quantities of two samples stand in a line, `a^{[1](i)}` and `a^{[1](i + 1)}`.

    The second of two numbers above a letter is that of a sample, and all are taken to be of one.
    """
    seconds = {
        marks[1]
        for node in nodes_of(statement)
        if isinstance(node, Symbol)
        and len(marks := [m.body for m in node.marks if m.kind in _NUMBERED]) > 1
    }
    return len(seconds) > 1


def _multiplies_turned(worlds: Worlds, statement: Statement) -> set[str]:
    """Letters of what a line multiplies by itself as a number, and its formula transposes.

    `(x - m)(x - m)` is no product of the vectors of which the next row says `x^T x`, nor is
    `u_i v_j` that of `u_i^T v_j`.
    """
    others = [s for s in worlds.together(statement) if s is not statement]
    turned = {
        base_of(symbol)
        for node in (node for s in others for node in nodes_of(s))
        if isinstance(node, Transpose)
        for symbol in quantities(node.body)
    }
    if any(isinstance(node, Transpose) for node in nodes_of(statement)):
        return set()
    bodies = [definition.body for definition in worlds.of(statement).definitions.all()]
    pairs = {
        pair
        for node in (node for body in bodies for node in everything(body))
        if isinstance(node, Product)
        for one, other in pairwise(node.factors)
        if isinstance(one, Transpose) and (pair := _pair(one.body, other)) is not None
    }
    for node in nodes_of(statement):
        if isinstance(node, Product) and Operator.JUXTAPOSED in node.operators:
            for one, other in pairwise(node.factors):
                letters = {base_of(symbol) for symbol in quantities(one)} & turned
                if one == other and letters and all(letter.islower() for letter in letters):
                    return letters
                if (pair := _pair(one, other)) is not None and pair in pairs:
                    return set(pair)
    return set()


def _pair(one: Node, other: Node) -> tuple[str, str] | None:
    """The letters of two vectors with a number each, in small letters: of `u_i` and `v_j`."""
    one, other = stripped(one), stripped(other)
    if not isinstance(one, Symbol) or not isinstance(other, Symbol):
        return None
    if not (one.subscripts and other.subscripts and one.name.islower() and other.name.islower()):
        return None
    return base_of(one), base_of(other)


def _bars(worlds: Worlds, statement: Statement) -> set[str]:
    """Capital letters between bars, `|X|`, of which nothing says whether they are matrices."""
    if worlds.of(statement).arrays:
        return set()
    bodies = (stripped(n.body) for n in nodes_of(statement) if isinstance(n, Abs))
    return {b.name for b in bodies if isinstance(b, Symbol) and b == b.base and b.name.isupper()}


def _rests_on_one_case(worlds: Worlds, statement: Statement) -> bool:
    """Say whether a line under no condition rests on an equation of one case of several.

    `f'(x) = 2 x` is no more than that of the case behind "if x > 0, f(x) = x^2; otherwise 0".
    """
    if statement.conditional:
        return False
    named = {n.function if isinstance(n, Call) else n for n in nodes_of(statement)}
    return any(
        other.left == case.left and other.right != case.right and other.relation == case.relation
        for case in worlds.cases_around(statement)
        if _head(case) in named
        for other in worlds.around(statement)
        if other.position == 1
    )


def _head(statement: Statement) -> Node | None:
    left = statement.left
    return left.function if isinstance(left, Call) else left


def _mixes_steps(worlds: Worlds, statement: Statement) -> bool:
    """Say whether a quantity stands in a line at another step than behind it: `a(s)`, `a(t)`.

    All are taken to be of one step.
    """
    own = [node for node in nodes_of(statement) if isinstance(node, Symbol) and node.iteration]
    if not own:
        return False
    sides = [side for side in (statement.left, statement.right) if side is not None]
    bodies = [d.body for d in definitions_behind(worlds.of(statement), sides)]
    steps: dict[str, set[Node]] = {}
    for node in (node for side in (*sides, *bodies) for node in everything(side)):
        if isinstance(node, Symbol) and node.iteration is not None:
            steps.setdefault(base_of(node), set()).add(node.iteration)
    return any(len(steps[base_of(symbol)]) > 1 for symbol in own)


def _is_at_another_step(node: Node) -> bool:
    """Say whether a quantity is of a step before or after: `c_{t-1}`."""
    if not isinstance(node, Symbol):
        return False
    found = map(of_step, (*node.subscripts, *(m.body for m in node.marks if m.body is not None)))
    return any(step is not None and step[1] != 0 for step in found)


def _is_of_a_unit(script: Node) -> bool:
    """Say whether a script is the number of a unit or its name: `x_1`, `net_{o1}`."""
    if isinstance(script, Symbol):
        return len(script.name) > 1 or any(isinstance(s, Number) for s in script.subscripts)
    return isinstance(script, Number)


def _of_one_entry(judgement: Judgement) -> list[str]:
    """The letters that were only looked at with one entry, `w` of `w: 1, x: 3`.

    A plain letter by itself, as in `d/du log(1 + e^u)`, is a number, and so is `x_1`.
    """
    parts = judgement.scope.split(", ")
    sizes = dict(part.split(":", 1) for part in parts if ":" in part)
    is_array = any(
        isinstance(node, Transpose) or (isinstance(node, Symbol) and node.font)
        for node in nodes_of(judgement.statement)
    )
    if len(sizes) == 1 and not is_array and "×" not in judgement.scope:
        return []
    whole = {
        node.name
        for node in nodes_of(judgement.statement)
        if isinstance(node, Symbol) and not any(map(_is_of_a_unit, node.subscripts))
    }
    alone = (x.strip() for x, size in sizes.items() if set(_DIGITS.findall(size)) == {"1"})
    return [letter for letter in alone if letter.split(" ")[-1].rstrip("'0123456789") in whole]


def _is_by_values(judgement: Judgement) -> bool:
    return judgement.status is Status.REFUTED and judgement.reason in ("values", "shape")


def _doubted(
    judgement: Judgement, merged: set[Node], refutations: DoubtfulRefutations, has_letters: bool
) -> Judgement:
    statement = judgement.statement
    if judgement.status not in _DECIDED or judgement.reason == "update-loses-weight":
        return judgement
    refuted = judgement.status is Status.REFUTED
    if _is_convolution(statement):
        return judgement.doubted() if refuted else judgement.doubted("doubtful-meaning")
    if refuted and (has_letters or (merged and _vanishes(judgement))):
        return judgement.doubted()
    if judgement.reason == "printed-digits" and judgement.status in _GOOD and statement.conditional:
        return judgement.doubted("doubtful-condition")  # the value of another case agrees with it
    if refuted and (reason := refutations.reason(judgement)):
        return judgement.doubted(reason)
    if judgement.reason == "identity" and merged.intersection(_errors(statement)):
        return judgement.doubted("doubtful-meaning")
    return judgement


# --- an error that vanishes -------------------------------------------------------------------


def _merged(judgements: Sequence[Judgement], worlds: Worlds) -> set[Node]:
    """The errors `y - yhat` that are 0 since both have one equation: one of them is another y."""
    judges: dict[int, Judge] = {}
    found: dict[tuple[int, Node], bool] = {}
    for judgement in judgements:
        for error in _errors(judgement.statement):
            model: DocumentModel = worlds.of(judgement.statement)
            key = id(model), error
            if key not in found:
                judge = judges.setdefault(id(model), Judge(model))
                found[key] = judge.sides(error, Number("0")).status is Status.PROVED
    return {error for (_, error), is_zero in found.items() if is_zero}


def _errors(statement: Statement) -> Iterator[Node]:
    """The differences of a letter and the same one with an accent."""
    for node in nodes_of(statement):
        if isinstance(node, Sum) and len(node.terms) == 2 and node.signs[0] != node.signs[1]:
            one, other = node.terms
            if isinstance(one, Symbol) and isinstance(other, Symbol):
                if one.name == other.name and one != other:
                    yield node


def _vanishes(judgement: Judgement) -> bool:
    """Say whether one side is 0 as the equations are read, though nothing there says so."""
    witness, statement = judgement.witness, judgement.statement
    if witness is None or judgement.reason != "values" or _has_kinks(statement):
        return False
    sides = (statement.left, witness.left), (statement.right, witness.right)
    return any(
        value.lstrip("-") == "0" and side is not None and not isinstance(stripped(side), Number)
        for side, value in sides
    )


def _has_kinks(statement: Statement) -> bool:
    """Say whether cases, conditions, maxima or signs stand in a line, by which much is 0."""
    return any(
        isinstance(node, Cases | Indicator)
        or (isinstance(node, Symbol) and node.name == "delta")
        or (isinstance(node, Call) and function_name(node.function).lower() in _KINKED)
        for node in nodes_of(statement)
    )


# --- a star that is no product ----------------------------------------------------------------


def _is_convolution(statement: Statement) -> bool:
    """Say whether a star between arrays stands beside words about convolutions."""
    around = f"{statement.excerpt.before} {statement.words} {statement.excerpt.after}"
    return bool(pattern(_CONVOLUTION).search(around)) and any(
        isinstance(node, Product) and _multiplies_arrays(node) for node in nodes_of(statement)
    )


def _multiplies_arrays(node: Product) -> bool:
    """Say whether a star stands between things without indices, one of them a capital letter."""
    for one, operator, other in zip(node.factors, node.operators, node.factors[1:], strict=False):
        letters = [s for factor in (one, other) for s in quantities(stripped(factor))]
        if operator is Operator.STAR and not any(symbol.subscripts for symbol in letters):
            if any(symbol.name[:1].isupper() for symbol in letters):
                return True
    return False
