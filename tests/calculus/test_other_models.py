"""Models that are no perceptrons, from their equations alone: derived, and every claim shown."""

from __future__ import annotations

from sympy import Expr, Pow, Rational, Symbol

from symback.algebra.expressions import EVERY, Apply, OfVectors
from symback.algebra.sums import total
from symback.calculus import Derivation, derive
from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.verification import Claim, Verdict, Witness, verify

J, K, S_, T, U, C = (Symbol(name, integer=True) for name in "jkstuc")


def over(body: Expr, index: Symbol, r: Range) -> Expr:
    return total(body, [(index, r.upper)])


def model(
    given: list[Quantity], *defined: tuple[Quantity, Expr], facts: tuple[str, ...] = ()
) -> Model:
    """A model from its given quantities and its definitions, the loss last."""
    numbered = (Equation(n, quantity, right) for n, (quantity, right) in enumerate(defined, 1))
    return Model(tuple(given), tuple(numbered), facts)


def all_shown(derivation: Derivation, *units: tuple[str, int, int]) -> None:
    """Every claim is shown, and SymPy's derivative of the whole loss was among the witnesses."""
    report = verify(derivation, [derivation.unit(*unit) for unit in units], numbers=False)
    assert report.ok, report.first_failure
    assert {check.verdict for check in report.checks} <= {Verdict.PROVED, Verdict.AGREES}
    assert report.testimony(Witness.SYMPY_DIFF).agreed == len(derivation.model.parameters)
    adjoints = [check for check in report.checks if check.claim is Claim.ADJOINT]
    assert all(Witness.SMALL_INSTANCE in check.witnesses for check in adjoints)


N0, N1, N2 = (Range(f"n_{layer}", size) for layer, size in enumerate((3, 2, 2)))
X = Quantity("x", Role.INPUT, (N0,), ("j",))
Y = Quantity("y", Role.TARGET, (N1,), ("k",))
LOSS = Quantity("L", Role.LOSS)


def units(name: str, role: Role = Role.ACTIVATION) -> Quantity:
    return Quantity(name, role, (N1,), ("k",))


def matrix(name: str, source: Range, target: Range) -> Quantity:
    return Quantity(name, Role.WEIGHT, (source, target), ("j", "k"))


def skip_connection() -> Model:
    """``r = h + V h``: the hidden units reach the output past a layer as well as through it."""
    w, v = matrix("W", N0, N1), matrix("V", N1, N1)
    pre, h, mixed, r = units("h_pre"), units("h"), units("m"), units("r")
    return model(
        [X, Y, w, v],
        (pre, over(w.at(J, K) * X.at(J), J, N0)),
        (h, Apply("f", pre.at(K))),
        (mixed, Apply("g", over(v.at(J, K) * h.at(J), J, N1))),
        (r, mixed.at(K) + h.at(K)),
        (LOSS, OfVectors("L", Y.at(EVERY), r.at(EVERY))),
    )


def weight_used_twice() -> Model:
    """``h1 = f(V x)``, ``h2 = f(V h1)``: one matrix in two layers, as in a recurrent network."""
    square = Quantity("x", Role.INPUT, (N1,), ("j",))
    v = matrix("V", N1, N1)
    first, second = units("h1"), units("h2")
    i = Symbol("i", integer=True)
    return model(
        [square, Y, v],
        (first, Apply("f", over(v.at(J, K) * square.at(J), J, N1))),
        (second, Apply("f", over(v.at(J, K) * first.at(J), J, N1))),
        (LOSS, over((Y.at(i) - second.at(i)) ** 2, i, N1) / 2),
    )


def attention() -> Model:
    """Softmax attention over three tokens, with queries, keys, values and an output matrix."""
    tokens, width, head = Range("T", 3, "stu"), Range("d", 2, "jk"), Range("h", 2, "cab")

    def rows(name: str, columns: Range, role: Role = Role.OTHER) -> Quantity:
        return Quantity(name, role, (tokens, columns), ("s", "k"))

    x, y = rows("x", width, Role.INPUT), rows("y", width, Role.TARGET)
    wq, wk, wv = (matrix(f"W{name}", width, head) for name in "qkv")
    wo = matrix("Wo", head, width)
    q, k, v, o = (rows(name, head) for name in "qkvo")
    scores = Quantity("a", Role.OTHER, (tokens, tokens), ("s", "t"))
    weights = Quantity("p", Role.OTHER, (tokens, tokens), ("s", "t"))
    out = rows("z", width, Role.OUTPUT)

    def projected(weight: Quantity) -> Expr:
        return over(x.at(S_, J) * weight.at(J, K), J, width)

    scale = Pow(head.upper, Rational(-1, 2))
    exponentials = over(Apply("exp", scores.at(S_, U)), U, tokens)
    return model(
        [x, y, wq, wk, wv, wo],
        (q, projected(wq)),
        (k, projected(wk)),
        (v, projected(wv)),
        (scores, scale * over(q.at(S_, C) * k.at(T, C), C, head)),
        (weights, Apply("exp", scores.at(S_, T)) / exponentials),
        (o, over(weights.at(S_, T) * v.at(T, K), T, tokens)),
        (out, over(o.at(S_, C) * wo.at(C, K), C, head)),
        (LOSS, over(over((y.at(T, C) - out.at(T, C)) ** 2, C, width), T, tokens) / 2),
    )


def test_skip_connection() -> None:
    derivation = derive(skip_connection())
    assert [path.equation for path in derivation.step_of["h"].paths] == [3, 4]
    all_shown(derivation, ("W", 1, 2), ("V", 2, 1))


def test_a_weight_used_twice() -> None:
    derivation = derive(weight_used_twice())
    assert [path.equation for path in derivation.step_of["V"].paths] == [1, 2]
    all_shown(derivation, ("V", 1, 2))


def test_attention_over_three_tokens() -> None:
    derivation = derive(attention())
    assert len(derivation.gradients) == 4
    all_shown(derivation, ("Wo", 2, 1), ("Wk", 1, 2))


def test_loss_that_mentions_a_hidden_layer() -> None:
    # The partial of the loss by h is not its adjoint: h is used by the output as well.
    w = matrix("W", N0, N1)
    h, out = units("h"), units("out", Role.OUTPUT)
    i, m = (Symbol(name, integer=True) for name in "im")
    both = over((Y.at(i) - out.at(i)) ** 2, i, N1) + over(h.at(m) ** 2, m, N1)
    derivation = derive(
        model(
            [X, Y, w],
            (h, Apply("f", over(w.at(J, K) * X.at(J), J, N0))),
            (out, Apply("g", h.at(K))),
            (LOSS, both),
        )
    )
    all_shown(derivation)
