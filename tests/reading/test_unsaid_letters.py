"""What documents leave to the reader about their letters, each beside a slip."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

CLASSES = r"""
$$z_1 = x W_1 + b_1,\quad h = \max(0, z_1),\quad s = h W_2 + b_2$$
$$p_i = \frac{e^{s_i}}{\sum_j e^{s_j}},\quad L = -\log p_y$$

$$\frac{\partial L}{\partial s_i} = p_i %s \mathbb{1}[i = y]$$
$$\frac{\partial L}{\partial W_2} = h^T \frac{\partial L}{\partial s}$$
"""


def test_what_is_compared_with_an_index_is_the_right_class() -> None:
    *_, one, weights = check(CLASSES % "-", path="n.md").judgements
    assert {one.status, weights.status} == {Status.PROVED}
    *_, one, _ = check(CLASSES % "+", path="n.md").judgements
    assert one.status is not Status.PROVED


def test_a_letter_that_is_a_quantity_is_no_class() -> None:
    document = CLASSES % "-" + r"$$v = y + 1$$"
    assert not any(
        judgement.status is Status.REFUTED for judgement in check(document, path="n.md").judgements
    )


LAYERS = r"""
$$z_1 = W_1 x + b_1, \quad a_1 = \text{ReLU}(z_1), \quad z_2 = W_2 a_1 + b_2$$
$$p_k = \frac{e^{z_{2,k}}}{\sum_{j} e^{z_{2,j}}}, \quad L = -\log p_y$$

$$\frac{\partial L}{\partial a_1} = W_2^T \frac{\partial L}{\partial z_2}$$
"""


@pytest.mark.spread
@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"\frac{\partial L}{\partial z_{2,k}} = p_k - \delta_{yk}", True),
        (r"\frac{\partial L}{\partial z_{2,k}} = p_k + \delta_{yk}", False),
        (r"\frac{\partial L}{\partial z_{1,i}} = \frac{\partial L}{\partial a_{1,i}} "
         r"\mathbb{1}[z_{1,i} > 0]", True),
        (r"\frac{\partial L}{\partial z_{1,i}} = \frac{\partial L}{\partial a_{1,i}} "
         r"\mathbb{1}[z_{1,i} < 0]", False),
    ],
)  # fmt: skip
def test_an_entry_of_a_numbered_layer(line: str, holds: bool) -> None:
    classes = r"$$\frac{\partial p_y}{\partial z_{2,k}} = p_y (\delta_{yk} - p_k)$$"
    found = check(f"{LAYERS}\n\n{classes}\n\n$${line}$$", path="n.md").judgements[-1]
    assert (found.status is Status.PROVED) is holds


STATES = r"""
$$c_t = f_t \odot c_{t-1} + i_t \odot g_t$$ $$h_t = o_t \odot \tanh(c_t)$$

$$\delta o_t = \delta h_t \odot \tanh(c_t)$$
$$\delta f_t = \delta c_t \odot c_{t-1}$$
$$\delta i_t = \delta c_t \odot %s$$
"""


def test_a_delta_before_names_is_the_derivative_by_them() -> None:
    report = check(STATES % "g_t", path="n.md")
    assert [j.status for j in report.judgements[-3:]] == [Status.PROVED] * 3
    assert ("delta-names-derivative", {"loss": "L"}) in report.inferred
    assert check(STATES % "i_t", path="n.md").judgements[-1].status is not Status.PROVED
    other = STATES % "g_t" + r"$$\delta = 3$$"  # here it is a quantity of its own
    assert check(other, path="n.md").judgements[-2].status is Status.UNDECIDED
