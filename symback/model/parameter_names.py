"""Names of single weights and biases, in the ways in which people write them.

All of these are the weight from unit 1 to unit 2 in the first layer of weights::

    W1[1,2]    W_{12}^{(1)}    W^{(1)}_{12}    W_{1,2}^{(1)}    W12(1)

and ``b2[1]``, ``b_{1}^{(2)}``, ``b_1^{(2)}``, ``b1(2)`` the bias of unit 1 in the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from symback.errors import InputError, quote
from symback.model.network import Network
from symback.records import dataclass

__all__ = ["ParameterEntry", "constant_name", "parameter_entries", "parse_parameter"]

# Nine digits are more than any network has; longer ones never reach int().
_LAYER = r"(?P<layer>[0-9]{1,9})"
_INDICES = r"(?P<indices>[0-9]{1,9}(?:,[0-9]{1,9})*)"
_SUBSCRIPT = r"_(?:\{" + _INDICES + r"\}|(?P<digit>[0-9]))"
_SUPERSCRIPT = r"\^(?:\{\(" + _LAYER + r"\)\}|\(" + _LAYER.replace("layer", "bare") + r"\))"

_FORMS = tuple(
    re.compile(f"(?P<kind>[Wwb])(?:{form})")
    for form in (
        rf"{_LAYER}\[{_INDICES}\]",
        rf"{_SUBSCRIPT}{_SUPERSCRIPT}",
        rf"{_SUPERSCRIPT}{_SUBSCRIPT}",
        rf"{_INDICES}\({_LAYER}\)",
    )
)

_INDEX_COUNT = {"W": 2, "b": 1}


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """One weight or bias.

    Attributes:
        kind: ``W`` or ``b``.
        layer: the layer of weights, from 1.
        indices: from 1; (source unit, target unit) of a weight, (unit,) of a bias.
    """

    kind: str
    layer: int
    indices: tuple[int, ...]

    @property
    def array(self) -> str:
        """The name of the array it stands in, ``W1``."""
        return f"{self.kind}{self.layer}"

    def __str__(self) -> str:
        return f"{self.array}[{','.join(map(str, self.indices))}]"


def parse_parameter(text: str, network: Network) -> ParameterEntry:
    """Read the name of one weight or bias of a network.

    Raises:
        InputError: for a name that cannot be read or can be read in two ways, and for one that
            the network does not have, with the range that it does have.
    """
    compact = re.sub(r"\s", "", text)
    match = next(filter(None, (form.fullmatch(compact) for form in _FORMS)), None)
    if match is None:
        raise InputError(
            f"{quote(text)} is not the name of a weight or bias",
            hint="write W1[1,2], W_{12}^{(1)} or W12(1), and b2[1] for a bias",
        )
    groups = match.groupdict()
    kind = groups["kind"].upper() if groups["kind"] == "w" else groups["kind"]
    layer = int(groups["layer"] or groups["bare"])
    digits = groups["indices"] or groups["digit"]
    entry = ParameterEntry(kind, layer, _indices(kind, layer, digits, text))
    _check_range(entry, network)
    return entry


def parameter_entries(network: Network) -> Iterator[ParameterEntry]:
    """Every weight and bias of a network: W1, b1, W2, b2, …, each row by row."""
    for array, shape in network.parameter_shapes.items():
        for indices in product(*(range(1, size + 1) for size in shape)):
            yield ParameterEntry(array[0], int(array[1:]), indices)


def _indices(kind: str, layer: int, digits: str, text: str) -> tuple[int, ...]:
    count = _INDEX_COUNT[kind]
    parts = digits.split(",")
    if len(parts) == 1 and count == 2 and len(digits) > 1:
        # W_{12}: one digit for each index. W_{112} could be 1,12 or 11,2, and is not guessed at.
        if len(digits) > 2:
            raise InputError(
                f"{quote(text)} can be read as W{layer}[{digits[0]},{digits[1:]}] "
                f"or W{layer}[{digits[:-1]},{digits[-1]}]",
                hint="put a comma between the indices",
            )
        parts = list(digits)
    if len(parts) != count:
        raise InputError(
            f"{quote(text)} has {len(parts)} {'index' if len(parts) == 1 else 'indices'}",
            hint=f"a weight has two, {kind}{layer}[1,2]"
            if kind == "W"
            else f"a bias has one, {kind}{layer}[1]",
        )
    return tuple(map(int, parts))


def _check_range(entry: ParameterEntry, network: Network) -> None:
    if entry.kind == "b" and not network.bias:
        raise InputError(f"{entry} does not exist: the network has no biases")
    shape = network.parameter_shapes.get(entry.array)
    if shape is None:
        raise InputError(f"{entry} does not exist: layers of weights go from 1 to {network.depth}")
    if not all(1 <= index <= size for index, size in zip(entry.indices, shape, strict=True)):
        letters = "jk" if entry.kind == "W" else "k"
        valid = " and ".join(
            f"{letter} from 1 to {size}" for letter, size in zip(letters, shape, strict=True)
        )
        raise InputError(f"{entry} does not exist: {entry.array}[{','.join(letters)}] has {valid}")


def constant_name(name: str) -> str:
    """What code calls a constant of the model."""
    return "WEIGHT_DECAY" if name == "lambda" else name.upper()
