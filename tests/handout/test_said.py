"""What a handout says of sizes, costs, indices and claims, beside what would be wrong."""

import re

import pytest

import symback
from symback.calculus import derive
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout

FIVE = ("nielsen", "bishop", "ufldl", "deeplearning.ai", "goodfellow")
"""The notations in which a sample is a column."""


def page(what, notation="founding", format="markdown", **options):
    model = what if isinstance(what, Network) else symback.read_model(library_text(what))
    written = write_handout(
        format, derivation=derive(model), report=None, notation=NOTATIONS[notation], **options
    )
    return written.content.decode().replace("\u00a0", " ")


def row(text, name):
    return next(line for line in text.splitlines() if f"| `{name}`" in line)


@pytest.mark.parametrize("notation", FIVE)
def test_sizes_in_code_stand_beside_names_where_code_has_the_transpose(notation):
    text = page(Network((3, 4, 2)), notation)
    assert row(text, "W1").endswith("| 4 × 3 | `W1`, 3 × 4 |")
    assert row(text, "b1").endswith("| 4 | `b1` |")
    assert "in code a sample is a row, and each matrix is the transpose" in text
    rows = page(Network((3, 4, 2)))
    assert row(rows, "W1").endswith("| 3 × 4 | `W1` |")
    assert "in code" not in rows


def test_a_size_has_the_order_of_the_indices_where_no_matrix_turns_it():
    mixture = page("mixture-of-experts", "nielsen")
    assert row(mixture, "G").endswith("| J × E | `G` |")
    assert row(mixture, "W").endswith("| E × J × K | `W` |")
    turned = page("vae", "deeplearning.ai")
    assert row(turned, "A").endswith("| K × J | `A`, J × K |")
    assert "numbers its columns, in code its rows" in turned


@pytest.mark.parametrize(
    ("layers", "said"),
    [((2, 2, 2), "take 1.5 times as many as one"), ((3, 2), "take as many as one"),
     ((784, 128, 10), "take about 1.01 times as many as one"),
     ((2, 500, 500, 2), "take about 2 times as many as one"),
     ((784, 2, 2), "take about as many as one")],
)  # fmt: skip
def test_what_both_passes_cost_is_one_figure(layers, said):
    text = page(Network(layers), sections=("summary",))
    assert said in text
    assert "however many" not in text


def test_where_an_index_starts_below_one_it_is_said():
    lstm = re.sub(r"[$`]", "", page("lstm"))
    assert "Every index starts at 1, except in (1) and (2), which give starts." in lstm
    assert "- Every index starts at 1.\n" in page("batch-norm")
    said = "except that a bias has 0 for the unit it comes from"
    assert said in page(Network((2, 3, 1)), "bishop")
    assert said not in page(Network((2, 3, 1), bias=False), "bishop")
    assert said not in page(Network((2, 3, 1)))
