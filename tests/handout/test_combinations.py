"""All notations and functions: that each handout compiles, fits, and is read by other programs."""

import re
import shutil

import pytest
from handout.combinations import COMBINATIONS, combination
from handout.mathematics import FOREIGN, OF, katex, needs_katex, pdflatex, spoken
from rendering.formulas import unbalanced
from sampling import FULL

from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.notation import NOTATIONS
from symback.rendering.handout.pdf import pdf_from_typst

IDLE = re.compile(r"(?<![\d.}_])1 \\cdot|[-+] *[-+]|\\sum_\{\w = 1\}\^\{1\}")
"""A factor 1, two signs, a sum of one term."""

BY_LATEX, BY_TYPST = ([*COMBINATIONS] if FULL else [*COMBINATIONS][at::8] for at in (0, 1))
"""Which are written for, and set by, the one or the other in the gate; with --full all by both."""


def test_every_notation_and_every_function_is_among_them():
    assert set(COMBINATIONS) >= set(NOTATIONS)
    functions = {name for network in COMBINATIONS.values() for name in network.activations}
    assert functions >= set(ACTIVATIONS)
    assert {network.loss for network in COMBINATIONS.values()} >= set(LOSSES)
    assert any(n.batch and n.weight_decay for n in COMBINATIONS.values())


@pytest.mark.parametrize("name", COMBINATIONS if FULL else sorted({*BY_LATEX, *BY_TYPST}))
def test_every_formula_has_its_brackets_and_no_idle_signs(name):
    for format, formulas in OF.items():
        if format != "markdown" and name not in BY_LATEX:
            continue
        written = combination(format, name).content.decode()
        for formula, _ in formulas(written):
            assert not unbalanced(formula), (format, formula)
            assert not IDLE.search(formula), (format, formula)


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("name", BY_LATEX)
def test_latex_compiles_and_nothing_runs_out_of_the_margin(name, tmp_path):
    log = pdflatex(combination("latex", name).content, tmp_path)
    assert "Overfull" not in log


@pytest.mark.parametrize("name", BY_TYPST)
def test_every_formula_is_said_in_letters(name):
    said = spoken(combination("typst", name).content.decode())
    assert len(said) > 100
    assert [words for words in said if not words.strip() or FOREIGN.search(words)] == []
    assert any(", chain rule, through (" in words for words in said), "with the reason"


@pytest.mark.parametrize("name", BY_TYPST)
def test_pdf_is_accessible(name):
    pytest.importorskip("typst", reason="the typst package is not installed")
    _, warnings = pdf_from_typst(combination("typst", name).content, "")
    assert warnings == ()  # PDF/UA-1 was asked for and met


@pytest.mark.parametrize("name", BY_TYPST)
def test_html_has_every_formula(name):
    page = combination("html", name).content.decode()
    assert page.count("<math") > 50
    assert "merror" not in page


@needs_katex
def test_katex_reads_every_formula():
    formulas = [
        formula
        for name in BY_LATEX
        for format, of in OF.items()
        for formula in of(combination(format, name).content.decode())
    ]
    assert len(formulas) > 500 * len(BY_LATEX)
    katex(formulas)
