"""Single entries of a model's arrays, by name."""

from __future__ import annotations

import pytest

from symback.errors import InputError, TooLargeError
from symback.model.language.entries import chosen_entries
from symback.model.language.reader import ModelText

TEXT = """
input x[t,j]
param U[k,j], b, c[k]
s[t,k] = tanh(sum(j, U[k,j] x[t,j]) + b + c[k])
L = sum(t, k, s[t,k]^2)
sizes T=3, K=2, J=3
"""


def named(*names: str, text: str = TEXT) -> list[str]:
    return [str(entry) for entry in chosen_entries(names, ModelText.of(text, "a.model"))]


def test_entries_are_named_each_once() -> None:
    assert named("U[1,2]", " U[ 2 , 3 ]", "U[1,2]", "b", "s[3,1]") == [
        "U[1,2]", "U[2,3]", "b", "s[3,1]",
    ]  # fmt: skip


def test_all_are_those_of_what_is_learnt_or_asked_for() -> None:
    learnt = [*(f"U[{k},{j}]" for k in (1, 2) for j in (1, 2, 3)), "b", "c[1]", "c[2]"]
    assert named("all") == named("U[1,1]", "ALL") == learnt
    assert named("all", text=f"{TEXT}gradients c\n") == ["c[1]", "c[2]"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("U(1,2)", "'U(1,2)' names no entry; write U[1,2]"),
        ("V[1,2]", "there is no 'V' in this model"),
        ("cc[1]", "there is no 'cc' in this model; did you mean c?"),
        ("U[1]", "U has 2 indices, not 1; U[k,j]"),
        ("b[1]", "b has 0 indices, not 1"),
        ("c[1,1]", "c has 1 index, not 2; c[k]"),
        ("U[3,1]", "U[3,1] does not exist: that index runs from 1 to 2"),
        ("U[1,0]", "U[1,0] does not exist: that index runs from 1 to 3"),
    ],
)
def test_what_is_no_entry_is_said(name: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        named(name)
    assert str(error.value) == f"--weight: {said}"


def test_without_numbers_nothing_is_worked_out() -> None:
    with pytest.raises(InputError, match="say --sizes T=2,J=2"):
        named("b", text=TEXT.replace("T=3, K=2, J=3", "K=2"))


def test_more_than_anybody_reads_is_too_many() -> None:
    with pytest.raises(TooLargeError, match="too many to work out one by one"):
        named("all", text=TEXT.replace("K=2, J=3", "K=200, J=300"))
    assert len(named("all", text=TEXT.replace("J=3", "J=9"))) == 21
