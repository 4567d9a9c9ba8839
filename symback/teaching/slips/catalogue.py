"""Every slip by its code, and the ways to make them in a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symback.errors import InputError
from symback.model.equations import Role
from symback.teaching.program import Program
from symback.teaching.slips.inputs import (
    bias_missing,
    error_before_slope,
    exchanged,
    input_missing,
    one_input,
    other_input,
)
from symback.teaching.slips.loss import log_ten, scaled_loss, sign_reversed
from symback.teaching.slips.slip import Altered, Slip
from symback.teaching.slips.slopes import (
    activation_missing,
    function_for_slope,
    not_normalised,
    slope_at_output,
    slope_missing,
    slope_of_other,
    slope_sign,
    slope_twice,
    slope_unsquared,
    softmax_diagonal,
)
from symback.teaching.slips.steps import bias_not_updated, update_by
from symback.teaching.slips.weights import (
    backward_transposed,
    forward_transposed,
    gradient_transposed,
    path_missing,
    updated_weights,
    wrong_layer,
)
from symback.teaching.terms import FLOATS, Functions, references

if TYPE_CHECKING:
    pass

__all__ = ["SLIPS", "applicable", "variants", "visible"]

SLIPS: Mapping[str, Slip] = {
    slip.code: slip
    for slip in (
        Slip("half-in-loss", scaled_loss(Fraction(1, 2)), follows=True),
        Slip("two-in-loss", scaled_loss(Fraction(2)), follows=True),
        Slip("sign", sign_reversed),
        Slip("slope-missing", slope_missing),
        Slip("slope-at-output", slope_at_output),
        Slip("function-for-slope", function_for_slope, core=False),
        Slip("slope-of-other", slope_of_other),
        Slip("slope-unsquared", slope_unsquared, core=False),
        Slip("slope-sign", slope_sign, core=False),
        Slip("activation-missing", activation_missing, core=False),
        Slip("forward-transposed", forward_transposed),
        Slip("bias-missing", bias_missing),
        Slip("softmax-diagonal", softmax_diagonal),
        Slip("softmax-not-exponential", not_normalised, core=False),
        Slip("log-ten", log_ten, core=False),
        Slip("backward-transposed", backward_transposed),
        Slip("wrong-layer", wrong_layer),
        Slip("updated-weights", updated_weights),
        Slip("path-missing", path_missing),
        Slip("gradient-transposed", gradient_transposed),
        Slip("input-missing", input_missing),
        Slip("other-input", other_input),
        Slip("error-before-slope", error_before_slope, core=False),
        Slip("slope-twice", slope_twice, core=False),
        Slip("one-input", one_input, core=False),
        Slip("inputs-exchanged", exchanged(Role.INPUT), core=False),
        Slip("targets-exchanged", exchanged(Role.TARGET), core=False),
        Slip("update-sign", update_by(lambda own, slope: ("+", own, ("*", "eta", slope)))),
        Slip("rate-missing", update_by(lambda own, slope: ("+", own, ("*", -1, slope)))),
        Slip("bias-not-updated", bias_not_updated, core=False),
    )
}
"""Every slip by its code, in the order in which they are tried."""


def variants(program: Program) -> tuple[tuple[Slip, Altered], ...]:
    """Every way to make every slip in a program, the plainest first."""
    place = dict.fromkeys(program.givens, -1)
    place |= {line.key: number for number, line in enumerate(program.lines)}

    def can_be_worked_out(altered: Altered) -> bool:
        """Whether nothing is used before it is found: with recursions an update comes too late."""
        return all(
            place.get(use, len(place)) < place[key]
            for key, tree in altered.items()
            for use in references(tree)
        )

    found = []
    for slip in SLIPS.values():
        for altered in slip.changes(program):
            real = {k: t for k, t in altered.items() if t != program.line_of[k].tree}
            if real and can_be_worked_out(real):
                found.append((slip, real))
    return tuple(found)


def applicable(program: Program) -> Iterator[tuple[Slip, Altered]]:
    """Every slip of the core that can be made here, once."""
    seen: set[str] = set()
    for slip, altered in variants(program):
        if slip.core and slip.code not in seen:
            seen.add(slip.code)
            yield slip, altered


def visible(
    program: Program,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    altered: Altered,
    least: float,
    functions: Functions = FLOATS,
) -> bool:
    """Whether a slip changes some value by at least so much."""
    lines = [line for line in program.lines if line.key in values]
    try:
        wrong = program.run(given, functions, altered=altered, lines=lines)
    except (InputError, KeyError):
        return True  # it cannot even be worked out
    return any(abs(float(wrong[line.key]) - float(values[line.key])) >= least for line in lines)
