"""Single numbers as code: sums, products, powers, functions and entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import (
    Add,
    Expr,
    Float,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Symbol,
)

from symback.algebra.expressions import Apply, name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Smallest,
    Stop,
)
from symback.emission.forms.functions import code_name, derivative_form
from symback.emission.indexed.walk import BINDERS
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.emission.indexed.loops import LoopBody

__all__ = ["Numbers"]

_SUM, _PRODUCT, _UNARY, _ATOM = range(4)


class Numbers:
    """Writes the expression of one number.

    Args:
        body: the lines of the function.
    """

    def __init__(self, body: LoopBody) -> None:
        self.body = body

    def __call__(self, node: Expr) -> str:
        """An expression as code."""
        return self.at(node, _SUM)

    def at(self, node: Expr, level: int) -> str:
        """An expression as an operand of what binds as tightly as a level says."""
        text, own = self._print(node)
        return f"({text})" if own < level else text

    def _print(self, node: Expr) -> tuple[str, int]:
        match node:
            case Integer() | Rational() | Float() | NumberSymbol():
                text = repr(float(node))
                return text, _ATOM if node >= 0 else _SUM
            case Symbol() if node.name.startswith("@"):
                return node.name[1:], _ATOM
            case Symbol() | IntegerEntry() | Largest() | Smallest() | FloorOf() | CeilingOf():
                return self.body.target.real(self.body.whole(node, S.Zero)), _UNARY
            case Indexed():
                return self.read_guarded(node)
            case Add():
                return self._sum(node), _SUM
            case Mul():
                return self._product(node)
            case Pow():
                return self._power(node.base, node.exp)
            case Apply():
                return self._call(node), _ATOM
            case Extreme() if node.kind.startswith("arg"):
                return self.body.target.real(self.body.whole(node, S.Zero)), _UNARY
            case Bracket() | KroneckerDelta() | Divides():
                tests = self.body.condition(node)
                if not tests:
                    return "1.0", _ATOM
                return self._chosen(tests, "1.0", "0.0"), _ATOM
            case Stop():
                return self._print(node.body)
        if isinstance(node, BINDERS):
            return self._print(self.body.prepared(node, set()))
        raise InputError(f"code of this target cannot be written for {node}")

    def read(self, node: Indexed) -> str:
        """An entry of an array."""
        return self.body.entry(name_of(node), node.indices)

    def read_guarded(self, node: Indexed) -> tuple[str, int]:
        """An entry, or what it is beyond the array."""
        array = self.body.program.arrays[name_of(node)]
        if array.outside is None or array.is_integer:
            return self.read(node), _ATOM
        tests = [t for t in self.body.tests(node, array) if t not in self.body.known]
        if not tests:
            return self.read(node), _ATOM
        value = self.body(array.outside)
        return self._chosen(tests, self.read(node), value), _ATOM

    def _chosen(self, tests: list[str], value: str, other: str) -> str:
        target = self.body.target
        return f"({target.chosen(target.both(tests), value, other)})"

    def _sum(self, node: Add) -> str:
        terms = sorted(node.args, key=lambda t: (t.could_extract_minus_sign(), t.is_number))
        text = ""
        for term in terms:
            negative = term.could_extract_minus_sign()
            piece = self.at(-term if negative else term, _PRODUCT)
            if not text:
                text = f"-{piece}" if negative else piece
            else:
                text += f" {'-' if negative else '+'} {piece}"
        return text

    def _product(self, node: Expr) -> tuple[str, int]:
        tests, rest = self.body.guarded(node)
        before, self.body.known = self.body.known, self.body.known | set(tests)
        text, level = self._factors(rest)
        self.body.known = before
        if tests:
            chosen = self.body.target.chosen(self.body.target.both(tests), text, "0.0")
            return f"({chosen})", _ATOM
        return text, level

    def _factors(self, rest: Expr) -> tuple[str, int]:
        over: list[str] = []
        under: list[str] = []
        sign = ""
        for factor in Mul.make_args(rest):
            if factor is S.NegativeOne:
                sign = "-"
            elif isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_negative:
                under.append(self.at(Pow(factor.base, -factor.exp), _UNARY))
            else:
                over.append(self.at(factor, _PRODUCT if not over else _UNARY))
        text = " * ".join(over) or "1.0"
        if len(under) == 1:
            text += f" / {under[0]}"
        elif under:
            text += f" / ({' * '.join(under)})"
        text = f"{sign}{text}"
        single = len(over) == 1 and not under and not sign
        return text, _ATOM if single else _SUM if sign else _PRODUCT

    def _power(self, base: Expr, exponent: Expr) -> tuple[str, int]:
        if exponent == S.Half:
            return self._call(Apply("sqrt", base)), _ATOM
        if exponent.is_number and exponent.is_negative:
            return f"1.0 / {self.at(Pow(base, -exponent), _UNARY)}", _PRODUCT
        if exponent == 2:
            inner = self.at(base, _ATOM)
            if inner.replace("_", "").isalnum():
                return f"{inner} * {inner}", _PRODUCT
        power = str(exponent) if exponent.is_Integer else self.at(exponent, _ATOM)
        return self.body.target.power(self.at(base, _ATOM), power), _UNARY

    def _call(self, node: Apply) -> str:
        argument = self.body(node.argument)
        form = derivative_form(node.name, node.order)
        if form is None:
            return f"{code_name(node.name, node.order)}({argument})"
        plain = form.scalar.removeprefix("math.").removesuffix("(z)")
        if form.scalar == f"math.{plain}(z)":
            return f"{self.body.target.function(plain)}({argument})"
        if form.name == "modulus":
            return f"{self.body.target.function('fabs')}({argument})"
        self.body.used[form.name] = None
        return f"{self.body.target.own(form.name)}({argument})"
