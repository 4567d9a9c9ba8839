"""Every function of the catalogue keeps its digits: against 60 digits, where formulas overflow."""

import math
import warnings

import mpmath
import numpy as np
import pytest
from emission_networks import module

from symback import Network
from symback.emission.forms.functions import FORMS
from symback.emission.styles.helpers import SOFTMAX, helper_sources, with_needed
from symback.emission.styles.inplace import Recorder
from symback.emission.styles.scalar import scalar_sources

mp = mpmath.mp.clone()
mp.dps = 60

MAGNITUDES = [0.0, 1e-308, 1.0, 20.0, 40.0, 710.0, 800.0, 1e4]
POINTS = sorted({s * z for z in MAGNITUDES for s in (1.0, -1.0)})


def _sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def _normal(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def _step(z):
    return mp.mpf(z > 0)


def _softplus(z):
    return mp.log1p(mp.exp(z))


def _dmish(z):
    t = mp.tanh(_softplus(z))
    return t + z * _sigmoid(z) / mp.cosh(_softplus(z)) ** 2


def _ddmish(z):
    s, t = _sigmoid(z), mp.tanh(_softplus(z))
    return s / mp.cosh(_softplus(z)) ** 2 * (2 + z * (_sigmoid(-z) - 2 * s * t))


_SELU, _ALPHA = mp.mpf("1.0507009873554805"), mp.mpf("1.6732632423543772")
EXACT = {
    "tanh": mp.tanh,
    "sigmoid": _sigmoid,
    "log_sigmoid": lambda z: -_softplus(-z),
    "softplus": _softplus,
    "silu": lambda z: z * _sigmoid(z),
    "dsilu": lambda z: _sigmoid(z) * (1 + z * _sigmoid(-z)),
    "mish": lambda z: z * mp.tanh(_softplus(z)),
    "dmish": _dmish,
    "ddsilu": lambda z: _sigmoid(z) * _sigmoid(-z) * (2 + z * (_sigmoid(-z) - _sigmoid(z))),
    "ddmish": _ddmish,
    "ddgelu": lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) * (2 - z * z),
    "ddelu": lambda z: mp.mpf(0) if z > 0 else mp.exp(z),
    "ddselu": lambda z: mp.mpf(0) if z > 0 else _SELU * _ALPHA * mp.exp(z),
    "normal": _normal,
    "erf": mp.erf,
    "gelu": lambda z: z * _normal(z),
    "dgelu": lambda z: _normal(z) + z * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi),
    "relu": lambda z: max(z, mp.mpf(0)),
    "drelu": _step,
    "relu_slope": _step,
    "hard_tanh_slope": lambda a: mp.mpf(abs(a) < 1),
    "selu_slope": lambda a: _SELU if a > 0 else a + _SELU * _ALPHA,
    "leaky_relu": lambda z: z if z > 0 else mp.mpf("0.01") * z,
    "dleaky_relu": lambda z: mp.mpf(1) if z > 0 else mp.mpf("0.01"),
    "elu": lambda z: z if z > 0 else mp.expm1(z),
    "delu": lambda z: mp.mpf(1) if z > 0 else mp.exp(z),
    "selu": lambda z: _SELU * (z if z > 0 else _ALPHA * mp.expm1(z)),
    "dselu": lambda z: _SELU * (mp.mpf(1) if z > 0 else _ALPHA * mp.exp(z)),
    "hard_tanh": lambda z: min(max(z, mp.mpf(-1)), mp.mpf(1)),
    "dhard_tanh": lambda z: mp.mpf(-1 < z < 1),
    "sin": mp.sin,
    "cos": mp.cos,
    "step": _step,
    "positive": lambda z: max(z, mp.mpf(0)),
    "modulus": abs,
    "sign": mp.sign,
    "clip": lambda z: min(max(z, mp.mpf(-1)), mp.mpf(1)),
    "within": lambda z: mp.mpf(-1 < z < 1),
    "huber": lambda z: z * z / 2 if abs(z) <= 1 else abs(z) - mp.mpf(1) / 2,
}


def ulps(found, exact):
    """The error in units in the last place; 0 where it is below 1e-300."""
    error = abs(mp.mpf(float(found)) - exact)
    return 0 if error < 1e-300 else float(error / math.ulp(abs(float(exact))))


def numpy_form(name):
    form = FORMS[name]
    if form.ufunc:
        return getattr(np, form.ufunc)
    scope = {"np": np, "Array": object}
    for text in helper_sources([name], "np"):
        exec("from __future__ import annotations\n" + text, scope)
    return scope[name]


def fast_form(name):
    """The calls of the fast style for one function, run over arrays as a workspace has them."""
    recorder = Recorder()
    argument = recorder.array("z", ("batch",))
    out = recorder.array("out", ("batch",))
    recorder.inline(name, argument, out)

    def run(z):
        scope = {n: np.empty(z.shape) for n in recorder.buffers.arrays}
        scope |= {n: np.empty(z.shape, bool) for n in recorder.buffers.masks}
        scope |= {n: getattr(np, n) for n in recorder.imports} | {"np": np, "dtype": z.dtype}
        for number, text in recorder.buffers.numbers.items():
            scope[number] = np.array(eval(text, scope))
        scope["z"][...] = z
        exec("\n".join(line.strip() for line in recorder.lines), scope)
        return scope["out"]

    return run


def scalar_form(name):
    scope = {"math": math}
    for text in scalar_sources([name]):
        exec("from __future__ import annotations\n" + text, scope)
    function = scope.get(name) or getattr(math, name)
    return lambda z: np.array([function(float(entry)) for entry in z])


def xp_form(name):
    array_namespace = pytest.importorskip("array_api_compat").array_namespace
    form = FORMS[name]
    if form.ufunc:
        return getattr(np, form.ufunc)
    scope = {"array_namespace": array_namespace, "Array": object}
    for text in helper_sources([name], "xp"):
        exec("from __future__ import annotations\n" + text, scope)
    return scope[name]


OUTPUTS = {"relu_slope": (0, mp.inf), "hard_tanh_slope": (-1, 1), "selu_slope": (-1.75, mp.inf)}
"""The outputs that a derivative through them is asked about."""

NOT_IN_ARRAY_API = {"erf", "normal", "gelu", "dgelu"}
EVERY_FORM = [
    (name, form)
    for name in EXACT
    for form in (numpy_form, fast_form, scalar_form, xp_form)
    if form is not xp_form or name not in NOT_IN_ARRAY_API
]


@pytest.mark.parametrize(("name", "form"), EVERY_FORM)
def test_forms_are_right_to_four_units(name, form):
    least, most = OUTPUTS.get(name, (-mp.inf, mp.inf))
    points = np.array([z for z in POINTS if least <= z <= most])
    with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        found = form(name)(points)
        lost = form(name)(np.array([math.nan, 1.0]))
    wrong = {
        z: ulps(value, EXACT[name](mp.mpf(z)))
        for z, value in zip(points, found, strict=True)
        if ulps(value, EXACT[name](mp.mpf(z))) > 4
    }
    assert wrong == {}
    assert math.isnan(lost[0])


def test_every_function_of_the_catalogue_is_in_the_table():
    derived = {"gelu_tanh", "dgelu_tanh", "ddgelu_tanh", "exp", "log", "sqrt"}
    assert set(FORMS) == set(EXACT) | derived


def test_erf_is_right_to_two_units():
    points = np.concatenate([np.linspace(-6, 6, 4001), [1e-300, 1e-20, 0.75, 0.7500001]])
    found = numpy_form("erf")(points)
    assert max(ulps(v, mp.erf(mp.mpf(z))) for z, v in zip(points, found, strict=True)) <= 2


@pytest.mark.parametrize("form", [numpy_form, fast_form, scalar_form, xp_form])
@pytest.mark.parametrize("name", ["gelu_tanh", "dgelu_tanh"])
def test_gelu_with_tanh_is_as_right_as_its_exponent(name, form):
    """Far out on the left the value is exp(-600) and less: the exponent's own rounding shows."""
    c = 2 * mp.sqrt(2 / mp.pi)

    def exact(z):
        u = c * z * (1 + mp.mpf("0.044715") * z * z)
        if name == "gelu_tanh":
            return z * _sigmoid(u)
        slope = c * (1 + mp.mpf("0.134145") * z * z)
        return _sigmoid(u) * (1 + z * slope * _sigmoid(-u))

    with np.errstate(all="raise", under="ignore"):
        found = form(name)(np.array(POINTS))
        lost = form(name)(np.array([math.nan, 1.0]))
    for z, value in zip(POINTS, found, strict=True):
        exponent = abs(c * z * (1 + mp.mpf("0.044715") * z * z)) if -40 < z < 0 else 0
        assert ulps(value, exact(mp.mpf(z))) <= 4 + 2 * float(exponent)
    assert math.isnan(lost[0])


@pytest.mark.parametrize("name", ["ddsilu", "ddmish", "ddgelu", "ddgelu_tanh", "ddelu", "ddselu"])
def test_second_derivatives_are_those_of_the_first(name):
    points = np.array([-9.0, -2.5, -0.75, 0.3, 1.1, 3.0, 12.0])
    step, first = 1e-5, numpy_form(name[1:])
    near = (8 * (first(points + step) - first(points - step))
            - (first(points + 2 * step) - first(points - 2 * step))) / (12 * step)  # fmt: skip
    found = numpy_form(name)(points)
    assert np.abs(found - near).max() < 1e-9
    assert np.abs(scalar_form(name)(points) - found).max() < 1e-14
    assert np.isfinite(numpy_form(name)(np.array(POINTS))).all()


LOGITS = [[1000.0, 0.0], [-1000.0, 0.0], [1000.0, -1000.0], [0.0, 0.0], [1000.0, 1000.0]]


@pytest.mark.parametrize("style", ["readable", "fast"])
@pytest.mark.parametrize("logits", LOGITS)
def test_cross_entropy_from_extreme_logits(logits, style):
    network = Network((1, 2), ("softmax",), "cross-entropy")
    made = module(network, style)
    parameters = made.Parameters(np.zeros((1, 2)), np.array(logits))
    targets = np.array([[0.25, 0.5]])
    with np.errstate(all="raise", under="ignore"):
        value, gradients = made.loss_and_gradients(parameters, np.ones((1, 1)), targets)
    z = [mp.mpf(entry) for entry in logits]
    total = sum(mp.exp(entry) for entry in z)
    exact = -sum(mp.mpf(t) * (e - mp.log(total)) for t, e in zip(targets[0], z, strict=True))
    assert ulps(value, exact) <= 4
    for found, entry, target in zip(gradients.b1, z, targets[0], strict=True):
        right = mp.exp(entry) / total * mp.mpf(0.75) - mp.mpf(target)
        assert ulps(found, right) <= 4


@pytest.mark.parametrize("style", ["readable", "fast", "scalar"])
@pytest.mark.parametrize("z", POINTS)
def test_binary_cross_entropy_from_logits(z, style):
    network = Network((1, 1), ("sigmoid",), "binary-cross-entropy")
    made = module(network, style)
    for target in (0.0, 1.0):
        with np.errstate(all="raise", under="ignore"):
            if style == "scalar":
                parameters = made.Parameters([[0.0]], [z])
                value, _ = made.loss_and_gradients(parameters, [1.0], [target])
            else:
                parameters = made.Parameters(np.zeros((1, 1)), np.array([z]))
                x, y = np.ones((1, 1)), np.array([[target]])
                value, _ = made.loss_and_gradients(parameters, x, y)
        exact = _softplus(mp.mpf(-z if target else z))
        assert ulps(value, exact) <= 4


def test_softmax_of_nan_is_nan():
    scope = {"np": np, "Array": object}
    exec("def f(z):\n    " + SOFTMAX["softmax"][1].replace("\n", "\n    "), scope)
    assert np.isnan(scope["f"](np.array([[math.nan, 1.0]]))).all()


def test_needed_forms_come_before_those_that_call_them():
    names = [form.name for form in with_needed(["log_sigmoid"])]
    assert names == ["positive", "softplus", "log_sigmoid"]
