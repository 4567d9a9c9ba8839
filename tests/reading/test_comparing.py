"""Two values compared: equal, close, different at a witness, turned, or of other shapes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symback.reading.meaning.arrays import Array, Jacobian
from symback.reading.meaning.comparing import Comparer, Sameness
from symback.reading.meaning.graph import Terms
from symback.reading.network.places import Undecided

TERMS = Terms(lambda key: None)
X, Y, Z = (TERMS.unknown(key) for key in "xyz")
TWO = TERMS.number(2)


def comparer() -> Comparer:
    return Comparer(TERMS)


def column(*items) -> Array:
    return Array(len(items), 1, items)


def row(*items) -> Array:
    return Array(1, len(items), items)


def jacobian(*items) -> Jacobian:
    return Jacobian((2, 1), (1, 1), tuple((item,) for item in items), "a", "b")


SUM = TERMS.sum((X, Y))
SQUARE = TERMS.product((SUM, SUM))
SPREAD = TERMS.sum((
    TERMS.product((X, X)), TERMS.product((TWO, X, Y)), TERMS.product((Y, Y)),
))  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "sameness"),
    [
        (SQUARE, SPREAD, Sameness.EQUAL),
        (SQUARE, TERMS.sum((SPREAD, X)), Sameness.DIFFERENT),
        (column(X, Y), column(X, Y), Sameness.EQUAL),
        (column(X, Y), column(Y, X), Sameness.DIFFERENT),
        (column(X, Y), row(X, Y), Sameness.TRANSPOSED),
        (column(X, Y), row(Y, X), Sameness.SHAPES),
        (column(X, Y), column(X, Y, Z), Sameness.SHAPES),
        (column(X), X, Sameness.EQUAL),
        (X, column(Y), Sameness.DIFFERENT),
        (column(TERMS.zero, TERMS.zero), TERMS.zero, Sameness.EQUAL),
        (TERMS.zero, column(X, TERMS.zero), Sameness.DIFFERENT),
        (column(X, Y), X, Sameness.SHAPES),
        (jacobian(X, SQUARE), jacobian(X, SPREAD), Sameness.EQUAL),
        (jacobian(X, Y), jacobian(X, Z), Sameness.DIFFERENT),
    ],
)
def test_how_two_values_compare(left, right, sameness: Sameness) -> None:
    assert comparer().compare(left, right).sameness is sameness
    other = comparer().compare(right, left)
    assert other.sameness is sameness


def test_what_differs_is_shown_where_it_does() -> None:
    found = comparer().compare(column(X, Y), column(X, Z))
    assert found.left != found.right
    assert float(found.left) == pytest.approx(float(found.left))


def test_that_both_vanish_is_said() -> None:
    nothing = TERMS.sum((SQUARE, TERMS.negative(SPREAD)))
    assert comparer().compare(nothing, TERMS.zero).vanishes
    assert not comparer().compare(SQUARE, SPREAD).vanishes


@pytest.mark.parametrize(
    "pair",
    [
        (jacobian(X, Y), column(X, Y, Z)),
        (Jacobian((0, 1), (2, 1), (), "a", "b"), column(X, Y)),
        (jacobian(X, Y), Jacobian((1, 1), (2, 1), ((X, Y),), "b", "a")),
    ],
)
def test_of_which_layout_a_jacobian_is_nobody_says(pair) -> None:
    with pytest.raises(Undecided, match="jacobian-layout"):
        comparer().compare(*pair)


def by(of: int, by_rows: int, by_columns: int, *items) -> Jacobian:
    width = by_rows * by_columns
    rows = tuple(tuple(items[at * width : (at + 1) * width]) for at in range(of))
    return Jacobian((of, 1), (by_rows, by_columns), rows, "a", "b")


ZERO, ONE = TERMS.zero, TERMS.number(1)
FULL = by(2, 3, 1, X, Y, Z, Y, Z, TWO)
DIAGONAL = by(2, 2, 1, X, ZERO, ZERO, Y)
OF_W = by(2, 2, 3, X, Y, Z, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, X, Y, Z)


@pytest.mark.parametrize(
    ("jacobian", "value", "sameness", "arrangement"),
    [
        (FULL, Array(2, 3, (X, Y, Z, Y, Z, TWO)), Sameness.EQUAL, "layout-rows-of"),
        (FULL, Array(3, 2, (X, Y, Y, Z, Z, TWO)), Sameness.EQUAL, "layout-rows-by"),
        (FULL, Array(2, 3, (X, Y, Z, Y, Z, ONE)), Sameness.DIFFERENT, None),
        (DIAGONAL, column(X, Y), Sameness.EQUAL, "vector-is-diagonal"),
        (DIAGONAL, row(X, Y), Sameness.EQUAL, "vector-is-diagonal"),
        (DIAGONAL, column(X, X), Sameness.DIFFERENT, None),
        # A matrix that is its own transpose tells no layout.
        (DIAGONAL, Array(2, 2, (X, ZERO, ZERO, Y)), Sameness.EQUAL, ""),
        (by(2, 2, 1, X, Y, ZERO, Z), column(X, Z), Sameness.DIFFERENT, None),
        (by(2, 2, 1, ONE, ZERO, ZERO, ONE), ONE, Sameness.EQUAL, "derivative-as-factor"),
        (by(2, 2, 1, ONE, ZERO, ZERO, ONE), TWO, Sameness.DIFFERENT, None),
        (OF_W, column(X, Y, Z), Sameness.EQUAL, "derivative-as-factor"),
        (OF_W, row(X, Y, Z), Sameness.EQUAL, "derivative-as-factor"),
        (OF_W, row(Y, X, Z), Sameness.DIFFERENT, None),
    ],
)
def test_how_a_derivative_of_arrays_is_written(jacobian, value, sameness, arrangement) -> None:
    found = comparer().compare(jacobian, value)
    assert found.sameness is sameness
    if arrangement is not None:
        assert found.arrangement == arrangement


def test_what_is_nowhere_defined_is_undecided() -> None:
    nowhere = TERMS.quotient(TERMS.number(1), TERMS.sum((SQUARE, TERMS.negative(SPREAD))))
    with pytest.raises(Undecided, match="not-defined-anywhere"):
        comparer().compare(nowhere, X)


def test_what_is_too_close_is_undecided() -> None:
    little = TERMS.number(Fraction(1, 10**8))
    near = TERMS.sum((TERMS.apply("tanh", [X]), little))
    with pytest.raises(Undecided, match="too-close-to-call"):
        comparer().compare(TERMS.apply("tanh", [X]), near)
    far = TERMS.sum((TERMS.apply("tanh", [X]), TERMS.number(Fraction(1, 10))))
    found = comparer().compare(TERMS.apply("tanh", [X]), far)
    assert found.sameness is Sameness.DIFFERENT


@pytest.mark.parametrize(
    ("term", "constant"),
    [
        (TWO, True),
        (X, False),
        (TERMS.sum((SQUARE, TERMS.negative(SPREAD))), True),
        (TERMS.apply("tanh", [X]), False),
    ],
)
def test_what_is_the_same_everywhere(term, constant: bool) -> None:
    assert comparer().is_constant(term) is constant


@pytest.mark.parametrize(("factor", "text"), [(2, "2"), (Fraction(-1, 2), "-1/2"), (7, None)])
def test_of_which_number_one_is_the_other(factor, text: str | None) -> None:
    assert comparer().ratio(SQUARE, TERMS.product((TERMS.number(factor), SPREAD))) == text
    assert comparer().ratio(SQUARE, TERMS.sum((SPREAD, X))) is None


def test_a_derivative_by_an_empty_vector_is_left_open() -> None:
    by_nothing = Jacobian((1, 2), (0, 1), ((), ()), None, None)
    with pytest.raises(Undecided):
        comparer().compare(by_nothing, Array(0, 1, ()))
    with pytest.raises(Undecided):
        comparer().compare(by_nothing, row(X, Y))
