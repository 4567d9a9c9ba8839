"""The judges are judged: by one another, and by derivatives that are known."""

from __future__ import annotations

from random import Random

import pytest
from faults import with_result
from sympy import Integer, Symbol

from symback.algebra.expressions import Apply, Entry, Partial
from symback.calculus import derive
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.verification import Verdict, Witness, verify
from symback.verification.oracle.field import PRIME, Field, NoValueError
from symback.verification.oracle.instance import Instance
from symback.verification.oracle.judge import Judge, seat
from symback.verification.oracle.sizes import small_sizes, turns
from symback.verification.oracle.sympy_diff import SubstitutedLoss


def judge_of(network: Network) -> Judge:
    derivation = derive(network)
    claims = {step.quantity.name: step.result for step in derivation.steps}
    return seat(derivation.model, small_sizes(derivation.model), claims)


def test_square_roots_of_small_sizes_exist() -> None:
    field = Field(1)
    for size in range(1, 11):
        root = field.power(size, 1, 2)
        assert root * root % PRIME == size
    with pytest.raises(NoValueError):
        field.inverse(0)


def test_functions_are_functions() -> None:
    field = Field(1)
    assert field.generic("f", 0, 5) == field.generic("f", 0, 5)
    assert len({field.generic(name, n, 5) for name in "fg" for n in (0, 1)}) == 4
    assert field.exp(7) * field.exp(PRIME - 7) % PRIME == 1
    sine, cosine = field.circle(9)
    assert (sine * sine + cosine * cosine) % PRIME == 1
    assert field.circle(PRIME - 9) == (PRIME - sine, cosine)
    assert field.sign(PRIME - 3) == PRIME - field.sign(3)
    assert field.tanh(PRIME - 4) == PRIME - field.tanh(4)


def test_known_derivatives_of_the_catalogue() -> None:
    instance = Instance(Network((1, 1)).model(), {"n_0": 1, "n_1": 1})
    a = instance.apply("sigmoid", 0, 12)
    assert instance.apply("sigmoid", 1, 12) == a * (1 - a) % PRIME
    t = instance.apply("tanh", 0, 12)
    assert instance.apply("tanh", 1, 12) == (1 - t * t) % PRIME
    assert instance.apply("softplus", 1, 12) == a
    assert instance.apply("f", 1, 12) != instance.apply("f", 0, 12)


def test_sums_of_products_are_worked_out_index_by_index() -> None:
    network = Network((2,) * 31)
    judge = judge_of(network)
    derivation = derive(network)
    chain = derivation.chain(f"W{network.depth - 6}")[-1].expression
    place = (f"W{network.depth - 6}", (1, 2))
    at = {Symbol("j", integer=True): 1, Symbol("k", integer=True): 2}
    assert judge.value(chain, at) == judge.true[place]


@pytest.mark.spread
@pytest.mark.parametrize(
    "network",
    [
        Network((2, 3, 2)),
        Network((3, 2, 4), ("tanh", "softmax"), "cross-entropy"),
        Network((2, 3, 2), ("gelu", "sigmoid"), "binary-cross-entropy"),
        Network((2, 3, 2), ("elu", "mish"), "huber"),
        Network((2, 3, 2), ("gelu-tanh", "sin"), "hinge"),
        Network((2, 3, 2), weight_decay=0.5),
    ],
    ids=str,
)
def test_sympy_and_the_instance_agree_on_every_weight(network: Network) -> None:
    model = network.model()
    sizes = {r.name: r.size for q in model.quantities.values() for r in q.ranges}
    judge = seat(model, sizes, {})
    loss = SubstitutedLoss(model, judge.instance)
    for place in loss.parameters:
        assert loss.along({place: 1}) == judge.true[place]
    draw = Random(3)
    direction = {place: draw.randrange(PRIME) for place in loss.parameters}
    expected = sum(judge.true[place] * v for place, v in direction.items()) % PRIME
    assert loss.along(direction) == expected


def test_total_derivatives_run_through_everything_between() -> None:
    judge = judge_of(Network((2, 3, 2)))
    whole, weight = Entry("yhat", Integer(1)), Entry("W1", Integer(1), Integer(2))
    inner = Entry("y_pre", Integer(1))
    steps = (
        Apply("g", inner, 1)
        * Entry("W2", Integer(2), Integer(1))
        * Apply("f", Entry("h1_pre", Integer(2)), 1)
        * Entry("x", Integer(1))
    )
    assert judge.equal(Partial(whole, weight), steps, {}, total=True) is None
    assert judge.equal(Partial(whole, weight), 2 * steps, {}, total=True) is not None


def test_an_entry_that_is_not_there_has_no_value() -> None:
    judge = judge_of(Network((2, 3, 2)))
    assert judge.equal(Entry("x", Integer(9)), Entry("x", Integer(1)), {}) == ()


@pytest.mark.parametrize("depth", [1, 2, 8, 30])
def test_every_two_ranges_differ_in_some_choice_of_sizes(depth: int) -> None:
    model = Network((5,) * (depth + 1)).model()
    choices = [small_sizes(model, turn=turn) for turn in range(turns(model))]
    names = list(choices[0])
    seen = {tuple(sizes[name] for sizes in choices) for name in names}
    assert len(seen) == len(names)


def test_roots_exist_or_are_unknown() -> None:
    field = Field(1)
    for degree in (3, 5, 7, 9):
        root = field.power(11, 1, degree)
        assert pow(root, degree, PRIME) == 11
    assert field.power(16, 1, 4) ** 4 % PRIME == 16
    assert field.power(3, 3, 2) == 3 * field.power(3, 1, 2) % PRIME
    with pytest.raises(NoValueError):
        field.power(PRIME - 4, 1, 2)
    formal = Field(1, formal=True)
    assert formal.power(4, 1, 2) in (2, PRIME - 2)
    assert not formal.is_formal
    root = formal.power(PRIME - 4, 1, 2)
    assert formal.power(PRIME - 4, 3, 2) == pow(root, 3, PRIME)
    assert formal.is_formal


MANY_ROOTS = Network((2, 3, 2), ("x*sigmoid(x)", "sqrt(1+x**2)"), "huber")


@pytest.mark.spread
@pytest.mark.parametrize(
    "network",
    [
        MANY_ROOTS,
        Network((2, 3, 3), ("sqrt(1+x**2)", "x/sqrt(1+x**2)"), "sqrt(1+(y-yhat)**2)"),
        Network((2, 2, 2), ("x**(1/3)", "sqrt(sqrt(1+x**2))"), "squared-error"),
    ],
    ids=str,
)
def test_where_not_all_roots_exist_what_is_equal_is_shown(network: Network) -> None:
    report = verify(derive(network), numbers=False)
    assert report.ok, report.first_failure


def test_what_differs_by_unknown_roots_is_not_refuted_by_them_and_not_shown() -> None:
    right = derive(MANY_ROOTS)
    step = right.step_of["W1"]
    report = verify(with_result(right, step, 2 * step.result))
    checks = [c for c in report.failures if c.location.quantity == "W1"]
    by = {w for c in checks if c.verdict is Verdict.REFUTED for w in c.witnesses}
    assert {Witness.NUMBERS} <= by
    assert not report.ok


def test_a_model_without_values_is_said_to_have_none() -> None:
    nowhere = Network((1, 2, 1), ("(x+1)**2-x*x-2*x-1", "1/x"), "squared-error", bias=False)
    report = verify(derive(nowhere))
    assert report.testimony(Witness.SMALL_INSTANCE).left_out == "no-value"
    assert report.testimony(Witness.SYMPY_DIFF).left_out == "no-value"


def test_what_a_witness_leaves_open_for_want_of_signs_is_not_laid_to_roots() -> None:
    block = derive(ModelText.of(library_text("residual-block")).model())
    assert verify(block).testimony(Witness.SYMPY_DIFF).left_out == "order"
    with_roots = derive(ModelText.of(library_text("rms-norm")).model())
    assert verify(with_roots).testimony(Witness.SYMPY_DIFF).left_out != "order"
