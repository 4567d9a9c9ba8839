"""A spec says the same as the options, and what is wrong in it is said with its line."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symback.errors import InputError
from symback.model.network import Network
from symback.model.spec import MAX_BYTES, SPEC_KEYS, read_spec

SCHEMA = json.loads(files("symback.model").joinpath("spec.schema.json").read_text("utf-8"))

GOOD = b"""\
# a network
layers = [2, 3, 1]
activations = ["tanh", "sigmoid"]
loss = "half-squared-error"
bias = false
"""


def test_a_spec_is_a_network() -> None:
    spec = read_spec(GOOD, "n.toml")
    assert Network(**spec.values) == Network(
        (2, 3, 1), ("tanh", "sigmoid"), "half-squared-error", bias=False
    )
    assert spec.place("loss") == "n.toml, line 4"
    assert spec.place("nothing") == "n.toml"


def test_an_empty_spec_says_nothing() -> None:
    assert read_spec(b"", "n.toml").values == {}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"layers = [2, 2]\nlayers = [3, 3]", "n.toml, line 2: this key stands in the file alr"),
        (b"\n\nlayers = [2,", "n.toml, line 3: not TOML: "),
        (b"bias = true\nloss = L", "n.toml, line 2: not TOML, column 8: invalid value"),
        (b"bias = true\nlyers = [2]", "line 2: unknown key 'lyers'; did you mean layers"),
        (b"colour = 3", "line 1: unknown key 'colour'; known are layers, activations"),
        (b"[network]\nlayers = [2]", "line 1: unknown key 'network'"),
        (b"\xef\xbb\xbflayers = [2, 2]", "n.toml: it begins with a byte-order mark; save it as"),
        ("layers = [2, 2]".encode("utf-16"), "n.toml: it is UTF-16; save it as UTF-8"),
        ("layers = [2, 2]".encode("utf-16-le"), "n.toml: not a text file"),
        ("\nloß = 3".encode("latin-1"), "n.toml, line 2: byte 0xdf is not UTF-8"),
        (b"layers = 2", r"line 1: layers must be a list of whole numbers, such as \[2, 3, 1\]"),
        (b"layers = [2, true]", "layers must be"),
        (b"layers = [2.0, 2]", "layers must be"),
        (b'layers = "2,2"', "layers must be"),
        (b"layers = []", "line 1: layers is an empty list"),
        (b"activations = []", "activations is an empty list"),
        (b"activations = 'f'", "activations must be"),
        (b"loss = 3", "loss must be"),
        (b"bias = 1", "bias must be true or false"),
        (b"a = " + b"[" * 50_000, "nested too deeply"),
        (b"a = " + b"9" * 900_000, "number too long"),
        (b"a" + b".a" * 50_000 + b" = 1", "line 1: a key has more than 32 parts"),
        (b"x = 1\n[a" + b' . "a"' * 50_000 + b"]", "line 2: a key has more than 32 parts"),
        (b"#" * (MAX_BYTES + 1), "larger than the limit"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(data: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        read_spec(data, "n.toml")
    assert str(caught.value).isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_spec_or_one_error(data: bytes) -> None:
    try:
        spec = read_spec(data, "n.toml")
    except InputError as error:
        assert str(error).startswith("n.toml")
    else:
        assert set(spec.values) <= set(SPEC_KEYS)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA["properties"]) == list(SPEC_KEYS)
    for properties in SCHEMA["properties"].values():
        for example in properties.get("examples", []):
            jsonschema.validate(example, properties)


values = st.one_of(
    st.booleans(),
    st.integers(1, 9),
    st.text(alphabet="fgé ", min_size=1, max_size=3),
    st.lists(st.integers(1, 9), max_size=4),
    st.lists(st.sampled_from(["f", "tanh"]), max_size=3),
)


@given(st.dictionaries(st.sampled_from([*SPEC_KEYS, "other"]), values, max_size=4))
def test_reader_and_schema_agree(stated: dict[str, object]) -> None:
    text = "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in stated.items()
    )
    fits = jsonschema.Draft202012Validator(SCHEMA).is_valid(stated)
    try:
        read_spec(text.encode(), "n.toml")
    except InputError:
        assert not fits
    else:
        # How many widths there are is checked where the network is built.
        assert fits or len(stated.get("layers", [])) == 1  # type: ignore[arg-type]
