"""Hessian-vector, Gauss-Newton and Jacobian-vector products, against double backward in PyTorch."""

from dataclasses import replace

import numpy as np
import pytest
from emission_networks import NETWORKS
from sampling import sample

from symback import InputError, Network
from symback.emission.compiling import loaded
from symback.emission.second import PRODUCTS, emit_product

pytest.importorskip("torch")
import torch
from networks_in_torch import LOSSES, data, drawn, loss, passes


def products(network):
    """What PyTorch has: H v, G v, and J v of the output."""
    parameters, vector, _, x, y = data(network)
    given, along = (tuple(map(torch.tensor, arrays)) for arrays in (parameters, vector))
    x, y = torch.tensor(x), torch.tensor(y)
    hessian = torch.autograd.functional.hvp(lambda *p: loss(network, p, x, y), given, along)[1]
    last, outward = (
        torch.autograd.functional.jvp(lambda *p, i=i: passes(network, p, x)[i], given, along)[1]
        for i in (0, 1)
    )
    # The outputs of a cross-entropy are logits; those of a squared error the network's own.
    place = int("entropy" not in network.loss)
    outputs = passes(network, given, x)[place].detach()

    def of_outputs(out):
        return LOSSES[network.loss][1](y, out, out).mean() if place else of_logits(out)

    def of_logits(z):
        a = torch.softmax(z, 1) if network.activations[-1] == "softmax" else torch.sigmoid(z)
        return LOSSES[network.loss][1](y, z, a).mean()

    curved = torch.autograd.functional.hvp(of_outputs, outputs, (last, outward)[place])[1]
    back = torch.autograd.functional.vjp(lambda *p: passes(network, p, x)[place], given, curved)[1]
    decayed = [
        g + network.weight_decay * v * n.startswith("W")
        for n, g, v in zip(network.parameter_shapes, back, along, strict=True)
    ]
    return {"hvp": hessian, "gauss-newton": decayed, "jvp": [outward]}


@pytest.mark.parametrize("seed", sample(range(30), 10))
def test_against_double_backward(seed):
    network = drawn(seed)
    exact = products(network)
    parameters, vector, other, x, y = data(network)
    for kind in PRODUCTS:
        made = loaded(emit_product(network, kind))
        given, along, second = (made.Parameters(*a) for a in (parameters, vector, other))
        if kind == "jvp":
            found = made.jacobian_vector_product(given, along, x)[1:]
        else:
            function = made.hessian_vector_product if kind == "hvp" else made.gauss_newton_product
            found = function(given, along, x, y)
            again = function(given, second, x, y)
            inner = [
                sum((a * b).sum() for a, b in zip(*pair, strict=True))
                for pair in ((found, second), (again, along))
            ]
            assert inner[0] == pytest.approx(inner[1], rel=1e-10, abs=1e-12)
            sums = made.Parameters(*(2 * a + b for a, b in zip(along, second, strict=True)))
            for a, b, c in zip(function(given, sums, x, y), found, again, strict=True):
                np.testing.assert_allclose(a, 2 * b + c, rtol=0, atol=1e-11)
        for own, right in zip(found, exact[kind], strict=True):
            np.testing.assert_allclose(own, right.numpy(), rtol=0, atol=1e-11)


@pytest.mark.parametrize("kind", PRODUCTS)
@pytest.mark.parametrize("name", ["weight-decay", "binary", "huber", "deep", "one-unit"])
def test_the_file_checks_its_product(name, kind):
    assert loaded(emit_product(NETWORKS[name], kind)).main() == 0


@pytest.mark.parametrize(
    ("old", "new"), [("- 2 * ", "+ 2 * "), ("v_W2.T", "W2.T"), ("R_h1.T", "h1.T")]
)
def test_a_wrong_product_is_found(old, new):
    text = emit_product(Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy"), "hvp")
    assert old in text
    assert loaded(text.replace(old, new)).main() == 1


@pytest.mark.parametrize("name", ["gelu", "gelu-tanh", "silu", "mish", "selu", "elu"])
@pytest.mark.parametrize("kind", PRODUCTS)
def test_every_activation_of_the_catalogue_has_a_product(name, kind):
    network = Network((3, 4, 2), (name, "softmax"), "cross-entropy")
    assert loaded(emit_product(network, kind)).main() == 0
    assert loaded(emit_product(replace(network, activations=("tanh", name), loss="squared-error"),
                               kind)).main() == 0  # fmt: skip


def test_what_has_no_second_derivative_here_is_named():
    with pytest.raises(InputError, match="needs functions with a name"):
        emit_product(NETWORKS["generic"], "hvp")


@pytest.mark.parametrize("option", [["--second", "hvp"], ["--second", "gauss-newton"], ["--jvp"]])
def test_the_command_line(symback_command, option):
    line = ["--layers", "2,3,2", "--activations", "tanh,softmax", "--loss", "cross-entropy"]
    done = symback_command("emit", *line, *option, "--check")
    assert (done.code, done.err.endswith(": right\n")) == (0, True)
    assert "_product(" in done.out
    assert symback_command("emit", *line, *option, "--target", "c").code == 2


def test_the_hessian_of_two_layers_is_bishops():
    """Bishop (2006), eqs. 5.93 to 5.95, for one sample and half the squared error, without biases.

    Both in the second layer: z_j z_j' M_kk'.  Both in the first: x_i x_i' (h''(a_j) I_jj' sum_k
    w_kj d_k + h'(a_j) h'(a_j') sum_kk' w_k'j' w_kj M_kk').  One in each: x_i h'(a_j) (d_k I_jj' +
    z_j' sum_k' w_k'j M_kk').
    """
    network = Network((2, 3, 2), ("tanh", "identity"), "half-squared-error", bias=False)
    made = loaded(emit_product(network, "hvp"))
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    x, y = rng.normal(size=(1, 2)), rng.normal(size=(1, 2))
    z = np.tanh(x[0] @ first)
    slope, bend = 1 - z**2, -2 * z * (1 - z**2)
    d, curved = z @ second - y[0], np.eye(2)
    within = np.einsum("j,jl,k,jk->jl", bend, np.eye(3), d, second)
    within += np.einsum("j,l,jk,km,lm->jl", slope, slope, second, curved, second)
    blocks = {
        (0, 0): np.einsum("i,p,jl->ijpl", x[0], x[0], within),
        (0, 1): np.einsum("i,j,k,jl->ijlk", x[0], slope, d, np.eye(3))
        + np.einsum("i,j,l,jm,km->ijlk", x[0], slope, z, second, curved),
        (1, 1): np.einsum("j,l,km->jklm", z, z, curved),
    }
    for place, shape in enumerate((first.shape, second.shape)):
        for entry in np.ndindex(*shape):
            vector = [np.zeros_like(first), np.zeros_like(second)]
            vector[place][entry] = 1.0
            found = made.hessian_vector_product(
                made.Parameters(first, second), made.Parameters(*vector), x, y
            )
            for row in (0, 1):
                block = blocks.get((row, place))
                right = blocks[place, row][entry] if block is None else block[..., *entry]
                np.testing.assert_allclose(found[row], right, rtol=0, atol=1e-13)
