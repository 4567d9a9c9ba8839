"""Models that are no perceptrons: a skip connection, one matrix in two layers, attention."""

from sympy import Pow, Rational, Symbol

from symback.algebra.expressions import EVERY, Apply, OfVectors
from symback.algebra.sums import total
from symback.model.equations import Equation, Model, Quantity, Range, Role

J, K, S, T, U, C, I = (Symbol(name, integer=True) for name in "jkstuci")  # noqa: E741


def over(body, index, r):
    return total(body, [(index, r.upper)])


def model(given, *defined):
    numbered = (Equation(n, quantity, right) for n, (quantity, right) in enumerate(defined, 1))
    return Model(tuple(given), tuple(numbered))


N0, N1 = Range("n_0", 3), Range("n_1", 2)
SAMPLES = Range("N", 0, "st", is_rows=True)


def weight(name, source, target):
    return Quantity(name, Role.WEIGHT, (source, target), ("j", "k"))


def units(name, size=N1, role=Role.ACTIVATION, lead=(), letter="k"):
    return Quantity(name, role, (*lead, size), (*"s"[: len(lead)], letter))


def skip_connection(batch=False, generic=False):
    """``r = h + tanh(V h)``: the hidden units reach the output past a layer too."""
    lead = (SAMPLES,) if batch else ()
    row = (S,) if batch else ()
    x = units("x", N0, Role.INPUT, lead, "j")
    y = units("y", N1, Role.TARGET, lead)
    w, v = weight("W", N0, N1), weight("V", N1, N1)
    pre, h, mixed, r = (units(name, lead=lead) for name in ("u", "h", "m", "r"))
    r = units("r", N1, Role.OUTPUT, lead)
    if generic:
        sample = OfVectors("L", y.at(*row, EVERY), r.at(*row, EVERY))
    else:
        sample = over((y.at(*row, I) - r.at(*row, I)) ** 2, I, N1)
    function, outer = ("f", "g") if generic else ("sigmoid", "tanh")
    equations = [
        (pre, over(w.at(J, K) * x.at(*row, J), J, N0)),
        (h, Apply(function, pre.at(*row, K))),
        (mixed, Apply(outer, over(v.at(J, K) * h.at(*row, J), J, N1))),
        (r, mixed.at(*row, K) + h.at(*row, K)),
    ]
    loss = Quantity("L", Role.LOSS)
    if batch:
        each = Quantity("L_each", Role.LOSS, (SAMPLES,), ("s",))
        mean = total(each.at(S), [(S, SAMPLES.upper)]) / SAMPLES.upper
        equations += [(each, sample), (loss, mean)]
    else:
        equations.append((loss, sample))
    return model([x, y, w, v], *equations)


def weight_used_twice(batch=False):
    """One matrix in two layers, as in a recurrent network."""
    lead = (SAMPLES,) if batch else ()
    row = (S,) if batch else ()
    x, y = units("x", N1, Role.INPUT, lead, "j"), units("y", N1, Role.TARGET, lead)
    v = weight("V", N1, N1)
    first, second = units("h1", lead=lead), units("h2", N1, Role.OUTPUT, lead)
    sample = over((y.at(*row, I) - second.at(*row, I)) ** 2, I, N1) / 2
    equations = [
        (first, Apply("tanh", over(v.at(J, K) * x.at(*row, J), J, N1))),
        (second, Apply("tanh", over(v.at(J, K) * first.at(*row, J), J, N1))),
    ]
    loss = Quantity("L", Role.LOSS)
    if batch:
        each = Quantity("L_each", Role.LOSS, (SAMPLES,), ("s",))
        mean = total(each.at(S), [(S, SAMPLES.upper)]) / SAMPLES.upper
        equations += [(each, sample), (loss, mean)]
    else:
        equations.append((loss, sample))
    return model([x, y, v], *equations)


def attention():
    """Softmax attention over three tokens."""
    tokens, width, head = Range("T", 3, "stu"), Range("d", 2, "jk"), Range("h", 2, "cab")

    def rows(name, columns, role=Role.OTHER):
        return Quantity(name, role, (tokens, columns), ("s", "k"))

    x, y = rows("x", width, Role.INPUT), rows("y", width, Role.TARGET)
    wq, wk, wv = (weight(f"W{name}", width, head) for name in "qkv")
    wo = weight("Wo", head, width)
    q, k, v, o = (rows(name, head) for name in "qkvo")
    scores = Quantity("a", Role.OTHER, (tokens, tokens), ("s", "t"))
    weights = Quantity("p", Role.OTHER, (tokens, tokens), ("s", "t"))
    out = rows("z", width, Role.OUTPUT)

    def projected(matrix):
        return over(x.at(S, J) * matrix.at(J, K), J, width)

    exponentials = over(Apply("exp", scores.at(S, U)), U, tokens)
    products = over(q.at(S, C) * k.at(T, C), C, head)
    loss = over(over((y.at(T, C) - out.at(T, C)) ** 2, C, width), T, tokens) / 2
    return model(
        [x, y, wq, wk, wv, wo],
        (q, projected(wq)),
        (k, projected(wk)),
        (v, projected(wv)),
        (scores, Pow(head.upper, Rational(-1, 2)) * products),
        (weights, Apply("exp", scores.at(S, T)) / exponentials),
        (o, over(weights.at(S, T) * v.at(T, K), T, tokens)),
        (out, over(o.at(S, C) * wo.at(C, K), C, head)),
        (Quantity("L", Role.LOSS), loss),
    )


MODELS = {
    "skip": skip_connection(),
    "skip-batch": skip_connection(batch=True),
    "skip-generic": skip_connection(batch=True, generic=True),
    "twice": weight_used_twice(),
    "twice-batch": weight_used_twice(batch=True),
    "attention": attention(),
}
