r"""Numbers of equations that authors type at the end of a display."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.finding import find
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)


def statuses(*lines: str) -> list[Status]:
    text = "\n\n".join(f"$${line}$$" for line in lines)
    return [j.status for j in check(text, path="n.md").judgements if j.statement.is_claim]


def test_numbers_that_go_on_are_no_factors() -> None:
    lines = ("z = w x + b (1)", r"\frac{dz}{dw} = x (2)", r"\frac{dz}{db} = 1 (3)")
    assert statuses(*lines)[1:] == [Status.PROVED] * 2
    assert statuses(*lines[:2], r"\frac{dz}{db} = 3 (3)")[2] is Status.REFUTED
    rows = r"\begin{aligned} z &= w x + b (1) \\ \frac{dz}{dw} &= x (2) \end{aligned}"
    assert statuses(rows)[-1] is Status.PROVED


def test_a_number_that_does_not_go_on_is_a_factor() -> None:
    assert statuses("z = w x", r"\frac{dz}{dw} = x (2)")[-1] is Status.REFUTED
    assert statuses("z = 2 w x", r"\frac{dz}{dw} = x (2)")[-1] is Status.PROVED
    assert statuses("z = 2 w x (7)", r"\frac{dz}{dw} = x (2)")[-1] is not Status.PROVED


def test_numbers_that_rise_from_one_are_no_factors() -> None:
    """Of some equations the number is not seen: they are pictures, or have none."""
    assert statuses("z = w x (1)", r"\frac{dz}{dw} = x (3)")[-1] is Status.PROVED
    assert statuses("z = w x (1)", r"\frac{dz}{dw} = w (3)")[-1] is Status.REFUTED
    assert statuses("z = w x (5)", r"\frac{dz}{dw} = 5 x (3)")[-1] is not Status.PROVED
    assert statuses("z = w x (3)", r"\frac{dz}{dw} = x (3)")[-1] is Status.PROVED  # factors


def test_functions_at_numbers_keep_them() -> None:
    lines = ("f(x) = x^2", "a = f(1)", "b = f(2)", r"\frac{a}{b} = \frac{1}{4}")
    assert statuses(*lines)[-1] in _GOOD
    assert [e.text for e in find("\n\n".join(f"$${x}$$" for x in lines), "markdown").excerpts][
        1:3
    ] == ["a = f(1)", "b = f(2)"]


@pytest.mark.parametrize(
    "label",
    [
        "~~~(4)", r"\ \ (4)", r"\hfill (4)", r"\quad(4)", "（4）", r"\cdots (4)", "......(4)",
        r"\quad ①", r"\quad\mathbf{(4)}", r"\quad (eq. 4)", r"\Rightarrow eq.(4)", r"~~(2.4)",
    ],
)  # fmt: skip
def test_a_number_far_off_is_no_factor(label: str) -> None:
    assert statuses("z = w x", rf"\frac{{dz}}{{dw}} = x {label}")[-1] is Status.PROVED
    assert statuses("z = w x", rf"\frac{{dz}}{{dw}} = 4 x {label}")[-1] is not Status.PROVED


def test_everything_keeps_its_place() -> None:
    text = "$$z = w x (1)$$\n\n$$y = z b (2), c$$\n\n$$y = z b (2)$$\n"
    found = find(text, "markdown").excerpts
    assert [(e.line, e.column, e.text) for e in found] == [
        (1, 3, "z = w x    "), (3, 3, "y = z b (2), c"), (5, 3, "y = z b    "),
    ]  # fmt: skip


def test_many_spaces_take_no_time() -> None:
    assert find("$$" + " " * 200_000 + "x (1)" + " " * 200_000 + "$$", "markdown").excerpts
    assert find("$$x" + "~" * 100_000 + "(1) y$$", "markdown").excerpts
