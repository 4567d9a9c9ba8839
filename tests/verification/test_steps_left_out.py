"""Lines about steps that small sizes lack are tried at larger ones, and never pass empty."""

import pytest

from symback.model.language.reader import ModelText
from symback.verification.report import Verdict
from symback.verification.stated import judge_claims

LAYERS = """
input b[j,c]
input W[j,c,c]
target y[c]
input z_start[c]
function sigma
z[0,c] = z_start[c]
z[j,c] = sum(c2, W[j,c,c2] sigma(z[j-1,c2])) + b[j,c]
yhat[c] = exp(z[J,c]) / sum(c2, exp(z[J,c2]))
L = -sum(c, y[c] log(yhat[c]))
claims
dz[j,c] = sum(c2, W[%s,c2,c] dz[j+1,c2]) * sigma'(z[j,c]) for j = 1..J-%d
"""


@pytest.mark.parametrize("left_out", [1, 2, 3])
def test_the_weights_of_the_next_layer(left_out: int) -> None:
    (right,) = judge_claims(ModelText.of(LAYERS % ("j+1", left_out)).stated())
    assert right.verdict in (Verdict.PROVED, Verdict.AGREES)


@pytest.mark.parametrize(("at", "left_out"), [("j+2", 2), ("j+2", 3), ("j", 1), ("j", 2), ("j", 3)])
def test_the_weights_of_another_layer(at: str, left_out: int) -> None:
    (wrong,) = judge_claims(ModelText.of(LAYERS % (at, left_out)).stated())
    assert wrong.verdict is Verdict.REFUTED


def test_of_no_step_at_all_nothing_is_said() -> None:
    (claim,) = judge_claims(ModelText.of(LAYERS % ("j+1", 50)).stated())
    assert claim.verdict is not Verdict.AGREES
