"""Where numbers do not meet every wish, or there are none: it is said which, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from sampling import FULL, covering, sample

from symback.errors import InputError
from symback.model.network import Network
from symback.teaching.blocks import Bullets, Paragraph, Say
from symback.teaching.drawing import Drawer
from symback.teaching.drawing.drawn import WISHES
from symback.teaching.exercises import make_sheet
from symback.teaching.exercises.problem import drawer_of
from symback.teaching.terms import FLOATS
from tests.running import Symback

LEAKY = Network((3, 3, 3), ("leaky-relu", "identity"), "half-squared-error")
RNN = 'model = "rnn"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _drawer(network: Network) -> Drawer:
    return drawer_of(network)[2]


SHEETS = [(3, 1, ["size", "grid", "policies"])]
SHEETS += [(1, 6, ["size", "grid", "policies", "dead"])] if FULL else []


@pytest.mark.parametrize(("seed", "count", "dropped"), SHEETS)
def test_the_key_says_which_wishes_were_given_up_and_promises_no_more(
    seed: int, count: int, dropped: list[str]
) -> None:
    sheet = make_sheet(
        (3, 3, 3), seed, count, kinds=() if count > 1 else ("forward",), network=LEAKY
    )
    assert list(sheet.dropped) == dropped
    first = sheet.key().blocks[0]
    assert isinstance(first, Paragraph)
    assert first == Paragraph((Say("key-intro-apart"),))  # not that rounding agrees in 3
    listed = sheet.key().blocks[1]
    assert isinstance(listed, Bullets)
    assert [say.args["wish"].code for say in listed.says] == [f"dropped-{w}" for w in sheet.dropped]
    # It is so: what is said to lack a wish fails its test, and has all that is not named.
    for number, exercise in enumerate(sheet.exercises, start=1):
        named = {wish for wish, numbers in sheet.dropped.items() if number in numbers}
        if not named:
            continue
        assert exercise.problem is not None
        tests = _drawer(LEAKY).tests
        given = dict(exercise.problem.given)
        assert tests.worked(dict(given), set(WISHES) - named, FLOATS) is not None
        assert tests.worked(dict(given), set(WISHES), FLOATS) is None


def test_a_key_whose_numbers_lack_nothing_says_nothing(symback_command: Symback) -> None:
    sheet = make_sheet((2, 2, 2), 3, 12)
    assert sheet.dropped == {}
    assert sheet.key().blocks[0] == Paragraph((Say("key-intro"),))
    assert not isinstance(sheet.key().blocks[1], Bullets)
    done = symback_command("exercises", "--layers", "2,2,2", "--seed", "3", "-o", "s.txt")
    assert (done.code, done.err) == (0, "")


def test_without_a_key_a_note_says_it(symback_command: Symback, here: Path) -> None:
    stated = ("exercises", "--layers", "3,3,3", "--activations", "leaky-relu,identity", "--seed",
              "3", "--count", "1", "--kind", "forward", "-o", "q.xml", "--force")  # fmt: skip
    done = symback_command(*stated)
    assert done.code == 0
    assert "note: Exercise 1: Some values are not quarters." in done.err
    assert done.err.count("\n") == 3
    assert symback_command(*stated, "--quiet").err == ""
    assert symback_command(*stated, "--key", "k.txt").err == ""
    assert "- Exercise 1: Some values are not quarters." in (here / "k.txt").read_text("utf-8")


def test_a_network_without_tidy_numbers_says_for_want_of_what(symback_command: Symback) -> None:
    wide = ("--layers", "5,5,5", "--activations", "relu,identity")
    for command, place in sample([("example", "--numbers"), ("exercises", "--layers")], 1, seed=5):
        code, out, err = symback_command(command, *wide)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"symback: {place}: no tidy numbers were found")
        assert f"without the wishes {', '.join(WISHES)}" in err
        assert "for want of sums that differ" in err
    assert "random" not in err  # which exercises do not have


@pytest.mark.spread
@pytest.mark.parametrize(
    "layers", [(5, 5, 5), (4, 2, 1), (4, 1), *([(5, 5, 5, 5)] if FULL else [])], ids=str
)
def test_wide_networks_have_sheets(layers: tuple[int, ...]) -> None:
    kinds = ("forward", "backward", "dead", "update")
    sheet = make_sheet(layers, 0, 4, kinds=kinds)
    assert sheet.proved
    assert [exercise.kind for exercise in sheet.exercises] == list(kinds)
    for exercise in sheet.exercises:
        assert exercise.problem is not None
        inputs = [abs(exercise.problem.given[k]) for k in exercise.problem.program.given["x"]]
        assert len(set(inputs)) == len(inputs)


@pytest.mark.parametrize("name", ["elu", "selu"])
def test_of_functions_that_bend_no_quarters_are_asked(name: str) -> None:
    for layers in ((2, 2, 2), (2, 3, 1)):
        drawer = _drawer(Network(layers, (name, "identity"), "half-squared-error"))
        assert not drawer.tests.piecewise
        assert [drawer.draw("tidy", seed).dropped for seed in range(3)] == [()] * 3
    assert _drawer(LEAKY).tests.piecewise


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (("--model", "max-pooling"), "an index that depends on values is not worked out"),
        (("--layers", "2,2", "--sizes", "T=2"), "--sizes: is about a model: say --model"),
        (("--model", "-"), "standard input is no file"),
    ],
)
def test_where_there_are_no_exercises_a_line_says_why(
    symback_command: Symback, stated: tuple[str, ...], said: str
) -> None:
    code, out, err = symback_command("exercises", *stated)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("T = 3\n", "v.toml: T is a size of the model; say --sizes T=3, or sizes = { T = 3 }"),
        ('sizes = "T=3"\n', "v.toml: sizes must be a table of whole numbers from 1"),
        ("sizes = { T = 0 }\n", "v.toml: sizes must be a table of whole numbers from 1"),
        ("Q = 3\n", "v.toml: there is no 'Q'; known are x, y, W, U, b, V, c, eta"),
        ("sizes = { T = 3 }\n", "v.toml: x has no value"),
    ],
)
def test_sizes_among_values(symback_command: Symback, here: Path, text: str, said: str) -> None:
    (here / "v.toml").write_text(RNN + text, "utf-8")
    code, out, err = symback_command("example", "--values", "v.toml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_sizes_in_a_table_count(symback_command: Symback, here: Path) -> None:
    numbers = "x = [[0.5]]\ny = [[1]]\nW = [[0.3]]\nU = [[0.2]]\nV = [[0.4]]\nb = [0.1]\nc = [0]\n"
    sizes = "sizes = { T = 1, J = 1, K = 1, O = 1 }\n"
    (here / "v.toml").write_text(RNN + sizes + numbers, "utf-8")
    done = symback_command("example", "--values", "v.toml")
    assert (done.code, done.err) == (0, "")
    assert "All 13 values" in done.out
    (here / "v.toml").write_text(RNN + sizes.replace("J = 1", "J = 2") + numbers, "utf-8")
    wrong = symback_command("example", "--values", "v.toml")
    assert wrong.code == 2
    assert "x" in wrong.err


def test_what_no_numbers_can_have_is_an_error_of_the_drawer() -> None:
    drawer = _drawer(Network((5, 5, 5), ("relu", "identity"), "half-squared-error"))
    with pytest.raises(InputError, match="mostly for want of"):
        drawer.draw("tidy", 1)


def test_the_foot_of_a_page_claims_no_test_that_was_given_up(
    symback_command: Symback, here: Path
) -> None:
    lacking = ("--layers", "3,3,3", "--activations", "leaky-relu,identity", "--seed", "1")
    plenty = ("--layers", "2,3,1", "--activations", "relu,identity", "--seed", "4")
    commands, networks = (("example", "e.txt"), ("page", "p.html")), (lacking, plenty)
    for (command, name), stated in covering(commands, networks):
        done = symback_command(command, *stated, "-o", name, "--force")
        assert done.code == 0
        text = " ".join((here / name).read_text("utf-8").split())
        lacks = stated is lacking
        assert ("They do not pass all that tidy numbers are to." in text) is lacks
        assert ("Some values are not quarters." in text) is lacks
        assert ("they are short" in text) is not lacks
