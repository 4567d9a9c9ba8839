"""The way of a weight through its network: its factors make its gradient and keep their colours."""

import re
from dataclasses import replace
from functools import partial
from itertools import pairwise, product

import pytest
from sampling import sample
from sympy import Add, Mul, S

from symback.algebra.expressions import Apply
from symback.calculus import derive
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.printing import UNICODE, Printer
from symback.rendering.handout import contents, write_handout
from symback.rendering.picture import follow, lay_out, lay_out_way
from symback.rendering.picture.labels import Box, Mark, Wire, factor_width, head_of, place_labels
from symback.rendering.picture.lay_out_way import _Sketch
from symback.rendering.picture.parts import WIDTH, Extent, Kind
from symback.rendering.picture.tints import TINTS

NETWORKS = {
    "open": Network((2, 2, 2)),
    "deep": Network((3, 5, 4, 2)),
    "one-output": Network((2, 3, 1), activations=("relu", "identity"), loss="squared-error"),
    "softmax": Network((2, 3, 3), activations=("tanh", "softmax"), loss="cross-entropy"),
}


def way_of(network, name="W1", indices=(1, 2)):
    derivation = derive(network)
    unit = derivation.unit(name, *indices)
    return derivation, unit, follow(derivation, unit)


def along_paths(way):
    """The products of the factors along every path, added up."""
    reached = {(0, 0): S.One}
    for factor in sorted(way.factors, key=lambda f: f.start):
        so_far = reached[factor.start] * factor.local
        reached[factor.end] = reached.get(factor.end, S.Zero) + so_far
    return reached[len(way.columns) - 1, 0]


def first_result(unit):
    """The gradient where the paths are first put together, before anything known is put in."""
    [collection] = [chain for chain in unit.chains if chain.part == "collection"]
    return collection.links[0].expression


@pytest.mark.parametrize("name", ["open", "one-output"])
def test_the_factors_along_the_paths_make_the_gradient(name):
    _derivation, unit, way = way_of(NETWORKS[name])
    local = {f.local for f in way.factors}
    assert len(local) > 3
    chains = [chain for chain in unit.chains if chain.part in ("collection", "total")]
    found = [link.expression for chain in chains for link in chain.links]
    assert any((along_paths(way) - right).expand() == 0 for right in found)
    wrong = replace(way, factors=(replace(way.factors[0], local=S(2)), *way.factors[1:]))
    assert not any((along_paths(wrong) - right).expand() == 0 for right in found)


def test_h_and_what_is_before_it_are_units_of_their_own():
    _, _, way = way_of(NETWORKS["open"])
    names = [[str(node.entry) for node in column] for column in way.columns]
    assert names == [
        ["W1[1, 2]"],
        ["h1_pre[2]"],
        ["h1[2]"],
        ["y_pre[1]", "y_pre[2]"],
        ["yhat[1]", "yhat[2]"],
        ["L"],
    ]
    assert [f.tint for f in way.factors[:2]] == [5, 4]
    assert {f.tint for f in way.factors if f.end == (5, 0)} == {1}


def test_every_factor_of_the_gradient_has_a_colour_and_no_other_weight():
    derivation, unit, way = way_of(NETWORKS["open"])
    result = Add.make_args(first_result(unit).expand())
    tints = [{way.tint(factor) for factor in Mul.make_args(term)} for term in result]
    assert tints == [{1, 2, 3, 4, 5}] * 2
    W2 = derivation.model.quantities["W2"]
    assert way.tint(W2.at(2, 1)) == way.tint(W2.at(2, 2)) == 3
    assert way.tint(W2.at(1, 1)) == 0


def test_in_a_sum_a_letter_stands_for_the_units_of_the_way():
    derivation, _, way = way_of(NETWORKS["softmax"])
    W2 = derivation.model.quantities["W2"]
    j, k = W2.indices
    assert way.tint(W2.at(2, k))
    assert not way.tint(W2.at(j, k)), "other hidden units are not on the way"
    assert not way.tint(W2.at(1, k))


def test_where_paths_are_put_together_the_rest_is_one_step():
    _derivation, _unit, way = way_of(NETWORKS["softmax"])
    assert way.gathered
    assert [str(node.entry) for node in way.columns[-2]] == ["y_pre[1]", "y_pre[2]", "y_pre[3]"]


def test_weight_decay_is_a_step_of_its_own_past_all_others():
    _, _, way = way_of(Network((2, 2, 2), weight_decay=0.01))
    jumps = [f for f in way.factors if f.end[0] > f.start[0] + 1]
    assert len(jumps) == 1
    assert jumps[0].tint not in {f.tint for f in way.factors if f is not jumps[0]}
    picture = lay_out_way(way)
    assert picture.height > lay_out_way(way_of(NETWORKS["open"])[2]).height


def test_of_a_wide_layer_some_units_are_followed():
    _, _, way = way_of(Network((784, 128, 10)))
    assert way.leaves_out
    assert [len(column) for column in way.columns] == [1, 1, 1, 3, 3, 1]


def test_dots_stand_for_units_that_are_not_followed():
    dots = [u for u in lay_out_way(way_of(Network((784, 128, 10)))[2]).units if u.kind is Kind.DOTS]
    assert len(dots) == 2  # in both columns of the outputs, between the second and the last
    few = lay_out_way(way_of(Network((3, 4, 3)))[2])
    assert not [u for u in few.units if u.kind is Kind.DOTS]


@pytest.mark.parametrize("name", ["sigmoid", "relu", "gelu", "hard-tanh"])
def test_what_stands_on_an_arrow_leaves_both_its_ends_to_be_seen(name):
    way = way_of(Network((2, 3, 1), (name, "sigmoid"), "half-squared-error"))[2]
    picture = lay_out_way(way)
    rims = sorted({unit.x for unit in picture.units})
    assert len(rims) == len(way.columns)
    for factor in way.factors:
        column = factor.start[0]
        arrow = rims[column + 1] - rims[column] - 24
        assert arrow - factor_width(factor.local) >= 16
    assert picture.width < 453


@pytest.mark.spread
@pytest.mark.parametrize("layers", [4, 5, 6, 8])
def test_a_way_is_no_longer_than_there_are_colours(layers):
    way = way_of(Network((2,) * layers))[2]
    assert way is None or len(way.columns) <= len(TINTS)


def test_strokes_tell_colours_apart_in_grey():
    strokes = [tint.dashes for tint in TINTS]
    assert len(set(strokes)) == len(strokes)
    for tint in TINTS:
        assert contrast(tint.light, "#ffffff") >= 4.5
        assert contrast(tint.dark, "#16161a") >= 4.5


def written(language, derivation, **how):
    return write_handout(format=language, derivation=derivation, report=None, **how)


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_stands_on_anything_else(name):
    entry = ("W2", (1, 2)) if name == "deep" else ("W1", (1, 2))
    picture = lay_out_way(way_of(NETWORKS[name], *entry)[2])
    assert not picture.is_crowded
    units = [unit for unit in picture.units if unit.kind is Kind.UNIT]
    for label in picture.labels:
        assert all((label.x - u.x) ** 2 + (label.y - u.y) ** 2 > u.radius**2 for u in units)
    beside = sorted((lb.x, lb.y) for lb in picture.labels if lb.is_beside)
    assert all(y2 - y1 >= 15 for (x1, y1), (x2, y2) in pairwise(beside) if x1 == x2)


@pytest.mark.parametrize(
    ("language", "in_drawing", "in_formula"),
    [
        ("html", r'class="edge factor f([a-h])"', r'<mrow class="f([a-h])"'),
        ("latex", r"\\draw\[factor ([a-h])", r"\\textcolor\{factor([a-h])\}"),
        ("typst", r'net-factor\("([a-h])"\)', r"tone([a-h])\((?!body)"),
    ],
)
def test_a_colour_of_the_drawing_is_that_of_the_formula(language, in_drawing, in_formula):
    derivation = derive(NETWORKS["open"])
    text = written(language, derivation).content.decode()
    drawn, set_ = (set(re.findall(pattern, text)) for pattern in (in_drawing, in_formula))
    assert drawn == set_ == set("abcde")
    brief = written(language, derivation, detail="brief").content.decode()
    assert not re.findall(in_drawing, brief)


@pytest.mark.parametrize(
    "network",
    [
        Network((2, 2, 2)),
        Network((2, 3, 2), activations=("f", "f"), bias=False),
        Network((1, 1, 1, 1), activations=("f", "f", "f"), bias=False),
        Network((6, 6, 6)),
    ],
)
def test_derivatives_keep_their_colours_where_their_arguments_are_written_out(network):
    """Of one function in two layers each has the colour of its own."""
    _derivation, unit, way = way_of(network, indices=tuple(min(n, 2) for n in network.layers[:2]))
    chains = [chain for chain in unit.chains if chain.part == "written-out"]
    assert chains or len(network.layers) == 4
    for chain in chains:
        written, named = (link.expression for link in chain.links)
        tints = [
            sorted(way.tint(f) for f in Mul.make_args(right) if isinstance(f, Apply))
            for right in (written, named)
        ]
        assert tints[0] == tints[1]
        assert len(set(tints[0])) == len(tints[0]) == len(network.activations)
        assert 0 not in tints[0]


def test_of_a_derivative_with_a_long_argument_the_name_alone_is_coloured():
    text = written("latex", derive(NETWORKS["open"]), detail="full").content.decode()
    assert "\\textcolor{factorb}{g'}\\bigl(" in text
    assert "\\textcolor{factord}{f'}(" in text


def test_markdown_keeps_to_what_github_sets():
    text = written("markdown", derive(NETWORKS["open"])).content.decode()
    assert "textcolor" not in text


def sketch(network, notation, entry=("W1", (1, 2))):
    derivation, _, way = way_of(network, *entry)
    printer = Printer(UNICODE, derivation.model, NOTATIONS[notation])
    return _Sketch(way, {}, printer)


WIDE_NAMES = {
    "goodfellow": (Network((2, 2, 2)), ("W1", (1, 2))),
    "ufldl": (Network((3, 5, 4, 2), ("elu", "tanh", "g"), "huber"), ("W2", (1, 2))),
    "nielsen": (Network((4, 5, 3), ("leaky-relu", "softmax"), "cross-entropy"), ("W1", (1, 2))),
}


def test_nothing_above_a_unit_covers_the_head_of_an_arrow():
    def covers(drawn, labels):
        boxes = [drawn._box(label) for label in labels if label.is_beside]
        heads = [head_of(edge.start, edge.end) for edge in drawn.picture().edges]
        return any(box.touches(head) for box in boxes for head in heads)

    steep = Network((3, 1, 4), ("relu", "softmax"), "cross-entropy")
    drawn = sketch(steep, "bishop", ("W1", (1, 1)))
    kept = drawn.picture().labels
    assert not covers(drawn, kept)
    assert covers(drawn, [*kept, *drawn._above()])
    flat = sketch(NETWORKS["open"], "founding")
    assert len(flat._above()) == sum(label in flat.picture().labels for label in flat._above())


def test_no_factor_covers_what_stands_beside_a_unit():
    def covers(drawn, labels, above):
        beside = [drawn._box(label) for label in above if label.is_beside]
        boxes = [Box(label.x, label.y, label.room) for label in labels if label.tint]
        return any(box.touches(other) for box in boxes for other in beside)

    heedless = []
    for notation, (network, entry) in WIDE_NAMES.items():
        drawn = sketch(network, notation, entry)
        labels = drawn.picture().labels
        assert not covers(drawn, labels, labels), notation
        wires = [drawn._wire(factor) for factor in drawn.way.factors]
        columns = [[w for w in wires if w.start[0] == x] for x in drawn.across[:-1]]
        placed = [label for c in columns for label in place_labels(c)]
        heedless.append(covers(drawn, placed, [*drawn._below(), *drawn._above()]))
    assert any(heedless)


FACING = {
    "four-to-two": Network((3, 5, 4, 2), ("tanh", "relu", "sigmoid"), "binary-cross-entropy"),
    "three-to-two": Network((2, 3, 3, 2), ("gelu", "leaky-relu", "mish"), "huber"),
    "three-to-one": Network((2, 3, 3, 1)),
}


def far_from(wire, label):
    (x1, y1), (x2, y2) = wire.start, wire.end
    across, down = x2 - x1, y2 - y1
    length = (across**2 + down**2) ** 0.5
    return abs((label.x - x1) * down - (label.y - y1) * across) / length


def misread(labels, wires):
    """The labels that stand as close to the arrow of another factor as to their own."""
    found = []
    for label in labels:
        own = [wire for wire in wires if wire.entry == label.entry]
        facing = [w for w in wires if w.start[0] < label.x < w.end[0]]
        others = [far_from(wire, label) for wire in facing if wire.entry != label.entry]
        if min(map(partial(far_from, label=label), own)) + 7 > min(others, default=99):
            found.append(label)
    return found


@pytest.mark.parametrize(("name", "notation"), sample([*product(FACING, NOTATIONS)], 6))
def test_where_layers_face_each_other_a_factor_stands_by_its_own_arrow(name, notation):
    drawn = sketch(FACING[name], notation)
    picture = drawn.picture()
    wires = [drawn._wire(factor) for factor in drawn.way.factors]
    labels = [label for label in picture.labels if label.tint]
    assert not picture.is_crowded
    assert not misread(labels, wires)
    moved = [replace(label, y=label.y + 19) for label in labels]
    assert misread(moved, wires)
    assert picture.width * picture.scale <= 470, "no wider than the text"


def test_no_name_of_a_weight_can_be_read_as_that_of_another_arrow():
    derivation = derive(FACING["four-to-two"])
    drawn = lay_out(derivation, ("W1", (1, 2)))
    ends = [(e.start, e.end) for e in drawn.edges]
    for label in drawn.labels:
        near = [far_from(Wire(*each, label.entry, Mark.NONE), label) for each in ends
                if each[0][0] < label.x < each[1][0]]  # fmt: skip
        assert sum(far < 7 for far in near) == 1 or label.mark is Mark.WORKED


def test_fractions_with_marks_stand_clear_of_what_is_above_the_next_unit():
    """Of letters with marks above and below a fraction is 9 points higher."""
    gaps = {}
    for notation in ("founding", "goodfellow", "deeplearning.ai"):
        drawn = sketch(Network((2, 2, 2)), notation)
        gaps[notation] = drawn.downs[-2][1]
    assert gaps["goodfellow"] >= gaps["founding"] + 9
    assert gaps["founding"] == gaps["deeplearning.ai"]  # no fraction, or none with such letters


def test_what_stands_on_an_arrow_is_as_wide_as_it_is_in_the_notation():
    network = Network((3, 4, 2), ("tanh", "sigmoid"), "half-squared-error", batch=True)
    wide, narrow = sketch(network, "deeplearning.ai"), sketch(network, "founding")
    assert wide.steps[1] > narrow.steps[1]
    for drawn in (wide, narrow):
        assert drawn.across[-1] * drawn.scale < WIDTH
        assert not drawn.picture().is_crowded


def test_every_unit_of_a_batch_has_its_derivative_below():
    network = Network((3, 4, 2), ("tanh", "sigmoid"), "half-squared-error", batch=True)
    said = written("html", derive(network), notation=NOTATIONS["deeplearning.ai"]).content.decode()
    figure = said[said.index("<svg") : said.index("</svg>")]
    below = re.findall(r"<text[^>]*beside[^>]*>.*?</text>", figure)
    plain = [re.sub("<.*?>", "", text) for text in below]
    assert len([text for text in plain if text.startswith("d") and text.endswith("/m")]) == 6


@pytest.mark.parametrize("apart", [3.0, 300.0])
def test_what_stands_to_the_right_of_a_factor_leaves_a_gap(apart):
    """Letters are wider in some fonts than they are taken for."""
    network = Network((3, 4, 2), ("tanh", "sigmoid"), "half-squared-error", batch=True)
    drawn = sketch(network, "mazur", ("W1", (1, 2)))
    labels = drawn.picture().labels
    beside = [drawn._box(label) for label in labels if label.is_beside]
    wide = [Box(label.x, label.y, label.room + 2 * apart) for label in labels if label.tint]
    near = any(box.x < other.x and box.touches(other) for box in wide for other in beside)
    assert near is (apart > 4)


def caption(network, **how):
    derivation = derive(network)
    text = written("markdown", derivation, picture_name="a.svg", **how).content.decode()
    return next(line for line in text.splitlines() if line.startswith("**Figure"))


def test_the_caption_says_what_is_drawn():
    drawn, deep = Network((2, 2, 2)), FACING["four-to-two"]
    assert "above a unit stands how its value is made, below it the" in caption(drawn)
    assert "above some units stands how their value is made" in caption(deep, detail="full")
    bare = replace(lay_out_way(way_of(drawn)[2]), above=Extent.NONE)
    assert bare.below is Extent.ALL
    assert [Extent.of(n, 2) for n in range(3)] == [Extent.NONE, Extent.SOME, Extent.ALL]


@pytest.mark.parametrize(("above", "below", "said"), [
    ("", "all", "; below a unit stands the loss’s derivative."),
    ("", "", "of the gradient."),
    ("some", "some", "; above some units stands how their value is made, below some the loss’s"),
])  # fmt: skip
def test_a_caption_says_nothing_of_what_is_not_drawn(above, below, said, monkeypatch):
    plain = contents.lay_out_way

    def sparse(*args):
        return replace(plain(*args), above=Extent(above), below=Extent(below))

    assert said not in caption(NETWORKS["open"])
    monkeypatch.setattr(contents, "lay_out_way", sparse)
    assert said in caption(NETWORKS["open"])
