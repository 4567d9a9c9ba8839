"""Where a statement is claimed to hold: conditions in formulas and in sentences."""

from __future__ import annotations

import pytest

from symback.reading.checking import check
from symback.reading.statements.statements import Kind, Place, Statement, read_document
from symback.reading.statements.verdicts import Status

from .spelling import spell

# A formula of one statement about y_ij, and the conditions that hang on it.
IN_FORMULAS = [
    (r"y_{ij} = 0 \quad (i \neq j)", [r"i \neq j"]),
    (r"y_{ij} = 0 \; (i \neq j)", [r"i \neq j"]),
    (r"y_{ij} = 0, \quad i \neq j", [r"i \neq j"]),
    (r"y_{ij} = 1, \; i = j", ["i = j"]),
    (r"y_{ij} = 1 \text{ if } i = j", ["i = j"]),
    (r"y_{ij} = 1 \text{ if $i = j$}", ["i = j"]),
    (r"y_{ij} = 1 \text{ if } i = j \text{ and } k = 2", ["i = j", "k = 2"]),
    (r"y_{ij} = 1 \text{ if } i = j, k = 2", ["i = j", "k = 2"]),
    (r"y_{ij} = 1 \text{ unless } i \neq j", ["i = j"]),
    (r"y_{ij} = 1 \text{ for } i, k \neq j", [r"i \neq j", r"k \neq j"]),
    (r"y_{ij} = 1 \text{ for all } i > j", ["i > j"]),
    (r"y_{ij} = 1 \quad \forall i \neq j", [r"i \neq j"]),
    (r"\text{For } i = j:\quad y_{ij} = 1", ["i = j"]),
    (r"i = j: y_{ij} = 1", ["i = j"]),
    (r"i = j \Rightarrow y_{ij} = 1", ["i = j"]),
    (r"i = j, \quad y_{ij} = 1", ["i = j"]),
    (r"\begin{aligned} y_{ij} &= 1 \\ & \text{for } i = j \end{aligned}", ["i = j"]),
    (r"y_{ij} = 1 \text{ for } t = 2, \dots, T", ["t = 2, …, T"]),
    (r"y_{ij} = x, \quad x > 0 \text{ (always)}", []),
]


def conditions(statement: Statement) -> list[str]:
    """The conditions of a statement, spelled as they are written."""
    found = []
    for relation in statement.conditions:
        left, right = map(spell, relation.operands)
        right = right.removeprefix("Tuple((").removesuffix("), )").replace("Dots()", "…")
        found.append(f"{left} {relation.operators[0]} {right}")
    return found


@pytest.mark.parametrize(("text", "expected"), IN_FORMULAS, ids=[row[0] for row in IN_FORMULAS])
def test_a_condition_hangs_on_its_statement(text: str, expected: list[str]) -> None:
    (statement, *others) = read_document(f"$$\n{text}\n$$", "markdown").statements
    assert conditions(statement) == expected
    assert statement.conditional == bool(expected)
    assert not any(other.kind is Kind.DEFINITION for other in others)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"x_i = a_i, \quad i = 1, \dots, n", ["i = 1, …, n"]),
        (r"x_i = a_i \text{ for } i = 1, 2, \dots, n", ["i = 1, 2, …, n"]),
    ],
)
def test_a_whole_range_restricts_nothing(text: str, expected: list[str]) -> None:
    (statement,) = read_document(f"$$\n{text}\n$$", "markdown").statements
    assert conditions(statement) == expected
    assert not statement.conditional


@pytest.mark.parametrize(
    "text",
    [
        r"y = a \text{ otherwise}",
        r"y = a \text{ if the unit is an output}",
        r"y_i = a \text{ if } i = j \text{ or } i = k",
    ],
)
def test_a_condition_in_words_alone_leaves_none_to_be_named(text: str) -> None:
    (statement,) = read_document(f"$$\n{text}\n$$", "markdown").statements
    assert statement.conditional
    assert not statement.conditions


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"x = y, \quad z = 3", [Kind.DEFINITION, Kind.DEFINITION]),
        (r"x = y \quad\text{and}\quad z = 3", [Kind.DEFINITION, Kind.DEFINITION]),
        (r"a = y \hspace{1in} z = 3", [Kind.DEFINITION, Kind.DEFINITION]),
        (r"x = y \text{ where } y = f(z)", [Kind.DEFINITION, Kind.DEFINITION]),
        (r"x = y, \quad y \in \mathbb{R}", [Kind.DEFINITION, Kind.REMARK]),
        (r"w \leftarrow w - \eta g, \quad \eta > 0", [Kind.ASSIGNMENT, Kind.REMARK]),
    ],
)
def test_two_statements_of_a_row_are_no_condition(text: str, kinds: list[Kind]) -> None:
    statements = read_document(f"$$\n{text}\n$$", "markdown").statements
    assert [statement.kind for statement in statements] == kinds
    assert not any(statement.conditional for statement in statements)


# Documents, and the conditions of each of their statements that claims something.
IN_SENTENCES = [
    ("For $i \\neq j$:\n\n$$y_{ij} = 0$$", [["i \\neq j"]]),
    ("If $i=j$ then $$y_{ij} = 1$$", [["i = j"]]),
    ("If $i=j$ and $k = 1$, then $$y_{ij} = 1$$", [["i = j", "k = 1"]]),
    ("when $i \\neq j$, the derivative of $y_i$ by $z_j$ is $$y_{ij} = 0$$", [["i \\neq j"]]),
    ("If $y = 1$ then\n\n$$\\frac{dL}{dp} = a$$", [["y = 1"]]),
    ("$$y_{ij} = 0$$ if $i \\neq j$, and\n\n$$y_{ij} = 1$$\n\nif $i = j$.",
     [["i \\neq j"], ["i = j"]]),
    ("so $y_{ij} = 0$ if $i \\neq j$ and $y_{ij} = 1$ if $i = j$.", [["i \\neq j"], ["i = j"]]),
    ("$$y_{ij} = 0.$$ If $i = j$ $$y_{ij} = 1$$", [[], ["i = j"]]),
    ("Take $i = j$ for now. $$y_{ij} = 1$$", [[], []]),
    ("for $i \\neq j$ it is simple. $$y_{ij} = 1$$", [[]]),
    ("when $z = w x$ we get $$y_{ij} = 1$$", [[], []]),
    ("$$z = w x$$ where $\\eta > 0$ is a rate", [[]]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), IN_SENTENCES, ids=[row[0] for row in IN_SENTENCES])
def test_a_condition_of_a_sentence(text: str, expected: list[list[str]]) -> None:
    statements = read_document(text, "markdown").statements
    claims = [s for s in statements if s.kind in (Kind.CLAIM, Kind.DEFINITION)]
    assert [conditions(statement) for statement in claims] == expected


def test_a_condition_of_a_chain_is_of_all_its_links() -> None:
    text = r"\begin{aligned} y_{ij} &= a \\ &= b \quad (i \neq j) \\ &= c \end{aligned}"
    statements = read_document(f"$${text}$$ $$= d$$ $$y_{{ij}} = e$$", "markdown").statements
    assert [conditions(s) for s in statements] == [[r"i \neq j"]] * 4 + [[]]


def test_conditions_of_rows_do_not_mix() -> None:
    text = r"\begin{aligned} \text{if } i = j: & y_{ij} = 1 \\ \text{if } i \neq j: & y_{ij} = 0 \\"
    statements = read_document(rf"$${text} \end{{aligned}}$$", "markdown").statements
    assert [conditions(s) for s in statements] == [["i = j"], [r"i \neq j"]]


def test_a_condition_without_a_statement_claims_nothing() -> None:
    (remark,) = read_document("if $i = j$ or so", "markdown").statements
    assert (remark.kind, remark.place) == (Kind.REMARK, Place.SIDE)
    unread, remark = read_document(r"$$a = \foo \quad \text{if } i = j$$", "markdown").statements
    assert (unread.kind, remark.kind) == (Kind.UNREAD, Kind.REMARK)


OTHERWISE = [
    "$d_{jk} = {right}$ if $j = k$ and $d_{jk} = {wrong}$ otherwise.",
    "$d_{jk} = {right}$ for $j = k$, else $d_{jk} = {wrong}$.",
    "$d_{jk} = {right}$ for $j = k$; otherwise we have $d_{jk} = {wrong}$.",
    "If $j = k$, then $d_{jk} = {right}$. Otherwise, $d_{jk} = {wrong}$.",
    "$d_{jk} = {right}$ if $j = k$ and $d_{jk} = {wrong}$ in all other cases.",
]


@pytest.mark.parametrize("text", OTHERWISE)
def test_otherwise_is_the_opposite_of_the_condition_before_it(text: str) -> None:
    text = "Some words.\n\n" + text.replace("d_", r"\delta_").replace("{right}", "1")
    assert verdicts(text.replace("{wrong}", "0")) == [Status.PROVED, Status.PROVED]
    assert verdicts(text.replace("{wrong}", "1"))[1] is not Status.PROVED


def verdicts(text: str) -> list[Status]:
    """What is said of the claims of a document."""
    found = [judgement.status for judgement in check(text).judgements]
    return [status for status in found if status is not Status.REMARK]


def test_otherwise_reaches_no_further_than_its_sentence() -> None:
    text = r"It is $\delta_{jk} = 1$ if $j = k$. Then $\delta_{jk} = 0$, otherwise not."
    text += "\n\n" + r"Otherwise $\delta_{jk} = 0$."
    assert [len(s.conditions) for s in read_document(text, "markdown").statements][-1] == 0


ALONE = r"""
$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$

FIRST

$$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)$$

SECOND

$$\frac{\partial p_i}{\partial z_j} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("If $i = j$:", "Otherwise:"),
        ("Si $i = j$ :", "Sinon :"),
        ("Si $i = j$:", "Si no,"),
        ("- Wenn $i = j$:", "- **Sonst:**"),
        ("$i = j$ のとき", "それ以外"),
    ],
)
def test_otherwise_alone_is_the_case_that_is_left(first: str, second: str) -> None:
    text = ALONE.replace("FIRST", first).replace("SECOND", second)
    assert verdicts(text.replace("RIGHT", "-p_i p_j"))[-2:] == [Status.PROVED] * 2
    for wrong in ("p_i p_j", "p_i (1 - p_i)", "p_i (1 - p_j)"):
        assert verdicts(text.replace("RIGHT", wrong))[-1] is Status.REFUTED


def test_otherwise_alone_without_a_condition_that_was_read_leaves_it_open() -> None:
    text = ALONE.replace("FIRST", "Für gleiche Indizes:").replace("SECOND", "Sonst:")
    for right in ("-p_i p_j", "p_i p_j"):
        assert verdicts(text.replace("RIGHT", right))[-1] is Status.UNDECIDED
    put = text.replace("Sonst:", "Otherwise put, and so anyway:")
    assert verdicts(put.replace("RIGHT", "p_i p_j"))[-1] is Status.REFUTED


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"1 & z > 0 \\ 0 & z \le 0", r"1 & z > 0 \\ 0 & z > 5"),
        (r"1 & z > 0 \\ 0 & z < 0", r"1 & z > 0 \\ 0 & z > 0"),
        (r"0 & z < 0 \\ 1 & 0 < z", r"0 & z < 0 \\ 1 & z < 1"),
        (r"1 & 0 < 2 z \\ 0 & \text{otherwise}", r"1 & \text{if it fires} \\ 0 & \text{otherwise}"),
    ],
)
def test_a_second_condition_must_be_where_the_first_does_not_hold(right: str, wrong: str) -> None:
    def status(rows: str) -> Status:
        line = rf"$$\frac{{da}}{{dz}} = \begin{{cases}} {rows} \end{{cases}}$$"
        return check(rf"$$a = \max(0, z)$$ {line}", kind="markdown").judgements[-1].status

    assert status(right) in (Status.PROVED, Status.AGREES)
    assert status(wrong) not in (Status.PROVED, Status.AGREES)
