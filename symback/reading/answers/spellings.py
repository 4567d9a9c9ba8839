r"""How the quantities of a stated network are written, and what each index of theirs counts.

A document can use any letters; a formula about a stated network has those of its notation. A name
that nothing there has, `out_{q1}` where units are `h` and `o`, is no number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Mark, MarkKind, Node, Number, Symbol, Tuple
from symback.reading.formula.unread import Unreadable
from symback.reading.network.stated import Written
from symback.reading.network.symbols import INDEX_LETTERS, base_of, spelled
from symback.reading.statements.blocks import read_expression
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.model.equations import Quantity
    from symback.model.network import Network
    from symback.notation import Notation

__all__ = ["SAMPLES", "Spelled", "Spellings"]

SAMPLES = 0
"""The size of a range of samples, of which there can be any number."""

_LAYERS = (MarkKind.LAYER, MarkKind.BRACKET, MarkKind.BRACE, MarkKind.BARE)


@dataclass(frozen=True, slots=True)
class Spelled:
    """How a quantity of the network is written with letters for its indices.

    Attributes:
        text: in LaTeX; empty for one that has another name besides, `w_5`.
        base: its letter.
        fixed: by their places, the scripts below that are no indices, as the `o` of `out_{o1}`.
        sizes: what each index below counts, in the order of their places; empty where unknown.
        length: how many scripts stand below.
        layer: the number of its layer where one is written; empty otherwise.
        samples_above: whether the number of a sample stands above.
    """

    text: str
    base: str
    fixed: tuple[tuple[int, str], ...]
    sizes: tuple[int, ...]
    length: int
    layer: str
    samples_above: bool

    def is_written_so(self, symbol: Symbol) -> bool:
        """Say whether a symbol can be this quantity by its letter and its scripts below.

        That is one entry of it, a row of it, or all of it.
        """
        own, other = self.base, base_of(symbol)
        below = _below(symbol)
        if own != other and not (own.lower() == other.lower() and len(own) < 3):
            return False
        if self.fixed and tuple(map(spelled, below)) == tuple(x for _, x in self.fixed):
            return True
        if len(below) > self.length:
            return False
        return all(at < len(below) and spelled(below[at]) == name for at, name in self.fixed)

    def indices(self, symbol: Symbol) -> Iterator[tuple[Node, int]]:
        """The indices of a symbol that is written so, each with the size of what it counts."""
        places = {at for at, _ in self.fixed}
        free = [index for at, index in enumerate(_below(symbol)) if at not in places]
        if len(free) == len(self.sizes):
            yield from zip(free, self.sizes, strict=True)
        if self.samples_above:
            for mark in symbol.marks:
                if isinstance(mark.body, Symbol) and mark.kind in _LAYERS:
                    yield mark.body, SAMPLES


@dataclass(frozen=True, slots=True)
class Spellings:
    """The quantities of a network in a notation.

    Attributes:
        of: how each of them is written.
        count: the letter for the number of samples; empty without a batch.
    """

    of: tuple[Spelled, ...]
    count: str

    @classmethod
    def of_network(cls, network: Network, notation: Notation | None) -> Spellings:
        """Those of a network in a notation, the founding notes' without one."""
        return _spellings(network, notation)

    def like(self, symbol: Symbol) -> list[Spelled]:
        """The quantities that a symbol can be, those of its layer where it says one."""
        found = [one for one in self.of if one.is_written_so(symbol)]
        layers = [m.body.digits for m in symbol.marks if isinstance(m.body, Number)]
        return [one for one in found if not one.layer or one.layer in layers] or found

    def names(self) -> str:
        """All of them, in the order of the passes, as they are typed."""
        return ", ".join(dict.fromkeys(one.text for one in self.of if one.text))


@lru_cache(maxsize=64)
def _spellings(network: Network, notation: Notation | None) -> Spellings:
    from symback.printing.latex import LATEX

    written = Written.of(network, notation)
    printer = written.printer
    found: list[Spelled] = []
    for name, quantity in printer.model.quantities.items():
        texts = [printer(quantity.entry)]
        delta = printer.vocabulary.spell_delta(name, quantity.indices)
        if delta is not None and not delta.prefix:
            texts.append(LATEX.spelling(delta))
        for text in texts:
            try:
                node = read_expression(text, written.functions)
            except Unreadable:
                continue
            if isinstance(node, Symbol):
                found.append(_spelled(text, node, _sizes(written, quantity)))
    numbered = (s.left for s in written.stated.statements if s.relation == ":=")
    found += [
        _spelled("", symbol, ())
        for symbol in numbered
        if isinstance(symbol, Symbol) and all(isinstance(x, Number) for x in symbol.subscripts)
    ]
    return Spellings(tuple(found), written.stated.count)


def _sizes(written: Written, quantity: Quantity) -> tuple[int, ...]:
    """What the indices of a quantity count, as they are written."""
    sizes = [SAMPLES if r.is_rows else r.size for r in quantity.ranges]
    if len(sizes) == 2 and SAMPLES not in sizes:
        try:
            node = read_expression(written.printer(quantity.at(1, 2)), written.functions)
        except Unreadable:
            return tuple(sizes)
        indices = node.indices(2) if isinstance(node, Symbol) else None
        if indices is not None and [spelled(index) for index in indices] == ["2", "1"]:
            sizes.reverse()
    return tuple(sizes)


def _spelled(text: str, node: Symbol, sizes: tuple[int, ...]) -> Spelled:
    below = _below(node)
    fixed = tuple((at, spelled(s)) for at, s in enumerate(below) if not _is_letter(s))
    bodies = [body for mark in node.marks if mark.kind in _LAYERS for body in _bodies(mark)]
    numbers = [body.digits for body in bodies if isinstance(body, Number)]
    above = any(map(_is_letter, bodies))
    if above and SAMPLES in sizes:
        sizes = tuple(size for size in sizes if size != SAMPLES)
    if len(sizes) != len(below) - len(fixed):
        sizes = ()
    return Spelled(
        _typed(text), base_of(node), fixed, sizes, len(below),
        numbers[0] if numbers else "", above,
    )  # fmt: skip


def _typed(text: str) -> str:
    r"""A quantity as one types it: `out_{hk}` for `\mathrm{out}_{h_k}`."""
    return re.sub(r"_\{(\w)_(\w)\}", r"_{\1\2}", re.sub(r"\\mathrm\{(\w+)\}", r"\1", text))


def _bodies(mark: Mark) -> tuple[Node, ...]:
    body = mark.body
    if isinstance(body, Tuple):
        return body.items
    return (body,) if body is not None else ()


def _below(symbol: Symbol) -> tuple[Node, ...]:
    """The scripts below, those of a script beside it: of `h_1` the h and the 1."""
    found: list[Node] = []
    for script in symbol.subscripts:
        if isinstance(script, Symbol) and script.subscripts and not script.marks:
            found += [Symbol(script.name), *script.subscripts]
        else:
            found.append(script)
    return tuple(found)


def _is_letter(node: Node) -> bool:
    return isinstance(node, Symbol) and node.name in INDEX_LETTERS
