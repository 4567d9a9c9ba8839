"""What a text declares: names with their ranges, sizes, and which gradients are wanted."""

from __future__ import annotations

from collections.abc import Iterable

from symback.model.language.affine import Affine, Span
from symback.model.language.checked import CheckedEquation, Known
from symback.model.language.expressions import Meaning
from symback.model.language.names import Names, is_capital, is_letter
from symback.model.language.scope import BINDERS, FUNCTIONS
from symback.model.language.syntax import (
    Declaration,
    For,
    Line,
    Name,
    Node,
    Sizes,
    nodes_in,
)
from symback.model.language.syntax import Names as WantedLine
from symback.model.language.tokens import Place, Source

__all__ = ["Declaring"]


class Declaring:
    """The names of one text, as its declarations introduce them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.names = Names(source)
        self.wanted: dict[str, Place] = {}
        self.sizes: dict[str, tuple[int, Place]] = {}
        self.outsides: tuple[CheckedEquation, ...] = ()

    def declare(self, lines: Iterable[Line]) -> None:
        """Take up declarations, wanted gradients and sizes."""
        # Sizes first: a range may mention one that is declared below it.
        for line in sorted(lines, key=lambda line: getattr(line, "kind", "") != "size"):
            match line:
                case Declaration():
                    self.declaration(line)
                case WantedLine(_, names):
                    self.wanted.update({name.name: name.place for name in names})
                case Sizes(_, numbers):
                    self.sizes.update({n.name: (number, n.place) for n, number in numbers})

    def declaration(self, line: Declaration) -> None:
        """Take up one declaration: the names it introduces, with their ranges."""
        ranges = {entry.letter: entry for entry in line.ranges}
        used: set[str] = set()
        for item in line.items:
            self.refuse_name(item.name, item.place)
            if line.kind in ("size", "function") and (item.letters or line.ranges):
                raise self.source.error(f"a {line.kind} has no indices", item.place)
            if item.is_positive and line.kind != "const":
                raise self.source.error("only a constant is declared > 0", item.place)
            if item.value and (line.kind != "const" or item.letters):
                raise self.source.error(
                    "only a scalar constant has a value here",
                    item.place,
                    "as in const lambda = 0.1",
                )
            if (item.counts is not None) != (line.kind == "integer"):
                raise self.source.error(
                    f"integer {item.name} needs to say up to which size it counts"
                    if line.kind == "integer"
                    else f"{item.name} counts up to nothing: it is no integer",
                    item.place,
                    f"as in integer {item.name} in V",
                )
            known = Known(
                item.name, line.kind, item.place, is_positive=item.is_positive, value=item.value
            )
            known.line = line.place.line
            if line.kind == "function":
                self.names.functions[item.name] = item.place
            elif line.kind == "size":
                self.names.owned[item.name] = None
            known.letters = tuple(letter.name for letter in item.letters)
            known.spans = tuple(self.declared_span(letter, ranges) for letter in item.letters)
            used.update(known.letters)
            self.names.known[item.name] = known
            if item.counts is not None:
                known.counts = self.size_expression(item.counts)
        for entry in line.ranges:
            if entry.letter not in used:
                raise self.source.error(
                    f"the letter {entry.letter} stands in no index of this line", entry.place
                )

    def refuse_name(self, name: str, place: Place) -> None:
        """Refuse a name that is taken or that an expression could not mention."""
        if name in self.names.known:
            first = self.names.known[name].place
            raise self.source.error(
                f"{name} is declared or defined already, in line {self.shown(first)}",
                place,
                "give it another name",
            )
        if name in (*FUNCTIONS, *BINDERS, "stop", "pi") and name not in self.names.scalars:
            what = "the number" if name == "pi" else "a function of the language"
            raise self.source.error(f"{name} is {what}", place, "give the quantity another name")
        if "'" in name and name.rstrip("'") in FUNCTIONS:
            raise self.source.error(f"{name} is a derivative's name", place)

    def shown(self, place: Place) -> int:
        """The number of a line in the file that the text stands in."""
        return place.line + self.source.first_line - 1

    def declared_span(self, letter: Name, ranges: dict[str, For]) -> Span:
        """The range of a letter of a declared array."""
        if is_capital(letter.name):
            raise self.source.error(
                f"{letter.name} is a size, and an index is declared by its letter",
                letter.place,
                f"write {letter.name.lower()}: it runs from 1 to {letter.name}",
            )
        if letter.name in ranges:
            return self.for_span(ranges[letter.name])
        if not is_letter(letter.name):
            raise self.source.error(
                f"{letter.name} is no index letter", letter.place, "as in j or j2"
            )
        span = self.names.capital_span(letter.name, letter.place)
        self.names.note_letter(letter.name, span)
        return span

    def for_span(self, entry: For) -> Span:
        """The range that a line says of a letter: ``for k = 1..K``."""
        if not is_letter(entry.letter):
            raise self.source.error(
                f"{entry.letter} is no index letter", entry.place, "as in for j = 1..J"
            )
        span = Span(self.size_expression(entry.first), self.size_expression(entry.last))
        self.names.note_letter(entry.letter, span)
        length = span.last - span.first + Affine.number(1)
        if length.is_nonnegative is False:
            raise self.source.error(f"the range {span} is empty", entry.place, "write first..last")
        if length.is_nonnegative is None:
            self.names.require(span.first, span.last)
        return span

    def size_expression(self, node: Node) -> Affine:
        """An index expression in sizes alone, as limits of an array are."""
        for part in _names_in(node):
            if is_capital(part.name) and part.name not in self.names.scalars:
                self.names.owned.setdefault(part.name)
        value = Meaning(self.names, {}).index(node, limits=True)
        if value.atoms:
            raise self.source.error("the range of an array is said in sizes", node.place)
        return value


def _names_in(node: Node) -> Iterable[Name]:
    return (part for part in nodes_in(node) if isinstance(part, Name))
