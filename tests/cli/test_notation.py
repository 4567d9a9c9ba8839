"""``symback notation``, and ``--notation`` of the commands that write a document."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import Symback
from sampling import sample

from symback.notation import NOTATIONS


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_list(symback_command: Symback) -> None:
    done = symback_command("notation")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == list(NOTATIONS)


def test_two_side_by_side(symback_command: Symback) -> None:
    done = symback_command("notation", "nielsen", "founding", "--layers", "2,3,2")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    lines = [re.split(" {2,}", line) for line in done.out.splitlines()]
    rows = {name: cells for name, *cells in lines if name}
    assert rows["weight from unit 1 to unit 2, layer 1"] == ["w²₂₁", "W₁₂⁽¹⁾"]
    assert rows["output"] == ["a³ₖ", "ŷₖ"]
    # A table that is too wide is a list.
    for name, cells in {
        "one sample in matrices": ("a column", "a row"),
        "back through layer 1, in matrices": (
            "δ² = ((w³)ᵀ · δ³) ⊙ f′(z²)", "δ⁽¹⁾ = (δ⁽²⁾ · W⁽²⁾ᵀ) ⊙ f′(h′)",
        ),
    }.items():  # fmt: skip
        place = lines.index([name])
        assert lines[place + 1] == ["", "nielsen", cells[0]]
        assert lines[place + 2] == ["", "founding", cells[1]]


def test_one_alone_and_ascii(symback_command: Symback) -> None:
    done = symback_command("notation", "mazur", "--ascii", "--layers", "2,2,2")
    assert done.code == 0
    table = done.out.partition("mazur: M. Mazur")[0]
    assert table.isascii()
    assert "w[3]" in table


def test_markdown_goes_to_a_file(symback_command: Symback, here: Path) -> None:
    assert symback_command("notation", "bishop", "ufldl", "-o", "dictionary.md") == (0, "", "")
    text = (here / "dictionary.md").read_text("utf-8")
    assert "| output | $`y_k`$ | $`a_k^{(3)}`$ |" in text


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("notation", "nielson"), "unknown notation 'nielson'; did you mean nielsen?"),
        (("notation", "qqq"), "unknown notation 'qqq'; known are founding, nielsen"),
        (("notation", "no.toml"), "no.toml: cannot be read: no such file or directory"),
        (("notation", "nielsen", "-o", "d.tex"), "-o: the suffix .tex stands for no format"),
        (("notation", "nielsen", "--layers", "2"), "--layers: 1 layer cannot make a network"),
        (
            ("derive", "--layers", "2,2", "--notation", "nielson"),
            "--notation: unknown notation 'nielson'; did you mean nielsen?",
        ),
        (
            ("derive", "--layers", "2,2,2", "--activations", "a,g", "--notation", "nielsen"),
            "--notation: the notation nielsen spells the function a and the activation of layer 1",
        ),
    ],
)
def test_what_is_wrong(symback_command: Symback, arguments: tuple[str, ...], line: str) -> None:
    done = symback_command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"symback: {line}")


@pytest.mark.usefixtures("no_engine")
def test_a_clash_is_found_before_the_work(symback_command: Symback, here: Path) -> None:
    (here / "own.toml").write_text('weight.layer = "never"\n')
    done = symback_command("derive", "--layers", "2,2,2", "--notation", "own.toml")
    assert done.code == 2
    assert "spells the weight of layer 1 (W1) and the weight of layer 2 (W2) alike" in done.err


@pytest.mark.parametrize("name", ["founding", *sample(list(NOTATIONS)[1:], 1)])
def test_every_document_in_every_notation(symback_command: Symback, name: str) -> None:
    network = ("--layers", "2,2,2", "--notation", name)
    for output_format in ("text", "latex", "markdown"):
        done = symback_command("derive", *network, "--format", output_format)
        assert (done.code, done.err) == (0, "")
    code = symback_command("derive", *network, "--format", "numpy")
    assert code.out == symback_command("derive", *network[:2], "--format", "numpy").out
    data = json.loads(symback_command("derive", *network, "--format", "json").out)
    own = json.loads(symback_command("derive", *network[:2], "--format", "json").out)
    assert [p["name"] for p in data["parameters"]] == [p["name"] for p in own["parameters"]]
    assert (data["equations"] == own["equations"]) is (name == "founding")
    assert symback_command("verify", *network).code == 0
