"""Models at the command line: by name, from files, fences and specs, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from running import Symback

MODEL = """\
input x[t]
param w, u
h[0] = 0
h[t] = tanh(w x[t] + u h[t-1])
L = sum(t, h[t]^2) / 2
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.model").write_text(MODEL)
    return tmp_path


def test_a_model_comes_from_a_file_a_fence_a_spec_and_the_library(
    symback_command: Symback, here: Path
) -> None:
    (here / "notes.md").write_text(f"# Notes\n\n```model\n{MODEL}```\n\nand so on\n")
    shown = symback_command("model", "my.model")
    assert shown.code == 0
    assert "h[t] = tanh(" in shown.out
    assert shown.out.endswith("\nL = sum(t, h[t]^2) / 2\n")
    assert symback_command("model", "notes.md").out == shown.out
    assert symback_command("model", "gru").out.startswith("# Gated recurrent unit")
    assert "gru " in symback_command("list", "models").out


@pytest.mark.spread
@pytest.mark.parametrize("command", ["derive", "verify", "handout", "emit"])
def test_a_document_with_a_model_is_taken_as_it_stands(
    symback_command: Symback, command: str
) -> None:
    done = symback_command(command, "my.model")
    assert (done.code, done.err) == (0, "")
    assert done.out == symback_command(command, "--model", "my.model").out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--model", "lsmt"), "did you mean lstm?"),
        (("--model", "lstm", "--layers", "2,2"), "--layers: stands beside --model"),
        (("--model", "lstm", "--batch"), "--batch: stands beside --model"),
        (("--model", "lstm", "--sizes", "T=0"), "a size is a whole number from 1"),
        (("--model", "lstm", "--sizes", "T=x"), "a size is a whole number from 1"),
        (("--model", "lstm", "--sizes", "T=2,T=3"), "T is given twice"),
        (("--model", "lstm", "--sizes", "T"), "write T=4,J=3"),
        (("--model", "lstm", "--sizes", "Q=3"), "its sizes are T, J, K"),
        (("--model", "conv1d", "--sizes", "N=2,M=3"), "this model needs M <= N"),
        (("--model", "lstm", "--gradients", "Wx"), "--gradients: there is no 'Wx'"),
        (("--model", "crf", "--gradients", "y"), "y is an array of indices"),
        (("--model", "lstm", "--gradients", "x,,h"), "a name is missing"),
        (("--model", "no.model"), "no.model: cannot be read"),
        (("--model", "."), "is a folder, not a file"),
        (("--model", "utf16.model"), "it is UTF-16"),
        (("--model", "binary.model"), "not a text file"),
        (("--model", "many.model"), "a model of 10000 lines"),
        (("--model", "deep.model"), "a line of 100004 characters"),
        (("--model", "plain.md"), "no equations of a network were found"),
        (("--model", "my.model", "--weight", "u"), "say --sizes T=2"),
        (("--layers", "2,2", "--gradients", "W3"), "--gradients: there is no 'W3'"),
        (("--layers", "2,2", "--sizes", "T=2"), "a network's sizes are its layers"),
    ],
)
def test_bad_input_is_one_line(
    symback_command: Symback, here: Path, arguments: tuple[str, ...], part: str
) -> None:
    (here / "utf16.model").write_bytes(MODEL.encode("utf-16"))
    (here / "binary.model").write_bytes(bytes(range(256)))
    (here / "many.model").write_text("input x[j]\n" * 10_000)
    (here / "deep.model").write_text("L = " + "(" * 100_000)
    (here / "plain.md").write_text("# Nothing\n")
    done = symback_command("derive", *arguments)
    assert (done.code, done.out) == (2, "")
    assert part in done.err
    assert done.err.startswith("symback: ")
    # Below an error in a text stand its line and a caret, and nothing else.
    assert done.err.count("\n") in (1, 3)


def test_a_slip_in_a_file_has_its_line_and_a_caret(symback_command: Symback, here: Path) -> None:
    (here / "my.model").write_text(MODEL.replace("u h[t-1]", "v h[t-1]"))
    done = symback_command("derive", "--model", "my.model")
    assert done.code == 2
    problem, line, caret = done.err.splitlines()
    assert problem.startswith("symback: my.model, line 4, column 22: the letter v is neither bound")
    assert line == "  h[t] = tanh(w x[t] + v h[t-1])"
    assert caret.index("^") == line.index("v")


def test_a_spec_states_equations(symback_command: Symback, here: Path) -> None:
    (here / "a.toml").write_text(f'equations = """\n{MODEL}"""\ngradients = ["x"]\n')
    done = symback_command("answer", "dw = 1", "--spec", "a.toml")
    assert done.code == 2  # an answer is about --model or --layers
    (here / "b.toml").write_text(f'equations = """\n{MODEL}"""\nloss = "L"\n')
    assert "loss stands beside equations" in symback_command("verify", "--spec", "b.toml").err


@pytest.mark.parametrize(
    ("line", "code", "part"),
    [
        ("dh[t] = h[t] + dh[t+1] (1 - h[t+1]^2) u; dh[T+1] = 0; h[t] = 0 outside", 0, "Proved"),
        ("dh[t] = h[t]", 1, "Wrong. At the sizes T = "),
        ("dw = sum(t, dh[t] (1 - h[t]^2) x[t])", 0, "Proved"),
        ("dw = sum(t, dh[t] (1 - h[t]) x[t])", 1, "Wrong"),
        ("dw = q", 2, ""),
    ],
)
def test_a_typed_line_is_answered(
    symback_command: Symback, line: str, code: int, part: str
) -> None:
    done = symback_command("answer", line, "--model", "my.model")
    assert done.code == code
    assert part in done.out


def test_of_a_model_without_sizes_none_are_said(symback_command: Symback, here: Path) -> None:
    (here / "one.model").write_text("param w\ninput x\ntarget t\nz = w x\nL = (z - t)^2\n")
    right = symback_command("answer", "dw = 2 (w x - t) x", "--model", "one.model")
    assert (right.code, right.out.split("\n")[1].strip()) == (0, "Proved, by exact identity.")
    wrong = symback_command("answer", "dw = 2 (w x - t) t", "--model", "one.model")
    assert wrong.code == 1
    assert "Wrong. At numbers drawn for what is given, the derivative is" in wrong.out


def test_an_answer_about_a_model_is_json_where_asked(symback_command: Symback, here: Path) -> None:
    wrong = symback_command("answer", "dh[t] = h[t]", "--model", "my.model", "--format", "json")
    assert wrong.code == 1
    (claim,) = json.loads(wrong.out)["claims"]
    assert claim["verdict"] == "refuted"
    assert len(claim["values"]) == 2
    assert claim["words"].startswith("wrong. At the sizes")  # no line number: one was typed


def test_latex_about_a_model_is_read(symback_command: Symback, here: Path) -> None:
    wrong = symback_command(
        "answer", r"\frac{\partial L}{\partial h_t} = h_t", "--model", "my.model"
    )
    assert wrong.code == 1
    assert "Wrong" in wrong.out
    other = symback_command("answer", r"\frac{\partial L}{\partial q_t} = 1", "--model", "my.model")
    assert other.code == 2
    assert "q_t is no quantity of the model" in other.err
    assert "Traceback" not in other.err


def test_an_answer_obeys_its_schema(symback_command: Symback, here: Path) -> None:
    schema = json.loads(symback_command("schema", "answer").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema).is_valid
    for arguments in (
        (r"\delta_t^o = \nabla_{h_t} L \odot \tanh(c_t)", "--model", "lstm"),
        ("dh[t] = h[t]", "--model", "my.model"),
        ("dL/dW2[1,2] = dL/dyhat[2] * h[1]", "--layers", "2,2,2"),
    ):
        data = json.loads(symback_command("answer", *arguments, "--format", "json").out)
        assert valid(data)
        assert not valid(data | {"verdict": 3})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("param x[i], y[i]\nL = sum(i, x[i]^2)\n", "line 1, column 13: y is never used"),
        (
            "param x[i]\na[i] = x[i]^3\nL = sum(i, x[i]^2)\n",
            "line 2, column 1: the loss does not depend on a",
        ),
        ("param x[i]\nL = sum(i, x[i]^2)\n", ""),
    ],
)
def test_what_is_odd_in_a_model_is_said_and_no_error(
    symback_command: Symback, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "odd.model"
    path.write_text(text)
    result = symback_command("derive", "--model", str(path))
    assert result.code == 0
    assert result.err == (f"symback: warning: {path}, {said}\n" if said else "")
    assert symback_command("derive", "--model", str(path), "-q").err == ""


def test_one_equation_is_no_equations(symback_command: Symback, tmp_path: Path) -> None:
    path = tmp_path / "one.model"
    path.write_text("param x[i]\nL = sum(i, x[i]^2)\n")
    assert symback_command("derive", "--model", str(path)).out.startswith(
        "Backpropagation through 1 equation\n"
    )


def test_what_does_not_lead_to_the_loss_is_no_path(
    symback_command: Symback, tmp_path: Path
) -> None:
    text = """\
param x[t], u
h[0] = 0
h[t] = tanh(u h[t-1] + x[t])
g[0] = 0
g[t] = g[t-1] + h[t] x[t]
L = sum(t, h[t]^2)
"""
    path = tmp_path / "aside.model"
    path.write_text(
        text + "\nclaims\n\ndh[t] = 2 h[t] + dh[t+1] u (1 - h[t+1]^2)\ndh[T+1] = 0\nh[T+1] = 0\n"
    )
    done = symback_command("verify", "--model", str(path))
    assert done.code == 0
    assert "leaves out" not in done.out
    wrong = text.replace("L = sum(t, h[t]^2)", "L = sum(t, h[t]^2) + g[T]")
    path.write_text(
        wrong + "\nclaims\n\ndh[t] = 2 h[t] + dh[t+1] u (1 - h[t+1]^2)\ndh[T+1] = 0\nh[T+1] = 0\n"
    )
    assert symback_command("verify", "--model", str(path)).code == 1


def test_a_document_is_read_in_its_own_encoding(symback_command: Symback, here: Path) -> None:
    text = "\\documentclass{article}\nCaf\u00e9 $$z = w x$$ $$L = (z - y)^2$$\n"
    for encoding in ("utf-8", "utf-8-sig", "latin-1", "utf-16"):
        (here / "notes.tex").write_text(text, encoding=encoding)
        done = symback_command("model", "notes.tex")
        assert done.code == 0, done.err
        assert "L = (z - y)^2" in done.out
        assert symback_command("derive", "notes.tex").code == 0
    (here / "notes.tex").write_bytes(b"\\usepackage[utf8]{inputenc} Caf\xe9")
    done = symback_command("model", "notes.tex")
    assert (done.code, done.out) == (2, "")
    assert done.err == "symback: notes.tex: not UTF-8 text (byte 31); save the file as UTF-8\n"
