"""Expressions of a document in the language of models, entry by entry.

Every value is a table of rows and columns, each either a range or single; a vector is a table with
one of them single.  What is written of whole arrays comes out with indices and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Brace,
    Call,
    Derivative,
    Differential,
    Entry,
    Fraction,
    Group,
    Indicator,
    Nabla,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Sqrt,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.function_meanings import function_named, is_softmax
from symback.reading.network.places import function_name
from symback.reading.network.ranks import ELEMENTWISE
from symback.reading.network.symbols import spelled, summed_letters
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.lowering.document import Writer

__all__ = ["ONE", "PRODUCT", "Env", "NotLowered", "Slot", "Table", "Text", "Writing"]

Env = Mapping[str, int]
_SUM, PRODUCT, _POWER, _ATOM = range(4)
ONE = "one"


class NotLowered(Exception):
    """Something has no place in a model; carries what it is, in the words of `words.j2` codes."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.what = what


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a model's text, with how tightly it binds."""

    text: str
    binds: int = _ATOM

    def at(self, least: int) -> str:
        """The text, in brackets where it binds less than its place wants."""
        return self.text if self.binds >= least else f"({self.text})"


Slot = str | None
Texts = Callable[[Slot, Slot], Text]


@dataclass(frozen=True, slots=True)
class Table:
    """A value: its ranges, None for a number, and the text of each entry."""

    dims: tuple[Hashable, Hashable] | None
    entry: Texts

    def at(self, row: Slot, column: Slot) -> Text:
        """An entry, where a single row or column has no letter."""
        if self.dims is None:
            return self.entry(None, None)
        return self.entry(
            None if self.dims[0] == ONE else row, None if self.dims[1] == ONE else column
        )


class Writing:
    """Writes the right side of one equation.

    Args:
        writer: what knows the names and ranges of the whole model.
        env: the layer that the equation is of.
        letters: the letter in the model's text of each of the equation's own.
    """

    def __init__(self, writer: Writer, env: Env, letters: Mapping[str, str]) -> None:
        self.writer, self.env = writer, env
        self.letters = dict(letters)
        self.used = list(letters.values())

    def table(self, node: Node) -> Table:
        """The value of an expression."""
        rule = _RULES.get(type(node))
        if rule is None or not hasattr(self, rule):
            raise NotLowered("form", type(node).__name__.lower())
        found: Table = getattr(self, rule)(node)
        return found

    def number(self, node: Node) -> Text:
        """The text of an expression that is a number."""
        found = self.table(node)
        if found.dims is not None:
            raise NotLowered("array")
        return found.entry(None, None)

    # Names --------------------------------------------------------------------------------------

    def _symbol(self, node: Symbol) -> Table:
        model = self.writer.model
        plain = not (node.subscripts or node.marks or node.accents or node.primes or node.font)
        if plain and node.name in self.letters:
            return _single(self.letters[node.name])
        if plain and self._is_e(node):
            return _single("exp(1)")
        if model.names.as_power(node):
            return self.table(node.as_power())
        parts = model.names.split(node)
        place = model.place(parts, self.env)
        if parts.indices:
            indices = tuple(map(self._index, parts.indices))
            return _single(self.writer.entry(place, indices))
        dims = model.ranks.symbol_dims(parts, self.env) if model.ranks.rank(node) else None
        if dims is None:
            return _single(self.writer.entry(place, ()))
        vector = model.ranks.of(parts) == 1
        across = model.ranks.is_across(parts)

        def entry(row: Slot, column: Slot) -> Text:
            at = (row or column,) if vector else (column, row) if across else (row, column)
            # What has no letter there has one entry.
            return Text(self.writer.entry(place, tuple(each or "1" for each in at)))

        found = model.sizes.find
        return Table(tuple(ONE if d == ONE else found(d) for d in dims), entry)  # type: ignore[arg-type]

    def _is_e(self, node: Node) -> bool:
        """Say whether a symbol is the base of the exponential function."""
        return node == Symbol("e") and "e" not in self.writer.model.declared

    def _index(self, node: Node) -> str:
        if isinstance(node, Number) and node.digits.isdecimal():
            return str(int(node.digits))
        if isinstance(node, Symbol):
            letter = spelled(node)
            if letter in self.letters:
                return self.letters[letter]
            raise NotLowered("index", letter)
        if isinstance(node, Sum):
            texts = [self._index(term) for term in node.terms]
            signs = [("-" if sign < 0 else "+") for sign in node.signs]
            whole = "".join(sign + text for sign, text in zip(signs, texts, strict=True))
            return whole.removeprefix("+")
        raise NotLowered("index", spelled(node))

    # Forms --------------------------------------------------------------------------------------

    def _number(self, node: Number) -> Table:
        return _single(node.digits)

    def _inside(self, node: Group | Brace) -> Table:
        return self.table(node.body)

    def _transpose(self, node: Transpose) -> Table:
        inner = self.table(node.body)
        if inner.dims is None:
            return inner
        return Table(inner.dims[::-1], lambda row, column: inner.entry(column, row))

    def _sum(self, node: Sum) -> Table:
        tables = [self.table(term) for term in node.terms]
        dims: tuple[Hashable, Hashable] | None = None
        for found in tables:
            if found.dims is not None:
                dims = found.dims if dims is None else _wider(dims, found.dims)

        def entry(row: Slot, column: Slot) -> Text:
            pieces = []
            for at, (sign, part) in enumerate(zip(node.signs, tables, strict=True)):
                text = part.at(row, column).at(PRODUCT)
                pieces.append(("-" if sign < 0 else "") + text if not at else _signed(sign, text))
            return Text(" ".join(pieces), _SUM)

        return Table(dims, entry)

    def _product(self, node: Product) -> Table:
        total = self.table(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            total = self._pair(total, self.table(factor), operator)
        return total

    def _pair(self, left: Table, right: Table, operator: Operator) -> Table:
        if operator is Operator.SLASH:
            return _entrywise(left, right, "/")
        if left.dims is None or right.dims is None or operator in ELEMENTWISE:
            return _entrywise(left, right, "*")
        inner = left.dims[1]
        if inner == right.dims[0] == ONE:
            return Table(
                (left.dims[0], right.dims[1]),
                lambda row, column: _times(left.entry(row, None), right.entry(None, column), "*"),
            )
        if inner != right.dims[0]:
            if left.dims == right.dims:
                return _entrywise(left, right, "*")
            raise NotLowered("shapes")

        def entry(row: Slot, column: Slot) -> Text:
            with_letter = self._under(inner)
            try:
                body = _times(left.at(row, with_letter), right.at(with_letter, column), "*")
            finally:
                self.used.pop()
            return Text(f"sum({with_letter}, {body.text})")

        dims = (left.dims[0], right.dims[1])
        return Table(None if dims == (ONE, ONE) else dims, entry)

    def _under(self, where: Hashable) -> str:
        """A letter for a new sum over a range, which no letter around it is."""
        letter = self.writer.letters.fresh(where, self.used)
        self.used.append(letter)
        return letter

    def _fraction(self, node: Fraction) -> Table:
        return _entrywise(self.table(node.numerator), self.table(node.denominator), "/")

    def _power(self, node: Power) -> Table:
        if isinstance(node.base, Norm) and node.exponent == Number("2"):
            return self._squares(node.base.body)
        if self._is_e(stripped(node.base)):
            return self._applied("exp", self.table(node.exponent))
        base, exponent = self.table(node.base), self.number(node.exponent)

        def entry(row: Slot, column: Slot) -> Text:
            return Text(f"{base.at(row, column).at(_ATOM)}^{exponent.at(_ATOM)}", _POWER)

        return Table(base.dims, entry)

    def _squares(self, node: Node) -> Table:
        """The sum of the squares of all entries."""
        inner = self.table(node)
        ranges = [d for d in inner.dims or () if d != ONE]
        letters = [self._under(each) for each in ranges]
        named = iter(letters)
        slots = [None if d == ONE else next(named) for d in inner.dims or (ONE, ONE)]
        body = Text(f"{inner.at(*slots).at(_ATOM)}^2", _POWER)
        del self.used[len(self.used) - len(letters) :]
        text = f"sum({', '.join(letters)}, {body.text})" if letters else body.text
        return _single(text, _ATOM if letters else _POWER)

    def _norm(self, node: Norm) -> Table:
        return _single(f"sqrt({self._squares(node.body).entry(None, None).text})")

    def _root(self, node: Sqrt) -> Table:
        if node.degree is not None:
            raise NotLowered("form", "root")
        return self._applied("sqrt", self.table(node.body))

    def _abs(self, node: Abs) -> Table:
        return self._applied("abs", self.table(node.body))

    def _applied(self, name: str, inner: Table) -> Table:
        return Table(inner.dims, lambda row, column: Text(f"{name}({inner.at(row, column).text})"))

    def _call(self, node: Call) -> Table:
        if node.order:
            raise NotLowered("derivative")
        name = function_name(node.function)
        model = self.writer.model
        written = model.definitions.functions.get(name)
        meaning = model.meanings.get(name) or function_named(name)
        if len(node.arguments) != 1:
            return self._of_several(name, node)
        inner = self.table(node.arguments[0])
        if is_softmax(name) or meaning == "softmax":
            return self._softmax(inner)
        if written is not None and meaning is None:
            meaning = self.writer.function_of(name, written)
        return self._applied(meaning or self.writer.function(name), inner)

    def _of_several(self, name: str, node: Call) -> Table:
        if name in ("max", "min"):
            tables = [self.table(argument) for argument in node.arguments]
            dims = next((t.dims for t in tables if t.dims is not None), None)
            return Table(
                dims,
                lambda row, column: Text(
                    f"{name}({', '.join(t.at(row, column).text for t in tables)})"
                ),
            )
        symbols = [stripped(argument) for argument in node.arguments]
        named = [symbol for symbol in symbols if isinstance(symbol, Symbol)]
        if len(named) != len(symbols) or any(symbol.subscripts for symbol in named):
            raise NotLowered("several-arguments", name)
        texts = ", ".join(map(self.writer.whole, named))
        return _single(f"{self.writer.function(name)}({texts})")

    def _softmax(self, inner: Table) -> Table:
        if inner.dims is None:
            raise NotLowered("softmax")
        down = inner.dims[1] == ONE

        def entry(row: Slot, column: Slot) -> Text:
            return Text(f"softmax({row if down else column}, {inner.at(row, column).text})")

        return Table(inner.dims, entry)

    def _big_sum(self, node: BigSum) -> Table:
        letters = summed_letters(node)
        if node.operator not in ("sum", "prod") or node.conditions:
            raise NotLowered("sum")
        if not letters:
            return self._sum_of_all(node)
        if node.lower is not None and node.lower != Number("1"):
            raise NotLowered("sum")
        before = dict(self.letters)
        new = []
        for letter in letters:
            where = self.writer.range_of(letter, node.body, self.env, node.upper)
            new.append(self._under(where))
            self.letters[letter] = new[-1]
        body = self.number(node.body)
        self.letters = before
        del self.used[len(self.used) - len(new) :]
        return _single(f"{node.operator}({', '.join(new)}, {body.text})")

    def _sum_of_all(self, node: BigSum) -> Table:
        """A sum that names no index: of one output, or over all entries."""
        inner = self.table(node.body)
        if inner.dims is None:
            return inner
        letters = [self._under(d) for d in inner.dims if d != ONE]
        named = iter(letters)
        slots = [None if d == ONE else next(named) for d in inner.dims]
        body = inner.at(*slots)
        del self.used[len(self.used) - len(letters) :]
        return _single(f"sum({', '.join(letters)}, {body.text})")

    def _indicator(self, node: Indicator) -> Table:
        condition = stripped(node.condition)
        if not isinstance(condition, Relation) or condition.operators != ("=",):
            raise NotLowered("condition")
        one, other = map(self._index, condition.operands)
        return _single(f"[{one} == {other}]")


def _single(text: str, binds: int = _ATOM) -> Table:
    return Table(None, lambda _row, _column: Text(text, binds))


def _times(left: Text, right: Text, sign: str) -> Text:
    one, other = left.at(PRODUCT), right.at(_POWER)
    between = " " if sign == "*" and one[-1:] not in ")" and other[:1].isalpha() else f" {sign} "
    if one[-1:].isdigit() and between == " ":
        between = " * "
    return Text(f"{one}{between}{other}", PRODUCT)


def _entrywise(left: Table, right: Table, sign: str) -> Table:
    dims = left.dims if right.dims is None else right.dims
    if left.dims is not None and right.dims is not None:
        dims = _wider(left.dims, right.dims)
    return Table(
        dims, lambda row, column: _times(left.at(row, column), right.at(row, column), sign)
    )


def _wider(
    one: tuple[Hashable, Hashable], other: tuple[Hashable, Hashable]
) -> tuple[Hashable, Hashable]:
    rows, columns = (a if b == ONE or a == b else b for a, b in zip(one, other, strict=True))
    return rows, columns


def _signed(sign: int, text: str) -> str:
    return f"{'-' if sign < 0 else '+'} {text}"


_RULES: dict[type[Node], str] = {
    Number: "_number",
    Symbol: "_symbol",
    Group: "_inside",
    Brace: "_inside",
    Sum: "_sum",
    Product: "_product",
    Fraction: "_fraction",
    Power: "_power",
    Norm: "_norm",
    Abs: "_abs",
    Sqrt: "_root",
    Transpose: "_transpose",
    BigSum: "_big_sum",
    Indicator: "_indicator",
    Call: "_call",
    Derivative: "_derivative",
    Nabla: "_nabla",
    Differential: "_differential",
    Entry: "_entry",
}
