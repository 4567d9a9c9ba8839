"""Models from their equations: each adjoint as text books spell it, and right at every entry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sampling import sample
from sympy import S, Symbol, Tuple

import symback
from symback.algebra.expressions import Entry, Partial, Sum, indices_of, name_of
from symback.calculus import Derivation, derive
from symback.calculus.derivation import FormKind, Rule
from symback.calculus.matrix.tree import Array, index_form
from symback.errors import InputError
from symback.model.equations import Quantity
from tests.calculus.numbers import MissingError, World, worst_error

RNN = """
input x[t,j]
target y[t,o]
param W[j,k], U[i,k] for i = 1..K
param b[k], V[k,o]
h[0,k] = 0
h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]) + b[k])
z[t,o] = sum(k, V[k,o] h[t,k])
L = -sum(t, o, y[t,o] log(softmax(o, z[t,o])))
"""

BACKWARDS = """
input x[t,j]
param W[j,k], U[i,k] for i = 1..K
param v[t,k]
r[T+1,k] = 0
r[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] r[t+1,i]))
L = sum(t, k, v[t,k] r[t,k]^2)
"""

LEARNT_START = """
param h0[k], U[i,k] for i = 1..K
param v[t,k]
h[0,k] = h0[k]
h[t,k] = tanh(sum(i, U[i,k] h[t-1,i]))
L = sum(t, k, v[t,k] h[t,k]^2)
"""

CONVOLUTION = """
input x[n]
param w[m], b
const v[i] for i = 1..N-M+1
y[i] = sum(m, w[m] x[i+m-1]) + b for i = 1..N-M+1
L = sum(i, v[i] y[i]^2)
"""

STRIDED = """
size S
input x[n]
param w[m]
const v[i]
y[i] = sum(m, w[m] x[S*(i-1)+m]) for i = 1..I
L = sum(i, v[i] y[i]^2)
"""

DILATED = """
size D
input x[n]
param w[m]
const v[i] for i = 1..I
x[n] = 0 outside
y[i] = sum(m, w[m] x[i+D*(m-1)]) for i = 1..I
L = sum(i, v[i] y[i]^2)
"""

CAUSAL = """
input x[n]
param q, k
const v[n]
S[n,m] = q k x[n] x[m] for m = 1..N
A[n,m] = softmax(m in 1..n, S[n,m]) for m = 1..N
O[n] = sum(m in 1..n, A[n,m] x[m])
L = sum(n, v[n] sin(O[n]))
"""

BATCH_NORM = """
input x[n,j]
param gamma[j], beta[j]
const v[n,j]
const eps > 0
mu[j] = mean(n, x[n,j])
s2[j] = mean(n, (x[n,j] - mu[j])^2)
xh[n,j] = (x[n,j] - mu[j]) / sqrt(s2[j] + eps)
y[n,j] = gamma[j] xh[n,j] + beta[j]
L = sum(n, j, v[n,j] sin(y[n,j]))
"""

POOLING = """
input x[n]
const v[i]
y[i] = max(m in 1..2, x[2*(i-1)+m])
L = sum(i, v[i] sin(y[i]))
"""

LOOKUPS = """
integer z[t] in V, y[t] in V
param E[v,d]
q[t,v] = sum(d, E[z[t],d] E[v,d])
p[t,v] = softmax(v, q[t,v])
L = -sum(t, log(p[t,y[t]]))
"""

MARKOV = """
integer y[t] in K
param u[t,k], A[l,k] for l = 1..K
f[1,k] = u[1,k]
f[t,k] = u[t,k] + log(sum(l, exp(f[t-1,l] + A[l,k]))) for t = 2..T
L = log(sum(k, exp(f[T,k]))) - sum(t, u[t,y[t]])
"""

TWO_LAGS = """
param a, b
const v[t]
h[-1] = 1
h[0] = 1
h[t] = f(a h[t-1] + b h[t-2])
L = sum(t, v[t] h[t])
"""

TRANSPOSED = """
param w[m]
input y[i] for i = 1..N-M+1
const v[n]
x[n] = sum(i in max(1,n-M+1)..min(n,N-M+1), y[i] w[n-i+1])
L = sum(n, v[n] sin(x[n]))
"""

SLIDING = """
input x[n]
param q, k
const v[n]
S[n,m] = q k x[n] x[m] for m = 1..N
A[n,m] = softmax(m in max(1,n-2)..n, S[n,m]) for m = 1..N
O[n] = sum(m in max(1,n-2)..n, A[n,m] x[m])
L = sum(n, v[n] sin(O[n]))
"""

PRODUCTS = """
param w[t]
const v
L = v prod(t, w[t]^2 + 1)
"""


def derived(text: str, *wanted: str) -> Derivation:
    """A model derived by parameters and inputs."""
    model = symback.read_model(text)
    names = wanted or tuple(q.name for q in model.given if q.role in ("parameter", "input"))
    return derive(replace(model, wanted=names))


def results(derivation: Derivation) -> dict[str, str]:
    return {step.quantity.name: str(step.result) for step in derivation.steps}


CASES = [
    (RNN, [{"T": 1, "J": 2, "K": 1, "O": 2}, {"T": 3, "J": 1, "K": 2, "O": 3}]),
    (BACKWARDS, [{"T": 1, "J": 1, "K": 2}, {"T": 3, "J": 2, "K": 2}]),
    (LEARNT_START, [{"T": 1, "K": 2}, {"T": 3, "K": 2}]),
    (CONVOLUTION, [{"N": 3, "M": 3}, {"N": 4, "M": 3}, {"N": 6, "M": 2}, {"N": 3, "M": 1}]),
    (STRIDED, [{"N": 8, "M": 3, "S": 2, "I": 3}, {"N": 7, "M": 2, "S": 3, "I": 2}]),
    (DILATED, [{"N": 5, "M": 3, "D": 2, "I": 5}, {"N": 4, "M": 2, "D": 3, "I": 3}]),
    (CAUSAL, [{"N": 1}, {"N": 4}]),
    (BATCH_NORM, [{"N": 4, "J": 2}]),
    (POOLING, [{"N": 5, "I": 2}]),
    (LOOKUPS, [{"V": 3, "D": 2, "T": 4}, {"V": 1, "D": 1, "T": 1}]),
    (MARKOV, [{"T": 1, "K": 2}, {"T": 3, "K": 2}]),
    (TWO_LAGS, [{"T": 1}, {"T": 2}, {"T": 5}]),
    (TRANSPOSED, [{"N": 3, "M": 3}, {"N": 6, "M": 3}, {"N": 4, "M": 1}]),
    (SLIDING, [{"N": 1}, {"N": 5}]),
    (PRODUCTS, [{"T": 1}, {"T": 3}]),
]


@pytest.mark.spread
@pytest.mark.parametrize(("text", "sizes"), sample(CASES, 9))
def test_every_link_is_right_at_every_entry(text: str, sizes: list[dict[str, int]]) -> None:
    derivation = derived(text)
    for seed, at in enumerate(sizes):
        assert worst_error(derivation, at, seed) < 1e-12


def test_a_recursion_is_derived_as_a_recursion_with_its_end() -> None:
    derivation = derived(RNN)
    step = derivation.adjoint("h")
    assert str(step.result) == (
        "Sum(V[k, o]*d(L)/d(z[t, o]), (o, 1, O))"
        " + Sum((1 - h[t + 1, i]**2)*U[k, i]*d(L)/d(h[t + 1, i]), (i, 1, K))"
    )
    assert [str(end) for end in step.ends] == ["d(L)/d(h[T + 1, k])"]
    assert derivation.adjoint("x").ends == ()
    found = results(derivation)
    assert found["U"] == "Sum((1 - h[t, k]**2)*h[t - 1, i]*d(L)/d(h[t, k]), (t, 1, T))"
    assert found["z"].endswith("- y[t, o]")


def test_a_learnt_start_holds_at_the_start_too() -> None:
    derivation = derived(LEARNT_START)
    (start,) = derivation.adjoint("h").starts
    assert [str(index) for index in start] == ["0", "k"]
    assert results(derivation)["h0"] == "d(L)/d(h[0, k])"


def test_a_convolution_in_both_of_its_forms() -> None:
    step = derived(CONVOLUTION).adjoint("x")
    assert str(step.result) == "Sum(w[m]*d(L)/d(y[-m + n + 1]), (m, 1, M))"
    assert step.outside == ("y",)
    (form,) = step.forms
    assert form.kind is FormKind.LIMITS
    assert str(form.expression) == (
        "Sum(w[-i + n + 1]*d(L)/d(y[i]), (i, Largest(1, -M + n + 1), Smallest(n, -M + N + 1)))"
    )


def test_a_stride_leaves_rounded_limits() -> None:
    assert results(derived(STRIDED))["x"] == (
        "Sum(w[-S*i + S + n]*d(L)/d(y[i]),"
        " (i, Largest(1, CeilingOf(-M + n, S) + 1), Smallest(I, FloorOf(n - 1, S) + 1)))"
    )


def test_causal_attention_exchanges_its_limits() -> None:
    derivation = derived(CAUSAL)
    found = results(derivation)
    assert found["S"] == ("(d(L)/d(A[n, m]) - Sum(A[n, i]*d(L)/d(A[n, i]), (i, 1, n)))*A[n, m]")
    assert found["A"] == "[m <= n]*x[m]*d(L)/d(O[n])"


def test_batch_norm_in_its_stages() -> None:
    derivation = derived(BATCH_NORM)
    mean = derivation.adjoint("mu")
    assert [link.rule for link in mean.links][-1] is Rule.MEAN
    assert str(mean.result) == "-Sum(d(L)/d(xh[n, j]), (n, 1, N))/sqrt(eps + s2[j])"
    merged = next(f for f in derivation.adjoint("x").forms if f.kind is FormKind.MERGED)
    assert str(merged.expression) == (
        "(N*d(L)/d(y[n, j]) - xh[n, j]*d(L)/d(gamma[j]) - d(L)/d(beta[j]))"
        "*gamma[j]/(N*sqrt(eps + s2[j]))"
    )


def test_lookups_and_a_maximum() -> None:
    found = results(derived(LOOKUPS))
    assert found["q"] == "-Delta(v, y[t]) + p[t, v]"
    output, looked_up = found["E"].split(" + ")
    assert output == "Sum(E[z[t], d]*d(L)/d(q[t, v]), (t, 1, T))"
    assert looked_up.startswith("Sum(Delta(v, z[t])*E[")
    assert "argmax" in results(derived(POOLING))["x"]


def test_a_start_and_its_recursion_say_the_same_once() -> None:
    derivation = derived(MARKOV)
    assert results(derivation)["u"] == "-Delta(k, y[t]) + d(L)/d(f[t, k])"
    assert Rule.COVER in [link.rule for link in derivation.adjoint("u").links]


def spoilt(derivation: Derivation, name: str, old: str, new: object) -> Derivation:
    """A derivation in whose step one part is another."""
    steps = []
    for step in derivation.steps:
        if step.quantity.name == name:
            result = step.result
            (part,) = {n for n in _nodes(result) if str(n) == old}
            link = replace(step.links[-1], expression=result.xreplace({part: new}))
            step = replace(step, links=(*step.links[:-1], link))
        steps.append(step)
    return Derivation(derivation.model, tuple(steps))


def _nodes(expression):  # type: ignore[no-untyped-def]
    yield expression
    for part in expression.args:
        yield from _nodes(part)


T, N, M = (Symbol(name, integer=True, positive=True) for name in "TNM")
n, m, t = (Symbol(name, integer=True) for name in "nmt")


@pytest.mark.parametrize(
    ("text", "sizes", "name", "old", "new"),
    [
        (RNN, {"T": 3, "J": 1, "K": 2, "O": 2}, "U", "t - 1", t),
        (RNN, {"T": 3, "J": 1, "K": 2, "O": 2}, "h", "t + 1", t + 2),
        (CONVOLUTION, {"N": 5, "M": 3}, "x", "-m + n + 1", n + m - 1),
        (STRIDED, {"N": 8, "M": 3, "S": 2, "I": 3}, "x", "n - 1", n),
        (CAUSAL, {"N": 4}, "A", "[m <= n]", S.One),
        (BATCH_NORM, {"N": 4, "J": 2}, "x", "d(L)/d(mu[j])", S.Zero),
        (LOOKUPS, {"V": 3, "D": 2, "T": 4}, "q", "Delta(v, y[t])", S.Zero),
    ],
)
def test_a_wrong_adjoint_is_seen(
    text: str, sizes: dict[str, int], name: str, old: str, new: object
) -> None:
    wrong = spoilt(derived(text), name, old, new)
    try:
        error = worst_error(wrong, sizes)
    except MissingError:  # it reads what is not there
        return
    assert error > 1e-6


def test_nothing_depends_on_sizes() -> None:
    model = symback.read_model(RNN)
    few, many = ({"T": t, "J": 2, "K": 3, "O": 2} for t in (2, 500))
    assert results(derive(model.with_sizes(few))) == results(derive(model.with_sizes(many)))


def test_what_is_not_there_has_no_adjoint() -> None:
    with pytest.raises(InputError, match="no adjoint"):
        derived(RNN).adjoint("hh")


def test_a_derivation_equals_itself_derived_again() -> None:
    model = symback.read_model(RNN)
    assert derive(model) == derive(model)
    with pytest.raises(TypeError):
        derive(model).gradients["W"] = None  # type: ignore[index]


def test_the_adjoint_of_what_lies_between() -> None:
    derivation = derived(RNN, "h")
    assert list(derivation.gradients) == ["h"]
    assert derivation.gradients["h"].formula.has(Partial)


@pytest.mark.parametrize(
    ("text", "sizes", "entry", "paths"),
    [
        (RNN, {"T": 3, "J": 1, "K": 2, "O": 2}, ("U", 1, 2), 22),
        (LEARNT_START, {"T": 2, "K": 2}, ("h0", 1), 6),
        (CONVOLUTION, {"N": 5, "M": 3}, ("w", 2), 3),
        (CONVOLUTION, {"N": 5, "M": 3}, ("x", 1), 1),
        (STRIDED, {"N": 7, "M": 3, "S": 2, "I": 3}, ("x", 3), 2),
        (LOOKUPS, {"V": 2, "D": 1, "T": 2}, ("E", 1, 1), 6),
        (BATCH_NORM, {"N": 3, "J": 2}, ("gamma", 1), 3),
    ],
)
def test_one_entry_is_worked_at_small_sizes(
    text: str, sizes: dict[str, int], entry: tuple[str, *tuple[int, ...]], paths: int
) -> None:
    name, *indices = entry
    model = symback.read_model(text).with_sizes(sizes)
    derivation = derive(replace(model, wanted=(name,)))
    worked = derivation.unit(name, *indices)
    assert worked.paths == paths
    world = World(derivation, sizes)
    for chain in worked.chains:
        place = tuple(map(int, indices_of(chain.subject.by)))
        truth = world.slope(name_of(chain.subject.by), place)
        for link in chain.links:
            if all(node.of == derivation.loss for node in link.expression.atoms(Partial)):
                assert abs(world.of(link.expression, {}) - truth) < 1e-12


def test_an_entry_is_worked_at_numbers_only() -> None:
    model = symback.read_model(RNN)
    with pytest.raises(InputError, match="has none") as refused:
        derive(model).unit("U", 1, 2)
    assert "T" in str(refused.value)


def test_an_index_that_cannot_be_solved_is_refused_by_name() -> None:
    model = symback.read_model(CONVOLUTION)
    i, k = (Symbol(name, integer=True) for name in "ik")
    (first, *rest) = model.equations
    times = Sum(Entry("w", k) * Entry("x", i * k), Tuple(k, S.One, M))
    wrong = replace(model, equations=(replace(first, expression=times), *rest))
    with pytest.raises(InputError, match=r"x is read at the index i\*k, which is not affine"):
        derive(wrong)


def test_a_recursion_in_matrices_step_by_step() -> None:
    derivation = derived(RNN)
    forms = {(form.quantity.name, form.adjoint): form for form in derivation.matrices}
    assert str(forms["h", True].at) == "t"
    world = World(derivation, {"T": 3, "J": 1, "K": 2, "O": 3})
    for step in derivation.steps:
        right = index_form(forms[step.quantity.name, True], derivation.loss)
        for place in world.range(step.quantity):
            at = dict(zip(step.quantity.indices, place, strict=True))
            assert abs(world.of(right, at) - world.adjoint(step.quantity.name, place)) < 1e-12
    steps = [node for node in _parts(forms["h", True].right) if isinstance(node, Array)]
    assert {str(node.at) for node in steps if node.adjoint} == {"t", "t + 1"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CONVOLUTION, "no matrix form for x at the index i + m - 1"),
        (CAUSAL, "no matrix form for Bracket"),
        (LOOKUPS, "no matrix form for E at the index"),
    ],
)
def test_what_has_no_matrix_form_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        _ = derived(text).matrices
    assert reason in str(refused.value)


def _parts(node):  # type: ignore[no-untyped-def]
    yield node
    for field in getattr(node, "__dataclass_fields__", ()):
        value = getattr(node, field)
        for part in value if isinstance(value, tuple) else (value,):
            if hasattr(part, "__dataclass_fields__") and not isinstance(part, Quantity):
                yield from _parts(part)


def test_a_scalar_that_the_loss_mentions_is_worked() -> None:
    text = """
    input x[j]
    target y[k]
    param W[j,k]
    h[k] = f(sum(j, W[j,k] x[j]))
    E = sum(k, (y[k] - h[k])^2)
    P = sum(j, k, W[j,k]^2)
    L = E + P/2
    """
    sizes = {"J": 3, "K": 2}
    derivation = derive(symback.read_model(text).with_sizes(sizes))
    assert derivation.unit("W", 1, 2).paths == 2
    assert worst_error(derivation, sizes) < 1e-12
