"""In which order a handout tells to evaluate a recursion, and what it does not tell."""

import pytest

from symback.calculus import derive
from symback.model.language.reader import read_model
from symback.model.language.sources import library_text
from symback.rendering.handout.recurrence import passes


def told(text):
    return passes(derive(read_model(text)))


def test_starts_come_before_the_steps_and_sums_over_steps_after_them():
    forward, back = told(library_text("rnn"))
    assert (forward.before, forward.each, forward.after) == ((1,), (2, 3, 4), (5,))
    assert (back.before, back.each, back.after) == ((), (6, 7, 10), (8, 9, 11, 12, 13))
    assert str((forward.letter, forward.first, forward.last)) == "(t, 1, T)"
    assert (back.first, back.last) == (forward.last, forward.first)


@pytest.mark.parametrize("name", ["hmm", "crf", "batch-norm"])
def test_starts_that_are_differentiated_and_no_recursion_at_all_are_not_told_so(name):
    assert told(library_text(name)) is None


READS_ALL = """
input x[t,j]
param W[j,k], U[k,k]
h[0,k] = 0
h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(l, U[l,k] h[t-1,l]))
a[t,k] = {}
L = sum(t, k, a[t,k]^2)
"""


@pytest.mark.parametrize(
    ("right", "is_told"), [("h[t,k]^2", True), ("sum(s, h[s,k] h[t,k])", False)]
)
def test_a_step_that_reads_all_others_is_not_told_with_them(right, is_told):
    assert (told(READS_ALL.format(right)) is not None) is is_told
