r"""Documents read into statements: chains over displays, asides, remarks, what is defined."""

from __future__ import annotations

from collections import Counter

import pytest

from symback.reading.formula.unread import Reason
from symback.reading.statements.statements import Kind, Place, Reading, Statement, read_document

from .spelling import spell

# A selection, in order, from the notes this project was founded on: 2-2-2, generic f, g, L.
NOTES = r"""
$$h_1' = W_{11}^{(1)} x_1 + W_{21}^{(1)} x_2$$
$$h_1 = f(h_1')$$
$$h_2' = W_{12}^{(1)} x_1 + W_{22}^{(1)} x_2$$
$$h_2 = f(h_2')$$
$$y_1' = W_{11}^{(2)} h_1 + W_{21}^{(2)} h_2$$
$$\hat{y}_1 = g(y_1')$$
$$y_2' = W_{12}^{(2)} h_1 + W_{22}^{(2)} h_2$$
$$\hat{y}_2 = g(y_2')$$
loss: $\mathcal{L}(y, \hat{y}_1, \hat{y}_2)$
$$\frac{\partial \mathcal{L}}{\partial W_{11}^{(2)}} = \frac{\partial \mathcal{L}}{\partial \hat{y}_1} \frac{\partial \hat{y}_1}{\partial W_{11}^{(2)}} + \frac{\partial \mathcal{L}}{\partial \hat{y}_2} \underbrace{\frac{\partial \hat{y}_2}{\partial W_{11}^{(2)}}}_{=0} \rightarrow \hat{y}_2 = g(W_{12}^{(2)} h_1 + W_{22}^{(2)} h_2)$$
$$= \frac{\partial \mathcal{L}}{\partial \hat{y}_1} \frac{\partial}{\partial W_{11}^{(2)}} [g(W_{11}^{(2)} h_1 + W_{21}^{(2)} h_2)]$$
$$= \frac{\partial \mathcal{L}}{\partial \hat{y}_1} \cdot g'(y_1') \cdot h_1$$
Similarly, $\frac{\partial L}{\partial W_{12}^{(2)}} = \frac{\partial L}{\partial \hat{y}_2} \frac{\partial \hat{y}_2}{\partial W_{12}^{(2)}}$

since $\hat{y}_1 = g(W_{11}^{(2)} h_1 + W_{21}^{(2)} h_2)$

$$= \frac{\partial L}{\partial \hat{y}_2} g'(y_2') h_1$$
$$\begin{aligned} \frac{\partial L}{\partial W_{jk}^{(1)}} &= \sum_i \frac{\partial L}{\partial \hat{y}_i} \frac{\partial \hat{y}_i}{\partial y_i'} \frac{\partial y_i'}{\partial h_k} \\
&= \sum_i \frac{\partial L}{\partial \hat{y}_i} g'(y_i') W_{ki}^{(2)} f'(h_k') x_j \end{aligned}$$
$$\text{Similarly } \frac{\partial \hat{y}_2}{\partial w_{12}^{(1)}} = g'(y_2) w_{22}^{(2)} f'(h_2) x_1$$
$$\therefore \frac{\partial L}{\partial w_{12}^{(1)}} = \frac{\partial L}{\partial \hat{y}_1} g'(y_1) w_{21}^{(2)} f'(h_2) x_1$$
"""  # noqa: E501


def read(text: str, kind: str = "markdown") -> Reading:
    return read_document(text, kind)


def said(statement: Statement) -> tuple[str, str, str]:
    return spell(statement.left), statement.relation, spell(statement.right)


def test_the_notes_are_read_whole() -> None:
    reading = read(NOTES)
    kinds = Counter(statement.kind for statement in reading.statements)
    assert kinds == {Kind.DEFINITION: 8, Kind.CLAIM: 12, Kind.EXPRESSION: 1}
    places = Counter(statement.place for statement in reading.statements)
    assert (places[Place.BRACE], places[Place.REMARK], places[Place.SIDE]) == (1, 1, 1)


def test_a_display_continues_the_chain_and_not_the_remark_or_the_aside() -> None:
    by_line = {s.line: s for s in read(NOTES).statements if s.place is Place.CHAIN}
    assert spell(by_line[12].left) == (
        "{+<D[calligraphic.L / hat.y_1] D[hat.y_1 / W_11^layer:2]>"
        " +<D[calligraphic.L / hat.y_2] Brace(D[hat.y_2 / W_11^layer:2],"
        " Relation((Dots(), 0), (=)), -, False)>}"
    )
    assert by_line[12].chain == by_line[11].chain == by_line[13].chain
    assert [by_line[n].position for n in (11, 12, 13)] == [1, 2, 3]
    assert spell(by_line[18].left) == "<D[L / hat.y_2] D[hat.y_2 / W_12^layer:2]>"
    assert by_line[18].chain == by_line[14].chain


def test_each_row_has_its_own_line_and_its_words() -> None:
    statements = read(NOTES).statements
    assert [s.line for s in statements if s.excerpt.line == 19] == [19, 20]
    assert statements[-2].words == "Similarly"
    assert statements[-1].connective == "therefore"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("$$x = a$$ $$x = b$$", [Kind.DEFINITION, Kind.CLAIM]),
        ("$$x := a$$ $$x := b$$", [Kind.DEFINITION, Kind.DEFINITION]),
        ("$$s(x) = a x$$ $$s(y) = a y$$", [Kind.DEFINITION, Kind.CLAIM]),
        ("$$x = a = b$$", [Kind.DEFINITION, Kind.CLAIM]),
        (r"$$w \leftarrow w - \eta a$$", [Kind.ASSIGNMENT]),
        (r"$$w^+ = w - \eta a$$", [Kind.ASSIGNMENT]),
        (r"$$w_{new} = w - \eta a$$", [Kind.ASSIGNMENT]),
        (r"$$d = d \cdot a$$", [Kind.ASSIGNMENT]),
        (r"$$W(t+1) = W(t) - a$$", [Kind.ASSIGNMENT]),
        (r"$$h_t = f(h_{t-1})$$", [Kind.DEFINITION]),
        (r"$$\frac{\partial L}{\partial w} = a$$", [Kind.CLAIM]),
        (r"$$x \in \mathbb{R}^n$$", [Kind.REMARK]),
        (r"$$L(y, t)$$", [Kind.EXPRESSION]),
        (r"$$= a$$", [Kind.UNREAD]),
        (r"$$x = \foo$$", [Kind.UNREAD]),
    ],
)
def test_kinds(text: str, kinds: list[Kind]) -> None:
    assert [statement.kind for statement in read(text).statements] == kinds


def test_an_unread_row_costs_only_itself() -> None:
    statements = read("$$\n\\begin{aligned}\na &= b \\\\\n&= \\foo \\\\\n&= c\n\\end{aligned}\n$$")
    first, unread, last = statements.statements
    assert said(first) == ("a", "=", "b")
    assert unread.unread is not None
    assert (unread.line, unread.column, unread.unread.token) == (4, 4, r"\foo")
    assert unread.unread.reason is Reason.UNKNOWN_COMMAND
    assert said(last) == ("b", "=", "c")


@pytest.mark.parametrize(
    "text", ["$$z = W.x + b$$", r"$$\eta = 0,5$$", r"$$a = b \quad c$$", "$$a = b : c$$"]
)
def test_nothing_is_cut_off(text: str) -> None:
    *_, last = read(text).statements
    assert last.kind is Kind.UNREAD


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("$s'(z)$ and $s(a + b)$", {"s"}),
        ("$$z_1' = a$$ $$b = z_1'(a + c)$$ $$d = z_1' + 1$$", set()),
        ("$$S(z) = 1 + z$$", {"S"}),
        ("the activation function $u$ of", {"u"}),
        ("$u$: activation function", {"u"}),
        ("$$a = R(z)$$", {"R"}),
        ("$$a = b(1 - b)$$", set()),
    ],
)
def test_functions_are_learned(text: str, functions: set[str]) -> None:
    assert read(text).functions.functions - read("").functions.functions == functions


def test_lagrange_primes_on_variables() -> None:
    (claim,) = read(r"$$C'(W_O) = C'(\hat{y}) \cdot \hat{y}'(Z_O) \cdot Z_O'(W_O)$$").statements
    assert said(claim) == (
        "C'[W_O]", "=", "<C'[hat.y] dot hat.y'[Z_O] dot Z_O'[W_O]>",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("$x = a$ $= b$", True),
        ("$x = a$, $= b$", True),
        ("$x = a$\n\n$= b$", True),
        ("$$x = a$$\n\nand so, by the chain rule, $$= b$$", True),
        ("$$x = a \\quad \\text{by definition} \\\\ = b$$", True),
        ("$$x = a$$\n\n**Accuracy** $= b$", False),
        ("$$x = a$$\n\n**Accuracy:** $$= b$$", False),
        ("$$x = a$$\n\nAccuracy: $= b$", False),
        ("$$x = a$$\n\n- $= b$", False),
        ("$$x = a$$ so $y$ $= b$", False),
        ("$$x = a \\\\ \\text{Accuracy} \\\\ = b$$", False),
    ],
)
def test_a_relation_goes_on_with_a_chain_only_where_no_name_stands_between(
    text: str, goes_on: bool
) -> None:
    *_, last = read(text).statements
    assert (last.kind is not Kind.REMARK and said(last) == ("a", "=", "b")) == goes_on
    assert (
        goes_on
        or last.kind is Kind.REMARK
        or (last.unread and last.unread.reason is Reason.NO_LEFT_SIDE)
    )


@pytest.mark.parametrize(
    ("rows", "claims"),
    [
        (r"x = a & \begin{pmatrix}\text{by the rule}\end{pmatrix}", 1),
        (r"x = a & {\begin{pmatrix}\text{since $c$ is}\\\text{a scalar}\end{pmatrix}} \\ = b", 2),
        (r"x = a \\ & \hspace{9em} \text{the rule} \\ = b", 2),
        (r"x = f(a \\ & \quad {} + b)", 1),
        (r"x = a =", 1),
    ],
)
def test_rows_are_read_whole(rows: str, claims: int) -> None:
    display = f"\\begin{{aligned}}{rows}\\end{{aligned}}"
    statements = read(f"$${display}$$\n\n$$\\boxed{{{display}}}$$").statements
    assert [s.is_claim for s in statements] == [True] * 2 * claims


def test_words_that_may_be_a_factor_are_never_dropped() -> None:
    (claim,) = read(r"$$x = A \begin{pmatrix}\text{one row}\end{pmatrix}$$").statements
    assert said(claim)[2] not in ("A", "-")


def test_a_blank_right_side_states_nothing() -> None:
    (statement,) = read(r"$$\frac{dy}{dx} =$$").statements
    assert statement.kind is Kind.EXPRESSION
