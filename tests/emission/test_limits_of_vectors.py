"""Limits of sums that depend on an index which an array runs over: floors, least and largest."""

from dataclasses import replace

import pytest

from symback import read_model
from symback.emission import emit

SIZES = "input x[n]\nparam w[m]\nsizes N=9, M=3, K=4\n"
MODELS = {
    "doubled": (
        "y[k] = sum(m in 1..2k, w[1] x[m]^2) + x[2k] for k = 1..K\n"
        "L = sum(k, y[k]^3) + sum(n, x[n]) + w[3]\n"
    ),
    "window": (
        "y[k] = sum(n in 2k-1..min(2k+2,N), w[2] x[n]) for k = 1..K\n"
        "L = sum(k, k y[k]^3) + w[3]\n"
    ),
}  # fmt: skip


def emitted(name, target="numpy"):
    return emit(replace(read_model(SIZES + MODELS[name]), wanted=("x", "w")), target=target)


def checks_itself(text):
    namespace = {"__name__": "emitted"}
    exec(text, namespace)  # what symback wrote
    return namespace["main"]() == 0


@pytest.mark.parametrize("name", MODELS)
def test_they_are_right(name):
    text = emitted(name)
    assert "// 2" in text
    assert checks_itself(text)


@pytest.mark.parametrize("name", MODELS)
def test_a_limit_too_low_is_found_by_the_file_itself(name):
    assert not checks_itself(emitted(name).replace("// 2)", "// 2 - 1)"))


@pytest.mark.parametrize("name", MODELS)
def test_the_array_api_has_them_too(name):
    pytest.importorskip("array_api_compat")
    assert "// 2" in emitted(name, "array-api")
    assert "astype(np." not in emitted(name, "array-api")
