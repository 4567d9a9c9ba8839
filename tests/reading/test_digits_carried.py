"""Which numbers of an example are exact, and how far those reach that are carried on."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

GIVEN = "$w = 0.4$, $x = 2$, $b = 0.1$.\n\n"


def last(*lines: str, given: str = "") -> Status:
    return check(given + "\n\n".join(f"$${x}$$" for x in lines), path="n.md").judgements[-1].status


@pytest.mark.parametrize(("result", "status"), [("0.9", Status.AGREES), ("0.8", Status.REFUTED)])
def test_what_is_cut_off_had_more_digits(result: str, status: Status) -> None:
    assert last(rf"z = 0.4 \cdot 2 + 0.1 = {result}") is status


def test_a_result_without_rounding_is_exact_where_it_is_carried_on() -> None:
    head = r"z = w x + b = 0.4 \cdot 2 + 0.1 = 0.9"
    for result, status in (("0.7109", Status.AGREES), ("0.7119", Status.REFUTED)):
        line = rf"a = \frac{{1}}{{1 + e^{{-0.9}}}} = {result}"
        assert last(head, line, given=GIVEN) is status


def test_a_result_that_was_rounded_reaches_as_far_as_it_may() -> None:
    head = r"z = w x + b = 0.43 \cdot 2 + 0.08 = 0.9"  # 0.94
    for result, status in (("0.7191", Status.AGREES), ("0.7291", Status.REFUTED)):
        line = rf"a = \frac{{1}}{{1 + e^{{-0.9}}}} = {result}"
        given = "$w = 0.43$, $x = 2$, $b = 0.08$.\n\n"
        assert last(head, line, given=given) is status


def test_a_number_that_a_result_may_be_reaches_no_further_than_the_result() -> None:
    head = r"h = \tanh(1.2) = 0.8337"
    for result, status in (("0.7725", Status.AGREES), ("0.8275", Status.REFUTED)):
        assert last(head, rf"v = 0.8 - 0.1 \cdot 0.2746 = {result}") is status
    for result, status in (("3.33", Status.AGREES), ("3.45", Status.REFUTED)):
        assert last(r"h = \frac{2}{3} = 0.666", rf"q = 0.66 \cdot 5 = {result}") is status
