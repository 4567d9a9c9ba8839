"""Marking: real sheets, right values in any rounding, planted slips, hostile files."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path

import pytest
from running import Symback
from sampling import FULL
from teaching.lessons import derived, given, program

from symback import read_model
from symback.calculus import derive
from symback.errors import InputError
from symback.teaching.digits import read_number, round_to
from symback.teaching.drawing import Drawer
from symback.teaching.marking import Marker
from symback.teaching.names import Names
from symback.teaching.outcomes import Outcome
from symback.teaching.slips import variants
from symback.teaching.terms import FLOATS, evaluate
from symback.teaching.unrolling import unroll

DATA = Path(__file__).parent.parent / "data" / "teaching"
SHEETS = json.loads((DATA / "sheets.json").read_text("utf-8"))["sheets"]
INSPER = ((2, 2, 1), ("tanh", "tanh"), "squared-error")

OWN = {
    "z1": "h1_pre[1]", "z2": "h1_pre[2]", "h1": "h1[1]", "h2": "h1[2]", "u": "y_pre[1]",
    "yh": "yhat[1]", "L": "L", "g": "dL/dyhat[1]", "s2": "yhat_slope[1]", "d2": "dL/dy_pre[1]",
    "gW2_1": "dW2[1,1]", "gW2_2": "dW2[2,1]", "gh1": "dh1[1]", "gh2": "dh1[2]",
    "s1_1": "h1_slope[1]", "s1_2": "h1_slope[2]", "d1_1": "dh1_pre[1]", "d1_2": "dh1_pre[2]",
    "W2n1": "W2_new[1,1]", "W2n2": "W2_new[2,1]", "b2n": "b2_new[1]", "b1n1": "b1_new[1]",
    "b1n2": "b1_new[2]",
    **{f"gW1_{i}{j}": f"dW1[{j},{i}]" for i in (1, 2) for j in (1, 2)},
    **{f"W1n{i}{j}": f"W1_new[{j},{i}]" for i in (1, 2) for j in (1, 2)},
}  # fmt: skip


def insper(eta: str) -> Marker:
    derivation, unrolled = derived(*INSPER), program(*INSPER)
    numbers = given(
        derivation, unrolled, eta=Fraction(eta), x=["0.5", "-0.2"], y=1,
        W1=[["0.3", "0.2"], ["-0.1", "0.4"]], b1=["0.1", "-0.2"], W2=["0.5", "-0.3"], b2="0.2",
    )  # fmt: skip
    return Marker(unrolled, numbers)


SLIPS = {
    11: {"arithmetic"},
    12: {"half-in-loss", "gradient-transposed"},
    13: {"half-in-loss"},
    14: {"forward-transposed", "gradient-transposed"},
}
"""What the sheets of the cohort are known to have; the fifteenth has values of other numbers."""


@pytest.mark.parametrize("number", range(1, 15))
def test_real_sheets(number: int) -> None:
    sheet = SHEETS[number - 1]
    marker = insper(sheet["eta"])
    names = Names(marker.program, OWN)
    marked = marker.mark("s", {names.key(k): text for k, text in sheet["values"].items()})
    assert len(marked.judged) == len(sheet["values"])
    wrong = [value for value in marked.judged if value.outcome is Outcome.WRONG]
    assert {code for value in wrong for code in value.slips} == SLIPS.get(number, set())
    assert len(wrong) == len(SLIPS.get(number, ()))  # penalised once


def test_a_sheet_of_other_numbers_is_not_explained_away() -> None:
    marker = insper("0.3")
    names = Names(marker.program, OWN)
    values = {names.key(k): text for k, text in SHEETS[14]["values"].items()}
    marked = marker.mark("s", values)
    assert marked.first_wrong is not None
    assert marked.first_wrong.key == "h1_pre[1]"
    assert sum(value.outcome is Outcome.WRONG for value in marked.judged) >= 5


def test_whole_numbers_on_a_sheet_do_not_make_others_loose() -> None:
    derivation = derive(read_model("param x\nz = 3 x + 2\nq = relu(z) + z x\nL = q x + q + z^2\n"))
    marker = Marker(unroll(derivation), {"x": Fraction(-4)})
    outcomes = {
        text: [value.outcome for value in marker.mark("", {"L": "-20", "dL/dx": text}).judged]
        for text in ("46", "46.3", "47")
    }
    assert outcomes == {
        "46": [Outcome.RIGHT, Outcome.RIGHT],
        "46.3": [Outcome.RIGHT, Outcome.WRONG],
        "47": [Outcome.RIGHT, Outcome.WRONG],
    }


CASES = [
    ((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"),
    ((2, 3, 1), ("relu", "identity"), "half-squared-error"),
    ((2, 2, 2), ("relu", "softmax"), "cross-entropy"),
    ((3, 2, 2), ("tanh", "sigmoid"), "squared-error"),
]


def _written(value, digits: int) -> str:
    return f"{float(value):.{digits}f}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_right_values_pass_and_planted_slips_are_found(case) -> None:
    derivation, unrolled = derived(*case), program(*case)
    drawer, ways = Drawer(derivation, unrolled), variants(unrolled)
    chance = random.Random(11)
    seen = found = named = 0
    for seed in range(60 if FULL else 4):
        numbers = drawer.draw("tidy", seed).given
        marker = Marker(unrolled, numbers)
        floats = {key: float(value) for key, value in numbers.items()}
        for digits in (3, 4, 6):
            for carried in (False, True):
                rounded = (lambda v, d=digits: float(round_to(v, d))) if carried else None
                right = unrolled.run(floats, rounded=rounded)
                answers = {line.key: _written(right[line.key], digits) for line in marker.lines}
                kept = {k: v for k, v in answers.items() if chance.random() < 0.7}
                for subset in (answers, kept):
                    judged = marker.mark("s", subset).judged
                    assert len(judged) == len(subset)
                    assert {j.outcome for j in judged} <= {Outcome.RIGHT, Outcome.LAST_DIGIT}
                slip, altered = chance.choice(ways)
                try:
                    wrong = unrolled.run(floats, altered=altered, rounded=rounded)
                except InputError:
                    continue  # the logarithm of a negative output, say
                first = next(
                    (
                        line.key
                        for line in marker.lines
                        if line.key in altered
                        and abs(float(evaluate(line.tree, wrong, FLOATS)) - wrong[line.key])
                        > 2.5 * 10**-digits
                    ),
                    None,
                )
                if first is None:
                    continue  # nothing is to be seen at these digits
                answers = {line.key: _written(wrong[line.key], digits) for line in marker.lines}
                marked = marker.mark("s", answers)
                seen += 1
                if marked.first_wrong is not None and marked.first_wrong.key == first:
                    found += 1
                    named += slip.code in marked.first_wrong.slips
    assert seen >= 15
    assert found >= 0.99 * seen
    assert named >= 0.95 * found


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("0.2490", "0.2490", "0.00005"),
        ("-0,2886", "-0.2886", "0.00005"),
        ("−0.2886", "-0.2886", "0.00005"),
        ("1.3e-4", "0.00013", "0.000005"),
        ("1,3·10^-4", "0.00013", "0.000005"),
        ("1.3 × 10⁻⁴", "0.00013", "0.000005"),
        ("1/3", "1/3", "0"),
        ("- 2/3", "-2/3", "0"),
        ("3", "3", "1/2"),
        (".5", "0.5", "0.05"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: str, half: str) -> None:
    printed = read_number(text)
    assert (printed.value, printed.half) == (Fraction(value), Fraction(half))


def test_logarithms_are_read() -> None:
    assert float(read_number("2 ln 2").value) == pytest.approx(1.3862943611198906)
    assert float(read_number("-4/3 ln(2)").value) == pytest.approx(-0.9241962407465937)


@pytest.mark.parametrize(
    "text", ["", "abc", "1/0", "1e", "__import__('os')", "1" * 99, "nan", "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|zero|long"):
        read_number(text)


PROBLEM = """
layers = [2, 2, 1]
activations = ["tanh", "tanh"]
loss = "squared-error"
order = "to-from"
eta = 0.3
x = [0.5, -0.2]
y = [1]
W1 = [[0.3, -0.1], [0.2, 0.4]]
b1 = [0.1, -0.2]
W2 = [0.5, -0.3]
b2 = 0.2
names = { z1 = "h1_pre[1]", z2 = "h1_pre[2]", h1 = "h1[1]", h2 = "h1[2]", yh = "yhat[1]" }
marks = { L = 2 }
"""
HOSTILE = "<script>alert(1)</script>"
WIDE = f"""student;z1;z2;h1;L;dW2[1,1]
Ann;0,27;−0,18;0.2636;0.4004;-0.2886
"{HOSTILE}";0.21;-0.33;0.2070;0.3855;
=cmd|x;0.27;-0.18;0.2636;0.2002;-0.1443
\\input{{/etc/passwd}};0.27;abc;;;
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.toml").write_text(PROBLEM, "utf-8")
    (tmp_path / "wide.csv").write_text(WIDE, "utf-8")
    return tmp_path


def test_a_table_for_the_teacher(symback_command: Symback) -> None:
    code, out, _ = symback_command("mark", "wide.csv", "--values", "p.toml", "--format", "csv")
    assert code == 0
    rows = out.splitlines()
    assert rows[1] == "Ann,6,6,5,0,,,,0"
    assert rows[2].startswith(f"{HOSTILE},4,5,0,3,h1_pre[1],forward-transposed,0.27")
    assert rows[3].startswith("'=cmd|x,4,6,3,1,L,half-in-loss,0.40")


def test_pages_in_every_format_take_names_as_letters(symback_command: Symback, here: Path) -> None:
    for name in ("m.html", "m.tex", "m.md", "m.txt", "m.json", "m.typ"):
        done = symback_command("mark", "wide.csv", "--values", "p.toml", "-o", name)
        assert done == (0, "", "")
        text = (here / name).read_text("utf-8")
        assert "Ann" in text
        if name == "m.html":
            assert "<script" not in text
        if name == "m.tex":
            assert "\\input{/etc" not in text


def test_long_rows_and_toml_give_the_same(symback_command: Symback, here: Path) -> None:
    long = 'student,name,value\nBo,z1,0.27\nAl,z1,"0,27"\nBo,L,0.2002\n'
    (here / "long.csv").write_text(long, "utf-8")
    (here / "a.toml").write_text("[Bo]\nz1 = 0.270\nL = 0.2002\n[Al]\nz1 = '0,27'\n", "utf-8")
    tables = [
        symback_command("mark", name, "--values", "p.toml", "--format", "csv").out
        for name in ("long.csv", "a.toml")
    ]
    assert tables[0] == tables[1]
    assert "Bo,1,3,1,0,L,half-in-loss" in tables[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("student,zz9\nA,1\n", "line 1: column 2: no value is called 'zz9'"),
        ("student,dW1[1,2]\nA,1\n", "'dW1[1'; a name with a comma stands in quotes"),
        ("student,z1,z1\nA,1,2\n", "two columns are"),
        ("student,z1\nA,1\nA,2\n", "line 3: a second row for 'A'"),
        ("student,z1\nA,1,2\n", "line 2: has 3 cells, and the first line has 2"),
        ("student,z1\n,1\n", "has no student"),
        ("student\nA\n", "has no column with values"),
        ("student,z1\n", "has no sheets"),
        ('student,z1\n"A,1\n', "no CSV"),
    ],
)
def test_bad_sheets_get_one_line(symback_command: Symback, here: Path, text, said: str) -> None:
    (here / "bad.csv").write_text(text, "utf-8")
    code, out, err = symback_command("mark", "bad.csv", "--values", "p.toml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_what_is_not_utf8_is_said(symback_command: Symback, here: Path) -> None:
    (here / "bad.csv").write_bytes(b"student,z1\nJ\xfcrg,1\n")
    code, _, err = symback_command("mark", "bad.csv", "--values", "p.toml")
    assert (code, "not UTF-8" in err) == (2, True)


@pytest.mark.parametrize("text", ["1e2", "1E2", "0e5", "-1e9", "1·10^5", "9e9"])
def test_a_whole_number_was_not_rounded_to_hundreds(text: str) -> None:
    assert read_number(text).half <= Fraction(1, 2)


@pytest.mark.parametrize("text", ["1e400", "1e309", "1,3·10^400"])
def test_what_no_float_can_hold_is_no_number(text: str) -> None:
    with pytest.raises(InputError, match="too large"):
        read_number(text)


def test_answers_that_are_words_or_long_numbers(symback_command: Symback, here: Path) -> None:
    (here / "z.toml").write_text(
        'answers = { a = "x2", b = "1/3", c = "0.133223051642" }\n', "utf-8"
    )
    (here / "z.csv").write_text("student,a,b,c\nAda,X2,0.333,0.1332\nBen,x3,0.3,0.2000\n", "utf-8")
    done = symback_command("mark", "z.csv", "--values", "z.toml", "--format", "json")
    ada, ben = json.loads(done.out)["sheets"]
    assert [value["outcome"] for value in ada["values"]] == ["right"] * 3
    assert [value["outcome"] for value in ben["values"]] == ["wrong", "right", "wrong"]
    assert ben["values"][2]["expected"] == "0.1332"
