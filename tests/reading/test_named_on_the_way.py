r"""Quantities that an equation names on its way: `a = f(z) = f(W x + b)` says what z is."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status


def statuses(*lines: str) -> list[Status]:
    judgements = check("\n\n".join(f"$${line}$$" for line in lines), path="n.md").judgements
    return [judgement.status for judgement in judgements]


NUMBERS = r"a = \sigma(z) = \sigma(w x + b)"
ARRAYS = r"\mathbf{h} = f(\mathbf{net}) = f(W \mathbf{x} + \mathbf{b})"


def test_what_a_function_is_of_is_what_it_is_said_to_be() -> None:
    for right, wrong in (
        (r"\frac{\partial z}{\partial w} = x", r"\frac{\partial z}{\partial w} = b"),
        (r"\frac{\partial a}{\partial w} = \sigma'(z) x", r"\frac{\partial a}{\partial w} = z x"),
    ):
        assert statuses(NUMBERS, right)[-1] is Status.PROVED
        assert statuses(NUMBERS, wrong)[-1] is Status.REFUTED
    slope = r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial \mathbf{net}}"
    assert statuses(ARRAYS, rf"{slope} \mathbf{{x}}^T")[-1] is Status.PROVED
    assert statuses(ARRAYS, rf"{slope} \mathbf{{h}}^T")[-1] is not Status.PROVED


def test_an_equation_of_its_own_goes_before() -> None:
    assert statuses("z = w x + b", NUMBERS)[-1] is Status.PROVED
    assert statuses("z = w x - b", NUMBERS)[-1] is Status.REFUTED


def test_a_function_of_any_argument_names_none() -> None:
    shown = statuses("f(x) = x^2", "f(x) = f(2 c)", r"\frac{df}{dx} = 2 x")
    assert shown[-1] is Status.PROVED
    assert Status.DEFINITION not in shown[1:]


NETWORK = (
    r"\mathbf{h} = f(\mathbf{u}), \quad \mathbf{u} = W \mathbf{x} + \mathbf{b}",
    r"\mathbf{y} = f(\mathbf{v}), \quad \mathbf{v} = V \mathbf{h} + \mathbf{c}",
    r"\delta = -\frac{\partial LOSS}{\partial \mathbf{v}}",
)


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("loss", [r"\ell(\theta)", r"\mathcal{l}(\theta)", r"\mathcal{L}(\theta)"])
@pytest.mark.parametrize(
    ("by", "between", "wrong"),
    [("V", r"\mathbf{v}", r"\mathbf{y}"), (r"\mathbf{h}", r"\mathbf{v}", r"\mathbf{y}")],
)
def test_a_named_gradient_goes_on_by_the_chain_rule(
    loss: str, by: str, between: str, wrong: str
) -> None:
    network = [line.replace("LOSS", loss) for line in NETWORK]

    def last(sign: str, through: str) -> Status:
        left = rf"\frac{{\partial {loss}}}{{\partial {by}}}"
        right = rf"{sign} \delta \frac{{\partial {through}}}{{\partial {by}}}"
        return statuses(*network, f"{left} = {right}")[-1]

    assert last("-", between) is Status.PROVED
    assert last("", between) is not Status.PROVED
    assert last("-", wrong) is not Status.PROVED
    # Of the layer before it has another size.
    assert last("-", r"\mathbf{h}") is not Status.PROVED
