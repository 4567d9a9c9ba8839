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

from symback.cli.schema import with_notations
from symback.errors import InputError
from symback.model.network import Network
from symback.notation import NOTATIONS, Vocabulary, read_notation
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
    assert shown == {"h1": r"\bar{s}^{[2]}", "h1_pre": "z^{[2]}", "W1": r"\mathrm{Theta}^{[1]}"}
    delta = vocabulary.spell_delta("h1_pre")
    assert delta is not None
    assert LATEX.spelling(delta) == r"\epsilon^{[2]}"
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
