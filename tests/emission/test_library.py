"""Emitted modules of the library's models, judged by torch."""

import pytest
from emitted_models import apart, called, some_arrays, some_sizes
from sampling import sample

from symback.emission import compile
from symback.emission.indexed.module import model_program
from symback.model.equations import Role
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text

pytest.importorskip("torch")
from models_in_torch import gradients

FORMS = [("readable", "numpy"), ("fast", "numpy"), ("scalar", "numpy"), ("readable", "array-api")]
CASES = [(name, *form) for name in library_names() for form in FORMS]


@pytest.mark.parametrize(("name", "style", "target"), sample(CASES, 16, seed=9))
def test_gradients_by_parameters_and_inputs(name, style, target):
    if target == "array-api":
        pytest.importorskip("array_api_compat")
    made = ModelText.of(library_text(name), f"{name}.model").model()
    asked = [q.name for q in made.given if q.role in (Role.PARAMETER, Role.INPUT)]
    made = ModelText.of(library_text(name), f"{name}.model").with_gradients(asked).model()
    module = compile(made, style, target)
    whole = model_program(made).model
    sizes = some_sizes(whole, 4)
    arrays = some_arrays(whole, sizes, 4)
    if name == "hmm":  # made of probabilities
        arrays = {n: abs(a) + 0.1 if a.dtype.kind == "f" else a for n, a in arrays.items()}
    loss, right = gradients(whole, arrays, sizes, list(made.wanted))
    found_loss, found = called(module, whole, arrays, sizes, style)
    assert abs(found_loss - loss) < 1e-12 * max(1.0, abs(loss))
    assert apart(found, right) < 1e-12
