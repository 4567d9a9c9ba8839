"""Equality for all sizes, held against values that a program of a few lines works out."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from time import perf_counter

import pytest
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Sum, Symbol, sin

from symback.algebra.equality import Equality, Reader, equal
from symback.algebra.expressions import EVERY, Apply, Delta, Entry, Marked, OfVectors, Partial
from symback.algebra.polynomial import _least_terms
from symback.algebra.sums import total

N, M = (Symbol(name, integer=True, positive=True) for name in ("n_1", "n_2"))
H, J, K, P = (Symbol(name, integer=True) for name in "hjkp")
L = Symbol("L")


def x(index: Expr) -> Expr:
    return Entry("x", index)


def w(first: Expr, second: Expr) -> Expr:
    return Entry("W", first, second)


def f(argument: Expr, order: int = 0) -> Expr:
    return Apply("f", argument, order)


def over(body: Expr, *limits: tuple[Symbol, Symbol]) -> Expr:
    return total(body, limits)


def inner(index: Expr, letter: Symbol = P) -> Expr:
    """The pre-activation of a unit."""
    return over(w(letter, index) * x(letter), (letter, N))


PROBABILITY = Apply("exp", x(K)) / over(Apply("exp", x(P)), (P, N))

SAME = {
    "names of bound indices": (over(x(H) * w(H, K), (H, N)), over(x(J) * w(J, K), (J, N))),
    "a factor in front or inside": (x(K) * over(w(H, K), (H, N)), over(x(K) * w(P, K), (P, N))),
    "a sum squared": (over(x(H), (H, N)) ** 2, over(x(H) * x(J), (H, N), (J, N))),
    "a sum of terms": (over(x(H) + 1, (H, N)), N + over(x(J), (J, N))),
    "a product of sums": (
        over(x(H), (H, N)) * (x(K) + over(w(H, K), (H, N))),
        over(x(H) * x(K), (H, N)) + over(x(J) * w(H, K), (H, N), (J, N)),
    ),
    "a cycle read from elsewhere": (
        over(w(H, J) * w(J, K) * w(K, H), (H, N), (J, N), (K, N)),
        over(w(P, H) * w(H, J) * w(J, P), (J, N), (P, N), (H, N)),
    ),
    "an argument within a sum": (
        over(f(inner(J)) * w(K, J), (J, M)),
        over(f(inner(H, K)) * w(J, H), (H, M)).xreplace({J: K, K: J}),
    ),
    "an argument multiplied out": (f(x(K) * (x(J) + 1)), f(x(K) + x(J) * x(K))),
    "a delta used up": (over(Delta(H, K) * x(H) * w(H, J), (H, N)), x(K) * w(K, J)),
    "a delta between free indices": (Delta(J, K) * x(J), Delta(J, K) * x(K)),
    "a delta twice": (Delta(J, K) ** 2, Delta(J, K)),
    "two deltas": (over(Delta(H, J) * Delta(H, K), (H, N)), Delta(J, K)),
    "a constant summed": (over(Integer(2), (H, N)), 2 * N),
    "a brace": (Marked(x(K), "inner") * x(J), x(J) * x(K)),
    "one fraction": (-x(J) / x(K) - (x(J) - 1) / (1 - x(K)), (x(K) - x(J)) / (x(K) - x(K) ** 2)),
    "a normaliser cancelled": (
        PROBABILITY**2 * over(Apply("exp", x(P)), (P, N)),
        PROBABILITY * Apply("exp", x(K)),
    ),
    "a normaliser under a sum": (
        over((x(J) * PROBABILITY - x(J)) * w(J, K), (K, N)),
        x(J) * over(PROBABILITY.xreplace({K: H}) * w(J, H), (H, N)) - over(x(J) * w(J, P), (P, N)),
    ),
    "adjoints by their indices": (
        over(Partial(L, x(H)) * w(H, K), (H, N)),
        over(w(J, K) * Partial(L, x(J)), (J, N)),
    ),
}

DIFFERENT = {
    "a transposed matrix": (over(x(H) * w(H, K), (H, N)), over(x(H) * w(K, H), (H, N))),
    "another range": (over(x(H), (H, N)), over(x(H), (H, M))),
    "squares and products": (over(x(H) ** 2, (H, N)), over(x(H), (H, N)) ** 2),
    "a trace": (
        over(w(H, J) * w(J, H), (H, N), (J, N)),
        over(w(H, J) * w(H, J), (H, N), (J, N)),
    ),
    "a cycle against its reverse": (
        over(w(H, J) * w(J, K) * w(K, H), (H, N), (J, N), (K, N)),
        over(w(H, J) * w(J, K) * w(H, K), (H, N), (J, N), (K, N)),
    ),
    "orders of a derivative": (f(x(K), 1), f(x(K))),
    "an argument's index": (over(f(inner(J)) * x(J), (J, N)), over(f(inner(K)) * x(J), (J, N))),
    "an unsummed delta": (Delta(J, K) * x(J), x(K)),
    "adjoints of others": (Partial(L, x(J)), Partial(L, x(K))),
    "functions of vectors": (OfVectors("L", x(EVERY)), OfVectors("G", x(EVERY))),
    "a sign": (x(J) - x(K), x(K) - x(J)),
    "concrete entries": (x(Integer(1)), x(Integer(2))),
    "quotients": (1 / (1 + x(K)), 1 / (2 + x(K))),
}


@pytest.mark.parametrize("case", SAME)
def test_equal(case: str) -> None:
    left, right = SAME[case]
    assert equal(left, right)
    assert equal(right, left)


@pytest.mark.parametrize("case", DIFFERENT)
def test_different(case: str) -> None:
    left, right = DIFFERENT[case]
    assert not equal(left, right)
    assert not equal(right, left)


def test_written_out_sums_are_those_of_known_size() -> None:
    reader = Reader(sizes={"n_1": 2})
    written = x(Integer(1)) * w(Integer(1), K) + x(Integer(2)) * w(Integer(2), K)
    assert reader.compare(over(x(H) * w(H, K), (H, N)), written) is Equality.EQUAL
    assert not equal(over(x(H) * w(H, K), (H, N)), written)


def test_unknown_nodes_are_refused() -> None:
    with pytest.raises(TypeError, match="sin"):
        equal(sin(x(K)), x(K))
    with pytest.raises(TypeError, match="whole range"):
        equal(Sum(x(H), (H, 2, N)), x(K))


def test_what_is_too_large_is_said_not_to_be_shown() -> None:
    several = [1 + Entry(f"h{n}", K) for n in range(20)]
    found = Reader().compare(Mul(*several), Mul(several[0] + 1, *several[1:]) + x(K))
    assert found is Equality.NOT_SHOWN


def test_a_long_product_costs_its_length() -> None:
    def chain(length: int, letter: str) -> Expr:
        letters = [Symbol(f"{letter}{n}", integer=True) for n in range(length)]
        factors = [Entry(f"W{n}", letters[n], letters[n + 1]) for n in range(length - 1)]
        factors += [1 - Entry(f"h{n}", letters[n]) ** 2 for n in range(length)]
        limits = [(a, Symbol(f"n_{n}", integer=True)) for n, a in enumerate(letters)]
        return over(Mul(*factors), *limits)

    left, right = chain(60, "a"), chain(60, "b")
    start = perf_counter()
    assert equal(left, right)
    assert perf_counter() - start < 2


# Random expressions -------------------------------------------------------------------------------


def value(node: Expr, sizes: dict[str, int], at: dict[Symbol, int], seed: int) -> Fraction:
    """What an expression comes to; f is a polynomial, and entries are drawn by their place."""
    if node.is_Rational:
        return Fraction(int(node.p), int(node.q))
    if isinstance(node, Entry):
        place = (str(node.args[0]), *(at.get(i, i) for i in node.indices))
        return Fraction(Random(f"{seed} {place}").randrange(1, 10**6))
    if isinstance(node, Apply):
        u = value(node.argument, sizes, at, seed)
        return (u**3 - 2 * u + 5, 3 * u**2 - 2)[node.order]
    if isinstance(node, Sum):
        letters = [index for index, _, _ in node.limits]
        ends = [range(1, sizes[str(upper)] + 1) for _, _, upper in node.limits]
        choices = (dict(zip(letters, choice, strict=True)) for choice in product(*ends))
        return sum((value(node.function, sizes, {**at, **c}, seed) for c in choices), Fraction(0))
    if isinstance(node, Pow):
        return value(node.base, sizes, at, seed) ** int(node.exp)
    if isinstance(node, Symbol):
        return Fraction(sizes[node.name])
    values = [value(part, sizes, at, seed) for part in node.args]
    if isinstance(node, Add):
        return sum(values, Fraction(0))
    result = Fraction(1)
    for each in values:
        result *= each
    return result


def agree(left: Expr, right: Expr) -> bool:
    """Whether two expressions have the same values at a few sizes and entries."""
    return all(
        value(left, sizes, {J: 1, K: 2}, seed) == value(right, sizes, {J: 1, K: 2}, seed)
        for seed, sizes in enumerate(({"n_1": 2, "n_2": 3}, {"n_1": 3, "n_2": 2}), start=1)
    )


def drawn(random: Random, depth: int, free: list[Symbol]) -> Expr:
    """A random expression in some free indices."""
    kind = random.randrange(6) if depth else 5
    if kind == 0:
        return Add(*(drawn(random, depth - 1, free) for _ in range(random.randint(2, 3))))
    if kind in (1, 2):
        return Mul(*(drawn(random, depth - 1, free) for _ in range(random.randint(2, 3))))
    if kind == 3:
        index = Symbol(f"s{len(free)}", integer=True)
        return over(drawn(random, depth - 1, [*free, index]), (index, random.choice((N, M))))
    if kind == 4:
        return f(drawn(random, depth - 2 if depth > 1 else 0, free), random.randrange(2))
    if random.random() < 0.15:
        return Rational(random.randint(-3, 3), random.randint(1, 2))
    name = random.choice("xuv")
    return (
        w(random.choice(free), random.choice(free))
        if random.random() < 0.5
        else Entry(name, random.choice(free))
    )


def rewritten(node: Expr, random: Random) -> Expr:
    """The same expression in other words: distributed, split, pushed in, renamed."""
    if not node.args or isinstance(node, Entry):
        return node
    if isinstance(node, Apply):
        return Apply(node.name, rewritten(node.argument, random), node.order)
    if isinstance(node, Pow):
        return rewritten(node.base, random) ** node.exp
    if isinstance(node, Sum):
        names = {i: Symbol(f"r{random.randrange(10**6)}", integer=True) for i, _, _ in node.limits}
        body = rewritten(node.function, random).xreplace(names)
        limits = [(names[i], upper) for i, _, upper in node.limits]
        random.shuffle(limits)
        if isinstance(body, Add) and random.random() < 0.5:
            return Add(*(over(part, *limits) for part in body.args))
        return over(body, *limits)
    parts = [rewritten(part, random) for part in node.args]
    random.shuffle(parts)
    if isinstance(node, Mul):
        for position, part in enumerate(parts):
            rest = Mul(*parts[:position], *parts[position + 1 :])
            if isinstance(part, Sum) and not rest.has(Sum) and random.random() < 0.5:
                limits = [(index, upper) for index, _, upper in part.limits]
                return over(part.function * rest, *limits)
            if isinstance(part, Add) and random.random() < 0.5:
                return Add(*(term * rest for term in part.args))
    return node.func(*parts)


def mutated(node: Expr, random: Random) -> Expr:
    """The expression with one entry exchanged for another of the same indices."""
    entries = sorted(node.atoms(Entry), key=str)
    if not entries:
        return node + 1
    entry = random.choice(entries)
    if len(entry.indices) == 2:
        return node.xreplace({entry: w(entry.indices[1], entry.indices[0])})
    name = random.choice("xuv")
    return node.xreplace({entry: Entry(name, *entry.indices)})


@pytest.mark.parametrize("seed", range(60))
def test_other_words_are_equal(seed: int) -> None:
    random = Random(seed)
    expression = drawn(random, 4, [J, K])
    other = rewritten(expression, random)
    assert agree(expression, other)
    assert equal(expression, other)


@pytest.mark.parametrize("seed", range(60))
def test_equal_means_equal_values(seed: int) -> None:
    random = Random(1000 + seed)
    expression = drawn(random, 4, [J, K])
    other = mutated(rewritten(expression, random), random)
    assert equal(expression, other) == agree(expression, other)


A, B, C = map(Symbol, "ABC")


@pytest.mark.parametrize(
    ("whole", "power", "least"),
    [
        (A + B, 3, 4),
        (A + B + C, 4, 15),
        (A * B + A * C + A, 3, 10),
        (A + A**2, 5, 1),
        (A + A**2 + B, 2, 3),
    ],
)
def test_how_many_terms_a_power_has_at_least(whole: Expr, power: int, least: int) -> None:
    assert _least_terms(Reader().read(whole), power) == least
    assert least <= len(Add.make_args((whole**power).expand()))


def test_a_power_of_too_many_terms_is_given_up_at_once() -> None:
    power = (A + B + C + L) ** 64
    start = perf_counter()
    assert Reader().compare(power, (A + B + C) ** 64 + L**64) is Equality.NOT_SHOWN
    assert Reader().compare((A + B) ** 64, (A + B) ** 63 * (A - B)) is Equality.DIFFERENT
    assert perf_counter() - start < 1
