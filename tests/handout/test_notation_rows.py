"""The table of notation: layers of one width that follow one another share their rows."""

import pytest
from handout.test_layout import changed, ends

from symback.calculus import derive
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout
from symback.rendering.handout.notation_rows import notation_rows


def names(*layers, bias=True):
    network = Network(layers, bias=bias)
    quantities = derive(network).model.quantities.values()
    return [[q.name for q in row] for row in notation_rows(quantities, layers)]


def text(format, *layers, notation="founding"):
    derivation = derive(Network(layers))
    written = write_handout(
        format, derivation=derivation, report=None, notation=NOTATIONS[notation]
    )
    return written.content.decode()


def test_hidden_layers_of_one_width_share_their_rows():
    rows = names(3, 2, 2, 2, 2, 1)
    assert ["W1"] in rows, "it comes from the inputs"
    assert ["W2", "W3", "W4"] in rows
    assert ["W5"] in rows, "it leads to the output"
    for several in (["b1", "b2", "b3", "b4"], ["h1_pre", "h2_pre", "h3_pre", "h4_pre"]):
        assert several in rows
    assert ["h1", "h2", "h3", "h4"] in rows


@pytest.mark.parametrize("layers", [(2, 2, 2), (2, 2, 2, 2), (2, 3, 4, 5, 2), (2, 2, 3, 2, 2)])
def test_two_layers_or_layers_of_other_widths_have_rows_of_their_own(layers):
    assert all(len(row) == 1 for row in names(*layers))


def test_every_quantity_has_one_row_and_only_runs_share_one():
    rows = names(5, 4, 4, 4, 7, 3, 3, 3, 3, 2, bias=False)
    quantities = derive(Network((5, 4, 4, 4, 7, 3, 3, 3, 3, 2), bias=False)).model.quantities
    assert sorted(name for row in rows for name in row) == sorted(quantities)
    assert ["W2", "W3"] in rows
    assert ["W7", "W8"] not in rows
    assert ["W6", "W7", "W8"] in rows
    assert ["W4"] in rows, "it leads from one width to another"


SHARED = {
    "markdown": "| $`b_k^{(1)}`$, …, $`b_k^{(4)}`$ | bias of unit $`k`$ of each of hidden layers "
    "1 to 4 | 2 | `b1`, …, `b4` |",
    "latex": r"$\bias{1}{k}$, …, $\bias{4}{k}$ & bias of unit $k$ of each of hidden layers "
    r"1 to 4 & $2$ & \texttt{b1}, …, \texttt{b4}",
    "html": "</math> of each of hidden layers 1 to 4</td>",
    "typst": "of each of hidden layers 1 to 4],",
}


@pytest.mark.parametrize("format", SHARED)
def test_a_shared_row_says_of_which_layers(format):
    assert SHARED[format] in text(format, 2, 2, 2, 2, 2, 1)
    assert "of each of hidden layers" not in text(format, 2, 2, 2, 3)


def test_of_two_there_are_no_dots_between():
    page = text("markdown", 2, 2, 2, 2, 1, notation="bishop")
    assert (
        "| $`w_{kj}^{(2)}`$, $`w_{kj}^{(3)}`$ | weight from unit $`j`$ of each of hidden " in page
    )
    assert r"in matrices $`\mathbf{b}^{(1)}`$, …, $`\mathbf{b}^{(3)}`$" in page


def test_numbers_through_all_layers_go_from_the_first_to_the_last_of_a_row():
    page = text("markdown", 2, 2, 2, 2, 2, 2, 2, notation="mazur")
    assert "of the next, numbered $`w_5`$ to $`w_{20}`$ |" in page
    (told,) = (line for line in page.splitlines() if "numbered through all layers instead" in line)
    assert "…" in told
    assert told.endswith(r"$`\mathrm{out}_{h10} = \mathrm{out}_{h2}^{(5)}`$.")
    assert told.count("=") == 13
    (all_told,) = (
        line
        for line in text("markdown", 2, 2, 2, 2, notation="mazur").splitlines()
        if "numbered through all layers instead" in line
    )
    assert "…" not in all_told


def test_rows_of_two_lines_are_counted_where_a_table_seeks_its_room():
    source = text("typst", *[2] * 10, notation="ufldl")
    assert "  wrapped: 2,\n" in source
    assert ends(source)["table"] == 1
    assert ends(changed(source, "  wrapped: 2,\n", "  wrapped: 0,\n"))["table"] == 2
