"""No two quantities of a model are spelled alike."""

import pytest
from sympy import Symbol

from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.model.network import Network
from symback.notation import FOUNDING, Vocabulary, own_name
from symback.notation.spelling import Style


@pytest.mark.parametrize(
    "network",
    [
        Network(layers=(2, 1), activations=("g",)),
        Network(layers=(2, 2, 2)),
        Network(layers=(2, 3, 4, 2), activations=("f", "f2", "g"), loss="E"),
        Network(layers=(2, 2, 2), batch=True, weight_decay=0.5),
    ],
    ids=["one layer", "two", "three", "batch"],
)
def test_spellings_are_distinct(network):
    model = network.model()
    spelled = [Vocabulary(model).spell(name).shown for name in model.quantities]
    assert len(set(spelled)) == len(spelled)


def test_layers_are_told_apart_only_where_there_are_several():
    assert Vocabulary(Network(layers=(2, 2, 2)).model()).spell("h1").layer == ""
    assert Vocabulary(Network(layers=(2, 2, 2, 2)).model()).spell("h1").layer == "1"


def test_weights_without_a_layer_keep_their_own_names():
    size = Range("n", 2)
    given = [Quantity(name, Role.WEIGHT, (size, size), ("j", "k")) for name in ("Wq", "Wk")]
    loss = Equation(1, Quantity("L", Role.LOSS), given[0].at(1, 1) + given[1].at(1, 1))
    vocabulary = Vocabulary(Model(tuple(given), (loss,)), FOUNDING)
    spelled = [vocabulary.spell(name) for name in ("Wq", "Wk")]
    assert [(one.base, one.mark) for one in spelled] == [("W", "q"), ("W", "k")]
    assert len({one.shown for one in spelled}) == 2


@pytest.mark.parametrize(
    ("name", "base", "style", "indices"),
    [
        ("f", "f", Style.ITALIC, ()),
        ("f2", "f", Style.ITALIC, ("2",)),
        ("phi", "phi", Style.ITALIC, ()),
        ("scores", "scores", Style.WORD, ()),
    ],
)
def test_own_names(name, base, style, indices):
    spelling = own_name(name)
    assert (spelling.base, spelling.style, spelling.indices) == (base, style, indices)


def test_an_index_for_every_value_is_left_out():
    vocabulary = Vocabulary(Network(layers=(2, 2, 2)).model())
    assert vocabulary.spell("yhat", (Symbol(":"),)).indices == ()
