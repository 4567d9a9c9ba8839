"""The tree of a text once every name has its meaning: what checking hands to lowering."""

from __future__ import annotations

from dataclasses import field

from symback.model.language.affine import Affine, Span
from symback.model.language.tokens import Place
from symback.records import dataclass

__all__ = [
    "Added", "AdjointOf", "Applied", "Bound", "Checked", "CheckedEquation", "Condition",
    "Expression", "Index", "Known", "Limit", "Multiplied", "OfWhole", "PartialOf", "Pi", "Power",
    "Rational", "Read", "Softmax", "Stopped", "Warning",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rational:
    """A number, as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Pi:
    """The constant pi."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index expression as a number."""

    value: Affine


@dataclass(frozen=True, slots=True)
class Read:
    """An entry of a quantity; an index is None where a whole axis is meant."""

    name: str
    indices: tuple[Affine | None, ...]


@dataclass(frozen=True, slots=True)
class AdjointOf:
    """``dh[t,k]``: the adjoint of an entry."""

    name: str
    indices: tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class PartialOf:
    """``dloss/dyhat[k]``: the partial of a generic function of whole arrays."""

    function: str
    name: str
    indices: tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """A function of one argument, or its derivative of some order."""

    name: str
    order: int
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class OfWhole:
    """A generic function of whole arrays."""

    name: str
    arguments: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound letter with its first and last value.

    Attributes:
        above: whether the letter may exceed the last value where it is used (softmax).
        below: whether it may be less than the first.
    """

    letter: str
    span: Span
    above: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """``sum``, ``mean``, ``prod``, ``max``, ``min``, ``argmax`` or ``argmin`` over letters."""

    kind: str
    limits: tuple[Limit, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class Softmax:
    """The softmax over a letter, at that letter."""

    limit: Limit
    body: Expression


@dataclass(frozen=True, slots=True)
class Condition:
    """One Iverson bracket."""

    left: Expression
    relation: str
    right: Expression


@dataclass(frozen=True, slots=True)
class Added:
    """Terms, each with whether it is subtracted."""

    terms: tuple[tuple[bool, Expression], ...]


@dataclass(frozen=True, slots=True)
class Multiplied:
    """Factors, each with whether it divides."""

    factors: tuple[tuple[bool, Expression], ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A power; the exponent is a number or an index expression."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Stopped:
    """``stop(e)``."""

    body: Expression


Expression = (
    Rational | Pi | Index | Read | AdjointOf | PartialOf | Applied | OfWhole | Bound | Softmax
    | Condition | Added | Multiplied | Power | Stopped
)  # fmt: skip


@dataclass(slots=True)
class Known:
    """What is known of a name: filled while lines are read, in the order of the text.

    Attributes:
        kind: the first word of its declaration; ``defined`` or, for an index, ``chosen`` for what
            an equation defines; ``loss``; ``adjoint`` and ``helper`` for what claims define.
        spans: of its indices, by its declaration or its general equation.
        letters: of its indices.
        starts: the indices on the left of each equation of single entries.
        counts: of an integer array, the last index that it holds.
        line: that of its general equation or declaration; 0 before there is one.
        own_letters: different letters for all indices, as the text first reads an entry.
    """

    name: str
    kind: str
    place: Place
    spans: tuple[Span, ...] = ()
    letters: tuple[str, ...] = ()
    starts: list[tuple[Affine, ...]] = field(default_factory=list)
    counts: Affine | None = None
    outside: Expression | None = None
    is_positive: bool = False
    value: str = ""
    line: int = 0
    own_letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedEquation:
    """One equation or claim.

    Attributes:
        name: of what it defines; ``dh`` for the adjoint of h.
        of: for an adjoint, the name of the quantity.
        reads: the names on the right, in the order in which they were typed.
        letters: on the left, of a general equation.
        spans: of the letters.
        at: the indices on the left, of an equation of single entries.
    """

    place: Place
    name: str
    right: Expression
    letters: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    at: tuple[Affine, ...] = ()
    of: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warning:
    """Something odd that is no error, as a code with the name that it is about."""

    code: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that means something.

    Attributes:
        title: the comment in its first line.
        known: every name of the model, in the order in which it is declared or defined.
        equations: of the model, in order; the loss last.
        claims: what stands below ``claims``.
        outside: what claims say of arrays beyond their ranges.
        helpers: names that claims define.
        conditions: pairs of index expressions in sizes of which the first is at most the second.
        wanted: quantities by which gradients are asked for.
        sizes: numbers to try.
        letters: for each span, the letters that the text uses for it.
        functions: generic functions that are declared.
        size_names: sizes to which an index runs, or that are declared.
        meanings: what comments say of names.
        sources: what the comments at its head say of where it comes from.
        caution: what they say that a step of gradient descent does not keep to.
    """

    title: str
    known: dict[str, Known]
    equations: tuple[CheckedEquation, ...]
    claims: tuple[CheckedEquation, ...]
    outside: tuple[CheckedEquation, ...]
    helpers: dict[str, Known]
    conditions: tuple[tuple[Affine, Affine], ...]
    wanted: tuple[str, ...]
    sizes: dict[str, int]
    letters: dict[Span, tuple[str, ...]]
    functions: tuple[str, ...]
    size_names: tuple[str, ...]
    warnings: tuple[Warning, ...]
    meanings: dict[str, str] = field(default_factory=dict)
    sources: str = ""
    caution: str = ""

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.equations[-1].name
