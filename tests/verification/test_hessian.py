"""Entries of a Hessian: the published forms, what proves them, and what is refused."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product as product_of
from random import Random

import pytest
from sampling import FULL, sample
from sympy import Add, Indexed, KroneckerDelta, Mul, S, Symbol
from sympy import Sum as SymPySum

import symback
from symback import InputError, Network
from symback.algebra.expressions import Apply, Delta, Entry, Partial, Sum
from symback.calculus.second import derive_second
from symback.model.language.sources import library_names, library_text
from symback.verification.report import Claim, Verdict, Witness
from symback.verification.second import verify_second

SIZES = {"n_0": 2, "n_1": 3, "n_2": 2}
NETWORKS = {
    "open": Network((2, 3, 2)),
    "open-batch": Network((2, 3, 2), batch=True),
    "squares": Network((2, 3, 2), ("f", "identity"), "half-squared-error"),
    "classifier": Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy", batch=True),
    "decay": Network((2, 3, 2), ("tanh", "sigmoid"), "binary-cross-entropy", weight_decay=0.1),
    "deep": Network((2, 3, 4, 2), ("silu", "g", "sigmoid"), "squared-error", bias=False),
    "relu": Network((2, 3, 2), ("relu", "softmax"), "cross-entropy", batch=True),
}
CURVED = [
    "attention", "batch-norm", "gan-generator", "graph-convolution", "layer-norm",
    "linear-regression", "logistic-regression", "lora", "mixture-of-experts", "perceptron", "rbf",
    "residual-block", "rms-norm", "softmax-regression", "tied-autoencoder", "vae",
]  # fmt: skip


@cache
def hessian(name):
    if name in NETWORKS:
        return derive_second(symback.derive(NETWORKS[name]), "hessian")
    model = symback.read_model(library_text(name).partition("\nclaims")[0])
    return derive_second(symback.derive(model), "hessian")


# The published forms ------------------------------------------------------------------------------


def symbols(text):
    return [Symbol(letter, integer=True) for letter in text.split()]


J, K, L, M, R, N = symbols("j k l m i n")
OUT = (S.One, Symbol("n_2", integer=True, positive=True))
LOSS = Symbol("L")


def w2(one, other):
    return Entry("W2", one, other)


def h(order, index):
    return Apply("f", Entry("h1_pre", index), order)


def delta(index):
    return Partial(LOSS, Entry("y_pre", index))


def curvature(one, other):
    return Partial(delta(one), Entry("y_pre", other))


def x(index):
    return Entry("x", index)


def z(index):
    return Entry("h1", index)


PUBLISHED = {
    # Bishop, Pattern Recognition and Machine Learning (2006), (5.93) to (5.95), with the indices
    # of a weight in the order of this project: W[j,k] leads from unit j to unit k.
    ("W2", "W2"): z(J) * z(L) * curvature(K, M),
    ("W1", "W1"): x(J) * x(L) * h(2, M) * Delta(K, M) * Sum(w2(M, R) * delta(R), (R, *OUT))
    + x(J)
    * x(L)
    * h(1, M)
    * h(1, K)
    * Sum(w2(M, N) * w2(K, R) * curvature(R, N), (R, *OUT), (N, *OUT)),
    ("W1", "W2"): x(J)
    * h(1, K)
    * (delta(M) * Delta(K, L) + z(L) * Sum(w2(K, R) * curvature(M, R), (R, *OUT))),
}


def value(node, known, at):
    """What an expression comes to where everything that is no sum or product is a number."""
    if isinstance(node, SymPySum):
        (index, _, upper), *rest = node.limits
        body = node.function if not rest else Sum(node.function, *rest)
        return sum(value(body, known, {**at, index: i + 1}) for i in range(SIZES[upper.name]))
    if isinstance(node, Add):
        return sum(value(part, known, at) for part in node.args)
    if isinstance(node, Mul):
        found = Fraction(1)
        for part in node.args:
            found *= value(part, known, at)
        return found
    if node.is_number:
        return Fraction(str(node))
    placed = node.xreplace({letter: S(number) for letter, number in at.items()})
    if placed in (S.Zero, S.One):
        return Fraction(int(placed))
    key = tuple(sorted(map(str, placed.atoms(Indexed)))) if "d(d(" in str(placed) else str(placed)
    return known(key)


def worked_out(expression, seed=4):
    """Its value at every choice of the free indices; the second derivatives are symmetric."""
    drawn = {}
    adjoint = {
        Partial(LOSS, Entry("h1", index)): Sum(w2(index, R) * delta(R), (R, *OUT))
        for index in (K, M)
    }
    expression = expression.xreplace(adjoint)

    def known(key):
        return drawn.setdefault(key, Fraction(Random(f"{seed}{key}").randint(1, 99), 7))

    return [
        value(expression, known, dict(zip((J, K, L, M), at, strict=True)))
        for at in product_of((1, 2), (1, 2), (1, 2), (1, 2))
    ]


def with_block_named(pair):
    return hessian("open").blocks[pair].links[-2].expression


@pytest.mark.parametrize("pair", PUBLISHED)
def test_the_blocks_are_those_of_text_books(pair):
    found = worked_out(with_block_named(pair))
    assert found == worked_out(PUBLISHED[pair])
    other = PUBLISHED[pair].xreplace({K: M, M: K}) if pair == ("W1", "W2") else 2 * PUBLISHED[pair]
    assert found != worked_out(other)


def test_the_loss_curves_in_its_outputs_alone():
    (line,) = hessian("squares").curvature
    assert line.result == Delta(K, L)
    assert str(line.subject) == "d(d(L)/d(y_pre[k]))/d(y_pre[l])"
    assert not hessian("lora").curvature  # linear in them
    blocks = hessian("squares").blocks
    assert blocks["W2", "W2"].result == Delta(K, M) * z(J) * z(L)


# What proves them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NETWORKS, *CURVED] if FULL else ["squares", "rbf"])
def test_every_entry_holds(name):
    made = hessian(name)
    report = verify_second(made)
    assert report.ok
    assert report.testimony(Witness.NUMBERS).agreed == len(made.tangents)
    arrays = len(made.direction)
    assert sum(check.claim is Claim.HESSIAN for check in report.checks) == arrays
    assert len(made.blocks) == arrays * (arrays + 1) // 2


@pytest.mark.spread
@pytest.mark.parametrize("name", ["open", "squares", "logistic-regression", *["attention"] * FULL])
def test_entries_are_proved_for_all_sizes(name):
    report = verify_second(hessian(name), numbers=False)
    assert {check.verdict for check in report.checks} == {Verdict.PROVED}


def faults(result):
    """An expression with a slip: a sign, a factor, a term left out, a delta left out."""
    yield "sign", -result
    yield "factor", 2 * result
    if isinstance(result, Add):
        yield "term", Add(*result.args[1:])
    for node in sorted(result.atoms(KroneckerDelta), key=str):
        yield "delta", result.xreplace({node: S.One})


def seeded(name):
    right = hessian(name)
    for place, line in enumerate(right.tangents):
        if line.result is S.Zero:
            continue
        for kind, slip in faults(line.result):
            wrong = replace(
                line, links=(*line.links[:-1], replace(line.links[-1], expression=slip))
            )
            part = "backward" if line.is_adjoint else "forward"
            lines = tuple(wrong if t is line else t for t in getattr(right, part))
            yield f"{place}-{kind}", line, replace(right, **{part: lines})


@pytest.mark.parametrize("name", sample(["open", "perceptron"], 1))
def test_a_fault_is_seen_where_it_stands(name):
    # What is open is proved at every place of two layers, which takes three times as long.
    count = 1 if name == "open" else 3
    for label, line, wrong in sample(list(seeded(name)), count, seed=5):
        report = verify_second(wrong)
        refuted = [c for c in report.checks if c.verdict is Verdict.REFUTED]
        by_numbers = {c.location.number for c in refuted if c.claim is Claim.CURVATURE}
        assert by_numbers == {line.number}, label
        is_entry = line in hessian(name).blocks.values()
        assert any(c.claim is Claim.HESSIAN for c in refuted) == is_entry, label


def test_what_was_not_compared_with_anything_is_not_shown(monkeypatch):
    """The blocks are held against lines of a product; without these nothing stands behind them."""
    from symback.verification.second import hessian as module

    right = module.Lines.backward

    def broken(self):
        checks = right(self)
        return (replace(checks[0], verdict=Verdict.REFUTED), *checks[1:])

    monkeypatch.setattr(module.Lines, "backward", broken)
    report = verify_second(hessian("perceptron"), numbers=False)
    assert {check.verdict for check in report.checks} == {Verdict.UNDECIDED}
    assert not report.refuted


@pytest.mark.parametrize("name", ["rnn", "conv1d", "word2vec"])
def test_where_there_is_no_closed_form_it_says_so(name):
    with pytest.raises(InputError, match="no closed form for an entry") as refused:
        hessian(name)
    assert "hvp" in refused.value.hint


def test_an_entry_is_by_what_is_given():
    derivation = symback.derive(Network((2, 3, 2)), ("h1",))
    with pytest.raises(InputError, match="h1 is defined by an equation"):
        derive_second(derivation, "hessian")


def test_each_model_of_the_library_has_entries_or_is_refused():
    """Of those that are in no list here, as of a new one, too."""
    refused = []
    for name in sorted(set(library_names()) - set(CURVED) - {"multi-head-attention"}):
        try:
            made = hessian(name)
        except InputError:
            refused.append(name)
        else:
            assert verify_second(made, numbers=False).ok, name
    assert {"conv1d", "crf", "gru", "lstm", "rnn", "word2vec"} <= set(refused)
