"""What a report shows of a line is what stands there, with every bracket's command and name."""

import json
from pathlib import Path

import pytest
from running import Symback

LINES = [
    r"\frac{dz}{dx} = \left(w\right)",
    r"\left(z - b\right) = \left(w x\right)",
    r"\bigl( z - b \bigr) x = \bigl( w x \bigr) x",
    r"\Bigl\| z \Bigr\| = \Bigl\| w x + b \Bigr\|",
    r"\frac{dz}{dx} = \begin{cases} w & x > 0 \\ w & \text{otherwise} \end{cases}",
    r"\begin{pmatrix} z \\ b \end{pmatrix} = \begin{pmatrix} w x + b \\ b \end{pmatrix}",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_shown_whole(symback_command: Symback, tmp_path: Path, line: str) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text(f"$$z = w x + b$$\n\n$${line}$$\n", encoding="utf-8")
    run = symback_command("check", str(notes), "--format", "json")
    statements = json.loads(run.out)["documents"][0]["statements"]
    assert [each["latex"] for each in statements] == ["z = w x + b", line]


def test_a_link_of_a_chain_begins_with_its_bracket(
    symback_command: Symback, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    chain = r"\frac{dz}{dx} = \left(w\right) = \left[w\right] + 1"
    notes.write_text(f"$$z = w x + b$$\n\n$${chain}$$\n", encoding="utf-8")
    run = symback_command("check", str(notes), "--format", "json")
    *_, one, other = json.loads(run.out)["documents"][0]["statements"]
    assert one["latex"] == r"\frac{dz}{dx} = \left(w\right)"
    assert other["latex"] == r"\left(w\right) = \left[w\right] + 1"
    assert (one["verdict"], other["verdict"]) == ("PROVED", "REFUTED")
