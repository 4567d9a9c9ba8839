"""What stands beside an arrow is claimed or supposed; what is asked for is no claim."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

NETWORK = r"""
$$z = w x$$
$$a = \sigma(z)$$
$$L = \frac12 (a - y)^2$$
"""
PARABOLA = r"$$L = a w^2 + b w$$"
GOOD = (Status.PROVED, Status.AGREES)


def judged(text: str, *lines: str) -> tuple[Judgement, ...]:
    document = text + "\n" + "\n".join(f"$${line}$$" for line in lines)
    found = check(document, path="notes.md").judgements
    first = document.count("\n") + 1 - len(lines)
    return tuple(j for j in found if j.statement.line > first)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PARABOLA, r"2 a w + b = 0 \implies w = -\frac{b}{2a}"),
        (PARABOLA, r"\frac{\partial L}{\partial w} = 0 \Rightarrow w = -\frac{b}{2a}"),
        (NETWORK, r"\frac{\partial L}{\partial a} = 0 \iff a = y"),
        (NETWORK, r"a = y \implies \frac{\partial L}{\partial a} = 0"),
    ],
)
def test_neither_side_proves_the_other_nor_is_refuted(text: str, line: str) -> None:
    found = [j.status for j in judged(text, line)]
    assert len(found) == 2
    assert not {*GOOD, Status.REFUTED}.intersection(found)


def test_what_is_right_on_either_side_is_told() -> None:
    right = (
        r"\frac{\partial L}{\partial a} = a - y \implies "
        r"\frac{\partial L}{\partial z} = (a - y) \sigma'(z)"
    )
    assert [j.status for j in judged(NETWORK, right)] == [Status.PROVED, Status.PROVED]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (
            r"\frac{\partial L}{\partial w} = (a - y) x \Rightarrow "
            r"\frac{\partial L}{\partial z} = (a - y) \sigma'(z)",
            0,
        ),
        (
            r"\frac{\partial L}{\partial a} = a - y \Rightarrow "
            r"\frac{\partial L}{\partial z} = (a - y) \sigma(z)",
            1,
        ),
    ],
)
def test_a_slip_beside_an_arrow_is_one(line: str, at: int) -> None:
    found = judged(NETWORK, line)
    assert found[at].status is Status.REFUTED
    assert found[1 - at].status is Status.PROVED


def test_what_is_supposed_holds_for_no_line_after_it() -> None:
    found = judged(
        NETWORK,
        r"a = y \implies \frac{\partial L}{\partial a} = 0",
        r"\frac{\partial L}{\partial a} = 0",
        r"\frac{\partial L}{\partial a} = a - y",
    )
    assert found[2].status not in GOOD
    assert found[3].status is Status.PROVED


def test_an_equation_is_not_shown_by_what_it_is_solved_for() -> None:
    asked, answer, shown = judged(
        PARABOLA, r"2 a w + b = 0", r"w = -\frac{b}{2a}", r"\frac{\partial L}{\partial w} = 0"
    )
    assert asked.status is Status.UNDECIDED
    assert answer.status is Status.DEFINITION
    assert shown.status is Status.PROVED


def test_an_expectation_is_no_error_though_its_letter_is() -> None:
    text = r"$$E(w) = \sum_n (y_n - t_n)^2$$" + "\n\nSince $"
    told = text + r"\mathbb{E}(w_i) = \mathbb{E}(x_i) = 0$"
    assert not [j for j in check(told, path="a.md").judgements if j.status in GOOD]
    same = text + r"E(w) = \sum_n (y_n - t_n)^2$"
    assert check(same, path="a.md").judgements[-1].status is Status.PROVED
