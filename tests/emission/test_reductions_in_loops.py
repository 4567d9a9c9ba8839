"""Largest values, their places, products and log-sum-exps, written as loops over single numbers."""

import pytest

from symback import read_model
from symback.emission import emit

MODELS = {
    "max": "input x[n]\nparam w[n]\nsizes N=4\nL = max(n, w[n] x[n])\n",
    "min": "input x[n]\nparam w[n]\nsizes N=4\nL = min(n, w[n] x[n])\n",
    "argmax": (
        "input x[n]\nparam w[n]\nsizes N=4\ns[n] = w[n] x[n]\ns[n] = 0 outside\n"
        "c = argmax(n, s[n])\nL = s[c]^2\n"
    ),
    "product": "input x[n]\nparam w[n]\nsizes N=3\nL = prod(n, w[n] + x[n])\n",
    "log-sum-exp": "input x[n]\nparam w[n]\nsizes N=4\nL = log(sum(n, exp(w[n] x[n])))\n",
}
SLIPS = {
    "max": (" > ", " < "),
    "min": (" < ", " > "),
    "argmax": (" > ", " < "),
    "product": ("*= ", "+= "),
    "log-sum-exp": ("/ total", "* total"),
}


def loops(name):
    """The functions of the emitted file, and its check of itself."""
    text = emit(read_model(MODELS[name]), "scalar")
    at = text.index("def loss_and_gradients(")
    return text[:at], text[at:]


def checks_itself(text):
    namespace = {"__name__": "emitted"}
    exec(text, namespace)  # what symback wrote
    return namespace["main"]() == 0


@pytest.mark.parametrize("name", MODELS)
def test_they_are_right(name):
    assert checks_itself("".join(loops(name)))


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_loop_is_found_by_the_file_itself(name):
    before, after = loops(name)
    function, _, rest = after.partition("\n\n\n")
    right, wrong = SLIPS[name]
    assert right in function
    assert not checks_itself(f"{before}{function.replace(right, wrong)}\n\n\n{rest}")
