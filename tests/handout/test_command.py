"""``symback handout`` on the command line."""

import json
import re
import shlex

import pytest
from sampling import FULL, sample

from symback.cli.app import run
from symback.rendering.handout.fitting import page_count


def test_each_suffix_stands_for_its_format(tmp_path, capsys):
    for suffix, beginning in (
        ("tex", "{%"), ("md", "# "), ("html", "<!DOCTYPE html>"), ("ipynb", "{"), ("typ", "#set"),
    ):  # fmt: skip
        name = tmp_path / f"handout.{suffix}"
        assert run(["handout", "--layers", "2,2,2", "--detail", "brief", "-o", str(name)]) == 0
        written = name.read_text(encoding="utf-8").lstrip()
        assert suffix == "tex" or written.startswith(beginning)
    assert "<svg" in (tmp_path / "handout.svg").read_text(encoding="utf-8")
    assert "(<handout.svg>)" in (tmp_path / "handout.md").read_text(encoding="utf-8")
    assert capsys.readouterr() == ("", "")


def test_markdown_goes_to_standard_output(capsys):
    assert run(["handout", "--layers", "2,2,2", "--detail", "brief"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Backpropagation")
    assert ".svg" not in out


def test_pdf(tmp_path):
    pytest.importorskip("typst", reason="the typst package is not installed")
    name = tmp_path / "a.pdf"
    assert run(["handout", "--layers", "2,2,2", "--title", "Week 5", "-o", str(name)]) == 0
    assert name.read_bytes().startswith(b"%PDF")


def test_without_typst_its_source_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    name = tmp_path / "a.pdf"
    assert run(["handout", "--layers", "2,2,2", "--detail", "brief", "-o", str(name)]) == 4
    assert "a.typ is written" in capsys.readouterr().err
    assert not name.exists()
    assert (tmp_path / "a.typ").read_text(encoding="utf-8").startswith("#set document")


def test_a_source_that_exists_is_left_alone_and_the_hint_is_given(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    (tmp_path / "a.typ").write_text("mine")
    name = tmp_path / "a.pdf"
    assert run(["handout", "--layers", "2,2,2", "--detail", "brief", "-o", str(name)]) == 4
    error = capsys.readouterr().err
    assert "pip install 'symback[pdf]'" in error
    assert "exists already" in error
    assert (tmp_path / "a.typ").read_text() == "mine"


def test_nothing_is_put_beside_a_device(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    device = tmp_path / "null"
    device.symlink_to("/dev/null")
    for format, code in (("pdf", 4), ("markdown", 0)):
        arguments = ["--layers", "2,2", "--detail", "brief", "--format", format, "-o", str(device)]
        assert run(["handout", *arguments]) == code
    assert [p.name for p in tmp_path.iterdir()] == ["null"]


def test_without_latex_its_source_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("shutil.which", lambda _: None)
    name = tmp_path / "a.pdf"
    arguments = ["--layers", "2,2,2", "--detail", "brief", "--engine", "pdflatex", "-o", str(name)]
    assert run(["handout", *arguments]) == 4
    assert "a.tex is written" in capsys.readouterr().err
    assert (tmp_path / "a.tex").is_file()


def test_weights_that_are_asked_for(tmp_path):
    name = tmp_path / "page.ipynb"
    arguments = ["--weight", "W1[2,3]", "--weight", "b2[1]", "--detail", "full", "-o", str(name)]
    assert run(["handout", "--layers", "3,4,2", *arguments]) == 0
    cells = ["".join(c["source"]) for c in json.loads(name.read_text("utf-8"))["cells"]]
    examples = [c.splitlines()[0] for c in cells if c.startswith("### The derivative")]
    assert [e.split("$")[1] for e in examples] == ["W_{23}^{(1)}", "b_1^{(2)}"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--detail", "ful"], 2, "did you mean full"),
        (["--notation", "nielson"], 2, "did you mean nielsen"),
        (["--templates", "nowhere"], 2, "there is no folder nowhere"),
        (["--engine", "pdflatex", "-o", "a.md"], 2, "only a PDF is made by an engine"),
        (["-o", "a.docx"], 2, "stands for no format"),
        (["-o", "a.py"], 2, "stands for no format"),
        (["-o", "nowhere/a.pdf"], 5, "there is no folder nowhere"),
        (["--weight", "W9[1,1]"], 2, "W9"),
        (["--sections", "prof"], 2, "did you mean proof"),
        (["--pages", "0", "-o", "a.pdf"], 2, "--pages"),
        (["--pages", "2", "-o", "a.html"], 2, "only a PDF by Typst has pages"),
        (["--fragment", "-o", "a.html"], 2, "only LaTeX has fragments"),
    ],
)
def test_bad_input(arguments, code, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["handout", "--layers", "2,2,2", *arguments]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_parts_are_left_out_until_the_pages_are_enough(tmp_path, capsys):
    pytest.importorskip("typst", reason="the typst package is not installed")
    name = tmp_path / "a.pdf"
    for pages in (4, 2) if FULL else (2,):
        arguments = ["handout", "--layers", "2,2,2", "--pages", str(pages), "-o", str(name)]
        assert run([*arguments, "--force"]) == 0
        assert page_count(name.read_bytes()) in (pages - 1, pages)
    deep = ["handout", "--layers", "2,2,2,2,2,2,2", "--pages", "1", "-o", str(name), "--force"]
    assert run(deep) == 2
    assert "it does not fit on 1 pages" in capsys.readouterr().err


def test_a_fragment_has_no_preamble(tmp_path):
    name = tmp_path / "a.tex"
    assert run(["handout", "--layers", "2,2,2", "--fragment", "-o", str(name)]) == 0
    written = name.read_text(encoding="utf-8")
    assert "\\documentclass" not in written
    assert "\\begin{document}" not in written
    assert "\\section{In short}" in written


def test_the_drawing_is_not_written_over(tmp_path, capsys):
    (tmp_path / "a.svg").write_text("mine")
    assert run(["handout", "--layers", "2,2,2", "-o", str(tmp_path / "a.md")]) == 5
    assert "a.svg: exists already" in capsys.readouterr().err
    assert not (tmp_path / "a.md").exists()


def test_a_model_names_the_command_that_shows_its_claims(capsys):
    assert run(["handout", "--model", "batch-norm", "--gradients", "x"]) == 0
    assert "`symback verify --model batch-norm --gradients x` shows" in capsys.readouterr().out


def test_what_agrees_at_small_sizes_is_not_said_to_hold_for_all(capsys):
    assert run(["handout", "--model", "hmm", "--sections", "proof"]) == 0
    said = capsys.readouterr().out
    assert "33 of 38 claims hold by exact algebra; 4 links of the steps" in said
    assert "1 path to the loss were checked at small sizes, by numbers;" in said
    assert run(["handout", "--model", "rnn", "--sections", "proof"]) == 0
    assert "all 69 claims hold by exact algebra;" in capsys.readouterr().out


@pytest.mark.parametrize(
    "stated",
    [["--layers", "2,2,2"], ["--layers", "2,3", "--batch"], ["--model", "attention"],
     ["--model", "hmm"]],
)  # fmt: skip
def test_the_claims_that_are_counted_are_those_that_the_command_shows(stated, capsys):
    assert run(["handout", *stated, "--sections", "worked,proof", "--detail", "full"]) == 0
    (said,) = re.findall(r"^Every equation .*", capsys.readouterr().out, re.M)
    exact, count = re.findall(r"(\d+) of (\d+) claims", said)[0]
    (command,) = re.findall(r"`symback (verify [^`]*)`", said)
    assert run(shlex.split(command)) == 0
    shown = capsys.readouterr().out
    listed = shown.partition("The claims\n")[2].partition("The witnesses")[0]
    tallies = re.findall(r"^(\d+) ((?:.|\n)*?)[.:]", listed, re.M)
    further = ("differences of the loss", "stated with the model")
    counted = [int(n) for n, what in tallies if not " ".join(what.split()).endswith(further)]
    assert sum(counted) == int(count)
    (identity,) = re.findall(r"Exact identity: (\d+) of", shown)
    assert int(exact) <= int(count)
    if stated[0] == "--layers":
        assert identity == exact
        assert re.search(r"worked out step by step, all \d+ claims hold", said)


def test_what_holds_at_random_numbers_is_not_said_to_be_algebra(capsys):
    assert run(["handout", "--layers", "2,2,2", "--sections", "proof"]) == 0
    said = capsys.readouterr().out
    assert "76 of 84 claims hold by exact algebra; 4 gradients against the derivative" in said
    assert "at random numbers modulo primes, where an error is less likely than $`2^{-46}`$" in said
    assert "step by step" not in said


@pytest.mark.spread
@pytest.mark.parametrize(
    ("notation", "printed"),
    sample([("nielsen", "w_{21}^{2}"), ("bishop", "w_{21}^{(1)}"), ("mazur", "w_3"),
            ("ufldl", "W_{21}^{(1)}"), ("goodfellow", "W_{2,1}^{(1)}")], 3),
)  # fmt: skip
def test_a_weight_is_named_as_the_notation_prints_it(notation, printed, capsys):
    """Each is the weight from input 1 to hidden unit 2, which the code calls W1[1,2]."""
    said = ["handout", "--layers", "2,3,1", "--notation", notation, "--sections", "worked"]
    assert run([*said, "--weight", printed]) == 0
    by_print = capsys.readouterr().out
    assert f"### The derivative with respect to $`{printed}`$" in by_print
    assert run([*said, "--weight", "W1[1,2]"]) == 0
    assert capsys.readouterr().out == by_print
    assert run([*said, "--weight", "w_{99}^{9}"]) == 2
    assert "is not the name of a weight" in capsys.readouterr().err
