"""Products of second order of models without layers, against double backward in PyTorch."""

from dataclasses import replace
from itertools import product as product_of

import numpy as np
import pytest
from emitted_models import apart, shown, some_arrays, some_sizes
from general_models import MODELS
from sampling import FULL, sample

import symback
from symback import InputError
from symback.emission.compiling import loaded
from symback.emission.indexed.module import emit_model_product
from symback.model.language.sources import library_names, library_text

pytest.importorskip("torch")
from second_in_torch import (
    CURVED,
    LEFT_OUT,
    OPEN,
    drawn,
    gauss_newton,
    product,
    stated,
)

NAMES = [*library_names(), *(name for name in MODELS if name not in OPEN)]


@pytest.mark.parametrize("name", NAMES if FULL else sample(NAMES, 14, seed=2))
def test_hessians_are_those_of_torch(name):
    made = stated(name)
    module = loaded(emit_model_product(made, "hvp"))
    for seed in (1, 2):
        sizes = some_sizes(made, seed)
        arrays = some_arrays(made, sizes, seed)
        count = len(made.parameters)
        values = list(arrays.values())
        said = {n: s for n, s in sizes.items() if n not in shown(made)}
        kind = module.Parameters if set(made.wanted) <= {q.name for q in made.parameters} else None
        kind = getattr(module, "Gradients", kind or module.Parameters)

        def times(vector, values=values, count=count, said=said, kind=kind):
            given = module.Parameters(*values[:count])
            return module.hessian_vector_product(given, kind(*vector), *values[count:], **said)

        first, second = drawn(made, arrays, seed), drawn(made, arrays, seed + 9)
        found, other = times(first), times(second)
        assert apart(found, product(made, arrays, sizes, first)) < 1e-11
        inner = [
            sum(float((a * b).sum()) for a, b in zip(*pair, strict=True))
            for pair in ((found, second), (other, first))
        ]
        assert inner[0] == pytest.approx(inner[1], rel=1e-10, abs=1e-10)
        both = times([2 * a - b for a, b in zip(first, second, strict=True)])
        assert apart(both, [2 * a - b for a, b in zip(found, other, strict=True)]) < 1e-11


@pytest.mark.parametrize("name", CURVED)
def test_gauss_newton_products_are_those_of_torch(name):
    made = replace(stated(name), wanted=tuple(LEFT_OUT.get(name, ())))
    made = replace(made, wanted=tuple(q.name for q in made.targets_of_derivation))
    module = loaded(emit_model_product(made, "gauss-newton"))
    assert module.main() == 0
    sizes = some_sizes(made, 3)
    arrays = some_arrays(made, sizes, 3)
    count = len(made.parameters)
    values = list(arrays.values())
    said = {n: s for n, s in sizes.items() if n not in shown(made)}
    vector = drawn(made, arrays, 3)
    given, along = module.Parameters(*values[:count]), module.Parameters(*vector)
    found = module.gauss_newton_product(given, along, *values[count:], **said)
    assert apart(found, gauss_newton(made, arrays, sizes, vector)) < 1e-11


def test_a_loss_that_is_linear_in_its_outputs_has_no_gauss_newton_matrix():
    with pytest.raises(InputError, match="the loss is linear in its outputs y"):
        emit_model_product(stated("lora"), "gauss-newton")


CHECKED = ("perceptron", "lstm", "conv2d", "max-pooling", "crf")
PRODUCTS = [*product_of(CHECKED, ("hvp", "jvp"), (False, True))]


@pytest.mark.parametrize(("name", "kind", "batch"), sample(PRODUCTS, 8))
def test_the_file_checks_its_product(name, kind, batch):
    assert loaded(emit_model_product(stated(name), kind, batch=batch)).main() == 0


LOGITS = ["softmax-regression", "logistic-regression", "crf", "tied-embedding", "word2vec", "rnn"]


@pytest.mark.parametrize("name", [*LOGITS, "attention", "gan-critic"])
def test_products_are_finite_where_exponentials_are_not(name):
    made = replace(stated(name), wanted=())
    module = loaded(emit_model_product(made, "hvp"))
    sizes = some_sizes(made, 4)
    arrays = some_arrays(made, sizes, 4)
    arrays = {n: a * 300 if a.dtype.kind == "f" and n != "y" else a for n, a in arrays.items()}
    values, count = list(arrays.values()), len(made.parameters)
    said = {n: s for n, s in sizes.items() if n not in shown(made)}
    rng = np.random.default_rng(1)
    vector = module.Parameters(*(rng.normal(size=np.shape(a)) for a in values[:count]))
    with np.errstate(all="raise", under="ignore"):
        found = module.hessian_vector_product(
            module.Parameters(*values[:count]), vector, *values[count:], **said
        )
    assert all(np.isfinite(a).all() for a in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [("- 2 * delta_h", "+ 2 * delta_h"), ("dyhat @ v_V.T", "dyhat @ V.T"), ("R_h.T @", "h.T @")],
)
def test_a_wrong_product_is_found(old, new):
    made = symback.read_model(library_text("perceptron").partition("\nclaims")[0])
    text = emit_model_product(made, "hvp")
    assert old in text
    assert loaded(text.replace(old, new)).main() == 1


def test_a_vector_of_another_shape_is_named():
    module = loaded(emit_model_product(stated("linear-regression"), "hvp"))
    given = module.Parameters(np.zeros(3), np.zeros(()))
    vector = module.Gradients(np.zeros((4, 3)), np.zeros(2), np.zeros(()))
    with pytest.raises(ValueError, match="the vector's w has shape"):
        module.hessian_vector_product(given, vector, np.zeros((4, 3)), np.zeros(4))


def test_what_has_no_second_derivative_is_named():
    held = replace(stated("gan-critic"), wanted=("z", "a"))
    with pytest.raises(InputError, match="holds f fixed, which the direction moves"):
        emit_model_product(held, "hvp")
    made = symback.read_model("param w; function phi; L = phi(w)")
    with pytest.raises(InputError, match="phi is left open"):
        emit_model_product(made, "hvp")
    between = replace(stated("perceptron"), wanted=("h",))
    with pytest.raises(InputError, match="h is defined by an equation"):
        emit_model_product(between, "hvp")


@pytest.mark.parametrize("option", [["--second", "hvp"], ["--second", "gauss-newton"], ["--jvp"]])
def test_the_command_line(symback_command, option):
    done = symback_command("emit", "--model", "rnn", *option, "--check")
    assert (done.code, done.err.endswith(": right\n")) == (0, True)
    assert "_product(" in done.out
