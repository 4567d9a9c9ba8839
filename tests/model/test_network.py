"""A network says what it is, and what cannot be is refused with the reason."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symback.errors import InputError, TooLargeError
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import (
    GREEK_LETTERS,
    MAX_DEPTH,
    Network,
    parse_layers,
    parse_names,
)

TAKEN = {"x", "h", "y", "W", "w", "b", "d", "delta", "Sigma", "N", "i", "j", "k"}
LETTERS = {*string.ascii_letters, *GREEK_LETTERS}


def test_what_is_left_out_is_generic() -> None:
    assert Network((2, 3, 4, 1)) == Network((2, 3, 4, 1), ("f", "f", "g"), "L", True)
    assert Network((2, 1)).activations == ("g",)


def test_lists_become_tuples() -> None:
    network = Network([2, 2], ["g"])  # type: ignore[arg-type]
    assert hash(network) == hash(Network((2, 2), ("g",)))


def test_parameters_come_in_order() -> None:
    network = Network((2, 3, 1))
    assert list(network.parameter_shapes.items()) == [
        ("W1", (2, 3)),
        ("b1", (3,)),
        ("W2", (3, 1)),
        ("b2", (1,)),
    ]
    assert (network.depth, network.parameter_count) == (2, 13)
    assert list(Network((2, 3, 1), bias=False).parameter_shapes) == ["W1", "W2"]


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.booleans())
def test_parameters_are_counted(layers: list[int], bias: bool) -> None:
    network = Network(tuple(layers), bias=bias)
    weights = sum(a * b for a, b in pairwise(layers))
    assert network.parameter_count == weights + bias * sum(layers[1:])


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=6))
def test_widths_survive_writing_and_reading(layers: list[int]) -> None:
    assert parse_layers(",".join(map(str, layers))) == tuple(layers)
    assert parse_layers(" , ".join(map(str, layers))) == tuple(layers)


@given(st.text(max_size=30))
def test_any_text_is_widths_or_one_error(text: str) -> None:
    try:
        widths = parse_layers(text)
    except InputError as error:
        assert str(error).isprintable()
    else:
        assert text.isascii()
        assert all(isinstance(width, int) for width in widths)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "nothing is given"),
        ("2,,2", "entry 2 of '2,,2' is empty"),
        (",2", "entry 1 of ',2' is empty"),
        ("2.5,3", "entry 1, '2.5', is not a whole number"),
        ("٢,٢", "entry 1, '٢', is not a whole number"),
        ("1_000,2", "entry 1, '1_000', is not a whole number"),
        ("2,+2", r"entry 2, '\+2', is not a whole number"),
        ("2,-2", "entry 2 is -2; a width is at least 1"),
        ("2x2", "entry 1, '2x2', is not a whole number"),
        ("2,2\x85", r"entry 2, '2\\x85', is not a whole number"),
        ("2 2", "entry 1, '2 2', is not a whole number"),
    ],
)
def test_widths_that_cannot_be_read(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_layers(text)


@pytest.mark.parametrize(
    ("layers", "complaint"),
    [
        ((), "0 layers cannot make a network"),
        ((2,), "1 layer cannot make a network"),
        ((0, 2), "entry 1 is 0; a width is at least 1"),
        ((2, -1), "entry 2 is -1"),
        ((2, True), "entry 2, 'True', is not a whole number"),
        ((2.0, 2), "entry 1, '2.0', is not a whole number"),
        ("22", "entry 1, '2', is not a whole number"),
    ],
)
def test_widths_that_cannot_be(layers: tuple[int, ...], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        Network(layers)
    assert caught.value.where == "layers"


@pytest.mark.parametrize("layers", [(2,) * (MAX_DEPTH + 2), (10**9 + 1, 2)])
def test_size_has_a_limit(layers: tuple[int, ...]) -> None:
    with pytest.raises(TooLargeError):
        Network(layers)


def test_a_width_of_thousands_of_digits_is_too_large() -> None:
    with pytest.raises(TooLargeError):
        Network(parse_layers("9" * 100_000 + ",2"))


@pytest.mark.parametrize("letter", sorted(LETTERS - TAKEN))
@pytest.mark.parametrize("digit", ["", "2"])
def test_a_letter_is_a_generic_function(letter: str, digit: str) -> None:
    name, other = letter + digit, "E" if letter == "L" else "L"
    assert Network((2, 2), (name,), other).activations == (name,)
    if name != "g":
        assert Network((2, 2), loss=name).loss == name


@pytest.mark.parametrize("letter", sorted(TAKEN))
@pytest.mark.parametrize("digit", ["", "2"])
def test_letters_of_the_formulas_are_taken(letter: str, digit: str) -> None:
    with pytest.raises(InputError, match=f"activation '{letter}{digit}' clashes with"):
        Network((2, 2), (letter + digit,))
    with pytest.raises(InputError, match=f"loss '{letter}{digit}' clashes with"):
        Network((2, 2), loss=letter + digit)


@pytest.mark.parametrize(
    ("activation", "loss"), [("L", "L"), ("L", "squared-error"), ("E", "E"), ("phi", "phi")]
)
def test_loss_and_activation_need_two_letters(activation: str, loss: str) -> None:
    with pytest.raises(InputError, match="the loss and an activation"):
        Network((2, 2), (activation,), loss)


def test_sigma_is_how_sigmoid_is_written() -> None:
    assert Network((2, 2), ("sigma",)).activations == ("sigma",)
    with pytest.raises(InputError, match="written like sigmoid"):
        Network((2, 2, 2), ("sigma", "sigmoid"))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("sigmiod", "unknown activation 'sigmiod'; did you mean sigmoid"),
        ("ReLU", "did you mean relu"),
        ("φ", "did you mean phi"),
        ("f22", "unknown activation 'f22'; known are .*identity"),
        ("f٢", "unknown activation"),
        ("__import__", "unknown activation"),
    ],
)
def test_unknown_activations(name: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        Network((2, 2), (name,))
    assert caught.value.where == "activations"


def test_unknown_loss() -> None:
    with pytest.raises(InputError, match="unknown loss 'crossentropy'; did you mean cross-entropy"):
        Network((2, 2), loss="crossentropy")


@pytest.mark.parametrize("activations", ["fg", (3, "g"), (None, "g")])
def test_a_name_is_text(activations: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        Network((2, 2, 2), activations)


def test_a_wrong_count_gives_both_counts() -> None:
    with pytest.raises(InputError, match="1 activation for 2 layers of weights"):
        Network((2, 2, 2), ("f",))
    with pytest.raises(InputError, match="3 activations for 1 layer of weights"):
        Network((2, 2), ("f", "f", "g"))


def test_softmax_is_for_several_outputs() -> None:
    assert Network((2, 2, 2), ("f", "softmax"))
    with pytest.raises(InputError, match="softmax of one output is always 1"):
        Network((2, 2, 1), ("f", "softmax"))
    with pytest.raises(InputError, match="softmax stands on hidden layer 1"):
        Network((2, 2, 2), ("softmax", "g"))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_which_outputs_a_loss_takes(loss: str, output: str) -> None:
    allowed = {"cross-entropy": {"softmax"}, "binary-cross-entropy": {"sigmoid"}}
    if output in allowed.get(loss, ACTIVATIONS):
        assert Network((2, 2), (output,), loss).assumptions == ()
    else:
        with pytest.raises(InputError, match=f"{output}.*put .* on the output layer"):
            Network((2, 2), (output,), loss)


@pytest.mark.parametrize("loss", ["cross-entropy", "binary-cross-entropy"])
def test_a_generic_output_is_assumed_to_fit(loss: str) -> None:
    assert Network((2, 2), loss=loss).assumptions == ("outputs-are-probabilities",)
    assert Network((2, 2)).assumptions == ()


@given(st.text(max_size=30))
def test_any_text_is_names_or_one_error(text: str) -> None:
    try:
        names = parse_names(text)
    except InputError as error:
        assert str(error).isprintable()
    else:
        assert "" not in names
        assert parse_names(",".join(names)) == names


@pytest.mark.parametrize("where", ["bias", "batch"])
@pytest.mark.parametrize("value", ["no", 1, None])
def test_a_switch_is_true_or_false(where: str, value: object) -> None:
    with pytest.raises(InputError, match="neither True nor False") as caught:
        Network((2, 2), **{where: value})  # type: ignore[arg-type]
    assert caught.value.where == where


def test_the_index_of_samples_is_no_function() -> None:
    assert Network((2, 2), ("s",)).activations == ("s",)
    for wrong in ({"activations": ("s",)}, {"loss": "s"}):
        with pytest.raises(InputError, match="like the index s of the samples"):
            Network((2, 2), batch=True, **wrong)  # type: ignore[arg-type]


def test_a_letter_of_a_function_is_no_index_of_a_sum() -> None:
    network = Network((2, 2, 2), ("m", "t"), "u")
    letters = {r.letters for q in network.model().quantities.values() for r in q.ranges}
    assert letters == {"inprv"}
