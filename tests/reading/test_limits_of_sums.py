"""A sum that goes to the number of other units than it is over is never shown to be right."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

LAYERS = r"""
$$z^{(l+1)}_j = \sum_{i=1}^{s_l} W^{(l)}_{ji} a^{(l)}_i + b^{(l)}_j$$

$$a^{(l+1)}_j = f(z^{(l+1)}_j)$$

$$\delta^{(l)}_j = \frac{\partial J}{\partial z^{(l)}_j}$$

$$\delta^{(l)}_i = f'(z^{(l)}_i) \sum_{j=1}^{LIMIT} W^{(l)}_{ji} \delta^{(l+1)}_j$$
"""
ONE_LAYER = r"""
Let $h_j = \sum_{i=1}^{n} W_{ji} x_i$ for $j = 1, \dots, m$, and
$E = \frac12 \sum_{j=1}^m (h_j - y_j)^2$.

$$\frac{\partial E}{\partial x_i} = \sum_{j=1}^{LIMIT} (h_j - y_j) W_{ji}$$
"""
STEPS = r"""
$$z_t = W x_t + U h_{t-1}$$

$$h_t = \tanh(z_t)$$

$$L = \sum_{t=1}^T \frac12 \|h_t - y_t\|^2$$

$$\frac{\partial L}{\partial W} = \sum_{t=1}^{LIMIT} \frac{\partial L}{\partial z_t} x_t^\top$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (LAYERS, "s_{l+1}", ("s_l", "s_{l+2}")),
        (ONE_LAYER, "m", ("n",)),
        (STEPS, "T", ("N",)),
    ],
    ids=["layers", "one layer", "steps"],
)
def test_limits(text: str, right: str, wrong: tuple[str, ...]) -> None:
    def status(limit: str) -> Status:
        return check(text.replace("LIMIT", limit), kind="markdown").judgements[-1].status

    assert status(right) in (Status.PROVED, Status.AGREES)
    for limit in wrong:
        assert status(limit) not in (Status.PROVED, Status.AGREES), limit


LAYERS = r"""
$$z_j^{(l)} = \sum_{i=1}^{m^{(l-1)}} w_{ji}^{(l)} a_i^{(l-1)} + b_j^{(l)}$$
$$a_j^{(l)} = f(z_j^{(l)})$$
$$C = \frac12 \sum_k (a_k^{(L)} - y_k)^2$$
$$\delta_j^{(l)} = \frac{\partial C}{\partial z_j^{(l)}}$$
"""
BACK = r"\delta_j^{(l)} = \sum_{k=1}^{END} w_{kj}^{(l+1)} \delta_k^{(l+1)} f'(z_j^{(l)})"


@pytest.mark.parametrize(
    ("end", "proved"), [("m^{(l+1)}", True), ("n", True), ("L", False), ("l", False)]
)
def test_the_number_of_a_layer_is_no_number_of_units(end: str, proved: bool) -> None:
    text = f"{LAYERS}$${BACK.replace('END', end)}$$"
    status = check(text, path="notes.md").judgements[-1].status
    assert (status is Status.PROVED) == proved


@pytest.mark.parametrize("end", ["2 n", "n / 2", r"\frac{n}{2}", "n^2", "n + 1", "n - 1", "l - 1"])
def test_a_limit_that_is_worked_out_is_no_name_of_a_range_that_has_one(end: str) -> None:
    equation = r"z_j = \sum_{i=1}^{END} w_{ji} x_i"
    text = f"$${equation.replace('END', 'n')}$$\n$$L = \\sum_j f(z_j)$$\n"
    found = check(f"{text}$${equation.replace('END', end)}$$", path="notes.md").judgements[-1]
    assert found.status not in (Status.PROVED, Status.AGREES)
    same = check(f"{text}$${equation.replace('END', 'N_x')}$$", path="notes.md").judgements[-1]
    assert same.status is Status.PROVED


ROWS = r"""
$$y_{bj} = w_j x_{bj}$$
$$\frac{\partial L}{\partial w_j} = \sum_{b=1}^{B} \frac{\partial L}{\partial y_{bj}} x_{bj}$$
$$\frac{\partial L}{\partial w_j} = \sum_{b=1}^{B} \sum_{h=1}^{H}
\frac{\partial L}{\partial y_{bh}} \frac{\partial y_{bh}}{\partial w_j}$$
"""


@pytest.mark.parametrize(
    ("ends", "proved"),
    [("BH", True), ("bH", False), ("hH", False), ("HH", False), ("BB", False), ("Bh", False),
     ("NH", True)],
)  # fmt: skip
def test_a_letter_of_another_sum_is_no_end(ends: str, proved: bool) -> None:
    line = r"""$$\frac{\partial L}{\partial w_j} = \sum_{b=1}^{FIRST} \sum_{h=1}^{SECOND}
    \frac{\partial L}{\partial y_{bh}} \frac{\partial y_{bh}}{\partial w_j}$$"""
    line = line.replace("FIRST", ends[0]).replace("SECOND", ends[1])
    found = check(ROWS + line, path="notes.md").judgements
    assert (found[-1].status is Status.PROVED) == proved
    assert all(j.status is Status.PROVED for j in found[1:3])


@pytest.mark.parametrize(("end", "proved"), [("m(l-1)", True), ("l(l-1)", False)])
def test_the_number_of_a_layer_is_no_name_of_a_size(end: str, proved: bool) -> None:
    text = r"""$$z_j^{(l)} = \sum_{i=1}^{m(l-1)} w_{j,i}^{(l)} a_i^{(l-1)} + b_j^{(l)}$$
$$a_j^{(l)} = f(z_j^{(l)})$$
$$\frac{\partial z_j^{(l)}}{\partial b_j^{(l)}} z_j^{(l)} =
\left(\sum_{i=1}^{END} w_{j,i}^{(l)} a_i^{(l-1)}\right) + b_j^{(l)}$$
"""
    last = check(text.replace("END", end), path="notes.md").judgements[-1]
    assert (last.status is Status.PROVED) == proved


OPEN = r"""$$h_k = \sum_j v_{jk} x_j$$
$$E = \frac{1}{2} \sum_k (h_k - t_k)^2$$
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial E}{\partial x_j} = \sum (h_k - t_k) v_{jk}", Status.PROVED),
        (r"\frac{\partial E}{\partial x_j} - \sum (h_k - t_k) v_{jk} = 0", Status.PROVED),
        (
            r"\frac{\partial E}{\partial x_j} - \left(\sum (h_k - t_k) v_{jk}\right) = 0",
            Status.PROVED,
        ),
        (r"\frac{\partial E}{\partial x_j} + \sum (h_k - t_k) v_{jk} = 0", Status.REFUTED),
        (r"\frac{\partial E}{\partial x_j} - \sum (h_k - t_k) v_{kj} = 0", Status.REFUTED),
    ],
)
def test_a_sum_without_an_index_on_one_side_with_all(line: str, status: Status) -> None:
    assert check(f"{OPEN}$${line}$$", path="notes.md").judgements[-1].status is status


@pytest.mark.parametrize(("index", "proved"), [("k1", True), ("1k", False)])
def test_a_letter_stands_only_where_there_are_so_many(index: str, proved: bool) -> None:
    text = r"""$$z_k^{(1)} = \sum_j W_{jk}^{(1)} x_j + b_k^{(1)}$$
$$a_k^{(1)} = \tanh(z_k^{(1)})$$
$$z_1^{(2)} = \sum_{j=1}^{4} W_{j1}^{(2)} a_j^{(1)} + b_1^{(2)}$$
$$\hat y_1 = \sigma(z_1^{(2)})$$
$$L = - (y_1 \log(\hat y_1) + (1 - y_1) \log(1 - \hat y_1))$$
$$\frac{\partial L}{\partial z_k^{(1)}} = (1 - (a_k^{(1)})^2) (\hat y_1 - y_1) W_{AT}^{(2)}$$
"""
    found = check(text.replace("AT", index), path="notes.md").judgements[-1]
    assert (found.status is Status.PROVED) == proved


UNSAID = r"""
$$z_j^{(l+1)} = \sum_i W_{ji}^{(l)} a_i^{(l)}$$

$$a_j^{(l)} = f(z_j^{(l)})$$

$$\frac{\partial J}{\partial a_i^{(l)}} =
\sum_{END} W_{ji}^{(l)} \frac{\partial J}{\partial z_j^{(l+1)}}$$
"""


@pytest.mark.parametrize(
    ("end", "holds"),
    [
        ("j=1}^{s_{l+1}", True),
        ("j=1}^{s_{l+2}", False),
        ("j=1}^{s_l", False),
        ("j=1}^{s(l+1)", True),
        ("j=1}^{s(l+2)", False),
        ("j=1}^{s", True),  # of which no layer is said
        (r"j \in S_{l+1}", True),
        (r"j \in S_{l+2}", False),
    ],
)
def test_a_size_that_no_equation_has_is_that_of_the_units_summed_over(
    end: str, holds: bool
) -> None:
    found = check(UNSAID.replace("END", end), kind="markdown").judgements[-1]
    assert (found.status is Status.PROVED) is holds
