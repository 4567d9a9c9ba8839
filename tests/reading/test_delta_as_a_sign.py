r"""`\frac{\delta L}{\delta w}`: a delta as the sign of differentiation, in fractions alone."""

from __future__ import annotations

import pytest

from symback.reading.checking import check
from symback.reading.statements.verdicts import Status

NET = r"""$$z = w x + b, \quad \hat y = \sigma(z), \quad L = \frac12 (\hat y - y)^2$$

$$\sigma(x) = \frac{1}{1 + e^{-x}}$$
"""


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        (r"\frac{\delta}{\delta x} e^{-x} = -e^{-x}", Status.PROVED),
        (r"\frac{\delta}{\delta x} e^{-x} = e^{-x}", Status.REFUTED),
        (r"\frac{\delta L}{\delta w} = (\hat y - y) \sigma'(z) x", Status.PROVED),
        (r"\frac{\delta L}{\delta w} = (\hat y - y) \sigma'(z)", Status.REFUTED),
        (
            r"\frac{\delta L}{\delta w} = \frac{\delta L}{\delta z} \frac{\delta z}{\delta w}",
            Status.PROVED,
        ),
        (r"\frac{\delta^2 L}{\delta \hat y^2} = 1", Status.PROVED),
        # A letter everywhere else: both halves begin with the sign, or neither does.
        (r"\frac{\delta}{2} + \frac{\delta}{2} = \delta", Status.PROVED),
        (r"\frac{\delta}{\delta} = 1", Status.PROVED),
        (r"\frac{2 \delta_1}{\delta_1 \delta_2} = \frac{2}{\delta_2}", Status.PROVED),
        (r"\frac{2 \delta_1}{\delta_1 \delta_2} = \frac{3}{\delta_2}", Status.REFUTED),
    ],
)
def test_of_a_fraction_whose_halves_begin_with_it(formula: str, status: Status) -> None:
    report = check(f"{NET}\nWith $\\delta = \\frac{{\\delta L}}{{\\delta z}}$:\n\n$${formula}$$\n")
    assert report.judgements[-1].status is status
