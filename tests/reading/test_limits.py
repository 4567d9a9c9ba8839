"""Hostile and huge input: a tree or a refusal at once, and never another exception."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sampling import FULL, sample

import symback.reading.network.definitions as definitions_of_quantities
from symback.errors import InputError
from symback.reading import check
from symback.reading.finding import FINDERS, Excerpt, find
from symback.reading.formula.infix import read_infix
from symback.reading.formula.macros import Macros, definitions
from symback.reading.formula.unread import Reason, Unread
from symback.reading.network.naming import Parts
from symback.reading.statements.blocks import Block, Chain, read_block
from symback.reading.statements.statements import read_document

SECOND = 1.0


def spent(action: Callable[[], object], enough: float) -> float:
    """Seconds of the processor that something takes, at best of three where it is not enough."""
    best = math.inf
    for _ in range(3):
        begun = time.process_time()
        action()
        best = min(best, time.process_time() - begun)
        if best < enough:
            break
    return best


HUGE = [
    ("braces", "{" * 100_000 + "x" + "}" * 100_000, Reason.TOO_LONG),
    ("deep braces", "{" * 9_000 + "x" + "}" * 9_000, Reason.TOO_DEEP),
    ("fractions", r"\frac{1}{" * 1_000 + "x" + "}" * 1_000, Reason.TOO_DEEP),
    ("product", " ".join(["x"] * 100_000), Reason.TOO_LONG),
    ("digits", "9" * 1_000_000, Reason.TOO_LONG),
    ("parentheses", "(" * 9_000 + "x" + ")" * 9_000, Reason.TOO_DEEP),
    ("operators", r"\frac{\partial}{\partial x}" * 700 + "x", Reason.TOO_DEEP),
    ("sums", r"\sum_i " * 2_500 + "x", Reason.TOO_DEEP),
    ("accents", r"\hat" * 4_000 + "x", Reason.TOO_DEEP),
    ("calls", "f(" * 6_000 + "x" + ")" * 6_000, Reason.TOO_DEEP),
    ("superscripts", "x" + "^x" * 6_000, Reason.DOUBLE_SCRIPT),
    ("layers", r"x^{(" * 22 + "x" + r")\hat x}" * 22, None),
    ("indicators", "1(" * 45 + "x" + ")" * 45, None),
    ("long product", " ".join(["x"] * 9_999), None),
    ("long sum", "+".join(["x"] * 9_999), None),
    ("long chain", "x=" * 9_000 + "x", None),
    ("rows", r"x=y\\ " * 3_000, None),
]


@pytest.mark.parametrize(("name", "text", "reason"), HUGE, ids=[name for name, _, _ in HUGE])
def test_a_formula_is_read_or_refused_within_a_second(
    name: str, text: str, reason: Reason | None
) -> None:
    read: list[Block] = []
    assert spent(lambda: read.append(read_block(Excerpt.of(text))), SECOND) < SECOND
    refusals = [item.reason for item in read[-1].items if isinstance(item, Unread)]
    assert refusals == ([reason] if reason else [])


@pytest.mark.parametrize(
    "source",
    [
        r"\def\x{\x\x}",
        r"\def\x{x\x}",
        "".join(
            rf"\def\{a}{{\{b}\{b}}}"
            for a, b in zip("xabcdefghijklm", "abcdefghijklmn", strict=True)
        ),
        r"\newcommand{\x}[1]{#1#1}\def\y{\x{\x{\x{\y}}}}\def\x{\y\y}",
    ],
)
def test_a_macro_that_never_ends_is_refused(source: str) -> None:
    macros = Macros().with_definitions([d.macro for d in definitions(source) if d.macro])
    (item,) = read_block(Excerpt.of(r"a = \x", macros=macros)).items
    assert isinstance(item, Unread)
    assert item.reason in (Reason.MACRO_LIMIT, Reason.UNKNOWN_COMMAND)


REPEATED = ["$ ", "$$ ", r"\[ ", "` ", "<code> ", r"\begin{align} ", "> ", r"\def\x{", "{$"]
FOUND = [(kind, unit) for kind in sorted(set(FINDERS) - {"notebook"}) for unit in REPEATED]


@pytest.mark.parametrize(("kind", "unit"), sample(FOUND, 6))
def test_finding_is_linear_in_the_length(kind: str, unit: str) -> None:
    small = spent(lambda: find(unit * 4_000, kind), 0.0)
    enough = 24 * small + 0.1
    assert spent(lambda: find(unit * 32_000, kind), enough) < enough


PIECES = st.sampled_from(
    r"""\frac { } \partial L W _ ^ ( ) [ ] ' 1 12 2.5 (2) = + - * / \cdot \odot & \\ , . ; \quad
    \text{if} \text{by the} \sum \sum_{i=1}^n \underbrace \left \right | \| \hat \mathbf f g \sigma
    \Rightarrow \rightarrow \begin{aligned} \end{aligned} \begin{cases} \end{cases} \top T d dz e
    \nabla \log \exp \max \sqrt \over \stackrel \overset \mathrm ŷ ² ∂ \{ \} < > : ! % \  \def\x{
    \newcommand \x # \boxed \mathbb 1 \dots out target \tag{1} \label{""".split()
)


@settings(max_examples=400 if FULL else 150, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=200))
@example("< \\\\ \\quad")  # a row of nothing but space behind a relation
def test_no_formula_raises(text: str) -> None:
    for item in (*read_block(Excerpt.of(text)).items, *read_infix(text).items):
        assert isinstance(item, (Chain, Unread))
        if isinstance(item, Unread):
            assert item.line >= 1
            assert item.column >= 1


@settings(max_examples=300 if FULL else 150, deadline=None)
@given(
    st.lists(
        PIECES
        | st.sampled_from(
            ["$", "$$", "\n", "\n\n", "`", "```", "```math\n", "> ", "    ", "\\[", "\\]", "\\(",
             "\\)", ".. math::\n", ":math:`", "<pre>", "<script type='math/tex'>", "&lt;", "# ",
             "# %% [markdown]\n", '{"cells": [{"cell_type": "markdown", "source": ["', '"]}]}',
             "\r\n", "\\begin{align}", "\\end{align}", "\\verb|", "since", "---\n"]
        ),
        max_size=60,
    ).map(" ".join),
    st.sampled_from(sorted(FINDERS)),
)  # fmt: skip
def test_no_document_raises_anything_undocumented(text: str, kind: str) -> None:
    try:
        reading = read_document(text, kind)
    except InputError:
        return
    lines = text.count("\n") + 1
    for statement in reading.statements:
        assert 1 <= statement.line <= lines


@given(st.text(alphabet="ab\r\n$> ", max_size=60))
def test_every_character_of_an_excerpt_is_where_it_says(text: str) -> None:
    at: Callable[[int], str] = lambda offset: text[offset : offset + 1]  # noqa: E731
    for excerpt in find(text, "markdown").excerpts:
        for offset, character in enumerate(excerpt.text):
            origin = at(excerpt.passage.origin(offset))
            assert character == origin or (character, origin) == ("\n", "\r")


def comparisons(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many equations are compared with others while a document is judged."""
    count = 0
    original = definitions_of_quantities._covers_indices

    def counted(own: Parts, other: Parts) -> bool:
        nonlocal count
        count += 1
        return original(own, other)

    with monkeypatch.context() as patched:
        patched.setattr(definitions_of_quantities, "_covers_indices", counted)
        check("\n\n".join(f"Let ${line}$ be given." for line in lines), path="notes.md")
    return count


def test_entries_that_are_given_one_by_one_are_not_compared_each_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"a_{{{at}}} = {at} c" for at in range(30)]
    few = comparisons(lines, monkeypatch)
    assert few < 10
    # What says one of them again, or all of them, is.
    assert few < comparisons([*lines, "a_{7} = 8 c"], monkeypatch) < 60
    assert comparisons(["a_k = c_k", *lines[:9]], monkeypatch) >= 9
    assert comparisons([*lines, "a = c"], monkeypatch) >= 30


def test_what_was_given_up_is_not_read_again() -> None:
    """A formula of nothing but unreadable pieces comes to an end."""
    assert read_block(Excerpt.of(r"# # ) \quad ² & , # \quad # % , \text{by")).items
