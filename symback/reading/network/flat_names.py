"""Flat names of weights, `w_5`, read as the entry of a matrix that they are.

Names without indices do not say which units they connect; a header does: `w_5 = "h1 -> o1"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError, quote
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Node, Symbol
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement

if TYPE_CHECKING:
    from symback.model.network import Network
    from symback.reading.network.stated import Written

__all__ = ["FlatNames", "connected"]

_UNIT = re.compile(
    r"\\?(?P<letter>[A-Za-z]+)(?:_?\{?(?P<number>[0-9]{1,6})\}?|"
    r"(?P<layer>[0-9]{1,4})\[(?P<unit>[0-9]{1,6})\])"
)
_FIRST = frozenset(["x", "i", "in", "input"])
_LAST = frozenset(["o", "out", "output", "y", "yhat"])


def connected(text: str, network: Network) -> tuple[str, int, int]:
    """The array of weights and the entry that connects two units: ``W2``, 1, 1 for ``h1 -> o1``.

    Units are ``x1`` or ``i1`` of the input, ``o1``, ``y1`` or ``yhat1`` of the output, ``h1`` of
    the only hidden layer, and ``h2[1]`` of the second of several.

    Raises:
        InputError: for what is no unit, or for units whose layers do not follow each other.
    """
    ends = [_unit(end, network) for end in text.split("->")]
    if len(ends) != 2 or ends[1][0] != ends[0][0] + 1:
        raise InputError(
            f"{quote(text)} connects no layer with the next one",
            where="weights",
            hint='write "h1 -> o1", or "h1[2] -> h2[3]" where there are several hidden layers',
        )
    (layer, source), (_, target) = ends
    return f"W{layer + 1}", source, target


def _unit(text: str, network: Network) -> tuple[int, int]:
    """The layer, the input's being 0, and the number of a unit."""
    match = _UNIT.fullmatch(text.strip().replace(" ", ""))
    layer = None
    if match:
        letter = match["letter"]
        if match["layer"]:
            layer = int(match["layer"])
        elif letter in _FIRST:
            layer = 0
        elif letter in _LAST:
            layer = network.depth
        elif network.depth == 2:
            layer = 1
    if match is None or layer is None or layer > network.depth:
        raise InputError(
            f"{quote(text.strip())} names no unit",
            where="weights",
            hint="write x1 for the input, o1 for the output, h1 for the hidden layer, and h2[1] "
            "for the second of several",
        )
    return layer, int(match["number"] or match["unit"])


class FlatNames:
    """The flat names of a header.

    Args:
        names: each name with the entry of a matrix that it is.
    """

    def __init__(self, names: Mapping[Symbol, Symbol]) -> None:
        self.names = names

    @classmethod
    def of(
        cls, names: Mapping[Symbol, str], network: Network, written: Written, *, sized: bool
    ) -> FlatNames:
        """Look up what names connect.

        Raises:
            InputError: for what connects nothing, or a unit that there is not.
        """
        found = {}
        for name, text in names.items():
            array, source, target = connected(text, network)
            shape = network.parameter_shapes[array]
            if not (1 <= source <= shape[0] and 1 <= target <= shape[1]) and sized:
                raise InputError(
                    f"{quote(text)} is beyond the {shape[0]}×{shape[1]} weights of that layer",
                    where="weights",
                )
            found[name.unmarked] = written.symbol(array, source, target)
        return cls(found)

    def read(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """The statements with each flat name as the entry that it stands for."""
        return tuple(
            replace(s, left=self._side(s.left), right=self._side(s.right)) if self.names else s
            for s in statements
        )

    def _side(self, node: Node | None) -> Node | None:
        return node if node is None else self._entry(node)

    def _entry(self, node: Node) -> Node:
        if isinstance(node, Symbol) and (entry := self.names.get(node.unmarked)) is not None:
            return replace(entry, span=node.span)
        return changed(node, self._entry)

    def without_repairs(self, judgement: Judgement) -> Judgement:
        """A judgement without its repairs, which would edit entries that are not written."""
        if not self.names:
            return judgement
        kept = tuple(d for d in judgement.diagnoses if d.repair is None)
        return replace(judgement, diagnoses=kept)
