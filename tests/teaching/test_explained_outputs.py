"""What outputs mention is explained: commands are run, and every code and phrase is looked up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import Symback
from sampling import FULL, sample

from symback.errors import InputError
from symback.rendering.formats import FORMATS
from symback.rendering.teaching.topics import topic
from symback.rendering.teaching.write import sentences

NOTES = r"""# Notes

A network with targets $y$ and inputs $x$.

$$h'_k = \sum_j W_{jk} x_j + b_k$$
$$h_k = \sigma(h_k')$$
$$L = \frac12 \sum_k (h_k - y_k)^2$$
$$\frac{\partial L}{\partial h_k} = h_k - y_k$$
$$\frac{\partial L}{\partial h_k} = y_k - h_k$$
$$\frac{\partial L}{\partial W_{jk}} = (h_k-y_k) h_k (1-h_k) x_j$$
$$\frac{\partial L}{\partial b_k} = \foo{x} + q_k$$
$$\frac{\partial L}{\partial b_k} = (h_k-y_k) h_k (1-h_k) r_k$$
$$W_{jk} \leftarrow \eta \frac{\partial L}{\partial W_{jk}}$$
$$\frac{\partial L}{\partial b_m} = \sum (h_m-y_m)$$
"""
VALUES = """layers = [2, 2, 1]
activations = ["relu", "identity"]
loss = "half-squared-error"
eta = 0.1
x = [1, 2]
y = [0]
W1 = [[1, -1], [1, -1]]
b1 = [0, 0]
W2 = [[1], [1]]
b2 = [-3.5]
"""
ANSWERS = "student,h1_pre_1,h1_1,L,dW2_11\nAnn,3,3,0.25,-1.5\nBo,3,0.3,x,\nCi,2,2,1.125,3\n"

CODED = ("rule", "verdict", "claim", "witness", "witnesses", "outcome", "slips", "id", "warnings",
         "readings", "diagnoses")  # fmt: skip
"""Keys of JSON whose texts are codes."""


def _codes(node: Any, key: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, part in node.items():
            if name == "codes" and isinstance(part.get("reason"), str):
                yield part["reason"]
            yield from _codes(part, "slips" if key == "slips" else name)
            if key == "slips":
                yield name
    elif isinstance(node, list):
        for part in node:
            yield from _codes(part, key)
    elif isinstance(node, str) and node and key in CODED:
        yield node


def _texts(node: Any, *keys: str) -> Iterator[str]:
    """The texts that stand under some keys."""
    if isinstance(node, dict):
        for name, part in node.items():
            if name in keys:
                yield from [part] if isinstance(part, str) else part
            yield from _texts(part, *keys)
    elif isinstance(node, list):
        for part in node:
            yield from _texts(part, *keys)


def _unexplained(names: Iterator[str] | list[str]) -> set[str]:
    missing = set()
    for name in {name for name in names if name}:
        try:
            topic(name)
        except InputError:
            missing.add(name)
    return missing


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text(NOTES, "utf-8")
    (tmp_path / "values.toml").write_text(VALUES, "utf-8")
    (tmp_path / "answers.csv").write_text(ANSWERS, "utf-8")
    return tmp_path


SIGMOID = ("--layers", "2,2,2", "--activations", "sigmoid,softmax", "--loss", "cross-entropy")
CODED_RUNS = [
    ("derive", *SIGMOID),
    ("derive", "--layers", "2,3,1", "--activations", "relu,identity", "--loss", "huber"),
    ("derive", "--model", "rnn"),
    *([("derive", "--model", "lstm")] if FULL else []),
    ("verify", *SIGMOID),
    ("verify", "--model", "attention"),
    ("check", "notes.md"),
    ("answer", "--layers", "2,2,2", "dL/dyhat[k] = y[k] - yhat[k]"),
    ("example", "--values", "values.toml"),
    ("example", "--model", "rnn", "--sizes", "T=2,J=1,K=1,O=2", "--numbers", "random"),
    ("mark", "answers.csv", "--values", "values.toml"),
]


@pytest.mark.spread
@pytest.mark.parametrize("arguments", sample(CODED_RUNS, 3), ids=" ".join)
def test_codes_of_data(symback_command: Symback, arguments: tuple[str, ...]) -> None:
    done = symback_command(*arguments, "--format", "json")
    assert done.code in (0, 1), done.err
    found = list(_codes(json.loads(done.out)))
    assert found
    assert _unexplained(found) == set()


REASONED = [run for run in CODED_RUNS if run[0] == "derive"]


@pytest.mark.spread
@pytest.mark.parametrize("arguments", sample(REASONED, 2), ids=" ".join)
def test_reasons_and_conventions_as_they_are_printed(
    symback_command: Symback, arguments: tuple[str, ...]
) -> None:
    data = json.loads(symback_command(*arguments, "--format", "json").out)
    reasons = [text for text in _texts(data, "reason") if text]
    said = list(_texts(data, "conventions"))
    assert len(reasons) > 10
    assert said
    assert _unexplained([*reasons, *said]) == set()
    # Each is explained by the rule that the data names beside it.
    for link in _links(data):
        if link["reason"]:
            codes = {entry.code for entry in topic(link["reason"])}
            if link["rule"] in ("total", "gather"):
                codes |= {link["rule"]} if "chain" in codes else set()  # both say: chain rule
            if link["rule"] == "fact":
                codes |= {"fact"} if "targets-sum-to-one" in codes else set()
            assert link["rule"] in codes, link
    for name in ("text",):  # Markdown and LaTeX work one weight, and may not need them all
        text = " ".join(symback_command(*arguments, "--format", name).out.casefold().split())
        plain = [reason for reason in reasons if re.fullmatch("[a-z ]+", reason)]
        assert plain
        # A line of text breaks a long reason; its first words stand together.
        assert all(reason.split()[0] in text for reason in plain), name


def _links(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict):
        if {"rule", "reason"} <= set(node):
            yield node
        for part in node.values():
            yield from _links(part)
    elif isinstance(node, list):
        for part in node:
            yield from _links(part)


@pytest.mark.spread
@pytest.mark.parametrize("name", sample(["text", "json", "markdown", "html", "github", "sarif"], 3))
def test_numbers_and_verdicts_in_every_format(symback_command: Symback, name: str) -> None:
    text = symback_command("check", "notes.md", "--format", name).out
    numbers = re.findall(r"\bSB[0-9]{3}\b", text)
    verdicts = re.findall(
        r"\b(?:PROVED|AGREES|REFUTED|INHERITED|UNDECIDED|UNREAD|DEFINITION)\b", text
    )
    assert numbers
    assert verdicts or name == "sarif"
    assert _unexplained([*numbers, *verdicts]) == set()


@pytest.mark.parametrize("name", ["text", "markdown", "latex"])
def test_slips_rules_and_outcomes_of_marks(symback_command: Symback, name: str) -> None:
    out = symback_command("mark", "answers.csv", "--values", "values.toml", "--format", name).out
    text = " ".join(out.replace("\\.", ".").replace(r"$\frac12$", "½").split())
    slips = re.findall(r"The slip: ([^.]*)\.", text)
    rules = re.findall(r"The rule: ([^.]*)\.", text)
    assert slips
    assert rules
    outcomes = [word for word in ("cannot be read", "follows from the values above", "wrong")
                if word in text]  # fmt: skip
    assert len(outcomes) == 3
    assert _unexplained([*slips, *rules, *outcomes]) == set()


def test_every_sentence_over_values_is_explained() -> None:
    said = sentences(FORMATS["text"])
    leads = {code: text for code, text in said.items() if code.startswith(("lead-", "rule-"))
             and text.endswith((":", ".")) and "{letter}" not in text}  # fmt: skip
    assert len(leads) > 20
    assert _unexplained([re.sub(r"\{.*?\}", "", text) for text in leads.values()]) == set()


@pytest.mark.spread
@pytest.mark.parametrize("name", ["text", "markdown"])
def test_steps_and_kinds_of_pages_for_a_course(symback_command: Symback, name: str) -> None:
    out = symback_command("example", "--values", "values.toml", "--format", name).out
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", out)]
    steps = [block for block in blocks if block.endswith(":") and block[:1].isalpha()]
    steps = [line for line in steps if not line.startswith(("Each parameter", "From the loss"))]
    assert len(steps) > 5
    assert _unexplained(steps) == set()
    sheet = symback_command("exercises", "--layers", "2,2,2", "--format", name).out
    kinds = re.findall(r"^(?:#+ )?[0-9]+\\?\. ([A-Z][A-Za-z -]+\??)$", sheet, re.M)
    assert len(kinds) > 8
    assert _unexplained(kinds) == set()
    rules = re.findall(r"\([a-i]\\?\) ([^;.]*)[;.]", " ".join(sheet.split()))
    assert len(rules) > 8


def test_what_nothing_explains_is_found_out() -> None:
    assert _unexplained(["rule.chain", "SB999", "no such rule at all"]) == {
        "SB999", "no such rule at all",
    }  # fmt: skip
