"""Expressions of LaTeX as text in the language of models, entry by entry.

A value has axes: the ranges of those indices of a quantity that a line leaves out, as the k of
``h_t`` for ``h[t,k]``.  Factors side by side are multiplied as matrices are, over the axes that
meet; what stands with a dot in a ring, is added, or is a function's argument goes entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model, Range
from symback.reading.beside.naming import DELTA, Names, latex_of
from symback.reading.formula.syntax import (
    BigSum,
    Brace,
    Call,
    Derivative,
    Differential,
    Entry,
    Extremum,
    Fraction,
    Group,
    Indicator,
    Nabla,
    Node,
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
from symback.reading.network.function_meanings import function_named
from symback.reading.network.ranks import ELEMENTWISE
from symback.records import dataclass

__all__ = ["Adjoint", "Entries", "Value"]

Slots = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A value: the ranges of its axes, and the text of an entry at letters for them.

    Attributes:
        axes: of each index that is left out.
        at: the text of an entry.
        is_row: of one axis, whether it lies; a vector stands unless it is transposed.
    """

    axes: tuple[Range, ...]
    at: Callable[[Slots], str]
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Adjoint:
    """The adjoint that a line is about: a quantity, its indices as typed, the axes left out."""

    name: str
    indices: Slots
    axes: tuple[Range, ...]


@dataclass
class Entries:
    """Reads the expressions of one line.

    Args:
        model: what it is about.
        inside: quantities that are a function of a sum without a name: for each, the name that the
            sum has been given, which a delta is about.
        flipped: whether matrices stand with their indices the other way round.
        apart: quantities that have a delta as a sign before them as well as one with them at it:
            the sign then makes the adjoint of the quantity itself.
    """

    model: Model
    inside: dict[str, str]
    flipped: bool = False
    apart: frozenset[str] = frozenset()
    letters: set[str] = field(default_factory=set)
    beyond: dict[str, None] = field(default_factory=dict)
    deltas: dict[str, None] = field(default_factory=dict)
    matrices: bool = False

    def __post_init__(self) -> None:
        self.names = Names(self.model)

    # Adjoints -----------------------------------------------------------------------------------

    def adjoint_of(self, node: Node) -> Adjoint | None:
        """The adjoint that an expression is, if it is one."""
        node = stripped(node)
        if isinstance(node, Derivative | Nabla) and self.names.is_loss(node.of):
            by = node.by if isinstance(node, Nabla) else node.by[0] if len(node.by) == 1 else None
            return self._by(by) if isinstance(by, Symbol) else None
        if isinstance(node, Differential) and node.kind == "d" and isinstance(node.of, Symbol):
            return self._by(node.of)
        if isinstance(node, Symbol):
            found = self.names.adjoint(node)
            return None if found is None else self._delta(*found)
        if isinstance(node, Product) and len(node.factors) == 2:
            return self._signed(*node.factors)
        return None

    def _signed(self, sign: Node, of: Node) -> Adjoint | None:
        r"""``\delta h_t``, two factors that are one adjoint."""
        if sign != DELTA or not isinstance(of, Symbol) or "delta" in self.model.quantities:
            return None
        found = self.names.find(of)
        if found is None:
            return None
        if found[0] in self.apart:
            return self._adjoint(*found)
        return self._delta(*found)

    def _by(self, symbol: Symbol) -> Adjoint:
        found = self.names.find(symbol)
        if found is None:
            raise self.unknown(symbol)
        return self._adjoint(found[0], found[1])

    def _delta(self, name: str, indices: Sequence[Node]) -> Adjoint:
        self.deltas[name] = None
        return self._adjoint(self.inside.get(name, name), indices, name)

    def _adjoint(self, name: str, indices: Sequence[Node], of: str = "") -> Adjoint:
        texts, axes = self._slots(of or name, indices)
        return Adjoint(name, texts, axes)

    # Names --------------------------------------------------------------------------------------

    def _slots(self, name: str, indices: Sequence[Node]) -> tuple[Slots, tuple[Range, ...]]:
        ranges = self.model.quantities[name].ranges
        texts = tuple(self.index(index) for index in indices)
        rest = ranges[len(texts) :]
        if len(rest) == 2 and self.flipped:
            rest = rest[::-1]
        self.matrices |= len(rest) == 2
        return texts, rest

    def _entry(self, name: str, texts: Slots, axes: tuple[Range, ...]) -> Value:
        def at(letters: Slots) -> str:
            own = letters[::-1] if len(axes) == 2 and self.flipped else letters
            slots = ",".join((*texts, *own))
            return f"{name}[{slots}]" if slots else name

        is_adjoint = name not in self.model.quantities
        if any("+" in text or (is_adjoint and "-" in text) for text in texts):
            self.beyond[name] = None
        return Value(axes, at)

    def unknown(self, symbol: Node) -> InputError:
        """What is said of a symbol that is no quantity of the model."""
        known = ", ".join(self.model.quantities)
        return InputError(
            f"{latex_of(symbol)} is no quantity of the model",
            where="the formula",
            hint=f"it has {known}",
        )

    def index(self, node: Node) -> str:
        """The text of an index."""
        node = stripped(node)
        if isinstance(node, Number):
            return node.digits
        if isinstance(node, Symbol):
            if not node.subscripts:
                if node.name in self.model.size_names:
                    return node.name
                self.letters.add(node.name)
                return node.name
            return self.table(node).at(())
        if isinstance(node, Sum):
            texts = [self.index(term) for term in node.terms]
            signs = ["-" if sign < 0 else "+" for sign in node.signs]
            return "".join(s + t for s, t in zip(signs, texts, strict=True)).removeprefix("+")
        if isinstance(node, Product):
            return "*".join(
                f"({self.index(f)})" if isinstance(stripped(f), Sum) else self.index(f)
                for f in node.factors
            )
        if isinstance(node, Call) and node.function.name in self.model.size_names:
            return f"{node.function.name}*({self.index(node.arguments[0])})"
        if isinstance(node, Call) and node.function.name in ("max", "min"):
            return f"{node.function.name}({','.join(map(self.index, node.arguments))})"
        raise self.refused("an index", node)

    def refused(self, what: str, node: Node) -> InputError:
        """What is said of a form that has no place in a line about a model."""
        form = _FORMS.get(type(node), latex_of(node))
        return InputError(
            f"{what}, {form}, is not read about a model",
            where="the formula",
            hint="write it with indices: \\sum_k \\frac{\\partial L}{\\partial h_{tk}} w_{jk}",
        )

    # Values -------------------------------------------------------------------------------------

    def table(self, node: Node) -> Value:
        """The value of an expression."""
        found = self.adjoint_of(node)
        if found is not None:
            return self.entry_of(found)
        rule = _RULES.get(type(node))
        if rule is None:
            raise self.refused("what stands there", node)
        return rule(self, node)

    def entry_of(self, adjoint: Adjoint) -> Value:
        """An adjoint as a value."""
        return self._entry(f"d{adjoint.name}", adjoint.indices, adjoint.axes)

    def _symbol(self, node: Symbol) -> Value:
        found = self.names.find(node)
        if found is not None:
            texts, axes = self._slots(*found)
            return self._entry(found[0], texts, axes)
        plain = not (node.subscripts or node.marks or node.accents or node.primes)
        if plain and (node.name in self.model.size_names or node.name in self.letters):
            return _single(node.name)
        if node.bare is not None:
            return self.table(node.as_power())
        if plain and node.name == "pi":
            return _single("pi")
        raise self.unknown(node)

    def _number(self, node: Number) -> Value:
        return _single(node.digits)

    def _inside(self, node: Group | Brace) -> Value:
        return self.table(node.body)

    def _transpose(self, node: Transpose) -> Value:
        inner = self.table(node.body)
        if len(inner.axes) == 1:
            return Value(inner.axes, inner.at, not inner.is_row)
        return Value(inner.axes[::-1], lambda letters: inner.at(letters[::-1]))

    def _sum(self, node: Sum) -> Value:
        values = [self.table(term) for term in node.terms]
        axes = self._common(values)

        def at(letters: Slots) -> str:
            texts = [value.at(letters if value.axes else ()) for value in values]
            signs = ["- " if sign < 0 else "+ " for sign in node.signs]
            whole = " ".join(s + t for s, t in zip(signs, texts, strict=True))
            return f"({whole.removeprefix('+ ')})"

        return Value(axes, at)

    def _common(self, values: Sequence[Value]) -> tuple[Range, ...]:
        """The axes of values that go together entry by entry; numbers go with everything."""
        found = {tuple(axis.name for axis in value.axes): value.axes for value in values}
        found.pop((), None)
        if len(found) > 1:
            raise InputError(
                "what is put together there has different shapes: "
                + " and ".join(" × ".join(names) for names in found),
                where="the formula",
                hint="write its indices",
            )
        return next(iter(found.values()), ())

    def _entrywise(self, left: Value, right: Value, sign: str, node: Node) -> Value:
        axes = self._common((left, right))
        return Value(
            axes,
            lambda s: (
                f"({left.at(s if left.axes else ())} {sign} ({right.at(s if right.axes else ())}))"
            ),
        )

    def _product(self, node: Product) -> Value:
        values, operators = self._factors(node)
        total = values[0]
        for operator, value in zip(operators, values[1:], strict=True):
            if operator is Operator.SLASH:
                total = self._entrywise(total, value, "/", node)
            elif not total.axes or not value.axes or operator in ELEMENTWISE:
                total = self._entrywise(total, value, "*", node)
            else:
                total = self._matrices(total, value)
        return total

    def _factors(self, node: Product) -> tuple[list[Value], list[Operator]]:
        """The values of factors, a sign and what it stands before as one."""
        values: list[Value] = []
        operators: list[Operator] = []
        waiting = list(node.factors)
        signs = list(node.operators)
        while waiting:
            factor = waiting.pop(0)
            adjoint = self._signed(factor, waiting[0]) if waiting and not signs[0] else None
            if adjoint is not None:
                del waiting[0], signs[0]
            values.append(self.table(factor) if adjoint is None else self.entry_of(adjoint))
            operators += signs[:1]
            del signs[:1]
        return values, operators

    def _matrices(self, left: Value, right: Value) -> Value:
        """A product of matrices and vectors, summed over the axes that meet."""
        if len(left.axes) == 1 and len(right.axes) == 1 and right.is_row and not left.is_row:
            return Value(
                (*left.axes, *right.axes), lambda s: f"({left.at(s[:1])} * {right.at(s[1:])})"
            )
        one, other = left.axes[-1], right.axes[0]
        if one.name != other.name:
            raise InputError(
                f"a product over {one.name} and {other.name} does not fit",
                where="the formula",
                hint="write its indices, or ⊙ where it goes entry by entry",
            )
        letter = self.fresh(one)

        def at(slots: Slots) -> str:
            before, after = slots[: len(left.axes) - 1], slots[len(left.axes) - 1 :]
            first, second = left.at((*before, letter)), right.at((letter, *after))
            return f"sum({letter}, {first} * {second})"

        return Value((*left.axes[:-1], *right.axes[1:]), at)

    def fresh(self, where: Range) -> str:
        """A letter for an index over a range that stands nowhere else in the line."""
        choices = [*where.letters, *(f"{where.letters[0]}{n}" for n in range(2, 99))]
        letter: str = next(one for one in choices if one not in self.letters)
        self.letters.add(letter)
        return letter

    def _fraction(self, node: Fraction) -> Value:
        return self._entrywise(self.table(node.numerator), self.table(node.denominator), "/", node)

    def _power(self, node: Power) -> Value:
        exponent = self.table(node.exponent)
        variance = self._variance(node)
        if variance is not None:
            return variance
        if stripped(node.base) == Symbol("e") and "e" not in self.model.quantities:
            return Value(exponent.axes, lambda s: f"exp({exponent.at(s)})")
        base = self.table(node.base)
        if exponent.axes:
            raise self.refused("a power", node)
        return Value(base.axes, lambda s: f"({base.at(s)})^({exponent.at(())})")

    def _variance(self, node: Power) -> Value | None:
        r"""``\sigma_j^2`` where the model has a variance and no standard deviation."""
        base = node.base
        if not isinstance(base, Symbol) or base.name != "sigma" or node.exponent != Number("2"):
            return None
        if self.names.find(base) is not None:
            return None
        for name in ("sigma2", "s2", "var"):
            if name in self.model.quantities:
                texts, axes = self._slots(name, base.subscripts)
                return self._entry(name, texts, axes)
        return None

    def _root(self, node: Sqrt) -> Value:
        if node.degree is not None:
            raise self.refused("a root", node)
        inner = self.table(node.body)
        return Value(inner.axes, lambda s: f"sqrt({inner.at(s)})")

    def _call(self, node: Call) -> Value:
        if not isinstance(node.function, Symbol):  # a name that stands for a derivative
            raise self.refused("a function", node)
        found = self.names.find(node.function)
        if found is not None and len(node.arguments) == 1 and not node.order:
            # ``f_{tk} (1 - f_{tk})`` is a product where f is a quantity.
            return self._product(
                Product((node.function, Group(node.arguments[0])), (Operator.JUXTAPOSED,))
            )
        name = node.function.name
        known = function_named(name) or ("sigmoid" if name == "sigma" else "")
        if name in ("exp", "log", "ln", "sqrt", "tanh", "sin", "cos"):
            known = "log" if name == "ln" else name
        known = known or (name.lower() if name.lower() in ACTIVATIONS else "")
        if not known or known == "softmax" or len(node.arguments) != 1:
            raise self.refused("a function", node)
        inner = self.table(node.arguments[0])
        return Value(inner.axes, lambda s: f"{known}{chr(39) * node.order}({inner.at(s)})")

    def _big_sum(self, node: BigSum) -> Value:
        if node.operator not in ("sum", "prod") or node.conditions or not node.indices:
            raise self.refused("a sum", node)
        letters = [index.name for index in node.indices]
        self.letters.update(letters)
        limits = ""
        if node.lower is not None and (node.upper is not None or node.lower != Number("1")):
            if node.upper is None or len(letters) > 1:
                raise self.refused("a sum", node)
            limits = f" in {self.index(node.lower)}..{self.index(node.upper)}"
        body = self.table(node.body)
        if node.operator == "prod" and body.axes:
            raise self.refused("a product of arrays", node)  # which is none of their entries
        bound = ", ".join(letters) + limits
        return Value(body.axes, lambda s: f"{node.operator}({bound}, {body.at(s)})", body.is_row)

    def _indicator(self, node: Indicator) -> Value:
        condition = stripped(node.condition)
        if not isinstance(condition, Relation) or len(condition.operators) != 1:
            raise self.refused("a condition", node)
        sign = _RELATIONS.get(condition.operators[0])
        if sign is None:
            raise self.refused("a condition", node)
        left, right = (self._side(part) for part in condition.operands)
        return _single(f"[{left} {sign} {right}]")

    def _side(self, node: Node) -> str:
        try:
            return self.index(node)
        except InputError:
            return self.table(node).at(())

    def _of_entry(self, node: Entry) -> Value:
        inner = self.table(node.body)
        texts = tuple(self.index(index) for index in node.indices)
        if len(texts) != len(inner.axes):
            raise self.refused("an entry", node)
        return _single(inner.at(texts))


def _single(text: str) -> Value:
    return Value((), lambda _: text)


_RELATIONS = {
    "=": "==", "<": "<", ">": ">", "\\le": "<=", "\\leq": "<=", "\\ge": ">=", "\\geq": ">=",
    "\\ne": "!=", "\\neq": "!=",
}  # fmt: skip

_FORMS: dict[type[Node], str] = {
    Derivative: "a derivative of another quantity than the loss",
    Extremum: "a maximum over an index",
    Call: "a call",
    BigSum: "a sum over what is not named below it",
}

_RULES: dict[type[Node], Callable[..., Value]] = {
    Number: Entries._number,
    Symbol: Entries._symbol,
    Group: Entries._inside,
    Brace: Entries._inside,
    Sum: Entries._sum,
    Product: Entries._product,
    Fraction: Entries._fraction,
    Power: Entries._power,
    Sqrt: Entries._root,
    Transpose: Entries._transpose,
    Call: Entries._call,
    BigSum: Entries._big_sum,
    Indicator: Entries._indicator,
    Entry: Entries._of_entry,
}
