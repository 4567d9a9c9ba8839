"""The equations of a document as a model in the language, and lines that claim its adjoints."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from symback.reading.formula.syntax import Number, Symbol
from symback.reading.lowering.expressions import NotLowered
from symback.reading.lowering.names import Letters, name_of
from symback.reading.network.places import Place
from symback.reading.network.symbols import everything, spelled
from symback.reading.proving.forward import Equation, Forward
from symback.reading.proving.glossary import At, Glossary, Read
from symback.reading.proving.kinds import Kinds, is_index, names_in
from symback.reading.proving.names import Name
from symback.reading.proving.objective import DIRECTION, WHOLE, Objective
from symback.reading.proving.ranges import Dims, Ranges
from symback.reading.proving.sides import at_entry, hidden_dims, left_side
from symback.reading.proving.writing import Lines
from symback.records import dataclass

__all__ = ["Equation", "Reading", "Stating", "modelled"]

_RESERVED = frozenset(
    """for in outside claims sum mean prod max min argmax softmax stop input target param const
    integer size function gradients sizes exp log sqrt tanh sigmoid relu abs sin cos""".split()
)


@dataclass
class Stating:
    """A model in the language.

    Attributes:
        given: the declarations.
        functions: the generic functions whose names are words.
        starts: the lines before those of the document: of starts, and of targets that add up to 1.
        lines: what each quantity is, the loss last.
        glossary: what claims beside it need.
        objective: what is differentiated.
        direction: the range of the direction along which it is, where it is a vector.
        steps: quantities that are read at another step, which have a start or an end.
        assumed: those of which the document says no start.
        supposed: the loss and what it is any function of, where the document has no equation.
        unit_targets: targets whose entries add up to one.
        added_up: losses that are the sum of the entries of what the document says.
    """

    given: tuple[str, ...]
    functions: tuple[str, ...]
    starts: tuple[str, ...]
    lines: tuple[tuple[Name, str], ...]
    glossary: Glossary
    objective: Objective
    direction: Hashable | None = None
    steps: Mapping[Name, int] = field(default_factory=dict)
    assumed: tuple[Name, ...] = ()
    supposed: tuple[str, tuple[str, ...]] | None = None
    unit_targets: tuple[str, ...] = ()
    added_up: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The model as text, the loss last."""
        words = [f"function {name}" for name in self.functions]
        lines = [line for _, line in self.lines]
        return "\n".join([*self.given, *words, *self.starts, *lines])

    @property
    def is_recursive(self) -> bool:
        """Whether a quantity is read at another step."""
        return bool(self.steps)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document may leave unsaid, each in the way that makes no difference to it first.

    Attributes:
        starts_at_zero: whether a recursion starts from 0 where the document is silent.
        one_step: whether nothing is differentiated through another step.
        own_equation: whether a partial derivative is that of the equation which defines the
            quantity, and not through what this one is made of.
        unit_targets: whether the entries of targets add up to one, as classes and probabilities do.
    """

    starts_at_zero: bool = False
    one_step: bool = False
    own_equation: bool = False
    unit_targets: bool = False


def modelled(
    kinds: Kinds,
    equations: Sequence[Equation],
    objective: Objective,
    *,
    by: Iterable[Name],
    adjoints: Mapping[Name, Name],
    meanings: Mapping[str, str],
    reading: Reading,
) -> Stating:
    """Write a document's equations as a model.

    Args:
        kinds: what is a number, a vector and a matrix.
        equations: of the forward pass.
        objective: what is differentiated.
        by: by what gradients are taken.
        adjoints: quantities that are the adjoint of another.
        meanings: functions by the one of the catalogue that they are.
        reading: how what the document leaves unsaid is read.

    Raises:
        NotLowered: with a code, for what the language cannot say.
    """
    return _Maker(kinds, equations, objective, frozenset(by), adjoints, meanings, reading).stated()


class _Maker:
    def __init__(
        self,
        kinds: Kinds,
        equations: Sequence[Equation],
        objective: Objective,
        by: frozenset[Name],
        adjoints: Mapping[Name, Name],
        meanings: Mapping[str, str],
        reading: Reading,
    ) -> None:
        self.kinds, self.objective, self.by, self.reading = kinds, objective, by, reading
        self.forward = forward = Forward(kinds.spelling, equations, objective)
        self.loss = objective.name
        self.units: list[str] = []
        self.unit_names: list[str] = []
        self.added_up: list[str] = []
        self.spelling = kinds.spelling
        self.ranges = Ranges(kinds)
        self.ranges.equate((e.left, e.right) for e in equations)
        known = (*forward.needed, *forward.given)
        if unfit := kinds.unfit.intersection(known):
            raise NotLowered("kinds", min(unfit).base)
        own = [] if self.loss in known else [self.loss]
        own += [WHOLE, DIRECTION] if objective.letter else []
        names = dict(_named([*known, *own]))
        self.glossary = Glossary(
            self.ranges,
            names,
            Letters(names.values()),
            adjoints=adjoints,
            meanings=meanings,
            offsets=dict(forward.offsets()),
            layer_places=forward.layer_places,
            first=forward.first_layer(),
            functions_of=dict(forward.calls()),
        )
        self._learn_letters(equations)

    def _learn_letters(self, equations: Sequence[Equation]) -> None:
        """Give ranges the letters that the document uses for them, where it has one."""
        for equation in equations:
            for side in (equation.left, equation.right):
                for node in everything(side):
                    if isinstance(node, Symbol) and not is_index(self.spelling, node):
                        name, indices = self.spelling.use(node)
                        for at, index in enumerate(indices):
                            if (
                                isinstance(index, Symbol)
                                and spelled(index) in self.spelling.letters
                            ):
                                where = self.ranges.sizes.find((name, at))
                                self.glossary.letters.letter(where, spelled(index))

    def stated(self) -> Stating:
        """The whole model."""
        needed = self.forward.needed
        lines, reads = [], []
        for name in needed:
            text, found = self._line(name)
            lines.append(text)
            reads += found
        behind: list[Name] = []
        direction: Hashable | None = None
        if self.forward.outputs:
            lines.append(self._supposed_loss())
            behind.append(self.loss)
        elif self.objective.letter:
            text, direction = self._at_last_step()
            lines.append(text)
            behind.append(WHOLE)
        steps = dict(self._steps(reads))
        starts: list[str] = []
        assumed: list[Name] = []
        for name, step in steps.items():
            if name not in self.forward.general:
                raise NotLowered("outside", name.base)
            written, is_assumed = self._start(name, step)
            starts += written
            assumed += [name] if is_assumed else []
        if self.objective.letter and any(step > 0 for step in steps.values()):
            raise NotLowered("later-steps")
        given = [*self._declared(needed), *(s for s in starts if s.startswith("input "))]
        if direction is not None:
            letter = self.glossary.letters.letter(direction)
            given.append(f"input {self.glossary.names[DIRECTION]}[{letter}]")
        functions = [f for f in self.glossary.functions if len(f) > 1]
        functions += ["Loss"] if self.forward.outputs and self.forward.layer_places else []
        starts = [s for s in starts if not s.startswith("input ")]
        last = {name for name, _ in self.forward.layer_places}
        words = (name.base + "^L" * (name in last) for name in self.forward.outputs)
        supposed = (self.loss.base, tuple(words))
        return Stating(
            tuple(given),
            tuple(functions),
            (*self.units, *starts),
            tuple(zip((*needed, *behind), lines, strict=True)),
            self.glossary,
            self.objective,
            direction,
            steps,
            tuple(assumed),
            supposed if self.forward.outputs else None,
            tuple(self.unit_names),
            tuple(self.added_up),
        )

    def _supposed_loss(self) -> str:
        names, totals = self.glossary.names, self.kinds.totals
        whole = []
        for name in self.forward.outputs:
            at = [":"] * totals[name]
            for place in self.forward.layer_places:
                if place[0] == name:
                    range_ = self.ranges.sizes.find(place)
                    at[place[1]] = self.glossary.letters.letter(range_).upper()
            whole.append(names[name] + (f"[{','.join(at)}]" if at else ""))
        function = "Loss" if self.forward.layer_places else "L"
        return f"{names[self.loss]} = {function}({', '.join(whole)})"

    def _at_last_step(self) -> tuple[str, Hashable | None]:
        """What the last step gives as a number, and the range of the direction of a vector."""
        names, name = self.glossary.names, self.loss
        places = [self.ranges.sizes.find((name, at)) for at in range(self.kinds.totals[name])]
        letters = [self.glossary.letters.letter(place) for place in places]
        if len(places) > 2 or len(set(letters)) != len(letters):
            raise NotLowered("rank", name.base)
        entry = f"{names[name]}[{','.join([letters[0].upper(), *letters[1:]])}]"
        if len(places) == 1:
            return f"{names[WHOLE]} = {entry}", None
        along = f"{names[DIRECTION]}[{letters[1]}]"
        return f"{names[WHOLE]} = sum({letters[1]}, {along} {entry})", places[1]

    def _steps(self, reads: Iterable[Read]) -> Iterator[tuple[Name, int]]:
        found: dict[Name, set[int]] = {}
        for read in reads:
            for at in read.at:
                if at.letter and at.more:
                    found.setdefault(read.name, set()).add(at.more)
        for name, steps in found.items():
            if steps not in ({-1}, {1}):
                raise NotLowered("steps", name.base)
            yield name, steps.pop()

    def _line(self, name: Name) -> tuple[str, list[Read]]:
        equation = self.forward.general[name]
        lines, left, at, conditions = left_side(self.glossary, equation.left, self.objective)
        lines.stops = self.reading.one_step
        lines.stops_all = self.reading.own_equation and name != self.loss
        lines.used += [each.letter for each in at if each.letter not in lines.used]
        right = lines.table(equation.right)
        dims = self._dims(name, equation.left)
        if dims is None and right.dims is not None and self.kinds.is_loss(equation.left):
            right = lines.added_up(right)
            self.added_up.append(name.base)
        text = at_entry(right, dims, at)
        ranges = ", ".join(f"{letter} = {limits}" for letter, limits in conditions.items())
        return f"{left} = {text}" + (f" for {ranges}" if ranges else ""), lines.reads

    def _dims(self, name: Name, left: Symbol) -> Dims:
        return hidden_dims(self.glossary, name, left, self.spelling)

    def _start(self, name: Name, step: int) -> tuple[list[str], bool]:
        """The entries before the first step, or behind the last."""
        total = self.kinds.totals[name]
        position = self._position(name)
        places = [self.ranges.sizes.find((name, at)) for at in range(total)]
        time = self.glossary.letters.letter(places[position])
        edge = "0" if step < 0 else f"{time.upper()}+1"
        letters = [self.glossary.letters.letter(place) for place in places]
        if len(set(letters)) != len(letters):
            raise NotLowered("square", name.base)
        others = [letter for at, letter in enumerate(letters) if at != position]
        indices = ",".join(edge if at == position else x for at, x in enumerate(letters))
        word = self.glossary.names[name]
        for equation in self.forward.said(name):
            right = equation.right
            if isinstance(right, Number) and right.value == 0 and step < 0:
                return [f"{word}[{indices}] = 0"], False
            if isinstance(right, Symbol) and step < 0 and not self.spelling.use(right).indices:
                lines = Lines(self.glossary, {}, self.objective)
                at = [At("") if i == position else At(x) for i, x in enumerate(letters)]
                dims = hidden_dims(self.glossary, name, equation.left, self.spelling)
                return [f"{word}[{indices}] = {at_entry(lines.table(right), dims, at)}"], False
            raise NotLowered("start", name.base)
        if self.reading.starts_at_zero:
            return [f"{word}[{indices}] = 0"], True
        own = f"{word}_start"
        entry = own + (f"[{','.join(others)}]" if others else "")
        return [f"input {entry}", f"{word}[{indices}] = {entry}"], True

    def _position(self, name: Name) -> int:
        for equation in self.forward.general.values():
            for other, at, shift in self.forward.uses(equation):
                if other == name and shift:
                    return at
        raise NotLowered("steps", name.base)

    def _declared(self, needed: Sequence[Name]) -> Iterator[str]:
        in_loss_only = set(self.forward.given) - {
            other
            for name in needed
            if name.base not in self.spelling.losses
            for other in names_in(self.spelling, self.forward.general[name].right)
        }
        for name in self.forward.given:
            total = self.kinds.totals[name]
            places = [self.ranges.sizes.find((name, at)) for at in range(total)]
            letters = [self.glossary.letters.letter(place) for place in places]
            if name in self.by:
                role = "param"
            elif name in in_loss_only and letters:
                role = "target"
            else:
                role = "input" if letters else "const"
            text = self.glossary.names[name] + (f"[{','.join(letters)}]" if letters else "")
            if role == "target" and self.reading.unit_targets and len(set(letters)) == len(letters):
                # What a softmax gives adds up to one, whatever it is of.
                free = text.replace("[", "_free[", 1)
                yield f"target {free}"
                self.units.append(f"{text} = softmax({letters[-1]}, {free})")
                self.unit_names.append(name.base)
                continue
            yield f"{role} {text}"


def _named(names: Sequence[Name]) -> Iterator[tuple[Name, str]]:
    taken: set[str] = set()
    for name in names:
        word = name_of(Place(name.base, None, name.tag))
        word = word if word.isascii() and word not in _RESERVED else f"{word}_q"
        while word in taken:
            word += "_"
        taken.add(word)
        yield name, word
