"""Formulas as they are typed: none that is right is refuted, none that is wrong is proved."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sampling import FULL, sample

from symback.model.network import Network
from symback.reading import answer
from symback.reading.statements.verdicts import Status

TYPED = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "typed.toml").read_text(encoding="utf-8")
)["network"]
NETWORKS = {
    "generic": Network((2, 3, 4)),
    "sigmoid": Network((2, 3, 4), ("sigmoid", "sigmoid"), "half-squared-error"),
    "softmax": Network((2, 3, 4), ("tanh", "softmax"), "cross-entropy"),
    "softmax-batch": Network((2, 3, 4), ("relu", "softmax"), "cross-entropy", batch=True),
    "batch": Network((2, 3, 2), ("sigmoid", "identity"), "half-squared-error", batch=True),
    "deep": Network((2, 3, 3, 1), ("tanh", "tanh", "sigmoid"), "binary-cross-entropy"),
    "no-bias": Network((2, 2, 2), ("sigmoid", "identity"), "squared-error", bias=False),
    "decay": Network((2, 3, 2), ("tanh", "identity"), "half-squared-error", weight_decay=0.1),
}
OPEN = 0.15
"""This share is not decided at most: comparisons, `np.sum`, shapes that may be meant."""


def verdicts(kind: str) -> list[tuple[str, Status]]:
    every = [(about, formula) for about in TYPED for formula in about[kind]]
    return [
        (formula, answer(formula, NETWORKS[about["name"]], about.get("notation")).status)
        for about, formula in sample(every, 4)
    ]


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple[str, Status]]]:
    return {kind: verdicts(kind) for kind in ("right", "wrong")}


def test_no_right_formula_is_refuted(found: dict[str, list[tuple[str, Status]]]) -> None:
    assert [formula for formula, status in found["right"] if status is Status.REFUTED] == []


def test_no_wrong_formula_is_proved(found: dict[str, list[tuple[str, Status]]]) -> None:
    good = (Status.PROVED, Status.AGREES)
    assert [formula for formula, status in found["wrong"] if status in good] == []


def test_few_are_left_open(found: dict[str, list[tuple[str, Status]]]) -> None:
    every = [status for kind in found.values() for _, status in kind]
    left = [status for status in every if status in (Status.UNDECIDED, Status.UNREAD)]
    assert len(left) <= OPEN * len(every)


@pytest.mark.skipif(not FULL, reason="a sample is no count: pytest --full")
def test_the_docs_say_how_many(found: dict[str, list[tuple[str, Status]]]) -> None:
    right = [status for _, status in found["right"]]
    wrong = [status for _, status in found["wrong"]]
    shown = sum(status in (Status.PROVED, Status.AGREES) for status in right)
    refuted = wrong.count(Status.REFUTED)
    said = (
        f"of {len(right)} right ones {shown} are shown and {len(right) - shown} left open; "
        f"of {len(wrong)} wrong ones {refuted} are refuted and {len(wrong) - refuted} left open"
    )
    docs = Path(__file__).parent.parent.parent / "docs" / "verdicts.md"
    assert said in " ".join(docs.read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("∂L/∂W²ⱼₖ = hⱼ(ŷₖ − yₖ)", "∂L/∂W²ⱼₖ = hⱼ(yₖ − ŷₖ)"),
        ("∂L/∂hⱼ = Σₖ W²ⱼₖ (ŷₖ − yₖ)", "∂L/∂hⱼ = Σₖ W¹ⱼₖ (ŷₖ − yₖ)"),
        ("dL/dW^2_jk = h_j*(yhat_k - y_k)", "dL/dW^2_jk = h_j^2*(yhat_k - y_k)"),
    ],
)
def test_a_number_above_an_index_is_a_layer(right: str, wrong: str) -> None:
    network = Network((2, 3, 2), ("sigmoid", "softmax"), "cross-entropy")
    assert answer(right, network).status is Status.PROVED
    assert answer(wrong, network).status in (Status.REFUTED, Status.UNDECIDED)
    power = "dL/dh'[j] = (h[j] - h[j]^2) * sum_k W2[j,k] (yhat[k] - y[k])"
    assert answer(power, network).status is Status.PROVED
