"""NumPy: matrix forms as statements for a batch, whose rows are samples."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Integer, Rational

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    MatrixForm,
    Node,
    Number,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    VectorLoss,
)
from symback.notation import FOUNDING, Form, Spelling
from symback.printing.core import Printer
from symback.printing.matrix import MatrixPrinter
from symback.printing.plain import Plain
from symback.printing.target import Level, plainly
from symback.printing.text import flat

__all__ = ["CODE", "ELEMENTARY", "NUMPY", "NumPyPrinter", "function_name", "python_name"]

CODE = replace(FOUNDING, name="code", sample_loss=Form(""))
"""The names in code, which never depend on the notation of a document."""

ELEMENTARY: dict[str, str] = {
    "exp": "np.exp({})",
    "log": "np.log({})",
    "sqrt": "np.sqrt({})",
    "sin": "np.sin({})",
    "cos": "np.cos({})",
    "tanh": "np.tanh({})",
    "abs": "np.abs({})",
    "sign": "np.sign({})",
    "positive": "np.maximum(0.0, {})",
    "max": "np.maximum({})",
    "min": "np.minimum({})",
    "clip": "np.clip({}, -1.0, 1.0)",
    "step": "np.where({} > 0, 1.0, 0.0)",
    "within": "np.where(np.abs({}) < 1, 1.0, 0.0)",
}
"""Functions that NumPy has, or that one call of it makes."""


class NumPy(Plain):
    """Sets the parts of a formula as Python code."""

    name = "numpy"
    extremes = frozenset()

    def number(self, numerator: int, denominator: int) -> str:
        """A number; a fraction as the nearest float."""
        return str(numerator) if denominator == 1 else repr(numerator / denominator)

    def spelling(self, spelling: Spelling) -> str:
        """A name in Python."""
        return python_name(flat(spelling))

    def constant(self, name: str) -> str:
        """A number with a name."""
        return f"np.{name}"

    def call(self, function: str, primes: int, argument: str) -> str:
        """A function that NumPy has, or one that the module defines."""
        argument = plainly(argument)
        if not primes and function in ELEMENTARY:
            return ELEMENTARY[function].replace("{}", argument)
        return f"{function_name(function, primes)}({argument})"

    def product(self, factors: list[str], kinds: frozenset[str]) -> str:  # type: ignore[override]
        """Numbers and entries multiplied."""
        return " * ".join(factors)

    def hadamard(self, factors: list[str]) -> str:  # type: ignore[override]
        """NumPy's ``*`` is the product entry by entry."""
        return " * ".join(factors)

    def divided(self, above: str, below: str) -> str:
        """NumPy's ``/`` is the quotient entry by entry."""
        return f"{above} / {below}"

    def power(self, base: str, exponent: str) -> str:
        """A base with an exponent."""
        return f"{base}**{exponent}" if exponent.isalnum() else f"{base}**({exponent})"


NUMPY = NumPy()


class NumPyPrinter(MatrixPrinter):
    """Prints the matrix forms of a batch as NumPy statements.

    Args:
        printer: prints what is no array.
        names: variables of quantities whose own names the module has for something else.

    Attributes:
        calls: every function that was called, with the order of its derivative.
    """

    def __init__(self, printer: Printer, names: Mapping[str, str] | None = None) -> None:
        super().__init__(printer, shapes=False)
        self.names = dict(names or {})
        self.calls: set[tuple[str, int]] = set()

    def variable(self, name: str, adjoint: bool = False) -> str:
        """The variable of a quantity, or of the loss's gradient by it."""
        own = self.names.get(name, name)
        return f"d{own}" if adjoint else python_name(own)

    def statement(self, form: MatrixForm) -> str:
        """The right side of one form as an expression in Python."""
        right = form.right
        if isinstance(right, Reduce) and form.adjoint:  # the gradient of a bias is a plain vector
            return f"{self._at_least(right.body, Level.ATOM)}.sum(axis={right.axis})"
        if not form.quantity.ranges:
            return self._scalar(right)
        return plainly(self._print(right)[0])

    def _scalar(self, node: Node) -> str:
        """A sum over samples and units at once."""
        match node:
            case Reduce(body):
                return f"{self._at_least(body, Level.ATOM)}.sum()"
            case Scaled(factor, body):
                return self._times(factor, self._scalar(body), Level.ATOM)[0]
        return plainly(self._print(node)[0])

    def _print(self, node: Node) -> tuple[str, Level]:
        match node:
            case Array(quantity, adjoint):
                return self.variable(quantity.name, adjoint), Level.ATOM
            case Partials(of, quantity):
                self.calls.add((of.name, 1))
                return f"d{self._loss_letter()}(y, {quantity.name})", Level.ATOM
            case VectorLoss(_, name, arguments):
                self.calls.add((name, 0))
                inner = ", ".join(self._print(part)[0] for part in arguments)
                return f"{function_name(name)}({inner})", Level.ATOM
            case Elementwise(name, order, body):
                return self._call(name, order, self._print(body)[0]), Level.ATOM
            case Transpose(body):
                return f"{self._at_least(body, Level.ATOM)}.T", Level.ATOM
            case MatMul(left, right):
                sides = [self._at_least(part, Level.PRODUCT) for part in (left, right)]
                return " @ ".join(sides), Level.PRODUCT
            case Reduce(Reduce(body, _), _):
                return f"{self._at_least(body, Level.ATOM)}.sum()", Level.ATOM
            case Reduce(body, axis):
                inner = self._at_least(body, Level.ATOM)
                return f"{inner}.sum(axis={axis}, keepdims=True)", Level.ATOM
            case Scaled(factor, body):
                return self._times(factor, self._at_least(body, Level.PRODUCT), Level.PRODUCT)
            case Plus() if (cases := _by_cases(node)) is not None:
                return self._where(*cases), Level.ATOM
            case Number(value):
                text = self._value(value)
                return text, Level.ATOM if text[0].isdigit() else Level.SUM
            case Power(body, exponent) if not exponent.is_negative:
                base = self._at_least(body, Level.ATOM)
                return self.target.power(base, self._value(exponent)), Level.POWER
        return super()._print(node)

    def _where(self, over: Node, above: Node, below: Node) -> str:
        """What holds where something is above 0, and what holds elsewhere."""
        left, right = _compared(over)
        texts = [plainly(self._print(node)[0]) for node in (left, right, above, below)]
        return "np.where({} > {}, {}, {})".format(*texts)

    def _call(self, name: str, order: int, argument: str) -> str:
        if order or name not in ELEMENTARY:
            self.calls.add((name, order))
        return self.target.call(name, order, argument)

    def _times(self, factor: Expr, body: str, level: Level) -> tuple[str, Level]:
        """A number times an array; what divides comes last."""
        above, below = factor.as_numer_denom()
        negative = bool(above.could_extract_minus_sign())
        above = -above if negative else above
        # The size of a layer of one unit is 1, too.
        times, divisor = self._value(above), self._value(below)
        text = body if times == "1" else f"{times} * {body}"
        if divisor != "1":
            text += f" / ({divisor})" if " " in divisor else f" / {divisor}"
        return ("-" if negative else "") + text, Level.SUM if negative else Level.PRODUCT

    def _value(self, value: Expr) -> str:
        if isinstance(value, Rational) and value.q != 1:
            return repr(float(value))
        return self.printer(value)

    def _loss_letter(self) -> str:
        return next(name for name, order in sorted(self.calls) if order == 1).split("_")[0]


def _by_cases(node: Plus) -> tuple[Node, Node, Node] | None:
    """Two terms, one with a step and one with what that leaves: where it is 1, and where it is 0.

    Returns:
        what is above 0 where the step is 1, the term there, and the other; None for any other sum.
    """
    if len(node.terms) != 2:
        return None
    for term, other in (node.terms, node.terms[::-1]):
        for factor in _factors(term):
            match factor:
                case Elementwise("step", 0, over):
                    left = Plus((Number(Integer(1)), Scaled(Integer(-1), factor)))
                    above, below = _without(term, factor), _without(other, left)
                    if above is not None and below is not None:
                        return over, above, below
    return None


def _factors(node: Node) -> tuple[Node, ...]:
    match node:
        case Scaled(_, body):
            return _factors(body)
        case Hadamard(factors):
            return factors
    return ()


def _without(node: Node, factor: Node) -> Node | None:
    """A product without one of its factors; None where that is none of them."""
    match node:
        case Scaled(number, body):
            rest = _without(body, factor)
            return None if rest is None else Scaled(number, rest)
        case Hadamard(factors) if factor in factors:
            left = tuple(f for f in factors if f != factor)
            return left[0] if len(left) == 1 else Hadamard(left) if left else None
    return None


def _compared(over: Node) -> tuple[Node, Node]:
    """The two sides of ``over > 0``, a number on the right: ``abs(z) > 1``."""
    if isinstance(over, Plus) and len(over.terms) == 2:
        numbers = [term for term in over.terms if isinstance(term, Number)]
        rest = [term for term in over.terms if not isinstance(term, Number)]
        if len(numbers) == 1 and numbers[0].value.is_negative:
            return rest[0], Number(-numbers[0].value)
    return over, Number(Integer(0))


def function_name(name: str, order: int = 0) -> str:
    """A function's name in Python, with a d in front of it for each derivative."""
    return python_name("d" * order + name.replace("-", "_"))


def python_name(name: str) -> str:
    """A name in Python: a word of the language, as ``lambda`` is, gets an underscore."""
    return f"{name}_" if keyword.iskeyword(name) else name
