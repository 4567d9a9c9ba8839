"""Trees as expressions of NumPy, or of any namespace with its names: ``(delta2 @ W2.T) * df``.

A vector is an array with one axis, as in the caller's hands, so a tree's rows and columns decide
where an axis must be put back (``[:, None]``) and which product is an outer one.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, Rational, S, Symbol

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    Number,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    VectorLoss,
)
from symback.emission.forms.functions import code_name, derivative_form
from symback.emission.program import Program
from symback.emission.tree import LogSoftmax, Softmax, axes
from symback.records import dataclass

__all__ = ["Dialect", "Printer", "scale_factors", "signed"]

_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(5)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between array libraries.

    Attributes:
        prefix: the namespace, ``np`` or ``xp``.
        sum_as_method: whether a sum is a method of the array, or a function of the namespace.
    """

    prefix: str = "np"
    sum_as_method: bool = True


_PLAIN = Dialect()


class Printer:
    """Prints the trees of one program."""

    def __init__(self, program: Program, dialect: Dialect = _PLAIN) -> None:
        self.program = program
        self.dialect = dialect
        self.used: dict[str, None] = {}
        self.named: dict[Any, str] = {}

    def __call__(self, node: Any) -> str:
        """A tree as an expression."""
        return self._at(node, _SUM)

    def within(self, node: Any, whole: Any) -> str:
        """A tree as an expression that can be repeated to the shape of another."""
        return self._broadcast(node, whole, _SUM)

    def _at(self, node: Any, level: int) -> str:
        text, own = self._print(node)
        return f"({text})" if own < level else text

    def _print(self, node: Any) -> tuple[str, int]:
        if node in self.named:
            return self.named[node], _ATOM
        match node:
            case Array():
                return self.program.names[node], _ATOM
            case Number(value):
                return self._number(value)
            case Partials():
                return f"functions.dloss({self._loss_arguments()})", _ATOM
            case VectorLoss(_, _, arguments):
                return f"functions.loss({', '.join(map(self, arguments))})", _ATOM
            case Transpose(body):
                turned = axes(body)[0] is None or axes(body)[1] is None
                return self._print(body) if turned else (f"{self._at(body, _ATOM)}.T", _ATOM)
            case MatMul(left, right):
                return self._matmul(left, right)
            case Hadamard(factors):
                return self._hadamard(list(factors), node)
            case Plus(terms):
                return self._plus(terms, node)
            case Scaled(factor, body):
                return self._scaled(factor, body)
            case Elementwise(name, order, body):
                return self._call(name, order, body)
            case Power(body, exponent):
                return self._power(body, exponent)
            case Reduce(body, axis):
                return self._reduce(body, axis, keep=False), _ATOM
            case Softmax(body):
                self.used["softmax"] = None
                return f"softmax({self(body)})", _ATOM
            case LogSoftmax(body):
                self.used["log_softmax"] = None
                return f"log_softmax({self(body)})", _ATOM
        raise AssertionError(f"no code for {type(node).__name__}")

    def _loss_arguments(self) -> str:
        for statement in self.program.losses:
            match statement.value:
                case VectorLoss(_, _, arguments):
                    return ", ".join(map(self, arguments))
        raise AssertionError("a generic loss has no equation")

    def _number(self, value: Expr) -> tuple[str, int]:
        above, below = self.scale(value)
        if below == "1":
            return above, _UNARY if above.startswith("-") else _ATOM
        return f"{above} / {below}", _PRODUCT

    def scale(self, factor: Expr) -> tuple[str, str]:
        """A factor as what is multiplied and what is divided by, each an atom."""
        above, below = scale_factors(factor, self.program)
        return _atoms(above), _atoms(below)

    def _scaled(self, factor: Expr, body: Any) -> tuple[str, int]:
        above, below = scale_factors(factor, self.program)
        negative = bool(above) and above[0].startswith("-")
        above = [part.removeprefix("-") if i == 0 else part for i, part in enumerate(above)]
        above = [part for part in above if part != "1"]
        if not above and not below:  # 1/n for one unit is 1
            return (f"-{self._at(body, _ATOM)}", _UNARY) if negative else self._print(body)
        text = " * ".join([*above, self._at(body, _PRODUCT if above or not negative else _ATOM)])
        if below:
            text += f" / {_atoms(below)}"
        return (f"-{text}" if negative else text), _PRODUCT

    def _matmul(self, left: Any, right: Any) -> tuple[str, int]:
        if axes(left)[1] is None and self.dialect.prefix == "xp":
            rows, columns = self._at(left, _ATOM), self._at(right, _ATOM)
            return f"{rows}[:, None] * {columns}[None, :]", _PRODUCT
        if axes(left)[1] is None:
            return f"{self.dialect.prefix}.outer({self(left)}, {self(right)})", _ATOM
        first, second = self._at(left, _PRODUCT), self._at(right, _UNARY)
        return f"{first} @ {second}", _PRODUCT

    def _hadamard(self, factors: list[Any], whole: Any) -> tuple[str, int]:
        over = [f for f in factors if not _is_divisor(f)]
        under = [f.body for f in factors if _is_divisor(f)]
        over.sort(key=_order)
        if not over:
            text = "1"
        else:
            masks = [self._mask(f) for f in over]
            if all(masks):
                masks[0] = ""  # truth times truth is no number
            text = " * ".join(
                mask or self._broadcast(f, whole, _UNARY if i or _is_matmul(f) else _PRODUCT)
                for i, (f, mask) in enumerate(zip(over, masks, strict=True))
            )
        for body in under:
            text += f" / {self._broadcast(body, whole, _UNARY)}"
        return text, _PRODUCT

    def _mask(self, node: Any) -> str:
        """A factor that is 1 or 0 as a comparison: ``(h1 > 0)``."""
        if self.dialect.prefix != "np" or not isinstance(node, Elementwise) or node in self.named:
            return ""
        form = derivative_form(node.name, node.order)
        if form is None or not form.mask:
            return ""
        return f"({form.mask.replace('z', self(node.body), 1)})"

    def _plus(self, terms: tuple[Any, ...], whole: Any) -> tuple[str, int]:
        parts = [signed(term) for term in terms]
        parts.sort(key=lambda item: (item[0] < 0, _term_order(item[1])))
        text = ""
        for sign, term in parts:
            piece = self._broadcast(term, whole, _PRODUCT)
            if not text:
                text = piece if sign > 0 else f"-{self._broadcast(term, whole, _ATOM)}"
            else:
                text += f" {'+' if sign > 0 else '-'} {piece}"
        return text, _SUM

    def _broadcast(self, node: Any, whole: Any, level: int) -> str:
        """An operand of an operation entry by entry, with a column's axis put back."""
        rows, columns = axes(whole)
        if rows is None or columns is None or axes(node)[0] is None or axes(node)[1] is not None:
            return self._at(node, level)
        if isinstance(node, Reduce) and node not in self.named:
            return self._reduce(node.body, node.axis, keep=True)
        return f"{self._at(node, _ATOM)}[:, None]"

    def _reduce(self, body: Any, axis: int, *, keep: bool) -> str:
        rows, columns = axes(body)
        position = 0 if rows is None or columns is None else axis
        whole = rows is None or columns is None
        arguments = [] if whole else [f"axis={position}"]
        if keep and not whole:
            arguments.append("keepdims=True")
        if isinstance(body, Reduce) and axis != body.axis:  # a sum over both axes
            inner = body.body
            if product := self._product_of_all(inner):
                return product
            if self.dialect.sum_as_method:
                return f"{self._at(inner, _ATOM)}.sum()"
            return f"{self.dialect.prefix}.sum({self(inner)})"
        if self.dialect.sum_as_method:
            return f"{self._at(body, _ATOM)}.sum({', '.join(arguments)})"
        return f"{self.dialect.prefix}.sum({', '.join([self(body), *arguments])})"

    def _product_of_all(self, node: Any) -> str:
        """The sum of all products of two arrays' entries in one call, or nothing.

        It makes no array of products, and takes half the time of that and a sum over both axes.
        """
        if self.dialect.prefix != "np" or not isinstance(node, Hadamard) or len(node.factors) != 2:
            return ""
        left, right = node.factors
        whole = axes(left) == axes(right) and None not in axes(left)
        if not whole or not all(isinstance(f, Array | LogSoftmax) for f in (left, right)):
            return ""
        first, second = sorted((left, right), key=lambda f: isinstance(f, LogSoftmax))
        return f"np.dot({self(first)}.ravel(), {self(second)}.ravel())"

    def _call(self, name: str, order: int, body: Any) -> tuple[str, int]:
        argument = self(body)
        form = derivative_form(name, order)
        if form is None:
            return f"{code_name(name, order)}({argument})", _ATOM
        if form.ufunc:
            return f"{self.dialect.prefix}.{form.ufunc}({argument})", _ATOM
        if form.inline and self.dialect.prefix == "np":
            return form.numpy.replace("z", argument, 1), _ATOM
        self.used[form.name] = None
        return f"{form.name}({argument})", _ATOM

    def _power(self, body: Any, exponent: Expr) -> tuple[str, int]:
        if exponent == S.Half:
            return self._call("sqrt", 0, body)
        if exponent.is_Integer and exponent > 0:
            base = self._at(body, _ATOM)
            return f"{base}**{exponent}" if base.isidentifier() else f"{base} ** {exponent}", _POWER
        if exponent == S.NegativeOne:
            return f"1 / {self._at(body, _UNARY)}", _PRODUCT
        if exponent.is_number and exponent.is_negative:
            return f"1 / {self._at(Power(body, -exponent), _UNARY)}", _PRODUCT
        return f"{self._at(body, _ATOM)} ** {_decimal(exponent)}", _POWER


def scale_factors(factor: Expr, program: Program) -> tuple[list[str], list[str]]:
    """The parts of a factor above and below the line: numbers multiplied out, then sizes."""
    number, rest = factor.as_coeff_Mul()
    if isinstance(number, Rational) and number.q > 1 < abs(number.p) and not 10**15 % number.q:
        # 1.702, as it was typed, and not 851 / 500
        above, below = rest.as_numer_denom()
        return [repr(float(number)), *_parts(above, program)], _parts(below, program)
    above, below = factor.as_numer_denom()
    return _parts(above, program), _parts(below, program)


def _parts(product: Expr, program: Program) -> list[str]:
    number: Expr = Integer(1)
    names: list[str] = []
    for part in product.as_ordered_factors():
        base, exponent = part.as_base_exp()
        if isinstance(base, Symbol):
            size = _size(base, program)
            if isinstance(size, int):
                number *= Integer(size) ** exponent
            else:
                names += [size] * int(exponent)
        else:
            number *= part
    text = _decimal(number)
    return names if text == "1" else [text, *names]


def _size(symbol: Symbol, program: Program) -> int | str:
    for quantity in program.model.quantities.values():
        if quantity.name == symbol.name:
            return program.names[Array(quantity)]
        for index_range in quantity.ranges:
            if index_range.upper == symbol:
                return program.size(index_range)
    raise AssertionError(f"{symbol} is no size")


def _decimal(number: Expr) -> str:
    if number.is_Integer:
        return str(number)
    if isinstance(number, Rational) and (2**20) % int(number.q) == 0:
        return repr(float(number))
    return repr(float(number.evalf(30)))


def _atoms(parts: list[str]) -> str:
    if len(parts) > 1:
        return f"({' * '.join(parts)})"
    return parts[0] if parts else "1"


def _is_divisor(node: Any) -> bool:
    return isinstance(node, Power) and node.exponent == S.NegativeOne


def _is_matmul(node: Any) -> bool:
    return isinstance(node, MatMul)


def signed(term: Any) -> tuple[int, Any]:
    """A term's sign, and the term without it."""
    match term:
        case Scaled(factor, body) if factor == -1:
            return -1, body
        case Scaled(factor, body) if factor.could_extract_minus_sign():
            return -1, Scaled(-factor, body)
        case Number(value) if value.is_number and value.is_negative:
            return -1, Number(-value)
    return 1, term


def _order(factor: Any) -> int:
    """Adjoints and products with them first, as a text book has them."""
    match factor:
        case MatMul() | Partials() | Array(_, True):
            return 0
        case Array() | Number():
            return 1
        case Plus():
            return 2
    return 3


def _term_order(term: Any) -> int:
    return 0 if isinstance(term, MatMul) else 1
