"""Bad input gets one line with what, where and what would be right, before any work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from running import Symback

pytestmark = pytest.mark.usefixtures("no_engine")

NETWORK = ("--layers", "2,2,2")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(command: Symback, code: int, *arguments: str) -> str:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    done = command(*arguments)
    assert done.code == code, done.err
    assert done.out == ""
    assert done.err.startswith("symback: ")
    assert done.err.count("\n") == 1
    assert done.err.endswith("\n")
    after = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert after == before
    return done.err.removeprefix("symback: ").rstrip("\n")


@pytest.mark.parametrize("command", ["derive", "verify"])
@pytest.mark.parametrize(
    ("layers", "line"),
    [
        ("", "--layers: nothing is given"),
        (
            "2",
            "--layers: 1 layer cannot make a network; give at least two widths, the input's and "
            "the output's, such as 2,2",
        ),
        ("2,,2", "--layers: entry 2 of '2,,2' is empty"),
        ("0,2", "--layers: entry 1 is 0; a width is at least 1"),
        *(
            (
                text,
                f"--layers: entry 1, '{text.split(',')[0]}', is not a whole number; write widths "
                "separated by commas, such as 2,3,1",
            )
            for text in ("2.5,3", "٢,٢", "1_000,2", "2x2")
        ),
        ("2\n,\x1b[31mx", None),
    ],
)
def test_layers(symback_command: Symback, command: str, layers: str, line: str | None) -> None:
    said = refused(symback_command, 2, command, "--layers", layers)
    assert said.isprintable()
    assert line is None or said == line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "the widths of the layers are missing; say --layers 2,2,2, or --spec with a file"),
        (
            (*NETWORK, "--activations", "sigmiod,g"),
            "--activations: unknown activation 'sigmiod'; did you mean sigmoid?",
        ),
        (
            (*NETWORK, "--activations", "tanh"),
            "--activations: 1 activation for 2 layers of weights; give one for each layer of "
            "weights",
        ),
        ((*NETWORK, "--activations", "f,"), "--activations: entry 2 of 'f,' is empty"),
        (
            ("--layers", "2,2,1", "--activations", "f,softmax"),
            "--activations: softmax of one output is always 1; take sigmoid, or at least two "
            "outputs",
        ),
        (
            (*NETWORK, "--activations", "f,sigmoid", "--loss", "cross-entropy"),
            "--loss: cross-entropy takes outputs that are probabilities, and sigmoid does not "
            "give them; put softmax, or a generic function, on the output layer",
        ),
        (
            (*NETWORK, "--activations", "h,g"),
            "--activations: activation 'h' clashes with the hidden units h; choose another "
            "letter, such as f or phi",
        ),
        (
            (*NETWORK, "--loss", "g"),
            "the loss and an activation are both written g; choose another letter for one of them",
        ),
        (
            (*NETWORK, "--loss", "cross-entopy"),
            "--loss: unknown loss 'cross-entopy'; did you mean cross-entropy?",
        ),
        (
            (*NETWORK, "--weight", "W3[1,1]"),
            "--weight: W3[1,1] does not exist: layers of weights go from 1 to 2",
        ),
        (
            (*NETWORK, "--weight", "W1[3,1]"),
            "--weight: W1[3,1] does not exist: W1[j,k] has j from 1 to 2 and k from 1 to 2",
        ),
        (
            (*NETWORK, "--no-bias", "--weight", "b1[1]"),
            "--weight: b1[1] does not exist: the network has no biases",
        ),
        ((*NETWORK, "--format", "md"), "--format: unknown format 'md'; did you mean markdown?"),
        (
            (*NETWORK, "--format", "docx"),
            "--format: unknown format 'docx'; known are text, latex, markdown, numpy, json",
        ),
        (
            (*NETWORK, "--color", "purple"),
            "--color: unknown way to colour 'purple'; known are auto, always, never",
        ),
        (
            (*NETWORK, "--format", "latex", "-o", "out.md"),
            "-o: 'out.md' is a name for markdown, and --format says latex; end the name in .tex, "
            "or leave out --format",
        ),
        (
            (*NETWORK, "-o", "out.pdf"),
            "-o: the suffix .pdf stands for no format of this command; end the name in one of "
            ".txt, .tex, .md, .py, .json, .jsonl, or say --format; symback handout writes .pdf",
        ),
        ((*NETWORK, "-o", ""), "-o: this cannot be the name of a file"),
        ((*NETWORK, "--layer", "2"), "unknown option --layer; did you mean --layers?"),
        ((*NETWORK, "2,2"), "got unexpected extra argument (2,2); see symback derive --help"),
        (("--layers",), "option '--layers' requires an argument"),
        *(
            ((*NETWORK, *twice), f"{name}: given more than once; say which one is meant")
            for name, twice in (
                ("--layers", NETWORK),
                ("--loss", ("--loss", "L", "--loss", "L")),
                ("--bias/--no-bias", ("--no-bias", "--bias")),
                ("-o", ("-o", "a.tex", "--output", "b.tex")),
            )
        ),
        ((*NETWORK, "--reduction", "sum"), "--reduction: a reduction is that of a batch"),
    ],
)
def test_derive(symback_command: Symback, arguments: tuple[str, ...], line: str) -> None:
    assert refused(symback_command, 2, "derive", *arguments).startswith(line)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("deriv",), "unknown command 'deriv'; did you mean derive?"),
        (
            ("frobnicate",),
            "unknown command 'frobnicate'; known are derive, ",
        ),
        (("--versoin",), "unknown option --versoin; did you mean --version?"),
        (("list", "activation"), "unknown catalogue 'activation'; did you mean activations?"),
        (("schema", "spce"), "unknown schema 'spce'; did you mean spec?"),
        (("schema",), "missing argument"),
        (("completion", "fsh"), "unknown shell 'fsh'; did you mean fish?"),
        (
            ("verify", *NETWORK, "-o", "out.tex"),
            "-o: the suffix .tex stands for no format of this command; end the name in one of "
            ".txt, .json, or say --format",
        ),
        (("verify", *NETWORK, "--weight", "all"), "unknown option --weight"),
        (
            ("exercises", *NETWORK, "--values-out", "v.json"),
            "--values-out: 'v.json': the problems are written as TOML; end the name in .toml",
        ),
        (
            ("answer", *NETWORK, "h[1] = = 2"),
            "FORMULA: a name, a number or a bracket is expected, not '='",
        ),
        (
            ("answer", "--model", "lstm", r"\delta_t^o = = 2"),
            "the formula, column 14: a name, a number or a bracket is expected, not '='",
        ),
        (("model", ""), "'': cannot be read: "),
        (("derive", "--model", ""), "'': cannot be read: "),
        (("check", ""), "'': cannot be read: "),
        (
            ("verify", *NETWORK, "--weight-decay", "1e400"),
            "--weight-decay: '1e400' has more than two digits in its exponent; write one such as ",
        ),
    ],
)
def test_other_commands(symback_command: Symback, arguments: tuple[str, ...], line: str) -> None:
    assert refused(symback_command, 2, *arguments).startswith(line)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"layers = [2, 2", "n.toml, line 1: not TOML"),
        (b"layers = [2, 2]\nlayers = [3]", "n.toml, line 2: this key stands in the file already"),
        (b"bias = true\nlyers = [2]", "n.toml, line 2: unknown key 'lyers'; did you mean layers?"),
        (b"\xef\xbb\xbflayers = [2, 2]", "n.toml: it begins with a byte-order mark; save it as"),
        ("layers = [2, 2]".encode("utf-16"), "n.toml: it is UTF-16; save it as UTF-8"),
        (b"x" * 2_000_000, "n.toml: larger than the limit of 1000000 bytes"),
        (b"", "the widths of the layers are missing in n.toml; say --layers 2,2,2"),
        (b"layers = [0, 2]", "n.toml, line 1: entry 1 is 0; a width is at least 1"),
        (b"layers = [2, 2]\nactivations = ['tan']", "n.toml, line 2: unknown activation 'tan'"),
        (
            b"layers = [2, 2]\nreduction = 'sum'",
            "n.toml, line 2: a reduction is that of a batch; say batch = true, or --batch",
        ),
    ],
)
def test_spec(symback_command: Symback, content: bytes, line: str) -> None:
    Path("n.toml").write_bytes(content)
    assert refused(symback_command, 2, "derive", "--spec", "n.toml").startswith(line)


def test_spec_is_a_folder_or_missing(symback_command: Symback) -> None:
    Path("folder").mkdir()
    assert refused(symback_command, 2, "derive", "--spec", "folder") == (
        "folder: is a folder, not a file"
    )
    assert refused(symback_command, 2, "derive", "--spec", "none.toml") == (
        "none.toml: cannot be read: no such file or directory"
    )
    assert "cannot be read" in refused(symback_command, 2, "derive", "--spec", "a" * 5000)


def test_an_option_is_blamed_and_not_the_spec_beside_it(symback_command: Symback) -> None:
    Path("n.toml").write_text("layers = [2, 2]")
    line = refused(symback_command, 2, "derive", "--spec", "n.toml", "--loss", "nonsense")
    assert line.startswith("--loss: unknown loss 'nonsense'")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("--layers", "1000,1000", "--weight", "all"),
            "--weight all: 1001000 weights and biases are too many to work out one by one; the "
            "limit is",
        ),
        (("--layers", "9" * 10_000 + ",2"), "--layers: entry 1 has more than 1000000000 units"),
        (("--layers", "2," * 5000 + "2"), "--layers: 5000 layers of weights; the limit is 1000"),
    ],
)
def test_too_large(symback_command: Symback, arguments: tuple[str, ...], line: str) -> None:
    assert refused(symback_command, 3, "derive", *arguments).startswith(line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("taken.tex", "cannot write taken.tex: exists already; --force replaces it"),
        ("folder", "cannot write folder: is a folder"),
        ("folder/", "cannot write folder/: is a folder"),
        ("none/", "cannot write none/: there is no such folder, and no name for a file in it"),
        ("none/out.tex", "cannot write none/out.tex: there is no folder none"),
        ("taken.tex/out.tex", "cannot write taken.tex/out.tex: there is no folder taken.tex"),
        (f"{'a' * 300}.tex", f"cannot write {'a' * 300}.tex: file name too long"),
    ],
)
def test_places_that_cannot_be_written(symback_command: Symback, name: str, line: str) -> None:
    Path("folder").mkdir()
    Path("taken.tex").write_text("mine")
    for command in ("derive", "verify"):
        arguments = ("--format", "text") if command == "verify" and name == "folder" else ()
        if command == "derive" or arguments:
            assert refused(symback_command, 5, command, *NETWORK, *arguments, "-o", name) == line


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(symback_command: Symback) -> None:
    Path("locked").mkdir(mode=0o500)
    line = refused(symback_command, 5, "derive", *NETWORK, "-o", "locked/out.tex")
    assert line == "cannot write locked/out.tex: no permission to write in this folder"
