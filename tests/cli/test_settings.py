"""What a project says once: which commands go by it, and what an option changes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Symback

from symback.cli.settings import KEYS

FORMULA = "dL/db2[1] = dL/dyhat[1] * g'(y'[1])"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a project in whose folder commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "symback.toml"


def test_answer_and_derive_go_by_the_network_of_a_project(
    symback_command: Symback, project: Path
) -> None:
    assert symback_command("answer", FORMULA).code == 2
    project.write_text("layers = [2, 2, 2]\n")
    assert symback_command("answer", FORMULA).out.startswith("PROVED")
    assert "a 2-2-2 network" in symback_command("derive").out


def test_an_option_goes_before_the_key_of_its_name_alone(
    symback_command: Symback, project: Path
) -> None:
    project.write_text('layers = [2, 3, 2]\nactivations = ["tanh", "identity"]\n')
    said = symback_command("verify", "--loss", "squared-error").out
    assert "a 2-3-2 network" in said
    assert "tanh" in said
    assert "squared" in said


def test_another_network_leaves_that_of_the_project_aside(
    symback_command: Symback, project: Path
) -> None:
    project.write_text('layers = [2, 3, 2]\nactivations = ["tanh", "identity"]\n')
    said = symback_command("derive", "-l", "3,2").out
    assert "a 3-2 network" in said
    assert "tanh" not in said
    project.write_text('model = "rnn"\n')
    assert "a 3-2 network" in symback_command("verify", "-l", "3,2").out


def test_a_model_of_a_project_counts_in_every_command_that_takes_one(
    symback_command: Symback, project: Path
) -> None:
    project.write_text('model = "rnn"\n')
    for command in ("derive", "verify"):
        assert "Recurrent network (Elman)" in symback_command(command).out
    done = symback_command("answer", "dL/dc[o] = sum(t, dL/dz[t,o])")
    assert (done.code, "Proved for all sizes" in done.out) == (0, True)
    assert symback_command("answer", "dL/dc[o] = sum(t, dL/dp[t,o])").code == 1
    assert symback_command("answer", "-l", "2,2,2", FORMULA).code == 0


def test_a_model_file_is_found_from_a_folder_below(
    symback_command: Symback, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_text('model = "own.model"\n')
    (project.parent / "own.model").write_text("input x\nparam w\nL = (w x)^2\n")
    below = project.parent / "chapters"
    below.mkdir()
    monkeypatch.chdir(below)
    assert symback_command("answer", "dL/dw = 2 w x^2").code == 0


@pytest.mark.spread
@pytest.mark.parametrize(
    ("command", "written"),
    [
        (("derive", "-l", "2,3,2"), "wₖⱼ⁽²⁾"),
        (("derive", "-l", "2,3,2", "-f", "latex"), "w_{k0}"),
        (("handout", "-l", "2,3,2", "-a", "tanh,identity"), r"\mathbf{a}^{(2)}"),
        (("verify", "-l", "2,3,2", "-f", "json"), ""),
        (("example", "-l", "2,3,2"), "w₁₂⁽²⁾"),
        (("emit", "-l", "2,3,2", "-a", "tanh,identity", "--loss", "squared-error"), "wₖⱼ⁽²⁾"),
    ],
)
def test_the_notation_of_a_project_is_that_of_what_is_written(
    symback_command: Symback, project: Path, command: tuple[str, ...], written: str
) -> None:
    stated = symback_command(*command, "--notation", "bishop")
    without = symback_command(*command)
    project.write_text('notation = "bishop"\n')
    done = symback_command(*command)
    assert (done.code, done.out) == (0, stated.out)
    assert written in done.out
    if written:
        assert done.out != without.out
        founding = symback_command(*command, "--notation", "founding").out
        assert written not in founding


def test_a_page_to_step_through_goes_by_the_notation_too(
    symback_command: Symback, project: Path
) -> None:
    network = ("-l", "2,2,2", "-a", "tanh,sigmoid", "--loss", "squared-error")
    assert symback_command("page", *network, "-n", "bishop", "-o", "stated.html").code == 0
    project.write_text('notation = "bishop"\n')
    assert symback_command("page", *network, "-o", "meant.html").code == 0
    folder = project.parent
    assert (folder / "meant.html").read_bytes() == (folder / "stated.html").read_bytes()


def test_numbers_are_drawn_for_the_network_of_a_project(
    symback_command: Symback, project: Path
) -> None:
    project.write_text("layers = [2, 3, 2]\n")
    meant = symback_command("example")
    assert (meant.code, meant.out) == (0, symback_command("example", "-l", "2,3,2").out)
    project.write_text('layers = [2, 3, 2]\nactivations = ["relu", "softmax"]\n')
    assert "ReLU, softmax; loss: cross-entropy" in symback_command("example").out


def test_a_notation_of_ones_own_is_found_from_a_folder_below(
    symback_command: Symback, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_text('notation = "own.toml"\nlayers = [2, 2]\n')
    (project.parent / "own.toml").write_text('based_on = "bishop"\n')
    below = project.parent / "chapters"
    below.mkdir()
    monkeypatch.chdir(below)
    assert "wₖⱼ" in symback_command("derive").out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('layers = [2, "2"]\n', "symback.toml, line 1: layers must be a list of whole numbers"),
        ('layers = [2, 2]\nnotation = "bish"\n', "symback.toml, line 2: unknown notation 'bish'"),
        ('model = "lst"\n', "symback.toml, line 1: there is no model 'lst' in the library; did"),
        ('model = "rnn"\nlayers = [2, 2]\n', "symback.toml, line 2: layers stands beside model"),
        ('loss = "L"\nlayers = [2, 2]\nactivations = ["tan"]\n', "symback.toml, line 3: unknown"),
    ],
)
def test_what_a_project_says_wrongly_is_said_with_its_line(
    symback_command: Symback, project: Path, text: str, message: str
) -> None:
    project.write_text(text)
    done = symback_command("derive")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"symback: {message}")
    assert done.err.count("\n") == 1


def test_what_a_model_states_already_is_no_option_beside_it(
    symback_command: Symback, project: Path
) -> None:
    project.write_text('model = "rnn"\n')
    assert symback_command("derive", "--loss", "squared-error").err == (
        "symback: --loss: stands beside the model of symback.toml, line 1, which states all: "
        "choose one\n"
    )


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ('[tool.symback]\nlayers = [2, 2]\nloss = "squared-error"\n', 0, ""),
        ("[tool]\nsymback = 1\n", 2, "pyproject.toml, line 2: tool.symback must be a table"),
        ('tool = "symback"\n', 2, "the widths of the layers are missing"),
        ('[project]\nname = "symback-notes"\n', 2, "the widths of the layers are missing"),
    ],
)
def test_a_table_of_a_projects_own_file(
    symback_command: Symback, project: Path, text: str, code: int, message: str
) -> None:
    project.with_name("pyproject.toml").write_text(text)
    done = symback_command("verify")
    assert done.code == code
    assert done.err.startswith(f"symback: {message}" if message else "")


def test_every_key_is_documented() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "at-work.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"| `{key}` |" not in page] == []


def test_a_folder_that_is_gone_is_said(
    symback_command: Symback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone := tmp_path / "gone").mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in (("check", "notes.md"), ("check", "."), ("derive",)):
        done = symback_command(*arguments)
        assert done == (2, "", "symback: the folder in which this runs is no longer there\n")
    assert symback_command("list").code == 0
