"""Models that are no perceptron, worked out before a witness that may refuse every value."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from symback import read_model
from symback.calculus import derive
from symback.errors import InputError, TooLargeError
from symback.model.language.sources import library_text
from symback.teaching.drawing import draw_integers, draw_numbers
from symback.teaching.marking import Marker
from symback.teaching.outcomes import Outcome
from symback.teaching.program import Program
from symback.teaching.slips import variants
from symback.teaching.unrolling import unroll
from symback.teaching.witness import Witness

LEARNT_START = """
input x[t]
target y[t]
param a, c, v
sizes T=3
h[0] = c
h[t] = tanh(a h[t-1] + x[t])
L = sum(t, (v h[t] - y[t])^2) / 2
"""
EXTREMES = """
input x[n,m]
target y
param w[m], b
sizes N=2, M=3
p = prod(n, sum(m, [m <= n + 1] w[m] x[n,m]) + max(b, 0.1))
L = (p - y)^2 / 2
"""
MODELS = {
    "a start that is learnt": (LEARNT_START, {}),
    "products, conditions and the larger of two": (EXTREMES, {}),
    "crf": (library_text("crf"), {"T": 3, "K": 2}),
    "conv2d": (
        library_text("conv2d"),
        dict(zip("CHWFRQIJSD", (1, 3, 3, 2, 2, 2, 2, 2, 1, 1), strict=True)),
    ),
    "word2vec": (library_text("word2vec"), {}),
    "causal-attention": (library_text("causal-attention"), {}),
}


class Worked:
    """A model with drawn numbers."""

    def __init__(self, text: str, sizes: dict[str, int], seed: int = 3) -> None:
        self.model = read_model(text)
        self.sizes = sizes
        self.integers = draw_integers(self.model, sizes, seed)
        self.derivation = derive(self.model)
        self.program: Program = unroll(self.derivation, sizes, integers=self.integers)
        random = Random(seed)
        keys = [key for group in self.program.given.values() for key in group]
        self.given = {key: random.uniform(0.2, 1.2) for key in keys}
        self.values = self.program.run({**self.given, "eta": 0.1})

    def claims(self) -> dict[str, Any]:
        return {
            line.key: self.values[line.key]
            for line in self.program.lines
            if line.kind.value in ("forward", "adjoint", "gradient")
        }

    def testimony(self, claims: dict[str, Any]) -> Any:
        witness = Witness(self.model, self.sizes, self.integers)
        return witness.judge(self.given, claims)


@pytest.mark.parametrize("name", MODELS)
def test_the_witness_finds_the_same_values(name: str) -> None:
    worked = Worked(*MODELS[name])
    claims = worked.claims()
    found = worked.testimony(claims)
    assert found.wrong == ()
    assert found.gradients > 0
    key = [key for key in claims if key.startswith("dL/d")][-1]
    altered = {**claims, key: float(claims[key]) + 0.01}
    assert [wrong for wrong, _ in worked.testimony(altered).wrong] == [key]


def test_the_gradient_of_a_start_goes_through_the_recursion() -> None:
    worked = Worked(*MODELS["a start that is learnt"])
    assert "dL/dh[0]" in worked.values
    assert worked.values["dL/dc"] == worked.values["dL/dh[0]"] != 0


def test_beyond_an_end_nothing_comes_back() -> None:
    worked = Worked(*MODELS["a start that is learnt"])
    assert "dL/dh[4]" not in worked.values


@pytest.mark.parametrize(
    ("text", "sizes", "error", "said"),
    [
        (EXTREMES.replace("sizes N=2, M=3\n", ""), {"M": 3}, InputError, "the size N is open"),
        (EXTREMES, {"N": 100, "M": 1000}, TooLargeError, "x has 100000 entries"),
        (library_text("max-pooling"), {}, InputError, "an index that depends on values"),
    ],
)
def test_what_cannot_be_worked_out_is_said(text, sizes, error, said: str) -> None:
    with pytest.raises(error, match=said):
        unroll(derive(read_model(text)), sizes)


def test_a_lookup_needs_its_index() -> None:
    derivation = derive(read_model(library_text("word2vec")))
    with pytest.raises(InputError, match="has no value; give it with --values"):
        unroll(derivation)


def test_a_slip_is_made_at_every_step_and_penalised_once() -> None:
    model = read_model(library_text("rnn")).with_sizes({"T": 3, "J": 1, "K": 1, "O": 2})
    derivation = derive(model)
    program = unroll(derivation)
    drawn = draw_numbers("tidy", derivation, program, 9)
    marker = Marker(program, drawn.given)
    numbers = {key: float(value) for key, value in drawn.given.items()}
    ways = [pair for pair in variants(program) if pair[0].code in ("sign", "path-missing")]
    assert len(ways) == 4
    for slip, altered in ways:
        wrong = program.run(numbers, altered=altered, rounded=lambda value: round(value, 4))
        # The adjoints of the softmax's outputs are not asked for, nor written.
        keys = [line.key for line in program.lines if not line.key.startswith("dL/dp")]
        judged = marker.mark("", {key: f"{float(wrong[key]):.4f}" for key in keys}).judged
        found = [value for value in judged if value.outcome is Outcome.WRONG]
        assert len(found) == 1, slip.code
        assert slip.code in found[0].slips
