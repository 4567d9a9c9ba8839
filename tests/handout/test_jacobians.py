"""The derivative of a softmax by rows, as a handout derives it, holds wherever it speaks."""

from itertools import product
from math import exp

import pytest
from sympy import Indexed, Integer, Symbol

from symback.calculus import derive
from symback.cli.subject import subject_from
from symback.rendering.handout.contents import Handout

ROWS, COLUMNS = 2, 3
SCORES = [[0.3, -1.2, 0.7], [1.1, 0.2, -0.4]]


def softmax(row, column):
    return exp(SCORES[row][column]) / sum(map(exp, SCORES[row]))


def slope(output, entry):
    """The derivative of one output by one input."""
    if output[0] != entry[0]:
        return 0.0
    return softmax(*output) * ((output[1] == entry[1]) - softmax(*entry))


def holds(of, by, right):
    """Whether a formula is that derivative for all values of its letters."""
    letters = [x for x in (*of.indices, *by.indices) if isinstance(x, Symbol)]
    for values in product(range(COLUMNS), repeat=len(set(letters))):
        at = dict(zip(dict.fromkeys(letters), map(Integer, values), strict=True))
        places = [[int(i.xreplace(at)) for i in entry.indices] for entry in (of, by)]
        if any(row >= ROWS for row, _ in places):
            continue
        told = right.xreplace(at)
        entries = {e: softmax(*map(int, e.indices)) for e in told.atoms(Indexed)}
        if abs(float(told.xreplace(entries)) - slope(*places)) > 1e-12:
            return False
    return True


@pytest.mark.parametrize("name", ["attention", "softmax-regression"])
def test_a_row_is_shared(name):
    document = Handout(derive(subject_from(model=name).model()), None, ())
    (found,) = document.jacobians
    of, by = found.derivative.subject.of, found.derivative.subject.by
    right = found.derivative.links[-1].expression
    assert holds(of, by, right)
    # The twin: with a row of its own on the left, it says something of entries where it is false.
    other = {of.indices[0]: Symbol("q", integer=True)}
    assert not holds(of.xreplace(other), by, right.xreplace(other))
