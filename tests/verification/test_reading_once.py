"""A side of an equality is read once: the same link, adjoint or path is not worked out again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from symback.calculus import derive
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.verification import verify
from symback.verification.allsizes.identity import Steps


@pytest.mark.parametrize("method", ["independent_of", "through_of"])
def test_no_side_is_worked_out_twice(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    derivation = derive(ModelText.of(library_text("lstm"), "lstm").model())
    asked: Counter[Any] = Counter()
    plain = getattr(Steps, method)

    def counted(reading: Steps, *about: Any) -> Any:
        asked[reading.context, about] += 1
        return plain(reading, *about)

    monkeypatch.setattr(Steps, method, counted)
    assert verify(derivation, numbers=False).ok
    assert asked
    assert set(asked.values()) == {1}
