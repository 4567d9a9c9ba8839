"""Pieces of array code with a letter for each axis, and how they are brought together.

Axes are known by their letters and never by their place, so an operation entry by entry puts the
axes of its operands in one order, and a contraction knows which letters are summed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from sympy import Expr, Integer, Symbol

from symback.records import dataclass

__all__ = [
    "ATOM", "POWER", "PRODUCT", "SUM", "UNARY",
    "Dialect", "Tensor", "aligned", "contracted", "decimal", "elementwise", "union",
]  # fmt: skip

COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)


@dataclass(frozen=True, slots=True)
class Tensor:
    """One expression of array code.

    Attributes:
        text: the code.
        axes: the letter of each axis, in order.
        level: how tightly its outermost operation binds.
        is_scalar: whether it is a number of Python, whatever the arguments are.
        rank: its place among the factors of a product: numbers, adjoints, products, the rest.
    """

    text: str
    axes: tuple[Symbol, ...] = ()
    level: int = ATOM
    rank: int = 3
    is_scalar: bool = False

    def at(self, level: int) -> str:
        """The code where an operation that binds as tightly as this stands around it."""
        return f"({self.text})" if self.level < level else self.text


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between array libraries.

    Attributes:
        prefix: the namespace, ``np`` or ``xp``.
        is_fast: whether time counts for more than how the code reads.
        length: how many values a letter has, as code.
        is_numpy: whether methods, einsum and incomplete indices are there.
    """

    prefix: str = "np"
    is_fast: bool = False
    length: Callable[[Symbol], str] = field(default=lambda letter: "-1", compare=False)

    @property
    def is_numpy(self) -> bool:
        """Whether it is NumPy itself."""
        return self.prefix == "np"

    def permuted(self, tensor: Tensor, order: Sequence[int]) -> str:
        """An array with its axes in another order."""
        if tuple(order) == tuple(range(len(order))):
            return tensor.text if tensor.level == ATOM else f"({tensor.text})"
        if tuple(order) == (1, 0):
            return f"{tensor.at(ATOM)}.T"
        if self.is_numpy:
            return f"{tensor.at(ATOM)}.transpose({', '.join(map(str, order))})"
        return f"xp.permute_dims({tensor.text}, ({', '.join(map(str, order))}))"

    def reduced(self, name: str, tensor: Tensor, axes: Sequence[int], *, keep: bool = False) -> str:
        """A sum, product or extreme along some axes."""
        along = str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"
        whole = len(axes) == len(tensor.axes) and not keep
        arguments = [] if whole else [f"axis={along}"]
        if keep:
            arguments.append("keepdims=True")
        if self.is_numpy:
            return f"{tensor.at(ATOM)}.{name}({', '.join(arguments)})"
        return f"xp.{name}({', '.join([tensor.text, *arguments])})"


def union(parts: Sequence[Tensor], preferred: Sequence[Symbol] = ()) -> tuple[Symbol, ...]:
    """The axes of an operation entry by entry: those of the largest operand if it has all."""
    found = dict.fromkeys(axis for part in parts for axis in part.axes)
    if not all(axis in preferred for axis in found):
        for part in parts:
            if len(part.axes) == len(found):
                return part.axes
    first = [axis for axis in preferred if axis in found]
    return (*first, *(axis for axis in found if axis not in first))


def aligned(tensor: Tensor, axes: Sequence[Symbol], dialect: Dialect, level: int = SUM) -> str:
    """The code of a piece with its axes in the places that they have among these."""
    if not tensor.axes or tensor.axes == tuple(axes):
        return tensor.at(level)
    present = [axis for axis in axes if axis in tensor.axes]
    order = [tensor.axes.index(axis) for axis in present]
    start = axes.index(present[0])
    items = [":" if axis in tensor.axes else "None" for axis in axes[start:]]
    if order == sorted(order) and "None" not in items:
        return tensor.at(level)
    text = dialect.permuted(tensor, order)
    if "None" not in items:
        return text
    if dialect.is_numpy and len(items) > 2 and all(i == "None" for i in items[1:]):
        pass
    return f"{text}[{', '.join(items)}]"


def elementwise(
    parts: Sequence[Tensor], preferred: Sequence[Symbol], dialect: Dialect, level: int
) -> tuple[list[str], tuple[Symbol, ...]]:
    """The codes of several pieces whose entries are combined, and the axes of the result."""
    axes = union(parts, preferred)
    return [aligned(part, axes, dialect, level) for part in parts], axes


def contracted(
    left: Tensor,
    right: Tensor,
    summed: set[Symbol],
    dialect: Dialect,
    preferred: Sequence[Symbol] = (),
) -> Tensor:
    """The sum of a product over letters that both have, in the order that needs the least."""
    first = _contracted(left, right, summed, dialect)
    second = _contracted(right, left, summed, dialect)
    copied = {first.text: _copied(left, right, summed), second.text: _copied(right, left, summed)}

    def cost(made: Tensor) -> int:
        places = [preferred.index(a) for a in made.axes if a in preferred]
        turned = (
            made.text.count(".T")
            + made.text.count("transpose(")
            + (copied[made.text] if dialect.is_fast and "tensordot" in made.text else 0)
        )
        return turned + 2 * (places != sorted(places))

    return second if cost(second) < cost(first) else first


def _copied(left: Tensor, right: Tensor, summed: set[Symbol]) -> int:
    """How many axes a product of matrices copies: sums last on the left, first on the right."""
    over = [a for a in left.axes if a in right.axes and a in summed]
    rows = [a for a in left.axes if a not in over]
    columns = [a for a in right.axes if a not in over]
    cost = 0 if left.axes == (*rows, *over) else len(left.axes)
    return cost + (0 if right.axes == (*over, *columns) else len(right.axes))


def _contracted(left: Tensor, right: Tensor, summed: set[Symbol], dialect: Dialect) -> Tensor:
    both = [a for a in left.axes if a in right.axes]
    over = [a for a in both if a in summed]
    batch = [a for a in both if a not in summed]
    rows = [a for a in left.axes if a not in both]
    columns = [a for a in right.axes if a not in both]
    if not batch and len(over) == 1:
        if len(rows) <= 1 and len(columns) <= 1:
            return _product(left, right, over[0], rows, columns, dialect)
    flat = _flattened(left, right, over, rows, columns, dialect) if not batch else None
    if flat is not None:
        return flat
    if dialect.is_fast and not batch:
        whole = _in_blocks(left, right, over, dialect)
        if whole is not None:
            return whole
    if dialect.is_numpy and not batch and len(over) == 1:
        if len(rows) > 1 and left.axes[-1] == over[0] and len(columns) == 1:
            return _product(left, right, over[0], rows, columns, dialect)
    if not batch:
        places = (_places(left, over), _places(right, over))
        axes = f"axes=({places[0]}, {places[1]})"
        if len(over) == 1:
            axes = f"axes=({left.axes.index(over[0])}, {right.axes.index(over[0])})"
            if not dialect.is_numpy:
                axes = f"axes=([{left.axes.index(over[0])}], [{right.axes.index(over[0])}])"
        text = f"{dialect.prefix}.tensordot({left.text}, {right.text}, {axes})"
        return Tensor(text, (*rows, *columns), rank=2)
    if len(over) == 1 and len(rows) == 1 and len(columns) == 1:
        first = _in_order(left, [*batch, rows[0], over[0]], dialect)
        second = _in_order(right, [*batch, over[0], columns[0]], dialect)
        return Tensor(f"{first} @ {second}", (*batch, rows[0], columns[0]), PRODUCT, rank=2)
    return _batched(left, right, batch, rows, columns, over, dialect)


def _product(
    left: Tensor,
    right: Tensor,
    over: Symbol,
    rows: list[Symbol],
    columns: list[Symbol],
    dialect: Dialect,
) -> Tensor:
    one = _in_order(left, [*rows, over], dialect, PRODUCT)
    two = _in_order(right, [over, *columns], dialect)
    return Tensor(f"{one} @ {two}", (*rows, *columns), PRODUCT, rank=2)


def _in_order(tensor: Tensor, axes: Sequence[Symbol], dialect: Dialect, level: int = UNARY) -> str:
    order = [tensor.axes.index(axis) for axis in axes]
    if order == sorted(order):
        return tensor.at(level if "@" in tensor.text else UNARY)
    return dialect.permuted(tensor, order)


def _flattened(
    left: Tensor,
    right: Tensor,
    over: list[Symbol],
    rows: list[Symbol],
    columns: list[Symbol],
    dialect: Dialect,
) -> Tensor | None:
    """A product over several axes as one of matrices, where no axis has to be moved for it."""
    if len(over) < 2 or len(rows) != 1 or len(columns) != 1 or not dialect.is_numpy:
        return None
    if left.axes != (*over, *rows) or right.axes != (*over, *columns):
        return None

    def matrix(tensor: Tensor, letter: Symbol) -> str:
        return f"{tensor.at(ATOM)}.reshape(-1, {dialect.length(letter)})"

    text = f"{matrix(left, rows[0])}.T @ {matrix(right, columns[0])}"
    return Tensor(text, (*rows, *columns), PRODUCT, rank=2)


def _in_blocks(left: Tensor, right: Tensor, over: list[Symbol], dialect: Dialect) -> Tensor | None:
    """A product over several axes as products of matrices for each leading entry, without a copy.

    Windows of a convolution lie so: samples first, then what the kernel is summed over, then the
    places of the result.
    """

    def length(letter: Symbol) -> str:
        text = dialect.length(letter)
        return f"({text})" if " " in text else text

    def shaped(tensor: Tensor, *groups: Sequence[Symbol]) -> str:
        counts = [" * ".join(map(length, group)) for group in groups if group]
        return f"{tensor.at(ATOM)}.reshape({', '.join(counts)})"

    def opened(text: str, axes: tuple[Symbol, ...]) -> Tensor:
        return Tensor(f"({text}).reshape({', '.join(map(dialect.length, axes))})", axes, rank=2)

    if len(over) > 1 and left.axes[-len(over) :] == tuple(over):
        rows = left.axes[: -len(over)]
        start = right.axes.index(over[0])
        first, last = right.axes[:start], right.axes[start + len(over) :]
        if rows and last and len(first) < 2 and right.axes == (*first, *over, *last):
            text = f"{shaped(left, rows, over)} @ {shaped(right, first, over, last)}"
            return opened(text, (*first, *rows, *last))
    ends = [n for n in range(1, len(over) + 1) if left.axes[-n:] == right.axes[-n:]]
    if not ends or len(over) - ends[-1] > 1:
        return None
    last = left.axes[-ends[-1] :]
    first = tuple(a for a in over if a not in last)
    rows, columns = (t.axes[len(first) : -len(last)] for t in (left, right))
    if left.axes != (*first, *rows, *last) or right.axes != (*first, *columns, *last):
        return None
    if not rows or not columns or len(over) < 2:
        return None
    turned = ".transpose(0, 2, 1)" if first else ".T"
    text = f"{shaped(left, first, rows, last)} @ {shaped(right, first, columns, last)}{turned}"
    return opened(f"({text}).sum(axis=0)" if first else text, (*rows, *columns))


def _places(tensor: Tensor, axes: Sequence[Symbol]) -> str:
    return f"[{', '.join(str(tensor.axes.index(axis)) for axis in axes)}]"


def _batched(
    left: Tensor,
    right: Tensor,
    batch: list[Symbol],
    rows: list[Symbol],
    columns: list[Symbol],
    over: list[Symbol],
    dialect: Dialect,
) -> Tensor:
    """A contraction with letters that both have and the result keeps."""
    axes = (*batch, *rows, *columns)
    if dialect.is_numpy:
        letters = dict(zip([*axes, *over], "abcdefghijklmnopqrstuvwxyz", strict=False))
        named = [s.name for s in letters if len(s.name) == 1 and s.name.isascii()]
        if len(set(named)) == len(letters):
            letters = {s: s.name for s in letters}
        one, two, result = (
            "".join(letters[a] for a in part) for part in (left.axes, right.axes, axes)
        )
        faster = ", optimize=True" if rows and columns else ""
        text = f'np.einsum("{one},{two}->{result}", {left.text}, {right.text}{faster})'
        return Tensor(text, axes, rank=2)
    whole = (*axes, *over)
    first = aligned(left, whole, dialect, UNARY)
    second = aligned(right, whole, dialect, UNARY)
    both = Tensor(f"{first} * {second}", whole, PRODUCT)
    return Tensor(dialect.reduced("sum", both, list(range(len(axes), len(whole)))), axes)


def decimal(value: Expr) -> str:
    """A number as code has it."""
    if isinstance(value, Integer):
        return str(value)
    return repr(float(value))
