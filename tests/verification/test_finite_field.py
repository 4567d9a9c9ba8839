"""The finite field certifies what is right, for every function, and says where it is not."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
from faults import with_result
from sampling import covering
from sympy import Rational, Symbol

from symback.algebra.expressions import Apply
from symback.calculus import Derivation, derive
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.verification.arrays.finite_field import PRIME, WANTED, Outcome, _passes, finite_field
from symback.verification.arrays.lists import Residues
from symback.verification.arrays.slopes import in_signs
from symback.verification.arrays.tensor import IllFormedError, NoValueError, Tensor

ACTIVATED = {
    name: ("tanh", name) if not entry.elementwise else (name, name)
    for name, entry in ACTIVATIONS.items()
}
FORMULAS = {
    "roots": Network((2, 3, 2), ("sqrt(1+x**2)", "x*sqrt(x)"), "(y-yhat)**4"),
    "kinks": Network((2, 3, 2), ("min(x,x**2)", "abs(x)/(1+abs(x))"), "abs(yhat-y)**3"),
    "error function": Network((2, 3, 2), ("x*(1+erf(x/sqrt(2)))/2", "gelu(x)*leaky_relu(-x)")),
    "quotients": Network((2, 3, 2), ("x/(1+exp(-x))", "log(1+exp(x))"), "(y-yhat)**4/(1+yhat**2)"),
}


@pytest.mark.parametrize(("name", "batch"), covering(ACTIVATIONS, [False, True]))
def test_every_activation(name: str, batch: bool) -> None:
    found = finite_field(derive(Network((2, 3, 2), ACTIVATED[name], batch=batch)))
    assert found.ok, found
    assert found.parameters == 17


@pytest.mark.parametrize(("name", "batch"), covering(LOSSES, [False, True]))
def test_every_loss(name: str, batch: bool) -> None:
    output = (LOSSES[name].outputs or ("g",))[0]
    found = finite_field(derive(Network((2, 3, 2), ("f", output), name, batch=batch)))
    assert found.ok, found


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas(name: str) -> None:
    found = finite_field(derive(FORMULAS[name]))
    assert found.ok, found


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weight_decay_and_reductions(bias: bool, reduction: str) -> None:
    network = Network((3, 2, 2), bias=bias, batch=True, reduction=reduction, weight_decay=0.1)
    assert finite_field(derive(network)).ok


def test_all_gradients_of_a_large_network_at_once() -> None:
    found = finite_field(derive(Network((784, 128, 10))))
    assert found.ok
    assert (found.parameters, found.prime, found.with_numpy) == (101_770, 2**61 - 1, False)
    assert found.exponent > WANTED


def test_numpy_for_very_large_networks() -> None:
    pytest.importorskip("numpy")
    found = finite_field(derive(Network((600, 400, 300), ("relu", "softmax"), "cross-entropy")))
    assert found.ok, found
    assert (found.parameters, found.prime, found.with_numpy) == (360_700, 4194301, True)
    assert found.exponent > WANTED


@pytest.mark.parametrize(
    ("name", "batch"), covering(["tanh", "relu", "softmax", "gelu-tanh"], [False, True])
)
def test_both_kinds_of_residue_agree(name: str, batch: bool) -> None:
    pytest.importorskip("numpy")
    derivation = derive(Network((2, 3, 2), ACTIVATED[name], "mean-squared-error", batch=batch))
    assert finite_field(derivation, numpy=True).ok
    wrong = with_result(derivation, derivation.step_of["W1"], 2 * derivation.step_of["W1"].result)
    exact, floats = finite_field(wrong), finite_field(wrong, numpy=True)
    assert (exact.outcome, exact.arrays, exact.step) == (Outcome.DIFFERS, ("W1",), exact.step)
    assert (floats.outcome, floats.arrays, floats.step) == (Outcome.DIFFERS, ("W1",), exact.step)


def test_without_numpy_large_networks_take_python_integers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("symback.verification.arrays.finite_field.find_spec", lambda _: None)
    monkeypatch.setattr("symback.verification.arrays.finite_field.MANY", 10)
    found = finite_field(derive(Network((2, 2, 2))))
    assert (found.ok, found.with_numpy, found.prime) == (True, False, PRIME)
    huge = finite_field(derive(Network((2000, 2000))))
    assert (huge.outcome, huge.reason) == (Outcome.UNDECIDED, "wants-numpy")


def test_what_would_fill_the_memory_is_not_tried() -> None:
    found = finite_field(derive(Network((10**6, 10**6))))
    assert (found.outcome, found.reason) == (Outcome.UNDECIDED, "too-large")


def test_numpy_is_not_loaded_for_a_small_network() -> None:
    code = (
        "import sys; from symback import Network, derive, verify;"
        "assert verify(derive(Network((2, 2, 2)))).ok; assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_same_again() -> None:
    derivation = derive(Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy"))
    assert finite_field(derivation) == finite_field(derivation)


# Where it is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2", "h1_pre", "h1", "y_pre"])
def test_a_wrong_step_is_located(name: str) -> None:
    derivation = derive(Network((2, 3, 2)))
    step = derivation.step_of[name]
    found = finite_field(with_result(derivation, step, -step.result))
    assert (found.outcome, found.step) == (Outcome.DIFFERS, step.number)
    resting = {"h1_pre": ("W1", "b1"), "h1": (), "y_pre": ("W1", "b1", "W2", "b2")}
    assert found.arrays == resting.get(name, (name,))


def test_a_gradient_that_is_missing() -> None:
    derivation = derive(Network((2, 2)))
    steps = tuple(s for s in derivation.steps if s.quantity.name != "W1")
    found = finite_field(Derivation(derivation.model, steps))
    assert (found.outcome, found.arrays) == (Outcome.DIFFERS, ("W1",))


def test_an_index_that_is_not_the_quantitys_own() -> None:
    derivation = derive(Network((2, 3, 2)))
    step = derivation.step_of["b1"]
    k, q = step.quantity.indices[0], Symbol("q", integer=True)
    found = finite_field(with_result(derivation, step, step.result.xreplace({k: q})))
    assert (found.outcome, found.arrays, found.step) == (Outcome.DIFFERS, ("b1",), step.number)


def test_every_sample_has_its_own_functions() -> None:
    # f'(h'[s,k]) is a residue of its own for each s: a gradient that takes one for all is wrong.
    derivation = derive(Network((2, 2), ("g",), batch=True))
    step = derivation.step_of["b1"]
    wrong = step.result.xreplace({step.result: 3 * step.result})
    assert not finite_field(with_result(derivation, step, wrong)).ok


# The pieces ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("prime", [2**61 - 1, 4194301])
@pytest.mark.parametrize("degree", [1, 2, 6, 22, 128, 5000])
def test_as_many_passes_as_are_wanted_and_no_more(prime: int, degree: int) -> None:
    passes, exponent = _passes(degree, prime)
    accident = Fraction(degree, prime)
    assert accident**passes < Fraction(1, 2**exponent) <= Fraction(1, 2**WANTED)
    assert accident**passes >= Fraction(1, 2 ** (exponent + 1))
    assert passes == 1 or accident ** (passes - 1) >= Fraction(1, 2**WANTED)


def test_four_passes_are_enough_up_to_sixty_layers() -> None:
    for depth in (1, 2, 5, 20):
        found = finite_field(derive(Network((2,) * (depth + 1))))
        assert found.degree == 2 * depth + 3
    assert _passes(2 * 62 + 3, 4194301)[0] == 4


@pytest.mark.parametrize("width", [1, 511, 512, 513, 1500])
def test_products_of_small_residues_are_exact(width: int) -> None:
    np = pytest.importorskip("numpy")
    from symback.verification.arrays.floats import SMALL_PRIME, Floats

    j, k = Symbol("j"), Symbol("k")
    rows = np.full((width, 2), float(SMALL_PRIME - 1))
    column = np.full((width,), float(SMALL_PRIME - 1))
    left, right = Tensor((j, k), (width, 2), rows), Tensor((j,), (width,), column)
    product = Floats("seed").pair(left, right, [j])
    assert product.axes == (k,)
    assert list(product.data) == [width % SMALL_PRIME] * 2  # (-1) (-1) = 1, so often


def test_a_product_is_that_of_its_entries() -> None:
    i, j, k = Symbol("i"), Symbol("j"), Symbol("k")
    field = Residues(PRIME, "seed")
    a = Tensor((i, j), (2, 3), field.draw((2, 3)))
    b = Tensor((k, j), (4, 3), field.draw((4, 3)))
    c = Tensor((j,), (3,), field.draw((3,)))
    found = field.laid_out(field.product([a, b, c], {j: 3}), (i, k), (2, 4))
    expected = [
        sum(a.data[3 * p + q] * b.data[3 * r + q] * c.data[q] for q in range(3)) % PRIME
        for p in range(2)
        for r in range(4)
    ]
    assert found.data == expected


def test_an_index_over_two_ranges_has_no_value() -> None:
    j = Symbol("j")
    field = Residues(PRIME, "seed")
    parts = [Tensor((j,), (2,), field.draw((2,))), Tensor((j,), (3,), field.draw((3,)))]
    with pytest.raises(IllFormedError, match="index j runs to 2 and to 3"):
        field.product(parts, {})


def test_zero_has_no_reciprocal() -> None:
    with pytest.raises(NoValueError):
        Residues(PRIME, "seed").reciprocal(0)


def test_rows_that_sum_to_one() -> None:
    rows = Residues(PRIME, "seed").draw_unit_rows((2, 3))
    assert [sum(rows[:3]) % PRIME, sum(rows[3:]) % PRIME] == [1, 1]


@pytest.mark.parametrize("name", ["abs", "clip", "positive", "step", "within"])
@pytest.mark.parametrize("u", [-3, Fraction(-1, 2), Fraction(1, 2), 3])
def test_functions_with_a_kink_are_made_of_signs(name: str, u: Fraction) -> None:
    from symback.verification.arrays.points import ELEMENTARY

    def value(node: object) -> Fraction:
        rest = in_signs(node)
        if rest is None:
            return Fraction(value_of(node.argument) > 0) * 2 - 1
        return value_of(rest)

    def value_of(expression: object) -> Fraction:
        found = expression.xreplace({n: as_number(value(n)) for n in expression.atoms(Apply)})
        return Fraction(int(found.p), int(found.q))

    def as_number(v: Fraction) -> Rational:
        return Rational(v.numerator, v.denominator)

    argument = as_number(Fraction(u))
    assert value(Apply(name, argument)) == ELEMENTARY[name](Fraction(u))
