"""Notations of the user's own, from TOML."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import S

from symback.cli.schema import with_notations
from symback.errors import InputError
from symback.model.network import Network
from symback.notation import NOTATIONS, Spelling, Vocabulary, read_notation
from symback.notation.custom import FORM_KEYS, FORM_TABLES, NOTATION_KEYS
from symback.printing import LATEX

SCHEMA: dict[str, Any] = with_notations(
    json.loads(files("symback.notation").joinpath("notation.schema.json").read_text("utf-8"))
)

WEEK_5 = """\
name = "week 5"
based_on = "nielsen"
index_order = "from-to"
orientation = "rows"
layer = "[l]"
delta_sign = "minus"
derivative = "d"
samples = "m"

[activation]
letter = "s"
accent = "bar"

[delta]
letter = "epsilon"

[weight]
letter = "theta"
layer_shift = 0
array = "Theta"
"""


def test_what_is_stated_differs_and_the_rest_stays() -> None:
    notation = read_notation(WEEK_5.encode(), "week5.toml")
    vocabulary = Vocabulary(Network((2, 2, 2)).model(), notation)
    shown = {name: LATEX.spelling(vocabulary.spell(name)) for name in ("h1", "h1_pre", "W1")}
    assert shown == {"h1": r"\bar{s}^{[2]}", "h1_pre": "z^{[2]}", "W1": r"\Theta^{[1]}"}
    delta = vocabulary.spell_delta("h1_pre")
    assert delta is not None
    assert LATEX.spelling(delta) == r"\varepsilon^{[2]}"
    assert (notation.name, notation.delta_sign, notation.samples) == ("week 5", -1, "m")


@pytest.mark.parametrize("name", NOTATIONS)
def test_what_only_names_another_is_that_other(name: str) -> None:
    notation = read_notation(f'based_on = "{name}"\nname = "{name}"\n'.encode(), "own.toml")
    assert notation == NOTATIONS[name]


REFUSED = [
    ('based_on = "neilsen"', "own.toml, line 1: unknown notation 'neilsen'; did you mean nielsen?"),
    ('\nindex_ordr = "x"', "own.toml, line 2: unknown key 'index_ordr'; did you mean index_order?"),
    ('orientation = "up"', 'own.toml, line 1: orientation must be "rows" or "columns"'),
    ("samples = 3", "own.toml, line 1: samples must be the letter for the number of samples"),
    ("activation = 3", "own.toml, line 1: activation must be a table"),
    ('[activatoin]\nletter = "a"', "own.toml, line 1: unknown key 'activatoin'; did you mean act"),
    ('[bias]\nleter = "c"', "own.toml, line 1: unknown key 'leter' of bias; did you mean letter?"),
    (r'bias.letter = "\\input"', "own.toml, line 1: letter of bias must be a letter"),
    ('bias.letter = "{"', "own.toml, line 1: letter of bias must be"),
    ('bias.label = "}^"', "own.toml, line 1: label of bias must be"),
    ("bias.primes = true", "own.toml, line 1: primes of bias must be"),
    ("bias.primes = 99", "own.toml, line 1: primes of bias must be"),
    ('layer = ["(l)"]', 'own.toml, line 1: layer must be "(l)", "[l]" or "l"'),
    ("name = 1", "own.toml, line 1: name must be a name in quotes"),
    ("= 1", "own.toml, line 1: not TOML"),
    ('target.letter = "x"', "own.toml: the notation own.toml spells the input (x) and the target"),
    (
        'based_on = "goodfellow"\n[delta]\naccent = "hat"',
        "own.toml, line 2: the letter is missing",
    ),
]


@pytest.mark.parametrize(("text", "line"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_is_wrong_is_said_with_its_line(text: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        read_notation(text.encode(), "own.toml")
    assert str(caught.value).startswith(line)


def test_the_schema_has_the_same_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == {*NOTATION_KEYS, *FORM_TABLES}
    assert set(SCHEMA["$defs"]["form"]["properties"]) == set(FORM_KEYS)
    assert SCHEMA["properties"]["based_on"]["enum"] == list(NOTATIONS)


@pytest.mark.parametrize("text", [WEEK_5, *(text for text, _ in REFUSED)])
def test_the_schema_takes_what_is_read(text: str) -> None:
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(stated)
    try:
        read_notation(text.encode(), "own.toml")
    except InputError as error:
        # That two spellings clash, or that a letter has nothing to stand on, no schema can say.
        assert not valid or "alike" in error.message or "missing" in error.message
    else:
        assert valid


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_notation(data, "own.toml")
    except InputError as error:
        assert "\n" not in str(error)


def test_letters_of_indices_are_chosen_and_read_back() -> None:
    notation = read_notation(b'based_on = "founding"\nindex_letters = "kjp"\n', "n.toml")
    model = Network((2, 3, 2)).model()
    vocabulary = Vocabulary(model, notation)
    weights = model.quantities["W2"]
    shown = vocabulary.spell("W2", weights.indices)
    assert shown.indices == ("k", "j")
    meant = vocabulary.read(shown)
    assert meant is not None
    assert meant.indices == weights.indices
    assert str(vocabulary.spell_index("i").base) == "p"


@pytest.mark.parametrize(
    "line", ['index_letters = "jj"', 'index_letters = "j"', 'index_letters = "jx"']
)
def test_letters_that_are_alike_or_taken_are_refused(line: str) -> None:
    with pytest.raises(InputError):
        read_notation(f"{line}\n".encode(), "n.toml")


def test_the_letter_of_an_array_follows_that_of_its_entries() -> None:
    model = Network((2, 3, 2)).model()
    for base, stated, whole in (
        ("bishop", 'letter = "theta"', "Theta"),
        ("bishop", 'letter = "v"', "V"),
        ("founding", 'letter = "theta"', "theta"),  # one letter for both stays one letter
        ("bishop", 'letter = "theta"\narray = "M"', "M"),
    ):
        text = f'based_on = "{base}"\n[weight]\n{stated}\n'
        vocabulary = Vocabulary(model, read_notation(text.encode(), "n.toml"))
        assert vocabulary.spell("W2").base == whole


def test_a_name_of_an_array_alone_gives_way_to_new_letters_of_its_entries() -> None:
    model = Network((2, 3, 2)).model()
    for stated, whole in (
        ("", "h_{W,b}"),
        ('letter = "o"', "o^{(3)}"),
        ('letter = "o"\narray = "O"', "O^{(3)}"),
    ):
        text = f'based_on = "ufldl"\n[output]\n{stated}\n'
        vocabulary = Vocabulary(model, read_notation(text.encode(), "n.toml"))
        assert LATEX.spelling(vocabulary.spell("yhat")) == whole


def test_flat_numbers_are_written_where_no_sum_is() -> None:
    narrow, wide = (Network(layers).model() for layers in ((3, 4, 2), (3, 5, 2)))
    shown = [
        Vocabulary(model, NOTATIONS["mazur"]).spell("W2", (S(2), S(1))).shown[1]
        for model in (narrow, wide)
    ]
    assert shown == ["14", "21"]
    # What others number is read in a wide network, too.
    vocabulary = Vocabulary(wide, NOTATIONS["mazur"])
    number = Spelling("w", indices=("17",))
    meant = vocabulary.read(number)
    assert meant is not None
    assert (meant.quantity.name, meant.indices) == ("W2", (2, 1))
