"""Books: files that belong together, read as one and reported file by file."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from running import Symback

MACROS = r"""\newcommand{\weight}[2]{W^{(#1)}_{#2}}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
"""
ROOT = r"""\documentclass{book}
\input{macros}
\begin{document}
\include{ch/one}
% \input{nothing/here}
\subfile{ch/two}
\input{ch/three.tex}
\end{document}
"""
ONE = r"""\chapter{The network}
A network with one hidden layer has
\begin{align}
z_j &= \sum_i \weight{1}{ij} x_i \\
a_j &= \sigma(z_j) \\
y_k &= \sum_j \weight{2}{jk} a_j \\
L &= \frac12 \sum_k (y_k - t_k)^2
\end{align}
"""
TWO = r"""\documentclass[../book]{subfiles}
\begin{document}
We find
\[ \pd{L}{\weight{2}{jk}} = (y_k - t_k) a_j \]
\end{document}
"""
THREE = r"""\chapter{The hidden layer}
\[ \pd{L}{\weight{1}{ij}} = \sum_k (y_k - t_k) \weight{2}{jk} \sigma'(z_i) x_i \]
"""
SLIP, RIGHT = r"\sigma'(z_i) x_i", r"\sigma'(z_j) x_i"

ONE_SLIP = r"""\[ h = f(u x) \]
\[ z = w h \]
\[ E = (z - t)^2 \]

\[ \frac{\partial E}{\partial w} = \frac{\partial E}{\partial z} h \]
\[ \frac{\partial E}{\partial z} = (z - t) \]
"""
ITS_HEIR = r"""Then
\[ \frac{\partial E}{\partial w} = (z - t) h \]
and \[ an end is missing
"""


@pytest.fixture(autouse=True)
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a book of three chapters, in the last of which an index is wrong."""
    (tmp_path / "ch").mkdir()
    files = {"macros": MACROS, "book": ROOT, "ch/one": ONE, "ch/two": TWO, "ch/three": THREE}
    for name, text in files.items():
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verdicts(report: str) -> dict[tuple[str, int], str]:
    """The verdict on each claim, by its file and line."""
    return {
        (document["path"], statement["line"]): statement["verdict"]
        for document in json.loads(report)["documents"]
        for statement in document["statements"]
        if statement["verdict"] != "DEFINITION"
    }


def test_a_book_is_judged_in_its_files(symback_command: Symback) -> None:
    done = symback_command("check", "book.tex", "--format", "json")
    assert (done.code, done.err) == (1, "")
    assert verdicts(done.out) == {("ch/two.tex", 4): "PROVED", ("ch/three.tex", 2): "REFUTED"}


def test_the_right_book_passes(symback_command: Symback, book: Path) -> None:
    (book / "ch/three.tex").write_text(THREE.replace(SLIP, RIGHT))
    done = symback_command("check", "book.tex", "--format", "json")
    assert done.code == 0
    assert set(verdicts(done.out).values()) == {"PROVED"}


def test_a_chapter_is_read_within_the_configured_book(symback_command: Symback, book: Path) -> None:
    alone = symback_command("check", "ch/three.tex")
    assert alone.code == 6  # its commands are defined elsewhere: nothing could be decided
    assert "ch/three.tex: none of the gradients that it claims could be decided" in alone.err
    (book / "symback.toml").write_text('books = ["book.tex"]\n')
    within = symback_command("check", "ch/three.tex", "--format", "json")
    assert (within.code, verdicts(within.out)) == (1, {("ch/three.tex", 2): "REFUTED"})
    assert symback_command("check", "ch/two.tex").code == 0


def test_repairs_are_written_into_the_chapter(symback_command: Symback, book: Path) -> None:
    shown = symback_command("check", "book.tex", "--fix")
    assert shown.out.startswith("--- ch/three.tex\n+++ ch/three.tex\n")
    assert (book / "ch/three.tex").read_text() == THREE
    done = symback_command("check", "book.tex", "--fix", "--write")
    assert (done.code, done.out) == (0, "")
    assert "ch/three.tex: mended" in done.err
    assert (book / "ch/three.tex").read_text() == THREE.replace(SLIP, RIGHT)
    assert symback_command("check", "book.tex").code == 0
    assert symback_command("check", "book.tex", "--write").code == 2


def test_a_slip_of_another_chapter_is_named_by_its_file(
    symback_command: Symback, book: Path
) -> None:
    (book / "symback.toml").write_text('books = ["main.tex"]\n')
    (book / "main.tex").write_text("\\input{a}\n\\input{b}\n")
    (book / "a.tex").write_text(ONE_SLIP)
    (book / "b.tex").write_text(ITS_HEIR)
    done = symback_command("check")
    assert done.code == 1
    told = done.out.partition("b.tex\n")[2]
    assert "It only inherits the slip of line a.tex:6" in told
    assert "3:5  UNCLOSED" in told
    (book / "a.tex").write_text(ONE_SLIP.replace("= (z - t)", "= 2 (z - t)"))
    assert "inherits" not in symback_command("check").out


def test_annotations_point_into_the_files(symback_command: Symback) -> None:
    done = symback_command("check", "book.tex", "--format", "github")
    assert "file=ch/three.tex,line=2,col=73" in done.out
    done = symback_command("check", "book.tex", "--format", "sarif")
    (run,) = json.loads(done.out)["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "ch/three.tex"
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (2, 73)
    (change,) = result["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"] == {"text": "j"}
    region = replacement["deletedRegion"]
    line = THREE.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "i"


def test_a_chapter_that_is_not_there_is_no_success(symback_command: Symback, book: Path) -> None:
    (book / "whole.tex").write_text("$$z = w x$$\n$$\\frac{\\partial z}{\\partial w} = x$$\n")
    assert symback_command("check", "whole.tex").code == 0
    (book / "whole.tex").write_text((book / "whole.tex").read_text() + "\\include{absent}\n")
    done = symback_command("check", "whole.tex")
    assert done.code == 6
    assert "absent.tex is not there" in done.err


def test_what_is_outside_the_folder_is_not_read(symback_command: Symback, book: Path) -> None:
    (book.parent / "outside.tex").write_text(MACROS)
    (book / "book.tex").write_text(ROOT.replace("{macros}", "{../outside}"))
    done = symback_command("check", "book.tex")
    assert done.code == 6
    assert "book.tex:2: ../outside.tex is not there, or not inside this folder" in done.err
    (book / "link.tex").symlink_to(book.parent / "outside.tex")
    (book / "book.tex").write_text(ROOT.replace("{macros}", "{link}"))
    assert (
        "link.tex is not there, or not inside this folder"
        in symback_command("check", "book.tex").err
    )
    # The author may say so.
    done = symback_command("check", "book.tex", "--macros", "../outside.tex", "--format", "json")
    assert verdicts(done.out)["ch/three.tex", 2] == "REFUTED"


def test_files_that_include_each_other_end(symback_command: Symback, book: Path) -> None:
    (book / "ch/two.tex").write_text(TWO + "\n\\input{ch/three}\n\\input{ch/two}\n\\input{book}\n")
    assert symback_command("check", "book.tex").code == 1


def test_a_folder_is_searched_as_git_sees_it(symback_command: Symback, book: Path) -> None:
    (book / ".gitignore").write_text("drafts/\n*.bak.tex\n")
    (book / "drafts").mkdir()
    for name in ("drafts/a.tex", "b.bak.tex", ".hidden.tex"):
        (book / name).write_text("$$a = $")
    (book / ".hidden.tex").unlink()
    done = symback_command("check", ".", "--format", "json")
    paths = {document["path"] for document in json.loads(done.out)["documents"]}
    assert paths == {"ch/one.tex", "ch/two.tex", "ch/three.tex"}
    assert symback_command("check", "*.nothing").err == "symback: *.nothing: fits no file\n"


CHAPTERS = {
    "_quarto.yml": "book:\n  chapters:\n    - one.md\n    - part: Back\n      chapters: [two.md]\n",
    "_toc.yml": "format: jb-book\nroot: one\nchapters:\n  - file: two\n    title: two.md\n",
    "SUMMARY.md": "# Summary\n\n- [One](one.md)\n  - [Two](./two.md#start)\n",
    "mkdocs.yml": "docs_dir: .\nnav:\n  - One: one.md\n  - Back: !!python/name:os.system x\n"
    "  - Two: two.md\n",
}


@pytest.mark.parametrize("contents", CHAPTERS)
def test_chapters_of_other_kinds_of_book(
    symback_command: Symback, book: Path, contents: str
) -> None:
    shutil.rmtree(book / "ch")
    (book / "book.tex").unlink()
    (book / "one.md").write_text(f"$${MACROS}$$\n\n# One\n\n{ONE.partition('has')[2]}")
    (book / "two.md").write_text(f"# Back\n\n$${THREE.splitlines()[1][2:-2]}$$\n")
    (book / contents).write_text(CHAPTERS[contents])
    done = symback_command("check", contents, "--format", "json")
    assert verdicts(done.out) == {("two.md", 3): "REFUTED"}, done


def test_a_baseline_holds_what_is_known(symback_command: Symback, book: Path) -> None:
    (book / "symback.toml").write_text('files = ["book.tex"]\nbaseline = "known.json"\n')
    assert symback_command("check", "--update-baseline").code == 0
    done = symback_command("check")
    assert done.code == 0
    assert done.out.splitlines()[-1].endswith(", known 1")
    assert [line.split()[1] for line in done.out.splitlines() if line.endswith("(known)")] == [
        "REFUTED"
    ]
    (book / "symback.toml").write_text('books = ["book.tex"]\nbaseline = "known.json"\n')
    assert symback_command("check").out == done.out  # books are read where no files are named
    # Text around a finding may change, the finding may not.
    (book / "ch/three.tex").write_text("A line more.\n" + THREE)
    assert symback_command("check").code == 0
    (book / "ch/three.tex").write_text(THREE + THREE)
    assert symback_command("check").code == 1
    (book / "known.json").write_text("[]")
    assert symback_command("check").err == (
        "symback: known.json: is no baseline; --update-baseline writes one\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("files = 1\n", 'symback.toml, line 1: files must be a list of files, folders or patterns, '
         'such as ["chapters/*.md"]'),
        ("strict = true\nnotatoin = 'bishop'\n",
         "symback.toml, line 2: unknown key 'notatoin'; did you mean notation?"),
    ],
)  # fmt: skip
def test_settings_that_are_not_right(
    symback_command: Symback, book: Path, text: str, line: str
) -> None:
    (book / "symback.toml").write_text(text)
    done = symback_command("check", "book.tex")
    assert (done.code, done.err) == (2, f"symback: {line}\n")


def test_a_baseline_that_is_not_there_yet_says_how_it_comes_to_be(
    symback_command: Symback, book: Path
) -> None:
    (book / "symback.toml").write_text('books = ["book.tex"]\nbaseline = "known.json"\n')
    assert symback_command("check").err == (
        "symback: known.json: cannot be read: no such file or directory; "
        "symback check --update-baseline writes it\n"
    )
    assert symback_command("check", "--update-baseline").code == 0
    assert symback_command("check").code == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mkdocs.yml", "- one.md\n"),
        ("mkdocs.yml", "docs_dir: [1]\nnav: [one.md]\n"),
        ("mkdocs.yml", ""),
        ("_quarto.yml", "book: 1\n"),
        ("_quarto.yml", "[book]\n"),
        ("_toc.yml", "1\n"),
        ("SUMMARY.md", "no links\n"),
    ],
)
def test_contents_that_are_no_contents_are_said_in_a_line(
    symback_command: Symback, book: Path, name: str, text: str
) -> None:
    (book / name).write_text(text)
    done = symback_command("check", name)
    assert (done.code, done.err) == (2, f"symback: {name}: names no chapter that is there\n")


def test_settings_in_a_project_file(symback_command: Symback, book: Path) -> None:
    (book / "pyproject.toml").write_text('[tool.symback]\nfiles = ["book.tex"]\n')
    assert symback_command("check").code == 1
    (book / "pyproject.toml").write_text("[tool.other]\nsymback = 1\n")
    assert symback_command("check").code == 2


def test_the_kind_of_standard_input(
    symback_command: Symback, monkeypatch: pytest.MonkeyPatch, book: Path
) -> None:
    text = r"\newcommand{\g}{\nabla}" + "\n" + ONE + THREE
    for kind in ("latex", "markdown"):
        typed = io.TextIOWrapper(io.BytesIO((MACROS + text).encode()))
        monkeypatch.setattr("sys.stdin", typed)
        done = symback_command("check", "-", "--from", kind, "--format", "json")
        assert done.err == ""
        assert list(verdicts(done.out).values()) == ["REFUTED"], kind


def test_a_file_that_puts_itself_in_is_told(symback_command: Symback, book: Path) -> None:
    (book / "book.tex").write_text(ROOT + "\n\\input{book}\n")
    (book / "ch/two.tex").write_text(TWO.replace("We find", "We find\n\\input{book}\n"))
    done = symback_command("check", "book.tex", "--format", "json")
    assert done.err.count("book.tex is put into itself; it is read once") == 2
    assert list(verdicts(done.out).values()) == ["PROVED", "REFUTED"]


def test_a_file_alone_that_puts_itself_in_is_told(symback_command: Symback, book: Path) -> None:
    (book / "alone.tex").write_text("$$a = b$$\n\\input{alone}\n")
    assert "alone.tex:2: alone.tex is put into itself" in symback_command("check", "alone.tex").err
