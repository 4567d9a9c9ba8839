"""Who works with two decimals on a sheet that shows four is not marked down for it."""

from __future__ import annotations

import pytest

from symback.model.network import Network
from symback.teaching.digits import round_to, written
from symback.teaching.exercises import Exercise, make_sheet
from symback.teaching.exercises.problem import problem_of
from symback.teaching.marking import Marker
from symback.teaching.outcomes import Outcome
from symback.teaching.program import Kind
from symback.teaching.terms import FLOATS, evaluate


def _worked(exercise: Exercise, digits: int) -> tuple[Marker, dict[str, str]]:
    """What somebody answers who rounds all that is worked with, given values too."""
    problem = exercise.problem
    assert problem is not None
    values = {key: float(value) for key, value in problem.given.items()}
    for line in problem.program.lines:
        known = line.key in exercise.known
        exact = problem.values[line.key] if known else evaluate(line.tree, values, FLOATS)
        values[line.key] = float(round_to(float(exact), digits))
    asked = [item.key for item in exercise.items if item.key]
    marker = Marker(problem.program, problem.given, shown=exercise.known, asked=asked)
    return marker, {key: f"{values[key]:.{digits}f}" for key in asked}


@pytest.mark.parametrize("digits", [2, 3])
@pytest.mark.parametrize("kind", ["backward", "blanks", "softmax", "update"])
def test_rounding_what_is_shown_costs_nothing(kind: str, digits: int) -> None:
    for seed in range(4):
        (exercise,) = make_sheet((2, 3, 1), seed, 1, kinds=(kind,)).exercises
        marker, answers = _worked(exercise, digits)
        judged = marker.mark("", answers).judged
        assert {value.outcome for value in judged} == {Outcome.RIGHT}, (seed, judged)
        # The known-bad twin: three units more in the last place are no matter of rounding.
        key = next(key for key, text in answers.items() if abs(float(text)) > 0.2)
        answers[key] = f"{float(answers[key]) * 1.3:.{digits}f}"
        first = marker.mark("", answers).first_wrong
        assert first is not None
        assert first.key == key


NETWORK = Network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error")


def test_a_digit_cut_off_costs_nothing_and_two_do() -> None:
    problem = problem_of(NETWORK, 3)
    marker = Marker(problem.program, problem.given)
    tried = 0
    for line in problem.program.of_kind(Kind.FORWARD, Kind.GRADIENT):
        exact = float(problem.values[line.key])
        low = int(exact * 100) / 100  # towards 0
        cut = exact - low
        if not 0.1 <= abs(exact) < 1 or not 0.006 < abs(cut) < 0.0095:
            continue
        tried += 1
        (judged,) = marker.mark("", {line.key: f"{low:.2f}"}).judged
        assert judged.outcome in (Outcome.LAST_DIGIT, Outcome.RIGHT)
        assert judged.marks == 1
        further = low - (0.02 if exact > 0 else -0.02)
        (judged,) = marker.mark("", {line.key: f"{further:.2f}"}).judged
        assert judged.outcome is Outcome.WRONG
    assert tried >= 2


def test_a_slip_is_named_at_two_decimals_too() -> None:
    from symback.teaching.slips.loss import sign_reversed

    problem = problem_of(NETWORK, 3)
    marker = Marker(problem.program, problem.given)
    altered = next(iter(sign_reversed(problem.program)))
    numbers = {key: float(value) for key, value in problem.given.items()}
    wrong = problem.program.run(numbers, altered=altered)
    lines = problem.program.of_kind(Kind.ADJOINT)
    sheet = {line.key: f"{float(wrong[line.key]):.2f}" for line in lines}
    first = marker.mark("", sheet).first_wrong
    assert first is not None
    assert "sign" in first.slips


@pytest.mark.parametrize(
    ("value", "digits"),
    [(0.0099996, "0.0100"), (-0.0099996, "-0.0100"), (0.00999, "0.00999"), (0.000999996, "0.00100"),
     (0.00104, "0.00104")],
)  # fmt: skip
def test_small_numbers_have_three_digits_even_where_they_are_rounded_up(
    value: float, digits: str
) -> None:
    assert written(value, 4) == digits
