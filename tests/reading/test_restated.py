"""An equation that is said again, and left open, makes no wrong line after it right."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

NETWORK = r"""
$$z_j = \sum_i w_{ji} x_i + b_j$$
$$a_j = f(z_j)$$
$$E = \frac12 \sum_j (a_j - y_j)^2$$
"""


def after(restated: str, line: str) -> Judgement:
    text = f"{NETWORK}\nLet us now consider\n\n$${restated}$$\n\n$${line}$$\n"
    return check(text, path="notes.md").judgements[-1]


@pytest.mark.parametrize(
    ("restated", "wrong", "right"),
    [
        (  # whether it squares entry by entry is open
            r"E = (a - y)^2",
            r"\frac{\partial E}{\partial a_j} = 2(a_j - y_j)",
            r"\frac{\partial E}{\partial a_j} = a_j - y_j",
        ),
        (  # its shapes do not fit, so it may be a slip
            r"z = w^T x + b",
            r"\frac{\partial z_j}{\partial w_{ij}} = x_i",
            r"\frac{\partial a_j}{\partial z_j} = f'(z_j)",
        ),
    ],
)
def test_lines_that_only_hold_by_it_stay_open(restated: str, wrong: str, right: str) -> None:
    assert after(restated, wrong).status is Status.UNDECIDED
    assert after(restated, wrong).reason == "doubtful-begun-anew"
    assert after(restated, right).status is not Status.REFUTED


def test_an_equation_seen_to_be_another_one_begins_anew() -> None:
    other = r"E = \sum_j (a_j - y_j)^2"
    assert after(other, r"\frac{\partial E}{\partial a_j} = 2 (a_j - y_j)").status is Status.PROVED
    letters = r"E = -\sum_j y_j \log a_j"
    line = r"\frac{\partial E}{\partial a_j} = -\frac{y_j}{a_j}"
    assert after(letters, line).status is Status.PROVED
    assert after(letters, line.replace("-", "")).status is not Status.PROVED


@pytest.mark.parametrize(
    ("kept", "lost"),
    [
        (r"\delta \leftarrow \frac{df}{dx} \delta", None),
        (r"W \leftarrow W - \eta \frac{\partial L}{\partial W}",
         r"W \leftarrow W \eta \frac{\partial L}{\partial W}"),
    ],
)  # fmt: skip
def test_an_update_loses_the_old_value_of_what_it_differentiates_by(
    kept: str, lost: str | None
) -> None:
    assert check(f"$${kept}$$", path="a.md").judgements[-1].status is Status.ASSIGNMENT
    if lost is not None:
        assert check(f"$${lost}$$", path="a.md").judgements[-1].status is Status.REFUTED


def test_what_is_said_just_before_a_line_is_meant_in_it() -> None:
    text = r"""
# Chains

Let $y = f(x)$ and $z = g(y)$. Then

$$\frac{dz}{dx} = \frac{dz}{dy} \frac{dy}{dx}$$

# Graphs

Let $y = f(x)$, $z = g(x)$ and $w = h(y, z)$. Both paths are added:

$$\frac{\partial w}{\partial x} = %s$$

# Units

$$y = u_1$$
"""
    first, second = (
        rf"\frac{{\partial w}}{{\partial {way}}} \frac{{\partial {way}}}{{\partial x}}"
        for way in "yz"
    )

    def status(line: str) -> Status:
        found = check(text % line, kind="markdown").judgements
        return next(j.status for j in found if r"\partial w" in j.statement.excerpt.text)

    assert status(f"{first} + {second}") is Status.PROVED
    assert status(first) not in (Status.PROVED, Status.AGREES)
    assert status(second) not in (Status.PROVED, Status.AGREES)
