"""What the equations of a text define: letters with ranges, or single entries."""

from __future__ import annotations

from symback.errors import InputError
from symback.model.language.affine import Affine, Span
from symback.model.language.checked import Known
from symback.model.language.declaring import Declaring
from symback.model.language.expressions import Meaning
from symback.model.language.names import is_capital, is_letter
from symback.model.language.syntax import (
    Call,
    Derivative,
    Entry,
    EquationLine,
    Name,
    Node,
)
from symback.records import dataclass
from symback.suggest import did_you_mean

__all__ = ["Left", "LeftSides"]


@dataclass(frozen=True, slots=True)
class Left:
    """The left side of an equation: letters with ranges, or the indices of single entries."""

    line: EquationLine
    name: str
    of: str
    letters: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    at: tuple[Affine, ...] = ()
    scope: tuple[tuple[str, Span], ...] = ()


class LeftSides(Declaring):
    """The left sides of one text's equations, beside its declarations."""

    def left_sides(self, lines: list[EquationLine]) -> list[Left]:
        """The names that the lines define, with the ranges of their indices."""
        general = [line for line in lines if self.is_general(line)]
        spans: dict[int, dict[str, Span]] = {}
        for line in general:
            spans[id(line)] = self.define(line)
        lefts = []
        for line in lines:
            name = self.left_name(line)
            if line.is_outside or id(line) not in spans:
                lefts.append(self.single(line, name))
            else:
                known = self.names.known.get(name) or self.names.helpers[name]
                scope = tuple(spans[id(line)].items())
                lefts.append(Left(line, name, "", known.letters, known.spans, scope=scope))
        return lefts

    def left_name(self, line: EquationLine) -> str:
        """The name that an equation defines."""
        if isinstance(line.left, Derivative):
            raise self.source.error(
                "an adjoint stands in claims only", line.place, "begin them with a line claims"
            )
        return line.left.name

    def is_general(self, line: EquationLine) -> bool:
        """Whether an equation is of every entry, by letters alone."""
        if line.is_outside:
            return False
        indices = line.left.indices if isinstance(line.left, Entry) else ()
        names = [i.name if isinstance(i, Name) else "" for i in indices]
        return all(is_letter(name) and name not in self.names.scalars for name in names)

    def define(self, line: EquationLine) -> dict[str, Span]:
        """Enter the quantity of a general equation."""
        name = self.left_name(line)
        table = self.names.helpers if self.names.in_claims else self.names.known
        if name in table and table[name].kind in ("defined", "chosen", "helper"):
            raise self.source.error(
                f"{name} is defined twice: in line {table[name].line} already",
                line.place,
                "give one of them another name",
            )
        self.refuse_name(name, line.place)
        indices = line.left.indices if isinstance(line.left, Entry) else ()
        letters = [part.name for part in indices if isinstance(part, Name)]
        for position, letter in enumerate(letters):
            if letter in letters[:position]:
                raise self.source.error(
                    f"the letter {letter} stands twice on the left",
                    indices[position].place,
                    "each index has a letter of its own",
                )
        ranges = {entry.letter: entry for entry in line.ranges}
        for entry in line.ranges:
            if entry.letter not in letters:
                raise self.source.error(
                    f"the letter {entry.letter} does not stand on the left", entry.place
                )
        found = {}
        for letter, index in zip(letters, indices, strict=True):
            found[letter] = (
                self.for_span(ranges[letter])
                if letter in ranges
                else self.names.capital_span(letter, index.place)
            )
            self.names.note_letter(letter, found[letter])
        kind = "helper" if self.names.in_claims else "defined"
        if _is_chosen(line.right):
            kind = "chosen"
        known = Known(name, kind, line.place, tuple(found.values()), tuple(letters))
        known.line = self.shown(line.place)
        table[name] = known
        return found

    def single(self, line: EquationLine, name: str, of: Known | None = None) -> Left:
        """The left side of a start, an end or ``outside``."""
        known = of or self.names.get(name)
        if known is None or known.kind in ("function", "size"):
            raise self.no_general(line, name)
        nodes = line.left.indices if isinstance(line.left, Entry) else ()
        if isinstance(line.left, Derivative) and isinstance(line.left.by, Entry):
            nodes = line.left.by.indices
        if len(nodes) != len(known.spans):
            raise self.source.error(
                f"{name} has {len(known.spans)} indices, not {len(nodes)}", line.place
            )
        if line.ranges:
            raise self.source.error(
                "for has no place here: the letters run as those of the general equation",
                line.ranges[0].place,
            )
        scope: dict[str, Span] = {}
        for node, span in zip(nodes, known.spans, strict=True):
            if isinstance(node, Name) and is_letter(node.name):
                if node.name in scope:
                    raise self.source.error(
                        f"the letter {node.name} stands twice on the left", node.place
                    )
                scope[node.name] = span
        at = tuple(Meaning(self.names, scope).index(node) for node in nodes)
        if line.is_outside:
            if len(scope) != len(nodes):
                raise self.source.error(
                    "outside is said of the whole array", line.place, "with a letter at each index"
                )
            return Left(line, name, known.name if of else "", at=at, scope=tuple(scope.items()))
        if known.kind not in ("defined", "helper") and of is None:
            raise self.source.error(
                f"{name} is declared: all its entries are given",
                line.place,
                f"what it is beyond them is said by {name}[{','.join(known.letters)}] = 0 outside",
            )
        if of is None:  # a claim may be about single entries within the range
            self.check_single(line, name, known, at)
        starts = (
            self.names.claimed_starts.setdefault(name, [])
            if of or (self.names.in_claims and name in self.names.known)
            else known.starts
        )
        if at in starts:
            raise self.source.error(f"two lines define {name} there", line.place, "leave one out")
        starts.append(at)
        return Left(line, name, known.name if of else "", at=at, scope=tuple(scope.items()))

    def no_general(self, line: EquationLine, name: str) -> InputError:
        """The complaint that a single entry has no general equation."""
        indices = line.left.indices if isinstance(line.left, Entry) else ()
        for node in indices:
            if isinstance(node, Name) and is_capital(node.name):
                return self.source.error(
                    f"{node.name} is a size and no index",
                    node.place,
                    f"write {node.name.lower()}: it runs from 1 to {node.name}",
                )
        guess = did_you_mean(name, (*self.names.known, *self.names.helpers))
        return self.source.error(
            f"no general equation defines {name}{guess}",
            line.place,
            None if guess else "add one, with a letter at each index",
        )

    def check_single(
        self, line: EquationLine, name: str, known: Known, at: tuple[Affine, ...]
    ) -> None:
        """An equation of single entries lies beyond the range of the general one."""
        one = Affine.number(1)
        for index, span in zip(at, known.spans, strict=True):
            if index.letter is not None:
                continue
            before = (span.first - index - one).is_nonnegative
            after = (index - span.last - one).is_nonnegative
            if before or after:
                return
        left = f"{name}[{','.join(map(str, at))}]"
        span = next(s for i, s in zip(at, known.spans, strict=True) if i.letter is None)
        raise self.source.error(
            f"two equations define {left}: this one, and the general one, which runs over {span}",
            line.place,
            "give the general one a range without it, as in for t = 2..T",
        )


def _is_chosen(node: Node) -> bool:
    return isinstance(node, Call) and node.name in ("argmax", "argmin")
