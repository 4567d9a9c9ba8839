"""What symback writes, in every notation, is read again and wholly proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Symback
from sampling import FULL, sample

from symback.notation import NOTATIONS
from symback.reading.checking import check
from symback.reading.statements.verdicts import Status

CLAIMS = (Status.PROVED, Status.AGREES, Status.REFUTED, Status.UNREAD, Status.UNDECIDED)
SOFTMAX = ("--layers", "2,3,2", "--activations", "sigmoid,softmax", "--loss", "cross-entropy")
BATCH = (
    *("--layers", "2,3,2", "--activations", "tanh,sigmoid"),
    *("--loss", "half-squared-error", "--batch"),
)


def claims(text: str, name: str) -> dict[str, Status]:
    """Every claim that is not proved, and that there are many, by place and formula."""
    judgements = [j for j in check(text, path=name).judgements if j.status in CLAIMS]
    assert len(judgements) > 20
    return {
        f"{j.statement.line}: {j.statement.excerpt.text[: j.statement.span.end][-80:]}": j.status
        for j in judgements
        if j.status not in (Status.PROVED, Status.AGREES)
    }


GENERIC = ("--layers", "2,2,2")
HANDOUTS = [
    *((GENERIC, "a.md", notation) for notation in sample(list(NOTATIONS), 1)),
    *((BATCH, "a.md", n) for n in NOTATIONS if FULL or n == "deeplearning.ai"),
    *((SOFTMAX, "a.tex", n) for n in NOTATIONS if FULL or n == "mazur"),
]


@pytest.mark.spread
@pytest.mark.parametrize(("network", "name", "notation"), HANDOUTS)
def test_handouts(
    symback_command: Symback, tmp_path: Path, network: tuple[str, ...], name: str, notation: str
) -> None:
    path = tmp_path / name
    done = symback_command("handout", *network, "--notation", notation, "-o", str(path))
    assert done.code == 0, done.err
    assert claims(path.read_text(encoding="utf-8"), name) == {}


@pytest.mark.spread
@pytest.mark.parametrize("notation", NOTATIONS if FULL else ["ufldl"])
@pytest.mark.parametrize(
    ("format_", "name"), [("markdown", "a.md"), ("latex", "a.tex")], ids=["markdown", "latex"]
)
def test_derivations(symback_command: Symback, format_: str, name: str, notation: str) -> None:
    done = symback_command("derive", *GENERIC, "--notation", notation, "--format", format_)
    assert done.code == 0, done.err
    assert claims(done.out, name) == {}


def test_a_slip_in_what_was_written_is_found(symback_command: Symback, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    symback_command("handout", "--layers", "2,2,2", "-o", str(path))
    text = path.read_text(encoding="utf-8")
    right = r"\delta_k^{(1)} x_j"
    assert right in text
    found = claims(text.replace(right, r"\delta_k^{(2)} x_j"), "a.md")
    assert set(found.values()) == {Status.REFUTED}
