"""What a drawing shows of a network: units as they are, up to a few, and of a batch one sample."""

from math import hypot

import pytest
from sampling import sample

from symback.calculus import derive
from symback.model.language.reader import read_model
from symback.model.language.sources import library_names, library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.notation.spelling import Spelling
from symback.printing import Printer
from symback.printing.text import UNICODE
from symback.rendering.picture import computation_graph, follow, graph, lay_out, lay_out_way
from symback.rendering.picture.graph import _distance
from symback.rendering.picture.labels import RADIUS, Mark
from symback.rendering.picture.parts import Kind
from symback.rendering.picture.runs import runs_of, spelled, width_of
from symback.rendering.picture.svg import svg


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


@pytest.mark.parametrize("notation", ["deeplearning.ai", "founding"])
def test_the_name_of_the_loss_is_as_large_as_any_other(notation):
    derivation = derive(Network((2, 2, 2), weight_decay=0.01))
    printer = Printer(UNICODE, derivation.model, NOTATIONS[notation])
    way = follow(derivation, derivation.unit("W1", 1, 2))
    for picture in (lay_out(derivation, None, printer), lay_out_way(way, {}, printer)):
        loss = next(unit for unit in picture.units if unit.kind is Kind.LOSS)
        width = width_of(runs_of(printer, loss.label))
        long = width > 1.4 * loss.radius * 2
        assert long is (notation == "deeplearning.ai")
        assert (loss.wider > 0) is long
        assert not long or 2 * loss.radius + loss.wider > width
        assert loss.x + loss.radius + loss.wider < picture.width
        sizes = {unit.wider for unit in picture.units if unit.kind is Kind.UNIT}
        assert sizes == {0.0}
        assert ('class="rim' in svg(picture, printer, "")) is long
        # Without the room that the name asks for there is a circle, in which it would be small.
    assert lay_out(derivation, None).width < lay_out(derivation, None, printer).width or not long


def behind_nodes(picture):
    """Edges that pass a node which they do not join, closer than its rim."""
    found = []
    for edge in picture.edges:
        for unit in picture.units:
            far = _distance((unit.x, unit.y), edge.start, edge.end)
            at_ends = (hypot(unit.x - x, unit.y - y) for x, y in (edge.start, edge.end))
            if far < RADIUS + 2 and min(at_ends) > RADIUS + 2:
                found.append((str(unit.label), edge))
    return found


@pytest.mark.parametrize("name", ["vae", "gru", *sample(library_names(), 4)])
def test_no_arrow_of_a_graph_passes_behind_a_node(name, monkeypatch):
    model = read_model(library_text(name))
    picture = computation_graph(model)
    assert picture is None or not behind_nodes(picture)
    if name in ("vae", "gru"):
        monkeypatch.setattr(graph, "_is_clear", lambda *_: True)
        assert behind_nodes(computation_graph(model))


def test_what_is_handed_to_the_next_step_passes_over_all_other_arrows():
    picture = computation_graph(read_model(library_text("gru")))
    level = [e for e in picture.edges if e.start[1] == e.end[1] and e.mark is Mark.PATH]
    rail = min(edge.start[1] for edge in level)
    ends = sorted({y for edge in picture.edges for _, y in (edge.start, edge.end)})
    assert ends[0] == rail
    assert ends[1] >= rail + 9
