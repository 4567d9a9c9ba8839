"""Answers that are no values: formulas, counts and statements, each decided by the engine."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from running import Symback
from sampling import sample

from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.model.network import Network
from symback.teaching.claims import count_of, holds
from symback.teaching.formulas import Formulas
from symback.teaching.outcomes import Outcome
from symback.teaching.subject import Subject

QUESTIONS = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "teaching" / "questions.toml").read_text("utf-8")
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _marked(
    symback_command: Symback, problem: str, *sheets: dict[str, str], more: Sequence[str] = ()
) -> list[Any]:
    """What marking says of sheets with answers by name, as data."""
    Path("problem.toml").write_text(problem, "utf-8")
    names = list(dict.fromkeys(name for sheet in sheets for name in sheet))
    lines = [",".join(map(_cell, ["student", *names]))]
    for number, sheet in enumerate(sheets):
        lines.append(",".join(map(_cell, [f"S{number}", *(sheet.get(n, "") for n in names)])))
    Path("answers.csv").write_text("\n".join(lines) + "\n", "utf-8")
    done = symback_command(
        "mark", "answers.csv", "--values", "problem.toml", "--format", "json", *more
    )
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)["sheets"]


@pytest.mark.parametrize("name", sample([*QUESTIONS], 6))
def test_published_questions_are_answered_by_the_engine(
    symback_command: Symback, name: str
) -> None:
    question = QUESTIONS[name]
    good, bad = _marked(
        symback_command, question["problem"], question["right"], question["wrong"]
    )  # fmt: skip
    answered = [value for value in good["values"] if value["text"]]
    assert len(answered) == len(question["right"])
    assert {value["outcome"] for value in answered} == {"right"}
    wrong = [value for value in bad["values"] if value["text"]]
    assert len(wrong) == len(question["wrong"])
    assert {value["outcome"] for value in wrong} == {"wrong"}


KEPT = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "teaching" / "kept.toml").read_text("utf-8")
)


@pytest.mark.parametrize("name", sample([*KEPT], 20))
def test_published_examples_that_were_kept_back(symback_command: Symback, name: str) -> None:
    case = KEPT[name]
    problem, more = case["problem"], []
    if "equations" in problem:
        _, equations, problem = problem.split("'''")
        Path("own.model").write_text(equations, "utf-8")
        more = ["--model", "own.model"]
    (sheet,) = _marked(symback_command, problem, case["printed"], more=more)
    says = case.get("says", {})
    judged = {value["key"]: value for value in sheet["values"]}
    assert len(judged) == len(case["printed"])
    for key, value in judged.items():
        if key in says:
            assert [value["outcome"], *value["slips"]] == says[key]
        else:
            assert value["outcome"] in ("right", "follows"), key
    # The known-bad twin: a digit that is not the printed one.
    last = list(case["printed"])[-1]
    wrong = {**case["printed"], last: f"{float(case['printed'][last]) + 0.3:.4f}"}
    (sheet,) = _marked(symback_command, problem, wrong, more=more)
    assert {v["outcome"] for v in sheet["values"] if v["text"] == wrong[last]} == {"wrong"}


NETWORK = Network((2, 3, 4), ("sigmoid", "sigmoid"), "half-squared-error")
ASKED = {"one": "dL/dW1[j,k]", "two": "dL/dW2[j,k]"}


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "text", "outcome", "kind"),
    [
        ("two", "(yhat[k]-y[k]) yhat[k] (1-yhat[k]) h[j]", Outcome.RIGHT, "A"),
        ("two", r"(\hat y_k - y_k) \sigma'(y'_k) h_j", Outcome.RIGHT, "A"),
        ("two", "dL/dy'[k] h[j]", Outcome.RIGHT, "A"),
        ("two", "dL/dW2[j,k] = dL/dy'[k] h[j] = (ŷₖ − yₖ) ŷₖ (1 − ŷₖ) h[j]", Outcome.RIGHT, "A"),
        ("two", "(y[k]-yhat[k]) yhat[k] (1-yhat[k]) h[j]", Outcome.WRONG, ""),
        ("two", "(yhat[k]-y[k]) yhat[k] (1-yhat[k])", Outcome.WRONG, ""),
        ("two", "dL/dW2[j,k]", Outcome.UNFINISHED, ""),
        ("two", "2 dL/dW2[j,k] - dL/dW2[j,k]", Outcome.UNFINISHED, ""),
        ("two", "something h[j]", Outcome.OPEN, ""),
        ("two", "h[j", Outcome.OPEN, ""),
        ("two", "a = 1; b = 2", Outcome.OPEN, ""),
        ("two", " ", Outcome.MISSING, ""),
        ("one", "sum(l, (yhat[l]-y[l]) yhat[l] (1-yhat[l]) W2[k,l]) h[k] (1-h[k]) x[j]",
         Outcome.RIGHT, "A"),
        ("one", r"\sum_l (\hat y_l - y_l) \hat y_l (1-\hat y_l) W^{(2)}_{kl} h_k (1-h_k) x_j",
         Outcome.RIGHT, "A"),
        ("one", "dL/dh'[k] x[j]", Outcome.UNFINISHED, "M"),
        ("one", "(yhat[k]-y[k]) yhat[k] (1-yhat[k]) W2[k,k] h[k] (1-h[k]) x[j]", Outcome.WRONG, ""),
    ],
)  # fmt: skip
def test_a_formula_is_judged_in_any_writing(name: str, text: str, outcome, kind: str) -> None:
    judged = Formulas(Subject(NETWORK), ASKED, frozenset({"one"})).mark(name, text)
    assert (judged.outcome, judged.kind) == (outcome, kind)
    assert "yhat" in judged.expected
    assert bool(judged.slips) == (outcome is Outcome.WRONG)


MODEL = """
input x[t,j]
target y[k]
param U[j,k], V[i,k] for i = 1..K
a[t,k] = tanh(sum(j, U[j,k] x[t,j]) + sum(i, V[i,k] a[t-1,i]))
a[0,k] = 0
L = sum(k, (a[T,k] - y[k])^2) / 2
"""


@pytest.mark.spread
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("sum(t, da[t,k] (1 - a[t,k]^2) x[t,j])", Outcome.RIGHT),
        ("dU[j,k] = sum(t, da[t,k] (1 - a[t,k]^2) x[t,j])", Outcome.RIGHT),
        ("sum(t, da[t,k] x[t,j])", Outcome.WRONG),
        ("sum(t, nothing[t] x[t,j])", Outcome.OPEN),
        (r"\sum_t \frac{\partial L}{\partial a_{tk}} (1 - a_{tk}^2) x_{tj}", Outcome.RIGHT),
        (r"\sum_t \frac{\partial L}{\partial a_{tk}} x_{tj}", Outcome.WRONG),
    ],
)
def test_a_formula_about_a_model_is_judged_as_well(text: str, outcome) -> None:
    subject = Subject(text=ModelText.of(MODEL))
    formulas = Formulas(subject, {"gradient": "dL/dU[j,k]"})
    text = text.replace("da[", "dL/da[").replace("dU[", "dL/dU[")
    assert formulas.mark("gradient", text).outcome is outcome


def test_what_is_counted() -> None:
    model = Network((3, 4, 2)).model()
    counted = {what: count_of(what, model) for what in (
        "parameters", "weights", "biases", "products", "rows of W1", "columns of W1",
        "entries of W2", "rows of b1",
    )}  # fmt: skip
    assert list(counted.values()) == [26, 20, 6, 20, 3, 4, 8, 4]
    for what, said in [("units", "nothing is counted"), ("rows of W9", "there is no 'W9'"),
                       ("columns of b1", "no columns")]:  # fmt: skip
        with pytest.raises(InputError, match=said):
            count_of(what, model)
    text = ModelText.of(MODEL)
    with pytest.raises(InputError, match="sizes of U are open"):
        count_of("entries of U", text.model())
    with pytest.raises(InputError, match="networks alone"):
        count_of("weights", text.with_sizes({"J": 2, "K": 3, "T": 2}).model())


def test_a_statement_holds_at_given_numbers_or_for_all_values() -> None:
    values = {"L": 0.25}

    def find(name: str) -> str | None:
        return {"L": "L"}.get(name.strip())

    subject = Subject(NETWORK)
    assert holds("L=0.25", subject, values, find)
    assert holds("L = 0.3", subject, values, find)
    assert not holds("L = 0.1", subject, values, find)
    assert holds("dL/dW2[j,k] = dL/dy'[k] h[j]", subject, {}, find)
    assert not holds(["L=0.25", "dL/dW2[j,k] = dL/dy'[k]"], subject, values, find)
    with pytest.raises(InputError, match="neither shown nor refuted"):
        holds("dL/dW2[j,k] = q", subject, {}, find)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('counts = { n = "unit" }', "counts, n: nothing is counted by 'unit'"),
        ('holds = { n = "dL/dW1[j,k] = q" }', "holds, n"),
        ('closed = ["a"]\nformulas = { b = "dL/dW1[j,k]" }', "closed has 'a'"),
        ("formulas = { a = 1 }", "formulas must be a table"),
        ('holds = { a = [] }', "holds must be a table"),
        ('formulas = { g = "dL/dW9[j,k]" }', "formulas, g: nothing says what 'W9' is"),
        ('formulas = { g = "dL/dyhta[k]" }', "'yhta' is; did you mean yhat?"),
        ('formulas = { g = "dL/dW1[9,1]" }', "is about unit 9 of 2"),
        ('formulas = { g = "dL/dW1[j,k]" }\nmarks = { g = -1 }', "marks, from 0 to 1000"),
        ('formulas = { g = "dL/dW1[j,k]" }\nmarks = { f = 1 }', "marks has 'f'"),
        ('notation = "none"\ncounts = { n = "parameters" }', "notation must be"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(symback_command: Symback, line: str, said: str) -> None:
    Path("problem.toml").write_text(f"layers = [2, 2]\n{line}\n", "utf-8")
    Path("answers.csv").write_text("student,n\nAda,1\n", "utf-8")
    done = symback_command("mark", "answers.csv", "--values", "problem.toml")
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") <= 2


def test_a_sheets_derivations_are_marked(symback_command: Symback) -> None:
    done = symback_command(
        "exercises", "--layers", "2,3,2", "--seed", "3", "--count", "3", "--kind", "derive",
        "--values-out", "sheet.toml", "--key", "key.txt", "-o", "sheet.txt",
    )  # fmt: skip
    assert done == (0, "", "")
    problems = tomllib.loads(Path("sheet.toml").read_text("utf-8"))["exercise"]
    assert len(problems) == 3
    right, wrong = {}, {}
    for number, problem in problems.items():
        network = Network(tuple(problem["layers"]), tuple(problem["activations"]), problem["loss"])
        formulas = Formulas(Subject(network), problem["formulas"])
        key = formulas.expected[problem["formulas"]["gradient"]]
        right[f"{number}.gradient"] = key
        wrong[f"{number}.gradient"] = f"2*({key})"
    text = Path("sheet.toml").read_text("utf-8")
    good, bad = _marked(symback_command, text, right, wrong)
    assert (good["marks"], good["of"]) == (3, 3)
    assert (bad["marks"], bad["of"]) == (0, 3)
    assert {value["slips"][0] for value in bad["values"]} == {"two-in-loss"}
    assert "(gradient)" in Path("sheet.txt").read_text("utf-8")


def test_what_was_not_decided_is_left_to_the_marker(symback_command: Symback) -> None:
    problem = 'layers = [2, 2]\nformulas = { g = "dL/dW1[j,k]" }\n'
    Path("problem.toml").write_text(problem, "utf-8")
    Path("answers.csv").write_text("student;g\nAda;=cmd()\nBo;dL/dy'[k] x[j]\n", "utf-8")
    done = symback_command("mark", "answers.csv", "--values", "problem.toml", "--format", "csv")
    rows = [line.split(",") for line in done.out.splitlines()]
    assert rows[0][-1] == "open"
    assert [(row[1], row[-1]) for row in rows[1:]] == [("0", "1"), ("1", "0")]
    page = symback_command("mark", "answers.csv", "--values", "problem.toml").out
    assert "the marker gives them" in " ".join(page.split())
