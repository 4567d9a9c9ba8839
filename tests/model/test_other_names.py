"""Functions that others call otherwise are found by those names."""

import pytest

from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import Network

CASES = [
    (kind, other, entry.name)
    for kind, catalogue in (("activations", ACTIVATIONS), ("loss", LOSSES))
    for entry in catalogue.values()
    for other in entry.also
]


@pytest.mark.parametrize(("kind", "other", "name"), CASES)
def test_the_other_name_leads_to_ours(kind, other, name):
    for spelled in (other, other.upper()):
        stated = {kind: (spelled,) if kind == "activations" else spelled}
        with pytest.raises(InputError, match=f"; did you mean {name}\\?"):
            Network(layers=(2, 1), **stated)


def test_no_other_name_is_one_of_ours_or_stands_for_two():
    others = [other for _, other, _ in CASES]
    assert len(others) == len(set(others)) >= 8
    assert not {*others} & {*ACTIVATIONS, *LOSSES}
