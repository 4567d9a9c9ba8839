"""A slip at every step of a model: named once, penalised once, carried forward."""

from __future__ import annotations

import math
from functools import cache

import pytest

from symback.calculus import derive
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.teaching.drawing import draw_numbers
from symback.teaching.marking import Marker
from symback.teaching.outcomes import Outcome
from symback.teaching.unrolling import unroll

STEPS, UNITS, OUTPUTS = range(1, 4), (1, 2), (1, 2)


@cache
def _marker() -> Marker:
    text = ModelText.of(library_text("rnn"), "rnn").with_sizes({"T": 3, "J": 1, "K": 2, "O": 2})
    derivation = derive(text.model())
    program = unroll(derivation)
    return Marker(program, draw_numbers("tidy", derivation, program, 17).given)


def _by_hand(slip: str = "") -> dict[str, float]:
    """The recurrent network worked by hand, with what somebody does wrong; no code is shared."""
    g = _marker().numbers
    turned = slip in ("forward-transposed", "every")
    values: dict[str, float] = {}
    h = {(0, k): 0.0 for k in UNITS}
    loss = 0.0
    for t in STEPS:
        for k in UNITS:
            inner = g[f"W[1,{k}]"] * g[f"x[{t},1]"] + (slip != "bias-missing") * g[f"b[{k}]"]
            inner += sum(g[f"U[{k},{i}]" if turned else f"U[{i},{k}]"] * h[t - 1, i] for i in UNITS)
            h[t, k] = math.tanh(inner)
            values[f"h[{t},{k}]"] = h[t, k]
        z = [sum(g[f"V[{k},{o}]"] * h[t, k] for k in UNITS) + g[f"c[{o}]"] for o in OUTPUTS]
        total = sum(map(math.exp, z))
        for o in OUTPUTS:
            p = math.exp(z[o - 1]) / total
            y = g[f"y[{t},{o}]"]
            loss -= y * math.log(p)
            sign = -1 if slip == "sign" else 1
            values |= {f"z[{t},{o}]": z[o - 1], f"p[{t},{o}]": p, f"dL/dz[{t},{o}]": sign * (p - y)}
    values["L"] = loss
    for t in reversed(STEPS):
        for k in UNITS:
            found = sum(values[f"dL/dz[{t},{o}]"] * g[f"V[{k},{o}]"] for o in OUTPUTS)
            if t < 3 and slip != "path-missing":
                for i in UNITS:
                    back = f"U[{i},{k}]" if slip in ("backward", "every") else f"U[{k},{i}]"
                    slope = 1 if slip in ("slope-back", "slopes") else 1 - h[t + 1, i] ** 2
                    found += values[f"dL/dh[{t + 1},{i}]"] * slope * g[back]
            values[f"dL/dh[{t},{k}]"] = found
    for k in UNITS:

        def error(t: int, k: int = k) -> float:
            slope = 1 if slip in ("slope-missing", "slopes") else 1 - h[t, k] ** 2
            return values[f"dL/dh[{t},{k}]"] * slope

        values[f"dL/dW[1,{k}]"] = sum(error(t) * g[f"x[{t},1]"] for t in STEPS)
        values[f"dL/db[{k}]"] = sum(map(error, STEPS))
        for i in UNITS:
            values[f"dL/dU[{i},{k}]"] = sum(error(t) * h[t - 1, i] for t in STEPS)
            values[f"dL/dV[{i},{k}]"] = sum(values[f"dL/dz[{t},{k}]"] * h[t, i] for t in STEPS)
        values[f"dL/dc[{k}]"] = sum(values[f"dL/dz[{t},{k}]"] for t in STEPS)
    return values


SLIPS = {
    "sign": "sign", "forward-transposed": "forward-transposed", "every": "forward-transposed",
    "backward": "backward-transposed", "path-missing": "path-missing",
    "slope-missing": "slope-missing", "slope-back": "slope-missing", "slopes": "slope-missing",
    "bias-missing": "bias-missing",
}  # fmt: skip


@pytest.mark.parametrize("slip", list(SLIPS))
def test_it_is_named_once_and_penalised_once(slip: str) -> None:
    sheet = {key: f"{value:.4f}" for key, value in _by_hand(slip).items()}
    judged = _marker().mark("", sheet).judged
    assert len(judged) == len(sheet)
    wrong = [value for value in judged if value.outcome is Outcome.WRONG]
    assert [value.slips for value in wrong] == [(SLIPS[slip],)]


def test_what_is_right_is_right_at_four_decimals_and_at_two() -> None:
    for digits in (2, 4):
        sheet = {key: f"{value:.{digits}f}" for key, value in _by_hand().items()}
        judged = _marker().mark("", sheet).judged
        assert {value.outcome for value in judged} == {Outcome.RIGHT}
    # The known-bad twin: two slips cost twice.
    sheet = {key: f"{value:.4f}" for key, value in _by_hand("slope-missing").items()}
    sheet["h[3,2]"] = "0.9876"
    wrong = [v for v in _marker().mark("", sheet).judged if v.outcome is Outcome.WRONG]
    assert len(wrong) == 2
