"""The lines of a text into a checked one: first every name with its ranges, then every right side.

The two passes are what lets a recursion mention what is defined below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symback.model.language.affine import Span
from symback.model.language.checked import Checked, CheckedEquation, Known, Warning
from symback.model.language.expressions import Meaning
from symback.model.language.left_sides import Left, LeftSides
from symback.model.language.meanings import caution_of, meanings_of, sources_of
from symback.model.language.names import is_letter
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
    Line,
    Name,
    Node,
)
from symback.model.language.tokens import Place, Source
from symback.suggest import did_you_mean

__all__ = ["check_text"]

_NO_DERIVATIVE = ("integer", "chosen", "function", "size")


def check_text(source: Source) -> Checked:
    """What a text in the language says.

    Raises:
        InputError: with line, column and what would be right.
    """
    return _Check(source).text(parse(source))


class _Check(LeftSides):
    """One text, from its lines to what they mean."""

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
        check_order(self.source, self.names, checked)
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
            caution_of(self.source),
        )

    # -- right sides ------------------------------------------------------------------------------

    def right_sides(self, lefts: list[Left]) -> list[tuple[CheckedEquation, Meaning]]:
        found = []
        for left in lefts:
            if left.line.is_outside:
                self.outside(left)
        for left in lefts:
            if not left.line.is_outside:
                found.append(self.right_side(left))
        return found

    def outside(self, left: Left) -> None:
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

    def right_side(self, left: Left) -> tuple[CheckedEquation, Meaning]:
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

    def refuse_two_ranges(self, left: Left) -> None:
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
                lefts.append(Left(line, name, "", helper.letters, helper.spans, scope=scope))
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

    def claim_left(self, line: EquationLine, known: Known, name: str) -> Left:
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
        return Left(line, name, known.name, tuple(plain), tuple(spans), scope=scope)

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


def _plain(span: Span) -> bool:
    return span.first.integer == 1 and len(span.last.terms) == 1


def _title(source: Source) -> str:
    first = source.lines[0].strip() if source.lines else ""
    return first.lstrip("#").strip() if first.startswith("#") else ""
