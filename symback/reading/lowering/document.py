"""The network of a document as the lines of a model: what it gives, its equations, what is open."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Hessian,
    Nabla,
    Node,
    Number,
    Symbol,
)
from symback.reading.lowering.expressions import Env, NotLowered, Writing
from symback.reading.lowering.functions import function_written
from symback.reading.lowering.generalising import collapsed, generalised, with_indices
from symback.reading.lowering.names import Letters, name_of
from symback.reading.network.measuring import bound, measure_equation
from symback.reading.network.naming import LOSSES, Parts
from symback.reading.network.places import Definition, Function, Place
from symback.reading.network.symbols import everything, quantities, spelled
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["Given", "Line", "Lowered", "Open", "Writer", "lowered"]

_WEIGHTS = frozenset(["W", "w", "U", "V", "b", "B", "theta", "Theta", "beta", "gamma"])
_SUMMED = tuple(Symbol(f"summed{number}") for number in range(3))
_GENERAL = Symbol("general")
_BACKWARD = (Derivative, Hessian, Nabla, Differential)
_DATA = frozenset(["x", "X"])
_SETS = frozenset("RNZQC")
_STEP = re.compile(r"(?P<here>.+?)[-+][0-9]+")


@dataclass(frozen=True, slots=True)
class Line:
    """An equation: its text in the language and the line of the document that says it, or 0."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A quantity that no equation defines."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Open:
    """What could not be taken up or was only assumed, as a code, with the line that says it."""

    code: str
    what: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Lowered:
    """A document's network as a model.

    Attributes:
        given: declarations, in order of use.
        functions: generic functions with names of more than one letter.
        equations: each behind what it uses; the loss last.
        sizes: numbers that the document's own units give.
        open: what is missing and what was assumed.
    """

    given: tuple[Given, ...]
    functions: tuple[str, ...]
    equations: tuple[Line, ...]
    sizes: dict[str, int]
    open: tuple[Open, ...]

    @property
    def has_loss(self) -> bool:
        """Whether the equations end in a loss."""
        return bool(self.equations) and not any(o.code == "no-loss" for o in self.open)


@dataclass
class _Equation:
    """An equation for a whole quantity or, by number, for an entry that is one by itself."""

    place: Place
    entry: tuple[int, ...]
    parts: Parts
    body: Node
    env: dict[str, int]
    line: int


@dataclass
class Writer:
    """What all equations of one model share: names, ranges and what was used."""

    model: DocumentModel
    letters: Letters = field(init=False)
    used: dict[Place, int] = field(default_factory=dict)
    scattered: dict[Place, set[tuple[int, ...]]] = field(default_factory=dict)
    loose: dict[str, Place] = field(default_factory=dict)
    functions: dict[str, None] = field(default_factory=dict)
    open: list[Open] = field(default_factory=list)
    defined: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = {name_of(Place(d.parts.base, None, "")) for d in self.model.definitions.all()}
        names |= {base for base, _ in self.model.layered} | set(LOSSES)
        self.letters = Letters(names)

    def entry(self, place: Place, indices: tuple[str, ...]) -> str:
        """The text of one entry of a quantity."""
        if place in self.scattered:
            if not all(index.isdigit() for index in indices):
                raise NotLowered("entries", name_of(place))
            at = tuple(map(int, indices))
            if at not in self.scattered[place]:
                self.loose[name_of(place, at)] = place
            return name_of(place, at)
        size = ("bound", place.base)
        if not indices and place.layer is None and self.model.sizes.knows(size):
            return self.letters.letter(self.model.sizes.find(size)).upper()
        self.used.setdefault(place, len(indices))
        if self.used[place] != len(indices):
            raise NotLowered("ranks", name_of(place))
        return name_of(place) + (f"[{','.join(indices)}]" if indices else "")

    def function(self, name: str) -> str:
        """A function that is left open."""
        word = "".join(letter for letter in name if letter.isalnum())
        if len(word) > 1:
            self.functions[word] = None
        return word

    def function_of(self, name: str, written: Function) -> str:
        """The function of the catalogue that a document writes out, or one that is left open."""
        known = function_written(written)
        if known is not None:
            return known
        self.open.append(Open("function", name))
        return self.function(name)

    def whole(self, symbol: Symbol) -> str:
        """All entries of a quantity, as a function of arrays takes them."""
        parts = self.model.names.split(symbol)
        place = self.model.place(parts, {})
        if place in self.scattered:
            return self.entry(place, tuple(map(str, _numbers(parts))))
        rank = self.used.get(place)
        if rank is None:
            rank = self.model.names.ranks.get(parts.base) or (
                self.model.ranks.of(parts) if self.model.arrays else 0
            )
            self.used[place] = rank
        return name_of(place) + (f"[{','.join(':' * rank)}]" if rank else "")

    def range_of(self, letter: str, body: Node, env: Env, upper: Node | None) -> Hashable:
        """The range of a summed letter: that of the places where it stands."""
        for symbol in quantities(body):
            parts = self.model.names.split(symbol)
            for position, index in enumerate(parts.indices):
                if isinstance(index, Symbol) and spelled(index) == letter:
                    return self.model.sizes.find((self.model.place(parts, env), position))
        if (size := bound(self.model, upper, env)) is not None:
            return self.model.sizes.find(size)
        raise NotLowered("range", letter)


def lowered(model: DocumentModel) -> Lowered:
    """Write a network's equations in the language of models.

    Args:
        model: the network; its ranges are tied together as its equations ask for.
    """
    model.names.bound |= {_GENERAL.name, *(letter.name for letter in _SUMMED)}
    writer = Writer(model)
    equations = list(_equations(writer))
    for at, equation in enumerate(equations):
        definition = Definition(equation.parts, equation.body)
        measure_equation(model, ("model", at), definition, equation.env)
    loss = _loss(model, equations)
    if loss is None:
        _tie_targets(model, equations, _arguments(model))
    for equation in equations:
        for node in everything(equation.body):
            if isinstance(node, Call) and len(node.arguments) > 1:
                _tie_targets(model, equations, node.arguments)
    wanted = _needed(model, equations, loss)
    lines: list[Line] = []
    for equation in wanted:
        used, loose = dict(writer.used), dict(writer.loose)
        try:
            lines.append(Line(_text(writer, equation), equation.line))
            writer.defined.add(equation.place)
        except NotLowered as refusal:
            writer.used, writer.loose = used, loose
            writer.open.append(Open(refusal.code, refusal.what, equation.line))
    if loss is None:
        lines += _assumed_loss(writer)
    elif loss not in writer.defined:
        writer.open.append(Open("no-loss"))
    writer.open += _steps_alone(writer)
    given = tuple(_given(writer, wanted, loss))
    sizes = {
        letter.upper(): model.sizes.closed(where)
        for where, letter in writer.letters.of.items()
        if model.sizes.closed(where)
    }
    return Lowered(given, tuple(writer.functions), tuple(lines), sizes, tuple(writer.open))


def _equations(writer: Writer) -> Iterator[_Equation]:
    """All equations of the network, those of single units put together where they are alike."""
    model = writer.model
    by_place: dict[Place, list[tuple[Definition, dict[str, int]]]] = {}
    for definition in model.definitions.all():
        nodes = list(everything(definition.body))
        if any(isinstance(node, _BACKWARD) or _is_set(node) for node in nodes):
            continue
        for env in model.layers.instances(definition.parts.layer):
            if model.layers.ends(definition, env):
                continue
            place = model.place(definition.parts, env)
            by_place.setdefault(place, []).append((definition, env))
    for place, found in by_place.items():
        general = [pair for pair in found if not _is_numbered(pair[0].parts)]
        if general:
            definition, env = general[0]
            yield _equation(place, (), definition, env, definition.body)
            continue
        yield from _of_units(writer, place, found)


def _is_set(node: Node) -> bool:
    """Say whether a letter is a set of numbers: `Theta = R^n` is no equation of quantities."""
    return isinstance(node, Symbol) and node.font == "blackboard" and node.name in _SETS


def _of_units(
    writer: Writer, place: Place, found: list[tuple[Definition, dict[str, int]]]
) -> Iterator[_Equation]:
    names = writer.model.names
    entries = [_numbers(d.parts) for d, _ in found]
    bodies = [collapsed(with_indices(d.body, names), _SUMMED) for d, _ in found]
    first, env = found[0]
    numbers = [entry[0] for entry in entries]
    if len(entries[0]) == 1 and sorted(numbers) == list(range(1, len(numbers) + 1)) != [1]:
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        whole = generalised([bodies[at] for at in order], sorted(numbers), _GENERAL)
        if whole is not None:
            parts = replace(first.parts, indices=(_GENERAL,))
            yield _equation(place, (), replace(first, parts=parts), env, whole)
            return
    writer.scattered[place] = set(entries)
    for (definition, own), entry in zip(found, entries, strict=True):
        # One by one nothing says that two arrays run together: the sum stays written out.
        yield _equation(place, entry, definition, own, with_indices(definition.body, names))


def _equation(
    place: Place, entry: tuple[int, ...], definition: Definition, env: dict[str, int], body: Node
) -> _Equation:
    line = definition.statement.line if definition.statement is not None else 0
    return _Equation(place, entry, definition.parts, body, env, line)


def _is_numbered(parts: Parts) -> bool:
    return bool(parts.indices) and all(isinstance(index, Number) for index in parts.indices)


def _loss(model: DocumentModel, equations: list[_Equation]) -> Place | None:
    """The scalar at the end: what no other equation uses, of the letters of losses first."""
    used = {
        model.place(model.names.split(symbol), equation.env)
        for equation in equations
        for symbol in quantities(equation.body)
    }
    scalars = [
        equation.place
        for equation in equations
        if not equation.parts.indices and not model.ranks.of(equation.parts)
    ]
    last = [place for place in scalars if place not in used]
    named = [place for place in last if place.base in LOSSES] or [
        place for place in scalars if place.base in LOSSES
    ]
    return next(iter(named), None)


def _needed(
    model: DocumentModel, equations: list[_Equation], loss: Place | None
) -> list[_Equation]:
    """The equations behind the loss, each behind those that it uses; without a loss, all."""
    by_place: dict[Place, list[_Equation]] = {}
    for equation in equations:
        by_place.setdefault(equation.place, []).append(equation)
    order: list[_Equation] = []
    done: set[int] = set()

    def visit(place: Place, entry: tuple[int, ...] | None = None) -> None:
        for equation in by_place.get(place, ()):
            if id(equation) in done or (equation.entry and entry not in (None, equation.entry)):
                continue
            done.add(id(equation))
            for symbol in _in_order(equation.body):
                parts = model.names.split(symbol)
                at = _numbers(parts) if _is_numbered(parts) else None
                visit(model.place(parts, equation.env), at)
            order.append(equation)

    for place in [loss] if loss is not None else list(by_place):
        visit(place)
    return order


def _numbers(parts: Parts) -> tuple[int, ...]:
    return tuple(int(spelled(index)) for index in parts.indices)


def _in_order(node: Node) -> list[Symbol]:
    return list(quantities(node))[::-1]


def _text(writer: Writer, equation: _Equation) -> str:
    """An equation in the language."""
    model, parts = writer.model, equation.parts
    place = equation.place
    if equation.entry:
        return f"{name_of(place, equation.entry)} = " + _right(writer, equation, {}, None)
    ranges = [model.sizes.find((place, position)) for position in range(len(parts.indices))]
    letters: dict[str, str] = {}
    for index, where in zip(parts.indices, ranges, strict=True):
        if not isinstance(index, Symbol):
            raise NotLowered("index", spelled(index))
        wanted = "" if index == _GENERAL else spelled(index)
        own = writer.letters.letter(where, wanted)
        if own in letters.values():
            raise NotLowered("square", name_of(place))
        letters[spelled(index)] = own
    dims = None
    if not parts.indices and model.ranks.of(parts):
        dims = model.ranks.symbol_dims(parts, equation.env)
    if dims is None:
        left = writer.entry(place, tuple(letters.values()))
        return f"{left} = {_right(writer, equation, letters, None)}"
    places = ("one" if dim == "one" else model.sizes.find(dim) for dim in dims)
    slots = tuple(None if where == "one" else writer.letters.letter(where) for where in places)
    named = [slot for slot in slots if slot is not None]
    if len(set(named)) != len(named):
        raise NotLowered("square", name_of(place))
    at = named[::-1] if model.ranks.is_across(parts) and len(named) == 2 else named
    left = writer.entry(place, tuple(at))
    return f"{left} = {_right(writer, equation, {}, slots, named)}"


def _right(
    writer: Writer,
    equation: _Equation,
    letters: dict[str, str],
    slots: tuple[str | None, ...] | None,
    named: Iterable[str] = (),
) -> str:
    writing = Writing(writer, equation.env, letters)
    writing.used += list(named)
    table = writing.table(equation.body)
    if slots is None:
        if table.dims is not None:
            raise NotLowered("array")
        return table.entry(None, None).text
    return table.at(slots[0], slots[1]).text


def _steps_alone(writer: Writer) -> Iterator[Open]:
    """What stands at another step in the equation of one, and is given here: `h_{t-1}` of h_t."""
    for place in writer.used:
        step = _STEP.fullmatch(place.tag)
        if step is not None and place not in writer.defined:
            if place._replace(tag=step["here"]) in writer.defined:
                yield Open("step-given", name_of(place))


def _arguments(model: DocumentModel) -> tuple[Node, ...]:
    """What a loss without a formula is said to be a function of."""
    for (base, _), arguments in model.definitions.signatures.items():
        if base in LOSSES:
            return arguments
    return ()


def _tie_targets(
    model: DocumentModel, equations: list[_Equation], arguments: Iterable[Node]
) -> None:
    """Give a target that stands nowhere else an entry for each entry of the output beside it."""
    places = [
        model.place(model.names.split(symbol), {})
        for node in arguments
        for symbol in quantities(node)
    ]
    whole = {equation.place: equation for equation in equations if not equation.entry}
    known = {place for place in whole if place in places}
    mentioned = {
        model.place(parts, equation.env)
        for equation in equations
        for parts in map(model.names.split, quantities(equation.body))
        if parts.indices
    }
    outputs = [place for place in places if place in known and _rank(model, whole[place]) == 1]
    for place in places:
        if outputs and place not in whole and place not in mentioned:
            model.sizes.unite((outputs[0], 0), (place, 0))
            model.names.ranks.setdefault(place.base, 1)


def _rank(model: DocumentModel, equation: _Equation) -> int:
    return len(equation.parts.indices) or model.ranks.of(equation.parts)


def _assumed_loss(writer: Writer) -> list[Line]:
    """A loss that is any function of what its arguments, or the derivatives about it, say."""
    model = writer.model
    for (base, tag), arguments in model.definitions.signatures.items():
        if base not in LOSSES:
            continue  # `u(x, y)` of an explanation is no loss
        symbols = [symbol for node in arguments for symbol in quantities(node)]
        if (line := _open_loss(writer, name_of(Place(base, None, tag)), symbols)) is not None:
            return [line]
    for (base, tag), found in model.definitions.supposed.items():
        if base in LOSSES and not found[0].parts.indices and found[0].certain:
            name = name_of(Place(base, None, tag))
            if (line := _open_loss(writer, name, found[0].on)) is not None:
                writer.open.append(Open("loss-assumed", name))
                return [line]
    writer.open.append(Open("no-loss"))
    return []


def _open_loss(writer: Writer, name: str, on: Iterable[Symbol]) -> Line | None:
    """A loss without a formula; of numbers the language has functions of one argument alone."""
    used = dict(writer.used)
    arguments = list(dict.fromkeys(map(writer.whole, on)))
    defined = {name_of(place) for place in writer.defined}
    known = defined | {name_of(place) for place in writer.used if _is_learnt(writer, place)}
    # Of outputs that no equation gives, nothing is learnt.
    if any(argument.partition("[")[0] in known for argument in arguments):
        if any(":" in argument for argument in arguments):
            return Line(f"{name} = {name}({', '.join(arguments)})")
    writer.used = used
    found = [argument for argument in arguments if argument in defined]
    if len(found) != 1:
        return None
    writer.functions["loss"] = None
    return Line(f"{name} = loss({found[0]})")


def _is_learnt(writer: Writer, place: Place) -> bool:
    """Say whether what nothing defines is a parameter, by its letter or a derivative by it.

    A derivative by the output `y_t` is none by its target `y_t^*`.
    """
    if place.base in _WEIGHTS:
        return True
    by = writer.model.names.differentiated_by
    others = {other.base for other in writer.defined}
    return place.base in by and place.base not in _DATA and place.base not in others


def _given(writer: Writer, equations: list[_Equation], loss: Place | None) -> Iterator[Given]:
    """Declarations of what no equation defines."""
    model = writer.model
    forward: set[Place] = set()
    for equation in equations:
        if equation.place != loss:
            for symbol in quantities(equation.body):
                forward.add(model.place(model.names.split(symbol), equation.env))
    for place, rank in writer.used.items():
        if place in writer.defined:
            continue
        letters = [
            writer.letters.letter(model.sizes.find((place, position))) for position in range(rank)
        ]
        text = name_of(place) + (f"[{','.join(letters)}]" if letters else "")
        if _is_learnt(writer, place):
            role = "param"  # in the loss alone, too: `L = (y - w x)^2`, `J(theta, x, y)`
        elif place in forward:
            role = "input" if rank or len(place.base) == 1 else "const"
        else:
            lost = any(equation.place == place for equation in equations)
            role = "input" if lost or place.base in _DATA else "target"
        yield Given(role, text)
    for name, place in writer.loose.items():
        is_weight = place.base in _WEIGHTS or place.base in model.names.differentiated_by
        yield Given("param" if is_weight else "input", name)
