"""A sheet as a course wants it: its own settings, notation and title, and short on paper."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from sampling import FULL, sample

from symback.errors import MissingToolError
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.teaching.write import Look, write_page, write_pages
from symback.teaching.blocks import Answer
from symback.teaching.exercises import Sheet, make_sheet
from tests.running import Symback

BOXES = """
#show rect: it => { [#metadata(none) <box>]; it }
#show heading: it => { [#metadata(none) <heading>]; it }
"""
PLACES = """
(
  boxes: query(<box>).map(it => (it.location().page(), it.location().position().x.pt(),
    it.location().position().y.pt())),
  pages: counter(page).final().first(),
)
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _placed(sheet: Sheet) -> tuple[list[tuple[int, float, float]], int]:
    """Where the boxes stand, their pages counted from the first with any, and how many pages."""
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    source, _ = write_page(sheet.page(), "typst", model=sheet.model)
    source = BOXES.encode() + source + f"\n#context [#metadata({PLACES}) <places>]".encode()
    found = json.loads(typst.query(source, "<places>", field="value", one=True))
    first = found["boxes"][0][0]
    boxes = [(page - first, round(x, 3), round(y, 3)) for page, x, y in found["boxes"]]
    return boxes, found["pages"]


@pytest.mark.parametrize("layers", sample([(2, 3, 1), (2, 2, 2)], 1), ids=str)
def test_boxes_stand_in_the_same_place_and_paper_is_short(layers: tuple[int, ...]) -> None:
    first, *others = (make_sheet(layers, seed, 12) for seed in ((1, 7, 8) if FULL else (1, 7)))
    copies = [_placed(sheet) for sheet in (first, *others)]
    places = [boxes for boxes, _ in copies]
    count = sum(
        len(block.labels) or 1 for block in first.page().blocks if isinstance(block, Answer)
    )
    assert all(place == places[0] for place in places)
    assert len(set(places[0])) == len(places[0]) == count
    assert max(pages for _, pages in copies) <= 6
    # The known-bad twin: with one exercise more they do not stand where they stood.
    other, _ = _placed(make_sheet(layers, 1, 13))
    assert other != places[0]


def test_pages_written_together_are_those_written_alone() -> None:
    pytest.importorskip("typst", reason="the typst package is not installed")
    sheet = make_sheet((2, 2, 2), 1, 1)
    page, key = sheet.page(), sheet.key()
    together = [(page, "text", Look(ascii=True, width=60)), (page, "pdf", Look()),
                (key, "pdf", Look())]  # fmt: skip
    (text, _), first, second = write_pages(together, model=sheet.model)
    assert text == write_page(page, "text", model=sheet.model, ascii=True, width=60)[0]
    assert text.isascii()
    assert first == write_page(page, "pdf", model=sheet.model)
    assert second[0].startswith(b"%PDF")
    # The known-bad twin: another page is another document.
    assert second != first
    assert text != write_page(page, "text", model=sheet.model, width=60)[0]


def test_a_notebook_has_a_cell_for_each_heading() -> None:
    nbformat = pytest.importorskip("nbformat", reason="the nbformat package is not installed")
    sheet = make_sheet((2, 2, 2), 1, 2)
    text, _ = write_page(sheet.page(), "notebook", model=sheet.model)
    book = nbformat.reads(text.decode(), as_version=4)
    nbformat.validate(book)
    cells = [cell.source for cell in book.cells]
    assert len(cells) > 2
    assert all(cell.startswith("#") for cell in cells)
    page = write_page(sheet.page(), "markdown", model=sheet.model)[0].decode()

    def lines(text: str) -> list[str]:
        plain = text.replace("$`", "$").replace("`$", "$")  # as GitHub has it, and notebooks do not
        return [line.strip() for line in plain.splitlines() if line]

    assert lines("\n".join(cells)) == lines(page)
    assert lines("\n".join(cells[:-1])) != lines(page)  # the known-bad twin


def test_without_nbformat_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = make_sheet((2, 2, 2), 1, 1)
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(MissingToolError, match="needs nbformat") as refusal:
        write_page(sheet.page(), "notebook", model=sheet.model)
    assert "notebook" in str(refusal.value.hint)


def test_the_project_states_network_and_notation(symback_command: Symback, here: Path) -> None:
    (here / "symback.toml").write_text(
        'layers = [2, 3, 1]\nactivations = ["tanh", "sigmoid"]\nnotation = "nielsen"\n', "utf-8"
    )
    code, out, err = symback_command("exercises", "--count", "2", "--format", "text")
    assert (code, err) == (0, "")
    assert "A 2-3-1 network; functions, layer by layer: tanh, sigmoid; loss: half the sum" in out
    assert "z²₁ goes into the function" in out
    assert "h₁′" not in out
    # What is said on the command line goes before the project.
    said = symback_command(
        "exercises", "--layers", "2,2,2", "--notation", "bishop", "--count", "1", "--format", "text"
    )
    assert "A 2-2-2 network; functions, layer by layer: ReLU" in said.out
    assert "a₁⁽¹⁾" in said.out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('model = "rn"\n', "did you mean rnn"),
        ('layers = [2, 2]\nactivations = ["g"]\n', "a generic function has no numbers"),
        ('layers = [2, 2]\nnotation = "nilsen"\n', "did you mean nielsen?"),
        ("layers = [9, 9]\n", "a network of this size is not worked by hand"),
    ],
)
def test_what_a_project_states_is_held_to_the_same(
    symback_command: Symback, here: Path, settings: str, said: str
) -> None:
    (here / "symback.toml").write_text(settings, "utf-8")
    code, out, err = symback_command("exercises", "--count", "1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_project_states_a_model_too(symback_command: Symback, here: Path) -> None:
    (here / "symback.toml").write_text('model = "rnn"\n', "utf-8")
    code, out, err = symback_command("exercises", "--count", "1", "--format", "text")
    assert (code, err) == (0, "")
    assert "Recurrent network (Elman)" in out


def test_a_title_stands_in_place_of_the_own_one(symback_command: Symback, here: Path) -> None:
    title = "Week 5 <b>#_{$"
    for name in ("s.html", "s.tex", "s.txt", "s.md", "s.typ", "q.xml", "q.t2q", "q.gift", "q.exam"):
        done = symback_command(
            "exercises", "--layers", "2,2,2", "--title", title, "--count", "1", "-o", name,
            "--key", "k.html", "--force",
        )  # fmt: skip
        assert (done.code, done.err) == (0, ""), name
    assert (here / "s.txt").read_text("utf-8").startswith(title)
    page = (here / "s.html").read_text("utf-8")
    assert "Week 5 &lt;b&gt;" in page
    assert "<b>#" not in page
    assert "Key: Week 5" in (here / "k.html").read_text("utf-8")


def _spelled_answers(sheet: Sheet) -> dict[str, str]:
    return {
        f"{number}.{item.name}": str(item.value) if item.value is not None else item.answer
        for number, exercise in enumerate(sheet.exercises, start=1)
        for item in exercise.items
    }


@pytest.mark.parametrize("name", sample(sorted(NOTATIONS), 2))
def test_answers_are_named_and_marked_in_the_notation(
    symback_command: Symback, here: Path, name: str
) -> None:
    stated = ("exercises", "--layers", "2,2,2", "--seed", "3", "--notation", name)
    done = symback_command(*stated, "-o", "s.md", "--values-out", "p.toml")
    assert (done.code, done.err) == (0, "")
    notation = None if name == "founding" else NOTATIONS[name]
    sheet = make_sheet((2, 2, 2), 3, 12, notation=notation)
    answers = _spelled_answers(sheet)
    printed = (here / "s.md").read_text("utf-8")
    assert all(f"`{key.partition('.')[2]}`" in printed for key in answers)
    # A right sheet is right; the transposed gradient, the known-bad twin, is found.
    wrong = dict(answers)
    backward = next(e for e in sheet.exercises if e.kind == "backward")
    number = sheet.exercises.index(backward) + 1
    item = next(item for item in backward.items if item.key.startswith("dL/dW1"))
    wrong[f"{number}.{item.name}"] = str(-item.value)
    rows = [",".join(["student", *answers])]
    rows += [",".join([who, *given.values()]) for who, given in (("Ann", answers), ("Bo", wrong))]
    (here / "a.csv").write_text("\n".join(rows), "utf-8")
    done = symback_command("mark", "a.csv", "--values", "p.toml", "--format", "json")
    assert (done.code, done.err) == (0, "")
    ann, bo = json.loads(done.out)["sheets"]
    formulas = sum(exercise.result is not None for exercise in sheet.exercises)
    assert ann["marks"] == len(answers)
    assert ann["of"] == len(answers) + formulas
    assert bo["first_wrong"] == f"{number}.{item.key}"


def test_a_notation_of_the_users_own_is_found_again(symback_command: Symback, here: Path) -> None:
    (here / "mine.toml").write_text('based_on = "nielsen"\nloss.letter = "J"\n', "utf-8")
    stated = ("exercises", "--layers", "2,2,2", "--kind", "derive", "--count", "1")
    done = symback_command(
        *stated, "--notation", "mine.toml", "--values-out", "p.toml", "-o", "s.txt"
    )
    assert (done.code, done.err) == (0, "")
    text = (here / "p.toml").read_text("utf-8")
    assert 'notation = "mine.toml"' in text
    assert "dJ/dw" in text
    (here / "a.csv").write_text('student,1.gradient\nAnn,"0"\n', "utf-8")
    done = symback_command("mark", "a.csv", "--values", "p.toml")
    assert (done.code, done.err) == (0, "")
    (here / "mine.toml").unlink()
    code, _, err = symback_command("mark", "a.csv", "--values", "p.toml")
    assert (code, err.count("\n")) == (2, 1)


def test_the_letters_of_a_notation_are_explained() -> None:
    nielsen = NOTATIONS["nielsen"]
    for network in (Network((2, 3, 1)), Network((2, 2)), Network((1, 1, 1))):
        sheet = make_sheet(network.layers, 1, 1, notation=nielsen, kinds=("forward",))
        text, _ = write_page(sheet.page(), "text", model=sheet.model, notation=nielsen)
        assert "A prime marks the sum" not in text.decode()
        assert "is the weight from input" in " ".join(text.decode().split())


SHEET = ("exercises", "--layers", "2,2,2", "--seed", "7", "--count", "3")


def _marks(symback_command: Symback, here: Path, text: str, *more: str) -> tuple[int, str, str]:
    symback_command(*SHEET, "-o", "s.txt", "--values-out", "p.toml", "--force")
    (here / "a.csv").write_text(text, "utf-8")
    done = symback_command("mark", "a.csv", "--values", "p.toml", "--format", "csv", *more)
    return done.code, done.out, done.err


def test_one_exercise_of_a_whole_sheet_is_marked(symback_command: Symback, here: Path) -> None:
    text = "student,1.h1_pre_1,1.h1_pre_2,2.dW1_11\nAnn,5,-6,77\n"
    whole = _marks(symback_command, here, text)
    assert whole[0] == 0
    code, out, err = _marks(symback_command, here, text, "--exercise", "1")
    assert (code, err) == (0, "")
    assert out.splitlines()[1] == "Ann,2,9,2,0,,,,0"
    long = "student,name,value\nAnn,1.h1_pre_1,5\nAnn,2.dW1_11,77\nAnn,h1_pre_2,-6\n"
    assert _marks(symback_command, here, long, "--exercise", "1") == (0, out, "")


@pytest.mark.parametrize(
    ("head", "number", "said"),
    [
        ("student,1.h1_prf_1", "1", "exercise 1 has no 'h1_prf_1'; did you mean h1_pre_1?"),
        ("student,2.dW1_11", "1", "line 1: has no column with values that are asked for"),
        ("student,9.dW1_11", "1", "exercise 1 has no '9.dW1_11'"),
        ("student,1.h1_pre_1", "9", "has no exercise 9, but 1, 2, 3"),
    ],
)
def test_what_is_not_of_the_exercise_is_said(
    symback_command: Symback, here: Path, head: str, number: str, said: str
) -> None:
    code, out, err = _marks(symback_command, here, f"{head}\nAnn,1\n", "--exercise", number)
    assert (code, out.count("\n") < 2, err.count("\n")) == (2, True, 1)
    assert said in err


def test_which_column_names_the_students_is_said(symback_command: Symback, here: Path) -> None:
    done = _marks(symback_command, here, "Vorname,1.h1_pre_1\nAnn,5\n")
    assert (done[0], done[2]) == (
        0, "symback: the first column, 'Vorname', is taken for the students' names\n"
    )  # fmt: skip
    assert "\nAnn,1," in done[1]
    # A column of answers is not taken for one of names, wherever it stands.
    for head in ("1.h1_pre_1,1.h1_pre_2", "1.h1_pre_1"):
        code, _, err = _marks(symback_command, here, f"{head}\n5,6\n")
        assert (code, err.count("\n")) == (2, 1)
        assert "has no column of students: the first, '1.h1_pre_1', is one of answers" in err
    assert _marks(symback_command, here, "1.h1_pre_1,Name\n5,Ann\n")[2] == ""


def test_the_head_of_a_table_is_described(symback_command: Symback) -> None:
    text = " ".join(symback_command("mark", "--help").out.split())
    assert "The first line of a CSV names its columns: one of students" in text
    assert "With student,name,value it has a row for each value" in text


def test_a_worked_example_refers_to_its_steps_alone(symback_command: Symback, here: Path) -> None:
    symback_command("exercises", "--layers", "2,2,2", "--kind", "blanks", "--count", "1", "-o",
                    "s.txt", "--key", "k.txt")  # fmt: skip
    for name in ("s.txt", "k.txt"):
        text = (here / name).read_text("utf-8")
        assert not [line for line in text.splitlines() if line.rstrip().endswith("(7)")]
    assert "Step 7." in (here / "s.txt").read_text("utf-8")


@pytest.mark.parametrize("key", ["marks", "shown", "asked"])
def test_a_name_that_nothing_has_is_cited_with_its_place(
    symback_command: Symback, here: Path, key: str
) -> None:
    wrong = "{ LL = 1 }" if key == "marks" else '["LL"]'
    (here / "p.toml").write_text(
        'layers = [1, 1]\nactivations = ["identity"]\nloss = "squared-error"\nx = [1]\ny = [1]\n'
        f"W1 = [[1]]\nb1 = 0\n{key} = {wrong}\n", "utf-8"
    )  # fmt: skip
    (here / "a.csv").write_text("student,L\nAnn,1\n", "utf-8")
    code, _, err = symback_command("mark", "a.csv", "--values", "p.toml")
    assert (code, err) == (2, f"symback: p.toml, {key}: no value is called 'LL'; did you mean L?\n")
