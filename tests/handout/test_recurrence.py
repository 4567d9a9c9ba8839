"""In which order a handout tells to evaluate a recursion, and what it does not tell."""

import pytest

from symback.calculus import derive
from symback.cli.app import run
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


def test_a_start_that_is_differentiated_ends_the_way_back():
    forward, back = told(library_text("hmm"))
    assert (forward.before, forward.each, forward.after) == ((1,), (2,), (3, 4))
    assert (back.before, back.each, back.after) == ((5,), (6,), (7, 8, 9))
    assert (forward.first, back.last) == (2, 1)
    forward, back = told(library_text("crf"))
    assert (forward.before, forward.each, forward.after) == ((1,), (2,), (3, 4))
    assert (back.before, back.each, back.after) == ((5,), (6, 8), (7,))


STARTED = """
input x[t]
param w, s
h[0] = s
{}
L = h[T]^2
"""
AT_ONCE = "h[t] = tanh(w h[t-1] + x[t])"
IN_TWO = "z[t] = w h[t-1] + x[t]\nh[t] = tanh(z[t])"


def test_steps_that_do_not_all_go_back_to_the_start_are_not_told_so(capsys, tmp_path):
    assert told(STARTED.format(AT_ONCE)) is not None
    assert told(STARTED.format(IN_TWO)) is None
    (tmp_path / "m.model").write_text(STARTED.format(IN_TWO))
    assert run(["handout", "--model", str(tmp_path / "m.model")]) == 0
    page = capsys.readouterr().out
    assert "at every step of the recursion, from the last back to the first, evaluate" in page
    assert "What belongs to no single step is evaluated as soon as" in page


def test_no_recursion_at_all_is_not_told_so():
    assert told(library_text("batch-norm")) is None


def test_what_a_step_of_descent_does_not_keep_to_is_said(capsys):
    assert run(["handout", "--model", "hmm"]) == 0
    (said,) = (line for line in capsys.readouterr().out.splitlines() if "← " in line or
               r"\leftarrow" in line)  # fmt: skip
    assert "add up to 1" in said
    assert "Such a step does not keep that" in said
    assert run(["handout", "--model", "crf"]) == 0
    assert "does not keep" not in capsys.readouterr().out


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
