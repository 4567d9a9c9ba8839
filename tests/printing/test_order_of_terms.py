"""The order of terms that derivatives pass through, and factors in front of several sums."""

import re

import pytest

from symback.calculus import derive
from symback.model.language.reader import read_model
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import FOUNDING
from symback.printing import LATEX, Printer

UPSTREAM = re.compile(
    r"\\frac\{\\partial L\}\{\\partial (\\hat\{[a-z]\}|\\mathrm\{\w+\}|\\?[A-Za-z]+)"
)


def lines(model, name):
    """The lines of a step, in LaTeX."""
    derivation = derive(model, gradients=[name]) if name else derive(model)
    printer = Printer(LATEX, derivation.model, FOUNDING)
    return [printer(link.expression) for link in derivation.step_of[name].links]


@pytest.mark.parametrize(
    ("model", "ways"),
    [
        ("layer-norm", [r"\hat{x}", r"\sigma", r"\mu"]),
        ("batch-norm", [r"\hat{x}", r"\mathrm{var}", r"\mu"]),
        ("attention", ["Q", "K", "V"]),
    ],
)
def test_paths_keep_their_places_when_derivatives_are_put_in(model, ways):
    stated = read_model(library_text(model), model)
    first, *_, last = lines(stated, "x")
    told = [UPSTREAM.findall(line) for line in (first, last)]
    assert told[0] == told[1]
    assert told[0] == ways


def test_every_path_of_a_recursion_keeps_its_place():
    stated = read_model(library_text("gru"), "gru")
    first, last = lines(stated, "h")
    by = re.compile(r"\\frac\{\\partial L\}\{\\partial (h|z\^\{\\mathrm\{\w\}\})_\{t\+1")
    assert by.findall(first) == by.findall(last)
    assert len(by.findall(first)) == 4


def test_terms_that_begin_alike_keep_the_order_in_which_they_were_typed():
    """Both terms of ``u h + (1 - u) n`` mention u."""
    model = read_model(library_text("gru"), "gru")
    equation = next(e for e in model.equations if e.number == 8)
    printer = Printer(LATEX, model, FOUNDING, written=tuple(equation.written))
    text = printer(equation.expression)
    assert text.index("u_{tk} h_{t-1,k}") < text.index("n_{tk}")
    other = tuple(reversed(equation.written))
    assert Printer(LATEX, model, FOUNDING, written=other)(equation.expression) != text


def test_a_factor_of_several_sums_stands_before_all_of_them():
    network = Network((3, 4, 2), ("tanh", "sigmoid"), "binary-cross-entropy", batch=True)
    derivation = derive(network)
    worked = derivation.unit("W1", 1, 2)
    printer = Printer(LATEX, derivation.model, FOUNDING)
    (last,) = {printer(c.links[-1].expression) for c in worked.chains if c.part == "collection"}
    assert last.count(r"\frac{1}{N}") == 1
    assert last.startswith(r"\frac{1}{N} \Bigl(\sum_s ")
    assert r" + \sum_s " in last


def test_a_single_factor_stands_above_the_bar_of_its_divisor():
    """As it would if it were of a later equation: ``-w / (N sum g w)``."""
    text = """
    input x[n,j]
    param P[j,k], M[j,k]
    w[n,k] = exp(sum(j, P[j,k] x[n,j]))
    g[n,k] = exp(sum(j, M[j,k] x[n,j]))
    L = -mean(n, log(sum(k, w[n,k] g[n,k])))
    """
    model = read_model(text)
    for name, other in (("w", "g"), ("g", "w")):
        last = lines(model, name)[-1]
        assert last == rf"-\frac{{{other}_{{nk}}}}{{N \sum_i g_{{ni}} w_{{ni}}}}"
