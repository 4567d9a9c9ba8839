"""Expressions over arrays in time in the language of models."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Entry,
    Nabla,
    Node,
    Number,
    Operator,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.lowering.expressions import (
    ONE,
    PRODUCT,
    NotLowered,
    Slot,
    Table,
    Text,
    Writing,
)
from symback.reading.network.function_meanings import function_named, is_softmax
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import function_name
from symback.reading.network.symbols import everything, spelled
from symback.reading.proving.glossary import At, Glossary, Read
from symback.reading.proving.kinds import is_diagonal, is_index
from symback.reading.proving.names import Name, letters_of
from symback.reading.proving.ranges import Dims, is_entrywise, kind_of

if TYPE_CHECKING:
    from symback.reading.proving.objective import Objective

__all__ = ["Lines"]


class Lines(Writing):
    """Writes one side of one line.

    Args:
        glossary: what all lines share.
        at: what each letter of the line is in the model.
        objective: that of which derivatives may be taken.
        stops: whether nothing is differentiated through another step.
        stops_all: whether nothing is differentiated through anything that the line reads.

    Attributes:
        loose: whether vectors side by side were multiplied entry by entry, without a sign for it.
    """

    def __init__(
        self,
        glossary: Glossary,
        at: Mapping[str, At],
        objective: Objective,
        *,
        stops: bool = False,
        stops_all: bool = False,
    ) -> None:
        super().__init__(glossary, {}, {})  # type: ignore[arg-type]
        self.glossary, self.at, self.objective = glossary, dict(at), objective
        self.used = [each.letter for each in at.values()]
        self.reads: list[Read] = []
        self.stops, self.stops_all = stops, stops_all
        self.loose = False
        self.spelling = glossary.ranges.kinds.spelling

    # Names --------------------------------------------------------------------------------------

    def _is_e(self, node: Node) -> bool:
        return node == Symbol("e") and Name("e", "") not in self.glossary.names

    def _symbol(self, node: Symbol) -> Table:
        if is_index(self.spelling, node):
            return self._value_of(node)
        if self._is_e(node):
            return number("exp(1)")
        if isinstance(node.bare, Number):
            return self.table(node.as_power())
        name, indices = self.spelling.use(node)
        of = self.glossary.adjoints.get(name)
        return self._entries(name if of is None else of, indices, node, adjoint=of is not None)

    def _value_of(self, node: Symbol) -> Table:
        letter = spelled(node)
        end = self.spelling.end_of(letter) if letter not in self.at else None
        if end is None:
            raise NotLowered("index", letter)
        where = self.glossary.ranges.range_of_letter(end)
        if where is None:
            raise NotLowered("range", letter)
        return number(self.glossary.letters.letter(where).upper())

    def _entries(
        self, name: Name, indices: tuple[Node, ...], node: Symbol, *, adjoint: bool
    ) -> Table:
        if name not in self.glossary.names:
            raise NotLowered("unknown", name.base)
        written = tuple(self._at(index, (name, at)) for at, index in enumerate(indices))
        found = self.glossary.range_of
        total = self.glossary.ranges.kinds.totals[name]
        hidden = [found((name, position)) for position in range(len(indices), total)]
        rows = self.glossary.ranges.kinds.rows

        def entry(row: Slot, column: Slot) -> Text:
            slots = (row, column) if len(hidden) == 2 else (row or column,) if hidden else ()
            at = (*written, *(At(str(slot)) for slot in slots))
            self.reads.append(Read(name, at, adjoint))
            text = self.glossary.entry(name, at, adjoint=adjoint)
            is_other = any(each.letter and each.more for each in at)
            if self.stops_all or (self.stops and is_other):
                text = f"stop({text})"
            return Text(text)

        dims: Dims = None
        if len(hidden) == 1:
            dims = (ONE, hidden[0]) if rows else (hidden[0], ONE)
        elif hidden:
            dims = hidden[0], hidden[1]
        return Table(dims, entry)

    def _at(self, index: Node, place: Hashable) -> At:
        """An index in the model's letters and numbers."""
        found = self._said(index, place)
        more = found.more - self.glossary.offsets.get(place, 0)
        if not found.letter and place in self.glossary.layer_places:
            if self.glossary.first is None:
                raise NotLowered("index", spelled(index))  # of which layer is not said
            more -= self.glossary.first
        return At(found.letter, more)

    def _said(self, index: Node, place: Hashable) -> At:
        """An index as the document has it."""
        if isinstance(index, Number) and index.digits.isdecimal():
            return At("", int(index.digits))
        if isinstance(index, Symbol):
            letter = spelled(index)
            if letter in self.at:
                return self.at[letter]
            if self.spelling.end_of(letter) is not None:
                return self.glossary.last(letter, place)
            raise NotLowered("index", letter)
        if isinstance(index, Sum):
            found = [self._said(term, place) for term in index.terms]
            letters = [(sign, each) for sign, each in zip(index.signs, found, strict=True)]
            named = [(sign, each.letter) for sign, each in letters if each.letter]
            if len(named) > 1 or any(sign < 0 for sign, _ in named):
                raise NotLowered("index", spelled(index))
            more = sum(sign * each.more for sign, each in letters)
            return At(named[0][1] if named else "", more)
        raise NotLowered("index", spelled(index))

    def _index(self, node: Node) -> str:
        return str(self._at(node, None))

    # Adjoints -----------------------------------------------------------------------------------

    def _derivative(self, node: Derivative) -> Table:
        if len(node.by) != 1 or not isinstance(node.by[0], Symbol):
            raise NotLowered("derivative")
        if isinstance(node.by[0].bare, Number):
            raise NotLowered("derivative")  # by a square, or by what a raised number names
        slope = self._slope(node.of, node.by[0])
        if slope is not None:
            return slope
        self._of_objective(node.of)
        return self._adjoint(node.by[0])

    def _slope(self, of: Node | None, by: Symbol) -> Table | None:
        """The slope of what is a function of another quantity entry by entry, `a = f(z)`.

        A vector stands for the diagonal of the matrix that it is.
        """
        if not isinstance(of, Symbol):
            return None
        (name, indices), (argument, at) = self.spelling.use(of), self.spelling.use(by)
        call = self.glossary.functions_of.get(name)
        if call is None or indices != at:
            return None
        inner = stripped(call.arguments[0])
        if not isinstance(inner, Symbol) or self.spelling.use(inner).name != argument:
            return None
        return self.table(replace(call, arguments=(by,), order=call.order + 1))

    def _nabla(self, node: Nabla) -> Table:
        self._of_objective(node.of)
        if not isinstance(node.by, Symbol):
            raise NotLowered("derivative")
        return self._adjoint(node.by)

    def _differential(self, node: Differential) -> Table:
        if node.kind == "Δ" or node.order != 1 or not isinstance(node.of, Symbol):
            raise NotLowered("derivative")
        return self._adjoint(node.of)

    def _of_objective(self, node: Node | None) -> None:
        """Refuse the derivative of anything but the objective, at its own step."""
        name, indices = self.spelling.use(node) if isinstance(node, Symbol) else (None, ())
        if name != self.objective.name or len(indices) != bool(self.objective.letter):
            raise NotLowered("derivative")
        for index in indices:
            at, place = self._at(index, (name, 0)), self.glossary.range_of((name, 0))
            if at != At(self.glossary.letters.letter(place).upper()):
                raise NotLowered("derivative")

    def _adjoint(self, by: Symbol) -> Table:
        name, indices = self.spelling.use(by)
        if name in self.glossary.adjoints:
            raise NotLowered("derivative")
        return self._entries(name, indices, by, adjoint=True)

    # Along a direction -----------------------------------------------------------------------

    def times_direction(self, table: Table, direction: Name, dims: Dims) -> Table:
        """A vector, entry by entry times a direction."""
        word = self.glossary.names[direction]

        def entry(row: Slot, column: Slot) -> Text:
            letter = row or column
            inner = table.at(letter, letter).at(PRODUCT)
            return Text(f"{word}[{letter}] * {inner}", PRODUCT)

        return Table(dims, entry)

    def summed_along(self, table: Table, direction: Name, dims: Dims) -> Table:
        """The rows of a matrix times a direction, added up: one entry for each column."""
        word = self.glossary.names[direction]
        rows = next(d for d in table.dims or () if d != ONE)

        def entry(row: Slot, column: Slot) -> Text:
            letter = self._under(rows)
            inner = table.at(letter, row or column or letter).at(PRODUCT)
            self.used.pop()
            return Text(f"sum({letter}, {word}[{letter}] * {inner})")

        return Table(dims, entry)

    def added_up(self, table: Table) -> Table:
        """The sum of all entries of a vector."""
        where = next(d for d in table.dims or () if d != ONE)
        letter = self._under(where)
        text = table.at(letter, letter).text
        self.used.pop()
        return number(f"sum({letter}, {text})")

    # Forms --------------------------------------------------------------------------------------

    def _pair(self, left: Table, right: Table, operator: Operator) -> Table:
        if is_entrywise(operator, kind_of(left.dims), kind_of(right.dims)):
            operator = Operator.SLASH if operator is Operator.SLASH else Operator.ODOT
        elif left.dims is not None and left.dims == right.dims and ONE in left.dims:
            self.loose = True  # no product of matrices can be meant
        return super()._pair(left, right, operator)

    def _call(self, node: Call) -> Table:
        name = function_name(node.function)
        meaning = self.glossary.meanings.get(name) or function_named(name)
        if len(node.arguments) != 1:
            return self._of_several(name, node)
        inner = self.table(node.arguments[0])
        if is_diagonal(node):
            return self._diagonal(inner)
        if is_softmax(name) or meaning == "softmax":
            if node.order:
                raise NotLowered("derivative")
            return self._softmax(inner)
        called = meaning or self._generic(name)
        return self._applied(called + "'" * node.order, inner)

    @staticmethod
    def _diagonal(inner: Table) -> Table:
        """The matrix with a vector on its diagonal."""
        if inner.dims is None or ONE not in inner.dims:
            raise NotLowered("shapes")
        where = next(d for d in inner.dims if d != ONE)

        def entry(row: Slot, column: Slot) -> Text:
            text = inner.at(row, row).at(PRODUCT)
            return Text(f"[{row} == {column}] * {text}", PRODUCT)

        return Table((where, where), entry)

    def _generic(self, name: str) -> str:
        word = "".join(letter for letter in name if letter.isalnum())
        if not word.isascii() or word in self.glossary.names.values():
            raise NotLowered("function", name)
        self.glossary.functions[word] = None
        return word

    def _of_several(self, name: str, node: Call) -> Table:
        if name in ("max", "min"):
            return super()._of_several(name, node)
        if name not in LOSSES:
            raise NotLowered("several-arguments", name)  # of arrays it may give an array
        called = self._generic(name)
        return number(f"{called}({', '.join(map(self._whole, node.arguments))})")

    def _whole(self, node: Node) -> str:
        """An argument of a function with all of its entries."""
        node = stripped(node)
        if not isinstance(node, Symbol) or is_index(self.spelling, node):
            raise NotLowered("argument")
        name, indices = self.spelling.use(node)
        if name not in self.glossary.names or name in self.glossary.adjoints:
            raise NotLowered("unknown", name.base)
        at = [str(self._at(index, (name, position))) for position, index in enumerate(indices)]
        at += ":" * (self.glossary.ranges.kinds.totals[name] - len(indices))
        return self.glossary.names[name] + (f"[{','.join(at)}]" if at else "")

    def _entry(self, node: Entry) -> Table:
        inner = self.table(node.body)
        places = [d for d in inner.dims or () if d != ONE]
        if len(places) != len(node.indices):
            raise NotLowered("index")
        named = iter([str(self._at(i, d)) for i, d in zip(node.indices, places, strict=True)])
        slots = [None if d == ONE else next(named) for d in inner.dims or (ONE, ONE)]
        return Table(None, lambda _row, _column: inner.at(*slots))

    def _big_sum(self, node: BigSum) -> Table:
        if node.operator not in ("sum", "prod") or node.conditions or not node.indices:
            raise NotLowered("sum")
        outer, own, limits = dict(self.at), [], []
        for index in node.indices:
            letter = spelled(index)
            where = self._range_of(letter, node.body)
            own.append(self._under(where))
            limits.append(own[-1] + self._limits(node, where))
            self.at[letter] = At(own[-1])
        body = self.table(node.body)
        self.at = outer
        del self.used[-len(own) :]
        if node.operator == "prod" and body.dims is not None:
            raise NotLowered("sum")  # a product of matrices is none of their entries

        def entry(row: Slot, column: Slot) -> Text:
            self.used += own
            text = body.at(row, column).text
            del self.used[-len(own) :]
            return Text(f"{node.operator}({', '.join(limits)}, {text})")

        return Table(body.dims, entry)

    def _limits(self, node: BigSum, where: Hashable) -> str:
        """What is said of the limits where the sum is not over the whole range."""
        if node.lower is None:
            if node.upper is not None and not self._is_size(node, where):
                raise NotLowered("sum")  # over a set of other units, `layer_{l-2}`
            return ""
        whole = self.glossary.letters.letter(where).upper()
        if self._is_size(node, where):
            upper = whole
        else:
            upper = "" if node.upper is None else str(self._said(node.upper, where))
        lower = str(self._said(node.lower, where))
        if lower == "1" and (upper in ("", whole) or upper.isdecimal()):
            return ""
        return f" in {lower}..{upper or whole}"

    def _is_size(self, node: BigSum, where: Hashable) -> bool:
        """Say whether a sum goes to the number of values of its range: to `n`, or to `n_l`.

        A name stands for one range. One that is of a layer goes with the units of that layer.
        """
        upper, spelling = node.upper, self.spelling
        if not isinstance(upper, Symbol) or len(node.indices) != 1 or is_index(spelling, upper):
            return False
        if spelling.is_end(upper):
            return False
        name, indices = spelling.use(upper)
        if name in self.glossary.names or len(indices) > 1:
            return False
        if not indices:
            limits = self.glossary.limits
            return limits.setdefault(spelled(upper), where) == where
        letter = spelled(node.indices[0])
        return any(
            isinstance(part, Symbol)
            and spelling.use(part).name not in self.glossary.offsets_of
            and indices[0] in (own := spelling.use(part).indices)
            and any(letter in letters_of(index) for index in own)
            for part in everything(node.body)
        )

    def _range_of(self, letter: str, body: Node) -> Hashable:
        for node in everything(body):
            symbols = [node] if isinstance(node, Symbol) else []
            for symbol in symbols:
                if is_index(self.spelling, symbol):
                    continue
                name, indices = self.spelling.use(symbol)
                name = self.glossary.adjoints.get(name, name)
                for position, index in enumerate(indices):
                    if letter in letters_of(index):
                        return self.glossary.range_of((name, position))
            if isinstance(node, Entry):
                for index, place in zip(node.indices, self._dims(node.body), strict=False):
                    if letter in letters_of(index):
                        return place
        raise NotLowered("range", letter)

    def _dims(self, node: Node) -> list[Hashable]:
        return [d for d in self.table(node).dims or () if d != ONE]


def number(text: str) -> Table:
    """A number as a table."""
    return Table(None, lambda _row, _column: Text(text))
