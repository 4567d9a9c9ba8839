"""A vector added to every row or column of a matrix: shapes tell which, else the lines do."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)
FORWARD = "Forward: $Y = X W + b$ {said}.\n\n"
DATA = r"where $X \in \mathbb{R}^{N \times D}$ and $W \in \mathbb{R}^{D \times M}$"
BIAS = r"where $b \in \mathbb{R}^{M}$ and $W \in \mathbb{R}^{D \times M}$"
ROWS = (
    r"\frac{\partial L}{\partial b} = \sum_{i} \frac{\partial L}{\partial Y_i}",
    r"\frac{\partial L}{\partial b_j} = \sum_{i=1}^N \frac{\partial L}{\partial Y_{ij}}",
    r"\frac{\partial L}{\partial b} = \mathbf{1}^T \frac{\partial L}{\partial Y}",
)
COLUMNS = (
    r"\frac{\partial L}{\partial b_j} = \sum_{i} \frac{\partial L}{\partial Y_{ji}}",
    r"\frac{\partial L}{\partial b} = \frac{\partial L}{\partial Y} \mathbf{1}",
)


def statuses(said: str, *lines: str) -> list[Status]:
    text = FORWARD.format(said=said) + "\n\n".join(f"$${line}$$" for line in lines)
    return [j.status for j in check(text, path="notes.md").judgements][-len(lines) :]


@pytest.mark.parametrize("said", [DATA, BIAS])
def test_lines_of_rows(said: str) -> None:
    assert set(statuses(said, *ROWS)) <= set(_GOOD)


@pytest.mark.parametrize(
    ("right", "wrong"), [("_i}", "_1}"), ("_{ij}", "_{ji}"), (r"\mathbf{1}^T ", r"2 \mathbf{1}^T ")]
)
@pytest.mark.parametrize("said", [DATA, BIAS])
def test_wrong_lines_of_rows(said: str, right: str, wrong: str) -> None:
    for line in ROWS:
        if right in line:
            others = [other for other in ROWS if other != line]
            assert statuses(said, *others, line.replace(right, wrong))[-1] not in _GOOD


def test_declared_sizes_tell_which_way() -> None:
    """With b as long as W is wide nothing is left to choose."""
    assert not set(statuses(BIAS, COLUMNS[1])) & set(_GOOD)
    assert statuses(BIAS, ROWS[2])[0] in _GOOD


def test_nothing_is_refuted_where_nothing_tells_which_way() -> None:
    for line in (*ROWS, *COLUMNS):
        assert statuses("", line)[0] is not Status.REFUTED, line


def test_lines_that_need_both_ways_stay_open() -> None:
    both = statuses("", ROWS[2], COLUMNS[1])
    assert not set(both) & {*_GOOD, Status.REFUTED}
