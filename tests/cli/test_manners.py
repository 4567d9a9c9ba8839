"""The manners of the command line: help, how much is said, colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Symback

from symback.cli.app import symback
from symback.cli.style import style_for


@pytest.mark.parametrize("name", list(symback.commands))
def test_help_of_every_command(symback_command: Symback, name: str) -> None:
    done = symback_command("help", name)
    assert done.code == 0
    assert f"symback {name}" in done.out
    assert done.out == symback_command(name, "--help").out


def test_the_short_options_are_those_of_every_command() -> None:
    """What has a long option of these names has its letter, and a letter is that of one name."""
    letters = {"--format": "-f", "--output": "-o", "--model": "-m", "--notation": "-n"}
    letters |= {"--layers": "-l", "--activations": "-a", "--weight": "-w"}
    seen = set()
    for command in symback.commands.values():
        for option in command.params:
            for long, letter in letters.items():
                assert (long in option.opts) == (letter in option.opts), (command.name, long)
                seen |= {long} & set(option.opts)
    assert seen == set(letters)


def test_help_of_what_there_is_not(symback_command: Symback) -> None:
    done = symback_command("help", "chek")
    assert (done.code, done.err) == (2, "symback: unknown command 'chek'; did you mean check?\n")
    assert "check" in symback_command("help").out


def test_how_much_is_said(
    symback_command: Symback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("$$\\frac{\\partial L}{\\partial w} = \\bogus$$")
    (tmp_path / "symback.toml").write_text("strict = false\n")
    assert "none of the gradients" in symback_command("check", "notes.md").err
    quiet = symback_command("check", "-q", "notes.md")
    assert (quiet.code, quiet.err) == (6, "")
    much = symback_command("check", "--verbose", "notes.md").err
    assert "settings of symback.toml\nread notes.md\n" in much
    assert "read notes.md" not in symback_command("check", "notes.md").err  # not kept


def test_color_is_forced_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def color(to_stdout: bool = True) -> bool:
        return style_for(to_stdout=to_stdout, ascii_only=False, color="auto").color

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert not color()
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert color()
    assert not color(to_stdout=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not color()


def test_what_a_network_cannot_be_is_said_plainly(symback_command: Symback) -> None:
    done = symback_command("derive", "--layers", "2,2,2", "--weight-decay", "-1")
    assert done.err == (
        "symback: --weight-decay: '-1' must not be negative; write one such as 0.01\n"
    )
    assert symback_command("verify", "--layers", "2,2", "--loss", "yhat").code == 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("symback derive --model ls", "lstm"),
        ("symback derive --notation niel", "nielsen"),
        ("symback derive -n bi", "bishop"),
        ("symback check --from mark", "markdown"),
    ],
)
def test_names_are_completed(
    symback_command: Symback, monkeypatch: pytest.MonkeyPatch, words: str, found: str
) -> None:
    monkeypatch.setenv("_SYMBACK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert symback_command().out == f"plain,{found}\n"


def test_files_are_completed_where_no_name_fits(
    symback_command: Symback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_SYMBACK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "symback derive --model ./my")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert symback_command().out == "file,./my\n"


@pytest.mark.parametrize(
    ("layers", "formula", "names"),
    [
        ("2,2,2", "dL/dQ = 1", "x, W1, b1, W2, b2, h', h, y', yhat, y, L"),
        ("2,2,2", "dL/dW2[j,k] = dL/dyhat[k] g(z[k]) h[j]", "x, W1, b1, W2, b2, h', h, y'"),
        ("2,3,2,2", "dL/dQ1[1,2] = 1", "h1', h1, h2', h2, y', yhat, y, L"),
    ],
)
def test_an_answer_with_an_unknown_name_lists_those_that_are_known(
    symback_command: Symback, layers: str, formula: str, names: str
) -> None:
    done = symback_command("answer", "--layers", layers, formula)
    assert done.code == 2
    assert "Nothing says what" in done.out
    assert names in " ".join(done.out.split())
    for name in names.split(", ")[:-3]:
        known = symback_command("answer", "--layers", layers, f"{name} = {name}")
        assert "Nothing says what" not in known.out, name


def test_lines_beside_a_model_that_claim_nothing_are_told(symback_command: Symback) -> None:
    for line in ("db[k] = 1", "q[k] = 1"):
        done = symback_command("answer", "--model", "lstm", line)
        assert (done.code, done.out) == (2, "")
        assert "no line claims a derivative of the loss; known are dx, dWi, " in done.err
        assert done.err.count("\n") == 1
    assert symback_command("answer", "--model", "lstm", "q[k] = 1\ndbo[k] = q[k]").code == 1
