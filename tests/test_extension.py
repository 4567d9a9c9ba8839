"""The table «To extend it» of docs/architecture.md is true: it is done here as it says.

Each test copies the package, makes the one entry or file that the table asks for, and then uses the
copy as a user would.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## To extend")[2]

BELL = """
        Activation(
            name="bell",
            summary="a = exp(-z^2)",
            formula="exp(-z**2)",
            derivative="-2*z*a",
            latex=r"\\mathrm{bell}",
            text="bell",
        ),
"""
NOTATION = """SCHOOL = Notation(
    name="school",
    summary="u before and v after the function, weights w_{jk}, outputs o, targets t, loss E",
    source="A school that is not there.",
    input=Form("x"),
    target=Form("t"),
    weight=Form("w", layer=_ALWAYS),
    bias=Form("b", layer=_ALWAYS),
    preactivation=Form("u", layer=_ALWAYS),
    activation=Form("v", layer=_ALWAYS),
    output_pre=Form("u", layer=_ALWAYS),
    output=Form("o"),
    loss=Form("E"),
    sample_loss=Form("E", sample=SamplePlace.BELOW, whole=_vector("E")),
    decayed=Form("E", accent="tilde"),
    delta=Form("delta", layer=_ALWAYS),
    samples="N",
)

"""
MODEL = """# A gate between two inputs
#
# Sources: nobody's.

input x[n,j]
target y[n]
param w[j], v[j]
sizes N=3, J=2

g[n] = sigmoid(sum(j, v[j] x[n,j]))
z[n] = g[n] sum(j, w[j] x[n,j])
L = mean(n, (z[n] - y[n])^2)

claims

dz[n] = 2 (z[n] - y[n]) / N
dw[j] = sum(n, dz[n] g[n] x[n,j])
"""
LISTING = '''"""Target listing: the statements of the gradients alone."""

from symback.emission.printer import Dialect
from symback.emission.styles import context as common


def context(program):
    """The lines of the backward pass."""
    return {"body": common.context(program, Dialect("np"))["gradients_body"]}
'''


LOSS = """
        Loss(
            name="quartic",
            summary="sum over the outputs of (y - yhat)^4",
            term="(y - yhat)**4",
            derivative="4*(yhat - y)**3",
        ),
"""
INDEXED = '''"""Target listing: the loops of a model of equations alone."""

from symback.emission.indexed.loops import LoopBody
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.schedule import schedule
from symback.emission.indexed.target import Target


def context(program, sizes):
    """The lines of forward and backward pass."""
    body = LoopBody(program, schedule(program.statements), CodeNames(program), Target())
    return {"body": "\\n".join(body.lines)}
'''


# Runs command lines, one after the other, so that what takes half a second is loaded once.
SESSION = """
import contextlib, io, json, sys
from symback.cli.app import run
answers = sys.stdout
for line in sys.stdin:
    out, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
        code = run(json.loads(line))
    print(json.dumps([code, out.getvalue(), complaints.getvalue()]), file=answers, flush=True)
"""


class Copy:
    """A copy of the package, to be changed and run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session: subprocess.Popen[str] | None = None
        # With what Python has compiled, which holds for every file that stays as it is.
        for name in ("symback", "templates"):
            shutil.copytree(ROOT / name, folder / name)

    def change(self, name: str, before: str, after: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before, text.count(before))
        path.write_text(text.replace(before, after), encoding="utf-8")
        # Python takes a file for unchanged that has its old size and was written in one second.
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()
        self.close()

    def add(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        self.close()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What a command line does, in a process that lives until the copy is changed."""
        if self.session is None:
            self.session = subprocess.Popen(
                [sys.executable, "-c", SESSION], cwd=self.folder, env=self.environment, text=True,
                encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self.session.stdin is not None
        assert self.session.stdout is not None
        print(json.dumps(arguments), file=self.session.stdin, flush=True)
        code, out, complaints = json.loads(self.session.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out, complaints)

    def close(self) -> None:
        if self.session is not None:
            self.session.communicate()
            self.session = None

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONIOENCODING": "utf-8"}

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder, capture_output=True, text=True, env=self.environment,
        )  # fmt: skip


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy with everything that takes an entry of a table or one file, and wrong twins."""
    made = Copy(tmp_path_factory.mktemp("entries"))
    head = "ACTIVATIONS: dict[str, Activation] = {\n    entry.name: entry\n    for entry in ("
    made.change("symback/model/activations.py", head, f"{head}{BELL.rstrip()}")
    head = "LOSSES: dict[str, Loss] = {\n    entry.name: entry\n    for entry in ("
    wrong = LOSS.replace("4*(yhat - y)**3", "3*(yhat - y)**3").replace("quartic", "slip")
    made.change("symback/model/losses.py", head, f"{head}{LOSS.rstrip()}{wrong.rstrip()}")
    presets = "symback/notation/presets.py"
    made.change(presets, "NOTATIONS: Mapping", f"{NOTATION}NOTATIONS: Mapping")
    last = "            GOODFELLOW,\n"
    made.change(presets, last, f"{last}            SCHOOL,\n")
    made.add("symback/models/gate.model", MODEL)
    made.add("symback/models/slip.model", MODEL.replace("dz[n] g[n] x", "dz[n] x"))
    kinds = "symback/reading/finding/kinds.py"
    last = '        "text": plain.find,\n'
    made.change(kinds, last, f'{last}        "diary": plain.find,\n')
    made.change(kinds, '".txt": "text", ', '".diary": "diary", ".txt": "text", ')
    made.change("symback/cli/check.py", '"jupytext", "text")', '"jupytext", "text", "diary")')
    yield made
    made.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy with everything that takes a module or a template, and the lines that name it."""
    made = Copy(tmp_path_factory.mktemp("files"))
    _add_a_document(made)
    _add_a_format(made)
    _add_targets(made)
    yield made
    made.close()


PROGRAM = (
    "import symback; from symback.rendering.render import render\n"
    "d = symback.derive(symback.Network(layers=(2, 2, 2)))\n"
    "print(render('derivation', 'org', derivation=d, report=symback.verify(d), weights=()))\n"
)


def test_an_activation_is_one_entry(entries: Copy) -> None:
    assert "| an activation or a loss | one entry in `model/activations.py`" in TABLE
    network = ("--layers", "2,3,2", "--activations", "bell,tanh", "--loss", "squared-error")
    assert "bell" in entries.run("list", "activations").stdout
    assert entries.run("verify", *network).returncode == 0
    for style in ("readable", "fast", "scalar"):
        file = f"{style}.py"
        assert entries.run("emit", *network, "--style", style, "-o", file).returncode == 0
        assert "right" in entries.python(file).stdout
    entries.add("cell.model", "input x[j]\nparam w[j]\nL = bell(sum(j, w[j] x[j]))^2\n")
    for second in ((), ("--second", "hvp")):
        made = entries.run("emit", "--model", "cell.model", *second, "--force", "-o", "cell.py")
        assert made.returncode == 0, made.stderr
        assert "right" in entries.python("cell.py").stdout
        text = (entries.folder / "cell.py").read_text(encoding="utf-8")
        entries.add("cell.py", text.replace("np.exp(-", "np.exp("))
        assert "WRONG" in entries.python("cell.py").stdout
    latex = entries.run("handout", *network, "-o", "a.tex")
    assert latex.returncode == 0, latex.stderr
    one = ("--layers", "1,1", "--activations", "bell", "--loss", "L")
    right = "dL/dy'[1] = -2*y'[1]*yhat[1]*dL/dyhat[1]"
    assert entries.run("answer", *one, right).stdout.startswith("PROVED")
    assert entries.run("answer", *one, right.replace("-2", "2")).stdout.startswith("REFUTED")


def test_a_loss_is_one_entry(entries: Copy) -> None:
    assert "one entry in `model/activations.py` or `model/losses.py`" in TABLE
    network = ("--layers", "2,3,2", "--activations", "tanh,identity", "--loss", "quartic")
    assert "quartic" in entries.run("list", "losses").stdout
    assert entries.run("verify", *network).returncode == 0
    assert entries.run("emit", *network, "-o", "quartic.py").returncode == 0
    assert "right" in entries.python("quartic.py").stdout
    assert entries.run("verify", *network[:-1], "slip").returncode == 1


def _add_a_document(copy: Copy) -> None:
    copy.change(
        "symback/rendering/render.py",
        '    "verification": ("text", "json"),\n',
        '    "verification": ("text", "json"),\n    "results": ("markdown",),\n',
    )
    copy.add(
        "templates/results.md.j2",
        "{% for step in doc.derivation.steps %}\n- {{ page.m(step.adjoint) }}\n{% endfor %}\n",
    )


def test_a_document_is_a_template_and_a_line(files: Copy) -> None:
    assert "| a document | one file `templates/<name>.<suffix>.j2` for each format, and" in TABLE
    done = files.python("-c", PROGRAM.replace("derivation', 'org", "results', 'markdown"))
    assert r"- $`\frac{\partial \mathcal{L}}{\partial" in done.stdout, done.stderr


def test_a_kind_of_document_is_an_entry(entries: Copy) -> None:
    assert "| a kind of document to read | its suffix and its finder in" in TABLE
    right = r"\frac{\partial L}{\partial b_1^{(2)}} = \frac{\partial L}{\partial \hat y_1}"
    (entries.folder / "notes.diary").write_text(f"Dear diary, today ${right}$.\n")
    for kind in ((), ("--from", "diary")):
        done = entries.run("check", "--layers", "2,2,2", "notes.diary", *kind, "--format", "json")
        assert r"\partial" in done.stdout, done.stderr


def test_a_notation_is_one_entry(entries: Copy) -> None:
    assert "| a notation | a TOML file of the user's; one with a name is an entry in" in TABLE
    assert "school" in entries.run("notation").stdout
    assert '"school"' in entries.run("schema", "notation").stdout
    network = ("--layers", "2,3,2", "--notation", "school")
    assert entries.run("derive", *network, "-o", "school.tex").returncode == 0
    latex = (entries.folder / "school.tex").read_text(encoding="utf-8")
    gradient = r"\frac{\partial E}{\partial w_{jk}^{(2)}}"
    assert gradient in latex
    claim = gradient + r" = \frac{\partial E}{\partial o_k} g'(u_k^{(2)}) v_j^{(1)}"
    assert entries.run("answer", *network, claim).stdout.startswith("PROVED")
    assert entries.run("answer", *network, claim.replace("v_j", "v_k")).stdout.startswith("REFUTED")


def test_a_model_is_one_file(entries: Copy) -> None:
    assert "| a model that is not a perceptron | one file `symback/models/<name>.model`" in TABLE
    assert "gate" in entries.run("list", "models").stdout
    proved = entries.run("verify", "--model", "gate")
    assert proved.returncode == 0, proved.stderr + proved.stdout
    assert entries.run("emit", "--model", "gate", "-o", "gate.py").returncode == 0
    assert "right" in entries.python("gate.py").stdout
    assert entries.run("verify", "--model", "slip").returncode == 1


def _add_a_format(copy: Copy) -> None:
    copy.change(
        "symback/rendering/formats.py",
        '        Format("json", "json", PLAIN, str),\n',
        '        Format("json", "json", PLAIN, str),\n'
        '        Format("org", "org", UNICODE, _escape_text),\n',
    )
    copy.change("symback/rendering/render.py", '"numpy", "json"),\n', '"numpy", "json", "org"),\n')
    last = '"every step and verdict as data; symback schema derivation"),\n'
    copy.change(
        "symback/cli/formats.py", last, f'{last}        Format("org", ".org", "for Emacs"),\n'
    )
    copy.add(
        "templates/derivation.org.j2",
        '{% import "words.j2" as words with context %}\n#+TITLE: {{ words.title(doc) }}\n'
        "{% for step in doc.derivation.steps %}\n* {{ page.m(step.adjoint) }}\n{% endfor %}\n",
    )


def test_a_format_is_a_template_a_printer_and_lines(files: Copy) -> None:
    assert "| an output format | that file, one printer, one line in `FORMATS`" in TABLE
    assert files.python("-c", PROGRAM).stdout.startswith("#+TITLE: Backpropagation")
    for source in (("--layers", "2,2,2"), ("--model", "rnn")):
        done = files.run("derive", *source, "-o", "notes.org", "--force")
        assert done.returncode == 0, done.stderr
        written = (files.folder / "notes.org").read_text(encoding="utf-8")
        assert written.startswith("#+TITLE: ")
        assert "\n* ∂" in written
    assert "org" in files.run("list", "formats").stdout


WRITERS = """

def _listing(made):
    from symback.emission.targets.listing import context as values

    return render("listing.txt.j2", values(made))


_WRITERS["readable", "listing"] = _listing
"""
INDEXED_WRITERS = """

def _listing(program, sizes):
    from symback.emission.indexed.listing import context

    return _rendered("listing.txt.j2", context(program, sizes))


_WRITERS["readable", "listing"] = _listing
"""


def _add_targets(copy: Copy) -> None:
    """One name for both: code of networks, and code of models of equations."""
    module = "symback/emission/module.py"
    copy.change(module, '"numba", "c"]\n', '"numba", "c", "listing"]\n')
    copy.change("symback/cli/emit.py", '"numba", "c")\n', '"numba", "c", "listing")\n')
    for name, text in ((module, WRITERS), ("symback/emission/indexed/module.py", INDEXED_WRITERS)):
        before = (copy.folder / name).read_text(encoding="utf-8")
        copy.change(name, before, before + text)
    copy.add("symback/emission/targets/listing.py", LISTING)
    copy.add("templates/emit/listing.txt.j2", "{{ body }}\n")
    copy.add("symback/emission/indexed/listing.py", INDEXED)
    copy.add("templates/emit/indexed/listing.txt.j2", "{{ body }}\n")


def test_a_target_is_a_module_a_template_and_a_line(files: Copy) -> None:
    assert "| a target of emitted code | one module in `emission/targets/`" in TABLE
    done = files.run("emit", "--layers", "2,2,2", "--activations", "tanh,identity", "--loss",
                     "half-squared-error", "--target", "listing")  # fmt: skip
    assert "delta1 = (delta2 @ W2.T) * (1 - h1**2)" in done.stdout, done.stderr


def test_a_target_of_models_is_a_module_a_template_and_a_line(files: Copy) -> None:
    assert "one module in `emission/indexed/`, one template in `templates/emit/indexed/`" in TABLE
    done = files.run("emit", "--model", "rnn", "--target", "listing")
    assert "for t in range(T):" in done.stdout, done.stderr
    assert "h[0][k] = 0.0" in done.stdout
