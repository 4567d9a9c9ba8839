"""Lines of second order hold, and a fault in any of them is seen in that line."""

from dataclasses import replace

import pytest
from sampling import FULL, covering, sample
from sympy import Add, S

import symback
from symback import InputError, Network
from symback.algebra.directions import Directional
from symback.calculus.second import PRODUCTS, derive_second
from symback.calculus.second.model import tangent_model
from symback.model.equations import Role
from symback.model.language.sources import library_names, library_text
from symback.verification.report import Verdict, Witness
from symback.verification.second import verify_second

NETWORKS = {
    "classifier": Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy"),
    "batch": Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy", batch=True, weight_decay=0.1),
    "deep": Network((2, 3, 4, 2), ("gelu", "relu", "sigmoid"), "binary-cross-entropy"),
    "open": Network((2, 3, 2), ("f", "g"), "half-squared-error"),
}
SLOW = {"crf", "infonce", "gru", "lstm", "transformer-block"}


def second(name, product="hvp", inputs=True):
    if name in NETWORKS:
        return derive_second(symback.derive(NETWORKS[name]), product)
    model = symback.read_model(library_text(name).partition("\nclaims")[0])
    roles = (Role.PARAMETER, Role.INPUT) if inputs and name != "gan-critic" else (Role.PARAMETER,)
    wanted = [q.name for q in model.given if q.role in roles]
    return derive_second(symback.derive(model, wanted), product)


NAMES = [*NETWORKS, *(n for n in library_names() if n not in SLOW)]


@pytest.mark.spread
@pytest.mark.parametrize("name", [*library_names(), *NETWORKS] if FULL else sample(NAMES, 4))
def test_every_line_of_a_hessian_product_holds(name):
    report = verify_second(second(name))
    assert report.ok
    assert report.testimony(Witness.NUMBERS).agreed == len(second(name).tangents)


@pytest.mark.spread
@pytest.mark.parametrize("name", ["perceptron", "conv1d", "batch-norm", "attention", "vae"])
def test_lines_are_proved_for_all_sizes(name):
    report = verify_second(second(name), numbers=False)
    assert {check.verdict for check in report.checks} == {Verdict.PROVED}


@pytest.mark.spread
@pytest.mark.parametrize(
    "name", sample(["rnn", "vae", "gan-critic", "classifier", "batch", "deep"], 4)
)
def test_gauss_newton_lines_are_proved_for_all_sizes(name):
    report = verify_second(second(name, "gauss-newton", inputs=False), numbers=False)
    assert {check.verdict for check in report.checks} == {Verdict.PROVED}
    lines = {line.number for line in second(name, "gauss-newton", inputs=False).backward}
    assert lines <= {check.location.number for check in report.checks}


@pytest.mark.parametrize("name", ["rnn", "vae", "batch"] if FULL else ["batch"])
def test_the_hessian_is_no_gauss_newton_matrix(name):
    """With the second derivatives of the model in it, a line is refuted below the outputs."""
    right, curved = second(name, "gauss-newton", False), second(name, "hvp", False)
    swapped = 0
    for quantity, line in right.adjoints.items():
        slip = curved.adjoints[quantity]
        if in_r(slip.result) == in_r(line.result):
            continue
        swapped += 1
        wrong = replace(line, links=slip.links)
        lines = tuple(wrong if t is line else t for t in right.backward)
        assert verify_second(replace(right, backward=lines), numbers=False).refuted, quantity
    assert swapped


def in_r(expression):
    """The same with the letter R wherever a derivative is along the direction."""
    nodes = expression.atoms(Directional)
    return expression.xreplace({node: Directional(node.body) for node in nodes})


SEVERAL = ["vae", "rnn", "word2vec", "classifier", "batch", "deep"]


@pytest.mark.parametrize(("name", "product"), covering(SEVERAL if FULL else SEVERAL[2:5], PRODUCTS))
def test_every_product_holds(name, product):
    assert verify_second(second(name, product)).ok


def faults(result):
    """An expression with a slip: a sign, a factor, a term left out, a tangent for its quantity."""
    yield "sign", -result
    yield "factor", 2 * result
    if isinstance(result, Add):
        yield "term", Add(*result.args[1:])
    inner = sorted(result.atoms(Directional), key=str)
    if inner:
        yield "tangent", result.xreplace({inner[0]: inner[0].body})


def seeded(name, product):
    right = second(name, product, inputs=False)
    for place, line in enumerate(right.tangents):
        if line.result is S.Zero:
            continue
        for kind, slip in faults(line.result):
            wrong = replace(line, links=(replace(line.links[-1], expression=slip),))
            part = "backward" if line.is_adjoint else "forward"
            lines = tuple(wrong if t is line else t for t in getattr(right, part))
            yield f"{place}-{kind}", line, replace(right, **{part: lines})


FAULTS = [
    ("perceptron", "hvp"),
    ("rnn", "hvp"),
    ("conv2d", "hvp"),
    ("classifier", "gauss-newton"),
    ("vae", "gauss-newton"),
]


@pytest.mark.parametrize(("case", "numbers"), covering(sample(FAULTS, 2), [True, False]))
def test_a_fault_is_seen_where_it_stands(case, numbers):
    name, product = case
    cases = list(seeded(name, product))
    # A recursion is proved by induction, which takes ten times as long.
    for label, line, wrong in sample(cases, 1 if name == "rnn" else 2, seed=5):
        report = verify_second(wrong, numbers=numbers)
        assert report.refuted, label
        found = [c for c in report.checks if c.verdict is Verdict.REFUTED]
        assert {c.location.number for c in found} == {line.number}, label


def test_the_tangents_are_a_model_whose_gradient_is_the_product():
    right = second("linear-regression", inputs=False)
    made = tangent_model(right)
    again = symback.derive(made.model)
    assert symback.verify(again).ok
    assert str(again.gradients["w"].formula) == "Sum(x[n, j]*d(R_L)/d(yhat[n]), (n, 1, N))"
    # What goes back from R_L to a tangent is the gradient itself.
    assert str(again.gradients["R_b"].formula) == "Sum(d(R_L)/d(R_yhat[n]), (n, 1, N))"


def test_what_moves_and_what_does_not():
    zero = second("layer-norm", inputs=False)
    assert dict(zero.products) == {"gamma": None, "beta": None}
    assert not zero.backward
    curved = second("layer-norm")
    assert all(line is not None for line in curved.products.values() if line is not None)
    assert curved.products["x"] is not None


def test_what_is_refused():
    with pytest.raises(InputError, match="leaves a function open"):
        derive_second(symback.derive(Network((2, 3, 2))))
    with pytest.raises(InputError, match="linear in its outputs y"):
        second("lora", "gauss-newton")
    held = symback.derive(symback.read_model(library_text("gan-critic")), ("z", "a"))
    with pytest.raises(InputError, match="holds f fixed"):
        derive_second(held)
    with pytest.raises(InputError, match="no product of second order"):
        verify_second("hvp")
