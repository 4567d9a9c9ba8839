"""A function that has a name is its letter only where all of its argument goes into the name."""

from symback.reading import check
from symback.reading.statements.verdicts import Status

VARIANCES = r"""
$$s_j = \log\sigma_j^2$$
$$D = -\frac12\sum_{j=1}^J\left(1 + \log\sigma_j^2 - \mu_j^2 - \sigma_j^2\right)$$
"""
THROUGH = r"$$u = g(x)$$ $$y = f(g(x))$$ "


def last(text: str) -> Status:
    return check(text, path="n.md").judgements[-1].status


def test_what_stands_beside_its_logarithm_is_not_held() -> None:
    right = r"$$\frac{\partial D}{\partial s_j} = \frac12 (e^{s_j} - 1)$$"
    assert last(VARIANCES + right) is not Status.REFUTED
    held = r"$$\frac{\partial D}{\partial s_j} = -\frac12$$"
    assert last(VARIANCES + held) not in (Status.PROVED, Status.AGREES)


def test_a_name_takes_all_of_its_function() -> None:
    assert last(THROUGH + r"$$\frac{dy}{du} = f'(u)$$") is Status.PROVED
    assert last(THROUGH + r"$$\frac{dy}{du} = f'(x)$$") is Status.REFUTED
