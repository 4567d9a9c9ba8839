"""Every quantity of ten networks is spelled, read back and spelled again, in every notation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sampling import covering
from sympy import Integer, Symbol

from notation.networks import NETWORKS, entries
from symback.model.network import Network
from symback.notation import NOTATIONS, Meaning, Notation, Spelling, Vocabulary
from symback.printing import ASCII, LATEX, PLAIN, UNICODE
from symback.printing.subset import unknown
from symback.printing.typst import TYPST

every_notation = pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
every_pair = pytest.mark.parametrize(
    ("network", "notation"), covering(NETWORKS.values(), NOTATIONS.values())
)


def spellings(network: Network, notation: Notation) -> list[tuple[Meaning, Spelling]]:
    vocabulary = Vocabulary(network.model(), notation)
    found = []
    for quantity in vocabulary.model.quantities.values():
        for indices in entries(quantity):
            spelling = vocabulary.spell(quantity.name, indices)
            found.append((Meaning(quantity, indices), spelling))
            delta = vocabulary.spell_delta(quantity.name, indices)
            if delta is not None:
                found.append((Meaning(quantity, indices, is_delta=True), delta))
    return found


@every_pair
def test_what_is_spelled_is_read_back(network: Network, notation: Notation) -> None:
    vocabulary = Vocabulary(network.model(), notation)
    for meaning, spelling in spellings(network, notation):
        read = vocabulary.read(spelling)
        assert read == meaning, spelling
        again = vocabulary.spell_delta if read.is_delta else vocabulary.spell
        assert again(read.quantity.name, read.indices) == spelling


@every_pair
def test_no_two_entries_look_alike(network: Network, notation: Notation) -> None:
    found = spellings(network, notation)
    assert len({spelling.shown for _, spelling in found}) == len(found)
    for target in (LATEX, UNICODE, ASCII, PLAIN, TYPST):
        assert len({target.spelling(spelling) for _, spelling in found}) == len(found)


@every_pair
def test_latex_stays_inside_the_subset(network: Network, notation: Notation) -> None:
    for _, spelling in spellings(network, notation):
        assert unknown(LATEX.spelling(spelling)) == []


@every_notation
def test_what_stands_for_nothing_is_not_read(notation: Notation) -> None:
    vocabulary = Vocabulary(Network((2, 3, 2)).model(), notation)
    weight = vocabulary.spell("W1", (Integer(1), Integer(2)))
    for wrong in (
        replace(weight, base="Q"),
        replace(weight, primes=2),
        replace(weight, accent="bar"),
        replace(weight, layer="9"),
        replace(weight, indices=("1", "2", "3", "4")),
    ):
        assert vocabulary.read(wrong) is None, wrong


def test_a_reader_need_not_know_a_layer_from_a_sample() -> None:
    vocabulary = Vocabulary(NETWORKS["batch"].model(), NOTATIONS["ufldl"])
    as_layer = Spelling("x", indices=("k",), layer="s")
    as_sample = Spelling("x", indices=("k",), sample="s")
    assert vocabulary.read(as_layer) == vocabulary.read(as_sample) is not None


def test_two_digits_without_a_comma_are_two_indices() -> None:
    vocabulary = Vocabulary(NETWORKS["the notes"].model())
    together, apart = (
        vocabulary.read(Spelling("W", indices=indices, layer="1"))
        for indices in (("12",), ("1", "2"))
    )
    assert together == apart
    assert together is not None
    assert together.indices == (Integer(1), Integer(2))


def test_what_was_read_is_an_expression() -> None:
    vocabulary = Vocabulary(NETWORKS["the notes"].model(), NOTATIONS["nielsen"])
    k = Symbol("k", integer=True)
    delta = vocabulary.spell_delta("h1_pre", (k,))
    assert delta is not None
    meaning = vocabulary.read(delta)
    assert meaning is not None
    assert str(meaning.expression(vocabulary.model.loss.at())) == "d(L)/d(h1_pre[k])"
