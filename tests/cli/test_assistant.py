"""What an assistant's tools say, called as the server calls them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp")

from symback.cli.assistant_server import assistant_server

NETWORK = {"layers": "2,2,2"}
RIGHT = "dL/db2[1] = dL/dyhat[1] * g'(y'[1])"


def said(tool: str, **arguments: Any) -> str:
    result = asyncio.run(assistant_server().call_tool(tool, arguments))
    parts = getattr(result, "content", result)
    return "\n".join(part.text for part in parts)


def test_a_derivation_and_one_weight_of_it() -> None:
    whole = said("derive", **NETWORK, batch=True)
    assert whole.startswith("# Backpropagation in a 2\\-2\\-2 network")
    assert "batch" in whole
    one = said("derive", **NETWORK, weight="W1[1,2]")
    assert "W_{12}^{(1)}" in one
    assert one != whole


def test_a_formula_is_decided_either_way() -> None:
    assert said("answer", **NETWORK, formula=RIGHT).startswith("PROVED")
    wrong = said("answer", **NETWORK, formula=RIGHT.replace("'(", "("))
    assert wrong.startswith("REFUTED")


def test_a_document_is_checked_by_the_kind_that_is_said() -> None:
    text = "$$z = w x$$\n\n$$\\frac{dz}{dw} = x$$\n"
    assert "PROVED" in said("check", document=text)
    assert "REFUTED" in said("check", document=text.replace("= x$$", "= w$$"))
    assert "unknown kind of document 'word'" in said("check", document=text, kind="word")


def test_code_is_emitted_and_a_bad_network_is_explained() -> None:
    network = {"layers": "2,3,1", "activations": "tanh,identity", "loss": "half-squared-error"}
    assert "def loss_and_gradients(" in said("emit", **network)
    assert "#include <math.h>" in said("emit", **network, target="c")
    assert "did you mean tanh?" in said("emit", **{**network, "activations": "tahn,identity"})


def test_no_settings_of_the_folder_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("symback.toml").write_text('notation = "nielsen"\n', encoding="utf-8")
    assert "W_{12}^{(1)}" in said("derive", **NETWORK, weight="W1[1,2]")
