"""An engine that does nothing, for tests of what is around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class StubEngine:
    """Stands for derivation, proof and rendering; remembers what it was asked for."""

    ok: bool = True
    text: str = "∂L/∂W1\n"
    error: BaseException | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def work_out(self, network: Any, *_: Any, **__: Any) -> StubEngine:
        if self.error is not None:
            raise self.error
        self.calls.append((network,))
        return self

    @property
    def report(self) -> StubEngine:
        return self

    @property
    def refuted(self) -> tuple[str, ...]:
        return () if self.ok else ("a claim",)

    def render(self, *arguments: Any, **_: Any) -> str:
        self.calls.append(arguments)
        return self.text


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> StubEngine:
    stub = StubEngine()
    monkeypatch.setattr("symback.cli.derive.work_out", stub.work_out)
    monkeypatch.setattr("symback.cli.verify.work_out", stub.work_out)
    return stub


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if anything is worked out: what is wrong must be said before."""

    def work_out(*_: Any, **__: Any) -> None:
        pytest.fail("the engine was started")

    monkeypatch.setattr("symback.cli.derive.work_out", work_out)
    monkeypatch.setattr("symback.cli.verify.work_out", work_out)
