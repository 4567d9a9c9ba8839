"""The lines of a text into a checked one: first every name with its ranges, then every right side.

The two passes are what lets a recursion mention what is defined below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symback.errors import InputError
from symback.model.language.affine import Affine, Span
from symback.model.language.checked import Checked, CheckedEquation, Known, Warning
from symback.model.language.expressions import Meaning
from symback.model.language.meanings import meanings_of, sources_of
from symback.model.language.names import Names, is_capital, is_letter
from symback.model.language.parser import parse
from symback.model.language.recursion import check_order
from symback.model.language.scope import BINDERS, FUNCTIONS
from symback.model.language.syntax import (
    Call,
    Claims,
    Declaration,
    Derivative,
    Entry,
    EquationLine,
    For,
    Line,
    Name,
    Node,
    Sizes,
    nodes_in,
)
from symback.model.language.syntax import Names as WantedLine
from symback.model.language.tokens import Place, Source
from symback.records import dataclass
from symback.suggest import did_you_mean

__all__ = ["check_text"]

_NO_DERIVATIVE = ("integer", "chosen", "function", "size")


def check_text(source: Source) -> Checked:
    """What a text in the language says.

    Raises:
        InputError: with line, column and what would be right.
    """
    return _Check(source).text(parse(source))


@dataclass(frozen=True, slots=True)
class _Left:
    """The left side of an equation: letters with ranges, or the indices of single entries."""

    line: EquationLine
    name: str
    of: str
    letters: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    at: tuple[Affine, ...] = ()
    scope: tuple[tuple[str, Span], ...] = ()


class _Check:
    """One text, from its lines to what they mean."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.names = Names(source)
        self.wanted: dict[str, Place] = {}
        self.sizes: dict[str, tuple[int, Place]] = {}
        self.outsides: tuple[CheckedEquation, ...] = ()

    def text(self, lines: list[Line]) -> Checked:
        cut = next((i for i, line in enumerate(lines) if isinstance(line, Claims)), len(lines))
        model, claims = _with_formulas(lines[:cut]), lines[cut + 1 :]
        equations = [line for line in model if isinstance(line, EquationLine)]
        if not equations:
            where = (
                lines[cut].place if cut < len(lines) else Place(max(len(self.source.lines), 1), 1)
            )
            raise self.source.error(
                "a model needs at least one equation", where, "its last line defines the loss"
            )
        self.names.scalars = set(_scalars(model))
        self.names.loss = _loss(self.source, equations)
        self.declare(model)
        lefts = self.left_sides(equations)
        checked = self.right_sides(lefts)
        check_order(self.source, self.names, checked, lefts_places(lefts))
        names = list(self.names.conditions)
        claimed = self.claims(claims) if cut < len(lines) else ()
        self.finish()
        warnings = self.warnings(checked)
        return Checked(
            _title(self.source),
            {n: k for n, k in self.names.known.items() if k.kind not in ("function", "size")},
            tuple(equation for equation, _ in checked),
            claimed,
            self.outsides,
            self.names.helpers,
            tuple(names),
            tuple(self.wanted),
            {name: number for name, (number, _) in self.sizes.items()},
            {span: tuple(letters) for span, letters in self.names.letters.items()},
            tuple(self.names.functions),
            tuple(name for name in self.names.owned if self.names.is_size(name)),
            tuple(warnings),
            meanings_of(model, self.source),
            sources_of(self.source),
        )

    # -- declarations -----------------------------------------------------------------------------

    def declare(self, lines: Iterable[Line]) -> None:
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
        return place.line + self.source.first_line - 1

    def declared_span(self, letter: Name, ranges: dict[str, For]) -> Span:
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

    # -- left sides -------------------------------------------------------------------------------

    def left_sides(self, lines: list[EquationLine]) -> list[_Left]:
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
                lefts.append(_Left(line, name, "", known.letters, known.spans, scope=scope))
        return lefts

    def left_name(self, line: EquationLine) -> str:
        if isinstance(line.left, Derivative):
            raise self.source.error(
                "an adjoint stands in claims only", line.place, "begin them with a line claims"
            )
        return line.left.name

    def is_general(self, line: EquationLine) -> bool:
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

    def single(self, line: EquationLine, name: str, of: Known | None = None) -> _Left:
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
            return _Left(line, name, known.name if of else "", at=at, scope=tuple(scope.items()))
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
        return _Left(line, name, known.name if of else "", at=at, scope=tuple(scope.items()))

    def no_general(self, line: EquationLine, name: str) -> InputError:
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

    # -- right sides ------------------------------------------------------------------------------

    def right_sides(self, lefts: list[_Left]) -> list[tuple[CheckedEquation, Meaning]]:
        found = []
        for left in lefts:
            if left.line.is_outside:
                self.outside(left)
        for left in lefts:
            if not left.line.is_outside:
                found.append(self.right_side(left))
        return found

    def outside(self, left: _Left) -> None:
        value = Meaning(self.names, {}).value(left.line.right)
        known = self.names.get(left.name)
        if left.of or (self.names.in_claims and left.name in self.names.known):
            self.names.claimed_outside.add(left.name)
        elif known is not None:
            if known.outside is not None:
                raise self.source.error(
                    f"what {left.name} is outside is said already", left.line.place
                )
            known.outside = value

    def right_side(self, left: _Left) -> tuple[CheckedEquation, Meaning]:
        self.refuse_two_ranges(left)
        meaning = Meaning(self.names, dict(left.scope))
        right = meaning.value(left.line.right)
        equation = CheckedEquation(
            left.line.place,
            left.name,
            right,
            left.letters,
            left.spans,
            left.at,
            left.of,
            tuple(dict.fromkeys(name for name, _, _ in meaning.reads)),
        )
        return equation, meaning

    def refuse_two_ranges(self, left: _Left) -> None:
        """A letter on the left whose range no for says must have that of its slots."""
        said = {entry.letter for entry in left.line.ranges}
        for letter, span in left.scope:
            if letter in said or left.at:
                continue
            for entry, slot in self.names.slots(letter, (left.line.right,)):
                own = self.names.slot_span(entry, slot)
                if own is not None and own != span and own.first == span.first and _plain(own):
                    raise self.source.error(
                        f"the letter {letter} has two ranges: {span} on the left, {own} in "
                        f"{entry.name}",
                        entry.indices[slot].place,
                        f"say which: for {letter} = {own}",
                    )

    # -- claims -----------------------------------------------------------------------------------

    def claims(self, lines: list[Line]) -> tuple[CheckedEquation, ...]:
        """What stands below ``claims``: adjoints, helpers, and their ends."""
        self.names.in_claims = True
        equations = []
        for line in lines:
            if not isinstance(line, EquationLine):
                raise self.source.error(
                    "only equations stand below claims", line.place, "declare above them"
                )
            equations.append(line)
        helpers = [line for line in equations if self.claimed(line) is None]
        spans: dict[int, dict[str, Span]] = {}
        for line in helpers:
            name = line.left.name if not isinstance(line.left, Derivative) else ""
            if self.is_general(line) and name not in self.names.known:
                spans[id(line)] = self.define(line)
        lefts = []
        for line in equations:
            known = self.claimed(line)
            name = f"d{known.name}" if known else getattr(line.left, "name", "")
            if known is not None:
                lefts.append(self.claim_left(line, known, name))
            elif id(line) in spans:
                helper = self.names.helpers[name]
                scope = tuple(spans[id(line)].items())
                lefts.append(_Left(line, name, "", helper.letters, helper.spans, scope=scope))
            elif name in self.names.known and not line.is_outside and self.is_general(line):
                raise self.source.error(
                    f"{name} is defined by the model",
                    line.place,
                    f"a claim is about its adjoint: d{name} = …",
                )
            else:
                lefts.append(self.single(line, name))
        checked = self.right_sides(lefts)
        self.outsides = tuple(
            CheckedEquation(
                left.line.place,
                left.name,
                Meaning(self.names, {}).value(left.line.right),
                of=left.of,
            )
            for left in lefts
            if left.line.is_outside
        )
        return tuple(equation for equation, _ in checked)

    def claimed(self, line: EquationLine) -> Known | None:
        """The quantity whose adjoint a claim is about; None for a helper's line."""
        if isinstance(line.left, Derivative):
            if line.left.of != self.names.loss:
                raise self.source.error(
                    f"a claim is about the derivative of the loss, {self.names.loss}",
                    line.place,
                    f"write d{self.names.loss}/d{line.left.by.name}",
                )
            return self.names.quantity(line.left.by.name, line.left.by.place)
        return self.names.adjoint(line.left.name)

    def claim_left(self, line: EquationLine, known: Known, name: str) -> _Left:
        nodes: tuple[Node, ...] = ()
        left = line.left.by if isinstance(line.left, Derivative) else line.left
        if isinstance(left, Entry):
            nodes = left.indices
        if len(nodes) != len(known.spans):
            raise self.source.error(
                f"{name} has {len(known.spans)} indices, not {len(nodes)}",
                line.place,
                f"write {name}[{','.join(known.letters)}]" if known.letters else f"write {name}",
            )
        plain = [node.name for node in nodes if isinstance(node, Name) and is_letter(node.name)]
        if line.is_outside or len(plain) < len(nodes):
            return self.single(line, name, known)
        if len(set(plain)) < len(plain):
            raise self.source.error("each index has a letter of its own", line.place)
        said = {entry.letter: self.for_span(entry) for entry in line.ranges}
        spans = []
        for letter, span, node in zip(plain, known.spans, nodes, strict=True):
            own = said.get(letter, span)
            inside = (own.first - span.first, span.last - own.last)
            if any(room.is_nonnegative is not True for room in inside):
                raise self.source.error(
                    f"the letter {letter} runs over {own} by for, and {known.name} has {span}",
                    node.place,
                    "a claim may be about a part of a range, and about nothing beyond it",
                )
            spans.append(own)
            self.names.note_letter(letter, span)
        scope = tuple(zip(plain, spans, strict=True))
        return _Left(line, name, known.name, tuple(plain), tuple(spans), scope=scope)

    # -- at the end -------------------------------------------------------------------------------

    def finish(self) -> None:
        """What can be said once everything has been read: gradients, sizes."""
        if "inputs" in self.wanted and "inputs" not in self.names.known:
            place = self.wanted.pop("inputs")
            inputs = {n: place for n, k in self.names.known.items() if k.kind == "input"}
            self.wanted = {**self.wanted, **inputs}
        for name, place in self.wanted.items():
            known = self.names.quantity(name, place)
            if known.kind in _NO_DERIVATIVE:
                raise self.source.error(f"{name} is an array of indices: it has no gradient", place)
        for name, (_, place) in self.sizes.items():
            if not self.names.is_size(name):
                guess = did_you_mean(name, self.names.owned)
                raise self.source.error(f"{name} is no size of this model{guess}", place)

    def warnings(self, checked: Sequence[tuple[CheckedEquation, Meaning]]) -> list[Warning]:
        """Names that are never used, and quantities that the loss does not depend on."""
        reads = {
            equation.name: {name for name, _, _ in meaning.reads} for equation, meaning in checked
        }
        for equation, meaning in checked:
            reads[equation.name] = reads[equation.name] | {name for name, _, _ in meaning.reads}
        reached, work = {self.names.loss}, [self.names.loss]
        while work:
            for name in sorted(reads.get(work.pop(), ())):
                if name not in reached:
                    reached.add(name)
                    work.append(name)
        found = []
        everywhere = {name for names in reads.values() for name in names}
        for name, known in self.names.known.items():
            if known.kind in ("function", "size") or name in reached:
                continue
            code = "not-reached" if known.kind == "defined" or name in everywhere else "never-used"
            found.append(Warning(code, name, known.place))
        return found


def lefts_places(lefts: list[_Left]) -> list[Place]:
    """Where each equation that is no ``outside`` begins."""
    return [left.line.place for left in lefts if not left.line.is_outside]


def _with_formulas(lines: list[Line]) -> list[Line]:
    """The lines without a loss that is left open, `L = L(y[:])`, where a later one says it."""
    last = {
        line.left.name: at
        for at, line in enumerate(lines)
        if isinstance(line, EquationLine) and isinstance(line.left, Name)
    }
    return [
        line
        for at, line in enumerate(lines)
        if not (
            isinstance(line, EquationLine)
            and isinstance(line.left, Name)
            and isinstance(line.right, Call)
            and line.right.name not in (*FUNCTIONS, *BINDERS)
            and last[line.left.name] > at
        )
    ]


def _loss(source: Source, equations: list[EquationLine]) -> str:
    last = next((line for line in reversed(equations) if not line.is_outside), equations[-1])
    if not isinstance(last.left, Name):
        name = getattr(last.left, "name", "the loss")
        raise source.error(
            f"the last equation defines the loss, a scalar, and {name} has indices",
            last.place,
            f"add a line such as L = sum(…, {name}[…])",
        )
    return last.left.name


def _scalars(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        if isinstance(line, Declaration) and line.kind not in ("size", "function"):
            yield from (item.name for item in line.items if not item.letters)
        elif isinstance(line, EquationLine) and isinstance(line.left, Name):
            yield line.left.name


def _is_chosen(node: Node) -> bool:
    from symback.model.language.syntax import Call

    return isinstance(node, Call) and node.name in ("argmax", "argmin")


def _plain(span: Span) -> bool:
    return span.first.integer == 1 and len(span.last.terms) == 1


def _names_in(node: Node) -> Iterable[Name]:
    return (part for part in nodes_in(node) if isinstance(part, Name))


def _title(source: Source) -> str:
    first = source.lines[0].strip() if source.lines else ""
    return first.lstrip("#").strip() if first.startswith("#") else ""
