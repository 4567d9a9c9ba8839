"""What an author hands to a macro is named and mended where it stands; a macro's body is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Symback

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.macros import Macros, definitions
from symback.reading.formula.tokens import tokenize
from symback.reading.statements.blocks import read_block

BOOK = r"""\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\pre}[2]{#1_{#2}'}
\newcommand{\unit}[1]{h_{#1}}
\newcommand{\same}[1]{\frac{#1}{#1}}
\newcommand{\at}[2][g]{#1(#2)}
\newcommand{\last}{y_k}
\begin{align}
\pre{h}{k} &= \sum_j W_{jk}^{(1)} x_j \\
\unit{k} &= f(\pre{h}{k}) \\
\pre{y}{k} &= \sum_j W_{jk}^{(2)} \unit{j} \\
\hat y_k &= g(\pre yk)
\end{align}
The loss is $L(y, \hat y)$.
$$\pd{L}{W_{jk}^{(2)}} = %s$$
"""
RIGHT = r"\pd{L}{\hat y_k} g'(\pre{y}{k}) \unit{j}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_slip_it_is_proved(symback_command: Symback) -> None:
    Path("b.tex").write_text(BOOK % RIGHT)
    assert symback_command("check", "b.tex").code == 0


@pytest.mark.parametrize(
    ("slip", "mended", "said"),
    [
        (r"\pd{L}{\hat y_k} g'(\pre{y}{k}) \unit{k}", RIGHT, r"\unit{j} for \unit{k}"),
        (r"\pd{L}{\hat y_j} g'(\pre{y}{k}) \unit{j}", RIGHT, r"\hat y_k for \hat y_j"),
        (r"\pd{L}{\pre{y}{j}} \unit{j}", r"\pd{L}{\pre{y}{k}} \unit{j}", r"\pre{y}{k} for"),
        (
            r"\pd{L}{\hat y_k} \at[g']{y_k} \unit{j}",
            r"\pd{L}{\hat y_k} \at[g']{y_k'} \unit{j}",
            "y_k' for y_k",
        ),
    ],
)
def test_an_argument_is_mended_in_its_place(
    symback_command: Symback, slip: str, mended: str, said: str
) -> None:
    Path("b.tex").write_text(BOOK % slip)
    shown = symback_command("check", "b.tex")
    assert shown.code == 1
    assert said in shown.out
    symback_command("check", "b.tex", "--fix", "--write")
    assert Path("b.tex").read_text() == BOOK % mended


@pytest.mark.parametrize(
    "slip",
    [
        r"\pd{L}{\hat y_k} g'(\last) \unit{j}",  # a prime in the body would be one everywhere
        r"\pd{L}{\hat y_k} g'(\pre{y}{k}) \unit{j} \same{\unit{k}} (-1)",  # twice in the body
    ],
)
def test_a_body_is_left_alone(symback_command: Symback, slip: str) -> None:
    Path("b.tex").write_text(BOOK % slip)
    shown = symback_command("check", "b.tex")
    assert shown.code == 1
    # What would stand beside the call is no repair of what the call stands for.
    assert r"\last'" not in shown.out.partition("Repaired:")[2]
    symback_command("check", "b.tex", "--fix", "--write")
    assert "\\same{\\unit{j}" not in Path("b.tex").read_text()
    assert "\\last'" not in Path("b.tex").read_text()


def spans(formula: str, source: str) -> list[str]:
    macros = Macros().with_definitions([d.macro for d in definitions(source) if d.macro])
    return [formula[t.start : t.end] for t in tokenize(formula, macros)]


def test_a_token_stands_where_it_was_written() -> None:
    source = r"\newcommand{\by}[1]{\pd{L}{#1}}\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}"
    places = spans(r"\by{w_1} x", source)
    assert places[-6:] == ["w", "_", "1", r"\by{w_1}", "x", ""]
    assert set(places[:-6]) == {r"\by{w_1}"}


def test_of_a_call_that_a_node_leaves_the_whole_is_its_place() -> None:
    source = r"\newcommand{\pre}[2]{#1_{#2}'}\newcommand{\swap}[2]{#2 #1}\newcommand{\sq}[1]{#1 #1}"
    macros = Macros().with_definitions([d.macro for d in definitions(source) if d.macro])
    for formula in (r"\pre{y}{k}", r"\swap{a}{b}", r"\sq{a}", r"\sq{\pre{y}{k}}"):
        excerpt = Excerpt.of(f"{formula} = 1", macros=macros)
        (chain,) = read_block(excerpt).items
        assert excerpt.text[slice(*chain.first.span)] == formula


def test_a_letter_after_a_command_is_no_part_of_its_name() -> None:
    source = r"\newcommand{\pa}[1]{\partial#1}"
    macros = Macros().with_definitions([d.macro for d in definitions(source) if d.macro])
    kinds = [token.text for token in tokenize(r"\pa x", macros)]
    assert kinds == ["partial", "x", ""]
