r"""The syntax tree of a formula: what was written, before anything is decided about its meaning.

Every node is frozen, hashable and compares by what it says, not by where it stands: `span` gives
its two offsets into the excerpt and takes no part in equality. Products and sums are flat
tuples, so ten thousand factors cost ten thousand entries and no recursion. What only a model can
decide is kept as it was written (`h^l`, `W_{12}`) with methods that give each reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, fields, replace
from enum import StrEnum
from fractions import Fraction as Rational
from typing import NamedTuple

from symback.records import Hashed, dataclass


class Span(NamedTuple):
    """A stretch of an excerpt's text: from `start` up to, not including, `end`."""

    start: int
    end: int


NOWHERE = Span(-1, -1)


@dataclass(frozen=True, slots=True)
class Node(Hashed):
    """Anything a formula is made of."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    def children(self) -> Iterator[Node]:
        """The nodes directly under this one, in reading order."""
        found: list[Node] = []
        for name in _HOLDERS.get(type(self)) or names_of_nodes(self):
            value = getattr(self, name)
            if isinstance(value, Node):
                found.append(value)
            elif value and type(value) is tuple:
                _gather(value, found)
        return iter(found)

    def walk(self) -> Iterator[Node]:
        """Yield this node and every node under it, in reading order, without recursion."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed([*node.children()]))


class Operator(StrEnum):
    """What stands between two factors; `JUXTAPOSED` is nothing at all."""

    JUXTAPOSED = ""
    DOT = "\\cdot"
    TIMES = "\\times"
    STAR = "*"
    ODOT = "\\odot"
    CIRC = "\\circ"
    OTIMES = "\\otimes"
    SLASH = "/"


class MarkKind(StrEnum):
    """What a superscript on a symbol can be told to be from its writing alone."""

    LAYER = "(…)"
    BRACKET = "[…]"
    BRACE = "{…}"
    BARE = "…"  # a layer, a sample, a power or a name: the model decides
    UPDATED = "+"
    STAR = "*"
    SQUARED = "2"  # the square that is a name: `\\sigma^2 = …`


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number with its digits as printed, which say how far it was rounded."""

    digits: str

    @property
    def value(self) -> Rational:
        """The exact value of the digits."""
        return Rational(self.digits)


@dataclass(frozen=True, slots=True)
class Text(Node):
    r"""Words in a formula, from `\text{…}`, with the white space around them taken off."""

    words: str


@dataclass(frozen=True, slots=True)
class Dots(Node):
    r"""An ellipsis: `\dots`, `\cdots`, `\vdots`, `\ddots` or three full stops."""


@dataclass(frozen=True, slots=True)
class Limit(Node):
    r"""An integral, a limit or a value at a point, `\int_a^b`, which is read and never worked out.

    `operator` is the name of its command, "|" for that of `f'(x)|_{x = 0}`, `body` the term that it
    is of, `ends` what is written at it.
    """

    operator: str
    body: Node
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Integral(Node):
    r"""What is added up over all values of a variable, `\int f(x) dx`, or a mean over them.

    Over what they range is not told, or is `ends`.
    """

    variable: Symbol
    body: Node
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Density(Node):
    """A function that adds up to 1 over all values of a variable."""

    call: Call
    variable: Symbol


SLOPE_UNSAID = "a derivative by what is not said"
"""What `(1 + e^{-x})'` is, by itself."""

A_FAMILY = "a family"
"""What `\\{x_n\\}_{n=1}^N` is: what belongs together, one for each value of an index."""


@dataclass(frozen=True, slots=True)
class Unevaluated(Node):
    r"""What is read and never worked out: `A \\cup B`, a slice, an accent over a formula.

    `what` says what it is, as it is told to the reader; `parts` are the expressions in it that hold
    quantities, and `beside` tells it from others by what else is written at it.
    """

    what: str
    parts: tuple[Node, ...] = ()
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Mark(Node):
    r"""One superscript of a symbol: `^{(2)}` is `Mark(LAYER, 2)`, `^l` is `Mark(BARE, l)`.

    `body` is None for `^+` and `^*`.
    """

    kind: MarkKind
    body: Node | None = None


@dataclass(frozen=True, slots=True)
class Symbol(Node):
    r"""A named quantity with everything that decorates its name.

    `name` is a letter, a Greek letter without its backslash, or a word (`target`); `font` is
    `bold`, `calligraphic`, …, and "" for the usual italic. `y_1'`, `y'_1` and `y^{\prime}_1` are
    the same symbol. Subscripts are split at commas and between letters: `{jk}` is (j, k), while
    the digits of `{12}` stay one number until `indices` is told how many there are.
    """

    name: str
    font: str = ""
    accents: tuple[str, ...] = ()
    primes: int = 0
    subscripts: tuple[Node, ...] = ()
    marks: tuple[Mark, ...] = ()
    iteration: Node | None = None  # the `t + 1` of `W(t + 1)`

    @property
    def base(self) -> Symbol:
        """The bare name in its font and accents, without scripts or primes."""
        return Symbol(self.name, self.font, self.accents)

    @property
    def unmarked(self) -> Symbol:
        """The symbol without what says which version of it is meant (`^+`, `^*`, `(t+1)`)."""
        kept = tuple(m for m in self.marks if m.kind not in (MarkKind.UPDATED, MarkKind.STAR))
        return replace(self, marks=kept, iteration=None)

    def indices(self, rank: int) -> tuple[Node, ...] | None:
        """Return the subscripts read as `rank` indices, or None where they cannot be.

        The digits of one number are taken apart only where that gives exactly `rank`.
        """
        if len(self.subscripts) == rank:
            return self.subscripts
        if len(self.subscripts) == 1 and isinstance(only := self.subscripts[0], Number):
            if only.digits.isdecimal() and len(only.digits) == rank:
                return tuple(Number(digit, span=only.span) for digit in only.digits)
        return None

    @property
    def layer(self) -> Node | None:
        """The layer of `^{(l)}` or `^{[l]}`, where there is one."""
        for mark in self.marks:
            if mark.kind in (MarkKind.LAYER, MarkKind.BRACKET):
                return mark.body
        return None

    @property
    def bare(self) -> Node | None:
        """The superscript that only a model can decide about, as in `a^l` or `e^x`."""
        if not self.marks:
            return None
        return next((m.body for m in self.marks if m.kind is MarkKind.BARE), None)

    def as_power(self) -> Node:
        """Return the symbol with its bare superscript read as an exponent."""
        exponent = self.bare
        if exponent is None:
            return self
        kept = tuple(mark for mark in self.marks if mark.kind is not MarkKind.BARE)
        return Power(replace(self, marks=kept), exponent, span=self.span)


@dataclass(frozen=True, slots=True)
class Group(Node):
    """An expression in brackets; `bracket` is the opening one: `(`, `[`, `{` or `<`."""

    body: Node
    bracket: str = "("


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    r"""Several expressions with commas between: the `(y, \hat y_1, \hat y_2)` of a signature."""

    items: tuple[Node, ...]
    bracket: str = "("


def is_inner_product(node: Node) -> bool:
    r"""Say whether this is `\langle a, b \rangle`."""
    return isinstance(node, Tuple) and node.bracket == "<" and len(node.items) == 2


@dataclass(frozen=True, slots=True)
class Call(Node):
    r"""A function of its arguments; `order` counts Lagrange's primes: `g'(z)` has order 1.

    The `\cdot` of `g(\cdot)` is a `Dots` argument.
    """

    function: Symbol
    arguments: tuple[Node, ...]
    order: int = 0


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors with what stands between them: one operator fewer than factors."""

    factors: tuple[Node, ...]
    operators: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Terms with their signs, +1 or -1; a single term is there only with a sign of -1."""

    terms: tuple[Node, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """A numerator over a denominator that is no derivative."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Power(Node):
    """A base to an exponent, where the writing leaves no other reading."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Entry(Node):
    r"""One entry, row or column of what stands in a bracket: `(W^\top \delta)_k`."""

    body: Node
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """A transposed matrix or vector."""

    body: Node


@dataclass(frozen=True, slots=True)
class Sqrt(Node):
    """A root; `degree` is None for the square root."""

    body: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Binomial(Node):
    """A binomial coefficient."""

    upper: Node
    lower: Node


@dataclass(frozen=True, slots=True)
class Differential(Node):
    r"""`\partial z`, `dz` or `\Delta w` outside a derivative; `kind` is `∂`, `d` or `Δ`.

    `of` is None where the sign stands alone.
    """

    kind: str
    of: Node | None
    order: int = 1


class Form(StrEnum):
    """How a derivative is written."""

    FRACTION = "fraction"
    OPERATOR = "operator"
    SLASH = "slash"


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    r"""A derivative of `of` by each of `by`, a repeated one repeated there.

    In the operator form `of` is what follows: one bracket where it begins with one, otherwise
    the term up to a top-level + or -; it is None where nothing follows (`\partial/\partial x`).
    """

    kind: str
    of: Node | None
    by: tuple[Node, ...]
    form: Form = Form.FRACTION


@dataclass(frozen=True, slots=True)
class Nabla(Node):
    r"""A gradient: `\nabla_{W} J` is of J by W; `of` is None where nothing follows."""

    of: Node | None
    by: Node | None = None


@dataclass(frozen=True, slots=True)
class Hessian(Node):
    r"""All second derivatives of a number: `\nabla_w^2 J`; `of` is None where nothing follows."""

    of: Node | None
    by: Node | None = None


class Meant(StrEnum):
    """By what a sum is meant that has no sign of its own."""

    BY_REPEATED_INDEX = "repeated index"
    BY_DOTS = "dots"
    OVER_A_SET = "set"


@dataclass(frozen=True, slots=True)
class BigSum(Node):
    r"""A sum or product over indices, reaching to the next top-level + or -.

    `operator` is "sum" or "prod"; `indices` are the bound symbols, none where nothing is
    written below; `conditions` are what is written there beside a start (`k \neq j`). One that is
    not written itself is `meant` by something else.
    """

    operator: str
    indices: tuple[Symbol, ...]
    lower: Node | None
    upper: Node | None
    body: Node
    conditions: tuple[Relation, ...] = ()
    meant: Meant | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Extremum(Node):
    r"""`\max`, `\min`, `\arg\max` with what is written below; of brackets it is a Call."""

    operator: str
    below: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Brace(Node):
    r"""An expression with a brace: `claim` is what `_{= 0}` states, `note` what only decorates."""

    body: Node
    claim: Relation | None = None
    note: Node | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """Rows of entries, empty columns left out; `bracket` is as in `Group`, "" for none."""

    rows: tuple[tuple[Node, ...], ...]
    bracket: str = "["


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """Values with their conditions; None where a row has no condition."""

    values: tuple[Node, ...]
    conditions: tuple[Node | None, ...]


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """Expressions with relations between: one operator fewer than operands.

    Under a brace the first operand is `Dots`, standing for what the brace embraces.
    """

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    r"""1 where a condition holds and 0 elsewhere: `[y = k]`, `\mathbb 1[y = k]`, `1\{y = k\}`."""

    condition: Node


@dataclass(frozen=True, slots=True)
class Norm(Node):
    r"""`\|x\|_p`, with `kind` what stands below (None for the Euclidean norm)."""

    body: Node
    kind: Node | None = None


@dataclass(frozen=True, slots=True)
class Abs(Node):
    """An absolute value or a determinant."""

    body: Node


def stripped(node: Node) -> Node:
    """Return what stands inside brackets that only group."""
    while isinstance(node, Group):
        node = node.body
    return node


_HOLDERS: dict[type, tuple[str, ...]] = {}


def names_of_nodes(node: Node) -> tuple[str, ...]:
    """The fields of a node that can hold nodes."""
    kind = type(node)
    found = _HOLDERS.get(kind)
    if found is None:
        plain = ("Span", "str", "int", "bool", "tuple[str, ...]", "str | None")
        found = _HOLDERS[kind] = tuple(e.name for e in fields(node) if e.type not in plain)
    return found


def _gather(values: tuple[object, ...], found: list[Node]) -> None:
    for value in values:
        if isinstance(value, Node):
            found.append(value)
        elif type(value) is tuple:
            _gather(value, found)
