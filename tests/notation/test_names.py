"""The names of the notations' package are loaded when they are first used."""

import pytest

import symback.notation as notation


@pytest.mark.parametrize("name", notation.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(notation, name) is not None


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        notation.no_such_name  # noqa: B018
