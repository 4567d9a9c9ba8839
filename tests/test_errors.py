"""Errors are one family, read as one line, and are the built-in ones too."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symback.errors import (
    CannotWriteError,
    InputError,
    MissingToolError,
    SymbackError,
    TooLargeError,
    quote,
)


@pytest.mark.parametrize(
    ("family", "built_in", "code"),
    [
        (InputError, ValueError, 2),
        (TooLargeError, Exception, 3),
        (MissingToolError, Exception, 4),
        (CannotWriteError, OSError, 5),
    ],
)
def test_family(family: type[SymbackError], built_in: type[Exception], code: int) -> None:
    error = family("what", where="here", hint="do this")
    assert isinstance(error, SymbackError)
    assert isinstance(error, built_in)
    assert error.exit_code == code
    assert str(error) == "here: what; do this"
    assert (error.message, error.where, error.hint) == ("what", "here", "do this")


def test_only_what_there_is_is_said() -> None:
    assert str(InputError("what")) == "what"
    assert str(InputError("what", hint="do this")) == "what; do this"


def test_a_caller_may_know_the_place() -> None:
    error = TooLargeError("what", where="layers", hint="do this").at("--layers")
    assert isinstance(error, TooLargeError)
    assert str(error) == "--layers: what; do this"


@pytest.mark.parametrize("family", [InputError, CannotWriteError])
def test_survives_pickling(family: type[SymbackError]) -> None:
    error = pickle.loads(pickle.dumps(family("what", where="here", hint="do this")))
    assert str(error) == "here: what; do this"


@given(st.text(), st.text(), st.text())
def test_is_one_printable_line(message: str, where: str, hint: str) -> None:
    assert str(InputError(message, where=where, hint=hint)).isprintable()


@given(st.text(max_size=200))
def test_a_quotation_is_short_and_printable(text: str) -> None:
    assert quote(text).isprintable()
    assert len(quote("a" * 10_000)) == 42
