"""Of a family the gate takes few cases, and never leaves out a twin, a format or a notation."""

from __future__ import annotations

from enum import Enum
from itertools import product

import pytest
from spreading import spread


class Verdict(Enum):
    PROVED = "proved"
    REFUTED = "refuted"


def test_a_fifth_is_taken_and_the_same_each_time():
    cases = [{"text": f"line {n}"} for n in range(30)]
    taken = spread(cases, "a family")
    assert len(taken) == 6
    assert taken == spread(cases, "a family")
    assert taken != spread(cases, "another family")


@pytest.mark.parametrize("refusal", ["REFUTED", "WRONG", "UNDECIDED", False, Verdict.REFUTED])
def test_no_twin_is_left_out(refusal):
    cases = [{"text": f"line {n}", "verdict": Verdict.PROVED} for n in range(9)]
    twins = [{"text": f"twin {n}", "verdict": refusal} for n in range(9)]
    taken = spread([*cases, *twins], "a family")
    assert taken >= set(range(9, 18))
    assert len(taken) == 9 + 2
    # Without a word of refusal they are cases like any other.
    assert len(spread([*cases, *({**twin, "verdict": "PROVED"} for twin in twins)], "a")) == 4


@pytest.mark.parametrize("name", ["slip", "wrong"])
def test_what_is_itself_a_twin_is_not_left_out(name):
    cases = [{"text": f"line {n}", name: f"twin {n}" if n % 2 else None} for n in range(18)]
    taken = spread(cases, "a family")
    assert taken >= set(range(1, 18, 2))
    assert len(taken) == 9 + 2
    assert len(spread([{"text": n, "right": n} for n in range(18)], "a family")) == 4


def test_of_a_product_every_member_is_taken():
    formats, notations = ["html", "latex", "typst", "text"], [f"notation {n}" for n in range(8)]
    cases = [{"format": f, "notation": n} for f, n in product(formats, notations)]
    taken = [cases[at] for at in spread(cases, "a product")]
    assert {case["format"] for case in taken} == set(formats)
    assert {case["notation"] for case in taken} == set(notations)
    assert len(taken) < len(cases) / 2


@pytest.mark.parametrize(("count", "taken"), [(0, 0), (1, 1), (2, 1), (5, 1), (6, 2)])
def test_of_few_at_least_one_is_taken(count, taken):
    assert len(spread([{"n": n} for n in range(count)], "few")) == taken


def test_of_pairs_a_fifth_is_taken_whatever_they_say():
    cases = [{"right": f"line {n}", "wrong": f"twin {n}"} for n in range(18)]
    taken = spread(cases, "pairs", paired=True)
    assert len(taken) == 4
    assert taken == spread(cases, "pairs", paired=True)
    assert len(spread(cases, "pairs")) == 18, "each has a twin, and none may be left out"
    assert len(spread(cases[:1], "pairs", paired=True)) == 1
