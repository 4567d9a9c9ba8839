"""``symback check`` and ``symback answer``: what they read, write, exit with, and refuse."""

from __future__ import annotations

import builtins
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import Done, Symback

from symback.cli.files import MAX_BYTES
from symback.model.network import Network
from symback.notation import FOUNDING
from symback.reading.statements.verdicts import DocumentReport, Judgement, Status

from .samples import MISSING_PRIME, NOTES, judged, refuted, sample, verdict


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the notes in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text(NOTES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A judge that refutes line 11 until it is repaired; what it was asked for."""
    asked: list[dict[str, object]] = []

    def check(text: str, **about: object) -> DocumentReport:
        asked.append(about)
        path = str(about["path"])
        wrong = {} if "g'(y_1') w_{11}^{(2)}$$\n\nsince" in text else {11: refuted(MISSING_PRIME)}
        return judged(text, path, by_line=wrong)

    monkeypatch.setattr("symback.reading.check", check)
    return asked


@pytest.fixture
def only_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge to whom every claim is right."""
    monkeypatch.setattr(
        "symback.reading.check", lambda text, **about: judged(text, str(about["path"]))
    )


def test_a_slip_is_exit_code_1(symback_command: Symback, judge) -> None:
    done = symback_command("check", "notes.md")
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines()[-1] == "proved 1 of 5, refuted 2, unread 2"


def test_what_is_stated_reaches_the_judge(symback_command: Symback, judge, here: Path) -> None:
    (here / "n.toml").write_text('loss = "E"\nsame = ["w = W"]\nsizes = { n = 3 }\n')
    symback_command("check", "notes.md")
    symback_command("check", "notes.md", "--spec", "n.toml")
    symback_command("check", "notes.md", "--spec", "n.toml", "--layers", "2,3")
    symback_command("check", "notes.md", "--notation", "founding")
    values = {"loss": "E", "same": ["w = W"], "sizes": {"n": 3}}
    assert [(ask["spec"], ask["notation"]) for ask in judge] == [
        (None, None),
        (values, None),
        (values | {"layers": (2, 3)}, None),
        (None, FOUNDING),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$$a = f(x)$$\n\n$$a = f(x)$$\n", 0),
        ("$$a = f(x)$$\n\n$$a = f(\\bogus)$$\n", 1),
        ("$$a = f(x)\n", 1),
        ("no mathematics\n", 1),
        ("", 1),
    ],
)
def test_strict(symback_command: Symback, only_right, here: Path, text: str, code: int) -> None:
    (here / "a.md").write_text(text)
    assert symback_command("check", "a.md").code == (6 if text.count("$") == 2 else 0)
    assert symback_command("check", "a.md", "--strict").code == code


def test_undecided_counts_for_strict(symback_command: Symback, monkeypatch) -> None:
    undecided = {9: verdict(Status.UNDECIDED, reason="vacuous")}
    monkeypatch.setattr(
        "symback.reading.check",
        lambda text, **_: judged("$$a = f(x)$$\n", by_line={1: undecided[9]}),
    )
    assert symback_command("check", "notes.md").code == 0
    assert symback_command("check", "notes.md", "--strict").code == 1


def test_fix_prints_a_diff_and_changes_nothing(symback_command: Symback, judge) -> None:
    done = symback_command("check", "notes.md", "--fix")
    assert done.code == 1
    assert "-$$= g'(y_1) w_{11}^{(2)}$$\n+$$= g'(y_1') w_{11}^{(2)}$$\n" in done.out
    assert done.out.startswith("--- notes.md\n+++ notes.md\n@@ ")
    assert done.err == "proved 1 of 5, refuted 2, unread 2\n"
    assert Path("notes.md").read_text("utf-8") == NOTES


def test_fix_of_utf_16_is_refused(symback_command: Symback, judge) -> None:
    Path("notes.md").write_text(NOTES, encoding="utf-16")
    done = symback_command("check", "notes.md", "--fix")
    assert (done.code, done.out) == (1, "")
    assert "notes.md: no diff is made of a file that is not UTF-8" in done.err


def test_a_report_goes_to_a_file_by_its_suffix(symback_command: Symback, judge) -> None:
    for suffix, start in ((".html", "<!doctype html>"), (".md", "# "), (".json", "{")):
        assert symback_command("check", "notes.md", "-o", f"r{suffix}") == (1, "", "")
        assert Path(f"r{suffix}").read_text("utf-8").startswith(start)


def test_standard_input(symback_command: Symback, judge, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NOTES.encode())))
    done = symback_command("check", "-", "--format", "json")
    assert json.loads(done.out)["documents"][0]["path"] == "-"


def test_several_documents_are_one_report(symback_command: Symback, judge) -> None:
    Path("b.md").write_text("nothing\n")
    done = symback_command("check", "notes.md", "b.md", "--format", "json")
    assert [document["path"] for document in json.loads(done.out)["documents"]] == [
        "notes.md",
        "b.md",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        ((), 2, "FILE: there is no document; name one, or say files or books in symback.toml"),
        (("absent.md",), 2, "absent.md: cannot be read: no such file or directory"),
        (("notes.md", "absent.md"), 2, "absent.md: cannot be read: no such file or directory"),
        (("folder",), 2, "folder: has no document in it"),
        (("binary.md",), 2, "binary.md: binary data (a zero byte at 1)"),
        (("latin.md",), 2, "latin.md: not UTF-8 text (byte 1); save the file as UTF-8"),
        (("-", "-"), 2, "standard input: it can be read only once"),
        (("-", "--spec", "-"), 2, "--spec -: it is a document already"),
        (("huge.md",), 3, "huge.md: larger than the limit of 8 MB; split the document"),
        (("broken.ipynb",), 2, "broken.ipynb: not a Jupyter notebook: no list of cells was found"),
        (("notes.md", "--fix", "--format", "json"), 2, None),
        (("notes.md", "-o", "r.tex"), 2, None),
        (("notes.md", "--notation", "foundling"), 2, None),
        (("notes.md", "--layers", "2,,2"), 2, "--layers: entry 2 of '2,,2' is empty"),
        (("notes.md", "-o", "notes.md"), 2, "--output: notes.md is read here"),
    ],
)
def test_bad_input_is_one_line(
    symback_command: Symback, here: Path, arguments: tuple[str, ...], code: int, line: str | None
) -> None:
    (here / "folder").mkdir()
    (here / "binary.md").write_bytes(b"a\0b")
    (here / "latin.md").write_bytes(b"a\xe9b")
    (here / "broken.ipynb").write_text("{}")
    with (here / "huge.md").open("wb") as huge:
        huge.truncate(MAX_BYTES + 1)
    done = symback_command("check", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("symback: ")
    assert done.err.count("\n") == 1
    if line:
        assert done.err.startswith(f"symback: {line.removesuffix('--force …')}")


def test_a_document_opens_no_other_file(
    symback_command: Symback, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    formulas = (r"a = \input{/etc/passwd}", r"\include{/etc/passwd} = b", "__class__ = 1")
    (here / "a.md").write_text("\n\n".join(f"$${formula}$$" for formula in formulas))
    (here / "a.tex").write_text("\\input{/etc/passwd}\n$$a = b$$\n")
    opened: list[str] = []
    real = builtins.open

    def watched(file, *arguments, **options):
        opened.append(os.fspath(file) if not isinstance(file, int) else "")
        return real(file, *arguments, **options)

    monkeypatch.setattr("builtins.open", watched)
    done = symback_command("check", "a.md", "a.tex", "--format", "json")
    assert done.code == 6
    assert not [name for name in opened if "passwd" in str(name)]
    statements = json.loads(done.out)["documents"][0]["statements"]
    assert [entry["verdict"] for entry in statements] == ["UNREAD"] * 3


# One formula --------------------------------------------------------------------------------------


def answered(monkeypatch: pytest.MonkeyPatch, judgement: Judgement) -> list[tuple[object, ...]]:
    asked: list[tuple[object, ...]] = []

    def answer(*about: object) -> Judgement:
        asked.append(about)
        return judgement

    monkeypatch.setattr("symback.reading.answer", answer)
    return asked


@pytest.mark.parametrize(("number", "code"), [(2, 0), (3, 1), (4, 2), (0, 2)])
def test_an_answer_is_right_wrong_or_not_understood(
    symback_command: Symback, monkeypatch, number: int, code: int
) -> None:
    judgement = sample().judgements[number]
    asked = answered(monkeypatch, judgement)
    done = symback_command("answer", "--layers", "2,2", " $$ a = b $$ ")
    assert done.code == code
    assert done.out.startswith(judgement.status.value)
    assert asked == [("a = b", Network((2, 2)), None)]


def test_a_formula_from_standard_input(symback_command: Symback, monkeypatch) -> None:
    asked = answered(monkeypatch, sample().judgements[2])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a\n= b\n")))
    done = symback_command("answer", "--layers", "2,2", "-", "--format", "json")
    assert json.loads(done.out)["verdict"] == "PROVED"
    assert asked[0][0] == "a\n= b"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("a = b",), "the widths of the layers are missing; say --layers 2,2,2, or --spec with …"),
        (("--layers", "2,2", " "), "FORMULA: there is no formula"),
        (("--layers", "2,2", "$$"), "FORMULA: "),
        (("--layers", "2,2", "a = b$$ and $$c = d"), "FORMULA: more than one formula; leave …"),
        (("--layers", "2,2"), "missing argument 'FORMULA'"),
        (("-", "--spec", "-"), "--spec -: it is the formula already"),
    ],
)
def test_what_is_no_formula(
    symback_command: Symback, arguments: tuple[str, ...], line: str
) -> None:
    done = symback_command("answer", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"symback: {line.removesuffix('…')}")
    assert done.err.count("\n") == 1


LIGHT = """
import sys
from symback.cli.app import run
for arguments in (["check", "--help"], ["answer", "--help"], ["check", "absent.md"],
                  ["answer", "a = b"], ["schema", "check"]):
    run(arguments)
sys.exit(f"{set(sys.modules) & {'sympy', 'jinja2'}}" if "sympy" in sys.modules else 0)
"""


def test_a_slip_never_pays_for_the_judge() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_hook_is_a_command(symback_command: Symback, only_right) -> None:
    root = Path(__file__).resolve().parents[2]
    hook = (root / ".pre-commit-hooks.yaml").read_text("utf-8")
    (entry,) = [line.split(":", 1)[1].strip() for line in hook.splitlines() if "entry:" in line]
    assert entry == "symback check"
    done: Done = symback_command(*entry.split()[1:], "notes.md")
    assert done.code == 0


def test_what_a_project_will_not_leave_open_fails(symback_command: Symback, here: Path) -> None:
    (here / "open.md").write_text("$$y = w x$$ $$\\frac{dL}{dw} = x$$\n")
    done = symback_command("check", "open.md", "--format", "github")
    assert done.code == 6
    code = re.search(r"SB\d{3}", done.out)
    assert code is not None
    (here / "symback.toml").write_text(f'fail-on = ["{code[0]}"]\n')
    assert symback_command("check", "open.md").code == 1
    (here / "symback.toml").write_text('fail-on = ["SB011"]\n')
    assert symback_command("check", "open.md").code == 6
    (here / "symback.toml").write_text('fail-on = ["SB999"]\n')
    assert symback_command("check", "open.md").err == (
        'symback: symback.toml, line 1: fail-on must be a list of codes, such as ["SB102"]\n'
    )


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.md", "# Notes\n\nWe have $z = w x\n\nand so on.\n", "3:9: $ opens"),
        ("a.tex", "\\begin{equation}\nz = w x\n\\end{document}\n", "1:1: equation opens"),
        ("a.tex", "We set $z = w x$.\n\n\\[ \\frac{dz}{dw} = x\n", "3:1: \\[ opens"),
    ],
)
def test_mathematics_that_is_never_closed_is_no_success(
    symback_command: Symback, here: Path, name: str, text: str, place: str
) -> None:
    (here / name).write_text(text)
    done = symback_command("check", name)
    assert done.code == 6
    assert done.err == (
        f"{name}:{place} mathematics that is never closed, so that nothing could be decided\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "We have $z = w x$\n\nand so on.\n",
        "It costs $5 only.\n",
        "$$z = w x$$ $$\\frac{dz}{dw} = x$$\n\nand $y = 2\n",
        "# Nothing\n",
    ],
)
def test_what_is_closed_or_decided_is_one(symback_command: Symback, here: Path, text: str) -> None:
    (here / "a.md").write_text(text)
    done = symback_command("check", "a.md")
    assert (done.code, done.err) == (0, "")


def test_an_answer_says_when_the_loss_is_left_open(symback_command: Symback) -> None:
    line = "    The loss {} is left open: any function of the targets and the outputs.\n"
    formula = "dL/db2[k] = dL/dyhat[k] * g'(y'[k])"
    done = symback_command("answer", "--layers", "2,2,2", formula)
    assert line.format("L") in done.out
    done = symback_command("answer", "--layers", "2,2,2", "--loss", "J", formula + " * 2")
    assert line.format("J") in done.out
    done = symback_command("answer", "--layers", "2,2,2", "--loss", "squared-error", formula)
    assert "left open" not in done.out
