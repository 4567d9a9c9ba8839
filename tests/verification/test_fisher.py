"""Fisher products: of the model's own labels, and of those that are there; which is which."""

from dataclasses import replace

import numpy as np
import pytest
from sampling import covering, sample

import symback
from symback import InputError, Network
from symback.calculus.derivation import Rule
from symback.calculus.second import derive_second
from symback.emission.compiling import loaded
from symback.emission.indexed.module import emit_model_product
from symback.emission.second import emit_product
from symback.model.language.sources import library_text
from symback.rendering.second import render_second
from symback.verification.report import Verdict, Witness
from symback.verification.second import verify_second

try:
    import torch
except ImportError:
    torch = None

CLASSES = Network((3, 4, 3), ("tanh", "softmax"), "cross-entropy", batch=True)
BITS = Network((3, 4, 2), ("sigmoid", "sigmoid"), "binary-cross-entropy", batch=True)
NORMAL = Network((3, 4, 2), ("tanh", "tanh"), "half-squared-error", batch=True)
NETWORKS = {"classes": CLASSES, "bits": BITS, "normal": NORMAL}
NAMED = """
input x[n,j]; target y[n]; param w[j]; param s
q[n] = s sum(j, w[j] x[n,j])
l[n] = (q[n] - y[n])^4 / 4
L = sum(n, l[n]) / N
"""


def library(name):
    return symback.read_model(library_text(name).partition("\nclaims")[0])


def second(source, product):
    return derive_second(symback.derive(source), product)


@pytest.mark.spread
@pytest.mark.parametrize("product", ["fisher", "empirical-fisher"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_line_is_proved_and_agrees_with_differences(name, product):
    network = NETWORKS[name]
    if product == "empirical-fisher":
        network = replace(network, weight_decay=0.1)  # it is no sample's loss
    report = verify_second(second(network, product))
    assert {c.verdict for c in report.checks} <= {Verdict.PROVED, Verdict.AGREES}
    identity = report.testimony(Witness.IDENTITY)
    assert identity.agreed == identity.claims


@pytest.mark.spread
@pytest.mark.parametrize(
    "name", ["softmax-regression", "logistic-regression", "linear-regression", "perceptron"]
)
def test_models_have_the_fisher_matrix_too(name):
    made = second(library(name), "fisher")
    assert verify_second(made).ok
    assert made.family == {"soft": "classes", "logi": "bits"}.get(name[:4], "normal")


def test_the_expectation_is_written_out_and_is_the_gauss_newton_matrix():
    fisher, newton = second(CLASSES, "fisher"), second(CLASSES, "gauss-newton")
    first, last = fisher.adjoints["y_pre"].links
    assert first.rule is Rule.EXPECTATION
    assert last.expression == newton.adjoints["y_pre"].result
    text = render_second(fisher, "text", report=verify_second(fisher))
    assert "the expectation over the labels" in text
    assert "the Fisher matrix is the Gauss-Newton matrix" in " ".join(
        text.replace("\n", " ").split()
    )


@pytest.mark.parametrize(
    ("product", "numbers"), covering(["fisher", "empirical-fisher"], [False, True])
)
def test_a_fault_is_seen_where_it_stands(product, numbers):
    right = second(CLASSES, product)
    all_links = [(line, at) for line in right.backward for at in range(len(line.links))]
    for line, link in sample(all_links, 4):
        slip = replace(line.links[link], expression=line.links[link].expression * 2)
        links = (*line.links[:link], slip, *line.links[link + 1 :])
        lines = tuple(replace(t, links=links) if t is line else t for t in right.backward)
        report = verify_second(replace(right, backward=lines), numbers=numbers)
        found = [c for c in report.checks if c.verdict is Verdict.REFUTED]
        assert {c.location.number for c in found} == {line.number}, line.subject


def test_the_two_are_not_the_same():
    """Lines of the one are refuted as the other's."""
    fisher, empirical = second(CLASSES, "fisher"), second(CLASSES, "empirical-fisher")
    for name, line in sample(list(empirical.adjoints.items()), 2):
        own = fisher.adjoints[name]
        swapped = replace(own, links=(replace(own.links[-1], expression=line.result),))
        lines = tuple(swapped if t is own else t for t in fisher.backward)
        assert verify_second(replace(fisher, backward=lines)).refuted


def test_what_has_none_is_named():
    with pytest.raises(InputError, match="no negative log-likelihood that is known"):
        second(Network((2, 2), ("tanh",), "huber", batch=True), "fisher")
    with pytest.raises(InputError, match="no negative log-likelihood"):
        second(replace(CLASSES, weight_decay=0.1), "fisher")
    with pytest.raises(InputError, match="no negative log-likelihood"):
        second(library("vae"), "fisher")
    twice = library_text("logistic-regression").partition("\nclaims")[0]
    with pytest.raises(InputError, match="it is 2/N times one"):
        second(symback.read_model(twice.replace("L = -mean", "L = -2 mean")), "fisher")
    with pytest.raises(InputError, match="needs the loss of each sample by a name"):
        second(library("linear-regression"), "empirical-fisher")
    mixed = NAMED.replace("l[n] = (q[n] - y[n])", "l[n] = (q[n] - mean(m, q[m]) - y[n])")
    with pytest.raises(InputError, match="mixes samples"):
        second(symback.read_model(mixed), "empirical-fisher")


def forward(network, parameters, x):
    """The last pre-activations and the outputs, by PyTorch."""
    a = x
    for layer, function in enumerate(network.activations):
        z = a @ parameters[2 * layer] + parameters[2 * layer + 1]
        a = torch.softmax(z, -1) if function == "softmax" else getattr(torch, function)(z)
    return z, a


def one(network, parameters, x, y):
    """The loss of one sample."""
    z, a = forward(network, parameters, x)
    if network.loss == "cross-entropy":
        return -(y * torch.log_softmax(z, -1)).sum()
    if network.loss == "half-squared-error":
        return ((y - a) ** 2).sum() / 2
    return torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="sum")


def gradient(network, parameters, x, y):
    at = [p.clone().requires_grad_() for p in parameters]
    return torch.cat([g.ravel() for g in torch.autograd.grad(one(network, at, x, y), at)])


def labels(network, parameters, x):
    """Every label that the model may draw, with its probability; two points that have a normal
    distribution's mean and variance along each output."""
    _, a = forward(network, parameters, x)
    count = len(a)
    if network.loss == "cross-entropy":
        return [(a[k], torch.eye(count)[k]) for k in range(count)]
    if network.loss == "half-squared-error":
        signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * count)
        return [(1 / len(signs), a + s) for s in signs]
    bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * count)
    return [(torch.prod(b * a + (1 - b) * (1 - a)), b) for b in bits]


@pytest.mark.parametrize("product", ["fisher", "empirical-fisher"])
@pytest.mark.parametrize("name", NETWORKS)
def test_products_are_sums_of_outer_products(name, product):
    pytest.importorskip("torch")
    torch.set_default_dtype(torch.float64)
    network = NETWORKS[name]
    module = loaded(emit_product(network, product))
    assert module.main() == 0
    rng = np.random.default_rng(3)
    shapes = network.parameter_shapes.values()
    values, vector = ([rng.normal(size=s) for s in shapes] for _ in range(2))
    x, y = rng.normal(size=(5, 3)), rng.uniform(size=(5, network.layers[-1]))
    y = y / y.sum(1, keepdims=True)
    function = module.fisher_product if product == "fisher" else module.empirical_fisher_product
    found = function(module.Parameters(*values), module.Parameters(*vector), x, y)
    found = np.concatenate([a.ravel() for a in found])
    at, along = [torch.tensor(v) for v in values], np.concatenate([v.ravel() for v in vector])
    total = np.zeros_like(along)
    for row, target in zip(torch.tensor(x), torch.tensor(y), strict=True):
        drawn = labels(network, at, row) if product == "fisher" else [(1.0, target)]
        for weight, label in drawn:
            g = gradient(network, at, row, label).numpy()
            total += float(weight) * g * (g @ along) / len(x)
    assert np.abs(found - total).max() <= 1e-12 * max(1, np.abs(total).max())


def test_a_model_with_named_losses_is_emitted():
    module = loaded(emit_model_product(symback.read_model(NAMED), "empirical-fisher"))
    assert module.main() == 0
    rng = np.random.default_rng(0)
    w, v, x, y = (rng.normal(size=s) for s in (3, 3, (4, 3), 4))
    found = module.empirical_fisher_product(
        module.Parameters(w, np.float64(0.7)), module.Parameters(v, np.float64(-0.2)), x, y
    )
    residual = (0.7 * x @ w - y) ** 3
    rows = np.column_stack([residual[:, None] * 0.7 * x, residual * (x @ w)])
    right = rows.T @ (rows @ np.append(v, -0.2)) / 4
    assert np.allclose(np.append(found[0], found[1]), right, rtol=1e-12)


def test_the_command_line(symback_command):
    named = ("--layers", "2,3,2", "-a", "tanh,softmax", "--loss", "cross-entropy")
    for product in sample(["fisher", "empirical-fisher"], 1):
        done = symback_command("derive", *named, "--batch", "--second", product)
        assert done.code == 0
        assert "holds." in done.out
        assert symback_command("emit", *named, "--second", product, "--check").code == 0
        page = symback_command("handout", *named, "--batch", "--second", product)
        assert page.code == 0
        assert "isher matrix times a vector" in page.out
