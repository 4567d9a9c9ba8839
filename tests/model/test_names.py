"""A weight has many names, and one that it does not have is refused with its range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symback.errors import InputError
from symback.model.network import Network
from symback.model.parameter_names import ParameterEntry, parameter_entries, parse_parameter

WIDE = Network((20, 30, 40))


@pytest.mark.parametrize(
    "text",
    [
        "W1[1,2]",
        "W1[1, 2]",
        " W1 [1,2] ",
        "W_{12}^{(1)}",
        "W^{(1)}_{12}",
        "W_{1,2}^{(1)}",
        "W_{1, 2}^{(1)}",
        "W12(1)",
        "W1,2(1)",
        "w_{12}^{(1)}",
        "W_{12}^(1)",
    ],
)
def test_names_of_one_weight(text: str) -> None:
    assert parse_parameter(text, WIDE) == ParameterEntry("W", 1, (1, 2))


@pytest.mark.parametrize(
    "text", ["b2[1]", "b_{1}^{(2)}", "b^{(2)}_{1}", "b_1^{(2)}", "b^{(2)}_1", "b1(2)"]
)
def test_names_of_one_bias(text: str) -> None:
    assert parse_parameter(text, WIDE) == ParameterEntry("b", 2, (1,))


@given(st.sampled_from(["W", "b"]), st.integers(1, 2), st.integers(1, 20), st.integers(1, 20))
def test_every_name_is_read_in_every_form(kind: str, layer: int, j: int, k: int) -> None:
    entry = ParameterEntry(kind, layer, (j, k) if kind == "W" else (k,))
    indices = ",".join(map(str, entry.indices))
    assert entry.array == f"{kind}{layer}"
    for text in (
        str(entry),
        f"{kind}_{{{indices}}}^{{({layer})}}",
        f"{kind}^{{({layer})}}_{{{indices}}}",
        f"{kind}{indices}({layer})",
    ):
        assert parse_parameter(text, WIDE) == entry


@pytest.mark.parametrize("text", ["W_{112}^{(1)}", "W112(1)"])
def test_two_readings_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"W1\[1,12\] or W1\[11,2\]; put a comma"):
        parse_parameter(text, WIDE)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("W3[1,1]", r"W3\[1,1\] does not exist: layers of weights go from 1 to 2"),
        ("W0[1,1]", "layers of weights go from 1 to 2"),
        ("b3[1]", "layers of weights go from 1 to 2"),
        ("W1[3,1]", r"W1\[3,1\] does not exist: W1\[j,k\] has j from 1 to 2 and k from 1 to 3"),
        ("W1[1,4]", "k from 1 to 3"),
        ("W1[0,1]", "j from 1 to 2"),
        ("b2[2]", r"b2\[k\] has k from 1 to 1"),
        ("W1[1]", r"'W1\[1\]' has 1 index; a weight has two"),
        ("W1[1,1,1]", "has 3 indices"),
        ("b1[1,1]", "has 2 indices; a bias has one"),
        ("W1", "is not the name of a weight or bias; write"),
        ("", "'' is not the name"),
        ("h1[1]", "is not the name"),
        ("B1[1]", "is not the name"),
        ("W1[٢,1]", "is not the name"),
        ("W1[1,2]x", "is not the name"),
        (f"W1[{'9' * 5000},1]", "is not the name"),
    ],
)
def test_names_that_do_not_exist(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_parameter(text, Network((2, 3, 1)))


def test_without_biases_there_is_none() -> None:
    with pytest.raises(InputError, match="the network has no biases"):
        parse_parameter("b1[1]", Network((2, 2), bias=False))


@given(st.text(alphabet="Wwb_^{}()[],0123456789 é", max_size=30))
def test_any_text_is_a_name_or_one_error(text: str) -> None:
    try:
        entry = parse_parameter(text, WIDE)
    except InputError as error:
        assert str(error).isprintable()
    else:
        assert entry in set(parameter_entries(WIDE))


def test_all_entries_in_order() -> None:
    entries = list(map(str, parameter_entries(Network((2, 1, 2)))))
    assert entries == [
        *("W1[1,1]", "W1[2,1]", "b1[1]"),
        *("W2[1,1]", "W2[1,2]", "b2[1]", "b2[2]"),
    ]
