"""Emitted blocks of Hessians, against PyTorch's; a fault in each is found by the file's check."""

import re

import numpy as np
import pytest
from emitted_models import shown, some_arrays, some_sizes
from sampling import FULL, sample

import symback
from symback import InputError, Network
from symback.emission.compiling import loaded
from symback.emission.indexed.module import emit_model_product
from symback.emission.second import emit_product
from symback.model.language.sources import library_text

pytest.importorskip("torch")
import torch
from models_in_torch import Evaluation
from networks_in_torch import data, drawn, loss

MODELS = [
    "attention", "batch-norm", "layer-norm", "linear-regression", "logistic-regression", "lora",
    "mixture-of-experts", "perceptron", "rbf", "rms-norm", "softmax-regression",
    "tied-autoencoder", "vae",
]  # fmt: skip


def stated(name):
    text = library_text(name).partition("\nclaims")[0]
    return symback.read_model(re.sub(r"^gradients .*$", "", text, flags=re.MULTILINE))


def compare(found, names, right):
    """Every block, in both orders."""
    assert len(found) == len(names) ** 2
    for one, row in zip(names, right, strict=True):
        for other, block in zip(names, row, strict=True):
            own = found[one, other]
            assert own.shape == tuple(block.shape)
            assert own.dtype == np.float64
            scale = max(1.0, float(abs(block).max())) if block.numel() else 1.0
            assert np.abs(own - block.numpy()).max(initial=0.0) <= 1e-11 * scale, (one, other)


@pytest.mark.parametrize("seed", range(30) if FULL else sample(list(range(30)), 4))
def test_blocks_of_networks_are_those_of_torch(seed):
    network = drawn(seed)
    module = loaded(emit_product(network, "hessian"))
    parameters, _, _, x, y = data(network)
    found = module.hessian(module.Parameters(*parameters), x, y)
    given = tuple(map(torch.tensor, parameters))
    inputs = torch.tensor(x), torch.tensor(y)
    right = torch.autograd.functional.hessian(lambda *p: loss(network, p, *inputs), given)
    compare(found, list(network.parameter_shapes), right)


@pytest.mark.parametrize("name", MODELS if FULL else [*sample(MODELS, 4), "linear-regression"])
def test_blocks_of_models_are_those_of_torch(name):
    made = stated(name)
    module = loaded(emit_model_product(made, "hessian"))
    sizes = some_sizes(made, 1)
    arrays = some_arrays(made, sizes, 1)
    count, values = len(made.parameters), list(arrays.values())
    said = {n: s for n, s in sizes.items() if n not in shown(made)}
    found = module.hessian(module.Parameters(*values[:count]), *values[count:], **said)
    names = [q.name for q in made.parameters]
    tensors = {n: torch.tensor(a) for n, a in arrays.items()}

    def value(*moved):
        return Evaluation(made, {**tensors, **dict(zip(names, moved, strict=True))}, sizes).loss()

    right = torch.autograd.functional.hessian(value, tuple(tensors[n] for n in names))
    compare(found, names, right)


def test_the_file_finds_a_fault_in_each_of_its_blocks():
    text = emit_product(Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy"), "hessian")
    blocks = re.findall(r'\("\w+", "\w+"\): (H_\w+),', text)
    assert len(blocks) == 10
    assert loaded(text).main() == 0
    for block in blocks:
        for slip in ("1.001 * {}", "np.zeros_like({})", "{} + 1e-4"):
            wrong = text.replace(f": {block},", f": {slip.format(block)},")
            assert loaded(wrong).main() == 1, (block, slip)


def test_blocks_stand_in_one_style():
    network = Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy")
    for style, target in (("fast", "numpy"), ("readable", "c"), ("readable", "numba")):
        with pytest.raises(InputError, match="written as readable NumPy"):
            emit_product(network, "hessian", None, style, target, sizes={"batch": 2})
    with pytest.raises(InputError, match="functions with a name"):
        emit_product(Network((2, 3, 2)), "hessian")
    with pytest.raises(InputError, match="functions with a name"):
        emit_model_product(
            symback.read_model("input x[j]; param w[j]; function f; L = f(sum(j, w[j] x[j]))"),
            "hessian",
        )
