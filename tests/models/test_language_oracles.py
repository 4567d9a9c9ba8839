"""Twenty public models with their gradients by hand are read as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from symback.model.equations import Role
from symback.model.language.reader import read_stated

ORACLES = sorted((Path(__file__).parents[1] / "data/oracles").glob("*.model"))


@pytest.mark.parametrize("path", ORACLES, ids=lambda path: path.stem)
def test_an_oracle_is_read_whole(path: Path) -> None:
    text = path.read_text()
    stated = read_stated(text, path.name)
    below = [line for line in text.split("claims\n")[1].splitlines() if line.strip()]
    assert len(stated.claims) + len(stated.outside) == len(below)
    assert stated.warnings == ()
    claimed = {claim.of for claim in stated.claims}
    assert {q.name for q in stated.model.parameters if q.role is Role.PARAMETER} <= claimed


def test_there_are_twenty() -> None:
    assert len(ORACLES) == 20
