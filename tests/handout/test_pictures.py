"""What a drawing shows of a network: units as they are, up to a few, and of a batch one sample."""

import pytest

from symback.calculus import derive
from symback.model.language.reader import read_model
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation.spelling import Spelling
from symback.rendering.picture import computation_graph, lay_out
from symback.rendering.picture.layout import Kind
from symback.rendering.picture.runs import spelled


def drawn(layers, **kwargs):
    return lay_out(derive(Network(layers, **kwargs)), None)


@pytest.mark.parametrize(("units", "shown", "dots"), [(5, 5, 0), (6, 6, 0), (7, 3, 1)])
def test_few_units_are_drawn_as_they_are(units, shown, dots):
    picture = drawn((1, units, 1))
    kinds = [unit.kind for unit in picture.units]
    assert kinds.count(Kind.UNIT) == 2 + shown
    assert kinds.count(Kind.DOTS) == dots
    assert picture.units_left_out is bool(dots)


def test_a_word_is_said_where_lines_have_no_name():
    assert not drawn((1, 1)).is_crowded
    assert drawn((6, 6, 6)).is_crowded


def test_of_a_batch_one_sample_is_drawn():
    single, batch = drawn((2, 2)), drawn((2, 2), batch=True)
    loss, target = (
        [
            str(unit.label)
            for picture in (single, batch)
            for unit in picture.units
            if unit.kind is kind
        ]
        for kind in (Kind.LOSS, Kind.TARGET)
    )
    assert ("[s]" in loss[0], "[s]" in loss[1]) == (False, True)
    assert ("s" in target[0], "s" in target[1]) == (False, True)


def test_a_number_in_a_name_is_no_exponent():
    assert spelled(Spelling("s", mark="2"))[-1] == ("(2)", False, 1)
    assert spelled(Spelling("W", mark="i"))[-1] == ("i", False, 1)


def nodes(name):
    return [str(u.label) for u in computation_graph(read_model(library_text(name))).units]


def test_parameters_are_drawn_where_nothing_else_leads_to_a_node():
    assert {"a", "b"} <= set(nodes("infonce"))
    assert not {"Wi", "Ui", "bi"} & set(nodes("lstm"))
    assert "gamma" not in nodes("batch-norm")


def test_what_a_step_reads_of_another_has_the_step_alone_below_it():
    assert {"h[t - 1]", "c[t - 1]"} <= set(nodes("lstm"))
