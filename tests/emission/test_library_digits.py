"""Emitted modules of the library's models, in every style and target, beside sixty digits.

The digits come from the equations alone: their values, and the chain rule from each entry to those
that its equation mentions, in numbers; nothing is shared with what derives and emits.
"""

import importlib.util
import shutil

import numpy as np
import pytest
from emitted_models import called, some_sizes
from sampling import FULL, sample

from symback.emission import compile, emit, emit_loader
from symback.emission.indexed.module import model_program
from symback.model.equations import Role
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text
from symback.verification.oracle.decimals import Decimals
from symback.verification.oracle.field import NoValueError
from symback.verification.oracle.instance import Instance

FORMS = [("readable", "numpy"), ("fast", "numpy"), ("scalar", "numpy"), ("readable", "array-api")]
FORMS += [("readable", "numba"), ("readable", "c")]
NEEDS = {"numba": "numba", "array-api": "array_api_compat"}
CASES = [(name, *form) for name in library_names() for form in FORMS]
PROBABILITIES = {"hmm"}
FIXED = {"gan-critic": ("a", "c")}
"""Of a model that holds something fixed, what is learnt."""


class Doubles(Decimals):
    """Sixty digits to compute with, and given numbers that a float64 can hold."""

    def draw(self):
        return self._context.mpf(float(super().draw()))

    def draw_positive(self):
        return self._context.mpf(float(super().draw_positive()))


def stated(name):
    text = ModelText.of(library_text(name), f"{name}.model")
    made = text.model()
    roles = (Role.PARAMETER, Role.INPUT)
    names = FIXED.get(name) or [q.name for q in made.given if q.role in roles]
    return text.with_gradients(names).model()


def exactly(whole, sizes, seed, positive):
    """Arguments, and the loss and gradients to sixty digits."""
    for attempt in range(seed, seed + 20):
        try:
            instance = Instance(whole, sizes, field=Doubles(attempt, positive))
            break
        except NoValueError:
            continue
    adjoint = {(whole.loss.name, ()): 1}
    for place in reversed(instance.jacobian):
        weight = adjoint.get(place, 0)
        for other, slope in instance.jacobian[place].items():
            adjoint[other] = adjoint.get(other, 0) + weight * slope

    def array(name, values):
        quantity = whole.quantities[name]
        lengths = [last - first + 1 for first, last in map(instance.bounds, quantity.ranges)]
        return np.array([values(p) for p in instance.places(quantity)], object).reshape(lengths)

    arrays = {}
    kinds = (Role.PARAMETER, Role.INPUT, Role.TARGET, Role.CONSTANT, Role.INTEGER)
    for quantity in (q for kind in kinds for q in whole.given if q.role is kind):
        integer = quantity.role is Role.INTEGER
        found = np.asarray(array(quantity.name, lambda place: instance.values[place]))
        counted = np.asarray(found - 1).astype(int) if integer else found.astype(float)
        arrays[quantity.name] = counted
    gradients = [array(n, lambda place: adjoint.get(place, 0)) for n in whole.wanted]
    return arrays, instance.values[whole.loss.name, ()], gradients


def distance(own, right):
    """The largest difference, in units of the largest entry or 1."""
    own, right = np.ravel(np.asarray(own, float)), np.ravel(right)
    largest = max([1.0, *(abs(float(r)) for r in right)])
    differences = [abs(float(o - r)) for o, r in zip(own.tolist(), right, strict=True)]
    return max(differences, default=0.0) / largest


def in_c(made, sizes, folder):
    """The C file, compiled and loaded by the loader that stands beside it."""
    (folder / "digits.c").write_text(emit(made, target="c", sizes=sizes))
    path = folder / "digits_c.py"
    path.write_text(emit_loader(made, "digits.c", sizes=sizes))
    spec = importlib.util.spec_from_file_location("digits_c", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.spread
@pytest.mark.parametrize(("name", "style", "target"), CASES if FULL else sample(CASES, 7, seed=4))
def test_gradients_are_right_to_thirteen_digits(name, style, target, tmp_path, monkeypatch):
    if target in NEEDS:
        pytest.importorskip(NEEDS[target])
    if target == "numba":  # run as Python: what is compiled is the same
        monkeypatch.setattr(pytest.importorskip("numba").config, "DISABLE_JIT", True)
    if target == "c" and shutil.which("cc") is None:
        pytest.skip("needs cc")
    made = stated(name)
    whole = model_program(made).model
    sizes = some_sizes(whole, 2)
    arrays, loss, right = exactly(whole, sizes, 7, name in PROBABILITIES)
    if target == "c":
        module, count = in_c(made, sizes, tmp_path), len(made.parameters)
        values = list(arrays.values())
        found_loss, found = module.loss_and_gradients(
            module.Parameters(*values[:count]), *values[count:]
        )
    else:
        module = compile(made, style, target)
        found_loss, found = called(module, whole, arrays, sizes, style)
    assert distance([found_loss], [loss]) < 1e-13
    assert [distance(own, exact) < 1e-13 for own, exact in zip(found, right, strict=True)] == [
        True
    ] * len(right)


def test_what_is_wrong_in_the_thirteenth_digit_is_told():
    made = stated("layer-norm")
    whole = model_program(made).model
    _, _, right = exactly(whole, some_sizes(whole, 2), 7, False)
    own = [np.array(array, float) for array in right]
    assert all(distance(a, b) < 1e-15 for a, b in zip(own, right, strict=True))
    largest = max(np.abs(own[0]).max(), 1.0)
    own[0].flat[0] += 2e-13 * largest
    assert distance(own[0], right[0]) > 1e-13
