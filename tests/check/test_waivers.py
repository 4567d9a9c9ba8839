"""Waivers in the text: they name their code, silence one finding, and are told when stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import Symback

from symback.reading.statements.codes import CODES
from symback.rendering.check.waivers import find_waivers

SLIP = r"\frac{\partial E}{\partial w} = (z - t) w"
NOTES = r"""$$z = w x$$
$$E = \frac{1}{2} (z - t)^2$$

%s

$$%s$$
%s
"""
CODE = CODES["values"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(above: str, formula: str = SLIP, below: str = "") -> None:
    Path("notes.md").write_text(NOTES % (above, formula, below), encoding="utf-8")


def test_without_a_waiver_it_is_refuted(symback_command: Symback) -> None:
    write("")
    done = symback_command("check", "notes.md", "--format", "github")
    assert done.code == 1
    assert f"title=symback REFUTED {CODE}::" in done.out


@pytest.mark.parametrize(
    "above",
    [f"<!-- symback: ignore {CODE} -- an exercise -->", f"<!--symback: ignore SB101, {CODE}-->"],
)
def test_a_waiver_silences_the_next_formula(symback_command: Symback, above: str) -> None:
    write(above)
    done = symback_command("check", "notes.md")
    assert (done.code, done.out.splitlines()[-1].endswith(", known 1")) == (0, True)
    (run,) = json.loads(symback_command("check", "notes.md", "--format", "sarif").out)["runs"]
    assert {"kind": "inSource"} in run["results"][0].get("suppressions", ()) or len(
        run["results"]
    ) == 2


def test_it_silences_no_other(symback_command: Symback) -> None:
    write(f"<!-- symback: ignore {CODE} -->", below=f"\n$${SLIP} + 1$$")
    assert symback_command("check", "notes.md").code == 1
    write("<!-- symback: ignore SB101 -->")
    done = symback_command("check", "notes.md")
    assert done.code == 1
    assert "4:1  WAIVER" in done.out
    assert "has SB101: it no longer applies" in done.out


def test_a_waiver_that_no_longer_applies_is_told(symback_command: Symback) -> None:
    write(f"<!-- symback: ignore {CODE} -->", SLIP.replace(") w", ") x"))
    done = symback_command("check", "notes.md")
    assert done.code == 0
    assert f"has {CODE}: it no longer applies" in done.out
    assert symback_command("check", "--strict", "notes.md").code == 1


def test_a_waiver_names_its_code(symback_command: Symback) -> None:
    write("<!-- symback: ignore -- because -->")
    done = symback_command("check", "notes.md")
    assert done.code == 1
    assert "A waiver names the code that it waives" in done.out


def test_in_latex_on_the_line_itself(symback_command: Symback) -> None:
    text = NOTES % ("", SLIP + f"$$ % symback: ignore {CODE} -- known\n$$x = x", "")
    Path("notes.tex").write_text(text)
    assert symback_command("check", "notes.tex").code == 0


ROWS = r"""\begin{align}
z &= w x \\
E &= \frac{1}{2} (z - t)^2
\end{align}
\begin{align}
\frac{\partial E}{\partial z} &= z - t \\
%s\frac{\partial E}{\partial w}
  &= (z - t) w \\
%s\frac{\partial E}{\partial x} &= (z - t) x
\end{align}
"""


def test_between_the_rows_of_a_display_it_is_about_the_next_row(symback_command: Symback) -> None:
    waiver = f"% symback: ignore {CODE} -- an exercise\n"
    places = {("", ""): 0, (waiver, ""): 1, ("", waiver): 1, (waiver, waiver): 2}
    for above, known in places.items():
        Path("notes.tex").write_text(ROWS % above)
        done = symback_command("check", "notes.tex")
        assert done.code == int(known < 2)
        assert "no longer applies" not in done.out
        assert f"refuted {2 - known}, unread 0" in done.out
    # Above the display it is about all of its rows, and after the last one about none of them.
    text = (ROWS % ("", "")).replace("\\end{align}\n\\begin", f"\\end{{align}}\n{waiver}\\begin")
    Path("notes.tex").write_text(text)
    assert symback_command("check", "notes.tex").code == 0
    Path("notes.tex").write_text((ROWS % ("", "")).replace("(z - t) x\n", f"(z - t) x\n{waiver}"))
    done = symback_command("check", "notes.tex")
    assert (done.code, "no longer applies" in done.out) == (1, True)


def test_what_is_no_waiver() -> None:
    assert not list(find_waivers("symback: ignore SB011\n50% of symback ignore SB011"))
    (only,) = find_waivers("a\n.. symback: ignore SB011 SB012")
    assert (only.line, only.codes) == (2, ("SB011", "SB012"))
