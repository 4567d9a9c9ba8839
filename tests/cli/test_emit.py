"""`symback emit`: what it writes, and what it refuses in one line."""

import subprocess
import sys

import pytest

NAMED = ["--activations", "tanh,softmax", "--loss", "cross-entropy"]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_file_that_checks_itself(symback_command, tmp_path):
    assert symback_command("emit", "--layers", "2,2,2", "-o", "gradients.py").code == 0
    run = subprocess.run(
        [sys.executable, "-W", "error", "gradients.py"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("right\n")


def test_a_file_that_exists_is_replaced_by_force_alone(symback_command, tmp_path):
    path = tmp_path / "gradients.py"
    path.write_text("mine")
    done = symback_command("emit", "--layers", "2,2", "-o", "gradients.py")
    assert (done.code, path.read_text()) == (5, "mine")
    assert done.err == ("symback: cannot write gradients.py: exists already; --force replaces it\n")
    assert symback_command("emit", "--layers", "2,2", "-o", "gradients.py", "--force").code == 0


def test_nothing_is_written_if_the_loader_cannot_be(symback_command, tmp_path):
    (tmp_path / "gradients_c.py").write_text("mine")
    arguments = ["--target", "c", "-o", "gradients.c", "--loader", "gradients_c.py"]
    assert symback_command("emit", "--layers", "2,2,2", *NAMED, *arguments).code == 5
    assert not (tmp_path / "gradients.c").exists()


REFUSED = {
    "-o: a.c is no name for this": ["--target", "numpy", "-o", "a.c"],
    "-o: a.py is no name for this": [*NAMED, "--target", "c", "-o", "a.py"],
    "-o: the suffix .rs stands for no target": ["-o", "a.rs"],
    "--loader: b.c is no name": [*NAMED, "--target", "c", "-o", "a.c", "--loader", "b.c"],
    "--loader: a loader is for C": ["--loader", "b.py"],
    "--style: target numba has one form": [*NAMED, "--style", "fast", "--target", "numba"],
    "--target: target c needs functions with a name": ["--target", "c"],
    "--dtype: this is for target c": ["--dtype", "float32"],
    "--prefix: '1-' begins no name": [*NAMED, "-o", "a.c", "--prefix", "1-"],
    "--loader: a loader is for all of C": [
        *NAMED, "-o", "a.c", "--loader", "b.py", "--prefix", "net_",
    ],
    "--check: the forward pass alone": [*NAMED, "-o", "a.c", "--forward-only", "--check"],
    "--against: 'mine.py' names no function": [*NAMED, "--against", "mine.py"],
    "--target: unknown target 'nunpy'; did you mean numpy?": ["--target", "nunpy"],
    "--notation: unknown notation 'nielson'": ["--notation", "nielson"],
    "keyword of Python": ["--activations", "lambda,g"],
    "'lambda' cannot be a name in Python": ["--loss", "lambda"],
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_refused(symback_command, message):
    done = symback_command("emit", "--layers", "2,2,2", *REFUSED[message])
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err


def test_too_large_a_network_for_numbers(symback_command):
    done = symback_command(
        "emit", "--layers", "20,2", "--activations", "softmax", *NAMED[2:], "--style", "scalar"
    )
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "at most 9 units" in done.err


def test_the_suffix_says_c(symback_command, tmp_path):
    assert symback_command("emit", "--layers", "2,2,2", *NAMED, "-o", "net.c").code == 0
    assert (tmp_path / "net.c").read_text().startswith("/* Loss and gradients")


@pytest.mark.spread
@pytest.mark.parametrize("arguments", [["-o", "net.py"], ["-o", "net.c"], ["--style", "fast"]])
def test_a_file_is_checked_before_it_is_written(symback_command, arguments):
    done = symback_command("emit", "--layers", "2,3,2", *NAMED, *arguments, "--check")
    assert done.code == 0
    assert done.err.endswith(": right\n")


@pytest.mark.parametrize("name", ["net.py", "net.c"])
def test_a_file_that_is_wrong_is_not_written(symback_command, tmp_path, monkeypatch, name):
    from symback import emission

    def wrong(*given, **named):
        text = emit(*given, **named)
        return text.replace("h1.T @ delta2", "2 * h1.T @ delta2").replace(
            "dW2[j][k] += ", "dW2[j][k] -= "
        )

    emit = emission.emit
    monkeypatch.setattr(emission, "emit", wrong)
    done = symback_command("emit", "--layers", "2,3,2", *NAMED, "-o", name, "--check")
    assert done.code == 1
    assert done.err.endswith(": WRONG; nothing was written\n")
    assert not (tmp_path / name).exists()


def test_a_loader_elsewhere_finds_its_file(symback_command, tmp_path):
    (tmp_path / "z").mkdir()
    command = ["emit", "--layers", "2,3,2", *NAMED, "-o", "gradients.c"]
    assert symback_command(*command, "--loader", "z/gradients.py").code == 0
    code = "import gradients; assert gradients.main() == 0"
    for _ in range(2):  # the library that the first import leaves is not the second's module
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path / "z",
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, run.stderr) == (0, "")
    extra = "import gradients as g; p = g.initialize(); g.loss(p[:3], [[1.0, 2.0]], [[0.0, 1.0]])"
    run = subprocess.run(
        [sys.executable, "-c", extra],
        cwd=tmp_path / "z",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "there are 3 parameters, not 4" in run.stderr


def test_gradients_of_ones_own_are_compared(symback_command, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "def gradients(W1, b1, x, y):\n"
        "    delta = 2 * (x @ W1 + b1 - y) / len(x)\n"
        "    return x.T @ delta, delta.mean(axis=0)\n"
    )
    line = ["--layers", "2,3", "--activations", "identity", "--loss", "squared-error"]
    done = symback_command("emit", *line, "--against", "mine.py:gradients")
    assert done.code == 1
    first, second = done.out.splitlines()
    assert first.startswith("W1: right")
    assert "b1: WRONG" in second
    assert second.endswith("it is divided by the number of samples once too often")


def test_a_model_by_its_name(symback_command, tmp_path):
    arguments = ["--model", "rnn", "--gradients", "U,x", "--batch", "--reduction", "sum"]
    assert symback_command("emit", *arguments, "-o", "gradients.py").code == 0
    run = subprocess.run(
        [sys.executable, "-W", "error", "gradients.py"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    text = (tmp_path / "gradients.py").read_text()
    assert "class Gradients(NamedTuple)" in text
    assert "batch: int | None = None" in text


def test_sizes_of_a_model(symback_command):
    done = symback_command("emit", "--model", "rnn", "--batch", "--sizes", "batch=3,K=4")
    assert done.code == 0
    assert "K: int | None = 4" in done.out
    assert "batch: int | None = 3" in done.out
    done = symback_command("emit", "--model", "rnn", "--batch", "--target", "c")
    assert done.code == 2
    assert done.err == (
        "symback: --sizes: target c needs a number for batch; say --sizes batch=2\n"
    )
    done = symback_command("emit", "--model", "rnn", "--sizes", "T=99999999,K=999999", "-o", "a.c")
    assert done.code == 3
    assert done.err.startswith("symback: --sizes: the arrays would take 4,024,0")


@pytest.mark.parametrize("model", [["--layers", "2,3,2", *NAMED], ["--model", "rnn"]])
@pytest.mark.parametrize(
    ("name", "called"), [("tiny/net-2.c", "net-2.c"), ("a b.c", "gradients.c")]
)
def test_the_command_in_a_c_file_compiles_it_and_nothing_else(
    symback_command, tmp_path, model, name, called
):
    (tmp_path / "tiny").mkdir()
    assert symback_command("emit", *model, "-o", name).code == 0
    text = (tmp_path / name).read_text()
    assert f"cc -O2 -DSYMBACK_CHECK {called} -lm && ./a.out checks it" in text
    if called in name:
        command = f"cc -O2 -DSYMBACK_CHECK {called} -lm && ./a.out"
        run = subprocess.run(command, shell=True, cwd=tmp_path / "tiny", capture_output=True)
        assert run.returncode == 0


def test_a_notation_that_changes_nothing_is_said(symback_command):
    note = "--notation writes comments beside the gradients of a network's parameters"
    network = ["--layers", "2,2,2", *NAMED]
    for subject in (["--model", "rnn"], [*network, "--gradients", "x"], [*network, "--jvp"]):
        plain = symback_command("emit", *subject)
        done = symback_command("emit", *subject, "--notation", "nielsen")
        assert (done.code, done.out) == (0, plain.out)
        assert note in done.err
    assert note not in symback_command("emit", *network, "--notation", "nielsen").err


def test_gradients_of_a_network_are_those_that_are_asked_for(symback_command):
    done = symback_command("emit", "--layers", "2,2,2", *NAMED, "--gradients", "x,W1")
    assert "    gradients = Gradients(dx, dW1)\n" in done.out
    direction = symback_command(
        "emit", "--layers", "2,2,2", *NAMED, "--gradients", "x", "--second", "hvp"
    )
    assert "def hessian_vector_product(" in direction.out
    assert "v_x" in direction.out
    assert "v_W1" not in direction.out
