"""What a command asks of the engine, and what it makes of the answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import jsonschema
import pytest
from running import Symback

from symback import __version__
from symback.cli.style import Style
from symback.cli.subject import Subject
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.model.parameter_names import ParameterEntry, parameter_entries
from symback.model.spec import SPEC_KEYS


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_derive_asks_for_one_document(symback_command: Symback, engine) -> None:
    done = symback_command("derive", "--layers", "2,3,1", "--activations", "tanh,sigmoid")
    assert done == (0, engine.text, "")
    assert engine.calls == [
        (Subject(Network((2, 3, 1), ("tanh", "sigmoid"))),),
        ("derivation", "text", Style(), None, None),
    ]


def test_verify_asks_for_the_proof_alone(symback_command: Symback, engine) -> None:
    done = symback_command("verify", "--layers", "2,2", "--format", "json")
    assert done == (0, engine.text, "")
    assert engine.calls[1] == ("verification", "json", Style(), None, None, ())


@pytest.mark.parametrize("command", ["derive", "verify"])
def test_a_difference_is_exit_code_1(symback_command: Symback, engine, command: str) -> None:
    engine.ok = False
    done = symback_command(command, "--layers", "2,2")
    assert done == (1, engine.text, "")


def test_a_document_goes_to_a_file(symback_command: Symback, engine, here: Path) -> None:
    done = symback_command("derive", "--layers", "2,2", "-o", "out.tex", "--color", "always")
    assert done == (0, "", "")
    assert (here / "out.tex").read_text("utf-8") == engine.text
    assert engine.calls[1][1:3] == ("latex", Style(color=True))


def test_weights_are_worked_out_once_and_in_order(symback_command: Symback, engine) -> None:
    weights = ("--weight", "b1[2]", "--weight", "W_{12}^{(1)}", "--weight", "W1[1,2]")
    assert symback_command("derive", "--layers", "2,2", *weights).code == 0
    assert engine.calls[1][3] == (
        ParameterEntry("b", 1, (2,)),
        ParameterEntry("W", 1, (1, 2)),
    )


def test_all_weights(symback_command: Symback, engine) -> None:
    arguments = ("--layers", "2,2", "--no-bias", "--weight", "W1[1,1]", "--weight", "all")
    assert symback_command("derive", *arguments).code == 0
    assert engine.calls[1][3] == tuple(parameter_entries(Network((2, 2), bias=False)))


def test_an_option_goes_before_the_spec(symback_command: Symback, engine, here: Path) -> None:
    (here / "n.toml").write_text(
        'layers = [2, 3, 1]\nactivations = ["tanh", "f"]\nloss = "E"\nbias = false\n'
    )
    assert symback_command("derive", "--spec", "n.toml").code == 0
    assert engine.calls[0] == (Subject(Network((2, 3, 1), ("tanh", "f"), "E", bias=False)),)
    options = ("--layers", "4,3,1", "--loss", "squared-error", "--bias")
    assert symback_command("derive", "--spec", "n.toml", *options).code == 0
    assert engine.calls[2] == (Subject(Network((4, 3, 1), ("tanh", "f"), "squared-error")),)


def test_a_batch_turned_off_leaves_its_reduction_aside(
    symback_command: Symback, engine, here: Path
) -> None:
    (here / "n.toml").write_text('layers = [2, 2]\nbatch = true\nreduction = "sum"\n')
    assert symback_command("derive", "--spec", "n.toml", "--one-sample").code == 0
    assert not engine.calls[0][0].batch


def test_what_is_said_of_a_document_is_left_aside(
    symback_command: Symback, engine, here: Path
) -> None:
    (here / "n.toml").write_text(
        'layers = [2, 2]\nsame = ["w = W"]\nweights = { w_5 = "x1 -> o1" }\nsizes = { n = 3 }\n'
    )
    assert symback_command("derive", "--spec", "n.toml").code == 0
    assert engine.calls[0] == (Subject(Network((2, 2))),)


def test_a_sign_may_be_repeated(symback_command: Symback, engine) -> None:
    assert symback_command("derive", "--layers", "2,2", "--ascii", "--ascii").code == 0


def test_a_spec_comes_from_standard_input(
    symback_command: Symback, engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"layers = [2, 2]")))
    assert symback_command("derive", "--spec", "-").code == 0
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"lyers = [2, 2]")))
    done = symback_command("derive", "--spec", "-")
    assert done.err.startswith("symback: standard input, line 1: unknown key 'lyers'")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 3, "there is not enough memory for this; choose a smaller network"),
        (BrokenPipeError(), 0, None),
        (
            RuntimeError("two\nlines"),
            70,
            "internal error: RuntimeError: two\\nlines; --debug shows the traceback",
        ),
    ],
)
def test_what_becomes_of_an_error(
    symback_command: Symback, engine, error: BaseException, code: int, line: str | None
) -> None:
    engine.error = error
    done = symback_command("derive", "--layers", "2,2")
    assert done == (code, "", f"symback: {line}\n" if line else "")


@pytest.mark.parametrize("place", ["before", "after"])
def test_debug_shows_the_traceback(symback_command: Symback, engine, place: str) -> None:
    engine.error = RuntimeError("oh")
    arguments = ["derive", "--layers", "2,2"]
    arguments.insert(0 if place == "before" else 3, "--debug")
    done = symback_command(*arguments)
    assert done.code == 70
    assert done.err.startswith("Traceback (most recent call last):")
    assert done.err.endswith("symback: internal error: RuntimeError: oh\n")


@pytest.mark.parametrize("command", [[], ["derive"], ["verify"], ["list"], ["schema"]])
def test_help_begins_with_examples(symback_command: Symback, command: list[str]) -> None:
    done = symback_command(*command, "--help")
    assert (done.code, done.err) == (0, "")
    examples, usage, _ = done.out.partition("Usage: ")
    assert usage
    assert examples.startswith("Examples:\n  $ symback ")
    assert max(map(len, done.out.splitlines())) <= 100


def test_alone_it_shows_its_help(symback_command: Symback) -> None:
    assert symback_command() == symback_command("--help")


def test_version(symback_command: Symback) -> None:
    assert symback_command("--version") == (0, f"symback {__version__}\n", "")


def test_list_has_every_name(symback_command: Symback) -> None:
    done = symback_command("list")
    assert (done.code, done.err) == (0, "")
    for name in (*ACTIVATIONS, *LOSSES, "text", "latex", "markdown", "numpy", "json"):
        assert f"\n  {name} " in done.out
    assert symback_command("list", "losses").out.count("\n") == len(LOSSES)


def test_a_verification_obeys_its_schema(symback_command: Symback) -> None:
    schema = json.loads(symback_command("schema", "verification").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    for network in (("2,2",), ("2,2", "--batch", "--weight-decay", "0.1", "--activations", "relu")):
        data = json.loads(symback_command("verify", "--format", "json", "--layers", *network).out)
        jsonschema.validate(data, schema)
        assert data["proof"]["ok"]
    for change in ({"proof": None}, {"document": "derivation"}, {"steps": []}):
        fits = jsonschema.Draft202012Validator(schema).is_valid(data | change)
        assert fits is (change == {"proof": None})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("spec", {"layer": [2, 2]}),
        ("notation", {"based_on": "nilsen"}),
        ("derivation", {"document": "handout"}),
        ("verification", {"document": "derivation"}),
        ("second", {"document": "derivation"}),
        ("answer", {"document": "check"}),
        ("check", {"document": "answer"}),
    ],
)
def test_every_schema_is_one(symback_command: Symback, name: str, wrong: dict[str, object]) -> None:
    schema = json.loads(symback_command("schema", name).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_schema_of_a_spec(symback_command: Symback) -> None:
    done = symback_command("schema", "spec")
    assert set(json.loads(done.out)["properties"]) == set(SPEC_KEYS)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_script(symback_command: Symback, shell: str) -> None:
    done = symback_command("completion", shell)
    assert done.code == 0
    assert "_SYMBACK_COMPLETE" in done.out


def test_a_value_with_a_comma_is_completed_whole_in_fish(symback_command: Symback) -> None:
    assert 'string split --max 1 "," $completion' in symback_command("completion", "fish").out


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
def test_the_script_for_zsh_needs_nothing_set_up_before(
    symback_command: Symback, tmp_path: Path
) -> None:
    script = symback_command("completion", "zsh").out
    done = subprocess.run(
        ["zsh", "-f", "-c", f"{script}\nprint $_comps[symback]"],
        capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": os.defpath}, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("_symback_completion\n", "")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("symback der", "derive"),
        ("symback derive --lay", "--layers"),
        ("symback derive --loss half", "half-squared-error"),
        ("symback derive --activations tanh,sig", "tanh,sigmoid"),
        ("symback derive --format mark", "markdown"),
    ],
)
def test_completion(
    symback_command: Symback, monkeypatch: pytest.MonkeyPatch, words: str, offered: str
) -> None:
    monkeypatch.setenv("_SYMBACK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert f"plain,{offered}\n" in symback_command().out
