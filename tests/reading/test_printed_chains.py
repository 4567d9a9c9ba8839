"""Chains of printed numbers: no link is loosened by the one before; numbers show as printed."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status


def judged(*lines: str) -> tuple[Judgement, ...]:
    return check("\n".join(f"$${line}$$" for line in lines), path="notes.md").judgements


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("1/3 = 0.333 = 0.33", "1/3 = 0.33 = 0.34"),
        ("2/3 = 0.66 = 0.7", "1/3 = 0.3 = 0.34"),
        (r"0.4 \cdot 0.5 = 0.2 = 0.20", r"0.4 \cdot 0.5 = 0.2 = 0.21"),
        # What was rounded twice can be off by half a unit of the first rounding.
        (r"0.9 \cdot 0.4944 = 0.44496 = 0.445 = 0.45", r"0.9 \cdot 0.4944 = 0.44496 = 0.46"),
    ],
)
def test_links_are_held_against_what_was_worked_out(right: str, wrong: str) -> None:
    assert all(j.status is Status.AGREES for j in judged(right))
    assert judged(wrong)[-1].status is Status.REFUTED


def test_a_result_is_carried_on_with_its_own_digits_alone() -> None:
    # 0.4 is no rounding of the 0.3 above, so it is exact and 0.4 times 0.5 is 0.2.
    found = judged("1/3 = 0.3", r"0.4 \cdot 0.5 = 0.22")
    assert [j.status for j in found] == [Status.AGREES, Status.REFUTED]
    assert judged("0.9 / 2.2 = 0.409", r"0.4 \cdot 0.5 = 0.22")[-1].status is Status.AGREES


@pytest.mark.parametrize(
    ("lines", "left", "right"),
    [
        (["0.5 = 0.2"], "0.5", "0.2"),
        ([r"0.5 \cdot 0.7 = 0.2"], "0.35", "0.2"),
        (["z = 0.2", "y = 1.5", "z y = 0.45"], "0.3", "0.45"),
        ([r"\begin{bmatrix} 1 & 2 \end{bmatrix} \begin{bmatrix} 3 \\ 4 \end{bmatrix} = 12"],
         "11", "12"),
        ([r"\sqrt{0.49} = 0.9"], "0.7", "0.9"),
        ([r"|-0.25| = 0.75"], "0.25", "0.75"),
    ],
)  # fmt: skip
def test_a_witness_shows_the_numbers_that_are_printed(
    lines: list[str], left: str, right: str
) -> None:
    found = judged(*lines)[-1]
    assert found.status is Status.REFUTED
    assert found.witness is not None
    assert (found.witness.left, found.witness.right) == (left, right)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("0.5", Status.AGREES),
        ("0.7", Status.REFUTED),
        ("2(0.5)", Status.REFUTED),
        (r"\frac{1}{2} (-1)^2", Status.AGREES),
    ],
)
def test_a_whole_result_is_exact_with_either_sign(value: str, status: Status) -> None:
    text = "$x = 2$, $w = 0.5$, $v = -1$, $t = 0$.\n\n$$y = v w x = -1$$\n\n"
    line = rf"$$E = \frac{{1}}{{2}}(y - t)^2 = {value}$$"
    assert check(text + line, kind="markdown").judgements[-1].status is status


@pytest.mark.parametrize(
    ("chain", "wrong"),
    [
        ("b = 6 - 0.00005 * 41.7 = 6 - 0.002 = 5.998", "6 - 0.003"),
        ("c = 0.7 - 0.369 = 0.7 - 0.37 = 0.33", "0.7 - 0.35"),
        ("y = 0.15 * 0.5 + 0.2 = 0.08 + 0.2", "0.09 + 0.2"),
        ("y = 0.1 * 0.5 + 0.2 = 0.05 + 0.2", "0.06 + 0.2"),
        ("y = 0.15 * 0.5 + 0.2 = 0.08 + 0.2", "0.08 + 0.3"),
        ("a = e^{-0.5} + 0.1 = 0.61 + 0.1", "0.62 + 0.1"),
    ],
)
def test_a_part_is_carried_on_with_fewer_digits(chain: str, wrong: str) -> None:
    """`6 - 0.00005 * 41.7 = 6 - 0.002`: the last number is rounded, though it has one digit."""
    good = (Status.PROVED, Status.AGREES, Status.ASSIGNMENT)
    assert all(j.status in good for j in check(f"$${chain}$$", path="n.md").judgements)
    links = chain.split(" = ")
    slipped = f"$${links[0]} = {links[1]} = {wrong}$$"
    assert check(slipped, path="n.md").judgements[-1].status is Status.REFUTED
