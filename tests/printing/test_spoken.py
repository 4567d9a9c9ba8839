"""Formulas in words: what a screen reader says, with nothing in it that it would skip."""

import re

import pytest

from symback.calculus import derive
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.printing import Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.spoken import SPOKEN_WORDS
from symback.printing.target import plainly
from symback.printing.text import UNICODE
from symback.rendering.handout.spoken import bare

SIGNS = re.compile(r"[^a-zA-Z0-9 ,.;()]")
"""What is said in words has letters, numbers and pauses alone."""


@pytest.mark.parametrize("notation", ["founding", "bishop", "nielsen"])
def test_no_sign_is_left(notation):
    derivation = derive(Network((2, 3, 2), ("relu", "softmax"), "cross-entropy", batch=True))
    printer = Printer(SPOKEN_WORDS, derivation.model, NOTATIONS[notation])
    arrays = MatrixPrinter(printer)
    said = [printer(e.expression) for e in derivation.model.equations]
    said += [printer(link.expression) for step in derivation.steps for link in step.links]
    said += [arrays.left(form) for form in derivation.matrices]
    said += [arrays.right(form) for form in derivation.matrices]
    assert [words for words in said if SIGNS.search(words.replace("\ue000", ""))] == []


def test_what_differs_is_said_differently():
    derivation = derive(Network((2, 2, 2)))
    printer = Printer(SPOKEN_WORDS, derivation.model)
    model = derivation.model.quantities
    h, pre, W1, W2 = (model[name] for name in ("h1", "h1_pre", "W1", "W2"))
    said = [printer(q.entry) for q in (h, pre, W1, W2)]
    assert said == ["h k", "h prime k", "W of layer 1, j k", "W of layer 2, j k"]
    assert printer(derivation.step_of["W2"].adjoint) == (
        "the partial derivative of L with respect to W of layer 2, j k"
    )
    assert printer(h.entry * (h.entry + 1)) == "h k times the bracket 1 plus h k, bracket closed"
    assert printer(h.entry * h.entry + 1) == "1 plus h k squared"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (UNICODE.braced("b c", "= 0"), "b c [= 0]"),
        (UNICODE.shaped("Wᵀ", "2", "1"), "Wᵀ (2×1)"),
    ],
)
def test_what_stands_under_a_formula_follows_it_where_it_is_read_out(part: str, told: str) -> None:
    assert bare(f"a + {part} + d") == f"a + {told} + d"
    assert plainly(part).strip() != told  # elsewhere what stands under it is drawn there
